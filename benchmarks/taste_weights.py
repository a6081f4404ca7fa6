"""Learns the kernel weights of many people together, by L-BFGS on the gradients of ``recommender.learning``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from benchmarks.taste_people import Person
from recommender.features import ItemFeatures
from recommender.learning import B, Evidence, Q, evidence_of, loss, packed, unpacked
from recommender.scale import value_of
from recommender.weights import KernelWeights

MOST_RATINGS = 200
STEPS = 40


def evidence_of_person(features: ItemFeatures, person: Person) -> Evidence:
    """What a person rated, at most ``MOST_RATINGS`` of it, drawn at random."""
    rows, ratings = person.rows, person.ratings
    if len(rows) > MOST_RATINGS:
        kept = np.random.RandomState(person.id).permutation(len(rows))[:MOST_RATINGS]
        rows, ratings = rows[kept], ratings[kept]
    return evidence_of(features, rows, value_of(ratings))


def learn(people: Sequence[Evidence], start: KernelWeights | None = None) -> KernelWeights:
    """The weights under which these people's ratings are most likely."""
    fresh = np.r_[np.full(B, -1.6), np.full(Q, -3.9), 0.0, 0.0, 6.0, np.zeros(Q)]
    bounds = [(-9.0, 4.0)] * (B + Q + 2) + [(None, None)] * (Q + 1)
    found = minimize(
        loss,
        fresh if start is None else packed(start),
        args=(people,),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": STEPS},
    )
    return unpacked(found.x)
