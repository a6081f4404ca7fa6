"""A place that scrolls up and down, and shows on its bar when the arrow keys would move it."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from gui.widgets.buttons import set_look


class ScrollArea(QScrollArea):
    """Scrolls its one widget, which is as wide as the area; the widget should be named "scrolled" to be see-through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def to_top(self) -> None:
        """Show the beginning."""
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Colour the bar."""
        self._mark(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Make the bar quiet again."""
        self._mark(False)
        super().focusOutEvent(event)

    def _mark(self, chosen: bool) -> None:
        bar = self.verticalScrollBar()
        if bar is not None:
            set_look(bar, "chosen", chosen)


def narrow(inner: QWidget, widest: int) -> ScrollArea:
    """A place that scrolls a column of words and cards, which is no wider than can be read well."""
    inner.setMaximumWidth(widest)
    holder = QWidget()
    holder.setObjectName("scrolled")
    around = QHBoxLayout(holder)
    around.setContentsMargins(0, 0, 0, 0)
    around.addWidget(inner, 100)
    around.addStretch(1)
    scroll = ScrollArea()
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(holder)
    return scroll
