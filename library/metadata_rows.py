"""How the words of catalogues lie beside those of servers in the tables: read and written within a transaction of others."""

from __future__ import annotations

import json
from collections.abc import Collection

from library.database import Database
from library.item_rows import DESCRIPTION_COLUMNS, items_from
from library.item_search import TEXT_COLUMNS, indexed_text
from library.items import ExternalId
from library.metadata_merge import Columns, combined, metadata_from, stored_words, words_from
from library.sources import Metadata

_NAMED = ", ".join(DESCRIPTION_COLUMNS)
_SET = ", ".join(f"{name} = ?" for name in DESCRIPTION_COLUMNS)
_SET_TEXTS = ", ".join(f"{name} = ?" for name in TEXT_COLUMNS)


def said_of(database: Database, item_id: int) -> list[Metadata]:
    """What catalogues said of a title, TMDB first."""
    sql = "SELECT answer FROM metadata WHERE item_id = ? AND answer != '' ORDER BY catalog"
    return [metadata_from(answer) for (answer,) in database.rows(sql, (item_id,))]


def with_catalogs(database: Database, item_id: int, words: Columns, told: Collection[ExternalId] = ()) -> Columns:
    """The columns of a title that catalogues add to, after its server said something new, which is kept apart.

    :param told: the ids that the server gives it: they are not the catalogue's any more.
    """
    database.run("UPDATE server_words SET words = ? WHERE item_id = ?", (stored_words(words), item_id))
    added = added_ids(database, item_id)
    left = [one for one in added if one not in told]
    if left != added:
        _keep_added(database, item_id, left)
    return combined(words, said_of(database, item_id))


def take_in(database: Database, item_id: int) -> bool:
    """Describe a title anew by its server's words and all that catalogues have said by now; whether that changed it."""
    row = database.row(
        f"SELECT words, kind, {_NAMED} FROM item LEFT JOIN server_words ON item_id = id WHERE id = ?",  # noqa: S608
        (item_id,),
    )
    if row is None:
        return False
    kept, kind, columns = row[0], row[1], row[2:]
    words = columns if kept is None else words_from(kept)
    said = said_of(database, item_id)
    before = added_ids(database, item_id)
    if said and kept is None:
        database.run("INSERT INTO server_words (item_id, words) VALUES (?, ?)", (item_id, stored_words(words)))
    added = _name(database, item_id, kind, said, before)
    if not said:
        database.run("DELETE FROM server_words WHERE item_id = ?", (item_id,))
    elif added != before:
        _keep_added(database, item_id, added)
    return write(database, item_id, columns, combined(words, said)) or added != before


def write(database: Database, item_id: int, old: Columns, new: Columns) -> bool:
    """Give a title other columns, and let it be found by them; whether they are others at all."""
    if new == old:
        return False
    database.run(f"UPDATE item SET {_SET} WHERE id = ?", (*new, item_id))  # noqa: S608
    texts = indexed_text(items_from([(item_id, *new, 0.0, None)], (), ())[0])
    database.run(f"UPDATE item_text SET {_SET_TEXTS} WHERE rowid = ?", (*texts, item_id))  # noqa: S608
    return True


def added_ids(database: Database, item_id: int) -> list[ExternalId]:
    """The external ids that a title has from catalogues."""
    row = database.row("SELECT added FROM server_words WHERE item_id = ?", (item_id,))
    return [] if row is None else [ExternalId(*pair) for pair in json.loads(row[0])]


def _keep_added(database: Database, item_id: int, added: Collection[ExternalId]) -> None:
    pairs = json.dumps([[one.scheme, one.value] for one in added])
    database.run("UPDATE server_words SET added = ? WHERE item_id = ?", (pairs, item_id))


def _name(
    database: Database, item_id: int, kind: str, said: Collection[Metadata], before: Collection[ExternalId]
) -> list[ExternalId]:
    """Take out the ids that came from catalogues, and put in those they give now, where nothing speaks against one:
    another id of that kind, or another title of that name. The result is what came from them now.
    """
    for one in before:
        database.run(
            "DELETE FROM external_id WHERE kind = ? AND scheme = ? AND value = ? AND item_id = ?",
            (kind, one.scheme, one.value, item_id),
        )
    named = {scheme for (scheme,) in database.rows("SELECT scheme FROM external_id WHERE item_id = ?", (item_id,))}
    added: list[ExternalId] = []
    for metadata in said:
        for one in metadata.external_ids:
            if one.scheme in named:
                continue
            done = database.change(
                "INSERT INTO external_id (kind, scheme, value, item_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, one.scheme, one.value, item_id),
            )
            if done:
                named.add(one.scheme)
                added.append(one)
    return added
