from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from library.progress import run
from recommender.near import Near, load_near
from recommender.neighbours import find_neighbours
from recommender.taste_map import find_layout

WIDTHS = {"text": 3, "metadata": 5}


def near_of(count: int = 30, seed: int = 1) -> Near:
    vectors = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = np.arange(count, dtype=np.int64) * 3 + 2
    return Near(run(find_neighbours(ids, vectors)), vectors, "weights 1", WIDTHS)


def with_layout(near: Near) -> Near:
    return replace(near, layout=run(find_layout(near.neighbours.ids, near.vectors, near.neighbours, near.stamp())))


def files(directory: Path) -> set[Path]:
    return set(directory.rglob("*.npy"))


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    near = with_layout(near_of())
    near.save(tmp_path)
    back = load_near(tmp_path)
    assert back is not None
    assert np.array_equal(back.vectors, near.vectors)
    assert np.array_equal(back.neighbours.kept, near.neighbours.kept)
    assert (back.key, dict(back.widths), back.stamp()) == (near.key, WIDTHS, near.stamp())
    assert back.layout is not None
    assert near.layout is not None
    assert np.array_equal(back.layout.places, near.layout.places)


def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    near = near_of()
    near.save(tmp_path)
    before = files(tmp_path)
    with_layout(near).save(tmp_path)
    assert before < files(tmp_path)
    after = files(tmp_path)
    with_layout(near).save(tmp_path)
    assert files(tmp_path) == after
    near_of(seed=2).save(tmp_path)
    assert not before & files(tmp_path)


def test_vectors_of_other_neighbours_are_not_used(tmp_path: Path) -> None:
    near_of().save(tmp_path)
    near_of(seed=2).neighbours.save(tmp_path / "neighbours")  # the program was ended between the two
    assert load_near(tmp_path) is None


@pytest.mark.parametrize("part", ["neighbours", "vectors"])
def test_half_of_it_is_nothing(tmp_path: Path, part: str) -> None:
    near_of().save(tmp_path)
    (tmp_path / part / "current").unlink()
    assert load_near(tmp_path) is None


def test_a_lost_map_is_only_a_lost_map(tmp_path: Path) -> None:
    with_layout(near_of()).save(tmp_path)
    (tmp_path / "map" / "current").unlink()
    back = load_near(tmp_path)
    assert back is not None
    assert back.layout is None


def test_a_cosine_splits_along_the_blocks() -> None:
    near = near_of()
    shares = near.shares(1, 2)
    assert list(shares) == list(WIDTHS)
    assert sum(shares.values()) == pytest.approx(float(near.vectors[1] @ near.vectors[2]), abs=1e-6)
    assert shares["text"] == pytest.approx(float(near.vectors[1, :3] @ near.vectors[2, :3]), abs=1e-6)


def test_rows_go_by_item_id() -> None:
    near = near_of()
    assert near.row_of(2) == 0
    assert near.row_of(3) is None
    assert near.row_of(9_999) is None


def test_the_strongest_are_told_by_item_id() -> None:
    near = near_of()
    told = list(near.strongest(2))
    assert len(told) == 2 * len(near.neighbours)
    ids, cosines = near.neighbours.of(2)
    assert told[:2] == [(2, int(ids[k]), float(cosines[k])) for k in range(2)]
