"""The library that the fake Jellyfin server shows: films, shows and music made by rule, and what each user did with them."""

from __future__ import annotations

import datetime
import hashlib
import json
import random
from dataclasses import asdict, dataclass, field

EPOCH = 1_600_000_000
TICKS = 600_000_000
GENRES = ("Action", "Comedy", "Crime", "Drama", "Horror", "Mystery", "Romance", "Thriller")
NAMES = (
    "Ada Abel",
    "Bruno Berg",
    "Clara Costa",
    "Dario Dahl",
    "Elin Ekman",
    "Farid Fontaine",
    "Greta Grimm",
    "Hugo Haas",
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
MOODS = ("Quiet", "Burning", "Last", "Hidden", "Golden", "Broken", "Distant", "Silver", "Empty", "Northern")
FILMS, SHOWS, MUSIC = "f" * 32, "e" * 32, "d" * 32
LIKED_FROM = 6.5


def name_of(text: str) -> str:
    """32 hexadecimal digits, the same for the same text."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def written(seconds: float) -> str:
    """A moment as the server writes it."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + ".1234500Z"


@dataclass
class Marks:
    """What one user did with one entry."""

    played: bool = False
    count: int = 0
    ticks: int = 0
    last: str | None = None
    rating: float | None = None
    favourite: bool = False

    @property
    def likes(self) -> bool | None:
        """As the server works it out of the rating."""
        return None if self.rating is None else self.rating >= LIKED_FROM

    def set_likes(self, likes: bool | None) -> None:
        """As the server keeps it: over the rating."""
        self.rating = None if likes is None else 10.0 if likes else 1.0


@dataclass
class Person:
    """Somebody with an account."""

    id: str
    name: str
    password: str
    admin: bool = False
    collections: bool = False


@dataclass
class Thing:
    """One film, series, episode or track; ``None`` and empty leave no trace in the server's answers."""

    id: str
    type: str
    name: str
    view: str
    year: int | None = None
    minutes: float = 100.0
    overview: str = ""
    tagline: str = ""
    original: str = ""
    genres: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    people: list[dict[str, str]] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    studios: list[str] = field(default_factory=list)
    certificate: str = ""
    vote: float | None = None
    status: str = ""
    provider_ids: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    image: str = "0123456789abcdef0123456789abcdef"
    added: int = EPOCH
    saved: int = EPOCH
    series: str = ""
    season: int | None = None
    number: int | None = None
    virtual: bool = False
    album: str = ""
    album_artist: str = ""
    artists: list[str] = field(default_factory=list)
    damage: str = ""
    """"error": the server fails on the full item, "error in lists" on every page that has it; "nameless": it has no id."""


@dataclass
class Playlist:
    """A playlist of one user; each entry is an item and has a name of its own."""

    id: str
    title: str
    owner: str
    entries: list[tuple[str, str]] = field(default_factory=list)
    public: bool = False
    shares: list[dict[str, object]] = field(default_factory=list)

    @property
    def items(self) -> list[str]:
        return [item for item, _ in self.entries]


@dataclass
class Collection:
    """A collection, which everybody sees."""

    id: str
    title: str
    items: list[str] = field(default_factory=list)


@dataclass
class World:
    """Everything that the server has."""

    people: list[Person]
    things: dict[str, Thing]
    marks: dict[tuple[str, str], Marks] = field(default_factory=dict)
    playlists: dict[str, Playlist] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)
    views: list[tuple[str, str, str | None]] = field(default_factory=list)
    name: str = "Fake Jellyfin"
    machine: str = "fa4e00000000000000000000000000c2"
    version: str = "10.10.3"
    product: str = "Jellyfin Server"
    made: int = 0

    def person(self, name: str) -> Person:
        return next(person for person in self.people if person.name == name)

    def of(self, user: str, thing: str) -> Marks:
        """What a user did with an entry; may be changed."""
        return self.marks.setdefault((user, thing), Marks())

    def inside(self, view: str, *types: str) -> list[Thing]:
        """Entries of a library, or episodes of a series, that really exist, in the order they were added."""
        found = [
            thing
            for thing in self.things.values()
            if thing.type in types and not thing.virtual and view in (thing.view, thing.series)
        ]
        return sorted(found, key=lambda thing: (thing.added, thing.name))

    def episodes(self, series: str) -> list[Thing]:
        found = self.inside(series, "Episode")
        return sorted(found, key=lambda thing: (thing.season or 0, thing.number or 0))

    def touch(self, key: str, **changes: object) -> Thing:
        """Change an entry as its owner would: what is named, and the time of the change."""
        thing = self.things[key]
        for name, value in changes.items():
            assert hasattr(thing, name), name
            setattr(thing, name, value)
        thing.saved += 60
        return thing

    def remove(self, key: str) -> None:
        del self.things[key]

    def fresh_id(self) -> str:
        self.made += 1
        return name_of(f"made {self.made}")

    def dump(self) -> str:
        """All that users can write, in one text that is the same when everything is as it was, ids of lists apart."""
        marks = {f"{user} {thing}": asdict(found) for (user, thing), found in self.marks.items() if found != Marks()}
        playlists = [[p.title, p.owner, p.items, p.public, p.shares] for p in self.playlists.values()]
        collections = [[c.title, sorted(c.items)] for c in self.collections.values()]
        state = {"marks": marks, "playlists": sorted(playlists, key=str), "collections": sorted(collections)}
        return json.dumps(state, sort_keys=True, indent=1)


def make_world(films: int = 20, shows: int = 0, tracks: int = 0, seed: int = 1) -> World:
    """A server with an owner, Anna, and a user who may little, Bert; Anna has watched and rated some of it."""
    chance = random.Random(seed)
    anna = Person(name_of("anna"), "Anna", "s3cret-of-Anna", admin=True)
    bert = Person(name_of("bert"), "Bert", "s3cret-of-Bert")
    world = World([anna, bert], {})
    world.views = [(FILMS, "Films", "movies"), (SHOWS, "Shows", "tvshows"), (MUSIC, "Music", "music")]
    world.views.append((name_of("boxsets"), "Collections", "boxsets"))
    for number in range(films):
        _add_film(world, anna, number, chance)
    for number in range(shows):
        _add_show(world, anna, number, chance)
    for number in range(tracks):
        _add_track(world, anna, number, chance)
    return world


def film_id(number: int) -> str:
    return name_of(f"film {number}")


def show_id(number: int) -> str:
    return name_of(f"show {number}")


def track_id(number: int) -> str:
    return name_of(f"track {number}")


def _describe(thing: Thing, chance: random.Random) -> None:
    """What films and shows have in common."""
    names = chance.sample(NAMES, 5)
    thing.overview = f"A story of a {chance.choice(THINGS).lower()} and those who come back to it."
    thing.tagline = f"Nothing is as {chance.choice(MOODS).lower()} as it looks."
    thing.genres, thing.tags = chance.sample(GENRES, 3), [chance.choice(THINGS).lower()]
    thing.people = [{"Name": name, "Type": "Actor", "Role": f"Part {n}"} for n, name in enumerate(names[:3])]
    thing.people += [{"Name": names[3], "Type": "Director"}, {"Name": names[4], "Type": "Writer"}]
    thing.countries, thing.studios = ["Sweden"], [f"{chance.choice(NAMES).split()[1]} Pictures"]
    thing.certificate, thing.vote = chance.choice(("G", "PG", "R")), round(chance.uniform(4, 9), 1)


def _add_film(world: World, user: Person, number: int, chance: random.Random) -> None:
    film = Thing(film_id(number), "Movie", f"The {chance.choice(MOODS)} {chance.choice(THINGS)} {number}", FILMS)
    _describe(film, chance)
    film.year, film.minutes = chance.randint(1930, 2024), float(chance.randint(75, 190))
    film.added = film.saved = EPOCH + number * 60
    film.original = f"Original {number}" if number % 4 == 0 else ""
    film.provider_ids = {"Imdb": f"tt9{number:06d}", "Tmdb": str(900_000 + number)}
    film.paths = [f"/media/films/{film.name} ({film.year})/{film.name}.mkv"]
    if number % 6 == 0:
        film.paths.append(f"/media/films/{film.name} ({film.year})/{film.name} - Extended.mkv")
    world.things[film.id] = film
    if number % 3 == 0:
        world.marks[user.id, film.id] = Marks(True, 1 + number % 2, 0, written(EPOCH + number * 3600))
    if number % 7 == 1:
        world.marks[user.id, film.id] = Marks(False, 1, 20 * TICKS, written(EPOCH + 5))
    if number % 5 == 0:
        world.of(user.id, film.id).rating = float(chance.randint(2, 10))
    if number % 8 == 0:
        world.of(user.id, film.id).favourite = True


def _add_show(world: World, user: Person, number: int, chance: random.Random) -> None:
    show = Thing(show_id(number), "Series", f"{chance.choice(THINGS)} Street {number}", SHOWS, minutes=45.0)
    _describe(show, chance)
    show.year, show.status = chance.randint(1990, 2024), chance.choice(("Continuing", "Ended"))
    show.provider_ids = {"Tvdb": str(700_000 + number)}
    show.added = show.saved = EPOCH + number * 60
    world.things[show.id] = show
    for season in range(1, 3):
        for n in range(1, 5):
            key = name_of(f"show {number} {season} {n}")
            episode = Thing(
                key, "Episode", f"Episode {n}", SHOWS, minutes=45.0, series=show.id, season=season, number=n
            )
            episode.virtual = season == 2 and n == 4
            world.things[key] = episode
            if not episode.virtual and (season, n) <= ((0, 0), (1, 2), (2, 4))[number % 3]:
                world.marks[user.id, key] = Marks(True, 1, 0, written(EPOCH + n))


def _add_track(world: World, user: Person, number: int, chance: random.Random) -> None:
    track = Thing(track_id(number), "Audio", f"{chance.choice(MOODS)} {chance.choice(THINGS)}", MUSIC)
    artist = NAMES[number // 20 % len(NAMES)]
    track.year, track.minutes = 2000 + number // 10 % 20, 3.5
    track.genres, track.tags, track.number = [chance.choice(("Pop", "Folk"))], ["live"], number % 10 + 1
    track.album, track.album_artist, track.artists = f"Album {number // 10}", artist, [artist]
    track.added = track.saved = EPOCH + number
    track.provider_ids = {"MusicBrainzTrack": name_of(f"mb {number}")}
    if number % 2:
        track.provider_ids["MusicBrainzRecording"] = name_of(f"recording {number}")
    track.paths = [f"/media/music/{artist}/{track.album}/{track.number}.flac"]
    track.image = ""
    world.things[track.id] = track
    if number % 4 == 0:
        world.marks[user.id, track.id] = Marks(True, 3, 0, written(EPOCH + number), favourite=number % 8 == 0)
