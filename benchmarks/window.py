"""A real window on a real library, driven and timed from inside its own process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

import main  # settles how many threads numpy may use; nothing before it imports numpy

if TYPE_CHECKING:
    from gui.session import Session
    from library.home import Home

PATIENCE_MS = 600_000


class FirstPaint(QObject):
    """Notes when a widget is painted for the first time after :meth:`arm`; ``then`` is called once that frame is done."""

    def __init__(self, widget: QWidget, then: Callable[[], object]) -> None:
        super().__init__(widget)
        self._then = then
        self._armed = False
        self.at = 0.0
        widget.installEventFilter(self)

    def arm(self) -> None:
        """Wait for the next paint."""
        self._armed = True

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Look at each event as it passes."""
        if self._armed and event is not None and event.type() is QEvent.Type.Paint:
            self._armed = False
            QTimer.singleShot(0, Qt.TimerType.PreciseTimer, self._painted)
        return False

    def _painted(self) -> None:
        self.at = time.perf_counter()
        self._then()


@contextmanager
def open_session(home: Home) -> Iterator[Session]:
    """The program's own window on this library, closed at the end; whether the computer is busy otherwise is not asked."""
    from gui.computer import UNKNOWN
    from gui.session import Session

    app = QApplication.instance() or QApplication(["homereel"])
    assert isinstance(app, QApplication)
    session = Session(app, home, replace(main.window_ports(home), look=lambda _: UNKNOWN, offer_assistant=False))
    session.open()
    try:
        yield session
    finally:
        session.window.close()
        session.close()


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Run the event loop until something is so."""
    loop = QEventLoop()
    look, limit = QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if done() else None)
    limit.timeout.connect(loop.quit)
    limit.setSingleShot(True)
    look.start(20)
    limit.start(PATIENCE_MS)
    loop.exec()
    if not done():
        raise TimeoutError(f"this did not happen: {what}")


def rest(seconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def click_and_wait_for_paint(session: Session, value: int) -> float:
    """Click a rating and return the seconds until the next title is on screen."""
    tab = session.movies
    card = tab.card
    assert card is not None
    loop = QEventLoop()
    paint = FirstPaint(tab.card_view, loop.quit)
    button = tab.ratings.buttons()[value - 1]
    began = time.perf_counter()
    paint.arm()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    limit = QTimer()
    limit.timeout.connect(loop.quit)
    limit.start(PATIENCE_MS)
    loop.exec()
    seconds = paint.at - began
    assert tab.card is not None
    assert tab.card.item_id != card.item_id, "the click was not taken"
    tab.card_view.removeEventFilter(paint)
    paint.deleteLater()
    return seconds


def resident_bytes() -> int:
    """How much memory this process holds now, files that it maps included."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise OSError("the system does not tell how much memory is in use")
