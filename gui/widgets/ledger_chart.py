"""The whole ledger of a prediction as a bar chart: every term, left for against, right for in favour, and the total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.models import counted, points_words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.scroll_area import ScrollArea
from library.feedback import on_the_scale

if TYPE_CHECKING:
    from recommender.explain import Ledger

USUAL = "usual"  # the signal every prediction starts from
_ROW = 28


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    points: float
    bar: bool


class LedgerChart(QWidget):
    """The bars themselves, sorted by size; as tall as they are many."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[_Row] = []
        self._total = 0.0
        theme.changed.connect(self._resize)

    def show_ledger(self, ledger: Ledger) -> None:
        """Show these terms, the largest first, after what everything starts from."""
        terms = sorted(ledger.terms, key=lambda term: (term.signal != USUAL, -abs(term.points)))
        self._rows = [_Row(term.text, term.points, term.signal != USUAL) for term in terms]
        self._total = ledger.total
        spoken = "; ".join(f"{row.text} {points_words(row.points, 2)}" for row in self._rows)
        self.setAccessibleName("All terms of the prediction")
        self.setAccessibleDescription(f"{spoken}; together {ledger.total:.1f}")
        self._resize()
        self.update()

    def rows(self) -> list[tuple[str, float]]:
        """Text and points of each bar, in the order they are drawn."""
        return [(row.text, row.points) for row in self._rows]

    def sizeHint(self) -> QSize:
        """One line for each term and one for the total."""
        return QSize(480, self._theme.px(_ROW) * (len(self._rows) + 1) + self._theme.px(10))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw labels, bars from the middle line, and points."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, top = theme.px(_ROW), 0.0
        for row in self._rows:
            self._paint_row(painter, QRectF(0, top, self.width(), height), row)
            top += height
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(0, round(top + 3), self.width(), round(top + 3))
        area = QRectF(0, top + theme.px(6), self.width(), height)
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Together")
        self._paint_points(painter, area, f"{self._total:.2f}", "text")
        painter.end()

    def _paint_row(self, painter: QPainter, area: QRectF, row: _Row) -> None:
        theme = self._theme
        bars = QRectF(area.width() * 0.52, area.top(), area.width() * 0.48 - theme.px(56), area.height())
        label = QRectF(0, area.top(), (bars.left() if row.bar else bars.right()) - theme.px(14), area.height())
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("text" if row.bar else "dim"))
        words = QFontMetricsF(painter.font()).elidedText(row.text, Qt.TextElideMode.ElideRight, label.width())
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if not row.bar:
            self._paint_points(painter, area, f"{row.points:.2f}", "dim")
            return
        low, high = self._span()
        scale = bars.width() / (high - low)
        zero = bars.left() - low * scale
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(round(zero), round(area.top()), round(zero), round(area.bottom()))
        length = max(2.0, abs(row.points) * scale)
        left = zero if row.points >= 0 else zero - length
        painter.setPen(Qt.PenStyle.NoPen)
        colour = "good" if row.points >= 0 else "bad"
        painter.setBrush(theme.colour(colour))
        painter.drawRoundedRect(QRectF(left, area.center().y() - theme.px(5), length, theme.px(10)), 3, 3)
        self._paint_points(painter, area, points_words(row.points, 2), colour)

    def _paint_points(self, painter: QPainter, area: QRectF, words: str, colour: str) -> None:
        painter.setFont(self._theme.font(13, weight=600))
        painter.setPen(self._theme.colour(colour))
        painter.drawText(
            area.adjusted(0, 0, -self._theme.px(6), 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            words,
        )

    def _span(self) -> tuple[float, float]:
        points = [row.points for row in self._rows if row.bar]
        low, high = min([0.0, *points]), max([0.0, *points])
        return (low, high) if high - low > 1e-9 else (0.0, 1.0)

    def _resize(self) -> None:
        self.setFixedHeight(self.sizeHint().height())


class LedgerPanel(QFrame):
    """The chart with its heading and the way back, shown in place of the text.

    Signals: ``closed()``.
    """

    closed = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._heading = QLabel(self)
        self._heading.setProperty("look", "heading")
        self._close = Button("Close", "quiet", self)
        self._close.setAccessibleName("Close the list of all terms")
        self._close.setToolTip("Back to the text (Esc)")
        self._close.clicked.connect(self.closed)
        self.chart = LedgerChart(theme)
        self.chart.setObjectName("scrolled")
        self._scroll = ScrollArea(self)
        self._scroll.setWidget(self.chart)
        self._scroll.setAccessibleName("All terms, scroll with the arrow keys")
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 10)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._scroll, 1)

    def show_ledger(self, ledger: Ledger) -> None:
        """Show all terms of a prediction from the top."""
        beyond = on_the_scale(ledger.total) != ledger.total
        sum_words = f"{ledger.total:.1f}, beyond the end of the scale," if beyond else f"{ledger.total:.1f}"
        self._heading.setText(f"How {sum_words} comes about: {counted(len(ledger.terms), 'term')}")
        self.chart.show_ledger(ledger)
        self._scroll.to_top()

    def heading(self) -> str:
        """What stands above the chart."""
        return self._heading.text()

    def take_focus(self) -> None:
        """Put the keyboard on the list, so that the arrow keys scroll it."""
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Close on Escape."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
