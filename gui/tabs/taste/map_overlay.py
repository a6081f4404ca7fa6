"""What lies over the dots of the map and comes and goes, so that the dots need not be painted for it again."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from gui.theme import Theme


class MapOverlay(QWidget):
    """The ring around a point, the line around titles, the frame of the focus."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ring: tuple[QPointF, float] | None = None
        self._outline: QPolygonF | None = None
        self._framed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_ring(self, at: QPointF | None, radius: float) -> None:
        """Put the ring around this pixel; ``None`` takes it away."""
        before, self._ring = self._ring, None if at is None else (at, radius)
        for ring in (before, self._ring):
            if ring is not None:
                reach = ring[1] + 4
                corner = QPointF(reach, reach)
                self.update(QRectF(ring[0] - corner, ring[0] + corner).toAlignedRect())

    def show_outline(self, corners: list[QPointF] | None) -> None:
        """Draw a line through these pixels and back to the first; ``None`` takes it away."""
        self._outline = None if corners is None else QPolygonF(corners)
        self.update()

    def set_framed(self, framed: bool) -> None:
        """Show, or no longer, that the keys are for the map."""
        if framed != self._framed:
            self._framed = framed
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw what there is."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._outline is not None:
            painter.setPen(QPen(theme.colour("accent"), 1.5, Qt.PenStyle.SolidLine))
            painter.setBrush(theme.colour("accent", 0.08))
            painter.drawPolygon(self._outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._ring is not None:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawEllipse(self._ring[0], self._ring[1], self._ring[1])
        if self._framed:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 11, 11)
        painter.end()
