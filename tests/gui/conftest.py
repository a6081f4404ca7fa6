"""What window tests share: no thread, timer or top-level widget outlives its test."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QObject, QThread, QTimer
from PyQt6.QtWidgets import QApplication

from gui.theme import Theme


@pytest.fixture(autouse=True)
def _no_qt_leftovers(qapp: QApplication) -> Iterator[None]:
    timers: list[QTimer] = []
    yield
    QApplication.closeAllWindows()
    gc.collect()
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    qapp.sendPostedEvents(None, 0)
    left = [obj for obj in gc.get_objects() if _alive(obj, QThread) and obj.isRunning()]
    assert not left, f"a QThread was left running: {left}"
    timers = [obj for obj in gc.get_objects() if _alive(obj, QTimer) and obj.isActive() and obj.parent() is None]
    assert not timers, f"a timer without an owner was left running: {timers}"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme on the whole application, gone after the test."""
    theme = Theme(qapp, "dark")
    yield theme
    theme.setParent(None)
    theme.deleteLater()


def _alive(obj: object, kind: type[QObject]) -> bool:
    try:
        if not isinstance(obj, kind):
            return False
        obj.objectName()
    except (RuntimeError, ReferenceError):
        return False  # the C++ side is gone already
    return True
