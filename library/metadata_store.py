"""What catalogues said about titles, with its age: kept so that nothing is asked twice, taken out when it is not wanted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from library.database import Database
from library.item_matching import marks
from library.item_upsert import raise_revision
from library.items import MediaKind
from library.metadata_merge import metadata_from, stored_metadata
from library.metadata_rows import take_in
from library.sources import Metadata

KEPT_SECONDS = 180 * 24 * 3600.0
"""TMDB's terms allow nothing to be kept longer."""
WRITTEN_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class LookUp:
    """What came of asking one catalogue about one title.

    :param key: of the title there; empty when it knows nothing of it, or a person said that it is none of its titles.
    :param at: seconds since the epoch; 0 for a choice of the person's that has not been looked up yet.
    :param found: whether there is an answer.
    """

    catalog: str
    key: str
    at: float
    by_hand: bool
    found: bool


@dataclass(frozen=True, slots=True)
class LookUpCounts:
    """How many titles of the library a catalogue knows, does not know, and has not been asked about (or not for long)."""

    found: int
    unknown: int
    due: int


_WORTH_ASKING = (
    "(item.removed_at IS NULL OR EXISTS"
    " (SELECT 1 FROM feedback WHERE feedback.item_id = item.id AND feedback.kind = 'rating'))"
)


class MetadataStore:
    """The answers of catalogues. Whatever changes them also changes what the titles are described by."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def due(
        self, catalog: str, older_than: float, kinds: Collection[MediaKind], unless_known_to: Collection[str] = ()
    ) -> list[int]:
        """Titles that a catalogue is to be asked about: those never asked about first, then the oldest answers.

        Titles that are not there but were rated come last: what is known of them teaches the taste.

        :param older_than: moment; answers from before it are asked for again.
        :param unless_known_to: catalogues whose answer is good enough.
        """
        sql = (
            "SELECT item.id FROM item LEFT JOIN metadata ON metadata.item_id = item.id AND metadata.catalog = ?"  # noqa: S608
            f" WHERE {_WORTH_ASKING} AND item.kind IN ({marks(list(kinds))})"
            " AND (metadata.at IS NULL OR (metadata.at < ? AND NOT (metadata.by_hand AND metadata.key = '')))"
            " AND NOT EXISTS (SELECT 1 FROM metadata AS other WHERE other.item_id = item.id AND other.answer != ''"
            f" AND other.catalog IN ({marks(list(unless_known_to))}))"
            " ORDER BY item.removed_at IS NOT NULL, coalesce(metadata.at, 0), item.id"
        )
        values = (catalog, *map(str, kinds), older_than, *unless_known_to)
        return [int(row[0]) for row in self._database.rows(sql, values)]

    def counts(
        self, catalog: str, older_than: float, kinds: Collection[MediaKind], unless_known_to: Collection[str] = ()
    ) -> LookUpCounts:
        """How far looking up has come, over the titles that are looked up; the parameters as for :meth:`due`."""
        sql = (
            "SELECT sum(answer != ''), sum(answer = '' AND metadata.at > 0) FROM metadata"  # noqa: S608
            f" JOIN item ON item.id = metadata.item_id WHERE catalog = ? AND {_WORTH_ASKING}"
        )
        found, unknown = self._database.row(sql, (catalog,)) or (0, 0)
        due = len(self.due(catalog, older_than, kinds, unless_known_to))
        return LookUpCounts(int(found or 0), int(unknown or 0), due)

    def look_ups(self, item_id: int) -> tuple[LookUp, ...]:
        """What came of asking about one title, by catalogue."""
        sql = "SELECT catalog, key, at, by_hand, answer != '' FROM metadata WHERE item_id = ? ORDER BY catalog"
        rows = self._database.rows(sql, (item_id,))
        return tuple(LookUp(catalog, key, at, bool(hand), bool(found)) for catalog, key, at, hand, found in rows)

    def get(self, item_id: int, catalog: str) -> Metadata | None:
        """What a catalogue said about a title; ``None`` when it knows nothing or was not asked."""
        sql = "SELECT answer FROM metadata WHERE item_id = ? AND catalog = ? AND answer != ''"
        row = self._database.row(sql, (item_id, catalog))
        return None if row is None else metadata_from(row[0])

    def answered(self, item_ids: Sequence[int]) -> set[int]:
        """Those of some titles that a catalogue knows."""
        sql = f"SELECT DISTINCT item_id FROM metadata WHERE answer != '' AND item_id IN ({marks(item_ids)})"  # noqa: S608
        return {int(row[0]) for row in self._database.rows(sql, list(item_ids))}

    def chosen_keys(self, catalog: str, item_ids: Iterable[int]) -> dict[int, str]:
        """Item id -> the key that a person chose, for those where one did."""
        wanted = set(item_ids)
        sql = "SELECT item_id, key FROM metadata WHERE catalog = ? AND by_hand AND key != ''"
        return {item_id: key for item_id, key in self._database.rows(sql, (catalog,)) if item_id in wanted}

    def put(self, catalog: str, answers: Sequence[tuple[int, Metadata | None]]) -> None:
        """Keep some answers, ``None`` for "knows nothing of it", and describe the titles by them.

        What is about another title than the one a person chose was on its way before they did, and comes too late.
        """
        now = self._clock()
        rows = [(item_id, catalog, *_columns(said), now) for item_id, said in answers]
        for start in range(0, len(rows), WRITTEN_AT_ONCE):
            part = rows[start : start + WRITTEN_AT_ONCE]
            with self._database.transaction():
                related = self._related(catalog, [row[0] for row in part])
                self._database.run_many(
                    "INSERT INTO metadata (item_id, catalog, key, recommended, answer, at) VALUES (?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (item_id, catalog) DO UPDATE SET answer = excluded.answer, at = excluded.at,"
                    " recommended = excluded.recommended, key = CASE WHEN by_hand THEN key ELSE excluded.key END"
                    " WHERE NOT by_hand OR excluded.key IN (key, '')",
                    part,
                )
                self._take_in([row[0] for row in part], any(related.get(row[0], "[]") != row[3] for row in part))

    def choose(self, item_id: int, catalog: str, key: str | None) -> None:
        """Keep what a person said: that a title is this one of the catalogue, or (``None``) none of its titles.

        What the catalogue said before is taken out at once; a chosen title is looked up next.
        """
        at = 0.0 if key else self._clock()
        with self._database.transaction():
            self._database.run(
                "INSERT INTO metadata (item_id, catalog, key, at, by_hand) VALUES (?, ?, ?, ?, 1)"
                " ON CONFLICT (item_id, catalog) DO UPDATE SET key = excluded.key, at = excluded.at, by_hand = 1,"
                " answer = '', recommended = '[]'",
                (item_id, catalog, key or "", at),
            )
            self._take_in([item_id])

    def forget(self, catalog: str) -> None:
        """Take everything out that a catalogue said; what a person chose is remembered."""
        self._drop("catalog = ?", (catalog,))

    def drop_old(self) -> None:
        """Take out what may not be kept any longer; it is asked for again."""
        self._drop("at > 0 AND at < ?", (self._clock() - KEPT_SECONDS,))

    def recommended(self) -> list[tuple[int, int]]:
        """Titles of the library that a catalogue's users like beside each other: pairs of item ids, the smaller first."""
        keys: dict[tuple[str, str, str], int] = {}
        told: list[tuple[int, str, str, str]] = []
        sql = (
            "SELECT item_id, catalog, key, recommended, kind FROM metadata JOIN item ON item.id = item_id"
            " WHERE answer != '' AND removed_at IS NULL"
        )
        for item_id, catalog, key, recommended, kind in self._database.rows(sql):
            keys[catalog, kind, key] = item_id
            if recommended != "[]":
                told.append((item_id, catalog, kind, recommended))
        pairs = set()
        for item_id, catalog, kind, recommended in told:
            for key in json.loads(recommended):
                other = keys.get((catalog, kind, key), item_id)
                if other != item_id:
                    pairs.add((min(item_id, other), max(item_id, other)))
        return sorted(pairs)

    def _drop(self, condition: str, values: Sequence[object]) -> None:
        sql = f"SELECT item_id FROM metadata WHERE {condition} AND NOT (by_hand AND answer = '')"  # noqa: S608
        ids = [int(row[0]) for row in self._database.rows(sql, values)]
        for start in range(0, len(ids), WRITTEN_AT_ONCE):
            part = ids[start : start + WRITTEN_AT_ONCE]
            chosen = f"{condition} AND item_id IN ({marks(part)})"
            with self._database.transaction():
                self._database.run(
                    f"UPDATE metadata SET answer = '', recommended = '[]', at = 0 WHERE by_hand AND {chosen}",  # noqa: S608
                    (*values, *part),
                )
                self._database.run(f"DELETE FROM metadata WHERE NOT by_hand AND {chosen}", (*values, *part))  # noqa: S608
                self._take_in(part)

    def _related(self, catalog: str, item_ids: Sequence[int]) -> dict[int, str]:
        """Item id -> what is recommended beside it by now."""
        sql = f"SELECT item_id, recommended FROM metadata WHERE catalog = ? AND item_id IN ({marks(item_ids)})"  # noqa: S608
        return dict(self._database.rows(sql, (catalog, *item_ids)))

    def _take_in(self, item_ids: Sequence[int], changed: bool = True) -> None:
        """Describe the titles anew, and count that as a change if it was one, or something else was: ``changed``."""
        for item_id in item_ids:
            changed = take_in(self._database, item_id) or changed
        if changed:
            raise_revision(self._database)


def _columns(said: Metadata | None) -> tuple[str, str, str]:
    """Key, recommended keys, and answer."""
    if said is None:
        return "", "[]", ""
    return said.key, json.dumps(said.recommended), stored_metadata(said)
