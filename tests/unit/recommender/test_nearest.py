from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from recommender.nearest import (
    BLOCK_ROWS,
    KEPT,
    NOBODY,
    PANEL_COLUMNS,
    Search,
    Stopped,
    in_threads,
    keys_of,
    likeness_in,
    rows_in,
)

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def directions(count: int, width: int, seed: int = 0) -> Floats:
    some = np.random.default_rng(seed).standard_normal((count, width))
    unit: Floats = (some / np.linalg.norm(some, axis=1, keepdims=True)).astype(np.float32)
    return unit


def halves(count: int, width: int = 9, seed: int = 0) -> Floats:
    """Unit vectors of four halves and zeros: their products are exact however they are summed, and often the same."""
    chance = np.random.default_rng(seed)
    vectors = np.zeros((count, width), np.float32)
    places = np.argsort(chance.random((count, width)), axis=1)[:, :4]
    np.put_along_axis(vectors, places, chance.choice(np.array([-0.5, 0.5], np.float32), (count, 4)), axis=1)
    return vectors


def search_in(vectors: Floats, excluded: list[int] | None = None) -> Search:
    nobodys = np.zeros(len(vectors), np.bool_)
    nobodys[excluded or []] = True
    return Search(vectors, nobodys, threading.Event())


def best_of_all(vectors: Floats, rows: Ints, excluded: list[int] | None = None) -> tuple[NDArray[np.int32], Floats]:
    """What is looked for, one row after another: rows and likeness of the best ``KEPT``."""
    found = np.full((len(rows), KEPT), -1, np.int32)
    likeness = np.zeros((len(rows), KEPT), np.float32)
    double = vectors.astype(np.float64)
    for place, row in enumerate(rows.tolist()):
        products = np.vecdot(double, double[row]).astype(np.float32)
        others = np.setdiff1d(np.arange(len(vectors)), [row, *(excluded or [])])
        best = others[np.lexsort((others, -products[others]))][:KEPT]
        found[place, : len(best)], likeness[place, : len(best)] = best, products[best]
    return found, likeness


def assert_best(search: Search, rows: Ints, excluded: list[int] | None = None) -> None:
    keys = search.nearest(rows)
    found, likeness = best_of_all(search.vectors, rows, excluded)
    assert np.array_equal(rows_in(keys), found)
    assert np.array_equal(likeness_in(keys), likeness)


def test_keys_sort_by_likeness_and_then_by_row() -> None:
    chance = np.random.default_rng(5)
    likeness = chance.choice(np.array([1.0, 0.75, 1e-30, 0.0, -0.0, -1e-30, -0.25, -1.0], np.float32), 400)
    rows = chance.permutation(400).astype(np.int64)
    keys = keys_of(likeness, rows)
    assert np.array_equal(np.argsort(keys), np.lexsort((rows, -likeness)))
    assert keys.max() < NOBODY
    assert np.array_equal(likeness_in(keys), likeness)
    assert np.array_equal(rows_in(keys), rows)


def test_the_key_of_nobody_is_read_as_nobody() -> None:
    keys = np.array([NOBODY, keys_of(np.array([0.5], np.float32), np.array([3]))[0]])
    assert rows_in(keys).tolist() == [-1, 3]
    assert likeness_in(keys).tolist() == [0.0, 0.5]


@pytest.mark.parametrize("count", [1, 2, 3, KEPT, KEPT + 1, KEPT + 2, 700])
def test_the_best_of_a_few(count: int) -> None:
    assert_best(search_in(directions(count, 24)), np.arange(count))


@pytest.mark.parametrize("width", [2, 9, 384])
def test_the_best_over_several_panels(width: int) -> None:
    vectors = directions(3 * PANEL_COLUMNS + 17, width)
    assert len(search_in(vectors).panels) > 3
    assert_best(search_in(vectors), np.arange(5, len(vectors), 97))


def test_equally_alike_ones_come_by_row() -> None:
    vectors = halves(2 * PANEL_COLUMNS + 500)
    search = search_in(vectors)
    rows = np.arange(0, len(vectors), 31)
    ties = likeness_in(search.nearest(rows))
    assert np.count_nonzero(ties[:, 1:] == ties[:, :-1]) > 0.9 * ties.size
    assert_best(search, rows)


def test_a_crowd_that_only_double_precision_tells_apart() -> None:
    vectors = directions(3 * PANEL_COLUMNS, 64)
    crowd = np.random.default_rng(1).permutation(len(vectors))[: 6 * KEPT]
    near = vectors[crowd[0]] + np.float32(2e-7) * directions(len(crowd), 64, seed=2)
    vectors[crowd] = near / np.linalg.norm(near, axis=1, keepdims=True)
    assert_best(search_in(vectors), np.sort(crowd)[::5])


def test_the_excluded_are_nobodys_neighbours_but_have_some() -> None:
    vectors, excluded = directions(400, 12), [0, 7, 399]
    assert_best(search_in(vectors, excluded), np.arange(400), excluded)


def test_the_result_does_not_depend_on_the_blocks() -> None:
    vectors = directions(PANEL_COLUMNS + 300, 48)
    whole = search_in(vectors).nearest(np.arange(len(vectors)))
    rows = np.array([3, 4, 900, len(vectors) - 1])
    assert np.array_equal(search_in(vectors).nearest(rows), whole[rows])
    assert np.array_equal(search_in(vectors).nearest(rows[2:3]), whole[rows[2:3]])


def test_some_of_the_vectors_join() -> None:
    vectors = halves(PANEL_COLUMNS + 700, seed=3)
    newcomers = np.arange(2, len(vectors), 3)
    rows = np.setdiff1d(np.arange(len(vectors)), newcomers)[::7]
    search = search_in(vectors)
    before = search_in(vectors, newcomers.tolist()).nearest(rows)
    joined = search.with_newcomers(rows, before, before[:, -1], search.panels_of(newcomers))
    assert not np.array_equal(joined, before)
    # up to the last that was known all are there; behind it others, never counted before, may be missing
    limit = before[:, -1:]
    expected = search.nearest(rows)
    assert np.array_equal(np.where(joined <= limit, joined, NOBODY), np.where(expected <= limit, expected, NOBODY))
    assert search.with_newcomers(rows, before, before[:, -1], []) is before


def test_a_stopped_search_ends() -> None:
    search = search_in(directions(50, 4))
    search.stop.set()
    with pytest.raises(Stopped):
        search.nearest(np.arange(50))


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_do_each_row_once_and_say_so(threads: int) -> None:
    rows = np.arange(2, 2 + 5 * BLOCK_ROWS + 9)
    seen: list[Ints] = []
    limits: set[int] = set()

    def work(block: Ints) -> None:
        seen.append(block)
        limits.update(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

    told = list(in_threads(work, rows, threads, threading.Event()))
    assert np.array_equal(np.sort(np.concatenate(seen)), rows)
    assert told == sorted(told)
    assert told[-1] == len(rows)
    assert limits == {1}


def test_work_that_fails_ends_all() -> None:
    stop = threading.Event()

    def work(block: Ints) -> None:
        if block[0] == BLOCK_ROWS:
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        list(in_threads(work, np.arange(9 * BLOCK_ROWS), 2, stop))
    assert stop.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("neighbours")]


def test_closing_waits_for_what_is_in_work_and_starts_nothing_more() -> None:
    stop, begun = threading.Event(), []

    def work(block: Ints) -> None:
        begun.append(int(block[0]))
        while len(begun) > 1 and not stop.is_set():
            time.sleep(0.001)

    job = in_threads(work, np.arange(40 * BLOCK_ROWS), 2, stop)
    next(job)
    job.close()
    assert stop.is_set()
    assert len(begun) <= 5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("neighbours")]


def test_no_rows_are_no_work() -> None:
    assert list(in_threads(lambda block: None, np.empty(0, np.int64), 2, threading.Event())) == []
