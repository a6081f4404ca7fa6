"""How far the program may reach: the master switch, which holds from the next request on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from gui.preferences import Preferences
from gui.tabs.configuration.parts import PanelCard, Section, row, words
from gui.widgets.buttons import Button
from library.errors import AppError
from library.settings import Settings

REACHES = (
    ("all", "What I set up here", "Your servers, and the sites that you allowed. Nothing else is ever asked."),
    ("home", "Only my own network", "Your servers at home. Nothing on the internet is asked for anything."),
    ("none", "Nothing at all", "Folders and servers of this computer. No other computer is asked for anything."),
)


class ReachChoice(QWidget):
    """The three choices side by side, and what the chosen one means.

    Signals: ``chosen(str)`` with the reach that the user wants.
    """

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        self._meaning = words("", "note")
        for value, name, sentence in REACHES:
            button = QRadioButton(name, self)
            button.setAccessibleDescription(sentence)
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))
            self.choices[value] = button
            self._group.addButton(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row(*self.choices.values(), 1, spacing=24))
        column.addWidget(self._meaning)
        self.show_reach("all")

    def show_reach(self, reach: str) -> None:
        """Show what holds."""
        self.choices[reach].setChecked(True)
        self._meaning.setText(next(sentence for value, _, sentence in REACHES if value == reach))

    @property
    def meaning(self) -> str:
        """What the chosen one means, as it is said below."""
        return self._meaning.text()


class NetworkSection(Section):
    """The master switch, and the way to the list of everybody who was contacted.

    Signals: ``went_wrong(AppError)``; ``page_wanted()`` to see that list.
    """

    went_wrong = pyqtSignal(object)
    page_wanted = pyqtSignal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("Network", "How far Homereel may reach. It holds at once, for everything it does.", parent)
        self._preferences = preferences
        self.reach = ReachChoice()
        self.see = Button("See who was contacted", "link", self)
        card = PanelCard()
        card.body.addWidget(self.reach)
        card.body.addLayout(row(self.see, 1))
        self.body.addWidget(card)
        self.reach.chosen.connect(self._choose)
        self.see.clicked.connect(lambda: self.page_wanted.emit())
        preferences.changed.connect(self.refresh)
        self.refresh(preferences.settings)

    def refresh(self, settings: Settings) -> None:
        """Show what is configured."""
        self.reach.show_reach(settings.network.reach)

    def _choose(self, reach: Any) -> None:
        try:
            self._preferences.change(network=replace(self._preferences.settings.network, reach=reach))
        except AppError as error:
            self.refresh(self._preferences.settings)
            self.went_wrong.emit(error)
