"""An account at plex.tv, over real HTTP against a fake of Plex's sites."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from library.accounts import CodeShown, HomeUser, account_secret_of, person_secret_of
from library.errors import ProviderDenied, ProviderError, ProviderOffline, ProviderReplyError, ProviderUnavailable
from library.items import MediaKind
from library.progress import run
from library.redaction import RedactingFilter
from library.settings import SourceSettings
from library.writing import WriteKind
from providers.http import Patience
from providers.ledger import NetworkLedger
from providers.plex_opening import PlexOpener
from providers.servers.plex_installation import PlexInstallation
from tests.fakes.plex import FakePlex
from tests.fakes.plex_tv import ANNA, BEN, HANNA, Device, FakePlexTv, Title
from tests.fakes.plex_world import make_world

SOURCE = SourceSettings(id="plex-1", kind="plex", name="Cellar", url="http://127.0.0.1:1")
WRONG_PIN = "4711"
DEAD = "http://127.0.0.1:1"


@pytest.fixture
def plex_tv() -> Iterator[FakePlexTv]:
    titles = [
        Title("5d0001", "movie", "Alien", 1979),
        Title("5d0002", "movie", "Alien Resurrection", 1997),
        Title("5d0003", "show", "Dark", 2017),
        Title("5d0004", "movie", "Dark City", 1998),
        Title("5d0005", "movie", "Alien", 2024),
    ]
    with FakePlexTv(titles=titles, watchlists={HANNA: ["5d0001", "5d0003"]}) as fake:
        yield fake


@pytest.fixture
def ledger() -> NetworkLedger:
    return NetworkLedger()


@pytest.fixture
def opener(tmp_path: Path, ledger: NetworkLedger, plex_tv: FakePlexTv) -> PlexOpener:
    return PlexOpener(tmp_path / "plex.json", ledger, plex_tv.sites)


def token_of(plex_tv: FakePlexTv, who: str = HANNA) -> str:
    return plex_tv.person(who).token


# Signing in


def test_the_person_signs_in_on_plexs_own_page(opener: PlexOpener, plex_tv: FakePlexTv, tmp_path: Path) -> None:
    with closing(opener.account()) as account:
        job = account.sign_in(pause=0.01)
        shown = next(step for step in job if isinstance(step, CodeShown))
        assert shown.link.startswith("https://app.plex.tv/auth#?clientID=homereel-")
        assert "context%5Bdevice%5D%5Bproduct%5D=Homereel" in shown.link
        assert shown.code in shown.link
        for _ in range(3):
            next(job)
        plex_tv.visit(shown.link)
        who = run(job)
    assert (who.id, who.name, who.token) == (HANNA, "Hanna", token_of(plex_tv))
    assert who.token not in repr(who)
    names = {seen.headers["X-Plex-Client-Identifier"] for seen in plex_tv.requests}
    assert names == {PlexInstallation(tmp_path / "plex.json").client_id}
    assert all("oken" not in seen.raw for seen in plex_tv.requests)


def test_a_code_that_runs_out_is_said(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with closing(opener.account()) as account:
        job = account.sign_in(pause=0.01)
        next(step for step in job if isinstance(step, CodeShown))
        plex_tv.run_out()
        with pytest.raises(ProviderDenied, match="run out"):
            run(job)


def test_a_few_looks_may_fail(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    plex_tv.claimed_after = 1
    plex_tv.fail("reset", path="/pins/", times=4)
    with closing(opener.account()) as account:
        assert run(account.sign_in(pause=0.01)).name == "Hanna"


def test_a_sign_in_can_be_given_up(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with closing(opener.account()) as account:
        job = account.sign_in(pause=0.01)
        next(step for step in job if isinstance(step, CodeShown))
        job.close()
        asked = len(plex_tv.requests)
    assert len(plex_tv.requests) == asked == 1


@pytest.mark.parametrize("kind", ["html", "json", "empty", "text", "truncate", "cut", "garbage"])
def test_an_odd_answer_is_a_sentence(opener: PlexOpener, plex_tv: FakePlexTv, kind: str) -> None:
    plex_tv.fail(kind)
    with closing(opener.account()) as account, pytest.raises(ProviderError) as error:
        run(account.sign_in(pause=0.01))
    assert str(error.value).endswith(".")


def test_signing_out_ends_the_token(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with closing(opener.account(token_of(plex_tv))) as account:
        account.sign_out()
    with closing(opener.account(token_of(plex_tv))) as account:
        with pytest.raises(ProviderDenied, match="Sign in with Plex again"):
            account.servers()
        account.sign_out()  # a second time there is nothing to end


# Servers of the account


def test_servers_come_with_their_ways_the_best_first(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    plex_tv.devices = [
        Device(
            "Cellar",
            "m1",
            [
                ("https://relay.example:443", False, True),
                ("https://8-8-8-8.h.plex.direct:32400", False, False),
                ("https://192-168-1-20.h.plex.direct:32400", True, False),
                ("http://9.9.9.9:32400", False, False),
            ],
        ),
        Device("Attic", "m2", [("https://10-0-0-1.h.plex.direct:1", True, False)], owner=ANNA, users=(HANNA,)),
        Device("Safe", "m3", [("https://10-0-0-2.h.plex.direct:1", True, False)], https_required=True),
        Device("Telly", "m4", [], provides="client,player"),
    ]
    with closing(opener.account(token_of(plex_tv))) as account:
        cellar, safe, attic = account.servers()
    assert [way.url for way in cellar.addresses] == [
        "https://192-168-1-20.h.plex.direct:32400",
        "http://192.168.1.20:32400",
        "https://8-8-8-8.h.plex.direct:32400",
        "https://relay.example:443",
    ]
    assert cellar.account_id == "1"
    assert [way.url for way in safe.addresses] == ["https://10-0-0-2.h.plex.direct:1"]
    assert (attic.owned, attic.owner, attic.account_id) == (False, "Anna", HANNA)
    assert attic.words == "Attic, shared by Anna, local, 10.0.0.1"
    assert cellar.token not in repr(cellar)


def test_the_first_way_at_which_the_server_itself_answers(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with FakePlex(make_world(2, 0)) as other, FakePlex(make_world(2, 0)) as right:
        other.world.machine = "another"
        ways = [(DEAD, True, False), (other.url, True, False), (right.url, True, False), (other.url, False, True)]
        plex_tv.devices = [Device("Cellar", right.world.machine, ways)]
        with closing(opener.account(token_of(plex_tv))) as account:
            (server,) = account.servers()
            assert run(account.reach(server)) == right.url
        assert [seen.path for seen in right.requests] == ["/identity"]
        assert not [seen for seen in (*other.requests, *right.requests) if "X-Plex-Token" in seen.headers]


def test_a_server_that_answers_nowhere_is_said(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    plex_tv.devices = [Device("Cellar", "m1", [(DEAD, True, False), ("http://127.0.0.1:2", True, False)])]
    with closing(opener.account(token_of(plex_tv))) as account:
        (server,) = account.servers()
        with pytest.raises(ProviderUnavailable, match="Cellar does not answer at any of its 2 addresses"):
            run(account.reach(server))


def test_a_server_without_an_address_or_with_another_one_there_is_said(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with FakePlex(make_world(1, 0)) as other:
        plex_tv.devices = [Device("Attic", "m1", []), Device("Cellar", "m2", [(other.url, True, False)])]
        with closing(opener.account(token_of(plex_tv))) as account:
            attic, cellar = account.servers()
            with pytest.raises(ProviderUnavailable, match="no address of Attic"):
                run(account.reach(attic))
            with pytest.raises(ProviderUnavailable, match="Another server than Cellar"):
                run(account.reach(cellar))


def test_out_of_reach_is_said_as_that(opener: PlexOpener, plex_tv: FakePlexTv, ledger: NetworkLedger) -> None:
    plex_tv.devices = [Device("Cellar", "m1", [("http://10.1.2.3:1", True, False), ("http://10.1.2.4:1", True, False)])]
    with closing(opener.account(token_of(plex_tv))) as account:
        (server,) = account.servers()
        ledger.reach = "none"
        with pytest.raises(ProviderOffline):
            run(account.reach(server))


FAULTS: dict[str, dict[str, object]] = {
    "status 401": {"kind": "status", "status": 401},
    "status 403": {"kind": "status", "status": 403},
    "status 404": {"kind": "status", "status": 404},
    "status 429": {"kind": "status", "status": 429},
    "status 429 later": {"kind": "status", "status": 429, "headers": {"Retry-After": "30"}},
    "status 500": {"kind": "status", "status": 500},
    "status 503": {"kind": "status", "status": 503},
    "status 520": {"kind": "status", "status": 520},
    "html": {"kind": "html"},
    "text": {"kind": "text"},
    "empty": {"kind": "empty"},
    "truncate": {"kind": "truncate"},
    "cut": {"kind": "cut"},
    "reset": {"kind": "reset"},
    "reset in body": {"kind": "reset in body"},
    "garbage": {"kind": "garbage"},
    "loop": {"kind": "loop"},
    "elsewhere": {"kind": "elsewhere", "target": "http://127.0.0.1:9"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_is_a_sentence_without_a_secret(
    opener: PlexOpener, plex_tv: FakePlexTv, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    monkeypatch.setattr("providers.plex_account.BRIEF", Patience(1.0, 1.0, 2.0, attempts=2, pause=0.01))
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(RedactingFilter())
    ben = HomeUser(BEN, f"uuid{BEN}", "Ben", guarded=True)
    plex_tv.fail(**FAULTS[fault])  # type: ignore[arg-type]
    told = []
    with (
        closing(opener.account(token_of(plex_tv))) as account,
        closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist,
    ):
        for ask in (
            account.servers,
            watchlist.watchlist,
            lambda: watchlist.candidates(MediaKind.MOVIE, "Alien", 1979),
            lambda: watchlist.state(WriteKind.WATCHLIST, "plex://movie/5d0001"),
            lambda: opener.switch_home_user(SOURCE, token_of(plex_tv), ben, WRONG_PIN),
        ):
            with pytest.raises(ProviderError) as error:
                ask()
            told.append(str(error.value))
            told.append("".join(traceback.format_exception(error.value)))
        plex_tv.recover()
        assert len(watchlist.watchlist()) == 2  # the next time it goes on
    written = "\n".join([*told, caplog.text])
    assert all(sentence.endswith(".") for sentence in told[::2])
    for secret in (token_of(plex_tv), WRONG_PIN):
        assert secret not in written


# The people of the home


@pytest.mark.parametrize("version", [1, 2])
def test_the_people_of_a_home(opener: PlexOpener, plex_tv: FakePlexTv, version: int) -> None:
    plex_tv.home_version = version
    users = opener.home_users(SOURCE, token_of(plex_tv))
    assert [(one.id, one.name, one.guarded, one.admin) for one in users] == [
        (HANNA, "Hanna", False, True),
        (ANNA, "Anna", False, False),
        (BEN, "Ben", True, False),
    ]


def test_an_account_without_a_home_has_nobody(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    plex_tv.home_version = 0
    assert opener.home_users(SOURCE, token_of(plex_tv)) == ()


def test_a_person_gets_a_token_of_their_own(opener: PlexOpener, plex_tv: FakePlexTv, tmp_path: Path) -> None:
    PlexInstallation(tmp_path / "plex.json").remember(SOURCE.id, "m1")
    plex_tv.devices = [Device("Cellar", "m1", [], users=(ANNA,))]
    _, anna, ben = opener.home_users(SOURCE, token_of(plex_tv))
    assert opener.switch_home_user(SOURCE, token_of(plex_tv), anna) == plex_tv.person(ANNA).server_token("m1")
    with pytest.raises(ProviderDenied, match="not the PIN of Ben"):
        opener.switch_home_user(SOURCE, token_of(plex_tv), ben, "9999")
    with pytest.raises(ProviderDenied, match="Ben may not use this server"):
        opener.switch_home_user(SOURCE, token_of(plex_tv), ben, "1234")


def test_which_server_it_is_is_asked_when_it_is_not_known(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with FakePlex(make_world(1, 0)) as plex:
        source = SourceSettings(id="plex-2", kind="plex", name="Cellar", url=plex.url)
        plex_tv.devices = [Device("Cellar", plex.world.machine, [])]
        anna = opener.home_users(source, token_of(plex_tv))[1]
        token = opener.switch_home_user(source, token_of(plex_tv), anna)
        assert token == plex_tv.person(ANNA).server_token(plex.world.machine)
        assert "X-Plex-Token" not in plex.requests[0].headers


def test_secrets_have_names_of_their_own() -> None:
    assert account_secret_of(SOURCE) == "plex-account:plex-1"
    assert person_secret_of(SOURCE, ANNA) == "source:plex-1:7002"


# The watchlist


def test_the_watchlist_is_read_page_by_page(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    plex_tv.titles += [Title(f"6d{n:04}", "movie", f"Film {n}", 2000) for n in range(240)]
    plex_tv.watchlists[HANNA] += [f"6d{n:04}" for n in range(240)]
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        listed = watchlist.watchlist()
    assert len(listed) == 242
    assert (listed[0].title, listed[-1].title) == ("Film 239", "Alien")
    assert len([seen for seen in plex_tv.requests if "watchlist" in seen.path]) == 3


def test_candidates_begin_with_what_is_called_the_same(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        found = watchlist.candidates(MediaKind.MOVIE, "Alien", 2024)
        assert [(one.title, one.year) for one in found] == [
            ("Alien", 2024),
            ("Alien", 1979),
            ("Alien Resurrection", 1997),
        ]
        assert [one.target for one in watchlist.candidates(MediaKind.SHOW, "Dark", None)] == ["plex://show/5d0003"]
        assert watchlist.candidates(MediaKind.TRACK, "Dark", None) == ()


@pytest.mark.parametrize("keeps_state", [True, False])
def test_a_write_is_read_back_and_can_be_undone(opener: PlexOpener, plex_tv: FakePlexTv, keeps_state: bool) -> None:
    plex_tv.keeps_state = keeps_state
    target, before = "plex://movie/5d0004", plex_tv.dump()
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        assert watchlist.can_write() == {WriteKind.WATCHLIST}
        assert watchlist.lists(WriteKind.WATCHLIST) == ()
        state = watchlist.state(WriteKind.WATCHLIST, target)
        assert state == {"listed": False}
        written = run(watchlist.write(WriteKind.WATCHLIST, target, state, {"listed": True}))
        assert (written.target, written.state) == (target, {"listed": True})
        assert "5d0004" in plex_tv.dump()
        run(watchlist.write(WriteKind.WATCHLIST, target, written.state, state))
    assert plex_tv.dump() == before


def test_what_is_so_already_is_no_failure(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        written = run(watchlist.write(WriteKind.WATCHLIST, "plex://movie/5d0001", None, {"listed": True}))
    assert written.state == {"listed": True}


def test_a_title_that_plex_does_not_take_is_said(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        with pytest.raises(ProviderReplyError, match="not put on"):
            run(watchlist.write(WriteKind.WATCHLIST, "plex://movie/ffff", None, {"listed": True}))
        for kind, target in ((WriteKind.WATCHLIST, "imdb://tt1"), (WriteKind.RATING, "plex://movie/5d0001")):
            with pytest.raises(ProviderReplyError):
                watchlist.state(kind, target)


def test_a_watchlist_that_moved_house_is_said_calmly(opener: PlexOpener, plex_tv: FakePlexTv) -> None:
    plex_tv.keeps_watchlist = False
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        with pytest.raises(ProviderUnavailable, match="not where it used to be"):
            watchlist.watchlist()
        with pytest.raises(ProviderUnavailable, match="not where it used to be"):
            run(watchlist.write(WriteKind.WATCHLIST, "plex://movie/5d0004", None, {"listed": True}))


def test_every_request_is_in_the_ledger(opener: PlexOpener, plex_tv: FakePlexTv, ledger: NetworkLedger) -> None:
    opener.home_users(SOURCE, token_of(plex_tv))
    with closing(opener.watchlist(SOURCE, token_of(plex_tv))) as watchlist:
        watchlist.watchlist()
    assert sum(row.count for row in ledger.connections_today()) == len(plex_tv.requests) == 2
