"""One thread for work that waits for others: servers, disks, the network. The window only hands in jobs and gets values back.

Two of these run: one for scans and the like, one for posters, so that a scan never delays a poster.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from PyQt6.QtCore import QObject, QThread, pyqtSignal

from gui.ports import Ports
from library.accounts import Watchlist, account_secret_of
from library.errors import AppError, SettingsError
from library.home import Home
from library.library import Library
from library.progress import Job, Progress
from library.redaction import redact
from library.secrets import Secrets, secret_of
from library.settings import SourceSettings
from library.sources import Catalog, MediaServer

log = logging.getLogger(__name__)

_STUCK: list[LibraryWorker] = []
"""Threads that wait for a drive that is gone: they end with the process, and Qt must not see them taken down before that."""

QUIET_SECONDS = 0.05
"""Plain progress is reported no more often than this; what carries a message, a failure or a value always is."""
STOP_SECONDS = 5.0
TRIAL = "trial"
"""Id of a source that is only asked whether it answers."""


class Workplace:
    """What a job may use: the thread's own library, and the servers it opened. Belongs to one thread."""

    def __init__(self, home: Home, ports: Ports) -> None:
        self.home = home
        self.library = Library.open(home)
        self._ports = ports
        self._secrets = Secrets(home)
        self._kept: dict[SourceSettings, MediaServer] = {}

    def open_server(self, source: SourceSettings, token: str | None = None) -> MediaServer:
        """A server of its own for one job, which closes it; with ``token`` in place of the stored one."""
        return self._ports.open_server(source, self._token_of(source) if token is None else token)

    def server_on_trial(self, source: SourceSettings, token: str | None = None) -> MediaServer:
        """As :meth:`open_server`, but nothing that it says is remembered about the source: it may not come to that."""
        return self.open_server(replace(source, id=TRIAL), self._token_of(source) if token is None else token)

    @property
    def open_catalog(self) -> Callable[[str, str, str, str], Catalog]:
        """What opens a catalogue: its name, its key, its PIN and the language of its answers."""
        return self._ports.open_catalog

    def machine_of(self, source: SourceSettings) -> str:
        """Machine id of the server that a source was read from; empty when that is not known."""
        return self._ports.machine_of(source.id)

    def kept_server(self, source: SourceSettings) -> MediaServer:
        """A server that stays open between jobs, so that its connections are used again."""
        if source not in self._kept:
            for former in [known for known in self._kept if known.id == source.id]:
                self.drop_server(former)
            self._kept[source] = self.open_server(source)
        return self._kept[source]

    def open_watchlist(self, source: SourceSettings) -> Watchlist:
        """The watchlist of the account behind a source, for one job, which closes it.

        :raises SettingsError: when nobody signed in with that account here.
        """
        token = self._secrets.get(account_secret_of(source))
        if not token:
            raise SettingsError(
                f"Nobody has signed in to Plex for {source.name}, so its watchlist cannot be used.",
                "Sign in with your Plex account in Configuration, at this source.",
            )
        return self._ports.open_watchlist(source, token)

    def drop_server(self, source: SourceSettings) -> None:
        """Do not keep this server: it is opened anew, with the token that is stored by then, when it is needed again."""
        server = self._kept.pop(source, None)
        if server is not None:
            server.close()

    def close(self) -> None:
        """Give everything back."""
        for server in self._kept.values():
            server.close()
        self._kept.clear()
        self.library.close()

    def _token_of(self, source: SourceSettings) -> str | None:
        name = secret_of(source)
        return self._secrets.get(name) if name else None


Task = Callable[[Workplace], Job[Any]]


class Ticket(QObject):
    """One job that was handed in, as the window sees it. Lives on the main thread.

    Signals: ``progressed(Progress)``; then one of ``succeeded(result)``, ``failed(AppError)``, ``cancelled()``; and
    ``ended()`` after any of the three.

    :param label: what is being done, as the user reads it: "Scanning Films".
    """

    progressed = pyqtSignal(object)
    succeeded = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()
    ended = pyqtSignal()

    def __init__(self, label: str, order: _Order) -> None:
        super().__init__()
        self.label = label
        self._order = order

    @property
    def over(self) -> bool:
        """Whether the job came to an end, one way or another."""
        return self._order.over

    @property
    def called_off(self) -> bool:
        """Whether it was asked to end before its time."""
        return self._order.cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to end at its next step; what it has done is kept."""
        self._order.cancelled.set()


@dataclass(eq=False, slots=True)
class _Order:
    """A job in the queue: how to begin it, and whether it was called off."""

    number: int
    task: Task
    cancelled: threading.Event = field(default_factory=threading.Event)
    over: bool = False


class _Outcome(Enum):
    PROGRESS = "progress"
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"


class LibraryWorker(QThread):
    """Runs jobs one after another on a thread of its own, with a library connection of its own.

    Signals: ``idle()`` when the last job in the queue has ended. Everything about one job comes from its ticket.

    *Stopping* belongs to the thread (:meth:`stop`), *cancelling* to a job (:meth:`Ticket.cancel`): two flags.
    """

    idle = pyqtSignal()
    _reported = pyqtSignal(int, object, object)

    def __init__(self, home: Home, ports: Ports, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._home = home
        self._ports = ports
        self._queue: deque[_Order] = deque()
        self._awake = threading.Condition()
        self._stopping = False
        self._tickets: dict[int, Ticket] = {}
        self._next_number = 0
        self._reported.connect(self._dispatch)

    # main thread ------------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a job is under way or waits for its turn."""
        return bool(self._tickets)

    def submit(self, label: str, task: Task) -> Ticket:
        """Hand in a job; it begins when those before it have ended."""
        self._next_number += 1
        order = _Order(self._next_number, task)
        ticket = Ticket(label, order)
        self._tickets[order.number] = ticket
        with self._awake:
            self._queue.append(order)
            self._awake.notify()
        return ticket

    def request_stop(self) -> None:
        """Tell the thread to end after the present step of the present job; returns at once."""
        with self._awake:
            self._stopping = True
            self._awake.notify()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End the thread and wait for it; says whether it ended in time."""
        self.request_stop()
        ended = self.wait(int(seconds * 1000))
        if not ended:
            log.warning("The thread “%s” did not end within %g seconds.", self.objectName(), seconds)
            self.setParent(None)
            _STUCK.append(self)
        return ended

    def _dispatch(self, number: int, outcome: _Outcome, value: object) -> None:
        ticket = self._tickets.get(number)
        if ticket is None or self._stopping:
            return  # what arrives after the end would find the window half gone
        if outcome is _Outcome.PROGRESS:
            ticket.progressed.emit(value)
            return
        del self._tickets[number]
        if outcome is _Outcome.SUCCESS:
            ticket.succeeded.emit(value)
        elif outcome is _Outcome.FAILURE:
            ticket.failed.emit(value)
        else:
            ticket.cancelled.emit()
        ticket.ended.emit()
        if not self._tickets:
            self.idle.emit()

    # the thread -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Take jobs from the queue until told to stop."""
        workplace: Workplace | None = None
        try:
            while (order := self._take()) is not None:
                try:
                    workplace = workplace or Workplace(self._home, self._ports)
                except AppError as error:
                    self._end(order, _Outcome.FAILURE, error)
                else:
                    self._work(order, workplace)
        finally:
            if workplace is not None:
                workplace.close()

    def _take(self) -> _Order | None:
        with self._awake:
            while not self._queue and not self._stopping:
                self._awake.wait()
            return None if self._stopping else self._queue.popleft()

    def _work(self, order: _Order, workplace: Workplace) -> None:
        """The one place of the window's threads that catches broadly: a bug in a job must not end the program."""
        try:
            finished, result = self._drive(order, workplace)
        except AppError as error:
            log.warning("%s", redact(str(error)))
            self._end(order, _Outcome.FAILURE, error)
        except Exception as error:
            log.exception("A job of the thread “%s” failed unexpectedly.", self.objectName())
            self._end(order, _Outcome.FAILURE, _as_app_error(error))
        else:
            self._end(order, _Outcome.SUCCESS if finished else _Outcome.CANCELLED, result)

    def _drive(self, order: _Order, workplace: Workplace) -> tuple[bool, object]:
        """Drive one job; (True, its result), or (False, None) when it was cancelled or the thread is to stop."""
        reported = 0.0
        with closing(order.task(workplace)) as job:
            while not (order.cancelled.is_set() or self._stopping):
                try:
                    step = next(job)
                except StopIteration as end:
                    return True, end.value
                self._note(step)
                now = time.monotonic()
                if now - reported >= QUIET_SECONDS or _carries_something(step):
                    reported = now
                    self._reported.emit(order.number, _Outcome.PROGRESS, step)
        return False, None

    def _note(self, step: Progress) -> None:
        if step.failure:
            log.warning("%s", redact(step.failure))
        elif step.message:
            log.info("%s", redact(step.message))

    def _end(self, order: _Order, outcome: _Outcome, value: object) -> None:
        order.over = True
        self._reported.emit(order.number, outcome, value)


def _carries_something(step: Progress) -> bool:
    finished = step.total is not None and step.done >= step.total
    return bool(step.message or step.failure or finished or type(step) is not Progress)


def _as_app_error(error: Exception) -> AppError:
    return AppError(
        f"Something went wrong that should not have: {redact(str(error)) or type(error).__name__}.",
        "The details are in the log.",
    )
