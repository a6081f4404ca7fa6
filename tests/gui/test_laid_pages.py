"""Pages over the tabs: how they are laid down and taken away, and where the keyboard is after that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLineEdit

from gui.main_window import MainWindow
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from library.items import MediaKind
from tests.gui.places import press
from tests.gui.samples import ARRIVAL

LONG = "The Positively True Adventures of the Alleged Texas Cheerleader-Murdering Mom & Her Friends"


@pytest.fixture
def window(theme: Theme, qtbot) -> Iterator[MainWindow]:
    theme.still = True
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.add_tab(QLineEdit("first"), "Movies")
    window.add_tab(QLineEdit("second"), "Logs")
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    yield window
    window.close()


def laid(window: MainWindow, theme: Theme, heading: str) -> tuple[LaidPage, Button]:
    """A page with a button in it that has the keyboard."""
    page = LaidPage(theme, heading)
    inside = Button("inside")
    page.set_body(inside)
    window.lay_over(page)
    inside.setFocus()
    return page, inside


def field(window: MainWindow) -> QLineEdit:
    return next(widget for widget in window.findChildren(QLineEdit) if widget.text() == "first")


@pytest.mark.parametrize("way", ["escape", "alt left", "button"])
def test_back_leads_to_where_the_keyboard_was(window: MainWindow, theme: Theme, qtbot, way: str) -> None:
    field(window).setFocus()
    page, inside = laid(window, theme, "Tonight")
    assert page.isVisible()
    assert not field(window).isVisible()
    with qtbot.waitSignal(window.tab_changed) as answer:
        if way == "escape":
            QTest.keyClick(inside, Qt.Key.Key_Escape)
        elif way == "alt left":
            QTest.keyClick(inside, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        else:
            press(page.back)
    assert answer.args == ["Movies"]
    assert window.laid_pages() == ()
    assert field(window).hasFocus()


def test_pages_lie_on_pages(window: MainWindow, theme: Theme) -> None:
    field(window).setFocus()
    first, inside = laid(window, theme, "More like this")
    second, inside_second = laid(window, theme, "Connections")
    assert window.laid_pages() == (first, second)
    QTest.keyClick(inside_second, Qt.Key.Key_Escape)
    assert first.isVisible()
    assert inside.hasFocus()
    window.lay_over(second)
    window.lay_over(first)  # one that lies there already comes to the top
    assert window.laid_pages() == (second, first)
    window.take_all_off()
    assert field(window).hasFocus()


def test_turning_to_a_tab_takes_every_page_away(window: MainWindow, theme: Theme) -> None:
    _, inside = laid(window, theme, "Tonight")
    QTest.keyClick(inside, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.laid_pages() == ()
    assert window.current_tab() == "Logs"
    laid(window, theme, "Tonight")
    window.show_tab("Logs")
    assert window.laid_pages() == ()


def test_escape_is_the_pages_own_even_over_an_open_ledger(theme: Theme, qtbot) -> None:
    theme.still = True
    window = MainWindow(theme)
    qtbot.addWidget(window)
    tab = RecommendationTab(MediaKind.MOVIE, theme)
    window.add_tab(tab, "Movies")
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    tab.show_card(ARRIVAL)
    tab.card_view.open_ledger()
    _, inside = laid(window, theme, "Tonight")
    QTest.keyClick(inside, Qt.Key.Key_Escape)
    assert window.laid_pages() == ()
    assert tab.card_view.ledger_open
    window.close()


def test_tonight_is_offered_when_something_answers(window: MainWindow, qtbot) -> None:
    button = next(widget for widget in window.findChildren(Button) if widget.text() == "Tonight")
    assert not button.isVisible()
    with qtbot.assertNotEmitted(window.tonight_requested):
        QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    window.offer_tonight(True)
    with qtbot.waitSignal(window.tonight_requested):
        QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(window.tonight_requested):
        press(button)


def test_a_long_heading_is_shortened(window: MainWindow, theme: Theme) -> None:
    window.resize(window.minimumSize())
    page, _ = laid(window, theme, LONG * 2)
    assert page.heading() == LONG * 2
    assert page._heading.text().endswith("…")
    assert page._heading.toolTip() == LONG * 2
    assert page.minimumSizeHint().width() < 400
