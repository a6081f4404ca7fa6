"""The form of a Plex server."""

from __future__ import annotations

from PyQt6.QtWidgets import QLineEdit, QWidget

from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, Verdict, row, words
from gui.tabs.configuration.server_form import ServerForm
from library.settings import SourceSettings

WHERE_TO_FIND_IT = (
    "To find the token, open any title in Plex Web, choose “Get Info” from its menu, then “View XML”. The address"
    " of the page that opens ends with X-Plex-Token= and the token. You may paste the whole address here."
)
SHORTEST_TOKEN = 8


class PlexForm(ServerForm):
    """Address and token of a Plex server, the connection test, and the libraries to use.

    When it changes a server, a token that is left empty stays what it is.
    """

    def __init__(
        self, actions: SourceActions, ports: Ports, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(actions, ports, ("plex", "Plex", "http://192.168.1.20:32400"), source, parent)
        hint = "Paste it here" if source is None else "Leave it empty to keep the present one"
        self.token = CheckedField("Token", self._check_token, hint)
        self.token.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self._lay_out()
        self._connect()

    def first_field(self) -> CheckedField:
        """The address; of a server that is there already, the token: it is what ends sooner or later."""
        return self.address if self._source is None else self.token

    def credentials(self) -> tuple[CheckedField, ...]:
        """The token."""
        return (self.token,)

    def typed_credentials(self) -> tuple[str, ...]:
        """The bare token in what was pasted."""
        return (self._ports.clean_token(self.token.value),)

    def secret(self) -> str | None:
        """The token."""
        return self.typed_credentials()[0] or None

    def _lay_out(self) -> None:
        self.body.addWidget(self.address)
        self.body.addLayout(row(self.suggestion, 1))
        self.body.addWidget(self.token)
        self.body.addWidget(words(WHERE_TO_FIND_IT, "note"))
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.chooser)
        self.body.addLayout(row(self.test, self.save, self.cancel, 1))
        self._tab_through(self.address.field, self.suggestion, self.token.field, self.test)

    def _check_token(self, text: str) -> Verdict:
        token = self._ports.clean_token(text)
        if not token:
            return Verdict(False, "The token is missing.") if self._source is None else Verdict(True)
        if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
            return Verdict(False, "This does not look like a token: it is about 20 letters, digits and signs.")
        return Verdict(True)
