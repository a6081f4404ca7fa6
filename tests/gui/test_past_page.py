"""Bringing a past along in the window: files go in, piles come out, what is unsure is decided, all of it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from gui.past_list import PastRow
from gui.past_page import LEFT_OUT, NOT_OWNED, SURE, UNSURE, WISH, Candidate, PastDetail, PastPage
from gui.session import Session
from gui.tabs.configuration.past import ImportLine, PastSection
from gui.theme import Theme
from library.home import Home
from library.items import Credit, CreditRole, MediaKind
from library.library import Library
from library.past.import_store import ImportStore
from library.past.matching import Pile
from library.progress import Progress
from library.sources import ServerItem
from tests.gui.places import PATIENCE, press

HEAD = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
DIARY = HEAD + (
    "2020-01-02,Heat,1995,u,5,,,2020-01-02\n"
    "2020-01-03,Solaris,1973,u,4,,,2020-01-03\n"
    "2020-01-04,Ronin,1998,u,3.5,,,2020-01-04\n"
    '2020-01-05,"Broken,1998,u,3.5,,,2020-01-04\n'
)


def detail(title_id: int) -> PastDetail:
    candidates = tuple(Candidate(number, f"Film ({1990 + number})", "Film · Ada") for number in (1, 2))
    return PastDetail(title_id, f"Film {title_id}", "Film", "Rated 8", "Which one is it?", candidates, "None of these")


@pytest.fixture
def page(theme: Theme, qtbot) -> PastPage:
    page = PastPage(theme)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.title_wanted.connect(lambda title_id: page.show_detail(detail(title_id)))
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=PATIENCE)
    page.show_counts({UNSURE: 5000, SURE: 3, NOT_OWNED: 0, WISH: 1, LEFT_OUT: 2})
    page.choose_pile(UNSURE)
    page.show_rows([PastRow(number, f"Film {number}", "8", "Film") for number in range(1, 5001)])
    page.take_focus()
    return page


def test_five_thousand_titles_are_gone_through_with_the_keyboard(page: PastPage) -> None:
    answers: list[tuple[int, int | None]] = []

    def decided(title_id: int, item_id: int | None) -> None:
        answers.append((title_id, item_id))
        page.move(title_id, SURE if item_id else NOT_OWNED)

    page.decided.connect(decided)
    for key in (Qt.Key.Key_2, Qt.Key.Key_N, Qt.Key.Key_Down, Qt.Key.Key_1, Qt.Key.Key_5):
        QTest.keyClick(page.list, key)
    assert answers == [(1, 2), (2, None), (4, 1)]  # there is no fifth candidate
    assert len(page.list.rows) == 4997
    assert page.list.row() == PastRow(5, "Film 5", "8", "Film")
    assert page.panel.title.text() == "Film 5"
    assert [page.pills[pile].text() for pile in (UNSURE, SURE, NOT_OWNED)] == [
        "Unsure  4,997",
        "Sure  5",
        "Not owned  1",
    ]
    press(page.panel.buttons[1])
    press(page.panel.none)
    assert answers[3:] == [(5, 2), (6, None)]
    page.list.go_to(10_000)
    assert page.panel.title.text() == "Film 5000"


def test_an_empty_pile_says_so(page: PastPage) -> None:
    wanted: list[str] = []
    page.pile_wanted.connect(wanted.append)
    press(page.pills[NOT_OWNED])
    page.show_rows([])
    assert wanted == [NOT_OWNED]
    assert page.quiet.isVisible()
    assert "Every title is in your library" in page.quiet.texts()
    assert page.panel.detail is None
    page.choose_pile(UNSURE)
    page.show_rows([PastRow(1, "Film 1")])
    page.move(1, SURE)
    assert "Nothing is unsure" in page.quiet.texts()


def test_failing_and_busy_are_said(page: PastPage, qtbot) -> None:
    page.show_busy()
    assert page.quiet.isVisible()
    page.show_failing("The library is locked.", "Close the other program.")
    assert "The library is locked." in page.quiet.texts()
    with qtbot.waitSignal(page.retry_wanted, timeout=PATIENCE):
        press(page.quiet.buttons()[0])


def test_a_detail_that_comes_too_late_is_not_shown(page: PastPage) -> None:
    page.list.go_to(3)
    page.show_detail(detail(1))
    assert page.panel.title.text() == "Film 4"


def test_suggestions_are_offered_only_where_there_are_some(page: PastPage, qtbot) -> None:
    page.show_suggestions(0)
    assert page.suggestions.isHidden()
    page.show_suggestions(12)
    assert page.suggestions.text() == "Take all 12 suggestions of the same year"
    with qtbot.waitSignal(page.suggestions_wanted, timeout=PATIENCE):
        press(page.suggestions)


@pytest.fixture
def section(theme: Theme, qtbot) -> PastSection:
    section = PastSection()
    qtbot.addWidget(section)
    section.resize(800, 600)
    section.show()
    return section


def test_files_are_dropped_or_chosen(section: PastSection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[list[Path]] = []
    section.files_chosen.connect(chosen.append)
    file = tmp_path / "ratings.csv"
    file.write_text("x")
    dragged = QMimeData()
    dragged.setUrls(
        [QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/x.csv")]
    )
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, dragged, left, none)
    section.dragEnterEvent(entered)
    assert entered.isAccepted()
    section.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, dragged, left, none))
    words = QMimeData()
    words.setText("no file")
    refused = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, words, left, none)
    refused.ignore()
    section.dragEnterEvent(refused)
    assert not refused.isAccepted()
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    press(section.choose)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    press(section.choose)
    assert chosen == [[file], [file]]


def test_the_section_says_how_far_it_is_and_asks_before_taking_back(section: PastSection, qtbot) -> None:
    section.show_busy(Progress("Reading ratings.csv", 500))
    assert section.step.text() == "Reading ratings.csv · 500"
    assert not section.choose.isEnabled()
    with qtbot.waitSignal(section.cancel_wanted, timeout=PATIENCE):
        press(section.cancel)
    section.show_idle("Done.", "good")
    assert section.choose.isEnabled()
    assert not section.bar.isVisible()
    assert section.none.isVisible()
    section.show_imports(
        [ImportLine(2, "IMDb: ratings.csv", "today", 7), ImportLine(1, "Trakt: x.zip", "Taken back", 0, True)]
    )
    assert not section.none.isVisible()
    assert [section.reviews[number].text() for number in (2, 1)] == ["Decide 7", "Review"]
    assert not section.reviews[1].isVisible()
    taken: list[int] = []
    section.take_back_wanted.connect(taken.append)
    press(section.ways_back[2])
    assert not taken
    assert section.sure.sentence().startswith("Take back what came from IMDb: ratings.csv?")
    press(section.sure.yes)
    assert taken == [2]
    with qtbot.waitSignal(section.bring_back_wanted, timeout=PATIENCE) as brought:
        press(section.ways_back[1])
    assert brought.args == [1]


def film(key: str, title: str, year: int, director: str) -> ServerItem:
    credits = (Credit(director, CreditRole.DIRECTOR),)
    return ServerItem(
        key=key, version="1", kind=MediaKind.MOVIE, title=title, year=year, credits=credits, genres=("Drama",)
    )


@pytest.fixture
def diary(home: Home, tmp_path: Path) -> Path:
    """A diary, and a library with what some of it is about."""
    with Library.open(home) as library:
        library.items.upsert(
            "films", "1", [film("a", "Heat", 1995, "Michael Mann"), film("b", "Solaris", 1972, "Andrei Tarkovsky")]
        )
    path = tmp_path / "diary.csv"
    path.write_text(DIARY, encoding="utf-8")
    return path


def values(home: Home) -> dict[str, float]:
    with Library.open(home) as library:
        ratings = library.feedback.current().ratings
        titles = {item.id: item.title for item in library.items.many(rating.item_id for rating in ratings)}
        return {titles[rating.item_id]: rating.value for rating in ratings}


def test_a_past_in_the_whole_window(start: Callable[..., Session], diary: Path, home: Home, qtbot) -> None:
    session = start()
    session.window.take_all_off()
    desk, section = session.background.past, session.background.configuration.past
    section.files_chosen.emit([diary])
    qtbot.waitUntil(lambda: bool(section.reviews), timeout=PATIENCE)
    assert section.result.text().startswith("4 lines read from diary.csv: 3 ratings, 1 left out.")
    assert values(home) == {"Heat": 10.0, "Ronin": 7.0}
    qtbot.waitUntil(lambda: session.controller.engine.ratings == 2, timeout=PATIENCE)
    (import_id,) = section.reviews
    assert section.reviews[import_id].text() == "Decide 1"
    section.reviews[import_id].click()
    page = desk.page
    qtbot.waitUntil(lambda: len(page.list.rows) == 1, timeout=PATIENCE)
    assert page.heading() == "Your past · Letterboxd: diary.csv"
    assert page.list.row().title == "Solaris (1973)"
    assert page.panel.buttons[0].accessibleName() == "1: Solaris (1972), Film · Drama · Andrei Tarkovsky"
    session.window.activateWindow()
    qtbot.waitUntil(page.list.hasFocus, timeout=PATIENCE)
    QTest.keyClick(page.list, Qt.Key.Key_1)
    assert values(home) == {"Heat": 10.0, "Ronin": 7.0, "Solaris": 8.0}
    assert [page.pills[pile].text() for pile in (UNSURE, SURE, NOT_OWNED, LEFT_OUT)] == [
        "Unsure  0", "Sure  2", "Not owned  1", "Left out  1",
    ]  # fmt: skip
    press(page.pills[LEFT_OUT])
    qtbot.waitUntil(lambda: page.list.row() is not None and page.list.row().id == -1, timeout=PATIENCE)
    assert page.panel.said.text() == "diary.csv, line 5: has a quotation mark that is never closed"
    press(page.pills[SURE])
    qtbot.waitUntil(lambda: len(page.list.rows) == 2, timeout=PATIENCE)
    QTest.keyClick(page.list, Qt.Key.Key_N)
    assert len(page.list.rows) == 1
    page.go_back()
    assert page not in session.window.laid_pages()
    _take_it_back_and_bring_it_back(session, home, import_id, qtbot)


def _take_it_back_and_bring_it_back(session: Session, home: Home, import_id: int, qtbot) -> None:
    section = session.background.configuration.past
    before = values(home)
    section.take_back_wanted.emit(import_id)
    qtbot.waitUntil(lambda: section.ways_back[import_id].text() == "Bring back", timeout=PATIENCE)
    assert values(home) == {}
    section.bring_back_wanted.emit(import_id)
    qtbot.waitUntil(lambda: section.ways_back[import_id].text() == "Take back", timeout=PATIENCE)
    assert values(home) == before
    qtbot.waitUntil(lambda: session.controller.engine.ratings == 3, timeout=PATIENCE)


def test_what_is_no_export_is_said_and_nothing_happens(
    start: Callable[..., Session], diary: Path, home: Home, qtbot, expected_logs: Callable[[str], None]
) -> None:
    expected_logs("holiday.csv is not an export")
    session = start()
    section = session.background.configuration.past
    wrong = diary.with_name("holiday.csv")
    wrong.write_text("Place,Weather\nOslo,fine\n")
    section.files_chosen.emit([wrong])
    qtbot.waitUntil(lambda: bool(section.result.text()), timeout=PATIENCE)
    assert "holiday.csv is not an export that is known here: its columns are Place, Weather." in section.result.text()
    assert section.choose.isEnabled()
    with Library.open(home) as library:
        assert ImportStore(library.database).all("local") == ()
        library.items.upsert(
            "films", "1", [film("c", "Twins Part II", 1980, "Ada"), film("d", "Solo Part II", 1990, "Ada")]
        )
    two = diary.with_name("diary-2.csv")
    two.write_text(HEAD + "2020-01-02,Twins 2,1980,u,5,,,2020-01-02\n2020-01-02,Solo 2,1990,u,1,,,2020-01-02\n")
    section.files_chosen.emit([two])
    qtbot.waitUntil(lambda: bool(section.reviews), timeout=PATIENCE)
    (import_id,) = section.reviews
    session.background.past.open(import_id)
    page = session.background.past.page
    qtbot.waitUntil(lambda: not page.suggestions.isHidden(), timeout=PATIENCE)
    press(page.suggestions)
    qtbot.waitUntil(lambda: page.pills[SURE].text() == "Sure  2", timeout=PATIENCE)
    with Library.open(home) as library:
        assert ImportStore(library.database).piles(import_id)[Pile.UNSURE] == 0
    assert values(home) == {"Twins Part II": 10.0, "Solo Part II": 2.0}
