"""What Homereel itself exports (``library.export``), as CSV or JSON."""

from __future__ import annotations

from library.items import MediaKind
from library.past.formats import (
    Clues,
    Layout,
    LeftOut,
    Reading,
    Row,
    Subject,
    from_ten,
    has,
    ids,
    moment,
    rated,
    text,
    year_of,
)


def _line(row: Row, clues: Clues) -> Reading:
    said, kind = text(row, "rating"), text(row, "kind").casefold()
    if kind not in tuple(MediaKind):
        return LeftOut(f"is of a kind that is not known: “{kind[:20]}”")
    subject = Subject(
        kind=MediaKind(kind),
        title=text(row, "title"),
        year=year_of(row.get("year")),
        ids=ids(imdb=row.get("imdb"), tmdb=row.get("tmdb"), tvdb=row.get("tvdb")),
    )
    return rated(subject, from_ten(said), said, moment(row.get("rated_at")))


LAYOUTS = (
    Layout(
        source="homereel-export",
        name="Homereel ratings",
        recognises=has("title", "kind", "rating", "rated_at"),
        read=_line,
    ),
)
