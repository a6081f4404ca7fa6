"""The form of a Plex server."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui.account_actions import AccountActions, ServerAccess
from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.home_people import HomePeople
from gui.tabs.configuration.parts import CheckedField, Question, Verdict, row, say, words
from gui.tabs.configuration.plex_sign_in import PlexSignIn
from gui.tabs.configuration.server_form import ServerForm
from gui.while_there import while_there
from gui.widgets.buttons import Button
from library.settings import SourceSettings

OR_TYPE = "Or enter its address and a token"
WHERE_TO_FIND_IT = (
    "To find the token, open any title in Plex Web, choose “Get Info” from its menu, then “View XML”. The address"
    " of the page that opens ends with X-Plex-Token= and the token. You may paste the whole address here."
)
SHORTEST_TOKEN = 8


class PlexForm(ServerForm):
    """A sign-in in the browser, or address and token; then the connection test, and the libraries to use.

    When it changes a server, a token that is left empty stays what it is.
    """

    def __init__(
        self, actions: SourceActions, ports: Ports, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(actions, ports, ("plex", "Plex", "http://192.168.1.20:32400"), source, parent)
        hint = "Paste it here" if source is None else "Leave it empty to keep the present one"
        self.token = CheckedField("Token", self._check_token, hint)
        self.token.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self._accounts = AccountActions(ports, actions)
        self._access: ServerAccess | None = None
        self.plex = PlexSignIn(self._accounts)
        self.sign_out = Button("Sign out", "quiet", self)
        self.sign_out.hide()
        self.signing_out = Question(self)
        self.people: HomePeople | None = None
        self._home = QVBoxLayout()
        self._lay_out()
        self._connect()
        self.plex.chosen.connect(self._use)
        self.sign_out.clicked.connect(self._ask_to_sign_out)
        self.signing_out.agreed.connect(self._sign_out)
        if source is not None:
            self._accounts.has_account(source).succeeded.connect(self._offer_sign_out)

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

    def described(self, source: SourceSettings) -> SourceSettings:
        """The source with whose account it is, when somebody signed in for this very server."""
        access = self._signed_in()
        if access is None:
            return source
        return replace(source, user=access.who.name, account=access.server.account_id, sign_in="token")

    def leave(self) -> None:
        """Wait for nobody any more."""
        self.plex.give_up()
        super().leave()

    def _keep(self, source: SourceSettings, token: str | None = None) -> None:
        access = self._signed_in()
        if access is not None:
            ticket = self._accounts.keep(source, access.who)
            ticket.failed.connect(self._actions.went_wrong)
        super()._keep(source, token)

    def _lay_out(self) -> None:
        self.body.addWidget(self.plex)
        self.body.addWidget(self.signing_out)
        self.body.addLayout(self._home)
        self.body.addWidget(words(OR_TYPE, "section"))
        self.body.addWidget(self.address)
        self.body.addLayout(row(self.suggestion, 1))
        self.body.addWidget(self.token)
        self.body.addWidget(words(WHERE_TO_FIND_IT, "note"))
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.chooser)
        self.body.addLayout(row(self.test, self.save, self.cancel, 1))
        self._tab_through(self.plex.sign_in, self.address.field, self.suggestion, self.token.field, self.test)

    def _check_token(self, text: str) -> Verdict:
        token = self._ports.clean_token(text)
        if not token:
            return Verdict(False, "The token is missing.") if self._source is None else Verdict(True)
        if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
            return Verdict(False, "This does not look like a token: it is about 20 letters, digits and signs.")
        return Verdict(True)

    # The account

    def _use(self, access: ServerAccess) -> None:
        """Take the server that was chosen as if it had been typed, and test it."""
        self._access = access
        self.address.field.setText(access.url)
        self.token.field.setText(access.token)
        self._test()

    def _signed_in(self) -> ServerAccess | None:
        """The sign-in that what stands in the fields came from; ``None`` when something else was typed since."""
        access = self._access
        same = access is not None and (self.url, *self.typed_credentials()) == (access.url, access.token)
        return access if same else None

    def _offer_sign_out(self, there: bool) -> None:
        if there and not self._left and self._source is not None:
            self.plex.show_signed_in(self._source.user, self.sign_out)
            self.people = HomePeople(self._accounts, self._actions.preferences, self._source)
            self._home.addWidget(self.people)

    def _ask_to_sign_out(self) -> None:
        self.signing_out.ask(
            "Sign out of Plex? Homereel then has no access to this server until you sign in again, or enter a token. Your"
            " titles and ratings stay.",
            "Sign out",
            "Stay signed in",
        )

    def _sign_out(self) -> None:
        assert self._source is not None
        ticket = self._accounts.sign_out(self._source)
        ticket.succeeded.connect(self._signed_out)
        ticket.failed.connect(while_there(self, lambda error: say(self.verdict, str(error), "problem")))

    def _signed_out(self, problem: str) -> None:
        if self._left:
            return
        self.sign_out.hide()
        said = (
            "You are signed out."
            if not problem
            else f"The sign-in is forgotten here. Plex itself was not told: {problem}"
        )
        say(self.plex.told, said, "note")
