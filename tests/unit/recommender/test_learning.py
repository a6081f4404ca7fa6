from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from library.items import Credit, CreditRole, Item, MediaKind
from library.progress import run
from recommender import learning
from recommender.features import ItemFeatures, build_features
from recommender.learning import adapt, evidence_of, loss, packed, unpacked
from recommender.scale import value_of
from recommender.weights import as_stored, load_weights

GENRES = ("Horror", "Western", "Musical", "War")


def films(count: int) -> ItemFeatures:
    generator = np.random.default_rng(2)
    items = [
        Item(
            id=n,
            kind=MediaKind.MOVIE,
            title=f"T {n}",
            year=1960 + int(generator.integers(60)),
            genres=(GENRES[int(generator.integers(4))],),
            credits=(Credit(f"Director {int(generator.integers(12))}", CreditRole.DIRECTOR),),
            vote_average=float(generator.uniform(4, 9)),
            vote_count=int(generator.integers(50, 5000)),
        )
        for n in range(count)
    ]
    return build_features(items)


def test_the_gradient_is_that_of_the_loss() -> None:
    features = films(40)
    generator = np.random.default_rng(1)
    evidence = evidence_of(features, np.arange(25), generator.uniform(1, 9, 25))
    at = packed(load_weights())
    value, gradient = loss(at, [evidence])
    numeric = approx_fprime(at, lambda where: loss(where, [evidence])[0], 1e-3)
    assert np.isfinite(value)
    assert gradient == pytest.approx(numeric, rel=2e-2, abs=2e-3)


def test_weights_come_back_from_their_vector() -> None:
    weights = load_weights()
    again = unpacked(packed(weights))
    assert as_stored(again)["slopes"] == pytest.approx(as_stored(weights)["slopes"])
    assert as_stored(again)["blocks"] == pytest.approx(as_stored(weights)["blocks"], abs=1e-4)


def test_someone_who_goes_by_the_director_alone_gets_weights_that_say_so() -> None:
    features, weights = films(300), load_weights()
    directors = np.array([features.block("crew", row)[0][0] for row in range(300)])
    liked = np.linspace(2.0, 10.0, 12)[np.random.default_rng(7).permutation(12)]
    values = value_of(liked[directors])
    adapted = run(adapt(features, np.arange(300), values, weights))
    assert adapted.kept
    assert adapted.weights.blocks["crew"] > 1.3 * weights.blocks["crew"]
    assert adapted.weights.noise < 0.8 * weights.noise
    assert adapted.after >= adapted.before > 0.5


def test_what_serves_no_better_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    features, weights = films(200), load_weights()
    values = value_of(np.random.default_rng(5).uniform(1, 10, 200))
    shares = iter([0.6, 0.55])
    monkeypatch.setattr(learning, "_ordered", lambda *_: next(shares))
    adapted = run(adapt(features, np.arange(200), values, weights))
    assert not adapted.kept
    assert adapted.weights is weights


def test_a_few_ratings_are_not_enough() -> None:
    weights = load_weights()
    adapted = run(adapt(films(30), np.arange(30), value_of(np.full(30, 7.0)), weights))
    assert adapted.weights is weights
