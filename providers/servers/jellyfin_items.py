"""Jellyfin's JSON, mapped to our own words. Takes what is there and of the right kind; the rest stays unknown."""

from __future__ import annotations

import datetime
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.sources import Entry, ServerItem

Line = Mapping[str, Any]

MAPPING = "1"
"""Part of every version: when the mapping below learns something new, this moves on and everything is read again."""

TYPES = {MediaKind.MOVIE: "Movie", MediaKind.SHOW: "Series", MediaKind.TRACK: "Audio"}
TICKS_A_MINUTE = 600_000_000
_LARGEST = 1e18
LIST_FIELDS = {
    MediaKind.MOVIE: ("Etag",),
    MediaKind.SHOW: ("Etag", "RecursiveItemCount"),
    MediaKind.TRACK: ("Etag",),
}
_FULL_FIELDS = (
    "OriginalTitle",
    "Overview",
    "Taglines",
    "Genres",
    "Tags",
    "People",
    "Studios",
    "ProductionLocations",
    "ProviderIds",
    "DateCreated",
    "MediaSources",
    "Path",
)
FULL_FIELDS = {
    MediaKind.MOVIE: _FULL_FIELDS,
    MediaKind.SHOW: (*_FULL_FIELDS, "RecursiveItemCount", "ChildCount"),
    MediaKind.TRACK: ("Genres", "Tags", "People", "ProviderIds", "DateCreated", "MediaSources", "Path"),
}
_ROLES = {
    "Actor": CreditRole.CAST,
    "GuestStar": CreditRole.CAST,
    "Director": CreditRole.DIRECTOR,
    "Writer": CreditRole.WRITER,
    "Creator": CreditRole.CREATOR,
}
# "MusicBrainzTrack" is a track of one release; what other servers and tags name a song by is the recording.
_SCHEMES = {"imdb": "imdb", "tmdb": "tmdb", "tvdb": "tvdb", "musicbrainzrecording": "musicbrainz"}
_NOBODY = ("various artists", "various")
_STATUSES = ("Continuing", "Ended", "Canceled")
_USER_PARTS = (
    "Played",
    "PlayCount",
    "PlaybackPositionTicks",
    "LastPlayedDate",
    "Rating",
    "Likes",
    "IsFavorite",
    "UnplayedItemCount",
)
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?$")
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters of JSON that are no text: control characters, and halves of others."""
_DATE = re.compile(r"^\d{4}-\d\d-\d\d")


def key_of(line: object) -> str:
    """The id of a line; empty for a line that has none, or one that could not stand in an address."""
    found = line.get("Id") if isinstance(line, Mapping) else None
    return found if isinstance(found, str) and found.isascii() and found.replace("-", "").isalnum() else ""


def entry_of(line: object) -> Entry | None:
    """A line of a list; ``None`` for a line without an id."""
    key = key_of(line)
    return Entry(key, version_of(line)) if key and isinstance(line, Mapping) else None


def version_of(line: Line) -> str:
    """Changes when the server changed the entry, and when it was watched, stopped half way, rated or made a favourite.

    The server's own mark moves with everything but the user's; an episode that was watched shows in the counts of its series.
    """
    user = user_of(line) or {}
    parts = [line.get("Etag"), line.get("RecursiveItemCount")]
    parts += [user.get(name) for name in _USER_PARTS]
    text = "|".join("" if part is None else str(part) for part in parts)
    return f"{MAPPING}:{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"


def user_of(line: Line) -> Line | None:
    """What the server says about the user and this entry; ``None`` when it says nothing."""
    found = line.get("UserData")
    return found if isinstance(found, Mapping) else None


def server_item(line: Line, kind: MediaKind, entry: Entry, unwatched: Iterable[str] = ()) -> ServerItem:
    """A full item from its line.

    :param unwatched: names of a show's episodes that were not watched, as "S01E02".
    """
    show, track = kind is MediaKind.SHOW, kind is MediaKind.TRACK
    return ServerItem(
        key=entry.key,
        version=entry.version,
        kind=kind,
        title=text_of(line, "Name") or "Untitled",
        original_title=_original_title(line),
        year=_whole(line, "ProductionYear") or None,
        end_year=_year(line, "EndDate") if show else None,
        release_date=_date(line, "PremiereDate"),
        runtime=_minutes(line, "RunTimeTicks"),
        overview=text_of(line, "Overview"),
        tagline=next(iter(_names(line, "Taglines")), None),
        genres=_names(line, "Genres"),
        keywords=_names(line, "Tags"),
        credits=_artists(line) if track else _credits(line),
        countries=_names(line, "ProductionLocations"),
        companies=_names(line, "Studios"),
        content_rating=text_of(line, "OfficialRating"),
        vote_average=_number(line, "CommunityRating", most=10.0) or None,
        status=_status(line) if show else None,
        seasons=_whole(line, "ChildCount") if show else None,
        episodes=_whole(line, "RecursiveItemCount") if show else None,
        artist=_artist(line) if track else None,
        album=text_of(line, "Album") if track else None,
        track_number=(_whole(line, "IndexNumber") or None) if track else None,
        external_ids=_external_ids(line),
        poster=_poster(line),
        files=() if show else _files(line),
        added_at=moment(line.get("DateCreated")),
        viewing=_viewing(line, show, tuple(unwatched)),
    )


def unwatched_names(episodes: Iterable[object]) -> dict[str, list[str]]:
    """Names of episodes that were not watched, by the key of their show; those without a number have no name."""
    names: dict[str, set[str]] = {}
    for line in episodes:
        if not isinstance(line, Mapping):
            continue
        show, season, number = line.get("SeriesId"), _whole(line, "ParentIndexNumber"), _whole(line, "IndexNumber")
        if isinstance(show, str) and season is not None and number is not None:
            names.setdefault(show, set()).add(f"S{season:02d}E{number:02d}")
    return {show: sorted(found) for show, found in names.items()}


def moment(value: object) -> float | None:
    """Seconds since the epoch of a time as Jellyfin writes it, with seven digits after the second; ``None`` for none."""
    found = _MOMENT.match(value) if isinstance(value, str) else None
    if not found:
        return None
    fraction = float(found[2]) if found[2] else 0.0
    zone = "+00:00" if found[3] in (None, "Z") else found[3]
    try:
        whole = datetime.datetime.fromisoformat(found[1] + zone).timestamp()
    except (ValueError, OverflowError):
        return None
    return whole + fraction if whole >= 0 else None


def _viewing(line: Line, show: bool, unwatched: tuple[str, ...]) -> Viewing:
    """What the user did. A play count without "Played" is of films that were begun: Jellyfin counts when one is started."""
    user = user_of(line)
    if user is None:
        return Viewing()
    played = user.get("Played") is True
    episodes, left = _whole(line, "RecursiveItemCount"), _whole(user, "UnplayedItemCount")
    return Viewing(
        view_count=max(1, _whole(user, "PlayCount") or 0) if played and not show else None,
        view_offset=_minutes(user, "PlaybackPositionTicks"),
        last_viewed_at=moment(user.get("LastPlayedDate")),
        rating=_number(user, "Rating", most=10.0),
        liked=_flag(user, "Likes"),
        favourite=_flag(user, "IsFavorite"),
        watched_episodes=max(0, episodes - left) if show and episodes is not None and left is not None else None,
        unwatched=unwatched,
    )


def _credits(line: Line) -> tuple[Credit, ...]:
    """People in billing order, each name once per role."""
    people: dict[CreditRole, dict[str, str | None]] = {}
    for person in _lines(line, "People"):
        role, name = _ROLES.get(str(person.get("Type") or "")), text_of(person, "Name")
        if role and name:
            part = text_of(person, "Role") if role is CreditRole.CAST else None
            people.setdefault(role, {}).setdefault(name, part)
    return tuple(
        Credit(name, role, place, part)
        for role, named in people.items()
        for place, (name, part) in enumerate(named.items())
    )


def _artists(line: Line) -> tuple[Credit, ...]:
    artists = _names(line, "Artists") or tuple(filter(None, (_artist(line),)))
    return tuple(Credit(name, CreditRole.ARTIST, place) for place, name in enumerate(artists))


def _artist(line: Line) -> str | None:
    """The one name that other servers and tags give a track: several artists stand together under the album's."""
    artists, album = _names(line, "Artists"), text_of(line, "AlbumArtist")
    if len(artists) > 1 and album and album.casefold() not in _NOBODY:
        return album
    return next(iter(artists), None) or album


def _original_title(line: Line) -> str | None:
    title = text_of(line, "OriginalTitle")
    return title if title != text_of(line, "Name") else None


def _external_ids(line: Line) -> tuple[ExternalId, ...]:
    found = line.get("ProviderIds")
    ids = {str(name).lower(): value for name, value in found.items()} if isinstance(found, Mapping) else {}
    return tuple(ExternalId(scheme, value) for name, scheme in _SCHEMES.items() if (value := text_of(ids, name)))


def _poster(line: Line) -> str | None:
    """Path of the picture on the server, with the tag that moves when it does; a track has that of its album."""
    tags = line.get("ImageTags")
    tag = tags.get("Primary") if isinstance(tags, Mapping) else None
    key = key_of(line)
    if not tag:
        tag, key = line.get("AlbumPrimaryImageTag"), str(line.get("AlbumId") or "")
    if not (isinstance(tag, str) and tag.isalnum() and key.replace("-", "").isalnum()):
        return None
    return f"/Items/{key}/Images/Primary?tag={tag}"


def _files(line: Line) -> tuple[str, ...]:
    """Paths of all versions, as the server sees them."""
    sources = [source for source in _lines(line, "MediaSources") if source.get("Protocol") in (None, "File")]
    paths = [text_of(source, "Path") for source in sources] or [text_of(line, "Path")]
    return tuple(dict.fromkeys(path for path in paths if path and "://" not in path))


def _status(line: Line) -> str | None:
    text = text_of(line, "Status")
    return text if text in _STATUSES else None


# Values, as far as they are what they should be


def _lines(line: Line, name: str) -> list[Line]:
    found = line.get(name)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


def _names(line: Line, name: str) -> tuple[str, ...]:
    """Names in a list that holds either texts or things that have a name."""
    found = line.get(name)
    texts = (
        [part.get("Name") if isinstance(part, Mapping) else part for part in found] if isinstance(found, list) else []
    )
    clean = (_UNSENDABLE.sub("", text).strip() for text in texts if isinstance(text, str))
    return tuple(dict.fromkeys(text for text in clean if text))


def text_of(line: Line, name: str) -> str | None:
    """A text without what is none; ``None`` for nothing."""
    found = line.get(name)
    return _UNSENDABLE.sub("", found).strip() or None if isinstance(found, str) else None


def _flag(line: Line, name: str) -> bool | None:
    found = line.get(name)
    return found if isinstance(found, bool) else None


def _number(line: Line, name: str, most: float = math.inf) -> float | None:
    """A number from 0 to ``most``; ``None`` for anything else."""
    found = line.get(name)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    return float(found) if 0 <= found <= min(most, _LARGEST) else None


def _whole(line: Line, name: str) -> int | None:
    found = _number(line, name)
    return None if found is None else int(found)


def _minutes(line: Line, name: str) -> float | None:
    found = _number(line, name)
    return found / TICKS_A_MINUTE if found else None


def _date(line: Line, name: str) -> str | None:
    found = line.get(name)
    date = _DATE.match(found) if isinstance(found, str) else None
    return date[0] if date and not date[0].startswith("0001-") else None  # the first year is .NET's "no date"


def _year(line: Line, name: str) -> int | None:
    date = _date(line, name)
    return int(date[:4]) if date else None
