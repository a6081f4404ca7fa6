from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from library.progress import Progress, run
from recommender.nearest import KEPT, PANEL_COLUMNS, Search
from recommender.neighbours import FORMAT, TOLD, Neighbours, find_neighbours, fingerprints, load_neighbours
from recommender.saved_arrays import save_arrays
from tests.unit.recommender.test_nearest import best_of_all, directions, halves

ROOT = Path(__file__).resolve().parents[3]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Shelf = tuple[Ints, Floats]


def found_in(shelf: Shelf, previous: Neighbours | None = None, threads: int = 1) -> Neighbours:
    return run(find_neighbours(*shelf, previous, threads))


def shelf_of(vectors: Floats) -> Shelf:
    return np.arange(len(vectors), dtype=np.int64) * 10 + 4, vectors


def assert_told_the_same(found: Neighbours, expected: Neighbours) -> None:
    assert np.array_equal(found.ids, expected.ids)
    assert np.array_equal(found.prints, expected.prints)
    assert np.array_equal(found.rows, expected.rows)
    assert np.array_equal(found.likeness, expected.likeness)


def with_changes(shelf: Shelf, seed: int, changed: int, come: int, gone: int, made: Floats) -> Shelf:
    """The shelf after some have taken a vector of ``made``, some have come in between and some have gone."""
    ids, vectors = shelf
    chance = np.random.default_rng(seed)
    some = chance.permutation(len(ids))
    vectors = vectors.copy()
    vectors[some[:changed]] = made[:changed]
    stay = np.setdiff1d(np.arange(len(ids)), some[changed : changed + gone])
    free = np.setdiff1d(np.arange(ids[-1] + 50), ids)
    ids = np.concatenate([ids[stay], np.sort(chance.permutation(free)[:come])])
    vectors = np.concatenate([vectors[stay], made[changed : changed + come]])
    order = np.argsort(ids)
    return ids[order], vectors[order]


@pytest.mark.parametrize("count", [0, 1, 2, TOLD, TOLD + 1, TOLD + 2, KEPT, KEPT + 1, KEPT + 2, 600])
def test_they_are_the_best_of_all(count: int) -> None:
    vectors = directions(count, 16)
    found = found_in(shelf_of(vectors))
    rows, likeness = best_of_all(vectors, np.arange(count))
    assert found.rows.shape == found.likeness.shape == (count, TOLD)
    assert found.rows.dtype == np.int32
    assert found.likeness.dtype == np.float32
    assert np.array_equal(found.rows, rows[:, :TOLD])
    assert np.array_equal(found.likeness, likeness[:, :TOLD])


@pytest.mark.parametrize("threads", [1, 3])
def test_ties_over_several_panels_and_blocks(threads: int) -> None:
    vectors = halves(PANEL_COLUMNS + 900)
    found = found_in(shelf_of(vectors), threads=threads)
    rows, likeness = best_of_all(vectors, np.arange(len(vectors)))
    assert np.array_equal(found.kept, rows)
    assert np.array_equal(found.kept_likeness, likeness)


def test_nothing_known_is_nobodys_neighbour_and_has_none() -> None:
    vectors = directions(200, 16)
    unknown = [0, 5, 6, 199]
    vectors[unknown] = 0.0
    found = found_in(shelf_of(vectors))
    rows, likeness = best_of_all(vectors, np.arange(200), unknown)
    rows[unknown], likeness[unknown] = -1, 0.0
    assert np.array_equal(found.rows, rows[:, :TOLD])
    assert np.array_equal(found.likeness, likeness[:, :TOLD])
    assert found.of(4)[0].tolist() == []


def test_nothing_known_at_all() -> None:
    found = found_in(shelf_of(np.zeros((7, 16), np.float32)))
    assert np.all(found.rows == -1)
    assert not found.likeness.any()


@pytest.mark.parametrize("crowd", [KEPT, KEPT + 1, KEPT + 2, 3 * KEPT])
def test_a_crowd_of_the_very_same_is_told_in_order(crowd: int) -> None:
    vectors = directions(4 * KEPT, 16)
    same = np.sort(np.random.default_rng(0).permutation(len(vectors))[:crowd])
    vectors[same] = vectors[same[0]]
    found = found_in(shelf_of(vectors))
    rows, likeness = best_of_all(vectors, np.arange(len(vectors)))
    assert np.array_equal(found.kept, rows)
    assert np.array_equal(found.kept_likeness, likeness)


def test_neighbours_are_told_by_item_id() -> None:
    vectors = directions(40, 16)
    found = found_in(shelf_of(vectors))
    ids, cosines = found.of(74)
    assert len(ids) == len(cosines) == 39
    assert np.array_equal(ids, found.rows[7, :39].astype(np.int64) * 10 + 4)
    assert cosines[0] == pytest.approx(float(vectors[7] @ vectors[(ids[0] - 4) // 10]), abs=1e-6)
    assert found.of(75)[0].tolist() == found.of(10**6)[0].tolist() == []


@pytest.mark.parametrize("made_of", [directions, halves])
@pytest.mark.parametrize(
    ("changed", "come", "gone"), [(1, 0, 0), (0, 1, 0), (0, 0, 1), (9, 6, 7), (0, 0, 60), (60, 60, 60), (0, 30, 100)]
)
def test_what_is_brought_up_to_date_equals_a_search_from_nothing(
    made_of: Callable[..., Floats], changed: int, come: int, gone: int
) -> None:
    shelf = shelf_of(made_of(700, 16))
    found = found_in(shelf)
    for turn in range(4):  # of what was brought up to date again and again
        shelf = with_changes(shelf, turn, changed, come, gone, made_of(200, 16, seed=turn + 10))
        found = found_in(shelf, found, threads=2)
        assert_told_the_same(found, found_in(shelf))


def test_few_changes_do_not_search_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []
    real = Search.nearest

    def nearest(self: Search, rows: Ints) -> Ints:
        searched.extend(rows.tolist())
        return real(self, rows)

    shelf = shelf_of(directions(3000, 16))
    found = found_in(shelf)
    changed = with_changes(shelf, 0, 5, 5, 5, directions(10, 16, seed=9))
    monkeypatch.setattr(Search, "nearest", nearest)
    again = found_in(changed, found)
    assert 10 <= len(searched) < 100
    monkeypatch.undo()
    assert_told_the_same(again, found_in(changed))


@pytest.mark.parametrize("count", [3, TOLD, KEPT, KEPT + 1, KEPT + 4])
def test_small_libraries_grow_and_shrink(count: int) -> None:
    shelf = shelf_of(directions(count, 16))
    found = found_in(shelf)
    for turn, (come, gone) in enumerate([(1, 0), (3, 1), (0, 2), (0, 1), (2, 2)]):
        shelf = with_changes(shelf, turn, 0, come, min(gone, len(shelf[0]) - 1), directions(5, 16, seed=turn + 5))
        found = found_in(shelf, found)
        assert_told_the_same(found, found_in(shelf))


def test_titles_become_known_and_unknown() -> None:
    vectors = directions(300, 16)
    vectors[::3] = 0.0
    shelf = shelf_of(vectors)
    found = found_in(shelf)
    for turn in range(3):
        vectors = vectors.copy()
        vectors[turn::40] = 0.0
        vectors[turn + 15 :: 40] = directions(8, 16, seed=turn + 1)[: len(vectors[turn + 15 :: 40])]
        found = found_in((shelf[0], vectors), found)
        assert_told_the_same(found, found_in((shelf[0], vectors)))


@pytest.mark.parametrize("seed", range(4))
def test_crowds_grow_and_shrink(seed: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = directions(900, 16, seed=seed)
    vectors[chance.permutation(900)[:300]] = vectors[0]
    shelf = shelf_of(vectors)
    found = found_in(shelf)
    for turn, (changed, come, gone) in enumerate([(0, 40, 0), (0, 0, 120), (30, 30, 30), (0, 0, 150)]):
        made = np.repeat(directions(1, 16, seed=seed) if turn % 2 else vectors[:1], 200, axis=0)
        shelf = with_changes(shelf, turn, changed, come, gone, made)
        found = found_in(shelf, found)
        assert_told_the_same(found, found_in(shelf))


def test_an_empty_library_fills_and_empties() -> None:
    empty, shelf = shelf_of(np.empty((0, 16), np.float32)), shelf_of(directions(150, 16))
    nothing = found_in(empty)
    assert len(nothing) == 0
    filled = found_in(shelf, nothing)
    assert_told_the_same(filled, found_in(shelf))
    assert len(found_in(empty, filled)) == 0


def test_neighbours_of_another_library_do_no_harm() -> None:
    other = found_in(shelf_of(directions(500, 16, seed=8)))
    shelf = shelf_of(directions(400, 16))
    assert_told_the_same(found_in(shelf, other), found_in(shelf))


def test_neighbours_of_vectors_of_another_width_do_no_harm() -> None:
    other = found_in(shelf_of(directions(300, 24)))
    shelf = shelf_of(directions(300, 16))
    assert_told_the_same(found_in(shelf, other), found_in(shelf))


def test_the_same_vectors_give_the_same_object_back() -> None:
    shelf = shelf_of(directions(120, 16))
    found = found_in(shelf)
    assert found_in((shelf[0].copy(), shelf[1].copy()), found) is found
    moved = shelf[0].copy()
    moved[-1] += 1
    assert found_in((moved, shelf[1]), found) is not found


def test_nothing_in_them_can_be_written_to() -> None:
    found = found_in(shelf_of(directions(20, 16)))
    for values in (found.ids, found.kept, found.kept_likeness, found.prints, found.rows, found.likeness):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


@pytest.mark.parametrize(
    ("ids", "vectors"),
    [
        ([1, 2], np.eye(2)),
        ([1, 2], np.eye(3, dtype=np.float32)),
        ([2, 1], np.eye(2, dtype=np.float32)),
        ([1, 1], np.eye(2, dtype=np.float32)),
        ([1, 2], np.ones(2, np.float32)),
    ],
)
def test_other_arrays_are_refused(ids: list[int], vectors: Floats) -> None:
    with pytest.raises(ValueError, match="are not ascending ids of float32 rows"):
        next(find_neighbours(np.array(ids, np.int64), vectors))


def test_it_tells_how_far_it_is() -> None:
    steps: list[Progress] = []
    vectors = directions(PANEL_COLUMNS + 500, 16)
    run(find_neighbours(*shelf_of(vectors)), steps.append)
    assert {step.total for step in steps} == {len(vectors)}
    assert all(earlier.done <= later.done for earlier, later in pairwise(steps))
    assert steps[-1].done == len(vectors)


def test_it_can_be_cancelled_at_every_step() -> None:
    shelf = shelf_of(directions(2 * PANEL_COLUMNS, 32))
    found = found_in(shelf)
    later = with_changes(shelf, 0, 40, 40, 40, directions(80, 32, seed=3))
    for now, previous in ((shelf, None), (later, found)):
        ended, steps = False, 0
        while not ended:
            job = find_neighbours(*now, previous, 2)
            steps += 1
            for _ in range(steps):
                if next(job, None) is None:
                    ended = True
                    break
            job.close()
            assert not [thread for thread in threading.enumerate() if thread.name.startswith("neighbours")]
        assert steps > 2


def test_they_are_the_same_in_another_process() -> None:
    code = (
        "import hashlib, sys\n"
        "from tests.unit.recommender.test_neighbours import directions, found_in, shelf_of\n"
        "found = found_in(shelf_of(directions(2500, 48)), threads=int(sys.argv[1]))\n"
        "print(hashlib.sha256(found.kept.tobytes() + found.kept_likeness.tobytes() + found.prints.tobytes()).hexdigest())"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, threads], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(told[0].strip()) == 64
    assert told[0] == told[1]


def test_fingerprints_change_with_the_vector() -> None:
    vectors = directions(3000, 16)
    vectors[7] = 0.0
    prints = fingerprints(vectors)
    assert prints[7] == 0
    assert len(np.unique(prints)) == len(prints)
    assert np.array_equal(fingerprints(vectors[5:9]), prints[5:9])
    nudged = vectors.copy()
    nudged[:, 3] = np.nextafter(nudged[:, 3], np.float32(2.0))
    assert not np.any(fingerprints(nudged) == prints)
    assert not np.any(
        fingerprints(np.ascontiguousarray(np.delete(vectors, 7, axis=0)[:, ::-1])) == np.delete(prints, 7)
    )


def test_they_come_back_as_they_were_saved(tmp_path: Path) -> None:
    shelf = shelf_of(directions(150, 16))
    found = found_in(shelf)
    found.save(tmp_path)
    loaded = load_neighbours(tmp_path)
    assert loaded is not None
    assert np.array_equal(loaded.kept, found.kept)
    assert np.array_equal(loaded.kept_likeness, found.kept_likeness)
    assert_told_the_same(loaded, found)
    assert found_in(shelf, loaded) is loaded
    changed = with_changes(shelf, 0, 3, 3, 3, directions(6, 16, seed=4))
    assert_told_the_same(found_in(changed, loaded), found_in(changed))


def saved_arrays_of(found: Neighbours) -> dict[str, NDArray[np.generic]]:
    return {"ids": found.ids, "kept": found.kept, "likeness": found.kept_likeness, "prints": found.prints}


@pytest.mark.parametrize(
    "damage",
    ["format", "no format", "missing", "short", "narrow", "sort", "order", "beyond", "below"],
)
def test_saved_ones_that_do_not_fit_together_are_none(tmp_path: Path, damage: str) -> None:
    found = found_in(shelf_of(directions(150, 16)))
    arrays, facts = saved_arrays_of(found), {"format": FORMAT}
    kept = found.kept.copy()
    if damage == "format":
        facts = {"format": FORMAT + 1}
    elif damage == "no format":
        facts = {}
    elif damage == "missing":
        del arrays["prints"]
    elif damage == "short":
        arrays["likeness"] = found.kept_likeness[:-1]
    elif damage == "narrow":
        arrays["kept"] = found.kept[:, :-1]
    elif damage == "sort":
        arrays["kept"] = found.kept.astype(np.int64)
    elif damage == "order":
        arrays["ids"] = found.ids[::-1]
    elif damage == "beyond":
        kept[3, 3] = 150
        arrays["kept"] = kept
    else:
        kept[3, 3] = -2
        arrays["kept"] = kept
    save_arrays(tmp_path / "damaged", arrays, facts)
    assert load_neighbours(tmp_path / "damaged") is None
    save_arrays(tmp_path / "whole", saved_arrays_of(found), {"format": FORMAT})
    assert load_neighbours(tmp_path / "whole") is not None


def test_there_may_be_none(tmp_path: Path) -> None:
    assert load_neighbours(tmp_path / "nowhere") is None
