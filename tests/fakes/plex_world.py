"""What the fake Plex server shows: films, shows and music made by rule, the same every time, so that answers are known."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.fakes.plex_entries import EPOCH, OWNER, Album, Episode, Title, Track, View

__all__ = ["EPOCH", "OWNER", "Album", "Episode", "Played", "PlexList", "Title", "Track", "View", "World", "make_world"]

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
MUSIC = ("Pop/Rock", "Electronic", "Jazz", "Folk", "Classical", "Soul", "Blues", "Ambient", "Country")
STYLES = ("Dream Pop", "Post-Punk", "Trip-Hop", "Bebop", "Chamber Pop", "Indie Folk", "Minimal Techno", "Shoegaze")
FEELINGS = ("Wistful", "Brooding", "Sparkling", "Restless", "Intimate", "Playful", "Nocturnal", "Reflective")
COUNTRIES = ("France", "Germany", "Italy", "Japan", "Sweden", "United Kingdom", "United States of America")
KEPT_APART = {"user_rating", "view_count", "view_offset", "last_viewed_at", "skip_count", "episodes", "damage", "near"}
"""What can change about an entry without a new time of change."""


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
