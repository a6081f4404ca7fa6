"""The library that the fake Plex server shows: films and shows made by rule, the same every time, so that answers are known."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

EPOCH = 1_600_000_000
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
COUNTRIES = ("France", "Germany", "Italy", "Japan", "Sweden", "United Kingdom", "United States of America")


@dataclass
class Episode:
    key: str
    season: int
    number: int
    watched: bool = False


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
        return sum(episode.watched for episode in self.episodes)

    @property
    def file(self) -> str:
        return f"/media/films/{self.title} ({self.year})/{self.title}.mkv"

    def unwatched(self) -> tuple[str, ...]:
        return tuple(f"S{e.season:02d}E{e.number:02d}" for e in self.episodes if not e.watched)

    def attributes(self) -> dict[str, object]:
        """What both lists and full answers say."""
        show = self.kind == "show"
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
            "userRating": self.user_rating,
            "viewCount": self.view_count or None,
            "viewOffset": self.view_offset or None,
            "lastViewedAt": self.last_viewed_at,
            "addedAt": self.added_at,
            "updatedAt": self.updated_at,
        }
        if show:
            pairs |= {
                "childCount": len(seasons),
                "leafCount": len(self.episodes),
                "viewedLeafCount": self.watched_episodes,
            }
        return pairs

    def xml(self, full: bool) -> str:
        """The element; a list shows two tags of each kind, three actors, and no ids, as the real server does."""
        tag = "Directory" if self.kind == "show" else "Video"
        some = (lambda values, _limit: values) if full else (lambda values, limit: values[:limit])
        parts = [f"<{tag}{attributes(self.attributes())}>"]
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


def episode_xml(show: Title, episode: Episode) -> str:
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
                "viewCount": 1 if episode.watched else None,
                "addedAt": show.added_at,
                "updatedAt": show.updated_at,
            }
        )
        + " />"
    )


@dataclass
class World:
    """Sections by key; each a list of titles in the order the server shows them."""

    films: list[Title]
    shows: list[Title]
    name: str = "Fake Plex"
    machine: str = "fa4e0000000000000000000000000000000000c1"
    version: str = "1.41.0.8994-fa4e"

    def sections(self) -> dict[str, tuple[str, str, list[Title]]]:
        """Key of the section -> its title, type and content; the last is music, which nobody asked for."""
        return {"1": ("Films", "movie", self.films), "2": ("Shows", "show", self.shows), "3": ("Music", "artist", [])}

    def find(self, key: str) -> Title | None:
        return next((title for title in itertools.chain(self.films, self.shows) if title.key == key), None)

    def touch(self, key: str, **changes: object) -> Title:
        """Change a title as a person would in Plex: what is named, and the time of the change."""
        title = self.find(key)
        assert title is not None, f"there is no entry {key}"
        for name, value in changes.items():
            assert hasattr(title, name), name
            setattr(title, name, value)
        if not set(changes) <= {"user_rating", "view_count", "view_offset", "last_viewed_at", "episodes", "damage"}:
            title.updated_at += 60
        return title

    def remove(self, key: str) -> None:
        self.films[:] = [title for title in self.films if title.key != key]
        self.shows[:] = [title for title in self.shows if title.key != key]


def make_world(movies: int = 20, shows: int = 0, seed: int = 1) -> World:
    """Films and shows: first those of the demo library where it is there, then invented ones."""
    chance = random.Random(seed)
    films = [
        _film(str(1000 + n), n, fact, chance) for n, fact in zip(range(movies), _facts("films_*.jsonl"), strict=False)
    ]
    films += [_film(str(1000 + n), n, {}, chance) for n in range(len(films), movies)]
    series = [
        _show(str(100_000 + n), n, fact, chance) for n, fact in zip(range(shows), _facts("shows.jsonl"), strict=False)
    ]
    series += [_show(str(100_000 + n), n, {}, chance) for n in range(len(series), shows)]
    return World(films, series)


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
