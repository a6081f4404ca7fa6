"""Fetches posters a few at a time for whoever shows them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from gui import jobs
from gui.worker import Ticket
from library.items import Item
from library.progress import Progress

if TYPE_CHECKING:
    from gui.background import Background

POSTERS_AT_ONCE = 6


class PosterQueue(QObject):
    """Asks for posters a few at a time, those wanted last first, so that what is on screen never waits for what was."""

    def __init__(self, background: Background) -> None:
        super().__init__(background)
        self._background = background
        self._wanted: OrderedDict[int, Item] = OrderedDict()
        self._ticket: Ticket | None = None

    def want(self, items: tuple[Item, ...]) -> None:
        """Ask for the posters of these, the first one first."""
        for item in reversed(items):
            self._wanted[item.id] = item
            self._wanted.move_to_end(item.id)
        self._ask()

    def _ask(self) -> None:
        if self._ticket is not None or not self._wanted:
            return
        count = min(POSTERS_AT_ONCE, len(self._wanted))
        batch = [self._wanted.popitem()[1] for _ in range(count)]
        sources = self._background.known_sources()
        self._ticket = self._background.poster_worker.submit("Fetching posters", jobs.fetch_posters(batch, sources))
        self._ticket.progressed.connect(self._arrived)
        self._ticket.ended.connect(self._next)

    def _arrived(self, step: Progress) -> None:
        if isinstance(step, jobs.PosterFound) and step.image is not None:
            self._background.show_poster(step.item_id, step.kind, step.image)

    def _next(self) -> None:
        self._ticket = None
        self._ask()
