from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from library.feedback import CurrentFeedback, Rating
from recommender.evidence import SKIP_NOISE, brought_up_to, gather_evidence, skip_value, usual_rating
from recommender.scale import value_of
from recommender.taste import TasteState
from tests.unit.recommender.shelf import open_shelf, snapshot_of

IDS = np.array([2, 5, 9, 12], dtype=np.int64)


@pytest.fixture
def taste(home_path: Path) -> Iterator[TasteState]:
    with open_shelf(home_path) as library:
        yield snapshot_of(library).taste


def feedback(ratings: dict[int, float], skips: dict[int, int] | None = None) -> CurrentFeedback:
    log = tuple(Rating(at=float(k), item_id=k, value=value) for k, value in ratings.items())
    return CurrentFeedback(ratings=log, skips=skips or {})


def test_ratings_speak_for_themselves_and_unknown_items_are_left_out() -> None:
    evidence = gather_evidence(feedback({9: 8.0, 2: 3.0, 7: 10.0}), IDS, prior=7.0)
    assert evidence.rows.tolist() == [2, 0]
    assert evidence.values.tolist() == [value_of(8.0), value_of(3.0)]
    assert evidence.noise_scale.tolist() == [1.0, 1.0]


def test_a_skip_is_weak_and_below_the_usual_rating() -> None:
    current = feedback({9: 8.0}, {5: 1, 12: 2})
    evidence = gather_evidence(current, IDS, prior=7.0)
    values = dict(zip(evidence.rows.tolist(), evidence.values.tolist(), strict=True))
    noise = dict(zip(evidence.rows.tolist(), evidence.noise_scale.tolist(), strict=True))
    assert values[1] == values[3] == skip_value(current, 7.0) < value_of(usual_rating(current, 7.0))
    assert noise[1] == SKIP_NOISE > noise[3] > 1.0


def test_a_skip_stays_weaker_than_a_rating_however_often_it_comes() -> None:
    evidence = gather_evidence(feedback({}, {2: 4, 5: 5, 9: 400}), IDS, prior=7.0)
    assert evidence.noise_scale.tolist() == [2.0, 2.0, 2.0]


def test_a_rating_outweighs_a_skip_of_the_same_item() -> None:
    evidence = gather_evidence(feedback({5: 9.0}, {5: 3}), IDS, prior=7.0)
    assert (evidence.rows.tolist(), evidence.values.tolist(), evidence.noise_scale.tolist()) == (
        [1],
        [value_of(9.0)],
        [1.0],
    )


def test_the_usual_rating_moves_from_the_prior_to_the_persons_own() -> None:
    prior = value_of(7.0)
    assert usual_rating(CurrentFeedback(), prior) == pytest.approx(7.0)
    assert usual_rating(feedback(dict.fromkeys(range(95), 3.0)), prior) == pytest.approx(3.2)


def test_a_rating_that_is_not_to_be_learned_from_says_nothing() -> None:
    kept, put_aside = Rating(at=1.0, item_id=9, value=8.0), Rating(at=2.0, item_id=2, value=1.0, learn=False)
    current = CurrentFeedback(ratings=(kept, put_aside))
    assert gather_evidence(current, IDS, prior=5.0).rows.tolist() == [2]
    assert usual_rating(current, 5.0) == usual_rating(CurrentFeedback(ratings=(kept,)), 5.0)


def test_no_feedback_is_no_evidence() -> None:
    evidence = gather_evidence(CurrentFeedback(), IDS, prior=7.0)
    assert evidence.rows.shape == evidence.values.shape == evidence.noise_scale.shape == (0,)


def test_what_is_known_already_is_not_learned_again(taste: TasteState) -> None:
    assert brought_up_to(taste, CurrentFeedback()) is taste
    current = feedback({1: 9.0, 2: 3.0}, {5: 1, 7: 3})
    learned = brought_up_to(taste, current)
    assert len(learned) == 4
    assert brought_up_to(learned, current) is learned


def test_only_the_difference_is_learned_and_a_skip_keeps_its_value(taste: TasteState) -> None:
    before = brought_up_to(taste, feedback({1: 9.0, 2: 3.0}, {5: 1}))
    after = brought_up_to(before, feedback({1: 9.0, 3: 10.0}, {5: 1}))
    given = dict(zip(after.rows.tolist(), after.values.tolist(), strict=True))
    row_of = {item_id: row for row, item_id in enumerate(taste.covariance.features.ids.tolist())}
    assert given.keys() == {row_of[1], row_of[3], row_of[5]}
    skipped = before.values[before.rows == row_of[5]]
    assert given[row_of[5]] == skipped


def test_after_a_reset_the_taste_is_exactly_the_prior(taste: TasteState) -> None:
    learned = brought_up_to(taste, feedback(dict.fromkeys(range(1, 30), 2.0)))
    fresh = brought_up_to(learned, CurrentFeedback())
    assert len(fresh) == 0
    assert np.array_equal(fresh.mean, taste.mean)
    assert np.array_equal(fresh.variance, taste.variance)
