"""A drawing that one can come closer to, and push about."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QWheelEvent
from PyQt6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

_CLOSEST, _FARTHEST = 2.5, 0.3
_AT_FIRST = 1.15  # the closest that one comes without asking
_MARGIN = 24.0
_BEYOND = 600.0  # so far one can push the drawing out of sight
_WHEEL = 1.0016  # for each eighth of a degree


class ZoomView(QGraphicsView):
    """Shows all of its scene until somebody zooms or moves it. The wheel zooms around the mouse, the ground can be dragged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # everything moves
        self.setScene(self._scene)
        self.framed = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def frame(self) -> None:
        """Bring all of it into sight."""
        area, viewport = self._drawn(), self.viewport()
        if viewport is None or area.isEmpty():
            return
        area.adjust(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        scale = min(viewport.width() / area.width(), viewport.height() / area.height(), _AT_FIRST)
        self._scene.setSceneRect(area.adjusted(-_BEYOND, -_BEYOND, _BEYOND, _BEYOND))
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(area.center())
        self.framed = True

    def zoom(self, factor: float) -> None:
        """Come closer, or go farther away."""
        scale = self.transform().m11()
        factor = min(_CLOSEST, max(_FARTHEST, scale * factor)) / scale
        self.framed = False
        self.scale(factor, factor)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom around the mouse."""
        if event is not None and event.angleDelta().y():
            self.zoom(_WHEEL ** event.angleDelta().y())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Once it is moved, it stays where it is."""
        super().mouseMoveEvent(event)
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.framed = False

    def _drawn(self) -> QRectF:
        """What everything together covers."""
        area = QRectF()
        for item in self._scene.items():
            area = area.united(item.mapRectToScene(item.boundingRect()))
        return area
