"""A small library with a real engine behind the two tabs, without threads: what tests of wishes, dials and rules stand on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QEvent

from gui.controller import Controller
from gui.desk import Desk
from gui.dials_desk import DialsDesk
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.tabs.recommendations import RecommendationTab
from gui.theme import Theme
from library.items import MediaKind
from library.library import Library
from recommender.engine import Engine
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of


@dataclass
class Evening:
    """The window with everything behind it that answers at once."""

    library: Library
    preferences: Preferences
    window: MainWindow
    movies: RecommendationTab
    shows: RecommendationTab
    controller: Controller

    @property
    def engine(self) -> Engine:
        assert self.controller.engine is not None
        return self.controller.engine

    @property
    def desk(self) -> Desk:
        return self.controller.desks[MediaKind.MOVIE]

    def card(self) -> str:
        return self.movies.card.title if self.movies.card is not None else ""

    def shelf(self) -> list[str]:
        return [entry.title for entry in self.movies.shelf.entries()]

    def rate(self, *titles: str, value: float) -> None:
        ids = ids_by_title(self.library)
        for title in titles:
            self.engine.rate(ids[title], value)
        self.controller.start_afresh()


@contextmanager
def open_evening(home: Path, theme: Theme, qtbot) -> Iterator[Evening]:
    theme.still = True
    library = open_shelf(home)
    preferences = Preferences(library)
    window = MainWindow(theme)
    qtbot.addWidget(window)
    movies, shows = RecommendationTab(MediaKind.MOVIE, theme), RecommendationTab(MediaKind.SHOW, theme)
    window.add_tab(movies, "Movies")
    window.add_tab(shows, "TV Shows")
    controller = Controller(library, preferences.settings, window.messages, (movies, shows), window)
    preferences.changed.connect(controller.configure)
    DialsDesk(controller, preferences, window)
    window.tab_changed.connect(
        lambda title: controller.desks[MediaKind.MOVIE if title == "Movies" else MediaKind.SHOW].came_into_sight()
    )
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    controller.publish(snapshot_of(library))
    yield Evening(library, preferences, window, movies, shows, controller)
    controller.stop()
    window.close()
    library.close()
    window.deleteLater()  # no event loop runs in these tests that would do it
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
