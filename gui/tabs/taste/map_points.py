"""The dots of the map, painted so that twenty thousand of them move with the hand.

Each dot is a copy of a small picture, and all of them are copied in one call (``QPainter.drawPixmapFragments``). numpy works out
where they go, in the memory that the call reads.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from pyqtgraph import GraphicsObject

from gui.tabs.taste.rating_scale import LEVELS, colours_of
from gui.theme import Theme

Floats = NDArray[np.float32]

SMALLEST, LARGEST, NEAR = 1.6, 5.0, 7.5  # radii in pixels: in a crowd, alone, and when one looks closely
UNLIT = 0.16
_FIELDS = (
    10  # numbers of a QPainter.PixmapFragment: x, y, source (left, top, width, height), scale (x, y), rotation, opacity
)
_X, _Y, _SOURCE, _OPACITY = 0, 1, slice(2, 6), 9


class PointsItem(GraphicsObject):
    """All the dots. Those that were rated lie on top, with a ring around them.

    ``radius`` is that of a dot that was not rated, in pixels.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._extent = QRectF(-1, -1, 2, 2)
        self._x = self._y = np.zeros(0, np.float32)
        self._sources = np.zeros((0, 4))
        self._opacity = np.zeros(0)
        self._levels = np.zeros(0, np.intp)
        self._rated = np.zeros(0, np.bool_)
        self._order = np.zeros(0, np.intp)
        self._copies = _Copies()
        self._sheet = _Sheet(theme)
        self.radius = LARGEST
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        theme.changed.connect(self._recolour)

    def show_points(self, extent: QRectF, places: Floats, levels: NDArray[np.intp], rated: NDArray[np.bool_]) -> None:
        """Show these dots; ``levels`` are steps of the colour scale, and what is liked most lies on top."""
        self.prepareGeometryChange()
        self._extent = extent
        self._order = np.lexsort((levels, rated))
        places = places[self._order]
        self._x, self._y = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
        self._levels, self._rated = levels[self._order], rated[self._order]
        self._opacity = np.ones(len(places))
        self._copies.make_room(len(places))
        self._place_sources()

    def light(self, points: NDArray[np.int64] | None) -> None:
        """Let only these dots be lit, by their place in what was shown; all of them for ``None``."""
        lit = np.ones(len(self._order), np.bool_)
        if points is not None:
            lit[:] = False
            lit[points] = True
        self._opacity = np.where(lit[self._order], 1.0, UNLIT)
        self.update()

    def set_view(self, zoom: float, pixels: float) -> None:
        """Choose the size of the dots: for how near one looks, and how many pixels they have for themselves."""
        crowd = 0.42 * math.sqrt(pixels / max(len(self._x), 1))
        radius = min(max(crowd, SMALLEST), LARGEST) * zoom**0.28
        radius = round(min(radius, NEAR) * 4) / 4
        if radius != self.radius:
            self.radius = radius
            self.update()

    def boundingRect(self) -> QRectF:
        """All of the map."""
        return self._extent

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        """Copy the dots that are in view to their places."""
        assert painter is not None
        assert option is not None
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        if self._sheet.fit(self.radius, ratio):
            self._place_sources()
        shown = painter.worldTransform() * QTransform.fromScale(ratio, ratio)
        x = self._x * np.float32(shown.m11()) + np.float32(shown.dx())
        y = self._y * np.float32(shown.m22()) + np.float32(shown.dy())
        view = shown.mapRect(option.exposedRect).adjusted(*_grown(self._sheet.sides[1]))
        seen = np.flatnonzero((x > view.left()) & (x < view.right()) & (y > view.top()) & (y < view.bottom()))
        count = len(seen)
        if not count:
            return
        copies = self._copies.first(count)
        copies[:, _X] = np.floor(x[seen]) + 0.5  # whole pixels: only then are pictures copied and not resampled
        copies[:, _Y] = np.floor(y[seen]) + 0.5
        copies[:, _SOURCE], copies[:, _OPACITY] = self._sources[seen], self._opacity[seen]
        painter.setWorldTransform(QTransform.fromScale(1.0 / ratio, 1.0 / ratio))
        painter.drawPixmapFragments(self._copies.array(count), self._sheet.pixmap)

    def _place_sources(self) -> None:
        """Where on the sheet the picture of each dot is, float64 (k, 4): left, top, width, height."""
        small, large = self._sheet.sides
        sides = np.where(self._rated, large, small)
        top = np.where(self._rated, small, 0)
        self._sources = np.stack([self._levels * sides, top, sides, sides], axis=1).astype(np.float64)

    def _recolour(self) -> None:
        self._sheet.forget()
        self.update()


class _Copies:
    """The memory of many ``PixmapFragment``, seen by Qt and by numpy."""

    def __init__(self) -> None:
        self._room = 0
        self.make_room(1)

    def make_room(self, count: int) -> None:
        if count > self._room:
            self._room = count
            self._array = sip.array(QPainter.PixmapFragment, count)
            memory = sip.voidptr(self._array, count * _FIELDS * 8)
            self._numbers = np.frombuffer(memory, np.float64, count * _FIELDS).reshape(count, _FIELDS)
            self._numbers[:, 6:8], self._numbers[:, 8] = 1.0, 0.0

    def first(self, count: int) -> NDArray[np.float64]:
        """The numbers of the first so many of them."""
        return self._numbers[:count]

    def array(self, count: int) -> sip.array:
        """The first so many of them as Qt wants them."""
        return self._array if count == self._room else self._array[:count]


class _Sheet:
    """One picture with all the dots on it: a column for each step of the scale, below them those with a ring.

    ``sides`` are the pixels of a dot without and of one with a ring, odd numbers both: the middle of a dot is that of a pixel.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._key = (0.0, 0.0)
        self.sides = (1, 1)
        self.pixmap = QPixmap()

    def forget(self) -> None:
        """The colours are others now."""
        self._key = (0.0, 0.0)

    def fit(self, radius: float, ratio: float) -> bool:
        """Draw the dots for this radius and this sharpness of the screen, unless that was done; whether it was not."""
        if (radius, ratio) == self._key:
            return False
        self._key = (radius, ratio)
        small, large = self.sides = _side((radius + 0.4) * ratio), _side(ringed_radius(radius) * ratio)
        self.pixmap = QPixmap(LEVELS * large, small + large)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for level, colour in enumerate(colours_of(self._theme.colours)):
            painter.setPen(QPen(self._theme.colour("panel", 0.55), 0.8 * ratio))
            painter.setBrush(colour)
            painter.drawEllipse(QPointF((level + 0.5) * small, small / 2), radius * ratio, radius * ratio)
            self._draw_ringed(painter, QPointF((level + 0.5) * large, small + large / 2), colour, radius, ratio)
        painter.end()
        return True

    def _draw_ringed(self, painter: QPainter, centre: QPointF, colour: QColor, radius: float, ratio: float) -> None:
        outer = (ringed_radius(radius) - 0.7) * ratio
        painter.setPen(QPen(self._theme.colour("text"), 1.3 * ratio))
        painter.setBrush(self._theme.colour("panel"))
        painter.drawEllipse(centre, outer, outer)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, outer - 1.5 * ratio, outer - 1.5 * ratio)


def _side(radius: float) -> int:
    """How many pixels a dot of this radius takes: an odd number."""
    return 2 * math.ceil(radius - 0.5) + 1


def ringed_radius(radius: float) -> float:
    """How large a rated dot is beside others of this radius, its ring included."""
    return radius * 1.1 + 3.0


def _grown(side: int) -> tuple[int, int, int, int]:
    return -side, -side, side, side
