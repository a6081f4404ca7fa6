from __future__ import annotations

import math

import numpy as np
import pytest

from recommender.evaluation import lift, ndcg, pairwise_accuracy

RATINGS = [10.0, 8.0, 6.0, 2.0]


def test_a_perfect_order_a_reversed_one_and_a_coin() -> None:
    assert pairwise_accuracy([4, 3, 2, 1], RATINGS) == 1.0
    assert pairwise_accuracy([1, 2, 3, 4], RATINGS) == 0.0
    assert pairwise_accuracy([0, 0, 0, 0], RATINGS) == 0.5


def test_pairs_that_are_nearly_equal_do_not_count() -> None:
    assert pairwise_accuracy([1, 2, 3], [8.0, 7.5, 2.0], margin=1.0) == 0.0
    assert math.isnan(pairwise_accuracy([1, 2], [8.0, 7.5], margin=1.0))
    assert pairwise_accuracy([2, 1], [8.0, 7.0], margin=1.0) == 1.0


def test_ndcg_by_hand() -> None:
    gains = np.array([2**5 - 1, 2**4 - 1, 2**3 - 1, 2**1 - 1], float)
    discounts = 1 / np.log2(np.arange(2, 6))
    assert ndcg([4, 3, 2, 1], RATINGS) == pytest.approx(1.0)
    assert ndcg([1, 2, 3, 4], RATINGS) == pytest.approx((gains[::-1] @ discounts) / (gains @ discounts))
    assert ndcg([1, 2, 3, 4], RATINGS, k=1) == pytest.approx(gains[3] / gains[0])


def test_lift_is_how_much_better_the_first_picks_are() -> None:
    assert lift([9, 9, 1], [9, 9, 1, 1], 2) == 4.0
    assert lift([5, 5], [5, 5], 1) == 0.0
