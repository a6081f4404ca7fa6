"""The Logs tab: what the program did. A list of pages on the left, and on the right the one that is chosen."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.buttons import Button, set_look


class LogsTab(QWidget):
    """Pages about what was done: written to servers, asked of the network, noted in the log.

    Signals: ``page_shown(str)`` with the title of a page that came into sight.
    """

    page_shown = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.links: dict[str, Button] = {}
        self._pages: dict[str, QWidget] = {}
        self._side = QWidget()
        self._column = QVBoxLayout(self._side)
        self._column.setContentsMargins(24, 16, 0, 16)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self._stack = QStackedWidget()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._side)
        layout.addWidget(self._stack, 1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Logs")
        theme.changed.connect(self._size_side)

    def add_page(self, title: str, page: QWidget) -> None:
        """Add a page at the end of the list; the first one is shown."""
        link = Button(title, "side", self)
        link.setAccessibleName(f"Go to {title}")
        link.clicked.connect(lambda: self.go_to(title))
        self.links[title] = link
        self._pages[title] = page
        self._column.insertWidget(len(self.links) - 1, link)
        self._stack.addWidget(page)
        self._size_side()
        if len(self._pages) == 1:
            self.go_to(title)

    def go_to(self, title: str) -> None:
        """Show a page."""
        if self._stack.isAncestorOf(QApplication.focusWidget()):
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # else it would go wherever the next control happens to be
        self._stack.setCurrentWidget(self._pages[title])
        for name, link in self.links.items():
            set_look(link, "chosen", "true" if name == title else "false")
        self.page_shown.emit(title)

    @property
    def page(self) -> str:
        """The title of the page that is shown; empty while there is none."""
        shown = self._stack.currentWidget()
        return next((title for title, page in self._pages.items() if page is shown), "")

    def _size_side(self) -> None:
        """As wide as the longest title when it is the chosen one, so that nothing moves when another is chosen."""
        metrics = QFontMetrics(self._theme.font(weight=600))
        longest = max((metrics.horizontalAdvance(title) for title in self.links), default=0)
        self._side.setFixedWidth(24 + max(self._theme.px(150), longest + 4) + 2 * 13)
