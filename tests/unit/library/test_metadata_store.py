"""What catalogues say beside what servers say: who wins, what is added, and how it goes away again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from library.items import Credit, CreditRole, ExternalId, Item, MediaKind
from library.library import Library
from library.metadata_merge import metadata_from, stored_metadata
from library.metadata_store import KEPT_SECONDS, MetadataStore
from library.sources import Metadata
from tests.unit.library.building import film, show

KINDS = (MediaKind.MOVIE, MediaKind.SHOW)


def said(key: str = "949", title: str = "Heat", **more: Any) -> Metadata:
    more.setdefault("kind", MediaKind.MOVIE)
    return Metadata(key=key, title=title, **more)


def put(library: Library, *items: Any) -> list[int]:
    return library.items.upsert("s", "1", items)


def item(library: Library, item_id: int) -> Item:
    found = library.items.get(item_id)
    assert found is not None
    return found


def due(library: Library, older_than: float = 0.0, **more: Any) -> list[int]:
    return library.metadata.due("tmdb", older_than, KINDS, **more)


def test_an_answer_is_stored_whole() -> None:
    whole = said(
        year=1995,
        runtime=170.0,
        keywords=("heist",),
        credits=(Credit("Al", CreditRole.CAST, 0, "Vincent"), Credit("Mann", CreditRole.DIRECTOR)),
        external_ids=(ExternalId("imdb", "tt1"),),
        recommended=("1", "2"),
        videos=("https://example.org/a",),
        vote_count=12,
    )
    assert metadata_from(stored_metadata(whole)) == whole
    assert metadata_from(stored_metadata(said())) == said()


def test_the_words_of_the_server_win_and_the_catalogue_fills_what_is_missing(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat", 1995, overview="From the server.", genres=("Crime",), keywords=("LA",)))
    library.metadata.put(
        "tmdb",
        [
            (
                heat,
                said(
                    year=1996,
                    overview="Other.",
                    genres=("Drama",),
                    keywords=("heist", "la"),
                    tagline="A saga.",
                    runtime=170.0,
                ),
            )
        ],
    )
    found = item(library, heat)
    assert (found.title, found.year, found.overview, found.genres) == ("Heat", 1995, "From the server.", ("Crime",))
    assert (found.keywords, found.tagline, found.runtime) == (("LA", "heist"), "A saga.", 170.0)
    assert library.items.search("heist") == [heat]


def test_credits_go_on_where_the_server_ends(library: Library) -> None:
    own = (Credit("Al Pacino", CreditRole.CAST, 0), Credit("Mann", CreditRole.DIRECTOR))
    (heat,) = put(library, film("a", "Heat", credits=own))
    more = (
        Credit("al pacino", CreditRole.CAST, 0),
        Credit("Val Kilmer", CreditRole.CAST, 2),
        Credit("De Niro", CreditRole.CAST, 1),
    )
    more += (Credit("Michael Mann", CreditRole.DIRECTOR), Credit("Somebody", CreditRole.WRITER))
    library.metadata.put("tmdb", [(heat, said(credits=more))])
    assert item(library, heat).people(CreditRole.CAST) == ("Al Pacino", "De Niro", "Val Kilmer")
    assert item(library, heat).people(CreditRole.DIRECTOR) == ("Mann",)
    assert item(library, heat).people(CreditRole.WRITER) == ("Somebody",)


def test_a_vote_and_its_number_belong_together(library: Library) -> None:
    one, other = put(library, film("a", "A", vote_average=5.0), film("b", "B", vote_average=5.0, vote_count=10))
    library.metadata.put("tmdb", [(key, said(vote_average=8.0, vote_count=900)) for key in (one, other)])
    assert (item(library, one).vote_average, item(library, one).vote_count) == (8.0, 900)
    assert (item(library, other).vote_average, item(library, other).vote_count) == (5.0, 10)


def test_how_many_episodes_there_are_stays_what_lies_there(library: Library) -> None:
    (key,) = put(library, show("a", "Lost", episodes=None))
    library.metadata.put("tmdb", [(key, said(kind=MediaKind.SHOW, episodes=120, seasons=6, status="Ended"))])
    assert (item(library, key).episodes, item(library, key).status) == (None, "Ended")


def test_a_rescan_keeps_the_catalogue_and_takes_what_is_new_of_the_server(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat", 1995))
    library.metadata.put("tmdb", [(heat, said(overview="Of TMDB.", keywords=("heist",)))])
    put(library, film("a", "Heat", 1995, version="2"))
    assert item(library, heat).overview == "Of TMDB."
    put(library, film("a", "Heat", 1995, version="3", overview="Of the server.", keywords=("LA",)))
    assert (item(library, heat).overview, item(library, heat).keywords) == ("Of the server.", ("LA", "heist"))
    assert library.items.search("server") == [heat]
    put(library, film("a", "Heat", 1995, version="4"))
    assert (item(library, heat).overview, item(library, heat).keywords) == ("Of TMDB.", ("heist",))


def test_two_places_and_a_catalogue(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat", 1995, imdb="tt1", tagline="First."))
    library.metadata.put("tmdb", [(heat, said(tagline="Other.", overview="Of TMDB."))])
    assert library.items.upsert("t", "1", [film("x", "Heat", 1995, imdb="tt1", overview="Second.")]) == [heat]
    assert (item(library, heat).tagline, item(library, heat).overview) == ("First.", "Second.")
    library.metadata.forget("tmdb")
    assert (item(library, heat).tagline, item(library, heat).overview) == ("First.", "Second.")


def test_turning_a_catalogue_off_leaves_the_title_as_its_server_describes_it(library: Library) -> None:
    before_and_after = []
    (heat,) = put(library, film("a", "Heat", 1995, genres=("Crime",)))
    before_and_after.append(item(library, heat))
    library.metadata.put(
        "tmdb", [(heat, said(overview="x", keywords=("y",), external_ids=(ExternalId("imdb", "tt9"),)))]
    )
    assert item(library, heat) != before_and_after[0]
    library.metadata.forget("tmdb")
    before_and_after.append(item(library, heat))
    assert before_and_after[0] == before_and_after[1]
    assert library.items.search("y") == []
    assert due(library) == [heat]


def test_ids_are_added_only_where_nothing_speaks_against_them(library: Library) -> None:
    one, other = put(library, film("a", "A", imdb="tt1"), film("b", "B"))
    ids = (ExternalId("tmdb", "5"), ExternalId("imdb", "tt2"))
    library.metadata.put(
        "tmdb", [(one, said(external_ids=ids)), (other, said(external_ids=(*ids, ExternalId("tvdb", "7"))))]
    )
    assert item(library, one).external_ids == (ExternalId("imdb", "tt1"), ExternalId("tmdb", "5"))
    assert item(library, other).external_ids == (ExternalId("imdb", "tt2"), ExternalId("tvdb", "7"))


def test_an_id_that_the_server_says_too_stays_when_the_catalogue_goes(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat"))
    library.metadata.put("tmdb", [(heat, said(external_ids=(ExternalId("imdb", "tt1"), ExternalId("tmdb", "5"))))])
    put(library, film("a", "Heat", imdb="tt1", version="2"))
    library.metadata.forget("tmdb")
    assert item(library, heat).external_ids == (ExternalId("imdb", "tt1"),)


def test_a_wrong_match_is_corrected_and_stays_corrected(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat", 1995))
    library.metadata.put(
        "tmdb", [(heat, said("1", overview="The wrong one.", external_ids=(ExternalId("imdb", "tt8"),)))]
    )
    library.metadata.choose(heat, "tmdb", "949")
    assert (item(library, heat).overview, item(library, heat).external_ids) == (None, ())
    assert due(library, 1.0) == [heat]
    assert library.metadata.chosen_keys("tmdb", [heat]) == {heat: "949"}
    library.metadata.put("tmdb", [(heat, said("949", overview="The right one."))])
    library.metadata.forget("tmdb")
    assert library.metadata.chosen_keys("tmdb", [heat]) == {heat: "949"}
    library.metadata.put("tmdb", [(heat, None)])
    assert library.metadata.look_ups(heat)[0].key == "949"


def test_none_of_them_is_not_asked_again(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat", 1995))
    library.metadata.put("tmdb", [(heat, said("1", overview="The wrong one."))])
    library.metadata.choose(heat, "tmdb", None)
    assert item(library, heat).overview is None
    assert due(library, 1e12) == []


def test_an_answer_that_was_on_its_way_when_a_person_chose_comes_too_late(library: Library) -> None:
    one, other = put(library, film("a", "Heat", 1995), film("b", "Heat", 1986))
    library.metadata.choose(one, "tmdb", "949")
    library.metadata.choose(other, "tmdb", None)
    library.metadata.put("tmdb", [(key, said("1", overview="The wrong one.")) for key in (one, other)])
    assert [item(library, key).overview for key in (one, other)] == [None, None]
    assert due(library, 1e12) == [one]
    library.metadata.put("tmdb", [(one, said("949", overview="The right one."))])
    assert item(library, one).overview == "The right one."


def test_what_is_due(home: Any, library: Library) -> None:
    ids = put(library, film("a", "A"), film("b", "B"), film("c", "C"), show("d", "D"))
    store = MetadataStore(library.database, clock=lambda: 100.0)
    store.put("tmdb", [(ids[0], said()), (ids[1], None)])
    assert due(library, 100.0) == [ids[2], ids[3]]
    assert due(library, 101.0) == [ids[2], ids[3], ids[0], ids[1]]
    library.items.mark_removed("s", "1", ["c"])
    assert due(library, 100.0) == [ids[3]]
    assert store.due("tvdb", 0, KINDS, ("tmdb",)) == [ids[1], ids[3]]
    counts = store.counts("tmdb", 101.0, KINDS)
    assert (counts.found, counts.unknown, counts.due) == (1, 1, 3)


def test_nothing_is_kept_longer_than_allowed(library: Library) -> None:
    one, other = put(library, film("a", "A"), film("b", "B"))
    now = [1e9]
    store = MetadataStore(library.database, clock=lambda: now[0])
    store.put("tmdb", [(one, said(overview="Old."))])
    store.choose(other, "tmdb", "5")
    store.put("tmdb", [(other, said("5", overview="Old."))])
    now[0] += KEPT_SECONDS + 1
    store.drop_old()
    assert item(library, one).overview is None
    assert item(library, other).overview is None
    assert store.due("tmdb", now[0], KINDS) == [one, other]
    assert store.chosen_keys("tmdb", [other]) == {other: "5"}


def test_the_revision_moves_only_with_what_is_known(library: Library) -> None:
    (heat,) = put(library, film("a", "Heat"))
    revision = library.items.revision()
    library.metadata.put("tmdb", [(heat, None)])
    assert library.items.revision() == revision
    library.metadata.put("tmdb", [(heat, said(recommended=("1",)))])
    assert library.items.revision() == revision + 1
    library.metadata.put("tmdb", [(heat, said(recommended=("1",)))])
    assert library.items.revision() == revision + 1
    library.metadata.put("tmdb", [(heat, said(recommended=("1",), overview="New."))])
    assert library.items.revision() == revision + 2


def test_who_is_liked_beside_whom(library: Library) -> None:
    ids = put(library, film("a", "A"), film("b", "B"), film("c", "C"), show("d", "D"))
    answers = [
        (ids[0], said("1", recommended=("2", "3", "9"))),
        (ids[1], said("2", recommended=("1",))),
        (ids[2], said("4")),
    ]
    library.metadata.put("tmdb", [*answers, (ids[3], said("3", kind=MediaKind.SHOW, recommended=("3",)))])
    assert library.metadata.recommended() == [(ids[0], ids[1])]
    library.items.mark_removed("s", "1", ["b"])
    assert library.metadata.recommended() == []


@pytest.mark.parametrize("order", [("tmdb", "tvdb"), ("tvdb", "tmdb")])
def test_of_two_catalogues_tmdb_comes_first(library: Library, order: tuple[str, str]) -> None:
    (heat,) = put(library, film("a", "Heat"))
    words = {"tmdb": said(overview="Of TMDB."), "tvdb": replace(said("7"), overview="Of TVDB.", tagline="Of TVDB.")}
    for catalog in order:
        library.metadata.put(catalog, [(heat, words[catalog])])
    assert (item(library, heat).overview, item(library, heat).tagline) == ("Of TMDB.", "Of TVDB.")
    library.metadata.forget("tmdb")
    assert item(library, heat).overview == "Of TVDB."
