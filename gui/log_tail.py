"""The newest log lines, collected from every thread and handed to the window ten times a second at most."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from library.redaction import RedactingFilter

MOST_LINES = 5000
BATCH_MILLISECONDS = 100


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record as it is shown.

    :param level: a level of ``logging``; ``text`` may have several lines when there is a traceback.
    """

    at: float
    level: int
    origin: str
    text: str

    @property
    def clock(self) -> str:
        """The time of day."""
        return time.strftime("%H:%M:%S", time.localtime(self.at))

    def __str__(self) -> str:
        return f"{self.clock}  {LEVEL_WORDS.get(self.level, 'Note'):<8} {self.origin}  {self.text}"


LEVEL_WORDS = {
    logging.DEBUG: "Detail",
    logging.INFO: "Note",
    logging.WARNING: "Warning",
    logging.ERROR: "Problem",
    logging.CRITICAL: "Problem",
}


class LogTail(QObject):
    """Keeps the newest lines. Records come from any thread, signals go out on the main thread.

    Signals: ``added(tuple of LogLine)``.
    """

    added = pyqtSignal(object)
    _woken = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._fresh: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._lock = threading.Lock()
        self._waiting = False
        self._batch = QTimer(self)
        self._batch.setSingleShot(True)
        self._batch.setInterval(BATCH_MILLISECONDS)
        self._batch.timeout.connect(self._hand_over)
        self._woken.connect(self._batch.start)
        self._listener = _Listener(self)

    def start(self, logger: logging.Logger | None = None) -> None:
        """Listen to a logger: the root of all of them, unless told otherwise."""
        (logger or logging.getLogger()).addHandler(self._listener)

    def stop(self, logger: logging.Logger | None = None) -> None:
        """Stop listening."""
        (logger or logging.getLogger()).removeHandler(self._listener)
        self._batch.stop()

    def take(self, line: LogLine) -> None:
        """Take a line in, on any thread."""
        with self._lock:
            self._fresh.append(line)
            wake, self._waiting = not self._waiting, True
        if wake:
            self._woken.emit()

    def _hand_over(self) -> None:
        with self._lock:
            lines = tuple(self._fresh)
            self._fresh.clear()
            self._waiting = False
        if lines:
            self.lines.extend(lines)
            self.added.emit(lines)


class _Listener(logging.Handler):
    """The end of the log that leads into the window."""

    def __init__(self, tail: LogTail) -> None:
        super().__init__(logging.INFO)
        self._tail = tail
        self.addFilter(RedactingFilter())
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Turn the record into a line."""
        with contextlib.suppress(RuntimeError):  # the window is gone, and with it whoever would read this
            self._tail.take(LogLine(record.created, record.levelno, record.name, self.format(record)))
