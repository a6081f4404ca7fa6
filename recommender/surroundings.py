"""The neighbourhood of a title in the knowledge graph, as it is drawn, with the ways from it to what the person rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graph.paths import WORTH, Path, Paths, Step
from graph.relations import Relation, media_key, name_node
from library.progress import Job, Progress
from recommender.snapshot import Snapshot

STEP = "Looking around"
NAMES, TITLES_EACH, WAYS, ALIKE = 16, 2, 10, 5
WORDS: dict[Relation, str] = {
    Relation.HAS_GENRE: "is a",
    Relation.HAS_KEYWORD: "about",
    Relation.DIRECTED_BY: "directed by",
    Relation.WRITTEN_BY: "written by",
    Relation.FEATURES: "with",
    Relation.PRODUCED_BY: "produced by",
    Relation.MADE_IN: "made in",
    Relation.IN_LANGUAGE: "in",
    Relation.PART_OF: "part of",
    Relation.FROM_DECADE: "from the",
    Relation.MENTIONS_ENTITY: "mentions",
    Relation.SIMILAR_TO: "similar to",
    Relation.RECOMMENDED_WITH: "liked beside",
}
"""What stands on a tie, read from the title to the name."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One node of the drawing.

    :param key: the node's id in the graph: "media_17", "person_amy adams".
    :param kind: "media", "genre", "keyword", "person", "company", "country", "language", "collection", "decade" or "entity".
    :param item_id: of a title; ``rating`` is what the person gave it, ``None`` where they did not rate it.
    """

    key: str
    kind: str
    name: str
    item_id: int | None = None
    rating: float | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """One edge of the drawing: the keys of its ends, and how they are related, as a person reads it: "directed by"."""

    first: str
    second: str
    relation: str
    strength: float


@dataclass(frozen=True, slots=True)
class Way:
    """One path from the title to a rated one: the keys on it, from the title on, and a sentence about it."""

    keys: tuple[str, ...]
    sentence: str
    item_id: int
    rating: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is drawn around one title. ``spots`` begins with the title itself; ``ways`` the strongest first."""

    item_id: int
    spots: tuple[Spot, ...]
    ties: tuple[Tie, ...]
    ways: tuple[Way, ...]


def surroundings(
    snapshot: Snapshot, ratings: Mapping[int, float], item_id: int, other_id: int
) -> Job[Surroundings | None]:
    """Look around a title; ``None`` while there is no graph, or the title is not in it.

    First come the ways to what was rated, then the way to the other title, then its strongest names with some titles each, then
    the titles most alike: who draws fewer takes them from the front.

    :param ratings: item id -> what the person gave it.
    :param other_id: a title that is to be in the drawing too; the same where none is meant.
    """
    yield Progress(STEP)
    paths = snapshot.paths
    middle = None if paths is None else paths.graph.node_of(item_id)
    if paths is None or middle is None:
        return None
    drawing = _Drawing(paths, ratings)
    drawing.put(paths.step(middle))
    ways = paths.to_any(item_id, (rated for rated in ratings if rated != item_id), WAYS)
    told = tuple(drawing.way(path) for path in ways)
    yield Progress(STEP)
    for path in paths.explain(item_id, other_id) if other_id != item_id else ():
        drawing.follow(path)
    for node, _ in paths.names_around(item_id, NAMES):
        drawing.tie(middle, node)
        for title in paths.titles_with(node, TITLES_EACH + 1):
            if title != middle:
                drawing.tie(title, node)
        yield Progress(STEP)
    for alike in _most_alike(snapshot, item_id):
        title_node = paths.graph.node_of(alike)
        if title_node is not None:
            drawing.tie(middle, title_node)
    return Surroundings(item_id, tuple(drawing.spots.values()), tuple(drawing.ties.values()), told)


def _most_alike(snapshot: Snapshot, item_id: int) -> Sequence[int]:
    if snapshot.near is None:
        return ()
    found: list[int] = snapshot.near.neighbours.of(item_id)[0][:ALIKE].tolist()
    return found


@dataclass(slots=True)
class _Drawing:
    """Spots and ties in the order in which they came, each once."""

    paths: Paths
    ratings: Mapping[int, float]
    spots: dict[str, Spot] = field(default_factory=dict)
    ties: dict[frozenset[str], Tie] = field(default_factory=dict)

    def put(self, step: Step) -> str:
        """Draw a node; the key of it."""
        key = key_of(step)
        rating = None if step.item_id is None else self.ratings.get(step.item_id)
        self.spots.setdefault(key, Spot(key, str(step.kind), step.name, step.item_id, rating))
        return key

    def tie(self, one: int, other: int) -> None:
        """Draw two nodes of the graph and how they are related, the title first; nothing where they are not."""
        relations = self.paths.relations_between(one, other)
        if relations:
            self._tie(self.paths.step(one), self.paths.step(other), relations)

    def follow(self, path: Path) -> tuple[str, ...]:
        """Draw a path; its keys from the first node to the last."""
        for before, step in pairwise(path.steps):
            title, name = (before, step) if step.item_id is None or before.item_id is not None else (step, before)
            self._tie(title, name, step.relations)
        return tuple(key_of(step) for step in path.steps)

    def way(self, path: Path) -> Way:
        """Draw a path to a rated title, and tell it."""
        last = path.steps[-1]
        assert last.item_id is not None
        keys, rating = self.follow(path), self.ratings[last.item_id]
        sentence = path.sentence()
        told = f"{sentence[:1].upper()}{sentence[1:]}; you gave {last.name} {rating:g}"
        return Way(keys, told, last.item_id, rating)

    def _tie(self, title: Step, name: Step, relations: tuple[Relation, ...]) -> None:
        first, second = self.put(title), self.put(name)
        strongest = max(relations, key=lambda relation: WORTH[relation])
        words = ", ".join(dict.fromkeys(WORDS[relation] for relation in relations))
        self.ties.setdefault(frozenset((first, second)), Tie(first, second, words, WORTH[strongest]))


def key_of(step: Step) -> str:
    """The id of a node in the graph."""
    return media_key(step.item_id) if step.item_id is not None else name_node(step.kind, step.name).key
