"""The third step: how far Homereel may reach, and which catalogues it may ask about titles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from gui.assistant.step import Step
from gui.preferences import Preferences
from gui.tabs.configuration.catalog_keys import CatalogKeys
from gui.tabs.configuration.parts import PanelCard, say, words
from library.errors import AppError
from library.settings import Settings

REACHES = (
    ("all", "What I set up here", "Your servers, and the sites that you allow: Plex's sign-in, the catalogues below."),
    ("home", "Only my own network", "Your servers at home. Nothing on the internet is asked for anything."),
    ("none", "Nothing at all", "Only folders of this computer. Servers are not read until you change this."),
)
WRITING = {
    False: (
        "Writing is off",
        "Homereel only reads. It writes nothing to your servers, no rating and no watched mark, until you switch that on in"
        " Configuration; every write can then be taken back.",
    ),
    True: (
        "Writing is on",
        "You allowed Homereel to write to your servers. What it wrote stands in Logs, where each write can be taken back;"
        " Configuration has the switch.",
    ),
}


class ReachStep(Step):
    """Radio buttons for the reach; the keys of the catalogues; a word about writing. Each choice holds at once."""

    def __init__(self, preferences: Preferences, catalogs: CatalogKeys, parent: QWidget | None = None) -> None:
        super().__init__(
            "The network",
            "What may I look up?",
            "Of a title, catalogues learn name and year. Every computer that is contacted stands in Logs, with the reason.",
            parent,
        )
        self._preferences = preferences
        self._group = QButtonGroup(self)
        self.reaches: dict[str, QRadioButton] = {}
        self.told = words("", "problem")
        self.told.hide()
        self.body.addWidget(self._reach_card())
        self.catalogs = catalogs
        self.body.addWidget(catalogs)
        writing = PanelCard()
        self.writing = words("", "heading")
        self._writing_note = words("", "note")
        writing.body.addWidget(self.writing)
        writing.body.addWidget(self._writing_note)
        self.body.addWidget(writing)
        preferences.changed.connect(self._show)
        self._show(preferences.settings)

    def first_widget(self) -> QWidget | None:
        """The reach that is chosen."""
        return self.reaches[self._preferences.settings.network.reach]

    def _reach_card(self) -> PanelCard:
        card = PanelCard()
        card.body.addWidget(words("How far may Homereel reach?", "heading"))
        for value, name, sentence in REACHES:
            button = QRadioButton(name, card)
            button.setAccessibleDescription(sentence)
            note = words(sentence, "note")
            holder = QVBoxLayout()
            holder.setContentsMargins(30, 0, 0, 4)
            holder.addWidget(note)
            card.body.addWidget(button)
            card.body.addLayout(holder)
            self._group.addButton(button)
            self.reaches[value] = button
            button.clicked.connect(lambda _=False, value=value: self._choose(value))
        card.body.setSpacing(2)
        card.body.addWidget(self.told)
        return card

    def _show(self, settings: Settings) -> None:
        self.reaches[settings.network.reach].setChecked(True)
        heading, note = WRITING[settings.writing.allowed]
        self.writing.setText(heading)
        self._writing_note.setText(note)

    def _choose(self, value: Any) -> None:
        try:
            self._preferences.change(network=replace(self._preferences.settings.network, reach=value))
        except AppError as error:
            self._show(self._preferences.settings)
            say(self.told, str(error), "problem")
