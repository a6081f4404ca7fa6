"""What every step of the assistant is: a question, and a place to answer it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget


class Step(QWidget):
    """One step. It stays the same widget while the assistant is open, so that nothing typed is lost by going to and fro.

    Signals: ``changed()`` when :attr:`answered` may be another; ``moved()`` when it takes another amount of room.

    :param short: what the line of steps calls it; ``question`` stands above it, with ``note`` below.
    """

    changed = pyqtSignal()
    moved = pyqtSignal()

    def __init__(self, short: str, question: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.short = short
        self.question = question
        self.note = note
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)

    @property
    def answered(self) -> bool:
        """Whether there is an answer to go on with; else the step can be skipped."""
        return True

    def came(self) -> None:
        """The step is in front now."""

    def keep(self) -> bool:
        """Store what was typed; False when that cannot be, and it says why."""
        return True

    def step_back(self) -> bool:
        """Go back within the step; False when there is nowhere to go."""
        return False

    def first_widget(self) -> QWidget | None:
        """Where the keyboard begins."""
        return None
