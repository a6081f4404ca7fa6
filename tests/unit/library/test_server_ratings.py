"""Ratings that come in from servers: each once, never an echo of our own, never over what was said here later."""

from __future__ import annotations

import pytest

from library.feedback import Rating
from library.items import Viewing
from library.library import Library
from library.server_ratings import ServerRatings
from tests.unit.library.building import film


@pytest.fixture
def heat(library: Library) -> int:
    return library.items.upsert("s", "1", [film("a", "Heat", 1995)])[0]


def taking(library: Library, kind: str, user: str = "local", now: float = 900.0) -> ServerRatings:
    return ServerRatings(library.feedback, kind, user, lambda: now)


def in_force(library: Library, user: str = "local") -> float | None:
    return next((rating.value for rating in library.feedback.current(user).ratings), None)


@pytest.mark.parametrize(("kind", "there"), [("subsonic", 10.0), ("plex", 9.0), ("jellyfin", 9.0)])
def test_our_own_rating_in_the_words_of_a_server_is_not_taken_for_a_new_one(
    library: Library, heat: int, kind: str, there: float
) -> None:
    library.feedback.append(Rating(at=100.0, item_id=heat, value=9.0))
    assert taking(library, kind).take([(heat, Viewing(rating=there))]) == 0
    assert in_force(library) == 9.0


def test_an_old_rating_of_a_server_does_not_outdo_one_given_here(library: Library, heat: int) -> None:
    library.feedback.append(Rating(at=100.0, item_id=heat, value=9.0))
    assert taking(library, "jellyfin").take([(heat, Viewing(rating=4.0))]) == 1
    assert in_force(library) == 9.0


def test_a_rating_changed_on_the_server_later_counts(library: Library, heat: int) -> None:
    library.feedback.append(Rating(at=100.0, item_id=heat, value=9.0))
    ratings = taking(library, "jellyfin")
    ratings.take([(heat, Viewing(rating=4.0))])
    assert ratings.take([(heat, Viewing(rating=4.0))]) == 0
    assert ratings.take([(heat, Viewing(rating=2.0))]) == 1
    assert in_force(library) == 2.0


def test_a_heart_counts_until_there_is_a_rating(library: Library, heat: int) -> None:
    ratings = taking(library, "jellyfin")
    ratings.take([(heat, Viewing(favourite=True))])
    assert in_force(library) == 9.0
    ratings.take([(heat, Viewing(favourite=True, rating=6.0))])
    assert in_force(library) == 6.0


def test_each_person_has_their_own(library: Library, heat: int) -> None:
    taking(library, "plex").take([(heat, Viewing(rating=8.0))])
    taking(library, "plex", "plex:7").take([(heat, Viewing(rating=2.0))])
    assert (in_force(library), in_force(library, "plex:7")) == (8.0, 2.0)
