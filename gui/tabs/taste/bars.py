"""Preferences as bars around a middle line, each with a thin line that shows how unsure it is."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.tabs.taste.sentences import measured_words, preference_words
from gui.theme import Theme
from recommender.preferences import Preference

ROW = 26
_BAR, _WHISKER = 10, 7
_NAME_SHARE, _NAME_MOST = 0.34, 170
FAINT = 0.45
"""How strong a bar is that may be chance: one that is shorter than its uncertainty."""


class PreferenceBars(QWidget):
    """One row for each preference; a row is chosen with the mouse or with the arrow keys and Enter.

    Signals: ``picked(object, object)`` with the ``Preference`` and the point of this widget to offer something at.
    """

    picked = pyqtSignal(object, object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[Preference, ...] = ()
        self._current = 0
        self._under: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        theme.changed.connect(self._resize)

    def show_preferences(self, rows: Sequence[Preference]) -> None:
        """Show these, in this order."""
        self._rows = tuple(rows)
        self._current = min(self._current, max(0, len(self._rows) - 1))
        self._describe()
        self._resize()
        self.update()

    def rows(self) -> tuple[Preference, ...]:
        """What is shown."""
        return self._rows

    def row_centre(self, place: int) -> QPoint:
        """The middle of a row."""
        return self._row(place).center().toPoint()

    def sizeHint(self) -> QSize:
        """One line each."""
        return QSize(240, self._theme.px(ROW) * max(1, len(self._rows)))

    def event(self, event: QEvent | None) -> bool:
        """Say the row under the mouse in words."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            place = self._at(event.pos())
            if place is not None:
                QToolTip.showText(event.globalPos(), preference_words(self._rows[place]), self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().event(event))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Mark the row under the mouse."""
        if event is not None:
            self._mark(self._at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Mark no row."""
        self._mark(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose the row."""
        place = None if event is None else self._at(event.position().toPoint())
        if event is not None and place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = place
            self.picked.emit(self._rows[place], event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go up and down, and choose."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event is None or not self._rows:
            return
        if event.key() in steps:
            self._current = min(max(self._current + steps[Qt.Key(event.key())], 0), len(self._rows) - 1)
            self._describe()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self._rows[self._current], self.row_centre(self._current))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show which row the keys are for."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The keys are for something else."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, one in enumerate(self._rows):
            self._paint_row(painter, self._row(place), one, place)
        painter.end()

    def _paint_row(self, painter: QPainter, area: QRectF, one: Preference, place: int) -> None:
        theme, px = self._theme, self._theme.px
        self._paint_ground(painter, area, place)
        name_width = min(area.width() * _NAME_SHARE, px(_NAME_MOST))
        painter.setFont(theme.font(13))
        said = measured_words(one.points, one.deviation)
        said_width = QFontMetricsF(painter.font()).horizontalAdvance("+0.0 ± 0.0") + px(4)
        name = area.adjusted(px(8), 0, name_width - area.width(), 0)
        painter.setPen(theme.colour("text" if one.rated else "dim"))
        words = QFontMetricsF(painter.font()).elidedText(one.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
        painter.setPen(theme.colour("dim"))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(0, 0, -px(8), 0), side, said)
        bars = QRectF(name.right() + px(10), area.top(), 0, area.height())
        bars.setRight(area.right() - px(8) - said_width - px(8))
        self._paint_bar(painter, bars, one)

    def _paint_ground(self, painter: QPainter, area: QRectF, place: int) -> None:
        focused = self.hasFocus() and place == self._current
        if focused or place == self._under:
            painter.setPen(QPen(self._theme.colour("accent"), 2) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover", 0.6))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_bar(self, painter: QPainter, bars: QRectF, one: Preference) -> None:
        theme, px = self._theme, self._theme.px
        low, high = self._span()
        scale = bars.width() / (high - low)
        zero, end = bars.left() - low * scale, bars.left() + (one.points - low) * scale
        middle = bars.center().y()
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(round(zero), round(bars.top()), round(zero), round(bars.bottom()))
        faint = abs(one.points) < one.deviation
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("good" if one.points >= 0 else "bad", FAINT if faint else 1.0))
        length = max(abs(end - zero), 2.0)
        bar = QRectF(min(zero, end), middle - px(_BAR) / 2, length, px(_BAR))
        painter.drawRoundedRect(bar, 3, 3)
        reach = one.deviation * scale
        painter.setPen(QPen(theme.colour("text", 0.7), 1.3))
        left, right, half = end - reach, end + reach, px(_WHISKER) / 2
        painter.drawLine(round(left), round(middle), round(right), round(middle))
        for x in (round(left), round(right)):
            painter.drawLine(x, round(middle - half), x, round(middle + half))

    def _span(self) -> tuple[float, float]:
        ends = [one.points + sign * one.deviation for one in self._rows for sign in (-1, 1)]
        low, high = min([0.0, *ends]), max([0.0, *ends])
        spare = max((high - low) * 0.02, 0.01)
        return low - spare, high + spare

    def _row(self, place: int) -> QRectF:
        height = self._theme.px(ROW)
        return QRectF(0, place * height, self.width(), height)

    def _at(self, point: QPoint) -> int | None:
        place = point.y() // self._theme.px(ROW)
        return place if 0 <= place < len(self._rows) and self.rect().contains(point) else None

    def _mark(self, place: int | None) -> None:
        if place != self._under:
            self._under = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _describe(self) -> None:
        if self._rows:
            self.setAccessibleDescription(preference_words(self._rows[self._current]))

    def _resize(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
