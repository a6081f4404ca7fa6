"""What a person can do with sources, one small function each; whoever shows sources follows the signals."""

from __future__ import annotations

import time
from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from gui import jobs
from gui.preferences import Preferences
from gui.worker import LibraryWorker, Task, Ticket
from library.errors import AppError
from library.items import MediaKind
from library.library import Library
from library.scan_history import ScanRecord
from library.settings import DEMO_SOURCE, Profile, SourceKind, SourceSettings
from library.sync import ScanReport


class SourceActions(QObject):
    """Adds, asks, changes, scans and removes sources. Lives on the main thread; the workers do what takes time.

    Signals: ``changed()`` when the list of sources or the state of one is another; ``scan_began(source_id, Ticket)``;
    ``scanned(source_id, ScanReport)`` when a scan came to its end; ``removed(str)`` with the name of a source that is gone;
    ``went_wrong(AppError)``.

    :param worker: what scans; ``asking`` is what answers the questions of the forms, so that they never wait for a scan;
        ``waiting`` is for what waits for a person, such as a sign-in in the browser.
    """

    changed = pyqtSignal()
    scan_began = pyqtSignal(str, object)
    scanned = pyqtSignal(str, object)
    removed = pyqtSignal(str)
    went_wrong = pyqtSignal(object)

    def __init__(
        self,
        library: Library,
        preferences: Preferences,
        worker: LibraryWorker,
        asking: LibraryWorker | None = None,
        parent: QObject | None = None,
        waiting: LibraryWorker | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._preferences = preferences
        self._worker = worker
        self._asking = asking or worker
        self._waiting = waiting or self._asking
        self._scans: dict[str, Ticket] = {}
        self._unasked: set[str] = set()
        preferences.changed.connect(self.changed)

    @property
    def preferences(self) -> Preferences:
        """The settings that it changes."""
        return self._preferences

    def shown(self) -> tuple[SourceSettings, ...]:
        """The sources to show: the configured ones, and the demo library while its titles stand in for them."""
        sources = self._preferences.settings.sources
        return sources if self.has_demo() or not self.demo_stands_in() else (DEMO_SOURCE, *sources)

    def configured(self) -> tuple[SourceSettings, ...]:
        """The sources that the person chose."""
        return self._preferences.settings.sources

    def has_demo(self) -> bool:
        """Whether the user chose to keep the demo library."""
        return any(source.kind == "demo" for source in self._preferences.settings.sources)

    def demo_stands_in(self) -> bool:
        """Whether the demo library is shown although nobody chose it."""
        return not self.has_demo() and bool(self._library.items.library_keys(DEMO_SOURCE.id))

    def known_source(self, source_id: str) -> SourceSettings | None:
        """The source of that id: a configured one, or the demo library."""
        return self._preferences.source(source_id) or (DEMO_SOURCE if source_id == DEMO_SOURCE.id else None)

    def last_scan(self, source_id: str) -> ScanRecord | None:
        """How the newest scan of a source ended."""
        return self._library.scans.last(source_id)

    def is_unasked(self, source_id: str) -> bool:
        """Whether the running scan of a source is one that nobody asked for."""
        return source_id in self._unasked

    def running_scan(self, source_id: str) -> Ticket | None:
        """The scan of a source that is under way or waits for its turn."""
        return self._scans.get(source_id)

    def new_id(self, kind: SourceKind) -> str:
        """An id that no source has or had: ratings and titles of another one must never be taken for its own."""
        return f"{kind}-{time.time_ns() // 1_000_000:x}"

    def ask(self, source: SourceSettings, token: str | None = None) -> Ticket:
        """Test the connection; succeeds with a ``jobs.Answer``."""
        return self._asking.submit(f"Asking {source.name}", jobs.ask_server(source, token))

    def wait_for(self, label: str, task: Task) -> Ticket:
        """Hand in work that may wait long for somebody; nothing else waits for it."""
        return self._waiting.submit(label, task)

    def put_profile(self, profile: Profile) -> None:
        """Add somebody to the household, or give them another name."""
        others = tuple(known for known in self._preferences.settings.profiles if known.id != profile.id)
        try:
            self._preferences.change(profiles=(*others, profile))
        except AppError as error:
            self.went_wrong.emit(error)

    def look_at_folder(self, path: str) -> Ticket:
        """Look whether a directory can be used; succeeds with a sentence about why not, or an empty one."""
        return self._asking.submit("Looking for the folder", jobs.look_at_folder(path))

    def add(self, source: SourceSettings, token: str | None = None) -> None:
        """Add a source, put its token away, and scan it."""
        source.check()
        if token is None:
            self._put_and_scan(source)
            return
        ticket = self._worker.submit("Storing the token", jobs.store_token(source, token))
        ticket.succeeded.connect(lambda _: self._put_and_scan(source))
        ticket.failed.connect(self.went_wrong)

    def change(self, source: SourceSettings, token: str | None = None) -> None:
        """Keep a source as it is now, under the id it has, so that its titles stay; and scan it.

        When nothing but its name is another, it is not scanned. A scan that is under way ends: it works from what is no
        longer true.

        :param token: the new token; ``None`` to keep the stored one.
        """
        source.check()
        known = self.known_source(source.id)
        if known is not None and token is None and replace(known, name=source.name) == source:
            self._store(source)
            return
        self._stop_scan(source.id)
        self.add(source, token)

    def choose_libraries(self, source: SourceSettings, keys: tuple[str, ...] | None) -> None:
        """Use only these libraries of a source (``None`` for all), and scan it."""
        self._put_and_scan(replace(source, libraries=keys))

    def keep_demo(self) -> None:
        """Keep the demo library beside other sources."""
        self._store(DEMO_SOURCE)
        if not self.demo_is_there():
            self.scan(DEMO_SOURCE.id)

    def demo_is_there(self) -> bool:
        """Whether titles of the demo library are in the library."""
        return bool(self._library.items.library_keys(DEMO_SOURCE.id))

    def show_demo(self) -> Ticket:
        """Bring the demo library in for want of anything better, without choosing it."""
        return self.scan(DEMO_SOURCE.id)

    def scan(self, source_id: str, allow_shrink: bool = False, unasked: bool = False) -> Ticket:
        """Bring the library up to date with a source; one that is being scanned already goes on.

        :param unasked: nobody asked for it, so that nobody is told when there is nothing to tell, or the server is off.
        """
        running = self._scans.get(source_id)
        if running is not None and not running.called_off:
            return running
        source = self.known_source(source_id)
        if source is None:
            raise AppError("This source is not there any more.")
        ticket = self._worker.submit(f"Scanning {source.name}", jobs.scan_source(source, allow_shrink))
        self._scans[source_id] = ticket
        if unasked:
            self._unasked.add(source_id)
        ticket.succeeded.connect(lambda report: self._scan_succeeded(source_id, report))
        ticket.failed.connect(self.changed if unasked else self.went_wrong)
        ticket.ended.connect(lambda: self._scan_ended(source_id, ticket))
        self.scan_began.emit(source_id, ticket)
        self.changed.emit()
        return ticket

    def remove(self, source: SourceSettings) -> None:
        """Take a source and its titles out; ratings stay."""
        self._stop_scan(source.id)
        ticket = self._worker.submit(f"Removing {source.name}", jobs.remove_source(source))
        ticket.succeeded.connect(lambda _: self._was_removed(source))
        ticket.failed.connect(self.went_wrong)

    def _put_and_scan(self, source: SourceSettings) -> None:
        if self._store(source):
            self._stop_scan(source.id)
            self.scan(source.id)

    def _stop_scan(self, source_id: str) -> None:
        running = self._scans.get(source_id)
        if running is not None:
            running.cancel()

    def _store(self, source: SourceSettings) -> bool:
        try:
            self._preferences.put_source(source)
        except AppError as error:
            self.went_wrong.emit(error)
            return False
        return True

    def _scan_succeeded(self, source_id: str, report: ScanReport) -> None:
        if source_id != DEMO_SOURCE.id and self.demo_stands_in() and self._has_something_to_watch(source_id):
            self.remove(DEMO_SOURCE)
        self.scanned.emit(source_id, report)

    def _has_something_to_watch(self, source_id: str) -> bool:
        """Whether a source has what the tabs suggest: a home with nothing but music keeps the demo library for them."""
        return bool(self._library.items.kinds_of(source_id) & {MediaKind.MOVIE, MediaKind.SHOW})

    def _scan_ended(self, source_id: str, ticket: Ticket) -> None:
        if self._scans.get(source_id) is ticket:
            del self._scans[source_id]
            self._unasked.discard(source_id)
        self.changed.emit()

    def _was_removed(self, source: SourceSettings) -> None:
        try:
            self._preferences.drop_source(source.id)
        except AppError as error:
            self.went_wrong.emit(error)
        self.changed.emit()
        self.removed.emit(source.name)
