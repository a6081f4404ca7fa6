"""The neighbourhood of a title in the knowledge graph, as it is drawn, with the ways from it to what the person rated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """One node of the drawing.

    :param key: the node's id in the graph: "media_17", "person_Amy Adams".
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
