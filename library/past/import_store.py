"""Keeps what was brought along: each file, each title it is about, each of its lines and what became of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from library.database import Database, Row
from library.item_identity import match_title
from library.item_rows import clean_text
from library.item_upsert import raise_revision
from library.items import ExternalId, MediaKind
from library.past.formats import Act, Subject
from library.past.matching import Match, Pile

NAMED_AT_ONCE = 1000
_RECORD = "id, at, user, format, name, files, taken_back_at"
_IN_FORCE = "import.user = ? AND import.finished_at IS NOT NULL AND import.taken_back_at IS NULL"
_OWNED_SINCE = "EXISTS (SELECT 1 FROM item WHERE item.id = import_title.item_id AND item.removed_at IS NULL)"
_PILE = f"CASE WHEN pile = 'not owned' AND {_OWNED_SINCE} THEN 'sure' ELSE pile END"
"""A title that was not owned may have come into the library since."""
_TITLE = f"import_title.id, import_title.import_id, entry, {_PILE}, import_title.item_id, candidates, decided"
_LINE = "id, title_id, source, act, value, at, played_at, feedback_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCount:
    """What the lines of one file were: ``lines`` is the sum of the other four.

    :param note: what was odd about the file as a whole.
    """

    name: str
    layout: str
    lines: int = 0
    ratings: int = 0
    plays: int = 0
    wishes: int = 0
    left_out: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One past that was brought along.

    :param format: the programs it comes from, as people call them; ``name`` the files.
    """

    id: int
    at: float
    user: str
    format: str
    name: str
    files: tuple[FileCount, ...]
    taken_back_at: float | None = None

    def total(self, what: str) -> int:
        """The sum over the files of "lines", "ratings", "plays", "wishes" or "left_out"."""
        return sum(getattr(count, what) for count in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTitle:
    """One title of a past, and what it was taken for.

    :param item_id: what it is; of one that is not owned, what stands for it.
    :param candidates: what it may be, the likeliest first.
    :param lines: how many lines are about it; ``value`` and ``at`` are its newest rating, and when it was given or played.
    """

    id: int
    import_id: int
    subject: Subject
    pile: Pile
    item_id: int | None
    candidates: tuple[int, ...]
    decided: bool
    lines: int = 0
    value: float | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line that says something about a title."""

    id: int
    title_id: int
    source: str
    act: Act
    value: float | None
    at: float | None
    played_at: float | None
    feedback_id: int | None


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """One line that was not taken."""

    file: str
    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line that is about to be stored; ``title_id`` is empty when it is left out for ``reason``."""

    file: int
    number: int
    source: str
    title_id: int | None = None
    digest: int | None = None
    act: str = ""
    value: float | None = None
    at: float | None = None
    played_at: float | None = None
    text: str = ""
    reason: str = ""


class ImportStore:
    """The imports of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # While a past is read

    def begin(self, user: str, at: float) -> int:
        """A new import, which counts only from :meth:`finish` on."""
        return self._database.run("INSERT INTO import (at, user) VALUES (?, ?)", (at, user))

    def add_title(self, import_id: int, subject: Subject, match: Match) -> int:
        """Store a title of it, and return its id."""
        return self._database.run(
            "INSERT INTO import_title (import_id, entry, pile, item_id, candidates) VALUES (?, ?, ?, ?, ?)",
            (import_id, _entry(subject), str(match.pile), match.item_id, json.dumps(match.candidates)),
        )

    def set_match(self, title_id: int, match: Match) -> None:
        """What a title was taken for is another one."""
        self._database.run(
            "UPDATE import_title SET pile = ?, item_id = ?, candidates = ? WHERE id = ?",
            (str(match.pile), match.item_id, json.dumps(match.candidates), title_id),
        )

    def add_lines(self, import_id: int, lines: Iterable[NewLine]) -> None:
        """Store lines of it."""
        self._database.run_many(
            "INSERT INTO import_line (import_id, title_id, file, number, digest, source, act, value, at, played_at, text, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (import_id, line.title_id, line.file, line.number, line.digest, line.source, line.act, line.value, line.at,
                 line.played_at, clean_text(line.text), line.reason)
                for line in lines
            ],
        )  # fmt: skip

    def finish(self, import_id: int, format: str, name: str, files: Sequence[FileCount], at: float) -> None:
        """Let it count."""
        told = clean_text(json.dumps([asdict(count) for count in files], ensure_ascii=False))
        self._database.run(
            "UPDATE import SET format = ?, name = ?, files = ?, finished_at = ? WHERE id = ?",
            (format, clean_text(name), told, at, import_id),
        )

    def discard(self, import_id: int) -> None:
        """Forget one that was not finished; what it appended to the log must have been taken back before."""
        with self._database.transaction():
            self.forget_plays(import_id)
            self._database.run("DELETE FROM import_line WHERE import_id = ?", (import_id,))
            self._database.run("DELETE FROM import_title WHERE import_id = ?", (import_id,))
            self._database.run("DELETE FROM import WHERE id = ?", (import_id,))

    def unfinished(self, before: float) -> list[tuple[int, str]]:
        """Id and user of those that were begun before a moment and never came to an end: the program was ended meanwhile."""
        sql = "SELECT id, user FROM import WHERE finished_at IS NULL AND at < ?"
        return [(row[0], row[1]) for row in self._database.rows(sql, (before,))]

    def digests(self, user: str) -> dict[int, bool]:
        """Digest of each line that is in force -> whether it did something, or waits for the person."""
        sql = (
            "SELECT digest, act != 'wish' AND (import_title.item_id IS NOT NULL OR pile = 'unsure') FROM import_line"  # noqa: S608
            " JOIN import_title ON import_title.id = import_line.title_id JOIN import ON import.id = import_line.import_id"
            f" WHERE {_IN_FORCE} AND digest IS NOT NULL"
        )
        found: dict[int, bool] = {}
        for digest, did in self._database.rows(sql, (user,)):
            found[digest] = found.get(digest, False) or bool(did)
        return found

    # What there is

    def all(self, user: str) -> tuple[ImportRecord, ...]:
        """The imports of a user, the newest first, those taken back among them."""
        sql = f"SELECT {_RECORD} FROM import WHERE user = ? AND finished_at IS NOT NULL ORDER BY id DESC"  # noqa: S608
        return tuple(_record(row) for row in self._database.rows(sql, (user,)))

    def get(self, import_id: int) -> ImportRecord | None:
        """One import."""
        row = self._database.row(
            f"SELECT {_RECORD} FROM import WHERE id = ? AND finished_at IS NOT NULL",  # noqa: S608
            (import_id,),
        )
        return None if row is None else _record(row)

    def piles(self, import_id: int) -> dict[Pile, int]:
        """How many titles each pile has; one that was rated and wished for is in two of them."""
        sql = f"SELECT {_PILE}, count(*) FROM import_title WHERE import_id = ? GROUP BY 1"  # noqa: S608
        counts = {Pile(pile): int(count) for pile, count in self._database.rows(sql, (import_id,))}
        wished = "SELECT count(DISTINCT title_id) FROM import_line WHERE import_id = ? AND act = 'wish'"
        counts[Pile.WISH] = int(self._database.rows(wished, (import_id,))[0][0])
        return {pile: counts.get(pile, 0) for pile in Pile}

    def titles(self, import_id: int, pile: Pile | None = None) -> list[PastTitle]:
        """The titles of an import, by rising id: all, or those of one pile."""
        sql = (
            f"SELECT {_TITLE}, count(import_line.id), max(import_line.at) FROM import_title"  # noqa: S608
            " LEFT JOIN import_line ON import_line.title_id = import_title.id WHERE import_title.import_id = ?"
            f" AND (? IS NULL OR {_PILE} = ? OR (? = 'wish' AND import_line.act = 'wish'))"
            " GROUP BY import_title.id ORDER BY import_title.id"
        )
        wanted = None if pile is None else str(pile)
        newest = (
            "SELECT title_id, value FROM import_line WHERE import_id = ? AND act = 'rating'"
            " ORDER BY at IS NOT NULL, at, id"
        )
        values = {row[0]: row[1] for row in self._database.rows(newest, (import_id,))}
        rows = self._database.rows(sql, (import_id, wanted, wanted, wanted))
        return [_title(row, values.get(row[0])) for row in rows]

    def title(self, title_id: int) -> PastTitle | None:
        """One title."""
        row = self._database.row(f"SELECT {_TITLE}, 0, NULL FROM import_title WHERE id = ?", (title_id,))  # noqa: S608
        return None if row is None else _title(row, None)

    def lines(self, title_ids: Sequence[int]) -> list[PastLine]:
        """The lines about these titles, in the order of the files."""
        marks = ", ".join("?" * len(title_ids))
        sql = f"SELECT {_LINE} FROM import_line WHERE title_id IN ({marks}) ORDER BY id"  # noqa: S608
        return [_line(row) for row in self._database.rows(sql, title_ids)]

    def item_names(self, item_ids: Iterable[int]) -> dict[int, tuple[str, int | None]]:
        """Title and year of each of these items."""
        wanted = list(dict.fromkeys(item_ids))
        found: dict[int, tuple[str, int | None]] = {}
        for start in range(0, len(wanted), NAMED_AT_ONCE):
            part = wanted[start : start + NAMED_AT_ONCE]
            sql = f"SELECT id, title, year FROM item WHERE id IN ({', '.join('?' * len(part))})"  # noqa: S608
            found.update((row[0], (row[1], row[2])) for row in self._database.rows(sql, part))
        return found

    def lines_with_events(self, import_id: int) -> list[PastLine]:
        """The lines of an import that became events of the log."""
        sql = f"SELECT {_LINE} FROM import_line WHERE import_id = ? AND feedback_id IS NOT NULL ORDER BY id"  # noqa: S608
        return [_line(row) for row in self._database.rows(sql, (import_id,))]

    def left_out(self, import_id: int) -> list[LeftOutLine]:
        """The lines that were not taken, in the order of the files."""
        record = self.get(import_id)
        names = [count.name for count in record.files] if record else []
        sql = "SELECT file, number, text, reason FROM import_line WHERE import_id = ? AND title_id IS NULL ORDER BY id"
        return [
            LeftOutLine(names[file] if file < len(names) else "", number, text, reason)
            for file, number, text, reason in self._database.rows(sql, (import_id,))
        ]

    # What becomes of it

    def decide(self, title_id: int, pile: Pile, item_id: int | None, by_person: bool) -> None:
        """Remember what a title is."""
        self._database.run(
            "UPDATE import_title SET pile = ?, item_id = ?, decided = ? WHERE id = ?",
            (str(pile), item_id, int(by_person), title_id),
        )

    def note_events(self, events: Iterable[tuple[int | None, int]]) -> None:
        """Remember which event of the log a line became: (event id or ``None``, line id)."""
        self._database.run_many("UPDATE import_line SET feedback_id = ? WHERE id = ?", events)

    def add_plays(self, import_id: int, user: str, plays: Iterable[tuple[int, float]]) -> None:
        """Note when items were watched; what a server told of the same moment stays as it is."""
        rows = [(user, item_id, at, source_of(import_id)) for item_id, at in plays]
        if rows:
            self._database.run_many(
                "INSERT OR IGNORE INTO watch (user, item_id, at, source_id) VALUES (?, ?, ?, ?)", rows
            )
            raise_revision(self._database)

    def forget_plays(self, import_id: int, item_id: int | None = None) -> None:
        """Forget when items were watched as far as this import alone says so."""
        sql = "DELETE FROM watch WHERE source_id = ? AND (? IS NULL OR item_id = ?)"
        if self._database.change(sql, (source_of(import_id), item_id, item_id)):
            raise_revision(self._database)

    def set_taken_back(self, import_id: int, at: float | None) -> None:
        """Mark an import as taken back, or as in force again."""
        self._database.run("UPDATE import SET taken_back_at = ? WHERE id = ?", (at, import_id))


def source_of(import_id: int) -> str:
    """Under which source the plays of an import are noted."""
    return f"import:{import_id}"


def subject_digest(subject: Subject, by_id: bool = False) -> int:
    """One number for a title as the files name it: the same title in two lines has the same.

    :param by_id: whether its ids alone say which title it is, where it has any.
    """
    if by_id and subject.ids:
        return _digest([subject.kind, *map(str, subject.ids)])
    known = [
        subject.kind,
        match_title(subject.title),
        subject.year,
        match_title(subject.artist or ""),
        *map(str, subject.ids),
    ]
    return _digest([*known, match_title(subject.album or "") if subject.kind is MediaKind.TRACK else ""])


def line_digest(source: str, subject: int, act: Act, *numbers: float | None) -> int:
    """One number for what a line says, wherever in a file it stands."""
    return _digest([source, subject, str(act), *numbers])


def _digest(parts: Sequence[object]) -> int:
    words = repr([str(part) if isinstance(part, MediaKind) else part for part in parts])
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _entry(subject: Subject) -> str:
    told: dict[str, Any] = {name: value for name, value in asdict(subject).items() if value not in (None, (), "")}
    told["ids"] = {one.scheme: one.value for one in subject.ids}
    return clean_text(json.dumps(told, ensure_ascii=False))


def _subject(entry: str) -> Subject:
    told: dict[str, Any] = json.loads(entry)
    ids = tuple(ExternalId(scheme, value) for scheme, value in told.pop("ids", {}).items())
    kind = told.pop("kind", None)
    for name in ("genres", "directors"):
        told[name] = tuple(told.get(name, ()))
    return Subject(kind=MediaKind(kind) if kind else None, ids=ids, **told)


def _line(row: Row) -> PastLine:
    return PastLine(row[0], row[1], row[2], Act(row[3]), *row[4:])


def _record(row: Row) -> ImportRecord:
    files = tuple(FileCount(**count) for count in json.loads(row[5]))
    return ImportRecord(
        id=row[0], at=row[1], user=row[2], format=row[3], name=row[4], files=files, taken_back_at=row[6]
    )


def _title(row: Row, value: float | None) -> PastTitle:
    title_id, import_id, entry, pile, item_id, candidates, decided, lines, at = row
    return PastTitle(
        id=title_id,
        import_id=import_id,
        subject=_subject(entry),
        pile=Pile(pile),
        item_id=item_id,
        candidates=tuple(json.loads(candidates)),
        decided=bool(decided),
        lines=lines,
        value=value,
        at=at,
    )
