"""The rating scales of the servers, there and back."""

from __future__ import annotations

import pytest

from library.items import Viewing
from library.rating_scales import from_stars, is_echo, rating_from, to_stars, to_tenths


@pytest.mark.parametrize(
    ("viewing", "rating"),
    [
        (Viewing(), None),
        (Viewing(rating=0.0), None),
        (Viewing(rating=0.4), 1.0),
        (Viewing(rating=7.3), 7.3),
        (Viewing(rating=4.0, favourite=True), 4.0),
        (Viewing(favourite=True, liked=False), 9.0),
        (Viewing(favourite=False), None),
        (Viewing(liked=True), 8.0),
        (Viewing(liked=False), 3.0),
    ],
)
def test_what_a_server_says_is_read_as_a_rating(viewing: Viewing, rating: float | None) -> None:
    assert rating_from(viewing) == rating


@pytest.mark.parametrize(("value", "stars"), [(1, 1), (2, 1), (3, 2), (4.9, 2), (5, 3), (7, 4), (9, 5), (10, 5)])
def test_stars_are_half_the_rating_rounded_half_up(value: float, stars: int) -> None:
    assert to_stars(value) == stars


@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_stars_that_were_read_are_written_the_same(stars: int) -> None:
    rating = from_stars(stars)
    assert rating is not None
    assert to_stars(rating) == stars


def test_no_stars_are_no_rating() -> None:
    assert from_stars(0) is None


@pytest.mark.parametrize(("value", "number"), [(10, 10.0), (7.25, 7.2), (6.06, 6.1), (0.2, 1.0), (12, 10.0)])
def test_plex_and_jellyfin_get_a_number_with_one_decimal(value: float, number: float) -> None:
    assert to_tenths(value) == number


@pytest.mark.parametrize("server", ["plex", "jellyfin", "subsonic"])
@pytest.mark.parametrize("value", [1.0, 2.5, 5.0, 7.0, 9.0, 10.0])
def test_our_own_rating_coming_back_is_known_as_such(server: str, value: float) -> None:
    there = from_stars(to_stars(value)) if server == "subsonic" else to_tenths(value)
    assert there is not None
    assert is_echo(value, there, server)


@pytest.mark.parametrize(("server", "theirs"), [("plex", 8.0), ("jellyfin", 6.5), ("subsonic", 6.0)])
def test_another_rating_is_no_echo(server: str, theirs: float) -> None:
    assert not is_echo(7.0, theirs, server)
