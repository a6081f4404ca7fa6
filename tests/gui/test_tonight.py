"""One card for this evening: what the keys and buttons answer, and what the desk makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt, QTime
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QWidget

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.models import FilterChoice
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from gui.tonight_desk import AN_EVENING, REFUSALS, TonightDesk
from gui.widgets.pages import PageText
from gui.widgets.tonight import TonightPage
from library.errors import StoreUnavailable
from library.feedback import Block, Play, Rating, Skip
from library.items import MediaKind
from library.library import Library
from library.settings import Settings
from recommender.engine import Filters
from tests.gui.places import press
from tests.gui.samples import ARRIVAL, SHELF, SOLARIS
from tests.unit.recommender.shelf import open_shelf, snapshot_of

LONG = "The Positively True Adventures of the Alleged Texas Cheerleader-Murdering Mom & Her Friends"


@pytest.fixture
def page(theme: Theme, qtbot) -> Iterator[TonightPage]:
    theme.still = True
    window = MainWindow(theme)
    qtbot.addWidget(window)
    page = TonightPage(theme)
    window.lay_over(page)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    yield page
    window.close()


def key(page: TonightPage, pressed: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or page, pressed)


# The page


def test_the_evening_begins_with_a_kind_and_a_length(page: TonightPage, qtbot) -> None:
    chooser = page.chooser
    with qtbot.waitSignal(page.begun) as answer:
        key(page, Qt.Key.Key_Return)
    assert answer.args == [MediaKind.MOVIE, FilterChoice()]
    press(chooser.kinds[MediaKind.SHOW])
    press(chooser.lengths[2])
    with qtbot.waitSignal(page.begun) as answer:
        press(chooser.start)
    assert answer.args == [MediaKind.SHOW, FilterChoice(max_minutes=60.0)]
    chooser.until.setTime(QTime(22, 30))
    with qtbot.waitSignal(page.begun) as answer:
        press(chooser.start)
    assert answer.args == [MediaKind.SHOW, FilterChoice(finish_by=time(22, 30))]


def test_the_arrow_keys_answer_the_card(page: TonightPage, qtbot) -> None:
    page.show_card(ARRIVAL)
    for pressed, way, signal in (
        (Qt.Key.Key_Right, "right", page.accepted),
        (Qt.Key.Key_Left, "left", page.refused),
        (Qt.Key.Key_Down, "down", page.postponed),
    ):
        with qtbot.waitSignal(signal) as answer:
            key(page, pressed)
        assert answer.args == [1]
        with qtbot.waitSignal(signal):
            press(page.card.answers[way])


def test_seen_opens_the_ten_buttons_in_place(page: TonightPage, qtbot) -> None:
    page.show_card(ARRIVAL)
    with qtbot.assertNotEmitted(page.rated):
        QTest.keyClick(page, "8")
    key(page, Qt.Key.Key_Up)
    assert page.card.ratings.isVisible()
    assert not page.card.answers["left"].isVisible()
    with qtbot.waitSignal(page.rated) as answer:
        QTest.keyClick(page, "8")
    assert answer.args == [1, 8.0]
    page.show_card(SOLARIS)
    assert not page.card.rating
    press(page.card.answers["up"])
    with qtbot.assertNotEmitted(page.refused):
        key(page, Qt.Key.Key_Left)
    assert not page.card.rating
    key(page, Qt.Key.Key_Up)
    with qtbot.waitSignal(page.passed) as answer:
        key(page, Qt.Key.Key_Right)
    assert answer.args == [10]
    with qtbot.waitSignal(page.blocked):
        press(page.card.ratings.actions_row()[2])


def test_escape_puts_the_ten_buttons_away_before_it_leaves(page: TonightPage, qtbot) -> None:
    page.show_card(ARRIVAL)
    key(page, Qt.Key.Key_Up)
    with qtbot.assertNotEmitted(page.closed):
        key(page, Qt.Key.Key_Escape)
    assert not page.card.rating
    with qtbot.waitSignal(page.closed):
        key(page, Qt.Key.Key_Escape)


def test_the_question_takes_three_answers(page: TonightPage, qtbot) -> None:
    page.show_card(ARRIVAL)
    page.show_question("How about Documentary tonight?")
    assert page.question.sentence.text() == "How about Documentary tonight?"
    for pressed, button, reply in (
        (Qt.Key.Key_Right, "yes", "yes"),
        (Qt.Key.Key_Left, "no", "no"),
        (Qt.Key.Key_Down, "no matter", "no matter"),
        (Qt.Key.Key_Up, "no matter", "no matter"),
    ):
        with qtbot.waitSignal(page.replied) as answer:
            key(page, pressed)
        assert answer.args == [reply]
        with qtbot.waitSignal(page.replied) as answer:
            press(page.question.buttons[button])
        assert answer.args == [reply]


def test_the_card_says_what_it_would_be_given_and_why(page: TonightPage) -> None:
    page.show_card(ARRIVAL, "More Drama for this evening.")
    card = page.card
    assert card.prediction.text() == "You would give it 8.1"
    assert card.reason.text() == "Above all: like Contact, which you gave 9"
    assert card.text.overview.text() == ARRIVAL.overview
    assert card.notice.isVisible()
    page.show_card(replace(ARRIVAL, explanation=None, overview="", cast=(), tagline=""))
    assert not card.prediction.isVisible()
    assert not card.reason.isVisible()
    assert not card.notice.isVisible()


def test_what_was_put_off_lies_beside_and_comes_back_by_a_click(page: TonightPage, qtbot) -> None:
    page.show_card(ARRIVAL)
    assert not page.later.isVisible()
    page.show_later(SHELF[:6])
    shown = [poster.entry for poster in page.later.posters if poster.isVisible()]
    assert shown == [SHELF[5], SHELF[4], SHELF[3], SHELF[2]]  # what was put off last lies on top
    assert page.later._more.text() == "and 2 more"
    with qtbot.waitSignal(page.later_chosen) as answer:
        press(page.later.posters[0])
    assert answer.args == [SHELF[5].item_id]


def test_an_answered_card_slides_away_and_not_where_nothing_may_move(page: TonightPage, theme: Theme, qtbot) -> None:
    page.show_card(ARRIVAL)
    page.refused.connect(lambda _: page.show_card(SOLARIS))
    theme.still = False
    key(page, Qt.Key.Key_Left)
    assert page._flight.isVisible()
    start = page._flight.x()
    qtbot.waitUntil(lambda: not page._flight.isVisible() or page._flight.x() < start, timeout=1000)
    qtbot.waitUntil(lambda: not page._flight.isVisible(), timeout=1500)
    theme.still = True
    page.show_card(ARRIVAL)
    key(page, Qt.Key.Key_Left)
    assert not page._flight.isVisible()


def test_posters_are_asked_for_once_and_shown(page: TonightPage, qtbot) -> None:
    with qtbot.waitSignal(page.posters_wanted) as answer:
        page.show_card(ARRIVAL)
    assert answer.args == [[1]]
    with qtbot.assertNotEmitted(page.posters_wanted):
        page.show_card(ARRIVAL)
    picture = QImage(20, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    page.show_poster(1, picture)
    shown = page.card.poster.grab().toImage()
    assert shown.pixelColor(shown.width() // 2, shown.height() // 2).name() == "#ff0000"


@pytest.mark.parametrize("size", [(960, 640), (1280, 800)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_answer_stays_in_sight(
    page: TonightPage, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], scale: float
) -> None:
    monkeypatch.setattr("gui.theme._system_scale", lambda: scale)
    theme.refresh()
    window = page.window()
    window.resize(1400, 900)
    page.show_later(SHELF[:3])
    page.show_card(replace(ARRIVAL, title=LONG, overview=ARRIVAL.overview * 12), "A sentence.")
    page.show_evening("Films · up to 2h · more Science Fiction, less Documentary")
    qtbot.wait(10)
    window.resize(*size)
    qtbot.waitUntil(lambda: page.minimumSizeHint().width() <= size[0] == page.width())
    for rating in (False, True):
        page.card.set_rating(rating)
        buttons = page.card.ratings.buttons() if rating else list(page.card.answers.values())
        qtbot.waitUntil(lambda buttons=buttons: all(whole(button, window) for button in buttons))
        assert min(button.width() for button in buttons) >= 28


def whole(button: QAbstractButton, window: QWidget) -> bool:
    """Whether all of a button, and of its words, is within the window."""
    area = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
    needed = button.fontMetrics().horizontalAdvance(button.text())
    return window.rect().contains(area) and button.isVisible() and button.width() >= needed


def test_a_quiet_page_shows_the_way_on(page: TonightPage, qtbot) -> None:
    page.show_quiet(PageText("page-filtered", "Nothing fits", "A sentence.", "Take any length", "any length"))
    with qtbot.waitSignal(page.acted) as answer:
        key(page, Qt.Key.Key_Return)
    assert answer.args == ["any length"]


# The desk


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = datetime(2024, 5, 3, 20, 0).timestamp()

    def __call__(self) -> float:
        return self.now


@dataclass
class Evening:
    """The desk on a real library and engine, with the window around it."""

    desk: TonightDesk
    library: Library
    controller: Controller
    window: MainWindow
    clock: Clock

    @property
    def page(self) -> TonightPage:
        return self.desk.page

    def begin(self, kind: MediaKind = MediaKind.MOVIE) -> None:
        self.window.tonight_requested.emit()
        press(self.page.chooser.kinds[kind])
        press(self.page.chooser.start)

    def shown(self) -> int:
        card = self.page.card.card
        assert card is not None
        return card.item_id

    def press(self, *keys: Qt.Key) -> None:
        for pressed in keys:
            key(self.page, pressed)

    def log(self) -> list[object]:
        return list(self.library.feedback.log())


@pytest.fixture
def evening(home_path: Path, theme: Theme, qtbot) -> Iterator[Evening]:
    theme.still = True
    with open_shelf(home_path) as library:
        window = MainWindow(theme)
        qtbot.addWidget(window)
        tabs = [RecommendationTab(kind, theme) for kind in (MediaKind.MOVIE, MediaKind.SHOW)]
        for tab, title in zip(tabs, ("Movies", "TV Shows"), strict=True):
            window.add_tab(tab, title)
        controller = Controller(library, Settings(), window.messages, tabs)
        controller.publish(snapshot_of(library))
        clock = Clock()
        desk = TonightDesk(controller, window, theme, clock=clock)
        window.offer_tonight(True)
        window.tonight_requested.connect(desk.open)
        window.tab_changed.connect(lambda title: controller.desks[tabs[title != "Movies"].kind].came_into_sight())
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        yield Evening(desk, library, controller, window, clock)
        window.close()
        controller.stop()


def test_no_is_a_skip_and_the_title_does_not_come_back_this_evening(evening: Evening) -> None:
    evening.begin()
    first = evening.shown()
    evening.press(Qt.Key.Key_Left)
    assert [event.item_id for event in evening.log() if isinstance(event, Skip)] == [first]
    assert evening.shown() != first
    evening.clock.now += 3 * 3600  # the pause of a skip is over, the evening is not
    assert first in evening.desk.evening.aside


def test_after_five_noes_it_asks_once_and_the_answer_holds_for_the_evening(evening: Evening) -> None:
    evening.begin()
    evening.press(*[Qt.Key.Key_Left] * (REFUSALS - 1))
    assert evening.page.body() is not evening.page.question
    evening.press(Qt.Key.Key_Left)
    assert evening.page.body() is evening.page.question
    question = evening.desk.evening.question
    assert evening.page.question.sentence.text() == question.sentence
    evening.press(Qt.Key.Key_Right)
    wish = evening.desk.evening.wishes[0]
    assert (wish.subject, wish.direction) == (question.subject, "more")
    assert evening.controller.engine.wishes() == ()  # nothing of it is stored
    assert evening.page.card.notice.text() == f"More {question.subject.name} for this evening."
    assert question.subject.name in evening.page.evening.text()
    best = evening.controller.engine.recommend(MediaKind.MOVIE, Filters(), 12, wishes=(wish,)).picks
    assert evening.shown() in {pick.item_id for pick in best}
    evening.press(*[Qt.Key.Key_Left] * REFUSALS)
    assert evening.page.body() is evening.page.question
    assert evening.desk.evening.question.subject != question.subject
    asked = evening.desk.evening.question.subject
    evening.press(Qt.Key.Key_Left)
    assert [(wish.subject, wish.direction) for wish in evening.desk.evening.wishes][1:] == [(asked, "less")]
    assert evening.desk.evening.asked == frozenset({question.subject, asked})


def test_any_other_answer_begins_the_count_anew(evening: Evening) -> None:
    evening.begin()
    evening.press(*[Qt.Key.Key_Left] * (REFUSALS - 1), Qt.Key.Key_Down, *[Qt.Key.Key_Left] * (REFUSALS - 1))
    assert evening.page.body() is not evening.page.question
    evening.press(Qt.Key.Key_Up)
    QTest.keyClick(evening.page, "7")
    evening.press(*[Qt.Key.Key_Left] * (REFUSALS - 1))
    assert evening.page.body() is not evening.page.question
    evening.press(Qt.Key.Key_Left)
    assert evening.page.body() is evening.page.question
    evening.press(Qt.Key.Key_Down)
    assert evening.desk.evening.wishes == ()
    assert evening.page.body() is not evening.page.question


def test_seen_stores_a_rating(evening: Evening, qtbot) -> None:
    evening.begin()
    first = evening.shown()
    evening.press(Qt.Key.Key_Up)
    with qtbot.waitSignal(evening.controller.feedback_given) as answer:
        QTest.keyClick(evening.page, "9")
    assert answer.args == [first]
    assert [(event.item_id, event.value) for event in evening.log() if isinstance(event, Rating)] == [(first, 9.0)]
    assert evening.shown() != first


def test_later_comes_back_by_a_click_and_the_card_waits_meanwhile(evening: Evening) -> None:
    evening.begin()
    first = evening.shown()
    evening.press(Qt.Key.Key_Down)
    second = evening.shown()
    assert second != first
    assert evening.log() == []
    press(evening.page.later.posters[0])
    assert evening.shown() == first
    assert not evening.page.later.isVisible()
    evening.press(Qt.Key.Key_Left)
    assert evening.shown() == second


def test_what_was_put_off_comes_at_the_end_and_then_it_is_over(evening: Evening) -> None:
    evening.begin(MediaKind.SHOW)  # there is one
    only = evening.shown()
    evening.press(Qt.Key.Key_Down)
    assert evening.shown() == only
    assert evening.page.card.notice.text() == "You kept this one for later."
    evening.press(Qt.Key.Key_Left)
    assert evening.page.body() is evening.page.quiet
    assert evening.page.quiet.texts()[0] == "That was the last of your shows for tonight"
    press(evening.page.quiet.buttons()[0])
    assert evening.page.body() is evening.page.chooser


def test_yes_ends_with_a_calm_page_and_is_noted(evening: Evening, qtbot) -> None:
    evening.begin()
    first = evening.shown()
    evening.press(Qt.Key.Key_Right)
    assert evening.page.body() is evening.page.enjoy
    assert evening.page.enjoy.heading.text().startswith("Enjoy ")
    assert "over at about" in evening.page.enjoy.sentence.text()
    assert [event.item_id for event in evening.log() if isinstance(event, Play)] == [first]
    press(evening.page.enjoy.other)
    assert evening.shown() != first
    evening.press(Qt.Key.Key_Right)
    press(evening.page.enjoy.finish)
    assert evening.window.laid_pages() == ()
    evening.desk.open()
    assert evening.page.body() is evening.page.chooser


def test_where_one_was_stays_until_the_evening_is_over(evening: Evening) -> None:
    evening.begin()
    evening.press(Qt.Key.Key_Left, Qt.Key.Key_Down)
    here = evening.shown()
    evening.press(Qt.Key.Key_Escape)
    assert evening.window.laid_pages() == ()
    evening.desk.open()
    assert evening.shown() == here
    assert evening.page.later.isVisible()
    evening.press(Qt.Key.Key_Escape)
    evening.clock.now += AN_EVENING + 1
    evening.desk.open()
    assert evening.page.body() is evening.page.chooser


def test_the_tab_shows_another_card_when_its_own_was_answered_here(evening: Evening) -> None:
    evening.controller.desks[MediaKind.MOVIE].came_into_sight()
    tab = evening.controller.desks[MediaKind.MOVIE].tab
    before = tab.card.item_id
    evening.begin()
    while evening.shown() != before:
        evening.press(Qt.Key.Key_Down)
    evening.press(Qt.Key.Key_Left)
    evening.press(Qt.Key.Key_Escape)
    assert tab.card.item_id != before


def test_not_for_me_can_be_undone(evening: Evening) -> None:
    evening.begin()
    first = evening.shown()
    evening.press(Qt.Key.Key_Up)
    press(evening.page.card.ratings.actions_row()[2])
    assert [event.item_id for event in evening.log() if isinstance(event, Block)] == [first]
    assert evening.shown() != first
    press(evening.window.messages.action_button())
    assert evening.controller.engine.blocked() == ()


def test_too_little_time_is_said_and_can_be_changed(evening: Evening) -> None:
    evening.desk.open()
    evening.page.chooser.until.setTime(QTime(20, 5))
    press(evening.page.chooser.start)
    assert evening.page.quiet.texts()[0] == "No film that is left fits into the time you have"
    assert evening.page.evening.text() == "Films · over by 20:05"
    press(evening.page.quiet.buttons()[0])
    assert evening.page.body() is not evening.page.quiet


def test_a_new_snapshot_leaves_the_card_where_it_is(evening: Evening) -> None:
    evening.begin()
    here = evening.shown()
    evening.controller.publish(snapshot_of(evening.library))
    assert evening.shown() == here


def test_it_waits_for_the_library(evening: Evening) -> None:
    evening.controller.engine = None
    evening.desk.open()
    assert evening.page.quiet.texts()[0] == "Your library is still being read"
    evening.controller.publish(snapshot_of(evening.library))
    assert evening.page.body() is evening.page.chooser


def test_a_store_that_refuses_leaves_everything_as_it_is(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> int:
        raise StoreUnavailable("The disk is full.", "Make room and try again.")

    evening.begin()
    here = evening.shown()
    monkeypatch.setattr(evening.library.feedback, "append", full)
    evening.press(Qt.Key.Key_Left)
    assert evening.shown() == here
    assert evening.window.messages.message() == "The disk is full. Make room and try again."
    assert evening.desk.evening.refused == []
