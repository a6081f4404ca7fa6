"""Six blocks become one vector whose cosines split into the blocks, and in which nobody gains by being unknown."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from encoders.fusion import (
    BLOCKS,
    WIDTH,
    FusionWeights,
    SliceMap,
    fuse,
    fused_digest,
    fusion_key,
    in_its_slice,
    learned_map,
    load_fusion_weights,
    plain_encoders,
    shares,
)
from encoders.metadata import MetadataEncoder
from library.errors import EncoderError
from library.items import Item
from providers.servers.demo import DemoServer
from tests.unit.encoders.titles import alien, bare, twin_peaks

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
TEXT, GRAPH = 384, 384


@pytest.fixture(scope="module")
def weights() -> FusionWeights:
    return load_fusion_weights()


@pytest.fixture(scope="module")
def demo() -> list[Item]:
    """Everything in the demo library."""
    server = DemoServer(RESOURCES / "demo")
    items = []
    for shelf in server.libraries():
        entries = [entry for page in server.listing(shelf) for entry in page.entries]
        for batch in server.items(shelf, entries):
            items += [
                bare(**{name: getattr(told, name) for name in Item.__dataclass_fields__ if hasattr(told, name)})
                for told in batch.items
            ]
    return items


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def blocks_of(items: list[Item], weights: FusionWeights, seed: int = 0) -> dict[str, np.ndarray]:
    """All six blocks: the plain encoders' rows, and drawn ones for texts and graph."""
    drawn = np.random.default_rng(seed)
    blocks = {encoder.name: encoder.encode(items) for encoder in plain_encoders(weights)}
    blocks["text"] = unit(drawn.standard_normal((len(items), TEXT)))
    blocks["graph"] = unit(drawn.standard_normal((len(items), GRAPH)))
    return blocks


def test_a_fused_vector_is_of_length_one_and_384_wide(weights: FusionWeights, demo: list[Item]) -> None:
    fused = fuse(blocks_of(demo, weights), weights)
    assert fused.dtype == np.float32
    assert fused.shape == (len(demo), WIDTH)
    assert np.linalg.norm(fused, axis=1) == pytest.approx(1.0, abs=1e-6)
    bare_film = {encoder.name: encoder.encode([bare()]) for encoder in plain_encoders(weights)}
    assert np.linalg.norm(fuse(bare_film, weights)) == pytest.approx(1.0, abs=1e-6)


def test_an_item_of_which_nothing_is_known_is_zero(weights: FusionWeights) -> None:
    blocks = {
        name: np.zeros((2, 384 if name in ("text", "graph") else weights.widths[name]), np.float32) for name in BLOCKS
    }
    blocks["temporal"][1, 0] = 0.3
    fused = fuse(blocks, weights)
    assert not fused[0].any()
    assert fused[1] @ fused[1] == pytest.approx(1.0)
    assert not fuse({"text": np.zeros((3, TEXT), np.float32)}, weights).any()


def test_what_cannot_be_fused_is_refused(weights: FusionWeights) -> None:
    rows = np.ones((2, 384), np.float32)
    for wrong in ({"sound": rows}, {"text": rows, "graph": rows[:1]}, {}):
        with pytest.raises(ValueError, match="blocks must be"):
            fuse(wrong, weights)


def test_the_shares_of_the_blocks_add_up_to_the_cosine(weights: FusionWeights, demo: list[Item]) -> None:
    fused = fuse(blocks_of(demo[:50], weights), weights)
    split = shares(fused[0], fused, weights)
    assert set(split) == set(BLOCKS)
    assert sum(split.values()) == pytest.approx(fused.astype(np.float64) @ fused[0], abs=1e-6)
    own = shares(fused[0], fused[0], weights)
    assert sum(own.values()) == pytest.approx(1.0, abs=1e-6)
    assert min(own.values()) > 0.0


def test_a_share_is_the_weighted_product_of_the_blocks_rows(weights: FusionWeights, demo: list[Item]) -> None:
    blocks = blocks_of(demo[:2], weights)
    fused = fuse(blocks, weights)
    rows = {name: in_its_slice(name, some, weights) for name, some in blocks.items()}
    lengths = np.sqrt(sum(weights.blocks[name] * (some**2).sum(axis=1) for name, some in rows.items()))
    for name, share in shares(fused[0], fused[1], weights).items():
        expected = weights.blocks[name] * rows[name][0] @ rows[name][1] / (lengths[0] * lengths[1])
        assert share == pytest.approx(expected, abs=1e-6)


def test_a_missing_block_adds_nothing_and_leaves_the_order_by_the_others(
    weights: FusionWeights, demo: list[Item]
) -> None:
    blocks = blocks_of(demo, weights)
    whole = fuse(blocks, weights)
    for name in ("text", "graph", "numerical"):
        without = {**blocks, name: blocks[name].copy()}
        without[name][0] = 0.0
        fused = fuse(without, weights)
        assert not shares(fused[0], fused, weights)[name].any()
        assert np.array_equal(fused[1:], whole[1:]), "the vectors of the other items stay as they are"
        before = shares(whole[0], whole[1:], weights)
        others = sum(share for block, share in before.items() if block != name)
        found = fused[1:].astype(np.float64) @ fused[0]
        assert found == pytest.approx(others * (found @ others) / (others @ others), abs=1e-6)


def nearest_of_how_many(fused: np.ndarray, rows: np.ndarray, changed: np.ndarray, count: int = 20) -> float:
    """Of how many other items the changed vectors are among the nearest, on average; ``rows`` is where they stand."""
    likeness = fused @ fused.T
    np.fill_diagonal(likeness, -1.0)
    limit = np.partition(likeness, -count, axis=1)[:, -count]
    found = fused @ changed.T
    found[rows, np.arange(len(rows))] = -1.0
    return float((found >= limit[:, None]).sum(axis=0).mean())


def texts_of(items: list[Item]) -> np.ndarray:
    """Stand-ins for sentence embeddings: a sketch of the words, around the mean of real ones."""
    told = [
        replace(
            item, keywords=(*item.genres, *(item.overview or "").split()), credits=(), companies=(), collection=None
        )
        for item in items
    ]
    return unit(load_fusion_weights().maps["text"].centre + MetadataEncoder(TEXT).encode(told))


def test_titles_of_which_less_is_known_are_found_as_often_as_others(weights: FusionWeights, demo: list[Item]) -> None:
    counted = {"text": 0.2, "numerical": 0.05, "categorical": 0.15, "temporal": 0.1, "metadata": 0.5, "graph": 0.0}
    fixed = replace(weights, blocks=counted)

    def fused_of(items: list[Item], texts: np.ndarray | None) -> np.ndarray:
        blocks = {encoder.name: encoder.encode(items) for encoder in plain_encoders(fixed)}
        return fuse(blocks if texts is None else {**blocks, "text": texts}, fixed)

    texts = texts_of(demo)
    whole, rows = fused_of(demo, texts), np.arange(0, len(demo), 3)
    nameless = [replace(demo[row], credits=(), keywords=(), companies=(), collection=None) for row in rows]
    usual = nearest_of_how_many(whole, rows, whole[rows])
    assert usual == pytest.approx(20.0, rel=0.1)
    without_names = nearest_of_how_many(whole, rows, fused_of(nameless, texts[rows]))
    without_text = nearest_of_how_many(whole, rows, fused_of([demo[row] for row in rows], None))
    with_neither = nearest_of_how_many(whole, rows, fused_of(nameless, None))
    for found in (without_names, without_text, with_neither):
        assert 0.4 * usual < found < 1.4 * usual, (without_names, without_text, with_neither)


def test_a_vector_does_not_depend_on_the_other_items(weights: FusionWeights, demo: list[Item]) -> None:
    blocks = blocks_of(demo, weights)
    whole = fuse(blocks, weights)
    for row in (0, 200, len(demo) - 1):
        alone = fuse({name: rows[row : row + 1] for name, rows in blocks.items()}, weights)
        assert alone[0] == pytest.approx(whole[row], abs=1e-7)
    many = fuse({name: np.tile(rows, (6, 1)) for name, rows in blocks.items()}, weights)
    assert many[-len(demo) :] == pytest.approx(whole, abs=1e-7)


def test_titles_of_one_sort_are_nearer_than_others(weights: FusionWeights) -> None:
    aliens = alien(title="Aliens", year=1986, runtime=137.0)
    items = [
        alien(),
        aliens,
        twin_peaks(),
        bare(title="Love", genres=("Romance",), year=2010, vote_average=5.0, vote_count=900),
    ]
    fused = fuse({encoder.name: encoder.encode(items) for encoder in plain_encoders(weights)}, weights)
    assert fused[0] @ fused[1] > 0.6
    assert max(fused[0] @ fused[2], fused[0] @ fused[3]) < 0.2


@pytest.mark.parametrize("width", [32, 384, 768])
def test_texts_of_another_model_have_axes_too(width: int) -> None:
    weights = load_fusion_weights("/models/another")
    assert not weights.maps
    texts = unit(np.random.default_rng(1).standard_normal((40, width)))
    fused = fuse({"text": texts}, weights)
    assert np.linalg.norm(fused, axis=1) == pytest.approx(1.0, abs=1e-6)
    kept = np.corrcoef((fused @ fused.T).ravel(), (texts @ texts.T).ravel())[0, 1]
    assert kept > 0.7
    assert not fused[:, weights.widths["text"] :].any()


def test_learned_axes_keep_likeness_better_than_random_ones(weights: FusionWeights) -> None:
    drawn = np.random.default_rng(2)
    texts = unit(0.3 + drawn.standard_normal((400, TEXT)) * np.geomspace(2.0, 0.02, TEXT))
    centred = unit(texts - texts.mean(axis=0))
    learned = replace(weights, maps={"text": learned_map(texts[:200], weights.widths["text"])})
    errors = []
    for known, rows in ((learned, texts), (replace(weights, maps={}), centred)):
        found = in_its_slice("text", rows, known)[200:]
        errors.append(np.abs(found @ found.T - centred[200:] @ centred[200:].T).mean())
    assert errors[0] < 0.7 * errors[1]


def test_the_shipped_axes_are_orthonormal_and_the_weights_sensible(weights: FusionWeights) -> None:
    axes = weights.maps["text"].axes.astype(np.float64)
    assert axes.shape == (TEXT, weights.widths["text"])
    assert axes.T @ axes == pytest.approx(np.eye(axes.shape[1]), abs=1e-5)
    assert sum(weights.blocks.values()) == pytest.approx(1.0, abs=0.01)
    assert min(weights.blocks.values()) > 0.0
    widths = {encoder.name: encoder.width for encoder in plain_encoders(weights)}
    assert all(weights.widths[name] == width for name, width in widths.items())


def test_the_key_changes_with_weights_widths_and_axes(weights: FusionWeights) -> None:
    key = fusion_key(weights)
    assert key == fusion_key(load_fusion_weights())
    assert key.startswith("fused@")
    text = weights.maps["text"]
    others = [
        replace(weights, blocks={**weights.blocks, "text": weights.blocks["text"] + 0.001}),
        replace(weights, maps={}),
        replace(weights, maps={"text": SliceMap(text.centre + np.float32(1e-3), text.axes)}),
        replace(
            weights,
            widths={**weights.widths, "metadata": weights.widths["metadata"] + 8, "graph": weights.widths["graph"] - 8},
        ),
    ]
    assert len({key, *(fusion_key(other) for other in others)}) == 5


def test_a_fused_digest_changes_when_a_block_does_or_comes_or_goes() -> None:
    before = fused_digest("fused@1", {"text": "a", "graph": "b"})
    assert fused_digest("fused@1", {"graph": "b", "text": "a", "metadata": None}) == before
    others: list[tuple[str, dict[str, Any]]] = [
        ("fused@2", {"text": "a", "graph": "b"}),
        ("fused@1", {"text": "a", "graph": "c"}),
        ("fused@1", {"text": "a", "graph": None}),
        ("fused@1", {"text": "b", "graph": "a"}),
        ("fused@1", {"text": "a", "metadata": "b"}),
    ]
    assert len({before, *(fused_digest(key, digests) for key, digests in others)}) == 6


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    for name in ("fusion.json", "fusion_text.npy"):
        shutil.copy(RESOURCES / name, tmp_path / name)
    return tmp_path


def spoil(folder: Path, **changed: Any) -> None:
    path = folder / "fusion.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changed}), "utf-8")


def test_stored_weights_are_read_back(stored: Path, weights: FusionWeights) -> None:
    assert fusion_key(load_fusion_weights(folder=stored)) == fusion_key(weights)


@pytest.mark.parametrize("name", ["fusion.json", "fusion_text.npy"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"not what it says"])
def test_weights_that_cannot_be_read_are_told(name: str, content: bytes | None, stored: Path) -> None:
    (stored / name).unlink()
    if content is not None:
        (stored / name).write_bytes(content)
    with pytest.raises(EncoderError, match="cannot be read") as caught:
        load_fusion_weights(folder=stored)
    assert "Install" in caught.value.hint


def test_weights_that_do_not_fit_are_told(stored: Path, weights: FusionWeights) -> None:
    spoil(stored, widths={**weights.widths, "text": weights.widths["text"] + 1})
    with pytest.raises(EncoderError, match="do not fit"):
        load_fusion_weights(folder=stored)
    spoil(stored, widths={**weights.widths, "text": weights.widths["text"] + 8, "graph": weights.widths["graph"] - 8})
    with pytest.raises(EncoderError, match="axes"):
        load_fusion_weights(folder=stored)
    spoil(stored, widths=dict(weights.widths), blocks={**weights.blocks, "text": -0.1})
    with pytest.raises(EncoderError, match="out of range"):
        load_fusion_weights(folder=stored)
