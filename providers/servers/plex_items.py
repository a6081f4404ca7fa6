"""Plex's XML elements, mapped to our own words. Reads attributes that are there; asks nobody for those that are not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.sources import Entry, ServerItem

MAPPING = "1"
"""Part of every version: when the mapping below learns something new, this moves on and everything is read again."""

_VERSION_PARTS = (
    "updatedAt",
    "viewCount",
    "viewOffset",
    "lastViewedAt",
    "userRating",
    "leafCount",
    "viewedLeafCount",
)
_ROLES = (("Role", CreditRole.CAST), ("Director", CreditRole.DIRECTOR), ("Writer", CreditRole.WRITER))
_SCHEMES = {"imdb": "imdb", "tmdb": "tmdb", "tvdb": "tvdb", "mbid": "musicbrainz"}
_OLD_AGENT = re.compile(r"^com\.plexapp\.agents\.(imdb|themoviedb|thetvdb)://([^/?]+)")
_OLD_SCHEMES = {"imdb": "imdb", "themoviedb": "tmdb", "thetvdb": "tvdb"}
_VOTES = ("imdb://", "themoviedb://", "thetvdb://")


def entry_of(element: Element) -> Entry | None:
    """A line of a list; ``None`` for a line without a key."""
    key = element.get("ratingKey")
    return Entry(key, version_of(element)) if key else None


def version_of(element: Element) -> str:
    """Changes when Plex changed the entry, and when it was watched, stopped half way or rated."""
    return ":".join((MAPPING, *(element.get(name, "") for name in _VERSION_PARTS)))


def server_item(element: Element, kind: MediaKind, entry: Entry, unwatched: Iterable[str] = ()) -> ServerItem:
    """A full item from its element of ``/library/metadata/…``.

    :param unwatched: names of a show's episodes that were not watched, as "S01E02".
    """
    show = kind is MediaKind.SHOW
    return ServerItem(
        key=entry.key,
        version=entry.version,
        kind=kind,
        title=element.get("title", "").strip() or "Untitled",
        original_title=_text(element, "originalTitle"),
        year=_whole(element, "year"),
        release_date=_text(element, "originallyAvailableAt"),
        runtime=_minutes(element, "duration"),
        overview=_text(element, "summary"),
        tagline=_text(element, "tagline"),
        genres=_tags(element, "Genre"),
        credits=_credits(element),
        countries=_tags(element, "Country"),
        companies=tuple(filter(None, (_text(element, "studio"),))),
        collection=next(iter(_tags(element, "Collection")), None),
        content_rating=_text(element, "contentRating"),
        vote_average=_vote(element),
        seasons=_whole(element, "childCount") if show else None,
        episodes=_whole(element, "leafCount") if show else None,
        external_ids=_external_ids(element),
        poster=_path(element, "thumb"),
        files=() if show else _files(element),
        added_at=_number(element, "addedAt"),
        viewing=_viewing(element, show, tuple(unwatched)),
    )


def track_item(element: Element, entry: Entry, album: Element | None = None) -> ServerItem:
    """A track from its full element; what Plex keeps with the album (genres, styles, the year) comes from there.

    :param album: the full element of the track's album, where it could be had.
    """
    about = Element("Directory") if album is None else album
    band = _text(element, "grandparentTitle") or _text(about, "parentTitle")
    artist = _text(element, "originalTitle") or band
    year = _whole(element, "year") or _whole(element, "parentYear") or _whole(about, "year")
    return ServerItem(
        key=entry.key,
        version=entry.version,
        kind=MediaKind.TRACK,
        title=element.get("title", "").strip() or "Untitled",
        year=year,
        release_date=_text(element, "originallyAvailableAt") or _text(about, "originallyAvailableAt"),
        runtime=_minutes(element, "duration"),
        genres=_tags(element, "Genre") or _tags(about, "Genre"),
        moods=_tags(element, "Mood") or _tags(about, "Mood"),
        styles=_tags(element, "Style") or _tags(about, "Style"),
        credits=tuple(
            Credit(name, CreditRole.ARTIST, position)
            for position, name in enumerate(dict.fromkeys(name for name in (artist, band) if name))
        ),
        companies=tuple(filter(None, (_text(about, "studio"),))),
        artist=artist,
        album=_text(element, "parentTitle"),
        track_number=_whole(element, "index"),
        external_ids=_external_ids(element),
        poster=_path(element, "thumb") or _path(element, "parentThumb") or _path(element, "grandparentThumb"),
        files=_files(element),
        added_at=_number(element, "addedAt"),
        viewing=_viewing(element, show=False, unwatched=()),
    )


def last_part(path: str | None) -> str:
    """The key at the end of an address such as "/library/metadata/21"; empty when there is none."""
    return (path or "").rstrip("/").rpartition("/")[2]


def episode_name(element: Element) -> str | None:
    """An episode as "S01E02"; ``None`` when Plex does not say which one it is."""
    season, number = _whole(element, "parentIndex"), _whole(element, "index")
    return None if season is None or number is None else f"S{season:02d}E{number:02d}"


def unwatched_names(episodes: Iterable[Element]) -> dict[str, list[str]]:
    """Names of the episodes never watched to their end, by the key of their show."""
    names: dict[str, list[str]] = {}
    for element in episodes:
        show, name = element.get("grandparentRatingKey"), episode_name(element)
        if show and name and not _whole(element, "viewCount"):
            names.setdefault(show, []).append(name)
    return {show: sorted(set(found)) for show, found in names.items()}


def _viewing(element: Element, show: bool, unwatched: tuple[str, ...]) -> Viewing:
    return Viewing(
        view_count=_whole(element, "viewCount"),
        view_offset=_minutes(element, "viewOffset"),
        last_viewed_at=_number(element, "lastViewedAt"),
        rating=_number(element, "userRating", most=10.0),
        rated_at=_number(element, "lastRatedAt"),
        watched_episodes=_whole(element, "viewedLeafCount") if show else None,
        unwatched=unwatched,
    )


def _credits(element: Element) -> tuple[Credit, ...]:
    """People in billing order, each name once per role."""
    credits: list[Credit] = []
    for tag, role in _ROLES:
        people: dict[str, str | None] = {}
        for child in element.iterfind(tag):
            name = child.get("tag", "").strip()
            if name:
                people.setdefault(name, child.get("role", "").strip() or None)
        named = enumerate(people.items())
        credits += [Credit(name, role, position, character) for position, (name, character) in named]
    return tuple(credits)


def _external_ids(element: Element) -> tuple[ExternalId, ...]:
    """Names elsewhere: from ``Guid`` elements, else from the address of one of the older agents."""
    found: dict[str, str] = {}
    for child in element.iterfind("Guid"):
        scheme, _, value = child.get("id", "").partition("://")
        if scheme in _SCHEMES and value:
            found.setdefault(_SCHEMES[scheme], value)
    guid = element.get("guid", "")
    if guid.startswith("plex://"):
        found["plex"] = guid.removeprefix("plex://")
    old = _OLD_AGENT.match(guid)
    if old:
        found.setdefault(_OLD_SCHEMES[old.group(1)], old.group(2))
    return tuple(ExternalId(scheme, value) for scheme, value in found.items())


def _vote(element: Element) -> float | None:
    """A general vote from 0 to 10. Rotten Tomatoes' figures are shares of approval, not votes, and are left out."""
    ratings: list[tuple[str, Mapping[str, str], str]] = [
        (element.get("audienceRatingImage", ""), element.attrib, "audienceRating"),
        (element.get("ratingImage", ""), element.attrib, "rating"),
    ]
    ratings += [(child.get("image", ""), child.attrib, "value") for child in element.iterfind("Rating")]
    for wanted in (*_VOTES, ""):
        for image, attributes, name in ratings:
            if image.startswith(wanted) if wanted else not image:
                value = _as_number(attributes.get(name), most=10.0)
                if value:
                    return value
    return None


def _files(element: Element) -> tuple[str, ...]:
    """Paths of the parts, as the server sees them."""
    return tuple(dict.fromkeys(file for part in element.iter("Part") if (file := part.get("file"))))


def _tags(element: Element, tag: str) -> tuple[str, ...]:
    names = (child.get("tag", "").strip() for child in element.iterfind(tag))
    return tuple(dict.fromkeys(name for name in names if name))


def _text(element: Element, name: str) -> str | None:
    return element.get(name, "").strip() or None


def _path(element: Element, name: str) -> str | None:
    """A path on the server; addresses elsewhere are left out, for a token must never follow them."""
    path = element.get(name, "")
    return path if path.startswith("/") and not path.startswith("//") else None


def _as_number(text: str | None, most: float = math.inf) -> float | None:
    """A number from 0 to ``most``; ``None`` for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0.0 <= value <= most and math.isfinite(value) else None


def _number(element: Element, name: str, most: float = math.inf) -> float | None:
    return _as_number(element.get(name), most)


def _whole(element: Element, name: str) -> int | None:
    value = _as_number(element.get(name))
    return None if value is None else int(value)


def _minutes(element: Element, name: str) -> float | None:
    value = _as_number(element.get(name))
    return value / 60_000 if value else None
