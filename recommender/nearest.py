"""The exact search for the items most alike to some: blocked matrix products, and of each only what can still matter.

The likeness of two unit vectors is their product, computed in double precision and rounded to float32; of equally alike
items the one in the lower row comes first. That order is one number per neighbour, the key: the likeness in the upper half,
the row in the lower one, so that sorting, cutting and comparing are those of whole numbers.

The products of whole blocks are fast but come in single precision, and their last bits depend on where in a block a pair
stands. They only choose candidates: a product of n numbers is off by at most n 2^-24 |x| |y| (Higham, "Accuracy and
Stability of Numerical Algorithms", 2002, section 3.1), so that whoever is further than twice that below the last place
cannot be among the best. The chosen few are then compared in double precision, pair by pair, always in the same way. Hence
the result is the same in every process, whatever the blocks and the threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

KEPT = 128
NOBODY = np.iinfo(np.int64).max  # the key of an empty place: behind everybody

BLOCK_ROWS = 1024
PANEL_COLUMNS = 2048
FULL = 2 * KEPT  # candidates of a row; when there are more, those out of the running are dropped
PAIRS_AT_ONCE = 256
PATIENCE = 0.1  # seconds between two reports
_EXCLUDED, _ANYBODY = np.float32(-4.0), np.float32(-2.0)


def keys_of(likeness: Floats, rows: Ints) -> Ints:
    """The keys of neighbours; the smaller one is the nearer one.

    :param likeness: float32, any shape, as ``rows``: below 2^31.
    """
    bits = (likeness + np.float32(0.0)).view(np.int32)  # makes one zero of the two
    rising = bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
    keys: Ints = (~rising).astype(np.int64) << 32 | rows
    return keys


def likeness_in(keys: Ints) -> Floats:
    """The likeness in some keys, float32; 0 for nobody."""
    rising = (~(keys >> 32)).astype(np.int32)
    likeness: Floats = (rising ^ ((rising >> 31) & np.int32(0x7FFFFFFF))).view(np.float32)
    return np.where(keys == NOBODY, np.float32(0.0), likeness)


def rows_in(keys: Ints) -> NDArray[np.int32]:
    """The rows in some keys, int32; -1 for nobody."""
    return np.where(keys == NOBODY, -1, keys & 0xFFFFFFFF).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Panel:
    """Some columns of the matrix of all products.

    :param rows: int64 (w,), ascending: which items they are; ``vectors`` float32 (w, d).
    :param excluded: int64: places in the panel of those that are nobody's neighbours.
    """

    rows: Ints
    vectors: Floats
    excluded: Ints


@dataclass(frozen=True, eq=False)
class Search:
    """Who is most alike to whom among some items.

    :param vectors: float32 (n, d), unit rows.
    :param excluded: bool (n,): those that are nobody's neighbours.
    :param stop: once set, no more products are made; what is in work ends with :class:`Stopped`.
    """

    vectors: Floats
    excluded: NDArray[np.bool_]
    stop: threading.Event

    @cached_property
    def slack(self) -> np.float32:
        """What a product in single precision may be off, and a little."""
        return np.float32(1.25 * self.vectors.shape[1] * 2.0**-24)

    @cached_property
    def panels(self) -> list[Panel]:
        """All columns; each panel reaches over the whole library, so that the first one shows what is near and what far."""
        size = len(self.vectors)
        count = max(1, -(-size // PANEL_COLUMNS))
        parts = [slice(first, None, count) for first in range(count)]
        numbers = np.arange(size, dtype=np.int64)
        return [Panel(numbers[part], self.vectors[part], np.flatnonzero(self.excluded[part])) for part in parts]

    def panels_of(self, rows: Ints) -> list[Panel]:
        """Only some columns, those of ``rows``."""
        parts = [rows[first : first + PANEL_COLUMNS] for first in range(0, len(rows), PANEL_COLUMNS)]
        return [Panel(part, self.vectors[part], np.flatnonzero(self.excluded[part])) for part in parts]

    def nearest(self, rows: Ints) -> Ints:
        """The keys of the best ``KEPT`` of all for each of ``rows``, int64 (rows, KEPT), best first."""
        found = _Candidates(self, rows)
        for panel, tile in self._tiles(rows, self.panels):
            found.add(panel, tile)
        return found.settled()

    def with_newcomers(self, rows: Ints, keys: Ints, last: Ints, newcomers: Sequence[Panel]) -> Ints:
        """The keys after some columns have joined.

        :param keys: int64 (rows, KEPT): the best for each of ``rows`` among the others, best first.
        :param last: int64 (rows,): a newcomer behind this key is left out, for others may be in between.
        """
        if not newcomers:
            return keys
        limit = np.where(last == NOBODY, _ANYBODY, likeness_in(last) - self.slack)
        owners, columns = [], []
        for panel, tile in self._tiles(rows, newcomers):
            near = np.flatnonzero(tile >= limit[:, None])
            owners.append(near // tile.shape[1])
            columns.append(panel.rows[near % tile.shape[1]])
        owner, column = np.concatenate(owners), np.concatenate(columns)
        new = keys_of(self._exact_pairs(rows[owner], column), column)
        before = new < last[owner]
        return _merged(keys, owner[before], new[before])

    def exact(self, row: int, others: Ints) -> Floats:
        """Likeness of one item to some, float32."""
        likeness: Floats = np.vecdot(
            self.vectors[others].astype(np.float64), self.vectors[row].astype(np.float64)
        ).astype(np.float32)
        return likeness

    def _exact_pairs(self, first: Ints, second: Ints) -> Floats:
        likeness = np.empty(len(first), np.float32)
        for start in range(0, len(first), PAIRS_AT_ONCE):
            part = slice(start, start + PAIRS_AT_ONCE)
            likeness[part] = np.vecdot(
                self.vectors[first[part]].astype(np.float64), self.vectors[second[part]].astype(np.float64)
            )
        return likeness

    def _tiles(self, rows: Ints, panels: Sequence[Panel]) -> Iterator[tuple[Panel, Floats]]:
        """The products of ``rows`` with one panel after another, in single precision; the array is used again."""
        block = self.vectors[rows]
        memory = np.empty(len(rows) * max(len(panel.rows) for panel in panels), np.float32)
        for panel in panels:
            if self.stop.is_set():
                raise Stopped
            tile = memory[: len(rows) * len(panel.rows)].reshape(len(rows), len(panel.rows))
            np.matmul(block, panel.vectors.T, out=tile)
            tile[:, panel.excluded] = _EXCLUDED
            _, own, place = np.intersect1d(rows, panel.rows, assume_unique=True, return_indices=True)
            tile[own, place] = _EXCLUDED
            yield panel, tile


class Stopped(Exception):
    """The search was told to stop."""


class _Candidates:
    """The running best of a block of rows, and who may still become one of them.

    Each row has its keys at the left of ``keys``, from products in single precision, and a limit that products must reach.
    """

    def __init__(self, search: Search, rows: Ints) -> None:
        self.search = search
        self.rows = rows
        self.keys = np.full((len(rows), FULL + len(search.panels[0].rows)), NOBODY)
        self.counts = np.zeros(len(rows), np.int64)
        self.limits = np.full(len(rows), _ANYBODY)
        self.started = False

    def add(self, panel: Panel, tile: Floats) -> None:
        """Take from the products of one panel those that may matter."""
        width = tile.shape[1]
        if not self.started and width > KEPT:
            best = np.partition(tile, width - KEPT, axis=1)[:, width - KEPT]
            self.limits = np.maximum(best - 2 * self.search.slack, _ANYBODY)
        self.started = True
        near = np.flatnonzero(tile >= self.limits[:, None])
        owner = near // width
        new = keys_of(tile.ravel()[near], panel.rows[near - owner * width])
        coming = np.bincount(owner, minlength=len(self.rows))
        shift = self.counts - (np.cumsum(coming) - coming)
        self.keys[owner, np.arange(len(owner)) + shift[owner]] = new
        self.counts += coming
        if len(self.counts) and self.counts.max() > FULL:
            self._drop()

    def settled(self) -> Ints:
        """The best of each row in double precision, int64 (rows, KEPT)."""
        self._drop()
        return np.concatenate([self._settle(number) for number in range(len(self.rows))]).reshape(-1, KEPT)

    def _drop(self) -> None:
        """Forget candidates that are too far behind the last place, and raise the limits."""
        used = self.keys[:, : max(int(self.counts.max()), KEPT)]
        used.sort(axis=1)
        last = used[:, KEPT - 1]
        self.limits = np.where(last == NOBODY, _ANYBODY, likeness_in(last) - 2 * self.search.slack)
        behind = used > keys_of(self.limits, np.full(len(used), 0xFFFFFFFF))[:, None]
        used[behind] = NOBODY
        self.counts = used.shape[1] - np.count_nonzero(used == NOBODY, axis=1)
        # Of a crowd of the nearly same only the exact order says who can stay.
        for number in np.flatnonzero(self.counts > FULL):
            best = self._settle(int(number))
            self.keys[number] = NOBODY
            self.keys[number, :KEPT] = best
            self.counts[number] = KEPT

    def _settle(self, number: int) -> Ints:
        others = self.keys[number, : self.counts[number]] & 0xFFFFFFFF
        exact = keys_of(self.search.exact(int(self.rows[number]), others), others)
        exact.sort()
        best: Ints = np.full(KEPT, NOBODY)
        best[: len(exact)] = exact[:KEPT]
        return best


def _merged(keys: Ints, owner: Ints, new: Ints) -> Ints:
    """Sorted keys of each row after some more have joined; what no longer fits is dropped.

    :param owner: int64 (m,), ascending or not: whose row each of ``new`` joins.
    """
    if not len(owner):
        return keys
    order = np.argsort(owner, kind="stable")
    owner, new = owner[order], new[order]
    touched, first, count = np.unique(owner, return_index=True, return_counts=True)
    joined = np.full((len(touched), KEPT + int(count.max())), NOBODY)
    joined[:, :KEPT] = keys[touched]
    joined[np.repeat(np.arange(len(touched)), count), KEPT + np.arange(len(owner)) - np.repeat(first, count)] = new
    joined.sort(axis=1)
    merged = keys.copy()
    merged[touched] = joined[:, :KEPT]
    return merged


def in_threads(
    work: Callable[[Ints], None], rows: Ints, threads: int, stop: threading.Event
) -> Generator[int, None, None]:
    """Do some work for all rows, block by block, and yield how many are done, at least every quarter second.

    Each thread has blocks of its own and numpy's matrix library is kept to one thread meanwhile, for its threads wait for
    each other at every product. Closing sets ``stop`` and waits for the threads, which end after the product they are at.

    :param work: what is done for a block of rows, in one of the threads.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    blocks = iter([rows[first : first + BLOCK_ROWS] for first in range(0, len(rows), BLOCK_ROWS)])
    running: dict[Future[None], int] = {}
    done = 0
    with threadpool_limits(limits=1, user_api="blas"):
        pool = ThreadPoolExecutor(max(1, threads), "neighbours")
        try:
            while True:
                while len(running) <= threads and (block := next(blocks, None)) is not None:
                    running[pool.submit(work, block)] = len(block)
                if not running:
                    return
                ended, _ = wait(running, PATIENCE, FIRST_COMPLETED)
                for future in ended:
                    future.result()
                    done += running.pop(future)
                yield done
        except BaseException:
            stop.set()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
