"""Saves what a person said since the last backup out of a damaged library file, as far as it can be read."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from library.database import Database, Row
from library.item_rows import ITEM_COLUMNS, items_from
from library.item_search import TEXT_COLUMNS, indexed_text

_FEEDBACK = "id, at, user, source, kind, item_id, value, retracts, learn"
_EVENTS = f"SELECT {_FEEDBACK} FROM feedback WHERE id > ? ORDER BY id"  # noqa: S608
_OLD_EVENTS = _EVENTS.replace(", learn", ", 1")  # of files from before that column
_LEARN_SINCE, _MUSIC_SINCE = 2, 3
_ONE_ITEM = f"SELECT {', '.join(ITEM_COLUMNS)}, match_title FROM item WHERE id = ?"  # noqa: S608
_OLD_ITEM = _ONE_ITEM.replace("moods, styles", "'[]', '[]'")


def salvage_feedback(database: Database, damaged: Path) -> int:
    """Copy events that are newer than the restored ones, and the items they are about; return how many events.

    Items that the backup does not know come back as removed ones; the next scan recognises them. A row that damage has
    made senseless is left out, with what hangs on it.
    """
    newest = database.row("SELECT coalesce(max(id), 0) FROM feedback")
    after = int(newest[0]) if newest else 0
    version = next((int(row[0]) for row in _readable(damaged, "PRAGMA user_version", ())), _MUSIC_SINCE)
    events = list(_readable(damaged, _OLD_EVENTS if version < _LEARN_SINCE else _EVENTS, (after,)))
    one_item = _OLD_ITEM if version < _MUSIC_SINCE else _ONE_ITEM
    wanted = {row[5] for row in events if row[5] is not None}
    known = {row[0]: row[1:] for row in database.rows("SELECT id, kind, title FROM item")}
    missing: dict[int, Row] = {}
    for item_id in sorted(wanted):
        for row in _readable(damaged, one_item, (item_id,)):
            if item_id not in known:
                missing[item_id] = row
            elif known[item_id] != row[1:3]:
                wanted.discard(item_id)  # another title has this id in the backup
        if item_id not in known and item_id not in missing:
            wanted.discard(item_id)
    texts = {item_id: _texts(row) for item_id, row in missing.items()}
    saved = 0
    with database.transaction():
        for item_id, row in missing.items():
            if not _insert_item(database, row, texts[item_id]):
                wanted.discard(item_id)
        for row in events:
            if row[5] is None or row[5] in wanted:
                saved += _insert_event(database, row)
    return saved


def _texts(row: Row) -> tuple[str, ...] | None:
    """What the search index holds of an item; ``None`` when its row is no item any more."""
    try:
        return indexed_text(items_from([row[:-1]], (), ())[0])
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _insert_item(database: Database, row: Row, texts: tuple[str, ...] | None) -> bool:
    """Bring one item back; whether that could be done."""
    if texts is None:
        return False
    columns = [*ITEM_COLUMNS, "match_title"]
    values = [*row[:-2], row[-2] or row[ITEM_COLUMNS.index("added_at")], row[-1]]
    marks = ", ".join("?" * len(columns))
    if not database.change(f"INSERT OR IGNORE INTO item ({', '.join(columns)}) VALUES ({marks})", values):  # noqa: S608
        return False
    database.run(
        f"INSERT INTO item_text (rowid, {', '.join(TEXT_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (row[0], *texts),
    )
    return True


def _insert_event(database: Database, row: Row) -> int:
    retracts = row[7]
    if retracts is not None and database.row("SELECT 1 FROM feedback WHERE id = ?", (retracts,)) is None:
        return 0
    return database.change(f"INSERT OR IGNORE INTO feedback ({_FEEDBACK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608


def _readable(path: Path, sql: str, values: tuple[object, ...]) -> Iterator[Row]:
    """Rows up to the first that cannot be read; a damaged file is expected to fail somewhere."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file,
    ):
        yield from file.execute(sql, values)
