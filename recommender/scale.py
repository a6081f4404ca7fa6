"""Ratings as the taste model sees them: stretched at the top, where a point means more.

People use the upper half of the scale finely and the lower half hardly at all: between a 9 and a 10 lies more than between a 4
and a 5. The model works on *values*,

    value = 10 (rating / 10)^STRETCH

in which the expected delight of a title is an average; measured on the folds this orders the best titles better than plain
ratings, and normal scores of the ratings gain no more (``docs/quality.md``). Whatever is shown is a rating again.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from library.feedback import MAX_RATING, MIN_RATING

STRETCH = 1.6

Number = TypeVar("Number", float, NDArray[np.float32], NDArray[np.float64])


def value_of(rating: Number) -> Number:
    """The value of a rating from 1 to 10."""
    return MAX_RATING * (rating / MAX_RATING) ** STRETCH  # type: ignore[no-any-return]


def rating_of(value: float) -> float:
    """The rating of a value; below that of the lowest rating it goes on in a straight line."""
    lowest = value_of(MIN_RATING)
    if value < lowest:
        return MIN_RATING + (value - lowest) / (STRETCH * lowest / MIN_RATING)
    return float(MAX_RATING * (value / MAX_RATING) ** (1.0 / STRETCH))


def spread_of(value: float, deviation: float) -> float:
    """The standard deviation of a value, in ratings: half of what lies between one below and one above."""
    return (rating_of(value + deviation) - rating_of(value - deviation)) / 2.0


def secant(value: float, origin: float) -> float:
    """How many rating points a point of value is worth on the way from ``origin`` to ``value``.

    What adds up to ``value - origin`` adds up to the difference of their ratings when each part is multiplied by this.
    """
    if abs(value - origin) < 1e-9:
        value = origin + 1e-6
    return (rating_of(value) - rating_of(origin)) / (value - origin)
