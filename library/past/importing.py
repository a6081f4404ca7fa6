"""Brings a past along: reads the files, matches each line, lets what is sure count, and says of every line what became of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from library.database import Database
from library.errors import SettingsError
from library.library import Library
from library.past import taking
from library.past.formats import ACCOUNTS, PROGRAMS, Act, Clues, Entry, LeftOut, Reading, Subject, date_problem
from library.past.import_store import FileCount, ImportStore, NewLine, line_digest, subject_digest
from library.past.matching import Match, Pile, TitleIndex
from library.past.reading import Member, Unusable, members
from library.past.recognising import Recognised, recognise
from library.past.records import Readable, Record
from library.progress import Job, Progress

TOLD_EVERY = 250
STALE_AFTER = 6 * 3600.0
KNOWN_BEFORE = "was brought along before"
TWICE = "says what another line says already"
_WHERE_GONE = {"deleted": "is what you deleted there", "orphaned": "is what lost its film there"}
_COUNTED = {"rating": "ratings", "play": "plays", "wish": "wishes", "": "left_out"}
_ODD = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
"""What the reading of a line that nobody foresaw may raise: the line is left out, the next one is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What came out of bringing a past along.

    :param id: of the import; ``None`` when there was nothing new in it, or nothing was to be stored.
    :param files: of each file, how many lines it has and of what.
    :param unused: name and reason, as the end of the sentence "NAME …", of files that are no part of it.
    :param piles: titles per pile; one that was rated and wished for is in two of them.
    :param reasons: why lines were left out, and how many, the most frequent first.
    """

    id: int | None
    format: str
    name: str
    files: tuple[FileCount, ...]
    unused: tuple[tuple[str, str], ...]
    piles: dict[Pile, int]
    reasons: tuple[tuple[str, int], ...]

    def total(self, what: str) -> int:
        """The sum over the files of "lines", "ratings", "plays", "wishes" or "left_out"."""
        return sum(getattr(count, what) for count in self.files)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be read as one past.

    :param unused: name and reason, as the end of the sentence "NAME …", of what is no part of it.
    :param clues: what is known about its titles before.
    """

    lists: Sequence[Readable]
    unused: list[tuple[str, str]] = field(default_factory=list)
    clues: Clues = field(default_factory=lambda: Clues(""))


def bring_along(
    library: Library,
    paths: Sequence[Path],
    user: str | None = None,
    dry_run: bool = False,
    clock: Callable[[], float] = time.time,
) -> Job[ImportReport]:
    """Read these files, and let what is sure count. Cancelled on the way, nothing of it is kept.

    :param user: whose past it is; else that of whoever sits in front of the library.
    :param dry_run: say what would become of it, and store nothing.
    :raises SettingsError: when there is nothing in them that is known here.
    """
    files, unused = yield from _look_through(paths)
    gathered = Gathered(files, unused)
    yield from _read_facts(files, gathered.clues)
    return (yield from take_in(library, gathered, user or library.person, dry_run, clock))


def take_in(
    library: Library, gathered: Gathered, user: str, dry_run: bool, clock: Callable[[], float]
) -> Job[ImportReport]:
    """Read what was gathered, and let what is sure count; as :func:`bring_along` does with files."""
    store = ImportStore(library.database)
    if not dry_run:
        _clear_up(library, store, clock())
    import_id = None if dry_run else store.begin(user, clock())
    reading = _Reading(library.database, store, import_id, user, clock())
    try:
        report = yield from _read(reading, gathered)
        if import_id is None:
            return report
        if not reading.taken:
            store.discard(import_id)
            return replace(report, id=None)
        yield from taking.take(library, import_id, user, clock)
        store.finish(import_id, report.format, report.name, report.files, clock())
        return report
    except BaseException:  # cancelled, or failed: as if it had not begun
        if import_id is not None:
            _undo(library, store, import_id, user, clock())
        raise


def _undo(library: Library, store: ImportStore, import_id: int, user: str, at: float) -> None:
    with library.database.transaction():
        taking.retract(library, store.lines_with_events(import_id), user, at)
        store.discard(import_id)


def _clear_up(library: Library, store: ImportStore, now: float) -> None:
    """Forget what was begun when the program was ended in the middle of it."""
    for import_id, user in store.unfinished(now - STALE_AFTER):
        _undo(library, store, import_id, user, now)


def _look_through(paths: Sequence[Path]) -> Job[tuple[list[Recognised], list[tuple[str, str]]]]:
    """Which files there are and what wrote them, and which are not used and why."""
    files: list[Recognised] = []
    unused: list[tuple[str, str]] = []
    for path in paths:
        yield Progress(f"Looking at {path.name}")
        try:
            found = list(members(path))
        except SettingsError as error:
            if len(paths) == 1:
                raise
            unused.append((path.name, f"cannot be used: {error.message}"))
            continue
        for member in found:
            if isinstance(member, Member):
                _sort_in(member, files, unused)
            else:
                unused.append(member)
            yield Progress(f"Looking at {path.name}", len(files) + len(unused))
    if not any(one.layout.facts is None for one in files):
        raise _nothing_known(unused, bool(files))
    return files, unused


def _sort_in(member: Member, files: list[Recognised], unused: list[tuple[str, str]]) -> None:
    try:
        found = recognise(member)
    except Unusable as error:
        unused.append((member.name, str(error)))
        return
    folders = member.name.lower().split("/")[:-1]
    gone = next((_WHERE_GONE[folder] for folder in folders if folder in _WHERE_GONE), "")
    if gone and found.layout.source == "letterboxd":
        unused.append((member.name, gone))
    else:
        files.append(found)


def _nothing_known(unused: Sequence[tuple[str, str]], facts_only: bool) -> SettingsError:
    known = ", ".join(PROGRAMS.values())
    if facts_only:
        return SettingsError(
            "These files tell about titles, but not what you watched or rated.", "Add the ratings too."
        )
    name, reason = unused[0] if unused else ("The file", "holds nothing")
    message = (
        f"{name} {reason}."
        if len(unused) <= 1
        else f"None of the {len(unused):,} files is known here: {name} {reason}."
    )
    return SettingsError(message, f"Homereel reads the exports of {known}, as csv, json or the whole zip.")


def _read_facts(files: Sequence[Recognised], clues: Clues) -> Job[None]:
    """Read the files that only tell about titles, so that the others can be understood."""
    for found in files:
        if found.layout.facts is None:
            continue
        step = f"Reading {found.member.name}"
        try:
            for count, record in enumerate(found.records()):
                if record.row is not None:
                    found.layout.facts(record.row, clues)
                if count % (4 * TOLD_EVERY) == 0:
                    yield Progress(step, count)
        except Unusable:
            continue  # what was read of it helps; the lines that it does not help are left out with a reason


def _read(reading: _Reading, gathered: Gathered) -> Job[ImportReport]:
    """Read the lines of all files, and say what they are."""
    counts: list[FileCount] = []
    unused, told = list(gathered.unused), [found for found in gathered.lists if found.layout.facts is None]
    unused += [
        (found.name, "tells about titles, and was used for that")
        for found in gathered.lists
        if found.layout.facts is not None
    ]
    for found in told:
        counts.append((yield from reading.read(found, gathered.clues, len(counts))))
    reading.store_lines()
    programs = dict.fromkeys((PROGRAMS | ACCOUNTS)[found.layout.source] for found in told)
    names = list(dict.fromkeys(found.origin for found in told))
    name = ", ".join(names) if len(names) <= 3 else f"{names[0]} and {len(names) - 1} more files"
    return ImportReport(
        id=reading.import_id,
        format=", ".join(programs),
        name=name,
        files=tuple(counts),
        unused=tuple(unused),
        piles=reading.piles(),
        reasons=tuple(reading.reasons.most_common()),
    )


@dataclass(slots=True)
class _Title:
    """A title that lines are about."""

    match: Match
    pile: Pile
    id: int | None = None
    wished: bool = False


@dataclass(slots=True)
class _Counting:
    """The lines of one file as they are counted."""

    counts: Counter[str] = field(default_factory=Counter)
    at: int = 0


class _Reading:
    """Reads the lines of one past, matches them and stores them, a few hundred at a time.

    :param import_id: where they are stored; ``None`` when they are only counted.
    """

    def __init__(self, database: Database, store: ImportStore, import_id: int | None, user: str, now: float) -> None:
        self._database = database
        self._store = store
        self.import_id = import_id
        self._now = now
        self._index = TitleIndex.of(database)
        self._known = store.digests(user)
        self._met: set[int] = set()
        self._titles: dict[int, _Title] = {}
        self._subjects: dict[int, Subject] = {}
        self._waiting: list[tuple[NewLine, int | None]] = []
        self.reasons: Counter[str] = Counter()
        self.taken = 0

    def read(self, found: Readable, clues: Clues, place: int) -> Job[FileCount]:
        """Read one file, the ``place``-th of all."""
        counting = _Counting()
        told = Clues(found.name.lower(), clues.facts)
        step, note = f"Reading {found.name}", ""
        records = iter(found.records())
        while True:
            try:
                record = next(records, None)
            except Unusable as error:
                note = f"After line {counting.at:,} it {error}, and nothing more could be read."
                break
            if record is None:
                break
            counting.at = record.number
            self._take(found, record, told, place, counting.counts)
            if counting.counts["lines"] % TOLD_EVERY == 0:
                self.store_lines()
                yield Progress(step, counting.counts["lines"])
        counts = counting.counts
        return FileCount(
            name=found.name,
            layout=found.layout.name,
            lines=counts["lines"],
            ratings=counts["ratings"],
            plays=counts["plays"],
            wishes=counts["wishes"],
            left_out=counts["left_out"],
            note=" ".join(part for part in (found.note, note) if part),
        )

    def piles(self) -> dict[Pile, int]:
        """Titles per pile."""
        counts = Counter(title.pile for title in self._titles.values())
        counts[Pile.WISH] = sum(title.wished for title in self._titles.values())
        return {pile: counts[pile] for pile in Pile}

    def store_lines(self) -> None:
        """Store the lines that were read since the last time."""
        waiting, self._waiting = self._waiting, []
        if self.import_id is None or not waiting:
            return
        with self._database.transaction():
            lines = []
            for line, key in waiting:
                title = None if key is None else self._titles[key]
                if title is not None and key is not None:
                    if title.id is None:
                        match = replace(title.match, pile=title.pile)
                        title.id = self._store.add_title(self.import_id, self._subjects[key], match)
                    line = replace(line, title_id=title.id)
                lines.append(line)
            self._store.add_lines(self.import_id, lines)

    def _take(self, found: Readable, record: Record, clues: Clues, place: int, counts: Counter[str]) -> None:
        """Decide what one line is."""
        reading = _understood(found, record, clues)
        source, key, digest = found.layout.source, None, None
        if isinstance(reading, Entry) and (problem := date_problem(reading.at, self._now)):
            reading = LeftOut(problem)
        if isinstance(reading, Entry):
            key = subject_digest(reading.subject, found.layout.by_id)
            digest = line_digest(source, key, reading.act, reading.value, reading.at, reading.played_at)
            reading = self._unless_known(reading, key, digest)
        counts["lines"] += 1
        if isinstance(reading, LeftOut):
            counts["left_out"] += 1
            self.reasons[reading.reason] += 1
            line = NewLine(file=place, number=record.number, source=source, text=record.text, reason=reading.reason)
            self._waiting.append((line, None))
            return
        counts[_COUNTED[str(reading.act)]] += 1
        self.taken += 1
        line = NewLine(
            file=place,
            number=record.number,
            source=source,
            digest=digest,
            act=str(reading.act),
            value=reading.value,
            at=reading.at,
            played_at=reading.played_at,
        )
        self._waiting.append((line, key))

    def _unless_known(self, entry: Entry, key: int, digest: int) -> Reading:
        """The line with its title matched, unless it says nothing new."""
        if digest in self._met:
            return LeftOut(TWICE)
        did_something = self._known.get(digest)
        if did_something or (did_something is not None and entry.act is Act.WISH):
            return LeftOut(KNOWN_BEFORE)
        title = self._titles.get(key)
        match = self._index.find(entry.subject) if title is None else title.match
        if did_something is not None and match.pile is Pile.NOT_OWNED:
            return LeftOut(KNOWN_BEFORE)  # it was not owned then, and is not owned now
        self._met.add(digest)
        pile = Pile.WISH if entry.act is Act.WISH else match.pile
        if title is None:
            title = self._titles[key] = _Title(match, pile)
            self._subjects[key] = entry.subject
        elif title.pile is Pile.WISH and pile is not Pile.WISH:
            title.pile = pile
            if title.id is not None:
                self._store.set_match(title.id, match)
        title.wished |= entry.act is Act.WISH
        return entry


def _understood(found: Readable, record: Record, clues: Clues) -> Reading:
    if record.row is None:
        return LeftOut(record.problem)
    try:
        return found.layout.read(record.row, clues)
    except _ODD:
        return LeftOut("cannot be understood")
