"""Friendly pages for when there is no title to show: a drawing, a quiet line, one sentence, and the way on."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.models import kind_words
from gui.theme import Theme
from gui.widgets.buttons import Button
from library.items import MediaKind


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says, and what its button does.

    :param action: name of the way on, as the tab knows it; ``second`` is a quieter one beside it.
    """

    drawing: str
    line: str
    sentence: str
    button: str = ""
    action: str = ""
    second: str = ""
    second_action: str = ""


def empty_page(reason: str, kind: MediaKind) -> PageText:
    """The page for one of the reasons why nothing can be suggested."""
    _, many = kind_words(kind)
    if reason == "filtered":
        return PageText(
            "page-filtered",
            f"No {many} fit all of this",
            "Ask for a little less, and they come back.",
            "Clear filters",
            "clear filters",
        )
    if reason == "everything rated":
        return PageText(
            "page-rated",
            f"You have answered for all your {many}",
            "When new ones come into your library, they appear here; Back takes you to the last one.",
            "Go back",
            "back",
        )
    if reason == "resting":
        return PageText(
            "page-rated",
            f"The {many} that are left are resting",
            "You skipped them a short while ago; they come back by themselves. Back takes you to the last one.",
            "Go back",
            "back",
        )
    return PageText(
        "page-library",
        f"There are no {many} here yet",
        "Tell Homereel where your media lies, or look around in the demo library first.",
        "Add your library",
        "configuration",
        "Open the demo library",
        "demo",
    )


def busy_page(text: str) -> PageText:
    """The page for the first time, while titles are being read."""
    return PageText(
        "page-busy", text, "The first suggestion appears as soon as there is one; the strip below says how far it is."
    )


def failing_page(text: str, hint: str) -> PageText:
    """The page for when it cannot go on."""
    return PageText("page-failing", text, hint or "Nothing is lost. Try once more.", "Try again", "retry")


class QuietPage(QWidget):
    """One page that becomes whichever is needed.

    Signals: ``acted(str)``: the action of the button that was pressed.
    """

    acted = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = PageText("page-busy", "", "")
        self._drawing = QLabel(self)
        self._line = QLabel(self)
        self._sentence = QLabel(self)
        self._button = Button("", "primary", self)
        self._second = Button("", "quiet", self)
        self._line.setProperty("look", "title")
        self._sentence.setProperty("look", "dim")
        for label in (self._drawing, self._line, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self._drawing)
        self._button.clicked.connect(lambda: self.acted.emit(self._text.action))
        self._second.clicked.connect(lambda: self.acted.emit(self._text.second_action))
        self._arrange()
        theme.changed.connect(self._redraw)

    def show_text(self, text: PageText) -> None:
        """Become this page."""
        self._text = text
        self._line.setText(text.line)
        self._sentence.setText(text.sentence)
        for button, words in ((self._button, text.button), (self._second, text.second)):
            button.setText(words)
            button.setAccessibleName(words)
            button.setVisible(bool(words))
        self._redraw()

    def texts(self) -> tuple[str, str, str]:
        """The line, the sentence and the button."""
        return self._line.text(), self._sentence.text(), self._button.text()

    def buttons(self) -> tuple[Button, Button]:
        """The main button and the quieter one."""
        return self._button, self._second

    def _redraw(self) -> None:
        self._drawing.setPixmap(self._theme.drawing(self._text.drawing, 200, 140))

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(self._button)
        row.addWidget(self._second)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 48)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._drawing)
        column.addSpacing(16)
        column.addWidget(self._line)
        column.addWidget(self._sentence)
        column.addSpacing(16)
        column.addLayout(row)
        column.addStretch(1)
