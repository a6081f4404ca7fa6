"""Large buttons with an icon, a name and a sentence: ways to begin, side by side."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import row, words
from gui.theme import Theme
from gui.widgets.buttons import Button

_ICON = 24


class ChoiceButton(Button):
    """One way to begin."""

    def __init__(self, theme: Theme, icon: str, name: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__("", "choice", parent)
        self.name = name
        self.setAccessibleName(f"{name}. {sentence}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._theme = theme
        self._icon_name = icon
        self._icon = QLabel()
        text = QVBoxLayout()
        text.setSpacing(2)
        self._labels = (words(name, "heading"), words(sentence, "note"))
        for label in self._labels:
            text.addWidget(label)
        line = row(self._icon, spacing=12)
        line.setContentsMargins(16, 14, 16, 14)
        line.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)
        self.setLayout(line)
        for label in (self._icon, *self._labels):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._recolour)
        self._recolour()

    def sizeHint(self) -> QSize:
        """As tall as what stands in it."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Never cut off below."""
        return QSize(120, self.sizeHint().height())

    def _recolour(self) -> None:
        side = self._theme.px(_ICON)
        self._icon.setPixmap(self._theme.icon(self._icon_name, "accent_text", _ICON).pixmap(side, side))


class ChoiceGrid(QWidget):
    """Choices in two columns of the same width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)

    def add(self, button: ChoiceButton) -> ChoiceButton:
        """Put one more at the end."""
        place = self._grid.count()
        self._grid.addWidget(button, place // 2, place % 2)
        return button
