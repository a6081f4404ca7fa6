"""One open window from its start to its end: everything it is made of, in the order in which it is needed.

What the first recommendation needs comes first; threads, tabs that nobody sees yet and everything else come after it was
painted.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.controller import Controller
from gui.log_tail import LogLine, LogTail
from gui.main_window import MainWindow
from gui.ports import Ports
from gui.preferences import Preferences
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from library.backups import open_or_recover
from library.errors import AppError
from library.home import Home
from library.items import MediaKind
from library.library import Library
from library.settings import Settings, WindowSettings
from recommender.snapshot import load_snapshot
from recommender.weights import KernelWeights, load_weights

if TYPE_CHECKING:
    from gui.background import Background

log = logging.getLogger(__name__)

MOVIES, SHOWS, TASTE, CONFIGURATION, LOGS = "Movies", "TV Shows", "Taste", "Configuration", "Logs"
SWITCH_SECONDS = 0.002
"""How long a thread may hold Python's lock when the window wants it."""


class Session(QObject):
    """The window with everything behind it.

    Signals: ``settled()`` when all that comes after the first paint is there; ``reopen_wanted()`` when somebody else sat down,
    so that another window is to be opened in the place of this one; ``closed()`` when the window was closed and
    every thread has ended.
    """

    settled = pyqtSignal()
    reopen_wanted = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, app: QApplication, home: Home, ports: Ports) -> None:
        super().__init__()
        self.home = home
        self.ports = ports
        self.theme = Theme(app)
        self.tail = LogTail(self)
        self.tail.start()
        self.tail.added.connect(self._tell_of_bugs)
        self.window = MainWindow(self.theme)
        self.movies = RecommendationTab(MediaKind.MOVIE, self.theme)
        self.shows = RecommendationTab(MediaKind.SHOW, self.theme)
        self.pages = {TASTE: _Page(), CONFIGURATION: _Page(), LOGS: _Page()}
        self.library: Library | None = None
        self.preferences: Preferences | None = None
        self.controller: Controller | None = None
        self.weights: KernelWeights | None = None
        self.background: Background | None = None
        self._closing = False
        for widget, title in ((self.movies, MOVIES), (self.shows, SHOWS), *((p, t) for t, p in self.pages.items())):
            self.window.add_tab(widget, title)
        self.window.closing.connect(self.close)
        self.movies.retry_requested.connect(self._open_library)

    def open(self) -> None:
        """Show the window, with a recommendation if there is one to show at once."""
        self._open_library()
        self.window.installEventFilter(self)
        self.window.show()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Wait for the first paint, and do the rest after it."""
        if event is not None and event.type() is QEvent.Type.Paint and watched is self.window:
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self._after_first_paint)
        return False

    def _open_library(self) -> None:
        if self.library is not None:
            return
        try:
            self.library, recovered = open_or_recover(self.home)
            self.weights = load_weights()
        except AppError as error:
            log.error("%s", error)
            for tab in (self.movies, self.shows):
                tab.show_failing(error.message, error.hint)
            return
        self.preferences = Preferences(self.library, self)
        self._apply(self.preferences.settings)
        self._restore_window(self.preferences.settings.window)
        self.controller = Controller(
            self.library,
            self.preferences.settings,
            self.window.messages,
            (self.movies, self.shows),
            self,
        )
        self.preferences.changed.connect(self._apply)
        self._connect_window()
        self._show_saved_snapshot()
        if recovered:
            self.window.messages.show_message(recovered, "", "problem")
        if self.window.isVisible():
            self._after_first_paint()

    def _show_saved_snapshot(self) -> None:
        assert self.weights is not None
        assert self.controller is not None
        snapshot = load_snapshot(self.home.snapshot, self.weights)
        if snapshot is not None and len(snapshot):
            self.controller.publish(snapshot)
            self.current_desk_in_sight()

    def current_desk_in_sight(self) -> None:
        """Show the tab that is in front, if it has not been shown yet."""
        self._tab_changed(self.window.current_tab(), remember=False)

    def _after_first_paint(self) -> None:
        if self._closing or self.background is not None or self.library is None:
            return
        from gui.background import Background

        sys.setswitchinterval(SWITCH_SECONDS)
        self.background = Background(self)
        self.background.start()
        self.settled.emit()

    def _connect_window(self) -> None:
        self.window.tab_changed.connect(self._tab_changed)
        self.window.geometry_changed.connect(lambda text: self._remember(geometry=text))

    def _apply(self, settings: Settings) -> None:
        self.theme.set_choice(settings.appearance.theme)
        if self.controller is not None:
            self.controller.configure(settings)

    def _restore_window(self, remembered: WindowSettings) -> None:
        self.window.restore_geometry(remembered.geometry)
        if remembered.tab:
            self.window.show_tab(remembered.tab)

    def _tab_changed(self, title: str, remember: bool = True) -> None:
        tab = {MOVIES: self.movies, SHOWS: self.shows}.get(title)
        if tab is not None and self.controller is not None:
            self.controller.desks[tab.kind].came_into_sight()
        if title == TASTE and self.background is not None:
            self.background.taste_came_into_sight()
        if remember:
            self._remember(tab=title)

    def _remember(self, **changes: str) -> None:
        """Where the window is and what it shows; not worth a message when it cannot be stored."""
        if self.preferences is None or self._closing:
            return
        window = self.preferences.settings.window
        try:
            self.preferences.change(
                window=WindowSettings(changes.get("geometry", window.geometry), changes.get("tab", window.tab))
            )
        except AppError as error:
            log.info("The place of the window could not be stored: %s", error)

    def show_title(self, item_id: int) -> None:
        """Show the card of a title in its tab."""
        if self.controller is None or self.library is None:
            return
        item = self.library.items.get(item_id)
        desk = None if item is None else self.controller.desks.get(item.kind)
        if desk is not None:
            self.window.show_tab(SHOWS if desk.kind is MediaKind.SHOW else MOVIES)
            desk.show_title(item_id)

    def play(self, target: str) -> bool:
        """Open a file, or an address of one or of a page, for watching; says whether something opened it."""
        is_page = target.startswith(("http://", "https://"))
        url = QUrl(target) if is_page or target.startswith("file://") else QUrl.fromLocalFile(target)
        if QDesktopServices.openUrl(url):
            return True
        name = "This page" if is_page else f"“{url.fileName()}”"
        wanted = "a web browser" if is_page else "a player for it"
        self.window.messages.show_message(
            f"{name} could not be opened.", f"Look whether {wanted} is installed.", "problem"
        )
        return False

    def _tell_of_bugs(self, lines: tuple[LogLine, ...]) -> None:
        """Say that something went wrong that should not have, on whatever thread; the log has the rest."""
        if not self._closing and any(line.level >= logging.CRITICAL for line in lines):
            self.window.messages.show_message(
                "Something went wrong that should not have.", "The details are in the log.", "problem"
            )

    def close(self) -> None:
        """End every thread and close the library. Closing twice is fine."""
        if self._closing:
            return
        self._closing = True
        if self.background is not None:
            self.background.stop()
        if self.controller is not None:
            self.controller.stop()
        self.tail.stop()
        if self.library is not None:
            self.library.close()
        self.closed.emit()


class _Page(QWidget):
    """A tab that is filled when it is needed."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def fill(self, content: QWidget) -> None:
        """Show this from now on."""
        self._layout.addWidget(content)
        self.setFocusProxy(content)
