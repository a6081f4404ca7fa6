"""The page of a sign-in: its address to be seen and copied, and a button that opens it again, wherever a form puts them."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QGuiApplication
from PyQt6.QtWidgets import QLineEdit, QWidget

from gui.widgets.buttons import Button
from library.accounts import CodeShown

COPY = "Copy the link"


class PageLink(QObject):
    """Three widgets that belong together; whoever owns them lays them out.

    Signals: ``opened(bool)`` when it was tried to open the page: whether there is a browser for it.

    :param name: what somebody who does not see the address is told that it is.
    """

    opened = pyqtSignal(bool)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._ends_at = 0.0
        self.link = QLineEdit(parent)
        self.link.setReadOnly(True)
        self.link.setAccessibleName(name)
        self.copy = Button(COPY, "", parent)
        self.open = Button("Open it again", "", parent)
        self.copy.clicked.connect(self._copy)
        self.open.clicked.connect(self.open_page)

    def take(self, step: CodeShown) -> None:
        """Have another address from now on."""
        self._ends_at = time.monotonic() + step.seconds
        self.link.setText(step.link)
        self.link.setCursorPosition(0)

    def tell_time(self) -> None:
        """Say how long the page is good for, to whoever points at the address."""
        if self.link.text():
            minutes = max(0, round((self._ends_at - time.monotonic()) / 60))
            self.link.setToolTip(f"Good for another {minutes} minutes" if minutes > 1 else "Good for another minute")

    def open_page(self) -> None:
        """Open the page in the person's browser."""
        self.opened.emit(QDesktopServices.openUrl(QUrl(self.link.text(), QUrl.ParsingMode.StrictMode)))

    def set_visible(self, visible: bool) -> None:
        """Show all of it, or nothing."""
        for part in (self.link, self.copy, self.open):
            part.setVisible(visible)
        self.copy.setText(COPY)

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.link.text())
            self.copy.setText("Copied")
