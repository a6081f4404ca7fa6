"""A year of ratings, a square for each day: when they were given, and which days are meant."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.models import counted
from gui.tabs.taste.sentences import days_words
from gui.theme import Theme

WEEKS, WEEKDAYS = 54, 7  # a leap year that begins on a Sunday touches so many weeks
SQUARE, GAP = 16, 3
_LEFT, _TOP = 34, 22
_STRENGTHS = (0.30, 0.50, 0.74, 1.0)
_MANY = (1, 3, 6, 10)  # ratings on one day from which each strength is used


class RatingCalendar(QWidget):
    """The squares of one year, weeks from left to right and Monday on top.

    A day is chosen by a click, a stretch of days by dragging, a month by its name; with the keyboard by the arrows, with Shift
    for a stretch, and Enter.

    Signals: ``selected(date, date)`` with the first and the last day; ``cleared()`` when nothing is meant any more.
    """

    selected = pyqtSignal(object, object)
    cleared = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._year = date.today().year
        self._counts: dict[date, int] = {}
        self._range: tuple[date, date] | None = None
        self._anchor: date | None = None
        self._cursor: date | None = None
        self._dragging = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("When you rated")
        theme.changed.connect(self._resize)
        self._resize()

    def show_days(self, days: Iterable[date]) -> None:
        """Show how many of these fall on each day."""
        self._counts = {}
        for day in days:
            self._counts[day] = self._counts.get(day, 0) + 1
        self.update()

    def show_year(self, year: int) -> None:
        """Show this year; days of another one are no longer meant."""
        if year != self._year:
            self._year = year
            self._cursor = self._anchor = None
            self.update()

    @property
    def year(self) -> int:
        """The year that is shown."""
        return self._year

    @property
    def range(self) -> tuple[date, date] | None:
        """The first and the last day that are meant; ``None`` for all."""
        return self._range

    def select(self, first: date, last: date) -> None:
        """Mean these days."""
        self._range = (min(first, last), max(first, last))
        self.update()
        self.selected.emit(*self._range)

    def clear(self) -> None:
        """Mean no days in particular."""
        if self._range is not None:
            self._range = None
            self.update()
            self.cleared.emit()

    def area_of(self, day: date) -> QRectF:
        """Where a day of the year is drawn."""
        week, weekday = self._place(day)
        pitch = self._pitch()
        left, top = self._theme.px(_LEFT) + week * pitch, self._theme.px(_TOP) + weekday * pitch
        return QRectF(left, top, pitch - GAP, pitch - GAP)

    def month_area(self, month: int) -> QRect:
        """Where the name of a month is written."""
        first = self._place(date(self._year, month, 1))[0]
        last = WEEKS - 1 if month == 12 else self._place(date(self._year, month + 1, 1))[0] - 1
        pitch, left = self._pitch(), self._theme.px(_LEFT)
        return QRectF(left + first * pitch, 0, (last - first + 1) * pitch, self._theme.px(_TOP)).toRect()

    def sizeHint(self) -> QSize:
        """Seven squares and the names of the months."""
        px = self._theme.px
        pitch = min(px(SQUARE + GAP), self._pitch() if self.width() > px(200) else px(SQUARE + GAP))
        return QSize(px(_LEFT) + WEEKS * px(SQUARE + GAP), px(_TOP) + round(WEEKDAYS * pitch))

    def resizeEvent(self, event: object) -> None:
        """Make the squares as large as they fit."""
        self._resize()

    # Mouse and keys

    def event(self, event: QEvent | None) -> bool:
        """Say the day under the mouse in words."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            day, month = self._day_at(event.pos()), self._month_at(event.pos())
            if day is not None:
                QToolTip.showText(event.globalPos(), self.day_words(day), self)
            elif month is not None:
                first, last = _days_of_month(self._year, month)
                QToolTip.showText(event.globalPos(), self._range_words(first, last), self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().event(event))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Choose a month, or begin a stretch of days."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        month = self._month_at(event.position().toPoint())
        day = self._day_at(event.position().toPoint())
        if month is not None:
            self.select(*_days_of_month(self._year, month))
        elif day is not None:
            self._anchor = self._cursor = day
            self._dragging = True
            self._range = (day, day)
            self.update()
        else:
            self.clear()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Draw the stretch out."""
        if event is None:
            return
        day = self._day_at(event.position().toPoint())
        if self._dragging and day is not None and self._anchor is not None and day != self._cursor:
            self._cursor = day
            self._range = (min(self._anchor, day), max(self._anchor, day))
            self.update()
        over = day is not None or self._month_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """The stretch is drawn."""
        if self._dragging and self._range is not None:
            self._dragging = False
            self.selected.emit(*self._range)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move from day to day and from week to week; Shift draws a stretch, Enter means the day."""
        if event is None:
            return
        steps = {Qt.Key.Key_Left: -7, Qt.Key.Key_Right: 7, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        today = self._cursor or self._first_shown()
        if event.key() in steps:
            day = today + timedelta(days=steps[Qt.Key(event.key())] if self._cursor is not None else 0)
            if day.year == self._year:
                self._cursor = day
                if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                    self._anchor = self._anchor or today
                    self.select(self._anchor, day)
                else:
                    self._anchor = None
                self.setAccessibleDescription(self.day_words(day))
                self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._cursor = today
            self.select(today, today)
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show which day the keys are for."""
        super().focusInEvent(event)
        self._cursor = self._cursor or self._first_shown()
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The keys are for something else."""
        super().focusOutEvent(event)
        self.update()

    def day_words(self, day: date) -> str:
        """How many ratings were given on a day."""
        return self._range_words(day, day)

    # Drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the names and the squares."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_names(painter)
        day = date(self._year, 1, 1)
        while day.year == self._year:
            self._paint_day(painter, day)
            day += timedelta(days=1)
        painter.end()

    def _paint_names(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font(12))
        painter.setPen(self._theme.colour("dim"))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
        metrics = painter.fontMetrics()
        fits = all(
            metrics.horizontalAdvance(calendar.month_abbr[month]) < self.month_area(month).width()
            for month in range(1, 13)
        )
        for month in range(1, 13):
            painter.drawText(self.month_area(month), side, calendar.month_abbr[month][: None if fits else 1])
        pitch, top = self._pitch(), self._theme.px(_TOP)
        for weekday in (0, 2, 4):
            row = QRectF(0, top + weekday * pitch - 2, self._theme.px(_LEFT), pitch)
            painter.drawText(row, side, calendar.day_abbr[weekday])

    def _paint_day(self, painter: QPainter, day: date) -> None:
        theme, area, count = self._theme, self.area_of(day), self._counts.get(day, 0)
        strength = next((s for least, s in reversed(list(zip(_MANY, _STRENGTHS, strict=True))) if count >= least), 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent", strength) if strength else theme.colour("raised"))
        painter.drawRoundedRect(area, 3, 3)
        meant = self._range is not None and self._range[0] <= day <= self._range[1]
        focused = self.hasFocus() and day == self._cursor
        if meant or focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent" if focused and not meant else "text"), 2 if focused else 1.3))
            painter.drawRoundedRect(area.adjusted(-0.5, -0.5, 0.5, 0.5), 3.5, 3.5)

    def _range_words(self, first: date, last: date) -> str:
        count = sum(count for day, count in self._counts.items() if first <= day <= last)
        return f"{counted(count, 'rating') or 'No rating'}, {days_words(first, last)}"

    def _first_shown(self) -> date:
        """The last day of the year with a rating, else its first day."""
        return max((day for day in self._counts if day.year == self._year), default=date(self._year, 1, 1))

    def _pitch(self) -> float:
        room = (self.width() - self._theme.px(_LEFT)) / WEEKS
        return float(max(7, min(int(room), self._theme.px(SQUARE + GAP))))

    def _place(self, day: date) -> tuple[int, int]:
        """Week of the year, from 0, and weekday."""
        offset = date(day.year, 1, 1).weekday()
        number = day.timetuple().tm_yday - 1 + offset
        return number // WEEKDAYS, number % WEEKDAYS

    def _day_at(self, point: QPoint) -> date | None:
        pitch, px = self._pitch(), self._theme.px
        week, weekday = (point.x() - px(_LEFT)) // pitch, (point.y() - px(_TOP)) // pitch
        if week < 0 or not 0 <= weekday < WEEKDAYS:
            return None
        day = date(self._year, 1, 1) + timedelta(days=int(week * WEEKDAYS + weekday) - date(self._year, 1, 1).weekday())
        return day if day.year == self._year else None

    def _month_at(self, point: QPoint) -> int | None:
        if not 0 <= point.y() < self._theme.px(_TOP):
            return None
        return next((month for month in range(1, 13) if self.month_area(month).contains(point)), None)

    def _resize(self) -> None:
        self.setFixedHeight(self.sizeHint().height())


def _days_of_month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
