"""How an item lies in the tables: descriptions as rows, and rows as items again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import fields
from functools import lru_cache
from sys import intern
from typing import Any

from library.database import Row
from library.items import Credit, CreditRole, Description, ExternalId, Item, MediaKind, Place, Viewing

#: Fields of a description that are columns of the table "item", in this order; external ids lie in their own table.
DESCRIPTION_COLUMNS = tuple(field.name for field in fields(Description) if field.name != "external_ids")
ITEM_COLUMNS = ("id", *DESCRIPTION_COLUMNS, "added_at", "removed_at")
PLACE_COLUMNS = (
    "item_id", "source_id", "library_key", "key", "version", "poster", "files", "added_at", "viewing"
)  # fmt: skip

_NAME_LISTS = frozenset({"genres", "keywords", "moods", "styles", "countries", "companies"})
_LIST_INDEXES = tuple(i for i, name in enumerate(ITEM_COLUMNS) if name in _NAME_LISTS)
_CREDITS_INDEX = ITEM_COLUMNS.index("credits")
_KIND_INDEX = ITEM_COLUMNS.index("kind")
_ROLES = {role.value: role for role in CreditRole}
_KINDS = {kind.value: kind for kind in MediaKind}
_read_json = json.JSONDecoder().raw_decode  # json.loads looks for white space around it, which we never write
_ESCAPED = "\x01"
_NOTHING_SAID = Viewing()
_VIEWING_FIELDS = tuple(field.name for field in fields(Viewing))


def described(description: Description) -> tuple[object, ...]:
    """The columns of a description, as they are stored."""
    return tuple(_stored(name, getattr(description, name)) for name in DESCRIPTION_COLUMNS)


def _stored(name: str, value: Any) -> object:
    if name in _NAME_LISTS:
        return _json(value) if value else "[]"
    if name == "credits":
        return _json([_credit_row(credit) for credit in value]) if value else "[]"
    if name == "kind":
        return str(value)
    if name == "title":
        return clean_text(value)
    if isinstance(value, str):
        return clean_text(value) or None
    return value


def clean_text(text: str) -> str:
    """Text that can be stored: what is left over from file names in an odd encoding becomes a question mark."""
    return text if _is_valid(text) else text.encode("utf-8", "replace").decode("utf-8")


def _is_valid(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def stored_name(name: str) -> str:
    """A server's own name of something, as it is stored; one made of a file name in an odd encoding survives as it is."""
    return name if _is_valid(name) else _ESCAPED + json.dumps(name)


def name_from(text: str) -> str:
    """What :func:`stored_name` stored."""
    return str(json.loads(text.removeprefix(_ESCAPED))) if text.startswith(_ESCAPED) else text


def _credit_row(credit: Credit) -> list[object]:
    row: list[object] = [credit.name, str(credit.role), credit.position]
    return [*row, credit.character] if credit.character else row


def _json(value: object) -> str:
    return clean_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def stored_files(files: tuple[str, ...]) -> str:
    """Paths as they are stored; a path that is not valid text on this system survives as it is."""
    return json.dumps(files) if files else "[]"


def stored_viewing(viewing: Viewing) -> str:
    """What the server knows about this person and the entry, as it is stored: only what it said."""
    said = {name: value for name in _VIEWING_FIELDS if (value := getattr(viewing, name)) not in (None, ())}
    return _json(said) if said else "{}"


@lru_cache(maxsize=50_000)
def _names(text: str) -> tuple[str, ...]:
    return tuple(intern(name) for name in _read_json(text)[0])


def _credits(text: str) -> tuple[Credit, ...]:
    if text == "[]":
        return ()
    return tuple([Credit(intern(row[0]), _ROLES[row[1]], *row[2:]) for row in _read_json(text)[0]])


def viewing_from(text: str) -> Viewing:
    """What :func:`stored_viewing` stored."""
    if text == "{}":
        return _NOTHING_SAID
    said = {name: value for name, value in _read_json(text)[0].items() if name in _VIEWING_FIELDS}
    if "unwatched" in said:
        said["unwatched"] = tuple(said["unwatched"])
    return Viewing(**said)


def place_from(row: Row) -> Place:
    """One place from its columns (without the item's id)."""
    _, source_id, library_key, key, version, poster, files, added_at, viewing = row
    return Place(
        source_id=intern(source_id),
        library_key=intern(library_key),
        key=name_from(key),
        version=name_from(version),
        poster=None if poster is None else name_from(poster),
        files=tuple(_read_json(files)[0]) if files != "[]" else (),
        added_at=added_at,
        viewing=viewing_from(viewing),
    )


def items_from(
    rows: Iterable[Row], places: Iterable[Row], ids: Iterable[Row], watched: Collection[int] = ()
) -> list[Item]:
    """Items from rows of the three tables, in the order of the first.

    :param places: rows of PLACE_COLUMNS, in the order in which the places were met.
    :param ids: rows of item id, scheme, value.
    :param watched: ids of items that a past says were watched.
    """
    found_places: dict[int, list[Place]] = {}
    for row in places:
        found_places.setdefault(row[0], []).append(place_from(row))
    found_ids: dict[int, list[ExternalId]] = {}
    for item_id, scheme, value in ids:
        found_ids.setdefault(item_id, []).append(ExternalId(intern(scheme), value))
    return [
        _item(row, tuple(found_places.get(row[0], ())), tuple(found_ids.get(row[0], ())), row[0] in watched)
        for row in rows
    ]


def _item(row: Row, places: tuple[Place, ...], ids: tuple[ExternalId, ...], watched: bool) -> Item:
    values = list(row)
    values[_KIND_INDEX] = _KINDS[row[_KIND_INDEX]]
    for index in _LIST_INDEXES:
        text = row[index]
        values[index] = () if text == "[]" else _names(text)
    values[_CREDITS_INDEX] = _credits(row[_CREDITS_INDEX])
    return Item(places=places, external_ids=ids, watched=watched, **dict(zip(ITEM_COLUMNS, values, strict=True)))


def merged(new: tuple[object, ...], old: tuple[object, ...]) -> tuple[object, ...]:
    """Columns of a description that two places give: what the newer says, and what only the older knows."""
    return tuple(before if now is None or now == "[]" else now for now, before in zip(new, old, strict=True))
