"""What a wish has moved on the shelf, in one sentence above it, with the way back. It covers nothing and pushes nothing away."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.widgets.buttons import Button

STAYS = 20_000  # milliseconds, or until the next answer


class MovedLine(QWidget):
    """The sentence, shortened where there is no room, and Undo.

    Signals: ``undone()``.
    """

    undone = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setProperty("look", "moved")
        self.undo = Button("Undo", "link", self)
        self.undo.clicked.connect(self._undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAYS)
        self._timer.timeout.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._label)
        row.addWidget(self.undo)
        row.addStretch(1)
        self.hide()

    def say(self, text: str) -> None:
        """Say what moved."""
        self._text = text
        self.undo.setAccessibleDescription(text)
        self.show()
        self._fit()
        self._timer.start()

    def clear(self) -> None:
        """Say nothing any more."""
        self._text = ""
        self._timer.stop()
        self.hide()

    def text(self) -> str:
        """What is said, at its full length."""
        return self._text

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Shorten the sentence to the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self.undo.sizeHint().width() - 12
        shown = self._label.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, max(40, room))
        self._label.setText(shown)
        self._label.setAccessibleName(self._text)
        self._label.setToolTip("" if shown == self._text else self._text)

    def _undo(self) -> None:
        self.clear()
        self.undone.emit()
