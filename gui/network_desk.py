"""The work behind the page "Network": how far the program may reach, and keeping the list of who was contacted."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from gui.preferences import Preferences
from gui.tabs.network_page import NetworkPage
from gui.worker import LibraryWorker, Task, Workplace
from library.contact_store import Contact, NetworkNotes
from library.errors import AppError
from library.library import Library
from library.progress import Job, Progress
from library.settings import Settings

KEEP_MILLISECONDS = 60_000
LOOK_MILLISECONDS = 3_000
log = logging.getLogger(__name__)


def keep_notes(notes: NetworkNotes, first: bool = False) -> Task:
    """Keep what was noted since; the first time also count in what was kept of today."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress("Keeping the list of who was contacted")
        if first:
            notes.recall(workplace.library.contacts.since(date.today()))
        workplace.library.contacts.keep(notes)

    return job


def read_contacts(notes: NetworkNotes, days: int) -> Task:
    """Who was contacted in the last days, what is not kept yet included."""

    def job(workplace: Workplace) -> Job[tuple[Contact, ...]]:
        yield Progress("Reading who was contacted")
        first = date.today() - timedelta(days=days - 1)
        fresh = tuple(row for row in notes.fresh() if row.day >= first)
        return (*workplace.library.contacts.since(first), *fresh)

    return job


class NetworkDesk(QObject):
    """Between what is noted, the store and the page. Main thread; a worker keeps and reads.

    Signals: ``went_wrong(AppError)``.
    """

    went_wrong = pyqtSignal(object)

    def __init__(
        self,
        notes: NetworkNotes,
        library: Library,
        preferences: Preferences,
        worker: LibraryWorker,
        page: NetworkPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notes = notes
        self._library = library
        self._preferences = preferences
        self._worker = worker
        self._page = page
        self._keeping = self._timer(KEEP_MILLISECONDS, lambda: self._keep())
        self._looking = self._timer(LOOK_MILLISECONDS, self.refresh)
        page.shown.connect(self._look)
        page.hidden.connect(self._looking.stop)
        page.days_changed.connect(self.refresh)
        page.reach_chosen.connect(self._choose)
        preferences.changed.connect(self._settings_changed)
        self._settings_changed(preferences.settings)

    def start(self) -> None:
        """Keep what is noted from now on."""
        self._keep(first=True)
        self._keeping.start()

    def stop(self) -> None:
        """Keep the rest; called when the threads have ended."""
        self._keeping.stop()
        self._looking.stop()
        try:
            self._library.contacts.keep(self._notes)
        except AppError as error:
            log.info("Who was contacted last could not be kept: %s", error)

    def refresh(self) -> None:
        """Show who was contacted, if somebody looks."""
        if not self._page.isVisible():
            return
        days = self._page.days
        ticket = self._worker.submit("Reading who was contacted", read_contacts(self._notes, days))
        ticket.succeeded.connect(lambda contacts: self._show(days, contacts))
        ticket.failed.connect(self.went_wrong)

    def _look(self) -> None:
        self._looking.start()
        self.refresh()

    def _show(self, days: int, contacts: tuple[Contact, ...]) -> None:
        if days == self._page.days:
            self._page.show_contacts(contacts)

    def _keep(self, first: bool = False) -> None:
        self._worker.submit("Keeping the list of who was contacted", keep_notes(self._notes, first))

    def _choose(self, reach: Any) -> None:
        try:
            self._preferences.change(network=replace(self._preferences.settings.network, reach=reach))
        except AppError as error:
            self._page.reach.show_reach(self._preferences.settings.network.reach)
            self.went_wrong.emit(error)

    def _settings_changed(self, settings: Settings) -> None:
        self._notes.reach = settings.network.reach
        self._page.reach.show_reach(settings.network.reach)

    def _timer(self, milliseconds: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer
