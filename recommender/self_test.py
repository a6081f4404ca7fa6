"""How well the program knows a person, tested on that person's own ratings, honestly: always from earlier to later.

The ratings in the order of time are cut into stretches; for each stretch after the first ones, the taste is learned from all that
came before and has to order what came in it. Out of every pair of ratings in a stretch that differ, one is rightly ahead or not.
The same pairs are given to two rivals that learn little or nothing, and to chance:

    the general average     the public's vote
    the old formula         .35 popularity + .35 vote + .20 number of votes + .10 genre preference (Plex Recommend)
    chance                  one half

Error bars are 90 % intervals of a bootstrap over the ratings (Efron & Tibshirani, 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from library.progress import Job, Progress
from recommender.features import QUALITIES, ItemFeatures
from recommender.scale import rating_of
from recommender.taste import TasteModel
from recommender.weights import KernelWeights

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LEAST_RATINGS = 20
FIRST_SHARE = 0.4
MOST_STRETCHES, LEAST_STRETCHES, STRETCH_LENGTH = 6, 2, 20
MOST_RATINGS = 1000
MARGIN = 1.0
RESAMPLES = 400
LOW, HIGH = 5.0, 95.0

TASTE, AVERAGE, FORMULA, CHANCE = "your taste", "the general average", "the old formula", "chance"


@dataclass(frozen=True, slots=True)
class Score:
    """How one way of guessing did: the share of pairs it ordered rightly, and its 90 % interval."""

    name: str
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result of one test.

    :param ratings: how many ratings there were; ``tested`` how many of them had to be guessed, in ``pairs`` pairs.
    :param scores: the taste first, then its rivals.
    :param lead: share by which the taste beats the general average, with its 90 % interval.
    """

    ratings: int
    tested: int
    pairs: int
    scores: tuple[Score, ...]
    lead: Score

    @property
    def verdict(self) -> str:
        """What it means, in plain words."""
        taste, average = self.scores[:2]
        plain = (
            f"Of two titles that you rated differently, Homereel would have put the better one first {taste.share:.0%} of the"
            f" time, and the general average {average.share:.0%}."
        )
        if self.lead.low > 0.0:
            return f"{plain} It has learned something about you."
        if self.lead.high < 0.0:
            return f"{plain} It does not know you yet: go by the general average for now."
        return f"{plain} The difference may be chance; more ratings will tell."

    def as_stored(self) -> dict[str, Any]:
        """The JSON object of it; :meth:`from_stored` takes it back."""
        scores = [[score.name, score.share, score.low, score.high] for score in (*self.scores, self.lead)]
        return {"ratings": self.ratings, "tested": self.tested, "pairs": self.pairs, "scores": scores}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> SelfTest:
        """The result again; raises ``LookupError``, ``TypeError`` or ``ValueError`` when it is not one."""
        *scores, lead = [Score(str(name), *map(float, numbers)) for name, *numbers in stored["scores"]]
        return cls(int(stored["ratings"]), int(stored["tested"]), int(stored["pairs"]), tuple(scores), lead)


def self_test(
    features: ItemFeatures, votes: Floats, rows: Ints, values: Doubles, weights: KernelWeights
) -> Job[SelfTest | None]:
    """Test the taste on a person's ratings; ``None`` where they are too few or all alike.

    :param votes: float32 (n, 3), as in ``ItemColumns``.
    :param rows: int64 (m,), rated rows in the order of time; ``values`` float64 (m,) what the ratings are worth. The newest
        ``MOST_RATINGS`` count.
    """
    rows, values = rows[-MOST_RATINGS:], values[-MOST_RATINGS:]
    step = "Testing how well it knows you"
    if len(rows) < LEAST_RATINGS:
        return None
    stretches = min(max(len(rows) // STRETCH_LENGTH, LEAST_STRETCHES), MOST_STRETCHES)
    yield Progress(step, 0, stretches + 1)
    ratings = np.array([rating_of(float(value)) for value in values])
    own = features.subset(rows)
    cuts = np.linspace(FIRST_SHARE * len(rows), len(rows), stretches + 1).round().astype(int)
    model = TasteModel(own, weights)
    guesses: dict[str, Doubles] = {name: np.zeros(len(rows)) for name in (TASTE, AVERAGE, FORMULA)}
    stretch = np.full(len(rows), -1)
    for number, (first, last) in enumerate(pairwise(cuts.tolist())):
        known, asked = np.arange(first), slice(first, last)
        stretch[asked] = number
        guesses[TASTE][asked] = model.fit(known, values[:first]).mean[asked]
        guesses[AVERAGE][asked] = own.quality[asked, QUALITIES.index("vote average")]
        guesses[FORMULA][asked] = old_formula(own, votes[rows], known, ratings[:first])[asked]
        yield Progress(step, number + 1, stretches + 1)
    return _result(ratings, stretch, guesses)


def old_formula(features: ItemFeatures, votes: Floats, known: Ints, ratings: Doubles) -> Doubles:
    """The score of Plex Recommend for every item, float64 (n,).

    :param votes: float32 (n, 3), average vote, number of votes and popularity; what is unknown counts as 0, as it did there.
    :param known: int64 (k,), rated rows; ``ratings`` float64 (k,), from 1 to 10: for its genre preference.
    """
    average, count, popularity = np.nan_to_num(votes.astype(np.float64)).T
    score: Doubles = 0.35 * popularity / 100.0 + 0.35 * average / 10.0 + 0.20 * np.minimum(count / 1000.0, 1.0)
    first, last = features.spans["genre"]
    owner, columns, _ = features.symbols.gather(np.arange(len(features)))
    genre = (columns >= first) & (columns < last)
    has = np.zeros((len(features), last - first))
    has[owner[genre], columns[genre] - first] = 1.0
    liked = (ratings @ has[known]) / np.maximum(has[known].sum(axis=0), 1.0) / 10.0
    score += 0.10 * (has @ liked) / np.maximum(has.sum(axis=1), 1.0)
    return score


def _result(ratings: Doubles, stretch: Ints, guesses: Mapping[str, Doubles]) -> SelfTest | None:
    tested = np.flatnonzero(stretch >= 0)
    better, worse = np.nonzero(ratings[tested][:, None] - ratings[tested][None, :] >= MARGIN - 1e-9)
    better, worse = tested[better], tested[worse]
    same = stretch[better] == stretch[worse]
    better, worse = better[same], worse[same]
    if not len(better):
        return None
    right = {name: (np.sign(guess[better] - guess[worse]) + 1.0) / 2.0 for name, guess in guesses.items()}
    share = _resampled_share(tested, better, worse)
    scores = [Score(name, float(hits.mean()), *share(hits)) for name, hits in right.items()]
    ahead = right[TASTE] - right[AVERAGE]
    lead = Score("lead", float(ahead.mean()), *share(ahead))
    return SelfTest(len(ratings), len(tested), len(better), (*scores, Score(CHANCE, 0.5, 0.5, 0.5)), lead)


def _resampled_share(tested: Ints, better: Ints, worse: Ints) -> Callable[[Doubles], tuple[float, float]]:
    """A function that gives the interval of the mean over pairs when the ratings are drawn again, with putting back."""
    generator = np.random.default_rng(len(tested))
    place = np.searchsorted(tested, better), np.searchsorted(tested, worse)
    drawn = generator.multinomial(len(tested), np.full(len(tested), 1.0 / len(tested)), RESAMPLES)
    weights = drawn[:, place[0]].astype(np.float32) * drawn[:, place[1]]
    totals = np.maximum(weights.sum(axis=1), 1.0)

    def interval(hits: Doubles) -> tuple[float, float]:
        low, high = np.percentile(weights @ hits.astype(np.float32) / totals, [LOW, HIGH])
        return float(low), float(high)

    return interval
