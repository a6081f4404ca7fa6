"""From expected ratings and their uncertainty to an order of picks: exploration, variety, and a change of direction.

A title's rank is its upper confidence bound, ``mean + adventure * deviation`` (Auer, 2002, "Using confidence bounds for
exploitation-exploration trade-offs"), with near-duplicates of what was just shown held back in the manner of maximal marginal
relevance (Carbonell and Goldstein, 1998). Everything is in rating units of 1 to 10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Likeness = Callable[[Rows], Callable[[int], Floats]]
"""``likeness(rows)(row)``: how alike each of ``rows`` is to ``row``, float32 from 0 (nothing shared) to 1 (the same)."""

CANDIDATES = 200
DAMPING = 0.6
NEAR = 0.5
DIRECTION_DAMPING = 4.0
REFUSALS_IN_A_ROW = 5
QUICK_SECONDS = 120.0
DETOUR_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """How picks are made.

    :param adventure: how many standard deviations are added to the expected rating; 0 plays safe.
    :param recent: rows of the last few titles shown; what resembles them waits a little.
    :param avoided: rows of titles refused in a row; what resembles them is held back strongly.
    """

    adventure: float = 0.3
    recent: tuple[int, ...] = ()
    avoided: tuple[int, ...] = ()

    def bounds(self, mean: Floats, deviation: Floats) -> Floats:
        """Upper confidence bounds, float32 (n,)."""
        bounds: Floats = mean + np.float32(self.adventure) * deviation
        return bounds

    def pick(
        self, bounds: Floats, allowed: NDArray[np.bool_], likeness: Likeness, count: int
    ) -> list[tuple[int, float]]:
        """The best ``count`` rows among the allowed ones, best first, each with its score after damping.

        :param bounds: float32 (n,), from :meth:`bounds`.
        :param allowed: bool (n,), which rows may be picked.
        """
        candidates = np.flatnonzero(allowed)
        if not candidates.size or count <= 0:
            return []
        scores = bounds[candidates].astype(np.float32)
        pool = max(CANDIDATES, 4 * count)
        if self.avoided and candidates.size > pool:
            # Everything near the top may be of the refused sort: look further down as well.
            pool = min(candidates.size, 10 * pool)
        if candidates.size > pool:
            best = np.argpartition(-scores, pool - 1)[:pool]
            candidates, scores = candidates[best], scores[best]
        order = np.lexsort((candidates, -scores))
        candidates, scores = candidates[order], scores[order]
        alike = likeness(candidates)
        for row in self.avoided:
            scores = scores - DIRECTION_DAMPING / len(self.avoided) * alike(row)
        for row in self.recent:
            scores = scores - _damping(alike(row))
        return _greedy(candidates, scores, alike, count)


def _damping(alike: Floats) -> Floats:
    """Points held back for likeness: none up to NEAR, then rising in a straight line to DAMPING for the very same."""
    held: Floats = DAMPING * np.clip((alike - NEAR) / (1.0 - NEAR), 0.0, 1.0).astype(np.float32)
    return held


def _greedy(candidates: Rows, scores: Floats, alike: Callable[[int], Floats], count: int) -> list[tuple[int, float]]:
    """Take the best, hold back what resembles it, and so on."""
    scores = scores.copy()
    picked: list[tuple[int, float]] = []
    for _ in range(min(count, len(candidates))):
        best = int(np.argmax(scores))
        row = int(candidates[best])
        picked.append((row, float(scores[best])))
        scores = scores - _damping(alike(row))
        scores[best] = -np.inf
    return picked


@dataclass(frozen=True, slots=True)
class Refusals:
    """Skips and blocks given one after the other, and whether they ask for another direction.

    :param in_a_row: item ids refused since the last rating or play, with when (seconds since the epoch).
    :param detour: item ids that are being steered away from, and how many cards that still lasts.
    """

    in_a_row: tuple[tuple[int, float], ...] = ()
    detour: tuple[int, ...] = ()
    cards_left: int = 0

    def refused(self, item_id: int, at: float) -> Refusals:
        """After one more skip or block; a fifth quick one in a row starts a detour."""
        recent = (*(entry for entry in self.in_a_row if at - entry[1] <= QUICK_SECONDS), (item_id, at))
        if len(recent) >= REFUSALS_IN_A_ROW:
            return Refusals((), tuple(entry[0] for entry in recent), DETOUR_LENGTH)
        return Refusals(recent, self.detour, self.cards_left - 1) if self.cards_left > 1 else Refusals(recent)

    def accepted(self, welcome: bool) -> Refusals:
        """After a rating or a play: the row of refusals ends, and a welcome title ends the detour as well."""
        if welcome or self.cards_left <= 1:
            return Refusals()
        return Refusals((), self.detour, self.cards_left - 1)

    @property
    def just_turned(self) -> bool:
        """Whether the last refusal started a detour."""
        return self.cards_left == DETOUR_LENGTH


def shared_by_most(features: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The names that at least three of five (or the same share) of the given titles have, most frequent first."""
    counts: dict[str, int] = {}
    for names in features:
        for name in dict.fromkeys(names):
            counts[name] = counts.get(name, 0) + 1
    needed = max(2, int(np.ceil(0.6 * len(features))))
    common = [name for name, count in counts.items() if count >= needed]
    return tuple(sorted(common, key=lambda name: (-counts[name], name)))
