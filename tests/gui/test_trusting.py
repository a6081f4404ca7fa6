"""A server whose certificate nobody vouches for: it is shown, trusted by a click, kept with the source, and forgotten again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gui.tabs.configuration.plex_form import PlexForm
from gui.tabs.configuration.trust import fingerprint_words
from tests.fakes.certificate import fingerprint_of, make_certificate, server_side
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, Room, press


@pytest.fixture
def secure(tmp_path) -> Iterator[tuple[FakePlex, str]]:
    path = make_certificate(tmp_path, name="nas")
    with FakePlex(make_world(3, 1), tls=server_side(path)) as plex:
        yield plex, fingerprint_of(path)


@pytest.fixture
def form(room: Room, secure, qtbot, expected_logs) -> PlexForm:
    """The form with the question about the certificate."""
    expected_logs("made by the server itself")
    plex, _ = secure
    press(room.tab.sources.add_plex)
    form = room.tab.sources.form
    assert isinstance(form, PlexForm)
    form.address.field.setText(plex.url)
    form.token.field.setText(plex.token)
    press(form.test)
    qtbot.waitUntil(form.trust.isVisible, timeout=PATIENCE)
    return form


def test_the_certificate_is_shown_and_nothing_was_sent(form, secure) -> None:
    plex, fingerprint = secure
    assert form.trust.shown.text() == fingerprint_words(fingerprint)
    assert form.trust.shown.text().replace(":", "").replace("\n", "").lower() == fingerprint
    assert "“nas”" in form.trust.about.text()
    assert "nobody vouches for it" in form.address.message.text()
    assert not form.save.isEnabled()
    assert plex.requests == []


def test_it_can_be_left(form) -> None:
    press(form.trust.no)
    assert form.trust.isHidden()
    assert form.fingerprint == ""
    assert not form.save.isEnabled()


def test_another_address_is_another_question(form) -> None:
    form.address.field.setText("https://127.0.0.1:1")
    assert form.trust.isHidden()
    form._trusted = ("https://127.0.0.1:2", "ab")
    assert form.fingerprint == "", "what was trusted at one address does not hold at another"


def test_trusted_once_it_is_kept_and_the_card_forgets_it(form, room, secure, qtbot) -> None:
    plex, fingerprint = secure
    press(form.trust.yes)
    qtbot.waitUntil(form.save.isEnabled, timeout=PATIENCE)
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as scanned:
        press(form.save)
    assert scanned.args[1].added == 4
    (source,) = room.preferences.settings.sources
    assert source.fingerprint == fingerprint
    card = room.tab.sources.cards[source.id]
    assert card.trust.isVisible()
    qtbot.waitUntil(lambda: room.actions.running_scan(source.id) is None, timeout=PATIENCE)
    plex.forget()
    with qtbot.waitSignal(room.actions.went_wrong, timeout=PATIENCE) as wrong:
        press(card.forget)
    assert "nobody vouches for it" in str(wrong.args[0])
    assert room.preferences.source(source.id).fingerprint == ""
    assert card.trust.isHidden()
    assert plex.requests == []
