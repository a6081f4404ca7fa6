"""The desks of writing to servers, on a real store and a real worker, with servers in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

from PyQt6.QtWidgets import QWidget

from gui.activity_desk import ActivityDesk
from gui.controller import Controller
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.tabs.activity_page import ActivityPage
from gui.theme import Theme
from gui.waiting_writes import WaitingWrites
from gui.worker import LibraryWorker
from gui.writing_desk import Subject, WritingDesk
from library.accounts import account_secret_of
from library.items import MediaKind
from library.library import Library
from library.secrets import Secrets
from library.settings import Settings, SourceSettings, WritingSettings
from library.writing import Listed, WriteKind
from tests.gui.places import PATIENCE, make_home, press, quick_ports
from tests.unit.library.writable_server import WritableMemory
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of

PLEX = SourceSettings(id="demo", kind="plex", name="Cellar", url="http://127.0.0.1:1", account="7")
ON = WritingSettings(allowed=True)


@dataclass
class WatchlistMemory(WritableMemory):
    """A watchlist with a catalogue behind it."""

    found: tuple[Listed, ...] = ()

    def watchlist(self) -> tuple[Listed, ...]:
        return tuple(
            Listed(target, f"Title {target[-1]}", MediaKind.MOVIE)
            for (kind, target), held in self.entries.items()
            if kind is WriteKind.WATCHLIST and held["listed"]
        )

    def candidates(self, kind: MediaKind, title: str, year: int | None) -> tuple[Listed, ...]:
        return self.found


@dataclass
class Place:
    """The desks of writing on a real store and a real worker, with servers in memory."""

    library: Library
    preferences: Preferences
    controller: Controller
    window: MainWindow
    desk: WritingDesk
    waiting: WaitingWrites
    activity: ActivityDesk
    page: ActivityPage
    server: WritableMemory
    watchlist: WatchlistMemory
    worker: LibraryWorker
    ids: dict[str, int] = field(default_factory=dict)
    tokens: list[str | None] = field(default_factory=list)

    def allow(self, **chosen: object) -> None:
        self.preferences.change(writing=replace(ON, **chosen))

    def lines(self, title: str | None = "Star 2", listed: tuple[int, ...] = (), name: str = "") -> list[str]:
        subject = Subject(self.ids[title] if title else None, listed, name)
        return self.desk.menu(lambda: subject).lines()

    def act(self, action: str, title: str = "Star 2", listed: tuple[int, ...] = (), name: str = "Up next") -> None:
        self.desk.act(action, Subject(self.ids[title], listed, name))

    def rate(self, title: str, value: float) -> None:
        self.controller.engine.rate(self.ids[title], value)
        self.controller.feedback_given.emit(self.ids[title])


@contextmanager
def open_place(theme: Theme, home_path: Path, qtbot) -> Iterator[Place]:
    theme.still = True
    home = make_home(home_path)
    tokens: list[str | None] = []
    server, watchlist = WritableMemory(), WatchlistMemory(able=frozenset({WriteKind.WATCHLIST}))
    ports = quick_ports(
        home,
        open_server=lambda source, token: (tokens.append(token), server)[1],
        open_watchlist=lambda source, token: watchlist,
    )
    Secrets(home).put(account_secret_of(PLEX), "an account's token 0123")
    with open_shelf(home_path, films=12) as library:
        library.settings.save(Settings(sources=(PLEX,)))
        window = MainWindow(theme)
        qtbot.addWidget(window)
        preferences = Preferences(library)
        controller = Controller(library, preferences.settings, window.messages, ())
        controller.publish(snapshot_of(library))
        worker = LibraryWorker(home, ports, "asking worker under test")
        worker.start()
        session = SimpleNamespace(
            library=library, preferences=preferences, controller=controller, window=window, theme=theme
        )
        page = ActivityPage(theme)
        window.add_tab(QWidget(), "Movies")
        window.add_tab(page, "Activity")
        activity = ActivityDesk(library, preferences, window.messages, worker, page)
        waiting = WaitingWrites(controller, preferences, worker)
        waiting._soon.setInterval(20)
        desk = WritingDesk(session, worker, activity, controller)
        desk.written.connect(activity.refresh)
        waiting.changed.connect(activity.refresh)
        window.show()
        yield Place(
            library, preferences, controller, window, desk, waiting, activity, page, server, watchlist, worker,
            ids_by_title(library), tokens,
        )  # fmt: skip
        controller.stop()
        window.close()
        assert worker.stop()


def quiet(place: Place, qtbot) -> None:
    qtbot.waitUntil(lambda: not place.worker.busy and not place.waiting._soon.isActive(), timeout=PATIENCE)


def shown(place: Place, qtbot) -> None:
    """Wait for the preview of what would be written."""
    qtbot.waitUntil(lambda: bool(place.desk.preview.previews()), timeout=PATIENCE)


def agree(place: Place, qtbot) -> None:
    shown(place, qtbot)
    press(place.desk.preview.write)
    quiet(place, qtbot)
