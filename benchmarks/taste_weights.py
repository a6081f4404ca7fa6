"""Learns the kernel weights of many people together, by L-BFGS on the gradients of ``recommender.learning``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from benchmarks.taste_people import Person
from recommender.features import BLOCKS, ItemFeatures
from recommender.learning import B, Evidence, Q, evidence_of, loss, packed, unpacked
from recommender.scale import value_of
from recommender.weights import KernelWeights

MOST_RATINGS = 200
STEPS = 40
TOLERANCE = 1e-7  # of the sum of the logarithms
ABSENT = -30.0  # the logarithm of the weight of a kernel that is left out


def evidence_of_person(features: ItemFeatures, person: Person, most: int = MOST_RATINGS) -> Evidence:
    """What a person rated, at most so much of it, drawn at random."""
    rows, ratings = person.rows, person.ratings
    if len(rows) > most:
        kept = np.random.RandomState(person.id).permutation(len(rows))[:most]
        rows, ratings = rows[kept], ratings[kept]
    return evidence_of(features, rows, value_of(ratings))


def learn(people: Sequence[Evidence], start: KernelWeights | None = None, steps: int = STEPS) -> KernelWeights:
    """The weights under which these people's ratings are most likely.

    :param start: where to begin; a kernel, or the slopes, that are all zero there are left out and stay so.
    """
    fresh = np.r_[np.full(B, -1.6), np.full(Q, -3.9), 0.0, 0.0, 6.0, np.zeros(Q)]
    bounds: list[tuple[float | None, float | None]] = [(-9.0, 4.0)] * (B + Q + 2) + [(None, None)] * (Q + 1)
    at, absent = fresh, np.zeros(len(fresh), np.bool_)
    if start is not None:
        positive = [*(start.blocks[name] for name in BLOCKS), *start.leanings]
        absent[: B + Q] = np.array(positive) == 0.0
        absent[B + Q + 3 :] = not any(start.slopes)
        at = packed(start)
        at[: B + Q][absent[: B + Q]] = ABSENT
        bounds = [(value, value) if gone else bound for value, gone, bound in zip(at, absent, bounds, strict=True)]
    found = minimize(
        loss,
        at,
        args=(people,),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": steps, "ftol": TOLERANCE},
    )
    weights = unpacked(found.x)
    blocks = {name: 0.0 if gone else weights.blocks[name] for name, gone in zip(BLOCKS, absent[:B], strict=True)}
    leanings = np.where(absent[B : B + Q], 0.0, weights.leanings)
    return replace(weights, blocks=blocks, leanings=tuple(leanings.tolist()))
