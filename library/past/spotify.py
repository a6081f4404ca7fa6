"""Spotify's exports: the streaming history, short and extended, and the library."""

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
    has,
    number,
    played,
    rated,
    text,
    utc_moment,
)
from library.rating_scales import DISLIKED, LIKED

LEAST_MILLISECONDS = 30_000
_SHORT = LeftOut("was played for less than half a minute")
_SPOKEN = LeftOut("is an episode of a podcast or a chapter of a book")
_NAMES = {"albums": "an album", "shows": "a podcast", "episodes": "an episode of a podcast", "artists": "an artist"}


def _streamed(row: Row, clues: Clues) -> Reading:
    """A line of the short history."""
    if text(row, "podcastname", "episodename", "podcastName", "episodeName"):
        return _SPOKEN
    subject = _track(text(row, "trackname"), text(row, "artistname"), "")
    return _played(subject, number(row.get("msplayed")), utc_moment(row.get("endtime")))


def _streamed_long(row: Row, clues: Clues) -> Reading:
    """A line of the extended history."""
    if text(row, "episode_name", "audiobook_title", "audiobook_chapter_title"):
        return _SPOKEN
    subject = _track(
        text(row, "master_metadata_track_name"),
        text(row, "master_metadata_album_artist_name"),
        text(row, "master_metadata_album_album_name"),
    )
    return _played(subject, number(row.get("ms_played")), utc_moment(row.get("ts")))


def _played(subject: Subject, milliseconds: float | None, at: float | None) -> Reading:
    if subject.title and milliseconds is not None and milliseconds < LEAST_MILLISECONDS:
        return _SHORT
    return played(subject, at) if subject.artist or not subject.title else LeftOut("names no artist")


def _track(title: str, artist: str, album: str) -> Subject:
    return Subject(kind=MediaKind.TRACK, title=title, artist=artist or None, album=album or None)


def _unpack(document: Row) -> list[Row]:
    """Everything in the library, each with the name of the list that it is in."""
    return [
        {**row, "in list": name} if isinstance(row, Mapping) else {"in list": name}
        for name, found in document.items()
        if isinstance(found, list)
        for row in found
    ]


def _kept(row: Row, clues: Clues) -> Reading:
    """One entry of the library: a song there is liked, a banned one is not."""
    where = text(row, "in list")
    if where not in ("tracks", "bannedtracks"):
        return LeftOut(f"is {_NAMES.get(where, 'something else than a song')}, and only songs are taken")
    subject = _track(text(row, "track", "name"), text(row, "artist"), text(row, "album"))
    if subject.title and not subject.artist:
        return LeftOut("names no artist")
    return rated(subject, LIKED if where == "tracks" else DISLIKED, "", None)


LAYOUTS = (
    Layout(source="spotify", name="Spotify history", recognises=has("endtime", "msplayed"), read=_streamed),
    Layout(source="spotify", name="Spotify extended history", recognises=has("ts", "ms_played"), read=_streamed_long),
    Layout(source="spotify", name="Spotify library", recognises=has("tracks", "albums"), read=_kept, unpack=_unpack),
)
