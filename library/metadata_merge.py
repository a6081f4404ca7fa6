"""What a title is described by when servers and catalogues both speak of it: the server's words win, a catalogue adds to them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any

from library.item_rows import DESCRIPTION_COLUMNS, clean_text, described
from library.items import Credit, CreditRole, ExternalId, MediaKind
from library.sources import Metadata

Columns = tuple[object, ...]

FILLED = frozenset(
    {
        "original_title", "year", "end_year", "release_date", "runtime", "overview", "tagline", "genres", "countries",
        "companies", "language", "collection", "content_rating", "vote_average", "vote_count", "popularity", "status",
    }
)  # fmt: skip
"""What a catalogue may say where the server says nothing. How many seasons and episodes there are is not among them: of a
title of the library it means how many lie there."""
MOST_CREDITS = 40
"""Of one role: a catalogue goes on where the server's own list ends, and not for ever."""
_AT = {name: place for place, name in enumerate(DESCRIPTION_COLUMNS)}
_DEFAULTS = {field.name: field.default for field in dataclasses.fields(Metadata)}


def stored_metadata(metadata: Metadata) -> str:
    """Everything a catalogue said, as it is stored: only what it said."""
    said = {name: value for name, value in vars(metadata).items() if value != _DEFAULTS.get(name, dataclasses.MISSING)}
    said["credits"] = [[one.name, str(one.role), one.position, one.character] for one in metadata.credits]
    said["external_ids"] = [[one.scheme, one.value] for one in metadata.external_ids]
    return clean_text(json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def metadata_from(text: str) -> Metadata:
    """What :func:`stored_metadata` stored."""
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(text).items()
        if name in _DEFAULTS
    }
    said["kind"] = MediaKind(said["kind"])
    said["credits"] = tuple(Credit(name, CreditRole(role), *rest) for name, role, *rest in said.get("credits", ()))
    said["external_ids"] = tuple(ExternalId(*pair) for pair in said.get("external_ids", ()))
    return Metadata(**said)


def combined(words: Columns, said: Iterable[Metadata]) -> Columns:
    """The columns of a title: the server's words, with what the catalogues add, the first one's before the next one's.

    A vote and how many gave it belong together: where the server does not say how many, both are the catalogue's.
    """
    columns = list(words)
    for metadata in said:
        told = described(metadata)
        if columns[_AT["vote_count"]] is None and metadata.vote_count and metadata.vote_average:
            columns[_AT["vote_average"]] = None
        for name in FILLED:
            place = _AT[name]
            if columns[place] is None or columns[place] == "[]":
                columns[place] = told[place]
        for name, join in (("keywords", _with_names), ("credits", _with_credits)):
            columns[_AT[name]] = join(str(columns[_AT[name]]), str(told[_AT[name]]))
    return tuple(columns)


def stored_words(words: Columns) -> str:
    """The server's words, as they are stored."""
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def words_from(text: str) -> Columns:
    """What :func:`stored_words` stored."""
    return tuple(json.loads(text))


def _with_names(own: str, more: str) -> str:
    """Two lists of names as one; the same name in another spelling is the same name."""
    if more == "[]":
        return own
    names: dict[str, str] = {}
    for name in (*json.loads(own), *json.loads(more)):
        names.setdefault(str(name).casefold(), name)
    return _json(list(names.values()))


def _with_credits(own: str, more: str) -> str:
    """The server's credits, and the catalogue's cast where the server's ends; who made it only where the server does not say.

    Servers cut the cast, never the directors: another one there is the same person in another spelling.
    """
    rows: list[list[Any]] = json.loads(own)
    known = {(str(row[0]).casefold(), row[1]) for row in rows}
    told = {row[1] for row in rows}
    ends: dict[str, int] = {}
    for row in rows:
        ends[row[1]] = max(ends.get(row[1], 0), int(row[2]) + 1)
    for name, role, _, *character in sorted(json.loads(more), key=lambda row: int(row[2])):
        place = ends.get(role, 0)
        if role != CreditRole.CAST and role in told:
            continue
        if (str(name).casefold(), role) not in known and place < MOST_CREDITS:
            known.add((str(name).casefold(), role))
            ends[role] = place + 1
            rows.append([name, role, place, *character])
    return _json(rows) if len(rows) > 0 else own


def _json(value: Sequence[Any]) -> str:
    return clean_text(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) if value else "[]"
