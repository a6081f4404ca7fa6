from __future__ import annotations

import numpy as np
import pytest

from recommender.scale import rating_of, secant, spread_of, value_of


def test_ratings_come_back_and_keep_their_order() -> None:
    ratings = [1.0, 2.5, 5.0, 7.0, 9.5, 10.0]
    values = [value_of(rating) for rating in ratings]
    assert values == sorted(values)
    assert [rating_of(value) for value in values] == pytest.approx(ratings)
    assert value_of(np.array(ratings)) == pytest.approx(values)


def test_a_point_means_more_at_the_top() -> None:
    assert value_of(10.0) - value_of(9.0) > 1.3 * (value_of(5.0) - value_of(4.0))


def test_below_the_scale_it_goes_on_without_a_jump() -> None:
    lowest = value_of(1.0)
    assert rating_of(lowest - 1e-6) == pytest.approx(1.0, abs=1e-4)
    assert rating_of(-3.0) < rating_of(-2.0) < 1.0
    assert rating_of(12.0) > 10.0


def test_what_adds_up_in_values_adds_up_in_ratings() -> None:
    parts = [0.7, -0.2, 1.4]
    origin = value_of(6.5)
    total = origin + sum(parts)
    stretch = secant(total, origin)
    assert rating_of(origin) + sum(stretch * part for part in parts) == pytest.approx(rating_of(total))
    assert secant(origin, origin) == pytest.approx(secant(origin + 1e-3, origin), rel=1e-3)


def test_a_spread_is_positive_and_grows() -> None:
    assert 0.0 < spread_of(5.0, 0.5) < spread_of(5.0, 1.0)
