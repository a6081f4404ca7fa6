"""The points of the taste map: where each title lies, and what the person gives or would give it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
