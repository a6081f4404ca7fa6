"""The music that the fake Subsonic server has: songs made by rule, and what each of its users did with them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH = 1_600_000_000
GENRES = ("Ambient", "Chiptune", "Folk", "Orchestral", "Rock", "Synthpop")
MOODS = ("Wistful", "Bright", "Driving", "Calm")
FIRST = ("Quiet", "Burning", "Last", "Hidden", "Golden", "Broken", "Distant", "Silver")
THINGS = ("Harbour", "Winter", "Letter", "Garden", "Station", "Mirror", "River", "Lantern")
BANDS = ("The Dahls", "Mira Kovac", "Lund & Berg", "Ines Costa", "Nordlys", "Haas Trio")


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass
class Song:
    """A song as the server keeps it; what users did with it is kept beside it."""

    key: str
    title: str
    artist: str = ""
    album: str = ""
    folder: str = "1"
    track: int = 0
    year: int = 0
    seconds: int = 0
    genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    musicbrainz: str = ""
    cover: str = ""
    size: int = 0
    created: float = 0.0
    video: bool = False

    @property
    def album_key(self) -> str:
        return f"al-{self.album}"

    @property
    def artist_key(self) -> str:
        return f"ar-{self.artist}"

    @property
    def path(self) -> str:
        return f"{self.artist}/{self.album}/{self.track:02d} {self.title}.ogg" if self.artist else f"{self.key}.ogg"


@dataclass
class Did:
    """What one user did with one song."""

    stars: int = 0
    starred: float = 0.0
    plays: int = 0
    played: float = 0.0


@dataclass
class Playlist:
    key: str
    name: str
    owner: str
    songs: list[str] = field(default_factory=list)
    comment: str = ""
    public: bool = False
    readonly: bool = False


@dataclass
class World:
    """Songs in folders, users and what they did, playlists."""

    songs: list[Song]
    folders: dict[str, str] = field(default_factory=lambda: {"1": "Music"})
    did: dict[tuple[str, str], Did] = field(default_factory=dict)
    playlists: dict[str, Playlist] = field(default_factory=dict)
    scanning: bool = False
    scanned_at: float = EPOCH
    made: int = 0

    def __post_init__(self) -> None:
        self.by_key = {song.key: song for song in self.songs}

    def find(self, key: str) -> Song | None:
        return self.by_key.get(key)

    def of(self, user: str, key: str) -> Did:
        return self.did.setdefault((user, key), Did())

    def touch(self, key: str, **changes: Any) -> Song:
        for name, value in changes.items():
            setattr(self.by_key[key], name, value)
        return self.by_key[key]

    def remove(self, key: str) -> None:
        self.songs.remove(self.by_key.pop(key))
        self.scanned_at += 1

    def add_playlist(self, name: str, owner: str, songs: list[str], **more: Any) -> Playlist:
        self.made += 1
        made = Playlist(f"pl-{self.made}", name, owner, list(songs), **more)
        self.playlists[made.key] = made
        return made

    def dump(self) -> str:
        """Everything that can be written to, in one way only; the server's own numbers of lists are left out."""
        lists = sorted(
            [one.owner, one.name, one.comment, one.public, one.readonly, one.songs] for one in self.playlists.values()
        )
        marks = sorted(
            [user, key, did.stars, bool(did.starred), did.plays]
            for (user, key), did in self.did.items()
            if did.stars or did.starred or did.plays
        )
        return json.dumps({"lists": lists, "marks": marks}, sort_keys=True)


def make_world(songs: int, user: str = "ada", seed: int = 1) -> World:
    """So many songs, the same every time; about a third of them were heard, rated or starred by the user."""
    rng = random.Random(seed)
    world = World([_song(number, rng) for number in range(songs)])
    for song in world.songs:
        if rng.random() < 0.35:
            did = world.of(user, song.key)
            did.stars = rng.choice((0, 1, 3, 4, 5))
            did.starred = float(EPOCH + rng.randrange(10**6)) if rng.random() < 0.4 else 0.0
            did.plays = rng.randrange(30)
            did.played = float(EPOCH + rng.randrange(10**6)) if did.plays else 0.0
    return world


def _song(number: int, rng: random.Random) -> Song:
    band = BANDS[number // 24 % len(BANDS)]
    album = f"{FIRST[number // 12 % len(FIRST)]} {THINGS[number // 12 // len(FIRST) % len(THINGS)]} {number // 768 + 1}"
    return Song(
        key=f"so-{number + 1000}",
        title=f"{rng.choice(FIRST)} {rng.choice(THINGS)} {number}",
        artist=band,
        album=album,
        track=number % 12 + 1,
        year=1970 + number // 12 % 50,
        seconds=rng.randrange(90, 400),
        genres=tuple(rng.sample(GENRES, 2)),
        moods=tuple(rng.sample(MOODS, rng.randrange(3))),
        writers=(rng.choice(BANDS),) if number % 5 == 0 else (),
        musicbrainz=f"{number:08x}-0000-4000-8000-000000000000" if number % 3 else "",
        cover=f"al-{number // 12}" if number % 7 else "",
        size=rng.randrange(10**6, 10**7),
        created=float(EPOCH + number),
    )
