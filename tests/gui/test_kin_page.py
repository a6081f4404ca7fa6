"""More like this: the cards, their keys and buttons, and what the desk makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication

from gui.controller import Controller
from gui.kin_desk import KinDesk
from gui.main_window import MainWindow
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from gui.widgets.kin_card import PARTS, KinEntry, part_colour, parts_of, parts_words, two_lines
from gui.widgets.kin_page import WORKING, KinPage
from gui.widgets.rating_bar import REPEAT_GUARD
from library.feedback import Rating
from library.items import MediaKind
from library.library import Library
from library.progress import run
from library.settings import Settings
from library.wishes import Subject
from recommender.kin import Kin
from recommender.near import Near
from recommender.neighbours import find_neighbours
from recommender.similarity import likeness
from recommender.snapshot import Snapshot
from tests.gui.places import press
from tests.gui.samples import ARRIVAL
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of

LONG = "The Positively True Adventures of the Alleged Texas Cheerleader-Murdering Mom & Her Friends"
SHARES = {"text": 0.30, "metadata": 0.20, "graph": 0.10, "temporal": 0.05, "categorical": 0.08, "numerical": 0.02}


def kin(item_id: int, **changes: object) -> Kin:
    known = Kin(
        item_id,
        f"Title {item_id}",
        1990 + item_id % 30,
        0.75 - item_id / 1000,
        SHARES,
        6.0 + item_id % 4,
        1.2,
        None,
        (Subject("person", "Denis Villeneuve"),),
        "Both directed by Denis Villeneuve; both about first contact",
    )
    return replace(known, **changes)


ENTRIES = [
    KinEntry(kin(100 + place, given=9.0 if place == 2 else None), ("Drama",), seen=place == 1) for place in range(60)
]


@pytest.fixture
def page(theme: Theme, qtbot) -> Iterator[KinPage]:
    theme.still = True
    window = MainWindow(theme)
    qtbot.addWidget(window)
    page = KinPage(theme)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    page.show_title(ARRIVAL)
    page.show_kin(ENTRIES)
    window.lay_over(page)
    QTest.mouseMove(window, QPoint(5, 5))
    qtbot.waitUntil(lambda: page.grid.cards()[0].hasFocus())
    yield page
    window.close()


def key(pressed: Qt.Key | str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, pressed)


def test_each_title_says_how_it_is_alike_and_what_it_would_be_given(page: KinPage) -> None:
    assert [entry.item_id for entry in page.shown()] == [entry.item_id for entry in ENTRIES]
    first, third = page.grid.cards()[0], page.grid.cards()[2]
    assert "Title 100 (2000)" in first.accessibleName()
    assert "You would give it 6.0 ± 1.2" in first.accessibleName()
    assert "You gave it 9" in third.accessibleName()
    assert "Both directed by Denis Villeneuve" in first.toolTip()
    assert parts_words(ENTRIES[0].kin) == (
        "Alike in: story 30 %, people and keywords 20 %, connections 10 %, kind 10 %, time 5 %"
    )
    assert sum(parts_of(SHARES)) == pytest.approx(0.75)
    assert parts_of({"text": -0.1}) == (0.0,) * len(PARTS)


def test_the_bar_is_as_long_as_they_are_alike_and_in_its_colours(page: KinPage, theme: Theme) -> None:
    def coloured(likeness: float) -> int:
        page.show_kin([replace(ENTRIES[0], kin=replace(ENTRIES[0].kin, likeness=likeness))])
        image = page.grid.cards()[0].grab().toImage()
        wanted = part_colour(theme, 0).name()
        return sum(image.pixelColor(x, 44).name() == wanted for x in range(image.width()))

    assert coloured(0.8) > coloured(0.4) > 5
    assert len({part_colour(theme, place).name() for place in range(len(PARTS))}) == len(PARTS)


def test_a_click_and_enter_open_a_title(page: KinPage, qtbot) -> None:
    with qtbot.waitSignal(page.chosen) as answer:
        QTest.mouseClick(page.grid.cards()[3], Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert answer.args == [103]
    with qtbot.waitSignal(page.chosen) as answer:
        key(Qt.Key.Key_Return)
    assert answer.args == [103]


def test_the_arrow_keys_move_and_the_list_follows(page: KinPage) -> None:
    assert page.grid.columns() == 2
    key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Down)
    assert page.grid.active.entry.item_id == 103
    assert page.grid.active.hasFocus()
    key(Qt.Key.Key_Left)
    key(Qt.Key.Key_Up)
    key(Qt.Key.Key_Up)
    assert page.grid.active.entry.item_id == 100
    key(Qt.Key.Key_End)
    assert page.grid.active.entry.item_id == 159
    assert 159 in page.scroll.in_sight()
    assert 100 not in page.scroll.in_sight()
    key(Qt.Key.Key_Home)
    assert 100 in page.scroll.in_sight()


def test_digits_and_the_small_buttons_rate(page: KinPage, qtbot) -> None:
    with qtbot.waitSignal(page.rated) as answer:
        key("8")
    assert answer.args == [100, 8.0]
    with qtbot.assertNotEmitted(page.rated):  # the second half of a double click
        press(page.grid.tools.ratings[3])
    qtbot.wait(REPEAT_GUARD + 30)
    QTest.mouseMove(page.grid.cards()[4])
    qtbot.waitUntil(lambda: page.grid.active is page.grid.cards()[4])
    with qtbot.waitSignal(page.rated) as answer:
        press(page.grid.tools.ratings[3])
    assert answer.args == [104, 4.0]
    qtbot.wait(REPEAT_GUARD + 30)
    page.grid.tools.ratings[0].setFocus()
    with qtbot.waitSignal(page.rated) as answer:
        key("0")
    assert answer.args == [104, 10.0]


def test_keys_are_about_the_card_with_the_keyboard_not_the_one_under_the_mouse(page: KinPage, qtbot) -> None:
    QTest.mouseMove(page.grid.cards()[3])
    qtbot.waitUntil(lambda: page.grid.active is page.grid.cards()[3])
    with qtbot.waitSignal(page.rated) as answer:
        key("8")
    assert answer.args == [100, 8.0]


def test_the_tab_key_goes_from_the_card_to_its_buttons(page: KinPage) -> None:
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.grid.tools.ratings[0]
    assert page.grid.tools.ratings[0].accessibleName() == "Rate Title 102 1, awful"
    assert page.grid.tools.similar.accessibleName() == "More like Title 102"
    assert page.grid.tools.connections.accessibleName() == "How are Title 102 and Arrival connected?"
    assert page.grid.tools.ratings[8].property("chosen") is True


def test_the_two_ways_on(page: KinPage, qtbot) -> None:
    for pressed, button, signal in (
        ("m", page.grid.tools.similar, page.similar_requested),
        ("c", page.grid.tools.connections, page.connections_requested),
    ):
        with qtbot.waitSignal(signal) as answer:
            key(pressed)
        assert answer.args == [100]
        with qtbot.waitSignal(signal):
            press(button)
        assert page.grid.active.hasFocus()  # a click leaves the keyboard on its card
    with qtbot.waitSignal(page.connections_requested) as answer:
        press(page.graph)
    assert answer.args == [ARRIVAL.item_id]


def test_a_rating_moves_the_cards_to_their_new_places(page: KinPage, theme: Theme, qtbot) -> None:
    theme.still = False
    card = page.grid.cards()[5]
    before, scrolled = card.pos(), page.scroll.verticalScrollBar().value()
    again = [replace(ENTRIES[5], kin=replace(ENTRIES[5].kin, given=8.0)), *ENTRIES[:5], *ENTRIES[6:]]
    page.show_kin(again)
    assert page.grid.cards()[0] is card  # the same card, on its way
    assert card.pos() == before
    goal = QPoint(0, 0)
    qtbot.waitUntil(lambda: card.pos() not in (before, goal), timeout=1000)
    qtbot.waitUntil(lambda: card.pos() == goal, timeout=1500)
    assert page.scroll.verticalScrollBar().value() == scrolled
    assert page.grid.active.entry.item_id == 100  # the keyboard stays with its title
    theme.still = True
    page.show_kin(ENTRIES)
    assert page.grid.cards()[5].pos() == before


def test_sorting_and_filters(page: KinPage) -> None:
    press(page.by_worth)
    worths = [entry.worth for entry in page.shown()]
    assert worths == sorted(worths, reverse=True)
    press(page.unseen)
    assert 101 not in {entry.item_id for entry in page.shown()}
    press(page.unrated)
    assert {101, 102}.isdisjoint(entry.item_id for entry in page.shown())
    assert page.count.text() == "58 of 60"
    page.show_kin([ENTRIES[1], ENTRIES[2]])
    assert page.shown() == []
    assert page.quiet.texts()[0] == "None of them fits"
    press(page.quiet.buttons()[0])
    assert len(page.shown()) == 2
    press(page.by_likeness)
    assert [entry.item_id for entry in page.shown()] == [101, 102]


def test_the_trail_leads_back(page: KinPage, qtbot) -> None:
    key(Qt.Key.Key_End)
    page.show_title(replace(ARRIVAL, item_id=7, title="Her"), ["Arrival", LONG])
    page.show_kin(ENTRIES[:30])
    assert page.grid.active.entry.item_id == 100  # a new title begins at its first
    assert page.grid.active.hasFocus()
    assert page.scroll.verticalScrollBar().value() == 0
    assert [crumb.accessibleName() for crumb in page.crumbs()] == [
        "Back to what is like Arrival",
        f"Back to what is like {LONG}",
    ]
    with qtbot.waitSignal(page.crumb_chosen) as answer:
        press(page.crumbs()[0])
    assert answer.args == [0]
    with qtbot.waitSignal(page.crumb_chosen) as answer, qtbot.assertNotEmitted(page.closed):
        key(Qt.Key.Key_Escape)
    assert answer.args == [1]
    page.show_title(ARRIVAL)
    assert page.crumbs() == []
    with qtbot.waitSignal(page.closed):
        key(Qt.Key.Key_Escape)


def test_posters_of_what_can_be_seen_are_asked_for(page: KinPage, qtbot) -> None:
    asked: list[int] = []
    page.posters_wanted.connect(asked.extend)
    key(Qt.Key.Key_End)
    qtbot.waitUntil(lambda: 159 in asked, timeout=1000)
    assert 130 not in asked
    picture = QImage(20, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    page.show_poster(159, picture)
    shown = page.grid.cards()[59].grab().toImage()
    assert shown.pixelColor(30, 40).name() == "#ff0000"


def test_busy_and_long_titles(page: KinPage, qtbot) -> None:
    page.show_quiet(WORKING)
    assert page.quiet.texts()[0] == "The similarities are being worked out"
    assert page.shown() == []
    page.show_title(replace(ARRIVAL, title=LONG * 2))
    page.show_kin([replace(ENTRIES[0], kin=kin(100, title=LONG, reason=f"{LONG}; " * 4))])
    qtbot.wait(20)
    assert page.title.text().endswith("…")
    assert page.title.toolTip().startswith(LONG)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_page_can_become_as_narrow_as_the_window(
    page: KinPage, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    monkeypatch.setattr("gui.theme._system_scale", lambda: scale)
    theme.refresh()
    page.window().resize(960, 640)
    page.show_title(replace(ARRIVAL, title=LONG, facts=LONG), [LONG] * 5)
    page.show_kin(ENTRIES)
    qtbot.waitUntil(lambda: page.width() == 960 and page.legend.geometry().right() <= 960)
    assert page.minimumSizeHint().width() <= 960


@pytest.mark.parametrize("size", [(960, 640), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_buttons_of_a_card_fit_on_it(
    page: KinPage, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], scale: float
) -> None:
    monkeypatch.setattr("gui.theme._system_scale", lambda: scale)
    theme.refresh()
    page.window().resize(*size)
    qtbot.waitUntil(lambda: page.width() == size[0] and page.grid.width() > size[0] * 0.9)
    card = page.grid.active
    inside = card.geometry()
    places = [button.geometry().translated(page.grid.tools.pos()) for button in page.grid.tools.buttons()]
    assert all(inside.contains(place) for place in places)
    assert all(not first.intersects(second) for first, second in pairwise(places))
    assert min(place.width() for place in places) >= 22
    assert card.width() <= page.grid.width()


def test_every_button_has_a_name(page: KinPage) -> None:
    buttons = [widget for widget in page.findChildren(QAbstractButton) if widget.isVisible()]
    assert len(buttons) > 70
    assert all(button.accessibleName() for button in buttons)


def test_words_on_two_lines(theme: Theme) -> None:
    font = theme.font(13)
    assert two_lines("short", font, 300) == ("short", "")
    first, second = two_lines(LONG, font, 300)
    assert LONG.startswith(first)
    assert second.endswith("…")
    assert two_lines("unbreakable" * 20, font, 100)[0].endswith("…")


# The desk


def alike_snapshot(library: Library) -> Snapshot:
    """A snapshot in which titles are alike as their features are."""
    plain = snapshot_of(library)
    ids, rows = plain.features.ids.copy(), np.arange(len(plain))
    alike = likeness(plain.features, rows)
    vectors = np.stack([alike(row) for row in rows.tolist()]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = Near(run(find_neighbours(ids, vectors)), vectors, "by features", {"metadata": len(ids)})
    return replace(plain, near=near)


@pytest.fixture
def room(home_path: Path, theme: Theme, qtbot) -> Iterator[tuple[KinDesk, Library, Controller, MainWindow]]:
    theme.still = True
    with open_shelf(home_path) as library:
        window = MainWindow(theme)
        qtbot.addWidget(window)
        tab = RecommendationTab(MediaKind.MOVIE, theme)
        window.add_tab(tab, "Movies")
        controller = Controller(library, Settings(), window.messages, [tab])
        controller.publish(alike_snapshot(library))
        desk = KinDesk(controller, window, theme)
        tab.similar_requested.connect(desk.open)
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        QTest.mouseMove(window, QPoint(5, 5))
        yield desk, library, controller, window
        window.close()
        controller.stop()


def test_a_title_opens_its_kin_and_they_lead_on_and_back(room, qtbot) -> None:
    desk, library, controller, window = room
    ids = ids_by_title(library)
    controller.desks[MediaKind.MOVIE].tab.similar_requested.emit(ids["Star 2"])
    assert window.laid_pages() == (desk.page,)
    first = desk.page.shown()
    assert len(first) == 40  # all others, films and the show
    assert first[0].title.startswith("Star")
    key("m")
    assert desk.page.title.text().startswith(first[0].title)
    assert len(desk.page.crumbs()) == 1
    key(Qt.Key.Key_Escape)
    assert desk.page.title.text().startswith("Star 2")
    assert [entry.item_id for entry in desk.page.shown()] == [entry.item_id for entry in first]
    with qtbot.waitSignal(desk.connections_wanted) as answer:
        key("c")
    assert answer.args == [ids["Star 2"], desk.page.grid.active.entry.item_id]
    with qtbot.waitSignal(desk.title_wanted) as answer:
        key(Qt.Key.Key_Return)
    assert answer.args == [desk.page.grid.active.entry.item_id]
    key(Qt.Key.Key_Escape)
    assert window.laid_pages() == ()


def test_a_rating_is_stored_and_the_others_follow_at_once(room, qtbot) -> None:
    desk, library, controller, _ = room
    ids = ids_by_title(library)
    desk.open(ids["Star 2"])
    before = {entry.item_id: entry.kin.mean for entry in desk.page.shown()}
    rated = desk.page.grid.active.entry.item_id
    with qtbot.waitSignal(controller.feedback_given) as answer:
        key("0")
    assert answer.args == [rated]
    assert [(event.item_id, event.value) for event in library.feedback.log() if isinstance(event, Rating)] == [
        (rated, 10.0)
    ]
    after = {entry.item_id: entry.kin for entry in desk.page.shown()}
    assert after[rated].given == 10.0
    assert after[ids["Star 4"]].mean > before[ids["Star 4"]]


def test_a_newer_snapshot_fills_the_page_that_was_waiting(room) -> None:
    desk, library, controller, _ = room
    ids = ids_by_title(library)
    controller.publish(snapshot_of(library))
    desk.open(ids["Star 2"])
    assert desk.page.quiet.texts()[0] == WORKING.line
    controller.publish(alike_snapshot(library))
    assert len(desk.page.shown()) == 40
