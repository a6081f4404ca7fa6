"""The preference model: a Gaussian process over what items are made of, for one person.

It works on the values of ratings (:mod:`recommender.scale`):

    value of item i = f(i) + noise,    f ~ GP(usual + q(i) . slopes, k)

with the kernel k of :mod:`recommender.covariance`; Rasmussen & Williams, "Gaussian Processes for Machine Learning" (2006),
chapter 2. The posterior mean of all items is one pass over the features however many ratings there are, and because k is
a sum, every score splits exactly into terms "this view, that rated item": the explanation is the model.

One more rating, of item r, is a rank-one step. With c the posterior covariance of every item with r,

    mean += c (y - mean_r) / s,    variance -= c^2 / s,    s = variance_r + noise

which is exact, and the same step with the sign of the noise turned round takes a rating back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from recommender.covariance import Covariance, Doubles, Floats, Ints
from recommender.features import BLOCKS, QUALITIES, ItemFeatures
from recommender.weights import KernelWeights

USUAL = "usual"
_LEAST_VARIANCE = 1e-6
_ROWS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a score.

    :param signal: "usual", one of ``features.QUALITIES``, or one of ``features.BLOCKS``.
    :param points: what it adds, as a value.
    :param rated_row: the rated item it comes from; ``None`` for the usual rating and the general qualities.
    """

    signal: str
    points: float
    rated_row: int | None = None


@dataclass(frozen=True, eq=False)
class TasteState:
    """What the model believes after some ratings. Immutable; :meth:`update` and :meth:`without` give the next one.

    :param rows: int64 (m,): the rated items; ``values`` float64 (m,) what their ratings are worth.
    :param noise: float64 (m,): variance of the noise of each rating.
    :param inverse: float64 (m, m): inverse of the covariance of the ratings, noise included.
    :param mean: float32 (n,): expected value of every item; ``variance`` float32 (n,) its variance, without the noise of a
        rating.
    """

    covariance: Covariance
    rows: Ints
    values: Doubles
    noise: Doubles
    inverse: Doubles
    mean: Floats
    variance: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def alpha(self) -> Doubles:
        """Weight of each rating in every score, float64 (m,)."""
        alpha: Doubles = self.inverse @ (self.values - self._prior(self.rows))
        alpha.setflags(write=False)
        return alpha

    @property
    def usual(self) -> float:
        """The value this person usually gives: the part of every score that no item changes."""
        weights = self.covariance.weights
        return weights.usual + weights.bias * math.fsum(self.alpha)

    def update(self, row: int, value: float, noise_scale: float = 1.0) -> TasteState:
        """The state after one more rating, exactly; an item rated before has its rating replaced.

        :param value: what the rating is worth.
        :param noise_scale: how uncertain this rating is compared with an ordinary one; a skip has a large scale.
        """
        noise = self.covariance.weights.noise * noise_scale
        factors, mean_row, variance_row = self._posterior_of(row)
        change = self._covariance_with(row, factors)
        state = self
        if row in self.rows:
            old = int(np.flatnonzero(self.rows == row)[0])
            state = self._removed(old, change, mean_row, variance_row)
            change = change * np.float32(self.noise[old] / (self.noise[old] - variance_row))
            factors, mean_row, variance_row = state._posterior_of(row)
        return state._added(row, value, noise, factors, change, mean_row, variance_row)

    def without(self, row: int) -> TasteState:
        """The state as if an item had not been rated, exactly; the same state when it was not."""
        if row not in self.rows:
            return self
        factors, mean_row, variance_row = self._posterior_of(row)
        old = int(np.flatnonzero(self.rows == row)[0])
        return self._removed(old, self._covariance_with(row, factors), mean_row, variance_row)

    def predict(self, row: int) -> tuple[float, float]:
        """Expected value and its variance for one item; the value is exactly the sum of :meth:`terms`."""
        return math.fsum(term.points for term in self.terms(row)), float(self.variance[row])

    def terms(self, row: int) -> tuple[Term, ...]:
        """The whole of a score, part by part; parts that are exactly nothing are left out."""
        covariance, alpha = self.covariance, self.alpha
        weights = covariance.weights
        parts = [Term(USUAL, self.usual)]
        quality = covariance.features.quality
        slopes = np.array(weights.slopes) + np.array(weights.leanings) * (alpha @ quality[self.rows].astype(np.float64))
        parts += [
            Term(name, float(value))
            for name, value in zip(QUALITIES, slopes * quality[row], strict=True)
            if value != 0.0
        ]
        likeness = covariance.parts(self.rows, row)
        for block in BLOCKS:
            points = alpha * likeness[block]
            parts += [Term(block, float(points[k]), int(self.rows[k])) for k in np.flatnonzero(points)]
        return tuple(parts)

    def _prior(self, rows: Ints) -> Doubles:
        weights = self.covariance.weights
        quality = self.covariance.features.quality[rows].astype(np.float64)
        prior: Doubles = weights.usual + quality @ np.array(weights.slopes)
        return prior

    def _posterior_of(self, row: int) -> tuple[Doubles, float, float]:
        """The part of each rating in one item (float64 (m,)), and the mean and variance of that item, in float64."""
        both = np.append(self.rows, row)
        covariance = self.covariance.between(both, row)
        with_row, own = covariance[:-1], float(covariance[-1])
        factors = self.inverse @ with_row
        mean = float(self._prior(np.array([row]))[0] + factors @ (self.values - self._prior(self.rows)))
        return factors, mean, max(own - float(factors @ with_row), _LEAST_VARIANCE)

    def _covariance_with(self, row: int, factors: Doubles) -> Floats:
        """Posterior covariance of every item with one item, float32 (n,)."""
        return self.covariance.of_all(np.append(self.rows, row), np.append(-factors, 1.0))

    def _added(
        self,
        row: int,
        value: float,
        noise: float,
        factors: Doubles,
        change: Floats,
        mean_row: float,
        variance_row: float,
    ) -> TasteState:
        spread = variance_row + noise
        inverse = np.empty((len(self.rows) + 1, len(self.rows) + 1))
        # A few rows at a time stay in the cache between the two steps.
        for first in range(0, len(factors), _ROWS_AT_ONCE):
            part = slice(first, min(first + _ROWS_AT_ONCE, len(factors)))
            np.multiply.outer(factors[part] / spread, factors, out=inverse[part, :-1])
            inverse[part, :-1] += self.inverse[part]
        inverse[-1, :-1] = inverse[:-1, -1] = -factors / spread
        inverse[-1, -1] = 1.0 / spread
        return TasteState(
            self.covariance,
            np.append(self.rows, row),
            np.append(self.values, value),
            np.append(self.noise, noise),
            inverse,
            *self._stepped(change, value - mean_row, spread),
        )

    def _removed(self, old: int, change: Floats, mean_row: float, variance_row: float) -> TasteState:
        spread = variance_row - self.noise[old]
        kept = np.delete(np.arange(len(self.rows)), old)
        side = self.inverse[kept, old]
        inverse = self.inverse[np.ix_(kept, kept)]
        inverse -= np.multiply.outer(side / self.inverse[old, old], side)
        return TasteState(
            self.covariance,
            self.rows[kept],
            self.values[kept],
            self.noise[kept],
            inverse,
            *self._stepped(change, self.values[old] - mean_row, spread),
        )

    def _stepped(self, change: Floats, surprise: float, spread: float) -> tuple[Floats, Floats]:
        """Mean and variance of all items after a rank-one step."""
        mean = change * np.float32(surprise / spread)
        mean += self.mean
        variance = change * change
        variance *= np.float32(-1.0 / spread)
        variance += self.variance
        np.maximum(variance, np.float32(_LEAST_VARIANCE), out=variance)
        mean.setflags(write=False)
        variance.setflags(write=False)
        return mean, variance


def unlearned(covariance: Covariance) -> TasteState:
    """The prior as a state: what is believed before any rating."""
    none = np.empty(0)
    return TasteState(
        covariance, np.empty(0, np.int64), none, none, np.empty((0, 0)), covariance.mean, covariance.variance
    )


class TasteModel:
    """The prior: what is expected of every item before this person has rated any.

    :param features: the items; row i is item i everywhere.
    :param weights: how much each kind of likeness counts.
    """

    def __init__(self, features: ItemFeatures, weights: KernelWeights) -> None:
        self.features = features
        self.weights = weights
        self.covariance = Covariance(features, weights)

    def fit(self, rows: ArrayLike = (), values: ArrayLike = (), noise_scale: ArrayLike = 1.0) -> TasteState:
        """The state after some ratings, from scratch.

        :param rows: int64 (m,): rated items, each once.
        :param values: float64 (m,): what their ratings are worth.
        :param noise_scale: float64 (m,) or one number for all: how uncertain each rating is beside an ordinary one.
        """
        rated = np.asarray(rows, dtype=np.int64)
        if not len(rated):
            return unlearned(self.covariance)
        given = np.asarray(values, dtype=np.float64)
        noise = self.weights.noise * np.broadcast_to(np.asarray(noise_scale, dtype=np.float64), rated.shape)
        matrix = self.covariance.gram(rated) + np.diag(noise)
        whitening = np.linalg.inv(np.linalg.cholesky(matrix))
        inverse = whitening.T @ whitening
        quality = self.features.quality[rated].astype(np.float64)
        alpha = inverse @ (given - self.weights.usual - quality @ np.array(self.weights.slopes))
        mean = self.covariance.mean + self.covariance.of_all(rated, alpha)
        variance = self._variance(rated, whitening)
        mean.setflags(write=False)
        variance.setflags(write=False)
        return TasteState(self.covariance, rated, given, noise, inverse, mean, variance)

    def _variance(self, rated: Ints, whitening: Doubles) -> Floats:
        """Posterior variance of every item; ``whitening`` is the inverse of the Cholesky factor, lower triangular."""
        triangle = whitening.astype(np.float32)
        variance = self.covariance.variance.copy()
        step = max(-(-len(rated) // 4), 1)
        for part, cross in self.covariance.cross(rated):
            for first in range(0, len(rated), step):
                last = first + step
                explained = cross[:, :last] @ triangle[first:last, :last].T
                variance[part] -= np.einsum("ij,ij->i", explained, explained)
        return np.maximum(variance, np.float32(_LEAST_VARIANCE))
