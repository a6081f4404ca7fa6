"""A past from an account at TMDB in the window: a button where there is a key, a page to agree on, and piles as from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import QObject, QUrl, pyqtSlot
from PyQt6.QtGui import QDesktopServices, QGuiApplication

from gui.session import Session
from gui.tabs.configuration.past import NOT_OPENED, OPENED, PastSection
from gui.theme import Theme
from library.accounts import CodeShown
from library.home import Home
from library.items import ExternalId, MediaKind
from library.library import Library
from library.past.tmdb import AccountPast, PastAccount
from library.progress import Job, Progress
from library.secrets import Secrets
from library.settings import CatalogSettings
from library.sources import ServerItem
from providers.catalogs.tmdb_account import TmdbAccount
from providers.http import Patience
from tests.fakes.tmdb import READ_TOKEN, FakeTmdb
from tests.gui.places import PATIENCE, press

QUICK = Patience(connect=1, read=5, overall=10, attempts=1, pause=0.01)


class AtOnce(TmdbAccount):
    """Looks more often than the real one."""

    def past(self, pause: float = 0.02, wait: float = 600.0) -> Job[AccountPast]:
        return super().past(pause, wait)


class Browser(QObject):
    """What opens instead of the person's own browser."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []

    @pyqtSlot(QUrl)
    def open(self, url: QUrl) -> None:
        self.pages.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser.open)
    yield browser
    QDesktopServices.unsetUrlHandler("https")


@pytest.fixture
def tmdb() -> Iterator[FakeTmdb]:
    with FakeTmdb() as fake:
        fake.account.decision = ""
        fake.account.lists = {
            ("rated", "movies"): [(949, "Heat", 1995, 9.0), (593, "Solaris", 1972, 8.0), (8195, "Ronin", 1998, 2.0)],
            ("watchlist", "movies"): [(680, "Pulp Fiction", 1994, 0.0)],
        }
        yield fake


@pytest.fixture
def session(start: Callable[..., Session], home: Home, tmdb: FakeTmdb, browser: Browser) -> Session:
    """A window on two films, one of them known by its number; no key is stored yet."""
    with Library.open(home) as library:
        heat = (ExternalId("tmdb", "949"),)
        library.items.upsert("films", "1", [film("a", "Hitze", 1996, heat), film("b", "Solaris", 1971, ())])

    def open_account(key: str, language: str) -> PastAccount:
        return AtOnce(key, language, patience=QUICK, limit=5000, url=tmdb.url)

    session = start(open_past_account=open_account)
    session.window.take_all_off()
    session.window.show_tab("Configuration")
    return session


def film(key: str, title: str, year: int, ids: tuple[ExternalId, ...]) -> ServerItem:
    return ServerItem(key=key, version="1", kind=MediaKind.MOVIE, title=title, year=year, external_ids=ids)


def put_key(session: Session, home: Home, qtbot) -> PastSection:
    """Store a key as its form does, and wait until the button is there."""
    section = session.background.configuration.past
    Secrets(home).put("catalog:tmdb", READ_TOKEN)
    preferences = session.preferences
    assert preferences is not None
    preferences.change(catalogs=replace(CatalogSettings(), days=31))
    qtbot.waitUntil(lambda: section.account.isVisible(), timeout=PATIENCE)
    return section


def values(home: Home) -> dict[str, float]:
    with Library.open(home) as library:
        ratings = library.feedback.current().ratings
        titles = {item.id: item.title for item in library.items.many(rating.item_id for rating in ratings)}
        return {titles[rating.item_id]: rating.value for rating in ratings}


def test_from_the_button_to_the_piles(session: Session, home: Home, tmdb: FakeTmdb, browser: Browser, qtbot) -> None:
    section = session.background.configuration.past
    assert not section.account.isVisible()
    put_key(session, home, qtbot)
    press(section.account)
    qtbot.waitUntil(lambda: section.page.copy.isVisible(), timeout=PATIENCE)
    assert section.told.text() == OPENED
    assert not section.choose.isEnabled()
    assert not section.account.isVisible()
    press(section.page.copy)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == browser.pages[0] == section.page.link.text()
    press(section.page.open)
    assert len(browser.pages) == 2
    tmdb.account.visit(browser.pages[0])
    qtbot.waitUntil(lambda: bool(section.reviews), timeout=PATIENCE)
    assert section.result.text() == "4 lines read from ada's account: 3 ratings, 1 on a watchlist."
    assert not section.page.link.isVisible()
    assert section.account.isVisible()
    assert values(home) == {"Hitze": 9.0, "Ronin": 2.0}
    (import_id,) = section.reviews
    assert section.reviews[import_id].text() == "Decide 1"
    assert (tmdb.account.sessions, len(tmdb.account.ended)) == (set(), 1)
    qtbot.waitUntil(lambda: session.controller.engine.ratings == 2, timeout=PATIENCE)


def test_it_can_be_given_up_and_a_no_is_said(
    session: Session, home: Home, tmdb: FakeTmdb, browser: Browser, qtbot, expected_logs
) -> None:
    section = put_key(session, home, qtbot)
    press(section.account)
    qtbot.waitUntil(lambda: section.stop.isVisible(), timeout=PATIENCE)
    press(section.stop)
    assert not section.page.link.isVisible()
    assert section.choose.isEnabled()
    expected_logs("refused or has run out")
    press(section.account)
    qtbot.waitUntil(lambda: section.stop.isVisible(), timeout=PATIENCE)
    assert browser.pages[0] != browser.pages[1]
    tmdb.account.visit(browser.pages[0])  # the page of before: nobody waits for it any more
    tmdb.account.visit(browser.pages[1], "refuse")
    qtbot.waitUntil(lambda: "refused" in section.result.text(), timeout=PATIENCE)
    assert section.account.isVisible()
    assert values(home) == {}
    assert (tmdb.account.sessions, tmdb.account.ended) == (set(), [])


def test_cancelled_while_the_lists_are_read_nothing_is_brought(
    session: Session, home: Home, tmdb: FakeTmdb, qtbot
) -> None:
    section = put_key(session, home, qtbot)
    tmdb.account.decision = "agree"
    tmdb.fail("slow", path="/watchlist/movies", seconds=60.0)
    press(section.account)
    qtbot.waitUntil(lambda: any("watchlist" in seen.path for seen in tmdb.requests), timeout=PATIENCE)
    qtbot.waitUntil(lambda: section.cancel.isVisible(), timeout=PATIENCE)
    press(section.cancel)
    assert section.choose.isEnabled()
    qtbot.waitUntil(lambda: bool(tmdb.account.ended), timeout=PATIENCE)
    assert values(home) == {}
    assert section.reviews == {}


def test_the_page_stays_while_something_else_is_under_way(theme: Theme, qtbot, browser: Browser, monkeypatch) -> None:
    section = PastSection()
    qtbot.addWidget(section)
    section.resize(800, 600)
    section.show()
    section.offer_account(True)
    section.show_page(CodeShown("Waiting", link="https://www.themoviedb.org/authenticate/x", seconds=600.0))
    section.show_busy(Progress("Taking it back"))
    section.show_idle()
    assert section.page.link.isVisible()
    assert not section.choose.isEnabled()
    section.page.tell_time()
    assert section.page.link.toolTip() == "Good for another 10 minutes"
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    press(section.page.open)
    assert section.told.text() == NOT_OPENED
    with qtbot.waitSignal(section.waiting_stopped, timeout=PATIENCE):
        press(section.stop)
    section.hide_page()
    assert section.choose.isEnabled()
    with qtbot.waitSignal(section.account_wanted, timeout=PATIENCE):
        press(section.account)
    assert section.told.text() == ""
