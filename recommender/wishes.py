"""What a person asked for in so many words, as points added to the order, and titles left out for good.

    more of it   + STRENGTH . (how much of it a title has)
    less of it   - STRENGTH . (how much of it a title has)
    never        the title is not suggested

A title has a genre, a person, a keyword ... or not; likeness to a title and the general qualities come in degrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from library.wishes import Subject, Wish
from recommender.features import QUALITIES
from recommender.parts import GENERAL, PEOPLE
from recommender.similarity import likeness
from recommender.snapshot import Snapshot

Floats = NDArray[np.float32]

STRENGTH = 1.2  # value; about one rating point
NEVER = ("genre", "keyword", "person", "company", "place", "collection")
"""Signals that something can be ruled out by; of the others there is only more or less."""


@dataclass(frozen=True, slots=True, eq=False)
class WishEffects:
    """What the wishes in force do to every item.

    :param points: wish -> float32 (n,), as values.
    :param never: bool (n,): titles that are not suggested.
    """

    points: tuple[tuple[Wish, Floats], ...]
    never: NDArray[np.bool_]


def effects_of(wishes: Iterable[Wish], snapshot: Snapshot) -> WishEffects:
    """What these wishes do to the items of a snapshot."""
    never = np.zeros(len(snapshot), np.bool_)
    points = []
    for wish in wishes:
        has = amount_of(wish.subject, snapshot)
        if wish.direction == "never":
            never |= has > 0.0
        else:
            points.append((wish, np.float32(STRENGTH if wish.direction == "more" else -STRENGTH) * has))
    return WishEffects(tuple(points), never)


def amount_of(subject: Subject, snapshot: Snapshot) -> Floats:
    """How much of a subject each item has, float32 (n,): 0 or 1 for names, -2 to 2 for qualities, 0 to 1 for likeness."""
    if subject.signal == "item":
        return _like(subject, snapshot)
    if subject.signal == "general":
        return _of_quality(subject.name, snapshot)
    if subject.signal == "era":
        of_decade: Floats = (snapshot.columns.years // 10 * 10 == int(subject.name.rstrip("s"))).astype(np.float32)
        return of_decade
    return having(subject, snapshot).astype(np.float32)


def having(subject: Subject, snapshot: Snapshot) -> NDArray[np.bool_]:
    """Which items have a genre, a person, a keyword ..., bool (n,)."""
    features = snapshot.features
    has = np.zeros(len(snapshot), np.bool_)
    wanted = subject.name.casefold()
    for block in PEOPLE if subject.signal == "person" else (subject.signal,):
        first = features.spans[block][0] if block in features.spans else 0
        for number, name in enumerate(features.vocabulary.get(block, ())):
            if name.casefold() == wanted:
                has |= features.symbols.rows_with(first + number)
    return has


def _like(subject: Subject, snapshot: Snapshot) -> Floats:
    row = None if subject.item_id is None else snapshot.row_of(subject.item_id)
    if row is None:
        return np.zeros(len(snapshot), np.float32)
    return likeness(snapshot.features, np.arange(len(snapshot)))(row)


def _of_quality(name: str, snapshot: Snapshot) -> Floats:
    columns = [k for k, of in enumerate(QUALITIES) if GENERAL[of] == name]
    level: Floats = snapshot.features.quality[:, columns].mean(axis=1)
    return np.clip(level, -2.0, 2.0)
