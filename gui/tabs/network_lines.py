"""The lines of the page "Network": days put together, sorted by any column, and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from gui.phrases import ago, size
from library.contact_store import Contact, Reach

NEAR_TO_FAR = (Reach.COMPUTER, Reach.NETWORK, Reach.INTERNET)
WHERE, LAST = 1, 3
_TEXT, _NUMBER = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
COLUMNS: tuple[tuple[str, Callable[[Contact], str], Callable[[Contact], Any], Qt.AlignmentFlag], ...] = (
    ("Computer", lambda line: line.host, lambda line: line.host, _TEXT),
    ("Where", lambda line: str(line.reach), lambda line: NEAR_TO_FAR.index(line.reach), _TEXT),
    ("What for", lambda line: line.purpose or "not said", lambda line: line.purpose.casefold(), _TEXT),
    ("Last", lambda line: ago(line.last_at), lambda line: line.last_at, _TEXT),
    ("Requests", lambda line: f"{line.requests:,}", lambda line: line.requests, _NUMBER),
    ("Sent", lambda line: size(line.sent), lambda line: line.sent, _NUMBER),
    ("Received", lambda line: size(line.received), lambda line: line.received, _NUMBER),
)
"""Heading, words, what is sorted by, and the side that it is set to."""


def together(contacts: Sequence[Contact]) -> list[Contact]:
    """One line per computer and purpose, whatever days it was talked to."""
    lines: dict[tuple[str, Reach, str], Contact] = {}
    for contact in contacts:
        key = (contact.host, contact.reach, contact.purpose)
        lines[key] = contact.with_more(lines[key]) if key in lines else contact
    return list(lines.values())


class NetworkLines(QAbstractTableModel):
    """What the table shows. What is selected stays so while numbers grow."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Contact] = []
        self._column, self._order = LAST, Qt.SortOrder.DescendingOrder

    @property
    def lines(self) -> tuple[Contact, ...]:
        """The lines in the order in which they are shown."""
        return tuple(self._lines)

    def show_contacts(self, contacts: Sequence[Contact]) -> None:
        """Show these, in the order that was asked for last."""
        lines = self._sorted(together(contacts))
        if [_who(line) for line in lines] == [_who(line) for line in self._lines]:
            self._lines = lines
            if lines:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        self.beginResetModel()
        self._column, self._order = column, order
        self._lines = self._sorted(self._lines)
        self.endResetModel()

    def as_text(self, rows: Sequence[int]) -> str:
        """Some lines with the headings above, to be pasted into a table elsewhere."""
        headings = "\t".join(heading for heading, *_ in COLUMNS)
        lines = ("\t".join(words(self._lines[number]) for _, words, _, _ in COLUMNS) for number in rows)
        return "\n".join((headings, *lines))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell, and how they are set."""
        if not index.isValid():
            return None
        _, words, _, side = COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return words(self._lines[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        heading, _, _, side = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _sorted(self, lines: list[Contact]) -> list[Contact]:
        key = COLUMNS[self._column][2]
        by_name = sorted(lines, key=lambda line: (line.host, line.purpose))
        return sorted(by_name, key=key, reverse=self._order is Qt.SortOrder.DescendingOrder)


def _who(line: Contact) -> tuple[str, Reach, str]:
    return line.host, line.reach, line.purpose
