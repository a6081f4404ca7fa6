"""The map itself: moved by hand, wheel, pinch or keys; points under the mouse and inside a line drawn around them are found."""

from __future__ import annotations

from enum import Enum

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, Qt, QVariantAnimation, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from gui.tabs.taste.camera import Camera, Extent
from gui.tabs.taste.charts import see_through
from gui.tabs.taste.map_grid import PointGrid
from gui.tabs.taste.map_labels import LabelsItem
from gui.tabs.taste.map_overlay import MapOverlay
from gui.tabs.taste.map_points import PointsItem, ringed_radius
from gui.tabs.taste.rating_scale import RatingRange
from gui.tabs.taste.values import MapPicture
from gui.theme import Theme

Ints = NDArray[np.int64]

NOTCH = 1.25  # how much nearer one notch of the wheel or one press of a key goes
STEP = 90  # pixels that an arrow key moves
MOVEMENT = 140
REACH = 7  # pixels beside a dot that still mean it
CLICK = 4  # pixels within which a press is a click and no drag
LASSO_STEP = 3  # pixels between two corners of a lasso
_WHOLE = Extent(-1.0, -1.0, 1.0, 1.0)


class Hand(Enum):
    """What the pressed mouse is doing."""

    EMPTY = "empty"
    PRESSED = "pressed"
    PANNING = "panning"
    LASSO = "lasso"


class MapCanvas(pg.GraphicsView):
    """The dots and the words, and whoever looks at them.

    Signals: ``hovered(int)`` with the place of a point among those shown, -1 for none; ``clicked(int)`` likewise;
    ``lassoed(object)`` with the places, int64, inside a line that was drawn;
    ``escaped()`` when Escape is pressed.
    """

    hovered = pyqtSignal(int)
    clicked = pyqtSignal(int)
    lassoed = pyqtSignal(object)
    escaped = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self._theme = theme
        see_through(self)
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0.0)
        self.points, self.labels = PointsItem(theme), LabelsItem(theme)
        for item in (self.points, self.labels):
            self._box.addItem(item, ignoreBounds=True)
        self.setCentralItem(self._box)
        self._places = np.zeros((0, 2), np.float32)
        self._grid = PointGrid(self._places)
        self._camera = Camera.on(_WHOLE, 1, 1)
        self._journey = QVariantAnimation(self)
        self._journey.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._journey.valueChanged.connect(self._travel)
        self._from = self._to = self._camera
        self._hand = Hand.EMPTY
        self._pressed_at = self._last = QPointF()
        self._outline: list[QPointF] = []
        self._under: int | None = None
        self.lasso_always = False
        self.overlay = MapOverlay(theme, self)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName("Taste map")
        self.setCursor(Qt.CursorShape.ArrowCursor)

    # What it shows

    def show_picture(self, picture: MapPicture, scale: RatingRange, extent: Extent) -> None:
        """Show these points on a map of this extent. Whoever looked at the same extent goes on looking where they did."""
        points = picture.points
        self._places = np.ascontiguousarray(points.places, np.float32)
        self._grid = PointGrid(self._places)
        area = QRectF(extent.left, extent.top, extent.right - extent.left, extent.bottom - extent.top)
        self.points.show_points(area, self._places, scale.levels(points.ratings), points.rated)
        importance = picture.fame + np.where(points.rated, picture.fame.max(initial=0.0), 0.0).astype(np.float32)
        self.labels.show_regions(area, picture.regions)
        self.labels.show_titles(picture.titles, self._places, importance, self._points_in)
        self._point_at(None)
        if extent == self._camera.extent:
            self._look(self._camera)
        else:
            self._look(Camera.on(extent, self.width(), self.height()))

    @property
    def camera(self) -> Camera:
        """From where one looks."""
        return self._camera

    def in_view(self) -> Ints:
        """The places of the points that are in view, ascending."""
        window = self._camera.window()
        return np.sort(self._grid.within(window.left, window.top, window.right, window.bottom))

    def inside(self, outline: NDArray[np.float32]) -> Ints:
        """The places of the points inside a closed line on the plane, float32 (v, 2), ascending."""
        return self._grid.inside(outline)

    def pixel_of(self, point: int) -> QPointF:
        """Where a point is drawn."""
        x, y = self._places[point].tolist()
        return QPointF(*self._camera.pixel(x, y))

    def clear_lasso(self) -> None:
        """Take the drawn line away."""
        self._outline = []
        self.overlay.show_outline(None)

    # How it is looked at

    def zoom(self, factor: float) -> None:
        """Go nearer, or farther away, in a short movement."""
        self._go(self._goal().zoomed(factor))

    def fit(self) -> None:
        """Show all of the map."""
        self._go(Camera.on(self._camera.extent, self.width(), self.height()))

    def pan(self, right: float, down: float) -> None:
        """Move what is seen by so many pixels, in a short movement."""
        self._go(self._goal().panned(right, down))

    def look(self, camera: Camera) -> None:
        """Look from there at once."""
        self._journey.stop()
        self._look(camera)

    def _goal(self) -> Camera:
        moving = self._journey.state() is QVariantAnimation.State.Running
        return self._to if moving else self._camera

    def _go(self, camera: Camera) -> None:
        self._journey.stop()
        duration = self._theme.duration(MOVEMENT)
        if not duration or not self.isVisible():
            self._look(camera)
            return
        self._from, self._to = self._camera, camera
        self._journey.setStartValue(0.0)
        self._journey.setEndValue(1.0)
        self._journey.setDuration(duration)
        self._journey.start()

    def _travel(self, share: float) -> None:
        self._look(self._to if share >= 1.0 else self._from.between(self._to, share))

    def _look(self, camera: Camera) -> None:
        self._camera = camera
        window = camera.window()
        self.points.set_view(camera.zoom, camera.width * camera.height)
        self.labels.set_zoom(camera.zoom)
        self.labels.drop = ringed_radius(self.points.radius) - 1
        self._box.setRange(
            xRange=(window.left, window.right), yRange=(window.top, window.bottom), padding=0, disableAutoRange=True
        )
        if self._outline:
            self.overlay.show_outline([QPointF(*camera.pixel(p.x(), p.y())) for p in self._outline])
        self._point_at(None)

    def _points_in(self, area: QRectF) -> Ints:
        return self._grid.within(area.left(), area.top(), area.right(), area.bottom())

    # Mouse, wheel, pinch and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a click, a drag, or a line around titles."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._journey.stop()
        self._pressed_at = self._last = event.position()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._hand = Hand.LASSO if shift or self.lasso_always else Hand.PRESSED
        if self._hand is Hand.LASSO:
            self._outline = [self._place(event.position())]

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the map, go on with the line, or look what is under the mouse."""
        if event is None:
            return
        at = event.position()
        if self._hand is Hand.PRESSED and (at - self._pressed_at).manhattanLength() > CLICK:
            self._hand = Hand.PANNING
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._hand is Hand.PANNING:
            moved, self._last = at - self._last, at
            self._look(self._camera.panned(moved.x(), moved.y()))
        elif self._hand is Hand.LASSO:
            if (at - self._last).manhattanLength() >= LASSO_STEP:
                self._last = at
                self._outline.append(self._place(at))
                self.overlay.show_outline([QPointF(*self._camera.pixel(p.x(), p.y())) for p in self._outline])
        elif self._hand is Hand.EMPTY:
            self._point_at(self._point_near(at))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End the drag or the line; a press that did not move was a click."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        hand, self._hand = self._hand, Hand.EMPTY
        self._show_hand()
        if hand is Hand.LASSO:
            self._close_lasso()
        elif hand is Hand.PRESSED:
            point = self._point_near(event.position())
            if point is not None:
                self.clicked.emit(point)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """A second press soon after the first is a press like any other."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Go nearer or farther away; what is under the mouse stays there."""
        if event is None:
            return
        notches = event.angleDelta().y() / 120.0
        if notches:
            self.look(self._camera.zoomed(NOTCH**notches, event.position().x(), event.position().y()))
        event.accept()

    def viewportEvent(self, event: QEvent | None) -> bool:
        """Pinching on a touchpad comes as an event of its own, on a touch screen as a gesture."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.look(self._camera.zoomed(1.0 + event.value(), event.position().x(), event.position().y()))
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._hand = Hand.EMPTY
                at = self.viewport().mapFromGlobal(pinch.centerPoint())
                self.look(self._camera.zoomed(pinch.scaleFactor(), at.x(), at.y()))
                event.accept()
                return True
        if event is not None and event.type() is QEvent.Type.Leave:
            self._point_at(None)
        return bool(super().viewportEvent(event))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Plus, minus and 0 change how near one looks; the arrows move."""
        if event is None:
            return
        moves = {
            Qt.Key.Key_Left: (STEP, 0),
            Qt.Key.Key_Right: (-STEP, 0),
            Qt.Key.Key_Up: (0, STEP),
            Qt.Key.Key_Down: (0, -STEP),
        }
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(NOTCH)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom(1.0 / NOTCH)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in moves:
            self.pan(*moves[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Look at the same place in the new size."""
        super().resizeEvent(event)
        if event is not None and hasattr(self, "overlay"):  # the base class resizes while it is being made
            self.overlay.setGeometry(self.rect())
            self._journey.stop()
            self._look(self._camera.resized(self.width(), self.height()))

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nothing moves where nobody looks."""
        self._journey.stop()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show that the keys are for the map."""
        super().focusInEvent(event)
        self.overlay.set_framed(event is not None and event.reason() != Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The keys are for something else."""
        super().focusOutEvent(event)
        self.overlay.set_framed(False)

    def set_lasso(self, always: bool) -> None:
        """Let every drag draw a line, not only those with Shift."""
        self.lasso_always = always
        self._show_hand()

    def _show_hand(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self.lasso_always:
            shape = Qt.CursorShape.CrossCursor
        elif self._under is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    def _place(self, at: QPointF) -> QPointF:
        return QPointF(*self._camera.place(at.x(), at.y()))

    def _point_near(self, at: QPointF) -> int | None:
        """The point that a pixel means: the nearest one, if the pixel is on it or beside it."""
        x, y = self._camera.place(at.x(), at.y())
        across, down = self._camera.scale
        reach = ringed_radius(self.points.radius) + REACH
        return self._grid.nearest(x, y, reach / across, reach / down)

    def _point_at(self, point: int | None) -> None:
        if point != self._under:
            self._under = point
            self.overlay.show_ring(
                None if point is None else self.pixel_of(point), ringed_radius(self.points.radius) + 2
            )
            self._show_hand()
            self.hovered.emit(-1 if point is None else point)

    def _close_lasso(self) -> None:
        outline = np.array([[p.x(), p.y()] for p in self._outline], np.float32).reshape(-1, 2)
        if len(outline) < 3:
            self.clear_lasso()
            return
        self.lassoed.emit(self.inside(outline))


def extent_of(places: NDArray[np.float32]) -> Extent:
    """The part of the plane that these points take; what is not finite does not count."""
    known = places[np.isfinite(places).all(axis=1)]
    if not len(known):
        return _WHOLE
    (left, top), (right, bottom) = known.min(axis=0).tolist(), known.max(axis=0).tolist()
    return Extent(left, top, max(right, left + 1e-3), max(bottom, top + 1e-3))
