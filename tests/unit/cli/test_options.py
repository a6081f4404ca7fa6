from __future__ import annotations

from datetime import datetime

import pytest
import typer

from cli.options import decade_value, minutes_until, rating_value, time_left

EVENING = datetime(2026, 3, 1, 20, 15, 30)


@pytest.mark.parametrize(("text", "value"), [("8", 8.0), ("8.5", 8.5), ("7,5", 7.5), ("1", 1.0), ("10", 10.0)])
def test_a_rating_is_a_number_from_1_to_10(text: str, value: float) -> None:
    assert rating_value(text) == value


@pytest.mark.parametrize("text", ["0", "11", "0.9", "10.1", "nan", "inf", "-3", "good", ""])
def test_anything_else_is_no_rating(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="from 1 to 10"):
        rating_value(text)


@pytest.mark.parametrize(
    ("text", "decade"),
    [
        (None, None),
        ("1990", 1990),
        ("1990s", 1990),
        ("90s", 1990),
        ("90's", 1990),
        ("30s", 1930),
        ("20s", 2020),
        ("00s", 2000),
    ],
)
def test_decades_are_read_as_people_write_them(text: str | None, decade: int | None) -> None:
    assert decade_value(text) == decade


@pytest.mark.parametrize("text", ["1995", "nineties", "9990", "", "199"])
def test_what_is_no_decade_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="decade"):
        decade_value(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("22:30", 134.5), ("22.30", 134.5), ("20:15", 24 * 60 - 0.5), ("0:15", 239.5), ("7:00", 644.5)],
)
def test_a_time_of_day_may_be_tomorrows(text: str, minutes: float) -> None:
    assert minutes_until(text, EVENING) == minutes


@pytest.mark.parametrize("text", ["24:00", "9", "late", "22:60", "22:5"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="22:30"):
        minutes_until(text, EVENING)


def test_the_shorter_limit_counts() -> None:
    assert time_left(None, None, EVENING) is None
    assert time_left(90, "22:30", EVENING) == 90
    assert time_left(150, "22:30", EVENING) == 134.5
