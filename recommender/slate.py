"""A question to the engine and its answer: what to choose from, and the picks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommender.snapshot import Snapshot

Empty = Literal["", "library", "everything rated", "resting", "filtered"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person wants to choose from.

    :param max_minutes: no longer than this, counted from where a half-seen film was stopped; unknown lengths stay out.
    :param genre: one genre, as ``Engine.genres`` names it; ``decade`` its first year.
    :param among: only these item ids: what a search found.
    """

    max_minutes: float | None = None
    genre: str | None = None
    decade: int | None = None
    unseen_only: bool = False
    among: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """One suggestion: expected rating and its standard deviation, and the score that decided its place."""

    item_id: int
    title: str
    year: int | None
    mean: float
    deviation: float
    score: float


@dataclass(frozen=True, slots=True)
class Slate:
    """An answer to "what next?".

    :param picks: best first; the first one is the card.
    :param remaining: how many titles the filters leave, of ``total`` that could be suggested at all.
    :param notice: a sentence when the direction has changed, else empty.
    :param empty: why there is no pick: nothing in the library, everything rated or blocked, all resting after a skip, or
        everything filtered out; empty when there is one.
    """

    picks: tuple[Pick, ...]
    remaining: int
    total: int
    notice: str = ""
    empty: Empty = ""


def passing(filters: Filters, snapshot: Snapshot) -> NDArray[np.bool_]:
    """Which rows the filters let through, bool (n,)."""
    columns = snapshot.columns
    rows = np.ones(len(snapshot), np.bool_)
    if filters.max_minutes is not None:
        left = columns.runtimes - np.where(columns.offsets < columns.runtimes, columns.offsets, 0.0)
        rows &= left <= filters.max_minutes
    if filters.decade is not None:
        rows &= columns.years // 10 * 10 == filters.decade
    if filters.unseen_only:
        rows &= ~columns.seen
    if filters.genre is not None:
        rows &= _with_genre(filters.genre, snapshot)
    if filters.among is not None:
        found = np.zeros(len(rows), np.bool_)
        found[snapshot.rows_of(filters.among)] = True
        rows &= found
    return rows


def _with_genre(genre: str, snapshot: Snapshot) -> NDArray[np.bool_]:
    features = snapshot.features
    has = np.zeros(len(features), np.bool_)
    names = features.vocabulary["genre"]
    if genre in names:
        entries = np.flatnonzero(features.symbols.indices == features.spans["genre"][0] + names.index(genre))
        has[np.searchsorted(features.symbols.indptr, entries, side="right") - 1] = True
    return has
