"""The titles of the library and where they lie: reading, searching, and taking over what a server says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from library.absent_items import NEVER_THERE
from library.database import Database
from library.feedback import LOCAL_USER
from library.item_matching import marks
from library.item_rows import ITEM_COLUMNS, PLACE_COLUMNS, clean_text, items_from, name_from, stored_name
from library.item_search import search
from library.item_upsert import Upsert, mark_if_gone, prepared, raise_revision
from library.items import Item, MediaKind
from library.sources import ServerItem
from library.title_pairs import carry_over, note_unsure

READ_AT_ONCE = 1000
WRITTEN_AT_ONCE = 25
_ITEM = ", ".join(ITEM_COLUMNS)
_PLACE = ", ".join(PLACE_COLUMNS)
BROUGHT_PLAY = "source_id GLOB 'import:*'"
"""Condition over the table "watch": what an import says; what servers told of once they may have taken back since."""
_PLACE_OF_ANOTHER = ", ".join(
    (
        *PLACE_COLUMNS[:-1],
        "coalesce((SELECT person_viewing.viewing FROM person_viewing WHERE user = ? AND place_id = place.id), '{}')",
    )
)


class ItemStore:
    """Items and their places. An item keeps its id, and so its ratings, whatever happens to the places.

    ``viewer`` is the person whose viewing the places show.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self.viewer = LOCAL_USER

    def get(self, item_id: int) -> Item | None:
        """One item, removed or not."""
        found = self.many([item_id])
        return found[0] if found else None

    def many(self, item_ids: Iterable[int]) -> list[Item]:
        """These items in the order asked for, without those that do not exist."""
        wanted = list(item_ids)
        found: dict[int, Item] = {}
        unique = list(dict.fromkeys(wanted))
        for start in range(0, len(unique), READ_AT_ONCE):
            part = unique[start : start + READ_AT_ONCE]
            found.update((item.id, item) for item in self._read(f"id IN ({marks(part)})", part))
        return [found[item_id] for item_id in wanted if item_id in found]

    def all(self, kind: MediaKind | None = None, include_removed: bool = False) -> Iterator[Item]:
        """Every item by rising id, read in blocks; nothing stays open or locked between two of them."""
        condition = "id > ? AND (? OR removed_at IS NULL) AND (? IS NULL OR kind = ?)"
        wanted = None if kind is None else str(kind)
        last = 0
        while True:
            values = (last, include_removed, wanted, wanted)
            items = self._read(f"{condition} ORDER BY id LIMIT {READ_AT_ONCE}", values)
            yield from items
            if len(items) < READ_AT_ONCE:
                return
            last = items[-1].id

    def count(self, kind: MediaKind | None = None) -> int:
        """How many items there are now (removed ones do not count)."""
        wanted = None if kind is None else str(kind)
        sql = "SELECT count(*) FROM item WHERE removed_at IS NULL AND (? IS NULL OR kind = ?)"
        found = self._database.row(sql, (wanted, wanted))
        return int(found[0]) if found else 0

    def removed_among(self, item_ids: Iterable[int]) -> set[int]:
        """Those of these items that are marked as gone; what was never there is not gone."""
        wanted = list(dict.fromkeys(item_ids))
        gone: set[int] = set()
        for start in range(0, len(wanted), READ_AT_ONCE):
            part = wanted[start : start + READ_AT_ONCE]
            sql = (
                f"SELECT id FROM item WHERE removed_at IS NOT NULL AND NOT ({NEVER_THERE})"  # noqa: S608
                f" AND id IN ({marks(part)})"
            )
            gone.update(row[0] for row in self._database.rows(sql, part))
        return gone

    def kinds_of(self, source_id: str) -> frozenset[MediaKind]:
        """The kinds of title that a source has."""
        sql = (
            "SELECT 1 FROM item WHERE removed_at IS NULL AND kind = ? AND EXISTS"
            " (SELECT 1 FROM place WHERE item_id = item.id AND source_id = ? AND place.removed_at IS NULL) LIMIT 1"
        )
        return frozenset(kind for kind in MediaKind if self._database.row(sql, (str(kind), source_id)) is not None)

    def revision(self) -> int:
        """A number that rises with every change of any item or place."""
        found = self._database.row("SELECT value FROM counter WHERE name = 'item_revision'")
        return int(found[0]) if found else 0

    def search(self, text: str, kind: MediaKind | None = None, limit: int | None = None) -> list[int]:
        """Ids of the items that fit the words typed so far, hits in the title first. Any text is fine."""
        return search(self._database, text, kind, limit)

    def upsert(
        self,
        source_id: str,
        library_key: str,
        items: Sequence[ServerItem],
        and_then: Callable[[Sequence[ServerItem], Sequence[int]], object] | None = None,
        matched: set[int] | None = None,
    ) -> list[int]:
        """Take over what a server says about entries of one of its libraries, and return the ids of their items.

        An entry is an item known already if it is at the same place, has an external id in common, or the same title,
        year and kind (see ``library.item_identity``). What was removed and appears again is the same item again. Where that
        is not sure, the pair is remembered and the person asked (``library.title_pairs``).

        :param and_then: called with each stored batch and its ids, inside the transaction that stores it.
        :param matched: is filled with the ids of items that were known before and lie at a new place now.
        """
        found: list[int] = []
        for start in range(0, len(items), WRITTEN_AT_ONCE):
            part = items[start : start + WRITTEN_AT_ONCE]
            batch = prepared(part)
            with self._database.transaction():
                upsert = Upsert(self._database, source_id, library_key, self._clock())
                ids = upsert.store(batch)
                note_unsure(self._database, upsert.unsure)
                for left, stays in upsert.merged:
                    carry_over(self._database, left, stays, self._clock())
                if matched is not None:
                    matched.update(upsert.joined)
                if and_then is not None:
                    and_then(part, ids)
            found += ids
        return found

    def versions(self, source_id: str, library_key: str) -> dict[str, str]:
        """Key -> version of every entry of this library that is there as far as we know."""
        sql = "SELECT key, version FROM place WHERE source_id = ? AND library_key = ? AND removed_at IS NULL"
        return {
            name_from(key): name_from(version) for key, version in self._database.rows(sql, (source_id, library_key))
        }

    def places_of(self, source_id: str, library_key: str) -> dict[str, tuple[int, int]]:
        """Key -> the row of the place, and its item, of every entry of this library that is there as far as we know."""
        sql = "SELECT key, id, item_id FROM place WHERE source_id = ? AND library_key = ? AND removed_at IS NULL"
        rows = self._database.rows(sql, (source_id, library_key))
        return {name_from(key): (place_id, item_id) for key, place_id, item_id in rows}

    def viewing_versions(self, user: str, source_id: str, library_key: str) -> dict[str, str]:
        """Key -> version of the entry when it was last read for another person of the household."""
        sql = (
            "SELECT key, person_viewing.version FROM person_viewing JOIN place ON place.id = place_id"
            " WHERE user = ? AND source_id = ? AND library_key = ? AND removed_at IS NULL"
        )
        rows = self._database.rows(sql, (user, source_id, library_key))
        return {name_from(key): str(version) for key, version in rows}

    def put_viewings(self, rows: Sequence[tuple[str, int, str, str]]) -> None:
        """Keep what another person saw: user, row of the place, version, and the viewing as it is stored."""
        self._database.run_many(
            "INSERT INTO person_viewing (user, place_id, version, viewing) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (user, place_id) DO UPDATE SET version = excluded.version, viewing = excluded.viewing",
            list(rows),
        )
        raise_revision(self._database)

    def library_keys(self, source_id: str) -> list[str]:
        """The libraries of a source that have entries here."""
        sql = "SELECT DISTINCT library_key FROM place WHERE source_id = ? AND removed_at IS NULL ORDER BY library_key"
        return [str(row[0]) for row in self._database.rows(sql, (source_id,))]

    def name_library(self, source_id: str, key: str, title: str) -> None:
        """Remember what a server calls one of its libraries."""
        self._database.run(
            "INSERT INTO server_library (source_id, key, title) VALUES (?, ?, ?)"
            " ON CONFLICT (source_id, key) DO UPDATE SET title = excluded.title WHERE title != excluded.title",
            (source_id, key, clean_text(title)),
        )

    def library_titles(self) -> dict[tuple[str, str], str]:
        """(source id, key) -> title of every library that has entries here; the key itself where no title was told."""
        sql = (
            "SELECT DISTINCT place.source_id, place.library_key, coalesce(title, place.library_key) FROM place"
            " LEFT JOIN server_library ON server_library.source_id = place.source_id AND server_library.key = library_key"
            " WHERE place.removed_at IS NULL ORDER BY 1, 2"
        )
        return {(source_id, key): title for source_id, key, title in self._database.rows(sql)}

    def mark_removed(self, source_id: str, library_key: str, keys: Iterable[str], at: float | None = None) -> None:
        """Mark entries as gone; an item without any place left is marked removed. Feedback stays as it is."""
        moment = self._clock() if at is None else at
        wanted = list(dict.fromkeys(stored_name(key) for key in keys))
        for start in range(0, len(wanted), WRITTEN_AT_ONCE):
            part = wanted[start : start + WRITTEN_AT_ONCE]
            condition = f"source_id = ? AND library_key = ? AND key IN ({marks(part)}) AND removed_at IS NULL"
            with self._database.transaction():
                self._remove_places(condition, [source_id, library_key, *part], moment)

    def remove_source(self, source_id: str) -> None:
        """Mark every place of a source as gone; titles that lie elsewhere too stay."""
        for library_key in self.library_keys(source_id):
            self.mark_removed(source_id, library_key, self.versions(source_id, library_key))

    def _remove_places(self, condition: str, values: Sequence[object], at: float) -> None:
        rows = self._database.rows(f"SELECT id, item_id FROM place WHERE {condition}", values)  # noqa: S608
        if not rows:
            return
        self._database.run_many("UPDATE place SET removed_at = ? WHERE id = ?", [(at, row[0]) for row in rows])
        for item_id in {row[1] for row in rows}:
            mark_if_gone(self._database, item_id, at)
        raise_revision(self._database)

    def _read(self, condition: str, values: Sequence[object]) -> list[Item]:
        """Items that fit a condition over the table "item", with four queries."""
        rows = self._database.rows(f"SELECT {_ITEM} FROM item WHERE {condition}", values)  # noqa: S608
        if not rows:
            return []
        ids = [row[0] for row in rows]
        chosen = f"item_id IN ({marks(ids)})"
        columns, viewers = (_PLACE, []) if self.viewer == LOCAL_USER else (_PLACE_OF_ANOTHER, [self.viewer])
        places = self._database.rows(
            f"SELECT {columns} FROM place WHERE {chosen} AND removed_at IS NULL ORDER BY item_id, id",  # noqa: S608
            [*viewers, *ids],
        )
        names = self._database.rows(
            f"SELECT item_id, scheme, value FROM external_id WHERE {chosen} ORDER BY item_id, scheme, value",  # noqa: S608
            ids,
        )
        seen = self._database.rows(
            f"SELECT DISTINCT item_id FROM watch WHERE user = ? AND {chosen} AND {BROUGHT_PLAY}",  # noqa: S608
            [self.viewer, *ids],
        )
        return items_from(rows, places, names, {row[0] for row in seen})
