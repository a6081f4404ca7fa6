"""The section of the sources: a card for each, and the ways to add one."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.add_source import AddFolderForm, AddPlexForm
from gui.tabs.configuration.parts import Section, row, words
from gui.tabs.configuration.source_card import SourceCard
from gui.theme import Theme
from gui.widgets.buttons import Button


class SourcesSection(Section):
    """Every source as a card; cards stay the same widgets while their source stays, so that focus stays too.

    Signals: ``form_opened()`` when a form to add a source is shown, so that it can be scrolled to.
    """

    form_opened = pyqtSignal()

    def __init__(self, actions: SourceActions, ports: Ports, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Sources", "Where your films and shows come from. They are only read, never changed.", parent)
        self._actions = actions
        self._ports = ports
        self._theme = theme
        self.cards: dict[str, SourceCard] = {}
        self.form: AddPlexForm | AddFolderForm | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._none = words("No source yet. Add one, or try the demo library.", "dim")
        self.add_plex = Button("Add a Plex server", "", self)
        self.add_folder = Button("Add folders", "", self)
        self.use_demo = Button("Use the demo library", "", self)
        self._adding = QWidget(self)
        self._adding.setLayout(row(self.add_plex, self.add_folder, self.use_demo, 1))
        self.body.addLayout(self._list)
        self.body.addWidget(self._none)
        self.body.addWidget(self._adding)
        self.add_plex.clicked.connect(lambda: self.open_form(AddPlexForm(actions, ports)))
        self.add_folder.clicked.connect(lambda: self.open_form(AddFolderForm(actions)))
        self.use_demo.clicked.connect(actions.keep_demo)
        actions.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Bring the cards up to the sources there are."""
        shown = self._actions.shown()
        ids = [source.id for source in shown]
        for source_id in [known for known in self.cards if known not in ids]:
            card = self.cards.pop(source_id)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, source in enumerate(shown):
            card_now = self.cards.get(source.id)
            if card_now is None:
                self.cards[source.id] = card_now = SourceCard(source, self._actions, self._theme)
                self._list.insertWidget(place, card_now)
            else:
                card_now.show_source(source)
        self._none.setVisible(not shown)
        self.use_demo.setVisible(not any(source.kind == "demo" for source in shown))

    def open_form(self, form: AddPlexForm | AddFolderForm) -> None:
        """Show a form in the place of the buttons that open one."""
        self.close_form()
        self.form = form
        form.closed.connect(self.close_form)
        self.body.addWidget(form)
        self._adding.hide()
        (form.address if isinstance(form, AddPlexForm) else form.path).field.setFocus()
        self.form_opened.emit()

    def close_form(self) -> None:
        """Take the form away again."""
        if self.form is not None:
            self.body.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._adding.show()
