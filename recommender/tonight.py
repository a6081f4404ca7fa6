"""The one question to ask when nothing pleases: the answer that would teach most about the best titles.

Each name a title can have (a genre, a keyword, a place) has a weight in the taste model. If a person told how they feel about a
name, its weight theta would be known up to the noise of a rating, and the uncertainty of the best titles would shrink by

    gain = sum over the best titles i of  (cov(f_i, theta) - mean of that)^2 / (var(theta) + noise)

(Rasmussen & Williams, 2006, equation 2.24, for one more observation; what all titles would gain alike does not order them).
The name with the greatest gain among those that split the best titles is asked about; one that the refused titles share counts
double, because that is what the refusals may have meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from library.wishes import Subject
from recommender.features import SYMBOLS
from recommender.parts import PEOPLE
from recommender.snapshot import Snapshot
from recommender.taste import TasteState

BEST = 150
ASKED = ("genre", "keyword", "place")
LEAST_SHARE, MOST_SHARE = 0.06, 0.6
REFUSED_COUNTS = 2.0
_VAGUE = frozenset({"duringcreditsstinger", "aftercreditsstinger", "woman director", "independent film", "english"})


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask about tonight.

    :param subject: what it is about.
    :param share: how many of the best titles have it, from 0 to 1.
    """

    subject: Subject
    share: float

    @property
    def sentence(self) -> str:
        """The question as it is asked."""
        name = self.subject.name
        if self.subject.signal == "place":
            return f"Something from {name} tonight?"
        if self.subject.signal == "keyword":
            return f"Something about “{name}” tonight?"
        return f"How about {name} tonight?"


def best_question(
    snapshot: Snapshot,
    taste: TasteState,
    best: NDArray[np.int64],
    refused: Sequence[int],
    asked: frozenset[Subject] = frozenset(),
) -> Question | None:
    """What to ask, ``None`` when nothing would tell the best titles apart.

    :param best: int64 (k,), rows of the titles that would come next, the first ``BEST`` of them count.
    :param refused: rows of the titles just refused.
    :param asked: what was asked before.
    """
    best = best[:BEST]
    if len(best) < 2:
        return None
    gains, shares = _gains(snapshot, taste, best)
    for column in _shared_by_refused(snapshot, refused):
        gains[column] *= REFUSED_COUNTS
    for column in np.argsort(-gains, kind="stable").tolist():
        if gains[column] <= 0.0:
            return None
        block, name = snapshot.features.named(column)
        subject = Subject("person" if block in PEOPLE else block, name)
        if subject not in asked:
            return Question(subject, float(shares[column]))
    return None


def _gains(
    snapshot: Snapshot, taste: TasteState, best: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The gain of each symbolic column, 0 for what cannot be asked, and its share of the best titles; float64 (columns,)."""
    symbols, covariance = snapshot.features.symbols, taste.covariance
    owner, columns, values = symbols.gather(best)
    size = symbols.columns
    shares = np.bincount(columns, minlength=size) / len(best)
    candidates = np.flatnonzero((shares >= LEAST_SHARE) & (shares <= MOST_SHARE) & _askable(snapshot))
    gains = np.zeros(size)
    if not len(candidates):
        return gains, shares
    place = np.full(size, -1, np.int64)
    place[candidates] = np.arange(len(candidates))
    prior = covariance.column_weights[candidates]
    with_best = _products(place, owner, columns, values, len(best)) * prior
    with_rated = _products(place, *symbols.gather(taste.rows), len(taste)) * prior
    variance = prior
    if len(taste):
        solved = taste.inverse @ with_rated
        with_best = with_best - covariance.of_some(best, taste.rows) @ solved
        variance = prior - np.einsum("ij,ij->j", with_rated, solved)
    with_best = with_best - with_best.mean(axis=0)
    gains[candidates] = (with_best**2).sum(axis=0) / (np.maximum(variance, 0.0) + covariance.weights.noise)
    return gains, shares


def _products(
    place: NDArray[np.int64],
    owner: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.float32],
    rows: int,
) -> NDArray[np.float64]:
    """The features of some rows in the candidate columns, float64 (rows, candidates)."""
    dense = np.zeros((rows, int(place.max()) + 1))
    mine = place[columns] >= 0
    dense[owner[mine], place[columns[mine]]] = values[mine]
    return dense


def _askable(snapshot: Snapshot) -> NDArray[np.bool_]:
    """The columns that a person can be asked about, bool (columns,)."""
    features = snapshot.features
    askable = np.zeros(features.symbols.columns, np.bool_)
    for block in SYMBOLS:
        if block in ASKED:
            first, last = features.spans[block]
            askable[first:last] = [name.casefold() not in _VAGUE for name in features.vocabulary[block]]
    return askable


def _shared_by_refused(snapshot: Snapshot, refused: Sequence[int]) -> list[int]:
    """Columns that most of the refused titles have."""
    if not refused:
        return []
    _, columns, _ = snapshot.features.symbols.gather(np.array(refused, np.int64))
    found, counts = np.unique(columns, return_counts=True)
    most: list[int] = found[counts >= max(2, round(0.6 * len(refused)))].tolist()
    return most
