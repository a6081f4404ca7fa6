"""What the window does about bugs, and how it opens what is to be watched."""

from __future__ import annotations

import sys
import threading

import pytest
from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from main import install_crash_hooks
from tests.gui.places import PATIENCE


@pytest.fixture
def crash_hooks(monkeypatch) -> None:
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, getattr(module, name))  # put back at the end
    install_crash_hooks("The details are in the log.")


class Windows(QObject):
    """Notes every window that is shown: what has no parent yet when it is shown flashes up as one, and takes the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if (
            event is not None
            and event.type() is QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
        ):
            self.shown.append(type(watched).__name__)
        return False


def test_a_start_shows_one_window(qapp: QApplication, start) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    session = start()
    session.background.assistant.open()
    qapp.removeEventFilter(windows)
    assert windows.shown == ["MainWindow"]


@pytest.mark.qt_no_exception_capture
@pytest.mark.parametrize("where", ["in a slot", "in a thread"])
@pytest.mark.usefixtures("crash_hooks")
def test_a_bug_is_said_in_the_window_and_the_window_lives_on(session, qtbot, expected_logs, capsys, where: str) -> None:
    expected_logs("should not have")

    def crash() -> None:
        raise RuntimeError("http://server/?X-Plex-Token=abcdefghijkl")

    if where == "in a slot":
        QTimer.singleShot(0, crash)
    else:
        threading.Thread(target=crash).start()
    messages = session.window.messages
    qtbot.waitUntil(lambda: "should not have" in messages.message(), timeout=PATIENCE)
    assert messages.message() == "Something went wrong that should not have. The details are in the log."
    assert "abcdefghijkl" not in capsys.readouterr().err
    before = session.movies.card.item_id
    session.movies.ratings.card_changed()
    QTest.mouseClick(session.movies.ratings.buttons()[5], Qt.MouseButton.LeftButton)
    assert session.movies.card.item_id != before


@pytest.mark.parametrize(
    ("target", "opened"),
    [
        ("/films/Solaris #2 (100%25).mkv", "file:///films/Solaris%20%232%20(100%2525).mkv"),
        ("/films/Amélie.mkv", "file:///films/Am%C3%A9lie.mkv"),
        ("file:///films/Am%E9lie%20%23.mkv", "file:///films/Am%E9lie%20%23.mkv"),
        ("https://app.plex.tv/desktop/#!/server/a1/details?key=%2Flibrary", None),
        ("http://192.168.1.20:32400/web", None),
    ],
)
def test_files_and_addresses_are_opened_as_what_they_are(session, monkeypatch, target: str, opened: str | None) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(bytes(url.toEncoded()).decode()) or True)
    assert session.play(target)
    assert asked == [opened or target]
    assert session.window.messages.message() == ""
