"""The second step: who sits in front of it, and who else lives in the home."""

from __future__ import annotations

from functools import partial

from PyQt6.QtWidgets import QWidget

from gui.account_actions import AccountActions
from gui.assistant.step import Step
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.tabs.configuration.home_people import HomePeople
from gui.tabs.configuration.parts import CheckedField, PanelCard, Verdict
from gui.while_there import while_there
from library.settings import Profile, SourceSettings

ME = "local"
LONGEST_NAME = 60


class PeopleStep(Step):
    """A name, and a line for each person of a Plex home that somebody has signed in to."""

    def __init__(
        self,
        actions: SourceActions,
        accounts: AccountActions,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            "You",
            "Who are you?",
            "Everybody in the household has a taste of their own, and nobody's is ever taken for another's.",
            parent,
        )
        self._actions = actions
        self._accounts = accounts
        self._preferences = preferences
        self.homes: dict[str, HomePeople] = {}
        self.name = CheckedField("What shall I call you?", _check_name, "Your name")
        self.name.field.setMaxLength(LONGEST_NAME)
        self.name.field.setText(next((one.name for one in preferences.settings.profiles if one.id == ME), ""))
        self.name.edited.connect(self.changed)
        card = PanelCard()
        card.body.addWidget(self.name)
        self.body.addWidget(card)
        self._others = PanelCard()
        self._others.hide()
        self.body.addWidget(self._others)

    @property
    def answered(self) -> bool:
        """Whether a name is typed."""
        return self.name.usable

    def came(self) -> None:
        """Look whose homes can be asked: a source may have been added meanwhile."""
        for source in self._actions.configured():
            if source.kind == "plex" and source.id not in self.homes:
                ticket = self._accounts.has_account(source)
                ticket.succeeded.connect(while_there(self, partial(self._offer_home, source)))

    def keep(self) -> bool:
        """Keep the name."""
        if self.name.usable:
            self._actions.put_profile(Profile(id=ME, name=self.name.value))
        return True

    def first_widget(self) -> QWidget | None:
        """The name."""
        return self.name.field

    def _offer_home(self, source: SourceSettings, there: bool) -> None:
        if there and source.id not in self.homes:
            home = HomePeople(self._accounts, self._preferences, source)
            home.arrived.connect(self.moved)
            self.homes[source.id] = home
            self._others.body.addWidget(home)
            self._others.show()


def _check_name(text: str) -> Verdict:
    return Verdict(bool("".join(letter for letter in text if letter.isprintable()).strip()))
