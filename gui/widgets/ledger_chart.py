"""The whole ledger of a prediction as a bar chart: every term, left for against, right for in favour, and the total.

Below the total stands what moved the title in the order and is no part of the rating. A row about something that can be
wished for answers back: it opens the same menu as a chip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.models import counted, points_words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.scroll_area import ScrollArea
from gui.widgets.wish_menu import WishMenu
from library.feedback import on_the_scale

if TYPE_CHECKING:
    from library.wishes import Wish
    from recommender.explain import Ledger, LedgerTerm

USUAL = "usual"  # the signal every prediction starts from
ORDER_HEADING = "For the order, not the rating"
_ROW = 28
_TOTAL = 34  # the line "Together" with the rule above it
_HEADING = 40
_MARK = "▾"
_INDENT = 6  # room for the frame around the row that the keyboard is on
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 5,
    Qt.Key.Key_PageUp: -5,
    Qt.Key.Key_End: 1000,
    Qt.Key.Key_Home: -1000,
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: a term, and whether it counts for the rating (with a bar) or for the order alone."""

    term: LedgerTerm
    order: bool = False

    @property
    def bar(self) -> bool:
        return not self.order and self.term.signal != USUAL


class LedgerChart(QWidget):
    """The bars themselves, sorted by size; as tall as they are many.

    The arrow keys go from row to row; Enter, Space or a click opens the menu of a row that has one.

    Signals: ``wished(Subject, str)`` with the direction; ``moved(int, int)`` with the top and the bottom of the row that the
    keyboard is on now.
    """

    wished = pyqtSignal(object, str)
    moved = pyqtSignal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[_Row] = []
        self._total = 0.0
        self._held: Sequence[Wish] = ()
        self._answers = True
        self._current = 0
        self._hovered = -1
        self.menu = WishMenu(theme, self)
        self.menu.wished.connect(self.wished)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        theme.changed.connect(self._resize)

    def show_ledger(
        self, ledger: Ledger, order: Sequence[LedgerTerm] = (), held: Sequence[Wish] = (), answers: bool = True
    ) -> None:
        """Show these terms, the largest first, after what everything starts from.

        :param order: what changed only the order.
        :param held: the wishes in force; ``answers`` whether new ones can be made.
        """
        terms = sorted(ledger.terms, key=lambda term: (term.signal != USUAL, -abs(term.points)))
        others = sorted(order, key=lambda term: -abs(term.points))
        self._rows = [*(_Row(term) for term in terms), *(_Row(term, order=True) for term in others)]
        self._total, self._held, self._answers = ledger.total, held, answers
        self._current = min(self._current, max(0, len(self._rows) - 1))
        self._describe(len(terms))
        self._resize()
        self.update()

    def rows(self) -> list[tuple[str, float]]:
        """Text and points of each bar, in the order they are drawn."""
        return [(row.term.text, row.term.points) for row in self._rows if not row.order]

    def order_rows(self) -> list[tuple[str, float]]:
        """Text and points of what changed only the order."""
        return [(row.term.text, row.term.points) for row in self._rows if row.order]

    def current(self) -> str:
        """What the row says that the keyboard is on."""
        return self._rows[self._current].term.text if self._rows else ""

    def area_of(self, place: int) -> QRect:
        """Where a row lies."""
        height = self._theme.px(_ROW)
        terms = len(self.rows())
        top = place * height
        if place >= terms:
            top += self._theme.px(_TOTAL) + self._theme.px(_HEADING)
        return QRect(0, top, self.width(), height)

    def sizeHint(self) -> QSize:
        """One line for each term and one for the total; then those of the order under their heading."""
        px, order = self._theme.px, len(self.order_rows())
        height = px(_ROW) * len(self._rows) + px(_TOTAL) + px(4)
        return QSize(480, height + (px(_HEADING) if order else 0))

    def start_over(self) -> None:
        """Put the keyboard on the first row."""
        self._current = 0

    # What the user does

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go from row to row, and open the menu of one."""
        if event is None:
            return
        key = event.key()
        if key in _STEPS:
            self._go_to(self._current + _STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self._current)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Mark the row under the mouse when it answers."""
        if event is not None:
            self._hover(self._row_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is under the mouse any more."""
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Open the menu of the row."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            place = self._row_at(event.position().toPoint())
            if place >= 0:
                self._current = place
                self._open(place)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._go_to(self._current)

    def _go_to(self, place: int) -> None:
        if not self._rows:
            return
        self._current = max(0, min(len(self._rows) - 1, place))
        row = self._rows[self._current]
        menu = ". Enter opens a menu" if self._answering(self._current) else ""
        self.setAccessibleName(f"{row.term.text} {points_words(row.term.points, 2)}{menu}")
        area = self.area_of(self._current)
        self.moved.emit(area.top(), area.bottom())
        self.update()

    def _open(self, place: int) -> None:
        if self._answering(place):
            row, area = self._rows[place], self.area_of(place)
            left = round(min(self._words_width(row), self._label_width(row)))
            self.menu.open_at(self.mapToGlobal(QPoint(left, area.bottom() + 1)), row.term, self._held)
            self.update()

    def _answering(self, place: int) -> bool:
        return self._answers and 0 <= place < len(self._rows) and bool(self._rows[place].term.subjects)

    def _row_at(self, point: QPoint) -> int:
        return next((place for place in range(len(self._rows)) if self.area_of(place).contains(point)), -1)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.PointingHandCursor if self._answering(place) else Qt.CursorShape.ArrowCursor)
            self.setToolTip(self._rows[place].term.text if place >= 0 else "")
            self.update()

    # How it is drawn

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw labels, bars from the middle line, and points."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, row in enumerate(self._rows):
            self._paint_row(painter, place, row)
        top = theme.px(_ROW) * len(self.rows())
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(_INDENT, top + 3, self.width(), top + 3)
        area = QRectF(_INDENT, top + theme.px(6), self.width() - _INDENT, theme.px(_ROW))
        painter.setFont(theme.font(weight=600))
        painter.setPen(theme.colour("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Together")
        self._paint_points(painter, area, f"{self._total:.2f}", "text")
        if self.order_rows():
            heading = QRectF(_INDENT, top + theme.px(_TOTAL), self.width(), theme.px(_HEADING) - theme.px(4))
            painter.setFont(theme.font(13, weight=600))
            painter.setPen(theme.colour("dim"))
            painter.drawText(heading, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, ORDER_HEADING)
        painter.end()

    def _paint_row(self, painter: QPainter, place: int, row: _Row) -> None:
        theme, area = self._theme, QRectF(self.area_of(place))
        self._paint_ground(painter, place, area)
        width = self._label_width(row)
        label = QRectF(_INDENT, area.top(), width, area.height())
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("text" if row.bar or row.order else "dim"))
        marked = self._answering(place) and (place == self._hovered or (self.hasFocus() and place == self._current))
        if marked:
            width -= theme.px(16)
        words = QFontMetricsF(painter.font()).elidedText(row.term.text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if marked:
            left = QFontMetricsF(painter.font()).horizontalAdvance(words) + theme.px(7)
            painter.setPen(theme.colour("dim"))
            painter.drawText(label.adjusted(left, 0, theme.px(16), 0), Qt.AlignmentFlag.AlignVCenter, _MARK)
        if row.bar:
            self._paint_bar(painter, area, row.term.points)
        colour = "dim" if not row.bar and not row.order else "good" if row.term.points >= 0 else "bad"
        points = points_words(row.term.points, 2) if row.bar or row.order else f"{row.term.points:.2f}"
        self._paint_points(painter, area, points, colour)

    def _paint_ground(self, painter: QPainter, place: int, area: QRectF) -> None:
        focused = self.hasFocus() and place == self._current
        if not focused and not (place == self._hovered and self._answering(place)):
            return
        painter.setPen(QPen(self._theme.colour("accent"), 2) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("hover", 0.55))
        painter.drawRoundedRect(area.adjusted(1, 2, -1, -2), 6, 6)

    def _paint_bar(self, painter: QPainter, area: QRectF, points: float) -> None:
        theme, bars = self._theme, self._bars(area)
        low, high = self._span()
        scale = bars.width() / (high - low)
        zero = bars.left() - low * scale
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(round(zero), round(area.top()), round(zero), round(area.bottom()))
        length = max(2.0, abs(points) * scale)
        left = zero if points >= 0 else zero - length
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("good" if points >= 0 else "bad"))
        painter.drawRoundedRect(QRectF(left, area.center().y() - theme.px(5), length, theme.px(10)), 3, 3)

    def _paint_points(self, painter: QPainter, area: QRectF, words: str, colour: str) -> None:
        painter.setFont(self._theme.font(13, weight=600))
        painter.setPen(self._theme.colour(colour))
        painter.drawText(
            area.adjusted(0, 0, -self._theme.px(6), 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            words,
        )

    def _bars(self, area: QRectF) -> QRectF:
        return QRectF(area.width() * 0.52, area.top(), area.width() * 0.48 - self._theme.px(56), area.height())

    def _label_width(self, row: _Row) -> float:
        bars = self._bars(QRectF(self.rect()))
        return (bars.left() if row.bar else bars.right()) - self._theme.px(14) - _INDENT

    def _words_width(self, row: _Row) -> float:
        return QFontMetricsF(self._theme.font(13)).horizontalAdvance(row.term.text)

    def _span(self) -> tuple[float, float]:
        points = [row.term.points for row in self._rows if row.bar]
        low, high = min([0.0, *points]), max([0.0, *points])
        return (low, high) if high - low > 1e-9 else (0.0, 1.0)

    def _describe(self, terms: int) -> None:
        spoken = [f"{row.term.text} {points_words(row.term.points, 2)}" for row in self._rows]
        said = f"{'; '.join(spoken[:terms])}; together {self._total:.1f}"
        if spoken[terms:]:
            said += f". {ORDER_HEADING}: {'; '.join(spoken[terms:])}"
        self.setAccessibleName("All terms of the prediction")
        self.setAccessibleDescription(said)

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
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the chart scrolls it with its rows
        self.chart.moved.connect(self._keep_in_sight)
        top = QHBoxLayout()
        top.setContentsMargins(_INDENT, 0, 0, 0)
        top.addWidget(self._heading, 1)
        top.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16 - _INDENT, 8, 8, 10)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._scroll, 1)

    def show_ledger(
        self, ledger: Ledger, order: Sequence[LedgerTerm] = (), held: Sequence[Wish] = (), answers: bool = True
    ) -> None:
        """Show all terms of a prediction; the parameters are those of :meth:`LedgerChart.show_ledger`."""
        beyond = on_the_scale(ledger.total) != ledger.total
        sum_words = f"{ledger.total:.1f}, beyond the end of the scale," if beyond else f"{ledger.total:.1f}"
        self._heading.setText(f"How {sum_words} comes about: {counted(len(ledger.terms), 'term')}")
        self.chart.show_ledger(ledger, order, held, answers)

    def to_top(self) -> None:
        """Show the beginning."""
        self._scroll.to_top()

    def heading(self) -> str:
        """What stands above the chart."""
        return self._heading.text()

    def take_focus(self) -> None:
        """Put the keyboard on the first row."""
        self.chart.start_over()
        self.chart.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Close on Escape."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _keep_in_sight(self, top: int, bottom: int) -> None:
        bar = self._scroll.verticalScrollBar()
        if bar is None:
            return
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + bar.pageStep():
            bar.setValue(bottom - bar.pageStep() + 1)
