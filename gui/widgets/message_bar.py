"""One sentence at the bottom of the window: what happened, what to do about it, and at most one button.

It floats above the page, so that nothing moves under the mouse when it comes and goes.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRect, Qt, QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from gui.theme import Theme
from gui.widgets.buttons import Button, set_look

WIDEST = 760
NOTE_STAYS = 8000  # milliseconds; a problem stays until it is closed
ACTION_STAYS = 15000


class MessageBar(QFrame):
    """Shows the latest message; notes go by themselves, problems stay until somebody has read them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._theme = theme
        self._kind = "note"
        self._floor = QRect()
        self._on_action: Callable[[], object] | None = None
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = Button("", "", self)
        self._action.clicked.connect(self._acted)
        self._close = Button("Close", "quiet", self)
        self._close.setAccessibleName("Close the message")
        self._close.clicked.connect(self.clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        theme.changed.connect(self._recolour)
        self.hide()

    def show_message(
        self,
        text: str,
        hint: str = "",
        kind: str = "note",
        action_text: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence with what to do next; ``kind`` is "note" or "problem"."""
        self._kind = kind
        self._on_action = on_action
        self._text.setText(f"{text} {hint}".strip())
        self._text.setAccessibleName(self._text.text())
        offered = bool(action_text) and on_action is not None
        self._action.setText(action_text)
        self._action.setAccessibleName(action_text)
        self._action.setVisible(offered)
        set_look(self, "kind", kind)
        self._recolour()
        self.show()
        self._settle()
        self.raise_()
        self._timer.stop()
        if kind == "note":
            self._timer.start(ACTION_STAYS if offered else NOTE_STAYS)

    def float_over(self, area: QRect) -> None:
        """Stay at the bottom of this part of the window."""
        self._floor = area
        self._settle()

    def clear(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._on_action = None
        self.hide()

    def message(self) -> str:
        """The sentence that is shown; empty when there is none."""
        return "" if self.isHidden() else self._text.text()

    def action_button(self) -> Button:
        """The button with the way on."""
        return self._action

    def _settle(self) -> None:
        if self._floor.isValid() and not self.isHidden():
            width = min(self._theme.px(WIDEST), self._floor.width() - 48)
            height = max(self.heightForWidth(width), self.sizeHint().height())
            left = self._floor.x() + (self._floor.width() - width) // 2
            self.setGeometry(left, self._floor.bottom() - height - 11, width, height)

    def _acted(self) -> None:
        action = self._on_action
        self.clear()
        if action is not None:
            action()

    def _recolour(self) -> None:
        icon = (
            self._theme.icon("problem", "bad") if self._kind == "problem" else self._theme.icon("note", "accent_text")
        )
        self._icon.setPixmap(icon.pixmap(self._theme.px(16), self._theme.px(16)))
