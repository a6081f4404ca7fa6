"""The page on which a person says which title of a catalogue a title of the library is.

It knows no store and no catalogue: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QIntValidator
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import PanelCard, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.scroll_area import ScrollArea
from library.items import Item
from library.sources import Match, Metadata

WIDEST = 900
MOST_OVERVIEW = 220


class MatchPage(LaidPage):
    """What the title was taken for, a search, and what the search found.

    Signals: ``search_wanted(str, str, object)`` with the catalogue, the words and the year (or ``None``);
    ``chosen(str, str)`` with the catalogue and a key of it, which is empty for "none of these".
    """

    search_wanted = pyqtSignal(str, str, object)
    chosen = pyqtSignal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Which title is it?", parent)
        self.title = words("", "title")
        self.taken = words("", "dim")
        self.catalog = QComboBox()
        self.catalog.setAccessibleName("Catalogue")
        self.field = QLineEdit()
        self.field.setAccessibleName("Title to look for")
        self.field.setPlaceholderText("Title")
        self.year = QLineEdit()
        self.year.setAccessibleName("Year")
        self.year.setPlaceholderText("Year")
        self.year.setValidator(QIntValidator(1870, 2100, self.year))
        self.year.setFixedWidth(90)
        self.search = Button("Search", "primary")
        self.none = Button("None of these")
        self.none.setToolTip("The catalogue does not have it: nothing of it is shown, and it is not asked again.")
        self.told = words("", "dim")
        self.choices: list[Button] = []
        self._found = QVBoxLayout()
        self._found.setSpacing(10)
        self._taken_key = ""
        self._scroll = ScrollArea()
        self._arrange()
        self.search.clicked.connect(self._search)
        self.catalog.activated.connect(self._search)
        for field in (self.field, self.year):
            field.returnPressed.connect(self._search)
        self.none.clicked.connect(lambda: self.chosen.emit(self.catalog.currentData(), ""))

    # What the page is told

    def show_title(self, item: Item, catalogs: Sequence[tuple[str, str]], taken: Metadata | None) -> None:
        """Be about this title, and look for it at once.

        :param catalogs: name and label of those that can be asked.
        :param taken: what the title was taken for; ``None`` for nothing.
        """
        self.title.setText(_named(item.title, item.year))
        self._taken_key = taken.key if taken else ""
        was = f"It was taken for {_named(taken.title, taken.year)}." if taken else "It was not found by itself."
        self.taken.setText(f"{was} Choose the right one; your choice stays.")
        self.catalog.clear()
        for name, label in catalogs:
            self.catalog.addItem(label, name)
        self.catalog.setVisible(len(catalogs) > 1)
        self.field.setText(item.title)
        self.year.setText("" if item.year is None else str(item.year))
        self.show_matches(())
        self._search()

    def show_busy(self, sentence: str) -> None:
        """Somebody is being asked."""
        self._offer(False)
        say(self.told, sentence, "dim")

    def show_problem(self, sentence: str) -> None:
        """It did not work."""
        self._offer(True)
        say(self.told, sentence, "problem")

    def show_matches(self, matches: Sequence[Match]) -> None:
        """Show what was found, the likeliest first."""
        self._clear()
        for match in matches:
            self._found.addWidget(self._card(match))
        say(
            self.told,
            "" if matches else "Nothing of that name was found. Try fewer words, or the original title.",
            "dim",
        )
        self._offer(True)
        self._scroll.to_top()

    def take_focus(self) -> None:
        """The words that are looked for."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    # How it is put together

    def _arrange(self) -> None:
        search = QHBoxLayout()
        search.setSpacing(8)
        search.addWidget(self.catalog)
        search.addWidget(self.field, 1)
        search.addWidget(self.year)
        search.addWidget(self.search)
        search.addWidget(self.none)
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 24)
        column.addLayout(self._found)
        column.addStretch(1)
        self._scroll.setWidget(inner)
        body = QWidget()
        body.setMaximumWidth(WIDEST)
        body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        inside = QVBoxLayout(body)
        inside.setContentsMargins(24, 4, 12, 0)
        inside.setSpacing(10)
        for part in (self.title, self.taken):
            inside.addWidget(part)
        inside.addLayout(search)
        inside.addWidget(self.told)
        inside.addWidget(self._scroll, 1)
        outer = QWidget()
        sides = QHBoxLayout(outer)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.addWidget(body, 1000)
        sides.addStretch(1)
        self.set_body(outer)

    def _card(self, match: Match) -> PanelCard:
        card = PanelCard()
        button = Button("This one")
        button.setAccessibleName(f"It is {_named(match.title, match.year)}")
        button.clicked.connect(lambda: self.chosen.emit(self.catalog.currentData(), match.key))
        self.choices.append(button)
        head = row(spacing=12)
        head.addWidget(words(_named(match.title, match.year), "heading"), 1)
        if match.key == self._taken_key:
            head.addWidget(words("what it was taken for", "note", wrap=False))
        head.addWidget(button)
        card.body.addLayout(head)
        if match.overview:
            card.body.addWidget(words(_shortened(match.overview), "dim"))
        return card

    def _clear(self) -> None:
        self.choices = []
        while (entry := self._found.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _offer(self, enabled: bool) -> None:
        for widget in (self.search, self.none, *self.choices):
            widget.setEnabled(enabled)

    def _search(self) -> None:
        text = self.field.text().strip()
        if text:
            year = self.year.text()
            self.search_wanted.emit(self.catalog.currentData(), text, int(year) if year.isdigit() else None)


def _named(title: str, year: int | None) -> str:
    return f"{title} ({year})" if year else title


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_OVERVIEW else f"{text[:MOST_OVERVIEW].rsplit(' ', 1)[0]} …"
