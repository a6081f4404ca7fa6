"""The work behind the graph of a title: asks a worker for what lies around it, and keeps the way back."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.models import make_shelf_entry
from gui.page_desk import PageDesk
from gui.theme import Theme
from gui.widgets.graph_view import DRAWING, NOT_YET, GraphPage
from gui.widgets.pages import failing_page
from gui.worker import LibraryWorker, Task, Ticket
from library.errors import AppError
from recommender.surroundings import Surroundings

Around = Callable[[int, int], Task]
"""The title in the middle, and another that is to be in the drawing too (the same where none is meant) -> a job whose result is
the ``Surroundings``, or ``None`` while there is no graph yet."""


class GraphDesk(PageDesk):
    """Owns the page and the trail of titles that were in the middle.

    :param worker: the thread that looks around.
    :param around: makes the job for it.
    """

    def __init__(
        self,
        controller: Controller,
        window: MainWindow,
        theme: Theme,
        worker: LibraryWorker,
        around: Around,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(controller, window, theme, parent)
        self._worker = worker
        self._around = around
        self._page: GraphPage | None = None
        self._trail: tuple[tuple[int, int], ...] = ()
        self._ticket: Ticket | None = None

    @property
    def page(self) -> GraphPage:
        """The page, made when it is needed first."""
        if self._page is None:
            page = GraphPage(self._theme)
            page.chosen.connect(self.title_wanted)
            page.centred.connect(lambda item_id: self._go_on(item_id, item_id))
            page.previous_wanted.connect(self._go_back)
            page.retry_wanted.connect(self._ask)
            page.posters_wanted.connect(self._controller.want_posters)
            page.closed.connect(self._call_off)
            self._page = page
        return self._page

    def open(self, item_id: int, other_id: int | None = None) -> None:
        """Show what lies around a title; with another one, how the two hang together."""
        self._trail = ()
        self.page.show_quiet(DRAWING)
        self._window.lay_over(self.page)
        self._go_on(item_id, item_id if other_id is None else other_id)

    def _go_on(self, item_id: int, other_id: int) -> None:
        self._trail = (*self._trail, (item_id, other_id))
        self._ask()

    def _go_back(self) -> None:
        self._trail = self._trail[:-1]
        self._ask()

    def _ask(self) -> None:
        """Ask the worker. What is drawn stays until the answer is there."""
        self._call_off()
        if not self._trail:
            return
        ticket = self._worker.submit("Looking around", self._around(*self._trail[-1]))
        self._ticket = ticket
        ticket.succeeded.connect(lambda answer: self._show(ticket, answer))
        ticket.failed.connect(lambda error: self._show_failing(ticket, error))

    def _show(self, ticket: Ticket, around: Surroundings | None) -> None:
        if ticket is not self._ticket:
            return
        self._ticket = None
        previous = len(self._trail) > 1
        if around is None or not around.spots:
            self.page.show_quiet(NOT_YET, previous=previous)
            return
        ids = [spot.item_id for spot in around.spots if spot.item_id is not None]
        entries = {item.id: make_shelf_entry(item) for item in self._library.items.many(ids)}
        item_id, other_id = self._trail[-1]
        self.page.show_surroundings(around, entries, previous, None if other_id == item_id else other_id)

    def _show_failing(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self.page.show_quiet(failing_page(error.message, error.hint), previous=len(self._trail) > 1)

    def _call_off(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
