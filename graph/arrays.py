"""The knowledge graph as compact arrays: for the networks, for the window, and for the next start.

A hundred thousand titles have millions of edges, which as Python objects take gigabytes and seconds; as arrays they take
megabytes, can be saved as they are, and are mapped, not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from graph.relations import KINDS, NodeKind

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, eq=False)
class Names(Sequence[str]):
    """A long list of names that lies in two arrays and is read name by name.

    :param text: uint8, all names in UTF-8, one after the other.
    :param ends: int64 (v,): where each name ends in ``text``.
    """

    text: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """Lay out some names."""
        parts = [name.encode("utf-8", "surrogatepass") for name in names]
        return cls(np.frombuffer(b"".join(parts), np.uint8), np.cumsum([len(part) for part in parts], dtype=np.int64))

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        first = int(self.ends[place - 1]) if place else 0
        return self.text[first : int(self.ends[place])].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        text, first = self.text.tobytes(), 0
        for end in self.ends.tolist():
            yield text[first:end].decode("utf-8", "surrogatepass")
            first = end


@dataclass(frozen=True, eq=False)
class GraphArrays:
    """The nodes and edges of a knowledge graph. Immutable.

    :param items: int64 (m,), item ids, ascending: the titles are the nodes 0 to m - 1.
    :param digests: uint8 (m, 16), of everything that was read of each title.
    :param kinds: uint8 (v,), index into ``relations.KINDS``.
    :param names: name of each node, as people write it.
    :param indptr: int64 (v + 1,), where the edges of each node begin in the two arrays below.
    :param neighbours: int32 (e,), the other end, ascending for each node; every edge is there twice, once from each end.
    :param relations: uint8 (e,), index into ``relations.RELATIONS``.
    :param weights: float16 (e,), cosine of a "similar_to" edge, 1 for all others.
    """

    items: NDArray[np.int64]
    digests: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    names: Names
    indptr: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    relations: NDArray[np.uint8]
    weights: NDArray[np.float16]

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.kinds)

    @property
    def edges(self) -> int:
        """How many edges there are, each counted once."""
        return len(self.neighbours) // 2

    @cached_property
    def degrees(self) -> NDArray[np.int64]:
        """How many edges each node has, int64 (v,)."""
        return np.diff(self.indptr)

    def node_of(self, item_id: int) -> int | None:
        """The node of an item, ``None`` when it is not in the graph."""
        place = int(np.searchsorted(self.items, item_id))
        return place if place < len(self.items) and int(self.items[place]) == item_id else None

    def kind(self, node: int) -> NodeKind:
        """What a node stands for."""
        return KINDS[int(self.kinds[node])]

    def edges_of(self, node: int) -> slice:
        """Where the edges of a node lie."""
        return slice(int(self.indptr[node]), int(self.indptr[node + 1]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by name, to be stored; :meth:`from_arrays` takes them back."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {**plain, "name_text": self.names.text, "name_ends": self.names.ends}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> GraphArrays:
        """The graph again; raises ``KeyError`` when an array is missing and ``ValueError`` when they do not fit."""
        found = cls(names=Names(arrays["name_text"], arrays["name_ends"]), **{name: arrays[name] for name in _PLAIN})
        found._check()
        return found

    def _check(self) -> None:
        """Refuse arrays that would be found out in the middle of an answer."""
        size, edges = len(self.kinds), len(self.neighbours)
        whole = len(self.indptr) == size + 1 and int(self.indptr[0]) == 0 and int(self.indptr[-1]) == edges
        lengths = len(self.names) == size and len(self.relations) == len(self.weights) == edges
        if not (whole and lengths and len(self.items) == len(self.digests) <= size):
            raise ValueError("its parts have different lengths")
        if edges and not (int(self.neighbours.min()) >= 0 and int(self.neighbours.max()) < size):
            raise ValueError("an edge leads nowhere")


_PLAIN = tuple(found.name for found in fields(GraphArrays) if found.name != "names")
