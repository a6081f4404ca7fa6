from __future__ import annotations

import os
import signal

import pytest
from pytestqt.qtbot import QtBot

from gui.end_signals import EndSignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_heard_while_nothing_else_happens(qtbot: QtBot, number: int) -> None:
    before = signal.getsignal(number)
    ends = EndSignals()
    try:
        with qtbot.waitSignal(ends.received, timeout=2000):
            os.kill(os.getpid(), number)
    finally:
        ends.stop()
    assert signal.getsignal(number) is before
    assert signal.set_wakeup_fd(-1) == -1


def test_other_signals_are_not_taken_for_the_end(qtbot: QtBot) -> None:
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    ends = EndSignals()
    try:
        with qtbot.assertNotEmitted(ends.received, wait=100):
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        ends.stop()
        signal.signal(signal.SIGUSR1, before)
