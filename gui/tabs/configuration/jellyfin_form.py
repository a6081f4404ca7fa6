"""The form of a Jellyfin server."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QLineEdit, QWidget

from gui.jobs import Answer
from gui.ports import Ports
from gui.sign_in_jobs import SignedInAnswer, sign_in_and_ask, sign_out
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, Verdict, row, words
from gui.tabs.configuration.quick_connect import QuickConnect
from gui.tabs.configuration.server_form import ServerForm
from gui.worker import Ticket
from library.accounts import SignedIn
from library.errors import AppError, ProviderUntrusted
from library.settings import SourceSettings

WHAT_IS_KEPT = (
    "Homereel signs in once, as you, and keeps what the server gives it for that: never the password. It sees what you see,"
    " and your own ratings. An API key will not do, since it belongs to nobody."
)


class JellyfinForm(ServerForm):
    """A user with a password, or Quick Connect; then the connection test, and the libraries to use.

    When it changes a server, the sign-in stays what it is as long as neither another user nor a password is typed. A sign-in
    that was only tried out is ended again.
    """

    def __init__(
        self, actions: SourceActions, ports: Ports, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(actions, ports, ("jellyfin", "Jellyfin", "http://192.168.1.20:8096"), source, parent)
        self._who: SignedIn | None = None
        self._kept = False
        self._by_code = False
        self.user = CheckedField("User name", _check_user, "As you sign in to Jellyfin")
        hint = "May be empty, if yours is" if source is None else "Leave it empty to keep the present sign-in"
        self.password = CheckedField("Password", lambda _: Verdict(True), hint)
        self.password.field.setEchoMode(QLineEdit.EchoMode.Password)
        if source is not None:
            self.user.field.setText(source.user)
        self.quick = QuickConnect(self._ask_for_code)
        self.test.setText("Sign in and test")
        self._lay_out()
        self._connect()
        self.quick.signed_in.connect(self._signed_in_by_code)
        self.quick.refused.connect(self._code_refused)

    def first_field(self) -> CheckedField:
        """The address; of a server that is there already, the password: it is what changes sooner or later."""
        return self.address if self._source is None else self.password

    def credentials(self) -> tuple[CheckedField, ...]:
        """User and password."""
        return (self.user, self.password)

    def typed_credentials(self) -> tuple[str, ...]:
        """The user, unless it is the one that is signed in already, and the password as it is, spaces and all."""
        same = self._source is not None and self.user.value == self._source.user
        return ("" if same else self.user.value, self.password.field.text())

    def secret(self) -> str | None:
        """What the server gave for signing in."""
        answer = self._answer
        return answer.who.token if isinstance(answer, SignedInAnswer) else None

    def described(self, source: SourceSettings) -> SourceSettings:
        """The source with whom the server knows this person as."""
        if isinstance(self._answer, SignedInAnswer):
            who = self._answer.who
            return replace(source, user=who.name, account=who.id, sign_in="password")
        return replace(source, user=self.user.value)

    def ask(self) -> Ticket:
        """Sign in and ask; with the present sign-in when nothing else was typed."""
        self._by_code = False
        if self._source is not None and not any(self.typed_credentials()):
            return super().ask()
        source = self._source_now(self.usual_name)
        return self._actions.wait_for(
            f"Signing in to {source.name}", sign_in_and_ask(self._ports, source, self.password.field.text())
        )

    def leave(self) -> None:
        """Wait for nobody any more, and end a sign-in that is not needed."""
        super().leave()
        self.quick.give_up()
        if not self._kept:
            self._drop(self._who)

    def _lay_out(self) -> None:
        self.body.addWidget(self.address)
        self.body.addLayout(row(self.suggestion, 1))
        self.body.addWidget(self.user)
        self.body.addWidget(self.password)
        self.body.addWidget(words(WHAT_IS_KEPT, "note"))
        self.body.addWidget(self.quick)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.chooser)
        self.body.addLayout(row(self.test, self.save, self.cancel, 1))
        self._tab_through(
            self.address.field,
            self.suggestion,
            self.user.field,
            self.password.field,
            self.quick.begin,
            self.quick.open,
            self.quick.cancel,
            self.test,
        )

    def _edited(self) -> None:
        super()._edited()
        self.quick.begin.setEnabled(self.address.usable)

    # Signing in

    def _code_refused(self, error: AppError) -> None:
        """A certificate that nobody vouches for is asked about as after a test, and then the code is asked for again."""
        if isinstance(error, ProviderUntrusted):
            self._by_code = True
            self._refused(self._typed(), error)

    def _trust(self, fingerprint: str) -> None:
        if not self._by_code:
            super()._trust(fingerprint)
            return
        self._by_code = False
        self._trusted = (self.url, fingerprint)
        self.quick.start()

    def _ask_for_code(self) -> Ticket:
        source = self._source_now(self.usual_name)
        return self._actions.wait_for(f"Signing in to {source.name}", sign_in_and_ask(self._ports, source, None))

    def _signed_in_by_code(self, answer: SignedInAnswer) -> None:
        """Take over who typed the code in, as if that had been typed here."""
        if not self._left:
            self.user.field.setText(answer.who.name)
            self.password.field.clear()
        self._answered(self._typed(), answer)

    def _answered(self, asked: tuple[str, ...], answer: Answer) -> None:
        super()._answered(asked, answer)
        if not isinstance(answer, SignedInAnswer):
            return
        if self._answer is not answer:
            self._drop(answer.who)  # something else was typed since, or it is another server
            return
        self._drop(self._who)
        self._who = answer.who

    def _drop(self, who: SignedIn | None) -> None:
        """End a sign-in that is of no use."""
        if who is not None and self._ports.check_url(self.url, self.kind).url:
            self._actions.wait_for("Signing out", sign_out(self._ports, self._source_now(self.usual_name), who))

    def _keep(self, source: SourceSettings, token: str | None = None) -> None:
        self._kept = token is not None
        super()._keep(source, token)


def _check_user(text: str) -> Verdict:
    return Verdict(True) if text.strip() else Verdict(False, "The name of the user is missing.")
