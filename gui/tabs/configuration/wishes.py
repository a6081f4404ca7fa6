"""What was wished for at the reasons of titles, in words, each with the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from gui.tabs.configuration.parts import Section
from gui.tabs.configuration.recommending import TakenList
from gui.widgets.buttons import Button
from gui.widgets.wish_menu import wish_sentence
from library.wishes import Wish


class WishesSection(Section):
    """The wishes in force, the newest first.

    Signals: ``taken_back(Wish)``, ``all_taken_back()``.
    """

    taken_back = pyqtSignal(object)
    all_taken_back = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Wishes", "What you asked to see more of, less of, or never again.", parent)
        self._wishes: tuple[Wish, ...] = ()
        self._list = TakenList(
            "You wished for nothing yet. Click a reason under a title, such as a genre or a name, to see more or less of it.",
            "Take back",
            "Take all back",
            self,
        )
        self.all_button, self.sure = self._list.all, self._list.sure
        self.all_button.clicked.connect(self._ask)
        self._list.all_taken.connect(self.all_taken_back)
        self._list.taken.connect(lambda place: self.taken_back.emit(self._wishes[place]))
        self.body.addWidget(self._list)

    @property
    def buttons(self) -> list[Button]:
        """The button of each wish, in order."""
        return self._list.buttons

    def show_wishes(self, wishes: Sequence[Wish]) -> None:
        """Show these, the newest first."""
        self._wishes = tuple(wishes)
        self._list.show_lines([(wish_sentence(wish), wish.at) for wish in self._wishes])

    def _ask(self) -> None:
        count = len(self._wishes)
        what = "This wish" if count == 1 else f"All {count:,} wishes"
        self.sure.ask(
            f"{what} will no longer count for what is suggested. Your ratings stay as they are.", "Take back", "Keep"
        )
