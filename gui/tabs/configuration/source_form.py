"""What the forms of all kinds of source share: one form adds a source or changes one that is there."""

from __future__ import annotations

from itertools import pairwise

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, PanelCard, Verdict, say, words
from gui.tabs.configuration.source_card import printable
from gui.widgets.buttons import Button
from library.errors import AppError
from library.settings import SourceSettings

NOT_TESTED = "Test the connection first"


class SourceForm(PanelCard):
    """A form for one source, with the answers that arrive while it is open.

    Signals: ``closed()`` when it is done with or given up.

    :param source: the one to change, which keeps its id and with it its titles; ``None`` to add one.
    """

    closed = pyqtSignal()

    def __init__(
        self, actions: SourceActions, heading: str, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._source = source
        self._left = False
        self.name = CheckedField("Name", _check_name)
        self.verdict = words("", "note")
        self.verdict.hide()
        self.save = Button("Add and scan" if source is None else "Save", "primary", self)
        self.cancel = Button("Cancel", "quiet", self)
        self.cancel.clicked.connect(self.closed)
        self.body.addWidget(words(heading if source is None else f"Edit {source.name}", "heading"))
        self.body.addWidget(self.name)
        self.name.setVisible(source is not None)
        if source is not None:
            self.name.field.setText(source.name)
        self.name.field.returnPressed.connect(self.save.click)

    def first_field(self) -> CheckedField:
        """Where to begin."""
        raise NotImplementedError

    def _tab_through(self, *widgets: QWidget) -> None:
        """Let the Tab key go through these in this order, after the name: buttons are made before the fields they follow."""
        order = (self.name.field, *widgets, self.save, self.cancel)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def leave(self) -> None:
        """Take no notice any more of answers that are under way: the form is closed."""
        self._left = True

    def _name_is_fine(self) -> bool:
        return self._source is None or self.name.usable

    def _keep(self, source: SourceSettings, token: str | None = None) -> None:
        """Add the source, or put it in the place of the one it was."""
        try:
            if self._source is None:
                self._actions.add(source, token)
            else:
                self._actions.change(source, token)
        except AppError as error:
            say(self.verdict, str(error), "problem")
            return
        self.closed.emit()


def _check_name(text: str) -> Verdict:
    return Verdict(True) if printable(text).strip() else Verdict(False, "The source needs a name.")
