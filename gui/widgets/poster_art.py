"""Posters for titles that have none: a gradient, a shape and grain picked from title, year and genre, the title set large.

The same title always gets the same poster, on every computer and in every run.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRadialGradient,
)

from gui.models import SEPARATOR

GRAIN_SIZE = 128
SMALL = 170  # narrower posters carry the title only
_INK = QColor(246, 248, 250)
_SHADE = QColor(6, 8, 12)

# Where on the colour wheel a genre lives (degrees), and which shapes suit it.
_GENRES: dict[str, tuple[int, str]] = {
    "Action": (14, "rays stripes"),
    "Adventure": (36, "hills rays"),
    "Animation": (168, "rings orb"),
    "Comedy": (42, "rings stripes"),
    "Crime": (222, "blocks stripes"),
    "Documentary": (88, "hills blocks"),
    "Family": (150, "rings hills"),
    "Fantasy": (268, "orb rings"),
    "History": (28, "blocks hills"),
    "Horror": (354, "stripes blocks"),
    "Music": (318, "rings rays"),
    "Musical": (318, "rings rays"),
    "Mystery": (250, "orb blocks"),
    "Romance": (338, "rings orb"),
    "Science Fiction": (190, "orb rays"),
    "Thriller": (232, "rays blocks"),
    "War": (70, "stripes hills"),
    "Western": (22, "hills orb"),
}


class _Paints:
    """The colours of one drawn poster."""

    def __init__(self, genres: tuple[str, ...], year: int | None, seed: int) -> None:
        hue, shapes = next((_GENRES[genre] for genre in genres if genre in _GENRES), _any_genre(seed))
        hue += (seed >> 5) % 37 - 18
        age = min(1.0, max(0.0, (2025 - year) / 90)) if year else 0.4
        vivid = 0.50 - 0.22 * age  # older titles are a little faded
        self.top = _hsl(hue, vivid, 0.36)
        self.middle = _hsl(hue + 10, vivid + 0.04, 0.21)
        self.bottom = _hsl(hue + 22, vivid + 0.08, 0.095)
        self.glow = _hsl(hue - 28, min(1.0, vivid + 0.22), 0.66)
        names = shapes.split()
        self.shape = names[(seed >> 11) % len(names)]


def draw_poster(title: str, year: int | None, genres: tuple[str, ...], size: QSize, family: str) -> QPixmap:
    """A poster of exactly ``size`` pixels with square corners, set in the given family."""
    seed = zlib.crc32(f"{title}|{year}".encode())
    paints = _Paints(genres, year, seed)
    area = QRectF(0, 0, size.width(), size.height())
    pixmap = QPixmap(size)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QLinearGradient(QPointF(area.width() * 0.15, 0), QPointF(area.width() * 0.7, area.height()))
    ground.setColorAt(0.0, paints.top)
    ground.setColorAt(0.55, paints.middle)
    ground.setColorAt(1.0, paints.bottom)
    painter.fillRect(area, ground)
    _SHAPES[paints.shape](painter, area, paints, seed)
    _paint_grain(painter, area)
    _paint_shade(painter, area)
    _paint_words(painter, area, (title, year, genres), family, paints)
    painter.end()
    return pixmap


def fit_text(text: str, font: QFont, room: QRectF, largest: int, smallest: int) -> tuple[QFont, str]:
    """The largest size at which the text fits into the room word by word, shortened if even the smallest does not."""
    fitted = QFont(font)
    for size in range(largest, smallest - 1, -1 if largest < 24 else -2):
        fitted.setPixelSize(size)
        if _fits(text, fitted, room):
            return fitted, text
    fitted.setPixelSize(smallest)
    words = text.split()
    while len(words) > 1 and not _fits(" ".join(words) + "…", fitted, room):
        words.pop()
    short = " ".join(words) + ("…" if len(words) < len(text.split()) else "")
    return fitted, short


def _fits(text: str, font: QFont, room: QRectF) -> bool:
    metrics = QFontMetricsF(font)
    if max((metrics.horizontalAdvance(word) for word in text.split()), default=0.0) > room.width():
        return False
    return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() <= room.height()


def _any_genre(seed: int) -> tuple[int, str]:
    """For dramas, which can be anything, and for genres nobody has heard of."""
    return (206, 26, 158, 262, 340, 224)[seed % 6], "hills orb rings blocks"


def _hsl(hue: float, saturation: float, lightness: float) -> QColor:
    return QColor.fromHslF((hue % 360) / 360, min(1.0, max(0.0, saturation)), lightness)


def _veil(colour: QColor, alpha: float) -> QColor:
    veiled = QColor(colour)
    veiled.setAlphaF(alpha)
    return veiled


def _paint_orb(painter: QPainter, area: QRectF, paints: _Paints, seed: int) -> None:
    width = area.width()
    centre = QPointF(width * (0.30 + (seed >> 3) % 45 / 100), area.height() * (0.24 + (seed >> 8) % 14 / 100))
    radius = width * (0.24 + (seed >> 13) % 12 / 100)
    light = QRadialGradient(centre, radius * 2.6)
    light.setColorAt(0.0, _veil(paints.glow, 0.42))
    light.setColorAt(1.0, _veil(paints.glow, 0.0))
    painter.fillRect(area, light)
    disc = QLinearGradient(centre - QPointF(radius, radius), centre + QPointF(radius * 0.7, radius))
    disc.setColorAt(0.0, _veil(paints.glow, 0.75))
    disc.setColorAt(1.0, _veil(paints.middle, 0.9))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(disc)
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for step in range(1, 4):
        painter.setPen(QPen(_veil(paints.glow, 0.26 / step), max(1.0, width / 220)))
        painter.drawEllipse(centre, radius * (1 + 0.34 * step), radius * (1 + 0.34 * step))


def _paint_hills(painter: QPainter, area: QRectF, paints: _Paints, seed: int) -> None:
    width, height = area.width(), area.height()
    sun = QPointF(width * (0.25 + (seed >> 4) % 50 / 100), height * 0.30)
    light = QRadialGradient(sun, width * 0.8)
    light.setColorAt(0.0, _veil(paints.glow, 0.55))
    light.setColorAt(0.18, _veil(paints.glow, 0.30))
    light.setColorAt(1.0, _veil(paints.glow, 0.0))
    painter.fillRect(area, light)
    painter.setPen(Qt.PenStyle.NoPen)
    for layer in range(4):
        path = QPainterPath(QPointF(0, height))
        base = height * (0.36 + 0.10 * layer)
        phase = (seed >> (layer * 4)) % 63 / 10
        for step in range(25):
            x = width * step / 24
            wave = math.sin(phase + step / 24 * (3.2 + layer)) + 0.4 * math.sin(phase * 2 + step / 24 * 9)
            path.lineTo(x, base - wave * height * 0.045)
        path.lineTo(width, height)
        painter.setBrush(_veil(paints.bottom, 0.30 + 0.12 * layer))
        painter.drawPath(path)


def _paint_rays(painter: QPainter, area: QRectF, paints: _Paints, seed: int) -> None:
    source = QPointF(area.width() * (1.08 if seed & 64 else -0.08), -area.height() * 0.04)
    reach = area.height() * 1.3
    light = QRadialGradient(source, reach * 0.8)
    light.setColorAt(0.0, _veil(paints.glow, 0.55))
    light.setColorAt(1.0, _veil(paints.glow, 0.0))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(light))
    turn = math.pi if seed & 64 else 0.0
    for beam in range(6):
        angle = 0.16 + beam * 0.27 + (seed >> beam) % 5 / 60
        half = 0.035 + (seed >> (beam + 9)) % 6 / 110
        path = QPainterPath(source)
        for side in (angle - half, angle + half):
            direction = turn - side if turn else side
            path.lineTo(
                source + QPointF(math.cos(direction), math.sin(direction) if not turn else abs(math.sin(side))) * reach
            )
        path.closeSubpath()
        painter.drawPath(path)


def _paint_blocks(painter: QPainter, area: QRectF, paints: _Paints, seed: int) -> None:
    width, height = area.width(), area.height()
    light = QLinearGradient(QPointF(0, height * 0.12), QPointF(0, height * 0.62))
    light.setColorAt(0.0, _veil(paints.glow, 0.0))
    light.setColorAt(1.0, _veil(paints.glow, 0.38))
    painter.fillRect(QRectF(0, height * 0.12, width, height * 0.50), light)
    painter.setPen(Qt.PenStyle.NoPen)
    for row, count in ((0, 9), (1, 6)):
        painter.setBrush(_veil(paints.bottom, 0.45 if row == 0 else 0.80))
        left = -width * 0.04
        for block in range(count + 1):
            breadth = width / count * (0.65 + (seed >> (block + row * 3)) % 7 / 10)
            top = height * (0.24 + row * 0.14 + (seed >> (block * 2 + row)) % 11 / 45)
            painter.drawRect(QRectF(left, top, breadth, height))
            left += breadth + width * 0.012


def _paint_rings(painter: QPainter, area: QRectF, paints: _Paints, seed: int) -> None:
    width = area.width()
    corner = QPointF(width * (1.0 if seed & 32 else 0.0), area.height() * (0.06 + (seed >> 6) % 26 / 100))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring in range(7):
        painter.setPen(QPen(_veil(paints.glow, 0.44 - ring * 0.055), width * (0.055 - ring * 0.004)))
        radius = width * (0.16 + ring * 0.145)
        painter.drawEllipse(corner, radius, radius)


def _paint_stripes(painter: QPainter, area: QRectF, paints: _Paints, seed: int) -> None:
    width, height = area.width(), area.height()
    painter.save()
    painter.translate(width / 2, height * 0.3)
    painter.rotate(-38 if seed & 16 else 38)
    left = -height
    for stripe in range(26):
        breadth = width * (0.03 + (seed >> (stripe % 24)) % 5 / 45)
        painter.fillRect(
            QRectF(left, -height, breadth, height * 2), _veil(paints.glow, 0.05 + (seed >> (stripe % 19)) % 4 / 18)
        )
        left += breadth + width * 0.05
    painter.restore()


_SHAPES: dict[str, Callable[[QPainter, QRectF, _Paints, int], None]] = {
    "orb": _paint_orb,
    "hills": _paint_hills,
    "rays": _paint_rays,
    "blocks": _paint_blocks,
    "rings": _paint_rings,
    "stripes": _paint_stripes,
}


def _paint_shade(painter: QPainter, area: QRectF) -> None:
    """Darken the lower half, so that the title can be read on every shape."""
    shade = QLinearGradient(QPointF(0, area.height() * 0.34), QPointF(0, area.height()))
    shade.setColorAt(0.0, _veil(_SHADE, 0.0))
    shade.setColorAt(0.55, _veil(_SHADE, 0.55))
    shade.setColorAt(1.0, _veil(_SHADE, 0.78))
    painter.fillRect(area, shade)


def _paint_grain(painter: QPainter, area: QRectF) -> None:
    painter.save()
    painter.setOpacity(0.07)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Overlay)
    painter.drawTiledPixmap(area, _grain())
    painter.restore()


@cache
def _grain() -> QPixmap:
    noise = np.random.default_rng(7).integers(0, 256, (GRAIN_SIZE, GRAIN_SIZE), dtype=np.uint8)
    image = QImage(noise.tobytes(), GRAIN_SIZE, GRAIN_SIZE, GRAIN_SIZE, QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image.convertToFormat(QImage.Format.Format_RGB32))


def _paint_words(
    painter: QPainter,
    area: QRectF,
    words: tuple[str, int | None, tuple[str, ...]],
    family: str,
    paints: _Paints,
) -> None:
    title, year, genres = words
    width, height = area.width(), area.height()
    small = width < SMALL
    edge = width * (0.09 if small else 0.083)
    note = SEPARATOR.join(part for part in (str(year) if year else "", ", ".join(genres[:2])) if part)
    below = area.bottom() - edge * (0.9 if small else 1.0)
    if note and not small:
        font = QFont(family)
        font.setPixelSize(max(10, round(width * 0.051)))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(_veil(_INK, 0.80))
        line = QRectF(edge, below - metrics.height(), width - 2 * edge, metrics.height())
        painter.drawText(
            line, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(note, Qt.TextElideMode.ElideRight, line.width())
        )
        below = line.top() - width * 0.02
    room = QRectF(edge, height * 0.30, width - 2 * edge, below - height * 0.30)
    font = QFont(family)
    font.setWeight(QFont.Weight(600 if small else 700))
    largest = round(width * (0.128 if small else 0.132))
    font, text = fit_text(title, font, room, max(11, largest), max(10, round(width * (0.09 if small else 0.06))))
    height_of_text = QFontMetricsF(font).boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
    painter.setFont(font)
    painter.setPen(_INK)
    painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)
    if not small:
        bar = QRectF(edge, room.bottom() - height_of_text - width * 0.045, width * 0.11, max(2.0, width * 0.012))
        painter.fillRect(bar, _veil(paints.glow, 0.95))
