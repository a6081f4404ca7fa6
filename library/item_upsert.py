"""Writes what a server said about entries: decides which items they are, and changes only what is different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from library.database import Database
from library.item_identity import match_title
from library.item_matching import Identity, Matching, call, marks
from library.item_rows import (
    DESCRIPTION_COLUMNS,
    clean_text,
    described,
    items_from,
    merged,
    stored_files,
    stored_name,
    stored_viewing,
)
from library.item_search import TEXT_COLUMNS, indexed_text
from library.metadata_merge import words_from
from library.metadata_rows import with_catalogs
from library.sources import ServerItem

_TEXT_FIELDS = frozenset(
    ("title", "original_title", "credits", "genres", "keywords", "collection", "artist", "album", "overview", "tagline")
)
_SET = ", ".join(f"{name} = ?" for name in DESCRIPTION_COLUMNS)
_NAMED = ", ".join(DESCRIPTION_COLUMNS)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One entry, worked out as far as possible before a transaction is opened."""

    said: ServerItem
    key: str
    version: str
    poster: str | None
    title: str
    columns: tuple[object, ...]
    texts: tuple[str, ...]
    files: str
    viewing: str


def prepared(items: Iterable[ServerItem]) -> list[Prepared]:
    """Work out the rows of these entries; the slow part, done outside of transactions."""
    return [
        Prepared(
            said=item,
            key=stored_name(item.key),
            version=stored_name(item.version),
            poster=stored_name(item.poster) if item.poster else None,
            title=match_title(clean_text(item.title)),
            columns=described(item),
            texts=indexed_text(item),
            files=stored_files(item.files),
            viewing=stored_viewing(item.viewing),
        )
        for item in items
    ]


def raise_revision(database: Database) -> None:
    """Count one more change of the items."""
    database.run("UPDATE counter SET value = value + 1 WHERE name = 'item_revision'")


def mark_if_gone(database: Database, item_id: int, at: float) -> bool:
    """Mark an item as removed if no place of it is left; says whether it was marked."""
    sql = (
        "UPDATE item SET removed_at = ? WHERE id = ? AND removed_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM place WHERE place.item_id = item.id AND place.removed_at IS NULL)"
    )
    return database.change(sql, (at, item_id)) > 0


class Upsert:
    """Stores one batch of entries of one library of one source. Used once, within one transaction.

    ``joined`` are items that were there before and got a new place: matched again. ``unsure`` are pairs of an item that was
    added and one that may be the same. ``merged`` are pairs of an item that has no place any more because it was one with
    another that was there, and that other.
    """

    def __init__(self, database: Database, source_id: str, library_key: str, at: float) -> None:
        self._database = database
        self._source = (source_id, library_key)
        self._at = at
        self._matching = Matching(database, self._source)
        self.changed = False
        self.joined: list[int] = []
        self.unsure: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int]] = []

    def store(self, batch: Sequence[Prepared]) -> list[int]:
        """Store the entries and return the id of the item of each."""
        self._matching.look_up([entry.key for entry in batch], [entry.said for entry in batch])
        found = []
        left: set[int] = set()
        for entry in batch:
            before = self._matching.place_of(entry.key)
            identity = self._matching.identify(entry.key, entry.said)
            item_id = identity.item_id
            if item_id is None:
                item_id = self._insert(entry)
                self.unsure += [(item_id, other) for other in identity.unsure]
            else:
                self._note_meeting(identity, entry, before)
                self._describe(item_id, entry)
            self._place(item_id, entry)
            self._name(item_id, entry)
            if before is not None and before != item_id:
                left.add(before)
            found.append(item_id)
        for item_id in left:
            self.changed |= mark_if_gone(self._database, item_id, self._at)
        if self.changed:
            raise_revision(self._database)
        return found

    def _note_meeting(self, identity: Identity, entry: Prepared, before: int | None) -> None:
        assert identity.item_id is not None
        if identity.joins is not None and not self._lies_elsewhere(identity.joins, entry.key):
            self.merged.append((identity.joins, identity.item_id))
        elif before is None:
            self.joined.append(identity.item_id)

    def _insert(self, entry: Prepared) -> int:
        item_id = self._database.run(
            f"INSERT INTO item ({_NAMED}, match_title, added_at) VALUES ({marks(entry.columns)}, ?, ?)",  # noqa: S608
            (*entry.columns, entry.title, self._at),
        )
        self._database.run(
            f"INSERT INTO item_text (rowid, {', '.join(TEXT_COLUMNS)}) VALUES (?, {marks(TEXT_COLUMNS)})",  # noqa: S608
            (item_id, *entry.texts),
        )
        self._matching.learn(item_id, entry.said)
        self._call(item_id, entry)
        self.changed = True
        return item_id

    def _describe(self, item_id: int, entry: Prepared) -> None:
        """Take over what the entry says: all of it if it is the item's only place, else what it says more."""
        sql = f"SELECT {_NAMED}, removed_at, words FROM item LEFT JOIN server_words ON item_id = id WHERE id = ?"  # noqa: S608
        row = self._database.row(sql, (item_id,))
        if row is None:
            return
        old, removed_at, kept = row[:-2], row[-2], row[-1]
        before = old if kept is None else words_from(kept)
        new = entry.columns if not self._lies_elsewhere(item_id, entry.key) else merged(entry.columns, before)
        if kept is not None:
            new = with_catalogs(self._database, item_id, new, entry.said.external_ids)
        if new == old and removed_at is None:
            return
        self._database.run(
            f"UPDATE item SET {_SET}, match_title = ?, removed_at = NULL WHERE id = ?",  # noqa: S608
            (*new, entry.title, item_id),
        )
        self.changed = True
        self._matching.learn(item_id, entry.said)
        self._call(item_id, entry)
        if any(
            now != then for name, now, then in zip(DESCRIPTION_COLUMNS, new, old, strict=True) if name in _TEXT_FIELDS
        ):
            self._index(item_id, entry, new)

    def _index(self, item_id: int, entry: Prepared, columns: tuple[object, ...]) -> None:
        texts = entry.texts
        if columns != entry.columns:
            texts = indexed_text(items_from([(item_id, *columns, 0.0, None)], (), ())[0])
        names = ", ".join(f"{name} = ?" for name in TEXT_COLUMNS)
        self._database.run(f"UPDATE item_text SET {names} WHERE rowid = ?", (*texts, item_id))  # noqa: S608

    def _call(self, item_id: int, entry: Prepared) -> None:
        """Let an item be found by its original title too, and a track by its artist and title."""
        call(self._database, item_id, entry.said)

    def _lies_elsewhere(self, item_id: int, key: str) -> bool:
        sql = (
            "SELECT 1 FROM place WHERE item_id = ? AND removed_at IS NULL"
            " AND NOT (source_id = ? AND library_key = ? AND key = ?) LIMIT 1"
        )
        return self._database.row(sql, (item_id, *self._source, key)) is not None

    def _place(self, item_id: int, entry: Prepared) -> None:
        said = entry.said
        values = (item_id, entry.version, entry.poster, entry.files, said.added_at, entry.viewing)
        before = self._database.row(
            "SELECT item_id, version, poster, files, added_at, viewing FROM place"
            " WHERE source_id = ? AND library_key = ? AND key = ? AND removed_at IS NULL",
            (*self._source, entry.key),
        )
        if before == values:
            return
        self._database.run(
            "INSERT INTO place (item_id, version, poster, files, added_at, viewing, source_id, library_key, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source_id, library_key, key) DO UPDATE SET"
            " item_id = excluded.item_id, version = excluded.version, poster = excluded.poster,"
            " files = excluded.files, added_at = excluded.added_at, viewing = excluded.viewing, removed_at = NULL",
            (*values, *self._source, entry.key),
        )
        self._matching.put(entry.key, item_id)
        self.changed = True

    def _name(self, item_id: int, entry: Prepared) -> None:
        """Keep the external ids: those of a scheme that the only place now gives differently are replaced."""
        kind = str(entry.said.kind)
        known = self._matching.ids_of(item_id)
        told: dict[str, set[str]] = {}
        for found in entry.said.external_ids:
            if found.value:
                told.setdefault(found.scheme, set()).add(found.value)
        new = [(scheme, value) for scheme, values in told.items() for value in values - known.get(scheme, set())]
        if not new:
            return
        if not self._lies_elsewhere(item_id, entry.key):
            for scheme, values in told.items():
                self._forget_ids(kind, scheme, known.get(scheme, set()) - values, item_id)
        for scheme, value in new:
            added = self._database.change(
                "INSERT INTO external_id (kind, scheme, value, item_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, scheme, value, item_id),
            )
            if added:
                known.setdefault(scheme, set()).add(value)
                self._matching.name_id(kind, scheme, value, item_id)
                self.changed = True

    def _forget_ids(self, kind: str, scheme: str, values: set[str], item_id: int) -> None:
        for value in values:
            self._database.run(
                "DELETE FROM external_id WHERE kind = ? AND scheme = ? AND value = ? AND item_id = ?",
                (kind, scheme, value, item_id),
            )
            self._matching.ids_of(item_id)[scheme].discard(value)
            self._matching.name_id(kind, scheme, value, None)
