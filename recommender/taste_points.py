"""The points of the taste map: where each title lies, and what the person gives or would give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from library.items import MediaKind
from recommender.columns import KINDS
from recommender.scale import rating_of
from recommender.snapshot import Snapshot
from recommender.taste import TasteState

_CURVE_POINTS = 512


@dataclass(frozen=True, slots=True, eq=False)
class TastePoints:
    """The map as arrays; k titles that are in the library now and have a place.

    :param ids: int64 (k,), item ids; ``places`` float32 (k, 2), about -1 to 1.
    :param ratings: float32 (k,), from 1 to 10: what was given, or else what would be given.
    :param rated: bool (k,), whether it was rated.
    :param shows: bool (k,), whether it is a show; else it is a film.
    """

    ids: NDArray[np.int64]
    places: NDArray[np.float32]
    ratings: NDArray[np.float32]
    rated: NDArray[np.bool_]
    shows: NDArray[np.bool_]


def taste_points(snapshot: Snapshot, taste: TasteState, given: Mapping[int, float]) -> TastePoints | None:
    """The points as a taste sees them; ``None`` while there is no map.

    :param given: item id -> the person's own rating.
    """
    if snapshot.near is None or snapshot.near.layout is None:
        return None
    layout = snapshot.near.layout
    place = np.minimum(np.searchsorted(snapshot.features.ids, layout.ids), max(len(snapshot) - 1, 0))
    known = (snapshot.features.ids[place] == layout.ids) & snapshot.columns.present[place]
    ids, rows = layout.ids[known], place[known]
    ratings = ratings_of(taste.mean[rows].astype(np.float64)).astype(np.float32)
    rated = np.zeros(len(ids), np.bool_)
    for item_id, value in given.items():
        at = int(np.searchsorted(ids, item_id))
        if at < len(ids) and int(ids[at]) == item_id:
            ratings[at], rated[at] = value, True
    shows = snapshot.columns.kinds[rows] == KINDS.index(MediaKind.SHOW)
    return TastePoints(ids, layout.places[known], ratings, rated, shows)


def ratings_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What values are as ratings, float64 (k,): read off a curve, which is near enough and quick for very many."""
    if not len(values):
        return values
    curve = np.linspace(values.min(), values.max(), _CURVE_POINTS)
    ratings: NDArray[np.float64] = np.interp(values, curve, [rating_of(value) for value in curve.tolist()])
    return ratings
