"""What a person's feedback says to the taste model: which rows, which values, how firmly.

A rating speaks for itself. A skip is weak evidence against: it counts like a rating somewhat below the person's usual one,
given with a much larger noise. Blocks remove a title and say nothing about others, and so do plays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from library.feedback import MIN_RATING, CurrentFeedback
from recommender.scale import rating_of, value_of
from recommender.taste import TasteState, unlearned

SKIP_BELOW_USUAL = 1.5
SKIP_NOISE, LEAST_SKIP_NOISE = 8.0, 2.0
PRIOR_RATINGS = 5.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The observations of the taste model.

    :param rows: int64 (m,), rows of the features, each at most once, in the order in which they were given.
    :param values: float64 (m,), what the ratings are worth (:mod:`recommender.scale`).
    :param noise_scale: float64 (m,), times the noise of a rating; greater than one for weaker evidence.
    """

    rows: NDArray[np.int64]
    values: NDArray[np.float64]
    noise_scale: NDArray[np.float64]


def usual_rating(current: CurrentFeedback, prior: float) -> float:
    """The person's average rating, drawn while there are few towards what people give, whose value is ``prior``."""
    lessons = current.lessons
    total = sum(rating.value for rating in lessons)
    return (PRIOR_RATINGS * rating_of(prior) + total) / (PRIOR_RATINGS + len(lessons))


def skip_value(current: CurrentFeedback, prior: float) -> float:
    """The value that a skip is taken for."""
    return value_of(max(MIN_RATING, usual_rating(current, prior) - SKIP_BELOW_USUAL))


def skip_noise(times: int) -> float:
    """How uncertain so many skips of one title are beside a rating; never as firm as one, however many they are."""
    return max(SKIP_NOISE / max(1, times), LEAST_SKIP_NOISE)


def gather_evidence(current: CurrentFeedback, ids: NDArray[np.int64], prior: float) -> Evidence:
    """The evidence among the items ``ids`` (ascending int64 (n,)); feedback about other items is left out.

    :param prior: the value people usually give, which stands in until this person has rated enough.
    """
    seen: dict[int, tuple[float, float]] = {}
    for rating in current.lessons:
        seen[rating.item_id] = (value_of(rating.value), 1.0)
    skipped = skip_value(current, prior)
    for item_id, times in current.skips.items():
        if item_id not in seen:
            seen[item_id] = (skipped, skip_noise(times))
    wanted = np.fromiter(seen, dtype=np.int64, count=len(seen))
    place = np.searchsorted(ids, wanted)
    known = place < len(ids)
    known[known] = ids[place[known]] == wanted[known]
    pairs = np.array([seen[int(item_id)] for item_id in wanted[known]], dtype=np.float64).reshape(-1, 2)
    return Evidence(place[known].astype(np.int64), pairs[:, 0].copy(), pairs[:, 1].copy())


def brought_up_to(taste: TasteState, current: CurrentFeedback) -> TasteState:
    """The taste after the feedback in force: what is missing in it is added, what was taken back is removed.

    A skip that is known keeps the value it was learned with, although the usual rating has moved since.
    """
    covariance = taste.covariance
    wanted = gather_evidence(current, covariance.features.ids, covariance.weights.usual)
    target = dict(
        zip(wanted.rows.tolist(), zip(wanted.values.tolist(), wanted.noise_scale.tolist(), strict=True), strict=True)
    )
    known = dict(zip(taste.rows.tolist(), zip(taste.values.tolist(), taste.noise.tolist(), strict=True), strict=True))
    if known and not known.keys() & target.keys():  # after a reset: quicker than taking every rating back
        taste, known = unlearned(covariance), {}
    for row in known:
        if row not in target:
            taste = taste.without(row)
    for row, (value, scale) in target.items():
        noise = covariance.weights.noise * scale
        learned, learned_noise = known.get(row, (None, None))
        if learned_noise != noise or (learned != value and scale <= 1.0):
            taste = taste.update(row, value, scale)
    return taste
