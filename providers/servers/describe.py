"""From the files of a title to what is known about it: its name, its ``.nfo`` file or its tags, turned into a server item."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from library.errors import AudioError, ProviderUnavailable
from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.sources import ItemBatch, ServerItem, TagReader
from providers.servers import names
from providers.servers.names import FilmName, printable
from providers.servers.nfo import MAX_BYTES, Nfo, NfoError, read_nfo
from providers.servers.shelves import Episode, Film, Show, Track
from providers.servers.walk import File, Walk, written

# For a file whose name is only blanks or dots, and that says nothing itself.
UNTITLED = "Untitled"
# "03 - Title", "3. Title", "1-03 Title"; with only a space between, 03 to 20: "99 Luftballons" is a title.
_TRACK_NAME = re.compile(r"^(?:\d-(?=\d\d))?(?P<number>\d{1,3}(?: - |\. ?|-)|(?:0\d|1\d|20) )(?P<title>\S.*)$")

# Folders that hold music of anybody: their names are no artist and no album.
_SHELVES = frozenset(
    {"music", "musik", "musique", "audio", "albums", "artists", "songs", "sounds", "mp3", "flac", "various"}
)


@dataclass(slots=True)
class Batch:
    """What was described since the last batch was handed out."""

    items: list[ServerItem] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many entries are dealt with in it."""
        return len(self.items) + len(self.failures)

    def take(self) -> ItemBatch:
        """Hand out what there is, and start anew."""
        batch = ItemBatch(tuple(self.items), dict(self.failures), tuple(self.problems))
        self.items.clear()
        self.failures.clear()
        self.problems.clear()
        return batch


class Describer:
    """Reads the small files beside the media of one walk.

    :param source: the name of the source, for messages.
    :param read_tags: reads the tags of a music file.
    """

    def __init__(self, source: str, read_tags: TagReader, walk: Walk) -> None:
        self._source = source
        self._read_tags = read_tags
        self._walk = walk

    def must_guess(self, found: Film | Show | Track) -> bool:
        """Whether guessit will be asked about the names, which takes a moment the first time."""
        if isinstance(found, Film):
            return not names.read_film(found.name).sure
        return isinstance(found, Show) and not all(episode.name.numbers for episode in found.episodes)

    def describe(self, found: Film | Show | Track, batch: Batch) -> Iterator[None]:
        """Put the item, or why there is none, into the batch; yields after each file that was read.

        Raises ``ProviderUnavailable`` when the drive is gone: half of what is known must not replace the whole.
        """
        if isinstance(found, Film):
            self._film(found, batch)
        elif isinstance(found, Show):
            yield from self._show(found, batch)
        else:
            self._track(found, batch)
        yield

    def _film(self, film: Film, batch: Batch) -> None:
        nfo = self._nfo(film.nfo, MediaKind.MOVIE, batch)[0]
        name = names.read_film(film.name) if nfo.title and nfo.year else names.careful_film(film.name)
        item = _item(MediaKind.MOVIE, film, name, nfo, [video.path for video in film.videos])
        batch.items.append(replace(item, viewing=nfo.viewing, added_at=nfo.added_at or _oldest(film.videos)))

    def _show(self, show: Show, batch: Batch) -> Iterator[None]:
        nfo = self._nfo(show.nfo, MediaKind.SHOW, batch)[0]
        season_of: dict[tuple[int, int | str], Nfo] = {}
        for episode in show.episodes:
            told = self._nfo(episode.nfo, MediaKind.SHOW, batch)
            for place, document in _episodes(episode, told):
                season_of.setdefault(place, document)
            yield
        regular = {place: document for place, document in season_of.items() if place[0] != 0} or season_of
        videos = [episode.video for episode in sorted(show.episodes, key=lambda episode: episode.video.path)]
        lengths = [document.runtime for document in regular.values() if document.runtime]
        item = _item(MediaKind.SHOW, show, show.name, nfo, [video.path for video in videos])
        batch.items.append(
            replace(
                item,
                seasons=len({season for season, _ in regular}),
                episodes=len(regular),
                runtime=nfo.runtime or (round(statistics.median(lengths), 1) if lengths else None),
                added_at=nfo.added_at or _oldest(videos),
                viewing=_viewing(nfo, regular),
            )
        )

    def _track(self, track: Track, batch: Batch) -> None:
        try:
            tags = self._read_tags(track.file.path)
        except AudioError as error:
            self._check_drive(track.file)
            batch.failures[track.key] = str(error)
            return
        artist, album, number, title = _from_names(track)
        artist = tags.artist or tags.album_artist or artist
        batch.items.append(
            ServerItem(
                kind=MediaKind.TRACK,
                key=track.key,
                version=track.version,
                poster=written(track.cover.path) if track.cover else None,
                files=(written(track.file.path),),
                added_at=track.file.modified / 1e9,
                title=tags.title or title or UNTITLED,
                artist=artist,
                album=tags.album or album,
                track_number=tags.track_number or number,
                year=tags.year,
                genres=tags.genres,
                runtime=tags.duration / 60 if tags.duration else None,
                credits=(Credit(artist, CreditRole.ARTIST),) if artist else (),
                external_ids=(ExternalId("musicbrainz", tags.musicbrainz_id),) if tags.musicbrainz_id else (),
            )
        )

    def _nfo(self, file: File | None, kind: MediaKind, batch: Batch) -> tuple[Nfo, ...]:
        """The documents of a description; an empty one, and a sentence, when it cannot be used."""
        if file is None:
            return (Nfo(),)
        shown = printable(file.path)
        if file.size > MAX_BYTES:
            batch.problems.append(f"“{shown}” is too large for a description, so the name of the file is used.")
            return (Nfo(),)
        try:
            with open(file.path, "rb") as opened:
                return read_nfo(opened.read(MAX_BYTES), kind)
        except NfoError as error:
            batch.problems.append(f"“{shown}” {error.reason}, so the name of the file is used.")
            return (Nfo(external_ids=error.external_ids),)
        except OSError as error:
            self._check_drive(file)
            batch.problems.append(f"“{shown}” cannot be read ({error.strerror}), so the name of the file is used.")
            return (Nfo(),)

    def _check_drive(self, file: File) -> None:
        if not self._walk.still_there(file.path):
            hint = "Connect the drive again and scan once more; what was read so far is kept."
            raise ProviderUnavailable(self._source, "The folder disappeared while it was read.", hint)


def _item(kind: MediaKind, found: Film | Show, name: FilmName, nfo: Nfo, paths: Sequence[str]) -> ServerItem:
    """What both films and shows have; the description first, the name where it is silent."""
    ids = {external.scheme: external for external in (*name.external_ids, *nfo.external_ids)}
    return ServerItem(
        kind=kind,
        key=found.key,
        version=found.version,
        poster=written(found.poster.path) if found.poster else None,
        files=tuple(written(path) for path in paths),
        title=nfo.title or name.title or UNTITLED,
        original_title=nfo.original_title if nfo.original_title != nfo.title else None,
        year=nfo.year or name.year,
        end_year=nfo.end_year,
        release_date=nfo.release_date,
        runtime=nfo.runtime,
        overview=nfo.overview,
        tagline=nfo.tagline,
        genres=nfo.genres,
        keywords=nfo.keywords,
        credits=nfo.credits,
        countries=nfo.countries,
        companies=nfo.companies,
        collection=nfo.collection,
        content_rating=nfo.content_rating,
        vote_average=nfo.vote_average,
        vote_count=nfo.vote_count,
        status=nfo.status,
        external_ids=tuple(ids.values()),
    )


def _episodes(episode: Episode, documents: Sequence[Nfo]) -> Iterator[tuple[tuple[int, int | str], Nfo]]:
    """Season and number of each episode in a file, with its description; a file that does not say stands for itself."""
    numbered = [document for document in documents if document.episode is not None]
    for document in numbered:
        season = document.season if document.season is not None else episode.name.season
        yield (1 if season is None else season, document.episode or 0), document
    if numbered:
        return
    season = 1 if episode.name.season is None else episode.name.season
    stem = printable(episode.video.stem)
    for number in episode.name.numbers or names.careful_numbers(stem) or (stem,):
        yield (season, number), documents[0]


def _viewing(nfo: Nfo, episodes: dict[tuple[int, int | str], Nfo]) -> Viewing:
    """How much of a show was watched; nothing is said where no description of an episode says it."""
    counts = {place: document.viewing.view_count for place, document in episodes.items()}
    told = any(count is not None for count in counts.values())
    moments = [nfo.viewing.last_viewed_at, *(document.viewing.last_viewed_at for document in episodes.values())]
    left = sorted(
        (season, number) for (season, number), count in counts.items() if not count and isinstance(number, int)
    )
    return Viewing(
        watched_episodes=sum(1 for count in counts.values() if count) if told else None,
        unwatched=tuple(f"S{season:02}E{number:02}" for season, number in left) if told else (),
        last_viewed_at=max((moment for moment in moments if moment), default=None),
        rating=nfo.viewing.rating,
    )


def _from_names(track: Track) -> tuple[str | None, str | None, int | None, str]:
    """Artist, album, number and title as the names say: "Artist/Album/03 Title", or "Artist - Title" alone."""
    stem = _spaced(printable(track.file.stem))
    match = _TRACK_NAME.match(stem)
    number, title = (int(match["number"].rstrip(" .-")) or None, match["title"]) if match else (None, stem)
    above = [folder for folder in track.folder.upwards() if folder.parent is not None]
    folders = [_spaced(folder.name) for folder in above if not names.is_disc_folder(folder.name)]
    folders = [name for name in folders if name.lower() not in _SHELVES]
    album = folders[0] if folders else None
    artist = folders[1] if len(folders) > 1 else None
    if artist is None and title.count(" - ") == 1:
        artist, title = (part.strip() for part in title.split(" - "))
    return artist, album, number, title or stem


def _oldest(files: Sequence[File]) -> float | None:
    """When the first of the files came, as far as their times tell; seconds since the epoch."""
    return min((file.modified / 1e9 for file in files), default=None)


def _spaced(name: str) -> str:
    """A name with its underscores as spaces."""
    return " ".join(name.replace("_", " ").split())
