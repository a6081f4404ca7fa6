"""When an item came out: its era, and the time of the year, which has no end and no beginning.

era      bumps over the year, fourteen years wide
time     sine and cosine of the day of the year: Christmas is next to New Year
season   winter, spring, summer or autumn (as on the northern half, where most premieres are dated)
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

import numpy as np

from encoders.encoder import Doubles, Floats, bump_centre, bump_rows, centred, digest_of, side_by_side
from library.items import Item

SHARES = (0.85, 0.10, 0.05)  # of era, time and season

ERAS = np.arange(1920.0, 2033.0, 14.0)
ERA_WIDTH = 14.0
USUAL_ERA, ERA_VARIANCE = bump_centre(1995.0, 18.5, ERAS, ERA_WIDTH)

SEASONS = 4
DAYS = 365.25
_FIRST_YEAR = 1870
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)")


class TemporalEncoder:
    """Year, month and season, float32 (n, 15): nine bumps of the era, two of the time of the year, four seasons."""

    name = "temporal"
    version = 1
    width = len(ERAS) + 2 + SEASONS

    def digest(self, item: Item) -> str:
        """What the row of an item is made from."""
        return digest_of(self.name, self.version, _when(item))

    def encode(self, items: Sequence[Item]) -> Floats:
        """Rows of the items; see ``Encoder``."""
        when = np.array([_when(item) for item in items], dtype=np.float64).reshape(-1, 3)
        year, month, day = when.T
        days = (month - 1.0) * (DAYS / 12.0) + np.where(np.isnan(day), 15.0, day)
        fields = (
            centred(bump_rows(year, ERAS, ERA_WIDTH), USUAL_ERA, ERA_VARIANCE),
            _around_the_year(days),
            centred(_seasons(month), np.full(SEASONS, 1.0 / SEASONS), 1.0 - 1.0 / SEASONS),
        )
        return side_by_side(zip(SHARES, fields, strict=True))


def _when(item: Item) -> tuple[int | None, int | None, int | None]:
    """Year, month and day as far as they are known; the date of release has the last word on month and day only."""
    found = _DATE.match(item.release_date.strip()) if item.release_date else None
    parts = [int(part) if part else None for part in found.groups()] if found else [None, None, None]
    year = item.year or parts[0]
    month = parts[1] if parts[1] and 1 <= parts[1] <= 12 else None
    day = parts[2] if month and parts[2] and 1 <= parts[2] <= 31 else None
    return (year if year and _FIRST_YEAR <= year <= datetime.MAXYEAR else None), month, day


def _around_the_year(days: Doubles) -> Doubles:
    """The day of the year as a point on the unit circle; the middle where unknown."""
    turn = np.nan_to_num(2.0 * np.pi * days / DAYS)
    return np.where(np.isnan(days)[:, None], 0.0, np.stack([np.sin(turn), np.cos(turn)], axis=1))


def _seasons(months: Doubles) -> Doubles:
    """One column for each season, from winter; December belongs to the winter of January."""
    season = np.where(np.isnan(months), -1.0, np.nan_to_num(months) % 12.0 // 3.0)
    columns: Doubles = (season[:, None] == np.arange(SEASONS)).astype(np.float64)
    return columns
