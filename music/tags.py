"""What the tags of a music file say: title, artist, album, year, genres, length. Fits ``library.sources.TagReader``."""

from __future__ import annotations

import math
import os
import re
import struct
from collections.abc import Iterator
from typing import Any

from library.errors import AudioError
from library.sources import TrackTags

# The same fact under the names of Vorbis comments (also mutagen's "easy" view of MP3 and MP4), ID3 frames and Windows Media.
_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "TIT2", "Title"),
    "artist": ("artist", "TPE1", "Author"),
    "album": ("album", "TALB", "WM/AlbumTitle"),
    "album_artist": ("albumartist", "album artist", "TPE2", "WM/AlbumArtist"),
    "track": ("tracknumber", "track", "TRCK", "WM/TrackNumber"),
    "date": (
        "originaldate",
        "originalyear",
        "TDOR",
        "TORY",
        "date",
        "year",
        "TDRC",
        "TYER",
        "WM/OriginalReleaseYear",
        "WM/Year",
    ),
    "genre": ("genre", "TCON", "WM/Genre"),
    "musicbrainz": ("musicbrainz_trackid", "UFID:http://musicbrainz.org", "MusicBrainz/Track Id"),
}
_SAYS_NOTHING = {
    "",
    "unknown",
    "<unknown>",
    "none",
    "unknown artist",
    "unknown album",
    "unknown title",
    "untitled",
    "genre",
}
_BROKEN_FILE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, struct.error)


def read_tags(path: str) -> TrackTags:
    """Tags and length of the music file at ``path``.

    :raises AudioError: when it cannot be read, or is not a sound file in truth.
    """
    import mutagen

    name = os.fsencode(os.path.basename(path)).decode("utf-8", "replace")
    try:
        if os.path.getsize(path) == 0:
            raise AudioError(f"“{name}” is an empty file.")
        sound = mutagen.File(path, easy=True)
    except (mutagen.MutagenError, *_BROKEN_FILE) as error:
        cause = error.__context__ if isinstance(error.__context__, OSError) else error
        if isinstance(cause, OSError) and cause.strerror:
            raise AudioError(f"“{name}” cannot be read: {cause.strerror}.") from error
        raise AudioError(f"“{name}” is not a sound file, or it is damaged.") from error
    if sound is None or (sound.tags is None and getattr(sound.info, "sketchy", False)):
        raise AudioError(f"“{name}” is not a sound file.")
    return TrackTags(
        title=_first(sound, "title"),
        artist=_first(sound, "artist"),
        album=_first(sound, "album"),
        album_artist=_first(sound, "album_artist"),
        track_number=_leading_number(_first(sound, "track")),
        year=_year(sound),
        genres=_genres(sound),
        duration=_duration(sound),
        musicbrainz_id=_first(sound, "musicbrainz"),
    )


def _values(sound: Any, fact: str) -> Iterator[str]:
    """Everything the tags say about one fact, as clean text, the most telling name first."""
    for name in _NAMES[fact]:
        try:
            value = sound.tags[name] if sound.tags is not None else None
        except _BROKEN_FILE:
            continue
        for text in _texts(value):
            clean = " ".join(text.replace("\0", " ").split()).encode("utf-8", "replace").decode()
            if clean.casefold() not in _SAYS_NOTHING:
                yield clean


def _texts(value: Any) -> Iterator[str]:
    """The texts within a tag, which is a list, an ID3 frame, an APE value, or plain."""
    if value is None:
        return
    if isinstance(value, str):
        yield from value.split("\0")
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(getattr(value, "genres", None), list):
        yield from value.genres
    elif hasattr(value, "data") and isinstance(value.data, bytes):
        yield value.data.decode("ascii", "replace")
    elif isinstance(getattr(value, "text", None), list):
        yield from (str(part) for part in value.text)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    else:
        yield str(value)


def _first(sound: Any, fact: str) -> str | None:
    return next(_values(sound, fact), None)


def _leading_number(text: str | None) -> int | None:
    """3 of "3/12"."""
    match = re.match(r"\s*(\d{1,4})\b", text or "")
    return int(match[1]) or None if match else None


def _year(sound: Any) -> int | None:
    for text in _values(sound, "date"):
        match = re.search(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)", text[:10]) or re.match(
            r"(1[4-9]\d\d|20\d\d)\d{4}$", text
        )
        if match:
            return int(match[1])
    return None


def _genres(sound: Any) -> tuple[str, ...]:
    found = (part.strip() for text in _values(sound, "genre") for part in re.split(r"[;|]| / |, ", text))
    spellings: dict[str, str] = {}
    for genre in found:
        if genre.casefold() not in _SAYS_NOTHING:
            spellings.setdefault(genre.casefold(), genre)
    return tuple(spellings.values())


def _duration(sound: Any) -> float | None:
    length = getattr(sound.info, "length", None)
    if not isinstance(length, int | float) or not math.isfinite(length) or length <= 0:
        return None
    return float(length)
