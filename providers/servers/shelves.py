"""From files to titles: which videos are one film, which are episodes of which show, which sound files are tracks.

Only names are looked at here, with the quick reading of ``names``: the same files always give the same keys and versions.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from providers.servers import names
from providers.servers.names import EpisodeName, FilmName, slug
from providers.servers.walk import AUDIO, DISC, IMAGE, VIDEO, File, Folder, Pace, fingerprint, written

_NFO = frozenset({"nfo"})
_POSTERS = ("poster", "folder", "cover", "movie-poster", "show-poster")
_COVERS = ("cover", "folder", "front", "album", "albumart")


@dataclass(slots=True, eq=False)
class Film:
    """One film: ``name`` is what is to be read carefully; several files are its parts or versions."""

    key: str
    name: str
    videos: list[File] = field(default_factory=list)
    nfo: File | None = None
    poster: File | None = None

    @property
    def version(self) -> str:
        """Changes with any of its files."""
        return fingerprint([*self.videos, self.nfo, self.poster])


@dataclass(slots=True, eq=False)
class Episode:
    """One file of a show."""

    video: File
    name: EpisodeName
    nfo: File | None


@dataclass(slots=True, eq=False)
class Show:
    """One show with its episodes; ``folder`` where it has one of its own."""

    key: str
    name: FilmName
    folder: Folder | None = None
    episodes: list[Episode] = field(default_factory=list)

    @property
    def nfo(self) -> File | None:
        """Its description."""
        return self.folder.named.get("tvshow.nfo") if self.folder else None

    @property
    def poster(self) -> File | None:
        """Its picture."""
        return self.folder.first(_POSTERS, IMAGE) if self.folder else None

    @property
    def version(self) -> str:
        """Changes with any of its files."""
        files = [file for episode in self.episodes for file in (episode.video, episode.nfo)]
        return fingerprint([*files, self.nfo, self.poster])


@dataclass(slots=True, eq=False)
class Track:
    """One sound file, and the folder it lies in."""

    key: str
    file: File
    folder: Folder
    cover: File | None

    @property
    def version(self) -> str:
        """Changes with the file or its cover."""
        return fingerprint([self.file, self.cover])


@dataclass(frozen=True, slots=True)
class _Series:
    """What the folders above a file say about the show it belongs to."""

    name: FilmName
    season: int | None
    folder: Folder | None


class Shelves:
    """The films, shows and tracks of a walk, by key."""

    def __init__(self) -> None:
        self.films: dict[str, Film] = {}
        self.shows: dict[str, Show] = {}
        self.tracks: dict[str, Track] = {}
        self._discs: set[Folder] = set()
        self._series: dict[Folder, _Series | None] = {}

    def fill(self, folders: Iterable[Folder]) -> Iterator[None]:
        """Sort every file onto its shelf; yields whenever some time has passed."""
        pace = Pace()
        for folder in folders:
            for _ in self._sort(folder):
                if pace.due():
                    yield
                    pace.restart()

    def _sort(self, folder: Folder) -> Iterator[None]:
        if folder.parent in self._discs:
            self._discs.add(folder)
        elif folder.name.lower() in {"video_ts", "bdmv"} or "video_ts.ifo" in folder.named:
            self._discs.add(folder)
            self._add_disc(folder)
        else:
            series = self._series_of(folder)
            films: list[tuple[File, FilmName]] = []
            for video in folder.having(VIDEO):
                yield
                if names.is_extra(video.stem):
                    continue
                if episode := self._episode(folder, video, series):
                    self._add_episode(folder, series, episode)
                else:
                    films.append((video, names.read_film(names.printable(video.stem))))
            self._add_films(folder, films)
            for sound in folder.having(AUDIO):
                yield
                self._add_track(folder, sound)
        yield

    def _add_films(self, folder: Folder, films: list[tuple[File, FilmName]]) -> None:
        """Put the videos of one folder together that are one film, and name each film."""
        host = _host(folder)
        whole = names.read_film(host.name)
        groups: dict[tuple[str, int | None], list[File]] = {}
        for video, name in films:
            groups.setdefault((slug(name.title), name.year), []).append(video)
        if groups and _is_one_film(host, folder, whole, films, len(groups)):
            self._add_film(folder, host.name, [video for video, _ in films], alone=True)
            return
        for group, videos in groups.items():
            named_alike = whole.year is not None and group == (slug(whole.title), whole.year)
            best = host.name if named_alike else names.printable(videos[0].stem)
            self._add_film(folder, best, videos, alone=len(groups) == 1)

    def _add_disc(self, folder: Folder) -> None:
        """A folder copied from a DVD or Blu-ray is one film, opened by its index file."""
        index = folder.first(["video_ts", "index"], DISC) or next(iter(folder.having(DISC | VIDEO)), None)
        if index is None:
            return
        host = _host(folder)
        if series := self._series_of(host):
            self._add_episode(host, series, Episode(index, EpisodeName(season=series.season, marked=False), None))
        else:
            self._add_film(folder, host.name, [index], alone=True)

    def _add_film(self, folder: Folder, name: str, videos: list[File], alone: bool) -> None:
        """Add a film, or more files of one that is there. ``alone``: all pictures of the folder are of this film."""
        host = _host(folder)
        quick = names.read_film(name)
        title = slug(quick.title) or name
        key = f"film:{title} ({quick.year})" if quick.year else f"film:{title} in {_relative(host)}"
        film = self.films.setdefault(key, Film(key, name))
        film.videos.extend(videos)
        stems = [video.stem for video in videos]
        film.nfo = film.nfo or folder.first(stems, _NFO)
        film.poster = film.poster or folder.first([f"{stem}-poster" for stem in stems], IMAGE)
        for place in dict.fromkeys((folder, host)) if alone else ():
            film.nfo = film.nfo or place.first(["movie", host.name], _NFO)
            film.poster = film.poster or place.first(_POSTERS, IMAGE)
        film.poster = film.poster or folder.first(stems, IMAGE)

    def _episode(self, folder: Folder, video: File, series: _Series | None) -> Episode | None:
        """The video as an episode, when its name or the folders above it say that it is one."""
        stem = names.printable(video.stem)
        name = names.read_episode(stem, series.season if series else None)
        if name is None or not name.marked:
            of_folder = names.read_episode(folder.name)
            if of_folder is not None and len(folder.having(VIDEO)) == 1:
                name = of_folder
        if name is None and series is not None:
            name = EpisodeName(marked=False)
        return Episode(video, name, folder.first([video.stem], _NFO)) if name else None

    def _add_episode(self, folder: Folder, series: _Series | None, episode: Episode) -> None:
        series = series or _series_by_name(folder, episode.name)
        key = f"show:{slug(series.name.title) or series.name.title}"
        if series.name.year:
            key = f"{key} ({series.name.year})"
        show = self.shows.setdefault(key, Show(key, series.name))
        show.folder = show.folder or series.folder
        show.episodes.append(episode)

    def _series_of(self, folder: Folder) -> _Series | None:
        """What the folders above say, asked once for each folder."""
        if folder not in self._series:
            self._series[folder] = _series_by_folders(folder)
        return self._series[folder]

    def _add_track(self, folder: Folder, sound: File) -> None:
        if sound.stem.lower() == "theme" and (folder.having(VIDEO) or "tvshow.nfo" in folder.named):
            return  # the tune of a show, not music of its own
        key = f"track:{_relative(folder)}/{_storable_name(sound)}"
        if key in self.tracks:
            key = f"track:{written(sound.path)}"
        cover = folder.first(_COVERS, IMAGE)
        if cover is None and names.is_disc_folder(folder.name) and folder.parent is not None:
            cover = folder.parent.first(_COVERS, IMAGE)
        self.tracks[key] = Track(key, sound, folder, cover)


def _is_one_film(
    host: Folder, folder: Folder, whole: FilmName, films: list[tuple[File, FilmName]], groups: int
) -> bool:
    """Whether a folder such as "Dune (2021)" is about one film, so that its own name is the best one."""
    if any(name.year not in (None, whole.year) for _, name in films):
        return False
    if host.parent is None and whole.year is None:
        return False
    title = f"{slug(whole.title)} "
    about_it = all(
        names.is_generic(names.printable(video.stem)) or f"{slug(name.title)} ".startswith(title)
        for video, name in films
    )
    if whole.year is not None:
        unsaid = groups == 1 and films[0][1].year is None
        return about_it or (unsaid and (whole.sure or names.is_release(host.name)))
    generic = groups == 1 and names.is_generic(names.printable(films[0][0].stem))
    return generic or (folder is not host and groups == 1)


def _series_by_folders(folder: Folder) -> _Series | None:
    """The show that a ``tvshow.nfo`` or a season's folder above speaks of; ``None`` when there is neither."""
    above = list(folder.upwards())
    owner = next((place for place in above if "tvshow.nfo" in place.named), None)
    season_place = next((place for place in above[:3] if names.read_season(place.name)), None)
    told = names.read_season(season_place.name) if season_place else None
    season = told[2] if told else None
    if owner is not None:
        return _Series(names.read_film(owner.name), season, owner)
    if season_place is None or told is None:
        return None
    if names.is_specials(season_place.name) and not (season_place.parent and season_place.parent.has_seasons):
        return None
    if told[0]:
        return _Series(FilmName(told[0], told[1]), season, season_place)
    if season_place.parent is not None:
        return _Series(names.read_film(season_place.parent.name), season, season_place.parent)
    outside = names.printable(os.path.basename(os.path.dirname(season_place.path)))
    return _Series(names.read_film(outside or season_place.name), season, None)


def _series_by_name(folder: Folder, name: EpisodeName) -> _Series:
    """The show that an episode's own name speaks of; its folder's name, when that is the same with a year."""
    whole = names.read_film(folder.name)
    if not name.show or (slug(name.show) == slug(whole.title) and name.year in (None, whole.year)):
        return _Series(whole, None, folder)
    return _Series(FilmName(name.show, name.year), None, None)


def _host(folder: Folder) -> Folder:
    """The folder that names what lies in this one: above ``CD1`` and ``VIDEO_TS``."""
    while names.is_disc_folder(folder.name) and folder.parent is not None:
        folder = folder.parent
    return folder


def _relative(folder: Folder) -> str:
    """Where a folder lies, from the configured one on: the same wherever a drive is connected."""
    return "/".join(reversed([place.name for place in folder.upwards()]))


def _storable_name(file: File) -> str:
    """The name of a file as it can be stored; different for different files of a folder."""
    return os.fsencode(os.path.basename(file.path)).decode("utf-8", "backslashreplace")
