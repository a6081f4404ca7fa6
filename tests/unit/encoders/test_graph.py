"""The networks' vectors become a block: centred, on the axes of their training, each item by its id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from encoders.graph import DIMENSIONS, NETWORKS, WIDE, GraphEncoder, NetworkVectors, kept_axes, learn_axes

ITEMS, DIRECTIONS, WIDTH = 300, 12, 40
Networks = dict[str, NetworkVectors]


def network(seed: int) -> NetworkVectors:
    """Vectors that fill a few directions around a mean, as trained ones do; ids in no order."""
    drawn = np.random.default_rng(seed)
    tastes = np.random.default_rng(9).standard_normal((ITEMS, DIRECTIONS))
    vectors = (tastes @ drawn.standard_normal((DIRECTIONS, DIMENSIONS)) + 4.0).astype(np.float32)
    order = drawn.permutation(ITEMS)
    return NetworkVectors(np.arange(ITEMS)[order] * 3, vectors[order], vectors.mean(axis=0))


@pytest.fixture(scope="module")
def networks() -> Networks:
    return {name: network(seed) for seed, name in enumerate(NETWORKS)}


@pytest.fixture(scope="module")
def axes(networks: Networks) -> np.ndarray:
    return learn_axes(networks, WIDTH)


def centred(networks: Networks, item_id: int) -> np.ndarray:
    """What the row of an item stands for, by the definition: each network minus its mean, of length one, side by side."""
    parts = []
    for name in NETWORKS:
        known = networks[name]
        moved = known.vectors[known.ids == item_id][0].astype(np.float64) - known.centre
        parts.append(moved / np.linalg.norm(moved) / 3**0.5)
    return np.concatenate(parts)


def test_without_axes_a_row_is_the_three_centred_vectors(networks: Networks) -> None:
    encoder = GraphEncoder(networks)
    rows = encoder.encode([3, 0])
    assert rows.dtype == np.float32
    assert encoder.width == WIDE == rows.shape[1]
    assert rows == pytest.approx(np.array([centred(networks, 3), centred(networks, 0)]), abs=1e-6)


def test_axes_make_rows_narrow_and_keep_their_products(networks: Networks, axes: np.ndarray) -> None:
    some = [0, 3, 30, 300, 897]
    encoder = GraphEncoder(networks, axes)
    rows = encoder.encode(some)
    assert rows.dtype == np.float32
    assert rows.shape == (5, WIDTH) == (5, encoder.width)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-6)
    whole = np.array([centred(networks, item_id) for item_id in some])
    assert rows @ rows.T == pytest.approx(whole @ whole.T, abs=1e-3)


def test_few_learned_axes_keep_what_random_ones_lose(networks: Networks) -> None:
    ids = list(range(0, 3 * ITEMS, 3))
    whole = GraphEncoder(networks).encode(ids)
    random = np.linalg.qr(np.random.default_rng(1).standard_normal((WIDE, 16)))[0].astype(np.float32)
    errors = []
    for axes in (learn_axes(networks, 16), random):
        rows = GraphEncoder(networks, axes).encode(ids)
        errors.append(np.abs(rows @ rows.T - whole @ whole.T).mean())
    assert errors[0] < 0.1 * errors[1]


def test_axes_are_orthonormal_and_do_not_depend_on_any_order(networks: Networks, axes: np.ndarray) -> None:
    assert np.array_equal(learn_axes(dict(reversed(networks.items())), WIDTH), axes)
    assert axes.T @ axes == pytest.approx(np.eye(WIDTH), abs=1e-5)


def test_axes_are_kept_as_long_as_the_training(networks: Networks, axes: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    later = {name: replace(known, vectors=known.vectors[:200], ids=known.ids[:200]) for name, known in networks.items()}
    assert np.array_equal(kept_axes(path, "first", networks, WIDTH), axes)
    assert np.array_equal(kept_axes(path, "first", later, WIDTH), axes)
    second = kept_axes(path, "second", later, WIDTH)
    assert not np.array_equal(second, axes)
    assert np.array_equal(kept_axes(path, "second", networks, WIDTH), second)
    assert kept_axes(path, "second", networks, 16).shape == (WIDE, 16)
    assert [file.name for file in tmp_path.glob("*.npz*")] == ["axes.npz"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_damaged_axes_are_learned_again(content: bytes, networks: Networks, axes: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "axes.npz"
    path.write_bytes(content)
    assert np.array_equal(kept_axes(path, "first", networks, WIDTH), axes)
    assert np.array_equal(kept_axes(path, "first", {}, WIDTH), axes), "they are read from the file now"


def test_an_item_that_no_network_knows_is_zero_and_has_no_digest(networks: Networks, axes: np.ndarray) -> None:
    encoder = GraphEncoder(networks, axes)
    assert not encoder.encode([4, 100_000]).any()
    assert encoder.digests([4, 100_000]) == [None, None]
    assert not GraphEncoder({}, axes).encode([3]).any()
    nobody = replace(networks["gcn"], ids=np.empty(0, np.int64), vectors=np.empty((0, DIMENSIONS), np.float32))
    assert not GraphEncoder({"gcn": nobody}, axes).encode([3]).any()


def test_what_one_network_says_is_a_third_of_the_whole(networks: Networks) -> None:
    early = {"gcn": networks["gcn"]}
    row = GraphEncoder(early, learn_axes(early, WIDTH)).encode([3])[0]
    assert row @ row == pytest.approx(1 / 3, abs=1e-6)


def test_a_digest_changes_with_the_vector_and_the_training_and_not_with_other_items(
    networks: Networks, axes: np.ndarray
) -> None:
    before = GraphEncoder(networks, axes).digests([3, 9])
    gat = networks["gat"]
    changed = gat.vectors.copy()
    changed[gat.ids == 3, 5] += 0.5
    after = GraphEncoder({**networks, "gat": replace(gat, vectors=changed)}, axes).digests([3, 9])
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)
    recentred = GraphEncoder({**networks, "gat": replace(gat, centre=gat.centre + np.float32(0.1))}, axes)
    for other in (recentred, GraphEncoder(networks, axes[:, :39]), GraphEncoder(networks)):
        assert not set(other.digests([3, 9])) & set(before)
    more = replace(gat, ids=np.append(gat.ids, 100_000), vectors=np.vstack([gat.vectors, changed[:1]]))
    encoder = GraphEncoder({**networks, "gat": more}, axes)
    assert encoder.digests([3, 9]) == before
    assert np.array_equal(encoder.encode([3, 9]), GraphEncoder(networks, axes).encode([3, 9]))
