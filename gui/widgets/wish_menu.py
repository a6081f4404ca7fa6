"""The menu by which a reason answers back: more of it, less of it, never again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from gui.models import SEPARATOR
from gui.theme import Theme
from library.wishes import Direction, Subject, Wish
from recommender.explain import LedgerTerm
from recommender.ranking import wish_words
from recommender.wishes import NEVER

WIDEST = 320  # of a line; names of 90 characters exist
_KINDS = {"genre": "genre", "person": "person", "company": "company", "collection": "series"}
_QUALITIES = {
    "vote": "How people in general rate it",
    "fame": "How widely it is known",
    "age": "How new it is",
    "length": "How long it is",
}


@dataclass(frozen=True, slots=True)
class WishLine:
    """One line of the menu: what it says, and the wish it stands for."""

    text: str
    subject: Subject
    direction: Direction


def wish_sentence(wish: Wish) -> str:
    """A wish in words: "Less Horror", "Never with Adam Sandler", "More like Arrival"."""
    return f"{wish.direction.capitalize()} {wish_words(wish)}"


def wish_heading(subject: Subject) -> tuple[str, str]:
    """What a menu is about, and what sort of thing that is."""
    if subject.signal == "general":
        return _QUALITIES[subject.name], ""
    if subject.signal == "item":
        return f"Like {subject.name}", ""
    if subject.signal == "era":
        return f"From the {subject.name}", ""
    return subject.name, _KINDS.get(subject.signal, "")


def wish_lines(term: LedgerTerm) -> Iterator[WishLine]:
    """What can be wished about a term: more and less of what it says, and never what can be ruled out."""
    if not term.subjects:
        return
    first = term.subjects[0]
    directions: tuple[Direction, ...] = ("more", "less")
    for direction in directions:
        # A title can be little known and new: "of this" would not say which end of the scale is meant.
        general = first.signal == "general"
        text = wish_sentence(Wish(first, direction, 0.0)) if general else f"{direction.capitalize()} of this"
        yield WishLine(text, first, direction)
    for subject in term.subjects:
        if subject.signal in NEVER:
            yield WishLine(wish_sentence(Wish(subject, "never", 0.0)), subject, "never")


class WishMenu(QMenu):
    """One menu that is filled for whichever reason it is opened at.

    Signals: ``wished(Subject, str)`` with the direction; ``all_wanted()`` for the list of all terms.
    """

    wished = pyqtSignal(object, str)
    all_wanted = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def open_at(self, place: QPoint, term: LedgerTerm, held: Sequence[Wish] = (), with_all: bool = False) -> None:
        """Open the menu of a term.

        :param place: where its upper left corner goes, on the screen.
        :param held: the wishes in force; their lines are marked.
        :param with_all: whether the last line leads to all terms.
        """
        self.clear()
        heading, sort = wish_heading(term.subjects[0])
        self.setAccessibleName(heading)
        self._add(self._shortened(heading, sort)).setEnabled(False)
        self.addSeparator()
        in_force = {(wish.subject, wish.direction) for wish in held}
        marks = any((line.subject, line.direction) in in_force for line in wish_lines(term))
        before = "more"
        for line in wish_lines(term):
            if line.direction == "never" and before != "never":
                self.addSeparator()
            before = line.direction
            action = self._add(self._shortened(line.text))
            action.setCheckable(marks)  # else no room is left for marks
            action.setChecked((line.subject, line.direction) in in_force)
            action.triggered.connect(lambda _on, line=line: self.wished.emit(line.subject, line.direction))
        if with_all:
            self.addSeparator()
            self._add("Show all terms").triggered.connect(self.all_wanted)
        self.popup(place)

    def lines(self) -> list[str]:
        """What the lines say, the heading first."""
        return [action.text().replace("&&", "&") for action in self.actions() if not action.isSeparator()]

    def _add(self, text: str) -> QAction:
        action = QAction(text.replace("&", "&&"), self)
        self.addAction(action)
        return action

    def _shortened(self, text: str, sort: str = "") -> str:
        end = f"{SEPARATOR}{sort}" if sort else ""
        metrics = self.fontMetrics()
        room = self._theme.px(WIDEST) - metrics.horizontalAdvance(end)
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) + end
