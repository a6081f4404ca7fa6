"""Letterboxd's export: ratings, diary, reviews, films watched, and the watchlist."""

from __future__ import annotations

from library.items import MediaKind
from library.past.formats import (
    Clues,
    Layout,
    LeftOut,
    Reading,
    Row,
    Subject,
    from_stars,
    has,
    moment,
    played,
    rated,
    text,
    wished,
    year_of,
)


def _subject(row: Row) -> Subject:
    return Subject(kind=MediaKind.MOVIE, title=text(row, "name"), year=year_of(row.get("year")))


def _rating(row: Row, clues: Clues) -> Reading:
    stars = text(row, "rating")
    return rated(_subject(row), from_stars(stars), stars, moment(row.get("date")))


def _diary(row: Row, clues: Clues) -> Reading:
    """A day of the diary, or a review: with stars a rating and a play in one."""
    seen = moment(row.get("watched date")) or moment(row.get("date"))
    stars = text(row, "rating")
    if not stars:
        return played(_subject(row), seen)
    return rated(_subject(row), from_stars(stars), stars, moment(row.get("date")), played=seen)


def _film(row: Row, clues: Clues) -> Reading:
    """A film of a list whose columns do not say what it is a list of: the name of the file does."""
    at = moment(row.get("date"))
    if "watchlist" in clues.name:
        return wished(_subject(row), at)
    if "watched" in clues.name:
        return played(_subject(row), at)
    if "like" in clues.name or "films" in clues.name:
        return LeftOut("is a heart without stars, and hearts are not ratings on Letterboxd")
    return LeftOut("may be seen or wished for: only the file's own name, watched.csv or watchlist.csv, would say which")


_NAMED = ("name", "letterboxd uri")

LAYOUTS = (
    Layout(
        source="letterboxd", name="Letterboxd reviews", recognises=has(*_NAMED, "review"), read=_diary, free_text=True
    ),
    Layout(
        source="letterboxd",
        name="Letterboxd diary",
        recognises=has(*_NAMED, "watched date"),
        read=_diary,
        free_text=True,
    ),
    Layout(source="letterboxd", name="Letterboxd ratings", recognises=has(*_NAMED, "rating"), read=_rating),
    Layout(source="letterboxd", name="Letterboxd films", recognises=has(*_NAMED), read=_film),
)
