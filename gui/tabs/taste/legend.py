"""What the colours of the map mean, with numbers."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.tabs.taste.rating_scale import LEVELS, RatingRange, colours_of
from gui.theme import Theme
from library.feedback import MAX_RATING, MIN_RATING

_BAR, _LEAST, _THICK = 150, 120, 8
RINGED = "you rated it"


class RatingLegend(QWidget):
    """The colour scale with its ends and its middle, and a dot with a ring for what was rated."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._range = RatingRange(5.5, 4.5)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the colours mean")
        theme.changed.connect(self.updateGeometry)

    def show_range(self, scale: RatingRange) -> None:
        """Write what the ends of the scale stand for."""
        self._range = scale
        self.setAccessibleDescription(
            f"From {self.words()[0]} for what you like least to {self.words()[2]} for what you like most;"
            f" a ring is around what you rated."
        )
        self.setToolTip("What you would give a title; with a ring around it, what you gave.")
        self.updateGeometry()
        self.update()

    def words(self) -> tuple[str, str, str]:
        """The numbers below the scale: what its ends and its middle stand for."""
        low, high = max(self._range.low, MIN_RATING), min(self._range.high, MAX_RATING)
        return f"≤ {low:.1f}", f"{self._range.middle:.1f}", f"≥ {high:.1f}"

    def sizeHint(self) -> QSize:
        """The bar with the words beside it."""
        px, metrics = self._theme.px, QFontMetrics(self._theme.font(13))
        return QSize(px(_BAR) + self._beside(), px(14) + metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """The bar alone, a little shorter; the tooltip says the rest."""
        return QSize(self._theme.px(_LEAST), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the scale."""
        theme, px, painter = self._theme, self._theme.px, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self.width() >= px(_LEAST) + self._beside()
        length = min(px(_BAR), self.width() - (self._beside() if whole else 0))
        bar = QRectF(0, px(3), length, px(_THICK))
        paint = QLinearGradient(bar.topLeft(), bar.topRight())
        for level, colour in enumerate(colours_of(theme.colours)):
            paint.setColorAt(level / (LEVELS - 1), colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(paint)
        painter.drawRoundedRect(bar, px(_THICK) / 2, px(_THICK) / 2)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("dim"))
        below = QRectF(0, bar.bottom() + 2, bar.width(), self.height() - bar.bottom() - 2)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        metrics = painter.fontMetrics()
        crowded = sum(metrics.horizontalAdvance(words) + px(4) for words in self.words()) > below.width()
        for place, (words, side) in enumerate(zip(self.words(), sides, strict=True)):
            if crowded and place == 1:
                continue
            painter.drawText(below, side | Qt.AlignmentFlag.AlignTop, words)
        if whole:
            self._paint_ringed(painter, bar.right())
        painter.end()

    def _paint_ringed(self, painter: QPainter, left: float) -> None:
        theme, px = self._theme, self._theme.px
        dot, middle = QPointF(left + px(24), self.height() / 2), colours_of(theme.colours)[LEVELS * 3 // 4]
        painter.setPen(QPen(theme.colour("text"), 1.3))
        painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(dot, px(6.5), px(6.5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(middle)
        painter.drawEllipse(dot, px(4.5), px(4.5))
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("dim"))
        side = QRectF(dot.x() + px(11), 0, self.width() - dot.x(), self.height())
        painter.drawText(side, Qt.AlignmentFlag.AlignVCenter, RINGED)

    def _beside(self) -> int:
        """How much room the dot with a ring and its words take."""
        return self._theme.px(35) + QFontMetrics(self._theme.font(13)).horizontalAdvance(RINGED) + 6
