"""The one record of what was written to servers: what was there before, what was wanted, and what was there afterwards.

A row is stored before anything is sent, so that nothing is ever written that is not in the record. The jobs that write are
in ``library.write_jobs``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from library.database import Database, Row
from library.feedback import LOCAL_USER
from library.item_rows import clean_text, name_from, stored_name
from library.writing import State, WriteKind


class Action(StrEnum):
    """What a person asked for; of several that write the same kind of thing it says which one was meant."""

    RATE = "rate"
    CLEAR_RATING = "clear rating"
    LIKE = "like"
    MARK_WATCHED = "mark watched"
    LIST_ADD = "add to watchlist"
    LIST_REMOVE = "remove from watchlist"
    COLLECT = "collect"
    CREATE = "create"
    APPEND = "append"
    REPLACE = "replace"
    DELETE = "delete"
    UNDO = "undo"


class JournalState(StrEnum):
    """How far a write has come.

    WAITING was not tried yet, or the server was not there. BEGUN may have been written: nobody knows until the server is asked.
    """

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One write to a server.

    :param at: seconds since the epoch; ``undone_at`` likewise.
    :param user: whose write it was.
    :param target: the server's own name of what is written; empty for a list that is still to be made.
    :param title: of the title or the list, as people know it.
    :param batch: what was written by one action has one number.
    :param wanted: the state it is to have; of a list that is added to, the entries to add, under "add".
    :param after: what was there afterwards, read back; means something only once it is done.
    :param known: the lists of this title that were there before one was made.
    :param automatic: nobody asked for this very write; it follows from a setting.
    :param undoes: the entry that this one takes back.
    """

    source_id: str
    kind: WriteKind
    title: str
    action: Action
    target: str = ""
    library_key: str = ""
    wanted: State | None = None
    at: float = 0.0
    user: str = LOCAL_USER
    id: int = 0
    item_id: int | None = None
    batch: int | None = None
    state: JournalState = JournalState.BEGUN
    before: State | None = None
    after: State | None = None
    known: tuple[str, ...] = ()
    automatic: bool = False
    undoes: int | None = None
    message: str = ""
    undone_at: float | None = None

    @property
    def undoable(self) -> bool:
        """Whether it was written, or waits for it, and was not taken back."""
        return self.state in (JournalState.DONE, JournalState.WAITING)


_COLUMNS = (
    "id", "at", "user", "source_id", "library_key", "kind", "target", "title", "action", "item_id", "batch", "state",
    "before", "wanted", "after", "known", "automatic", "undoes", "message", "undone_at",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM journal"  # noqa: S608
_NAMES = ("library_key", "target")
_STATES = ("before", "wanted", "after")


class Journal:
    """Stores each write in steps, and says what was written."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    # Writing

    def begin(self, entry: JournalEntry) -> int:
        """Store that this is about to be written, and return its id; one that waited goes on as the same entry."""
        if not entry.id:
            return self._insert(entry, JournalState.BEGUN)
        self._database.run(
            "UPDATE journal SET state = 'begun', message = '', at = ?, target = ?, before = ?, wanted = ?, known = ?"
            " WHERE id = ?",
            (
                self._clock(),
                stored_name(entry.target),
                _text(entry.before),
                _text(entry.wanted),
                _text(list(entry.known)),
                entry.id,
            ),
        )
        return entry.id

    def wait(self, entry: JournalEntry) -> int:
        """Store that this is to be written as soon as can be; what waits for the same target gives way to it."""
        with self._database.transaction():
            self._database.run(
                "DELETE FROM journal WHERE state = 'waiting' AND user = ? AND source_id = ? AND kind = ? AND target = ?"
                " AND title = ? AND coalesce(item_id, 0) = ? AND undoes IS ?",
                (
                    entry.user,
                    entry.source_id,
                    entry.kind,
                    stored_name(entry.target),
                    clean_text(entry.title),
                    entry.item_id or 0,
                    entry.undoes,
                ),
            )
            return self._insert(entry, JournalState.WAITING)

    def finish(self, entry_id: int, target: str, after: State | None, message: str = "") -> None:
        """Store that it was written: where, and what is there now. What it undoes is undone with it.

        A list that a server keeps under another name from now on is still the same list to all entries about it.
        """
        now = self._clock()
        with self._database.transaction():
            self._database.run(
                "UPDATE journal SET target = ? FROM (SELECT source_id, kind, target FROM journal WHERE id = ?) AS old"
                " WHERE journal.source_id = old.source_id AND journal.kind = old.kind AND journal.target = old.target"
                " AND old.target != ''",
                (stored_name(target), entry_id),
            )
            self._database.run(
                "UPDATE journal SET state = 'done', target = ?, after = ?, message = ? WHERE id = ?",
                (stored_name(target), _text(after), message, entry_id),
            )
            self._database.run(
                "UPDATE journal SET state = 'undone', undone_at = ?"
                " WHERE id = (SELECT undoes FROM journal WHERE id = ?) AND state = 'done'",
                (now, entry_id),
            )

    def fail(self, entry_id: int, message: str) -> None:
        """Store that it was not written, and why."""
        self._database.run("UPDATE journal SET state = 'failed', message = ? WHERE id = ?", (message, entry_id))

    def put_off(self, entry: JournalEntry, message: str = "") -> None:
        """Let it wait as it is given: the server was not there."""
        self._database.run(
            "UPDATE journal SET state = 'waiting', target = ?, wanted = ?, message = ? WHERE id = ?",
            (stored_name(entry.target), _text(entry.wanted), message, entry.id),
        )

    def say_why(self, entry_id: int, message: str) -> None:
        """Store why something still waits."""
        self._database.run("UPDATE journal SET message = ? WHERE id = ? AND state = 'waiting'", (message, entry_id))

    def forget(self, entry_id: int) -> None:
        """Drop an entry by which nothing was written: it waited, and turned out to be so already."""
        self._database.run("DELETE FROM journal WHERE id = ? AND state IN ('waiting', 'begun')", (entry_id,))

    def forget_ways_back(self, item_id: int, user: str) -> None:
        """Drop what waits to be undone because of a title: it is wanted after all."""
        self._database.run(
            "DELETE FROM journal WHERE item_id = ? AND user = ? AND state = 'waiting' AND undoes IS NOT NULL",
            (item_id, user),
        )

    def call_off(self, entry_id: int) -> bool:
        """Take back what still waits; says whether it did."""
        return bool(
            self._database.change(
                "UPDATE journal SET state = 'undone', undone_at = ?, message = 'It was taken back before it was written.'"
                " WHERE id = ? AND state = 'waiting'",
                (self._clock(), entry_id),
            )
        )

    def next_batch(self) -> int:
        """A number that no action has yet."""
        row = self._database.row("SELECT coalesce(max(batch), 0) + 1 FROM journal")
        return int(row[0]) if row else 1

    # Reading

    def get(self, entry_id: int) -> JournalEntry | None:
        """One entry."""
        return next(iter(self._read("id = ?", (entry_id,))), None)

    def of_batch(self, batch: int) -> list[JournalEntry]:
        """What was written by one action, the newest first."""
        return self._read("batch = ?", (batch,))

    def page(
        self, states: Iterable[JournalState] = (), *, user: str = LOCAL_USER, before: int | None = None, limit: int = 50
    ) -> list[JournalEntry]:
        """The newest entries of a person.

        :param states: only those in these states; all of them when none is named.
        :param before: only those older than the entry of this id: the next page.
        """
        wanted = [str(state) for state in states]
        condition = f"state IN ({', '.join('?' * len(wanted))})" if wanted else "1"
        return self._read(f"{condition} AND user = ? AND id < ?", (*wanted, user, before or 2**62), limit)

    def counts(self, user: str = LOCAL_USER) -> dict[JournalState, int]:
        """How many entries of a person are in each state."""
        rows = self._database.rows("SELECT state, count(*) FROM journal WHERE user = ? GROUP BY state", (user,))
        return {JournalState(state): count for state, count in rows}

    def unsettled(self, source_id: str, user: str = LOCAL_USER) -> list[JournalEntry]:
        """What a person began on a source, and nobody knows whether it was written; the oldest first."""
        return self._read("state = 'begun' AND source_id = ? AND user = ?", (source_id, user))[::-1]

    def waiting(self, source_id: str, user: str = LOCAL_USER) -> list[JournalEntry]:
        """What waits to be written to a source for a person, the oldest first."""
        return self._read("state = 'waiting' AND source_id = ? AND user = ?", (source_id, user))[::-1]

    def work(self) -> list[tuple[str, str]]:
        """The sources that something waits for, or was begun on, each with the person it is for."""
        rows = self._database.rows(
            "SELECT DISTINCT source_id, user FROM journal WHERE state IN ('waiting', 'begun') ORDER BY 1, 2"
        )
        return [(str(row[0]), str(row[1])) for row in rows]

    def newest_at(self, source_id: str, kind: WriteKind, target: str) -> JournalEntry | None:
        """The newest entry by which a target was written, whether or not it was undone."""
        found = self._read(
            "source_id = ? AND kind = ? AND target = ? AND state IN ('done', 'undone')",
            (source_id, str(kind), stored_name(target)),
            1,
        )
        return next(iter(found), None)

    def newest_for(self, entry: JournalEntry) -> JournalEntry | None:
        """The newest entry that did, or is to do, something of this kind on that source about the same title."""
        found = self._read(
            "item_id = ? AND source_id = ? AND kind = ? AND user = ? AND state != 'failed'",
            (entry.item_id, entry.source_id, str(entry.kind), entry.user),
            1,
        )
        return next(iter(found), None)

    def automatic_for(self, item_id: int, user: str) -> list[JournalEntry]:
        """What was written by itself, or waits to be, because of this title; the newest first."""
        return self._read(
            "item_id = ? AND user = ? AND automatic = 1 AND state IN ('waiting', 'done') AND undoes IS NULL",
            (item_id, user),
        )

    def _insert(self, entry: JournalEntry, state: JournalState) -> int:
        marks = ", ".join("?" * (len(_COLUMNS) - 1))
        return self._database.run(
            f"INSERT INTO journal ({', '.join(_COLUMNS[1:])}) VALUES ({marks})",  # noqa: S608
            [_stored(name, getattr(entry, name), state, self._clock) for name in _COLUMNS[1:]],
        )

    def _read(self, condition: str, values: Iterable[object], limit: int = -1) -> list[JournalEntry]:
        rows = self._database.rows(f"{_SELECT} WHERE {condition} ORDER BY id DESC LIMIT ?", [*values, limit])
        return [_entry(row) for row in rows]


def _stored(name: str, value: Any, state: JournalState, clock: Callable[[], float]) -> object:
    if name == "state":
        return str(state)
    if name == "at":
        return value or clock()
    if name in _STATES:
        return _text(value)
    if name == "known":
        return _text(list(value))
    if name in _NAMES:
        return stored_name(value)
    if name == "automatic":
        return int(value)
    return clean_text(str(value)) if isinstance(value, str) else value


def _entry(row: Row) -> JournalEntry:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _STATES:
        values[name] = json.loads(values[name])
    for name in _NAMES:
        values[name] = name_from(values[name])
    return JournalEntry(
        **{
            **values,
            "known": tuple(json.loads(values["known"])),
            "automatic": bool(values["automatic"]),
            "kind": WriteKind(values["kind"]),
            "action": Action(values["action"]),
            "state": JournalState(values["state"]),
        }
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
