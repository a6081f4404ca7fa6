"""The tab as a person uses it: clicks, keys and what is seen after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QContextMenuEvent, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from gui.main_window import MainWindow
from gui.models import LastRating
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from gui.widgets.rating_bar import PROMPT, REPEAT_GUARD
from library.items import MediaKind
from tests.gui.samples import ARRIVAL, SHELF, SOLARIS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tab(theme: Theme, qtbot) -> Iterator[RecommendationTab]:
    theme.still = True
    window = MainWindow(theme)
    qtbot.addWidget(window)
    tab = RecommendationTab(MediaKind.MOVIE, theme)
    window.add_tab(tab, "Movies")
    window.add_tab(RecommendationTab(MediaKind.SHOW, theme), "TV Shows")
    tab.show_shelf(SHELF)
    tab.show_card(ARRIVAL)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    tab.setFocus()
    qtbot.waitUntil(tab.hasFocus)
    yield tab
    window.close()


def test_a_card_shows_everything_it_knows(tab: RecommendationTab) -> None:
    view = tab.card_view
    assert view.title.text() == "Arrival"
    assert view.facts.text() == ARRIVAL.facts
    assert view.text.overview.text() == ARRIVAL.overview
    assert view.text.cast.text() == "Amy Adams · Jeremy Renner"
    assert view.prediction.text().startswith("You would give it 8")
    assert view.chips.texts() == [
        "+0.9 like Contact, which you gave 9",
        "+0.5 Denis Villeneuve: Sicario 8, Prisoners 8",
        "−0.2 slow dramas: you gave four of them 5 or less",
        "all 5 terms ▾",
    ]
    tab.show_card(replace(ARRIVAL, item_id=2, tagline="", cast=(), explanation=None))
    assert not view.text.tagline.isVisible()
    assert view.chips.texts() == []
    assert view.prediction.text() == ""


@pytest.mark.parametrize("value", [1, 8, 10])
def test_a_click_rates(tab: RecommendationTab, qtbot, value: int) -> None:
    with qtbot.waitSignal(tab.rated) as answer:
        QTest.mouseClick(tab.ratings.buttons()[value - 1], LEFT)
    assert answer.args == [1, float(value)]


@pytest.mark.parametrize(("key", "value"), [("1", 1.0), ("5", 5.0), ("9", 9.0), ("0", 10.0)])
def test_a_key_rates(tab: RecommendationTab, qtbot, key: str, value: float) -> None:
    with qtbot.waitSignal(tab.rated) as answer:
        QTest.keyClick(tab, key)
    assert answer.args == [1, value]


def test_the_second_half_of_a_double_click_rates_nothing(tab: RecommendationTab, qtbot) -> None:
    given: list[int] = []
    tab.rated.connect(lambda item_id, _value: (given.append(item_id), tab.show_card(SOLARIS)))
    QTest.mouseClick(tab.ratings.buttons()[7], LEFT)
    QTest.mouseClick(tab.ratings.buttons()[7], LEFT)
    QTest.keyClick(tab, "8")
    assert given == [1]
    qtbot.wait(REPEAT_GUARD + 40)
    QTest.mouseClick(tab.ratings.buttons()[7], LEFT)
    assert given == [1, 10]


def test_the_word_of_a_rating_is_shown_under_the_mouse(tab: RecommendationTab, qtbot) -> None:
    assert tab.ratings.word() == PROMPT
    tab.ratings.buttons()[7].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: tab.ratings.word() == "8 · very good")
    tab.setFocus()
    qtbot.waitUntil(lambda: tab.ratings.word() == PROMPT)


def test_skip_back_block_and_play(tab: RecommendationTab, qtbot) -> None:
    back, skip, block = tab.ratings.actions_row()
    for signal, press in (
        (tab.skipped, lambda: QTest.mouseClick(skip, LEFT)),
        (tab.skipped, lambda: QTest.keyClick(tab, Qt.Key.Key_Right)),
        (tab.back_requested, lambda: QTest.mouseClick(back, LEFT)),
        (tab.back_requested, lambda: QTest.keyClick(tab, Qt.Key.Key_Left)),
        (tab.blocked, lambda: QTest.mouseClick(block, LEFT)),
        (tab.play_requested, lambda: QTest.mouseClick(tab.stage.play, LEFT)),
        (tab.play_requested, lambda: QTest.keyClick(tab, "p")),
        (tab.play_requested, lambda: QTest.keyClick(tab.stage.play, Qt.Key.Key_Return)),
    ):
        with qtbot.waitSignal(signal) as answer:
            press()
        assert answer.args in ([], [1])


def test_what_cannot_be_played_is_not_offered(tab: RecommendationTab, qtbot) -> None:
    beside_play = tab.stage.poster.height()
    tab.show_card(replace(ARRIVAL, playable=False))
    assert not tab.stage.play.isVisible()
    assert tab.stage.poster.height() > beside_play
    with qtbot.assertNotEmitted(tab.play_requested):
        QTest.keyClick(tab, "p")
    tab.show_card(ARRIVAL)
    assert tab.stage.play.isVisible()
    assert tab.stage.poster.height() == beside_play


def test_more_like_this_appears_with_what_answers_it(tab: RecommendationTab, qtbot) -> None:
    assert not tab.stage.similar.isVisible()
    tab.set_similar(True)
    with qtbot.waitSignal(tab.similar_requested) as answer:
        QTest.mouseClick(tab.stage.similar, LEFT)
    assert answer.args == [1]


def test_keys_do_nothing_but_type_in_the_search_field(tab: RecommendationTab, qtbot) -> None:
    field = tab.filters.search
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    with (
        qtbot.assertNotEmitted(tab.rated),
        qtbot.assertNotEmitted(tab.skipped),
        qtbot.assertNotEmitted(tab.play_requested),
    ):
        for key in "8p0":
            QTest.keyClick(field, key)
        QTest.keyClick(field, Qt.Key.Key_Left)
        QTest.keyClick(field, Qt.Key.Key_Right)
    assert field.text() == "8p0"


def test_only_the_tab_in_front_hears_the_keys(tab: RecommendationTab, qtbot) -> None:
    window = tab.window()
    assert isinstance(window, MainWindow)
    window.show_tab("TV Shows")
    with qtbot.assertNotEmitted(tab.rated):
        QTest.keyClick(window, "8")


def test_the_shelf_shows_ten_and_a_click_chooses(tab: RecommendationTab, qtbot) -> None:
    assert [entry.title for entry in tab.shelf.entries()] == [entry.title for entry in SHELF[:10]]
    with qtbot.waitSignal(tab.chosen) as answer:
        QTest.mouseClick(tab.shelf.posters()[3], LEFT)
    assert answer.args == [13]
    with qtbot.waitSignal(tab.chosen) as answer:
        QTest.keyClick(tab.shelf.posters()[9], Qt.Key.Key_Return)
    assert answer.args == [19]
    tab.show_shelf(SHELF[:2])
    assert len(tab.shelf.posters()) == 2
    assert tab.shelf.poster_of(13) is None


def test_posters_are_asked_for_once(tab: RecommendationTab, qtbot) -> None:
    with qtbot.assertNotEmitted(tab.posters_wanted):
        tab.show_card(ARRIVAL)
    with qtbot.waitSignal(tab.posters_wanted) as answer:
        tab.show_card(replace(ARRIVAL, item_id=500))
    assert answer.args == [[500]]
    picture = QImage(20, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    tab.show_poster(500, picture)
    shown = tab.stage.poster.grab().toImage()
    assert shown.pixelColor(shown.width() // 2, shown.height() // 2).name() == "#ff0000"


def test_the_ledger_opens_in_place_of_the_text_and_adds_up(tab: RecommendationTab, qtbot) -> None:
    view = tab.card_view
    QTest.mouseClick(view.chips.chips()[-1], LEFT)
    assert view.ledger.chart.isVisible()
    rows = view.ledger.chart.rows()
    assert rows[0] == ("what you usually give", 6.8)
    assert [abs(points) for _, points in rows[1:]] == sorted((abs(points) for _, points in rows[1:]), reverse=True)
    assert sum(points for _, points in rows) == pytest.approx(8.05)
    assert "together 8" in view.ledger.chart.accessibleDescription()
    QTest.keyClick(tab, Qt.Key.Key_Escape)
    assert not view.ledger_open
    QTest.keyClick(view.chips.chips()[0], Qt.Key.Key_Space)
    assert view.ledger_open
    tab.show_card(replace(SOLARIS, explanation=None))
    assert not view.ledger_open


def test_a_notice_comes_and_goes(tab: RecommendationTab) -> None:
    tab.show_notice("Here is another direction.")
    assert tab.card_view.notice.isVisible()
    tab.show_notice("")
    assert not tab.card_view.notice.isVisible()


def test_in_one_line_the_way_to_all_reasons_stays(tab: RecommendationTab) -> None:
    chips = tab.card_view.chips
    every = chips.texts()
    chips.resize(500, 40)
    chips.set_lines(1)
    assert 1 < len(chips.texts()) < len(every)
    assert chips.texts()[-1] == every[-1]
    assert {chip.y() for chip in chips.chips()} == {0}
    chips.set_lines(4)
    assert chips.texts() == every


def test_more_like_this_is_offered_for_the_card_and_for_each_poster_of_the_shelf(tab: RecommendationTab, qtbot) -> None:
    poster = tab.shelf.posters()[2]
    QApplication.sendEvent(poster, _menu_asked_for(poster))
    assert not tab.shelf.menu.isVisible()
    tab.set_similar(True)
    with qtbot.waitSignal(tab.similar_requested) as asked:
        QTest.keyClick(tab, Qt.Key.Key_M)
    assert asked.args == [tab.card.item_id]
    poster.setFocus()
    with qtbot.waitSignal(tab.similar_requested) as asked:
        QTest.keyClick(poster, Qt.Key.Key_M)
    assert asked.args == [SHELF[2].item_id]
    QApplication.sendEvent(poster, _menu_asked_for(poster))
    assert tab.shelf.menu.isVisible()
    show, similar = tab.shelf.menu.actions()
    tab.shelf.menu.hide()
    with qtbot.waitSignal(tab.similar_requested) as asked:
        similar.trigger()
    assert asked.args == [SHELF[2].item_id]
    with qtbot.waitSignal(tab.chosen) as asked:
        show.trigger()
    assert asked.args == [SHELF[2].item_id]


def _menu_asked_for(poster) -> QContextMenuEvent:
    place = poster.rect().center()
    return QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, poster.mapToGlobal(place))


def test_what_moved_is_said_above_the_shelf_without_moving_anything(tab: RecommendationTab, qtbot) -> None:
    before = [poster.geometry() for poster in tab.shelf.posters()]
    said = "Less Horror. “Alien” and “The Thing” went down; “Paddington” came up. " * 3
    tab.show_moved(said)
    assert tab.moved.isVisible()
    assert tab.moved.text() == said
    assert [poster.geometry() for poster in tab.shelf.posters()] == before
    assert tab.moved.undo.mapTo(tab.shelf, QPoint(tab.moved.undo.width(), 0)).x() <= tab.shelf.width()
    with qtbot.waitSignal(tab.wish_undone):
        QTest.mouseClick(tab.moved.undo, LEFT)
    assert not tab.moved.isVisible()


def test_the_menu_about_learning_says_what_is_wanted(tab: RecommendationTab, qtbot) -> None:
    learn, guest = tab.ratings.menu.actions()
    assert not learn.isEnabled()
    tab.show_learning(LastRating(7, "Alien", 8.0), guest=False)
    with qtbot.waitSignal(tab.learning_wanted) as answer:
        learn.trigger()
    assert answer.args == [7, False]
    with qtbot.waitSignal(tab.guest_wanted) as answer:
        guest.trigger()
    assert answer.args == [True]
    assert "kept as the guest's" in guest.toolTip()
    QTest.mouseClick(tab.ratings.more, LEFT)
    assert tab.ratings.menu.isVisible()
    tab.ratings.menu.close()


@pytest.mark.parametrize(
    ("reason", "button", "signal"),
    [
        ("library", "Add your library", "configuration_requested"),
        ("everything rated", "Go back", "back_requested"),
        ("filtered", "Clear filters", "filters_changed"),
    ],
)
def test_empty_pages_show_the_way_on(tab: RecommendationTab, qtbot, reason: str, button: str, signal: str) -> None:
    tab.filters.search.set_text("something")
    tab.filters._unseen.click()
    tab.show_empty(reason)
    assert tab.page.isVisible()
    assert tab.page.texts()[2] == button
    with qtbot.assertNotEmitted(tab.rated):
        QTest.keyClick(tab, "7")
    with qtbot.waitSignal(getattr(tab, signal)):
        QTest.mouseClick(tab.page.buttons()[0], LEFT)
    tab.show_card(ARRIVAL)
    assert tab.card_view.isVisible()


def test_the_demo_library_is_offered_when_there_is_none(tab: RecommendationTab, qtbot) -> None:
    tab.show_empty("library")
    with qtbot.waitSignal(tab.demo_requested):
        QTest.mouseClick(tab.page.buttons()[1], LEFT)


def test_busy_and_failing_pages(tab: RecommendationTab, qtbot) -> None:
    tab.set_busy("Reading your library")
    assert tab.card_view.isVisible()  # a card that is shown stays
    tab.show_failing("The library cannot be read.", "Look at Configuration.")
    assert tab.page.texts() == ("The library cannot be read.", "Look at Configuration.", "Try again")
    with qtbot.waitSignal(tab.retry_requested):
        QTest.mouseClick(tab.page.buttons()[0], LEFT)
    tab.set_busy("Reading your library")
    assert tab.page.texts()[0] == "Reading your library"


def test_the_next_title_flies_from_the_shelf_and_lands(tab: RecommendationTab, theme: Theme, qtbot) -> None:
    theme.still = False
    assert tab.stage.poster.item_id == 1
    tab.show_card(SOLARIS)
    assert tab.card_view.title.text() == "Solaris"
    assert tab._flight.isVisible()
    qtbot.waitUntil(lambda: tab.stage.poster.item_id == 10, timeout=1500)
    assert not tab._flight.isVisible()
    theme.still = True
    tab.show_card(ARRIVAL)
    tab.show_card(SOLARIS)
    assert tab.stage.poster.item_id == 10


@pytest.mark.parametrize("size", [(960, 640), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 1.4])
@pytest.mark.parametrize("dials", [False, True])
def test_nothing_needed_is_cut_off(
    tab: RecommendationTab,
    theme: Theme,
    qtbot,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    scale: float,
    dials: bool,
) -> None:
    monkeypatch.setattr("gui.theme._system_scale", lambda: scale)
    theme.refresh()
    assert theme.px(100) == round(100 * scale)
    window = tab.window()
    window.resize(*size)
    tab.filters.dials.setChecked(dials)
    tab.show_card(replace(ARRIVAL, overview=ARRIVAL.overview * 8, title="A Title That Goes On and On " * 3))
    qtbot.wait(30)
    inside = window.rect()
    buttons = [
        *tab.ratings.buttons(),
        *tab.ratings.actions_row(),
        tab.ratings.more,
        tab.stage.play,
        *tab.shelf.posters(),
    ]
    assert tab.ratings.geometry().bottom() < tab.shelf.geometry().top()
    for button in buttons:
        corner = button.mapTo(window, QPoint(0, 0))
        assert inside.contains(corner), button.accessibleName()
        assert inside.contains(corner + QPoint(button.width() - 1, button.height() - 1)), button.accessibleName()
        assert button.width() >= 28
    places = [button.geometry() for button in tab.ratings.buttons()]
    assert all(not first.intersects(second) for first, second in pairwise(places))


def test_every_control_has_a_name_and_can_be_reached_with_the_keyboard(tab: RecommendationTab) -> None:
    controls = [
        widget
        for widget in tab.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QLineEdit)
        and widget.isVisible()
        and widget.parent() is not tab.filters.search
    ]
    assert len(controls) > 25
    for widget in controls:
        assert widget.accessibleName(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.accessibleName()


def test_the_tab_key_goes_from_top_to_bottom(tab: RecommendationTab, qtbot) -> None:
    wanted = [
        tab.filters.search,
        tab.stage.play,
        tab.card_view.chips.chips()[0],
        tab.ratings.buttons()[0],
        tab.ratings.actions_row()[1],
        tab.shelf.posters()[0],
    ]
    order: list[QWidget] = []
    tab.filters.search.setFocus()
    for _ in range(60):
        widget = QApplication.focusWidget()
        assert widget is not None
        order.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    places = [order.index(widget) for widget in wanted]
    assert places == sorted(places)


def test_focus_can_be_seen_on_a_rating_button(tab: RecommendationTab, qtbot) -> None:
    button = tab.ratings.buttons()[2]
    plain = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)
    assert button.grab().toImage() != plain
