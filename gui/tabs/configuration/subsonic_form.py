"""The form of a Subsonic server: Navidrome and its many relatives."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QWidget

from gui.jobs import Answer
from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, Question, Verdict, row, say, words
from gui.tabs.configuration.server_form import ServerForm
from library.errors import AppError, PasswordOnly
from library.settings import SignIn, SourceSettings

ONLY_KEPT = "Music has no tab of its own yet: songs are read with your stars, ratings and plays, and kept for it."
PORTS = (
    "For Navidrome, Gonic, Nextcloud Music and all that speak Subsonic. Navidrome is at port 4533, Subsonic at 4040."
)
WHAT_IS_SENT = "The password itself is not sent: only something made from it, another one for each request."
WHERE_KEYS_ARE = (
    "You make an API key in the settings of the server, if it has them. It can be taken back there any time."
)
SEND_IT = "Send the password"
DO_NOT = "Do not"
KEEP = "Leave it empty to keep the present one"


class SubsonicForm(ServerForm):
    """Name and password, or an API key; then the connection test, and the libraries to use.

    A server that takes nothing but the password itself gets it only when the person was told what that means and agreed.
    When it changes a server, a password or key that is left empty stays what it is.
    """

    def __init__(
        self, actions: SourceActions, ports: Ports, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(actions, ports, ("subsonic", "Subsonic", "http://192.168.1.20:4533"), source, parent)
        self._agreed_for = source.url if source is not None and source.sign_in == "legacy password" else ""
        self.with_password = QRadioButton("Name and password", self)
        self.with_key = QRadioButton("API key", self)
        self._ways = QButtonGroup(self)
        for button in (self.with_password, self.with_key):
            self._ways.addButton(button)
        self.user = CheckedField("User name", self._check_user, "As you sign in to the server")
        self.password = CheckedField("Password", self._check_secret, "" if source is None else KEEP)
        self.key = CheckedField("API key", self._check_secret, "Paste it here" if source is None else KEEP)
        for field in (self.password, self.key):
            field.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.remark = words("", "note")
        self.asking = Question(self)
        self._start_with(source)
        self._lay_out()
        self._connect()
        self.key.edited.connect(self._edited)
        self.key.field.returnPressed.connect(self._test)
        self.user.edited.connect(self._judge_secret)
        self.with_key.toggled.connect(self._turn)
        self.asking.agreed.connect(self._agree)
        self._turn()

    def first_field(self) -> CheckedField:
        """The address; of a server that is there already, the password or key: it is what changes sooner or later."""
        return self.address if self._source is None else self._secret_field

    def credentials(self) -> tuple[CheckedField, ...]:
        """Name and password, or the key."""
        return (self.key,) if self.with_key.isChecked() else (self.user, self.password)

    def typed_credentials(self) -> tuple[str, ...]:
        """The way, the user and the secret, each empty as long as it is what was kept; a password as it is, spaces and all."""
        kept = self._source
        way = "" if kept is not None and self._key_was_kept() == self.with_key.isChecked() else self._way
        user = (
            "" if self.with_key.isChecked() or (kept is not None and self.user.value == kept.user) else self.user.value
        )
        return way, user, self.secret() or ""

    def secret(self) -> str | None:
        """The password or the key."""
        text = self.key.value if self.with_key.isChecked() else self.password.field.text()
        return text or None

    def described(self, source: SourceSettings) -> SourceSettings:
        """The source with who signs in, and how."""
        user = "" if self.with_key.isChecked() else self.user.value
        return replace(source, user=user, sign_in=self._way)

    @property
    def _way(self) -> SignIn:
        if self.with_key.isChecked():
            return "api key"
        return "legacy password" if self._agreed_for and self._agreed_for == self.url else "password"

    @property
    def _secret_field(self) -> CheckedField:
        return self.key if self.with_key.isChecked() else self.password

    def _key_was_kept(self) -> bool:
        return self._source is not None and self._source.sign_in == "api key"

    def _start_with(self, source: SourceSettings | None) -> None:
        (self.with_key if self._key_was_kept() else self.with_password).setChecked(True)
        if source is not None:
            self.user.field.setText(source.user)

    def _lay_out(self) -> None:
        self.body.addWidget(words(PORTS, "note"))
        self.body.addWidget(words(ONLY_KEPT, "note"))
        self.body.addWidget(self.address)
        self.body.addLayout(row(self.suggestion, 1))
        self.body.addLayout(row(self.with_password, self.with_key, 1, spacing=16))
        for part in (self.user, self.password, self.key, self.remark, self.verdict, self.asking, self.chooser):
            self.body.addWidget(part)
        self.body.addLayout(row(self.test, self.save, self.cancel, 1))
        self._tab_through(
            self.address.field,
            self.suggestion,
            self.with_password,
            self.with_key,
            self.user.field,
            self.password.field,
            self.key.field,
            self.asking.yes,
            self.asking.no,
            self.test,
        )

    # Checking

    def _check_user(self, text: str) -> Verdict:
        return Verdict(True) if text.strip() else Verdict(False, "The name of the user is missing.")

    def _check_secret(self, text: str) -> Verdict:
        """An empty one is fine as long as it stands for the one that is kept."""
        if text or self._stands_for_kept():
            return Verdict(True)
        noun = "API key" if self.with_key.isChecked() else "password"
        return Verdict(False, f"The {noun} is missing.")

    def _stands_for_kept(self) -> bool:
        kept = self._source
        if kept is None or self._key_was_kept() != self.with_key.isChecked():
            return False
        return self.with_key.isChecked() or self.user.value == kept.user

    def _judge_secret(self) -> None:
        """Whether an empty password will do depends on whose it is."""
        if self._source is not None and not self.password.field.text():
            self.password.field.setPlaceholderText(KEEP if self._stands_for_kept() else "")
            self.password.check_now()
            self._edited()

    def _edited(self) -> None:
        if self._tested != self._typed():
            self.asking.hide()
        super()._edited()

    def _turn(self) -> None:
        """Show the fields of the way that is chosen."""
        by_key = self.with_key.isChecked()
        self.key.setVisible(by_key)
        for field in (self.user, self.password):
            field.setVisible(not by_key)
        say(self.remark, WHERE_KEYS_ARE if by_key else self._what_is_sent())
        if self._source is not None and not self._secret_field.field.text():
            self._secret_field.check_now()
        self._edited()

    def _what_is_sent(self) -> str:
        if self._way == "legacy password":
            return "You agreed that this server is sent the password itself, since it takes nothing else."
        return WHAT_IS_SENT

    # The password itself

    def _answered(self, asked: tuple[str, ...], answer: Answer) -> None:
        super()._answered(asked, answer)
        say(self.remark, WHERE_KEYS_ARE if self.with_key.isChecked() else self._what_is_sent())

    def _refused(self, asked: tuple[str, ...], error: AppError) -> None:
        if self._left or asked != self._typed() or not isinstance(error, PasswordOnly):
            super()._refused(asked, error)
            return
        say(self.verdict, "")
        self.asking.ask(f"{error} Send it all the same?", SEND_IT, DO_NOT)

    def _agree(self) -> None:
        """The person was told and agreed: for this address, and no other."""
        self._agreed_for = self.url
        self._turn()
        self._test()
