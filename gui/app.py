"""The window's start: what is needed for the first recommendation first, everything else after it was painted."""

from __future__ import annotations

import sys

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox

from gui.end_signals import EndSignals
from gui.ports import Ports
from gui.session import Session
from library.home import Home

__all__ = ["Ports", "Session", "Windows", "run", "tell"]


def run(home: Home, ports: Ports) -> int:
    """Open the window on the library of ``home`` and return the exit status when it is closed."""
    app = QApplication([sys.argv[0]])
    app.setApplicationName("Homereel")
    app.setDesktopFileName("homereel")
    windows = Windows(app, home, ports)
    ends = EndSignals(app)
    ends.received.connect(windows.close)
    windows.open()
    status = app.exec()
    ends.stop()
    windows.session.close()
    return status


class Windows(QObject):
    """The window, and the one that takes its place when somebody else sits down: nothing of the one before is left in it."""

    def __init__(self, app: QApplication, home: Home, ports: Ports) -> None:
        super().__init__(app)
        self._app = app
        self._home = home
        self._ports = ports
        self.session = self._made()

    def open(self) -> None:
        """Show the window."""
        self.session.open()

    def close(self) -> None:
        """Close the window, and with it the program."""
        self.session.window.close()

    def _made(self) -> Session:
        session = Session(self._app, self._home, self._ports)
        session.reopen_wanted.connect(lambda: QTimer.singleShot(0, self._reopen))
        return session

    def _reopen(self) -> None:
        self._app.setQuitOnLastWindowClosed(False)
        former = self.session
        former.window.close()
        former.close()
        former.theme.setParent(None)
        self.session = self._made()
        self.session.open()
        former.window.deleteLater()
        self._app.setQuitOnLastWindowClosed(True)


def tell(message: str, hint: str = "") -> None:
    """Say in a small window of its own why the window cannot open: who starts from a menu sees no terminal."""
    app = QApplication.instance() or QApplication([sys.argv[0]])
    app.setApplicationName("Homereel")
    box = QMessageBox(QMessageBox.Icon.Warning, "Homereel", message)
    box.setInformativeText(hint)
    box.exec()
