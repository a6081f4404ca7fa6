"""The strongest short paths between titles, and what lies around one, over the arrays of the knowledge graph; numpy only.

How strong it is to share a name depends on how rare the name is, as everywhere in retrieval (Spärck Jones, 1972):

    strength of a name = WORTH(relation) . log(1 + titles / titles that have it) / log(1 + titles)

which is at most 1, and near 0 for "Drama". A path of two steps, title - name - title, is as strong as its name (of two relations
the stronger one counts). A path over a third title, a - name - third - name' - b, is as strong as the product of its names,
halved; it is looked for only where nothing is shared directly. An edge "similar_to" is as strong as its cosine allows, an edge
"recommended_with" as strong as its worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.arrays import GraphArrays
from graph.relations import RELATIONS, NodeKind, Relation

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

WORTH: dict[Relation, float] = {
    Relation.PART_OF: 1.0,
    Relation.DIRECTED_BY: 1.0,
    Relation.WRITTEN_BY: 0.8,
    Relation.FEATURES: 0.8,
    Relation.MENTIONS_ENTITY: 0.6,
    Relation.HAS_KEYWORD: 0.7,
    Relation.HAS_GENRE: 0.5,
    Relation.PRODUCED_BY: 0.3,
    Relation.MADE_IN: 0.2,
    Relation.IN_LANGUAGE: 0.2,
    Relation.FROM_DECADE: 0.15,
    Relation.SIMILAR_TO: 0.5,
    Relation.RECOMMENDED_WITH: 0.95,
}
_WORTH = np.array([WORTH[relation] for relation in RELATIONS])
DETOUR = 0.5
HUB = 400  # a name that more titles have leads to no third title: it says nothing
MOST_THIRDS = 2000
RECOMMENDED = "TMDB's users like both"


@dataclass(frozen=True, slots=True)
class Step:
    """One node on a path. ``item_id`` of a title; ``relations`` says how the node before is related to it, none for the first."""

    kind: NodeKind
    name: str
    item_id: int | None
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a title to another. ``strength`` is from 0 to 1."""

    steps: tuple[Step, ...]
    strength: float

    @property
    def recommended(self) -> bool:
        """Whether it says that people who like the one title like the other."""
        return len(self.steps) == 2 and Relation.RECOMMENDED_WITH in self.steps[1].relations

    def sentence(self) -> str:
        """The path as a person says it: "both directed by Denis Villeneuve"."""
        if len(self.steps) == 3:
            return _shared_words(self.steps[1], self.steps[2].relations)
        if len(self.steps) == 2:
            return RECOMMENDED if self.recommended else "much alike"
        first, third, second = self.steps[1], self.steps[2], self.steps[3]
        return f"by way of {third.name}: {first.name} and {second.name}"


def _shared_words(name: Step, other: Sequence[Relation]) -> str:
    """What it means that two titles share a name."""
    mine, theirs = set(name.relations), set(other)
    common = mine & theirs
    if Relation.DIRECTED_BY in common:
        return f"both directed by {name.name}"
    if Relation.WRITTEN_BY in common:
        return f"both written by {name.name}"
    if Relation.FEATURES in common:
        return f"{name.name} is in both"
    words = {
        NodeKind.PERSON: f"{name.name} had a part in both",
        NodeKind.KEYWORD: f"both about {name.name}",
        NodeKind.ENTITY: f"both mention {name.name}",
        NodeKind.COLLECTION: f"both part of {name.name}",
        NodeKind.COMPANY: f"both from {name.name}",
        NodeKind.COUNTRY: f"both made in {name.name}",
        NodeKind.LANGUAGE: f"both in {name.name}",
        NodeKind.DECADE: f"both from the {name.name}",
        NodeKind.GENRE: f"both are {name.name}",
    }
    return words.get(name.kind, name.name)


def strengths(graph: GraphArrays) -> Doubles:
    """How strong it is to share each node, without the worth of a relation, float64 (v,); 0 for titles."""
    titles = len(graph.items)
    shared: Doubles = np.log1p(titles / np.maximum(graph.degrees, 1)) / np.log1p(max(titles, 2))
    shared[:titles] = 0.0
    return np.minimum(shared, 1.0)


class Paths:
    """Finds paths in one graph. Made once for a graph, asked often.

    :param graph: the arrays; they may be mapped from a file.
    """

    def __init__(self, graph: GraphArrays) -> None:
        self.graph = graph
        self._strengths = strengths(graph)

    def explain(self, one: int, other: int, count: int = 3) -> tuple[Path, ...]:
        """The strongest paths between two items, by item id; none when they have nothing to do with each other."""
        first, last = self.graph.node_of(one), self.graph.node_of(other)
        if first is None or last is None or first == last:
            return ()
        shared = self._shared(first, last)
        if shared:
            return tuple(shared[:count])
        return tuple(self._over_a_third(first, last)[:count])

    def to_any(self, item_id: int, targets: Iterable[int], count: int = 12) -> tuple[Path, ...]:
        """The strongest paths of two steps from an item to any of some others, at most two to the same one."""
        first = self.graph.node_of(item_id)
        if first is None:
            return ()
        nodes = [node for target in targets if (node := self.graph.node_of(target)) is not None and node != first]
        found: list[Path] = []
        for node in nodes:
            found += self._shared(first, node)[:2]
        return tuple(sorted(found, key=lambda path: (-path.strength, path.steps[-1].item_id or 0))[:count])

    def recommended_with(self, item_id: int) -> frozenset[int]:
        """Ids of the items that people like who like this one, as far as a catalogue told."""
        node = self.graph.node_of(item_id)
        if node is None:
            return frozenset()
        part = self.graph.edges_of(node)
        told = self.graph.relations[part] == RELATIONS.index(Relation.RECOMMENDED_WITH)
        return frozenset(self.graph.items[self.graph.neighbours[part][told]].tolist())

    def names_around(self, item_id: int, count: int) -> list[tuple[int, float]]:
        """The names a title has, as nodes with their strength, the strongest first; those that no other has come last."""
        first = self.graph.node_of(item_id)
        if first is None:
            return []
        nodes, worth = self._names(first)
        alone = self.graph.degrees[nodes] < 2
        order = np.lexsort((nodes, -worth, alone))[:count]
        return [(int(nodes[k]), float(worth[k])) for k in order]

    def titles_with(self, node: int, count: int) -> list[int]:
        """Some titles that have a name, those that have least else first: they are what the name is about."""
        titles = self.graph.neighbours[self.graph.edges_of(node)].astype(np.int64)
        titles = np.unique(titles[titles < len(self.graph.items)])
        order = np.lexsort((titles, -self.graph.degrees[titles]))
        found: list[int] = titles[order[:count]].tolist()
        return found

    def step(self, node: int, relations: tuple[Relation, ...] = ()) -> Step:
        """A node as a step of a path."""
        item_id = int(self.graph.items[node]) if node < len(self.graph.items) else None
        return Step(self.graph.kind(node), self.graph.names[node], item_id, relations)

    def relations_between(self, one: int, other: int) -> tuple[Relation, ...]:
        """How two neighbouring nodes are related."""
        part = self.graph.edges_of(one)
        mine = np.flatnonzero(self.graph.neighbours[part] == other)
        return tuple(RELATIONS[code] for code in self.graph.relations[part][mine].tolist())

    def _names(self, node: int) -> tuple[Ints, Doubles]:
        """The names that a title is related to, each once, int64 (k,) ascending, and the strength of each."""
        part = self.graph.edges_of(node)
        others = self.graph.neighbours[part].astype(np.int64)
        worth = _WORTH[self.graph.relations[part]] * self._strengths[others]
        names = others >= len(self.graph.items)
        nodes, place = np.unique(others[names], return_inverse=True)
        best = np.zeros(len(nodes))
        np.maximum.at(best, place, worth[names])
        return nodes, best

    def _shared(self, first: int, last: int) -> list[Path]:
        """All paths of one or two steps, the strongest first."""
        mine, my_worth = self._names(first)
        theirs, their_worth = self._names(last)
        common, at_mine, at_theirs = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
        worth = np.minimum(my_worth[at_mine], their_worth[at_theirs])
        found = [
            Path(
                (
                    self.step(first),
                    self.step(node, self.relations_between(first, node)),
                    self.step(last, self.relations_between(last, node)),
                ),
                float(strength),
            )
            for node, strength in zip(common.tolist(), worth.tolist(), strict=True)
        ]
        part = self.graph.edges_of(first)
        for place in np.flatnonzero(self.graph.neighbours[part] == last):
            relation = RELATIONS[int(self.graph.relations[part][place])]
            share = float(self.graph.weights[part][place]) if relation is Relation.SIMILAR_TO else 1.0
            found.append(Path((self.step(first), self.step(last, (relation,))), WORTH[relation] * share))
        return sorted(found, key=lambda path: (-path.strength, path.steps[1].name))

    def _over_a_third(self, first: int, last: int) -> list[Path]:
        """Paths of four steps, over a title that shares a name with each, the strongest first; hubs lead nowhere."""
        mine, theirs = self._thirds(first), self._thirds(last)
        found = []
        for third in sorted(mine.keys() & theirs.keys()):
            (name, strength), (other_name, other_strength) = mine[third], theirs[third]
            steps = (
                self.step(first),
                self.step(name, self.relations_between(first, name)),
                self.step(third, self.relations_between(third, name)),
                self.step(other_name, self.relations_between(third, other_name)),
                self.step(last, self.relations_between(last, other_name)),
            )
            found.append(Path(steps, DETOUR * strength * other_strength))
        return sorted(found, key=lambda path: (-path.strength, path.steps[2].item_id or 0))

    def _thirds(self, node: int) -> dict[int, tuple[int, float]]:
        """Titles that share a name with a title: third -> (the strongest shared name, its strength)."""
        nodes, worth = self._names(node)
        found: dict[int, tuple[int, float]] = {}
        for place in np.lexsort((nodes, -worth)).tolist():
            name = int(nodes[place])
            if int(self.graph.degrees[name]) > HUB:
                continue
            for third in self.graph.neighbours[self.graph.edges_of(name)].tolist():
                if third != node and third < len(self.graph.items):
                    found.setdefault(third, (name, float(worth[place])))
            if len(found) > MOST_THIRDS:
                break
        return found
