"""What window tests share: no thread, timer or top-level widget outlives its test."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, QThread, QTimer
from PyQt6.QtWidgets import QApplication

from gui.session import Session
from gui.theme import Theme
from library.home import Home
from tests.gui.places import PATIENCE, Room, make_home, open_room, quick_ports
from tests.gui.writing_place import Place, open_place


@pytest.fixture(autouse=True)
def _no_qt_leftovers(qapp: QApplication) -> Iterator[None]:
    gc.freeze()  # what was there before the test is not looked through after it: with torch loaded that takes a second
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


@pytest.fixture
def home(home_path: Path) -> Home:
    return make_home(home_path)


@pytest.fixture
def start(qapp: QApplication, home: Home, qtbot) -> Iterator[Callable[..., Session]]:
    """Opens the window, as often as it is called; each is closed at the end."""
    opened: list[Session] = []

    def open_session(settle: bool = True, **changes: object) -> Session:
        session = Session(qapp, home, quick_ports(home, **changes))
        session.theme.still = True
        opened.append(session)
        session.open()
        if settle:
            qtbot.waitUntil(
                lambda: session.movies.card is not None and session.background is not None, timeout=PATIENCE
            )
        return session

    yield open_session
    for session in opened:
        session.window.close()
        session.close()
        session.theme.setParent(None)


@pytest.fixture
def session(start) -> Session:
    return start()


@pytest.fixture
def room(home: Home, theme, qtbot) -> Iterator[Room]:
    with open_room(home, theme, qtbot) as room:
        yield room


@pytest.fixture
def place(theme: Theme, home_path: Path, qtbot) -> Iterator[Place]:
    with open_place(theme, home_path, qtbot) as place:
        yield place


def _alive(obj: object, kind: type[QObject]) -> bool:
    try:
        if not issubclass(type(obj), kind):  # isinstance would wake lazy objects of other libraries
            return False
        obj.objectName()
    except (RuntimeError, ReferenceError):
        return False  # the C++ side is gone already
    return True
