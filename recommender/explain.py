"""Why a title is suggested: the ledger of its score, and the reasons, which are terms of the ledger and nothing else.

Terms are in rating points: the parts of the score (:mod:`recommender.parts`) are values, and all are stretched alike, so that
they add up to the rating that is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from library.feedback import on_the_scale
from library.wishes import Subject
from recommender.parts import Part, parts_of, shared_names
from recommender.scale import rating_of, secant, spread_of
from recommender.sentences import Speaker, Words
from recommender.taste import USUAL, TasteState

SHOWN_TERMS = 30
MOST_REASONS = 3
LEAST_POINTS = 0.03


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the person would give: expected rating, its standard deviation, and what they usually give (1 to 10)."""

    mean: float
    deviation: float
    usual: float

    @property
    def rating(self) -> float:
        """The expected rating as it is said: the nearest one that can be given."""
        return on_the_scale(self.mean)


@dataclass(frozen=True, slots=True)
class LedgerTerm:
    """One readable part of a score.

    :param signal: "usual", "general", "item", "person", "genre", "company", "place", "era" or "rest"; among the terms of the
        order also "curiosity", "wish" and "dial".
    :param text: what it is, as a person reads it.
    :param points: what it adds to the score, in rating points.
    :param item_id: the rated title behind it, where it is just one; ``rating`` is what that was given, ``None`` for a skip.
    :param subjects: what a wish can be about here, the term itself first; none where there is nothing to wish.
    """

    signal: str
    text: str
    points: float
    item_id: int | None = None
    rating: float | None = None
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A score taken apart: ``total`` is the sum of the terms' points, greatest first."""

    terms: tuple[LedgerTerm, ...]
    total: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this title: the prediction, up to three reasons for it, the strongest against it, and the whole ledger.

    :param reasons: terms of the ledger, the greatest first; ``against`` is one too.
    :param order: what the policy added when it ranked the title (curiosity, wishes, dials); not part of the prediction.
    """

    prediction: Prediction
    reasons: tuple[LedgerTerm, ...]
    against: LedgerTerm | None
    ledger: Ledger
    order: tuple[LedgerTerm, ...] = ()


def explain(state: TasteState, row: int, words: Words, order: Sequence[LedgerTerm] = ()) -> Explanation:
    """Take the score of one item apart and say it in words.

    :param order: terms of the order, in values; they come out in rating points like everything else.
    """
    shared = shared_names(state, row)
    parts = sorted(parts_of(state, row, shared), key=lambda part: (-part.points, part.signal, part.name))
    value = math.fsum(part.points for part in parts)
    stretch = secant(value, state.usual)
    telling = _Telling(parts, Speaker(state, row, words, shared), stretch)
    points = telling.points
    worth_a_chip = [k for k in range(len(parts)) if abs(points[k]) >= LEAST_POINTS and parts[k].signal != USUAL]
    reasons = [k for k in worth_a_chip if points[k] > 0][:MOST_REASONS]
    against = [k for k in worth_a_chip[-1:] if points[k] < 0]
    rating = rating_of(value)
    return Explanation(
        Prediction(rating, spread_of(value, math.sqrt(float(state.variance[row]))), rating_of(state.usual)),
        tuple(telling.term(k) for k in reasons),
        telling.term(against[0]) if against else None,
        telling.ledger(rating),
        tuple(replace(term, points=term.points * stretch) for term in order),
    )


class _Telling:
    """The parts of a score with what each adds to the rating; only those that are shown are put into words.

    Somebody who rated a thousand titles has hundreds of parts in every score.
    """

    def __init__(self, parts: Sequence[Part], speaker: Speaker, stretch: float) -> None:
        self._parts, self._speaker = parts, speaker
        self._terms: dict[int, LedgerTerm] = {}
        self.points = [speaker.usual if part.signal == USUAL else part.points * stretch for part in parts]

    def term(self, place: int) -> LedgerTerm:
        """A part as a term of the ledger."""
        if place not in self._terms:
            part, speaker = self._parts[place], self._speaker
            item_id, rating = speaker.rated_title(part)
            self._terms[place] = LedgerTerm(
                part.signal, speaker.say(part), self.points[place], item_id, rating, speaker.subjects(part)
            )
        return self._terms[place]

    def ledger(self, total: float) -> Ledger:
        """The greatest terms by size, and one for all the small rest."""
        by_size = sorted(
            range(len(self._parts)), key=lambda place: (self._parts[place].signal != USUAL, -abs(self.points[place]))
        )
        kept = [self.term(place) for place in by_size[:SHOWN_TERMS]]
        rest = by_size[SHOWN_TERMS:]
        if rest:
            points = math.fsum(self.points[place] for place in rest)
            kept.append(LedgerTerm("rest", f"{len(rest)} smaller terms together", points))
        return Ledger(tuple(sorted(kept, key=lambda term: -term.points)), total)
