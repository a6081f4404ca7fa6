"""Buttons of the window: they answer Enter as well as Space, and their look is a word of the style sheet."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QPushButton, QWidget


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks about, and draw the widget by it at once."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.update()


class Button(QPushButton):
    """A push button that also answers Enter, for everybody who works without a mouse.

    :param look: "primary", "quiet", "danger", "filter", ... of the style sheet; empty for an ordinary one.
    """

    def __init__(self, text: str, look: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        if look:
            self.setProperty("look", look)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click does not leave a frame behind
        self.setAccessibleName(text)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Press on Enter too."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)
