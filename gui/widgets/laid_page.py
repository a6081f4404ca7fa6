"""A page that lies over the tabs: a bar with the way back on top, and below it whatever the page is about."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.buttons import Button


class _Heading(QLabel):
    """What the bar says, shortened where there is no room for it."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", "heading")
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def words(self) -> str:
        """All of it."""
        return self._words

    def say(self, words: str) -> None:
        """Say this."""
        self._words = words
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Say as much as fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.ensurePolished()
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip("" if shown == self._words else self._words)


class LaidPage(QWidget):
    """What :meth:`gui.main_window.MainWindow.lay_over` takes. Back, Escape and Alt+Left go back a step, or leave it.

    Signals: ``closed()`` when it is to be taken away.

    :param heading: what the bar says.
    """

    closed = pyqtSignal()

    def __init__(self, theme: Theme, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.back = Button("← Back", "quiet")
        self.back.setToolTip("Back (Esc)")
        self.back.clicked.connect(self.go_back)
        self._heading = _Heading()
        self._tools = QHBoxLayout()
        self._tools.setSpacing(8)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 24, 4)
        bar.setSpacing(8)
        bar.addWidget(self.back)
        bar.addWidget(self._heading, 1)
        bar.addLayout(self._tools)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(bar)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.set_heading(heading)
        for keys in ("Esc", "Alt+Left"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.go_back)

    def event(self, event: QEvent | None) -> bool:
        """Escape is the page's, whatever else in the window listens for it."""
        if event is not None and event.type() is QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go back on Escape."""
        if event is not None and _is_escape(event):
            self.go_back()
            return
        super().keyPressEvent(event)

    def set_heading(self, text: str) -> None:
        """Say what the page is."""
        self._heading.say(text)
        self.setAccessibleName(text)

    def heading(self) -> str:
        """What the bar says."""
        return self._heading.words

    def go_back(self) -> None:
        """Go back a step within the page, or leave it."""
        if not self.step_back():
            self.closed.emit()

    def step_back(self) -> bool:
        """Go back within the page; False when there is nowhere to go but away."""
        return False

    def take_focus(self) -> None:
        """Put the keyboard where it is of use."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_tool(self, tool: QWidget) -> None:
        """Put something at the right end of the bar."""
        self._tools.addWidget(tool)

    def set_body(self, body: QWidget) -> None:
        """Show this below the bar."""
        self._column.addWidget(body, 1)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and not event.modifiers()
