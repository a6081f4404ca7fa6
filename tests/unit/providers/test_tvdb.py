"""TVDB against its fake over real HTTP: the login and its token, how a show is found, and what is made of the answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from library.errors import ProviderDenied, ProviderReplyError
from library.items import CreditRole, ExternalId, MediaKind
from library.sources import Answered, Metadata, Question
from providers.catalogs.tvdb import TvdbCatalog
from providers.http import Patience
from tests.fakes.tvdb import KEY, PIN, FakeTvdb, Record

QUICK = Patience(connect=1, read=1, overall=2, attempts=2, pause=0.01)
DARK = Record(
    334824,
    "Dark",
    2017,
    imdb="tt5753856",
    runtime=53,
    overviews={"eng": "A cave.", "deu": "Eine Höhle."},
    names={"eng": "Dark", "fra": "Sombre"},
)
WORLD = [DARK, Record(7, "Dark", 1990), Record(9, "A Film", 2001, kind="movie", runtime=99)]


@pytest.fixture
def tvdb() -> Iterator[FakeTvdb]:
    with FakeTvdb(records=list(WORLD)) as fake:
        yield fake


@pytest.fixture
def catalog(tvdb: FakeTvdb) -> Iterator[TvdbCatalog]:
    made = TvdbCatalog(KEY, patience=QUICK, limit=5000, url=tvdb.url)
    yield made
    made.close()


def show(title: str, year: int | None = None, **more: Any) -> Question:
    ids = tuple(ExternalId(*one) for one in more.pop("ids", ()))
    return Question(1, more.pop("kind", MediaKind.SHOW), title, year, external_ids=ids, **more)


def answers(catalog: TvdbCatalog, *questions: Question) -> list[Answered]:
    return [answer for batch in catalog.look_up(questions) for answer in batch]


def found(catalog: TvdbCatalog, question: Question) -> Metadata | None:
    (answer,) = answers(catalog, question)
    assert answer.failure == ""
    return answer.metadata


def test_a_show_by_its_id(catalog: TvdbCatalog) -> None:
    said = found(catalog, show("Dark", ids=[("tvdb", "334824")]))
    assert said is not None
    assert (said.title, said.year, said.end_year, said.status, said.runtime) == ("Dark", 2017, 2021, "Ended", 53.0)
    assert (said.seasons, said.episodes, said.language, said.content_rating) == (2, 3, "de", "TV-MA")
    assert said.people(CreditRole.CAST) == ("Otto Berg", "Ida Lund")
    assert said.people(CreditRole.CREATOR) == ("Nora Falk",)
    assert said.external_ids == (ExternalId("tvdb", "334824"), ExternalId("imdb", "tt5753856"))
    assert (said.overview, said.companies, said.genres) == ("A cave.", ("Northlight",), ("Drama",))


def test_a_show_by_the_id_of_imdb_and_by_name_and_year(catalog: TvdbCatalog) -> None:
    assert found(catalog, show("?", ids=[("imdb", "tt5753856")])).key == "334824"  # type: ignore[union-attr]
    assert found(catalog, show("Dark", 1990)).key == "7"  # type: ignore[union-attr]
    assert found(catalog, show("Sombre", 2017)).key == "334824"  # type: ignore[union-attr]
    assert found(catalog, show("Dark")) is None
    assert found(catalog, show("Dark", 1960)) is None
    assert found(catalog, show("Dark", 2017)).external_ids == ()  # type: ignore[union-attr]


def test_a_film(catalog: TvdbCatalog) -> None:
    said = found(catalog, show("A Film", 2001, kind=MediaKind.MOVIE, runtime=99))
    assert said is not None
    assert (said.key, said.runtime, said.status, said.companies) == ("9", 99.0, None, ("Northlight",))


def test_the_language(tvdb: FakeTvdb) -> None:
    catalog = TvdbCatalog(KEY, language="de", patience=QUICK, limit=5000, url=tvdb.url)
    assert found(catalog, show("Dark", ids=[("tvdb", "334824")])).overview == "Eine Höhle."  # type: ignore[union-attr]
    catalog.close()


def test_one_login_for_many_questions(catalog: TvdbCatalog, tvdb: FakeTvdb) -> None:
    got = answers(catalog, *[show("Dark", ids=[("tvdb", "334824")]) for _ in range(30)])
    assert len(got) == 30
    assert tvdb.logins == 1
    assert KEY not in "".join(seen.raw + str(seen.headers) for seen in tvdb.requests)


def test_a_token_that_ran_out_is_changed_for_another_once(catalog: TvdbCatalog, tvdb: FakeTvdb) -> None:
    assert found(catalog, show("Dark", 2017)) is not None
    tvdb.expire()
    got = answers(catalog, *[show("Dark", ids=[("tvdb", "334824")]) for _ in range(20)])
    assert [answer.failure for answer in got] == [""] * 20
    assert tvdb.logins == 102


def test_a_key_that_needs_a_pin(tvdb: FakeTvdb, caplog: pytest.LogCaptureFixture) -> None:
    tvdb.pin = PIN
    with caplog.at_level(logging.DEBUG):
        without = TvdbCatalog(KEY, patience=QUICK, url=tvdb.url)
        with pytest.raises(ProviderDenied, match="PIN"):
            without.check()
        without.close()
        with_pin = TvdbCatalog(KEY, PIN, patience=QUICK, url=tvdb.url)
        assert with_pin.check().endswith(".")
        with_pin.close()
    assert KEY not in caplog.text
    assert PIN not in caplog.text


def test_a_wrong_key_and_somebody_else(tvdb: FakeTvdb) -> None:
    catalog = TvdbCatalog("not-the-key-at-all", patience=QUICK, limit=5000, url=tvdb.url)
    with pytest.raises(ProviderDenied, match="does not take this key"):
        answers(catalog, show("Dark", 2017))
    catalog.close()
    tvdb.fail("json")
    other = TvdbCatalog(KEY, patience=QUICK, limit=5000, url=tvdb.url)
    with pytest.raises(ProviderReplyError, match="not TVDB"):
        other.check()
    other.close()


def test_a_person_searches(catalog: TvdbCatalog) -> None:
    matches = catalog.search(MediaKind.SHOW, "dark", 2017)
    assert next((one.key, one.title, one.year, one.overview) for one in matches) == ("334824", "Dark", 2017, "A cave.")
    assert len(matches) == 2


def test_what_a_person_chose_is_not_doubted(catalog: TvdbCatalog) -> None:
    assert found(catalog, show("Dark", 2017, key="7")).year == 1990  # type: ignore[union-attr]
