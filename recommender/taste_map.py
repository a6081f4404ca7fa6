"""Where each title lies on the taste map: a neighbour embedding in the plane, begun from the principal components.

The layout is t-SNE (van der Maaten & Hinton, 2008) over the neighbours that are known already, with the gradient interpolated on
a grid where there are many titles (Linderman et al., 2019), as ``openTSNE`` does it. Beginning with the two principal components
keeps what is far apart on the large scale far apart (Kobak & Berens, 2019) and makes the same library look the same each time. A
library that has changed a little begins with the layout it had, so that a person finds their way about it.
"""

from __future__ import annotations

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
SLICE = 10
ON_A_GRID = 3000  # from so many titles on the gradient is interpolated
MOST_NEW = 0.2  # of the titles; beyond this share the map begins anew
_BEGINNING, _RIM = 1e-4, 1.08
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
    ids, places = arrays["ids"], arrays["places"]
    if facts["format"] != FORMAT or places.shape != (len(ids), 2) or not np.isfinite(places).all():
        raise ValueError("it is of another version of the program")
    return MapLayout(ids, places, str(facts["key"]), float(facts["scale"]))


def find_layout(
    ids: Ints, vectors: Floats, neighbours: Neighbours, key: str, previous: MapLayout | None = None, threads: int = 1
) -> Job[MapLayout]:
    """Lay out all items, or bring a layout up to date. ``previous`` itself when nothing has changed.

    :param ids: int64 (n,), ascending; ``vectors`` float32 (n, d), unit rows, zero for an item of which nothing is known: these
        lie on a rim around the others.
    :param neighbours: of the same items.
    :param key: changes with the vectors.
    """
    if previous is not None and previous.key == key and np.array_equal(previous.ids, ids):
        return previous
    yield Progress(STEP)
    known = np.flatnonzero(neighbours.rows[:, :1].ravel() >= 0) if len(ids) > 1 else np.zeros(0, np.int64)
    places = np.zeros((len(ids), 2))
    scale = 1.0
    if len(known):
        inner, scale = yield from _laid_out(ids, vectors, neighbours, known, previous, threads)
        places[known] = inner
    unknown = np.setdiff1d(np.arange(len(ids)), known)
    if len(known):
        angles = np.arange(len(unknown)) * _GOLDEN
        places[unknown] = _RIM * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return MapLayout(ids.copy(), places.astype(np.float32), key, scale)


def _laid_out(
    ids: Ints, vectors: Floats, neighbours: Neighbours, known: Ints, previous: MapLayout | None, threads: int
) -> Job[tuple[Doubles, float]]:
    """Places of the known rows, float64 (k, 2), and their scale."""
    if len(known) < FEWEST:
        return _to_size(_principal(vectors[known]))
    from openTSNE import TSNEEmbedding, initialization
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    rows, likeness = neighbours.rows[known], neighbours.likeness[known]
    count = min(NEIGHBOURS, int((rows >= 0).sum(axis=1).min()))
    place = np.full(len(ids), -1)
    place[known] = np.arange(len(known))
    nearest = place[rows[:, :count]].astype(np.int64)
    distances = np.sqrt(np.maximum(2.0 - 2.0 * likeness[:, :count].astype(np.float64), 0.0))
    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(nearest, distances), perplexity=min(PERPLEXITY, count / 3), n_jobs=threads
    )
    yield Progress(STEP)
    begun = None if previous is None else _begun(previous, ids, known, nearest)
    if begun is None:
        start = initialization.rescale(_principal(vectors[known]), target_std=_BEGINNING)
        phases = [(EARLY, EXAGGERATION, 0.5), (LATE, 1.0, 0.8)]
    else:
        start, phases = begun, [(AFTERWARDS, 1.0, 0.8)]
    method = "fft" if len(known) >= ON_A_GRID else "bh"
    embedding = TSNEEmbedding(
        start, affinities, negative_gradient_method=method, n_jobs=threads, random_state=0, learning_rate="auto"
    )
    total, done = sum(count for count, _, _ in phases), 0
    for iterations, exaggeration, momentum in phases:
        for _ in range(0, iterations, SLICE):
            embedding.optimize(SLICE, inplace=True, exaggeration=exaggeration, momentum=momentum)
            done += SLICE
            yield Progress(STEP, min(done, total), total)
    return _to_size(np.asarray(embedding, dtype=np.float64))


def _begun(previous: MapLayout, ids: Ints, known: Ints, nearest: Ints) -> Doubles | None:
    """Where the known rows lay before; what is new lies amid its neighbours. ``None`` where too much is new."""
    at = np.minimum(np.searchsorted(previous.ids, ids[known]), max(len(previous.ids) - 1, 0))
    old = previous.ids[at] == ids[known] if len(previous.ids) else np.zeros(len(known), np.bool_)
    if not old.any() or np.count_nonzero(~old) > MOST_NEW * len(known):
        return None
    begun = np.zeros((len(known), 2))
    begun[old] = previous.places[at[old]].astype(np.float64) * previous.scale
    for row in np.flatnonzero(~old).tolist():
        amid = nearest[row][old[nearest[row]]][:10]
        begun[row] = begun[amid].mean(axis=0) if len(amid) else 0.0
    return begun


def _principal(vectors: Floats) -> Doubles:
    """The first two principal components, float64 (k, 2), with signs that are always the same."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0))
    found: Doubles = centred @ axes
    return found


def _to_size(places: Doubles) -> tuple[Doubles, float]:
    """Places around the middle, so that all but a few lie between -1 and 1, and by what they were divided."""
    centred = places - np.median(places, axis=0)
    scale = float(np.quantile(np.abs(centred).max(axis=1), 0.995)) if len(places) > 1 else 0.0
    scale = scale if scale > 1e-12 else 1.0
    return np.clip(centred / scale, -_RIM, _RIM), scale
