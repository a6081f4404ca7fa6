"""What the Taste tab shows: frozen values, made by its desk and its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from recommender.taste_points import TastePoints


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the map that one word describes best.

    :param name: a genre, or a keyword where ``fine``: shown when one looks nearer.
    :param x: where its middle lies on the map, likewise ``y``.
    :param weight: which is more important than which: the greater the more.
    """

    name: str
    x: float
    y: float
    weight: float
    fine: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapPicture:
    """The map with the words on it; k points.

    :param titles: the title of each point.
    :param fame: float32 (k,), how well known each is: whose title is written first.
    """

    points: TastePoints
    titles: tuple[str, ...]
    fame: NDArray[np.float32]
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class RatedTitle:
    """One rating in force.

    :param at: seconds since the epoch.
    :param learn: whether the taste learns from it.
    """

    item_id: int
    title: str
    year: int | None
    value: float
    at: float
    learn: bool = True

    @property
    def label(self) -> str:
        """The title with its year."""
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def day(self) -> date:
        """The day on which it was given, by this computer's clock."""
        return datetime.fromtimestamp(self.at).date()
