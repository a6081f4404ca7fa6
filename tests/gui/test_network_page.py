"""The page "Network": who was contacted, in words; sorting, copying, days; and the switch that holds at once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication

from gui.network_desk import NetworkDesk
from gui.tabs.configuration.network import NetworkSection
from gui.tabs.network_lines import COLUMNS
from gui.tabs.network_page import NetworkPage, sentence_about
from gui.worker import LibraryWorker
from library.contact_store import Contact, Reach
from library.errors import ProviderOffline, StoreUnavailable
from library.library import Library
from library.settings import NetworkSettings
from main import window_ports
from providers.ledger import NetworkLedger
from tests.gui.places import PATIENCE, press, quick_ports

TODAY = date.today()


def contact(host: str, reach: Reach = Reach.NETWORK, **more) -> Contact:
    return Contact(
        **{"day": TODAY, "host": host, "reach": reach, "purpose": "Your media server", "requests": 1, **more}
    )


NAS = contact("nas", requests=1200, sent=2_000, received=3_000_000, last_at=time.time() - 600)
FAR = contact("api.example.org", Reach.INTERNET, purpose="Looking titles up", requests=3, last_at=time.time())


@pytest.fixture
def page(theme, qtbot) -> NetworkPage:
    page = NetworkPage(theme)
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    return page


def cells(page: NetworkPage, row: int) -> list[str]:
    return [page.model.index(row, column).data() for column in range(len(COLUMNS))]


def hosts(page: NetworkPage) -> list[str]:
    return [line.host for line in page.model.lines]


def test_lines_say_who_where_why_when_and_how_much(page) -> None:
    page.show_contacts([replace(NAS, last_at=time.time() - 610), replace(FAR, last_at=time.time())])
    assert hosts(page) == ["api.example.org", "nas"]
    assert cells(page, 1) == [
        "nas",
        "local network",
        "Your media server",
        "10 minutes ago",
        "1,200",
        "2.0 kB",
        "3.0 MB",
    ]
    assert page.sentence == (
        "In the last 7 days Homereel talked to 1 computer on the internet and 1 in your own network."
    )
    assert page.table.isVisible()


def test_days_are_put_together_by_computer_and_purpose(page) -> None:
    yesterday = contact("nas", requests=5, sent=1, received=1, last_at=1.0, day=TODAY - timedelta(days=1))
    page.show_contacts([NAS, yesterday, contact("nas", purpose="Pictures", last_at=5.0)])
    assert [(line.purpose, line.requests) for line in page.model.lines] == [
        ("Your media server", 1205),
        ("Pictures", 1),
    ]
    assert page.model.lines[0].last_at == NAS.last_at


def test_nothing_is_an_empty_page_and_a_sentence(page) -> None:
    assert page.quiet.isVisible()
    assert page.sentence == "In the last 7 days Homereel talked to no other computer."
    assert not page.copy.isEnabled()


@pytest.mark.parametrize(
    ("contacts", "days", "sentence"),
    [
        ([FAR, FAR], 1, "Today Homereel talked to 1 computer on the internet."),
        (
            [NAS],
            30,
            "In the last 30 days Homereel talked to 1 computer in your own network, and to none on the internet.",
        ),
        ([contact("127.0.0.1", Reach.COMPUTER)], 1, "Today Homereel talked to no other computer."),
    ],
)
def test_the_sentence(contacts, days, sentence) -> None:
    assert sentence_about(contacts, days) == sentence


def test_a_heading_sorts_and_what_comes_later_is_sorted_too(page, qtbot) -> None:
    page.show_contacts([NAS, FAR])
    page.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert hosts(page) == ["nas", "api.example.org"]
    page.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert hosts(page) == ["api.example.org", "nas"]
    page.show_contacts([NAS, FAR, contact("127.0.0.1", Reach.COMPUTER)])
    assert hosts(page) == ["api.example.org", "nas", "127.0.0.1"]


def test_what_is_selected_stays_while_numbers_grow(page) -> None:
    page.show_contacts([NAS, FAR])
    page.table.selectRow(1)
    page.show_contacts([NAS, contact("nas", requests=1, last_at=1.0), FAR])
    assert [index.row() for index in page.table.selectionModel().selectedRows()] == [1]
    assert page.model.lines[1].requests == 1201


def test_lines_are_copied_as_a_table(page, qtbot) -> None:
    page.show_contacts([NAS, FAR])
    with qtbot.waitSignal(page.noticed):
        press(page.copy)
    text = QGuiApplication.clipboard().text().split("\n")
    assert text[0].split("\t") == [heading for heading, *_ in COLUMNS]
    assert [line.split("\t")[0] for line in text[1:]] == ["api.example.org", "nas"]
    page.table.selectRow(1)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [line.split("\t")[0] for line in QGuiApplication.clipboard().text().split("\n")[1:]] == ["nas"]


@pytest.fixture
def ledger() -> NetworkLedger:
    return NetworkLedger()


@pytest.fixture
def desk(home, room, ledger, page, qtbot):
    worker = LibraryWorker(home, quick_ports(home), "asking under test")
    worker.start()
    desk = NetworkDesk(ledger, room.library, room.preferences, worker, page)
    yield desk
    assert worker.stop()
    desk.stop()
    desk.deleteLater()


def test_what_was_noted_is_shown_and_kept(desk, ledger, page, room, qtbot) -> None:
    room.library.contacts.add([contact("nas", day=TODAY - timedelta(days=20), last_at=1.0), NAS])
    ledger.record("api.example.org", "", 100, sent=10, purpose="Looking titles up")
    desk.refresh()
    qtbot.waitUntil(lambda: hosts(page) == ["api.example.org", "nas"], timeout=PATIENCE)
    assert page.model.lines[1].requests == 1200
    page.period.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.model.lines[1].requests == 1201, timeout=PATIENCE)
    desk.start()
    qtbot.waitUntil(lambda: not ledger.fresh(), timeout=PATIENCE)
    assert {row.host for row in room.library.contacts.since(TODAY)} == {"nas", "api.example.org"}
    qtbot.waitUntil(lambda: sum(row.count for row in ledger.connections_today()) == 1201, timeout=PATIENCE)


def test_what_is_noted_last_is_kept_when_the_window_closes(desk, ledger, room) -> None:
    ledger.record("nas", "", 5)
    desk.stop()
    assert [row.host for row in room.library.contacts.since(TODAY)] == ["nas"]


def test_what_cannot_be_kept_waits_for_the_next_time(desk, ledger, room, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise StoreUnavailable("The disk is full.")

    ledger.record("nas", "", 5)
    with monkeypatch.context() as patch:
        patch.setattr(type(room.library.contacts), "add", full)
        desk.stop()
    assert [row.host for row in ledger.fresh()] == ["nas"]


def test_the_switch_on_the_page_holds_at_once_and_is_remembered(desk, ledger, page, room, home) -> None:
    page.reach.choices["none"].click()
    assert ledger.reach == "none"
    with pytest.raises(ProviderOffline):
        ledger.permit("TMDB", "api.example.org")
    assert room.tab.network.reach.choices["none"].isChecked()
    with Library.open(home) as other:
        assert other.settings.load().network.reach == "none"
    room.tab.network.reach.choices["all"].click()
    assert ledger.reach == "all"
    assert page.reach.choices["all"].isChecked()
    ledger.permit("TMDB", "api.example.org")


def test_the_switch_says_what_it_means(room) -> None:
    section: NetworkSection = room.tab.network
    assert section.reach.meaning.startswith("Your servers, and the sites")
    section.reach.choices["home"].click()
    assert section.reach.meaning.startswith("Your servers at home.")


def test_a_window_begins_with_the_reach_that_was_chosen(home, start, qtbot) -> None:
    with Library.open(home) as library:
        library.settings.save(replace(library.settings.load(), network=NetworkSettings("none")))
    ports = window_ports(home)
    session = start(network=ports.network)
    assert ports.network.reach == "none"
    session.window.show_tab("Configuration")
    session.background.configuration.network.see.click()
    assert (session.window.current_tab(), session.background.logs.page) == ("Logs", "Network")
