"""The page that asks for a playlist or a collection: on which server, under which name, and what if that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import CheckedField, PanelCard, Verdict, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.scroll_area import narrow
from library.settings import SourceSettings
from library.write_plans import Clash
from library.write_states import several
from library.writing import ServerList, WriteKind

WIDEST = 640
MOST_LISTED = 60
CLASHES: tuple[tuple[Clash, str], ...] = (
    ("append", "Add to it"),
    ("replace", "Replace what is in it"),
    ("another", "Make another one of the same name"),
)


@dataclass(frozen=True, slots=True)
class ListChosen:
    """What was chosen.

    :param there: the key of the list of that name, when there is one and it is meant.
    """

    source: SourceSettings
    name: str
    there: str = ""
    clash: Clash = "another"


class ListChoice(LaidPage):
    """A server, a name, and the lists that are there.

    Signals: ``lists_wanted(SourceSettings)`` for what is on a server; ``chosen(ListChosen)``.
    """

    lists_wanted = pyqtSignal(object)
    chosen = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Save as a playlist", parent)
        self._kind = WriteKind.PLAYLIST
        self._source: SourceSettings | None = None
        self._there: dict[str, ServerList] = {}
        self._about = words("", "dim")
        self._servers, self._server_group = QVBoxLayout(), QButtonGroup(self)
        self.servers: list[QRadioButton] = []
        self.name = CheckedField("Name", _verdict)
        self._clash_group = QButtonGroup(self)
        self.clashes: dict[Clash, QRadioButton] = {}
        self._clash_words = words("", "note")
        self._clash_box = QWidget(self)
        self._status = words("", "note")
        self._lists = QVBoxLayout()
        self.lists: list[Button] = []
        self.go_on = Button("Show what would be written", "primary", self)
        self._arrange()
        self.name.edited.connect(self._name_changed)
        self.name.field.returnPressed.connect(self.go_on.click)
        self.go_on.clicked.connect(self._choose)

    def ask(self, kind: WriteKind, sources: Sequence[SourceSettings], name: str, about: str) -> None:
        """Ask anew.

        :param about: what goes into the list, and what is to be known about it.
        """
        self._kind = kind
        self.set_heading("Save as a playlist" if kind is WriteKind.PLAYLIST else "Add to a collection")
        say(self._about, about, "dim")
        for button in self.servers:
            self._server_group.removeButton(button)
            button.hide()
            button.deleteLater()
        self.servers.clear()
        for source in sources:
            button = QRadioButton(source.name, self)
            self._server_group.addButton(button)
            self.servers.append(button)
            self._servers.addLayout(row(button, 1))
            button.setVisible(len(sources) > 1)
            button.clicked.connect(lambda _on, source=source: self._choose_source(source))
        self.name.field.setText(name)
        if sources:
            self.servers[0].setChecked(True)
            self._choose_source(sources[0])

    def show_lists(self, source: SourceSettings, lists: Sequence[ServerList]) -> None:
        """Show what is there, if that server is still meant."""
        if source != self._source:
            return
        self._there = {found.title.casefold(): found for found in reversed(lists)}
        noun = "playlist" if self._kind is WriteKind.PLAYLIST else "collection"
        say(self._status, f"On {source.name} now:" if lists else f"There is no {noun} on {source.name} yet.", "section")
        for found in lists[:MOST_LISTED]:
            size = f", {several(found.size, 'title')}" if found.size is not None else ""
            button = Button(f"{found.title}{size}".replace("&", "&&"), "quiet", self)
            button.clicked.connect(lambda _on, title=found.title: self.name.field.setText(title))
            self.lists.append(button)
            self._lists.addLayout(row(button, 1))
        self._name_changed()

    def show_problem(self, source: SourceSettings, sentence: str) -> None:
        """Say why it is not known what is there."""
        if source == self._source:
            say(self._status, sentence, "problem")

    @property
    def kind(self) -> WriteKind:
        """Playlists or collections."""
        return self._kind

    def take_focus(self) -> None:
        """The name."""
        self.name.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.field.selectAll()

    def clash_words(self) -> str:
        """What is said about a name that is there already; empty for nothing."""
        return "" if self._clash_box.isHidden() else self._clash_words.text()

    def _choose_source(self, source: SourceSettings) -> None:
        self._source, self._there = source, {}
        for button in self.lists:
            button.hide()
            button.deleteLater()
        self.lists.clear()
        say(self._status, f"{source.name} is asked what is there…", "note")
        self._name_changed()
        self.lists_wanted.emit(source)

    def _name_changed(self) -> None:
        there = self._there.get(self.name.value.casefold())
        self._clash_box.setVisible(there is not None)
        if there is not None:
            adds = self._kind is WriteKind.COLLECTION
            noun = "collection" if adds else "playlist"
            end = " It is added to that one." if adds else ""
            self._clash_words.setText(f"There is a {noun} of this name already.{end}")
            for button in self.clashes.values():
                button.setVisible(not adds)
        self.go_on.setEnabled(self.name.usable and self._source is not None)

    def _choose(self) -> None:
        if self._source is None or not self.name.usable:
            return
        there = self._there.get(self.name.value.casefold())
        clash = next((name for name, button in self.clashes.items() if button.isChecked()), "append")
        key = there.key if there is not None and clash != "another" else ""
        name = there.title if there is not None else self.name.value
        self.closed.emit()
        self.chosen.emit(ListChosen(self._source, name, key, clash if key else "another"))

    def _arrange(self) -> None:
        card = PanelCard()
        card.body.addWidget(self._about)
        card.body.addLayout(self._servers)
        card.body.addWidget(self.name)
        clash = QVBoxLayout(self._clash_box)
        clash.setContentsMargins(0, 0, 0, 0)
        clash.setSpacing(4)
        clash.addWidget(self._clash_words)
        for name, text in CLASHES:
            button = QRadioButton(text, self)
            self.clashes[name] = button
            self._clash_group.addButton(button)
            clash.addLayout(row(button, 1))
        self.clashes["append"].setChecked(True)
        card.body.addWidget(self._clash_box)
        card.body.addLayout(row(self.go_on, 1))
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 8, 24, 24)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(self._status)
        self._lists.setSpacing(2)
        column.addLayout(self._lists)
        column.addStretch(1)
        self.set_body(narrow(inner, self._theme.px(WIDEST)))


def _verdict(text: str) -> Verdict:
    return Verdict(True) if text.strip() else Verdict(False, "It needs a name.")
