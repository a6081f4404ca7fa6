"""What the pages of the Taste tab share: their heading, and labels for text that came from elsewhere."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import words


def plain(look: str = "", text: str = "") -> QLabel:
    """One line, never read as markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if look:
        label.setProperty("look", look)
    return label


class PageHead(QWidget):
    """The name of a page and a sentence about it."""

    def __init__(self, title: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(plain("heading", title))
        self.note = words(note, "dim")
        column.addWidget(self.note)
