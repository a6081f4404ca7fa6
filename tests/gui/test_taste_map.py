"""The map of taste: what it shows, where, and what hand and keys do with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.models import ShelfEntry
from gui.tabs.taste.camera import NEAREST, Camera, Extent
from gui.tabs.taste.map_grid import PointGrid
from gui.tabs.taste.map_page import BOTH, FILMS, SHOWS, MapPage
from gui.tabs.taste.rating_scale import LEVELS, RatingRange, colours_of, oklab, range_of, scale_of
from gui.tabs.taste.values import MapPicture, Region
from gui.taste_regions import regions_of
from gui.theme import DARK, LIGHT, Theme, contrast
from library.progress import run
from recommender.taste_points import TastePoints
from tests.unit.recommender.shelf import open_shelf, snapshot_of

LEFT = Qt.MouseButton.LeftButton
LONG = "Dr. Strangelove & how <b>one</b> learned to stop worrying and love whatever comes at the end of it all"
# As people without the red or the green kind of cones see linear RGB (Machado, Oliveira & Fernandes, 2009, severity 1).
COLOUR_BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def picture(side: int = 5) -> MapPicture:
    """A square of titles, ids from 1, liked more from left to right; the first and the last are rated, every fifth is a show."""
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    places = np.stack([column.ravel(), row.ravel()], axis=1).astype(np.float32) / (side - 1) * 2 - 1
    count = side**2
    ratings = (3.0 + 6.0 * (places[:, 0] + 1) / 2).astype(np.float32)
    rated = np.zeros(count, np.bool_)
    rated[[0, -1]] = True
    points = TastePoints(np.arange(1, count + 1), places, ratings, rated, np.arange(count) % 5 == 4)
    titles = tuple(f"Title {number}" for number in range(1, count + 1))
    return MapPicture(points, titles, np.linspace(1, 0, count, dtype=np.float32), (Region("Drama", 0.3, 0.2, 2.0),))


@pytest.fixture
def page(theme: Theme, qtbot) -> Iterator[MapPage]:
    theme.still = True
    page = MapPage(theme)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show_picture(picture())
    page.show()
    page.activateWindow()
    qtbot.waitExposed(page)
    yield page
    page.close()


def at(page: MapPage, item_id: int) -> QPoint:
    """Where a title is on the map."""
    assert page.picture is not None
    place = int(np.flatnonzero(page.picture.points.ids == item_id)[0])
    return page.canvas.pixel_of(place).toPoint()


def turn_wheel(page: MapPage, where: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(where),
        QPointF(page.canvas.mapToGlobal(where)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(page.canvas.viewport(), event)


def drag(page: MapPage, path: list[QPoint], modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    view = page.canvas.viewport()
    QTest.mousePress(view, LEFT, modifier, path[0])
    for point in path[1:]:
        QTest.mouseMove(view, point)
    QTest.mouseRelease(view, LEFT, modifier, path[-1])


def around(page: MapPage, *item_ids: int) -> list[QPoint]:
    """A line around these titles, with some room."""
    points = [at(page, item_id) for item_id in item_ids]
    left, right = min(p.x() for p in points) - 30, max(p.x() for p in points) + 30
    top, bottom = min(p.y() for p in points) - 30, max(p.y() for p in points) + 30
    return [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom), QPoint(left, top)]


# Colours


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_the_colours_are_even_steps_that_lightness_alone_tells_apart(colours) -> None:
    lab = oklab(scale_of(colours))
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.max() < 1.25 * steps.min()
    lightness = np.diff(lab[:, 0])
    assert (lightness > 0.005).all() or (lightness < -0.005).all()
    middle = lab[LEVELS // 2]
    assert np.hypot(middle[1], middle[2]) < 0.02
    assert lab[-1, 1] < -0.05 < 0.05 < lab[0, 1]  # against is red, for is green
    assert all(contrast(colour.name(), colours.panel) > 2.0 for colour in colours_of(colours))


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("sight", sorted(COLOUR_BLIND))
def test_whoever_cannot_tell_red_from_green_sees_the_order_of_ratings(colours, sight: str) -> None:
    rgb = scale_of(colours)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(COLOUR_BLIND[sight]).T, 0.0, 1.0)
    seen = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    lightness = oklab(seen)[:, 0]
    direction = np.sign(lightness[-1] - lightness[0])
    assert (direction * np.diff(lightness) > 0.0).all()
    assert abs(lightness[-1] - lightness[0]) > 0.2


def test_the_scale_spans_what_the_ratings_are() -> None:
    scale = range_of(np.concatenate([np.full(50, 6.0), np.full(50, 8.0), [1.0]]).astype(np.float32))
    assert scale.low == pytest.approx(6.0 if scale.middle == 7.0 else scale.middle - scale.reach)
    assert scale.levels(np.array([-5.0, scale.middle, 99.0])).tolist() == [0, LEVELS // 2, LEVELS - 1]
    alike = range_of(np.full(9, 7.0, np.float32))
    assert (alike.middle, alike.reach) == (7.0, 0.5)
    assert range_of(np.zeros(0, np.float32)) == RatingRange(5.5, 4.5)


# Finding points


def test_the_grid_finds_what_a_look_at_every_point_finds() -> None:
    generator = np.random.default_rng(1)
    places = generator.normal(size=(3000, 2)).astype(np.float32)
    places[7] = np.nan
    grid = PointGrid(places)
    for x, y in generator.uniform(-1, 1, (60, 2)):
        inside = (np.abs(places[:, 0] - x) <= 0.3) & (np.abs(places[:, 1] - y) <= 0.2)
        assert sorted(grid.within(x - 0.3, y - 0.2, x + 0.3, y + 0.2).tolist()) == np.flatnonzero(inside).tolist()
        away = np.hypot(*(places - [x, y]).T)
        best = int(np.nanargmin(away))
        assert grid.nearest(x, y, 0.25, 0.25) == (best if away[best] <= 0.25 else None)
        best = int(np.nanargmin(np.hypot(*((places - [x, y]) / [1.0, 0.1]).T)))
        assert grid.nearest(x, y, 1.0, 0.1) == best
    assert grid.nearest(50.0, 50.0, 1.0, 1.0) is None
    assert len(PointGrid(np.zeros((0, 2), np.float32)).within(-1, -1, 1, 1)) == 0


def test_what_lies_inside_a_line_follows_the_even_odd_rule() -> None:
    grid = PointGrid(np.array([[0, 0], [2, 0], [4, 0], [9, 9]], np.float32))
    ring = np.array([[-1, -1], [5, -1], [5, 1], [3, 1], [3, -0.5], [1, -0.5], [1, 1], [-1, 1]], np.float32)
    assert grid.inside(ring).tolist() == [0, 2]
    assert grid.inside(ring[:2]).tolist() == []


# Looking


def test_the_camera_keeps_what_is_under_the_mouse_and_never_loses_the_map() -> None:
    whole = Camera.on(Extent(-1, -1, 1, 1), 800, 600)
    assert whole.pixel(0, 0) == (400, 300)
    nearer = whole.zoomed(4.0, 500, 300)
    assert nearer.place(500, 300) == pytest.approx(whole.place(500, 300))
    assert nearer.zoomed(1e9).zoom == NEAREST
    assert nearer.zoomed(1e-9) == whole
    far = nearer.panned(1e6, -1e6)
    window = far.window()
    assert window.left == pytest.approx(-1.1)
    assert window.bottom == pytest.approx(1.1)
    assert whole.panned(50, 50) == whole
    moved = nearer.panned(-30, 20)
    assert moved.pixel(*nearer.place(400, 300)) == pytest.approx((370, 320))
    assert whole.between(nearer, 0.5).zoom == pytest.approx(2.0)


def test_each_dot_is_where_it_belongs_in_the_colour_of_its_rating(page: MapPage) -> None:
    page.canvas.labels.show_regions(QRectF(-1, -1, 2, 2), ())
    shot = page.canvas.grab().toImage()
    levels = range_of(page.picture.points.ratings).levels(page.picture.points.ratings)
    shades = colours_of(page._theme.colours)
    for place, item_id in enumerate(page.picture.points.ids.tolist()):
        assert near(shot.pixelColor(at(page, item_id)), shades[levels[place]]), f"title {item_id}"
    ring = shot.pixelColor(at(page, 1) + QPoint(round(page.canvas.points.radius * 1.1 + 2.3), 0))
    assert near(ring, QColor(DARK.text), 60)


def test_the_colours_follow_the_theme_while_it_is_open(page: MapPage, theme: Theme) -> None:
    theme.set_choice("light")
    shot = page.canvas.grab().toImage()
    levels = range_of(page.picture.points.ratings).levels(page.picture.points.ratings)
    assert near(shot.pixelColor(at(page, 11)), colours_of(LIGHT)[levels[10]])


def near(one: QColor, other: QColor, apart: int = 12) -> bool:
    return all(abs(a - b) <= apart for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_wheel_and_keys_and_buttons_go_nearer_and_farther(page: MapPage) -> None:
    canvas = page.canvas
    where = at(page, 12)
    turn_wheel(page, where, 4)
    assert canvas.camera.zoom == pytest.approx(1.25**4)
    assert (at(page, 12) - where).manhattanLength() <= 2
    QTest.keyClick(canvas, "+")
    assert canvas.camera.zoom == pytest.approx(1.25**5)
    QTest.keyClick(canvas, "-")
    QTest.keyClick(canvas, "-")
    assert canvas.camera.zoom == pytest.approx(1.25**3)
    before = at(page, 13)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert at(page, 13).x() < before.x()
    QTest.keyClick(canvas, "0")
    assert canvas.camera.zoom == 1.0
    nearer, farther, whole = page.zooms
    nearer.click()
    assert canvas.camera.zoom > 1.5
    farther.click()
    whole.click()
    assert canvas.camera.zoom == 1.0


def test_pinching_goes_nearer_to_what_is_between_the_fingers(page: MapPage) -> None:
    where = at(page, 12)
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        QPointF(where),
        QPointF(where),
        QPointF(page.canvas.mapToGlobal(where)),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(page.canvas.viewport(), pinch)
    assert page.canvas.camera.zoom == pytest.approx(1.5)
    assert (at(page, 12) - where).manhattanLength() <= 2


def test_a_movement_ends_where_it_should_when_movement_is_welcome(page: MapPage, theme: Theme, qtbot) -> None:
    theme.still = False
    page.canvas.zoom(2.0)
    qtbot.waitUntil(lambda: page.canvas.camera.zoom == pytest.approx(2.0), timeout=3000)


def test_dragging_moves_the_map_with_the_hand(page: MapPage) -> None:
    page.canvas.zoom(4.0)
    before = at(page, 13)
    opened: list[int] = []
    page.chosen.connect(opened.append)
    start = before + QPoint(20, 0)
    drag(page, [start, start + QPoint(10, 5), start + QPoint(60, 40)])
    assert (at(page, 13) - before - QPoint(60, 40)).manhattanLength() <= 2
    assert not opened


def test_a_click_on_a_dot_opens_its_title_and_one_beside_all_dots_nothing(page: MapPage, qtbot) -> None:
    with qtbot.waitSignal(page.chosen) as answer:
        QTest.mouseClick(page.canvas.viewport(), LEFT, pos=at(page, 8) + QPoint(3, -2))
    assert answer.args == [8]
    with qtbot.assertNotEmitted(page.chosen, wait=20):
        QTest.mouseClick(page.canvas.viewport(), LEFT, pos=at(page, 8) + QPoint(45, 30))


def test_the_mouse_over_a_dot_shows_its_card_and_asks_for_its_poster_once(page: MapPage, qtbot) -> None:
    wanted: list[int] = []
    page.details_wanted.connect(
        lambda item_id: (
            wanted.append(item_id),
            page.show_details(ShelfEntry(item_id=item_id, title=LONG, year=1964, genres=("Comedy", "War"))),
        )
    )
    with qtbot.waitSignal(page.posters_wanted, timeout=3000) as asked:
        QTest.mouseMove(page.canvas.viewport(), at(page, 8))
    assert wanted == [8]
    assert asked.args == [[8]]
    assert page.card.isVisible()
    assert page.card.sentence() == "You would give it 6.0"
    assert page.rect().contains(page.card.geometry())
    poster = QImage(60, 90, QImage.Format.Format_RGB32)
    poster.fill(QColor("#123456"))
    page.show_poster(8, poster)
    assert near(page.card.grab().toImage().pixelColor(48, 66), QColor("#123456"))
    QTest.mouseMove(page.canvas.viewport(), at(page, 1))
    assert page.card.sentence() == "You gave it 3"
    QTest.mouseMove(page.canvas.viewport(), at(page, 1) + QPoint(50, 40))
    assert not page.card.isVisible()
    with qtbot.assertNotEmitted(page.posters_wanted, wait=250):
        QTest.mouseMove(page.canvas.viewport(), at(page, 8))


# Drawing around titles


def test_shift_and_a_drag_list_what_was_drawn_around_the_best_first(page: MapPage, qtbot) -> None:
    drag(page, around(page, 1, 2, 7), Qt.KeyboardModifier.ShiftModifier)
    assert [line.item_id for line in page.titles.lines()] == [2, 7, 1, 6]
    assert page.side.isVisible()
    assert page.canvas.camera.zoom == 1.0
    with qtbot.waitSignal(page.lasso_chosen) as answer:
        page.suggest.click()
    assert answer.args == [(2, 7, 1, 6)]
    with qtbot.waitSignal(page.chosen) as opened:
        page.titles.setFocus()
        page.titles.setCurrentIndex(page.titles.model().index(1, 0))
        QTest.keyClick(page.titles, Qt.Key.Key_Return)
    assert opened.args == [7]
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert not page.side.isVisible()
    assert not page.titles.lines()


def test_the_button_lets_one_drag_draw_and_no_more(page: MapPage) -> None:
    page.lasso.click()
    drag(page, around(page, 25))
    assert [line.item_id for line in page.titles.lines()] == [25]
    assert page.titles.lines()[0].spoken == "Title 25, you gave it 9"
    assert not page.lasso.isChecked()
    page.clear.click()
    drag(page, around(page, 25))
    assert not page.titles.lines()


def test_what_is_in_view_can_be_listed_without_a_mouse(page: MapPage) -> None:
    QTest.keyClick(page.listed, Qt.Key.Key_Return)
    assert len(page.titles.lines()) == 25
    page.clear.click()
    page.canvas.look(page.canvas.camera.zoomed(8.0))
    page.listed.click()
    assert [line.item_id for line in page.titles.lines()] == [13]


def test_a_line_around_nothing_lists_nothing(page: MapPage) -> None:
    start = at(page, 1) + QPoint(40, 40)
    drag(page, [start, start + QPoint(8, 0), start + QPoint(8, 8)], Qt.KeyboardModifier.ShiftModifier)
    assert not page.side.isVisible()


def test_what_was_drawn_around_stays_so_when_the_predictions_change(page: MapPage) -> None:
    drag(page, around(page, 1, 2), Qt.KeyboardModifier.ShiftModifier)
    page.canvas.zoom(2.0)
    before = page.canvas.camera
    points = page.picture.points
    page.show_picture(replace(picture(), points=replace(points, ratings=points.ratings[::-1].copy())))
    assert [line.item_id for line in page.titles.lines()] == [1, 2]
    assert page.canvas.camera == before


def test_films_and_shows_can_be_seen_apart(page: MapPage) -> None:
    buttons = {button.text(): button for button in page.kinds.buttons()}
    place = at(page, 5)
    buttons[SHOWS].click()
    assert page.picture.points.ids.tolist() == [5, 10, 15, 20, 25]
    assert at(page, 5) == place
    buttons[FILMS].click()
    assert len(page.picture.titles) == 20
    assert page.picture.titles[5] == "Title 7"
    buttons[BOTH].click()
    assert len(page.picture.titles) == 25
    films = picture()
    films = replace(films, points=replace(films.points, shows=np.zeros(25, np.bool_)))
    page.show_picture(films)
    assert not buttons[SHOWS].isVisible()


# Words


def test_regions_are_named_from_afar_and_titles_from_near_by_none_over_another(page: MapPage) -> None:
    canvas = page.canvas
    assert written(page) == ["Drama"]
    canvas.look(canvas.camera.zoomed(6.0))
    titles = written(page)
    assert "Title 13" in titles
    assert "Drama" not in titles
    areas = [area for _, area in shown(page)]
    assert not any(one.intersects(other) for k, one in enumerate(areas) for other in areas[:k])


def test_words_and_dots_move_together(page: MapPage) -> None:
    page.canvas.look(page.canvas.camera.zoomed(6.0))
    before = {label.words: area.center() for label, area in shown(page)}
    page.canvas.look(page.canvas.camera.panned(17, -9))
    after = {label.words: area.center() for label, area in shown(page)}
    for words in before.keys() & after.keys():
        moved = after[words] - before[words]
        assert (moved.x(), moved.y()) == pytest.approx((17, -9), abs=0.1)


def shown(page: MapPage):
    labels = page.canvas.labels
    page.canvas.grab()
    return labels.shown(labels.sceneTransform(), page.canvas.viewport().rect().toRectF())


def written(page: MapPage) -> list[str]:
    return [label.words for label, _ in shown(page)]


def test_a_long_title_is_shortened_and_never_read_as_markup(page: MapPage) -> None:
    page.show_picture(replace(picture(), titles=(LONG,) * 25, regions=()))
    page.canvas.look(page.canvas.camera.zoomed(6.0))
    assert all(area.width() < 260 for _, area in shown(page))
    page.listed.click()
    assert page.titles.lines()[0].title == LONG
    page.grab()


def test_a_region_is_named_where_its_titles_are(home_path: Path) -> None:
    with open_shelf(home_path) as library:
        snapshot = snapshot_of(library)
    features = snapshot.features
    space = np.array(["Science Fiction" in features.names("genre", row) for row in range(len(features))])
    places = np.where(space[:, None], [[-0.7, 0.1]], [[0.6, -0.2]]) + np.random.default_rng(2).normal(
        0, 0.05, (len(space), 2)
    )
    found = {
        region.name: region for region in run(regions_of(places.astype(np.float32), np.arange(len(space)), features))
    }
    assert (found["Science Fiction"].x, found["Science Fiction"].y) == pytest.approx((-0.7, 0.1), abs=0.1)
    assert (found["Romance"].x, found["Romance"].y) == pytest.approx((0.6, -0.2), abs=0.1)
    assert run(regions_of(np.zeros((0, 2), np.float32), np.zeros(0, np.int64), features)) == ()


def test_the_legend_says_numbers(page: MapPage) -> None:
    scale = range_of(page.picture.points.ratings)
    assert page.legend.words() == (f"≤ {scale.low:.1f}", f"{scale.middle:.1f}", f"≥ {scale.high:.1f}")
