"""What decides the order besides the taste: wishes, dials and rules. None of it is part of a prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from library.settings import DialSettings, RuleSettings
from library.wishes import Wish
from recommender.dials import dial_points
from recommender.explain import LedgerTerm
from recommender.rules import hidden
from recommender.snapshot import Snapshot
from recommender.wishes import effects_of

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What is added to the score of every item, and which are left out.

    :param points: float32 (n,), values, the sum of those of ``terms``.
    :param ruled_out: bool (n,): wished away for good; ``hidden`` bool (n,): hidden by a rule.
    :param terms: (signal, what a person reads, float32 (n,)) of everything that adds points.
    """

    points: Floats
    ruled_out: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    terms: tuple[tuple[str, str, Floats], ...]

    def terms_of(self, row: int) -> Iterator[LedgerTerm]:
        """What is added to one item, in values; nothing where nothing is."""
        for signal, text, points in self.terms:
            if points[row]:
                yield LedgerTerm(signal, text, float(points[row]))


def ranking(
    snapshot: Snapshot, wishes: Sequence[Wish], dials: DialSettings, rules: RuleSettings, today: date
) -> Ranking:
    """Work out what wishes, dials and rules do to the items of a snapshot on a day."""
    effects = effects_of(wishes, snapshot)
    terms = [("wish", f"you asked for {wish.direction} {wish_words(wish)}", points) for wish, points in effects.points]
    terms += [
        ("dial", f"the dials favour {pole} titles", points) for pole, points in dial_points(dials, snapshot).items()
    ]
    total = np.zeros(len(snapshot), np.float32)
    for _, _, points in terms:
        total += points
    return Ranking(total, effects.never, hidden(rules, snapshot, today), tuple(terms))


_QUALITIES = {
    "vote": "of what is rated highly by people in general",
    "fame": "of what is widely known",
    "age": "of what is new",
    "length": "of what is long",
}


def wish_words(wish: Wish) -> str:
    """What a wish is about, to follow "more", "less" or "never"."""
    subject = wish.subject
    if subject.signal == "item":
        return f"like {subject.name}"
    if subject.signal == "general":
        return _QUALITIES[subject.name]
    if subject.signal == "era":
        return f"from the {subject.name}"
    if subject.signal == "person":
        return f"with {subject.name}"
    return subject.name
