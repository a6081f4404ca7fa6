"""Signing in with Plex in the form of a Plex server, against fakes of plex.tv and of the server over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QObject, QUrl, pyqtSlot
from PyQt6.QtGui import QDesktopServices, QGuiApplication

from gui.account_actions import AccountActions
from gui.ports import Ports
from gui.tabs.configuration.plex_form import PlexForm
from library.home import Home
from library.secrets import Secrets
from library.settings import Profile, SourceSettings
from providers.ledger import NetworkLedger
from providers.plex_opening import PlexOpener
from tests.fakes.plex import FakePlex
from tests.fakes.plex_tv import ANNA, BEN, HANNA, Device, FakePlexTv
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, Room, open_room, press, quick_ports


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(6, 2)) as fake:
        yield fake


@pytest.fixture
def plex_tv(plex: FakePlex) -> Iterator[FakePlexTv]:
    cellar = Device("Cellar", plex.world.machine, [(plex.url, True, False)], tokens={HANNA: plex.token})
    with FakePlexTv(devices=[cellar], claimed_after=0) as fake:
        yield fake


def account_ports(home: Home, plex_tv: FakePlexTv) -> dict[str, object]:
    """The ports that lead to plex.tv, led to the fake."""
    opener = PlexOpener(home.path / "plex.json", NetworkLedger(), plex_tv.sites)
    return {
        "open_account": opener.account,
        "open_watchlist": opener.watchlist,
        "home_users": opener.home_users,
        "switch_home_user": opener.switch_home_user,
    }


@pytest.fixture
def ports(home: Home, plex_tv: FakePlexTv) -> Ports:
    return quick_ports(home, **account_ports(home, plex_tv))


@pytest.fixture
def room(home: Home, theme, qtbot, plex_tv: FakePlexTv) -> Iterator[Room]:
    with open_room(home, theme, qtbot, tab=False, **account_ports(home, plex_tv)) as room:
        yield room


class Browser(QObject):
    """What opens instead of the person's own browser."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.opened = lambda link: None

    @pyqtSlot(QUrl)
    def open(self, url: QUrl) -> None:
        link = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        self.pages.append(link)
        self.opened(link)


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser.open)
    yield browser
    QDesktopServices.unsetUrlHandler("https")


def shown(form: PlexForm, qtbot) -> PlexForm:
    qtbot.addWidget(form)
    form.resize(820, 600)
    form.show()
    return form


@pytest.fixture
def form(room: Room, ports: Ports, browser: Browser, qtbot) -> PlexForm:
    return shown(PlexForm(room.actions, ports), qtbot)


def test_from_the_button_to_the_scanned_server(
    room: Room, form: PlexForm, browser: Browser, plex_tv: FakePlexTv, plex: FakePlex, qtbot
) -> None:
    plex_tv.claimed_after = None
    browser.opened = plex_tv.visit
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
    assert form.plex.link.text() in browser.pages
    assert "Signed in as Hanna" in form.plex.told.text()
    assert "Fake Plex" in form.verdict.text()
    assert [box.isChecked() for box in form.chooser.boxes()][:2] == [True, True]
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as answer:
        press(form.save)
    assert answer.args[1].added == 8
    (source,) = room.preferences.settings.sources
    assert (source.url, source.user, source.account) == (plex.url, "Hanna", "1")
    secrets = Secrets(room.home)
    assert secrets.get(f"source:{source.id}") == plex.token
    assert secrets.get(f"plex-account:{source.id}") == plex_tv.person(HANNA).token
    for secret in (plex.token, plex_tv.person(HANNA).token):
        assert secret not in str(room.preferences.settings)


def test_while_it_waits_the_link_can_be_copied_and_it_can_be_given_up(
    form: PlexForm, browser: Browser, plex_tv: FakePlexTv, qtbot
) -> None:
    plex_tv.claimed_after = None
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: form.plex.copy.isVisible(), timeout=PATIENCE)
    press(form.plex.copy)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == browser.pages[0] == form.plex.link.text()
    press(form.plex.open)
    assert len(browser.pages) == 2
    press(form.plex.cancel)
    assert form.plex.sign_in.isVisible()
    assert not form.plex.copy.isVisible()
    assert form.plex.told.text() == ""


def test_without_a_browser_the_address_is_there_to_be_opened_elsewhere(
    form: PlexForm, monkeypatch, qtbot, plex_tv
) -> None:
    plex_tv.claimed_after = None
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: "No browser" in form.plex.told.text(), timeout=PATIENCE)
    press(form.plex.cancel)


def test_of_several_servers_one_is_chosen(form: PlexForm, plex_tv: FakePlexTv, qtbot, expected_logs) -> None:
    expected_logs("nothing answers")
    plex_tv.devices.append(Device("Attic", "m2", [("http://127.0.0.1:1", True, False)], owner=ANNA, users=(HANNA,)))
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: form.plex.use.isVisible(), timeout=PATIENCE)
    assert [button.text() for button in form.plex.servers] == [
        "Cellar, local, 127.0.0.1",
        "Attic, shared by Anna, local, 127.0.0.1",
    ]
    press(form.plex.servers[1])
    press(form.plex.use)
    qtbot.waitUntil(lambda: "nothing answers" in form.plex.told.text(), timeout=PATIENCE)
    assert not form.save.isEnabled()
    press(form.plex.servers[0])
    press(form.plex.use)
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)


def test_an_account_without_a_server_is_said(form: PlexForm, plex_tv: FakePlexTv, qtbot) -> None:
    plex_tv.devices.clear()
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: "no Plex server" in form.plex.told.text(), timeout=PATIENCE)
    assert form.plex.sign_in.isVisible()


def test_what_goes_wrong_at_plex_is_a_sentence(form: PlexForm, plex_tv: FakePlexTv, qtbot, expected_logs) -> None:
    expected_logs("")
    plex_tv.fail("status", status=503, path="/pins")
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: "come back later" in form.plex.told.text(), timeout=PATIENCE)
    plex_tv.recover()
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)


def test_another_address_does_not_take_the_account_along(room: Room, form: PlexForm, plex_tv, plex, qtbot) -> None:
    press(form.plex.sign_in)
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
    with FakePlex(make_world(2, 0)) as other:
        form.address.field.setText(other.url)
        press(form.test)
        qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
        with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
            press(form.save)
    (source,) = room.preferences.settings.sources
    assert (source.user, source.account) == ("", "")
    assert Secrets(room.home).get(f"plex-account:{source.id}") is None


def signed_in_source(room: Room, plex_tv: FakePlexTv, plex: FakePlex, qtbot) -> SourceSettings:
    source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url=plex.url, user="Hanna", account="1")
    Secrets(room.home).put("plex-account:plex-1", plex_tv.person(HANNA).token)
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.add(source, plex.token)
    return source


def test_signing_out_ends_it_here_and_there(
    room: Room, ports: Ports, plex_tv: FakePlexTv, plex: FakePlex, qtbot
) -> None:
    form = shown(PlexForm(room.actions, ports, signed_in_source(room, plex_tv, plex, qtbot)), qtbot)
    qtbot.waitUntil(lambda: form.sign_out.isVisible(), timeout=PATIENCE)
    assert "as Hanna" in form.plex.told.text()
    press(form.sign_out)
    press(form.signing_out.yes)
    qtbot.waitUntil(lambda: "signed out" in form.plex.told.text(), timeout=PATIENCE)
    assert plex_tv.ended == {plex_tv.person(HANNA).token}
    assert Secrets(room.home).get("plex-account:plex-1") is None
    assert Secrets(room.home).get("source:plex-1") is None


def test_people_of_the_home_come_into_the_household_and_go_with_the_server(
    room: Room, ports: Ports, plex_tv: FakePlexTv, plex: FakePlex, qtbot, expected_logs
) -> None:
    source = signed_in_source(room, plex_tv, plex, qtbot)
    plex_tv.devices[0].users = (ANNA, BEN)
    accounts = AccountActions(ports, room.actions)
    with qtbot.waitSignal(accounts.home_users(source).succeeded, timeout=PATIENCE) as answer:
        pass
    anna, ben = answer.args[0]
    assert (anna.name, ben.name, ben.guarded) == ("Anna", "Ben", True)
    expected_logs("not the PIN of Ben")
    with qtbot.waitSignal(accounts.add_person(source, ben, "9999").failed, timeout=PATIENCE) as refusal:
        pass
    assert "PIN" in str(refusal.args[0])
    with qtbot.waitSignal(accounts.add_person(source, ben, "1234").ended, timeout=PATIENCE):
        pass
    with qtbot.waitSignal(accounts.add_person(source, anna).ended, timeout=PATIENCE):
        pass
    assert room.preferences.settings.profiles == (
        Profile("plex:7003", "Ben", "plex-1"),
        Profile("plex:7002", "Anna", "plex-1"),
    )
    secrets = Secrets(room.home)
    assert secrets.get("source:plex-1:7003") == plex_tv.person(BEN).server_token(plex.world.machine)
    with qtbot.waitSignal(room.actions.removed, timeout=PATIENCE):
        room.actions.remove(source)
    for name in ("source:plex-1:7003", "source:plex-1:7002", "source:plex-1", "plex-account:plex-1"):
        assert secrets.get(name) is None
