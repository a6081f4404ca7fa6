"""Which titles are most alike: the nearest neighbours of every item, exactly, kept up to date for what has changed only.

How alike two items are is the cosine of their vectors, which are unit vectors of ``encoders.fusion``; an item of which nothing
is known has a zero vector, no neighbours, and is nobody's neighbour. :mod:`recommender.nearest` says in which order they come
and how they are found.

Somewhat more neighbours are stored than are told: what is stored of an item is always the beginning of the order of all
others. When one of them goes, it is a shorter beginning; when one comes, it is put in its place unless that is behind the
last. Only an item that has too few left is searched for again, and what is told is equal to a search from nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from library.progress import Job, Progress
from recommender.nearest import KEPT, NOBODY, Floats, Ints, Search, in_threads, keys_of, likeness_in, rows_in
from recommender.saved_arrays import Arrays, Facts, load_arrays, save_arrays

TOLD = 100
FORMAT = 1
STEP = "Finding similar titles"

ROWS_AT_ONCE = 8192
MOST_CHANGED = 0.25  # beyond this share a search from nothing takes less time
_BEFORE_ALL = np.iinfo(np.int64).min
_SEED = 100

Prints = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of every item, best first. Nothing in it can be written to.

    :param ids: int64 (n,), ascending: the items; row i is item i everywhere.
    :param kept: int32 (n, KEPT): rows of the neighbours, those behind ``TOLD`` in reserve; -1 where there are no more.
    :param kept_likeness: float32 (n, KEPT): their cosines, 0 where there are no more.
    :param prints: uint64 (n,): changes with the vector of an item; 0 for nothing known.
    """

    ids: Ints
    kept: NDArray[np.int32]
    kept_likeness: Floats
    prints: Prints

    def __post_init__(self) -> None:
        """Close the arrays."""
        for values in (self.ids, self.kept, self.kept_likeness, self.prints):
            values.setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> NDArray[np.int32]:
        """Rows of the neighbours, int32 (n, TOLD), best first; -1 where there are no more."""
        return self.kept[:, :TOLD]

    @property
    def likeness(self) -> Floats:
        """Cosines of the neighbours, float32 (n, TOLD); 0 where there are no more."""
        return self.kept_likeness[:, :TOLD]

    def of(self, item_id: int) -> tuple[Ints, Floats]:
        """Ids and cosines of the neighbours of one item, best first; empty when it has none or is not here."""
        row = int(np.searchsorted(self.ids, item_id))
        if row == len(self.ids) or int(self.ids[row]) != item_id:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        there = self.rows[row] >= 0
        return self.ids[self.rows[row][there]], self.likeness[row][there]

    def save(self, directory: Path) -> None:
        """Save them as files that :func:`load_neighbours` maps; ``OSError`` when they cannot be written."""
        arrays: Arrays = {"ids": self.ids, "kept": self.kept, "likeness": self.kept_likeness, "prints": self.prints}
        save_arrays(directory, arrays, {"format": FORMAT})


def load_neighbours(directory: Path) -> Neighbours | None:
    """The saved neighbours, or ``None`` when there are none that fit this version of the program."""
    return load_arrays(directory, _from_saved)


def _from_saved(arrays: Arrays, facts: Facts) -> Neighbours:
    if facts["format"] != FORMAT:
        raise ValueError("it is of another version of the program")
    found = Neighbours(arrays["ids"], arrays["kept"], arrays["likeness"], arrays["prints"])
    size = len(found.ids)
    shapes = {"ids": (size,), "kept": (size, KEPT), "likeness": (size, KEPT), "prints": (size,)}
    kinds = {"ids": np.int64, "kept": np.int32, "likeness": np.float32, "prints": np.uint64}
    if any(arrays[name].shape != shape or arrays[name].dtype != kinds[name] for name, shape in shapes.items()):
        raise ValueError("its parts are not of the right sort")
    if np.any(np.diff(found.ids) <= 0) or (size and (found.kept.min() < -1 or found.kept.max() >= size)):
        raise ValueError("its parts do not fit together")
    return found


def find_neighbours(
    ids: Ints, vectors: Floats, previous: Neighbours | None = None, threads: int = 1
) -> Job[Neighbours]:
    """Find the neighbours of all items, or bring those found before up to date. ``previous`` itself when nothing has changed.

    What has come, gone or changed is found out by comparing the ids and the vectors' fingerprints, so that it does not matter
    how long ago ``previous`` was made, or of what.

    :param ids: int64 (n,), ascending.
    :param vectors: float32 (n, d), unit rows; zero for an item of which nothing is known. Not to be changed meanwhile.
    :param threads: how many threads may work, also between two steps of the job; each takes about 30 MB.
    :raises ValueError: when the arrays are not of this sort.
    """
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(ids) != len(vectors) or np.any(np.diff(ids) <= 0):
        raise ValueError(
            f"{len(ids)} ids and {vectors.dtype} {vectors.shape} vectors are not ascending ids of float32 rows"
        )
    vectors = np.ascontiguousarray(vectors)
    prints = np.empty(len(ids), np.uint64)
    kept = np.empty((len(ids), KEPT), np.int32)
    likeness = np.empty((len(ids), KEPT), np.float32)
    for first in range(0, len(ids), ROWS_AT_ONCE):
        part = slice(first, first + ROWS_AT_ONCE)
        prints[part] = fingerprints(vectors[part])
        kept[part], likeness[part] = -1, 0.0
        yield Progress(STEP, 0, len(ids))
    if previous is not None and np.array_equal(previous.ids, ids) and np.array_equal(previous.prints, prints):
        return previous
    lists = _Lists(Search(vectors, _nobodys(prints), threading.Event()), kept, likeness, threads)
    wanted = np.flatnonzero(prints)
    if previous is not None:
        change = _Change.between(previous, ids, prints)
        if len(change.fresh) <= MOST_CHANGED * len(ids):
            yield from lists.carry_over(change)
            wanted = np.union1d(change.fresh, change.stay[lists.counts(change.stay) < min(TOLD, len(wanted) - 1)])
    yield from lists.search_for(wanted)
    return Neighbours(ids.copy(), kept, likeness, prints)


@dataclass(frozen=True, eq=False)
class _Change:
    """What has become of the items of earlier neighbours.

    :param stay: int64: rows, now, of the items that are what they were, unknown ones left out.
    :param fresh: int64: rows, now, of those that are new or have another vector, unknown ones left out.
    :param was: int64 (n,): for rows that stay the row before; ``now`` the other way round, -1 for who does not stay.
    """

    previous: Neighbours
    stay: Ints
    fresh: Ints
    was: Ints
    now: Ints

    @classmethod
    def between(cls, previous: Neighbours, ids: Ints, prints: Prints) -> _Change:
        """Compare ids and fingerprints."""
        was = np.searchsorted(previous.ids, ids)
        same = was < len(previous)
        here = was[same]
        same[same] = (previous.ids[here] == ids[same]) & (previous.prints[here] == prints[same])
        same &= prints != 0
        stay = np.flatnonzero(same)
        now = np.full(len(previous), -1, np.int64)
        now[was[stay]] = stay
        return cls(previous, stay, np.flatnonzero(~same & (prints != 0)), was, now)

    def keys(self, rows: Ints) -> tuple[Ints, Ints]:
        """What is left of the lists of rows that stay, int64 (rows, KEPT), and behind which key others may be missing."""
        before = self.previous.kept[self.was[rows]]
        now = np.where(before >= 0, self.now[before], -1)
        likeness = self.previous.kept_likeness[self.was[rows]]
        keys = np.where(now >= 0, keys_of(likeness, np.maximum(now, 0)), NOBODY)
        keys.sort(axis=1)
        others = np.count_nonzero(self.previous.prints) - 1
        whole = np.count_nonzero(before >= 0, axis=1) >= others
        left = np.count_nonzero(keys != NOBODY, axis=1)
        last = np.where(left > 0, keys[np.arange(len(rows)), left - 1], _BEFORE_ALL)
        return keys, np.where(whole, NOBODY, last)


@dataclass(frozen=True, eq=False)
class _Lists:
    """The lists while they are made: arrays that are filled block by block."""

    search: Search
    kept: NDArray[np.int32]
    likeness: Floats
    threads: int

    def counts(self, rows: Ints) -> Ints:
        """How many neighbours some rows have."""
        counts: Ints = np.count_nonzero(self.kept[rows] >= 0, axis=1)
        return counts

    def search_for(self, rows: Ints) -> Job[None]:
        """Fill the lists of some rows from nothing."""
        yield from self._in_threads(lambda block: self._put(block, self.search.nearest(block)), rows)

    def carry_over(self, change: _Change) -> Job[None]:
        """Fill the lists of those that stay with what they were, less who has gone, and with who has come."""
        newcomers = self.search.panels_of(change.fresh)

        def carry(block: Ints) -> None:
            keys, last = change.keys(block)
            self._put(block, self.search.with_newcomers(block, keys, last, newcomers))

        yield from self._in_threads(carry, change.stay)

    def _put(self, rows: Ints, keys: Ints) -> None:
        self.kept[rows], self.likeness[rows] = rows_in(keys), likeness_in(keys)

    def _in_threads(self, work: Callable[[Ints], None], rows: Ints) -> Job[None]:
        for done in in_threads(work, rows, self.threads, self.search.stop):
            yield Progress(STEP, done, len(rows))


def fingerprints(vectors: Floats) -> Prints:
    """A number for each vector that is another one when the vector is, but for a chance of 2^-33; 0 for a zero vector.

    :param vectors: float32 (n, d), contiguous.
    """
    factors = np.frombuffer(np.random.RandomState(_SEED).bytes(8 * vectors.shape[1]), np.uint64) | np.uint64(1)
    prints: Prints = (vectors.view(np.uint32) * factors).sum(axis=1, dtype=np.uint64)
    return np.where(vectors.any(axis=1), np.maximum(prints, np.uint64(1)), np.uint64(0))


def _nobodys(prints: Prints) -> NDArray[np.bool_]:
    """Who is nobody's neighbour: items of which nothing is known, and all but the first of a crowd of the very same.

    When more items have one vector than a list has places, those in the lowest rows fill it.
    """
    order = np.argsort(prints, kind="stable")
    begins = np.flatnonzero(np.diff(prints[order], prepend=~prints[order[:1]]))
    position = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    nobodys: NDArray[np.bool_] = prints == 0
    nobodys[order[position > KEPT]] = True
    return nobodys
