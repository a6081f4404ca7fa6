"""The section of the sources: a card for each, and the ways to add one."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from gui.ports import Ports
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.tabs.configuration.folder_form import FolderForm
from gui.tabs.configuration.jellyfin_form import JellyfinForm
from gui.tabs.configuration.parts import Section, row, words
from gui.tabs.configuration.plex_form import PlexForm
from gui.tabs.configuration.source_card import SourceCard
from gui.tabs.configuration.source_form import SourceForm
from gui.tabs.configuration.subsonic_form import SubsonicForm
from gui.theme import Theme
from gui.widgets.buttons import Button
from library.settings import ScanSettings, Settings, SourceKind, SourceSettings

HOURS = ((6, "every six hours"), (24, "every day"), (168, "every week"), (0, "only when I ask"))


def form_of(kind: SourceKind, actions: SourceActions, ports: Ports, source: SourceSettings | None = None) -> SourceForm:
    """The form of a kind of source: to change ``source``, or to add one."""
    if kind == "plex":
        return PlexForm(actions, ports, source)
    if kind == "jellyfin":
        return JellyfinForm(actions, ports, source)
    if kind == "subsonic":
        return SubsonicForm(actions, ports, source)
    return FolderForm(actions, source)


class HowOften(QWidget):
    """How often the sources are looked through again without being asked."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("How often the sources are looked through for changes")
        for hours, name in HOURS:
            self.choice.addItem(name, hours)
        self.setLayout(row(words("Look for what is new", "dim", wrap=False), self.choice, 1))
        self.choice.activated.connect(self._choose)
        preferences.changed.connect(self._show)
        self._show(preferences.settings)

    def _show(self, settings: Settings) -> None:
        place = self.choice.findData(settings.scanning.every_hours)
        if place < 0:
            place = self.choice.count()
            self.choice.addItem(f"every {settings.scanning.every_hours} hours", settings.scanning.every_hours)
        self.choice.setCurrentIndex(place)

    def _choose(self) -> None:
        self._preferences.change(scanning=ScanSettings(int(self.choice.currentData())))


class SourcesSection(Section):
    """Every source as a card; cards stay the same widgets while their source stays, so that focus stays too.

    One form is open at a time: at the end of the list to add a source, or in the place of a card to change its source.

    Signals: ``form_opened()`` when a form is shown, so that it can be scrolled to; ``pairs_wanted()`` to look at titles that
    may be the same; ``assistant_wanted()`` when the assistant of the first start is to be shown again.
    """

    form_opened = pyqtSignal()
    pairs_wanted = pyqtSignal()
    assistant_wanted = pyqtSignal()

    def __init__(
        self,
        actions: SourceActions,
        ports: Ports,
        theme: Theme,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            "Sources",
            "Where your films, shows and music come from. They are only read, unless you allow writing.",
            parent,
        )
        self._actions = actions
        self._ports = ports
        self._theme = theme
        self.cards: dict[str, SourceCard] = {}
        self.form: SourceForm | None = None
        self._edited: SourceCard | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._none = words("No source yet. Add one, or try the demo library.", "dim")
        self.add_plex = Button("Add a Plex server", "", self)
        self.add_jellyfin = Button("Add a Jellyfin server", "", self)
        self.add_subsonic = Button("Add a Subsonic server", "", self)
        self.add_folder = Button("Add folders", "", self)
        self.use_demo = Button("Use the demo library", "", self)
        self._adding = QWidget(self)
        adding = QVBoxLayout(self._adding)
        adding.setContentsMargins(0, 0, 0, 0)
        adding.setSpacing(8)
        adding.addLayout(row(self.add_plex, self.add_jellyfin, self.add_subsonic, 1))
        adding.addLayout(row(self.add_folder, self.use_demo, 1))
        self.body.addLayout(self._list)
        self.body.addWidget(self._none)
        self.body.addWidget(self._adding)
        self.assistant = Button("Start the assistant again", "link", self)
        self.assistant.clicked.connect(lambda: self.assistant_wanted.emit())
        self.add_plex.clicked.connect(lambda: self.open_form(form_of("plex", actions, ports)))
        self.add_jellyfin.clicked.connect(lambda: self.open_form(form_of("jellyfin", actions, ports)))
        self.add_subsonic.clicked.connect(lambda: self.open_form(form_of("subsonic", actions, ports)))
        self.add_folder.clicked.connect(lambda: self.open_form(form_of("folder", actions, ports)))
        self.use_demo.clicked.connect(actions.keep_demo)
        self.pairs = Button("", "link", self)
        self.pairs.clicked.connect(self.pairs_wanted)
        self.body.addLayout(row(self.assistant, self.pairs, 1))
        self.show_pairs(0)
        self.often = HowOften(preferences)
        self.body.addWidget(self.often)
        actions.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Bring the cards up to the sources there are."""
        shown = self._actions.shown()
        ids = [source.id for source in shown]
        for source_id in [known for known in self.cards if known not in ids]:
            card = self.cards.pop(source_id)
            if card is self._edited:
                self.close_form()
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, source in enumerate(shown):
            card_now = self.cards.get(source.id)
            if card_now is None:
                card_now = self._make_card(source)
                before = self.cards[shown[place - 1].id] if place else None
                self._list.insertWidget(self._list.indexOf(before) + 1 if before else 0, card_now)
            else:
                card_now.show_source(source)
        self._none.setVisible(not shown)
        self.use_demo.setVisible(not any(source.kind == "demo" for source in shown))

    def show_pairs(self, number: int, together: int = 0) -> None:
        """Say how many pairs of titles wait for an answer whether they are the same; ``together`` were put together."""
        pairs = "One pair of titles may be the same" if number == 1 else f"{number:,} pairs of titles may be the same"
        self.pairs.setText(f"{pairs}: look at them" if number else "Titles that were put together")
        self.pairs.setAccessibleName(self.pairs.text())
        self.pairs.setVisible(bool(number or together))

    def open_form(self, form: SourceForm) -> None:
        """Show a form to add a source, in the place of the buttons that open one."""
        self.close_form()
        self.body.addWidget(form)
        self._adding.hide()
        self._show(form)

    def edit(self, card: SourceCard) -> None:
        """Show the form of a source in the place of its card."""
        self.close_form()
        form = form_of(card.source.kind, self._actions, self._ports, card.source)
        self._edited = card
        self._list.insertWidget(self._list.indexOf(card), form)
        card.hide()
        self._show(form)

    def close_form(self) -> None:
        """Take the form away again."""
        form, self.form = self.form, None
        if form is not None:
            form.leave()
            for layout in (self.body, self._list):
                layout.removeWidget(form)
            form.hide()
            form.deleteLater()
        card, self._edited = self._edited, None
        if card is not None:
            card.show()
            card.edit.setFocus()
        self._adding.show()

    def _show(self, form: SourceForm) -> None:
        self.form = form
        form.closed.connect(self.close_form)
        form.show()
        form.first_field().field.setFocus()
        self.form_opened.emit()

    def _make_card(self, source: SourceSettings) -> SourceCard:
        card = SourceCard(source, self._actions, self._theme)
        card.edit_wanted.connect(lambda: self.edit(card))
        self.cards[source.id] = card
        return card
