"""TV Time's data, as it was handed out on request: what was tracked, what was seen, and ratings of shows."""

from __future__ import annotations

from library.items import ExternalId, MediaKind
from library.past.formats import (
    Clues,
    Layout,
    LeftOut,
    Reading,
    Row,
    Subject,
    from_stars,
    has,
    ids,
    number,
    played,
    rated,
    text,
    title_and_year,
    utc_moment,
    wished,
    year_of,
)

_BOOKKEEPING = LeftOut("is TV Time's own bookkeeping, not something that was watched")


def _show(row: Row, clues: Clues) -> Subject:
    """A show by its name, which may end in a year, and TVDB's number where some file tells it."""
    name = text(row, "series_name", "tv_show_name")
    title, year = title_and_year(name)
    number_there = text(row, "s_id", "series_id", "tv_show_id")
    known: tuple[ExternalId, ...] = clues.facts.get(("tvtime", name.casefold()), ())
    return Subject(kind=MediaKind.SHOW, title=title, year=year, ids=ids(tvdb=number_there) or known)


def _film(row: Row) -> Subject:
    title, year = title_and_year(text(row, "movie_name"))
    minutes = number(row.get("runtime"))
    minutes = None if not minutes else minutes / 60.0 if minutes > 1000 else minutes  # they count in seconds
    return Subject(kind=MediaKind.MOVIE, title=title, year=year_of(row.get("release_date")) or year, runtime=minutes)


def _tracked(row: Row, clues: Clues) -> Reading:
    """A line of the first list of what was tracked: films, and of shows what is newest."""
    what, at = text(row, "type").casefold(), utc_moment(text(row, "watch_date", "created_at", "updated_at"))
    if text(row, "movie_name"):
        if what in ("watch", "rewatch", "watched"):
            return played(_film(row), at)
        if what in ("towatch", "follow", "for_later"):
            return wished(_film(row), at)
        return _BOOKKEEPING
    if what in ("watch", "rewatch") and text(row, "series_name") and text(row, "episode_number", "episode_id"):
        return played(_show(row, clues), at)
    return _BOOKKEEPING


def _tracked_episode(row: Row, clues: Clues) -> Reading:
    """A line of the second list: its key says what it is."""
    if text(row, "key").startswith(("watch-episode", "rewatch-episode")):
        return played(_show(row, clues), utc_moment(row.get("created_at")))
    return _BOOKKEEPING


def _seen(row: Row, clues: Clues) -> Reading:
    return played(_show(row, clues), utc_moment(text(row, "created_at", "updated_at")))


def _rate(row: Row, clues: Clues) -> Reading:
    said = text(row, "rating", "rate")
    return rated(_show(row, clues), from_stars(said), said, utc_moment(text(row, "created_at", "updated_at")))


def _note(row: Row, clues: Clues) -> None:
    name, known = text(row, "tv_show_name"), ids(tvdb=text(row, "tv_show_id"))
    if name and known:
        clues.facts["tvtime", name.casefold()] = known


def _is_rate(columns: frozenset[str]) -> bool:
    return "tv_show_name" in columns and bool(columns & {"rating", "rate"})


LAYOUTS = (
    Layout(
        source="tvtime",
        name="TV Time episodes",
        recognises=has("key", "series_name", "created_at"),
        read=_tracked_episode,
    ),
    Layout(source="tvtime", name="TV Time films", recognises=has("movie_name", "type"), read=_tracked),
    Layout(
        source="tvtime", name="TV Time seen", recognises=has("tv_show_name", "episode_number", "created_at"), read=_seen
    ),
    Layout(source="tvtime", name="TV Time ratings", recognises=_is_rate, read=_rate),
    Layout(
        source="tvtime",
        name="TV Time shows",
        recognises=has("tv_show_name", "tv_show_id", "nb_episodes_seen"),
        facts=_note,
    ),
)
