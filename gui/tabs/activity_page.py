"""The page "Activity": every write to a server, what was there before and after, and the way back.

It knows no store and no server: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import PanelCard, WrappingLabel, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.scroll_area import ScrollArea
from library.journal import JournalState

FILTERS: tuple[tuple[str, tuple[JournalState, ...]], ...] = (
    ("All", ()),
    ("Waiting", (JournalState.WAITING, JournalState.BEGUN)),
    ("Done", (JournalState.DONE,)),
    ("Failed", (JournalState.FAILED,)),
    ("Undone", (JournalState.UNDONE,)),
)
STATE_WORDS = {
    JournalState.WAITING: ("waiting", "note"),
    JournalState.BEGUN: ("not settled yet", "note"),
    JournalState.DONE: ("done", "good"),
    JournalState.FAILED: ("failed", "problem"),
    JournalState.UNDONE: ("undone", "note"),
}
NOTHING_YET = PageText(
    "page-library",
    "Nothing was written to your servers",
    "Homereel only reads until you allow it to write. Whatever it writes then is listed here, with the way back.",
    "Allow writing…",
    "allow",
)
NOTHING_WRITTEN = PageText(
    "page-library",
    "Nothing was written yet",
    "Whatever Homereel writes to your servers is listed here, with the way back.",
)
NONE_OF_THESE = PageText("page-filtered", "None of these", "There are other ones.", "Show all", "all")


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One write, in words.

    :param what: "Rate “Arrival”"; ``change`` is from what to what: "no rating → 8".
    :param when: "5 minutes ago"; ``where`` is the server.
    :param reason: why it failed, why it waits, or what else is to be said.
    :param batch: what was written by one action has one number.
    """

    entry_id: int
    what: str
    change: str
    when: str
    where: str
    state: JournalState
    reason: str = ""
    undoable: bool = False
    batch: int | None = None


class ActivityPage(QWidget):
    """The list, newest first, with a filter above.

    Signals: ``undo_wanted(tuple)`` with ids of entries, ``batch_undo_wanted(int)``; ``more_wanted()`` for older ones;
    ``filter_changed()``; ``allow_wanted()`` to be led to the switch; ``shown()`` when it came into sight.
    """

    undo_wanted = pyqtSignal(tuple)
    batch_undo_wanted = pyqtSignal(int)
    more_wanted = pyqtSignal()
    filter_changed = pyqtSignal()
    allow_wanted = pyqtSignal()
    shown = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Activity")
        self.filters: dict[str, Button] = {}
        self.older = Button("Show older", "", self)
        self.quiet = QuietPage(theme)
        self.undo_buttons: dict[int, Button] = {}
        self.batch_buttons: dict[int, Button] = {}
        self._lines: tuple[ActivityLine, ...] = ()
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout()
        self._bar = QWidget()
        self._body = QStackedWidget()
        self._scroll = ScrollArea()
        self._arrange()
        self.older.clicked.connect(self.more_wanted)
        self.quiet.acted.connect(self._act)

    # What it is told

    def show_lines(self, lines: Sequence[ActivityLine], more: bool, allowed: bool) -> None:
        """Show these, the newest first.

        :param more: whether there are older ones.
        :param allowed: whether the program may write at all.
        """
        kept = self._focused_entry()
        self._lines = tuple(lines)
        self._clear()
        for batch, group in groupby(lines, key=lambda line: line.batch or -line.entry_id):
            self._column.addWidget(self._card(batch, tuple(group)))
        self.older.setVisible(more)
        filtered = bool(self.wanted_states())
        self._bar.setVisible(bool(lines) or filtered)
        if not lines:
            self.quiet.show_text(NONE_OF_THESE if filtered else NOTHING_WRITTEN if allowed else NOTHING_YET)
        self._body.setCurrentIndex(0 if lines else 1)
        if kept is not None and kept in self.undo_buttons:
            self.undo_buttons[kept].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_counts(self, counts: Mapping[JournalState, int]) -> None:
        """Say beside each filter how many there are."""
        for name, states in FILTERS:
            number = sum(counts.get(state, 0) for state in states)
            button = self.filters[name]
            button.setText(f"{name}  {number:,}" if states and number else name)
            button.setAccessibleName(f"{name}, {number:,}" if states else name)

    def wanted_states(self) -> tuple[JournalState, ...]:
        """What the filter lets through; empty for everything."""
        return next((states for name, states in FILTERS if self.filters[name].isChecked()), ())

    def lines(self) -> tuple[ActivityLine, ...]:
        """What is listed."""
        return self._lines

    def showEvent(self, event: QShowEvent | None) -> None:
        """Say that somebody looks."""
        super().showEvent(event)
        self.shown.emit()

    # How it is put together

    def _arrange(self) -> None:
        bar = row(spacing=8)
        for name, _ in FILTERS:
            button = Button(name, "filter", self)
            button.setCheckable(True)
            self.filters[name] = button
            self._group.addButton(button)
            bar.addWidget(button)
            button.clicked.connect(lambda _on: self.filter_changed.emit())
        self.filters["All"].setChecked(True)
        bar.addStretch(1)
        self._bar.setLayout(bar)
        inner = QWidget()
        inner.setObjectName("scrolled")
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(0, 0, 12, 16)
        outer.setSpacing(12)
        self._column.setSpacing(8)
        outer.addLayout(self._column)
        outer.addLayout(row(self.older, 1))
        outer.addStretch(1)
        self._scroll.setWidget(inner)
        self._body.addWidget(self._scroll)
        self._body.addWidget(self.quiet)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 12, 0)
        column.setSpacing(12)
        column.addWidget(self._bar)
        column.addWidget(self._body, 1)

    def _card(self, batch: int, lines: tuple[ActivityLine, ...]) -> PanelCard:
        """One action: what it wrote, and above it the way back for all of it when that is more than one."""
        card = PanelCard()
        card.body.setContentsMargins(16, 10, 12, 10)
        undoable = [line for line in lines if line.undoable]
        if len(lines) > 1:
            head = row(spacing=12)
            head.addWidget(words(f"{len(lines):,} at once, {lines[0].when}", "section", wrap=False))
            head.addStretch(1)
            if len(undoable) > 1:
                button = Button("Undo all of these", "link")
                button.setAccessibleName(f"Undo all {len(undoable):,} of these")
                button.clicked.connect(lambda: self.batch_undo_wanted.emit(batch))
                self.batch_buttons[batch] = button
                head.addWidget(button)
            card.body.addLayout(head)
        for line in lines:
            card.body.addWidget(self._line(line, card))
        return card

    def _line(self, line: ActivityLine, card: QWidget) -> QWidget:
        whole = QWidget(card)
        top = QHBoxLayout()
        top.setSpacing(12)
        what = WrappingLabel(line.what)
        what.setTextFormat(Qt.TextFormat.PlainText)
        what.resize(self._scroll.width() // 2, what.height())  # its height is that of its lines at some width
        top.addWidget(what, 1)
        state, look = STATE_WORDS[line.state]
        top.addWidget(words(state, look, wrap=False))
        if line.undoable:
            verb = "Call off" if line.state is JournalState.WAITING else "Undo"
            button = Button(verb, "link", card)
            button.setAccessibleName(f"{verb}: {line.what}, {line.change}")
            button.clicked.connect(lambda: self.undo_wanted.emit((line.entry_id,)))
            self.undo_buttons[line.entry_id] = button
            top.addWidget(button)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addLayout(top)
        below = words(" · ".join(part for part in (line.change, line.where, line.when) if part), "note")
        column.addWidget(below)
        reason = words("", "note")
        say(reason, line.reason, "problem" if line.state is JournalState.FAILED else "note")
        column.addWidget(reason)
        whole.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        return whole

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.undo_buttons.clear()
        self.batch_buttons.clear()

    def _focused_entry(self) -> int | None:
        return next((entry_id for entry_id, button in self.undo_buttons.items() if button.hasFocus()), None)

    def _act(self, action: str) -> None:
        if action == "allow":
            self.allow_wanted.emit()
        else:
            self.filters["All"].setChecked(True)
            self.filter_changed.emit()
