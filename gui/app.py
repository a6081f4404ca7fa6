"""The window's start: what is needed for the first recommendation first, everything else after it was painted."""

from __future__ import annotations

import sys

from PyQt6.QtWidgets import QApplication, QMessageBox

from gui.end_signals import EndSignals
from gui.ports import Ports
from gui.session import Session
from library.home import Home

__all__ = ["Ports", "Session", "run", "tell"]


def run(home: Home, ports: Ports) -> int:
    """Open the window on the library of ``home`` and return the exit status when it is closed."""
    app = QApplication([sys.argv[0]])
    app.setApplicationName("Homereel")
    app.setDesktopFileName("homereel")
    session = Session(app, home, ports)
    ends = EndSignals(app)
    ends.received.connect(session.window.close)
    session.open()
    status = app.exec()
    ends.stop()
    session.close()
    return status


def tell(message: str, hint: str = "") -> None:
    """Say in a small window of its own why the window cannot open: who starts from a menu sees no terminal."""
    app = QApplication.instance() or QApplication([sys.argv[0]])
    app.setApplicationName("Homereel")
    box = QMessageBox(QMessageBox.Icon.Warning, "Homereel", message)
    box.setInformativeText(hint)
    box.exec()
