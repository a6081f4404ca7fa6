"""What link prediction is trained on: true links beside false ones of the same type, and pieces of big graphs around them.

A false name is drawn among those of the same kind with a probability that grows with its degree, degree^0.75 (Mikolov et al.,
2013). It is as famous as the true one, so that fame alone does not explain a link: that corrects for degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.networks.input import NetworkInput

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

DEGREE_POWER = 0.75
FANOUT = (12, 6)


@dataclass(frozen=True, eq=False)
class Links:
    """The links between titles and names: those to learn from, and those held out to know when to stop.

    :param learned: int64 (k, 2), title and name; ``held`` int64 (h, 2).
    :param false: int64 (h,), a false name for each held-out link, the same in every run.
    """

    learned: Ints
    held: Ints
    false: Ints


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a graph that is a graph of its own.

    :param nodes: int64 (p,), its nodes in the whole graph, ascending.
    :param indptr: int64 (p + 1,); ``neighbours`` int64: its edges, both directions.
    """

    nodes: Ints
    indptr: Ints
    neighbours: Ints


class FalseNames:
    """Draws names of the same kind as a true one.

    :param graph: the graph; ``links`` int64 (k, 2) are those whose names count towards degrees.
    """

    def __init__(self, graph: NetworkInput, links: Ints) -> None:
        self._kinds = graph.kinds
        degrees = np.bincount(links[:, 1], minlength=len(graph))
        self._pools: dict[int, tuple[Ints, NDArray[np.float64]]] = {}
        for kind in np.unique(graph.kinds[len(graph.items) :]).tolist():
            names = np.flatnonzero(graph.kinds == kind)
            weights = np.maximum(degrees[names], 1).astype(np.float64) ** DEGREE_POWER
            self._pools[kind] = (names, np.cumsum(weights))

    def draw(self, names: Ints, generator: np.random.Generator) -> Ints:
        """A false name for each true one, int64 of the same shape."""
        drawn = np.empty_like(names)
        kinds = self._kinds[names]
        for kind, (pool, ends) in self._pools.items():
            mine = np.flatnonzero(kinds == kind)
            places = np.searchsorted(ends, generator.random(len(mine)) * ends[-1], side="right")
            drawn[mine] = pool[np.minimum(places, len(pool) - 1)]
        return drawn


def split_links(graph: NetworkInput, share: float, seed: int) -> Links:
    """Hold out a share of the links between titles and names; a title or name never loses its last one."""
    rows, titles = graph.rows, len(graph.items)
    down = (rows < titles) & (graph.neighbours >= titles)
    links = np.stack([rows[down], graph.neighbours[down]], axis=1)
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(links))
    degrees = np.diff(graph.indptr)
    chosen = order[: round(share * len(links))]
    chosen = chosen[(degrees[links[chosen]] > 2).all(axis=1)]
    held = np.zeros(len(links), np.bool_)
    held[chosen] = True
    false = FalseNames(graph, links).draw(links[held][:, 1], generator)
    return Links(links[~held], links[held], false)


def graph_of(links: Ints, size: int) -> tuple[Ints, Ints]:
    """Indptr int64 (n + 1,) and neighbours int64 (2k,) of the undirected graph of some links, each given once."""
    rows = np.concatenate([links[:, 0], links[:, 1]])
    columns = np.concatenate([links[:, 1], links[:, 0]])
    order = np.lexsort((columns, rows))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))]).astype(np.int64)
    return indptr, columns[order]


def sample_piece(indptr: Ints, neighbours: Ints, seeds: Ints, generator: np.random.Generator) -> Piece:
    """The piece of a graph that some nodes are embedded from: of each node a few neighbours, and of those a few.

    Hamilton, Ying and Leskovec (2017): ``FANOUT`` neighbours, drawn with putting back, in each of two hops.
    """
    layer = np.unique(seeds)
    found_rows, found_columns = [], []
    seen = layer
    for fanout in FANOUT:
        counts = np.diff(indptr)[layer]
        some = layer[counts > 0]
        drawn = generator.random((len(some), fanout)) * np.diff(indptr)[some][:, None]
        columns = neighbours[indptr[some][:, None] + drawn.astype(np.int64)]
        found_rows.append(np.repeat(some, fanout))
        found_columns.append(columns.ravel())
        layer = np.setdiff1d(columns, seen)
        seen = np.union1d(seen, layer)
    rows, columns = np.concatenate(found_rows), np.concatenate(found_columns)
    rows, columns = np.searchsorted(seen, rows), np.searchsorted(seen, columns)
    both = np.unique(np.concatenate([rows * len(seen) + columns, columns * len(seen) + rows]))
    rows, columns = both // len(seen), both % len(seen)
    piece_indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(seen)))]).astype(np.int64)
    return Piece(seen, piece_indptr, columns)
