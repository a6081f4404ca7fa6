from __future__ import annotations

import json

import numpy as np
import pytest

from library.items import Item, MediaKind
from library.progress import run
from recommender.columns import picture
from recommender.features import ItemFeatures
from recommender.scale import value_of
from recommender.self_test import SelfTest, old_formula, self_test
from recommender.weights import load_weights

GENRES = ("Horror", "Western", "Musical", "War")


def films(count: int) -> tuple[ItemFeatures, np.ndarray]:
    generator = np.random.default_rng(3)
    features, columns = picture(
        Item(
            id=n,
            kind=MediaKind.MOVIE,
            title=f"T {n}",
            genres=(GENRES[n % 4],),
            keywords=(f"about {n % 8}",),
            vote_average=float(generator.uniform(5, 8)),
            vote_count=500,
            popularity=10.0,
        )
        for n in range(count)
    )
    return features, columns.votes


def guessed(ratings: np.ndarray) -> SelfTest:
    found = run(self_test(*films(len(ratings)), np.arange(len(ratings)), value_of(ratings), load_weights()))
    assert found is not None
    return found


def test_who_goes_by_genre_is_known_and_the_average_is_beaten() -> None:
    ratings = np.array([9.0, 3.0, 7.0, 5.0])[np.arange(160) % 4]
    found = guessed(ratings)
    scores = {score.name: score.share for score in found.scores}
    assert scores["your taste"] > 0.95 > scores["the general average"]
    assert found.lead.low > 0.0
    assert "has learned something about you" in found.verdict
    assert (found.ratings, found.tested) == (160, 96)
    assert all(score.low <= score.share <= score.high for score in found.scores)


def test_who_rates_at_random_is_not_known_and_it_says_so() -> None:
    found = guessed(np.random.default_rng(8).integers(1, 11, 120).astype(float))
    assert found.scores[0].share == pytest.approx(0.5, abs=0.12)
    assert "may be chance" in found.verdict or "does not know you yet" in found.verdict


def test_few_ratings_or_ratings_all_alike_cannot_be_tested() -> None:
    for ratings in (np.array([1.0, 9.0] * 9), np.full(60, 7.0)):
        assert run(self_test(*films(len(ratings)), np.arange(len(ratings)), value_of(ratings), load_weights())) is None


def test_what_comes_later_is_never_learned_from() -> None:
    """Two people who differ only at the end are guessed alike before it."""
    ratings = np.array([9.0, 3.0, 7.0, 5.0])[np.arange(100) % 4]
    changed = ratings.copy()
    changed[-1] = 1.0
    first, second = guessed(ratings), guessed(changed)
    assert abs(first.scores[0].share - second.scores[0].share) < 0.05


def test_the_result_comes_back_from_a_file() -> None:
    found = guessed(np.array([9.0, 3.0, 7.0, 5.0])[np.arange(80) % 4])
    assert SelfTest.from_stored(json.loads(json.dumps(found.as_stored()))) == found
    with pytest.raises(LookupError):
        SelfTest.from_stored({})


def test_the_old_formula_is_what_it_was() -> None:
    features, columns = picture(
        [
            Item(
                id=1,
                kind=MediaKind.MOVIE,
                title="A",
                genres=("War",),
                popularity=50.0,
                vote_average=8.0,
                vote_count=2000,
            ),
            Item(
                id=2,
                kind=MediaKind.MOVIE,
                title="B",
                genres=("War", "Horror"),
                popularity=5.0,
                vote_average=5.0,
                vote_count=20_000,
            ),
        ]
    )
    scores = old_formula(features, columns.votes, np.array([0]), np.array([9.0]))
    assert scores[0] == pytest.approx(0.35 * 0.5 + 0.35 * 0.8 + 0.20 + 0.10 * 0.9, abs=1e-6)
    assert scores[1] == pytest.approx(0.35 * 0.05 + 0.35 * 0.5 + 0.20 + 0.10 * 0.45, abs=1e-6)
