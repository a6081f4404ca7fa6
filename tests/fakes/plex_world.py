"""The library that the fake Plex server shows: films and shows made by rule, the same every time, so that answers are known."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

EPOCH = 1_600_000_000
OWNER = "1"
"""The server's own number of whoever owns it, whatever plex.tv calls that account."""
DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
GENRES = (
    "Action",
    "Comedy",
    "Crime",
    "Drama",
    "Fantasy",
    "Horror",
    "Mystery",
    "Romance",
    "Science Fiction",
    "Thriller",
)
FIRST = (
    "Ada",
    "Bruno",
    "Clara",
    "Dario",
    "Elin",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Karin",
    "Leo",
    "Mira",
    "Nils",
)
LAST = (
    "Abel",
    "Berg",
    "Costa",
    "Dahl",
    "Ekman",
    "Fontaine",
    "Grimm",
    "Haas",
    "Ito",
    "Jansen",
    "Kovac",
    "Lund",
    "Moreau",
)
THINGS = (
    "Harbour",
    "Winter",
    "Letter",
    "Garden",
    "Station",
    "Mirror",
    "River",
    "Lantern",
    "Orchard",
    "Bridge",
    "Signal",
)
MOODS = ("Quiet", "Burning", "Last", "Hidden", "Golden", "Broken", "Distant", "Silver", "Empty", "Northern", "Second")
KEPT_APART = {"user_rating", "view_count", "view_offset", "last_viewed_at", "skip_count", "episodes", "damage", "near"}
"""What can change about an entry without a new time of change."""
MUSIC = ("Pop/Rock", "Electronic", "Jazz", "Folk", "Classical", "Soul", "Blues", "Ambient", "Country")
STYLES = ("Dream Pop", "Post-Punk", "Trip-Hop", "Bebop", "Chamber Pop", "Indie Folk", "Minimal Techno", "Shoegaze")
FEELINGS = ("Wistful", "Brooding", "Sparkling", "Restless", "Intimate", "Playful", "Nocturnal", "Reflective")
COUNTRIES = ("France", "Germany", "Italy", "Japan", "Sweden", "United Kingdom", "United States of America")


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


@dataclass
class PlexList:
    """A playlist or a collection: ``items`` are its own number of each entry, and the entry's key."""

    key: str
    title: str
    kind: str
    items: list[tuple[str, str]] = field(default_factory=list)
    summary: str = ""
    smart: bool = False
    owner: str = OWNER
    section: str = ""
    sort: int = 0
    locked: bool = False


@dataclass
class Played:
    """A line of the history; ``key`` is empty when the entry is gone from the server."""

    key: str
    at: int
    account: str = OWNER


@dataclass
class World:
    """Sections by key; each a list of titles in the order the server shows them."""

    films: list[Title]
    shows: list[Title]
    name: str = "Fake Plex"
    machine: str = "fa4e0000000000000000000000000000000000c1"
    version: str = "1.41.0.8994-fa4e"
    tracks: list[Track] = field(default_factory=list)
    albums: list[Album] = field(default_factory=list)
    history: list[Played] = field(default_factory=list)
    playlists: list[PlexList] = field(default_factory=list)
    collections: list[PlexList] = field(default_factory=list)
    views: dict[tuple[str, str], View] = field(default_factory=dict)
    """What accounts other than the owner did: account and key -> view."""
    clock: int = EPOCH + 1_000_000
    stirred: int = 0
    """How often the content changed, as the sections tell it."""
    _index: dict[str, Any] = field(default_factory=dict)
    _indexed: tuple[int, ...] = ()
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(500_001))

    def sections(self) -> dict[str, tuple[str, str, list]]:
        """Key of the section -> its title, type and content; the last holds photographs, which nobody asked for."""
        music = {"3": ("Music", "artist", self.tracks)} if self.tracks else {}
        return {
            "1": ("Films", "movie", self.films),
            "2": ("Shows", "show", self.shows),
            **music,
            "4": ("Holidays", "photo", []),
        }

    def section_of(self, key: str) -> str:
        """Key of the section that an entry lies in."""
        found = self.lookup(key)
        if isinstance(found, (Track, Album)):
            return "3"
        return "1" if isinstance(found, Title) and found.kind == "movie" else "2"

    def find(self, key: str) -> Title | Track | None:
        """A film, a show or a track."""
        found = self.lookup(key)
        return found if isinstance(found, (Title, Track)) else None

    def lookup(self, key: str) -> Title | Track | Album | tuple[Title, Episode] | None:
        """Whatever has this key; an episode with its show."""
        sizes = (len(self.films), len(self.shows), len(self.tracks))
        if sizes != self._indexed or key not in self._index:
            self._indexed = sizes
            self._index = {entry.key: entry for entry in (*self.films, *self.shows, *self.tracks, *self.albums)}
            self._index |= {e.key: (show, e) for show in self.shows for e in show.episodes}
        return self._index.get(key)

    def number(self) -> str:
        """A number that the server has not given before."""
        return str(next(self._numbers))

    def view(self, account: str, key: str) -> View:
        """What an account did with an entry."""
        if account != OWNER:
            return self.views.get((account, key), View())
        found = self.lookup(key)
        if isinstance(found, tuple):
            return View(None, int(found[1].watched), found[1].view_offset)
        assert isinstance(found, (Title, Track))
        return View(found.user_rating, found.view_count, found.view_offset, found.last_viewed_at)

    def see(self, account: str, key: str, **changes: Any) -> None:
        """Change what an account did with an entry: rating, count, offset, last."""
        view = replace(self.view(account, key), **changes)
        found = self.lookup(key)
        if account != OWNER:
            self.views[account, key] = view
            if view == View():
                del self.views[account, key]
        elif isinstance(found, tuple):
            found[1].watched, found[1].view_offset = view.count, view.offset
        elif isinstance(found, (Title, Track)):
            found.user_rating, found.view_count, found.view_offset = view.rating, view.count, view.offset
            found.last_viewed_at = view.last

    def watched_by(self, account: str, show: Title) -> int:
        """How many episodes of a show an account saw."""
        return sum(self.view(account, episode.key).count > 0 for episode in show.episodes)

    def touch(self, key: str, **changes: object) -> Title | Track:
        """Change a title as a person would in Plex: what is named, and the time of the change."""
        title = self.find(key)
        assert title is not None, f"there is no entry {key}"
        for name, value in changes.items():
            assert hasattr(title, name), name
            setattr(title, name, value)
        if not set(changes) <= KEPT_APART:
            title.updated_at += 60
            self.stirred += 1
        self._indexed = ()
        return title

    def remove(self, key: str) -> None:
        for entries in (self.films, self.shows, self.tracks):
            entries[:] = [entry for entry in entries if entry.key != key]
        self._indexed = ()
        self.stirred += 1

    def dump(self) -> str:
        """Everything that a person can see or change, in a fixed form; not the moments and numbers the server gives itself."""
        said = {
            "views": {
                f"{OWNER} {entry.key}": [v.rating, v.count, v.offset]
                for entry in (*self.films, *self.shows, *self.tracks)
                if (v := self.view(OWNER, entry.key))
            },
            "episodes": {e.key: [int(e.watched), e.view_offset] for show in self.shows for e in show.episodes},
            "others": {" ".join(who): [v.rating, v.count, v.offset] for who, v in self.views.items()},
            "playlists": sorted(_said(found) for found in self.playlists),
            "collections": sorted(_said(found) for found in self.collections),
            "history": [[played.key, played.at, played.account] for played in self.history],
        }
        return json.dumps(said, sort_keys=True, indent=1)


def _said(found: PlexList) -> list[object]:
    about = [found.title, found.kind, found.summary, found.smart, found.owner, found.section, found.sort, found.locked]
    keys = [key for _, key in found.items]
    return [*about, sorted(keys) if found.section and found.sort != 2 else keys]


def make_world(movies: int = 20, shows: int = 0, seed: int = 1, tracks: int = 0) -> World:
    """Films and shows: first those of the demo library where it is there, then invented ones. Music is all invented."""
    chance = random.Random(seed)
    films = [
        _film(str(1000 + n), n, fact, chance) for n, fact in zip(range(movies), _facts("films_*.jsonl"), strict=False)
    ]
    films += [_film(str(1000 + n), n, {}, chance) for n in range(len(films), movies)]
    series = [
        _show(str(100_000 + n), n, fact, chance) for n, fact in zip(range(shows), _facts("shows.jsonl"), strict=False)
    ]
    series += [_show(str(100_000 + n), n, {}, chance) for n in range(len(series), shows)]
    albums, songs = _music(tracks, random.Random(seed + 1))
    return World(films, series, tracks=songs, albums=albums)


def _music(count: int, chance: random.Random) -> tuple[list[Album], list[Track]]:
    """Albums of 12 tracks; every fifth is a compilation, on which each track has an artist of its own."""
    albums, tracks = [], []
    while len(tracks) < count:
        number = len(albums)
        album = Album(
            key=str(200_000 + number),
            title=f"{chance.choice(MOODS)} {chance.choice(THINGS)} {number}",
            artist="Various Artists" if number % 5 == 4 else f"The {chance.choice(THINGS)}s {number // 3}",
            artist_key=str(300_000 + number // 3),
            year=1960 + number % 60,
            genres=chance.sample(MUSIC, 3),
            styles=chance.sample(STYLES, 3),
            moods=["Searching"],
            studio=f"{chance.choice(LAST)} Records",
        )
        albums.append(album)
        for place in range(1, min(12, count - len(tracks)) + 1):
            tracks.append(_track(len(tracks), place, album, chance))
    return albums, tracks


def _track(number: int, place: int, album: Album, chance: random.Random) -> Track:
    plays = number % 4
    return Track(
        key=str(1_000_000 + number),
        title=f"{chance.choice(MOODS)} {chance.choice(THINGS)}" + (f" {number}" if number % 10 else ""),
        album=album,
        number=place,
        artist=_name(chance) if album.artist == "Various Artists" else "",
        seconds=chance.randint(90, 420),
        genres=[chance.choice(MUSIC)] if number % 10 == 0 else [],
        moods=chance.sample(FEELINGS, 3) if number % 2 else [],
        guids=[f"mbid://{number:08x}-0000-4000-8000-000000000000"] if number % 3 else [],
        user_rating=float(chance.randint(2, 10)) if number % 20 == 0 else None,
        view_count=plays,
        last_viewed_at=EPOCH + number if plays else None,
        skip_count=number % 3,
        added_at=EPOCH + number,
    )


def _facts(pattern: str) -> list[dict[str, object]]:
    lines = (line for path in sorted(DEMO.glob(pattern)) for line in path.read_text("utf-8").splitlines())
    return [json.loads(line) for line in lines if line.strip()]


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def _film(key: str, number: int, fact: dict, chance: random.Random) -> Title:
    title = fact.get("title") or f"The {chance.choice(MOODS)} {chance.choice(THINGS)} {number}"
    year = fact.get("year") or chance.randint(1930, 2024)
    cast = fact.get("cast") or [_name(chance) for _ in range(6)]
    watched = number % 3 == 0
    return Title(
        key=key,
        kind="movie",
        title=title,
        year=year,
        minutes=fact.get("runtime") or chance.randint(75, 190),
        summary=fact.get("overview") or f"A story of a {chance.choice(THINGS).lower()} and those who come back to it.",
        original_title=fact.get("original_title") or "",
        genres=fact.get("genres") or chance.sample(GENRES, 3),
        directors=fact.get("directors") or [_name(chance)],
        writers=fact.get("writers") or [_name(chance), _name(chance)],
        cast=[(person, f"Part {place + 1}") for place, person in enumerate(dict.fromkeys(cast))],
        countries=fact.get("countries") or [chance.choice(COUNTRIES)],
        studio=f"{chance.choice(LAST)} Pictures",
        content_rating=chance.choice(("G", "PG", "PG-13", "R")),
        collection=fact.get("collection") or "",
        guids=[f"imdb://tt9{number:06d}", f"tmdb://{900_000 + number}"],
        vote=("imdb://image.rating", round(chance.uniform(4.0, 9.0), 1)),
        user_rating=float(chance.randint(2, 10)) if number % 5 == 0 else None,
        view_count=1 if watched else 0,
        last_viewed_at=EPOCH + number * 3600 if watched else None,
        view_offset=20 * 60_000 if number % 7 == 1 else 0,
        added_at=EPOCH + number * 60,
    )


def _show(key: str, number: int, fact: dict, chance: random.Random) -> Title:
    seasons = chance.randint(1, 4)
    per_season = chance.randint(4, 8)
    watched = (0, seasons * per_season, chance.randint(1, 5))[number % 3]
    numbers = [(s, e) for s in range(1, seasons + 1) for e in range(1, per_season + 1)]
    episodes = [Episode(f"{key}{n:03d}", s, e, n < watched) for n, (s, e) in enumerate(numbers)]
    show = _film(key, number, fact, chance)
    show.kind, show.episodes, show.directors, show.writers = "show", episodes, [], []
    show.guids = [f"tvdb://{700_000 + number}", f"tmdb://{800_000 + number}"]
    show.minutes, show.view_offset, show.view_count = fact.get("runtime") or 45, 0, watched
    show.title = fact.get("title") or f"{chance.choice(THINGS)} Street {number}"
    return show
