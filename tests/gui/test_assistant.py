"""The first-run assistant in the real window, over fakes that answer over real HTTP and UDP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject, Qt, QUrl, pyqtSlot
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel

from gui.assistant.desk import make_steps
from gui.assistant.media_step import MediaStep
from gui.assistant.page import LAST, AssistantPage
from gui.assistant.people_step import PeopleStep
from gui.assistant.reach_step import ReachStep
from gui.session import Session
from gui.tabs.configuration.folder_form import FolderForm
from gui.tabs.configuration.jellyfin_form import JellyfinForm
from gui.tabs.configuration.plex_form import PlexForm
from library.accounts import FoundServer
from library.errors import ProviderDenied
from library.home import Home
from library.progress import Job
from library.secrets import Secrets
from library.settings import AssistantSettings, NetworkSettings, Profile, SourceSettings, WritingSettings
from providers.discovery import look_around
from providers.ledger import NetworkLedger
from tests.fakes.discovery import PLEX_ANSWER, Answerer, callers, jellyfin_answer
from tests.fakes.plex import FakePlex
from tests.fakes.plex_tv import ANNA, BEN, HANNA, Device, FakePlexTv
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, Room, open_room, press, quick_ports
from tests.gui.test_plex_sign_in import account_ports

OpenSession = Callable[..., Session]
MakePage = Callable[..., tuple[AssistantPage, Room]]


@pytest.fixture
def first_start(start: OpenSession, qtbot) -> OpenSession:
    """Opens the window as a first start does."""

    def opened(**changes: object) -> Session:
        session = start(settle=False, offer_assistant=True, **changes)
        qtbot.waitUntil(lambda: session.background is not None, timeout=PATIENCE)
        return session

    return opened


@pytest.fixture
def make_page(home: Home, theme, qtbot) -> Iterator[Callable[..., tuple[AssistantPage, Room]]]:
    """The page alone, on a real store and a real worker, without the rest of the window."""
    pages: list[AssistantPage] = []
    with ExitStack() as stack:

        def made(**changes: object) -> tuple[AssistantPage, Room]:
            room = stack.enter_context(open_room(home, theme, qtbot, tab=False, **changes))
            steps = make_steps(quick_ports(home, **changes), room.actions, room.preferences, theme)
            page = AssistantPage(theme, steps)
            pages.append(page)
            page.resize(1100, 760)
            page.show()
            return page, room

        yield made
        for page in pages:
            if not sip.isdeleted(page):
                page.deleteLater()


def page_of(session: Session) -> AssistantPage:
    page = session.background.assistant.page
    assert page is not None
    assert session.window.laid_pages() == (page,)
    return page


def media_of(page: AssistantPage) -> MediaStep:
    step = page.steps[0]
    assert isinstance(step, MediaStep)
    return step


def shown_words(session: Session) -> str:
    """What the message bar says."""
    return " ".join(label.text() for label in session.window.messages.findChildren(QLabel))


def films(folder: Path) -> Path:
    folder.mkdir()
    for name in ("Alien (1979)", "Arrival (2016)", "Amelie (2001)"):
        (folder / f"{name}.mkv").write_bytes(b"")
    return folder


def assert_over(session: Session, tab: str = "Movies") -> None:
    assert session.window.laid_pages() == ()
    assert session.preferences.settings.assistant == AssistantSettings(done=True)
    assert session.window.current_tab() == tab


# When it is shown


def test_a_first_start_begins_with_it_and_once_left_it_comes_only_when_asked_for(
    first_start: OpenSession, qtbot
) -> None:
    session = first_start()
    page = page_of(session)
    assert page.place == 0
    assert not page.next.isEnabled()
    qtbot.waitUntil(lambda: session.controller.engine is not None, timeout=PATIENCE)  # the demo goes on behind
    press(media_of(page).demo)
    assert_over(session)
    assert session.movies.card is not None
    session.window.close()
    session.close()
    again = first_start()
    assert again.window.laid_pages() == ()
    again.window.show_tab("Configuration")
    press(again.background.configuration.sources.assistant)
    assert page_of(again).place == 0
    QTest.keyClick(page_of(again), Qt.Key.Key_Escape)
    assert_over(again, "Configuration")
    assert "Configuration, under Sources" in shown_words(again)


def test_a_window_that_is_closed_in_the_middle_goes_on_there(first_start: OpenSession) -> None:
    session = first_start()
    press(page_of(session).skip)
    step = page_of(session).step
    assert isinstance(step, PeopleStep)
    step.name.field.setText("Hanna")
    press(page_of(session).next)
    session.window.close()
    session.close()
    page = page_of(first_start())
    assert page.place == 2
    press(page.back)
    step = page.step
    assert isinstance(step, PeopleStep)
    assert step.name.value == "Hanna"


# Going through it


def test_every_step_can_be_skipped(make_page: MakePage, qtbot) -> None:
    page, room = make_page()
    press(page.skip)
    press(page.skip)
    assert page.next.text() == LAST
    with qtbot.waitSignal(page.finished):
        press(page.next)
    assert room.preferences.settings.profiles == ()
    assert room.preferences.settings.network == NetworkSettings()


def test_nothing_is_lost_by_going_to_and_fro(make_page: MakePage) -> None:
    page, room = make_page()
    media = media_of(page)
    press(media.kinds["plex"])
    form = media.form
    assert isinstance(form, PlexForm)
    form.address.field.setText("http://192.168.1.20:32400")
    press(page.marks[2])
    network = page.step
    assert isinstance(network, ReachStep)
    press(network.reaches["home"])
    assert network.writing.text() == "Writing is off"
    room.preferences.change(writing=WritingSettings(allowed=True))
    assert network.writing.text() == "Writing is on"
    press(page.back)
    people = page.step
    assert isinstance(people, PeopleStep)
    people.name.field.setText("Hanna")
    press(page.marks[0])
    assert room.preferences.settings.profiles == (Profile("local", "Hanna"),)
    assert media.form is form
    assert form.address.value == "http://192.168.1.20:32400"
    press(page.back)  # from the form to the choices
    assert page.place == 0
    assert media.form is None
    assert media.choices.isVisible()
    press(page.marks[2])
    assert network.reaches["home"].isChecked()
    assert room.preferences.settings.network.reach == "home"


def test_every_kind_of_source_has_its_form_and_can_be_left_for_another(make_page: MakePage) -> None:
    page, _ = make_page()
    media = media_of(page)
    met = []
    for kind, button in media.kinds.items():
        press(button)
        assert media.form is not None
        met.append((kind, type(media.form).__name__))
        assert not media.choices.isVisible()
        press(media.form.cancel)
        assert media.choices.isVisible()
    assert met == [
        ("folder", "FolderForm"),
        ("plex", "PlexForm"),
        ("jellyfin", "JellyfinForm"),
        ("subsonic", "SubsonicForm"),
    ]


def test_from_a_folder_to_the_first_recommendation(first_start: OpenSession, tmp_path: Path, qtbot) -> None:
    session = first_start()
    page = page_of(session)
    media = media_of(page)
    press(media.kinds["folder"])
    assert isinstance(media.form, FolderForm)
    media.form.path.field.setText(str(films(tmp_path / "films")))
    qtbot.waitUntil(lambda: media.form.save.isEnabled(), timeout=PATIENCE)
    press(media.form.save)
    qtbot.waitUntil(lambda: "3 titles" in " ".join(media.lines.words()), timeout=PATIENCE)
    assert not media.demo.isVisible()
    assert not session.window.messages.isVisible()
    press(page.next)
    press(page.skip)
    press(page.next)
    assert_over(session)
    known = {"Alien", "Arrival", "Amelie"}
    qtbot.waitUntil(lambda: session.movies.card is not None and session.movies.card.title in known, timeout=PATIENCE)
    session.preferences.change(assistant=AssistantSettings())
    session.background.assistant.offer()
    assert session.window.laid_pages() == ()  # with a source it is not offered


# Servers


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(0, 5)) as fake:
        yield fake


@pytest.fixture
def plex_tv(plex: FakePlex) -> Iterator[FakePlexTv]:
    cellar = Device(
        "Cellar", plex.world.machine, [(plex.url, True, False)], users=(ANNA, BEN), tokens={HANNA: plex.token}
    )
    with FakePlexTv(devices=[cellar], claimed_after=0) as fake:
        yield fake


class _NoBrowser(QObject):
    @pyqtSlot(QUrl)
    def open(self, url: QUrl) -> None:
        pass


@pytest.fixture
def browser() -> Iterator[None]:
    nobody = _NoBrowser()
    QDesktopServices.setUrlHandler("https", nobody.open)
    yield
    QDesktopServices.unsetUrlHandler("https")


@pytest.mark.usefixtures("browser")
def test_signed_in_with_plex_the_whole_home_can_come_along(
    first_start: OpenSession, home: Home, plex: FakePlex, plex_tv: FakePlexTv, qtbot, expected_logs
) -> None:
    expected_logs("not the PIN of Ben")
    expected_logs("does not accept this token")  # the fake server knows nobody but Hanna
    session = first_start(**account_ports(home, plex_tv))
    page = page_of(session)
    media = media_of(page)
    press(media.kinds["plex"])
    assert isinstance(media.form, PlexForm)
    press(media.form.plex.sign_in)
    qtbot.waitUntil(lambda: media.form.save.isEnabled(), timeout=PATIENCE)
    press(media.form.save)
    qtbot.waitUntil(lambda: "5 titles" in " ".join(media.lines.words()), timeout=PATIENCE)
    press(page.next)
    people = page.step
    assert isinstance(people, PeopleStep)
    people.name.field.setText("Hanna")
    qtbot.waitUntil(lambda: bool(people.homes) and bool(next(iter(people.homes.values())).lines), timeout=PATIENCE)
    lines = next(iter(people.homes.values())).lines
    assert [line.user.name for line in lines.values()] == ["Anna", "Ben"]
    assert not lines[BEN].add.isEnabled()
    lines[BEN].pin.setText("9999")
    press(lines[BEN].add)
    qtbot.waitUntil(lambda: "PIN" in lines[BEN].told.text(), timeout=PATIENCE)
    lines[BEN].pin.setText("1234")
    press(lines[BEN].add)
    qtbot.waitUntil(lambda: "here now" in lines[BEN].told.text(), timeout=PATIENCE)
    press(page.next)
    press(page.next)
    assert_over(session, "TV Shows")
    source_id = session.preferences.settings.sources[0].id
    assert session.preferences.settings.profiles == (
        Profile("plex:7003", "Ben", source_id),
        Profile("local", "Hanna"),
    )
    qtbot.waitUntil(lambda: not session.background.worker.busy, timeout=PATIENCE)


def test_looking_around_asks_first_and_opens_the_form_of_what_is_chosen(make_page: MakePage, qtbot) -> None:
    with Answerer((PLEX_ANSWER.encode(),)) as plex, Answerer((jellyfin_answer(),)) as jellyfin:

        def look() -> Job[tuple[FoundServer, ...]]:
            return look_around(NetworkLedger(), callers(plex, jellyfin), 0.3)

        page, _ = make_page(look_around=look)
        media = media_of(page)
        press(media.look)
        assert "three seconds" in media.around.told.text()
        assert plex.calls == jellyfin.calls == []
        press(media.around.look)
        qtbot.waitUntil(lambda: "Choose" in media.around.told.text(), timeout=PATIENCE)
        assert sorted(button.name for button in media.around.results.values()) == ["Attic", "Cellar"]
        press(media.around.results["plex", "http://127.0.0.1:32400"])
    assert isinstance(media.form, PlexForm)
    assert media.form.address.value == "http://127.0.0.1:32400"
    press(page.back)
    press(media.look)  # what was found is still there
    press(media.around.results["jellyfin", "http://192.168.1.30:8096"])
    assert isinstance(media.form, JellyfinForm)
    assert media.form.address.value == "http://192.168.1.30:8096"


def test_when_nothing_answers_it_is_said_and_can_be_tried_again(make_page: MakePage, qtbot) -> None:
    with Answerer((b"garbage",)) as silent:

        def look() -> Job[tuple[FoundServer, ...]]:
            return look_around(NetworkLedger(), callers(silent), 0.1)

        page, _ = make_page(look_around=look)
        media = media_of(page)
        press(media.look)
        press(media.around.look)
        qtbot.waitUntil(lambda: "Nothing answered" in media.around.told.text(), timeout=PATIENCE)
        assert media.around.look.isEnabled()
    press(page.back)
    assert media.choices.isVisible()


def test_what_was_begun_goes_on_when_the_page_is_gone(make_page: MakePage, plex: FakePlex, qtbot) -> None:
    plex.fail("slow", path="/library/", seconds=0.2, times=2)
    page, room = make_page(check_catalog=lambda name, key, pin: "It answers.")
    source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url=plex.url)
    room.actions.add(source, plex.token)
    qtbot.waitUntil(lambda: room.actions.running_scan("plex-1") is not None, timeout=PATIENCE)
    network = page.steps[2]
    assert isinstance(network, ReachStep)
    press(page.marks[2])
    network.catalogs.cards["tmdb"].key.field.setText("a-key-of-tmdb")
    press(network.catalogs.cards["tmdb"].test)
    with qtbot.waitSignal(page.destroyed, timeout=PATIENCE):
        page.deleteLater()
    qtbot.waitUntil(lambda: room.actions.running_scan("plex-1") is None, timeout=PATIENCE)
    assert room.library.items.count() == 5
    qtbot.waitUntil(lambda: room.preferences.settings.catalogs.tmdb, timeout=PATIENCE)


# What may be looked up


def test_a_key_is_tried_before_it_is_kept(make_page: MakePage, home: Home, qtbot, expected_logs) -> None:
    expected_logs("does not take this key")
    asked: list[tuple[str, str, str]] = []

    def check(name: str, key: str, pin: str) -> str:
        asked.append((name, key, pin))
        if key == "wrong-key":
            raise ProviderDenied("TVDB", "TVDB does not take this key.")
        return f"{name} answers."

    page, room = make_page(check_catalog=check)
    press(page.marks[2])
    network = page.step
    assert isinstance(network, ReachStep)
    tmdb, tvdb = network.catalogs.cards["tmdb"], network.catalogs.cards["tvdb"]
    assert not tmdb.pin.isVisible()
    assert not tmdb.test.isEnabled()
    tmdb.key.field.setText("good-key-of-tmdb")
    press(tmdb.test)
    qtbot.waitUntil(lambda: "tmdb answers" in tmdb.told.text(), timeout=PATIENCE)
    tvdb.key.field.setText("wrong-key")
    tvdb.pin.field.setText("99")
    press(tvdb.test)
    qtbot.waitUntil(lambda: "does not take" in tvdb.told.text(), timeout=PATIENCE)
    assert asked == [("tmdb", "good-key-of-tmdb", ""), ("tvdb", "wrong-key", "99")]
    catalogs = room.preferences.settings.catalogs
    assert (catalogs.tmdb, catalogs.tvdb) == (True, False)
    assert Secrets(home).get("catalog:tmdb") == "good-key-of-tmdb"
    assert Secrets(home).get("catalog:tvdb") is None
    assert tmdb.key.value == ""
    assert "good-key" not in str(room.preferences.settings)
