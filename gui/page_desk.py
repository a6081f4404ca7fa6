"""What the desks of the pages over the tabs share: the way to the engine, to the posters, and to a title's own tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.theme import Theme
from library.items import Item
from recommender.engine import Engine


class PosterPage(Protocol):
    """A page with posters on it."""

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""


class PageDesk(QObject):
    """Between the engine and one page that can lie over the tabs. Main thread, nothing that waits.

    Signals: ``title_wanted(int)``: show the card of this title in its tab; ``page_made(QWidget)`` when the page was made, which
    is when it is needed first.
    """

    title_wanted = pyqtSignal(int)
    page_made = pyqtSignal(object)

    def __init__(self, controller: Controller, window: MainWindow, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent or controller)
        self._controller = controller
        self._library = controller.library
        self._window = window
        self._theme = theme
        self._page: PosterPage | None = None

    @property
    def engine(self) -> Engine | None:
        """Who answers, once there is anything to answer from."""
        return self._controller.engine

    def answer(self, item_id: int, action: Callable[[Engine], object]) -> bool:
        """Store what the user said about a title, and let its tab know. Whether it could be stored."""
        engine = self.engine
        if engine is None or not self._controller.attempt(lambda: action(engine)):
            return False
        self._tell_tabs(item_id)
        self._controller.feedback_given.emit(item_id)
        return True

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Show the real poster of a title, once there is a page to show it on."""
        if self._page is not None:
            self._page.show_poster(item_id, image)

    def item(self, item_id: int) -> Item | None:
        """A title that is in the library now and that the engine knows."""
        engine = self.engine
        if engine is None or engine.snapshot.row_of(item_id) is None:
            return None
        item = self._library.items.get(item_id)
        return None if item is None or item.removed_at is not None else item

    def _tell_tabs(self, item_id: int) -> None:
        """A tab whose card was answered here shows another one when it is seen next."""
        for desk in self._controller.desks.values():
            if item_id in desk.on_screen()[:1]:
                desk.start_afresh()
            else:
                desk.refresh_when_seen()
