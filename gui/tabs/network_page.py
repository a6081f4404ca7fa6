"""The page "Network": every computer that was talked to, and the switch that decides which may be.

It knows no store and no network: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.tabs.configuration.network import ReachChoice
from gui.tabs.configuration.parts import PanelCard, row, words
from gui.tabs.network_lines import COLUMNS, LAST, WHERE, NetworkLines
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.pages import PageText, QuietPage
from library.contact_store import Contact, Reach

PERIODS = ((1, "Today"), (7, "The last 7 days"), (30, "The last 30 days"), (90, "The last 90 days"))
NOBODY = PageText(
    "page-network",
    "Nobody was contacted",
    "Every computer that Homereel talks to is listed here, with the reason.",
)


class NetworkPage(QWidget):
    """The switch, a sentence, and the list.

    Signals: ``shown()`` and ``hidden()`` when it comes into sight and goes; ``days_changed()`` when other days are to be looked
    at; ``reach_chosen(str)`` with how far the program may reach; ``noticed(str)`` with a sentence for the message bar.
    """

    shown = pyqtSignal()
    hidden = pyqtSignal()
    days_changed = pyqtSignal()
    reach_chosen = pyqtSignal(str)
    noticed = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Network")
        self.reach = ReachChoice()
        self.period = QComboBox(self)
        self.copy = Button("Copy", "", self)
        self.table = QTableView(self)
        self.model = NetworkLines(self)
        self.quiet = QuietPage(theme)
        self._theme = theme
        self._sentence = words("", "heading")
        self._body = QStackedLayout()
        self._arrange()
        self._arrange_table()
        self.reach.chosen.connect(self.reach_chosen)
        self.period.currentIndexChanged.connect(lambda _: self.days_changed.emit())
        self.copy.clicked.connect(self._copy)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self._copy)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        theme.changed.connect(self._size_rows)
        self.show_contacts(())

    @property
    def days(self) -> int:
        """How many days are to be looked at, today included."""
        return PERIODS[self.period.currentIndex()][0]

    @property
    def sentence(self) -> str:
        """What is said about all of it."""
        return self._sentence.text()

    def show_contacts(self, contacts: Sequence[Contact]) -> None:
        """Show who was contacted in these days."""
        self.model.show_contacts(contacts)
        self._sentence.setText(sentence_about(contacts, self.days))
        self._body.setCurrentIndex(0 if contacts else 1)
        self.copy.setEnabled(bool(contacts))

    def showEvent(self, event: QShowEvent | None) -> None:
        """Say that somebody looks."""
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Say that nobody looks any more."""
        super().hideEvent(event)
        self.hidden.emit()

    def _copy(self) -> None:
        selection = self.table.selectionModel()
        chosen = sorted({index.row() for index in selection.selectedRows()}) if selection is not None else []
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.model.as_text(chosen or range(self.model.rowCount())))
            self.noticed.emit("The list is copied. It can be pasted into a table.")

    # How it is put together

    def _arrange(self) -> None:
        for _, name in PERIODS:
            self.period.addItem(name)
        self.period.setCurrentIndex(1)
        self.period.setAccessibleName("Days to look at")
        self.copy.setToolTip("Copy the selected lines, or else all of them")
        card = PanelCard()
        card.body.addWidget(words("How far may Homereel reach?", "section"))
        card.body.addWidget(self.reach)
        self.quiet.show_text(NOBODY)
        self._body.addWidget(self.table)
        self._body.addWidget(self.quiet)
        head = row(spacing=8)
        head.addWidget(self._sentence, 1)
        head.addWidget(self.period)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(12)
        column.addWidget(card)
        column.addLayout(head)
        column.addLayout(self._body, 1)

    def _arrange_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setObjectName("lines")
        table.setAccessibleName("Computers that were contacted")
        table.setSortingEnabled(True)
        table.sortByColumn(LAST, Qt.SortOrder.DescendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        side, top = table.verticalHeader(), table.horizontalHeader()
        assert side is not None
        assert top is not None
        side.hide()
        for column, (_, _, _, alignment) in enumerate(COLUMNS):
            wide = alignment == Qt.AlignmentFlag.AlignLeft and column not in (WHERE, LAST)
            mode = QHeaderView.ResizeMode.Stretch if wide else QHeaderView.ResizeMode.ResizeToContents
            top.setSectionResizeMode(column, mode)
        top.setHighlightSections(False)
        self._size_rows()

    def _size_rows(self) -> None:
        side = self.table.verticalHeader()
        assert side is not None
        side.setDefaultSectionSize(self._theme.px(32))


def sentence_about(contacts: Sequence[Contact], days: int) -> str:
    """Who was talked to: "Today Homereel talked to 2 computers on the internet and 1 in your own network."."""
    far = len({contact.host for contact in contacts if contact.reach is Reach.INTERNET})
    near = len({contact.host for contact in contacts if contact.reach is Reach.NETWORK})
    when = "Today" if days == 1 else f"In the last {days} days"
    computers = "computer" if (far or near) == 1 else "computers"
    if far and near:
        return f"{when} Homereel talked to {far:,} {computers} on the internet and {near:,} in your own network."
    if far:
        return f"{when} Homereel talked to {far:,} {computers} on the internet."
    if near:
        return f"{when} Homereel talked to {near:,} {computers} in your own network, and to none on the internet."
    return f"{when} Homereel talked to no other computer."
