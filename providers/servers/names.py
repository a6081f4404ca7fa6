"""What the names of files and folders say: a film and its year, a show with season and episode, a part of a film.

Two readings of a name. The quick one uses only the patterns below; a listing is made with it, so that a second scan of an
unchanged folder is quick. The careful one asks ``guessit`` about names the patterns are not sure of; it runs only for
what is new or changed, and guessit is imported then.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from library.items import ExternalId


@dataclass(frozen=True, slots=True)
class FilmName:
    """What a name says about a film. ``sure`` when a year ends the title and nothing in it needs guessing."""

    title: str
    year: int | None = None
    external_ids: tuple[ExternalId, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class EpisodeName:
    """What a name says about an episode. ``show`` is empty when only the folder can tell.

    :param numbers: the episodes in the file, in the numbering of the season; empty when the name does not say.
    :param marked: whether the name itself says that it is an episode, as "S01E02" does.
    """

    show: str = ""
    year: int | None = None
    season: int | None = None
    numbers: tuple[int, ...] = ()
    marked: bool = True


_IDS = re.compile(r"[\[{(]\s*(imdb|tmdb|tvdb)(?:id)?\s*[-=_ ]\s*(tt\d{5,10}|\d{1,10})\s*[\]})]", re.IGNORECASE)
_EDITION = re.compile(r"\{edition-[^}]*\}", re.IGNORECASE)
_SITE = re.compile(r"^\[(?!\d{4}\])[^\]]*\][ ._-]*(?=\S)|^www\.[\w-]+\.\w{2,4}[ ._-]+")
_BRACKETED_TITLES = re.compile(r"^\[rec\]", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9A-Za-z])(?:18[89]\d|19\d\d|20\d\d)(?![0-9A-Za-z])")
_YEAR_FIRST = re.compile(r"^(?:[\[(](\d{4})[\])][ ._-]*|(\d{4}) - )(?=\S)(.+)$")
_RELEASE = re.compile(
    r"(?<![0-9A-Za-z])(?:480p|576[pi]|720p|1080[pi]|2160p|4k|uhd|blu-?ray|b[dr]rip|dvd-?rip|web-?rip|web-?dl|hdtv|hdrip"
    r"|[hx][ .]?26[45]|hevc|xvid|divx|remux|hdr10|(?:cd|dvd|disc|disk)[ ._-]?\d)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?<![^._])(?:[A-Za-z]\.){2,}(?=[^.]|$)")
_SURE = re.compile(r"^[^\[{]+ \(\d{4}\)$")
_DOUBTFUL = re.compile(
    r"[\[\](){}]|(?<![a-z])(?:extended|uncut|unrated|remaster\w*|restored|theatrical|director'?s?|cut|edition|criterion|imax"
    r"|3d|proper|repack|internal|limited|complete|multi|dual|dubbed|subbed|dvd|vhs|tv|hd|web|ntsc|pal|ac3|dts|dl"
    r"|german|(?:true)?french|vostfr|italian|spanish|english|dutch|russian|polish|swedish|danish|hindi|korean)(?![a-z])",
    re.IGNORECASE,
)
# "cd1" and "part1" are parts wherever they stand; "Part 1" with a space only after a year, for it is a sequel's name too.
_PART = re.compile(
    r"[ ._-]*[\[(]?(?:(?<![a-z])(?:cd|dvd|disc|disk)[ ._-]?(?:\d{1,2}|[a-d])|(?<=[ ._(\[-])(?:part|pt)(?:\d{1,2}|[a-d]))[\])]?$",
    re.IGNORECASE,
)
_DISC_FOLDER = re.compile(r"^(?:cd|dvd|disc|disk|part)[ ._-]*(?:\d{1,2}|[a-d])$|^(?:video_ts|bdmv)$", re.IGNORECASE)
_GENERIC = re.compile(
    r"^(?:movie|film|video|main|feature|index|title[ _]?t?\d+|vts[_\d]+|video_ts|\d{5})$", re.IGNORECASE
)

_EXTRA_NAME = re.compile(
    r"^(?:sample|trailer)\d*$|[-._](?:sample|trailer)\d*$"
    r"|-(?:behindthescenes|deleted|deletedscene|featurette|interview|scene|short|other|extra)\d*$",
    re.IGNORECASE,
)
_DISC_EXTRAS = {"extras", "featurettes", "behind the scenes", "deleted scenes", "interviews", "trailers", "trailer"}
_SAMPLES_AND_TEXTS = {"sample", "samples", "subs", "subtitles"}
_OTHER_PROGRAMS = {"@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found", "__macosx"}
_DECORATION = {"backdrops", "theme-music", "extrafanart", "extrathumbs"}
EXTRA_FOLDERS = frozenset(_DISC_EXTRAS | _SAMPLES_AND_TEXTS | _OTHER_PROGRAMS | _DECORATION)
# These are extras only beside a film or within a show: elsewhere somebody may keep real films under such a name.
MAYBE_EXTRA_FOLDERS = frozenset({"scenes", "shorts", "other", "others", "extra", "bonus"})

_SEASON_EPISODE = re.compile(
    r"(?<![a-z0-9])s(?P<season>\d{1,4})[ ._-]*ep?(?P<first>\d{1,4})"
    r"(?P<more>(?:[ ._]?-?[ ._]?e\d{1,4}|-\d{1,3}(?![0-9pi]))*)(?![0-9])",
    re.IGNORECASE,
)
_CROSS = re.compile(
    r"(?<![a-z0-9])(?P<season>\d{1,2})x(?P<first>\d{2,3})(?P<more>(?:-\d{2,3})?)(?![a-z0-9])", re.IGNORECASE
)
_WORDS = re.compile(
    r"season[ ._-]*(?P<season>\d{1,3})[ ._,-]*(?:episode|ep)[ ._-]*(?P<first>\d{1,4})(?P<more>)", re.IGNORECASE
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-._ ](0[1-9]|1[0-2])[-._ ](0[1-9]|[12]\d|3[01])(?!\d)")
_ABSOLUTE = re.compile(r"^\[[^\]]+\][ ._]*(?P<show>.+?)[ ._]-[ ._]*(?P<first>\d{2,4})(?:v\d)?(?=[ ._\[(]|$)")
_LEADING = re.compile(r"^(?:episode|ep|e)?[ ._-]*(?P<first>\d{1,4})(?![0-9pi])", re.IGNORECASE)
_SEASON_FOLDER = re.compile(
    r"^(?:season|series|staffel|saison|temporada|stagione|seizoen|sezon|säsong|sæson|kausi|s)[ ._-]*(?P<season>\d{1,4})"
    r"(?:[ ._-]*[\[(].*)?$",
    re.IGNORECASE,
)
_SEASON_RELEASE = re.compile(
    r"^(?P<show>.+?)[ ._-]+[\[(]?(?:(?:complete[ ._])?season[ ._-]*(?P<season>\d{1,3})|s(?P<short>\d{1,3}))(?![a-z0-9])",
    re.IGNORECASE,
)
_SPECIALS = frozenset({"specials", "special", "season 00", "season 0"})
_MAX_RANGE = 60


def printable(name: str) -> str:
    """A name of the file system as text that can be shown and stored, whatever bytes it is made of."""
    try:
        name.encode("utf-8")
        text = name
    except UnicodeEncodeError:
        text = os.fsencode(name).decode("cp1252", "replace")
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text).split())


@lru_cache(maxsize=8192)
def slug(text: str) -> str:
    """Words of a title without case, accents and punctuation: what two spellings of one title have in common."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’`")
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def is_extra(stem: str) -> bool:
    """Whether a file is a sample, a trailer or the like by its name."""
    return _EXTRA_NAME.search(stem) is not None


def is_generic(stem: str) -> bool:
    """Whether a name tells nothing, so that the folder must: ``movie.mkv``, ``VIDEO_TS``."""
    return _GENERIC.match(stem) is not None


def is_disc_folder(name: str) -> bool:
    """Whether a folder holds one disc or part of something: ``CD1``, ``VIDEO_TS``."""
    return _DISC_FOLDER.match(name) is not None


def is_release(name: str) -> bool:
    """Whether a name holds the technical words of a release, such as "1080p"."""
    return _RELEASE.search(name) is not None


def is_specials(folder: str) -> bool:
    """Whether a folder's name may mean the specials of a show, but also something else."""
    return folder.casefold() in _SPECIALS


def read_film(name: str) -> FilmName:
    """The quick reading of a film's name, without its suffix."""
    ids = tuple(ExternalId(match[1].lower(), match[2]) for match in _IDS.finditer(name))
    rest = _EDITION.sub(" ", _IDS.sub(" ", name)).strip(" ._-")
    if not _BRACKETED_TITLES.match(rest):
        rest = _SITE.sub("", rest)
    rest = _PART.sub("", rest) or rest
    head = rest
    if release := _RELEASE.search(rest, 1):
        head = rest[: release.start()]
    years = [match for match in _YEAR.finditer(head) if match.start() > 0 and int(match[0]) <= _latest_year()]
    bracketed = [
        match for match in years if head[match.start() - 1] in "([" and head[match.end() : match.end() + 1] in ")]"
    ]
    if years:
        match = (bracketed or years)[-1]
        if title := _clean(head[: match.start()]):
            written_plainly = _SURE.match(head[: match.end() + 1]) is not None
            return FilmName(title, int(match[0]), ids, sure=written_plainly or not _DOUBTFUL.search(title))
    if (first := _YEAR_FIRST.match(head)) and 1888 <= int(first[1] or first[2]) <= _latest_year():
        return FilmName(_clean(first[3]), int(first[1] or first[2]), ids)
    return FilmName(_clean(head) or _clean(rest) or name, None, ids)


def read_episode(name: str, season: int | None = None) -> EpisodeName | None:
    """The quick reading of an episode's name; ``None`` when it does not look like one.

    :param season: the season that the folder stands for; then every file in it is an episode.
    """
    for pattern in (_SEASON_EPISODE, _CROSS, _WORDS):
        if match := pattern.search(name):
            show, year = _show_and_year(name[: match.start()])
            return EpisodeName(show, year, int(match["season"]), _span(int(match["first"]), match["more"]))
    if match := _ABSOLUTE.match(name):
        show, year = _show_and_year(match["show"])
        return EpisodeName(show, year, 1 if season is None else season, (int(match["first"]),))
    if (match := _DATE.search(name)) and (season is not None or _clean(name[: match.start()])):
        show, year = _show_and_year(name[: match.start()])
        return EpisodeName(show, year, int(match[1]), (int(match[2]) * 100 + int(match[3]),))
    if season is None:
        return None
    numbers: tuple[int, ...] = ()
    if match := _LEADING.match(name):
        first = int(match["first"])
        numbers = (first - season * 100,) if season and first // 100 == season else (first,)
    return EpisodeName("", None, season, numbers, marked=False)


def read_season(folder: str) -> tuple[str, int | None, int] | None:
    """Show (empty when the folder above tells), year and season of a season's folder; ``None`` when it is none."""
    if match := _SEASON_FOLDER.match(folder):
        return "", None, int(match["season"])
    if folder.casefold() in _SPECIALS:
        return "", None, 0
    if match := _SEASON_RELEASE.match(folder):
        show, year = _show_and_year(match["show"])
        return (show, year, int(match["season"] or match["short"])) if show else None
    return None


def careful_film(name: str) -> FilmName:
    """The careful reading of a film's name; asks guessit unless the quick reading is sure."""
    quick = read_film(name)
    if quick.sure:
        return quick
    guess = _guess(name, "movie")
    title = guess.get("title")
    if not isinstance(title, str) or "part" in guess:
        return quick
    year = quick.year
    if year is None and isinstance(guess.get("year"), int) and slug(title) != str(guess["year"]):
        year = guess["year"]
    alternative = guess.get("alternative_title")
    if isinstance(alternative, str) and not all(_DOUBTFUL.search(word) for word in alternative.split()):
        title = f"{title} - {alternative}"
    title = printable(title)
    # guessit may take the beginning of a title for a release group; it is believed only where it cuts the end.
    if not f"{slug(quick.title)} ".startswith(f"{slug(title)} ") or not slug(title):
        return replace(quick, year=year)
    spelled_the_same = slug(quick.title) == slug(title)
    return replace(quick, title=quick.title if spelled_the_same else title, year=year)


def careful_numbers(name: str) -> tuple[int, ...]:
    """Episode numbers in a name that the patterns do not know, as far as guessit finds them."""
    episode = _guess(name, "episode").get("episode")
    numbers = episode if isinstance(episode, list) else [episode]
    return tuple(number for number in numbers if isinstance(number, int))


def get_ready() -> Iterator[None]:
    """Import guessit and let it compile its rules, in steps short enough for a job to yield between them."""
    if _guess.cache_info().currsize:
        return
    import rebulk  # noqa: F401

    yield
    import guessit.api  # noqa: F401

    yield
    _guess("Title 2000.mkv", "movie")
    yield


# What is asked about a film; the rest would take guessit twice as long.
_FILM_FACTS = ["title", "alternative_title", "year", "edition", "part", "language", "release_group", "container"]
_FILM_WORDS = ["source", "screen_size", "video_codec", "audio_codec", "other"]
_ASKED = {"movie": {"includes": _FILM_FACTS + _FILM_WORDS}}


@lru_cache(maxsize=16384)
def _guess(name: str, kind: str) -> dict[str, Any]:
    from guessit import guessit
    from guessit.api import GuessitException

    try:
        return dict(
            guessit(f"{name}.mkv".replace("/", " "), {"type": kind, "no_user_config": True} | _ASKED.get(kind, {}))
        )
    except GuessitException:
        return {}


def _span(first: int, more: str) -> tuple[int, ...]:
    """Episodes of "E01E02" (each) or "E01-E03" and "E01-03" (all between)."""
    numbers = [first]
    for match in re.finditer(r"(-?)[ ._]?e?(\d{1,4})", more, re.IGNORECASE):
        last = int(match[2])
        if match[1] and numbers[-1] < last <= numbers[-1] + _MAX_RANGE:
            numbers.extend(range(numbers[-1] + 1, last + 1))
        elif last not in numbers:
            numbers.append(last)
    return tuple(numbers)


def _show_and_year(text: str) -> tuple[str, int | None]:
    name = read_film(_SITE.sub("", text.strip(" ._-")) or text) if text.strip(" ._-[(") else FilmName("")
    return name.title, name.year


def _clean(text: str) -> str:
    """A title with spaces: dots and underscores stand for them only in names that have none."""
    if " " in text.strip():
        text = text.replace("_", " ")
    else:
        text = _INITIALS.sub(lambda match: match[0].replace(".", "\0") + ".", text)
        text = re.sub(r"[._]+", " ", text).replace("\0", ".")
    text = re.sub(r"[\[({]\s*$", "", text.strip())
    text = re.sub(r"\s+-*\s*$|-+$", "", text)
    return printable(text.strip(" -_").rstrip(","))


@lru_cache(maxsize=1)
def _latest_year() -> int:
    return time.localtime().tm_year + 2
