"""Decides whether the background training may run now, so that it never gets in the way of whatever else the computer is for."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QTimer, pyqtSignal

from gui.computer import (
    UNKNOWN,
    Circumstances,
    Look,
    Question,
    night_has_come,
    questions_for,
    reason_to_wait,
    threads_for,
    usable_cores,
)
from library.settings import TrainingSettings

ASK_SECONDS = 10.0
PATIENCE_SECONDS = 5.0
"""How long an answer of the computer is waited for; after that nothing is known, and nothing forbidden."""
STOP_SECONDS = 0.5
_INPUT = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin})


class Governor(QObject):
    """Watches the computer while somebody wants to learn. Lives on the main thread.

    Signals: ``decided(str)`` with the reason to wait, empty when learning may go on: after :meth:`ask`, and again every few
    seconds until :meth:`rest`.

    :param look: asks the computer, on a thread of its own; without it only the clock and our own window count.
    :param every: seconds between two looks, at least.
    :param wall_clock: seconds since the epoch.
    """

    decided = pyqtSignal(str)
    _looked = pyqtSignal(object, object)

    def __init__(
        self,
        settings: TrainingSettings,
        look: Look | None = None,
        *,
        every: float = ASK_SECONDS,
        patience: float = PATIENCE_SECONDS,
        wall_clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._look = look or _know_nothing
        self._every = every
        self._wall_clock = wall_clock
        self._seen = UNKNOWN
        self._asked: frozenset[Question] = frozenset()
        self._seen_at = float("-inf")
        self._thread: threading.Thread | None = None
        self._asking = False
        self._going = False
        self._touched_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(int(1000 * every))
        self._timer.timeout.connect(self._consider)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(int(1000 * patience))
        self._patience.timeout.connect(self._give_up)
        self._looked.connect(self._learn)
        self._listen(settings.schedule == "idle")

    @property
    def threads(self) -> int:
        """How many threads learning may use."""
        return threads_for(self._settings.share, usable_cores())

    def configure(self, settings: TrainingSettings) -> None:
        """Hold to these settings from now on."""
        if settings.schedule != self._settings.schedule:
            self._listen(settings.schedule == "idle")
        self._settings = settings
        if self._timer.isActive():
            self._consider()

    def ask(self) -> None:
        """Decide as soon as it can be told, and again and again from then on."""
        self._timer.start()
        self._consider()

    def rest(self) -> None:
        """Nobody wants to know any more."""
        self._timer.stop()
        self._patience.stop()
        self._going = False

    def stop(self) -> bool:
        """End for good; says whether the thread that asks has ended. One that hangs ends with the program."""
        self.rest()
        self._listen(False)
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        return self._thread is None or not self._thread.is_alive()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Note when something was typed or clicked in our window."""
        if event is not None and event.type() in _INPUT:
            self._touched_at = time.monotonic()
        return False

    def _listen(self, listening: bool) -> None:
        """See every event of the application, or none: it costs a little, so only while it matters."""
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
            if listening:
                self._touched_at = time.monotonic()
                app.installEventFilter(self)

    def _consider(self) -> None:
        wanted = questions_for(self._settings)
        fresh = time.monotonic() - self._seen_at < 0.9 * self._every and wanted <= self._asked
        if fresh or not wanted or not night_has_come(self._settings, self._hour()):
            self._decide()
        elif not self._asking:
            self._asking = True
            self._patience.start()
            self._thread = threading.Thread(target=self._inquire, args=(wanted,), name="governor", daemon=True)
            self._thread.start()
        elif not self._patience.isActive():
            self._decide()

    def _inquire(self, questions: frozenset[Question]) -> None:
        """On the thread that asks: a computer that does not answer must not hold up the window."""
        answer = self._look(questions)
        with contextlib.suppress(RuntimeError):  # the window is gone, and with it whoever wanted to know
            self._looked.emit(questions, answer)

    def _learn(self, questions: frozenset[Question], answer: Circumstances) -> None:
        self._asking = False
        self._patience.stop()
        self._seen, self._asked, self._seen_at = answer, questions, time.monotonic()
        if self._timer.isActive():
            self._consider()

    def _give_up(self) -> None:
        self._seen, self._asked = UNKNOWN, frozenset()
        self._decide()

    def _decide(self) -> None:
        here = time.monotonic() - self._touched_at
        reason = reason_to_wait(self._settings, self._seen, untouched_here=here, hour=self._hour(), going=self._going)
        self._going = not reason
        self.decided.emit(reason)

    def _hour(self) -> int:
        return time.localtime(self._wall_clock()).tm_hour


def _know_nothing(questions: frozenset[Question]) -> Circumstances:
    return UNKNOWN
