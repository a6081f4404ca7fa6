"""What window tests stand on: a home, ports that lead to fakes on this computer, a training process without torch."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtTest import QTest

from gui.computer import UNKNOWN
from gui.ports import Ports
from gui.preferences import Preferences
from gui.session import Session
from gui.source_actions import SourceActions
from gui.tabs.configuration.tab import ConfigurationTab, Setting
from gui.theme import Theme
from gui.training_state import Phase
from gui.worker import LibraryWorker
from library.home import Home
from library.library import Library
from library.settings import DEMO_SOURCE, SourceSettings
from library.sources import MediaServer
from main import window_ports

PATIENCE = 20_000
LEARN_QUICKLY = Path(__file__).with_name("learn_quickly.py")


def make_home(path: Path) -> Home:
    home = Home(path)
    for directory in (home.path, home.backups, home.snapshot, home.posters, home.logs):
        directory.mkdir(mode=0o700, exist_ok=True)
    return home


def quick_ports(home: Home, **changes: object) -> Ports:
    """The program's own ports, with a training process that makes its vectors up."""
    ports = replace(
        window_ports(home),
        trainer_command=quick_trainer,
        check_text_model=check_model,
        look=lambda _: UNKNOWN,
        offer_assistant=False,
    )
    return replace(ports, **changes)  # type: ignore[arg-type]


def quick_trainer(home: Home) -> Sequence[str]:
    return (sys.executable, str(LEARN_QUICKLY), str(home.path))


def check_model(name: str) -> str:
    return "" if name == "all-MiniLM-L6-v2" or "model" in name else f"“{name}” is not on this computer."


@dataclass
class FakeServer:
    """Wraps a real server to count, and to do something before each answer."""

    real: MediaServer
    before: Callable[[str], None] = lambda _: None
    closed: int = 0
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        self.before(name)
        return getattr(self.real, name)

    def close(self) -> None:
        self.closed += 1
        self.real.close()


def demo_source() -> SourceSettings:
    return DEMO_SOURCE


def plex_source(url: str) -> SourceSettings:
    return SourceSettings(id="plex-1", kind="plex", name="Cellar", url=url)


@dataclass
class Room:
    """The Configuration tab on a real store and a real worker, without the rest of the window."""

    home: Home
    library: Library
    preferences: Preferences
    actions: SourceActions
    tab: ConfigurationTab


@contextmanager
def open_room(home: Home, theme: Theme, qtbot, tab: bool = True, **changes: object) -> Iterator[Room]:
    """A :class:`Room` with the program's own ports, some of them changed; without its tab it is there at once."""
    ports = quick_ports(home, **changes)
    library = Library.open(home)
    worker = LibraryWorker(home, ports, "worker under test")
    worker.start()
    preferences = Preferences(library)
    actions = SourceActions(library, preferences, worker)
    page = ConfigurationTab(Setting(home, ports, preferences, actions, theme)) if tab else None
    if page is not None:
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.activateWindow()
    try:
        yield Room(home, library, preferences, actions, page)
    finally:
        assert worker.stop()
        library.close()


def settled(session: Session, qtbot) -> None:
    """Wait until nothing is learned or read any more."""
    trainer = session.background.trainer
    qtbot.waitUntil(lambda: trainer.state.phase is Phase.IDLE and not session.background.worker.busy, timeout=PATIENCE)


class Heartbeat(QObject):
    """Measures how long the window's thread was busy with anything else at most."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.monotonic()
        self.longest, self._last = max(self.longest, now - self._last), now

    def stop(self) -> float:
        """The longest gap between two beats, in seconds."""
        self._beat()
        self._timer.stop()
        return self.longest


def press(button) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
