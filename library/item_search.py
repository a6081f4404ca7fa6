"""Finds items by words as they are typed: SQLite's full-text index over title, people, genres, keywords and overview."""

from __future__ import annotations

import re
from collections.abc import Iterable

from library.database import Database
from library.item_identity import folded
from library.item_rows import clean_text
from library.items import Description, MediaKind

#: What the index holds of one item, in this order; a hit in the first counts before any hit in the others.
TEXT_COLUMNS = ("title", "people", "genres", "keywords", "overview")
_WEIGHTS = "10.0, 6.0, 4.0, 3.0, 1.0"
_JOINING = re.compile(r"['’‘`´·.&/–-]")
_LONGEST_QUERY_WORDS = 12
MOST_RANKED = 2000


def indexed_text(description: Description) -> tuple[str, ...]:
    """The texts of a description, without accents, as the index takes them (TEXT_COLUMNS)."""
    names = [name for name in (description.title, description.original_title) if name]
    people = [*description.people(), *([description.artist] if description.artist else [])]
    keywords = [*description.keywords, description.collection, description.album]
    texts = (
        _searchable(names),
        _searchable(people),
        _searchable(description.genres),
        _searchable(keyword for keyword in keywords if keyword),
        folded(f"{description.overview or ''} {description.tagline or ''}".strip()),
    )
    return tuple(clean_text(text) for text in texts)


def _searchable(names: Iterable[str]) -> str:
    """Names line by line; those written with joints also without: "WALL·E" is found as "walle" too."""
    lines: list[str] = []
    for name in names:
        plain = folded(name)
        lines.append(plain)
        if (closed := _JOINING.sub("", plain)) != plain:
            lines.append(closed)
    return "\n".join(lines)


def search_expression(text: str) -> str:
    """What a person typed as a question to the index: every word must be there, each may be the beginning of a longer one.

    Each word is quoted, so that nothing in it is taken for an operator. Empty when there is nothing to search for.
    """
    words = folded(clean_text(text).replace("\0", " ")).split()
    searchable = [word for word in words if any(c.isalnum() for c in word)][:_LONGEST_QUERY_WORDS]
    return " ".join('"{}" *'.format(word.replace('"', '""')) for word in searchable)


def search(database: Database, text: str, kind: MediaKind | None = None, limit: int | None = None) -> list[int]:
    """Ids of the items that fit, hits in the title first; an empty list when nothing does or nothing was asked.

    One letter alone is looked for in titles only. Hits beyond MOST_RANKED say nothing by their rank and come by id.
    """
    expression = search_expression(text)
    if not expression:
        return []
    found = _hits(database, f"title : ({expression})", kind, limit)
    if len(expression) > len('"a" *') and (limit is None or len(found) < limit):
        seen = set(found)
        found += [item_id for item_id in _hits(database, expression, kind, limit) if item_id not in seen]
    return found if limit is None else found[:limit]


def _hits(database: Database, expression: str, kind: MediaKind | None, limit: int | None) -> list[int]:
    """Items there are now that fit an expression, the best first."""
    some = database.rows(f"SELECT rowid FROM item_text WHERE item_text MATCH ? LIMIT {MOST_RANKED + 1}", (expression,))  # noqa: S608
    wanted = None if kind is None else str(kind)
    if len(some) <= MOST_RANKED:
        sql = (
            "SELECT item.id FROM item_text JOIN item ON item.id = item_text.rowid"  # noqa: S608
            " WHERE item_text MATCH ? AND item.removed_at IS NULL AND (? IS NULL OR item.kind = ?)"
            f" ORDER BY bm25(item_text, {_WEIGHTS}), item.popularity DESC, item.id LIMIT ?"
        )
        count = -1 if limit is None else limit
        return [int(row[0]) for row in database.rows(sql, (expression, wanted, wanted, count))]
    matching = database.rows("SELECT rowid FROM item_text WHERE item_text MATCH ? ORDER BY rowid", (expression,))
    present = "SELECT id FROM item WHERE removed_at IS NULL"
    if kind is None:
        there = {row[0] for row in database.rows(present)}
    else:
        there = {row[0] for row in database.rows(f"{present} AND kind = ?", (wanted,))}
    return [row[0] for row in matching if row[0] in there][:limit]
