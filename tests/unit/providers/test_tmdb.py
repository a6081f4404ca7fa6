"""TMDB against its fake over real HTTP: how a title is found, what is made of the answer, and what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from library.errors import ProviderBusy, ProviderDenied, ProviderReplyError, ProviderUnavailable
from library.items import CreditRole, ExternalId, MediaKind
from library.sources import Answered, Metadata, Question
from providers.catalogs.tmdb import TmdbCatalog
from providers.http import Patience
from providers.ledger import NetworkLedger
from tests.fakes.tmdb import API_KEY, READ_TOKEN, FakeTmdb, Title, many

QUICK = Patience(connect=1, read=1, overall=2, attempts=2, pause=0.01)
HEAT = Title(
    949, "Heat", 1995, runtime=170, imdb="tt0113277", recommended=(680, 769), similar=(500,), overview="Los Angeles."
)
WORLD = [
    HEAT,
    Title(21343, "Heat", 1986, runtime=101, imdb="tt0093164"),
    Title(680, "Pulp Fiction", 1994, runtime=154, imdb="tt0110912", collection="Tarantino"),
    Title(101, "Léon: The Professional", 1994, original="Léon", runtime=111),
    Title(55, "Twins", 2001, runtime=90),
    Title(56, "Twins", 2001, runtime=140),
    Title(77, "Amour", 2012, runtime=127, also_found_as=("Liebe",)),
    Title(1396, "Breaking Bad", 2008, kind="tv", runtime=47, tvdb=81189, imdb="tt0903747"),
    Title(949, "Another Show", 1999, kind="tv"),
]


@pytest.fixture
def tmdb() -> Iterator[FakeTmdb]:
    with FakeTmdb(titles=list(WORLD)) as fake:
        yield fake


@pytest.fixture
def catalog(tmdb: FakeTmdb) -> Iterator[TmdbCatalog]:
    made = TmdbCatalog(READ_TOKEN, patience=QUICK, limit=5000, url=tmdb.url)
    yield made
    made.close()


def film(title: str, year: int | None = None, runtime: float | None = None, **more: Any) -> Question:
    ids = tuple(ExternalId(*one) for one in more.pop("ids", ()))
    return Question(1, more.pop("kind", MediaKind.MOVIE), title, year, runtime, external_ids=ids, **more)


def answers(catalog: TmdbCatalog, *questions: Question) -> list[Answered]:
    return [answer for batch in catalog.look_up(questions) for answer in batch]


def found(catalog: TmdbCatalog, question: Question) -> Metadata | None:
    (answer,) = answers(catalog, question)
    assert answer.failure == ""
    return answer.metadata


def paths(tmdb: FakeTmdb) -> list[str]:
    return [seen.path for seen in tmdb.requests]


def test_an_id_of_its_own_takes_one_request(catalog: TmdbCatalog, tmdb: FakeTmdb) -> None:
    said = found(catalog, film("Whatever", ids=[("tmdb", "949"), ("imdb", "tt0113277")]))
    assert said is not None
    assert said.key == "949"
    assert paths(tmdb) == ["/3/movie/949"]


def test_everything_comes_in_that_one_request(catalog: TmdbCatalog) -> None:
    said = found(catalog, film("Heat", ids=[("tmdb", "949")]))
    assert said is not None
    assert (said.title, said.year, said.runtime, said.content_rating) == ("Heat", 1995, 170.0, "PG-13")
    assert (said.vote_average, said.vote_count, said.popularity, said.language) == (7.4, 1200, 12.5, "en")
    assert (said.keywords, said.recommended, said.similar) == (("heist",), ("680", "769"), ("500",))
    assert said.people(CreditRole.CAST) == ("Ida Lund", "Otto Berg")
    assert said.people(CreditRole.DIRECTOR) == ("Mira Holm",)
    assert said.people(CreditRole.WRITER) == ("Per Dahl",)
    assert said.external_ids == (ExternalId("tmdb", "949"), ExternalId("imdb", "tt0113277"))
    assert said.poster == "https://image.tmdb.org/t/p/w500/p949.jpg"
    assert said.backdrop == "https://image.tmdb.org/t/p/w1280/b949.jpg"
    assert said.videos == ("https://www.youtube.com/watch?v=v949",)
    assert said.tagline is None
    assert said.homepage is None
    assert said.collection is None


def test_a_show_is_read_as_a_show(catalog: TmdbCatalog, tmdb: FakeTmdb) -> None:
    said = found(catalog, film("BB", kind=MediaKind.SHOW, ids=[("tvdb", "81189")]))
    assert said is not None
    assert (said.title, said.kind, said.status, said.end_year) == ("Breaking Bad", MediaKind.SHOW, "Ended", 2001)
    assert (said.seasons, said.episodes, said.runtime) == (3, 24, 47.0)
    assert said.keywords == ("heist",)
    assert said.people(CreditRole.CREATOR) == ("Nora Falk",)
    assert paths(tmdb) == ["/3/find/81189", "/3/tv/1396"]


def test_a_film_is_found_by_the_id_of_imdb(catalog: TmdbCatalog, tmdb: FakeTmdb) -> None:
    said = found(catalog, film("Wrong name", 1900, ids=[("imdb", "tt0110912")]))
    assert said is not None
    assert (said.key, said.collection) == ("680", "Tarantino")
    assert paths(tmdb) == ["/3/find/tt0110912", "/3/movie/680"]


def test_an_id_that_is_gone_or_contradicts_the_others_gives_way(catalog: TmdbCatalog) -> None:
    for wrong in ("4711", "21343"):
        said = found(catalog, film("Heat", 1995, ids=[("tmdb", wrong), ("imdb", "tt0113277")]))
        assert said is not None
        assert said.key == "949"


def test_the_year_decides_between_two_of_one_name(catalog: TmdbCatalog) -> None:
    keys = [found(catalog, film("Heat", year)).key for year in (1986, 1995)]  # type: ignore[union-attr]
    assert keys == ["21343", "949"]


def test_never_by_the_name_alone(catalog: TmdbCatalog, tmdb: FakeTmdb) -> None:
    assert found(catalog, film("Pulp Fiction")) is None
    assert found(catalog, film("Pulp Fiction", 1970, 154)) is None
    assert not any(path.startswith("/3/movie/") for path in paths(tmdb))


def test_the_length_stands_in_for_the_year_and_decides_where_it_is_near(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Heat", None, 171)).key == "949"  # type: ignore[union-attr]
    assert found(catalog, film("Heat", None, 130)) is None
    assert found(catalog, film("Pulp Fiction", 1995, 154)).key == "680"  # type: ignore[union-attr]
    assert found(catalog, film("Pulp Fiction", 1995, 120)) is None
    assert found(catalog, film("Pulp Fiction", 1995)) is None


def test_of_two_of_one_name_and_year_the_length_decides_or_nobody(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Twins", 2001, 139)).key == "56"  # type: ignore[union-attr]
    assert found(catalog, film("Twins", 2001)) is None
    assert found(catalog, film("Twins", 2001, 115)) is None


def test_the_original_name_and_names_that_only_tmdb_knows(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Leon", 1994)) is None  # the fake's search is stricter than its names
    assert found(catalog, film("Léon", 1994)).key == "101"  # type: ignore[union-attr]
    assert found(catalog, film("Liebe", 2012, 127)).key == "77"  # type: ignore[union-attr]
    assert found(catalog, film("Liebe", 2012)) is None


def test_quite_another_length_is_another_film(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Heat", 1995, 20)) is None


def test_a_search_gives_ids_only_where_the_length_agreed(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Heat", 1995)).external_ids == ()  # type: ignore[union-attr]
    assert len(found(catalog, film("Heat", 1995, 170)).external_ids) == 2  # type: ignore[union-attr]


def test_a_show_and_a_film_of_one_number_are_two(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Heat", ids=[("tmdb", "949")])).title == "Heat"  # type: ignore[union-attr]
    show = found(catalog, film("Heat", kind=MediaKind.SHOW, ids=[("tmdb", "949")]))
    assert show is not None
    assert show.title == "Another Show"


def test_what_a_person_chose_is_not_doubted(catalog: TmdbCatalog) -> None:
    assert found(catalog, film("Heat", 1995, ids=[("imdb", "tt0113277")], key="55")).title == "Twins"  # type: ignore[union-attr]


def test_another_language_falls_back_to_english_words(tmdb: FakeTmdb) -> None:
    catalog = TmdbCatalog(READ_TOKEN, "de", patience=QUICK, limit=5000, url=tmdb.url)
    assert found(catalog, film("Heat", ids=[("tmdb", "949")])).overview == "Los Angeles."  # type: ignore[union-attr]
    assert tmdb.requests[0].query["language"] == "de"
    catalog.close()


def test_a_person_searches(catalog: TmdbCatalog) -> None:
    matches = catalog.search(MediaKind.MOVIE, "heat", 1986)
    assert [(one.key, one.year) for one in matches] == [("21343", 1986), ("949", 1995)]
    assert matches[0].poster == "https://image.tmdb.org/t/p/w154/p21343.jpg"
    assert catalog.search(MediaKind.MOVIE, "nothing of the sort") == ()


@pytest.mark.parametrize("key", [READ_TOKEN, f"Bearer {READ_TOKEN}", API_KEY, f" {API_KEY}\n"])
def test_both_forms_of_the_key(tmdb: FakeTmdb, key: str) -> None:
    catalog = TmdbCatalog(key, patience=QUICK, url=tmdb.url)
    assert catalog.check().endswith(".")
    assert ("api_key" in tmdb.requests[0].query) == (key.strip() == API_KEY)
    assert READ_TOKEN not in tmdb.requests[0].raw
    catalog.close()


def test_a_refused_key_ends_the_round(tmdb: FakeTmdb, caplog: pytest.LogCaptureFixture) -> None:
    wrong = "ffffffffffffffffffffffffffffffff"
    catalog = TmdbCatalog(wrong, patience=QUICK, limit=5000, url=tmdb.url)
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderDenied, match="does not take this key") as caught:
        answers(catalog, *[film(f"Film {n}", 2000) for n in range(30)])
    catalog.close()
    assert len(tmdb.requests) <= 10
    assert wrong not in caplog.text + repr(caught.value) + str(caught.value)


def test_one_title_that_fails_does_not_keep_the_others_from_being_answered(
    catalog: TmdbCatalog, tmdb: FakeTmdb
) -> None:
    tmdb.titles += many(30)
    tmdb.fail("status", path="/3/movie/1007", status=500)
    got = answers(catalog, *[film(f"Film {n}", ids=[("tmdb", str(1000 + n))]) for n in range(30)])
    assert len(got) == 30
    assert [answer.question.title for answer in got if answer.failure] == ["Film 7"]
    assert "500" in next(answer.failure for answer in got if answer.failure)


@pytest.mark.parametrize("fault", ["reset", "html"])
def test_a_catalogue_that_is_out_of_order_ends_the_round(catalog: TmdbCatalog, tmdb: FakeTmdb, fault: str) -> None:
    tmdb.fail(fault)
    wanted = (ProviderUnavailable, ProviderReplyError)
    with pytest.raises(wanted):
        answers(catalog, *[film(f"Film {n}", ids=[("tmdb", str(n))]) for n in range(100)])
    assert len(tmdb.requests) < 60


def test_a_limit_without_a_word_about_it_is_waited_out(tmdb: FakeTmdb) -> None:
    tmdb.titles += many(20)
    tmdb.fail("status", status=429, times=5)
    catalog = TmdbCatalog(READ_TOKEN, patience=QUICK, limit=5000, url=tmdb.url)
    got = answers(catalog, *[film(f"Film {n}", ids=[("tmdb", str(1000 + n))]) for n in range(20)])
    assert len(got) == 20
    assert not any(answer.failure for answer in got)
    catalog.close()


def test_asked_to_come_back_in_an_hour(catalog: TmdbCatalog, tmdb: FakeTmdb) -> None:
    tmdb.fail("status", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(ProviderBusy):
        answers(catalog, film("Heat", 1995))


def test_the_requests_keep_below_the_limit(tmdb: FakeTmdb) -> None:
    tmdb.titles += many(60)
    tmdb.limit = 40
    catalog = TmdbCatalog(READ_TOKEN, patience=QUICK, limit=40, url=tmdb.url)
    got = answers(catalog, *[film(f"Film {n}", ids=[("tmdb", str(1000 + n))]) for n in range(60)])
    assert len(got) == 60
    assert tmdb.refused == 0
    assert tmdb.most_in_flight <= 10
    catalog.close()


def test_a_round_that_is_left_half_way_leaves_nothing_running(catalog: TmdbCatalog, tmdb: FakeTmdb) -> None:
    tmdb.titles += many(50)
    tmdb.fail("slow", seconds=0.02)
    round_of_questions = catalog.look_up([film(f"Film {n}", ids=[("tmdb", str(1000 + n))]) for n in range(50)])
    while not next(round_of_questions):
        pass
    round_of_questions.close()  # type: ignore[attr-defined]
    assert catalog.check()


def test_while_the_person_is_offline_nothing_is_asked_and_no_title_is_blamed(tmdb: FakeTmdb) -> None:
    class Closed(NetworkLedger):
        asked = 0

        def permit(self, provider: str, host: str, peer: str = "") -> None:
            self.asked += 1
            raise ProviderUnavailable(provider, "Homereel is offline.", "Change that in Configuration.")

    ledger, got = Closed(), []
    catalog = TmdbCatalog(READ_TOKEN, ledger=ledger, patience=QUICK, limit=5000, url=tmdb.url)
    with pytest.raises(ProviderUnavailable, match="offline"):
        for batch in catalog.look_up([film(f"Film {n}", 2000) for n in range(100)]):
            got += batch
    catalog.close()
    assert tmdb.requests == []
    assert ledger.asked <= 10
    assert got == []
