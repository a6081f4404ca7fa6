"""Learns the weights of the taste model from ratings: the few numbers that make the ratings of a person most likely.

The log marginal likelihood of m values y with covariance K and prior mean mu (Rasmussen & Williams, 2006, equations 5.8 and 5.9),

    log p(y) = -1/2 (y - mu)' K^-1 (y - mu) - 1/2 log |K| - m/2 log 2 pi

is maximised over the weights of the kernels, the prior mean and the noise; weights are positive through their logarithms. The
shipped weights are learned from many people. Here one person's own are drawn towards those as towards a normal prior of the
logarithms, by Adam (Kingma & Ba, 2015), and kept only if they would have served that person no worse: learned from the earlier
ratings, they have to order the later ones at least as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from library.progress import Job, Progress
from recommender.evaluation import pairwise_accuracy
from recommender.features import BLOCKS, QUALITIES, SYMBOLS, ItemFeatures
from recommender.scale import rating_of
from recommender.taste import TasteModel
from recommender.weights import KernelWeights

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

B, Q = len(BLOCKS), len(QUALITIES)
LEAST_RATINGS = 150
MOST_RATINGS = 400
LATER_SHARE = 0.25
STEPS = 40
RATE, MOMENTUM, SCALING = 0.05, 0.9, 0.99
LOG_SPREAD, SLOPE_SPREAD, USUAL_SPREAD = 0.4, 0.08, 1.0
_SMALLEST = 1e-4


@dataclass(frozen=True, eq=False)
class Evidence:
    """One person's ratings, ready: products of the items in each block (B, m, m), qualities (m, Q), values (m,)."""

    products: NDArray[np.float32]
    quality: Doubles
    values: Doubles


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of adapting the weights to a person.

    :param weights: the ones to use: the person's own, or the shipped ones where those did not prove better.
    :param before: share of the later pairs that the shipped weights order rightly; ``after`` the person's own.
    """

    weights: KernelWeights
    before: float
    after: float

    @property
    def kept(self) -> bool:
        """Whether the person's own weights are in use."""
        return self.after >= self.before


def evidence_of(features: ItemFeatures, rows: Ints, values: Doubles) -> Evidence:
    """The products of some rated rows in every block."""
    owner, columns, entries = features.symbols.gather(rows)
    products = np.zeros((B, len(rows), len(rows)), np.float32)
    for number, block in enumerate(BLOCKS):
        if block in SYMBOLS:
            first, last = features.spans[block]
            mine = np.flatnonzero((columns >= first) & (columns < last))
            names, place = np.unique(columns[mine], return_inverse=True)
            dense = np.zeros((len(rows), len(names)), np.float32)
            dense[owner[mine], place] = entries[mine]
        else:
            dense = features.dense[block][rows]
        products[number] = dense @ dense.T
    return Evidence(products, features.quality[rows].astype(np.float64), values)


def adapt(features: ItemFeatures, rows: Ints, values: Doubles, shipped: KernelWeights) -> Job[Adapted]:
    """Adapt the shipped weights to a person, and find out whether that serves them.

    :param rows: int64 (m,), rated rows in the order of time; ``values`` float64 (m,) what the ratings are worth. The newest
        ``MOST_RATINGS`` count.
    """
    rows, values = rows[-MOST_RATINGS:], values[-MOST_RATINGS:]
    step = "Adapting to your taste"
    if len(rows) < LEAST_RATINGS:
        return Adapted(shipped, 0.0, 0.0)
    yield Progress(step, 0, 2 * STEPS)
    earlier = len(rows) - round(LATER_SHARE * len(rows))
    tried = yield from _adapted(evidence_of(features, rows[:earlier], values[:earlier]), shipped, step, 0)
    before = _ordered(features, rows, values, earlier, shipped)
    after = _ordered(features, rows, values, earlier, tried)
    if not after >= before:
        yield Progress(
            step, 2 * STEPS, 2 * STEPS, "Weights of your own would have served no better; the general ones stay."
        )
        return Adapted(shipped, before, after)
    own = yield from _adapted(evidence_of(features, rows, values), shipped, step, STEPS)
    yield Progress(
        step,
        2 * STEPS,
        2 * STEPS,
        f"Weights of your own order {after:.1%} of your later pairs rightly, the general {before:.1%}.",
    )
    return Adapted(own, before, after)


def _adapted(evidence: Evidence, shipped: KernelWeights, step: str, done: int) -> Job[KernelWeights]:
    """The weights that maximise the marginal likelihood times the prior around the shipped ones."""
    origin = packed(shipped)
    spreads = np.r_[np.full(B + Q + 2, LOG_SPREAD), USUAL_SPREAD, np.full(Q, SLOPE_SPREAD)]
    now, first, second = origin.copy(), np.zeros_like(origin), np.zeros_like(origin)
    for number in range(1, STEPS + 1):
        _, gradient = loss(now, [evidence])
        gradient += (now - origin) / spreads**2
        first = MOMENTUM * first + (1 - MOMENTUM) * gradient
        second = SCALING * second + (1 - SCALING) * gradient**2
        move = first / (1 - MOMENTUM**number) / (np.sqrt(second / (1 - SCALING**number)) + 1e-8)
        now = now - RATE * (1 - number / (STEPS + 1)) * move
        yield Progress(step, done + number, 2 * STEPS)
    return unpacked(now)


def _ordered(features: ItemFeatures, rows: Ints, values: Doubles, earlier: int, weights: KernelWeights) -> float:
    """Share of the pairs of later ratings that weights order rightly from the earlier ones; .5 where there is no pair."""
    model = TasteModel(features.subset(rows), weights)
    known = np.arange(earlier)
    scores = model.fit(known, values[:earlier]).mean[earlier:]
    share = pairwise_accuracy(scores, [rating_of(float(value)) for value in values[earlier:]])
    return 0.5 if np.isnan(share) else share


def loss(at: Doubles, people: Iterable[Evidence]) -> tuple[float, Doubles]:
    """Negative log marginal likelihood of everybody without its constant, and its gradient, both at packed weights."""
    weights = unpacked(at)
    blocks, leanings, slopes = (
        np.array([weights.blocks[name] for name in BLOCKS]),
        np.array(weights.leanings),
        np.array(weights.slopes),
    )
    total, gradient = 0.0, np.zeros_like(at)
    for person in people:
        size = len(person.values)
        covariance = np.tensordot(blocks.astype(np.float32), person.products, 1).astype(np.float64)
        covariance += (person.quality * leanings) @ person.quality.T + weights.bias
        covariance[np.diag_indices(size)] += weights.noise
        factor = np.linalg.cholesky(covariance)
        half = np.linalg.inv(factor)
        inverse = half.T @ half
        surprise = person.values - weights.usual - person.quality @ slopes
        alpha = inverse @ surprise
        total += 0.5 * float(surprise @ alpha) + float(np.log(np.diag(factor)).sum())
        pull = 0.5 * (inverse - np.outer(alpha, alpha))
        gradient[:B] += (person.products.reshape(B, -1) @ pull.astype(np.float32).ravel()) * blocks
        gradient[B : B + Q] += (person.quality * (pull @ person.quality)).sum(axis=0) * leanings
        gradient[B + Q] += pull.sum() * weights.bias
        gradient[B + Q + 1] += np.trace(pull) * weights.noise
        gradient[B + Q + 2] -= alpha.sum()
        gradient[B + Q + 3 :] -= person.quality.T @ alpha
    return total, gradient


def packed(weights: KernelWeights) -> Doubles:
    """Weights as one vector: logarithms of what is positive, then the usual value and the slopes; float64 (B + 2 Q + 3,)."""
    positive = [*(weights.blocks[name] for name in BLOCKS), *weights.leanings, weights.bias, weights.noise]
    vector: Doubles = np.r_[np.log(np.maximum(positive, _SMALLEST)), weights.usual, weights.slopes]
    return vector


def unpacked(vector: Doubles) -> KernelWeights:
    """The inverse of :func:`packed`."""
    positive = np.exp(vector[: B + Q + 2])
    return KernelWeights(
        blocks=dict(zip(BLOCKS, positive[:B].tolist(), strict=True)),
        leanings=tuple(positive[B : B + Q].tolist()),
        slopes=tuple(vector[B + Q + 3 :].tolist()),
        usual=float(vector[B + Q + 2]),
        bias=float(positive[B + Q]),
        noise=float(positive[B + Q + 1]),
    )
