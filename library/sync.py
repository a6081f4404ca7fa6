"""Brings the library up to date with a media server: reads what is new or changed, and marks what vanished."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from library.errors import ProviderError
from library.feedback import MAX_RATING, MIN_RATING, Rating
from library.library import Library
from library.progress import Job, Progress
from library.scan_history import ScanRecord, ScanStatus
from library.settings import SourceSettings
from library.sources import Entry, ListingPage, MediaServer, ServerItem, ServerLibrary

STORED_AT_ONCE = 100
MOST_PROBLEMS = 100
#: A listing with fewer than this share of what was known is not believed without asking.
BELIEVED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """A listing lacks so much of what was there that the person is asked before anything is marked as gone.

    :param known: how many entries were known in these libraries; ``found`` how many the server lists now.
    """

    known: int
    found: int
    libraries: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What to ask the person."""
        names = " and ".join(f"“{name}”" for name in self.libraries)
        there = "are" if self.found != 1 else "is"
        return (
            f"Only {self.found:,} of the {self.known:,} titles known in {names} {there} still there."
            " Is that right, and shall the others be taken out of the library?"
        )


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did.

    :param listed: entries the server has; ``added`` and ``changed`` of them were new or different.
    :param removed: entries marked as gone; ``failed`` could not be read and are tried again next time.
    :param ratings: ratings of the person's own that came in from the server.
    :param problems: sentences for the person, at most MOST_PROBLEMS; ``untold`` is how many more there were.
    :param question: set when far too much was missing: nothing was marked, and the person is to be asked.
    """

    listed: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    failed: int = 0
    ratings: int = 0
    problems: tuple[str, ...] = ()
    untold: int = 0
    question: Shrinkage | None = None
    status: ScanStatus = ScanStatus.SUCCESS
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        """The result in one line, as the person reads it."""
        parts = [
            f"{count:,} {word}"
            for count, word in (
                (self.added, "new"),
                (self.changed, "changed"),
                (self.removed, "gone"),
                (self.failed, "could not be read"),
            )
            if count
        ]
        return f"{self.listed:,} titles: {', '.join(parts)}" if parts else f"{self.listed:,} titles, nothing new"


@dataclass(slots=True)
class _Listed:
    """What one library of the server lists, beside what was known of it."""

    library: ServerLibrary
    known: dict[str, str]
    entries: dict[str, Entry] = field(default_factory=dict)
    complete: bool = True

    def wanted(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if self.known.get(entry.key) != entry.version]

    def vanished(self) -> list[str]:
        return [key for key in self.known if key not in self.entries] if self.complete else []

    def is_doubtful(self) -> bool:
        return bool(self.vanished()) and len(self.entries) < BELIEVED_SHARE * len(self.known)


def scan(
    library: Library,
    server: MediaServer,
    source: SourceSettings,
    *,
    allow_shrink: bool = False,
    now: Callable[[], float] = time.time,
) -> Job[ScanReport]:
    """Read what is new or changed on a media server into the library.

    Each batch is stored before the yield that reports it, so that a scan that is closed or cut off half way loses nothing
    and the next one goes on from there. Only a listing that was complete lets anything be marked as gone. The person's own
    ratings on the server come in as feedback of the source's kind.

    :param allow_shrink: the person was asked and agreed that most of a library is gone.
    :raises ProviderError: when the service as a whole fails; what was read until then is stored.
    :raises StoreError: when the library cannot be written.
    """
    return _Scan(library, server, source, now).run(allow_shrink)


class _Scan:
    """One run of a scan: what it has read and counted so far."""

    def __init__(
        self, library: Library, server: MediaServer, source: SourceSettings, now: Callable[[], float]
    ) -> None:
        self._library = library
        self._server = server
        self._source = source
        self._now = now
        self._report = ScanReport()
        self._record = ScanRecord(source_id=source.id, started_at=now())

    def run(self, allow_shrink: bool) -> Job[ScanReport]:
        self._record = replace(
            self._record, id=self._library.scans.begin(self._source.id, self._record.started_at)
        )
        status, message = ScanStatus.FAILED, "It ended with an unexpected error."
        try:
            yield Progress(f"Connecting to {self._source.name}")
            listings = yield from self._list_all()
            yield from self._read_all(listings)
            yield from self._remove(listings, allow_shrink)
            status = self._outcome()
            message = self._report.sentence
        except GeneratorExit:
            status, message = ScanStatus.INTERRUPTED, "It was stopped; what was read until then is kept."
            raise
        except ProviderError as error:
            status = ScanStatus.PARTIAL if self._report.added + self._report.changed else ScanStatus.FAILED
            message = str(error)
            raise
        finally:
            self._note(status, message)
        return replace(self._report, status=status, seconds=self._now() - self._record.started_at)

    def _outcome(self) -> ScanStatus:
        report = self._report
        clean = not (report.failed or report.problems or report.question)
        return ScanStatus.SUCCESS if clean else ScanStatus.PARTIAL

    def _note(self, status: ScanStatus, message: str) -> None:
        report = self._report
        self._library.scans.note(
            replace(
                self._record,
                status=status,
                finished_at=self._now(),
                added=report.added,
                changed=report.changed,
                removed=report.removed,
                failed=report.failed,
                ratings=report.ratings,
                message=message,
            )
        )

    def _problem(self, *sentences: str) -> None:
        told = self._report.problems
        room = MOST_PROBLEMS - len(told)
        self._report = replace(
            self._report,
            problems=(*told, *sentences[:room]),
            untold=self._report.untold + max(0, len(sentences) - room),
        )

    def _list_all(self) -> Generator[Progress, None, list[_Listed]]:
        offered = {found.key: found for found in self._server.libraries()}
        chosen = self._source.libraries
        known = self._library.items.library_keys(self._source.id)
        listings = []
        for key in offered if chosen is None else chosen:
            if key in offered:
                listings.append((yield from self._list(offered[key])))
            else:
                self._problem(f"The chosen library {key} is not on {self._source.name} any more.")
        for key in known:
            if chosen is not None and key not in chosen:
                listings.append(_Unchosen(key, self._library.items.versions(self._source.id, key)).as_listed())
            elif key not in offered and chosen is None:
                listings.append(self._gone(key))
        self._report = replace(self._report, listed=sum(len(found.entries) for found in listings))
        return listings
