"""What is added to a server is in the window a moment later; closing the window ends the listening at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gui import live_updates
from library.settings import NetworkSettings
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, plex_source, settled


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(12, 3)) as plex:
        yield plex


@pytest.fixture
def evening(session, plex: FakePlex, qtbot, monkeypatch):
    """A window with a server that was scanned and is listened to."""
    monkeypatch.setattr(live_updates, "CALM_MILLISECONDS", 50)
    actions = session.background.actions
    with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
        actions.add(plex_source(plex.url), plex.token)
    settled(session, qtbot)
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)
    return session


def test_a_new_film_comes_by_itself_and_nothing_new_is_not_worth_a_message(evening, plex: FakePlex, qtbot) -> None:
    actions = evening.background.actions
    plex.world.films += make_world(13).films[12:]
    with qtbot.waitSignal(actions.scanned, timeout=PATIENCE) as scanned:
        plex.tell(("1012", 5))
    assert scanned.args[1].added == 1
    assert "is scanned" in evening.window.messages.message()
    settled(evening, qtbot)
    evening.window.messages.clear()
    with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
        plex.tell(("1012", 5))
    assert evening.window.messages.message() == ""


def test_closing_the_window_ends_the_listening_within_a_second(evening, plex: FakePlex, qtbot) -> None:
    live = evening.background.live
    began = time.monotonic()
    live.stop()
    assert time.monotonic() - began < 1.0
    assert live.listening == frozenset()
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)


def test_no_reach_no_listening_and_again_when_it_is_back(evening, plex: FakePlex, qtbot) -> None:
    evening.preferences.change(network=NetworkSettings("none"))
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)
    assert evening.background.live.listening == frozenset()
    evening.preferences.change(network=NetworkSettings("all"))
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)


def test_a_source_that_is_changed_is_listened_to_at_its_new_place(evening, plex: FakePlex, qtbot) -> None:
    source = evening.preferences.source("plex-1")
    evening.background.actions.change(replace(source, name="Attic"))
    qtbot.waitUntil(lambda: plex.listeners == 1 and len(evening.background.live._leaving) == 0, timeout=PATIENCE)
    assert evening.background.live.listening == {"plex-1"}
    evening.background.actions.remove(evening.preferences.source("plex-1"))
    qtbot.waitUntil(lambda: plex.listeners == 0, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not evening.background.worker.busy, timeout=PATIENCE)


def test_a_server_that_refuses_is_left_alone_until_it_was_scanned(evening, plex: FakePlex, qtbot) -> None:
    live = evening.background.live
    plex.fail("status", path="websockets", status=401, times=1)
    plex.hang_up()
    qtbot.waitUntil(lambda: live.listening == frozenset(), timeout=PATIENCE)
    evening.preferences.changed.emit(evening.preferences.settings)
    assert live.listening == frozenset()
    with qtbot.waitSignal(evening.background.actions.scanned, timeout=PATIENCE):
        evening.background.actions.scan("plex-1")
    qtbot.waitUntil(lambda: plex.listeners == 1, timeout=PATIENCE)
