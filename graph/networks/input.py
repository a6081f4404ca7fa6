"""What the graph networks see of the knowledge graph: numpy only.

Names that only one title has are left out: nothing passes through them. Edges "similar_to" are left out too, for they come from
the embeddings that the networks help to make.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.arrays import GraphArrays
from graph.relations import RELATIONS, Relation, folded

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class NetworkInput:
    """A simple undirected graph of titles and names.

    :param items: int64 (m,), item ids: the titles are the nodes 0 to m - 1.
    :param ids: int64 (n,), what a node is called in any library: the same name has the same number everywhere.
    :param kinds: uint8 (n,), index into ``relations.KINDS``.
    :param indptr: int64 (n + 1,); ``neighbours`` int64 (e,): each node's neighbours, ascending, each once.
    :param text: float32 (m, d), sentence embedding of each title; zero where there is none.
    """

    items: Ints
    ids: Ints
    kinds: NDArray[np.uint8]
    indptr: Ints
    neighbours: Ints
    text: Floats

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.kinds)

    @property
    def rows(self) -> Ints:
        """The node that each entry of ``neighbours`` belongs to, int64 (e,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.indptr))

    def digest(self) -> str:
        """What the networks would be trained on: changes with nodes and edges."""
        return _digest(self.ids, self.indptr, self.neighbours)

    def stamp(self) -> str:
        """What embeddings are made from besides the network: changes with nodes, edges and texts."""
        return _digest(self.ids, self.indptr, self.neighbours, self.text)


def _digest(*arrays: NDArray[Any]) -> str:
    known = hashlib.blake2b(digest_size=16)
    for values in arrays:
        known.update(np.ascontiguousarray(values).tobytes())
    return known.hexdigest()


def network_input(graph: GraphArrays, text: tuple[Ints, Floats] | None = None) -> NetworkInput:
    """What the networks see of a graph.

    :param text: sentence embeddings: item ids int64 (k,) and vectors float32 (k, d), for some or all titles.
    """
    size, titles = len(graph), len(graph.items)
    rows = np.repeat(np.arange(size, dtype=np.int64), graph.degrees)
    columns = graph.neighbours.astype(np.int64)
    told = graph.relations != RELATIONS.index(Relation.SIMILAR_TO)
    once = np.unique(rows[told] * size + columns[told])  # who directed and acted is related once
    rows, columns = once // max(size, 1), once % max(size, 1)
    kept = np.bincount(rows, minlength=size) > 1
    kept[:titles] = True
    both = kept[rows] & kept[columns]
    place = np.cumsum(kept) - 1
    rows, columns = place[rows[both]], place[columns[both]]
    nodes = np.flatnonzero(kept)
    counts = np.bincount(rows, minlength=len(nodes))
    return NetworkInput(
        items=np.asarray(graph.items),
        ids=_ids(graph, nodes),
        kinds=np.asarray(graph.kinds)[nodes],
        indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        neighbours=columns,
        text=_text_rows(np.asarray(graph.items), text),
    )


def _ids(graph: GraphArrays, nodes: Ints) -> Ints:
    """Titles by their item id; names by a hash of kind and name, which is negative so that the two never meet."""
    ids = np.empty(len(nodes), np.int64)
    titles = len(graph.items)
    ids[:titles] = graph.items
    for place in range(titles, len(nodes)):
        node = int(nodes[place])
        key = f"{graph.kind(node)}_{folded(graph.names[node])}".encode("utf-8", "surrogatepass")
        number = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") >> 1
        ids[place] = -number - 1
    return ids


def _text_rows(items: Ints, text: tuple[Ints, Floats] | None) -> Floats:
    if text is None or not len(text[0]):
        return np.zeros((len(items), 0), np.float32)
    known, vectors = text
    rows = np.zeros((len(items), vectors.shape[1]), np.float32)
    order = np.argsort(known, kind="stable")
    place = np.minimum(np.searchsorted(known, items, sorter=order), len(known) - 1)
    found = known[order[place]] == items
    rows[found] = vectors[order[place[found]]]
    return rows
