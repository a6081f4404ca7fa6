"""A Plex server that is there already is changed: another token, address or name, and nothing that is known gets lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.session import Session
from gui.tabs.configuration.plex_form import PlexForm
from library.items import Item, MediaKind
from library.posters import PosterCache
from library.secrets import Secrets
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, Room, plex_source, press, settled

NEW_TOKEN = "another-Token-9876543210"


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(12, 3)) as plex:
        yield plex


def scan(room: Room, source_id: str, qtbot) -> None:
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.scan(source_id)


@pytest.fixture
def form(room: Room, plex: FakePlex, qtbot) -> PlexForm:
    """The form of a server that was scanned."""
    source = plex_source(plex.url)
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.add(source, plex.token)
    qtbot.waitUntil(lambda: room.actions.running_scan(source.id) is None)
    press(room.tab.sources.cards[source.id].edit)
    form = room.tab.sources.form
    assert isinstance(form, PlexForm)
    return form


def test_the_form_stands_in_the_place_of_the_card_and_shows_what_is_kept(room: Room, form: PlexForm, plex) -> None:
    assert room.tab.sources.cards["plex-1"].isHidden()
    assert form.isVisible()
    assert (form.name.value, form.address.value, form.token.value) == ("Cellar", plex.url, "")
    assert form.token.message.isHidden()
    assert form.token.field.hasFocus()
    press(form.cancel)
    assert room.tab.sources.form is None
    assert room.tab.sources.cards["plex-1"].isVisible()


def test_a_name_is_changed_without_asking_the_server(room: Room, form: PlexForm, plex, qtbot) -> None:
    plex.forget()
    QTest.keyClick(form.name.field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(form.name.field, "Attic")
    with qtbot.assertNotEmitted(room.actions.scan_began):
        QTest.keyClick(form.name.field, Qt.Key.Key_Return)
    assert room.preferences.source("plex-1").name == "Attic"
    assert plex.requests == []
    assert Secrets(room.home).get("source:plex-1") == plex.token


def test_another_token_is_kept_only_when_the_server_takes_it(
    room: Room, form: PlexForm, plex, qtbot, expected_logs
) -> None:
    expected_logs("does not accept this token")
    form.token.field.setText("wrong-Token-0123456789")
    assert not form.save.isEnabled()
    assert "Test" in form.save.toolTip()
    press(form.test)
    qtbot.waitUntil(lambda: "token" in form.token.message.text(), timeout=PATIENCE)
    assert not form.save.isEnabled()
    assert Secrets(room.home).get("source:plex-1") == plex.token


def test_a_new_address_keeps_the_stored_token_the_titles_and_the_chosen_libraries(
    room: Room, form: PlexForm, plex, qtbot
) -> None:
    room.actions.choose_libraries(room.preferences.source("plex-1"), ("1",))
    press(form.cancel)
    qtbot.waitUntil(lambda: room.actions.running_scan("plex-1") is None, timeout=PATIENCE)
    known = {item.id for item in room.library.items.all()}
    press(room.tab.sources.cards["plex-1"].edit)
    form = room.tab.sources.form
    moved = plex.url.replace("127.0.0.1", "localhost")
    form.address.field.setText(moved)
    assert not form.save.isEnabled()
    press(form.test)
    qtbot.waitUntil(form.save.isEnabled, timeout=PATIENCE)
    assert [box.isChecked() for box in form.chooser.boxes()] == [True, False]
    plex.forget()
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as answer:
        press(form.save)
    assert (answer.args[1].added, answer.args[1].changed, answer.args[1].removed) == (0, 0, 0)
    source = room.preferences.source("plex-1")
    assert (source.url, source.libraries, source.name) == (moved, ("1",), "Cellar")
    assert {item.id for item in room.library.items.all()} == known
    assert {seen.headers["X-Plex-Token"] for seen in plex.requests} == {plex.token}


def test_another_server_is_not_put_in_the_place_of_the_one_that_titles_came_from(
    room: Room, form: PlexForm, plex, qtbot
) -> None:
    other = make_world(5, 1, seed=2)
    other.machine, other.name = "fa4e0000000000000000000000000000000000c2", "Neighbour"
    with FakePlex(other) as neighbour:
        form.address.field.setText(neighbour.url)
        press(form.test)
        qtbot.waitUntil(lambda: "Another server" in form.verdict.text(), timeout=PATIENCE)
        assert "Neighbour" in form.verdict.text()
        assert not form.save.isEnabled()
        form.address.field.setText(plex.url)
        assert form.verdict.isHidden()
        press(form.test)
        qtbot.waitUntil(lambda: form.chooser.isVisible(), timeout=PATIENCE)
        assert form.save.isEnabled(), "what was only tried is not remembered as the server of this source"


def test_a_change_ends_the_scan_that_works_from_what_was_before(room: Room, form: PlexForm, plex, qtbot) -> None:
    press(form.cancel)
    fault = plex.fail("slow", path="/library/sections", seconds=0.5)
    room.actions.scan("plex-1")
    former = room.actions.running_scan("plex-1")
    source = plex_source(plex.url.replace("127.0.0.1", "localhost"))
    with qtbot.waitSignals([former.cancelled, room.actions.scanned], timeout=PATIENCE):
        room.actions.change(source)
        later = room.actions.running_scan("plex-1")
        assert later is not former
        fault.times = 0
    card = room.tab.sources.cards["plex-1"]
    qtbot.waitUntil(lambda: later.over and card.scan.isEnabled())
    assert card.result.text().startswith("Scanned just now")


def test_an_answer_that_comes_after_the_form_was_closed_is_let_go(room: Room, form: PlexForm, plex, qtbot) -> None:
    plex.fail("slow", seconds=0.3)
    press(form.test)
    ticket = form._asking
    with qtbot.waitSignal(ticket.ended, timeout=PATIENCE):
        press(form.cancel)
    assert room.tab.sources.form is None


def test_a_source_that_is_gone_takes_its_form_along(room: Room, form: PlexForm, qtbot) -> None:
    with qtbot.waitSignal(room.actions.removed, timeout=PATIENCE):
        room.actions.remove(room.preferences.source("plex-1"))
    assert room.tab.sources.form is None
    assert room.tab.sources.add_plex.isVisible()


def fetch_poster(session: Session, item: Item, qtbot) -> None:
    """Fetch the poster of a film by the thread that keeps its connections, and wait until it is there."""
    source = session.preferences.source("plex-1")
    cache = PosterCache(session.home.posters)
    session.background.posters.want((item,))
    qtbot.waitUntil(lambda: cache.get(source.id, item.places[0].poster) is not None, timeout=PATIENCE)


def test_a_revoked_token_is_replaced_and_nothing_is_lost(start, plex, qtbot, expected_logs) -> None:
    expected_logs("does not accept this token")
    session = start()
    actions = session.background.actions
    with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
        actions.add(plex_source(plex.url), plex.token)
    qtbot.waitUntil(lambda: not session.library.items.library_keys("demo"), timeout=PATIENCE)
    settled(session, qtbot)
    fetch_poster(session, next(iter(session.library.items.all(MediaKind.MOVIE))), qtbot)
    known = {item.id: item.places for item in session.library.items.all()}
    ratings = session.library.feedback.current().ratings

    plex.token = NEW_TOKEN
    session.window.show_tab("Configuration")
    card = session.background.configuration.sources.cards["plex-1"]
    press(card.scan)
    qtbot.waitUntil(lambda: "does not accept this token" in card.result.text(), timeout=PATIENCE)
    assert {item.id: item.places for item in session.library.items.all()} == known

    press(card.edit)
    form = session.background.configuration.sources.form
    form.token.field.setText(f"https://app.plex.tv/x?X-Plex-Token={NEW_TOKEN}")
    QTest.keyClick(form.token.field, Qt.Key.Key_Return)
    qtbot.waitUntil(form.save.isEnabled, timeout=PATIENCE)
    plex.world.films += make_world(14).films[12:]
    with qtbot.waitSignal(actions.scanned, timeout=PATIENCE) as answer:
        press(form.save)
    assert (answer.args[1].added, answer.args[1].removed) == (2, 0)
    after = {item.id: item.places for item in session.library.items.all()}
    assert known.items() <= after.items()
    assert session.library.items.count(MediaKind.MOVIE) == 14
    assert session.library.feedback.current().ratings[: len(ratings)] == ratings
    settled(session, qtbot)
    fresh = next(item for item in session.library.items.all() if item.id not in known)
    fetch_poster(session, fresh, qtbot)
    assert NEW_TOKEN.encode() not in (session.home.path / "library.sqlite3").read_bytes()


def test_a_connection_test_does_not_wait_for_a_scan(start, plex, qtbot, expected_logs) -> None:
    expected_logs("")
    session = start()
    settled(session, qtbot)
    actions = session.background.actions
    actions.add(plex_source(plex.url), plex.token)
    qtbot.waitUntil(lambda: actions.running_scan("plex-1") is not None, timeout=PATIENCE)
    plex.fail("slow", path="/library/metadata", seconds=1.5)
    running = actions.running_scan("plex-1")
    with qtbot.waitSignal(actions.ask(plex_source(plex.url)).succeeded, timeout=PATIENCE):
        pass
    assert not running.over
    running.cancel()
    qtbot.waitUntil(lambda: running.over, timeout=PATIENCE)
