from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from library.progress import Progress, run
from recommender import taste_map
from recommender.neighbours import Neighbours, find_neighbours
from recommender.saved_arrays import save_arrays
from recommender.taste_map import FEWEST, FORMAT, MapLayout, find_layout, load_layout

ROOT = Path(__file__).resolve().parents[3]
RIM = 1.08

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Shelf = tuple[Ints, Floats]


def clustered(count: int, clusters: int = 12, width: int = 32, seed: int = 0) -> Floats:
    """Unit vectors around so many centres; item k is of cluster k modulo their number."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((clusters, width))
    some = centres[np.arange(count) % clusters] + 0.5 * chance.standard_normal((count, width))
    unit: Floats = (some / np.linalg.norm(some, axis=1, keepdims=True)).astype(np.float32)
    return unit


def shelf_of(vectors: Floats) -> Shelf:
    return np.arange(len(vectors), dtype=np.int64) * 3 + 1, vectors


def neighbours_in(shelf: Shelf) -> Neighbours:
    return run(find_neighbours(*shelf))


def layout_of(shelf: Shelf, key: str = "first", previous: MapLayout | None = None) -> MapLayout:
    return run(find_layout(*shelf, neighbours_in(shelf), key, previous))


def how_near(layout: MapLayout, shelf: Shelf) -> float:
    """Mean distance on the map to the five most alike, of that between any two."""
    rows = neighbours_in(shelf).rows[:, :5]
    known = np.flatnonzero(rows[:, 0] >= 0)
    chance = np.random.default_rng(1)
    near = np.linalg.norm(layout.places[known, None] - layout.places[rows[known]], axis=2).mean()
    any_two = np.linalg.norm(
        layout.places[chance.choice(known, 4000)] - layout.places[chance.choice(known, 4000)], axis=1
    ).mean()
    return float(near / any_two)


def moved(before: MapLayout, after: MapLayout) -> NDArray[np.float64]:
    """How far on the map each item went that is on both."""
    _, old, new = np.intersect1d(before.ids, after.ids, return_indices=True)
    distances: NDArray[np.float64] = np.linalg.norm(before.places[old] - after.places[new], axis=1)
    return distances


def assert_sound(layout: MapLayout, shelf: Shelf) -> None:
    assert np.array_equal(layout.ids, shelf[0])
    assert layout.places.shape == (len(shelf[0]), 2)
    assert layout.places.dtype == np.float32
    assert np.isfinite(layout.places).all()
    radius = np.linalg.norm(layout.places, axis=1)
    known = shelf[1].any(axis=1)
    assert np.all(radius[known] < 1.05)
    assert radius[~known] == pytest.approx(RIM, abs=1e-6)


@pytest.mark.parametrize("on_a_grid", [100, 3000])
def test_who_is_alike_lies_near(monkeypatch: pytest.MonkeyPatch, on_a_grid: int) -> None:
    monkeypatch.setattr(taste_map, "ON_A_GRID", on_a_grid)
    monkeypatch.setattr(taste_map, "LATE", 100)
    shelf = shelf_of(clustered(400))
    layout = layout_of(shelf)
    assert_sound(layout, shelf)
    assert how_near(layout, shelf) < 1 / 3
    centres = np.stack([layout.places[part::12].mean(axis=0) for part in range(12)])
    nearest = np.linalg.norm(layout.places[:, None] - centres, axis=2).argmin(axis=1)
    assert np.mean(nearest == np.arange(400) % 12) > 0.95


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 30, FEWEST - 1, FEWEST, FEWEST + 1, 130])
def test_small_libraries_have_a_map(count: int) -> None:
    shelf = shelf_of(clustered(count, clusters=4))
    layout = layout_of(shelf)
    assert_sound(layout, shelf)
    assert len(np.unique(layout.places, axis=0)) == count
    if count >= 30:
        assert how_near(layout, shelf) < 1 / 2


@pytest.mark.parametrize("count", [1, 4, 40, 200])
def test_nothing_known_lies_on_the_rim(count: int) -> None:
    vectors = clustered(count + 90)
    vectors[:count] = 0.0
    vectors[95:] = 0.0
    shelf = shelf_of(vectors)
    layout = layout_of(shelf)
    assert_sound(layout, shelf)
    assert len(np.unique(layout.places, axis=0)) == len(vectors)
    assert_sound(layout_of(shelf_of(np.zeros_like(vectors))), shelf_of(np.zeros_like(vectors)))


def test_one_known_title_lies_in_the_middle() -> None:
    vectors = clustered(6)
    vectors[1:] = 0.0
    layout = layout_of(shelf_of(vectors))
    assert layout.places[0].tolist() == [0.0, 0.0]
    assert_sound(layout, shelf_of(vectors))


@pytest.mark.parametrize("count", [2, 40, 60, 300])
def test_the_very_same_lie_close_together_but_do_not_break_it(count: int) -> None:
    same = np.repeat(clustered(1), count, axis=0)
    assert_sound(layout_of(shelf_of(same)), shelf_of(same))
    vectors = np.concatenate([clustered(150), same])
    shelf = shelf_of(vectors)
    layout = layout_of(shelf)
    assert_sound(layout, shelf)
    crowd = layout.places[150:]
    assert np.linalg.norm(crowd - np.median(crowd, axis=0), axis=1).max() < 0.7
    assert len(np.unique(crowd, axis=0)) > 0.9 * min(count, 50)


def digest_of_layouts() -> str:
    """Of the principal components, of an embedding and of one carried on."""
    digest = hashlib.sha256()
    layout: MapLayout | None = None
    for count in (30, 300, 330):
        layout = layout_of(shelf_of(clustered(count)), str(count), layout)
        digest.update(layout.places.tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("on_a_grid", [100, 3000])
def test_it_is_the_same_in_another_process(monkeypatch: pytest.MonkeyPatch, on_a_grid: int) -> None:
    code = (
        "from recommender import taste_map\n"
        f"taste_map.ON_A_GRID, taste_map.EARLY, taste_map.LATE = {on_a_grid}, 60, 60\n"
        "from tests.unit.recommender.test_taste_map import digest_of_layouts\n"
        "print(digest_of_layouts())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    ).stdout.strip()
    monkeypatch.setattr(taste_map, "ON_A_GRID", on_a_grid)
    monkeypatch.setattr(taste_map, "EARLY", 60)
    monkeypatch.setattr(taste_map, "LATE", 60)
    assert there == digest_of_layouts()


def test_the_same_items_and_key_give_the_same_object_back() -> None:
    shelf = shelf_of(clustered(60))
    layout = layout_of(shelf)
    assert layout_of(shelf, "first", layout) is layout
    assert layout_of(shelf, "second", layout) is not layout
    assert layout_of((shelf[0] + 1, shelf[1]), "first", layout) is not layout


def test_a_layout_stays_recognisable_when_the_library_changes() -> None:
    vectors = clustered(600)
    before = layout_of(shelf_of(vectors))
    ids, vectors = np.arange(660, dtype=np.int64) * 3 + 1, clustered(660)
    vectors[:600] = clustered(600)
    vectors[:20] = clustered(20, seed=5)  # known better by now
    stay = np.setdiff1d(np.arange(660), np.arange(30, 60))
    shelf = ids[stay], vectors[stay]
    after = layout_of(shelf, "second", before)
    assert_sound(after, shelf)
    assert how_near(after, shelf) < 1 / 3
    anew = layout_of(shelf, "second")
    assert np.median(moved(before, after)) < 0.05
    assert np.median(moved(before, after)) < np.median(moved(before, anew)) / 3


def test_new_titles_come_to_lie_amid_their_neighbours() -> None:
    before = layout_of(shelf_of(clustered(600)))
    vectors = np.concatenate([clustered(600), clustered(24, seed=7)])
    shelf = shelf_of(vectors)
    after = layout_of(shelf, "second", before)
    clusters = np.stack([after.places[part:600:12].mean(axis=0) for part in range(12)])
    nearest = np.linalg.norm(after.places[600:, None] - clusters, axis=2).argmin(axis=1)
    assert np.array_equal(nearest, np.arange(24) % 12)


def steps_of(shelf: Shelf, previous: MapLayout | None = None) -> tuple[MapLayout, list[Progress]]:
    steps: list[Progress] = []
    return run(find_layout(*shelf, neighbours_in(shelf), "next", previous), steps.append), steps


def test_carrying_a_layout_on_takes_fewer_iterations() -> None:
    shelf = shelf_of(clustered(100))
    layout, steps = steps_of(shelf)
    _, fewer = steps_of(shelf_of(clustered(110)), layout)
    _, as_many = steps_of(shelf_of(clustered(200)), layout)
    assert 0 < (fewer[-1].total or 0) < (steps[-1].total or 0)
    assert as_many[-1].total == steps[-1].total


def test_places_that_say_nothing_about_the_neighbours_are_not_carried_on() -> None:
    shelf = shelf_of(clustered(400))
    before = layout_of(shelf)
    mixed = shelf[0], clustered(400)[np.random.default_rng(3).permutation(400)]
    after, steps = steps_of(mixed, before)
    assert steps[-1].total == steps_of(mixed)[1][-1].total
    assert how_near(after, mixed) < 1 / 3


def test_a_title_that_was_on_the_rim_begins_amid_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taste_map, "AFTERWARDS", 1)
    vectors = clustered(300)
    vectors[:10] = 0.0
    before = layout_of(shelf_of(vectors))
    after = layout_of(shelf_of(clustered(300)), "second", before)
    clusters = np.stack([after.places[12 + part :: 12].mean(axis=0) for part in range(12)])
    nearest = np.linalg.norm(after.places[:10, None] - clusters, axis=2).argmin(axis=1)
    assert np.array_equal(nearest, np.arange(10))


@pytest.mark.parametrize(("few", "many"), [(20, 30), (40, 90), (300, 600)])
def test_a_map_made_anew_lies_as_the_one_before(few: int, many: int) -> None:
    turn = np.array([[0.6, 0.8], [0.8, -0.6]])  # turned, and mirrored
    found = layout_of(shelf_of(clustered(few, clusters=4)))
    before = MapLayout(found.ids, (found.places @ turn).astype(np.float32), "before", found.scale)
    shelf = shelf_of(clustered(many, clusters=4))
    after = layout_of(shelf, "second", before)
    anew = layout_of(shelf, "second")

    def fit(layout: MapLayout) -> float:
        now, then = layout.places[:few].astype(np.float64), before.places.astype(np.float64)
        return float(np.sum((now - now.mean(axis=0)) * (then - then.mean(axis=0))))

    assert fit(after) > 0
    assert fit(after) > fit(anew)
    assert np.linalg.norm(after.places, axis=1) == pytest.approx(np.linalg.norm(anew.places, axis=1), abs=1e-4)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_layout_of_nearly_nothing_can_be_the_one_before(count: int) -> None:
    before = layout_of(shelf_of(clustered(count)))
    shelf = shelf_of(clustered(80))
    assert_sound(layout_of(shelf, "second", before), shelf)
    back = layout_of(shelf_of(clustered(count)), "third", layout_of(shelf))
    assert_sound(back, shelf_of(clustered(count)))


def test_it_tells_how_far_it_is() -> None:
    shelf = shelf_of(clustered(120))
    steps = steps_of(shelf)[1]
    assert all(step.step == taste_map.STEP for step in steps)
    counted = [step for step in steps if step.total is not None]
    assert len(counted) > 20
    assert all(earlier.done < later.done for earlier, later in pairwise(counted))
    assert counted[-1].done == counted[-1].total == taste_map.EARLY + taste_map.LATE
    assert {later.done - earlier.done for earlier, later in pairwise(counted)} == {taste_map.SLICE}


def test_many_titles_take_fewer_iterations_between_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taste_map, "SLICED", 500)
    monkeypatch.setattr(taste_map, "EARLY", 20)
    monkeypatch.setattr(taste_map, "LATE", 11)
    counted = [step.done for step in steps_of(shelf_of(clustered(120)))[1] if step.total is not None]
    assert counted == [4, 8, 12, 16, 20, 24, 28, 31]


def test_it_can_be_cancelled_at_every_step() -> None:
    shelf = shelf_of(clustered(80))
    neighbours = neighbours_in(shelf)
    count = len(steps_of(shelf)[1])
    for end in range(1, count + 1, 6):
        job = find_layout(*shelf, neighbours, "first")
        for _ in range(end):
            next(job)
        job.close()
        assert next(job, None) is None
    assert np.array_equal(layout_of(shelf, "first").places, steps_of(shelf)[0].places)


def test_nothing_in_it_can_be_written_to() -> None:
    layout = layout_of(shelf_of(clustered(10)))
    for values in (layout.ids, layout.places):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    shelf = shelf_of(clustered(90))
    layout = layout_of(shelf)
    layout.save(tmp_path)
    loaded = load_layout(tmp_path)
    assert loaded is not None
    assert np.array_equal(loaded.ids, layout.ids)
    assert np.array_equal(loaded.places, layout.places)
    assert (loaded.key, loaded.scale) == (layout.key, layout.scale)
    assert layout_of(shelf, "first", loaded) is loaded
    grown = shelf_of(clustered(100))
    assert np.array_equal(layout_of(grown, "second", loaded).places, layout_of(grown, "second", layout).places)


def with_nan(layout: MapLayout) -> dict[str, NDArray[np.generic]]:
    places = layout.places.copy()
    places[2] = np.nan
    return {"ids": layout.ids, "places": places}


@pytest.mark.parametrize(
    "arrays_of",
    [
        with_nan,
        lambda layout: {"ids": layout.ids},
        lambda layout: {"ids": layout.ids[:-1], "places": layout.places},
        lambda layout: {"ids": layout.ids, "places": layout.places[:, :1]},
        lambda layout: {"ids": layout.ids[::-1], "places": layout.places},
        lambda layout: {"ids": layout.ids.astype(np.float64), "places": layout.places},
        lambda layout: {"ids": layout.ids, "places": layout.places.astype(np.float64)},
    ],
)
def test_a_saved_one_that_does_not_fit_together_is_none(
    tmp_path: Path, arrays_of: Callable[[MapLayout], dict[str, NDArray[np.generic]]]
) -> None:
    layout = layout_of(shelf_of(clustered(20)))
    save_arrays(tmp_path, arrays_of(layout), {"format": FORMAT, "key": "first", "scale": 1.0})
    assert load_layout(tmp_path) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"format": FORMAT + 1, "key": "first", "scale": 1.0},
        {"format": FORMAT, "key": "first"},
        {"format": FORMAT, "key": "first", "scale": "wide"},
        {"format": FORMAT, "key": "first", "scale": float("nan")},
        {"format": FORMAT, "key": "first", "scale": 0.0},
    ],
)
def test_facts_that_make_no_sense_are_no_layout(tmp_path: Path, facts: dict[str, object]) -> None:
    layout = layout_of(shelf_of(clustered(20)))
    save_arrays(tmp_path, {"ids": layout.ids, "places": layout.places}, facts)
    assert load_layout(tmp_path) is None


def test_there_may_be_none(tmp_path: Path) -> None:
    assert load_layout(tmp_path / "nowhere") is None


def test_the_module_brings_neither_a_window_nor_a_network_library() -> None:
    code = (
        "import sys, recommender.taste_map\n"
        "print([name for name in ('torch', 'PyQt6', 'openTSNE', 'sklearn') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
