from __future__ import annotations

import numpy as np
import pytest

from library.feedback import CurrentFeedback, Rating
from recommender.evidence import SKIP_NOISE, gather_evidence, skip_value, usual_rating

IDS = np.array([2, 5, 9, 12], dtype=np.int64)


def feedback(ratings: dict[int, float], skips: dict[int, int] | None = None) -> CurrentFeedback:
    log = tuple(Rating(at=float(k), item_id=k, value=value) for k, value in ratings.items())
    return CurrentFeedback(ratings=log, skips=skips or {})


def test_ratings_speak_for_themselves_and_unknown_items_are_left_out() -> None:
    evidence = gather_evidence(feedback({9: 8.0, 2: 3.0, 7: 10.0}), IDS, prior=7.0)
    assert evidence.rows.tolist() == [2, 0]
    assert evidence.values.tolist() == [8.0, 3.0]
    assert evidence.noise_scale.tolist() == [1.0, 1.0]


def test_a_skip_is_weak_and_below_the_usual_rating() -> None:
    current = feedback({9: 8.0}, {5: 1, 12: 2})
    evidence = gather_evidence(current, IDS, prior=7.0)
    values = dict(zip(evidence.rows.tolist(), evidence.values.tolist(), strict=True))
    noise = dict(zip(evidence.rows.tolist(), evidence.noise_scale.tolist(), strict=True))
    assert values[1] == values[3] == skip_value(current, 7.0) < usual_rating(current, 7.0)
    assert noise[1] == SKIP_NOISE > noise[3] > 1.0


def test_a_rating_outweighs_a_skip_of_the_same_item() -> None:
    evidence = gather_evidence(feedback({5: 9.0}, {5: 3}), IDS, prior=7.0)
    assert (evidence.rows.tolist(), evidence.values.tolist(), evidence.noise_scale.tolist()) == ([1], [9.0], [1.0])


def test_the_usual_rating_moves_from_the_prior_to_the_persons_own() -> None:
    assert usual_rating(CurrentFeedback(), 7.0) == 7.0
    assert usual_rating(feedback(dict.fromkeys(range(95), 3.0)), 7.0) == pytest.approx(3.2)


def test_no_feedback_is_no_evidence() -> None:
    evidence = gather_evidence(CurrentFeedback(), IDS, prior=7.0)
    assert evidence.rows.shape == evidence.values.shape == evidence.noise_scale.shape == (0,)
