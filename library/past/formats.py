"""The words for what a file of another program says, and how their scales become ours, from 1 to 10.

============  ======================================  ================================================================
program       what it says                            what becomes of it
============  ======================================  ================================================================
Letterboxd    0.5 to 5 stars                          twice the stars
IMDb          1 to 10                                 the same number
Trakt         1 to 10                                 the same number
TV Time       1 to 5 for a show                       twice the number
MovieLens     0.5 to 5 stars                          twice the stars
Last.fm       a loved track                           9
ListenBrainz  a loved track; a hated one              9; 3
Spotify       a song in the library; a banned one     8; 3
Homereel      1 to 10                                 the same number
TMDB          0.5 to 10, in an account                the same number, at least 1
============  ======================================  ================================================================

A play (a film seen, an episode seen, a song heard) becomes a line in what was watched when; the taste does not learn from it.
A wish (a watchlist) is shown and written nowhere. Each line of a file becomes an :class:`Entry`, or is :class:`LeftOut` with the
reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from library.items import ExternalId, MediaKind
from library.rating_scales import STAR

Row = Mapping[str, Any]
"""One line of a table by the names of its columns, in lower case; or one object of a JSON file."""

EARLIEST_YEAR = 1900
TITLE_AT_MOST = 400
_TITLE_AND_YEAR = re.compile(r"^(.*\S)\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)$")
_DATES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d %b %Y %H:%M", "%d %b %Y, %H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d/%m/%Y", "%Y/%m/%d",
)  # fmt: skip


class Act(StrEnum):
    """What a line says about a title."""

    RATING = "rating"
    PLAY = "play"
    WISH = "wish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The title that a line is about, as far as the line says.

    :param kind: ``None`` where it may be a film or a show.
    :param artist: of a track; ``album`` likewise.
    """

    kind: MediaKind | None
    title: str
    year: int | None = None
    original_title: str | None = None
    artist: str | None = None
    album: str | None = None
    runtime: float | None = None
    genres: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    ids: tuple[ExternalId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line that is taken.

    :param value: of a rating, from 1 to 10.
    :param at: when it was said, seconds since the epoch; ``None`` where a rating has no date.
    :param played_at: when the title was watched, where a rating says that too.
    """

    subject: Subject
    act: Act
    value: float | None = None
    at: float | None = None
    played_at: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One line that is not taken, and why, as the end of "This line …"."""

    reason: str


Reading = Entry | LeftOut
NO_TITLE = LeftOut("names no title")
NO_DATE = LeftOut("has no date that can be read, and what was played when is all it could say")


@dataclass(slots=True)
class Clues:
    """What else is known while the lines of a file are read.

    :param name: of the file, in lower case: two tables of Letterboxd differ in nothing else.
    :param facts: what the other files of the same past say about titles, by whatever they are called there.
    """

    name: str
    facts: dict[tuple[str, str], Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One table or list that a program exports.

    :param source: which program: also the source of the ratings in the log.
    :param name: what people call it: "Letterboxd diary".
    :param recognises: whether columns (or the keys of a JSON object), in lower case, are those of this table.
    :param read: what one line says.
    :param facts: takes what one line tells about titles; then the lines are no lines of the past.
    :param free_text: whether a field may hold several lines of text.
    :param headings: the columns of a table that comes without them; ``fits`` says whether a first line can be one of it.
    :param unpack: the rows within one document, where the file is one object.
    :param by_id: whether its ids name a title for good, so that one which is called otherwise by now is still the same.
    """

    source: str
    name: str
    recognises: Callable[[frozenset[str]], bool]
    read: Callable[[Row, Clues], Reading] = lambda row, clues: NO_TITLE
    facts: Callable[[Row, Clues], None] | None = None
    free_text: bool = False
    headings: tuple[str, ...] = ()
    fits: Callable[[tuple[str, ...]], bool] = lambda fields: False
    unpack: Callable[[Row], list[Row]] | None = None
    by_id: bool = False


PROGRAMS = {
    "letterboxd": "Letterboxd",
    "imdb": "IMDb",
    "trakt": "Trakt",
    "tvtime": "TV Time",
    "movielens": "MovieLens",
    "lastfm": "Last.fm",
    "listenbrainz": "ListenBrainz",
    "spotify": "Spotify",
    "homereel-export": "Homereel",
}
"""Source -> the name of the program."""
ACCOUNTS = {"tmdb": "TMDB"}
"""The same of services that are not read from files, but asked."""


def has(*names: str) -> Callable[[frozenset[str]], bool]:
    """Recognises tables that have all these columns."""
    wanted = frozenset(names)
    return lambda columns: wanted <= columns


def text(row: Row, *names: str) -> str:
    """The first of these columns that says something, without spaces at the ends; else empty."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and (found := str(value).strip()):
            return found[:TITLE_AT_MOST]
    return ""


def number(value: object) -> float | None:
    """A number as it is written, also with a decimal comma; ``None`` when it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def year_of(value: object) -> int | None:
    """A year, also out of a date or "2008-2013"; ``None`` when there is none."""
    found = re.match(r"\s*(\d{4})(?!\d)", str(value or ""))
    year = int(found[1]) if found else 0
    return year if 1870 <= year <= 2100 else None


def title_and_year(name: str) -> tuple[str, int | None]:
    """Title and year out of “Heat (1995)”; the year is ``None`` where the name has none."""
    found = _TITLE_AND_YEAR.match(name.strip())
    return (found[1], year_of(found[2])) if found else (name.strip(), None)


def moment(value: object) -> float | None:
    """A date or a time as other programs write it, in seconds since the epoch; ``None`` when it is none.

    A date alone is taken for the noon of that day. What has no offset is local time, and whole numbers are seconds or
    milliseconds.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _seconds(float(value))
    words = str(value or "").strip()
    if not words:
        return None
    if re.fullmatch(r"\d{9,14}", words):
        return _seconds(float(words))
    words = re.sub(r"\s+UTC$", "+00:00", words)
    words = re.sub(r"\s\+0000(\+00:00)?$", "+00:00", words)
    try:
        return _noon_if_a_day(datetime.fromisoformat(words), words)
    except ValueError:
        pass
    for pattern in _DATES:
        try:
            return _noon_if_a_day(datetime.strptime(words, pattern), words)
        except ValueError:
            continue
    return None


def utc_moment(value: object) -> float | None:
    """As :func:`moment`, for programs that write the time of UTC without saying so."""
    words = str(value or "").strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", words):
        words += "+00:00"
    return moment(words)


def date_problem(at: float | None, now: float) -> str:
    """Why a date cannot be right, as the end of "This line …"; empty when it can."""
    if at is None:
        return ""
    if at > now + 86_400:
        return "has a date in the future"
    if at < datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC).timestamp():
        return f"has a date before {EARLIEST_YEAR}"
    return ""


def from_stars(value: object) -> float | None:
    """0.5 to 5 stars as a rating; ``None`` for what is none."""
    stars = number(value)
    return stars * STAR if stars is not None and 0.5 <= stars <= 5.0 else None


def from_ten(value: object) -> float | None:
    """1 to 10 as a rating; ``None`` for what is none."""
    found = number(value)
    return found if found is not None and 1.0 <= found <= 10.0 else None


def ids(**told: object) -> tuple[ExternalId, ...]:
    """External ids by their schemes, without those that say nothing."""
    found = []
    for scheme, value in told.items():
        name = str(value or "").strip()
        name = name.removesuffix(".0") if scheme != "musicbrainz" else name.casefold()
        if scheme == "imdb" and name.isdigit():
            name = f"tt{int(name):07d}"
        usable = re.fullmatch(r"tt\d{5,10}", name) if scheme == "imdb" else name not in ("", "0", "None", "null")
        if usable:
            found.append(ExternalId(scheme, name))
    return tuple(found)


def names(value: object) -> tuple[str, ...]:
    """Names out of a list, or out of words with commas or bars between them."""
    parts = value if isinstance(value, list) else re.split(r"[,|]", str(value or ""))
    return tuple(dict.fromkeys(word for part in parts if (word := str(part).strip())))


def rated(subject: Subject, value: float | None, said: str, at: float | None, played: float | None = None) -> Reading:
    """A rating of a title, or why it is none.

    :param said: the rating as the file says it.
    """
    if not subject.title:
        return NO_TITLE
    if value is None:
        return LeftOut(f"has a rating that is none: “{said[:20]}”" if said else "has no rating")
    return Entry(subject=subject, act=Act.RATING, value=value, at=at, played_at=played)


def played(subject: Subject, at: float | None) -> Reading:
    """A play of a title, or why it is none."""
    if not subject.title:
        return NO_TITLE
    return NO_DATE if at is None else Entry(subject=subject, act=Act.PLAY, at=at, played_at=at)


def wished(subject: Subject, at: float | None) -> Reading:
    """A title of a watchlist, or why it is none."""
    return Entry(subject=subject, act=Act.WISH, at=at) if subject.title else NO_TITLE


def _seconds(value: float) -> float | None:
    if value > 1e11:
        value /= 1000.0
    return value if 1e8 < value < 1e11 else None


def _noon_if_a_day(found: datetime, words: str) -> float | None:
    if ":" not in words and "T" not in words:
        found += timedelta(hours=12)
    try:
        return found.timestamp()
    except (OverflowError, OSError, ValueError):
        return None
