"""A long list of what a past is about: two lines each, quick at any length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPen
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.theme import Theme

ROW = 54
_EDGE, _GAP = 12, 10


@dataclass(frozen=True, slots=True)
class PastRow:
    """One entry of the list.

    :param id: of the title; of a line that was left out, its place from the end of all numbers.
    :param title: "Heat (1995)".
    :param end: a few words for the end of the first line: "8", "seen 3 times".
    :param note: the second line.
    """

    id: int
    title: str
    end: str = ""
    note: str = ""

    @property
    def spoken(self) -> str:
        """All of it as a sentence."""
        return ", ".join(part for part in (self.title, self.end, self.note) if part)


class PastModel(QAbstractListModel):
    """The entries."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PastRow] = []

    def show_rows(self, rows: Sequence[PastRow]) -> None:
        """Hold these."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def take_out(self, place: int) -> None:
        """Without one of them."""
        self.beginRemoveRows(QModelIndex(), place, place)
        del self.rows[place]
        self.endRemoveRows()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many there are."""
        return len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """An entry in words, for whoever cannot see it."""
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.rows[index.row()].spoken
        return None


class PastList(QListView):
    """The list.

    Signals: ``current(PastRow | None)`` when another entry is looked at.
    """

    current = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("titleList")
        self.setAccessibleName("Titles of your past")
        self._model = PastModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_RowDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        theme.changed.connect(self._resize_rows)

    @property
    def rows(self) -> Sequence[PastRow]:
        """The entries."""
        return self._model.rows

    def row(self) -> PastRow | None:
        """The entry that is looked at."""
        place = self.currentIndex().row()
        return self._model.rows[place] if 0 <= place < len(self._model.rows) else None

    def show_rows(self, rows: Sequence[PastRow]) -> None:
        """Show these, and look at the first."""
        self._model.show_rows(rows)
        self.go_to(0)

    def go_to(self, place: int) -> None:
        """Look at the entry at a place, or the last one before it."""
        place = min(place, len(self._model.rows) - 1)
        self.setCurrentIndex(self._model.index(place) if place >= 0 else QModelIndex())
        if place < 0:
            self.current.emit(None)

    def take_out(self, row_id: int) -> None:
        """Take an entry away and look at the one after it."""
        place = next((place for place, row in enumerate(self._model.rows) if row.id == row_id), None)
        if place is not None:
            was_current = self.currentIndex().row() == place
            self._model.take_out(place)
            if was_current:
                self.go_to(place)
                self.current.emit(self.row())

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell which entry is looked at."""
        super().currentChanged(current, previous)
        self.current.emit(self.row())

    def _resize_rows(self) -> None:
        self.scheduleDelayedItemsLayout()
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()


class _RowDelegate(QStyledItemDelegate):
    """Draws an entry."""

    def __init__(self, theme: Theme, view: PastList) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Two lines."""
        return QSize(160, self._theme.px(ROW))

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one entry."""
        assert painter is not None
        theme, row = self._theme, self._view.rows[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        area = option.rect.adjusted(theme.px(_EDGE), theme.px(7), -theme.px(_EDGE), -theme.px(7))
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        lower = QRect(area.left(), upper.bottom(), area.width(), area.height() - upper.height())
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.setFont(theme.font(14, 600))
        painter.setPen(theme.colour("accent_text"))
        width = painter.fontMetrics().horizontalAdvance(row.end) + 2 if row.end else 0
        painter.drawText(upper, middle | Qt.AlignmentFlag.AlignRight, row.end)
        painter.setFont(theme.font(14))
        painter.setPen(theme.colour("text"))
        room = upper.adjusted(0, 0, -width - (theme.px(_GAP) if width else 0), 0)
        painter.drawText(room, middle, _fitting(painter, row.title, room.width()))
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("dim"))
        painter.drawText(lower, middle, _fitting(painter, row.note, lower.width()))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if not chosen and not over:
            return
        framed = chosen and self._view.hasFocus()
        painter.setPen(QPen(self._theme.colour("accent"), 2) if framed else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("raised" if chosen else "hover", 1.0 if chosen else 0.5))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 8, 8)


def _fitting(painter: QPainter, words: str, width: int) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)
