"""ListenBrainz' exports: what was listened to, and what was loved or hated."""

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
    number,
    played,
    rated,
    text,
)
from library.rating_scales import DISLIKED, FAVOURITE


def _told(found: object) -> Row:
    return found if isinstance(found, Mapping) else {}


def _subject(row: Row) -> Subject:
    track = _told(row.get("track_metadata"))
    more, mapped = _told(track.get("additional_info")), _told(track.get("mbid_mapping"))
    length = number(more.get("duration_ms"))
    return Subject(
        kind=MediaKind.TRACK,
        title=text(track, "track_name") or text(mapped, "recording_name"),
        artist=text(track, "artist_name") or None,
        album=text(track, "release_name") or None,
        runtime=length / 60_000.0 if length else None,
        ids=ids(
            musicbrainz=text(mapped, "recording_mbid") or text(more, "recording_mbid") or text(row, "recording_mbid")
        ),
    )


def _listen(row: Row, clues: Clues) -> Reading:
    subject = _subject(row)
    return played(subject, moment(row.get("listened_at"))) if subject.artist else LeftOut("names no artist")


def _feedback(row: Row, clues: Clues) -> Reading:
    subject, score = _subject(row), number(row.get("score"))
    if not subject.title:
        return LeftOut("names its track by a number alone")
    if not score:
        return LeftOut("is a heart that was taken back")
    return rated(subject, FAVOURITE if score > 0 else DISLIKED, "", moment(row.get("created")))


LAYOUTS = (
    Layout(
        source="listenbrainz",
        name="ListenBrainz listens",
        recognises=has("listened_at", "track_metadata"),
        read=_listen,
    ),
    Layout(
        source="listenbrainz", name="ListenBrainz feedback", recognises=has("score", "recording_msid"), read=_feedback
    ),
    Layout(
        source="listenbrainz", name="ListenBrainz feedback", recognises=has("score", "recording_mbid"), read=_feedback
    ),
)
