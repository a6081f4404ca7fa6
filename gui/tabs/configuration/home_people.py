"""The people of a Plex home, to be added to the household: each keeps a taste of their own."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.account_actions import AccountActions, profile_id
from gui.preferences import Preferences
from gui.tabs.configuration.parts import row, say, words
from gui.while_there import while_there
from gui.widgets.buttons import Button
from library.accounts import HomeUser
from library.errors import AppError
from library.settings import Profile, Settings, SourceSettings


class HomePeople(QWidget):
    """Everybody of the home behind a source but the one who signed in, with a button each.

    Signals: ``added(Profile)``; ``arrived()`` when the people are shown, or it is said why there are none.
    """

    added = pyqtSignal(object)
    arrived = pyqtSignal()

    def __init__(
        self,
        accounts: AccountActions,
        preferences: Preferences,
        source: SourceSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._preferences = preferences
        self._source = source
        self.lines: dict[str, PersonLine] = {}
        self.told = words("", "note")
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.told)
        layout.addLayout(self._list)
        preferences.changed.connect(self._mark)
        self.ask()

    def ask(self) -> None:
        """Ask who lives there."""
        say(self.told, f"Asking who else uses {self._source.name} …", "note")
        ticket = self._accounts.home_users(self._source)
        ticket.succeeded.connect(self._show)
        ticket.failed.connect(self._failed)

    def _show(self, users: tuple[HomeUser, ...]) -> None:
        for user in users:
            if user.id not in self.lines:
                line = PersonLine(user)
                line.wanted.connect(lambda pin, line=line: self._add(line, pin))
                self.lines[user.id] = line
                self._list.addWidget(line)
        say(self.told, f"Who else uses {self._source.name}? Each gets a taste of their own." if users else "", "note")
        self._mark(self._preferences.settings)
        self.arrived.emit()

    def _failed(self, error: AppError) -> None:
        say(self.told, str(error), "problem")
        self.arrived.emit()

    def _add(self, line: PersonLine, pin: str) -> None:
        line.wait()
        ticket = self._accounts.add_person(self._source, line.user, pin)
        ticket.succeeded.connect(while_there(self, lambda profile: self._was_added(line, profile)))
        ticket.failed.connect(line.refuse)

    def _was_added(self, line: PersonLine, profile: Profile) -> None:
        line.show_there(True)
        self.added.emit(profile)

    def _mark(self, settings: Settings) -> None:
        there = {profile.id for profile in settings.profiles}
        for line in self.lines.values():
            line.show_there(profile_id(line.user) in there)


class PersonLine(QWidget):
    """One person: the name, the PIN where one is needed, and a button.

    Signals: ``wanted(pin)``.
    """

    wanted = pyqtSignal(str)

    def __init__(self, user: HomeUser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.user = user
        name = QLabel(user.name)
        name.setMinimumWidth(140)
        self.pin = QLineEdit(self)
        self.pin.setPlaceholderText("PIN")
        self.pin.setAccessibleName(f"PIN of {user.name}")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(8)
        self.pin.setFixedWidth(90)
        self.pin.setVisible(user.guarded)
        self.add = Button("Add", "", self)
        self.add.setAccessibleName(f"Add {user.name}")
        self.told = words("", "note")
        line = row(name, self.pin, self.add, spacing=12)
        line.addWidget(self.told, 1)
        self.setLayout(line)
        self.add.clicked.connect(self._want)
        self.pin.returnPressed.connect(self._want)
        self.pin.textChanged.connect(self._refresh)
        self._there = False
        self._refresh()

    def wait(self) -> None:
        """Somebody is asked."""
        self.add.setEnabled(False)
        say(self.told, "Asking Plex …", "note")

    def refuse(self, error: AppError) -> None:
        """It did not work."""
        self.pin.clear()
        say(self.told, str(error), "problem")
        self._refresh()

    def show_there(self, there: bool) -> None:
        """Say whether the person is one of the household."""
        if there:
            self.pin.clear()
            say(self.told, "is here now", "good")
        elif self._there:
            say(self.told, "")
        self._there = there
        self.add.setVisible(not there)
        self.pin.setVisible(self.user.guarded and not there)

    def _want(self) -> None:
        if self.add.isEnabled():
            self.wanted.emit(self.pin.text())

    def _refresh(self) -> None:
        self.add.setEnabled(not self.user.guarded or bool(self.pin.text()))
