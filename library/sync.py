"""Brings the library up to date with a media server: reads what is new or changed, and marks what vanished."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from library.errors import AppError, StoreError
from library.feedback import LOCAL_USER
from library.items import MediaKind
from library.library import Library
from library.progress import Job, Progress
from library.scan_history import ScanRecord, ScanStatus
from library.server_ratings import ServerRatings
from library.settings import SourceSettings
from library.sources import Entry, MediaServer, ServerItem, ServerLibrary

Given = TypeVar("Given")

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
        there = "is" if self.found == 1 else "are"
        return (
            f"Only {self.found:,} of the {_titles(self.known)} known in {names} {there} still there."
            " Is that right, and shall the missing ones be taken out of the library?"
        )


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did.

    :param listed: entries the server has; ``added`` and ``changed`` of them were new or different.
    :param removed: entries marked as gone; ``failed`` could not be read and are tried again next time.
    :param ratings: ratings of the person's own that came in from the server.
    :param matched: entries of ``added`` that are titles known before, from another source or from before they were gone;
        ``rated_again`` of them have a rating. ``rated_gone`` are rated titles that lie nowhere any more.
    :param unsure: pairs of titles that may be one, and wait for the person to say so.
    :param problems: sentences for the person, at most MOST_PROBLEMS; ``untold`` is how many more there were.
    :param question: set when far too much was missing: nothing was marked, and the person is to be asked.
    """

    listed: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    failed: int = 0
    ratings: int = 0
    matched: int = 0
    rated_again: int = 0
    rated_gone: int = 0
    unsure: int = 0
    problems: tuple[str, ...] = ()
    untold: int = 0
    question: Shrinkage | None = None
    status: ScanStatus = ScanStatus.SUCCESS
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        """The result in one line, as the person reads it."""
        if self.question is not None:
            return self.question.sentence
        parts = [
            f"{count:,} {word}"
            for count, word in (
                (max(0, self.added - self.matched), "new"),
                (self.changed, "changed"),
                (self.removed, "gone"),
                (self.failed, "could not be read"),
            )
            if count
        ]
        if self.matched:
            rated = f" ({self.rated_again:,} of them rated)" if self.rated_again else ""
            parts.insert(1 if self.added > self.matched else 0, f"{self.matched:,} known before{rated}")
        if self.matched and self.rated_gone:
            parts.append(f"{_titles(self.rated_gone)} that you rated not found again")
        return f"{_titles(self.listed)}: {', '.join(parts)}" if parts else f"{_titles(self.listed)}, nothing new"


@dataclass(slots=True)
class _Listing:
    """What one library of the server lists, beside what was known of it.

    :param dropped: the person does not want this library any more, so that nothing of it is missed.
    """

    library: ServerLibrary
    known: dict[str, str]
    entries: dict[str, Entry] = field(default_factory=dict)
    complete: bool = True
    dropped: bool = False

    def wanted(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if self.known.get(entry.key) != entry.version]

    def vanished(self) -> list[str]:
        return [key for key in self.known if key not in self.entries] if self.complete else []

    def is_doubtful(self) -> bool:
        few = len(self.entries) < BELIEVED_SHARE * len(self.known)
        return few and not self.dropped and bool(self.vanished())


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

    def __init__(self, library: Library, server: MediaServer, source: SourceSettings, now: Callable[[], float]) -> None:
        self._library = library
        self._server = server
        self._source = source
        self._now = now
        self._report = ScanReport()
        self._ratings = ServerRatings(library.feedback, source.kind, LOCAL_USER, now)
        self._matched: set[int] = set()
        self._record = ScanRecord(source_id=source.id, started_at=now())

    def run(self, allow_shrink: bool) -> Job[ScanReport]:
        begun = self._library.scans.begin(self._source.id, self._record.started_at)
        self._record = replace(self._record, id=begun)
        try:
            yield Progress(f"Connecting to {self._source.name}")
            listings = yield from self._read_libraries()
            yield from self._remove(listings, allow_shrink)
        except GeneratorExit:
            self._note_failure(ScanStatus.INTERRUPTED, "It was stopped; what was read until then is kept.")
            raise
        except AppError as error:
            read = self._report.added + self._report.changed
            self._note_failure(ScanStatus.PARTIAL if read else ScanStatus.FAILED, str(error))
            raise
        except Exception:
            self._note_failure(ScanStatus.FAILED, "It ended with an unexpected error.")
            raise
        self._meet_again()
        self._report = replace(self._report, seconds=self._now() - self._record.started_at)
        self._note(self._report.status, self._report.sentence)
        return self._report

    def _meet_again(self) -> None:
        """Note what became of titles that were known from elsewhere, for whoever moved to another server."""
        self._report = replace(self._report, unsure=len(self._library.pairs.waiting()))
        if self._matched:
            rated = [rating.item_id for rating in self._library.feedback.current().ratings]
            self._report = replace(
                self._report,
                matched=len(self._matched),
                rated_again=len(self._matched.intersection(rated)),
                rated_gone=len(self._library.items.removed_among(rated)),
            )

    def _note_failure(self, status: ScanStatus, message: str) -> None:
        with contextlib.suppress(StoreError):  # the first error is the one to tell
            self._note(status, message)

    def _note(self, status: ScanStatus, message: str) -> None:
        report = self._report
        record = replace(self._record, status=status, finished_at=self._now(), message=message)
        counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "failed", "ratings")}
        self._library.scans.note(replace(record, **counts))

    def _problem(self, sentences: Iterable[str]) -> None:
        told = [*self._report.problems, *sentences]
        untold = self._report.untold + max(0, len(told) - MOST_PROBLEMS)
        self._report = replace(self._report, problems=tuple(told[:MOST_PROBLEMS]), untold=untold)

    def _count(self, **more: int) -> None:
        counts = {name: getattr(self._report, name) + number for name, number in more.items()}
        self._report = replace(self._report, **counts)

    def _read_libraries(self) -> Generator[Progress, None, list[_Listing]]:
        """List and read each chosen library; the others that we know of come with an empty list."""
        offered = {found.key: found for found in self._server.libraries()}
        known = self._library.items.library_keys(self._source.id)
        chosen = self._source.libraries
        listings = []
        for key in dict.fromkeys(offered if chosen is None else chosen):
            if key in offered:
                listing = yield from self._list(offered[key])
                yield from self._read(listing)
                listings.append(listing)
            else:
                self._problem([f"The library “{key}” is not on {self._source.name} any more."])
        for key in known:
            dropped = chosen is not None and key not in chosen
            if dropped or key not in offered:
                versions = self._library.items.versions(self._source.id, key)
                listings.append(_Listing(ServerLibrary(key, key, MediaKind.MOVIE), versions, dropped=dropped))
        return listings

    def _list(self, library: ServerLibrary) -> Generator[Progress, None, _Listing]:
        listing = _Listing(library, self._library.items.versions(self._source.id, library.key))
        self._library.items.name_library(self._source.id, library.key, library.title)
        step, read, total = f"Listing {library.title}", 0, library.size
        yield Progress(step, 0, total)
        with _closing(self._server.listing(library)) as pages:
            for page in pages:
                total = page.total if page.total is not None else total
                listing.entries.update((entry.key, entry) for entry in page.entries)
                listing.complete = listing.complete and page.complete
                read += len(page.entries)
                self._problem(page.problems)
                yield Progress(step, read, total, failure=page.problems[0] if page.problems else "")
        if total is not None and read < total:
            listing.complete = False
            self._problem([f"{self._source.name} listed only {read:,} of the {_titles(total)} in “{library.title}”."])
        self._count(listed=len(listing.entries))
        return listing

    def _read(self, listing: _Listing) -> Generator[Progress, None, None]:
        """Read the entries that are new or changed, and store each batch before reporting it."""
        wanted = listing.wanted()
        if not wanted:
            return
        step, done = f"Reading {listing.library.title}", 0
        unanswered = {entry.key for entry in wanted}
        yield Progress(step, 0, len(wanted))
        with _closing(self._server.items(listing.library, wanted)) as batches:
            for batch in batches:
                items = [item for item in batch.items if item.key in unanswered]
                for start in range(0, len(items), STORED_AT_ONCE):
                    done += self._store(listing, items[start : start + STORED_AT_ONCE])
                    yield Progress(step, done, len(wanted))
                failures = {key: why for key, why in batch.failures.items() if key in unanswered}
                unanswered -= {item.key for item in items} | set(failures)
                self._failed(failures.values())
                done += len(failures)
                self._problem(batch.problems)
                why = next(iter([*failures.values(), *batch.problems]), "")
                if why or not items:  # a batch of nothing keeps the job alive while a server takes its time
                    yield Progress(step, done, len(wanted), failure=why)
        if unanswered:
            self._failed([f"{self._source.name} said nothing about {_titles(len(unanswered))}."], len(unanswered))

    def _failed(self, sentences: Iterable[str], number: int | None = None) -> None:
        told = list(sentences)
        self._problem(told)
        self._count(failed=len(told) if number is None else number)

    def _store(self, listing: _Listing, items: Sequence[ServerItem]) -> int:
        """Store some items with the version that the list told, so that a change in between is read next time."""
        known, entries = listing.known, listing.entries
        listed = [replace(item, version=entries[item.key].version) for item in items]
        imported = 0

        def take_ratings(batch: Sequence[ServerItem], item_ids: Sequence[int]) -> None:
            nonlocal imported
            seen = [(item_id, item.viewing) for item_id, item in zip(item_ids, batch, strict=True)]
            imported += self._ratings.take(seen)

        self._library.items.upsert(
            self._source.id, listing.library.key, listed, and_then=take_ratings, matched=self._matched
        )
        added = sum(item.key not in known for item in listed)
        self._count(added=added, changed=len(listed) - added, ratings=imported)
        return len(listed)

    def _remove(self, listings: Sequence[_Listing], allow_shrink: bool) -> Generator[Progress, None, None]:
        """Mark what vanished, unless so much is missing that the person has to be asked first."""
        doubtful = [listing for listing in listings if listing.is_doubtful()]
        if doubtful and not allow_shrink:
            question = Shrinkage(
                known=sum(len(listing.known) for listing in doubtful),
                found=sum(len(listing.entries) for listing in doubtful),
                libraries=tuple(listing.library.title for listing in doubtful),
            )
            self._report = replace(self._report, question=question)
        else:
            yield from self._mark([(listing.library.key, key) for listing in listings for key in listing.vanished()])
        report = self._report
        if report.failed or report.problems or report.question:
            self._report = replace(report, status=ScanStatus.PARTIAL)

    def _mark(self, vanished: Sequence[tuple[str, str]]) -> Generator[Progress, None, None]:
        step = "Taking out what is gone"
        for start in range(0, len(vanished), STORED_AT_ONCE):
            part = vanished[start : start + STORED_AT_ONCE]
            for library_key in dict.fromkeys(key for key, _ in part):
                keys = [key for library, key in part if library == library_key]
                self._library.items.mark_removed(self._source.id, library_key, keys, self._now())
            self._count(removed=len(part))
            yield Progress(step, start + len(part), len(vanished))


def _titles(number: int) -> str:
    return f"{number:,} title" if number == 1 else f"{number:,} titles"


@contextlib.contextmanager
def _closing(iterator: Iterator[Given]) -> Iterator[Iterator[Given]]:
    """Use an answer that comes piece by piece, and end it, whatever happens, if it can be ended."""
    try:
        yield iterator
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
