"""Subsonic's songs, mapped to our own words. What a server does not say stays unknown; nothing is invented."""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.rating_scales import from_stars
from library.sources import Entry, ServerItem

MAPPING = "1"
"""Part of every version: when the mapping below learns something new, this moves on and everything is read again."""

Song = Mapping[str, Any]
_VERSION_PARTS = (
    "title",
    "artist",
    "displayArtist",
    "artists",
    "contributors",
    "album",
    "track",
    "year",
    "genre",
    "genres",
    "moods",
    "musicBrainzId",
    "coverArt",
    "path",
    "size",
    "duration",
    "created",
    "starred",
    "userRating",
    "playCount",
    "played",
)
_WRITERS = ("composer", "lyricist", "songwriter")
_UNKNOWN = {"[unknown album]", "[unknown artist]", "[unknown]", "<unknown>"}


def entry_of(song: Song) -> Entry | None:
    """A line of a list; ``None`` for a film or a folder among the songs, and for a line without a key."""
    key = song_key(song)
    if not key or _is(song, "isVideo") or _is(song, "isDir"):
        return None
    return Entry(key, version_of(song))


def song_key(song: Song) -> str:
    """The server's name of a song; empty when it has none."""
    value = song.get("id")
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def version_of(song: Song) -> str:
    """Changes with the tags and the file, and when the song was heard, rated or starred."""
    parts = [song.get(name) for name in _VERSION_PARTS]
    text = json.dumps([part or None for part in parts], sort_keys=True, ensure_ascii=False, default=str)
    return f"{MAPPING}:{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"


def server_item(song: Song, entry: Entry) -> ServerItem:
    """A song as an item of a library of tracks."""
    artist = _known(_text(song, "displayArtist") or _text(song, "artist"))
    return ServerItem(
        key=entry.key,
        version=entry.version,
        kind=MediaKind.TRACK,
        title=_text(song, "title") or "Untitled",
        year=_whole(song, "year") or None,
        runtime=_minutes(song),
        genres=_names(song, "genres") or tuple(filter(None, (_text(song, "genre"),))),
        moods=_names(song, "moods"),
        credits=_credits(song, artist),
        artist=artist,
        album=_known(_text(song, "album")),
        track_number=_whole(song, "track") or None,
        external_ids=_external_ids(song),
        poster=_text(song, "coverArt"),
        files=_files(song),
        added_at=_moment(song, "created"),
        viewing=viewing_of(song),
    )


def viewing_of(song: Song) -> Viewing:
    """What this account heard, rated and starred. A missing star is no star; skips are not kept by any of these servers."""
    return Viewing(
        view_count=_whole(song, "playCount"),
        last_viewed_at=_moment(song, "played"),
        rating=from_stars(_whole(song, "userRating") or 0),
        favourite=bool(song.get("starred")),
    )


class KeptSongs:
    """The songs of a listing, packed, so that they need not be asked for a second time."""

    def __init__(self) -> None:
        self._packs: list[tuple[frozenset[str], bytes]] = []

    def keep(self, songs: Sequence[Song]) -> None:
        """Pack some more."""
        if songs:
            packed = zlib.compress(json.dumps(songs, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
            self._packs.append((frozenset(map(song_key, songs)), packed))

    def find(self, keys: Container[str]) -> Iterator[list[Song]]:
        """Those of the songs that have one of these keys, pack by pack."""
        for names, packed in self._packs:
            if any(name in keys for name in names):
                songs = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
                yield [song for song in songs if song_key(song) in keys]


def _credits(song: Song, artist: str | None) -> tuple[Credit, ...]:
    """The artists, and who wrote it where the server says so; each name once per role."""
    artists = _names(song, "artists") or tuple(filter(None, (artist,)))
    writers = [
        _text(person, "name")
        for line in _rows(song, "contributors")
        if str(line.get("role", "")).lower() in _WRITERS and isinstance(person := line.get("artist"), dict)
    ]
    credits = [Credit(name, CreditRole.ARTIST, place) for place, name in enumerate(artists)]
    names = dict.fromkeys(name for name in writers if name)
    return (*credits, *(Credit(name, CreditRole.WRITER, place) for place, name in enumerate(names)))


def _files(song: Song) -> tuple[str, ...]:
    """The path, as if the music folder were the root where the server says it from there on: so it can be mapped to a disk."""
    path = _text(song, "path")
    if not path:
        return ()
    return (path if path.startswith(("/", "\\")) or path[1:2] == ":" else f"/{path}",)


def _external_ids(song: Song) -> tuple[ExternalId, ...]:
    found = _text(song, "musicBrainzId")
    return (ExternalId("musicbrainz", found),) if found else ()


def _rows(song: Song, name: str) -> list[Mapping[str, Any]]:
    value = song.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _names(song: Song, name: str) -> tuple[str, ...]:
    """Names in a list of names, or of things that have one."""
    value = song.get(name)
    rows = value if isinstance(value, list) else []
    texts = (row.get("name") if isinstance(row, dict) else row for row in rows)
    return tuple(dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip()))


def _text(song: Song, name: str) -> str | None:
    value = song.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _known(name: str | None) -> str | None:
    """A name, unless it is what a server writes when it knows none."""
    return None if name is None or name.lower() in _UNKNOWN else name


def _number(song: Song, name: str) -> float | None:
    """A number from 0 up; some servers write numbers as texts."""
    value = song.get(name)
    try:
        number = float(value) if isinstance(value, (int, float, str)) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _whole(song: Song, name: str) -> int | None:
    number = _number(song, name)
    return None if number is None else int(number)


def _minutes(song: Song) -> float | None:
    seconds = _number(song, "duration")
    return seconds / 60 if seconds else None


def _moment(song: Song, name: str) -> float | None:
    """Seconds since the epoch; a time without a zone is taken for UTC."""
    text = _text(song, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return seconds if seconds > 0 else None


def _is(song: Song, name: str) -> bool:
    return song.get(name) in (True, "true")
