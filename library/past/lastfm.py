"""Last.fm's scrobbles and loved tracks, as the usual tools write them: there is no export of Last.fm's own."""

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
    ids,
    moment,
    played,
    rated,
    text,
    utc_moment,
)
from library.rating_scales import FAVOURITE


def _named(value: object) -> str:
    """A name, which is an object with the name in it in some exports."""
    if isinstance(value, Mapping):
        return text(value, "#text", "name")
    return str(value or "").strip()


def _mbid(value: object) -> str:
    return text(value, "mbid") if isinstance(value, Mapping) else ""


def _subject(row: Row) -> Subject:
    track = row.get("track") or row.get("name")
    return Subject(
        kind=MediaKind.TRACK,
        title=_named(track),
        artist=_named(row.get("artist")) or None,
        album=_named(row.get("album")) or None,
        ids=ids(musicbrainz=text(row, "track_mbid", "mbid") or _mbid(track)),
    )


def _when(row: Row) -> float | None:
    date = row.get("date")
    if isinstance(date, Mapping):
        return moment(date.get("uts")) or utc_moment(text(date, "#text"))
    dated = next((value for name, value in row.items() if name.startswith("date#")), None)
    return moment(row.get("uts")) or utc_moment(row.get("utc_time")) or utc_moment(date if dated is None else dated)


def _scrobble(row: Row, clues: Clues) -> Reading:
    attributes = row.get("@attr")
    if isinstance(attributes, Mapping) and attributes.get("nowplaying"):
        return LeftOut("was playing when the file was made, and has no date")
    subject = _subject(row)
    if not subject.artist:
        return LeftOut("names no artist")
    if "loved" in clues.name:
        return rated(subject, FAVOURITE, "loved", _when(row))
    return played(subject, _when(row))


def _unpack(document: Row) -> list[Row]:
    """The scrobbles within one document, whichever tool wrote it."""
    for name in ("scrobbles", "recenttracks", "lovedtracks", "track"):
        found = document.get(name)
        if isinstance(found, Mapping):
            return _unpack(found)
        if isinstance(found, list):
            return [row for row in found if isinstance(row, Mapping)]
    return []


def _is_scrobble(columns: frozenset[str]) -> bool:
    dated = bool(columns & {"uts", "date", "utc_time"}) or any(name.startswith("date#") for name in columns)
    return "artist" in columns and bool(columns & {"track", "name"}) and dated and "msplayed" not in columns


def _is_document(columns: frozenset[str]) -> bool:
    return bool(columns & {"scrobbles", "recenttracks", "lovedtracks"})


def _fits(fields: tuple[str, ...]) -> bool:
    return len(fields) == 4 and bool(fields[0]) and utc_moment(fields[3]) is not None


LAYOUTS = (
    Layout(source="lastfm", name="Last.fm scrobbles", recognises=_is_scrobble, read=_scrobble),
    Layout(source="lastfm", name="Last.fm scrobbles", recognises=_is_document, read=_scrobble, unpack=_unpack),
    Layout(
        source="lastfm",
        name="Last.fm scrobbles",
        recognises=has("no such column"),
        read=_scrobble,
        headings=("artist", "album", "track", "date"),
        fits=_fits,
    ),
)
