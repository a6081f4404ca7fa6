"""An account at TMDB against its fake over real HTTP: agreeing, reading page by page, and the way in closed behind us."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest

from library.accounts import CodeShown
from library.errors import ProviderDenied, ProviderError, ProviderOffline, ProviderReplyError
from library.items import MediaKind
from library.past.tmdb import AccountPast, ListKind
from library.progress import Job, Progress, run
from library.redaction import redact
from providers.catalogs import tmdb_account
from providers.catalogs.tmdb_account import NOT_ENDED, TmdbAccount
from providers.http import Patience
from providers.ledger import NetworkLedger
from tests.fakes.tmdb import API_KEY, READ_TOKEN, FakeTmdb

QUICK = Patience(connect=1, read=0.4, overall=0.6, attempts=1, pause=0.005)
FILMS = [(1000 + n, f"Film {n}", 1950 + n, 0.5 * (n % 20 + 1)) for n in range(45)]


@pytest.fixture
def tmdb() -> Iterator[FakeTmdb]:
    with FakeTmdb() as fake:
        fake.account.lists = {
            ("rated", "movies"): list(FILMS),
            ("rated", "tv"): [(1396, "Breaking Bad", 2008, 9.5)],
            ("favorite", "movies"): [(949, "Heat", 1995, 0.0)],
            ("watchlist", "movies"): [(680, "Pulp Fiction", 1994, 0.0)],
            ("watchlist", "tv"): [(1398, "The Sopranos", 1999, 0.0)],
        }
        yield fake


@pytest.fixture
def account(tmdb: FakeTmdb) -> Iterator[TmdbAccount]:
    with closing(TmdbAccount(READ_TOKEN, patience=QUICK, limit=5000, url=tmdb.url)) as made:
        yield made


def asking(account: TmdbAccount, wait: float = 10.0) -> Job[AccountPast]:
    return account.past(pause=0.01, wait=wait)


def until(job: Job[AccountPast], wanted: Callable[[Progress], bool]) -> Progress:
    """Drive a job to a step."""
    return next(step for step in job if wanted(step))


def secrets_of(tmdb: FakeTmdb) -> set[str]:
    known = tmdb.account
    return {READ_TOKEN, API_KEY, *known.sessions, *known.ended}


def test_everything_is_read_once_the_owner_has_agreed(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    steps: list[Progress] = []
    past = run(asking(account), steps.append)
    (page,) = [step for step in steps if isinstance(step, CodeShown)]
    assert page.link.startswith("https://www.themoviedb.org/authenticate/request-canary-")
    assert page.seconds == 10.0
    assert past.owner == "ada"
    assert past.note == ""
    assert [(one.what, one.name, len(one.titles)) for one in past.lists] == [
        (ListKind.RATED, "Rated films", 45),
        (ListKind.RATED, "Rated shows", 1),
        (ListKind.FAVOURITE, "Favourite films", 1),
        (ListKind.FAVOURITE, "Favourite shows", 0),
        (ListKind.WATCHLIST, "Films on the watchlist", 1),
        (ListKind.WATCHLIST, "Shows on the watchlist", 1),
    ]
    films, shows = past.lists[0].titles, past.lists[1].titles
    assert [(one.key, one.title, one.year, one.rating) for one in films] == [
        (str(number), title, year, rating) for number, title, year, rating in FILMS
    ]
    assert (shows[0].kind, shows[0].key, shows[0].title) == (MediaKind.SHOW, "1396", "Breaking Bad")
    pages = [seen.query["page"] for seen in tmdb.requests if seen.path.endswith("/rated/movies")]
    assert pages == ["1", "2", "3"]
    assert (tmdb.account.sessions, len(tmdb.account.ended)) == (set(), 1)
    assert tmdb.requests[-1].method == "DELETE"


def test_a_read_token_stays_out_of_addresses_and_a_short_key_does_as_well(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    run(asking(account))
    assert all(READ_TOKEN not in seen.raw and seen.headers["Authorization"] for seen in tmdb.requests)
    with closing(TmdbAccount(API_KEY, "de", patience=QUICK, limit=5000, url=tmdb.url)) as other:
        assert run(asking(other)).owner == "ada"
    assert {seen.query.get("language") for seen in tmdb.requests if "/rated/" in seen.path} == {"en", "de"}


def test_it_waits_until_the_owner_agrees_and_a_few_looks_may_fail(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    tmdb.account.decision = ""
    job = asking(account)
    page = until(job, lambda step: isinstance(step, CodeShown))
    assert isinstance(page, CodeShown)
    tmdb.fail("status", path="/session/new", status=502, after=1, times=2)
    until(job, lambda step: tmdb.account.looks >= 3)
    tmdb.account.visit(page.link)
    assert run(job).owner == "ada"
    assert tmdb.account.sessions == set()


def test_a_service_that_stays_away_is_not_waited_for(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    tmdb.fail("status", path="/session/new", status=502)
    with pytest.raises(ProviderError, match="in trouble"):
        run(asking(account))


@pytest.mark.parametrize(
    ("decision", "wait", "sentence"), [("refuse", 10.0, "refused or has run out"), ("", 0.05, "Nobody agreed")]
)
def test_a_no_and_no_answer_are_said(
    account: TmdbAccount, tmdb: FakeTmdb, decision: str, wait: float, sentence: str
) -> None:
    tmdb.account.decision = decision
    with pytest.raises(ProviderDenied, match=sentence) as error:
        run(asking(account, wait))
    assert error.value.hint
    assert not any(seen.path == "/3/account" for seen in tmdb.requests)


def test_given_up_while_waiting_there_is_no_session(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    tmdb.account.decision = ""
    job = asking(account)
    page = until(job, lambda step: isinstance(step, CodeShown))
    assert isinstance(page, CodeShown)
    until(job, lambda step: tmdb.account.looks >= 2)
    job.close()
    tmdb.account.visit(page.link)
    assert (tmdb.account.sessions, tmdb.account.ended) == (set(), [])


def test_given_up_while_reading_the_session_is_ended(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    job = asking(account)
    until(job, lambda step: step.done == 20)
    assert tmdb.account.sessions
    job.close()
    assert (tmdb.account.sessions, len(tmdb.account.ended)) == (set(), 1)


def test_given_up_while_tmdb_says_nothing_it_is_not_waited_for(tmdb: FakeTmdb) -> None:
    tmdb.fail("slow", path="/rated/movies", seconds=60.0)
    patient = Patience(connect=1, read=60.0, overall=60.0, attempts=1)
    with closing(TmdbAccount(READ_TOKEN, patience=patient, limit=5000, url=tmdb.url)) as account:
        job = asking(account)
        until(job, lambda step: any(seen.path.endswith("/rated/movies") for seen in tmdb.requests))
        job.close()
    assert (tmdb.account.sessions, len(tmdb.account.ended)) == (set(), 1)


FAULTS = [
    ("status", {"status": 500}, "error 500"),
    ("status", {"status": 404}, "nothing at this address"),
    ("html", {}, "cannot be read"),
    ("json", {}, "do not understand"),
    ("reset", {}, ""),
    ("cut", {}, ""),
    ("slow", {"seconds": 3.0}, ""),
]


@pytest.mark.parametrize(("kind", "details", "sentence"), FAULTS)
@pytest.mark.parametrize("path", ["/token/new", "/3/account", "/watchlist/tv"])
def test_whatever_goes_wrong_is_a_sentence_and_the_session_is_ended(
    account: TmdbAccount, tmdb: FakeTmdb, kind: str, details: dict[str, object], sentence: str, path: str
) -> None:
    tmdb.fail(kind, path=path, **details)
    with pytest.raises(ProviderError) as error:
        run(asking(account))
    assert sentence in error.value.message
    assert error.value.message.endswith(".")
    assert tmdb.account.sessions == set()
    assert not any(secret in str(error.value) for secret in secrets_of(tmdb))


def test_a_wrong_key_and_a_session_that_is_ended_meanwhile_are_said(tmdb: FakeTmdb, account: TmdbAccount) -> None:
    wrong = TmdbAccount("f" * 32, patience=QUICK, limit=5000, url=tmdb.url)
    with closing(wrong), pytest.raises(ProviderDenied, match="does not take the key"):
        run(asking(wrong))
    job = asking(account)
    until(job, lambda step: step.done == 20)
    tmdb.account.revoke()
    with pytest.raises(ProviderDenied, match="does not let us read"):
        run(job)


def test_a_session_that_cannot_be_ended_is_told(account: TmdbAccount, tmdb: FakeTmdb, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    tmdb.watch = lambda path: tmdb.fail("status", path="/session", status=500) if path.endswith("/tv") else None
    past = run(asking(account))
    assert past.note == NOT_ENDED
    (session,) = tmdb.account.sessions
    assert session not in caplog.text
    assert session not in redact(f"?session_id={session} {session}")
    assert session not in repr(past) + repr(account)
    assert READ_TOKEN not in caplog.text + repr(account)


def test_of_a_list_without_end_so_much_is_read_as_tmdb_hands_out(
    account: TmdbAccount, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tmdb_account, "LAST_PAGE", 2)
    rated = run(asking(account)).lists[0]
    assert (len(rated.titles), rated.note) == (40, "TMDB hands out no more than 40 titles of a list.")


def test_odd_lines_are_handed_on_as_far_as_they_go(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    tmdb.account.lists = {("rated", "movies"): [("x", "", "soon", "many")]}  # type: ignore[list-item]
    (odd,) = run(asking(account)).lists[0].titles
    assert (odd.key, odd.title, odd.year, odd.rating) == ("", "", None, None)


def test_every_request_is_in_the_ledger_and_offline_nothing_is_sent(tmdb: FakeTmdb) -> None:
    ledger, opened = NetworkLedger(), partial(TmdbAccount, READ_TOKEN, patience=QUICK, limit=5000)
    with closing(opened(ledger=ledger, url=tmdb.url)) as account:
        run(asking(account))
    assert sum(row.requests for row in ledger.fresh()) == len(tmdb.requests)
    assert {row.purpose for row in ledger.fresh()} == {"Bringing your past along"}
    tmdb.forget()
    url = tmdb.url.replace("127.0.0.1", "somewhere.example")
    with closing(opened(ledger=NetworkLedger(reach="none"), url=url)) as account, pytest.raises(ProviderOffline):
        run(asking(account))
    assert tmdb.requests == []


def test_what_is_no_token_is_not_shown_as_a_page(account: TmdbAccount, tmdb: FakeTmdb) -> None:
    tmdb.account.tokens = {}
    tmdb.fail("json", path="/token/new")
    with pytest.raises(ProviderReplyError, match="do not understand"):
        run(asking(account))
