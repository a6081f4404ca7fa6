"""What the library is made of: items, the people in them, their ids elsewhere, and the places they can be found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class MediaKind(StrEnum):
    """The kinds of item; a film and a show of the same title are two items."""

    MOVIE = "movie"
    SHOW = "show"
    TRACK = "track"


class CreditRole(StrEnum):
    """What a person did for an item."""

    DIRECTOR = "director"
    WRITER = "writer"
    CREATOR = "creator"
    CAST = "cast"
    ARTIST = "artist"


@dataclass(frozen=True, slots=True)
class Credit:
    """One person's part in one item.

    :param position: place in the billing order within the role, from 0.
    """

    name: str
    role: CreditRole
    position: int = 0
    character: str | None = None


@dataclass(frozen=True, slots=True)
class ExternalId:
    """The name of an item elsewhere: scheme is "imdb", "tmdb", "tvdb", "musicbrainz" or "plex"."""

    scheme: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Description:
    """What is known about a title, whoever said it. ``None`` and empty mean *unknown*, never zero.

    :param runtime: minutes; for a show the usual length of an episode; for a track its length.
    :param vote_average: general vote from 0 to 10; ``vote_count`` is how many people voted.
    :param language: ISO 639-1 code of the main language.
    :param release_date: ISO 8601 date.
    :param status: of a show: "Continuing", "Ended" or "Canceled".
    :param artist: of a track; ``album`` and ``track_number`` likewise.
    :param moods: of music, as a server names them: "Wistful"; ``styles`` are finer than genres: "Dream Pop".
    """

    kind: MediaKind
    title: str
    original_title: str | None = None
    year: int | None = None
    end_year: int | None = None
    release_date: str | None = None
    runtime: float | None = None
    overview: str | None = None
    tagline: str | None = None
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    countries: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    language: str | None = None
    collection: str | None = None
    content_rating: str | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    popularity: float | None = None
    status: str | None = None
    seasons: int | None = None
    episodes: int | None = None
    artist: str | None = None
    album: str | None = None
    track_number: int | None = None
    external_ids: tuple[ExternalId, ...] = ()

    def people(self, *roles: CreditRole) -> tuple[str, ...]:
        """Names of the people in the given roles (all when none is given), in billing order."""
        wanted = [c for c in self.credits if not roles or c.role in roles]
        return tuple(dict.fromkeys(c.name for c in sorted(wanted, key=lambda c: c.position)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """What a media server knows about this person and an item. ``None`` means that it did not say.

    :param view_offset: minutes into a film that was stopped half way.
    :param last_viewed_at: seconds since the epoch; ``rated_at`` likewise.
    :param rating: the person's own rating on the server, from 0 to 10.
    :param liked: a thumb up or down; ``favourite`` a star or a heart.
    :param watched_episodes: of a show; ``unwatched`` names the others, as "S01E02", as far as known.
    """

    view_count: int | None = None
    view_offset: float | None = None
    last_viewed_at: float | None = None
    rating: float | None = None
    rated_at: float | None = None
    liked: bool | None = None
    favourite: bool | None = None
    watched_episodes: int | None = None
    unwatched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item can be found: one entry of one library of one media server.

    :param source_id: which source of the settings; ``library_key`` and ``key`` are that server's own names.
    :param poster: what the server needs to hand out the poster: a path on it; never holds a token.
    :param files: paths as the server sees them.
    :param version: changes when anything about the entry changed on the server.
    :param added_at: seconds since the epoch.
    """

    source_id: str
    library_key: str
    key: str
    version: str
    poster: str | None = None
    files: tuple[str, ...] = ()
    added_at: float | None = None
    viewing: Viewing = field(default_factory=Viewing)


@dataclass(frozen=True, kw_only=True)
class Item(Description):
    """One title of the library, wherever it lies.

    :param removed_at: seconds since the epoch when the last place vanished; ``None`` while it is there.
    :param added_at: seconds since the epoch when the library first met it.
    :param watched: whether a past that was brought along says that this person watched it.
    """

    id: int
    places: tuple[Place, ...] = ()
    added_at: float = 0.0
    removed_at: float | None = None
    watched: bool = False

    @property
    def seen(self) -> bool:
        """Whether some server, or the person's own past, says that they have watched it (all episodes, for a show)."""
        if self.watched and self.kind is not MediaKind.SHOW:
            return True
        for place in self.places:
            viewing = place.viewing
            if self.kind is MediaKind.SHOW:
                if self.episodes and (viewing.watched_episodes or 0) >= self.episodes:
                    return True
            elif viewing.view_count:
                return True
        return False
