"""Reasons answer back: more of it, less of it, never; guests and single ratings leave the taste alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMenu

from gui.tabs.configuration.wishes import WishesSection
from gui.theme import Theme
from gui.widgets.chips import Chip, Chips
from gui.widgets.ledger_chart import LedgerPanel
from gui.widgets.wish_menu import WishMenu, wish_heading, wish_sentence
from library.errors import StoreUnavailable
from library.feedback import GUEST
from library.settings import DialSettings
from library.wishes import Subject, Wish
from recommender.explain import LedgerTerm
from tests.gui.evening import Evening, open_evening
from tests.gui.places import press
from tests.gui.samples import ARRIVAL, EXPLANATION

LEFT = Qt.MouseButton.LeftButton
LONG_NAME = "Somebody Who Was Given Every Name of All Her Grandmothers & Also Those of Their Many Friends"
VILLENEUVE = LedgerTerm("person", "Denis Villeneuve: Sicario 8", 0.5, subjects=(Subject("person", "Denis Villeneuve"),))
CONTACT = LedgerTerm(
    "item",
    "like Contact, which you gave 9",
    0.9,
    2,
    9.0,
    (Subject("item", "Contact", 2), Subject("keyword", "first contact"), Subject("collection", "Sky Saga")),
)
FAME = LedgerTerm("general", "little known", 0.2, subjects=(Subject("general", "fame"),))


@pytest.fixture
def evening(home_path: Path, theme: Theme, qtbot) -> Iterator[Evening]:
    with open_evening(home_path, theme, qtbot) as evening:
        evening.rate("Star 0", "Star 2", "Star 4", value=8)
        evening.rate("Heart 1", "Heart 3", value=7)
        yield evening


def pick(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()


def chip_about(evening: Evening, name: str) -> Chip:
    chips = evening.movies.card_view.chips.chips()
    return next(chip for chip in chips if chip.term is not None and chip.term.subjects[0].name == name)


def wish(evening: Evening, name: str, words: str) -> None:
    press(chip_about(evening, name))
    pick(evening.movies.card_view.chips.menu, words)


# The menu


@pytest.mark.parametrize(
    ("term", "lines"),
    [
        (
            VILLENEUVE,
            [
                "Denis Villeneuve · person",
                "More of this",
                "Less of this",
                "Never with Denis Villeneuve",
                "Show all terms",
            ],
        ),
        (
            CONTACT,
            [
                "Like Contact",
                "More of this",
                "Less of this",
                "Never first contact",
                "Never Sky Saga",
                "Show all terms",
            ],
        ),
        (
            FAME,
            [
                "How widely it is known",
                "More of what is widely known",
                "Less of what is widely known",
                "Show all terms",
            ],
        ),
    ],
)
def test_a_chip_offers_what_can_be_wished_about_it(theme: Theme, qtbot, term: LedgerTerm, lines: list[str]) -> None:
    chips = Chips(theme)
    qtbot.addWidget(chips)
    chips.resize(900, 100)
    chips.show_card(replace(ARRIVAL, explanation=replace(EXPLANATION, reasons=(term,))))
    chips.show()
    press(chips.chips()[0])
    assert chips.menu.isVisible()
    assert chips.menu.lines() == lines
    with qtbot.waitSignal(chips.opened):
        pick(chips.menu, "Show all terms")


def test_the_wish_that_is_in_force_is_marked_and_long_names_are_shortened(theme: Theme, qtbot) -> None:
    chips = Chips(theme)
    qtbot.addWidget(chips)
    term = LedgerTerm("person", f"{LONG_NAME}: Heat 8", 0.5, subjects=(Subject("person", LONG_NAME),))
    held = Wish(term.subjects[0], "less", 0.0)
    menu = WishMenu(theme, chips)
    menu.open_at(QPoint(0, 0), term, [held])
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Less of this"]
    heading = menu.lines()[0]
    assert heading.endswith("… · person")
    assert menu.sizeHint().width() < theme.px(440)
    menu.close()
    menu.open_at(QPoint(0, 0), replace(term, subjects=(Subject("person", "Sam & Max"),)), [])
    assert "Never with Sam && Max" in [action.text() for action in menu.actions()]
    assert not any(action.isCheckable() for action in menu.actions())
    menu.close()


def test_what_a_menu_is_about_and_what_was_wished_is_said_in_words() -> None:
    assert wish_heading(Subject("era", "1980s")) == ("From the 1980s", "")
    assert wish_heading(Subject("genre", "Horror")) == ("Horror", "genre")
    assert wish_sentence(Wish(Subject("genre", "Horror"), "less", 0.0)) == "Less Horror"
    assert wish_sentence(Wish(Subject("person", "Adam Sandler"), "never", 0.0)) == "Never with Adam Sandler"
    assert wish_sentence(Wish(Subject("item", "Arrival", 3), "more", 0.0)) == "More like Arrival"


def test_a_chip_with_nothing_to_wish_for_opens_the_ledger(evening: Evening) -> None:
    view = evening.movies.card_view
    view.show_card(replace(ARRIVAL, wishable=False, explanation=replace(EXPLANATION, reasons=(VILLENEUVE,))))
    press(view.chips.chips()[0])
    assert view.ledger_open
    assert not view.chips.menu.isVisible()


def test_a_row_of_the_ledger_answers_the_keyboard_and_the_mouse(theme: Theme, qtbot) -> None:
    panel = LedgerPanel(theme)
    qtbot.addWidget(panel)
    terms = (*EXPLANATION.ledger.terms[:1], *(VILLENEUVE, CONTACT), *EXPLANATION.ledger.terms[3:])
    panel.show_ledger(replace(EXPLANATION.ledger, terms=terms))
    panel.resize(700, 120)
    panel.show()
    panel.activateWindow()
    qtbot.waitExposed(panel)
    chart = panel.chart
    panel.take_focus()
    qtbot.waitUntil(chart.hasFocus)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert not chart.menu.isVisible()  # nothing can be wished about the usual rating
    QTest.keyClick(chart, Qt.Key.Key_Down)
    assert chart.current() == CONTACT.text
    assert CONTACT.text in chart.accessibleName()
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert chart.menu.lines()[0] == "Like Contact"
    with qtbot.waitSignal(chart.wished) as answer:
        pick(chart.menu, "Never first contact")
    assert answer.args == [Subject("keyword", "first contact"), "never"]
    QTest.keyClick(chart, Qt.Key.Key_End)
    last = chart.area_of(len(chart.rows()) - 1)
    assert chart.visibleRegion().boundingRect().contains(last)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.mouseClick(chart, LEFT, pos=chart.area_of(2).center())
    assert chart.menu.lines()[0] == "Denis Villeneuve · person"
    chart.menu.close()


def test_what_changed_only_the_order_stands_below_the_total(evening: Evening) -> None:
    evening.engine.wish(Subject("genre", "Science Fiction"), "more")
    evening.preferences.change(dials=DialSettings(long=0.5))
    view = evening.movies.card_view
    view.open_ledger()
    chart, prediction = view.ledger.chart, evening.movies.card.explanation.prediction
    order = [text for text, _ in chart.order_rows()]
    assert "you asked for more Science Fiction" in order
    assert "the dials favour long titles" in order
    assert "little is known about how you would like it" in order
    assert sum(points for _, points in chart.rows()) == pytest.approx(prediction.mean, abs=1e-3)
    assert not set(order) & {text for text, _ in chart.rows()}
    assert "For the order, not the rating: " in chart.accessibleDescription()


# What a wish does


def test_less_of_something_sorts_the_shelf_says_what_moved_and_is_undone(evening: Evening, qtbot) -> None:
    card, before = evening.card(), evening.shelf()
    assert card.startswith("Star")
    with qtbot.waitSignal(evening.controller.wishes_changed):
        wish(evening, "Science Fiction", "Less of this")
    assert evening.card() == card
    assert evening.shelf() != before
    stars = [title.startswith("Star") for title in evening.shelf()]
    assert sum(stars) < sum(title.startswith("Star") for title in before)
    assert [(w.subject, w.direction) for w in evening.library.wishes.all()] == [
        (Subject("genre", "Science Fiction"), "less")
    ]
    moved = evening.movies.moved
    assert moved.isVisible()
    assert moved.text().startswith("Less Science Fiction. “")
    assert "went down" in moved.text()
    press(moved.undo)
    assert (evening.card(), evening.shelf()) == (card, before)
    assert evening.library.wishes.all() == ()
    assert not moved.isVisible()


def test_never_takes_the_card_away_and_undo_brings_it_back(evening: Evening) -> None:
    card, total = evening.card(), evening.movies.filters.count_text()
    wish(evening, "Science Fiction", "Never Science Fiction")
    assert evening.card().startswith("Heart")
    assert all(title.startswith("Heart") for title in evening.shelf())
    assert "titles are out" in evening.movies.moved.text()
    assert evening.movies.filters.count_text() != total
    press(evening.movies.moved.undo)
    assert evening.card() == card
    assert evening.movies.filters.count_text() == total


def test_choosing_the_same_again_takes_it_back(evening: Evening) -> None:
    before = evening.shelf()
    wish(evening, "Science Fiction", "Less of this")
    wish(evening, "Science Fiction", "Less of this")
    assert evening.engine.wishes() == ()
    assert evening.shelf() == before
    assert evening.movies.moved.text().startswith("Less Science Fiction is taken back.")
    press(evening.movies.moved.undo)
    assert [w.direction for w in evening.engine.wishes()] == ["less"]


def test_undo_lets_the_wish_hold_that_was_replaced(evening: Evening) -> None:
    wish(evening, "Science Fiction", "Less of this")
    wish(evening, "Science Fiction", "More of this")
    assert [w.direction for w in evening.engine.wishes()] == ["more"]
    press(evening.movies.moved.undo)
    assert [w.direction for w in evening.engine.wishes()] == ["less"]


def test_the_next_answer_takes_the_sentence_away(evening: Evening) -> None:
    wish(evening, "Science Fiction", "Less of this")
    assert evening.movies.moved.isVisible()
    press(evening.movies.ratings.actions_row()[1])
    assert not evening.movies.moved.isVisible()


def test_a_wish_that_leaves_nothing_is_undone_from_the_message(evening: Evening) -> None:
    for name in ("Science Fiction", "Romance"):
        evening.movies.wished.emit(Subject("genre", name), "never")
    assert evening.movies.card is None
    assert "Never Romance." in evening.window.messages.message()
    press(evening.window.messages.action_button())
    assert evening.card().startswith("Heart")


def test_a_wish_that_cannot_be_stored_changes_nothing(evening: Evening, monkeypatch) -> None:
    def full(_: Wish) -> int:
        raise StoreUnavailable("The disk is full.", "Make some room.")

    monkeypatch.setattr(evening.library.wishes, "put", full)
    before = evening.shelf()
    wish(evening, "Science Fiction", "Less of this")
    assert evening.shelf() == before
    assert not evening.movies.moved.isVisible()
    assert "The disk is full." in evening.window.messages.message()


def test_wishes_are_taken_back_from_the_configuration(evening: Evening, qtbot) -> None:
    before = evening.shelf()
    wish(evening, "Science Fiction", "Less of this")
    evening.engine.wish(Subject("person", "Leo Love"), "more")
    evening.controller.take_back_wish(evening.engine.wishes()[0])
    assert [w.subject.name for w in evening.engine.wishes()] == ["Science Fiction"]
    with qtbot.waitSignal(evening.controller.wishes_changed):
        evening.controller.take_back_all_wishes()
    assert evening.library.wishes.all() == ()
    assert evening.shelf() == before


def test_the_section_lists_wishes_in_words(qtbot) -> None:
    section = WishesSection()
    qtbot.addWidget(section)
    section.resize(700, 400)
    section.show()
    assert section.all_button.isHidden()
    wishes = [
        Wish(Subject("genre", "Horror"), "less", time.time(), id=2),
        Wish(Subject("person", "Adam Sandler"), "never", time.time() - 90_000, id=1),
    ]
    section.show_wishes(wishes)
    assert [button.accessibleName() for button in section.buttons] == [
        "Take back Less Horror",
        "Take back Never with Adam Sandler",
    ]
    with qtbot.waitSignal(section.taken_back) as answer:
        press(section.buttons[1])
    assert answer.args == [wishes[1]]
    press(section.all_button)
    assert "All 2 wishes" in section.sure.sentence()
    section.show_wishes(wishes)
    assert section.sure.sentence()
    with qtbot.waitSignal(section.all_taken_back):
        press(section.sure.yes)
    section.show_wishes([])
    assert section.buttons == []
    assert section.all_button.isHidden()


# What is not to be learned from


def test_the_last_rating_can_be_left_out_and_learned_from_again(evening: Evening, qtbot) -> None:
    title, bar = evening.card(), evening.movies.ratings
    press(bar.buttons()[1])
    assert evening.engine.ratings == 6
    assert f"“{title}”, which you gave 2," in bar.menu.actions()[0].toolTip()
    with qtbot.waitSignal(evening.controller.feedback_given):
        bar.menu.actions()[0].trigger()
    assert evening.engine.ratings == 5
    assert bar.menu.actions()[0].isChecked()
    assert evening.engine.rated()[-1].value == 2
    assert f"no longer learns from the 2 that you gave “{title}”" in evening.window.messages.message()
    press(evening.window.messages.action_button())
    assert evening.engine.ratings == 6
    assert not bar.menu.actions()[0].isChecked()
    bar.menu.actions()[0].trigger()
    bar.menu.actions()[0].trigger()
    assert evening.engine.ratings == 6


def test_a_guest_changes_nothing_and_both_tabs_say_so(evening: Evening, qtbot) -> None:
    tastes, title = evening.engine.ratings, evening.card()
    learn, guest = evening.movies.ratings.menu.actions()
    assert learn.isEnabled()
    guest.trigger()
    assert evening.engine.lent
    assert evening.movies.guest.isVisible()
    assert evening.movies.guest.sentence.text() == "Guest mode: nothing you do now changes your taste."
    evening.window.show_tab("TV Shows")
    assert evening.shows.guest.isVisible()
    evening.window.show_tab("Movies")
    assert not learn.isEnabled()
    assert evening.card() == title
    assert all(chip.term is None for chip in evening.movies.card_view.chips.chips())
    evening.movies.wished.emit(Subject("genre", "Romance"), "never")
    assert evening.engine.wishes() == ()
    press(evening.movies.ratings.buttons()[9])
    assert evening.engine.ratings == tastes
    assert evening.card() != title
    assert evening.library.feedback.last_answer(GUEST).value == 10
    press(evening.movies.guest.end)
    assert not evening.engine.lent
    assert not evening.movies.guest.isVisible()
    assert not guest.isChecked()
    evening.window.show_tab("TV Shows")
    assert not evening.shows.guest.isVisible()
