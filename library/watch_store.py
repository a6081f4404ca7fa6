"""Keeps what was watched and heard when, as servers tell it, for each person apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from library.database import Database
from library.feedback import LOCAL_USER
from library.item_rows import stored_name
from library.sources import HistoryEntry

WRITTEN_AT_ONCE = 200
_LIBRARIES = "SELECT DISTINCT library_key FROM place WHERE source_id = ?"


@dataclass(frozen=True, slots=True)
class Watched:
    """How often one item was watched, and when last, in seconds since the epoch."""

    count: int
    last: float


class WatchStore:
    """The times at which items were watched. Adding the same again changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, source_id: str, entries: Iterable[HistoryEntry], user: str = LOCAL_USER) -> int:
        """Store what a source tells, in the order given; entries of titles that are not in the library are left out.

        :returns: how many were not known before.
        """
        wanted, added = list(entries), 0
        libraries = [row[0] for row in self._database.rows(_LIBRARIES, (source_id,))]
        for start in range(0, len(wanted), WRITTEN_AT_ONCE):
            part = wanted[start : start + WRITTEN_AT_ONCE]
            items = self._items(source_id, libraries, {entry.key for entry in part})
            rows = [(user, items[entry.key], entry.at, source_id) for entry in part if entry.key in items]
            with self._database.transaction():
                for row in rows:
                    added += self._database.change(
                        "INSERT INTO watch (user, item_id, at, source_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        row,
                    )
        return added

    def newest(self, source_id: str, user: str = LOCAL_USER) -> float:
        """The last moment that a source told of; 0 when it told nothing."""
        row = self._database.row("SELECT max(at) FROM watch WHERE user = ? AND source_id = ?", (user, source_id))
        return float(row[0]) if row and row[0] is not None else 0.0

    def of(self, item_id: int, user: str = LOCAL_USER) -> Watched | None:
        """How often and when last an item was watched; ``None`` when nobody told."""
        return self._counts("AND item_id = ?", (user, item_id)).get(item_id)

    def counts(self, user: str = LOCAL_USER) -> dict[int, Watched]:
        """The same for every item that was watched."""
        return self._counts("", (user,))

    def times(self, item_id: int, user: str = LOCAL_USER) -> tuple[float, ...]:
        """Every moment at which an item was watched, the newest first."""
        rows = self._database.rows(
            "SELECT at FROM watch WHERE user = ? AND item_id = ? ORDER BY at DESC", (user, item_id)
        )
        return tuple(float(row[0]) for row in rows)

    def _counts(self, condition: str, values: Sequence[object]) -> dict[int, Watched]:
        rows = self._database.rows(
            f"SELECT item_id, count(*), max(at) FROM watch WHERE user = ? {condition} GROUP BY item_id",  # noqa: S608
            values,
        )
        return {int(item_id): Watched(int(count), float(last)) for item_id, count, last in rows}

    def _items(self, source_id: str, libraries: Sequence[str], keys: Iterable[str]) -> dict[str, int]:
        """Which items these entries of a source are; of an entry in two libraries, the one that is there."""
        names = {stored_name(key): key for key in keys}
        rows = self._database.rows(
            f"SELECT key, item_id FROM place WHERE source_id = ? AND library_key IN ({_marks(libraries)})"  # noqa: S608
            f" AND key IN ({_marks(names)}) ORDER BY removed_at IS NULL",
            (source_id, *libraries, *names),
        )
        return {names[str(key)]: int(item_id) for key, item_id in rows}


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
