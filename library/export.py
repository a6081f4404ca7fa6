"""Gives a person their ratings back, in files that other programs read: CSV and JSON."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Literal

from library.errors import SettingsError, StoreUnavailable
from library.library import Library

Format = Literal["csv", "json"]


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating as it is exported: ``rated_at`` in ISO 8601 with the offset to UTC, ``source`` who said it."""

    title: str
    year: int | None
    kind: str
    imdb: str | None
    tmdb: str | None
    tvdb: str | None
    rating: float
    rated_at: str
    source: str


def rating_rows(library: Library) -> list[RatingRow]:
    """The ratings that count today of whoever sits in front of it, the newest first."""
    ratings = library.feedback.current(library.person).ratings
    items = {item.id: item for item in library.items.many(rating.item_id for rating in ratings)}
    rows = []
    for rating in reversed(ratings):
        item = items[rating.item_id]
        ids = {found.scheme: found.value for found in reversed(item.external_ids)}
        when = datetime.fromtimestamp(rating.at).astimezone().isoformat(timespec="seconds")
        rows.append(
            RatingRow(
                title=item.title,
                year=item.year,
                kind=str(item.kind),
                imdb=ids.get("imdb"),
                tmdb=ids.get("tmdb"),
                tvdb=ids.get("tvdb"),
                rating=rating.value,
                rated_at=when,
                source=rating.source,
            )
        )
    return rows


def ratings_as_csv(rows: list[RatingRow]) -> str:
    """The rows as CSV text with a line of headings; what is not known is left empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(RatingRow)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**asdict(row), "rating": f"{row.rating:g}"} for row in rows)
    return text.getvalue()


def ratings_as_json(rows: list[RatingRow]) -> str:
    """The rows as a JSON list of objects; what is not known is null."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n"


def export_ratings(library: Library, target: Path, form: Format | None = None) -> int:
    """Write the ratings to a file and return how many there are.

    :param form: "csv" or "json"; when not given, the ending of the file's name (.csv or .json) says it.
    :raises SettingsError: when the ending is another one and no form is given.
    :raises StoreUnavailable: when the file cannot be written; an older one of that name is then left as it was.
    """
    forms = {"csv": ratings_as_csv, "json": ratings_as_json}
    written = forms.get(form or target.suffix.lower().removeprefix("."))
    if written is None:
        raise SettingsError(
            f"Ratings cannot be exported to {target.name}.", "Choose a name that ends in .csv or .json."
        )
    rows = rating_rows(library)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(written(rows), encoding="utf-8", newline="")
        os.replace(part, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreUnavailable(
            f"The ratings could not be written to {target}: {error.strerror or error}.",
            "Choose another place, or free some space.",
        ) from error
    return len(rows)
