"""The window around the tabs: titles, strip, messages, and its place on the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel

from gui.main_window import MainWindow, opening_sizes
from gui.theme import Theme


@pytest.fixture
def window(theme: Theme, qtbot) -> Iterator[MainWindow]:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    for title in ("Movies", "TV Shows", "Logs"):
        window.add_tab(QLabel(title), title)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    yield window
    window.close()


def test_tabs_turn_by_name_and_by_key(window: MainWindow, qtbot) -> None:
    assert window.tab_titles() == ["Movies", "TV Shows", "Logs"]
    with qtbot.waitSignal(window.tab_changed) as answer:
        window.show_tab("Logs")
    assert answer.args == ["Logs"]
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_tab() == "TV Shows"
    QTest.keyClick(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert window.current_tab() == "Logs"
    window.show_tab("No such tab")
    assert window.current_tab() == "Logs"


def test_the_place_is_told_and_restored(window: MainWindow, theme: Theme, qtbot) -> None:
    with qtbot.waitSignal(window.geometry_changed, timeout=3000) as answer:
        window.resize(795, 700)  # the screen of these tests is 800 wide
    other = MainWindow(theme)
    qtbot.addWidget(other)
    assert other.restore_geometry(answer.args[0])
    assert (other.width(), other.height()) == (795, 700)
    assert not other.restore_geometry("")
    assert not other.restore_geometry("rubbish")
    assert not other.restore_geometry("ü")


def test_closing_is_told(window: MainWindow, qtbot) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()


def test_the_strip_shows_progress_and_cancels(window: MainWindow) -> None:
    cancelled: list[bool] = []
    window.strip.set_note("0 connections to the internet today")
    window.strip.show_progress("Reading texts", 1204, 1942, "about 14 s", lambda: cancelled.append(True))
    assert window.strip.texts() == (
        "Reading texts",
        "1,204 of 1,942 · about 14 s",
        "0 connections to the internet today",
    )
    button = window.strip._cancel
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert cancelled == [True]
    assert not button.isVisible()
    window.strip.show_progress("Looking", 0)
    assert window.strip.texts()[:2] == ("Looking", "")
    window.strip.clear()
    assert window.strip.texts() == ("", "", "0 connections to the internet today")


def test_the_bar_is_filled_as_far_as_the_work_is(window: MainWindow, qtbot) -> None:
    window.strip.show_progress("Reading", 1, 2)
    qtbot.wait(20)
    bar = window.strip._bar
    image = bar.grab().toImage()
    assert image.pixelColor(bar.width() // 4, 2) != image.pixelColor(bar.width() * 3 // 4, 2)
    assert bar.accessibleDescription() == "50%"


def test_a_message_with_a_way_back(window: MainWindow) -> None:
    undone: list[bool] = []
    window.messages.show_message(
        "Arrival will not be shown again.", action_text="Undo", on_action=lambda: undone.append(True)
    )
    assert window.messages.isVisible()
    button = window.messages.action_button()
    assert button.text() == "Undo"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert window.messages.message() == ""


def test_notes_go_by_themselves_and_problems_stay(window: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.widgets.message_bar.NOTE_STAYS", 30)
    window.messages.show_message("Done.")
    qtbot.waitUntil(lambda: window.messages.message() == "", timeout=2000)
    window.messages.show_message("The disk is full.", "Make room and try again.", kind="problem")
    qtbot.wait(80)
    assert window.messages.message() == "The disk is full. Make room and try again."
    assert not window.messages.action_button().isVisible()
    window.messages.clear()
    assert not window.messages.isVisible()


@pytest.mark.parametrize(
    ("screen", "smallest", "size"),
    [
        (QSize(2560, 1440), QSize(960, 640), QSize(1280, 800)),
        (QSize(1366, 728), QSize(960, 640), QSize(1280, 692)),
        (QSize(933, 600), QSize(925, 564), QSize(925, 564)),
    ],
)
def test_the_window_opens_no_larger_than_its_screen(screen: QSize, smallest: QSize, size: QSize) -> None:
    assert opening_sizes(screen) == (smallest, size)


def test_the_sizes_are_those_of_the_screen_it_is_on(window: MainWindow) -> None:
    smallest, _ = opening_sizes(window.screen().availableSize())
    assert window.minimumSize() == smallest
