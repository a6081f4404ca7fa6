"""What is never suggested, whatever the taste says, and how many titles each rule hides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from library.items import MediaKind
from library.settings import RuleSettings
from library.wishes import Subject
from recommender.columns import KINDS, UNKNOWN_AGE
from recommender.seasons import SEASONS
from recommender.snapshot import Snapshot
from recommender.wishes import having

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HiddenCount:
    """How many titles that are there now one rule hides.

    :param rule: "seasonal", "age", "shorter", "longer", "genre <name>" or "library <source id>/<key>".
    """

    rule: str
    titles: int


def hidden(rules: RuleSettings, snapshot: Snapshot, today: date) -> Mask:
    """Which rows the rules hide on a day, bool (n,)."""
    mask = np.zeros(len(snapshot), np.bool_)
    for _, one in _masks(rules, snapshot, today):
        mask |= one
    return mask


def counts(rules: RuleSettings, snapshot: Snapshot, today: date) -> tuple[HiddenCount, ...]:
    """What each rule that is set hides by itself; a title may be hidden by several."""
    present = snapshot.columns.present
    return tuple(HiddenCount(rule, int((mask & present).sum())) for rule, mask in _masks(rules, snapshot, today))


def _masks(rules: RuleSettings, snapshot: Snapshot, today: date) -> Iterator[tuple[str, Mask]]:
    columns = snapshot.columns
    if rules.seasonal:
        off = [number for number, season in enumerate(SEASONS, 1) if not season.is_on(today)]
        yield "seasonal", np.isin(columns.seasons, off)
    if rules.most_age is not None:
        yield "age", (columns.ages != UNKNOWN_AGE) & (columns.ages > rules.most_age)
    films = columns.kinds == KINDS.index(MediaKind.MOVIE)
    with np.errstate(invalid="ignore"):
        if rules.shorter_than is not None:
            yield "shorter", films & (columns.runtimes < rules.shorter_than)
        if rules.longer_than is not None:
            yield "longer", films & (columns.runtimes > rules.longer_than)
    for genre in rules.genres:
        yield f"genre {genre}", having(Subject("genre", genre), snapshot)
    for library in rules.libraries:
        yield f"library {library}", _only_in(library, snapshot)


def _only_in(library: str, snapshot: Snapshot) -> Mask:
    """Titles that lie in this library of a server and in no other."""
    columns = snapshot.columns
    if library not in columns.libraries:
        return np.zeros(len(snapshot), np.bool_)
    bit = np.uint64(1) << np.uint64(columns.libraries.index(library))
    only: Mask = columns.shelves == bit
    return only
