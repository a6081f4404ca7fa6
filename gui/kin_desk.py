"""The work behind "More like this": which titles are like one, and the way there and back."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.models import make_card
from gui.page_desk import PageDesk
from gui.theme import Theme
from gui.widgets.kin_card import KinEntry
from gui.widgets.kin_page import ALONE, WORKING, KinPage
from library.items import Item

MOST = 60


@dataclass(frozen=True, slots=True)
class _Stop:
    """A title on the way."""

    item_id: int
    title: str


class KinDesk(PageDesk):
    """Owns the page and the trail of titles that led to the one that is shown.

    Signals: ``connections_wanted(int, int)``: the surroundings of a title, with the way to the other one; both are the same
    where no other one is meant.
    """

    connections_wanted = pyqtSignal(int, int)

    def __init__(self, controller: Controller, window: MainWindow, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(controller, window, theme, parent)
        self._page: KinPage | None = None
        self._trail: tuple[_Stop, ...] = ()
        controller.published.connect(self._refresh)

    @property
    def page(self) -> KinPage:
        """The page, made when it is needed first."""
        if self._page is None:
            page = KinPage(self._theme)
            page.chosen.connect(self.title_wanted)
            page.rated.connect(self._rate)
            page.similar_requested.connect(self._go_on)
            page.connections_requested.connect(self._connect_with)
            page.crumb_chosen.connect(self._go_back)
            page.posters_wanted.connect(self._controller.want_posters)
            self._page = page
            self.page_made.emit(page)
        return self._page

    def open(self, item_id: int) -> None:
        """Show what is like this title, with no way back but to where one was."""
        self._trail = ()
        if self._go_on(item_id):
            self._window.lay_over(self.page)

    # What the user did

    def _go_on(self, item_id: int) -> bool:
        item = self.item(item_id)
        if item is None:
            return False
        self._trail = (*self._trail, _Stop(item.id, item.title))
        self._show(item)
        return True

    def _go_back(self, place: int) -> None:
        self._trail = self._trail[: place + 1]
        self._refresh()

    def _rate(self, item_id: int, value: float) -> None:
        """One rating, and the others are ranked by it at once."""
        if self.answer(item_id, lambda engine: engine.rate(item_id, value)):
            self._refresh()

    def _connect_with(self, item_id: int) -> None:
        if self._trail:
            self.connections_wanted.emit(self._trail[-1].item_id, item_id)

    # What is shown

    def _refresh(self) -> None:
        if self._page is None or not self._trail or self._page not in self._window.laid_pages():
            return
        item = self.item(self._trail[-1].item_id)
        if item is not None:
            self._show(item)

    def _show(self, item: Item) -> None:
        self.page.show_title(make_card(item), [stop.title for stop in self._trail[:-1]])
        self._controller.attempt(lambda: self._show_kin(item))

    def _show_kin(self, item: Item) -> None:
        engine = self.engine
        assert engine is not None
        kin = engine.similar(item.id, MOST)
        items = {other.id: other for other in self._library.items.many([one.item_id for one in kin])}
        entries = [
            KinEntry(one, items[one.item_id].genres, items[one.item_id].seen) for one in kin if one.item_id in items
        ]
        if entries:
            self.page.show_kin(entries)
        else:
            self.page.show_quiet(WORKING if len(engine.snapshot) > 1 else ALONE)
