"""Titles that were never in the library, but that somebody rated elsewhere: they teach the taste and are shown nowhere.

Such a title is an item without a place, marked as removed from its first moment. It counts for no figure of what there is, is
found by no search and is never suggested. When a server turns out to have it, it is the same item, with its ratings.
"""

from __future__ import annotations

from library.database import Database
from library.item_identity import identifying, match_title
from library.item_matching import call
from library.item_rows import DESCRIPTION_COLUMNS, clean_text, described
from library.item_search import TEXT_COLUMNS, indexed_text
from library.item_upsert import raise_revision
from library.items import Description

NEVER_THERE = "removed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM place WHERE place.item_id = item.id)"
"""Condition over the table "item": titles that no server ever had."""


def add_absent(database: Database, description: Description, at: float) -> int:
    """Make an item of a title that is nowhere, and return its id; another one that is nowhere and has the same id is it.

    An id of a title that is there stays with that one: the person said that it is not this. Within the caller's transaction.
    """
    kind = str(description.kind)
    for found in identifying(description.external_ids):
        sql = (
            "SELECT item_id FROM external_id JOIN item ON item.id = item_id WHERE external_id.kind = ?"
            " AND scheme = ? AND value = ? AND removed_at IS NOT NULL"
        )
        known = database.row(sql, (kind, found.scheme, found.value))
        if known is not None:
            return int(known[0])
    columns = described(description)
    marks = ", ".join("?" * len(columns))
    item_id = database.run(
        f"INSERT INTO item ({', '.join(DESCRIPTION_COLUMNS)}, match_title, added_at, removed_at)"  # noqa: S608
        f" VALUES ({marks}, ?, ?, ?)",
        (*columns, match_title(clean_text(description.title)), at, at),
    )
    database.run(
        f"INSERT INTO item_text (rowid, {', '.join(TEXT_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (item_id, *indexed_text(description)),
    )
    database.run_many(
        "INSERT INTO external_id (kind, scheme, value, item_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(kind, found.scheme, clean_text(found.value), item_id) for found in description.external_ids if found.value],
    )
    call(database, item_id, description)
    raise_revision(database)
    return item_id
