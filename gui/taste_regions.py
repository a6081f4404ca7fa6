"""Names for the parts of the taste map: the genre, or from nearer by the keyword, that is most at home in each.

The plane is cut into cells. Where the share that a name has of the titles around a cell exceeds its share of the whole library
the most, counted in titles, there the name is written: f(c) = n(c) - N(c) n / N, with n(c) titles of that name and N(c) titles
of any name around the cell, and n of N in the library. It is large only where there are many titles *and* the name is typical.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gui.tabs.taste.values import Region
from library.progress import Job, Progress
from recommender.features import ItemFeatures

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]

LEAST_TITLES = 3.0
LEAST_APART = 0.09  # of the width of the map


@dataclass(frozen=True, slots=True)
class _Fineness:
    """How one kind of name is looked for.

    :param block: of the features; the ``tried`` most frequent names of it are looked at, and at most ``most`` are written.
    :param side: cells along a side; ``spread`` is how far around a cell titles count, in cells.
    """

    block: str
    tried: int
    most: int
    side: int
    spread: float


GENRES = _Fineness("genre", 60, 14, 20, 1.6)
KEYWORDS = _Fineness("keyword", 400, 70, 40, 1.0)


def regions_of(places: NDArray[np.float32], rows: Ints, features: ItemFeatures) -> Job[tuple[Region, ...]]:
    """Name the regions of a map.

    :param places: float32 (k, 2); ``rows`` int64 (k,), the rows of these titles among the features.
    """
    known = np.isfinite(places).all(axis=1)
    if not known.any():
        return ()
    plane = _Plane(places[known].astype(np.float64))
    found: list[Region] = []
    entries = features.symbols.gather(rows[known])[:2]
    for kind in (GENRES, KEYWORDS):
        yield Progress("Naming the regions of the map", int(kind is KEYWORDS), 2)
        first, last = features.spans[kind.block]
        last = min(last, first + kind.tried)  # the names of a block are sorted by how frequent they are
        owner, columns = entries
        mine = np.flatnonzero((columns >= first) & (columns < last))
        names = features.vocabulary[kind.block][: kind.tried]
        taken = {region.name.casefold() for region in found}
        named = yield from _named(plane, owner[mine], columns[mine].astype(np.int64) - first, names, kind)
        found += [region for region in named if region.name.casefold() not in taken]
    return tuple(found)


class _Plane:
    """Where the titles lie, float64 (k, 2), and in which cell of a grid each does."""

    def __init__(self, places: Doubles) -> None:
        self.places = places
        self.first: Doubles = places.min(axis=0)
        self.size: Doubles = np.maximum(places.max(axis=0) - self.first, 1e-6)

    def cells(self, side: int) -> Ints:
        """The number of the cell of each title, row by row, int64 (k,)."""
        across, down = np.minimum(((self.places - self.first) / self.size * side).astype(np.int64), side - 1).T
        cells: Ints = down * side + across
        return cells


def _named(plane: _Plane, owner: Ints, names: Ints, vocabulary: Sequence[str], kind: _Fineness) -> Job[list[Region]]:
    """The names that are most at home somewhere, none near another.

    :param owner: int64 (e,), which title has it; ``names`` int64 (e,), which of the vocabulary it has.
    """
    side, cell = kind.side, plane.cells(kind.side)
    counts = np.bincount(names * side**2 + cell[owner], minlength=len(vocabulary) * side**2)
    counts = counts.reshape(-1, side, side)
    share = counts.sum(axis=(1, 2)) / len(plane.places)
    everybody = _spread(np.bincount(cell, minlength=side**2).reshape(1, side, side), kind.spread)
    yield Progress("Naming the regions of the map")
    excess = (_spread(counts, kind.spread) - share[:, None, None] * everybody).reshape(len(vocabulary), -1)
    best = excess.argmax(axis=1)
    weight = excess[np.arange(len(vocabulary)), best]
    yield Progress("Naming the regions of the map")
    order = np.argsort(names, kind="stable")
    ends = np.searchsorted(names[order], np.arange(len(vocabulary) + 1)).tolist()
    yield Progress("Naming the regions of the map")
    found: list[Region] = []
    for name in np.argsort(-weight, kind="stable").tolist():
        if weight[name] < LEAST_TITLES or len(found) == kind.most:
            break
        x, y = _middle_of(plane, owner[order[ends[name] : ends[name + 1]]], cell, int(best[name]), side)
        away = [np.hypot(*((np.array([x, y]) - [other.x, other.y]) / plane.size)) for other in found]
        if min(away, default=1.0) >= LEAST_APART * GENRES.side / side:
            found.append(Region(vocabulary[name], x, y, float(weight[name]), kind is KEYWORDS))
    return found


def _middle_of(plane: _Plane, titles: Ints, cell: Ints, best: int, side: int) -> tuple[float, float]:
    """Where these titles lie in and next to a cell: the median, so that words stand over dots; else its middle."""
    cells = cell[titles]
    near = (np.abs(cells % side - best % side) <= 1) & (np.abs(cells // side - best // side) <= 1)
    middle = plane.first + (np.array([best % side, best // side]) + 0.5) / side * plane.size
    x, y = (np.median(plane.places[titles[near]], axis=0) if near.any() else middle).tolist()
    return x, y


def _spread(counts: Ints, spread: float) -> Floats:
    """Each cell with what lies around it, weighed by a Gaussian of that width in cells whose middle is 1."""
    reach = int(np.ceil(2.5 * spread))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2.0 * spread**2))
    around = counts.astype(np.float32)
    for axis in (1, 2):
        padded = np.pad(around, [(reach, reach) if k == axis else (0, 0) for k in range(3)])
        around = sum(
            weight * np.take(padded, np.arange(around.shape[axis]) + step, axis=axis)
            for step, weight in enumerate(weights.tolist())
        )
    return around
