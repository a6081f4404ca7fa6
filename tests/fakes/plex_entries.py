"""The entries of a fake Plex server, and how each is written in Plex's XML: films, shows, episodes, albums and tracks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

EPOCH = 1_600_000_000
OWNER = "1"
"""The server's own number of whoever owns it, whatever plex.tv calls that account."""


@dataclass
class Episode:
    key: str
    season: int
    number: int
    watched: int = 0
    """How often the owner saw it."""
    view_offset: int = 0


@dataclass
class View:
    """What one account did with one entry. ``offset`` in milliseconds."""

    rating: float | None = None
    count: int = 0
    offset: int = 0
    last: int | None = None


@dataclass
class Album:
    """A record; the artist of it stands above its tracks."""

    key: str
    title: str
    artist: str
    artist_key: str
    year: int | None = None
    genres: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    studio: str = ""

    def xml(self, full: bool) -> str:
        about = {
            "ratingKey": self.key,
            "parentRatingKey": self.artist_key,
            "guid": f"plex://album/{int(self.key):024x}",
            "type": "album",
            "title": self.title,
            "parentTitle": self.artist,
            "studio": self.studio,
            "year": self.year,
            "addedAt": EPOCH,
            "updatedAt": EPOCH,
        }
        tags = _tags({"Genre": self.genres, "Style": self.styles, "Mood": self.moods}, full, cut=("Genre",))
        return f"<Directory{attributes(about)}>{tags}</Directory>"


@dataclass
class Track:
    """One track of an album as the server knows it."""

    key: str
    title: str
    album: Album
    number: int
    artist: str = ""
    """Where it is another than that of the album."""
    seconds: int = 200
    genres: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    guids: list[str] = field(default_factory=list)
    user_rating: float | None = None
    view_count: int = 0
    view_offset: int = 0
    skip_count: int = 0
    last_viewed_at: int | None = None
    added_at: int = EPOCH
    updated_at: int = EPOCH
    has_poster: bool = True
    near: list[tuple[str, float]] | None = None
    """Key and distance of tracks that sound alike; ``None`` when it was not analysed."""
    damage: str = ""
    kind = "track"

    @property
    def file(self) -> str:
        return f"/media/music/{self.album.artist}/{self.album.title}/{self.number:02d} {self.title}.flac"

    @property
    def content(self) -> bytes:
        """What stands in the file."""
        return random.Random(self.key).randbytes(150_000)

    def xml(self, full: bool, view: View | None = None) -> str:
        own = view or View(self.user_rating, self.view_count, self.view_offset, self.last_viewed_at)
        about = {
            "ratingKey": self.key,
            "key": f"/library/metadata/{self.key}",
            "parentRatingKey": self.album.key,
            "grandparentRatingKey": self.album.artist_key,
            "guid": f"plex://track/{int(self.key):024x}",
            "type": "track",
            "title": self.title,
            "grandparentTitle": self.album.artist,
            "parentTitle": self.album.title,
            "originalTitle": self.artist,
            "index": self.number,
            "parentIndex": 1,
            "parentYear": self.album.year,
            "thumb": f"/library/metadata/{self.key}/thumb/{EPOCH}" if self.has_poster else "",
            "duration": self.seconds * 1000,
            "userRating": own.rating,
            "viewCount": own.count or None,
            "lastViewedAt": own.last,
            "skipCount": self.skip_count or None,
            "addedAt": self.added_at,
            "updatedAt": self.updated_at,
        }
        tags = _tags({"Genre": self.genres, "Mood": self.moods if full else []}, full)
        ids = "".join(f"<Guid{attributes({'id': guid})} />" for guid in self.guids) if full else ""
        part = {
            "id": 5,
            "key": f"/library/parts/{self.key}/{EPOCH}/file.flac",
            "file": self.file,
            "container": "flac",
        }
        media = f'<Media id="4" audioCodec="flac"><Part{attributes(part)} /></Media>'
        return f"<Track{attributes(about)}>{tags}{ids}{media}</Track>"


@dataclass
class Title:
    """One film or show as the server knows it; ``None`` and empty leave no trace in its answers."""

    key: str
    kind: str
    title: str
    year: int | None = None
    minutes: int = 100
    summary: str = ""
    tagline: str = ""
    original_title: str = ""
    genres: list[str] = field(default_factory=list)
    directors: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    cast: list[tuple[str, str]] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    studio: str = ""
    content_rating: str = ""
    collection: str = ""
    guids: list[str] = field(default_factory=list)
    vote: tuple[str, float] | None = None
    user_rating: float | None = None
    view_count: int = 0
    view_offset: int = 0
    last_viewed_at: int | None = None
    added_at: int = EPOCH
    updated_at: int = EPOCH
    has_poster: bool = True
    episodes: list[Episode] = field(default_factory=list)
    damage: str = ""
    """"control": a control character in the summary; "broken": XML that cannot be read, "broken inside" only the full item's;
    "error": the server fails on the full item."""

    @property
    def watched_episodes(self) -> int:
        return sum(episode.watched > 0 for episode in self.episodes)

    @property
    def file(self) -> str:
        return f"/media/films/{self.title} ({self.year})/{self.title}.mkv"

    def unwatched(self) -> tuple[str, ...]:
        return tuple(f"S{e.season:02d}E{e.number:02d}" for e in self.episodes if not e.watched)

    def attributes(self, view: View | None = None, watched: int | None = None) -> dict[str, object]:
        """What both lists and full answers say; to another than the owner with that person's view of it."""
        show = self.kind == "show"
        own = view or View(self.user_rating, self.view_count, self.view_offset, self.last_viewed_at)
        seasons = {episode.season for episode in self.episodes}
        image, vote = self.vote or ("", 0.0)
        pairs: dict[str, object] = {
            "ratingKey": self.key,
            "key": f"/library/metadata/{self.key}" + ("/children" if show else ""),
            "guid": f"plex://{self.kind}/{int(self.key):024x}",
            "type": self.kind,
            "title": self.title,
            "originalTitle": self.original_title,
            "contentRating": self.content_rating,
            "summary": self.summary + ("\x0b" if self.damage == "control" else ""),
            "studio": self.studio,
            "year": self.year,
            "tagline": self.tagline,
            "thumb": f"/library/metadata/{self.key}/thumb/{self.updated_at}" if self.has_poster else "",
            "art": f"/library/metadata/{self.key}/art/{self.updated_at}",
            "duration": self.minutes * 60_000,
            "originallyAvailableAt": f"{self.year}-03-01" if self.year else "",
            "audienceRating": vote or None,
            "audienceRatingImage": image,
            "userRating": own.rating,
            "viewCount": own.count or None,
            "viewOffset": own.offset or None,
            "lastViewedAt": own.last,
            "addedAt": self.added_at,
            "updatedAt": self.updated_at,
        }
        if show:
            pairs |= {
                "childCount": len(seasons),
                "leafCount": len(self.episodes),
                "viewedLeafCount": self.watched_episodes if watched is None else watched,
            }
        return pairs

    def xml(self, full: bool, view: View | None = None, watched: int | None = None) -> str:
        """The element; a list shows two tags of each kind, three actors, and no ids, as the real server does."""
        tag = "Directory" if self.kind == "show" else "Video"
        some = (lambda values, _limit: values) if full else (lambda values, limit: values[:limit])
        parts = [f"<{tag}{attributes(self.attributes(view, watched))}>"]
        for name, values in (
            ("Genre", self.genres),
            ("Director", self.directors),
            ("Writer", self.writers),
            ("Country", self.countries),
            ("Collection", [self.collection] if self.collection else []),
        ):
            for number, value in enumerate(some(values, 2)):
                parts.append(f"<{name}{attributes({'id': 5000 + number if full else None, 'tag': value})} />")
        for number, (person, character) in enumerate(some(self.cast, 3)):
            ids = {"id": 9000 + number, "role": character} if full else {}
            parts.append(f"<Role{attributes({'tag': person, **ids})} />")
        if full:
            parts += [f"<Guid{attributes({'id': guid})} />" for guid in self.guids]
        if self.kind == "movie":
            parts.append(self._media(full))
        if self.damage == "broken" or (full and self.damage == "broken inside"):
            parts.append("<Genre tag=<&>")
        return "".join(parts) + f"</{tag}>"

    def _media(self, full: bool) -> str:
        stream = '<Stream id="3" streamType="1" codec="h264" />' if full else ""
        part = attributes(
            {"id": 2, "key": f"/library/parts/{self.key}/file.mkv", "file": self.file, "container": "mkv"}
        )
        return f'<Media id="1" videoResolution="1080"><Part{part}>{stream}</Part></Media>'


def attributes(pairs: dict[str, object]) -> str:
    """XML attributes of the values that are there."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in pairs.items() if value not in (None, ""))


def _tags(kinds: dict[str, list[str]], full: bool, cut: tuple[str, ...] = ("Genre", "Style", "Mood")) -> str:
    """Tags of each kind; a list shows two of them, and none of some."""
    return "".join(
        f"<{name}{attributes({'tag': value})} />"
        for name, values in kinds.items()
        for value in (values if full else values[:2] if name in cut else [])
    )


def episode_xml(show: Title, episode: Episode, view: View | None = None) -> str:
    own = view or View(None, int(episode.watched), episode.view_offset)
    return (
        "<Video"
        + attributes(
            {
                "ratingKey": episode.key,
                "key": f"/library/metadata/{episode.key}",
                "grandparentRatingKey": show.key,
                "grandparentTitle": show.title,
                "parentIndex": episode.season,
                "index": episode.number,
                "type": "episode",
                "title": f"Episode {episode.number}",
                "duration": show.minutes * 60_000,
                "userRating": own.rating,
                "viewCount": own.count or None,
                "viewOffset": own.offset or None,
                "lastViewedAt": own.last,
                "addedAt": show.added_at,
                "updatedAt": show.updated_at,
            }
        )
        + " />"
    )
