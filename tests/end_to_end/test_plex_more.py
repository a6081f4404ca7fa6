"""What a Plex server tells beside its library: history, sonic neighbours, files, and what changes, over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.errors import ProviderDenied, ProviderOffline, ProviderReplyError
from library.home import find_home
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.sources import HistoryEntry, SoundNeighbour
from library.watch_history import scan_with_history
from providers.http import NetworkLedger, Patience, ProviderSession
from providers.servers.file_pieces import PIECE
from providers.servers.plex import PlexServer
from providers.servers.plex_alerts import PURPOSE, Rhythm, changed_keys
from tests.fakes.certificate import fingerprint_of, make_certificate, server_side
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import EPOCH, Episode, Played, make_world

QUICK = Patience(connect=2, read=2, overall=5, pause=0.01)
GUEST = "a-Guests-token-77"
SOURCE = SourceSettings("p", "plex", "Cellar", url="http://127.0.0.1:32400")


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    world = make_world(6, 2, tracks=24)
    world.shows[0].episodes = [Episode("7701", 1, 1), Episode("7702", 1, 2)]
    with FakePlex(world, guests={GUEST: "4711"}) as server:
        yield server


@pytest.fixture
def sign_in(plex: FakePlex, request: pytest.FixtureRequest) -> Callable[..., PlexServer]:
    def go(token: str = "", account: str = "", ledger: NetworkLedger | None = None) -> PlexServer:
        session = ProviderSession("Cellar", QUICK, ledger)
        server = PlexServer("p", "Cellar", plex.url, token or plex.token, session=session)
        server.account = account
        server.rhythm = Rhythm(ask=0.3, again=0.01, longest=0.05)
        request.addfinalizer(server.close)
        return server

    return go


# History


@pytest.fixture
def played(plex: FakePlex) -> list[Played]:
    plex.world.history = [
        Played("1000", EPOCH + 10),
        Played("7702", EPOCH + 20),
        Played("1000003", EPOCH + 30),
        Played("", EPOCH + 40),
        Played("1001", EPOCH + 50, "4711"),
        Played("1002", EPOCH + 60),
    ]
    return plex.world.history


def told(server: PlexServer, since: float = 0.0) -> list[HistoryEntry]:
    return [entry for page in server.history(since) for entry in page]


def test_the_history_is_ones_own_and_episodes_count_for_their_show(
    plex: FakePlex, sign_in: Callable[..., PlexServer], played: list[Played]
) -> None:
    assert told(sign_in()) == [
        HistoryEntry("1002", EPOCH + 60),
        HistoryEntry("1000003", EPOCH + 30),
        HistoryEntry("100000", EPOCH + 20),
        HistoryEntry("1000", EPOCH + 10),
    ]
    assert [entry.key for entry in told(sign_in(), EPOCH + 25)] == ["1002", "1000003"]
    assert told(sign_in(GUEST, "4711")) == [HistoryEntry("1001", EPOCH + 50)]
    asked = [seen.query for seen in plex.requests if "history" in seen.path]
    assert [query["accountID"] for query in asked] == ["1", "1", "4711"]


def test_nobody_elses_history_is_read_when_the_account_is_not_known(
    plex: FakePlex, sign_in: Callable[..., PlexServer], played: list[Played]
) -> None:
    with pytest.raises(ProviderDenied, match="It is not known which person"):
        told(sign_in(GUEST))
    assert not [seen for seen in plex.requests if "history" in seen.path]


def test_a_long_history_comes_in_pages(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    plex.world.history = [Played("1000", EPOCH + n) for n in range(2100)]
    assert len(told(sign_in())) == 2100
    assert len([seen for seen in plex.requests if "history" in seen.path]) == 3


def test_a_scan_brings_the_history_in_and_stands_when_that_fails(
    plex: FakePlex, sign_in: Callable[..., PlexServer], played: list[Played], home_path: Path
) -> None:
    with Library.open(find_home(home_path)) as library:
        plex.fail("status", path="/status", status=500)
        report = run(scan_with_history(library, sign_in(), SOURCE))
        assert (report.listed, report.failed) == (32, 0)
        assert report.problems[-1].startswith("What was watched could not be read.")
        assert library.watches.counts() == {}
        plex.recover()
        report = run(scan_with_history(library, sign_in(), SOURCE))
        assert (report.listed, report.problems) == (32, ())
        items = {place.key: item for item in library.items.all() for place in item.places}
        assert {item.title for key, item in items.items() if item.id in library.watches.counts()} == {
            items[key].title for key in ("1000", "100000", "1000003", "1002")
        }
        plex.forget()
        run(scan_with_history(library, sign_in(), SOURCE))
        assert "viewedAt>" in next(seen for seen in plex.requests if "history" in seen.path).query


# Neighbours and files


def test_what_sounds_alike_comes_nearest_first(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    plex.world.touch("1000000", near=[("1000005", 0.2), ("1000000", 0.0), ("1000004", 0.1), ("1000006", 0.9)])
    server = sign_in()
    assert server.sounds_like("1000000") == (SoundNeighbour("1000004", 0.1), SoundNeighbour("1000005", 0.2))
    assert server.sounds_like("1000000", limit=1) == (SoundNeighbour("1000004", 0.1),)
    assert server.sounds_like("1000001") == ()
    plex.fail("status", path="/nearest", status=403)
    assert server.sounds_like("1000000") == ()


@pytest.mark.parametrize("cuts", [True, False])
def test_a_file_comes_as_it_is(plex: FakePlex, sign_in: Callable[..., PlexServer], cuts: bool) -> None:
    plex.cuts_files = cuts
    track = plex.world.tracks[3]
    assert b"".join(sign_in().stream(track.key)) == track.content
    files = [seen for seen in plex.requests if "/parts/" in seen.path]
    assert [seen.headers["X-Plex-Token"] for seen in files] == [plex.token]
    assert not [seen.raw for seen in plex.requests if plex.token in seen.raw]


def test_a_long_file_comes_in_pieces(
    plex: FakePlex, sign_in: Callable[..., PlexServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.servers.file_pieces.PIECE", 40_000)
    track = plex.world.tracks[3]
    pieces = list(sign_in().stream(track.key))
    assert b"".join(pieces) == track.content
    assert [len(piece) for piece in pieces] == [40_000, 40_000, 40_000, 30_000]
    assert PIECE > 40_000


@pytest.mark.parametrize("fault", ["html", "json", "text"])
def test_something_else_than_a_file_is_found_out(
    plex: FakePlex, sign_in: Callable[..., PlexServer], fault: str
) -> None:
    plex.fail(fault, path="/parts/")
    with pytest.raises(ProviderReplyError, match="something else"):
        list(sign_in().stream("1000003"))


def test_a_show_has_no_file(sign_in: Callable[..., PlexServer]) -> None:
    with pytest.raises(ProviderReplyError, match="no file"):
        list(sign_in().stream("100000"))


# Changes


def heard(changes: Iterator[tuple[str, ...] | None], do: Callable[[], object] = lambda: None) -> tuple[str, ...]:
    """What is told next, after ``do`` was done once somebody listens."""
    do()
    for keys in changes:
        if keys:
            return keys
    raise AssertionError("it told nothing and came to an end")


def until(changes: Iterator[tuple[str, ...] | None], is_so: Callable[[], bool]) -> None:
    for _ in changes:
        if is_so():
            return


def test_it_tells_what_was_read_anew_or_deleted(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    ledger = NetworkLedger()
    changes = sign_in(ledger=ledger).changes()
    until(changes, lambda: plex.listeners == 1)
    plex.say("no JSON")
    plex.tell(("1001", 2), ("-1", 5), kind="timeline")
    plex.tell(("1001", 5), kind="playing")
    assert heard(changes, lambda: plex.tell(("1002", 5), ("1003", 9))) == ("1002", "1003")
    began = time.monotonic()
    changes.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 1.0
    asked = [seen for seen in plex.requests if "websockets" in seen.path]
    assert [seen.headers["X-Plex-Token"] for seen in asked] == [plex.token]
    assert plex.token not in asked[0].raw
    assert [row.purpose for row in ledger.fresh() if row.purpose == PURPOSE] == [PURPOSE]
    assert sum(row.received for row in ledger.fresh() if row.purpose == PURPOSE) > 100


def test_it_connects_again_and_tells_what_was_missed(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    changes = sign_in().changes()
    until(changes, lambda: plex.listeners == 1)
    plex.fail("reset", path="websockets", times=2)
    plex.world.touch("1001", summary="Another text.")
    assert heard(changes, plex.hang_up) == ("1", "2", "3", "4")
    until(changes, lambda: plex.listeners == 1)
    assert heard(changes, lambda: plex.tell(("1002", 5))) == ("1002",)
    changes.close()  # type: ignore[attr-defined]


def test_a_server_that_cannot_tell_is_asked_now_and_then(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    plex.sockets = False
    changes = sign_in().changes()
    assert next(changes) is None
    until(changes, lambda: len([seen for seen in plex.requests if seen.path == "/library/sections"]) == 2)
    plex.fail("status", path="/library/sections", times=1)  # one question that fails changes nothing
    assert heard(changes, lambda: plex.world.touch("1001", summary="Another text.")) == ("1", "2", "3", "4")
    changes.close()  # type: ignore[attr-defined]


def test_a_wrong_token_and_the_wish_to_stay_away_end_it(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    with pytest.raises(ProviderDenied):
        list(sign_in("wrong-token-0815").changes())
    plex.fail("status", path="websockets", status=401)
    with pytest.raises(ProviderDenied):
        list(sign_in().changes())
    plex.recover()

    class Away(NetworkLedger):
        away = False

        def permit(self, provider: str, host: str, peer: str = "") -> None:
            if self.away:
                raise ProviderOffline(provider, "It is not wished.")

    ledger = Away()
    changes = sign_in(ledger=ledger).changes()
    until(changes, lambda: plex.listeners == 1)
    ledger.away = True
    with pytest.raises(ProviderOffline):
        list(changes)


def test_the_token_does_not_follow_to_another_place(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    with FakePlex(make_world(1)) as other:
        plex.fail("elsewhere", path="websockets", target=other.url, times=1)
        changes = sign_in().changes()
        until(changes, lambda: plex.listeners == 1)
        changes.close()  # type: ignore[attr-defined]
        assert other.requests == []


def test_a_certificate_that_is_trusted_by_its_fingerprint_serves_for_hearing_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, other = make_certificate(tmp_path, host="nas.local"), make_certificate(tmp_path)
    with FakePlex(make_world(2), tls=server_side(path)) as plex:
        session = ProviderSession("Cellar", QUICK, fingerprint=fingerprint_of(path))
        server = PlexServer("p", "Cellar", plex.url, plex.token, session=session)
        server.rhythm = Rhythm(again=0.01, longest=0.05)
        changes = server.changes()
        until(changes, lambda: plex.listeners == 1)
        changes.close()  # type: ignore[attr-defined]
        server.close()
        session = ProviderSession("Cellar", QUICK, fingerprint=fingerprint_of(other))
        stranger = PlexServer("p", "Cellar", plex.url, plex.token, session=session)
        stranger.rhythm = Rhythm(again=10.0)
        plex.forget()
        caplog.set_level("INFO")
        changes = stranger.changes()
        until(changes, lambda: "came to nothing" in caplog.text)
        for _ in range(4):  # it is given up before the long pause begins
            next(changes)
        changes.close()  # type: ignore[attr-defined]
        stranger.close()
        assert plex.requests == []


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"NotificationContainer": []}', '{"NotificationContainer": {"type": "timeline"}}']
)
def test_odd_messages_are_no_changes(text: str) -> None:
    assert changed_keys(text) == []
