"""What is written by itself because of a rating: queued in the journal at once, written a moment later, retried while a server
is off.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from gui import writing_jobs
from gui.controller import Controller
from gui.preferences import Preferences
from gui.worker import LibraryWorker, Ticket
from library.errors import AppError
from library.feedback import HOMEREEL, Rating
from library.items import Item, MediaKind
from library.journal import Action, JournalEntry, JournalState
from library.settings import Settings
from library.write_jobs import WriteReport
from library.write_plans import WritePlan, collect, mark_watched, rate, source_named

CALM_MILLISECONDS = 3000
"""A rating that is changed within this time is written once."""
RETRY_MILLISECONDS = 5 * 60_000


class WaitingWrites(QObject):
    """Between the ratings and the servers. The journal is the queue, so that nothing is lost when the window is closed.

    Signals: ``changed()`` when the journal has another entry; ``refused(str)`` when a server did not do it, and will not.
    """

    changed = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(
        self,
        controller: Controller,
        preferences: Preferences,
        worker: LibraryWorker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or controller)
        self._controller = controller
        self._journal = controller.library.journal
        self._preferences = preferences
        self._worker = worker
        self._began = time.time()
        self._ticket: Ticket | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(CALM_MILLISECONDS)
        self._soon.timeout.connect(self.write_now)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(RETRY_MILLISECONDS)
        self._later.timeout.connect(self.write_now)
        controller.feedback_given.connect(self._queue)
        controller.stopping.connect(self.stop)

    def start(self) -> None:
        """Look whether anything is left from the last time."""
        self.write_now()

    def stop(self) -> None:
        """Begin nothing any more; what waits is in the journal."""
        self._soon.stop()
        self._later.stop()

    def soon(self) -> None:
        """Write what waits when nothing has been added for a moment."""
        self._soon.start()

    def write_now(self) -> None:
        """Write what waits, and settle what was begun; when that is under way already, once more after it."""
        self._later.stop()
        if self._ticket is not None:
            self._soon.start()
            return
        try:
            work = self._journal.work()
        except AppError:
            self._later.start()
            return
        settings = self._preferences.settings
        known = [(found, user) for name, user in work if (found := source_named(settings.sources, name)) is not None]
        if not known:
            return
        ticket = self._worker.submit("Writing to your servers", writing_jobs.catch_up(known, settings.writing.allowed))
        self._ticket = ticket
        ticket.succeeded.connect(self._told)
        ticket.ended.connect(self._ended)

    def _told(self, report: WriteReport) -> None:
        if report.gone:
            self._later.start()
        if report.failed:
            self.refused.emit(report.failed[0])

    def _ended(self) -> None:
        self._ticket = None
        self.changed.emit()

    # What a rating leads to

    def _queue(self, item_id: int) -> None:
        settings, engine = self._preferences.settings, self._controller.engine
        if not item_id or engine is None or engine.lent or not settings.writing.allowed:
            return
        rating = next(
            (one for one in reversed(engine.rated()) if one.item_id == item_id and one.source == HOMEREEL), None
        )
        if self._controller.attempt(lambda: self._note(settings, item_id, rating)):
            self.changed.emit()

    def _note(self, settings: Settings, item_id: int, rating: Rating | None) -> None:
        user = self._controller.library.person
        before = self._journal.automatic_for(item_id, user)
        if rating is None:
            entries = list(_ways_back(before))
            for entry in before:
                self._journal.call_off(entry.id)
        else:
            item = self._controller.library.items.get(item_id)
            if item is None or (rating.at < self._began and not before):
                return
            self._journal.forget_ways_back(item_id, user)
            plans = [replace(plan, automatic=True) for plan in _plans(settings, item, rating.value, user)]
            entries = [entry for plan in plans for entry in plan.entries() if not self._is_settled(entry, rating)]
        for entry in entries:
            self._journal.wait(entry)
        if entries:
            self._soon.start()

    def _is_settled(self, entry: JournalEntry, rating: Rating) -> bool:
        """Whether this very rating led to a write already, or somebody took that back by hand since."""
        newest = self._journal.newest_for(entry)
        if newest is None or newest.at < rating.at:
            return False
        return newest.action in (Action.UNDO, Action.COLLECT) or newest.wanted == entry.wanted


def _plans(settings: Settings, item: Item, value: float, user: str) -> Iterator[WritePlan]:
    """What the settings say about a rating."""
    writing = settings.writing
    if writing.ratings:
        yield from rate(settings, item, value, user)
    if writing.watched and item.kind is MediaKind.MOVIE and not item.seen:
        yield from mark_watched(settings, item, user)
    if writing.auto_collect and value >= writing.collect_from and item.kind is not MediaKind.TRACK:
        yield from collect(settings, item, writing.collection, user)


def _ways_back(before: list[JournalEntry]) -> Iterator[JournalEntry]:
    """The rating was taken back: so is what was written because of it, the newest write to each place first."""
    for entry in before:
        if entry.state is JournalState.DONE:
            yield replace(
                entry, id=0, at=0.0, action=Action.UNDO, wanted=entry.before, before=None, after=None, batch=None,
                undoes=entry.id, message="",
            )  # fmt: skip
