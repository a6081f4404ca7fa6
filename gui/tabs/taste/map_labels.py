"""The words on the map: names of regions from afar, titles from near by, none over another."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph import GraphicsObject

from gui.tabs.taste.values import Region
from gui.theme import Theme

Seeker = Callable[[QRectF], NDArray[np.int64]]
"""Finds the points in a part of the plane."""

FINE_ZOOM, TITLES_ZOOM, REGIONS_END = 1.5, 2.4, 5.0
CELL = 112, 32  # pixels for which there is at most one title
BLOCK = 4  # cells that come into view together
MOST = {"title": 160, "fine": 26}
LONGEST = 190  # pixels of a title before it is shortened
WRITTEN_AT_ONCE = 12  # new words in one frame; the others follow in the next ones
_KEPT, _MEASURED = 400, 4000  # pictures of words, and sizes of them, that are remembered
_HALO = 3.0


@dataclass(frozen=True, slots=True)
class Label:
    """Words with their place on the map.

    :param rank: "region", "fine" or "title": how they are set.
    """

    words: str
    x: float
    y: float
    rank: str


@dataclass(frozen=True, slots=True)
class _Cells:
    """A block of cells of the plane: the size of one, and the numbers of the first and of the one past the last."""

    across: float
    down: float
    left: int
    top: int
    right: int
    bottom: int

    def area(self) -> QRectF:
        """The part of the plane they take."""
        width, height = (self.right - self.left) * self.across, (self.bottom - self.top) * self.down
        return QRectF(self.left * self.across, self.top * self.down, width, height)


class LabelsItem(GraphicsObject):
    """Writes what there is room for, the most important first.

    ``drop`` is how far below its place a title is written, in pixels.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._extent = QRectF(-1, -1, 2, 2)
        self._regions: tuple[Region, ...] = ()
        self._seek: Seeker | None = None
        self._titles: Sequence[str] = ()
        self._places = np.zeros((0, 2), np.float32)
        self._order = np.zeros(0, np.int64)
        self._placed: tuple[tuple[object, ...], list[tuple[Label, QRectF]]] = ((), [])
        self._sizes: dict[tuple[str, str], tuple[str, float, float]] = {}
        self._pictures: OrderedDict[tuple[str, str, float], QPixmap] = OrderedDict()
        self._zoom = 1.0
        self.drop = 4.0
        self.setZValue(1.0)
        theme.changed.connect(self._recolour)

    def show_regions(self, extent: QRectF, regions: Sequence[Region]) -> None:
        """Write the names of these regions."""
        self.prepareGeometryChange()
        self._extent = extent
        self._regions = tuple(sorted(regions, key=lambda region: -region.weight))
        self._placed = ((), [])
        self.update()

    def show_titles(
        self, titles: Sequence[str], places: NDArray[np.float32], importance: NDArray[np.float32], seek: Seeker
    ) -> None:
        """Write these titles from near by.

        :param importance: float32 (k,), which to write where there is room for one; ``seek`` finds points in a part of the plane.
        """
        self._titles, self._places, self._seek = titles, places, seek
        order = np.empty(len(titles), np.int64)
        order[np.argsort(-importance, kind="stable")] = np.arange(len(titles))
        self._order = order
        self._placed = ((), [])
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Say how near one looks."""
        self._zoom = zoom

    def boundingRect(self) -> QRectF:
        """All of the map."""
        return self._extent

    def shown(self, to_pixels: QTransform, view: QRectF) -> list[tuple[Label, QRectF]]:
        """What is written in a view, and where, in pixels.

        What has a place does not depend on where one looks, only on how near: words are chosen anew when the scale is another
        or other cells come into view, and else move with the dots.
        """
        cells = self._cells(to_pixels, view)
        key = (to_pixels.m11(), to_pixels.m22(), self._zoom, self.drop, cells)
        if key != self._placed[0]:
            self._placed = (key, self._place(to_pixels, cells))
        moved = ((label, area.translated(to_pixels.dx(), to_pixels.dy())) for label, area in self._placed[1])
        return [(label, area) for label, area in moved if area.intersects(view)]

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        """Write the words."""
        assert painter is not None
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        to_pixels = painter.worldTransform()
        scene = self.scene()
        view = QRectF(self._extent) if scene is None else scene.views()[0].viewport().rect().toRectF()
        painter.resetTransform()
        written = 0
        for label, area in self.shown(to_pixels, view):
            if (label.words, label.rank, ratio) not in self._pictures:
                written += 1
                if written > WRITTEN_AT_ONCE:
                    continue
            painter.drawPixmap(QPointF(round(area.x()), round(area.y())), self._picture(label, ratio))
        if written > WRITTEN_AT_ONCE:
            QTimer.singleShot(0, self.update)

    def _place(self, to_pixels: QTransform, cells: _Cells) -> list[tuple[Label, QRectF]]:
        """Give each label its place, the most important first, as long as it lies over no other; pixels from the origin."""
        taken: list[tuple[Label, QRectF]] = []
        counts = {"region": 0, "fine": 0, "title": 0}
        for label in self._candidates(cells):
            counts[label.rank] += 1
            if counts[label.rank] <= MOST.get(label.rank, counts[label.rank]):
                area = self._area(label, QPointF(label.x * to_pixels.m11(), label.y * to_pixels.m22()))
                if not any(area.intersects(other) for _, other in taken):
                    taken.append((label, area))
        return taken

    def _candidates(self, cells: _Cells) -> Iterator[Label]:
        if self._zoom < REGIONS_END:
            yield from (Label(region.name, region.x, region.y, "region") for region in self._regions if not region.fine)
        if self._zoom >= TITLES_ZOOM and self._seek is not None:
            yield from self._best_of(cells)
        if FINE_ZOOM <= self._zoom < REGIONS_END:
            yield from (Label(region.name, region.x, region.y, "fine") for region in self._regions if region.fine)

    def _cells(self, to_pixels: QTransform, view: QRectF) -> _Cells:
        """The cells in view and a little beyond; fixed to the plane, so that the same titles are written while one moves."""
        step = 2.0 ** (round(2.0 * math.log2(max(self._zoom, 1.0))) / 2.0) / self._zoom
        across = self._theme.px(CELL[0]) / to_pixels.m11() / step
        down = self._theme.px(CELL[1]) / to_pixels.m22() / step
        window = to_pixels.inverted()[0].mapRect(view)
        left, right = _blocks(window.left() / across, window.right() / across)
        top, bottom = _blocks(window.top() / down, window.bottom() / down)
        return _Cells(across, down, left, top, right, bottom)

    def _best_of(self, cells: _Cells) -> list[Label]:
        """The most important title of each cell, the most important first."""
        assert self._seek is not None
        found = self._seek(cells.area())
        found = found[np.argsort(self._order[found])]
        numbers = np.floor(self._places[found] / np.array([cells.across, cells.down], np.float32)).astype(np.int64)
        _, first = np.unique(numbers[:, 0] * 1_000_003 + numbers[:, 1], return_index=True)
        best = found[np.sort(first)].tolist()
        return [Label(self._titles[k], float(self._places[k, 0]), float(self._places[k, 1]), "title") for k in best]

    def _area(self, label: Label, at: QPointF) -> QRectF:
        _, width, height = self._size(label)
        top = at.y() + self.drop if label.rank == "title" else at.y() - height / 2
        return QRectF(at.x() - width / 2, top, width, height)

    def _size(self, label: Label) -> tuple[str, float, float]:
        """The words as they fit, and how wide and tall they are."""
        key = (label.words, label.rank)
        if key not in self._sizes:
            if len(self._sizes) >= _MEASURED:
                self._sizes.clear()
            metrics = QFontMetricsF(self._font(label.rank))
            words = metrics.elidedText(label.words, Qt.TextElideMode.ElideRight, self._theme.px(LONGEST))
            width = metrics.horizontalAdvance(words) + 2 * _HALO + 4
            self._sizes[key] = (words, width, metrics.height() + 2 * _HALO)
        return self._sizes[key]

    def _font(self, rank: str) -> QFont:
        return self._theme.font(15, 700) if rank == "region" else self._theme.font(12, 600 if rank == "fine" else 400)

    def _picture(self, label: Label, ratio: float) -> QPixmap:
        key = (label.words, label.rank, ratio)
        if key not in self._pictures:
            self._pictures[key] = self._written(label, ratio)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        return self._pictures[key]

    def _written(self, label: Label, ratio: float) -> QPixmap:
        """The words with a rim in the colour of the ground, so that they can be read over dots."""
        area = self._area(label, QPointF(0, 0))
        pixmap = QPixmap(QSize(math.ceil(area.width() * ratio), math.ceil(area.height() * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        font = self._font(label.rank)
        path = QPainterPath()
        path.addText(_HALO + 2, _HALO + QFontMetricsF(font).ascent(), font, self._size(label)[0])
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rim = QPen(self._theme.colour("panel", 0.85), 2 * _HALO)
        rim.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, rim)
        painter.fillPath(path, self._theme.colour("dim" if label.rank == "fine" else "text"))
        painter.end()
        return pixmap

    def _recolour(self) -> None:
        self._pictures.clear()
        self._sizes.clear()
        self._placed = ((), [])
        self.update()


def _blocks(first: float, last: float) -> tuple[int, int]:
    """The numbers of the first cell and of the one past the last, in whole blocks: so they seldom change while one moves."""
    return math.floor(first / BLOCK) * BLOCK - 1, math.ceil(last / BLOCK) * BLOCK + 1
