"""A field to search in as one types, with the titles it found in a list below to pick from."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gui.models import ShelfEntry
from gui.theme import Theme

PAUSE = 120  # milliseconds without a key before the search starts
MOST = 8


class SearchField(QLineEdit):
    """The field. Down and Up walk through the titles found, Enter picks one, Escape closes and then clears.

    Signals: ``searched(str)`` after a short pause in typing; ``chosen(int)`` when a title is picked from the list.
    """

    searched = pyqtSignal(str)
    chosen = pyqtSignal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self._theme = theme
        self._sent = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._send)
        self._list: QListWidget | None = None
        self._find = self.addAction(theme.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        self.setPlaceholderText("Search titles, people, words")
        self.setAccessibleName("Search")
        self.setClearButtonEnabled(True)
        self.setMaxLength(200)
        self.textEdited.connect(self._typed)
        self.textChanged.connect(self._emptied)
        theme.changed.connect(self._recolour)

    def show_results(self, entries: list[ShelfEntry]) -> None:
        """Show the titles found, while the field is being typed into."""
        if not self.text().strip() or not self.hasFocus():
            self.close_list()
            return
        found = self._results()
        found.clear()
        for entry in entries[:MOST]:
            line = QListWidgetItem(entry.label)
            line.setData(Qt.ItemDataRole.UserRole, entry.item_id)
            found.addItem(line)
        if not entries:
            nothing = QListWidgetItem("Nothing found")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            found.addItem(nothing)
        self._place(found)
        found.show()
        found.raise_()

    def results(self) -> list[str]:
        """The titles in the open list; empty when it is closed."""
        if self._list is None or self._list.isHidden():
            return []
        lines = [self._list.item(row) for row in range(self._list.count())]
        return [line.text() for line in lines if line is not None]

    def close_list(self) -> None:
        """Hide the titles found."""
        if self._list is not None:
            self._list.hide()

    def set_text(self, text: str) -> None:
        """Put a text in without searching for it."""
        self._pause.stop()
        self._sent = text.strip()
        self.setText(text)
        self.close_list()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Walk through the list, pick from it, close it."""
        if event is None:
            return
        key, found = event.key(), self._list
        is_open = found is not None and not found.isHidden()
        if key == Qt.Key.Key_Escape:
            if is_open:
                self.close_list()
            else:
                self.clear()
        elif is_open and found is not None and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            found.setCurrentRow(max(0, min(found.count() - 1, found.currentRow() + step)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            line = found.currentItem() if is_open and found is not None else None
            if line is not None:
                self._pick(line)
            else:
                self._send()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Close the list when the keyboard goes elsewhere."""
        self.close_list()
        super().focusOutEvent(event)

    def _typed(self, _text: str) -> None:
        self._pause.start()

    def _emptied(self, text: str) -> None:
        if not text:
            self.close_list()
            self._pause.stop()
            self._send()

    def _send(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._sent:
            self._sent = text
            self.searched.emit(text)

    def _results(self) -> QListWidget:
        if self._list is None:
            self._list = QListWidget(self.window())
            self._list.setObjectName("searchResults")
            self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._list.setAccessibleName("Titles found")
            self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self._list.itemClicked.connect(self._pick)
        return self._list

    def _place(self, found: QListWidget) -> None:
        window = self.window()
        assert window is not None
        corner = self.mapTo(window, QPoint(0, self.height() + 4))
        rows = found.count() * (found.sizeHintForRow(0) + 1) + 14
        found.setGeometry(corner.x(), corner.y(), max(self.width(), self._theme.px(420)), rows)

    def _pick(self, line: QListWidgetItem) -> None:
        item_id = line.data(Qt.ItemDataRole.UserRole)
        if item_id is not None:
            self.clear()  # told first, so that the title picked is what stays on the card
            self.chosen.emit(int(item_id))

    def _recolour(self) -> None:
        self._find.setIcon(self._theme.icon("search", "dim")) if self._find is not None else None

    def sizeHint(self) -> QSize:
        """Wide enough for a title."""
        return QSize(self._theme.px(300), super().sizeHint().height())
