"""The sources that were added, a line each: what is being read of them, and how that ended."""

from __future__ import annotations

import time

from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import PanelCard, row, say, words
from gui.tabs.configuration.source_card import result_words, step_words
from gui.theme import Theme
from gui.while_there import while_there
from gui.worker import Ticket
from library.progress import Progress
from library.scan_history import ScanStatus
from library.settings import SourceSettings


class SourceLines(PanelCard):
    """Every configured source with its state; hidden while there is none."""

    def __init__(self, actions: SourceActions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._theme = theme
        self._lines: dict[str, _Line] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self.body.addLayout(self._list)
        actions.changed.connect(self.refresh)
        actions.scan_began.connect(self._began)
        self.refresh()

    def refresh(self) -> None:
        """Bring the lines up to the sources there are."""
        shown = {source.id: source for source in self._actions.configured()}
        for source_id in [known for known in self._lines if known not in shown]:
            line = self._lines.pop(source_id)
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        for source in shown.values():
            if source.id not in self._lines:
                self._lines[source.id] = line = _Line(source, self._actions, self._theme)
                self._list.addWidget(line)
                running = self._actions.running_scan(source.id)
                if running is not None:
                    line.follow(running)
            self._lines[source.id].show_source(source)
        self.setVisible(bool(shown))

    def words(self) -> list[str]:
        """What the lines say, in order."""
        return [line.words() for line in self._lines.values()]

    def _began(self, source_id: str, ticket: Ticket) -> None:
        self.refresh()
        if source_id in self._lines:
            self._lines[source_id].follow(ticket)


class _Line(QWidget):
    def __init__(self, source: SourceSettings, actions: SourceActions, theme: Theme) -> None:
        super().__init__()
        self._source = source
        self._actions = actions
        self._scan: Ticket | None = None
        self._since = 0.0
        icon = QLabel(self)
        side = theme.px(22)
        icon.setPixmap(theme.icon(f"source-{source.kind}", "dim", 22).pixmap(side, side))
        self._name = words("", "heading")
        self._state = words("", "note")
        text = QVBoxLayout()
        text.setSpacing(1)
        text.addWidget(self._name)
        text.addWidget(self._state)
        line = row(icon, spacing=12)
        line.addLayout(text, 1)
        self.setLayout(line)

    def words(self) -> str:
        return f"{self._name.text()}: {self._state.text()}"

    def show_source(self, source: SourceSettings) -> None:
        self._source = source
        self._name.setText(source.name)
        if self._scan is None:
            record = self._actions.last_scan(source.id)
            failed = record is not None and record.status is ScanStatus.FAILED
            say(self._state, result_words(record), "problem" if failed else "note")

    def follow(self, ticket: Ticket) -> None:
        if self._scan is ticket:
            return
        self._scan, self._since = ticket, time.monotonic()
        say(self._state, "Waiting for its turn …", "note")
        ticket.progressed.connect(while_there(self, lambda step: self._advance(ticket, step)))
        ticket.ended.connect(while_there(self, lambda: self._end(ticket)))

    def _advance(self, ticket: Ticket, step: Progress) -> None:
        if ticket is self._scan:
            say(self._state, step_words(step, time.monotonic() - self._since), "note")

    def _end(self, ticket: Ticket) -> None:
        if ticket is self._scan:
            self._scan = None
            self.show_source(self._source)
