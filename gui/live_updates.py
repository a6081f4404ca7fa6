"""Hears from servers that something changed, and has it scanned a moment later, as long as the window is open."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass, field

from PyQt6.QtCore import QObject, QTimer

from gui.ports import Ports
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.worker import LibraryWorker, Task, Workplace
from library.errors import AppError, ProviderError
from library.home import Home
from library.progress import Job, Progress
from library.settings import SERVER_KINDS, SourceSettings
from library.sources import TellsChanges

log = logging.getLogger(__name__)

CALM_MILLISECONDS = 10_000
"""A scan begins so long after the first change: what is added to a server is seldom one thing."""
FIRST_MILLISECONDS = 10_000
STOP_SECONDS = 5.0
_STEP = "Listening for changes"


@dataclass(frozen=True, slots=True)
class ChangesHeard(Progress):
    """A step at which a server told that something changed."""

    keys: tuple[str, ...] = field(default=(), kw_only=True)


def listen(source: SourceSettings) -> Task:
    """Hear what a server tells, until told to end; ends by itself when the server tells nothing, or not any more."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress(_STEP)
        with closing(workplace.open_server(source)) as server:
            if not isinstance(server, TellsChanges):
                return
            changes = server.changes()
            try:
                for keys in changes:
                    yield ChangesHeard(_STEP, keys=keys) if keys else Progress(_STEP)
            except ProviderError as error:
                log.info("%s tells no changes now: %s", source.name, error.message)
            finally:
                getattr(changes, "close", lambda: None)()

    return job


class LiveUpdates(QObject):
    """One listening thread for each server that tells changes. Lives on the main thread.

    :param actions: what scans.
    """

    def __init__(
        self, home: Home, ports: Ports, preferences: Preferences, actions: SourceActions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._home = home
        self._ports = ports
        self._preferences = preferences
        self._actions = actions
        self._ears: dict[str, tuple[SourceSettings, LibraryWorker]] = {}
        self._leaving: list[LibraryWorker] = []
        self._soon: dict[str, QTimer] = {}
        self._silent: set[SourceSettings] = set()
        self._stopped = False
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.timeout.connect(self.start)

    @property
    def listening(self) -> frozenset[str]:
        """Ids of the sources that are listened to."""
        return frozenset(self._ears)

    def start_later(self, milliseconds: int = FIRST_MILLISECONDS) -> None:
        """Begin to listen in a while: what it has to load would hold up the window while that is still being filled."""
        self._begin.start(milliseconds)

    def start(self) -> None:
        """Listen to the servers of the settings, and to what becomes of the settings."""
        self._preferences.changed.connect(lambda _: self._configure())
        self._actions.scanned.connect(lambda source_id, _: self._try_again(source_id))
        self._configure()

    def stop(self) -> None:
        """End all threads: first tell every one, then wait for each."""
        self.request_stop()
        for worker in (*(worker for _, worker in self._ears.values()), *self._leaving):
            worker.stop(STOP_SECONDS)
        self._ears.clear()
        self._leaving.clear()

    def request_stop(self) -> None:
        """Tell the threads to end; returns at once."""
        self._stopped = True
        self._begin.stop()
        for timer in self._soon.values():
            timer.stop()
        for _, worker in self._ears.values():
            worker.request_stop()

    def _configure(self) -> None:
        """Listen to exactly the servers that are wanted now."""
        if self._stopped:
            return
        settings = self._preferences.settings
        near = settings.network.reach != "none"
        wanted = {source.id: source for source in settings.sources if source.kind in SERVER_KINDS and near}
        for source_id, (source, _) in list(self._ears.items()):
            if wanted.get(source_id) != source:
                self._leave(source_id)
        for source in wanted.values():
            if source.id not in self._ears and source not in self._silent:
                self._listen_to(source)

    def _listen_to(self, source: SourceSettings) -> None:
        worker = LibraryWorker(self._home, self._ports, f"listening to {source.id}", self)
        self._ears[source.id] = source, worker
        ticket = worker.submit(_STEP, listen(source))
        ticket.progressed.connect(lambda step: self._heard(source.id, step))
        ticket.ended.connect(lambda: self._fell_silent(source.id, worker))
        worker.start()

    def _fell_silent(self, source_id: str, worker: LibraryWorker) -> None:
        known = self._ears.get(source_id)
        if known is not None and known[1] is worker:
            self._silent.add(known[0])
            self._leave(source_id)

    def _try_again(self, source_id: str) -> None:
        """A server that was scanned answers: it may tell changes again."""
        self._silent = {source for source in self._silent if source.id != source_id}
        self._configure()

    def _leave(self, source_id: str) -> None:
        """Stop listening without waiting for it."""
        _, worker = self._ears.pop(source_id)
        self._leaving.append(worker)
        worker.finished.connect(lambda: self._is_gone(worker))
        worker.request_stop()

    def _is_gone(self, worker: LibraryWorker) -> None:
        if worker in self._leaving:
            self._leaving.remove(worker)
            worker.deleteLater()

    def _heard(self, source_id: str, step: Progress) -> None:
        if isinstance(step, ChangesHeard) and not self._stopped:
            timer = self._soon.get(source_id)
            if timer is None:
                timer = self._soon[source_id] = QTimer(self)
                timer.setSingleShot(True)
                timer.setInterval(CALM_MILLISECONDS)
                timer.timeout.connect(lambda: self._scan(source_id))
            if not timer.isActive():
                timer.start()

    def _scan(self, source_id: str) -> None:
        """Have the source scanned; when it is being scanned already, once more after that."""
        if self._stopped or source_id not in self._ears:
            return
        if self._actions.running_scan(source_id) is not None:
            self._soon[source_id].start()
            return
        try:
            self._actions.scan(source_id, unasked=True)
        except AppError as error:
            log.info("%s", error)
