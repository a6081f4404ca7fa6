"""Where each title lies on the taste map: a neighbour embedding in the plane, begun from the principal components.

The layout is t-SNE (van der Maaten & Hinton, 2008) over the neighbours that are known already, with the gradient
interpolated on a grid where there are many titles (Linderman et al., 2019), as ``openTSNE`` does it. Beginning with the two
principal components keeps what is far apart on the large scale far apart (Kobak & Berens, 2019) and makes the same library
look the same each time. A library that has changed a little begins with the layout it had, so that a person finds their way
about it; one that has changed a lot begins anew and is turned to lie as it lay.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from library.progress import Job, Progress
from recommender.neighbours import Neighbours
from recommender.saved_arrays import Arrays, Facts, load_arrays, save_arrays

FORMAT = 1
STEP = "Drawing the map"

FEWEST = 50  # with fewer known titles the principal components say it all
NEIGHBOURS = 60
PERPLEXITY = NEIGHBOURS / 3
EXAGGERATION = 12.0
EARLY, LATE, AFTERWARDS = 250, 400, 150
SLICE, SLICED = 10, 100_000  # iterations between two steps; fewer where they would move more titles than this
ON_A_GRID, CELL = 3000, 2.0  # from so many titles on the gradient is interpolated, on cells of this width
MOST_NEW = 0.2  # of the titles; beyond this share the map begins anew
MOST_APART = 0.5  # how far neighbours may lie apart, of what any two do, where a layout is carried on
ROWS_AT_ONCE = 8192
_BEGINNING, _JITTER = 1e-4, 0.01  # the size of the start, and how much of it keeps the very same apart
_EDGE, _RIM = 1.04, 1.08  # known titles lie within the one, unknown ones on the other
_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MapLayout:
    """Where titles lie. Nothing in it can be written to.

    :param ids: int64 (k,), ascending; ``places`` float32 (k, 2), about -1 to 1.
    :param key: what it was made from; the same key and ids mean the same places.
    :param scale: by what the embedding's own coordinates were divided.
    """

    ids: Ints
    places: Floats
    key: str
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Close the arrays."""
        for values in (self.ids, self.places):
            values.setflags(write=False)

    def save(self, directory: Path) -> None:
        """Save it as files that :func:`load_layout` maps; ``OSError`` when they cannot be written."""
        facts = {"format": FORMAT, "key": self.key, "scale": self.scale}
        save_arrays(directory, {"ids": self.ids, "places": self.places}, facts)


def load_layout(directory: Path) -> MapLayout | None:
    """The saved layout, or ``None`` when there is none that fits this version of the program."""
    return load_arrays(directory, _from_saved)


def _from_saved(arrays: Arrays, facts: Facts) -> MapLayout:
    ids, places, scale = arrays["ids"], arrays["places"], float(facts["scale"])
    if facts["format"] != FORMAT or ids.dtype != np.int64 or places.dtype != np.float32:
        raise ValueError("it is of another version of the program")
    if places.shape != (len(ids), 2) or np.any(np.diff(ids) <= 0) or not np.isfinite(places).all():
        raise ValueError("its parts do not fit together")
    if not 0.0 < scale < np.inf:
        raise ValueError(f"it was divided by {scale}")
    return MapLayout(ids, places, str(facts["key"]), scale)


def find_layout(
    ids: Ints, vectors: Floats, neighbours: Neighbours, key: str, previous: MapLayout | None = None
) -> Job[MapLayout]:
    """Lay out all items, or bring a layout up to date. ``previous`` itself when nothing has changed.

    One thread does it: two gain next to nothing, for the grid is worked on by one, and they wait for each other busily.

    :param ids: int64 (n,), ascending.
    :param vectors: float32 (n, d), unit rows, zero for an item of which nothing is known: these lie on a rim around all.
    :param neighbours: of the same items.
    :param key: changes with the vectors.
    """
    if previous is not None and previous.key == key and np.array_equal(previous.ids, ids):
        return previous
    yield Progress(STEP)
    known = np.flatnonzero(neighbours.prints)
    places, scale = np.zeros((len(ids), 2)), 1.0
    if len(known):
        principal = yield from _principal(vectors, known)
        old, before = _places_before(previous, ids[known])
        if len(known) < FEWEST:
            inner, scale = _to_size(_turned(principal, old, before))
        else:
            embedded = yield from _nearest(neighbours, known).laid_out(principal, old, before)
            inner, scale = _to_size(embedded)
        places[known] = inner
    unknown = np.flatnonzero(neighbours.prints == 0)
    places[unknown] = _RIM * _directions(len(unknown))
    return MapLayout(ids.copy(), places.astype(np.float32), key, scale)


@dataclass(frozen=True, eq=False)
class _Nearest:
    """The neighbours of ``FEWEST`` or more known items among themselves, and the embedding they lead to.

    :param rows: int64 (k, c), best first; ``distances`` float64 (k, c), of the unit vectors.
    """

    rows: Ints
    distances: Doubles

    def laid_out(self, principal: Doubles, old: NDArray[np.bool_], before: Doubles) -> Job[Doubles]:
        """Places in the embedding's own coordinates, where a distance of 1 is near, float64 (k, 2).

        :param principal: float64 (k, 2): the principal components.
        :param old: bool (k,): who had a place before; ``before`` float64 (k, 2): which.
        """
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN
        from openTSNE.nearest_neighbors import PrecomputedNeighbors

        rows = self.rows
        yield Progress(STEP)
        begun = self._carried_on(old, before)
        affinities = PerplexityBasedNN(
            knn_index=PrecomputedNeighbors(rows, self.distances),
            perplexity=min(PERPLEXITY, rows.shape[1] / 3),
            n_jobs=1,
        )
        yield Progress(STEP)
        embedding = TSNEEmbedding(
            _beginning(principal) if begun is None else begun,
            affinities,
            negative_gradient_method="fft" if len(rows) >= ON_A_GRID else "bh",
            ints_in_interval=CELL,
            n_jobs=1,
            random_state=0,
            learning_rate="auto",
        )
        phases = [(EARLY, EXAGGERATION, 0.5), (LATE, 1.0, 0.8)] if begun is None else [(AFTERWARDS, 1.0, 0.8)]
        total, done = sum(iterations for iterations, _, _ in phases), 0
        step = max(1, min(SLICE, SLICED // len(rows)))
        for iterations, exaggeration, momentum in phases:
            for first in range(0, iterations, step):
                count = min(step, iterations - first)
                embedding.optimize(count, inplace=True, exaggeration=exaggeration, momentum=momentum)
                done += count
                yield Progress(STEP, done, total)
        found: Doubles = np.array(embedding, dtype=np.float64)
        return _turned(found, old, before) if begun is None else found

    def _carried_on(self, old: NDArray[np.bool_], before: Doubles) -> Doubles | None:
        """The places before, new items amid their neighbours; ``None`` where these places say too little about now."""
        if np.count_nonzero(old) < max(FEWEST, (1.0 - MOST_NEW) * len(old)):
            return None
        begun = before.copy()
        for row in np.flatnonzero(~old).tolist():
            amid = self.rows[row][old[self.rows[row]]][:10]
            begun[row] = before[amid].mean(axis=0) if len(amid) else 0.0
        begun[~old] += _JITTER * _directions(int(np.count_nonzero(~old)))
        near = np.linalg.norm(begun[:, None] - begun[self.rows[:, :5]], axis=2).mean()
        others = np.random.RandomState(0).permutation(len(begun))
        return begun if near <= MOST_APART * np.linalg.norm(begun - begun[others], axis=1).mean() else None


def _nearest(neighbours: Neighbours, known: Ints) -> _Nearest:
    rows = neighbours.rows[known, :NEIGHBOURS]
    count = int(np.count_nonzero(rows >= 0, axis=1).min())
    place = np.full(len(neighbours), -1)
    place[known] = np.arange(len(known))
    likeness = neighbours.likeness[known, :count].astype(np.float64)
    return _Nearest(place[rows[:, :count]], np.sqrt(np.maximum(2.0 - 2.0 * likeness, 0.0)))


def _places_before(previous: MapLayout | None, ids: Ints) -> tuple[NDArray[np.bool_], Doubles]:
    """Who of the known items had a place as a known one, bool (k,), and where, float64 (k, 2), as before the scaling."""
    if previous is None or not len(previous.ids):
        return np.zeros(len(ids), np.bool_), np.zeros((len(ids), 2))
    at = np.minimum(np.searchsorted(previous.ids, ids), len(previous.ids) - 1)
    before = previous.places[at].astype(np.float64)
    old = (previous.ids[at] == ids) & (np.linalg.norm(before, axis=1) < (_EDGE + _RIM) / 2)
    return old, np.where(old[:, None], before * previous.scale, 0.0)


def _principal(vectors: Floats, known: Ints) -> Job[Doubles]:
    """The first two principal components of the known rows, float64 (k, 2), with signs that are always the same."""
    parts = [known[first : first + ROWS_AT_ONCE] for first in range(0, len(known), ROWS_AT_ONCE)]
    width = vectors.shape[1]
    mean, products = np.zeros(width), np.zeros((width, width))
    for part in parts:
        mean += vectors[part].sum(axis=0, dtype=np.float64) / len(known)
    for part in parts:
        centred = vectors[part] - mean
        products += _product(centred.T, centred)
        yield Progress(STEP)
    with _one_thread():
        axes = np.linalg.eigh(products)[1][:, ::-1][:, :2]
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0))
    return np.concatenate([_product(vectors[part] - mean, axes) for part in parts])


def _product(first: Doubles, second: Doubles) -> Doubles:
    with _one_thread():
        product: Doubles = first @ second
    return product


def _one_thread() -> AbstractContextManager[object]:
    """Sums of more threads would differ in their last digits, and an embedding makes much of these."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def _beginning(principal: Doubles) -> Doubles:
    """The principal components as small as an embedding begins, those at the very same place moved a little apart."""
    spread = float(principal[:, 0].std())
    small = principal / spread if spread > 1e-9 else np.zeros_like(principal)
    count = np.arange(len(principal))[:, None]
    beginning: Doubles = _BEGINNING * (small + _JITTER * np.sqrt((count + 0.5) / len(count)) * _directions(len(count)))
    return beginning


def _directions(count: int) -> Doubles:
    """Unit vectors all around, each as far as can be from the ones before, float64 (count, 2)."""
    angles = np.arange(count) * _GOLDEN
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _turned(places: Doubles, old: NDArray[np.bool_], before: Doubles) -> Doubles:
    """Turned, and mirrored where need be, to lie as the places before as well as can be (Schoenemann, 1966)."""
    if np.count_nonzero(old) < 2:
        return places
    now, then = places[old] - places[old].mean(axis=0), before[old] - before[old].mean(axis=0)
    left, _, right = np.linalg.svd(now.T @ then)
    turned: Doubles = places @ (left @ right)
    return turned


def _to_size(places: Doubles) -> tuple[Doubles, float]:
    """Places around the middle, so that all but a few lie in the unit disc, and by what they were divided."""
    centred = places - places.mean(axis=0)
    radius = np.linalg.norm(centred, axis=1)
    scale = float(np.quantile(radius, 0.995))
    scale = scale if scale > 1e-12 else 1.0
    inside: Doubles = centred / np.maximum(scale, radius / _EDGE)[:, None]
    return inside, scale
