"""What a person asks of the suggestions in so many words: less of this genre, more like that film, never this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from library.feedback import LOCAL_USER

Direction = Literal["more", "less", "never"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a wish is about, and what a reason is made of.

    :param signal: "genre", "keyword", "person", "company", "place", "collection", "era" (the name is a decade: "1980s"),
        "general" (the name is "vote", "fame", "age" or "length") or "item" (likeness to the title ``item_id``).
    :param name: as a person reads it.
    """

    signal: str
    name: str
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish in force.

    :param at: when it was made, seconds since the epoch.
    :param id: the row in the store; 0 until it is stored.
    """

    subject: Subject
    direction: Direction
    at: float
    user: str = LOCAL_USER
    id: int = 0
