"""The page that says what would be written, where and how many, before anything is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.tabs.configuration.parts import PanelCard, Question, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.scroll_area import narrow
from library.write_plans import Preview, WritePlan

WIDEST = 760
MOST_LINES = 40


class WritePreview(LaidPage):
    """One card for each server, and two buttons.

    Signals: ``agreed(tuple)`` with the plans to carry out.
    """

    agreed = pyqtSignal(tuple)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Write to your servers", parent)
        self._previews: tuple[Preview, ...] = ()
        self._verb = "Write"
        self._status = words("", "dim")
        self._note = words("", "note")
        self._cards = QVBoxLayout()
        self.write = Button("Write", "primary", self)
        self.cancel = Button("Leave everything as it is", "quiet", self)
        self.sure = Question(self)
        self._answers = QWidget(self)
        self._arrange()
        self.write.clicked.connect(self._agree)
        self.cancel.clicked.connect(self.closed)
        self.sure.agreed.connect(lambda: self._write(confirmed=True))
        self.sure.refused.connect(self.closed)

    def show_looking(self, heading: str) -> None:
        """Say what is going to be written, while the servers are asked what they have now."""
        self.set_heading(heading)
        self._clear()
        self._previews = ()
        say(self._status, "Your servers are asked what they have now…", "dim")
        say(self._note, "")
        self.sure.hide()
        self._answers.show()
        self.write.setEnabled(False)
        self.write.setText("Write")

    def show_previews(self, previews: Sequence[Preview], note: str = "", verb: str = "Write") -> None:
        """Show what would be written.

        :param note: something to know before one agrees.
        :param verb: what the button says; how many follows by itself.
        """
        self._previews, self._verb = tuple(previews), verb
        self._clear()
        for preview in previews:
            self._cards.addWidget(self._card(preview))
        count = self.count
        say(self._status, "" if count else "There is nothing to write: everything is so already.", "dim")
        if not count and any(preview.problem for preview in previews):
            say(self._status, "Nothing can be written now.", "dim")
        say(self._note, note if count else "")
        self.write.setEnabled(bool(count))
        self.write.setText(verb if count <= 1 else f"{verb} ({count:,} changes)")
        self.write.setAccessibleName(self.write.text())
        self.cancel.setText("Leave everything as it is" if count else "Back")
        (self.write if count else self.cancel).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def count(self) -> int:
        """How many changes would be made."""
        return sum(preview.count for preview in self._previews if not preview.problem)

    def previews(self) -> tuple[Preview, ...]:
        """What is shown."""
        return self._previews

    def texts(self) -> tuple[str, str]:
        """The sentence about the whole, and the note below."""
        return self._status.text(), self._note.text()

    def take_focus(self) -> None:
        """The button that writes, once there is something to write."""
        (self.write if self.write.isEnabled() else self.cancel).setFocus(Qt.FocusReason.OtherFocusReason)

    def _agree(self) -> None:
        over = [preview for preview in self._previews if preview.over and not preview.problem]
        if not over:
            self._write(confirmed=False)
            return
        size = sum(preview.plan.size for preview in over)
        self._answers.hide()
        self.sure.ask(
            f"This writes {size:,} titles at once, more than one action usually does. Is that meant?",
            f"Write all {size:,}",
            "Leave everything as it is",
        )

    def _write(self, confirmed: bool) -> None:
        plans: list[WritePlan] = [
            replace(preview.plan, confirmed=confirmed)
            for preview in self._previews
            if preview.count and not preview.problem
        ]
        self.closed.emit()
        self.agreed.emit(tuple(plans))

    def _arrange(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 8, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._status)
        self._cards.setSpacing(12)
        column.addLayout(self._cards)
        column.addWidget(self._note)
        self._answers.setLayout(row(self.write, self.cancel, 1))
        column.addWidget(self._answers)
        column.addWidget(self.sure)
        column.addStretch(1)
        self.set_body(narrow(inner, self._theme.px(WIDEST)))

    def _card(self, preview: Preview) -> PanelCard:
        card = PanelCard()
        card.body.setSpacing(4)
        card.body.addWidget(words(preview.plan.heading, "heading"))
        card.body.addWidget(words(preview.where, "note"))
        card.body.addSpacing(4)
        if preview.problem:
            card.body.addWidget(words(preview.problem, "problem"))
            return card
        for line in preview.lines[:MOST_LINES]:
            layout = row(spacing=16)
            layout.addWidget(words(line.title), 1)
            layout.addWidget(words(line.skipped or line.change, "note" if line.skipped else "", wrap=False))
            whole = QWidget(card)
            whole.setLayout(layout)
            card.body.addWidget(whole)
        more = len(preview.lines) - MOST_LINES
        if more > 0:
            card.body.addWidget(words(f"… and {more:,} more.", "note"))
        for sentence in preview.plan.left_out:
            card.body.addWidget(words(sentence, "note"))
        return card

    def _clear(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
