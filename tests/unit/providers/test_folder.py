"""Folders as people have them: films in many shapes, extras, discs, odd names, loops, drives that vanish."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from library.errors import AudioError, ProviderDenied, ProviderUnavailable
from library.home import Home, find_home
from library.items import MediaKind, Viewing
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.sources import Entry, ItemBatch, ListingPage, ServerItem, TrackTags
from library.sync import scan
from providers.servers import names
from providers.servers.folder import FILMS, MAX_POSTER, MUSIC, SHOWS, FolderServer
from providers.servers.walk import written

JPEG = b"\xff\xd8\xff" + bytes(30)


def no_tags(path: str) -> TrackTags:
    return TrackTags()


def no_sound(path: str) -> TrackTags:
    raise AudioError(f"“{os.path.basename(path)}” is not a sound file.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "media"
    path.mkdir()
    return path


def put(root: Path, *paths: str, content: bytes | str = b"x") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)


class Scan:
    """Everything a fresh server says about some folders."""

    def __init__(self, *roots: Path, read_tags: Callable[[str], TrackTags] = no_tags, items: bool = True) -> None:
        server = FolderServer("My media", [str(root) for root in roots], read_tags)
        self.items: dict[str, ServerItem] = {}
        self.entries: dict[str, str] = {}
        self.problems: list[str] = []
        self.failures: dict[str, str] = {}
        self.complete = True
        for library in server.libraries():
            pages = list(server.listing(library))
            entries = [entry for page in pages for entry in page.entries]
            self.entries.update((entry.key, entry.version) for entry in entries)
            self.problems += [problem for page in pages for problem in page.problems]
            self.complete = self.complete and all(page.complete for page in pages)
            for batch in server.items(library, entries) if items else ():
                self.items.update((item.key, item) for item in batch.items)
                self.failures.update(batch.failures)
                self.problems += batch.problems

    def one(self) -> ServerItem:
        (item,) = self.items.values()
        return item

    def named(self, kind: MediaKind = MediaKind.MOVIE) -> set[tuple[str, int | None, int]]:
        return {(item.title, item.year, len(item.files)) for item in self.items.values() if item.kind is kind}


# Films


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["Dune (2021)/Dune (2021).mkv"], {("Dune", 2021, 1)}),
        (["Dune (2021)/movie.mkv"], {("Dune", 2021, 1)}),
        (["Alien/movie.mkv"], {("Alien", None, 1)}),
        (["Dune (2021)/dune-1080p.mkv", "Dune (2021)/dune-2160p.mkv"], {("Dune", 2021, 2)}),
        (["HD/Dune.2021.1080p.mkv", "4K/Dune (2021) - 2160p.mp4"], {("Dune", 2021, 2)}),
        (["Dune (2021)/Dune - Final Cut.mkv", "Dune (2021)/Dune - Theatrical.mkv"], {("Dune", 2021, 2)}),
        (["Dune.2021.2160p.WEB-DL-ABC/abc17.mkv"], {("Dune", 2021, 1)}),
        (["Dune (1984).mkv", "Dune (2021).mkv"], {("Dune", 1984, 1), ("Dune", 2021, 1)}),
        (["Film (2000)/film-cd1.avi", "Film (2000)/film-cd2.avi"], {("Film", 2000, 2)}),
        (["Film.part1.avi", "Film.part2.avi"], {("Film", None, 2)}),
        (["Film (2000) Part 1.avi", "Film (2000) Part 2.avi"], {("Film", 2000, 2)}),
        (["Film (2000)/CD1/a.avi", "Film (2000)/CD2/a.avi"], {("Film", 2000, 2)}),
        (["Film/CD1/a.avi", "Film/CD2/b.avi"], {("Film", None, 2)}),
        (
            ["Kill Bill Part 1.mkv", "Kill Bill Part 2.mkv"],
            {("Kill Bill Part 1", None, 1), ("Kill Bill Part 2", None, 1)},
        ),
        (["Film (2000)/VIDEO_TS/VIDEO_TS.IFO", "Film (2000)/VIDEO_TS/VTS_01_1.VOB"], {("Film", 2000, 1)}),
        (["Film (2000)/VIDEO_TS.IFO", "Film (2000)/VTS_01_1.VOB"], {("Film", 2000, 1)}),
        (["Film (2000)/BDMV/index.bdmv", "Film (2000)/BDMV/STREAM/00001.m2ts"], {("Film", 2000, 1)}),
        (["Film (2000)/Disc 1/VIDEO_TS/VIDEO_TS.IFO", "Film (2000)/Disc 2/VIDEO_TS/VIDEO_TS.IFO"], {("Film", 2000, 2)}),
        (["Films 2020/Tenet.2020.mkv"], {("Tenet", 2020, 1)}),
        (["a/Tides.mkv", "b/Tides.mkv"], {("Tides", None, 1)}),
        (["A.mkv", "a.mkv"], {("A", None, 2)}),
    ],
)
def test_films_in_many_shapes(root: Path, paths: list[str], expected: set[tuple[str, int | None, int]]) -> None:
    put(root, *paths)
    found = Scan(root)
    assert found.named() == expected
    assert not found.problems
    assert found.complete


def test_two_films_of_one_name_and_no_year_stay_two(root: Path) -> None:
    put(root, "a/Tides.mkv", "b/Tides.mkv")
    assert set(Scan(root).items) == {"film:tides in media/a", "film:tides in media/b"}


def test_a_disc_is_opened_by_its_index(root: Path) -> None:
    put(root, "Film (2000)/VIDEO_TS/VIDEO_TS.IFO", "Film (2000)/VIDEO_TS/VTS_01_1.VOB")
    assert Scan(root).one().files == (str(root / "Film (2000)/VIDEO_TS/VIDEO_TS.IFO"),)


def test_extras_are_no_films(root: Path) -> None:
    put(root, "Film (2000)/Film (2000).mkv", "Film (2000)/Film (2000)-trailer.mkv", "Film (2000)/sample.mkv")
    for folder in (
        "Extras",
        "Featurettes",
        "Behind The Scenes",
        "Deleted Scenes",
        "Subs",
        ".hidden",
        "@eaDir",
        "Shorts",
        "Sample",
    ):
        put(root, f"Film (2000)/{folder}/thing.mkv")
    put(root, ".trash.mkv", "notes.txt", "picture.jpg", "translation.ts", ".hidden/Other (2001).mkv")
    assert Scan(root).named() == {("Film", 2000, 1)}


def test_a_folder_of_short_films_is_not_a_folder_of_extras(root: Path) -> None:
    put(root, "Shorts/Balloon (1956).mkv")
    assert Scan(root).named() == {("Balloon", 1956, 1)}


def test_a_description_beside_the_film_is_used(root: Path) -> None:
    put(
        root,
        "a/Clock.mkv",
        "a/Clock.nfo",
        "b/Tide (1990).mkv",
        "b/movie.nfo",
        "c/One (1991).mkv",
        "c/Two (1992).mkv",
        "c/movie.nfo",
    )
    put(root, "a/Clock.nfo", content="<movie><title>The Clock</title><year>1998</year><plot>It ticks.</plot></movie>")
    put(root, "b/movie.nfo", content="<movie><title>High Tide</title><originaltitle>High Tide</originaltitle></movie>")
    put(root, "c/movie.nfo", content="<movie><title>Whose is it</title></movie>")
    found = Scan(root)
    assert {item.title for item in found.items.values()} == {"The Clock", "High Tide", "One", "Two"}
    clock = found.items["film:clock in media/a"]
    assert (clock.year, clock.overview) == (1998, "It ticks.")
    assert found.items["film:tide (1990)"].year == 1990
    assert found.items["film:tide (1990)"].original_title is None


@pytest.mark.parametrize(
    ("content", "says"),
    [("<movie><title>Half", "is broken"), ("https://example.org/x", "only an address"), ("x" * 3_000_000, "too large")],
)
def test_a_description_that_cannot_be_used_is_told_and_the_name_is_used(root: Path, content: str, says: str) -> None:
    put(root, "Clock (1998).mkv")
    put(root, "Clock (1998).nfo", content=content)
    found = Scan(root)
    assert found.named() == {("Clock", 1998, 1)}
    assert len(found.problems) == 1
    assert says in found.problems[0]
    assert found.complete


# Shows


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["The Wire/Season 1/The.Wire.S01E01.mkv", "The Wire/Season 2/The.Wire.S02E01.mkv"], ("The Wire", None, 2, 2)),
        (["The Wire (2002)/The.Wire.S01E01.mkv", "The Wire (2002)/The.Wire.S01E02.mkv"], ("The Wire", 2002, 1, 2)),
        (["The.Wire.S01E01.mkv", "deep/er/The Wire 1x02.mkv"], ("The Wire", None, 1, 2)),
        (["The.Wire.S01.1080p/wire101.mkv", "The.Wire.S01.1080p/wire102.mkv"], ("The Wire", None, 1, 2)),
        (["The.Wire.S01E01.720p-X/x.mkv", "The.Wire.S01E02.720p-X/y.mkv"], ("The Wire", None, 1, 2)),
        (["The Wire/Season 1/01 - Target.mkv", "The Wire/Season 1/02.mkv"], ("The Wire", None, 1, 2)),
        (["The Wire/Season 1/Target.mkv", "The Wire/Season 1/Detail.mkv"], ("The Wire", None, 1, 2)),
        (["The Wire/Season 1/S01E01.mkv", "The Wire/Season 1/S01E01 4K.mkv"], ("The Wire", None, 1, 1)),
        (["The Wire/Season 1/S01E01E02.mkv", "The Wire/Season 1/S01E03-E05.mkv"], ("The Wire", None, 1, 5)),
        (["The Wire/Season 1/S01E01.mkv", "The Wire/Specials/S00E01.mkv"], ("The Wire", None, 1, 1)),
        (["The Wire/Season 1/S01E01.mkv", "The Wire/Specials/Gala.mkv"], ("The Wire", None, 1, 1)),
        (["The Wire/Season 1/Disc 1/VIDEO_TS/VIDEO_TS.IFO", "The Wire/Season 1/S01E09.mkv"], ("The Wire", None, 1, 2)),
        (
            ["The Wire/Season 1/S01E01.mkv", "The Wire/Shorts/Behind.mkv", "The Wire/theme.mp3"],
            ("The Wire", None, 1, 1),
        ),
    ],
)
def test_shows_in_many_shapes(root: Path, paths: list[str], expected: tuple[object, ...]) -> None:
    put(root, *paths)
    found = Scan(root)
    shows = [item for item in found.items.values() if item.kind is MediaKind.SHOW]
    assert [(item.title, item.year, item.seasons, item.episodes) for item in shows] == [expected]
    assert not found.named()


def test_a_description_of_the_show_says_what_belongs_to_it(root: Path) -> None:
    put(
        root,
        "Ferry/Pilot.mkv",
        "Ferry/More/Ferry.1x02.mkv",
        "Ferry/poster.jpg",
        "Ferry/season01-poster.jpg",
        content=JPEG,
    )
    put(
        root,
        "Ferry/tvshow.nfo",
        content="<tvshow><title>The Ferry</title><status>Ended</status><runtime>50</runtime></tvshow>",
    )
    show = Scan(root).one()
    assert (show.title, show.status, show.runtime, show.seasons, show.episodes) == ("The Ferry", "Ended", 50.0, 1, 2)
    assert show.poster == str(root / "Ferry/poster.jpg")


def test_a_season_alone_takes_its_show_from_the_folder_above(tmp_path: Path) -> None:
    put(tmp_path, "The Wire/Season 3/S03E01.mkv")
    assert Scan(tmp_path / "The Wire" / "Season 3").one().title == "The Wire"


def test_what_was_watched_comes_from_the_episodes(root: Path) -> None:
    for number, plays in ((1, 2), (2, 0), (3, 1)):
        put(root, f"Ferry/Season 1/Ferry.S01E0{number}.mkv")
        text = f"<episodedetails><season>1</season><episode>{number}</episode><runtime>4{number}</runtime>"
        text += f"<playcount>{plays}</playcount><lastplayed>2020-01-0{number}</lastplayed></episodedetails>"
        put(root, f"Ferry/Season 1/Ferry.S01E0{number}.nfo", content=text)
    put(root, "Ferry/Season 1/Ferry.S01E04.mkv")
    show = Scan(root).one()
    last = time.mktime(time.strptime("2020-01-03", "%Y-%m-%d"))
    assert show.viewing == Viewing(watched_episodes=2, unwatched=("S01E02", "S01E04"), last_viewed_at=last)
    assert show.runtime == 42.0


def test_without_descriptions_nothing_is_said_about_watching(root: Path) -> None:
    put(root, "Ferry/Season 1/Ferry.S01E01.mkv")
    assert Scan(root).one().viewing == Viewing()


def test_a_film_and_a_show_of_one_name_are_two(root: Path) -> None:
    put(root, "Films/Fargo (1996).mkv", "TV/Fargo/Season 1/Fargo.S01E01.mkv")
    assert set(Scan(root).items) == {"film:fargo (1996)", "show:fargo"}


# Music


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Anna/Shore/03 - Tide.mp3", ("Anna", "Shore", 3, "Tide")),
        ("Anna/Shore/CD2/03. Tide.flac", ("Anna", "Shore", 3, "Tide")),
        ("Anna/Shore/2-03 Tide.ogg", ("Anna", "Shore", 3, "Tide")),
        ("Music/Shore/99 Luftballons.mp3", (None, "Shore", None, "99 Luftballons")),
        ("Shore/Anna_Almond_-_High_Tide.opus", ("Anna Almond", "Shore", None, "High Tide")),
        ("tide.wav", (None, None, None, "tide")),
    ],
)
def test_tracks_without_tags_are_known_by_their_names(root: Path, path: str, expected: tuple[object, ...]) -> None:
    put(root, path)
    track = Scan(root).one()
    assert (track.artist, track.album, track.track_number, track.title) == expected


def test_tags_come_before_names_and_carry_what_names_cannot(root: Path) -> None:
    put(root, "Anna/Shore/03 - Tide.mp3")
    tags = TrackTags(
        title="T", artist="A", track_number=9, year=1970, genres=("Folk",), duration=90.0, musicbrainz_id="m"
    )
    track = Scan(root, read_tags=lambda path: tags).one()
    assert (track.title, track.artist, track.album, track.track_number, track.runtime) == ("T", "A", "Shore", 9, 1.5)
    assert track.external_ids[0].scheme == "musicbrainz"
    assert track.people() == ("A",)


def test_a_file_that_is_no_sound_fails_with_its_sentence(root: Path) -> None:
    put(root, "a.mp3", "b.mp3")
    found = Scan(root, read_tags=no_sound)
    assert found.failures == {
        "track:media/a.mp3": "“a.mp3” is not a sound file.",
        "track:media/b.mp3": "“b.mp3” is not a sound file.",
    }
    assert found.complete


# Posters and files to open


def server_of(*roots: Path) -> FolderServer:
    return FolderServer("My media", [str(root) for root in roots], no_tags)


@pytest.mark.parametrize(
    "name", ["poster.jpg", "folder.JPG", "cover.png", "Clock (1998)-poster.jpg", "Clock (1998).jpg"]
)
def test_posters_under_their_many_names(root: Path, name: str) -> None:
    put(root, "Clock/Clock (1998).mkv", f"Clock/{name}", content=JPEG)
    poster = Scan(root).one().poster
    assert poster == str(root / "Clock" / name)
    assert server_of(root).poster(poster, 200, 300) == JPEG


def test_a_folder_of_many_films_has_no_common_poster(root: Path) -> None:
    put(root, "One (1991).mkv", "Two (1992).mkv", "folder.jpg", "Two (1992)-poster.png")
    found = Scan(root)
    assert found.items["film:one (1991)"].poster is None
    assert found.items["film:two (1992)"].poster == str(root / "Two (1992)-poster.png")


def test_only_pictures_within_the_folders_are_handed_out(root: Path, tmp_path: Path) -> None:
    put(root, "poster.jpg", content=JPEG)
    put(root, "words.jpg", content="secret words")
    put(root, "film.mkv", content=JPEG)
    put(tmp_path, "outside.jpg", "media2/outside.jpg", content=JPEG)
    server = server_of(root)
    assert server.poster(str(root / "poster.jpg"), 1, 1) == JPEG
    for path in (
        *(str(tmp_path / "outside.jpg"), str(tmp_path / "media2" / "outside.jpg"), f"{root}/../outside.jpg"),
        *(str(root / "words.jpg"), str(root / "film.mkv"), str(root / "none.jpg"), str(root), "poster.jpg", ""),
    ):
        assert server.poster(path, 1, 1) is None, path


def test_a_poster_of_monstrous_size_is_left_alone(root: Path) -> None:
    with open(root / "poster.jpg", "wb") as file:
        file.write(JPEG)
        file.truncate(MAX_POSTER + 1)
    assert server_of(root).poster(str(root / "poster.jpg"), 1, 1) is None


def test_the_first_file_that_is_there_is_opened(root: Path) -> None:
    put(root, "b.mkv")
    files = [str(root / "a.mkv"), str(root / "b.mkv")]
    assert server_of(root).play_target("film:b", files) == files[1]
    assert server_of(root).play_target("film:b", files[:1]) is None


# Versions


def test_a_second_scan_of_an_unchanged_folder_guesses_nothing(root: Path) -> None:
    put(root, "Tides.mkv", "Some.Other.mkv", "Ferry/Season 1/Pilot.mkv")
    first = Scan(root)
    names._guess.cache_clear()
    assert Scan(root, items=False).entries == first.entries
    assert names._guess.cache_info().currsize == 0


@pytest.mark.parametrize("path", ["Clock (1998)/a.mkv", "Clock (1998)/movie.nfo", "Clock (1998)/poster.jpg"])
def test_a_change_of_any_file_of_a_film_moves_its_version(root: Path, path: str) -> None:
    put(root, "Clock (1998)/a.mkv", "Clock (1998)/poster.jpg", "Other (1999).mkv")
    put(root, "Clock (1998)/movie.nfo", content="<movie/>")
    before = Scan(root, items=False).entries
    (root / path).write_bytes(b"something longer")
    after = Scan(root, items=False).entries
    assert {key for key in before if before[key] != after[key]} == {"film:clock (1998)"}


def test_a_new_episode_moves_the_version_of_its_show(root: Path) -> None:
    put(root, "Ferry/Season 1/Ferry.S01E01.mkv", "Other (1999).mkv")
    before = Scan(root, items=False).entries
    put(root, "Ferry/Season 1/Ferry.S01E02.mkv")
    after = Scan(root, items=False).entries
    assert {key for key in before if before[key] != after[key]} == {"show:ferry"}


def test_keys_are_the_same_wherever_the_drive_is_connected(tmp_path: Path) -> None:
    put(
        tmp_path,
        "one/Media/Tides.mkv",
        "one/Media/Anna/a.mp3",
        "one/Media/Dune (2021).mkv",
        "one/Media/TV/Ferry.S01E01.mkv",
    )
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert set(Scan(tmp_path / "one" / "Media").items) == set(Scan(tmp_path / "two" / "Media").items)


def test_the_same_track_in_two_folders_of_one_name_is_two_entries(tmp_path: Path) -> None:
    put(tmp_path, "one/Music/a.mp3", "two/Music/a.mp3")
    assert set(Scan(tmp_path / "one" / "Music", tmp_path / "two" / "Music").items) == {
        "track:Music/a.mp3",
        f"track:{tmp_path}/two/Music/a.mp3",
    }


# What file systems do to people


def test_loops_of_links_end(root: Path) -> None:
    put(root, "Films/Dune (2021).mkv")
    (root / "Films" / "again").symlink_to(root)
    (root / "Films" / "self").symlink_to(root / "Films" / "self")
    (root / "a").symlink_to(root / "b")
    (root / "b").symlink_to(root / "a")
    (root / "alias").symlink_to(root / "Films")
    found = Scan(root)
    assert found.named() == {("Dune", 2021, 1)}
    assert found.one().files == (str(root / "Films" / "Dune (2021).mkv"),)


def test_a_link_to_another_drive_is_followed_and_a_dead_one_told(root: Path, tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/Dune (2021).mkv", "elsewhere2/Up (2009).mkv")
    (root / "more").symlink_to(tmp_path / "elsewhere")
    (root / "Up (2009).mkv").symlink_to(tmp_path / "elsewhere2" / "Up (2009).mkv")
    (root / "Gone (2000).mkv").symlink_to(tmp_path / "nothing.mkv")
    found = Scan(root)
    assert found.named() == {("Dune", 2021, 1), ("Up", 2009, 1)}
    assert found.problems == [f"“{root}/Gone (2000).mkv” is a link that leads nowhere."]
    assert found.complete


def test_folders_within_each_other_are_read_once(root: Path) -> None:
    put(root, "Films/Dune (2021).mkv")
    assert Scan(root, root / "Films", root).one().files == (str(root / "Films" / "Dune (2021).mkv"),)


def failing(monkeypatch: pytest.MonkeyPatch, name: str, where: Callable[[str], bool], number: int) -> None:
    """Let a call of ``os`` fail for some paths as a file system would; the tests may run as root, who may read everything."""
    real = getattr(os, name)

    def call(path: Any, *args: Any, **more: Any) -> Any:
        if isinstance(path, str) and where(path):
            raise OSError(number, os.strerror(number), path)
        return real(path, *args, **more)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.EACCES, "you may not read it"), (errno.EIO, "Input/output error"), (errno.ENAMETOOLONG, "too long")],
)
def test_a_folder_that_cannot_be_read_is_told_and_nothing_counts_as_gone(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    put(root, "open/Dune (2021).mkv", "shut/Up (2009).mkv")
    failing(monkeypatch, "scandir", lambda path: path.endswith("shut"), number)
    found = Scan(root)
    assert found.named() == {("Dune", 2021, 1)}
    assert not found.complete
    assert len(found.problems) == 1
    assert str(root / "shut") in found.problems[0]
    assert reason in found.problems[0]


def test_a_folder_deleted_meanwhile_is_simply_gone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "here/Dune (2021).mkv", "gone/Up (2009).mkv")
    failing(monkeypatch, "scandir", lambda path: path.endswith("gone"), errno.ENOENT)
    found = Scan(root)
    assert (found.named(), found.complete, found.problems) == ({("Dune", 2021, 1)}, True, [])


def test_a_drive_that_disappears_half_way_is_told_and_nothing_counts_as_gone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, "a/Dune (2021).mkv", "b/Up (2009).mkv", "c/Alien (1979).mkv")
    real = os.scandir

    def pulled_out(path: str) -> Any:
        if path.endswith("b"):
            root.rename(root.with_name("away"))
        return real(path)

    monkeypatch.setattr(os, "scandir", pulled_out)
    found = Scan(root, items=False)
    assert set(found.entries) == {"film:dune (2021)"}
    assert not found.complete
    assert found.problems == [f"The folder “{root}” disappeared while it was read. Is the drive still connected?"]


def test_a_drive_that_leaves_an_empty_folder_behind_is_noticed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "a/Dune (2021).mkv", "b/Up (2009).mkv")
    real = os.scandir

    def unmounted(path: str) -> Any:
        if path.endswith("b"):
            root.rename(root.with_name("away"))
            root.mkdir()
        return real(path)

    monkeypatch.setattr(os, "scandir", unmounted)
    found = Scan(root, items=False)
    assert not found.complete
    assert "disappeared" in found.problems[0]


def test_a_drive_that_disappears_between_two_lists_is_noticed(root: Path) -> None:
    put(root, "Dune (2021).mkv", "Ferry.S01E01.mkv")
    server = server_of(root)
    assert all(page.complete for page in server.listing(FILMS))
    root.rename(root.with_name("away"))
    pages = list(server.listing(SHOWS))
    assert not pages[-1].complete
    assert "disappeared" in pages[-1].problems[0]


def test_a_drive_that_disappears_before_the_details_are_read_ends_the_scan(root: Path) -> None:
    put(root, "Clock (1998).mkv", "a.mp3")
    put(root, "Clock (1998).nfo", content="<movie><title>The Clock</title></movie>")
    server = FolderServer("My media", [str(root)], no_sound)
    listed = {library.key: [e for page in server.listing(library) for e in page.entries] for library in (FILMS, MUSIC)}
    root.rename(root.with_name("away"))
    for library in (FILMS, MUSIC):
        with pytest.raises(ProviderUnavailable, match="disappeared") as raised:
            list(server.items(library, listed[library.key]))
        assert raised.value.hint


def test_a_missing_folder_says_so_with_what_to_do(root: Path) -> None:
    server = server_of(root / "nowhere")
    for ask in (server.identify, lambda: list(server.listing(FILMS)), lambda: list(server.items(FILMS, []))):
        with pytest.raises(ProviderUnavailable, match="it is not there") as raised:
            ask()
        assert "drive" in raised.value.hint
        assert raised.value.provider == "My media"


def test_a_file_instead_of_a_folder_and_no_folder_at_all(root: Path) -> None:
    put(root, "file.mkv")
    with pytest.raises(ProviderUnavailable, match="it is not a folder"):
        server_of(root / "file.mkv").identify()
    with pytest.raises(ProviderUnavailable, match="No folder is chosen"):
        server_of().identify()


def test_a_folder_that_may_not_be_read_is_denied(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "scandir", lambda path: path == str(root), errno.EACCES)
    with pytest.raises(ProviderDenied, match="may not be read"):
        server_of(root).identify()


def test_one_missing_folder_of_two_is_told_and_the_other_read(root: Path, tmp_path: Path) -> None:
    put(root, "Dune (2021).mkv")
    found = Scan(tmp_path / "unplugged", root)
    assert found.named() == {("Dune", 2021, 1)}
    assert not found.complete
    assert found.problems == [f"The folder “{tmp_path}/unplugged” was left out: it is not there."]


def test_names_that_are_no_text_can_be_stored_printed_and_opened(root: Path) -> None:
    folder = os.fsencode(root) + b"/Am\xe9lie (2001)"
    os.mkdir(folder)
    for name in (b"/Am\xe9lie (2001).mkv", b"/poster.jpg", b"/\xff\xfe.mp3", b"/\xff\xfd.mp3"):
        with open(folder + name, "wb") as file:
            file.write(JPEG)
    found = Scan(root)
    repr(found.items).encode("utf-8")
    str(found.entries).encode("utf-8")
    film = found.items["film:amelie (2001)"]
    assert film.title == "Amélie"
    assert film.files == (written(os.fsdecode(folder + b"/Am\xe9lie (2001).mkv")),)
    assert film.files[0].endswith("/Am%E9lie%20%282001%29/Am%E9lie%20%282001%29.mkv")
    assert server_of(root).play_target(film.key, film.files) == film.files[0]
    assert server_of(root).poster(film.poster or "", 10, 10) == JPEG
    assert len(found.items) == 3


def test_names_with_every_character_a_name_may_have(root: Path) -> None:
    for name in (
        "new\nline (2001).mkv",
        "tab\there (2002).mkv",
        "quo\"te's (2003).mkv",
        "%41 (2004).mkv",
        "a\u202eb (2005).mkv",
        "🎬 (2006).mkv",
    ):
        put(root, name)
    found = Scan(root)
    assert len(found.items) == 6
    assert found.items["film:new line (2001)"].title == "new line"
    for item in found.items.values():
        assert server_of(root).play_target(item.key, item.files) == item.files[0]


@pytest.mark.parametrize("name", [" .mkv", "\n.mkv", " .mp3", " S01E01.mkv"])
def test_a_name_of_blanks_still_has_a_title(root: Path, name: str) -> None:
    put(root, name)
    assert Scan(root).one().title in {"Untitled", "media"}


# A scan as a job


def test_one_walk_serves_all_three_libraries_and_the_next_scan_walks_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, "Dune (2021).mkv", "a.mp3", "Ferry.S01E01.mkv")
    walked = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: walked.append(path) or real(path))
    server = server_of(root)

    def whole_scan() -> int:
        return sum(len(page.entries) for library in server.libraries() for page in server.listing(library))

    assert whole_scan() == 3
    once = len(walked)
    put(root, "Up (2009).mkv")
    assert whole_scan() == 4
    assert len(walked) == 2 * once
    put(root, "Alien (1979).mkv")
    assert sum(len(page.entries) for page in server.listing(FILMS)) == 3


def longest_gap(steps: Iterator[Any], clock: Callable[[], float] = time.thread_time) -> float:
    gc.disable()  # a full round over whatever other tests loaded is none of the work that is measured
    try:
        worst, before = 0.0, clock()
        for _ in steps:
            worst = max(worst, clock() - before)
            before = clock()
        return max(worst, clock() - before)
    finally:
        gc.enable()


def test_long_work_yields_often_and_pages_are_small(root: Path) -> None:
    put(root, *(f"{n % 20}/Film {n} ({1950 + n % 70}).mkv" for n in range(1200)))
    put(root, *(f"TV/Ferry/Season 1/Ferry.S01E{n:03}.mkv" for n in range(200)))
    server = server_of(root)
    pages: list[ListingPage] = []
    assert longest_gap(page for page in server.listing(FILMS) if pages.append(page) is None) < 0.25
    assert max(len(page.entries) for page in pages) <= 500
    entries = [entry for page in pages for entry in page.entries]
    assert len(entries) == 1200
    batches: list[ItemBatch] = []
    assert longest_gap(batch for batch in server.items(FILMS, entries) if batches.append(batch) is None) < 0.25
    assert sum(len(batch.items) for batch in batches) == 1200
    assert longest_gap(server.listing(SHOWS)) < 0.25


def test_a_slow_disk_gives_pages_without_entries_meanwhile(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, *(f"{n}/Film {n} (2000).mkv" for n in range(12)))
    real = os.scandir

    def slow(path: str) -> Any:
        time.sleep(0.03)
        return real(path)

    monkeypatch.setattr(os, "scandir", slow)
    pages: list[ListingPage] = []
    assert longest_gap((p for p in server_of(root).listing(FILMS) if pages.append(p) is None), time.monotonic) < 1.0
    assert sum(not page.entries for page in pages) >= 2
    assert sum(len(page.entries) for page in pages) == 12


@pytest.fixture
def home(home_path: Path) -> Home:
    return find_home(home_path)


def test_a_scan_into_the_library(root: Path, home: Home) -> None:
    source = SourceSettings(id="f1", kind="folder", name="My media", paths=(str(root),))
    put(root, "Dune (2021).mkv", "Up (2009).mkv", "Alien (1979).mkv", "Ferry/Season 1/Ferry.S01E01.mkv", "a.mp3")
    put(root, "Dune (2021).nfo", content="<movie><title>Dune</title><userrating>9</userrating></movie>")
    put(root, "Up (2009).nfo", content="https://www.imdb.com/title/tt1049413/")
    with open(os.fsencode(root) + b"/Am\xe9lie (2001).mkv", "wb"):
        pass
    with Library.open(home) as library:
        report = run(scan(library, server_of(root), source))
        assert (report.added, report.failed, report.ratings) == (6, 0, 1)
        assert any("holds only an address" in problem for problem in report.problems)
        assert {item.title for item in library.items.all()} == {"Dune", "Up", "Alien", "Amélie", "Ferry", "a"}
        report = run(scan(library, server_of(root), source))
        assert (report.added, report.changed, report.removed, report.ratings) == (0, 0, 0, 0)
        os.remove(root / "Alien (1979).mkv")
        report = run(scan(library, server_of(root), source))
        assert (report.added, report.changed, report.removed) == (0, 0, 1)


def test_a_drive_that_is_gone_leaves_the_library_as_it_was(root: Path, home: Home) -> None:
    source = SourceSettings(id="f1", kind="folder", name="My media", paths=(str(root),))
    put(root, "Dune (2021).mkv", "Up (2009).mkv")
    with Library.open(home) as library:
        run(scan(library, server_of(root), source))
        server = server_of(root)
        job = scan(library, server, source)
        for _ in range(2):
            next(job)
        root.rename(root.with_name("away"))
        with pytest.raises(ProviderUnavailable):
            run(job)
        assert library.items.count() == 2


def test_an_entry_that_is_not_there_any_more_fails_alone(root: Path) -> None:
    put(root, "Dune (2021).mkv")
    (batch,) = server_of(root).items(FILMS, [Entry("film:gone", "1")])
    assert batch.failures == {"film:gone": "It is not in the folder any more."}
