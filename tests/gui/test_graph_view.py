"""The graph of a title: where things go, what stands out, and what mouse and keys do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.controller import Controller
from gui.graph_desk import GraphDesk
from gui.main_window import MainWindow
from gui.models import ShelfEntry
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from gui.widgets.force_layout import ForceLayout, first_places
from gui.widgets.graph_meaning import fewer, of_spot, with_links
from gui.widgets.graph_spots import initials
from gui.widgets.graph_view import DRAWING, NO_WAYS, NOT_YET, GraphPage
from gui.worker import LibraryWorker, Task, Workplace
from library.errors import AppError
from library.home import Home
from library.items import MediaKind
from library.progress import Job, Progress
from library.settings import Settings
from recommender.surroundings import Spot, Surroundings, Tie, Way
from tests.gui.places import PATIENCE, press, quick_ports
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of

LEFT = Qt.MouseButton.LeftButton
LONG = "The Positively True Adventures of the Alleged Texas Cheerleader-Murdering Mom & Her Friends"
AROUND = Surroundings(
    item_id=1,
    spots=(
        Spot("media_1", "media", "Arrival", 1),
        Spot("person_Amy Adams", "person", "Amy Adams"),
        Spot("person_Denis Villeneuve", "person", "Denis Villeneuve"),
        Spot("keyword_first contact", "keyword", "first contact"),
        Spot("genre_Drama", "genre", "Drama"),
        Spot("media_2", "media", "Her", 2, 9.0),
        Spot("media_3", "media", "Sicario", 3, 8.0),
        Spot("media_4", "media", "Contact", 4),
        Spot("media_5", "media", LONG, 5),
    ),
    ties=(
        Tie("media_1", "person_Amy Adams", "with", 0.8),
        Tie("media_1", "person_Denis Villeneuve", "directed by", 0.9),
        Tie("media_1", "keyword_first contact", "about", 0.7),
        Tie("media_1", "genre_Drama", "is a", 0.2),
        Tie("media_2", "person_Amy Adams", "with", 0.8),
        Tie("media_3", "person_Denis Villeneuve", "directed by", 0.9),
        Tie("media_4", "keyword_first contact", "about", 0.7),
        Tie("media_5", "genre_Drama", "is a", 0.2),
    ),
    ways=(
        Way(
            ("media_1", "person_Denis Villeneuve", "media_3"), "Denis Villeneuve made both; you gave Sicario 8", 3, 8.0
        ),
        Way(("media_1", "person_Amy Adams", "media_2"), "Amy Adams is in both; you gave Her 9", 2, 9.0),
    ),
)


def crowd(titles: int = 39, names: int = 20) -> Surroundings:
    """A title with many names, and titles beyond them."""
    spots = [Spot("media_0", "media", "The Middle", 100)]
    spots += [Spot(f"keyword_{k}", "person" if k % 3 == 0 else "keyword", f"Some Name {k}") for k in range(names)]
    spots += [Spot(f"media_{k}", "media", f"A Title of Some Length {k}", 100 + k) for k in range(1, titles + 1)]
    ties = [Tie("media_0", f"keyword_{k}", "about", 0.2 + k % 5 / 6) for k in range(names)]
    ties += [Tie(f"media_{k}", f"keyword_{k * 7 % names}", "about", 0.5) for k in range(1, titles + 1)]
    return Surroundings(100, tuple(spots), tuple(ties), ())


@pytest.fixture
def page(theme: Theme, qtbot) -> Iterator[GraphPage]:
    theme.still = True
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    page = GraphPage(theme)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    window.lay_over(page)
    page.show_surroundings(AROUND, {1: ShelfEntry(item_id=1, title="Arrival", year=2016, genres=("Drama",))})
    qtbot.waitUntil(page.canvas.hasFocus)
    yield page
    window.close()


def point(page: GraphPage, key: str) -> QPoint:
    return page.canvas.mapFromScene(page.canvas.spot(key).middle())


def hover(page: GraphPage, key: str) -> None:
    viewport = page.canvas.viewport()
    QTest.mouseMove(viewport, QPoint(1, 1))
    QTest.mouseMove(viewport, point(page, key))


def lit(page: GraphPage) -> set[str]:
    return {item.spot.key for item in page.canvas.spots() if item.lit}


def bold(page: GraphPage) -> list[str]:
    items = [page.list.item(row) for row in range(page.list.count())]
    return [item.text() for item in items if item.font().bold()]


# Places


def test_boxes_do_not_overlap_and_the_same_input_gives_the_same_places() -> None:
    around = crowd()
    place_of = {spot.key: place for place, spot in enumerate(around.spots)}
    ties = np.array([[place_of[tie.first], place_of[tie.second]] for tie in around.ties])
    sizes = np.array([(105.0, 80.0) if spot.kind == "media" else (90.0, 30.0) for spot in around.spots])
    strengths = np.array([tie.strength for tie in around.ties])

    def settled() -> ForceLayout:
        layout = ForceLayout(sizes, ties, strengths, first_places(len(sizes), ties, 160.0), 1.5)
        layout.settle()
        return layout

    layout = settled()
    assert layout.overlaps() == 0
    assert layout.resting
    assert np.array_equal(layout.places, settled().places)
    assert layout.places[0].tolist() == [0.0, 0.0]
    tied = np.linalg.norm(layout.places[ties[:, 0]] - layout.places[ties[:, 1]], axis=1).mean()
    everybody = np.linalg.norm(layout.places[:, None] - layout.places[None], axis=2).mean()
    assert tied < 0.5 * everybody
    width, height = np.ptp(layout.places, axis=0)
    assert width > height


def test_a_node_that_is_held_stays_and_its_neighbours_follow() -> None:
    sizes, ties = np.full((3, 2), 40.0), np.array([[0, 1], [1, 2]])
    layout = ForceLayout(sizes, ties, np.ones(2), first_places(3, ties, 100.0))
    layout.settle()
    before = layout.places.copy()
    layout.hold(1, 600.0, 0.0)
    assert not layout.resting
    layout.settle()
    assert layout.places[1].tolist() == [600.0, 0.0]
    assert layout.places[2, 0] > before[2, 0] + 20


@pytest.mark.parametrize("count", [1, 2])
def test_little_graphs_come_to_rest(count: int) -> None:
    ties = np.array([[0, 1]] if count == 2 else np.zeros((0, 2)), np.int64)
    layout = ForceLayout(np.full((count, 2), 50.0), ties, np.ones(len(ties)), first_places(count, ties, 100.0))
    layout.settle()
    assert layout.overlaps() == 0


def test_everything_is_drawn_apart_and_in_sight(page: GraphPage, qtbot) -> None:
    page.show_surroundings(crowd(), {})
    canvas = page.canvas
    assert canvas.resting
    boxes = [item.mapRectToScene(item.boundingRect().adjusted(4, 4, -4, -4)) for item in canvas.spots()]
    assert len(boxes) == 60
    assert not any(first.intersects(second) for place, first in enumerate(boxes) for second in boxes[place + 1 :])
    seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert all(seen.contains(box) for box in boxes)
    assert canvas.transform().m11() > 0.55


def test_large_letters_in_a_small_window_leave_the_far_titles_to_the_list(
    page: GraphPage, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.show_surroundings(replace(crowd(), ways=(Way(("media_0", "keyword_3", "media_39"), "A way", 139, 8.0),)), {})
    page.window().resize(960, 640)
    monkeypatch.setattr("gui.theme._system_scale", lambda: 1.5)
    theme.refresh()
    qtbot.waitUntil(lambda: 20 <= len(page.canvas.spots()) < 40)
    drawn = [item.spot.key for item in page.canvas.spots()]
    assert {"media_0", "keyword_3", "media_39"} <= set(drawn)
    press(page.all_switch)
    assert len(page.lines()) == 59
    assert page.minimumSizeHint().width() <= 960


def test_things_move_for_a_moment_and_then_rest(page: GraphPage, theme: Theme, qtbot) -> None:
    theme.still = False
    page.show_surroundings(crowd(), {})
    assert not page.canvas.resting
    start = page.canvas.spot("media_7").pos()
    qtbot.waitUntil(lambda: page.canvas.spot("media_7").pos() != start, timeout=1000)
    qtbot.waitUntil(lambda: page.canvas.resting, timeout=4000)
    qtbot.waitUntil(lambda: not page.canvas._clock.isActive(), timeout=500)


def test_leaving_puts_everything_in_its_place_and_stops(page: GraphPage, theme: Theme) -> None:
    theme.still = False
    page.show_surroundings(crowd(), {})
    page.go_back()
    assert not page.isVisible()
    assert page.canvas.resting
    assert not page.canvas._clock.isActive()


# What stands out


def test_a_name_shows_the_ways_that_lead_over_it(page: GraphPage) -> None:
    hover(page, "person_Amy Adams")
    assert lit(page) == {"media_1", "person_Amy Adams", "media_2"}
    assert bold(page) == ["Amy Adams is in both; you gave Her 9"]
    assert page.about.text() == "Person: Amy Adams"
    assert {tie.tie.relation for tie in page.canvas.ties() if tie.named} == {"with"}
    assert page.canvas.spot("genre_Drama").opacity() < 0.5
    hover(page, "media_3")
    assert bold(page) == ["Denis Villeneuve made both; you gave Sicario 8"]
    assert page.about.text() == "Sicario, which you gave 8"
    hover(page, "media_1")
    assert lit(page) == {"media_1", "person_Amy Adams", "media_2", "person_Denis Villeneuve", "media_3"}


def test_what_leads_nowhere_shows_what_it_is_tied_to(page: GraphPage) -> None:
    hover(page, "keyword_first contact")
    assert lit(page) == {"media_1", "keyword_first contact", "media_4"}
    assert bold(page) == []


def test_a_tie_says_what_it_means(page: GraphPage) -> None:
    tie = next(tie for tie in page.canvas.ties() if tie.tie.relation == "directed by")
    QTest.mouseMove(page.canvas.viewport(), QPoint(1, 1))
    points = [page.canvas.mapFromScene(tie.line().pointAt(share)) for share in np.linspace(0.1, 0.9, 30)]
    free = next(found for found in points if page.canvas._spot_at(found) is None)
    QTest.mouseMove(page.canvas.viewport(), free)
    assert tie.named
    assert page.about.text() == "directed by"


def test_a_line_of_the_list_shows_its_way_and_enter_opens_its_title(page: GraphPage, qtbot) -> None:
    page.list.setFocus()
    page.list.setCurrentRow(1)
    assert lit(page) == {"media_1", "person_Amy Adams", "media_2"}
    with qtbot.waitSignal(page.chosen) as answer:
        QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert answer.args == [2]
    press(page.all_switch)
    assert page.lines() == [
        "With Amy Adams",
        "Directed by Denis Villeneuve",
        "About first contact",
        "Is a Drama",
        "Her, which you gave 9: with Amy Adams",
        "Sicario, which you gave 8: directed by Denis Villeneuve",
        "Contact: about first contact",
        f"{LONG}: is a Drama",
    ]
    page.list.setCurrentRow(6)
    assert lit(page) == {"media_1", "keyword_first contact", "media_4"}


def test_the_way_to_another_title_stands_out_from_the_beginning(page: GraphPage) -> None:
    page.show_surroundings(AROUND, {}, towards=4)
    assert lit(page) == {"media_1", "keyword_first contact", "media_4"}
    page.show_surroundings(AROUND, {}, towards=999)
    assert lit(page) == set()


def test_without_ways_it_says_so_and_lists_the_rest(page: GraphPage) -> None:
    page.show_surroundings(replace(AROUND, ways=()), {})
    assert page.all_switch.isChecked()
    assert len(page.lines()) == 8
    assert NO_WAYS in page.note.text()
    press(page.ways_switch)
    assert page.lines() == []


def test_meanings_without_a_window() -> None:
    assert of_spot(AROUND, "person_Amy Adams").ways == (1,)
    assert with_links(AROUND, "media_2").ways == (1,)
    few = fewer(AROUND, 6, "media_4")
    assert {"media_4", "keyword_first contact"} <= {spot.key for spot in few.spots}
    assert fewer(AROUND, 9) is AROUND
    assert initials("Denis Villeneuve") == "DV"
    assert initials("Madonna") == "M"
    assert initials("") == "?"


# What mouse and keys do


def test_a_click_opens_and_a_double_click_puts_in_the_middle(page: GraphPage, qtbot) -> None:
    viewport = page.canvas.viewport()
    with qtbot.waitSignal(page.chosen, timeout=2000) as answer:
        QTest.mouseClick(viewport, LEFT, pos=point(page, "media_2"))
    assert answer.args == [2]
    with qtbot.assertNotEmitted(page.chosen, wait=QApplication.doubleClickInterval() + 100):
        with qtbot.waitSignal(page.centred) as answer:
            QTest.mouseClick(viewport, LEFT, pos=point(page, "media_3"))
            QTest.mouseDClick(viewport, LEFT, pos=point(page, "media_3"))
        assert answer.args == [3]
        QTest.mouseClick(viewport, LEFT, pos=point(page, "genre_Drama"))  # a name opens nothing


def test_a_node_can_be_dragged_and_its_neighbours_come_along(page: GraphPage) -> None:
    canvas, viewport = page.canvas, page.canvas.viewport()
    before = {item.spot.key: item.pos() for item in canvas.spots()}
    start = point(page, "keyword_first contact")
    goal = start + QPoint(90, 60)
    QTest.mousePress(viewport, LEFT, pos=start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(viewport, start + (goal - start) * share)
    QTest.mouseRelease(viewport, LEFT, pos=goal)
    moved = canvas.spot("keyword_first contact").pos()
    assert (moved - canvas.mapToScene(goal)).manhattanLength() < 3
    assert canvas.spot("media_4").pos() != before["media_4"]
    assert canvas.spot("media_1").pos() == before["media_1"]


def test_the_wheel_and_keys_zoom(page: GraphPage) -> None:
    canvas = page.canvas
    scale = canvas.transform().m11()
    middle = QPointF(canvas.viewport().rect().center())
    wheel = QWheelEvent(
        middle,
        canvas.viewport().mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), wheel)
    assert canvas.transform().m11() == pytest.approx(scale * 1.0016**120)
    QTest.keyClick(canvas, "-")
    QTest.keyClick(canvas, "+")
    assert canvas.transform().m11() == pytest.approx(scale * 1.0016**120)
    QTest.keyClick(canvas, "0")
    assert canvas.transform().m11() == pytest.approx(scale)


def test_the_keyboard_goes_from_node_to_node(page: GraphPage, qtbot) -> None:
    canvas = page.canvas
    assert canvas.current == "media_1"
    visited = {canvas.current}
    for pressed in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Left,
        Qt.Key.Key_Left,
        Qt.Key.Key_Down,
    ):
        here = canvas.spot(canvas.current).pos()
        QTest.keyClick(canvas, pressed)
        step = canvas.spot(canvas.current).pos() - here
        along = {Qt.Key.Key_Right: step.x(), Qt.Key.Key_Left: -step.x(), Qt.Key.Key_Up: -step.y()}.get(
            pressed, step.y()
        )
        assert along >= 0
        visited.add(canvas.current)
    assert len(visited) > 3
    canvas._current = "media_2"
    with qtbot.waitSignal(page.chosen) as answer:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert answer.args == [2]
    with qtbot.waitSignal(page.centred) as answer:
        QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert answer.args == [2]


def test_back_goes_to_the_title_before(page: GraphPage, qtbot) -> None:
    page.show_surroundings(AROUND, {}, previous=True)
    with qtbot.waitSignal(page.previous_wanted), qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    page.show_surroundings(AROUND, {})
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)


def test_posters_are_asked_for_and_shown(page: GraphPage, qtbot) -> None:
    with qtbot.waitSignal(page.posters_wanted) as answer:
        page.show_surroundings(crowd(), {})
    assert len(answer.args[0]) == 40
    page.show_surroundings(AROUND, {})
    picture = QImage(20, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    page.show_poster(1, picture)
    shown = page.canvas.viewport().grab().toImage()
    assert shown.pixelColor(point(page, "media_1")).name() == "#ff0000"


def test_another_theme_draws_it_anew_in_the_same_places(page: GraphPage, theme: Theme) -> None:
    before = {item.spot.key: item.pos() for item in page.canvas.spots()}
    theme.set_choice("light")
    after = {item.spot.key: item.pos() for item in page.canvas.spots()}
    assert after.keys() == before.keys()
    assert all((after[key] - before[key]).manhattanLength() < 120 for key in before)


# The desk


@pytest.fixture
def desk(home: Home, theme: Theme, qtbot) -> Iterator[GraphDesk]:
    theme.still = True
    with open_shelf(Path(home.path)) as library:
        ids = ids_by_title(library)
        window = MainWindow(theme)
        qtbot.addWidget(window)
        tab = RecommendationTab(MediaKind.MOVIE, theme)
        window.add_tab(tab, "Movies")
        controller = Controller(library, Settings(), window.messages, [tab])
        controller.publish(snapshot_of(library))
        worker = LibraryWorker(home, quick_ports(home), "worker under test")
        worker.start()

        def around(item_id: int, other_id: int) -> Task:
            def job(workplace: Workplace) -> Job[Surroundings | None]:
                yield Progress("Looking around")
                if item_id == ids["Heart 1"]:
                    raise AppError("The graph cannot be read.", "Try once more.")
                if item_id == ids["Heart 3"]:
                    return None
                title = workplace.library.items.get(item_id)
                other = workplace.library.items.get(ids["Star 4"])
                assert title is not None
                assert other is not None
                spots = (Spot("a", "media", title.title, item_id), Spot("b", "media", other.title, other.id))
                return Surroundings(item_id, spots, (Tie("a", "b", "similar to", 0.5),), ())

            return job

        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        yield GraphDesk(controller, window, theme, worker, around)
        window.close()
        controller.stop()
        assert worker.stop()


def titles(desk: GraphDesk) -> dict[str, int]:
    return ids_by_title(desk._library)


def test_the_desk_asks_a_worker_and_finds_the_way_back(desk: GraphDesk, qtbot) -> None:
    ids = titles(desk)
    desk.open(ids["Star 2"], ids["Star 4"])
    page = desk.page
    assert page.quiet.texts()[0] == DRAWING.line
    qtbot.waitUntil(lambda: page.heading() == "Around Star 2", timeout=PATIENCE)
    assert lit(page) == {"a", "b"}
    page.canvas.centred.emit(ids["Star 6"])
    qtbot.waitUntil(lambda: page.heading() == "Around Star 6", timeout=PATIENCE)
    page.go_back()
    qtbot.waitUntil(lambda: page.heading() == "Around Star 2", timeout=PATIENCE)
    page.go_back()
    assert not page.isVisible()


def test_what_cannot_be_drawn_is_said(desk: GraphDesk, qtbot, expected_logs) -> None:
    expected_logs("The graph cannot be read.")
    ids = titles(desk)
    desk.open(ids["Heart 3"])
    qtbot.waitUntil(lambda: desk.page.quiet.texts()[0] == NOT_YET.line, timeout=PATIENCE)
    desk.open(ids["Heart 1"])
    qtbot.waitUntil(lambda: desk.page.quiet.texts()[2] == "Try again", timeout=PATIENCE)
    assert desk.page.quiet.texts()[0] == "The graph cannot be read."
    with qtbot.waitSignal(desk.page.retry_wanted):
        press(desk.page.quiet.buttons()[0])
    qtbot.waitUntil(lambda: desk._ticket is None, timeout=PATIENCE)


def test_the_last_question_counts(desk: GraphDesk, qtbot) -> None:
    ids = titles(desk)
    for number in (2, 4, 6, 8):
        desk.open(ids[f"Star {number}"])
    qtbot.waitUntil(lambda: desk.page.heading() == "Around Star 8", timeout=PATIENCE)
    qtbot.wait(100)
    assert desk.page.heading() == "Around Star 8"
