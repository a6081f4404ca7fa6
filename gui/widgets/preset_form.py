"""One line in which a position of the dials is given its name."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from gui.theme import Theme
from gui.widgets.buttons import Button, set_look

LONGEST_NAME = 60


class _NameField(QLineEdit):
    """A field that keeps Escape for itself, whatever else in the window listens to it.

    Signals: ``left()``.
    """

    left = pyqtSignal()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
            return True
        return super().event(event)


class PresetForm(QWidget):
    """A name with its two answers, and what is wrong with it.

    Signals: ``saved(str)`` with a new name; ``renamed(str, str)`` from the old to the new one; ``opened(bool)`` when it begins to
    ask and when it ends. Whoever keeps the presets answers with :meth:`leave` or :meth:`show_problem`.
    """

    opened = pyqtSignal(bool)
    saved = pyqtSignal(str)
    renamed = pyqtSignal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renamed = ""
        self.field = _NameField(self)
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setPlaceholderText("Quiet evening")
        self.field.setAccessibleName("Name of the preset")
        self.field.setMaximumWidth(theme.px(280))
        self.save = Button("Save", "primary", self)
        self.cancel = Button("Cancel", "quiet", self)
        self.problem = QLabel("", self)
        self.problem.setProperty("look", "problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        caption = QLabel("Name", self)
        caption.setProperty("look", "section")
        caption.setBuddy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(caption)
        row.addWidget(self.field, 2)
        row.addWidget(self.save)
        row.addWidget(self.cancel)
        row.addWidget(self.problem, 3)
        self.field.returnPressed.connect(self._send)
        self.field.left.connect(self.leave)
        self.field.textEdited.connect(lambda: self.show_problem(""))
        self.save.clicked.connect(self._send)
        self.cancel.clicked.connect(self.leave)
        self.hide()

    def ask_for_name(self, renamed: str = "") -> None:
        """Ask for the name of a new preset, or for another one of the preset ``renamed``."""
        self._renamed = renamed
        self.show_problem("")
        self.field.setText(self._renamed)
        self.field.selectAll()
        self.show()
        self.opened.emit(True)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong with the name."""
        self.problem.setText(sentence)
        set_look(self.field, "problem", "true" if sentence else "false")
        self.field.setAccessibleDescription(sentence)

    def leave(self) -> None:
        """Ask no more."""
        self.hide()
        self.opened.emit(False)

    def _send(self) -> None:
        name = self.field.text().strip()
        if self._renamed:
            self.renamed.emit(self._renamed, name)
        else:
            self.saved.emit(name)
