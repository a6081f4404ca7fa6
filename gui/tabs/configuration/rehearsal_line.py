"""What of a new server is known already: asked for with a click, before anything is taken over."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.tabs.configuration.parts import row, say, words
from gui.tabs.configuration.source_card import step_words
from gui.while_there import while_there
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.errors import AppError
from library.progress import Progress
from library.rehearsal import Rehearsal


class RehearsalLine(QWidget):
    """A link, and in its place the answer once it was asked for.

    Signals: ``wanted()`` when it is to be found out.
    """

    wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticket: Ticket | None = None
        self.ask = Button("See which of your titles and ratings are there", "link", self)
        self.told = words("", "note")
        self.told.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row(self.ask, 1))
        column.addWidget(self.told)
        self.ask.clicked.connect(lambda: self.wanted.emit())
        self.hide()

    def offer(self, offered: bool) -> None:
        """Offer it, as long as there is a server that answered; what was found out of another one is forgotten."""
        if not offered:
            self.leave()
            say(self.told, "")
            self.ask.setEnabled(True)
        self.setVisible(offered)

    def follow(self, ticket: Ticket) -> None:
        """Show how far it is, and what came of it."""
        self._ticket = ticket
        self.ask.setEnabled(False)
        say(self.told, "Comparing …", "note")
        ticket.progressed.connect(while_there(self, lambda step: self._show(ticket, step)))
        ticket.succeeded.connect(while_there(self, lambda found: self._tell(ticket, found)))
        ticket.failed.connect(while_there(self, lambda error: self._refuse(ticket, error)))

    def leave(self) -> None:
        """Find out nothing any more."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None and not ticket.over:
            ticket.cancel()

    def _show(self, ticket: Ticket, step: Progress) -> None:
        if ticket is self._ticket:
            say(self.told, step_words(step, 0.0), "note")

    def _tell(self, ticket: Ticket, found: Rehearsal) -> None:
        if ticket is self._ticket:
            say(self.told, found.sentence, "good")
            self.ask.setEnabled(True)

    def _refuse(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            say(self.told, str(error), "problem")
            self.ask.setEnabled(True)
