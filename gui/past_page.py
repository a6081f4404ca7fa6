"""The page "Your past": what was brought along in piles, and for what is unsure the candidates to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from gui.past_list import PastList, PastRow
from gui.tabs.configuration.parts import row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.pages import PageText, QuietPage, failing_page
from gui.widgets.scroll_area import ScrollArea

SURE, UNSURE, NOT_OWNED, WISH, LEFT_OUT = "sure", "unsure", "not owned", "wish", "left out"
PILES: tuple[tuple[str, str, str], ...] = (
    (UNSURE, "Unsure", "These may be titles of your library. Say which; nothing is done with them before."),
    (SURE, "Sure", "These were found in your library, by an id or by title and year. Their ratings count."),
    (NOT_OWNED, "Not owned", "These are not in your library. Their ratings teach your taste all the same."),
    (WISH, "Watchlist", "These were on a watchlist. They are shown here only: nothing is written anywhere."),
    (LEFT_OUT, "Left out", "These lines were not taken, each for the reason below it."),
)  # fmt: skip
"""Pile, what its button says, and a sentence about it, in the order of the switch."""
_NONE = {
    UNSURE: ("Nothing is unsure", "Everything else was found, or is certainly not in your library."),
    SURE: ("None of these titles is in your library", "When a server is added that has them, their ratings are there."),
    NOT_OWNED: ("Every title is in your library", "Nothing is missing."),
    WISH: ("There was no watchlist", "The files hold ratings and what was watched."),
    LEFT_OUT: ("Every line was taken", "Nothing was left out."),
}
_BUSY = PageText("page-busy", "Reading what was brought along", "This takes a moment for a long past.")
MOST_CANDIDATES = 5
LIST_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title of the library that one of the past may be.

    :param title: "Heat (1995)"; ``facts`` the rest: "Film · Michael Mann · 2h 50m".
    :param taken: whether it is what the title was taken for.
    """

    item_id: int
    title: str
    facts: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class PastDetail:
    """One title of the past in words.

    :param title: as the files name it; ``facts`` what else they say; ``said`` what they say about it.
    :param question: the sentence above the candidates.
    :param none: what the button says that turns all of them down; empty for no button.
    """

    title_id: int
    title: str
    facts: str
    said: str
    question: str
    candidates: tuple[Candidate, ...] = ()
    none: str = ""


class CandidateButton(Button):
    """A candidate: its number on the keyboard, its title, and its facts."""

    def __init__(self, number: int, candidate: Candidate, parent: QWidget | None = None) -> None:
        super().__init__("", "choice", parent)
        self.candidate = candidate
        self.setAccessibleName(f"{number}: {candidate.title}, {candidate.facts}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        digit = words(str(number), "dim", wrap=False)
        digit.setFixedWidth(12)
        title, facts = words(candidate.title, "heading"), words(candidate.facts, "note")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(title)
        texts.addWidget(facts)
        line = row(digit, spacing=12)
        line.setContentsMargins(14, 10, 14, 10)
        line.addLayout(texts, 1)
        if candidate.taken:
            mark = words("taken", "good", wrap=False)
            line.addWidget(mark)
            mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(line)
        for label in (digit, title, facts):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """As tall as what stands in it."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Never cut off below."""
        return QSize(120, self.sizeHint().height())


class DetailPanel(QWidget):
    """What is known of one title of the past, and what it may be.

    Signals: ``decided(int, int | None)``: the title, and the item that it is, or ``None`` for none of them.
    """

    decided = pyqtSignal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: PastDetail | None = None
        self.title, self.facts, self.said = words("", "title"), words("", "dim"), words("")
        self.question = words("", "section")
        self.buttons: list[CandidateButton] = []
        self.none = Button("", "", self)
        self.none.clicked.connect(lambda: self.choose(None))
        self._candidates = QVBoxLayout()
        self._candidates.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 24)
        column.setSpacing(6)
        for label in (self.title, self.facts, self.said):
            column.addWidget(label)
        column.addSpacing(12)
        column.addWidget(self.question)
        column.addLayout(self._candidates)
        column.addSpacing(4)
        column.addLayout(row(self.none, 1))
        column.addStretch(1)
        self.show_detail(None)

    @property
    def detail(self) -> PastDetail | None:
        """What is shown."""
        return self._detail

    def show_detail(self, detail: PastDetail | None) -> None:
        """Show a title, or nothing."""
        self._detail = detail
        while self.buttons:
            button = self.buttons.pop()
            self._candidates.removeWidget(button)
            button.hide()
            button.deleteLater()
        for label, text in (
            (self.title, detail.title if detail else ""),
            (self.facts, detail.facts if detail else ""),
            (self.said, detail.said if detail else ""),
            (self.question, detail.question if detail else ""),
        ):
            say(label, text)
        for number, candidate in enumerate(detail.candidates[:MOST_CANDIDATES] if detail else (), 1):
            button = CandidateButton(number, candidate, self)
            button.clicked.connect(lambda _, item_id=candidate.item_id: self.choose(item_id))
            self.buttons.append(button)
            self._candidates.addWidget(button)
        self.none.setText(detail.none if detail else "")
        self.none.setAccessibleName(self.none.text())
        self.none.setToolTip("N")
        self.none.setVisible(bool(detail and detail.none))

    def choose(self, item_id: int | None) -> None:
        """Decide for a candidate, or against all of them."""
        if self._detail is not None and (item_id is not None or self._detail.none):
            self.decided.emit(self._detail.title_id, item_id)

    def choose_number(self, number: int) -> None:
        """Decide for the candidate with a number, from 1."""
        if number <= len(self.buttons):
            self.choose(self.buttons[number - 1].candidate.item_id)


class PastPage(LaidPage):
    """One import: a switch with the piles, a long list, and the title that is looked at.

    Signals: ``pile_wanted(str)``; ``title_wanted(int)`` when its detail is to be shown; ``decided(int, int | None)``;
    ``suggestions_wanted()`` to take all of the same year; ``retry_wanted()``.
    """

    pile_wanted = pyqtSignal(str)
    title_wanted = pyqtSignal(int)
    decided = pyqtSignal(int, object)
    suggestions_wanted = pyqtSignal()
    retry_wanted = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Your past", parent)
        self.pills: dict[str, Button] = {}
        self.suggestions = Button("", "", self)
        self.suggestions.clicked.connect(self.suggestions_wanted)
        self.suggestions.hide()
        self.list = PastList(theme)
        self.panel = DetailPanel()
        self.quiet = QuietPage(theme)
        self._about = words("", "dim")
        self._counts: dict[str, int] = {}
        self._layers = QStackedLayout()
        self._arrange()
        self.list.current.connect(self._looked_at)
        self.panel.decided.connect(self.decided)
        self.quiet.acted.connect(lambda _: self.retry_wanted.emit())
        for number in range(1, MOST_CANDIDATES + 1):
            QShortcut(QKeySequence(str(number)), self).activated.connect(
                lambda number=number: self.panel.choose_number(number)
            )
        QShortcut(QKeySequence("N"), self).activated.connect(lambda: self.panel.choose(None))

    # What it is told

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Say on the switch how many titles each pile has, and how many lines were left out."""
        self._counts = dict(counts)
        for pile, name, _ in PILES:
            count = self._counts.get(pile, 0)
            self.pills[pile].setText(f"{name}  {count:,}")
            self.pills[pile].setAccessibleName(f"{name}, {count:,}")

    def choose_pile(self, pile: str) -> None:
        """Turn the switch to a pile, and ask for its titles."""
        self.pills[pile].setChecked(True)
        say(self._about, next(about for known, _, about in PILES if known == pile))
        self.pile_wanted.emit(pile)

    def pile(self) -> str:
        """The pile that is shown."""
        return next((pile for pile, button in self.pills.items() if button.isChecked()), UNSURE)

    def show_rows(self, rows: Sequence[PastRow]) -> None:
        """Show the titles of the pile."""
        self.list.show_rows(rows)
        if not rows:
            line, sentence = _NONE[self.pile()]
            self.quiet.show_text(PageText("page-rated", line, sentence))
        self._layers.setCurrentIndex(0 if rows else 1)

    def show_detail(self, detail: PastDetail | None) -> None:
        """Show the title that is looked at; what comes too late is not shown any more."""
        current = self.list.row()
        if detail is None or (current is not None and current.id == detail.title_id):
            self.panel.show_detail(detail)

    def show_suggestions(self, count: int) -> None:
        """Offer to take so many suggestions at once."""
        titles = "the one suggestion" if count == 1 else f"all {count:,} suggestions"
        self.suggestions.setText(f"Take {titles} of the same year")
        self.suggestions.setAccessibleName(self.suggestions.text())
        self.suggestions.setVisible(count > 0)

    def show_busy(self) -> None:
        """Say that it is being read."""
        self.panel.show_detail(None)
        self.quiet.show_text(_BUSY)
        self._layers.setCurrentIndex(1)

    def show_failing(self, message: str, hint: str) -> None:
        """Say that it cannot be shown."""
        self.quiet.show_text(failing_page(message, hint))
        self._layers.setCurrentIndex(1)

    def move(self, title_id: int, to: str) -> None:
        """A title has gone from the shown pile to another one."""
        if to == self.pile():
            return
        self._counts[self.pile()] = max(0, self._counts.get(self.pile(), 0) - 1)
        self._counts[to] = self._counts.get(to, 0) + 1
        self.show_counts(self._counts)
        self.list.take_out(title_id)
        if not self.list.rows:
            self.show_rows(())

    def take_focus(self) -> None:
        """Let the arrow keys go through the list."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # Parts

    def _arrange(self) -> None:
        about = QHBoxLayout()
        about.setContentsMargins(24, 0, 24, 4)
        about.addWidget(self._about)
        self._layers.addWidget(self._sides())
        self._layers.addWidget(self.quiet)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(self._switch())
        whole.addLayout(about)
        whole.addLayout(self._layers, 1)
        self.set_body(body)

    def _switch(self) -> QHBoxLayout:
        """The piles, and what can be done with all of one."""
        group = QButtonGroup(self)
        switch = QHBoxLayout()
        switch.setContentsMargins(24, 4, 24, 4)
        switch.setSpacing(8)
        for pile, name, _ in PILES:
            button = Button(name, "filter", self)
            button.setCheckable(True)
            button.clicked.connect(lambda _, pile=pile: self.choose_pile(pile))
            self.pills[pile] = button
            group.addButton(button)
            switch.addWidget(button)
        switch.addStretch(1)
        switch.addWidget(self.suggestions)
        return switch

    def _sides(self) -> QWidget:
        """The list, and beside it the title that is looked at."""
        holder = QWidget()
        holder.setObjectName("scrolled")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        scroll = ScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        both = QWidget()
        sides = QHBoxLayout(both)
        sides.setContentsMargins(12, 4, 0, 0)
        sides.setSpacing(8)
        self.list.setMinimumWidth(LIST_WIDTH)
        sides.addWidget(self.list, 5)
        sides.addWidget(scroll, 6)
        return both

    def _looked_at(self, found: PastRow | None) -> None:
        if found is None:
            self.panel.show_detail(None)
        else:
            self.title_wanted.emit(found.id)
