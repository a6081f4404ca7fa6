"""Looking around in the local network for media servers: asked first, three seconds long, and nothing is done with the answer."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.account_actions import AccountActions
from gui.assistant.choices import ChoiceButton
from gui.tabs.configuration.parts import PanelCard, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.accounts import FoundServer, ServersFound
from library.errors import AppError
from library.progress import Progress

ASK = (
    "Homereel calls into your own network once and listens for three seconds; Plex and Jellyfin servers answer to that."
    " Nothing leaves your network, and no server is asked for anything until you choose it."
)
NOBODY = (
    "Nothing answered. Servers in another part of the network, or in a container, may not hear such a call: enter the"
    " address yourself then."
)
KINDS = {"plex": "Plex", "jellyfin": "Jellyfin", "subsonic": "Subsonic"}


class LookAround(PanelCard):
    """The question, the looking, and what answered.

    Signals: ``chosen(FoundServer)``; ``closed()`` when it is not wanted after all.
    """

    chosen = pyqtSignal(object)
    closed = pyqtSignal()

    def __init__(self, accounts: AccountActions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._theme = theme
        self._ticket: Ticket | None = None
        self.results: dict[tuple[str, str], ChoiceButton] = {}
        self.told = words(ASK)
        self.look = Button("Look around", "primary", self)
        self.no = Button("Not now", "quiet", self)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.body.addWidget(words("Look around in your network?", "heading"))
        self.body.addWidget(self.told)
        self.body.addLayout(self._list)
        self.body.addLayout(row(self.look, self.no, 1))
        self.look.clicked.connect(self.begin)
        self.no.clicked.connect(self._leave)

    def begin(self) -> None:
        """Look."""
        self._clear()
        say(self.told, "Listening …", "dim")
        self.look.setEnabled(False)
        self._ticket = ticket = self._accounts.look_around()
        ticket.progressed.connect(lambda step: self._heard(ticket, step))
        ticket.succeeded.connect(lambda found: self._ended(ticket, found))
        ticket.failed.connect(lambda error: self._failed(ticket, error))

    def stop(self) -> None:
        """Look no longer."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()
        self.look.setEnabled(True)

    def _leave(self) -> None:
        self.stop()
        self.closed.emit()

    def _heard(self, ticket: Ticket, step: Progress) -> None:
        if ticket is self._ticket and isinstance(step, ServersFound):
            self._show(step.servers)

    def _ended(self, ticket: Ticket, found: tuple[FoundServer, ...]) -> None:
        if ticket is not self._ticket:
            return
        self._show(found)
        say(self.told, "Choose the one that is yours." if found else NOBODY, "dim")
        self._over()

    def _failed(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            say(self.told, str(error), "problem")
            self._over()

    def _over(self) -> None:
        self._ticket = None
        self.look.setText("Look again")
        self.no.setText("Back")
        self.look.setEnabled(True)

    def _show(self, servers: tuple[FoundServer, ...]) -> None:
        """Add those that are not there yet; what is there stays where it is, for it may be about to be pressed."""
        for server in servers:
            key = (server.kind, server.url)
            if key not in self.results:
                button = ChoiceButton(
                    self._theme, f"source-{server.kind}", server.name, f"{KINDS[server.kind]} at {server.url}"
                )
                button.clicked.connect(lambda _=False, server=server: self._choose(server))
                self.results[key] = button
                self._list.addWidget(button)

    def _choose(self, server: FoundServer) -> None:
        self.stop()
        self.chosen.emit(server)

    def _clear(self) -> None:
        for button in self.results.values():
            self._list.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.results = {}
