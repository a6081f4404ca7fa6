"""How good a ranking is, as plain functions: pairwise accuracy, nDCG, lift.

The measures of the evaluation protocol: one person at a time, some ratings known, the others to be ordered.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def pairwise_accuracy(scores: ArrayLike, ratings: ArrayLike, margin: float = 1.0) -> float:
    """Share of the pairs that are ordered rightly, a tie counting half; NaN when no two ratings differ enough.

    :param scores: float (m,): higher is better.
    :param ratings: float (m,): what was given.
    :param margin: the least difference of ratings for a pair to count; 1.0 in rating units is half a star.
    """
    score, rating = np.asarray(scores, np.float64), np.asarray(ratings, np.float64)
    better = rating[:, None] - rating[None, :] >= margin - 1e-9
    if not better.any():
        return float("nan")
    ahead = np.sign(score[:, None] - score[None, :])[better]
    return float(np.mean((ahead + 1.0) / 2.0))


def ndcg(scores: ArrayLike, ratings: ArrayLike, k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first k, with gain 2^stars - 1 (Järvelin and Kekäläinen, 2002).

    :param scores: float (m,): higher is better; ties go to the earlier one.
    :param ratings: float (m,), in rating units of 1 to 10; two of them are a star.
    """
    gains = 2.0 ** (np.asarray(ratings, np.float64) / 2.0) - 1.0
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    order = np.argsort(-np.asarray(scores, np.float64), kind="stable")[:k]
    best = np.sort(gains)[::-1][:k]
    ideal = float(best @ discounts[: len(best)])
    return float(gains[order] @ discounts[: len(order)]) / ideal if ideal > 0.0 else float("nan")


def lift(picked: ArrayLike, everything: ArrayLike, k: int) -> float:
    """How much better the first k picks were than what the person gives on average, in the units of the ratings.

    :param picked: float (m,): the ratings of the picks, in the order in which they were made.
    :param everything: float (n,): all ratings of the pool.
    """
    return float(np.mean(np.asarray(picked, np.float64)[:k]) - np.mean(np.asarray(everything, np.float64)))
