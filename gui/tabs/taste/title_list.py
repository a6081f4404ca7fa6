"""A list of titles with what was given to each, or would be: as long as it may be, in one quiet column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from PyQt6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.tabs.taste.rating_scale import LEVELS, RatingRange, colours_of
from gui.theme import Theme
from library.feedback import on_the_scale

ROW = 34
FOLLOWED = 2000  # lines within which the one that somebody looks at is found again
_EDGE, _DOT, _NUMBER, _GAP = 6, 5, 32, 12


@dataclass(frozen=True, slots=True)
class TitleLine:
    """One line of the list.

    :param given: whether ``rating`` was given; else it would be.
    :param notes: a few quiet words each, for the end of the line as far as there is room, the most important first.
    :param action: what may be done about it, as a link; empty for nothing.
    :param dimmed: whether the line counts for less than the others.
    """

    item_id: int
    title: str
    rating: float
    given: bool
    notes: tuple[str, ...] = ()
    action: str = ""
    dimmed: bool = False

    @property
    def number(self) -> str:
        """The rating as it is shown."""
        return rating_number(self.rating, self.given)

    @property
    def spoken(self) -> str:
        """The whole line as a sentence."""
        said = f"you gave it {self.number}" if self.given else f"you would give it {self.number}"
        return ", ".join(part for part in (self.title, said, *self.notes) if part)


def rating_number(rating: float, given: bool) -> str:
    """A rating as short as it can be said: "8", "7.5"; what would be given always has one digit: "8.0"."""
    value = on_the_scale(rating)
    return f"{round(value, 1):g}" if given else f"{value:.1f}"


class MadeLines(Sequence[TitleLine]):
    """So many lines, each made when it is asked for."""

    def __init__(self, count: int, make: Callable[[int], TitleLine]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> TitleLine:  # type: ignore[override]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._make(number)


class TitleModel(QAbstractListModel):
    """The lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[TitleLine] = ()

    def show_lines(self, lines: Sequence[TitleLine]) -> None:
        """Hold these lines."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many lines there are."""
        return len(self.lines)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The line in words, for whoever cannot see it."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.spoken
        return None


class TitleList(QListView):
    """The list. Enter or a click opens a title; Space or a click on its link acts on it.

    Signals: ``opened(int)`` and ``acted(int)`` with an item id.
    """

    opened = pyqtSignal(int)
    acted = pyqtSignal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("titleList")
        self._theme = theme
        self._released_at = QPoint()
        self._model = TitleModel(self)
        self._lines = _LineDelegate(theme, self)
        self.setModel(self._model)
        self.setItemDelegate(self._lines)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.clicked.connect(self._clicked)
        theme.changed.connect(self._resize_rows)

    def show_lines(self, lines: Sequence[TitleLine], scale: RatingRange) -> None:
        """Show these titles; who looked at one of them goes on looking at it."""
        kept, bar = self._current_id(), self.verticalScrollBar()
        top = bar.value() if bar is not None else 0
        self._lines.scale = scale
        self._model.show_lines(lines)
        first = islice(self._model.lines, 0 if kept is None else FOLLOWED)
        place = next((place for place, line in enumerate(first) if line.item_id == kept), None)
        if place is not None:
            self.setCurrentIndex(self._model.index(place))
            if bar is not None:
                bar.setValue(top)
        elif bar is not None:
            bar.setValue(0)

    def lines(self) -> Sequence[TitleLine]:
        """The lines that are shown."""
        return self._model.lines

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter opens, Space acts."""
        index = self.currentIndex()
        line = self._model.lines[index.row()] if index.isValid() else None
        if event is not None and line is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(line.item_id)
        elif event is not None and line is not None and event.key() == Qt.Key.Key_Space and line.action:
            self.acted.emit(line.item_id)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show what a click would do."""
        super().mouseMoveEvent(event)
        if event is not None:
            over = self.indexAt(event.position().toPoint()).isValid()
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def viewportEvent(self, event: QEvent | None) -> bool:
        """The line under the mouse looks different from the others: draw it again when it leaves."""
        if event is not None and event.type() is QEvent.Type.Leave:
            self.viewport().update()
        return bool(super().viewportEvent(event))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Remember where it was pressed."""
        if event is not None:
            self._released_at = event.position().toPoint()
        super().mouseReleaseEvent(event)

    def action_area(self, row: int) -> QRect:
        """Where the link of a line is, in pixels of the viewport."""
        return self._lines.action_area(self.visualRect(self._model.index(row)), self._model.lines[row])

    def _clicked(self, index: QModelIndex) -> None:
        line = self._model.lines[index.row()]
        if line.action and self.action_area(index.row()).contains(self._released_at):
            self.acted.emit(line.item_id)
        else:
            self.opened.emit(line.item_id)

    def _current_id(self) -> int | None:
        index = self.currentIndex()
        return self._model.lines[index.row()].item_id if index.isValid() else None

    def _resize_rows(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


class _LineDelegate(QStyledItemDelegate):
    """Draws a line: a dot in the colour of the rating, the rating, the title, and at the end the notes and the link."""

    def __init__(self, theme: Theme, view: TitleList) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.scale = RatingRange(5.5, 4.5)
        self._colours: list[QColor] = colours_of(theme.colours)
        theme.changed.connect(self._recolour)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """One line."""
        return QSize(120, self._theme.px(ROW))

    def action_area(self, area: QRect, line: TitleLine) -> QRect:
        """Where the link of a line in this area is."""
        width = QFontMetrics(self._theme.font(13)).horizontalAdvance(line.action) if line.action else 0
        edge = self._theme.px(_EDGE)
        return QRect(area.right() - width - edge, area.top(), width + edge, area.height())

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one line."""
        assert painter is not None
        model = index.model()
        assert isinstance(model, TitleModel)
        line, theme, area = model.lines[index.row()], self._theme, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        left = area.left() + theme.px(_EDGE)
        self._paint_dot(painter, QPointF(left + theme.px(_DOT) + 2, area.center().y() + 0.5), line)
        left += theme.px(2 * _DOT + _GAP)
        number = QRect(left, area.top(), theme.px(_NUMBER), area.height())
        painter.setFont(theme.font(14, 600 if line.given else 400))
        painter.setPen(theme.colour("dim" if line.dimmed or not line.given else "text"))
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter, line.number)
        left += theme.px(_NUMBER)
        right = self._paint_end(painter, area, line)
        painter.setFont(theme.font(14))
        painter.setPen(theme.colour("dim" if line.dimmed else "text"))
        room = QRect(left, area.top(), right - left, area.height())
        words = painter.fontMetrics().elidedText(line.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state, area = option.state, QRectF(option.rect).adjusted(1, 1, -1, -1)
        current = bool(state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus()
        if state & QStyle.StateFlag.State_MouseOver or current:
            painter.setPen(QPen(self._theme.colour("accent"), 2) if current else Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover", 0.6))
            painter.drawRoundedRect(area, 6, 6)

    def _paint_dot(self, painter: QPainter, centre: QPointF, line: TitleLine) -> None:
        radius = self._theme.px(_DOT)
        colour = QColor(self._colours[min(int(self.scale.levels([line.rating])[0]), LEVELS - 1)])
        colour.setAlphaF(0.45 if line.dimmed else 1.0)
        if line.given:
            painter.setPen(QPen(self._theme.colour("dim" if line.dimmed else "text"), 1.3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, radius + 1.2, radius + 1.2)
            radius -= 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, radius, radius)

    def _paint_end(self, painter: QPainter, area: QRect, line: TitleLine) -> int:
        """Draw the notes and the link; the pixel up to which there is room for the title."""
        theme, right = self._theme, area.right() - self._theme.px(_EDGE)
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("dim"))
        if line.action:
            link = painter.font()
            link.setUnderline(True)
            painter.setFont(link)
            painter.drawText(
                self.action_area(area, line).adjusted(0, 0, -theme.px(_EDGE) + 2, 0),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                line.action,
            )
            painter.setFont(theme.font(13))
            right = self.action_area(area, line).left() - theme.px(_GAP)
        least = area.left() + 0.42 * area.width()  # that much of the line is for the title
        for note in line.notes:
            width = painter.fontMetrics().horizontalAdvance(note) + 2
            if right - width < least:
                break
            painter.drawText(
                QRect(right - width, area.top(), width, area.height()), Qt.AlignmentFlag.AlignVCenter, note
            )
            right -= width + theme.px(_GAP)
        return right

    def _recolour(self) -> None:
        self._colours = colours_of(self._theme.colours)
