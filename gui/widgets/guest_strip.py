"""The line that says that somebody else is choosing, as long as it is so."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.theme import Theme
from gui.widgets.buttons import Button

SENTENCE = "Guest mode: nothing you do now changes your taste."


class GuestStrip(QFrame):
    """The sentence and the way out.

    Signals: ``ended()``.
    """

    ended = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guest")
        self.setAccessibleName(SENTENCE)
        self._theme = theme
        self._icon = QLabel(self)
        self.sentence = QLabel(SENTENCE, self)
        self.end = Button("End guest mode", "link", self)
        self.end.clicked.connect(self.ended)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 5)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self.sentence)
        row.addStretch(1)
        row.addWidget(self.end)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self._icon.setPixmap(self._theme.icon("guest", "accent_text").pixmap(self._theme.px(16), self._theme.px(16)))
