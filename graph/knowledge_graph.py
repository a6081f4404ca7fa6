"""The knowledge graph of the library: typed nodes and relations over networkx, built in one pass and kept up to date.

    media_17  -has_genre->  genre_drama        media_17  -directed_by->  person_denis villeneuve        ...

A person who directed and acted is one node, related twice over one edge. Only titles whose facts or texts have changed are read
again; names that no title has any more vanish. Updating gives the same graph as building from scratch, node for node; only of
several spellings of one name the one that sorts first is kept for as long as any title has the name.
"""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from graph.arrays import DIGEST_BYTES, GraphArrays, Names
from graph.relations import (
    KINDS,
    RELATIONS,
    TARGET,
    Node,
    NodeKind,
    Relation,
    folded,
    item_of,
    media_key,
    media_node,
    name_node,
    names_of,
)
from library.items import Item
from library.progress import Job, Progress

MOST_SIMILAR, LEAST_COSINE = 20, 0.5
YIELD_SECONDS = 0.1
STEP = "Relating your titles"

ReadEntities = Callable[[Item], tuple[str, ...]]
Attributes = dict[str, Any]


if TYPE_CHECKING:
    _Base = nx.Graph[str]
else:
    _Base = nx.Graph


class _Frozen(Attributes):
    """Attributes of a node or an edge: set once, shared by all that have the same, never changed."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the attributes of the knowledge graph are frozen")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse


class _Graph(_Base):
    """A networkx graph whose attributes are frozen and shared, which halves its memory."""

    _node: dict[str, Attributes]
    _adj: dict[str, dict[str, Attributes]]

    def put_node(self, key: str, attributes: _Frozen) -> None:
        """Add a node, or give it other attributes."""
        if key not in self._node:
            self.add_node(key)
        self._node[key] = attributes

    def adjacency_of(self, key: str) -> dict[str, Attributes]:
        """Neighbours of a node with the attributes of the edges; not to be changed."""
        return self._adj[key]

    def put_edge(self, first: str, second: str, attributes: _Frozen) -> None:
        """Add an edge between two nodes that are there, or give it other attributes."""
        self._adj[first][second] = attributes
        self._adj[second][first] = attributes


class KnowledgeGraph:
    """What the library's titles have to do with each other.

    Each node has the attribute ``node`` (a :class:`Node`), each edge ``relations`` (a tuple of :class:`Relation`, one or more)
    and ``weight`` (the cosine of a "similar_to" edge, 1 for all others). Two titles may be related as "similar_to" and as
    "recommended_with" over one edge, whose weight is the cosine then.
    """

    def __init__(self) -> None:
        self._graph = _Graph()
        self._digests: dict[int, bytes] = {}
        self._recommended: set[tuple[int, int]] = set()
        self._edges: dict[tuple[Relation, ...], _Frozen] = {}

    @property
    def graph(self) -> nx.Graph[str]:
        """The graph as networkx knows it, to look at: it cannot be changed through this."""
        return nx.subgraph_view(self._graph)

    def __len__(self) -> int:
        """How many titles are in it."""
        return len(self._digests)

    def update(self, items: Iterable[Item], read_entities: ReadEntities) -> Job[int]:
        """Make it the graph of these items, whatever it was before; the result is how many titles were read or taken out.

        :param items: every title that is to be in it; each is looked at once, so a stream will do.
        :param read_entities: what a title mentions; called only for titles that are new or have changed.
        """
        changed, told = 0, time.monotonic()
        present: set[int] = set()
        for item in items:
            present.add(item.id)
            digest = digest_of(item)
            if self._digests.get(item.id) != digest:
                self._put(item, read_entities(item))
                self._digests[item.id] = digest
                changed += 1
            if time.monotonic() - told > YIELD_SECONDS:
                yield Progress(STEP, len(present))
                told = time.monotonic()
        for item_id in [known for known in self._digests if known not in present]:
            self._take_out(item_id)
            changed += 1
        return changed

    def set_similar(self, triples: Iterable[tuple[int, int, float]]) -> None:
        """Replace all "similar_to" edges by these: item id, item id, cosine.

        Of each title the first ``MOST_SIMILAR`` with more than ``LEAST_COSINE`` are taken, and only titles that are there.
        """
        for first, second, attributes in list(self._graph.edges(data=True)):
            if attributes["relations"] == (Relation.SIMILAR_TO,):
                self._graph.remove_edge(first, second)
            elif Relation.SIMILAR_TO in attributes["relations"]:
                self._graph.put_edge(first, second, self._attributes((Relation.RECOMMENDED_WITH,)))
        counts: dict[int, int] = {}
        for one, other, cosine in triples:
            if cosine <= LEAST_COSINE or counts.get(one, 0) >= MOST_SIMILAR or one == other:
                continue
            if one in self._digests and other in self._digests:
                counts[one] = counts.get(one, 0) + 1
                weight = float(np.float16(cosine))
                recommended = (min(one, other), max(one, other)) in self._recommended
                relations = (*((Relation.RECOMMENDED_WITH,) if recommended else ()), Relation.SIMILAR_TO)
                self._graph.put_edge(media_key(one), media_key(other), self._attributes(relations, weight))

    def set_recommended(self, pairs: Iterable[tuple[int, int]]) -> bool:
        """Replace all "recommended_with" edges by these pairs of item ids; whether that changed anything.

        Only titles that are there are taken, each pair once, whichever comes first.
        """
        wanted = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
        wanted = {pair for pair in wanted if pair[0] in self._digests and pair[1] in self._digests}
        if wanted == self._recommended:
            return False
        for one, other in self._recommended - wanted:
            self._relate(one, other, recommended=False)
        for one, other in wanted - self._recommended:
            self._relate(one, other, recommended=True)
        self._recommended = wanted
        return True

    def _relate(self, one: int, other: int, recommended: bool) -> None:
        """Put the "recommended_with" of two titles there or take it away; that they are similar stays as it is."""
        first, second = media_key(one), media_key(other)
        known = self._graph.adjacency_of(first).get(second)
        similar = () if known is None else tuple(one for one in known["relations"] if one is Relation.SIMILAR_TO)
        relations = (*((Relation.RECOMMENDED_WITH,) if recommended else ()), *similar)
        if relations:
            weight = 1.0 if known is None else known["weight"]
            self._graph.put_edge(first, second, self._attributes(relations, weight))
        elif known is not None:
            self._graph.remove_edge(first, second)

    def _put(self, item: Item, entities: tuple[str, ...]) -> None:
        """Add a title with all it is related to, in place of what was known of it."""
        media = media_node(item)
        if item.id in self._digests:
            self._take_out(item.id)
        self._graph.put_node(media.key, _Frozen(node=media))
        related: dict[str, tuple[Node, list[Relation]]] = {}
        names = [*names_of(item), *((Relation.MENTIONS_ENTITY, name) for name in entities)]
        for relation, name in names:
            node = name_node(TARGET[relation], name)
            related.setdefault(node.key, (node, []))[1].append(relation)
        for key, (node, relations) in related.items():
            if key not in self._graph or node.name < self._node(key).name:
                self._graph.put_node(key, _Frozen(node=node))
            self._graph.put_edge(media.key, key, self._attributes(tuple(relations)))

    def _take_out(self, item_id: int) -> None:
        """Remove a title, and the names that only it had."""
        key = media_key(item_id)
        names = list(self._graph[key])
        for name, attributes in self._graph.adjacency_of(key).items():
            if Relation.RECOMMENDED_WITH in attributes["relations"]:
                other = item_of(name)
                self._recommended.discard((min(item_id, other), max(item_id, other)))
        self._graph.remove_node(key)
        for name in names:
            if not self._graph[name] and self._graph.nodes[name]["node"].kind is not NodeKind.MEDIA:
                self._graph.remove_node(name)
        del self._digests[item_id]

    def arrays(self) -> GraphArrays:
        """The same graph as arrays: titles by id, then names by kind and key, so that the order tells nothing of its history."""
        items = sorted(self._digests)
        keys = [media_key(item_id) for item_id in items]
        names = [key for key in self._graph if self._node(key).kind is not NodeKind.MEDIA]
        keys += sorted(names, key=lambda key: (KINDS.index(self._node(key).kind), key))
        place = {key: number for number, key in enumerate(keys)}
        rows, columns, relations, weights = self._entries(keys, place)
        order = np.lexsort((relations, columns, rows))
        counts = np.bincount(rows, minlength=len(keys))
        nodes = [self._node(key) for key in keys]
        digests = b"".join(self._digests[item_id] for item_id in items)
        found = GraphArrays(
            items=np.array(items, np.int64),
            digests=np.frombuffer(digests, np.uint8).reshape(len(items), DIGEST_BYTES),
            kinds=np.array([KINDS.index(node.kind) for node in nodes], np.uint8),
            names=Names.of([node.name for node in nodes]),
            indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            neighbours=columns[order],
            relations=relations[order],
            weights=weights[order],
        )
        for values in found.arrays().values():
            values.setflags(write=False)
        return found

    @classmethod
    def from_arrays(cls, arrays: GraphArrays) -> KnowledgeGraph:
        """The graph again from its arrays."""
        found = cls()
        names = list(arrays.names)
        media = len(arrays.items)
        keys = [media_key(item_id) for item_id in arrays.items.tolist()]
        kinds = [KINDS[kind] for kind in arrays.kinds.tolist()]
        keys += [f"{kinds[node]}_{folded(names[node])}" for node in range(media, len(names))]
        for node, key in enumerate(keys):
            found._graph.put_node(key, _Frozen(node=Node(kinds[node], names[node], key)))
        found._digests = {
            item_id: digest.tobytes() for item_id, digest in zip(arrays.items.tolist(), arrays.digests, strict=True)
        }
        for node in range(media):
            part = arrays.edges_of(node)
            related: dict[int, list[int]] = {}
            for other, relation in zip(arrays.neighbours[part].tolist(), arrays.relations[part].tolist(), strict=True):
                related.setdefault(other, []).append(relation)
            weights = dict(zip(arrays.neighbours[part].tolist(), arrays.weights[part].tolist(), strict=True))
            for other, codes in related.items():
                if other > node:
                    relations = tuple(RELATIONS[code] for code in codes)
                    if Relation.RECOMMENDED_WITH in relations:
                        found._recommended.add((int(arrays.items[node]), int(arrays.items[other])))
                    found._graph.put_edge(keys[node], keys[other], found._attributes(relations, weights[other]))
        return found

    def _attributes(self, relations: tuple[Relation, ...], weight: float = 1.0) -> _Frozen:
        """The attributes of an edge, shared by all edges that have the same."""
        if weight != 1.0:
            return _Frozen(relations=relations, weight=weight)
        return self._edges.setdefault(relations, _Frozen(relations=relations, weight=1.0))

    def _node(self, key: str) -> Node:
        node: Node = self._graph.nodes[key]["node"]
        return node

    def _entries(
        self, keys: list[str], place: dict[str, int]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8], NDArray[np.float16]]:
        """Row, column, relation and weight of every edge, from both its ends."""
        rows, columns, relations, weights = array("i"), array("i"), array("B"), array("f")
        codes = {relation: code for code, relation in enumerate(RELATIONS)}
        for row, key in enumerate(keys):
            for other, attributes in self._graph.adjacency_of(key).items():
                for relation in attributes["relations"]:
                    rows.append(row)
                    columns.append(place[other])
                    relations.append(codes[relation])
                    weights.append(attributes["weight"])
        return (
            np.array(rows, np.int32),
            np.array(columns, np.int32),
            np.array(relations, np.uint8),
            np.array(weights, np.float16),
        )


def digest_of(item: Item) -> bytes:
    """Of everything that the graph reads of a title: the same bytes mean that nothing has changed."""
    known = hashlib.blake2b(digest_size=DIGEST_BYTES)
    texts = [item.title, item.overview or "", item.tagline or ""]
    for part in (*texts, *(f"{relation} {name}" for relation, name in names_of(item))):
        known.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return known.digest()
