"""Years that are close are alike, and the time of the year goes round."""

from __future__ import annotations

import numpy as np
import pytest

from encoders.temporal import ERAS, TemporalEncoder
from tests.unit.encoders.titles import bare

ERA, TIME, SEASON = slice(0, len(ERAS)), slice(len(ERAS), len(ERAS) + 2), slice(len(ERAS) + 2, None)


def row(**known: object) -> np.ndarray:
    return TemporalEncoder().encode([bare(**known)])[0].astype(np.float64)


def test_close_years_are_alike() -> None:
    year = row(year=1979)[ERA]
    assert year @ year >= year @ row(year=1983)[ERA] > year @ row(year=1990)[ERA] > year @ row(year=2005)[ERA]
    assert row(year=1979)[ERA] @ row(year=2015)[ERA] < 0.0


def test_new_year_is_next_to_christmas() -> None:
    def together(one: str, other: str) -> float:
        return float(row(release_date=one)[TIME] @ row(release_date=other)[TIME])

    assert together("2001-12-28", "1990-01-03") > 0.95 * together("2001-01-03", "1990-01-03") > 0.0
    assert together("2001-12-28", "1990-06-28") < 0.0


def test_december_belongs_to_winter() -> None:
    seasons = [int(np.argmax(row(release_date=f"2001-{month:02}")[SEASON])) for month in range(1, 13)]
    assert seasons == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0]


def test_a_date_tells_the_year_when_nothing_else_does() -> None:
    assert np.array_equal(row(release_date="1979-05-25"), row(year=1979, release_date="1979-05-25"))
    assert np.array_equal(row(release_date="1979"), row(year=1979))


@pytest.mark.parametrize("date", [None, "", "soon", "1979-13-01", "1979-00-00", "19790525", "25.05.1979"])
def test_a_date_that_says_nothing_is_neutral(date: str | None) -> None:
    assert np.array_equal(row(year=1979, release_date=date), row(year=1979))


@pytest.mark.parametrize("year", [None, 0, -5, 99, 1_000_000])
def test_a_year_that_cannot_be_is_unknown(year: int | None) -> None:
    assert not row(year=year).any()


def test_years_beyond_the_grid_count_as_its_ends() -> None:
    assert np.array_equal(row(year=1890), row(year=1910))
    assert row(year=2150).any()
