"""The work behind "The same title?": which pairs wait for an answer, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from PyQt6.QtCore import QObject, pyqtSignal

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.models import SEPARATOR, facts_line
from gui.pairs_page import PairSide, PairsPage, ShownPair
from gui.preferences import Preferences
from gui.theme import Theme
from library.items import Item
from library.settings import DEMO_SOURCE
from library.title_pairs import TitlePair


class PairsDesk(QObject):
    """Owns the page. Main thread: putting two titles together is a handful of rows.

    Signals: ``changed()`` when titles were put together or taken apart.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        controller: Controller,
        preferences: Preferences,
        window: MainWindow,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._pairs = controller.library.pairs
        self._preferences = preferences
        self._window = window
        self._theme = theme
        self._page: PairsPage | None = None

    @property
    def page(self) -> PairsPage:
        """The page, made when it is needed first."""
        if self._page is None:
            page = PairsPage(self._theme)
            page.same.connect(lambda pair: self._settle(pair, self._pairs.put_together))
            page.two.connect(lambda pair: self._settle(pair, self._pairs.keep_apart))
            page.apart.connect(lambda pair: self._settle(pair, self._pairs.take_apart))
            self._page = page
        return self._page

    def counts(self) -> tuple[int, int]:
        """How many pairs wait for an answer, and how many were put together."""
        return len(self._pairs.waiting()), len(self._pairs.decided())

    def open(self) -> None:
        """Show the page."""
        self._window.lay_over(self.page)
        self._show()

    def _settle(self, pair: TitlePair, action: Callable[[TitlePair], object]) -> None:
        if self._controller.attempt(lambda: action(pair)):
            self._controller.start_afresh()
            self.changed.emit()
        self._show()

    def _show(self) -> None:
        self._controller.attempt(self._read)

    def _read(self) -> None:
        waiting, decided = self._pairs.waiting(), self._pairs.decided()
        ids = [item_id for pair in (*waiting, *decided) for item_id in (pair.one, pair.other)]
        items = {item.id: item for item in self._controller.library.items.many(dict.fromkeys(ids))}
        names = {source.id: source.name for source in (DEMO_SOURCE, *self._preferences.settings.sources)}

        def shown(pair: TitlePair) -> ShownPair:
            return ShownPair(pair, _side(items[pair.one], names), _side(items[pair.other], names))

        self.page.show_pairs([shown(pair) for pair in waiting], [shown(pair) for pair in decided])


def _side(item: Item, names: dict[str, str]) -> PairSide:
    """One of the two: "Heat (1995)", its facts, and "Cellar: Heat.mkv"."""
    title = f"{item.title} ({item.year})" if item.year else item.title
    other = [item.original_title] if item.original_title and item.original_title != item.title else []
    lies = dict.fromkeys(
        ": ".join([names.get(place.source_id, place.source_id), *(PurePath(file).name for file in place.files[:1])])
        for place in item.places
    )
    return PairSide(title, SEPARATOR.join([*other, facts_line(item)]), "\n".join(lies))
