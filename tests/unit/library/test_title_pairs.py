"""Titles that may be one: asked about, put together, taken apart; and ratings that follow a title to another server."""

from __future__ import annotations

import pytest

from library.feedback import Block, Rating
from library.library import Library
from library.title_pairs import PairStore, TitlePair
from tests.unit.library.building import film


@pytest.fixture
def pairs(library: Library) -> PairStore:
    return PairStore(library.database, clock=lambda: 500.0)


@pytest.fixture
def two(library: Library) -> tuple[int, int]:
    """A film on a Plex server and, a year beside it, perhaps the same one in a folder."""
    (one,) = library.items.upsert("plex", "1", [film("a", "Heat", 1995, "tt0113277")])
    (other,) = library.items.upsert("folder", "f", [film("/heat", "Heat", 1996, version="7")])
    return one, other


def ratings(library: Library, user: str = "local") -> dict[int, float]:
    return {rating.item_id: rating.value for rating in library.feedback.current(user).ratings}


def test_what_is_not_sure_is_two_titles_and_asked_about(two: tuple[int, int], pairs: PairStore) -> None:
    one, other = two
    assert one != other
    assert pairs.waiting() == (TitlePair(one, other),)


def test_what_is_sure_is_not_asked_about(library: Library, pairs: PairStore) -> None:
    (one,) = library.items.upsert("plex", "1", [film("a", "Heat", 1995)])
    assert library.items.upsert("folder", "f", [film("/heat", "Heat", 1995)]) == [one]
    assert pairs.waiting() == ()


def test_put_together_they_are_one_title_in_two_places_with_what_was_said_of_both(
    library: Library, two: tuple[int, int], pairs: PairStore
) -> None:
    one, other = two
    library.feedback.append(Rating(at=1.0, item_id=one, value=4.0))
    library.feedback.append(Rating(at=2.0, item_id=other, value=9.0))
    library.feedback.append(Rating(at=2.0, user="plex:7", item_id=other, value=3.0))
    assert pairs.put_together(TitlePair(one, other)) == one
    (item,) = library.items.many([one])
    assert {place.source_id for place in item.places} == {"plex", "folder"}
    assert library.items.count() == 1
    assert ratings(library) == {one: 9.0}, "nothing is learned twice"
    assert ratings(library, "plex:7") == {one: 3.0}
    assert pairs.waiting() == ()
    assert library.items.upsert("folder", "f", [film("/heat", "Heat", 1996, version="8")]) == [one]


def test_taken_apart_again_all_is_as_it_was(library: Library, two: tuple[int, int], pairs: PairStore) -> None:
    one, other = two
    library.feedback.append(Rating(at=1.0, item_id=one, value=4.0))
    library.feedback.append(Rating(at=1.5, item_id=other, value=2.0))
    library.feedback.append(Rating(at=2.0, item_id=other, value=9.0))
    library.feedback.append(Block(at=3.0, item_id=other))
    before = [[place.source_id for place in item.places] for item in library.items.many(two)]
    pair = TitlePair(one, other)
    pairs.put_together(pair)
    assert one in library.feedback.current().blocked
    pairs.take_apart(pair)
    assert [[place.source_id for place in item.places] for item in library.items.many(two)] == before
    assert library.items.count() == 2
    assert ratings(library) == {one: 4.0, other: 9.0}
    assert set(library.feedback.current().blocked) == {other}
    assert pairs.waiting() == pairs.decided() == ()


def test_kept_apart_they_are_not_asked_about_again(library: Library, two: tuple[int, int], pairs: PairStore) -> None:
    pairs.keep_apart(TitlePair(*two))
    library.items.upsert("folder", "f", [film("/heat", "Heat", 1996, version="9")])
    assert pairs.waiting() == ()
    assert library.items.count() == 2


def test_an_id_told_later_joins_two_titles_and_their_ratings(library: Library) -> None:
    (one,) = library.items.upsert("plex", "1", [film("a", "Heat", 1995, "tt0113277", runtime=170)])
    (other,) = library.items.upsert("folder", "f", [film("/heat", "Heat", 1995, runtime=120)])
    assert one != other
    library.feedback.append(Rating(at=2.0, item_id=other, value=9.0))
    told = film("/heat", "Heat", 1995, "tt0113277", runtime=170, version="2")
    assert library.items.upsert("folder", "f", [told]) == [one]
    assert library.items.count() == 1
    assert ratings(library) == {one: 9.0}


def test_a_corrected_match_takes_no_rating_along(library: Library) -> None:
    (one,) = library.items.upsert("plex", "1", [film("a", "Alien", 1979, "tt0078748")])
    (aliens,) = library.items.upsert("folder", "f", [film("b", "Aliens", 1986, "tt0090605")])
    library.feedback.append(Rating(at=2.0, item_id=one, value=9.0))
    assert library.items.upsert("plex", "1", [film("a", "Aliens", 1986, "tt0090605", version="2")]) == [aliens]
    assert ratings(library) == {one: 9.0}


def test_on_another_server_a_title_is_matched_again(library: Library) -> None:
    (one,) = library.items.upsert("plex", "1", [film("a", "Heat", 1995, "tt0113277")])
    library.items.remove_source("plex")
    matched: set[int] = set()
    found = library.items.upsert("jellyfin", "m", [film("x", "Heat", 1995), film("y", "Ran", 1985)], matched=matched)
    assert found[0] == one
    assert matched == {one}
    assert library.items.many([one])[0].removed_at is None
