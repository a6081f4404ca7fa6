"""Trakt's exports: ratings, watched, history and watchlist, as JSON of Trakt or CSV of Trakt and of backup tools."""

from __future__ import annotations

from collections.abc import Mapping

from library.items import MediaKind
from library.past.formats import (
    Clues,
    Layout,
    LeftOut,
    Reading,
    Row,
    Subject,
    from_ten,
    ids,
    names,
    number,
    played,
    rated,
    text,
    utc_moment,
    wished,
    year_of,
)

_WHEN = ("rated_at", "watched_at", "last_watched_at", "listed_at", "collected_at")


def _told(found: object) -> Row:
    return found if isinstance(found, Mapping) else {}


def _subject(row: Row, kind: MediaKind) -> Subject:
    """The title of one of Trakt's objects, a film or a show."""
    known = _told(row.get("ids"))
    return Subject(
        kind=kind,
        title=text(row, "title"),
        year=year_of(row.get("year")),
        runtime=number(row.get("runtime")) or None,
        genres=names(row.get("genres")),
        ids=ids(imdb=known.get("imdb"), tmdb=known.get("tmdb"), tvdb=known.get("tvdb")),
    )


def _object(row: Row, clues: Clues) -> Reading:
    """One object of a JSON export."""
    movie, show = _told(row.get("movie")), _told(row.get("show"))
    if not movie and not show:
        return LeftOut("names neither a film nor a show")
    subject = _subject(movie or show, MediaKind.MOVIE if movie else MediaKind.SHOW)
    part = next((name for name in ("episode", "season") if _told(row.get(name))), "")
    return _reading(row, subject, part, text(row, "rating"))


def _table_line(row: Row, clues: Clues) -> Reading:
    """One line of a CSV export: a show and, for an episode, its number beside it."""
    kind, title = text(row, "type").casefold(), text(row, "title", "show_title", "movie_title", "name")
    kind = kind or ("movie" if "movie" in clues.name else "show" if "show" in clues.name else "")
    if kind.startswith(("person", "list")):
        return LeftOut(f"is a {kind}, not a title")
    part = kind if kind in ("episode", "season") else "episode" if text(row, "episode_number", "episode") else ""
    media = MediaKind.MOVIE if kind.startswith("movie") else MediaKind.SHOW if kind or part else None
    show = text(row, "show_title")
    subject = Subject(
        kind=media,
        title=show or title,
        year=year_of(text(row, "year", "released")),
        genres=names(row.get("genres")),
        ids=() if part and show else ids(
            imdb=text(row, "imdb_id", "imdb"), tmdb=text(row, "tmdb_id", "tmdb"), tvdb=text(row, "tvdb_id", "tvdb")
        ),
    )  # fmt: skip
    return _reading(row, subject, part, text(row, "rating", "your_rating", "user_rating"))


def _reading(row: Row, subject: Subject, part: str, rating: str) -> Reading:
    """What a line says of its title, by the names of its dates."""
    when = {name: utc_moment(row.get(name)) for name in _WHEN}
    if "rated_at" in row or (rating and "watched_at" not in row):
        if part:
            return LeftOut(f"rates one {part}, and Homereel rates whole shows")
        return rated(subject, from_ten(rating), rating, when["rated_at"])
    if "watched_at" in row or "last_watched_at" in row:
        return played(subject, when["watched_at"] or when["last_watched_at"])
    if "listed_at" in row:
        return wished(subject, when["listed_at"])
    if "collected_at" in row:
        return LeftOut("says that a title is owned, which your servers say themselves")
    return LeftOut("says nothing about when it was rated, watched or wished for")


def _is_object(columns: frozenset[str]) -> bool:
    return bool(columns & {"movie", "show"}) and bool(columns & set(_WHEN))


def _is_table(columns: frozenset[str]) -> bool:
    named = columns & {"title", "show_title", "movie_title"} and columns & {
        "trakt_id",
        "trakt",
        "imdb_id",
        "tmdb_id",
        "tvdb_id",
    }
    return bool(named) and bool(columns & set(_WHEN))


LAYOUTS = (
    Layout(source="trakt", name="Trakt export", recognises=_is_object, read=_object),
    Layout(source="trakt", name="Trakt table", recognises=_is_table, read=_table_line),
)
