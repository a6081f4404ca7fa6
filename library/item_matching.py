"""Finds the item that an entry of a server is, among all that are there: by its place, its external ids, or its name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from library.database import Database
from library.item_identity import (
    Named,
    Sameness,
    contradict,
    forms_of,
    identifying,
    match_title,
    same_title,
    track_keys,
)
from library.item_rows import clean_text
from library.items import CreditRole, Description, MediaKind

_KNOWN_COLUMNS = "id, kind, match_title, original_title, year, runtime, artist, album, track_number, credits"
_MADE_BY = {CreditRole.DIRECTOR.value, CreditRole.CREATOR.value}
_LISTED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Identity:
    """Which item an entry is.

    :param item_id: ``None`` for one that is not there yet.
    :param unsure: items that may be the same, and are not taken for it.
    :param joins: the item it was until now, when its ids say by now that it is another one that is there as well.
    """

    item_id: int | None
    unsure: tuple[int, ...] = ()
    joins: int | None = None


@dataclass(slots=True)
class Known:
    """An item that an entry could be."""

    id: int
    title: str
    named: Named
    ids: dict[str, set[str]] = field(default_factory=dict)


def call(database: Database, item_id: int, said: Description) -> None:
    """Let an item be found by what it is called besides its title: its original title, and of a track artist and title."""
    named = Named.of(said)
    names = track_keys(named) if named.kind == MediaKind.TRACK else named.titles[1:]
    database.run_many(
        "INSERT OR IGNORE INTO other_title (title, item_id) VALUES (?, ?)",
        [(clean_text(name), item_id) for name in names],
    )


def marks(values: Sequence[object]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" * len(values))


class Matching:
    """What one batch of entries could be, read in a few queries. Used within one transaction.

    :param source: id of the source and key of the library that the entries come from.
    """

    def __init__(self, database: Database, source: tuple[str, str]) -> None:
        self._database = database
        self._source = source
        self._known: dict[int, Known] = {}
        self._by_form: dict[str, list[int]] = {}
        self._by_id: dict[tuple[str, str, str], int] = {}
        self._places: dict[str, int] = {}

    def look_up(self, keys: Sequence[str], said: Sequence[Description]) -> None:
        """Read all that could be the same as these entries."""
        sql = f"SELECT key, item_id FROM place WHERE source_id = ? AND library_key = ? AND key IN ({marks(keys)})"  # noqa: S608
        self._places = {str(key): int(item) for key, item in self._database.rows(sql, [*self._source, *keys])}
        values = [found.value for entry in said for found in identifying(entry.external_ids)]
        sql = f"SELECT kind, scheme, value, item_id FROM external_id WHERE value IN ({marks(values)})"  # noqa: S608
        for kind, scheme, value, item_id in self._database.rows(sql, values):
            self._by_id[kind, scheme, value] = item_id
        names = [Named.of(entry) for entry in said]
        forms = sorted({form for named in names for form in _forms(named)})
        for start in range(0, len(forms), _LISTED_AT_ONCE):
            part = forms[start : start + _LISTED_AT_ONCE]
            if any(named.kind != MediaKind.TRACK for named in names):
                self._read(f"match_title IN ({marks(part)}) AND kind != 'track'", part)
            self._read(f"id IN (SELECT item_id FROM other_title WHERE title IN ({marks(part)}))", part)  # noqa: S608
        self._read_items({*self._places.values(), *self._by_id.values()})

    def _read_items(self, wanted: Iterable[int]) -> None:
        missing = sorted(item_id for item_id in wanted if item_id not in self._known)
        if missing:
            self._read(f"id IN ({marks(missing)})", missing)

    def _read(self, condition: str, values: Sequence[object]) -> None:
        sql = f"SELECT {_KNOWN_COLUMNS} FROM item WHERE {condition}"  # noqa: S608
        fresh = [known for row in self._database.rows(sql, values) if (known := _known_from(row)).id not in self._known]
        for known in fresh:
            self._list(known)
        ids = [known.id for known in fresh]
        for start in range(0, len(ids), _LISTED_AT_ONCE):
            part = ids[start : start + _LISTED_AT_ONCE]
            sql = f"SELECT item_id, scheme, value FROM external_id WHERE item_id IN ({marks(part)})"  # noqa: S608
            for item_id, scheme, value in self._database.rows(sql, part):
                self._known[item_id].ids.setdefault(scheme, set()).add(value)

    def _list(self, known: Known) -> None:
        self._known[known.id] = known
        for key in _keys(known.named):
            self._by_form.setdefault(key, []).append(known.id)

    def learn(self, item_id: int, said: Description) -> None:
        """Know from now on what an item is called: it is new, or called otherwise."""
        before = self._known.get(item_id)
        named = Named.of(said)
        if before is not None:
            for key in _keys(before.named):
                self._by_form[key].remove(item_id)
        self._list(Known(item_id, named.titles[0], named, before.ids if before is not None else {}))

    def place_of(self, key: str) -> int | None:
        """The item that an entry was so far."""
        return self._places.get(key)

    def put(self, key: str, item_id: int) -> None:
        """Know from now on what an entry is."""
        self._places[key] = item_id

    def ids_of(self, item_id: int) -> dict[str, set[str]]:
        """Scheme -> values of the external ids of an item; it may be changed together with the table."""
        return self._known[item_id].ids

    def name_id(self, kind: str, scheme: str, value: str, item_id: int | None) -> None:
        """Know from now on which item an external id means; ``None`` for none."""
        if item_id is None:
            self._by_id.pop((kind, scheme, value), None)
        else:
            self._by_id[kind, scheme, value] = item_id

    def identify(self, key: str, said: Description) -> Identity:
        """Which item an entry is. One that is there already stays what it is, unless its ids say otherwise."""
        named = Named.of(said)
        placed = self._known.get(self._places.get(key, 0))
        if placed is not None and placed.named.kind == named.kind:
            same_name = placed.title == named.titles[0] and placed.named.year == said.year
            if same_name or not contradict(said.external_ids, placed.ids):
                other = self._named_by_ids(named, said)
                if other is not None and other.id != placed.id and same_title(other.named, named) is Sameness.SAME:
                    return Identity(other.id, joins=placed.id)
                return Identity(placed.id)
        return self._met_first(named, said)

    def _met_first(self, named: Named, said: Description) -> Identity:
        unsure: list[int] = []
        by_ids = self._named_by_ids(named, said)
        if by_ids is not None:
            if _may_share_an_id(by_ids.named, named):
                return Identity(by_ids.id)
            unsure.append(by_ids.id)
        for item_id in self._called_alike(named):
            known = self._known[item_id]
            if item_id in unsure or contradict(said.external_ids, known.ids):
                continue
            verdict = same_title(known.named, named)
            if verdict is Sameness.SAME:
                return Identity(item_id)
            if verdict is Sameness.UNSURE:
                unsure.append(item_id)
        return Identity(None, tuple(unsure))

    def _named_by_ids(self, named: Named, said: Description) -> Known | None:
        for found in identifying(said.external_ids):
            item_id = self._by_id.get((named.kind, found.scheme, found.value))
            if item_id is not None:
                self._read_items([item_id])
                return self._known.get(item_id)
        return None

    def _called_alike(self, named: Named) -> list[int]:
        found: dict[int, None] = {}
        for form in _forms(named):
            found.update(dict.fromkeys(self._by_form.get(form, ())))
        return sorted(found)


def _keys(named: Named) -> tuple[str, ...]:
    """Under which words an item is found."""
    return track_keys(named) if named.kind == MediaKind.TRACK else named.titles


def _forms(named: Named) -> Iterator[str]:
    """The words under which the items could be found that an entry may be."""
    if named.kind == MediaKind.TRACK:
        yield from track_keys(named)
    else:
        for title in named.titles:
            yield from forms_of(title)


def _may_share_an_id(one: Named, other: Named) -> bool:
    """Whether a common id is to be believed: not when nothing else is the same, nor for one recording on two albums."""
    if one.kind == "track":
        albums = {match_title(album) for album in (one.album, other.album) if album}
        return len(albums) < 2
    if set(one.titles) & set(other.titles):
        return True
    years_apart = one.year is not None and other.year is not None and abs(one.year - other.year) > 1
    return not years_apart


def _known_from(row: Sequence[object]) -> Known:
    item_id, kind, title, original, year, runtime, artist, album, track_number, credits = row
    titles = dict.fromkeys((str(title), match_title(str(original)))) if original else {str(title): None}
    people = [] if credits == "[]" else json.loads(str(credits))
    named = Named(
        kind=str(kind),
        titles=tuple(titles),
        year=year,  # type: ignore[arg-type]
        runtime=runtime,  # type: ignore[arg-type]
        artist=artist,  # type: ignore[arg-type]
        album=album,  # type: ignore[arg-type]
        track_number=track_number,  # type: ignore[arg-type]
        directors=frozenset(match_title(person[0]) for person in people if person[1] in _MADE_BY),
        cast=frozenset(match_title(person[0]) for person in people if person[1] == CreditRole.CAST.value),
    )
    return Known(int(item_id), str(title), named)  # type: ignore[call-overload]
