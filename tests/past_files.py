"""Files as other programs export them, made by rule: real-looking, a thousand lines each, some broken, some oddly encoded.

Each file says what its lines are, so that a test can count.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LINES = 1000
ADJECTIVES = (
    "Amélie's", "Quiet", "Broken", "Última", "Northern", "Golden", "Nameless", "Hidden", "Électrique", "Last", "Naïve",
    "Burning", "Second", "Paper", "Crooked", "Silver", "Lonely", "Frozen", "Wild", "Wooden",
)  # fmt: skip
NOUNS = (
    "Harbour", "Orchard", "Señal", "Winter", "Letters", "Garden", "Kingdom", "Mirror", "Forêt", "Station", "Promise", "River",
    "Summer", "Witness", "Island", "Theatre", "Straße", "Voyage", "Engine", "Shadow", "Cabaret", "Citadel", "Lantern",
    "Monsoon", "Quarry", "Sonata", "Tundra", "Umbrella", "Vineyard", "Windmill", "Zeppelin", "Archive", "Ballad", "Compass",
    "Desert", "Eclipse", "Ferry", "Glacier", "Horizon", "Inventor", "Jubilee", "Kestrel", "Labyrinth", "Meadow", "Nocturne",
    "Oracle", "Pilgrim", "Quartet", "Ransom", "Sparrow",
)  # fmt: skip
ARTISTS = (
    "Los Ríos",
    "Nørd",
    "The Paper Kites of Kraków",
    "Señor Coconut's Heirs",
    "Low Tide",
    "Echo & Ash",
    "Mørke",
    "Blue Hour",
)
ALBUMS = ("First Light", "Été", "Harbour Songs", "Live at the Mill")
FIRST_DAY = datetime(2016, 3, 1, 20, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PastFile:
    """One file, and what its lines are: "ratings", "plays", "wishes", "left_out"."""

    name: str
    content: bytes
    lines: Counter[str]

    def put(self, directory: Path) -> Path:
        """Write it there."""
        path = directory / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        return path


def title(place: int) -> str:
    """The ``place``-th title; a thousand different ones."""
    return f"{ADJECTIVES[place % 20]} {NOUNS[(place // 20) % 50]}"


def year(place: int) -> int:
    """Its year."""
    return 1950 + (place * 7) % 70


def imdb(place: int) -> str:
    """Its id at IMDb."""
    return f"tt{1_000_000 + place}"


def day(place: int) -> datetime:
    """When its line was written."""
    return FIRST_DAY + timedelta(days=place, minutes=place % 47)


def stars(place: int) -> str:
    """Its stars: 0.5 to 5."""
    return f"{(place % 10 + 1) / 2:g}"


def ten(place: int) -> int:
    """Its rating from 1 to 10."""
    return place % 10 + 1


Fields = list[object]


class Table:
    """A table that is being written, with the ways in which lines of it are broken."""

    def __init__(self, *columns: str, delimiter: str = ",") -> None:
        self._columns, self._delimiter = columns, delimiter
        self._lines: list[bytes] = [self._line(list(columns))]
        self.counts: Counter[str] = Counter()

    def add(self, place: int, what: str, fields: Fields, odd: bool = True) -> None:
        """One line of a kind; by rule it is broken, or its letters are those of Windows."""
        whole = self._line(fields)
        if odd and place % 50 == 7:  # a quotation mark that is never closed
            whole, what = b'"' + whole.replace(b'"', b""), "left_out"
        elif odd and place % 50 == 31:  # cut off in the middle
            whole, what = whole[: len(whole) // 3].replace(b'"', b"") + b"\r\n", "left_out"
        elif odd and place % 50 == 43:  # a field too many
            whole, what = whole.rstrip() + self._delimiter.encode() + b"extra\r\n", "left_out"
        elif odd and place % 9 == 4:
            whole = whole.decode("utf-8").encode("cp1252", "replace")
        self._lines.append(whole)
        self.counts[what] += 1

    def file(self, name: str, encoding: str = "") -> PastFile:
        """The whole of it; in another encoding, what cannot be written in it becomes a question mark."""
        content = b"".join(self._lines)
        if encoding:
            content = content.decode("utf-8").encode(encoding, "replace")
        return PastFile(name, content, self.counts)

    def _line(self, fields: Fields) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerow(fields)
        return text.getvalue().encode("utf-8")


def _uri(place: int) -> str:
    return f"https://boxd.it/{place:04x}"


def letterboxd_ratings() -> PastFile:
    """Ratings; now and then with stars that are none."""
    table = Table("Date", "Name", "Year", "Letterboxd URI", "Rating")
    for k in range(LINES):
        bad = k % 100 == 60
        fields = [f"{day(k):%Y-%m-%d}", title(k), year(k), _uri(k), "seven" if bad else stars(k)]
        table.add(k, "left_out" if bad else "ratings", fields)
    return table.file("ratings.csv")


def letterboxd_diary() -> PastFile:
    """A diary: two days of three with stars."""
    table = Table("Date", "Name", "Year", "Letterboxd URI", "Rating", "Rewatch", "Tags", "Watched Date")
    for k in range(LINES):
        rated = k % 3 != 0
        given = stars(k) if rated else ""
        seen = day(k) - timedelta(days=1)
        tags = "cinema, friends" if k % 4 == 0 else ""
        fields = [
            f"{day(k):%Y-%m-%d}",
            title(k),
            year(k),
            _uri(k),
            given,
            "Yes" if k % 11 == 0 else "",
            tags,
            f"{seen:%Y-%m-%d}",
        ]
        table.add(k, "ratings" if rated else "plays", fields, odd=k % 100 != 31)
    return table.file("diary.csv")


def letterboxd_reviews() -> PastFile:
    """Reviews, some of which go over several lines."""
    table = Table("Date", "Name", "Year", "Letterboxd URI", "Rating", "Rewatch", "Review", "Tags", "Watched Date")
    for k in range(LINES):
        review = f'Seen twice.\nThe “{title(k)}” of it!\n\nHe said: "Again, please".' if k % 3 == 0 else "Fine, really"
        written = f"{day(k):%Y-%m-%d}"
        table.add(
            k, "ratings", [written, title(k), year(k), _uri(k), stars(k), "", review, "", written], odd=k % 3 != 0
        )
    return table.file("reviews.csv")


def letterboxd_watched() -> PastFile:
    """Films seen."""
    table = Table("Date", "Name", "Year", "Letterboxd URI")
    for k in range(LINES):
        table.add(k, "plays", [f"{day(k):%Y-%m-%d}", title(k), year(k), _uri(k)])
    return table.file("watched.csv")


def letterboxd_watchlist() -> PastFile:
    """Films wished for."""
    table = Table("Date", "Name", "Year", "Letterboxd URI")
    for k in range(LINES):
        table.add(k, "wishes", [f"{day(k):%Y-%m-%d}", title(k), year(k), _uri(k)])
    return table.file("watchlist.csv")


_IMDB = (
    "Title",
    "Original Title",
    "URL",
    "Title Type",
    "IMDb Rating",
    "Runtime (mins)",
    "Year",
    "Genres",
    "Num Votes",
    "Release Date",
)
_TYPES = (
    "Movie",
    "Movie",
    "TV Series",
    "Movie",
    "TV Episode",
    "Short",
    "TV Mini Series",
    "Movie",
    "Video Game",
    "TV Movie",
)


def _imdb_fields(k: int) -> Fields:
    return [
        title(k), title(k), f"https://www.imdb.com/title/{imdb(k)}", _TYPES[k % 10], "7.1", 80 + k % 60, year(k),
        "Drama, Crime" if k % 2 else "Comedy", 1200 + k, f"{year(k)}-05-01",
    ]  # fmt: skip


def _imdb_what(k: int, what: str) -> str:
    return "left_out" if _TYPES[k % 10] in ("TV Episode", "Video Game") else what


def imdb_ratings() -> PastFile:
    """Ratings, the whole file in the letters of Windows."""
    table = Table("Const", "Your Rating", "Date Rated", *_IMDB, "Directors")
    for k in range(LINES):
        fields = [imdb(k), ten(k), f"{day(k):%Y-%m-%d}", *_imdb_fields(k), f"Inés Ørsted {k % 40}"]
        broken = k % 50 in (7, 31, 43)
        table.add(k, _imdb_what(k, "ratings"), fields, odd=broken)
    return table.file("ratings.csv", "cp1252")


def imdb_watchlist() -> PastFile:
    """A watchlist with semicolons between its fields, as a spreadsheet program saves it again."""
    columns = (
        "Position",
        "Const",
        "Created",
        "Modified",
        "Description",
        *_IMDB,
        "Directors",
        "Your Rating",
        "Date Rated",
    )
    table = Table(*columns, delimiter=";")
    for k in range(LINES):
        rated = k % 5 == 0
        mine: Fields = [ten(k), f"{day(k):%Y-%m-%d}"] if rated else ["", ""]
        fields = [k + 1, imdb(k), f"{day(k):%Y-%m-%d}", f"{day(k):%Y-%m-%d}", "", *_imdb_fields(k), "Jo Novák", *mine]
        table.add(k, _imdb_what(k, "ratings" if rated else "wishes"), fields)
    return table.file("watchlist.csv")


class Objects:
    """A list of objects that is being written, with the ways in which one of them is broken."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self.counts: Counter[str] = Counter()

    def add(self, place: int, what: str, found: Mapping[str, Any]) -> None:
        """One object; by rule it is broken."""
        text = json.dumps(found, ensure_ascii=place % 2 == 0)
        if place % 50 == 7:
            text, what = text.replace('": ', '" ', 1), "left_out"
        elif place % 50 == 31:
            text, what = json.dumps(text), "left_out"
        elif place % 50 == 43:
            text, what = '{"id": 12, "nothing": null}', "left_out"
        self._texts.append(text)
        self.counts[what] += 1

    def file(self, name: str, encoding: str = "utf-8", lines: bool = False) -> PastFile:
        """The whole of it: a list, or an object in each line."""
        whole = "\n".join(self._texts) + "\n" if lines else "[\n  " + ",\n  ".join(self._texts) + "\n]\n"
        return PastFile(name, whole.encode(encoding), self.counts)


def _trakt_title(k: int) -> dict[str, Any]:
    return {
        "title": title(k),
        "year": year(k),
        "ids": {"trakt": k, "slug": f"t-{k}", "imdb": imdb(k), "tmdb": 50_000 + k},
    }


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def trakt_ratings() -> PastFile:
    """Ratings of films, shows, seasons and episodes in one list."""
    found = Objects()
    for k in range(LINES):
        kind = ("movie", "show", "movie", "episode", "season")[k % 5]
        told: dict[str, Any] = {"rated_at": _iso(day(k)), "rating": ten(k), "type": kind}
        told["movie" if kind == "movie" else "show"] = _trakt_title(k)
        if kind in ("episode", "season"):
            told[kind] = {"season": 1, "number": k % 9 + 1, "title": "Pilot", "ids": {"trakt": k}}
        found.add(k, "left_out" if kind in ("episode", "season") else "ratings", told)
    return found.file("ratings-all.json")


def trakt_history() -> PastFile:
    """What was watched, films and episodes."""
    found = Objects()
    for k in range(LINES):
        kind = "movie" if k % 2 else "episode"
        told: dict[str, Any] = {"id": k, "watched_at": _iso(day(k)), "action": "watch", "type": kind}
        told["movie" if kind == "movie" else "show"] = _trakt_title(k)
        if kind == "episode":
            told["episode"] = {"season": 1, "number": k % 9 + 1, "title": "Pilot", "ids": {"trakt": k}}
        found.add(k, "plays", told)
    return found.file("watched-history-1.json")


def trakt_watchlist() -> PastFile:
    """Films wished for."""
    found = Objects()
    for k in range(LINES):
        found.add(
            k, "wishes", {"rank": k, "id": k, "listed_at": _iso(day(k)), "type": "movie", "movie": _trakt_title(k)}
        )
    return found.file("lists-watchlist.json")


def tvtime_episodes() -> PastFile:
    """What was tracked: episodes seen, among the bookkeeping."""
    table = Table(
        "created_at", "key", "series_name", "season_number", "episode_number", "s_id", "ep_id", "runtime", "user_id"
    )
    for k in range(LINES):
        seen = k % 4 != 1
        key = f"{'re' if k % 8 == 0 else ''}watch-episode-{k}" if seen else f"user-series-{k}"
        when = f"{day(k):%Y-%m-%d %H:%M:%S}"
        name = f"{title(k % 200)} ({year(k % 200)})" if k % 3 else title(k % 200)
        table.add(k, "plays" if seen else "left_out", [when, key, name, 1, k % 9 + 1, 70_000 + k % 200, k, 2400, 99])
    return table.file("tracking-prod-records-v2.csv")


def tvtime_films() -> PastFile:
    """Films seen, films wished for, and shows followed."""
    table = Table("type", "entity_type", "movie_name", "series_name", "release_date", "created_at", "runtime", "uuid")
    for k in range(LINES):
        what = ("watch", "towatch", "follow", "watch")[k % 4]
        show = what == "follow"
        names: Fields = ["", title(k)] if show else [title(k), ""]
        when, released = f"{day(k):%Y-%m-%d %H:%M:%S}", f"{year(k)}-02-03 00:00:00"
        counted = "left_out" if show else "wishes" if what == "towatch" else "plays"
        table.add(
            k, counted, [what, "series" if show else "movie", *names, "" if show else released, when, 5400, f"u-{k}"]
        )
    return table.file("tracking-prod-records.csv")


def movielens_ratings() -> PastFile:
    """A data set: the first person's ratings, then those of somebody else."""
    table = Table("userId", "movieId", "rating", "timestamp")
    for k in range(LINES):
        mine = k < 900
        table.add(k, "ratings" if mine else "left_out", [1 if mine else 2, k + 1, stars(k), int(day(k).timestamp())])
    return table.file("ratings.csv")


def movielens_titles() -> PastFile:
    """Which title has which number; no lines of the past."""
    table = Table("movieId", "title", "genres")
    for k in range(LINES):
        table.add(
            k, "facts", [k + 1, f"{title(k)} ({year(k)})", "Drama|Crime" if k % 2 else "(no genres listed)"], odd=False
        )
    return table.file("movies.csv")


def movielens_numbers() -> PastFile:
    """Which title has which number elsewhere; no lines of the past."""
    table = Table("movieId", "imdbId", "tmdbId")
    for k in range(LINES):
        table.add(k, "facts", [k + 1, f"{1_000_000 + k:07d}", 50_000 + k], odd=False)
    return table.file("links.csv")


def song(k: int) -> tuple[str, str, str]:
    """Artist, album and name of a track."""
    return ARTISTS[k % 8], ALBUMS[(k // 8) % 4], f"{NOUNS[k % 50]} Song {k % 200}"


def lastfm_scrobbles() -> PastFile:
    """Scrobbles in UTF-16; some without a date, some without an artist."""
    table = Table("uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid")
    for k in range(LINES):
        artist, album, name = song(k)
        bad = k % 100 in (20, 70)
        uts = "" if k % 100 == 20 else int(day(k).timestamp())
        when = "" if k % 100 == 20 else f"{day(k):%d %b %Y, %H:%M}"
        fields = [uts, when, "" if k % 100 == 70 else artist, "", album, "", name, ""]
        broken = k % 50 in (7, 31, 43)
        table.add(k, "left_out" if bad else "plays", fields, odd=broken)
    return table.file("scrobbles.csv", "utf-16")


def listenbrainz_listens() -> PastFile:
    """Listens, one object in each line, with a byte order mark."""
    found = Objects()
    for k in range(LINES):
        artist, album, name = song(k)
        track = {
            "artist_name": artist,
            "track_name": name,
            "release_name": album,
            "additional_info": {"duration_ms": 200_000 + k},
        }
        found.add(
            k, "plays", {"listened_at": int(day(k).timestamp()), "recording_msid": f"m-{k}", "track_metadata": track}
        )
    return found.file("1.jsonl", "utf-8-sig", lines=True)


def spotify_history() -> PastFile:
    """The short history: songs, songs that were skipped, and podcasts."""
    found = Objects()
    for k in range(LINES):
        artist, _, name = song(k)
        short = k % 6 == 2
        told = {"endTime": f"{day(k):%Y-%m-%d %H:%M}", "artistName": artist, "trackName": name}
        found.add(k, "left_out" if short else "plays", {**told, "msPlayed": 9_000 if short else 180_000 + k})
    return found.file("StreamingHistory_music_0.json")


def spotify_extended() -> PastFile:
    """The extended history."""
    found = Objects()
    for k in range(LINES):
        artist, album, name = song(k)
        spoken = k % 10 == 4
        told: dict[str, Any] = {"ts": f"{day(k):%Y-%m-%dT%H:%M:%SZ}", "ms_played": 190_000, "conn_country": "NO"}
        told |= {
            "master_metadata_track_name": None if spoken else name,
            "master_metadata_album_artist_name": None if spoken else artist,
            "master_metadata_album_album_name": None if spoken else album,
            "episode_name": "Pilot" if spoken else None,
        }
        found.add(k, "left_out" if spoken else "plays", told)
    return found.file("Streaming_History_Audio_2016_0.json")


def own_ratings() -> PastFile:
    """Homereel's own export."""
    table = Table("title", "year", "kind", "imdb", "tmdb", "tvdb", "rating", "rated_at", "source")
    for k in range(LINES):
        kind = "show" if k % 4 == 0 else "movie"
        fields = [
            title(k),
            year(k),
            kind,
            imdb(k) if k % 2 else "",
            "",
            "",
            ten(k),
            f"{day(k):%Y-%m-%dT%H:%M:%S+00:00}",
            "homereel",
        ]
        table.add(k, "ratings", fields)
    return table.file("homereel-ratings.csv")


#: Program -> the files that are handed over together.
PASTS: dict[str, tuple[Callable[[], PastFile], ...]] = {
    "letterboxd ratings": (letterboxd_ratings,),
    "letterboxd diary": (letterboxd_diary,),
    "letterboxd reviews": (letterboxd_reviews,),
    "letterboxd watched": (letterboxd_watched,),
    "letterboxd watchlist": (letterboxd_watchlist,),
    "imdb ratings": (imdb_ratings,),
    "imdb watchlist": (imdb_watchlist,),
    "trakt ratings": (trakt_ratings,),
    "trakt history": (trakt_history,),
    "trakt watchlist": (trakt_watchlist,),
    "tvtime episodes": (tvtime_episodes,),
    "tvtime films": (tvtime_films,),
    "movielens": (movielens_ratings, movielens_titles, movielens_numbers),
    "lastfm": (lastfm_scrobbles,),
    "listenbrainz": (listenbrainz_listens,),
    "spotify history": (spotify_history,),
    "spotify extended": (spotify_extended,),
    "homereel": (own_ratings,),
}


def zipped(path: Path, *files: PastFile) -> Path:
    """These files in one archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for found in files:
            archive.writestr(found.name, found.content)
    return path
