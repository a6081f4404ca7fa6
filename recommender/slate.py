"""A question to the engine and its answer: what to choose from, and the picks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from library.wishes import Subject
from recommender.snapshot import Snapshot
from recommender.wishes import having

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
    """One suggestion: expected rating and its standard deviation, and the score, as a value, that decided its place."""

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
        rows &= having(Subject("genre", filters.genre), snapshot)
    if filters.among is not None:
        found = np.zeros(len(rows), np.bool_)
        found[snapshot.rows_of(filters.among)] = True
        rows &= found
    return rows


def genre_counts(snapshot: Snapshot, rows: NDArray[np.bool_]) -> tuple[tuple[str, int], ...]:
    """The genres of the rows in a mask, with how many of them have each, most frequent first."""
    features = snapshot.features
    first, last = features.spans["genre"]
    _, columns, _ = features.symbols.gather(np.flatnonzero(rows))
    columns = columns[(columns >= first) & (columns < last)] - first
    counts = np.bincount(columns, minlength=last - first)
    names = features.vocabulary["genre"]
    found = [(names[k], int(counts[k])) for k in np.flatnonzero(counts)]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def decade_counts(snapshot: Snapshot, rows: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """The decades of the rows in a mask by their first year, with how many of them each has, newest first."""
    years = snapshot.columns.years[rows]
    decades, counts = np.unique(years[years > 0] // 10 * 10, return_counts=True)
    return tuple((int(decade), int(count)) for decade, count in zip(decades[::-1], counts[::-1], strict=True))
