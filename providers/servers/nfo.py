"""Kodi's ``.nfo`` files: small XML texts beside films, shows and episodes, written by Kodi, Jellyfin and many others."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 2 * 1024 * 1024
_ROOTS = ("movie", "tvshow", "episodedetails", "musicvideo")
_OPENING = re.compile(rb"<(movie|tvshow|episodedetails|musicvideo)\b")
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_ADDRESSES = (
    ("imdb", re.compile(rb"imdb\.com/(?:[a-z-]+/)?title/(tt\d{5,10})")),
    ("tmdb", re.compile(rb"themoviedb\.org/(?:movie|tv)/(\d{1,10})")),
    ("tvdb", re.compile(rb"thetvdb\.com/\S*?[?&/](?:id=|series/)(\d{1,10})")),
)
_STATUS = {
    "continuing": "Continuing",
    "returning series": "Continuing",
    "in production": "Continuing",
    "ended": "Ended",
    "canceled": "Canceled",
    "cancelled": "Canceled",
}
_SCHEMES = {"imdb": "imdb", "tmdb": "tmdb", "themoviedb": "tmdb", "tvdb": "tvdb", "thetvdb": "tvdb"}


class NfoError(Exception):
    """The file is no description; ``reason`` ends a sentence, ``external_ids`` is what could be found all the same."""

    def __init__(self, reason: str, external_ids: tuple[ExternalId, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.external_ids = external_ids


@dataclass(frozen=True, kw_only=True)
class Nfo:
    """What one document says; fields as in ``library.items.Description``, ``None`` and empty for unknown.

    :param season: of an episode; ``episode`` likewise.
    :param added_at: seconds since the epoch.
    """

    title: str | None = None
    original_title: str | None = None
    year: int | None = None
    end_year: int | None = None
    release_date: str | None = None
    runtime: float | None = None
    overview: str | None = None
    tagline: str | None = None
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    countries: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    collection: str | None = None
    content_rating: str | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    status: str | None = None
    external_ids: tuple[ExternalId, ...] = ()
    season: int | None = None
    episode: int | None = None
    added_at: float | None = None
    viewing: Viewing = field(default_factory=Viewing)


def read_nfo(content: bytes, kind: MediaKind) -> tuple[Nfo, ...]:
    """The documents in a file: one, or one for each episode of a file that holds several.

    :param kind: what the file lies beside; the writers of a show are its creators.
    :raises NfoError: when there is none: only an address, broken XML, or something else altogether.
    """
    documents = list(_documents(content)) or _whole(content)
    declaration = _DECLARATION.match(content.removeprefix(b"\xef\xbb\xbf"))
    head = declaration[0] if declaration else b""
    return tuple(_nfo(_parse(head + document, content), kind) for document in documents)


def _documents(content: bytes) -> Iterator[bytes]:
    """The XML documents in a file, without what some programs write after them."""
    end = 0
    while opening := _OPENING.search(content, end):
        closing = b"</" + opening[1] + b">"
        found = content.find(closing, opening.end())
        if found < 0:
            return
        end = found + len(closing)
        yield content[opening.start() : end]


def _whole(content: bytes) -> list[bytes]:
    """The content itself where it may be XML in two-byte letters; otherwise the reason why it is not a description."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [content]
    ids = _ids_in_addresses(content)
    stripped = content.strip().removeprefix(b"\xef\xbb\xbf")
    if re.fullmatch(rb"https?://\S+(?:\s+https?://\S+)*", stripped):
        raise NfoError("holds only an address", ids)
    if any(b"<" + root.encode() in stripped for root in _ROOTS):
        raise NfoError("is broken: the text stops half way", ids)
    raise NfoError("is not a description that can be read", ids)


def _parse(document: bytes, content: bytes) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(document)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NfoError("is broken", _ids_in_addresses(content)) from error
    if root.tag not in _ROOTS:
        raise NfoError("is not a description that can be read")
    return root


def _nfo(root: Element, kind: MediaKind) -> Nfo:
    date = _date(_text(root, "premiered") or _text(root, "releasedate") or _text(root, "aired"))
    year = _whole_number(_text(root, "year"))
    if not year and date:
        year = int(date[:4])
    ended = _date(_text(root, "enddate"))
    average, votes = _votes(root)
    added = _moment(_text(root, "dateadded"))
    return Nfo(
        title=_text(root, "title"),
        original_title=_text(root, "originaltitle"),
        year=year if year and 1800 < year < 2200 else None,
        end_year=int(ended[:4]) if ended else None,
        release_date=date,
        runtime=_runtime(root),
        overview=_text(root, "plot") or _text(root, "outline"),
        tagline=_text(root, "tagline"),
        genres=_words(root, "genre"),
        keywords=_words(root, "tag"),
        credits=_credits(root, kind),
        countries=_words(root, "country"),
        companies=_words(root, "studio"),
        collection=_text(root, "set/name") or _text(root, "set"),
        content_rating=_text(root, "mpaa"),
        vote_average=average,
        vote_count=votes,
        status=_STATUS.get((_text(root, "status") or "").casefold()),
        external_ids=_external_ids(root),
        season=_whole_number(_text(root, "season")),
        episode=_whole_number(_text(root, "episode")),
        added_at=added,
        viewing=_viewing(root),
    )


def _text(root: Element, path: str) -> str | None:
    """The first text at this path that is not empty, its lines joined."""
    return next(_texts(root, path), None)


def _texts(root: Element, path: str) -> Iterator[str]:
    for element in root.iterfind(path):
        text = " ".join((element.text or "").split())
        if text:
            yield text


def _words(root: Element, path: str) -> tuple[str, ...]:
    """All values of a tag, each once; older writers put several into one, as "Action / Drama"."""
    parts = (part.strip() for text in _texts(root, path) for part in re.split(r" / |\|", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").replace(",", "") if (text or "").count(",") != 1 else (text or "").replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _whole_number(text: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,9})(?![\d.])", (text or "").replace(",", ""))
    return int(match[1]) if match else None


def _date(text: str | None) -> str | None:
    match = re.match(r"((?:1[89]|2[01])\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))", text or "")
    return match[1] if match else None


def _moment(text: str | None) -> float | None:
    """Seconds since the epoch of "2015-05-07 20:13:41", which Kodi writes in the time of the place, or of a day alone."""
    for form, length in (("%Y-%m-%d %H:%M:%S", 19), ("%Y-%m-%d", 10)):
        try:
            return time.mktime(time.strptime((text or "").replace("T", " ")[:length], form))
        except (ValueError, OverflowError):
            continue
    return None


def _runtime(root: Element) -> float | None:
    """Minutes: as told ("117", "117 min", "1h 57m"), else from the length of the video stream."""
    text = _text(root, "runtime") or ""
    if match := re.match(r"(\d{1,2})\s*h(?:\w*)\s*(?:(\d{1,2})\s*m\w*)?$", text):
        return float(int(match[1]) * 60 + int(match[2] or 0))
    if (match := re.match(r"(\d{1,4}(?:\.\d+)?)\s*(?:min\w*\.?)?$", text)) and float(match[1]) > 0:
        return float(match[1])
    seconds = _number(_text(root, "fileinfo/streamdetails/video/durationinseconds"))
    return round(seconds / 60, 1) if seconds and seconds > 0 else None


def _votes(root: Element) -> tuple[float | None, int | None]:
    """General vote from 0 to 10, and how many voted: the default rating of the newer form, else the older form."""
    ratings = list(root.iterfind("ratings/rating"))
    ratings.sort(key=lambda rating: rating.get("default", "").lower() != "true")
    for rating in ratings:
        value, highest = _number(_text(rating, "value")), _number(rating.get("max")) or 10.0
        if value and 0 < value <= highest:
            return round(value * 10 / highest, 2), _whole_number(_text(rating, "votes")) or None
    value = _number(_text(root, "rating"))
    if value and 0 < value <= 10:
        return value, _whole_number(_text(root, "votes")) or None
    return None, None


def _credits(root: Element, kind: MediaKind) -> tuple[Credit, ...]:
    writer = CreditRole.CREATOR if kind is MediaKind.SHOW else CreditRole.WRITER
    credits = [Credit(name, CreditRole.DIRECTOR, i) for i, name in enumerate(_words(root, "director"))]
    credits += [Credit(name, writer, i) for i, name in enumerate(_words(root, "credits"))]
    actors = []
    for position, actor in enumerate(root.iterfind("actor")):
        if name := _text(actor, "name"):
            order = _whole_number(_text(actor, "order"))
            actors.append((position if order is None else order, position, name, _text(actor, "role")))
    billing = dict.fromkeys(name for _, _, name, _ in sorted(actors, key=lambda actor: actor[:2]))
    roles = {name: role for _, _, name, role in reversed(actors)}
    credits += [Credit(name, CreditRole.CAST, i, roles[name]) for i, name in enumerate(billing)]
    return tuple(credits)


def _external_ids(root: Element) -> tuple[ExternalId, ...]:
    told = [(element.get("type", ""), element.text or "") for element in root.iterfind("uniqueid")]
    for tag in ("imdbid", "imdb_id", "tmdbid", "tvdbid"):
        told += [(tag[:4], text) for text in _texts(root, tag)]
    told += [("imdb", text) for text in _texts(root, "id") if text.startswith("tt")]
    ids: dict[str, ExternalId] = {}
    for kind, text in told:
        scheme, value = _SCHEMES.get(kind.strip().casefold(), ""), text.strip()
        if re.fullmatch(r"tt\d{5,10}" if scheme == "imdb" else r"[1-9]\d{0,9}", value) and scheme:
            ids.setdefault(scheme, ExternalId(scheme, value))
    return tuple(ids.values())


def _viewing(root: Element) -> Viewing:
    """What the person did, as far as it is written: an own rating of 0 means unrated."""
    count = _whole_number(_text(root, "playcount"))
    if count is None and (_text(root, "watched") or "").lower() in {"true", "false"}:
        count = int((_text(root, "watched") or "").lower() == "true")
    rating = _number(_text(root, "userrating"))
    position = _number(_text(root, "resume/position"))
    return Viewing(
        view_count=count,
        view_offset=round(position / 60, 2) if position and position > 0 else None,
        last_viewed_at=_moment(_text(root, "lastplayed")),
        rating=rating if rating and 0 < rating <= 10 else None,
    )


def _ids_in_addresses(content: bytes) -> tuple[ExternalId, ...]:
    found = ((scheme, pattern.search(content)) for scheme, pattern in _ADDRESSES)
    return tuple(ExternalId(scheme, match[1].decode("ascii")) for scheme, match in found if match)
