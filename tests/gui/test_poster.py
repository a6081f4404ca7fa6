"""Posters: drawn the same every time, readable, and real ones used as soon as they come."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage
from PyQt6.QtWidgets import QApplication

from gui.models import ShelfEntry
from gui.widgets import poster as poster_module
from gui.widgets.poster import PosterPixmaps, PosterView
from gui.widgets.poster_art import draw_poster, fit_text
from tests.gui.samples import SHELF

SIZE = QSize(264, 396)


def image(colour: str, width: int = 400, height: int = 600) -> QImage:
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor(colour))
    return picture


def test_the_same_title_gets_the_same_poster(qapp: QApplication) -> None:
    first = draw_poster("Solaris", 1972, ("Science Fiction",), SIZE, "Inter").toImage()
    again = draw_poster("Solaris", 1972, ("Science Fiction",), SIZE, "Inter").toImage()
    other = draw_poster("Moon", 2009, ("Science Fiction",), SIZE, "Inter").toImage()
    assert first == again
    assert first != other


@pytest.mark.parametrize("genre", ["Horror", "Comedy", "Western", "Crime", "Drama", "Nobody Knows", "Music"])
def test_a_drawn_poster_is_never_grey_and_its_lower_part_is_dark(qapp: QApplication, genre: str) -> None:
    picture = draw_poster("", 1990, (genre,), SIZE, "Inter").toImage()
    middle = [picture.pixelColor(x, y) for x in range(20, 240, 20) for y in range(40, 160, 20)]
    assert max(colour.saturation() for colour in middle) > 60
    assert max(picture.pixelColor(x, 380).lightness() for x in range(4, 260, 8)) < 90


@pytest.mark.parametrize(
    "title",
    [
        "M",
        "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
        "Llanfairpwllgwyngyllgogerychwyrndrobwll",
        "七人の侍",
    ],
)
def test_titles_are_fitted_into_their_room(qapp: QApplication, title: str) -> None:
    room = QRectF(0, 0, 200, 160)
    font, text = fit_text(title, QFont("Inter"), room, 36, 10)
    assert QFontMetricsF(font).boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() <= room.height()
    assert 10 <= font.pixelSize() <= 36


def test_a_text_that_cannot_fit_is_shortened(qapp: QApplication) -> None:
    _, text = fit_text("word " * 60, QFont("Inter"), QRectF(0, 0, 120, 40), 20, 12)
    assert text.endswith("…")


def test_a_real_poster_replaces_the_drawn_one(qapp: QApplication) -> None:
    pixmaps, entry = PosterPixmaps(), SHELF[0]
    drawn = pixmaps.pixmap(entry, SIZE, 1.0)
    assert pixmaps.pixmap(entry, SIZE, 1.0).cacheKey() == drawn.cacheKey()
    assert pixmaps.add(entry.item_id, image("#ff0000"))
    assert pixmaps.has(entry.item_id)
    real = pixmaps.pixmap(entry, SIZE, 1.0).toImage()
    assert real.pixelColor(132, 198).name() == "#ff0000"
    assert real.pixelColor(0, 0).alpha() < 40
    assert not pixmaps.add(99, QImage())


def test_posters_are_sharp_on_dense_screens_and_fill_their_frame(qapp: QApplication) -> None:
    pixmaps = PosterPixmaps()
    pixmaps.add(SHELF[0].item_id, image("#00ff00", 900, 500))
    picture = pixmaps.pixmap(SHELF[0], QSize(100, 150), 2.0)
    assert (picture.width(), picture.height(), picture.devicePixelRatio()) == (200, 300, 2.0)
    assert picture.toImage().pixelColor(100, 20).name() == "#00ff00"


def test_old_pictures_are_forgotten(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster_module, "KEPT_PIXELS", 3 * 20 * 30)
    pixmaps = PosterPixmaps()
    entries = [ShelfEntry(item_id=number, title=str(number)) for number in range(6)]
    first = pixmaps.pixmap(entries[0], QSize(20, 30), 1.0).cacheKey()
    for entry in entries[1:]:
        pixmaps.pixmap(entry, QSize(20, 30), 1.0)
    assert pixmaps.pixmap(entries[0], QSize(20, 30), 1.0).cacheKey() != first
    for number in range(poster_module.KEPT_IMAGES + 1):
        pixmaps.add(number, image("#0000ff", 10, 15))
    assert not pixmaps.has(0)


def test_the_large_poster_paints_its_title(qtbot) -> None:
    view = PosterView(PosterPixmaps())
    qtbot.addWidget(view)
    view.resize(200, 300)
    assert view.picture() is None
    view.show_title(SHELF[1])
    assert view.item_id == SHELF[1].item_id
    assert view.grab().toImage().pixelColor(100, 60).alpha() == 255
