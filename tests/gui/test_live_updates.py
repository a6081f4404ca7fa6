"""What is added to a server is in the library a moment later; closing the window ends the listening at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gui import live_updates
from gui.live_updates import LiveUpdates
from library.secrets import Secrets, secret_of
from library.settings import NetworkSettings, SourceSettings
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, Room, open_room, plex_source, quick_ports

SILENT = SourceSettings("folder-1", "folder", "Shelf", paths=("/nowhere",))


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(4, 1)) as plex:
        yield plex


@pytest.fixture
def room(home, theme, plex: FakePlex, qtbot) -> Iterator[Room]:
    """Settings with a server, and what scans it, without the rest of the window."""
    with open_room(home, theme, qtbot, tab=False) as room:
        source = plex_source(plex.url)
        Secrets(home).put(secret_of(source), plex.token)
        room.preferences.change(sources=(source, SILENT))
        yield room


@pytest.fixture
def live(room: Room, plex: FakePlex, qtbot, monkeypatch) -> Iterator[LiveUpdates]:
    monkeypatch.setattr(live_updates, "CALM_MILLISECONDS", 30)
    live = LiveUpdates(room.home, quick_ports(room.home), room.preferences, room.actions)
    live.start()
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)
    assert live.listening == {"plex-1"}
    yield live
    live.stop()


def test_what_a_server_tells_is_scanned_and_nobody_need_be_told(room: Room, live, plex: FakePlex, qtbot) -> None:
    plex.world.films += make_world(5).films[4:]
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as scanned:
        scan = qtbot.waitSignal(room.actions.scan_began, timeout=PATIENCE)
        plex.tell(("1004", 5))
        scan.wait()
        assert room.actions.is_unasked("plex-1")
    assert scanned.args[1].added == 6
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as scanned:
        plex.tell(("1004", 5))
    assert scanned.args[1].sentence == "6 titles, nothing new"


def test_what_is_told_during_a_scan_is_scanned_after_it(room: Room, live, plex: FakePlex, qtbot) -> None:
    plex.watch = lambda path: time.sleep(0.05) if "metadata" in path else None
    with qtbot.waitSignals([room.actions.scanned, room.actions.scanned], timeout=PATIENCE):
        ticket = room.actions.scan("plex-1")
        assert not ticket.over
        plex.tell(("1001", 5))


def test_ending_takes_less_than_a_second(live, plex: FakePlex, qtbot) -> None:
    began = time.monotonic()
    live.stop()
    assert time.monotonic() - began < 1.0
    assert live.listening == frozenset()
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)


def test_no_reach_no_listening_and_again_when_it_is_back(room: Room, live, plex: FakePlex, qtbot) -> None:
    room.preferences.change(network=NetworkSettings("none"))
    assert live.listening == frozenset()
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)
    room.preferences.change(network=NetworkSettings("all"))
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)


def test_only_the_sources_that_are_there_are_listened_to_as_they_are(room: Room, live, plex: FakePlex, qtbot) -> None:
    source = room.preferences.source("plex-1")
    paths = len(plex.requests)
    room.preferences.put_source(replace(source, name="Attic"))
    qtbot.waitUntil(
        lambda: any("websockets" in seen.path for seen in plex.requests[paths:]) and plex.listeners == 1,
        timeout=PATIENCE,
    )
    room.preferences.drop_source("plex-1")
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)
    assert live.listening == frozenset()


def test_a_server_that_refuses_is_left_alone_until_it_was_scanned(room: Room, live, plex: FakePlex, qtbot) -> None:
    plex.fail("status", path="websockets", status=401, times=1)
    plex.hang_up()
    qtbot.waitUntil(lambda: live.listening == frozenset(), timeout=PATIENCE)
    room.preferences.changed.emit(room.preferences.settings)
    assert live.listening == frozenset()
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.scan("plex-1")
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)


def test_the_window_listens_from_its_start_to_its_end(start, home, plex: FakePlex, qtbot) -> None:
    session = start()
    Secrets(home).put("source:plex-1", plex.token)
    session.preferences.put_source(plex_source(plex.url))
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)
    session.window.close()
    session.close()
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)
