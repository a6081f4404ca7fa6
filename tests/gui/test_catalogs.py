"""The catalogues in the window: keys, looking up with progress, what a card says, correcting a wrong match, switching off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from gui.session import Session
from library.home import Home
from library.items import Item, MediaKind
from library.library import Library
from library.secrets import Secrets
from library.settings import CatalogSettings, Settings
from library.sources import Catalog
from providers.catalogs.tmdb import TmdbCatalog
from providers.catalogs.tvdb import TvdbCatalog
from providers.http import Patience
from tests.fakes.tmdb import API_KEY, READ_TOKEN, FakeTmdb, Title
from tests.gui.places import PATIENCE, press

QUICK = Patience(connect=1, read=1, overall=2, attempts=1, pause=0.01)
TITLES = [
    Title(329865, "Arrival", 2016, runtime=116, keywords=("heptapod",), recommended=(78,)),
    Title(9999, "Arrival", 1996, overview="Another film of that name."),
    Title(78, "Blade Runner", 1982, runtime=117),
]


@pytest.fixture
def tmdb() -> Iterator[FakeTmdb]:
    with FakeTmdb(titles=list(TITLES)) as fake:
        yield fake


def opener(tmdb: FakeTmdb) -> Callable[[str, str, str, str], Catalog]:
    def open_catalog(name: str, key: str, pin: str, language: str) -> Catalog:
        if name == "tvdb":
            return TvdbCatalog(key, pin, language, patience=QUICK, limit=5000, url=tmdb.url)
        return TmdbCatalog(key, language, patience=QUICK, limit=5000, url=tmdb.url)

    return open_catalog


def checker(tmdb: FakeTmdb) -> Callable[[str, str, str], str]:
    def check(name: str, key: str, pin: str) -> str:
        catalog = opener(tmdb)(name, key, pin, "en")
        try:
            return catalog.check()
        finally:
            catalog.close()

    return check


@pytest.fixture
def with_catalogs(tmdb: FakeTmdb, start) -> Callable[[], Session]:
    return partial(start, open_catalog=opener(tmdb), check_catalog=checker(tmdb))


def switched_on(home: Home, **catalogs: object) -> None:
    """A key is there and the catalogue is on from the start."""
    Secrets(home).put("catalog:tmdb", READ_TOKEN)
    with Library.open(home) as library:
        library.settings.save(replace(Settings(), catalogs=CatalogSettings(tmdb=True, **catalogs)))  # type: ignore[arg-type]


def item(session: Session, title: str) -> Item:
    library = session.library
    assert library is not None
    return next(one for one in library.items.all(MediaKind.MOVIE) if one.title == title)


def looked_up(session: Session, qtbot) -> None:
    """Wait until titles are there and have been looked up."""
    desk = session.background.catalogs
    library = session.library
    qtbot.waitUntil(
        lambda: library.metadata.counts("tmdb", 0.0, (MediaKind.MOVIE,)).found > 0 and not desk.worker.busy,
        timeout=PATIENCE,
    )


def test_a_key_is_tried_kept_and_used(with_catalogs, home: Home, tmdb: FakeTmdb, qtbot, expected_logs) -> None:
    expected_logs("does not take this key")
    session = with_catalogs()
    section = session.background.configuration.catalogs
    session.window.show_tab("Configuration")
    qtbot.waitUntil(lambda: "no key yet" in section.counts["tmdb"].text(), timeout=PATIENCE)
    assert not section.begin.isEnabled()
    assert not section.switches["tmdb"].isEnabled()
    card = section.keys.cards["tmdb"]
    card.key.field.setText("0" * 32)
    press(card.test)
    qtbot.waitUntil(lambda: "does not take this key" in card.told.text(), timeout=PATIENCE)
    assert Secrets(home).get("catalog:tmdb") is None
    assert not session.preferences.settings.catalogs.tmdb
    card.key.field.setText(API_KEY)
    press(card.test)
    looked_up(session, qtbot)
    assert Secrets(home).get("catalog:tmdb") == API_KEY
    assert section.switches["tmdb"].isChecked()
    assert "heptapod" in item(session, "Arrival").keywords
    qtbot.waitUntil(lambda: "2 found" in section.counts["tmdb"].text(), timeout=PATIENCE)
    assert "2 of" in section.result.text()
    assert tmdb.most_in_flight <= 10


def test_a_wrong_match_is_corrected_by_hand_and_stays_corrected(with_catalogs, home: Home, qtbot) -> None:
    switched_on(home)
    session = with_catalogs()
    looked_up(session, qtbot)
    origin = session.movies.card_view.text.origin
    session.show_title(item(session, "Alien").id)
    assert origin.text() == "Not found at TMDB. Look for it"
    arrival = item(session, "Arrival")
    session.show_title(arrival.id)
    assert origin.text() == "With words from TMDB. Is it another title?"
    assert "not endorsed or certified by TMDB" in origin.toolTip()
    qtbot.waitUntil(lambda: session.movies._pixmaps.has(arrival.id), timeout=PATIENCE)
    origin.click()
    desk = session.background.catalogs
    page = desk.page
    qtbot.waitUntil(lambda: len(page.choices) == 2, timeout=PATIENCE)
    assert page.taken.text().startswith("It was taken for Arrival (2016).")
    assert [button.accessibleName() for button in page.choices] == ["It is Arrival (2016)", "It is Arrival (1996)"]
    press(page.choices[1])
    look_ups = session.library.metadata.look_ups
    qtbot.waitUntil(lambda: look_ups(arrival.id)[0].found and look_ups(arrival.id)[0].by_hand, timeout=PATIENCE)
    assert look_ups(arrival.id)[0].key == "9999"
    qtbot.waitUntil(lambda: not session.window.laid_pages(), timeout=PATIENCE)
    assert "heptapod" not in item(session, "Arrival").keywords
    desk.look_up()
    qtbot.waitUntil(lambda: not desk.worker.busy, timeout=PATIENCE)
    assert look_ups(arrival.id)[0].key == "9999"
    blade_runner = item(session, "Blade Runner")
    assert "heist" in blade_runner.keywords
    desk.correct(blade_runner.id)
    qtbot.waitUntil(lambda: len(page.choices) == 1, timeout=PATIENCE)
    page.field.setText("Nothing like that")
    press(page.search)
    qtbot.waitUntil(lambda: "Nothing of that name" in page.told.text(), timeout=PATIENCE)
    press(page.none)
    qtbot.waitUntil(lambda: "heist" not in item(session, "Blade Runner").keywords, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not session.window.laid_pages(), timeout=PATIENCE)


def test_failing_is_said_looking_up_can_be_stopped_and_a_catalogue_switched_off(
    with_catalogs, home: Home, tmdb: FakeTmdb, qtbot, expected_logs
) -> None:
    expected_logs("error 500")
    switched_on(home)
    tmdb.fail("status", path="/3/search", status=500)
    session = with_catalogs()
    section = session.background.configuration.catalogs
    session.window.show_tab("Configuration")
    qtbot.waitUntil(lambda: "500" in section.result.text(), timeout=PATIENCE)
    tmdb.recover()
    tmdb.fail("slow", seconds=0.05)
    press(section.begin)
    qtbot.waitUntil(lambda: not section.stop.isHidden(), timeout=PATIENCE)
    press(section.stop)
    qtbot.waitUntil(lambda: section.result.text().startswith("Stopped."), timeout=PATIENCE)
    tmdb.recover()
    press(section.begin)
    looked_up(session, qtbot)
    qtbot.waitUntil(lambda: "heptapod" in item(session, "Arrival").keywords, timeout=PATIENCE)
    section.switches["tmdb"].click()
    qtbot.waitUntil(lambda: "heptapod" not in item(session, "Arrival").keywords, timeout=PATIENCE)
    section.switches["tmdb"].click()
    qtbot.waitUntil(lambda: "heptapod" in item(session, "Arrival").keywords, timeout=PATIENCE)
