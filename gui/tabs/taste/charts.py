"""The curves and columns of the Taste tab, in the colours and the typeface of the theme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPen, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from gui.models import counted
from gui.tabs.taste.rating_scale import colours_of, range_of
from gui.tabs.taste.sentences import preference_words, signed
from gui.theme import Theme
from recommender.preferences import Preference

HIGHEST = 10
MOST_NUMBERS = 7
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def see_through(view: pg.GraphicsView) -> None:
    """Let what lies under a view be its ground: a card with round corners."""
    view.viewport().setAutoFillBackground(False)
    view.setCacheMode(pg.GraphicsView.CacheModeFlag.CacheNone)


class Chart(pg.PlotWidget):
    """A plot that is looked at and not dragged about: its axes, and whatever a subclass draws, follow the theme."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self._theme = theme
        see_through(self)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.getViewBox().setDefaultPadding(0.0)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._redraw)

    def draw(self) -> None:
        """Put everything into the plot anew."""
        raise NotImplementedError

    def _redraw(self) -> None:
        item = self.getPlotItem()
        item.clear()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(self._pen("line"))
            axis.setTextPen(self._theme.colour("dim"))
            axis.setTickFont(self._theme.font(12))
            axis.setStyle(tickLength=0, tickTextOffset=self._theme.px(6))
        self.draw()

    def _pen(self, colour: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        pen = pg.mkPen(self._theme.colour(colour), width=width)
        pen.setStyle(style)
        return pen

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Let the page scroll."""
        if event is not None:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Draw what shows the focus."""
        super().focusInEvent(event)
        self._redraw()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self._redraw()


class DecadeCurve(Chart):
    """How much a title gains for its decade: a curve in a band that shows how unsure it is.

    Signals: ``picked(object, object)`` with the ``Preference`` and the point of this widget to offer something at.
    """

    picked = pyqtSignal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Decades", parent)
        self._decades: tuple[Preference, ...] = ()
        self._current: int | None = None
        self._under: int | None = None
        self.setMouseTracking(True)
        self._redraw()

    def show_decades(self, decades: Sequence[Preference]) -> None:
        """Show these, in order of time."""
        self._decades = tuple(decades)
        self._current = self._under = None
        self._redraw()

    def decades(self) -> tuple[Preference, ...]:
        """What is shown."""
        return self._decades

    def point_of(self, place: int) -> QPoint:
        """Where a decade is drawn, in pixels of this widget."""
        box = self.getPlotItem().getViewBox()
        at = box.mapViewToScene(QPointF(float(place), self._decades[place].points))
        return self.mapFromScene(at)

    def draw(self) -> None:
        """Draw the band, the curve and a dot for each decade."""
        item = self.getPlotItem()
        if not self._decades:
            return
        at = np.arange(len(self._decades), dtype=np.float64)
        points = np.array([one.points for one in self._decades])
        spread = np.array([one.deviation for one in self._decades])
        upper, lower = (pg.PlotCurveItem(at, points + sign * spread) for sign in (1, -1))
        item.addItem(pg.FillBetweenItem(upper, lower, brush=self._theme.colour("accent", 0.16)))
        item.addItem(pg.InfiniteLine(0.0, angle=0, pen=self._pen("dim", 1.0, Qt.PenStyle.DashLine)))
        item.addItem(pg.PlotDataItem(at, points, pen=self._pen("accent", 2.0), antialias=True))
        item.addItem(self._dots(at, points))
        low, high = min(0.0, float((points - spread).min())), max(0.0, float((points + spread).max()))
        spare = max(high - low, 0.02) * 0.08
        item.getViewBox().setRange(
            xRange=(-0.5, len(at) - 0.5), yRange=(low - spare, high + spare), padding=0, disableAutoRange=True
        )
        self._number_points(low - spare, high + spare)
        self._name_decades()

    def _number_points(self, low: float, high: float) -> None:
        """Write round numbers with their sign beside the curve."""
        step = next((step for step in _STEPS if (high - low) / step <= MOST_NUMBERS), _STEPS[-1])
        places = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
        digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
        ticks = [(place, signed(place, digits)) for place in places.tolist()]
        self.getPlotItem().getAxis("left").setTicks([ticks, []])

    def _dots(self, at: np.ndarray, points: np.ndarray) -> pg.ScatterPlotItem:
        """One dot each: full where something of it was rated, hollow where nothing was; the one meant is larger."""
        theme, meant = self._theme, self._current if self.hasFocus() else self._under
        sizes = [theme.px(12 if place == meant else 8) for place in range(len(at))]
        filled = [theme.colour("accent") if one.rated else theme.colour("panel") for one in self._decades]
        pens = [self._pen("text" if place == meant else "accent", 1.6) for place in range(len(at))]
        return pg.ScatterPlotItem(at, points, size=sizes, brush=filled, pen=pens, antialias=True)

    def _name_decades(self) -> None:
        room = max(self.width() - self._theme.px(48), 1) / max(len(self._decades), 1)
        step = 1 if room >= self._theme.px(40) else 2 if room >= self._theme.px(20) else 3
        last = len(self._decades) - 1
        ticks = [(place, one.name) for place, one in enumerate(self._decades) if (last - place) % step == 0]
        self.getPlotItem().getAxis("bottom").setTicks([ticks, []])

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Name as many decades as there is room for."""
        super().resizeEvent(event)
        if hasattr(self, "_decades") and self._decades:  # the base class resizes while it is being made
            self._name_decades()

    def viewportEvent(self, event: QEvent | None) -> bool:
        """Say the decade under the mouse in words."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            place = self._at(event.pos())
            if place is not None:
                QToolTip.showText(event.globalPos(), preference_words(self._decades[place]), self)
            return True
        if event is not None and event.type() is QEvent.Type.Leave:
            self._mark(None)
        return bool(super().viewportEvent(event))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Mark the decade under the mouse."""
        if event is not None:
            self._mark(self._at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the decade."""
        place = None if event is None else self._at(event.position().toPoint())
        if event is not None and place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self._decades[place], event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Nothing is dragged here."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go left and right, and choose."""
        if event is None or not self._decades:
            return
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        last = len(self._decades) - 1
        current = last if self._current is None else self._current
        if event.key() in steps:
            self._current = min(max(current + steps[Qt.Key(event.key())], 0), last)
            self.setAccessibleDescription(preference_words(self._decades[self._current]))
            self._redraw()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self._decades[current], self.point_of(current))
        else:
            event.ignore()

    def _at(self, point: QPoint) -> int | None:
        box = self.getPlotItem().getViewBox()
        if not self._decades or not box.sceneBoundingRect().contains(self.mapToScene(point)):
            return None
        place = round(box.mapSceneToView(self.mapToScene(point)).x())
        return place if 0 <= place < len(self._decades) else None

    def _mark(self, place: int | None) -> None:
        if place != self._under:
            self._under = place
            shape = Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self._redraw()


class RatingHistogram(Chart):
    """How often each rating from 1 to 10 was given; those that the taste does not learn from are pale."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "How often you gave each rating", parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._values = np.zeros(0)
        self._counts = self._learned = np.zeros(HIGHEST, np.int64)
        self._redraw()

    def show_ratings(self, values: Sequence[float], learn: Sequence[bool]) -> None:
        """Show these ratings, and which of them count."""
        self._values = np.array(values, np.float64)
        places = np.clip(np.floor(self._values + 0.5).astype(np.int64), 1, HIGHEST) - 1
        self._counts = np.bincount(places, minlength=HIGHEST)
        self._learned = np.bincount(places[np.array(learn, np.bool_)], minlength=HIGHEST)
        said = [f"{counted(int(count), 'rating')} of {value}" for value, count in enumerate(self._counts, 1) if count]
        self.setAccessibleDescription("; ".join(said))
        self._redraw()

    def counts(self) -> tuple[int, ...]:
        """How many ratings of 1, 2, ... 10 are shown."""
        return tuple(self._counts.tolist())

    def draw(self) -> None:
        """Draw the columns with their numbers, and a line at the average."""
        item, theme = self.getPlotItem(), self._theme
        item.getAxis("bottom").setTicks([[(value, str(value)) for value in range(1, HIGHEST + 1)], []])
        item.hideAxis("left")
        top = max(int(self._counts.max(initial=0)), 1)
        item.getViewBox().setRange(xRange=(0.4, 10.6), yRange=(0.0, top * 1.22), padding=0, disableAutoRange=True)
        if not len(self._values):
            return
        colours = colours_of(theme.colours)
        levels = range_of(self._values).levels(np.arange(1.0, HIGHEST + 1.0))
        at = np.arange(1, HIGHEST + 1)
        pale = [theme.colour("line") for _ in at]
        item.addItem(pg.BarGraphItem(x=at, height=self._counts, width=0.74, pens=[None] * 10, brushes=pale))
        brushes = [colours[level] for level in levels]
        item.addItem(pg.BarGraphItem(x=at, height=self._learned, width=0.74, pens=[None] * 10, brushes=brushes))
        for value, count in zip(at.tolist(), self._counts.tolist(), strict=True):
            if count:
                label = pg.TextItem(f"{count:,}", theme.colour("dim"), anchor=(0.5, 1.0))
                label.setFont(theme.font(12))
                label.setPos(value, count)
                item.addItem(label)

    def average(self) -> float | None:
        """What was given on average; ``None`` where nothing was."""
        return float(self._values.mean()) if len(self._values) else None
