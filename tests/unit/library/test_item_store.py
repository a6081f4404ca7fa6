"""Items and their places: what is one title and what are two, and that an id is for ever."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from library.feedback import Rating
from library.item_store import ItemStore
from library.items import Credit, CreditRole, Description, ExternalId, Item, MediaKind, Viewing
from library.library import Library
from tests.unit.library.building import film, show

FULL = film(
    "k1",
    "Le Fabuleux Destin d'Amélie Poulain",
    2001,
    version="v1",
    original_title="Amélie",
    end_year=2002,
    release_date="2001-04-25",
    runtime=122.5,
    overview="A waitress in Paris helps others to their luck.",
    tagline="She will change your life.",
    genres=("Comedy", "Romance"),
    keywords=("paris", "garden gnome"),
    credits=(
        Credit("Jean-Pierre Jeunet", CreditRole.DIRECTOR),
        Credit("Audrey Tautou", CreditRole.CAST, 0, "Amélie"),
        Credit("Mathieu Kassovitz", CreditRole.CAST, 1),
    ),
    countries=("France", "Germany"),
    companies=("UGC",),
    language="fr",
    collection="Paris",
    content_rating="R",
    vote_average=8.1,
    vote_count=10000,
    popularity=3.5,
    status="Ended",
    seasons=1,
    episodes=2,
    artist="Yann Tiersen",
    album="Amélie",
    track_number=3,
    external_ids=(ExternalId("imdb", "tt0211915"), ExternalId("tmdb", "194")),
    poster="/library/metadata/1/thumb",
    files=("/media/films/Amélie.mkv", "/media/films/\udcff.mkv"),
    added_at=123.0,
    viewing=Viewing(view_count=2, view_offset=1.5, last_viewed_at=9.0, rating=8.0, rated_at=7.0, unwatched=("S01E02",)),
)


OWN = ExternalId("own", "9")


@pytest.fixture
def store(library: Library) -> ItemStore:
    return library.items


def got(store: ItemStore, item_id: int) -> Item:
    item = store.get(item_id)
    assert item is not None
    return item


def test_everything_a_server_says_comes_back(store: ItemStore) -> None:
    (item_id,) = store.upsert("s", "l", [FULL])
    item = got(store, item_id)
    for field in fields(Description):
        assert getattr(item, field.name) == getattr(FULL, field.name), field.name
    (place,) = item.places
    assert (place.source_id, place.library_key, place.key, place.version) == ("s", "l", "k1", "v1")
    assert (place.poster, place.files, place.added_at, place.viewing) == (
        FULL.poster,
        FULL.files,
        FULL.added_at,
        FULL.viewing,
    )
    assert item.removed_at is None
    assert item.added_at > 0
    assert item.seen


def test_an_item_of_which_little_is_known(store: ItemStore) -> None:
    (item_id,) = store.upsert("s", "l", [film("k", "", None)])
    item = got(store, item_id)
    assert (item.title, item.year, item.genres, item.credits, item.places[0].viewing) == ("", None, (), (), Viewing())


def test_names_in_an_odd_encoding_are_stored_and_come_back_where_they_are_names(store: ItemStore) -> None:
    odd = film(
        "/films/caf\udce9.mkv", "caf\udce9", 1999, version="\udcff1", poster="/films/\udcff.jpg", genres=("\udcff",)
    )
    (item_id,) = store.upsert("s", "l", [odd])
    item = got(store, item_id)
    assert (item.title, item.genres) == ("caf?", ("?",))
    assert (item.places[0].key, item.places[0].poster) == (odd.key, odd.poster)
    assert store.versions("s", "l") == {odd.key: odd.version}
    assert store.upsert("s", "l", [odd]) == [item_id]
    assert store.search("caf\udce9") == [item_id]
    store.mark_removed("s", "l", [odd.key])
    assert store.count() == 0


def test_the_same_again_changes_nothing(store: ItemStore) -> None:
    ids = store.upsert("s", "l", [FULL])
    before, revision = got(store, ids[0]), store.revision()
    assert store.upsert("s", "l", [FULL]) == ids
    assert got(store, ids[0]) == before
    assert store.revision() == revision


def test_the_revision_rises_with_every_change(store: ItemStore) -> None:
    seen = [store.revision()]

    def changed() -> bool:
        seen.append(store.revision())
        return seen[-1] > seen[-2]

    store.upsert("s", "l", [FULL])
    assert changed()
    store.upsert("s", "l", [replace(FULL, tagline="Another")])
    assert changed()
    store.upsert("s", "l", [replace(FULL, tagline="Another", viewing=Viewing(view_count=3))])
    assert changed()
    store.mark_removed("s", "l", ["k1"])
    assert changed()
    store.mark_removed("s", "l", ["k1"])
    assert not changed()
    store.upsert("s", "l", [FULL])
    assert changed()


def test_a_film_and_a_show_of_the_same_name_are_two(store: ItemStore) -> None:
    ids = store.upsert("s", "l", [film("1", "Fargo", 1996, external_ids=(ExternalId("tmdb", "275"),))])
    ids += store.upsert("s", "m", [show("1", "Fargo", 1996, external_ids=(ExternalId("tmdb", "275"),))])
    assert len(set(ids)) == 2
    assert (store.count(), store.count(MediaKind.MOVIE), store.count(MediaKind.SHOW)) == (2, 1, 1)


def test_the_same_film_in_two_libraries_and_on_two_servers_is_one_item_with_places(store: ItemStore) -> None:
    (one,) = store.upsert("s", "l", [film("1", "Heat", 1995, "tt0113277")])
    (two,) = store.upsert("s", "uhd", [film("7", "Heat (4K)", None, "tt0113277")])
    (three,) = store.upsert("other", "x", [film("abc", "Heat", 1995)])
    assert one == two
    assert [(place.source_id, place.key) for place in got(store, one).places] == [("s", "1"), ("s", "7")]
    assert three != one, "the newest description has another name now"
    store.upsert("s", "l", [film("1", "Heat", 1995, "tt0113277", version="2")])
    (four,) = store.upsert("third", "x", [film("abc", "Heat", 1995)])
    assert four == one
    assert store.count(MediaKind.MOVIE) == 2


def test_two_entries_of_one_batch_can_be_one_film(store: ItemStore) -> None:
    one, two, three = store.upsert(
        "s", "l", [film("1", "Heat", 1995, "tt1"), film("2", "Heat", 1995, "tt1"), film("3", "heat", 1995)]
    )
    assert one == two == three
    assert len(got(store, one).places) == 3


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (film("1", "Dune", 1984), film("2", "Dune", 2021), False),
        (film("1", "Dune", None), film("2", "Dune", None), False),
        (film("1", "Dune", 2021), film("2", "Dune", None), False),
        (film("1", "Dune", 2021, runtime=155.0), film("2", "DUNE", 2021, runtime=150.0), True),
        (film("1", "Dune", 2021, runtime=155.0), film("2", "Dune", 2021, runtime=90.0), False),
        (film("1", "Dune", 2021, runtime=155.0), film("2", "Dune", 2021), True),
        (film("1", "Dune", 2021, "tt1"), film("2", "Dune", 2021, "tt2"), False),
        (film("1", "Dune", 2021, "tt1"), film("2", "Wüste", 2020, "tt1"), True),
        (film("1", "Dune", 2021, "tt1"), film("2", "Dune", 2021, external_ids=(ExternalId("tmdb", "9"),)), True),
        (film("1", "X", 1, external_ids=(OWN,)), film("2", "Y", 1, external_ids=(OWN,)), False),
    ],
)  # fmt: skip
def test_what_is_the_same_title(store: ItemStore, first, second, same: bool) -> None:
    one, two = store.upsert("s", "l", [first]) + store.upsert("t", "l", [second])
    assert (one == two) is same


def test_tracks_need_artist_and_album_to_be_the_same(store: ItemStore) -> None:
    def track(key: str, **more):
        base = {"artist": "Air", "album": "Moon Safari", "track_number": 1, "kind": MediaKind.TRACK}
        return film(key, "Intro", 1998, **{**base, **more})

    ids = store.upsert(
        "s",
        "l",
        [track("1"), track("2"), track("3", artist="Moby"), track("4", album="Best of"), track("5", artist=None)],
    )
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    again = store.upsert("t", "l", [track("9", artist=None)])
    assert again[0] not in ids


def test_a_corrected_match_on_the_server_is_another_title_and_takes_the_place_along(store: ItemStore, library) -> None:
    (wrong,) = store.upsert("s", "l", [film("1", "Solaris", 2002, "tt0307479")])
    library.feedback.append(Rating(at=1, item_id=wrong, value=3))
    (right,) = store.upsert("s", "l", [film("1", "Solyaris", 1972, "tt0069293", version="2")])
    assert right != wrong
    assert got(store, wrong).removed_at is not None
    assert got(store, wrong).places == ()
    assert [place.key for place in got(store, right).places] == ["1"]
    assert library.feedback.current().ratings[0].item_id == wrong


def test_a_corrected_id_alone_keeps_the_title(store: ItemStore) -> None:
    (one,) = store.upsert("s", "l", [film("1", "Heat", 1995, "tt1")])
    (two,) = store.upsert("s", "l", [film("1", "Heat", 1995, "tt2")])
    assert one == two
    assert got(store, one).external_ids == (ExternalId("imdb", "tt2"),)


def test_ids_are_not_forgotten_when_a_server_stops_saying_them(store: ItemStore) -> None:
    (one,) = store.upsert("s", "l", [film("1", "Heat", 1995, "tt1")])
    store.upsert("s", "l", [film("1", "Heat", 1995)])
    assert store.upsert("t", "l", [film("x", "Other", 1995, "tt1")]) == [one]


def test_the_only_place_says_all_and_of_several_the_richer_value_stays(store: ItemStore) -> None:
    first = film("1", "Heat", 1995, "tt1", overview="Long ago.", genres=("Crime",), runtime=170.0)
    (one,) = store.upsert("s", "l", [first])
    store.upsert("s", "l", [replace(first, overview=None, genres=())])
    assert (got(store, one).overview, got(store, one).genres) == (None, ())
    store.upsert("s", "l", [first])
    store.upsert("t", "l", [film("x", "Heat", 1995, "tt1", overview="", genres=("Crime", "Drama"), tagline="New")])
    item = got(store, one)
    assert (item.overview, item.genres, item.tagline, item.runtime) == ("Long ago.", ("Crime", "Drama"), "New", 170.0)
    assert store.search("long ago") == [one]
    assert store.search("drama") == [one]


def test_a_removed_item_keeps_its_rating_and_comes_back_from_another_server(store: ItemStore, library: Library) -> None:
    (one,) = store.upsert("s", "l", [film("1", "Heat", 1995, "tt1")])
    library.feedback.append(Rating(at=1, item_id=one, value=9))
    store.mark_removed("s", "l", ["1"], at=50.0)
    assert got(store, one).removed_at == 50.0
    assert (store.count(), list(store.all()), store.search("heat"), store.versions("s", "l")) == (0, [], [], {})
    assert [item.id for item in store.all(include_removed=True)] == [one]
    assert library.feedback.current().ratings[0].value == 9
    assert store.upsert("new", "x", [film("99", "Heat", 1995)]) == [one]
    item = got(store, one)
    assert item.removed_at is None
    assert [place.source_id for place in item.places] == ["new"]
    assert store.search("heat") == [one]


def test_a_nameless_file_that_comes_back_to_its_place_is_the_same_item(store: ItemStore) -> None:
    (one,) = store.upsert("s", "l", [film("home video.mkv", "home video", None)])
    store.mark_removed("s", "l", ["home video.mkv"])
    assert store.upsert("s", "l", [film("home video.mkv", "home video", None)]) == [one]


def test_an_item_with_another_place_left_stays(store: ItemStore) -> None:
    store.upsert("s", "l", [film("1", "Heat", 1995)])
    (one,) = store.upsert("t", "l", [film("1", "Heat", 1995)])
    store.mark_removed("s", "l", ["1", "unknown"])
    assert got(store, one).removed_at is None
    assert [place.source_id for place in got(store, one).places] == ["t"]
    store.remove_source("t")
    assert got(store, one).removed_at is not None


def test_removing_a_source_takes_all_its_libraries(store: ItemStore) -> None:
    store.upsert("s", "l", [film(str(n), f"Film {n}") for n in range(250)])
    store.upsert("s", "m", [show("1")])
    store.upsert("t", "l", [film("1", "Other")])
    assert store.library_keys("s") == ["l", "m"]
    store.remove_source("s")
    assert store.count() == 1
    assert store.library_keys("s") == []


def test_ids_are_never_used_again(store: ItemStore) -> None:
    (one,) = store.upsert("s", "l", [film("1", "A", 1990)])
    (two,) = store.upsert("s", "l", [film("2", "B", 1990)])
    assert two > one


def test_many_keeps_the_order_and_leaves_out_what_is_not_there(store: ItemStore) -> None:
    ids = store.upsert("s", "l", [film(str(n), f"Film {n}") for n in range(5)])
    wanted = [ids[3], 999, ids[0], ids[3]]
    assert [item.id for item in store.many(wanted)] == [ids[3], ids[0], ids[3]]
    assert store.many([]) == []
    assert store.get(999) is None


def test_all_is_read_in_blocks_with_few_queries(store: ItemStore, library: Library, monkeypatch) -> None:
    ids = store.upsert("s", "l", [film(str(n), f"Film {n}") for n in range(2500)])
    store.upsert("s", "m", [show("1")])
    asked = []
    rows = library.database.rows
    monkeypatch.setattr(library.database, "rows", lambda *given: asked.append(given) or rows(*given))
    stream = store.all(MediaKind.MOVIE)
    assert next(stream).id == ids[0]
    assert len(asked) == 4  # items, places, ids, and what a past says was watched
    store.upsert("t", "l", [film("x", "While reading")])
    assert [item.id for item in stream][: len(ids) - 1] == ids[1:]
    assert len(asked) < 40


def test_versions_are_those_of_one_library(store: ItemStore) -> None:
    store.upsert("s", "l", [film("1", "A", version="5"), film("2", "B", version="6")])
    store.upsert("s", "m", [film("3", "C")])
    assert store.versions("s", "l") == {"1": "5", "2": "6"}


def test_what_goes_with_a_batch_is_stored_with_it_or_not_at_all(store: ItemStore) -> None:
    def fail(items, ids) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        store.upsert("s", "l", [FULL], and_then=fail)
    assert store.count() == 0
