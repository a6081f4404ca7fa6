"""A person's ratings as files that other programs read: theirs to take along."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from library.errors import StoreUnavailable
from library.feedback import LOCAL_USER
from library.library import Library

Format = Literal["csv", "json"]
COLUMNS = ("title", "year", "kind", "rating", "rated_at", "source", "imdb", "tmdb", "tvdb")


def ratings(library: Library, user: str = LOCAL_USER) -> Iterator[dict[str, Any]]:
    """Every rating in force as a flat row with the keys of ``COLUMNS``, oldest first; ``None`` where unknown."""
    found = library.feedback.current(user).ratings
    items = {item.id: item for item in library.items.many([rating.item_id for rating in found])}
    for rating in found:
        item = items.get(rating.item_id)
        if item is None:
            continue
        ids = {external.scheme: external.value for external in item.external_ids}
        yield {
            "title": item.title,
            "year": item.year,
            "kind": str(item.kind),
            "rating": rating.value,
            "rated_at": datetime.fromtimestamp(rating.at, UTC).isoformat(timespec="seconds"),
            "source": rating.source,
            **{scheme: ids.get(scheme) for scheme in ("imdb", "tmdb", "tvdb")},
        }


def as_text(library: Library, form: Format, user: str = LOCAL_USER) -> tuple[str, int]:
    """All ratings as CSV or JSON text, and how many there are."""
    rows = list(ratings(library, user))
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n", len(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue(), len(rows)


def write(library: Library, path: Path, form: Format, user: str = LOCAL_USER) -> int:
    """Write all ratings to a file and say how many there were.

    :raises StoreUnavailable: when the file cannot be written.
    """
    text, count = as_text(library, form, user)
    try:
        # A title may hold half a surrogate pair, which stands for a byte of a file name that is not UTF-8.
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise StoreUnavailable(
            f"The file {path} cannot be written: {error.strerror or error}.", "Choose another place for it."
        ) from error
    return count
