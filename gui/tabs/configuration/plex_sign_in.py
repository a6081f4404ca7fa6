"""Signing in with Plex, inside the form of a Plex server: the browser does the talking, and then a server is chosen."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from gui.account_actions import AccountActions, OpenedAccount, ServerAccess
from gui.tabs.configuration.page_link import PageLink
from gui.tabs.configuration.parts import row, say, words
from gui.widgets.buttons import Button, set_look
from gui.worker import Ticket
from library.accounts import AccountServer, CodeShown
from library.errors import AppError
from library.progress import Progress

OFFER = (
    "Plex opens in your browser, you sign in there, and choose your server here. No password is typed into Homereel."
)
OPENED = "Plex is open in your browser. Sign in there; this page goes on by itself."
NOT_OPENED = "No browser could be opened from here. Open this address yourself, on any computer, and sign in there."
NO_SERVER = "is signed in, but this account has no Plex server. Enter the address of one below."


class PlexSignIn(QWidget):
    """From "Sign in with Plex" to a server that answers.

    Signals: ``chosen(ServerAccess)`` when a server of the account answers; ``resized()`` when it takes more or less room.
    """

    chosen = pyqtSignal(object)
    resized = pyqtSignal()

    def __init__(self, accounts: AccountActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._accounts = accounts
        self._ticket: Ticket | None = None
        self._opened: OpenedAccount | None = None
        self._reached_place = -1
        self.sign_in = Button("Sign in with Plex", "primary", self)
        self.offer = words(OFFER, "note")
        self.told = words("", "note")
        self.cancel = Button("Stop waiting", "quiet", self)
        self.servers: list[QRadioButton] = []
        self._group = QButtonGroup(self)
        self.use = Button("Use this server", "primary", self)
        self.again = Button("Sign in again", "link", self)
        self._build()
        self.sign_in.clicked.connect(self.begin)
        self.again.clicked.connect(self.begin)
        self.cancel.clicked.connect(self.give_up)
        self.use.clicked.connect(self._use_checked)
        self._show()

    def _build(self) -> None:
        self.page = PageLink("Address of the page to sign in on", self)
        self.link, self.copy, self.open = self.page.link, self.page.copy, self.page.open
        self.page.opened.connect(lambda opened: self._say(OPENED if opened else NOT_OPENED))
        self.code = words("", "note")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._first = row(self.sign_in, 1)
        layout.addLayout(self._first)
        layout.addWidget(self.offer)
        layout.addWidget(self.told)
        layout.addWidget(self.link)
        layout.addWidget(self.code)
        layout.addLayout(self._list)
        layout.addLayout(row(self.copy, self.open, self.use, self.cancel, self.again, 1))

    def show_signed_in(self, name: str, *beside: Button) -> None:
        """Say that somebody has signed in before; what else can be done goes beside the button to sign in again."""
        self.sign_in.setText("Sign in again")
        self.sign_in.setAccessibleName("Sign in with Plex again")
        set_look(self.sign_in, "look", "")
        for button in beside:
            self._first.insertWidget(self._first.count() - 1, button)
            button.show()
        self._say(f"You are signed in with Plex as {name}." if name else "You are signed in with Plex.")
        self._show()

    # Signing in

    def begin(self) -> None:
        """Ask Plex for a code and open its page."""
        self._clear_servers()
        self._opened = None
        self._say("Asking Plex for a code …")
        ticket = self._follow(self._accounts.sign_in())
        ticket.progressed.connect(lambda step: self._advanced(ticket, step))
        ticket.succeeded.connect(lambda opened: self._signed_in(ticket, opened))

    def give_up(self) -> None:
        """Wait no longer."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()
        self._say("")
        if self._opened is not None and self.servers:
            self._say(self._who_words())
        self._show()

    def _follow(self, ticket: Ticket) -> Ticket:
        if self._ticket is not None:
            self._ticket.cancel()
        self._ticket = ticket
        ticket.failed.connect(lambda error: self._failed(ticket, error))
        self._show()
        return ticket

    def _advanced(self, ticket: Ticket, step: Progress) -> None:
        if ticket is not self._ticket:
            return
        if isinstance(step, CodeShown):
            self.page.take(step)
            self.code.setText(f"The code is {step.code}. It is in the address already.")
            self._show(waiting=True)
            self.page.open_page()
        else:
            self.page.tell_time()

    def _failed(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self._say(str(error), "problem")
            self._show()

    # Choosing a server

    def _signed_in(self, ticket: Ticket, opened: OpenedAccount) -> None:
        if ticket is not self._ticket:
            return
        self._ticket, self._opened = None, opened
        if not opened.servers:
            self._say(f"{opened.who.name or 'The account'} {NO_SERVER}", "problem")
        for server in opened.servers:
            button = QRadioButton(server.words, self)
            self._group.addButton(button)
            button.clicked.connect(lambda: self._show())
            self._list.addWidget(button)
            self.servers.append(button)
        if opened.servers:
            self.servers[0].setChecked(True)
            self._say(self._who_words())
            if len(opened.servers) == 1:
                self._reach(opened.servers[0])
                return
        self._show()
        if self.servers:
            self.servers[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_checked(self) -> None:
        if self._opened is not None:
            self._reach(self._opened.servers[self._checked()])

    def _checked(self) -> int:
        return next((place for place, button in enumerate(self.servers) if button.isChecked()), 0)

    def _reach(self, server: AccountServer) -> None:
        assert self._opened is not None
        self._reached_place = -1
        self._say(f"Looking for the best way to {server.name} …")
        ticket = self._follow(self._accounts.reach(self._opened, server))
        ticket.succeeded.connect(lambda access: self._reached(ticket, access))

    def _reached(self, ticket: Ticket, access: ServerAccess) -> None:
        if ticket is not self._ticket:
            return
        self._ticket, self._reached_place = None, self._checked()
        self._say(f"{self._who_words()} {access.server.name} answers at {access.url}.", "good")
        self._show()
        self.chosen.emit(access)

    def _who_words(self) -> str:
        name = self._opened.who.name if self._opened is not None else ""
        return f"Signed in as {name}." if name else "Signed in."

    def _clear_servers(self) -> None:
        for button in self.servers:
            self._group.removeButton(button)
            self._list.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.servers, self._reached_place = [], -1

    # What is shown

    def _say(self, text: str, look: str = "note") -> None:
        say(self.told, text, look)

    def _show(self, waiting: bool = False) -> None:
        """Show what belongs to the present state: nothing begun, waiting for somebody or something, or signed in."""
        busy, signed_in = self._ticket is not None, bool(self.servers)
        self.sign_in.setVisible(not busy and not signed_in)
        self.offer.setVisible(not busy and not signed_in and not self.told.text())
        self.page.set_visible(busy and waiting)
        self.code.setVisible(busy and waiting)
        for button in self.servers:
            button.setVisible(signed_in)
            button.setEnabled(not busy)
        self.use.setVisible(signed_in and not busy and self._checked() != self._reached_place)
        self.cancel.setVisible(busy)
        self.again.setVisible(signed_in and not busy)
        self.resized.emit()
