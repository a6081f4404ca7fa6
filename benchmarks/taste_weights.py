"""Learns the kernel weights: the few numbers that make the ratings of many people most likely, person by person.

Maximises the sum of the log marginal likelihoods (Rasmussen & Williams, 2006, equation 5.8) over the weights of the kernels, the
prior mean and the noise, by L-BFGS on analytic gradients (equation 5.9); weights are positive through their logarithms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.taste_people import Person
from recommender.features import BLOCKS, QUALITIES, SYMBOLS, ItemFeatures
from recommender.scale import value_of
from recommender.weights import KernelWeights

MOST_RATINGS = 200
STEPS = 40
B, Q = len(BLOCKS), len(QUALITIES)

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """One person's ratings, ready: products of the items in each block (B, m, m), qualities (m, Q), values (m,)."""

    products: NDArray[np.float32]
    quality: Doubles
    values: Doubles


def evidence_of(features: ItemFeatures, person: Person) -> Evidence:
    """What a person rated, at most ``MOST_RATINGS`` of it, drawn at random."""
    rows, ratings = person.rows, person.ratings
    if len(rows) > MOST_RATINGS:
        kept = np.random.RandomState(person.id).permutation(len(rows))[:MOST_RATINGS]
        rows, ratings = rows[kept], ratings[kept]
    owner, columns, values = features.symbols.gather(rows)
    products = np.zeros((B, len(rows), len(rows)), np.float32)
    for number, block in enumerate(BLOCKS):
        if block in SYMBOLS:
            first, last = features.spans[block]
            mine = np.flatnonzero((columns >= first) & (columns < last))
            names, place = np.unique(columns[mine], return_inverse=True)
            dense = np.zeros((len(rows), len(names)), np.float32)
            dense[owner[mine], place] = values[mine]
        else:
            dense = features.dense[block][rows]
        products[number] = dense @ dense.T
    return Evidence(products, features.quality[rows].astype(np.float64), value_of(ratings))


def learn(people: Sequence[Evidence], start: KernelWeights | None = None) -> KernelWeights:
    """The weights under which these people's ratings are most likely."""
    first = (
        _packed(start) if start is not None else np.r_[np.full(B, -1.6), np.full(Q, -3.9), 0.0, 0.0, 7.0, np.zeros(Q)]
    )
    bounds = [(-9.0, 4.0)] * (B + Q + 2) + [(None, None)] * (Q + 1)
    found = minimize(
        _loss, first, args=(people,), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}
    )
    return _unpacked(found.x)


def _loss(packed: Doubles, people: Iterable[Evidence]) -> tuple[float, Doubles]:
    """Negative log marginal likelihood of everybody, and its gradient."""
    weights = _unpacked(packed)
    blocks, leanings, slopes = (
        np.array([weights.blocks[name] for name in BLOCKS]),
        np.array(weights.leanings),
        np.array(weights.slopes),
    )
    loss, gradient = 0.0, np.zeros_like(packed)
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
        loss += 0.5 * float(surprise @ alpha) + float(np.log(np.diag(factor)).sum())
        pull = 0.5 * (inverse - np.outer(alpha, alpha))
        gradient[:B] += (person.products.reshape(B, -1) @ pull.astype(np.float32).ravel()) * blocks
        gradient[B : B + Q] += (person.quality * (pull @ person.quality)).sum(axis=0) * leanings
        gradient[B + Q] += pull.sum() * weights.bias
        gradient[B + Q + 1] += np.trace(pull) * weights.noise
        gradient[B + Q + 2] -= alpha.sum()
        gradient[B + Q + 3 :] -= person.quality.T @ alpha
    return loss, gradient


def _packed(weights: KernelWeights) -> Doubles:
    positive = [*(weights.blocks[name] for name in BLOCKS), *weights.leanings, weights.bias, weights.noise]
    return np.r_[np.log(np.maximum(positive, 1e-4)), weights.usual, weights.slopes]


def _unpacked(packed: Doubles) -> KernelWeights:
    positive = np.exp(packed[: B + Q + 2])
    return KernelWeights(
        blocks=dict(zip(BLOCKS, positive[:B].tolist(), strict=True)),
        leanings=tuple(positive[B : B + Q].tolist()),
        slopes=tuple(packed[B + Q + 3 :].tolist()),
        usual=float(packed[B + Q + 2]),
        bias=float(positive[B + Q]),
        noise=float(positive[B + Q + 1]),
    )
