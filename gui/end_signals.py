"""Lets Ctrl+C in the terminal, and a system that shuts down, close the window as its own button does.

Python runs a signal's handler only when it gets to run at all, which an idle window does not let it; the byte that Python
writes to a socket at once wakes the event loop.
"""

from __future__ import annotations

import contextlib
import signal
import socket

from PyQt6.QtCore import QObject, QSocketNotifier, pyqtSignal

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class EndSignals(QObject):
    """Hears the signals that ask a program to end. Lives on the main thread; one at a time.

    Signals: ``received()`` for each of them.
    """

    received = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        self._before = {number: signal.signal(number, lambda *_: None) for number in numbers}
        self._woken_before = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)

    def stop(self) -> None:
        """Let the signals do again what they did before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._woken_before)
        for number, action in self._before.items():
            signal.signal(number, action)
        self._reading.close()
        self._writing.close()

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            arrived = set(self._reading.recv(256))
            if arrived & set(self._before):
                self.received.emit()
