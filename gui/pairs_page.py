"""Titles that may be one: two beside each other, and the person says whether they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import PanelCard, row, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.scroll_area import narrow
from library.title_pairs import TitlePair

SHOWN_AT_ONCE = 50
NOTHING = PageText(
    "page-rated",
    "No titles to look at",
    "When a scan meets two titles that may be the same and cannot tell for sure, they are shown here.",
    "Back",
    "back",
)


@dataclass(frozen=True, slots=True)
class PairSide:
    """One of the two as it is shown: its title, what it is, and where it lies."""

    title: str
    facts: str
    places: str


@dataclass(frozen=True, slots=True)
class ShownPair:
    """Two titles beside each other; ``verdict`` of the pair says whether they were put together."""

    pair: TitlePair
    one: PairSide
    other: PairSide


class PairsPage(LaidPage):
    """Pairs that wait for an answer, and below them those that were put together.

    Signals: ``same(TitlePair)``, ``two(TitlePair)`` for the answers; ``apart(TitlePair)`` to take a pair apart again.
    """

    same = pyqtSignal(object)
    two = pyqtSignal(object)
    apart = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "The same title?", parent)
        self.cards: list[PairCard] = []
        self.quiet = QuietPage(theme)
        self.quiet.acted.connect(lambda _: self.go_back())
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(24, 8, 24, 24)
        self._list.setSpacing(12)
        self._list.addStretch(1)
        body = QWidget()
        self._layers = QStackedLayout(body)
        self._layers.addWidget(narrow(inner, 860))
        self._layers.addWidget(self.quiet)
        self.set_body(body)

    def show_pairs(self, waiting: Sequence[ShownPair], together: Sequence[ShownPair]) -> None:
        """Show these; what had the keyboard before keeps its place in the list."""
        focused = next((place for place, card in enumerate(self.cards) if card.isAncestorOf(self.focusWidget())), 0)
        while self._list.count() > 1:
            item = self._list.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.cards = []
        self._add_group(
            waiting,
            "Sure ones are put together without asking. These agree in their names, but not in all that would make it sure.",
        )
        self._add_group(together, "Put together by you:")
        if waiting or together:
            self._layers.setCurrentIndex(0)
            self.cards[min(focused, len(self.cards) - 1)].first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.quiet.show_text(NOTHING)
            self._layers.setCurrentIndex(1)

    def _add_group(self, pairs: Sequence[ShownPair], sentence: str) -> None:
        if not pairs:
            return
        self._put(words(sentence, "dim"))
        for shown in pairs[:SHOWN_AT_ONCE]:
            card = PairCard(shown)
            card.same.connect(self.same)
            card.two.connect(self.two)
            card.apart.connect(self.apart)
            self.cards.append(card)
            self._put(card)
        if len(pairs) > SHOWN_AT_ONCE:
            self._put(words(f"… and {len(pairs) - SHOWN_AT_ONCE:,} more, when these are done.", "note"))

    def _put(self, widget: QWidget) -> None:
        self._list.insertWidget(self._list.count() - 1, widget)


class PairCard(PanelCard):
    """Two titles beside each other with the answers below.

    Signals: as those of :class:`PairsPage`.
    """

    same = pyqtSignal(object)
    two = pyqtSignal(object)
    apart = pyqtSignal(object)

    def __init__(self, shown: ShownPair, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = shown
        sides = row(spacing=24)
        for side in (shown.one, shown.other):
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(words(side.title, "heading"))
            column.addWidget(words(side.facts, "dim"))
            column.addWidget(words(side.places, "note"))
            column.addStretch(1)
            sides.addLayout(column, 1)
        self.body.addLayout(sides)
        pair = shown.pair
        if pair.verdict == "same":
            buttons = [self._button("Take apart", self.apart, "")]
        else:
            buttons = [self._button("The same title", self.same, ""), self._button("Two titles", self.two, "quiet")]
        self.first = buttons[0]
        self.body.addLayout(row(*buttons, 1))
        self.setAccessibleName(f"{shown.one.title} and {shown.other.title}")

    def _button(self, text: str, signal: pyqtSignal, look: str) -> Button:
        button = Button(text, look, self)
        button.setAccessibleName(f"{text}: {self.shown.one.title} and {self.shown.other.title}")
        button.clicked.connect(lambda: signal.emit(self.shown.pair))  # type: ignore[attr-defined]
        return button
