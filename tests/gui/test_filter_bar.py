"""The filters say what was chosen, once, and the search waits for a pause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMenu

from gui.models import FilterChoice
from gui.theme import Theme
from gui.widgets.filter_bar import FilterBar
from library.items import MediaKind
from tests.gui.samples import SHELF


@pytest.fixture
def bar(theme: Theme, qtbot) -> Iterator[FilterBar]:
    bar = FilterBar(MediaKind.MOVIE, theme)
    qtbot.addWidget(bar)
    bar.set_choices([("Drama", 812), ("Sci-Fi & Fantasy", 40)], [(2010, 300), (1990, 12)])
    bar.resize(1280, 60)
    bar.show()
    bar.activateWindow()
    qtbot.waitExposed(bar)
    yield bar
    bar.close()


def pick(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text().split("\t")[0] == words).trigger()


def test_each_filter_is_told(bar: FilterBar, qtbot) -> None:
    told: list[FilterChoice] = []
    bar.changed.connect(told.append)
    pick(bar._time_menu, "Up to 90 min")
    pick(bar._genre_menu, "Sci-Fi && Fantasy")
    pick(bar._decade_menu, "1990s")
    QTest.mouseClick(bar._unseen, Qt.MouseButton.LeftButton)
    assert told[-1] == FilterChoice(max_minutes=90.0, genre="Sci-Fi & Fantasy", decade=1990, unseen_only=True)
    assert len(told) == 4
    assert bar._time.text() == "Up to 90 min ▾"
    assert bar._genre.accessibleName() == "Genre: Sci-Fi & Fantasy"
    pick(bar._genre_menu, "Any genre")
    assert told[-1].genre is None


def test_finishing_by_a_time_takes_the_place_of_a_length(bar: FilterBar, qtbot) -> None:
    pick(bar._time_menu, "Up to 2 h")
    with qtbot.waitSignal(bar.changed) as answer:
        bar.finish_by(time(22, 30))
    assert answer.args == [FilterChoice(finish_by=time(22, 30))]
    assert bar._time.text() == "Finish by 22:30 ▾"


def test_choosing_the_same_again_tells_nothing(bar: FilterBar, qtbot) -> None:
    pick(bar._decade_menu, "1990s")
    with qtbot.assertNotEmitted(bar.changed):
        pick(bar._decade_menu, "1990s")


def test_the_choice_survives_new_choices(bar: FilterBar) -> None:
    pick(bar._genre_menu, "Drama")
    bar.set_choices([("Drama", 900)], [])
    assert bar.choice.genre == "Drama"
    assert [action.text() for action in bar._genre_menu.actions() if action.isChecked()] == ["Drama\t900"]


def test_the_search_waits_for_a_pause_and_is_told_once(bar: FilterBar, qtbot) -> None:
    told: list[FilterChoice] = []
    bar.changed.connect(told.append)
    with qtbot.waitSignal(bar.changed, timeout=2000):
        QTest.keyClicks(bar.search, "sola")
    assert [choice.text for choice in told] == ["sola"]


def test_a_title_is_picked_from_what_was_found(bar: FilterBar, qtbot) -> None:
    bar.search.setFocus()
    qtbot.waitUntil(bar.search.hasFocus)
    with qtbot.waitSignal(bar.changed, timeout=2000):
        QTest.keyClicks(bar.search, "s")
    bar.search.show_results(SHELF[:3])
    assert bar.search.results() == [entry.label for entry in SHELF[:3]]
    QTest.keyClick(bar.search, Qt.Key.Key_Down)
    QTest.keyClick(bar.search, Qt.Key.Key_Down)
    told: list[object] = []
    bar.changed.connect(lambda choice: told.append(choice.text))
    bar.chosen.connect(told.append)
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    assert told == ["", SHELF[1].item_id]
    assert bar.search.results() == []
    assert bar.choice.text == ""


def test_escape_closes_the_list_and_then_clears(bar: FilterBar, qtbot) -> None:
    bar.search.setFocus()
    qtbot.waitUntil(bar.search.hasFocus)
    QTest.keyClicks(bar.search, "xyz")
    bar.search.show_results([])
    assert bar.search.results() == ["Nothing found"]
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert bar.search.results() == []
    assert bar.search.text() == "xyz"
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert bar.search.text() == ""


def test_clearing_takes_everything_off_at_once(bar: FilterBar, qtbot) -> None:
    pick(bar._genre_menu, "Drama")
    bar.search.set_text("words")
    with qtbot.waitSignal(bar.changed) as answer:
        bar.clear()
    assert answer.args == [FilterChoice()]
    assert bar.search.text() == ""


def test_the_count_stands_at_the_end(bar: FilterBar) -> None:
    bar.show_counts(318, 1942)
    assert bar.count_text() == "318 of 1,942 films"


def test_the_dials_are_opened_from_the_bar_and_counted_in_it(bar: FilterBar, qtbot) -> None:
    with qtbot.waitSignal(bar.dials_opened) as answer:
        QTest.mouseClick(bar.dials, Qt.MouseButton.LeftButton)
    assert answer.args == [True]
    bar.show_dials(2)
    assert bar.dials.text() == "Dials · 2"
    assert bar.dials.property("chosen") is True
    bar.show_dials(0)
    assert bar.dials.text() == bar.dials.accessibleName() == "Dials"
