"""What a Jellyfin server tells by itself or is asked now and then, and its files, over real HTTP and a real websocket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from library.errors import ProviderDenied, ProviderOffline, ProviderReplyError
from library.settings import SourceSettings
from library.sources import Streams, TellsChanges
from providers.http import Patience, ProviderSession
from providers.ledger import NetworkLedger
from providers.servers.jellyfin import JellyfinServer
from providers.servers.jellyfin_alerts import changed_keys, sign_of_life
from providers.servers.listening import PURPOSE, Rhythm
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import EPOCH, Thing, film_id, make_world, written

QUICK = Patience(connect=1, read=1, overall=3, pause=0.01)
Changes = Iterator[tuple[str, ...] | None]


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(6, 2)) as server:
        yield server


@pytest.fixture
def listening(jellyfin: FakeJellyfin) -> Iterator[Callable[..., Changes]]:
    opened: list[JellyfinServer] = []

    def go(token: str = "", ledger: NetworkLedger | None = None) -> Changes:
        anna = jellyfin.world.person("Anna")
        source = SourceSettings("j", "jellyfin", "Jellyfin at home", jellyfin.url, user=anna.name, account=anna.id)
        session = ProviderSession(source.name, QUICK, ledger)
        server = JellyfinServer(source, token or jellyfin.token_of("Anna"), "homereel-1", session)
        server.rhythm = Rhythm(ask=0.3, again=0.01, longest=0.05)
        opened.append(server)
        assert isinstance(server, TellsChanges)
        return server.changes()

    yield go
    for server in opened:
        server.close()


def heard(changes: Changes, do: Callable[[], object] = lambda: None) -> tuple[str, ...]:
    """What is told next, after ``do`` was done."""
    do()
    return next(keys for keys in changes if keys)


def until(changes: Changes, is_so: Callable[[], bool]) -> None:
    next(None for _ in changes if is_so())


def test_it_tells_what_changed_in_the_library_and_for_the_user(
    jellyfin: FakeJellyfin, listening: Callable[..., Changes]
) -> None:
    ledger = NetworkLedger()
    changes = listening(ledger=ledger)
    until(changes, lambda: bool(jellyfin.listeners) and jellyfin.alive > 0)
    jellyfin.say("no JSON")
    jellyfin.say({"MessageType": "Sessions", "Data": []})
    assert heard(changes, lambda: jellyfin.tell("a", "b")) == ("a", "b")
    watched = {"MessageType": "UserDataChanged", "Data": {"UserId": "u", "UserDataList": [{"ItemId": "c"}]}}
    assert heard(changes, lambda: jellyfin.say(watched)) == ("c",)
    changes.close()  # type: ignore[attr-defined]
    (asked,) = [seen for seen in jellyfin.requests if seen.path == "/socket"]
    token = next(iter(jellyfin.tokens))
    assert f'Token="{token}"' in asked.headers["Authorization"]
    assert token not in asked.raw
    assert PURPOSE in {row.purpose for row in ledger.fresh()}


def test_it_connects_again_and_tells_what_was_missed(jellyfin: FakeJellyfin, listening: Callable[..., Changes]) -> None:
    changes = listening()
    until(changes, lambda: bool(jellyfin.listeners))
    jellyfin.fail("reset", path="/socket", times=2)
    new = replace(jellyfin.world.things[film_id(1)], id="9" * 32, added=EPOCH + 999_999)
    jellyfin.world.things[new.id] = new
    assert new.id in heard(changes, jellyfin.hang_up)
    until(changes, lambda: bool(jellyfin.listeners))
    assert heard(changes, lambda: jellyfin.tell("a")) == ("a",)
    changes.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("change", ["added", "removed", "watched"])
def test_a_server_that_cannot_tell_is_asked_now_and_then(
    jellyfin: FakeJellyfin, listening: Callable[..., Changes], change: str
) -> None:
    jellyfin.sockets = False
    changes = listening()
    assert next(changes) is None
    until(changes, lambda: len([seen for seen in jellyfin.requests if seen.path == "/Items"]) >= 4)
    jellyfin.fail("status", path="/Items", times=1)  # one question that fails changes nothing
    world = jellyfin.world
    if change == "added":
        world.things["9" * 32] = Thing("9" * 32, "Movie", "New", world.things[film_id(1)].view, added=EPOCH + 999_999)
    elif change == "removed":
        world.remove(film_id(1))
    else:
        world.of(world.person("Anna").id, film_id(2)).last = written(EPOCH + 999_999_999)
    keys = heard(changes)
    changes.close()  # type: ignore[attr-defined]
    assert {"added": "9" * 32, "watched": film_id(2)}.get(change, keys[0]) in keys


def test_a_wrong_token_and_the_wish_to_stay_away_end_it(
    jellyfin: FakeJellyfin, listening: Callable[..., Changes]
) -> None:
    with pytest.raises(ProviderDenied):
        list(listening("b" * 32))
    jellyfin.fail("status", path="/socket", status=403)
    with pytest.raises(ProviderDenied):
        list(listening())
    jellyfin.recover()

    class Away(NetworkLedger):
        away = False

        def permit(self, provider: str, host: str, peer: str = "") -> None:
            if self.away:
                raise ProviderOffline(provider, "It is not wished.")

    ledger = Away()
    changes = listening(ledger=ledger)
    until(changes, lambda: bool(jellyfin.listeners))
    ledger.away = True
    with pytest.raises(ProviderOffline):
        list(changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"MessageType": "LibraryChanged"}',
        '{"MessageType": "LibraryChanged", "Data": null}',
        '{"MessageType": "UserDataChanged", "Data": {"UserDataList": [5, null]}}',
        '{"MessageType": "LibraryChanged", "Data": {"ItemsAdded": [5], "ItemsUpdated": null}}',
    ],
)
def test_odd_messages_are_no_changes(text: str) -> None:
    assert changed_keys(text) == []
    assert sign_of_life(text) == ""


# Files


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 3500])
@pytest.mark.parametrize("user", ["Anna", "Bert"])
@pytest.mark.parametrize("pieces", [True, False])
def test_a_file_comes_whole_with_and_without_the_right_to_download(
    jellyfin: FakeJellyfin, monkeypatch: pytest.MonkeyPatch, size: int, user: str, pieces: bool
) -> None:
    monkeypatch.setattr("providers.servers.file_pieces.PIECE", 1000)
    jellyfin.content["a" * 32] = content = bytes(n % 251 for n in range(size))
    jellyfin.hands_out_pieces = pieces
    server = server_of(jellyfin, user)
    assert isinstance(server, Streams)
    assert b"".join(server.stream("a" * 32)) == content
    server.close()
    token = next(iter(jellyfin.tokens))
    assert not [seen for seen in jellyfin.requests if token in seen.raw]


def test_no_file_and_something_else_are_said(jellyfin: FakeJellyfin) -> None:
    server = server_of(jellyfin, "Anna")
    with pytest.raises(ProviderReplyError, match="no file"):
        list(server.stream("b" * 32))
    jellyfin.fail("html", path="/Download")
    with pytest.raises(ProviderReplyError, match="something else"):
        list(server.stream("b" * 32))
    server.close()


def server_of(jellyfin: FakeJellyfin, name: str) -> JellyfinServer:
    user = jellyfin.world.person(name)
    source = SourceSettings("j", "jellyfin", "Jellyfin at home", jellyfin.url, user=user.name, account=user.id)
    return JellyfinServer(source, jellyfin.token_of(name), "homereel-1", ProviderSession(source.name, QUICK))
