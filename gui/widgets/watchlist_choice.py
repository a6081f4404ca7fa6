"""The page that asks which title is meant when none can be taken for the right one without asking."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.models import kind_words
from gui.tabs.configuration.parts import row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.scroll_area import narrow
from library.writing import Listed

WIDEST = 640


class WatchlistChoice(LaidPage):
    """The candidates, the likeliest first, each a button.

    Signals: ``chosen(Listed)``.
    """

    chosen = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Which one is meant?", parent)
        self._sentence = words("", "dim")
        self.buttons: list[Button] = []
        self.none = Button("None of these", "quiet", self)
        self._choices = QVBoxLayout()
        self._arrange()
        self.none.clicked.connect(self.closed)

    def show_looking(self, title: str) -> None:
        """Say that it is being looked for."""
        self._clear()
        self.set_heading("Which one is meant?")
        say(self._sentence, f"“{title}” is looked for in Plex's catalogue…", "dim")

    def show_candidates(self, title: str, candidates: Sequence[Listed]) -> None:
        """Show the titles that could be meant."""
        self._clear()
        for listed in candidates:
            self._add(listed)
        if candidates:
            say(
                self._sentence,
                f"Your server does not say which title of Plex's catalogue “{title}” is. Choose it.",
                "dim",
            )
            self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            say(self._sentence, f"Plex's catalogue has nothing called “{title}”.", "dim")
        self.none.setText("None of these" if candidates else "Back")

    def show_problem(self, sentence: str) -> None:
        """Say why it could not be looked for."""
        self._clear()
        say(self._sentence, sentence, "problem")
        self.none.setText("Back")

    def sentence(self) -> str:
        """What is said above the candidates."""
        return self._sentence.text()

    def take_focus(self) -> None:
        """The likeliest one."""
        (self.buttons[0] if self.buttons else self.none).setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, listed: Listed) -> None:
        one, _ = kind_words(listed.kind)
        year = f" ({listed.year})" if listed.year else ""
        text = f"{listed.title}{year}, {one}"
        button = Button(text.replace("&", "&&"), "", self)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self._choose(listed))
        self.buttons.append(button)
        self._choices.addWidget(button)

    def _choose(self, listed: Listed) -> None:
        self.closed.emit()
        self.chosen.emit(listed)

    def _clear(self) -> None:
        self.buttons.clear()
        while (item := self._choices.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _arrange(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 8, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._sentence)
        self._choices.setSpacing(8)
        column.addLayout(self._choices)
        column.addLayout(row(self.none, 1))
        column.addStretch(1)
        self.set_body(narrow(inner, self._theme.px(WIDEST)))
