"""The form of a Subsonic server, clicked through against the fake server over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from PyQt6.QtWidgets import QLineEdit

from gui.tabs.configuration.subsonic_form import SubsonicForm
from library.home import Home
from library.items import MediaKind
from library.secrets import Secrets
from library.settings import SourceSettings
from tests.fakes.subsonic import KEY, PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import make_world
from tests.gui.places import PATIENCE, Room, open_room, press

OLD = {"open": False, "version": "1.12.0", "accepts": ("password",), "extensions": ()}


@pytest.fixture
def room(home: Home, theme, qtbot) -> Iterator[Room]:
    with open_room(home, theme, qtbot) as room:
        yield room


@pytest.fixture
def form(room: Room) -> SubsonicForm:
    press(room.tab.sources.add_subsonic)
    form = room.tab.sources.form
    assert isinstance(form, SubsonicForm)
    return form


def fake(**how: object) -> FakeSubsonic:
    return FakeSubsonic(world=make_world(12), **how)  # type: ignore[arg-type]


def fill(form: SubsonicForm, url: str, user: str = USER, password: str = PASSWORD) -> None:
    form.address.field.setText(url)
    form.user.field.setText(user)
    form.password.field.setText(password)


def tried(form: SubsonicForm, qtbot) -> None:
    press(form.test)
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)


def saved(room: Room, form: SubsonicForm, qtbot) -> SourceSettings:
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        press(form.save)
    (source,) = room.preferences.settings.sources
    qtbot.waitUntil(lambda: room.actions.running_scan(source.id) is None, timeout=PATIENCE)
    return source


def edited(room: Room, source: SourceSettings) -> SubsonicForm:
    press(room.tab.sources.cards[source.id].edit)
    form = room.tab.sources.form
    assert isinstance(form, SubsonicForm)
    return form


def test_from_the_button_to_the_scanned_server(room: Room, form: SubsonicForm, qtbot) -> None:
    assert form.address.field.hasFocus()
    assert form.password.field.echoMode() == QLineEdit.EchoMode.Password
    assert not form.test.isEnabled()
    with fake() as server:
        fill(form, server.url)
        tried(form, qtbot)
        assert form.verdict.text().startswith("Navidrome (version 0.58.0) answers, with 1 library")
        source = saved(room, form, qtbot)
    assert (source.kind, source.name, source.user, source.sign_in) == ("subsonic", "Navidrome", USER, "password")
    assert Secrets(room.home).get(f"source:{source.id}") == PASSWORD
    assert room.library.items.count(MediaKind.TRACK) == 12


def test_an_api_key_needs_no_name(room: Room, form: SubsonicForm, qtbot) -> None:
    with fake() as server:
        form.address.field.setText(server.url)
        form.with_key.click()
        assert form.user.isHidden()
        assert form.password.isHidden()
        assert form.key.isVisible()
        form.key.field.setText(KEY)
        tried(form, qtbot)
        source = saved(room, form, qtbot)
        assert (source.user, source.sign_in) == ("", "api key")
        assert Secrets(room.home).get(f"source:{source.id}") == KEY
        form = edited(room, source)
        assert form.with_key.isChecked()
        assert form.save.isEnabled()


def test_a_wrong_password_is_told_at_its_field(form: SubsonicForm, qtbot, expected_logs) -> None:
    expected_logs("does not know this name and password")
    with fake() as server:
        fill(form, server.url, password="wrong")
        press(form.test)
        qtbot.waitUntil(lambda: "name and password" in form.password.message.text(), timeout=PATIENCE)
    assert not form.save.isEnabled()


def test_the_password_itself_is_sent_only_after_the_person_was_told_and_agreed(
    room: Room, form: SubsonicForm, qtbot, expected_logs
) -> None:
    expected_logs("the password itself")
    with fake(**OLD) as server:
        fill(form, server.url)
        press(form.test)
        qtbot.waitUntil(lambda: form.asking.isVisible(), timeout=PATIENCE)
        assert "could then read it" in form.asking.sentence()
        assert form.asking.no.hasFocus()
        assert not [seen for seen in server.requests if PASSWORD.encode().hex().encode() in seen.body]
        press(form.asking.no)
        assert not form.save.isEnabled()
        press(form.test)
        qtbot.waitUntil(lambda: form.asking.isVisible(), timeout=PATIENCE)
        press(form.asking.yes)
        qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
        assert "You agreed" in form.remark.text()
        source = saved(room, form, qtbot)
        assert source.sign_in == "legacy password"
        assert parse_qs(server.requests[-1].body.decode())["p"] == ["enc:" + PASSWORD.encode().hex()]


def test_an_agreement_is_for_one_address_only(form: SubsonicForm, qtbot, expected_logs) -> None:
    expected_logs("the password itself")
    with fake(**OLD) as first, fake(**OLD) as second:
        fill(form, first.url)
        press(form.test)
        qtbot.waitUntil(lambda: form.asking.isVisible(), timeout=PATIENCE)
        press(form.asking.yes)
        qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
        form.address.field.setText(second.url)
        assert not form.save.isEnabled()
        press(form.test)
        qtbot.waitUntil(lambda: form.asking.isVisible(), timeout=PATIENCE)
        assert not [seen for seen in second.requests if PASSWORD.encode().hex().encode() in seen.body]


def test_the_question_goes_when_something_else_is_typed(form: SubsonicForm, qtbot, expected_logs) -> None:
    expected_logs("the password itself")
    with fake(**OLD) as server:
        fill(form, server.url)
        press(form.test)
        qtbot.waitUntil(lambda: form.asking.isVisible(), timeout=PATIENCE)
        form.user.field.setText("bob")
        assert form.asking.isHidden()


def test_a_server_is_changed_without_typing_the_password_again(room: Room, form: SubsonicForm, qtbot) -> None:
    with fake() as server:
        fill(form, server.url)
        tried(form, qtbot)
        source = saved(room, form, qtbot)
        form = edited(room, source)
        assert (form.address.value, form.user.value, form.password.value) == (server.url, USER, "")
        assert form.save.isEnabled()
        form.user.field.setText("bob")
        assert form.password.message.text() == "The password is missing."
        assert not form.test.isEnabled()
        form.user.field.setText(USER)
        assert form.save.isEnabled()
        form.with_key.click()
        assert not form.test.isEnabled()
        form.with_password.click()
        press(form.test)
        qtbot.waitUntil(lambda: "answers" in form.verdict.text(), timeout=PATIENCE)
        assert form.save.isEnabled()
    assert Secrets(room.home).get(f"source:{source.id}") == PASSWORD


def test_an_address_without_a_port_is_helped(form: SubsonicForm) -> None:
    form.address.field.setText("192.168.1.20")
    assert form.suggestion.text() == "Use http://192.168.1.20:4533"
    press(form.suggestion)
    assert form.address.value == "http://192.168.1.20:4533"


def test_a_home_with_nothing_but_music_keeps_the_demo_library_for_the_evening(room: Room, qtbot) -> None:
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.show_demo()
    films = room.library.items.count(MediaKind.MOVIE)
    press(room.tab.sources.add_subsonic)
    form = room.tab.sources.form
    assert isinstance(form, SubsonicForm)
    with fake() as server:
        fill(form, server.url)
        tried(form, qtbot)
        source = saved(room, form, qtbot)
        with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):  # whatever would take the demo away is over then
            room.actions.scan(source.id)
    assert room.actions.demo_stands_in()
    assert room.library.items.count(MediaKind.MOVIE) == films
    assert room.library.items.count(MediaKind.TRACK) == 12
