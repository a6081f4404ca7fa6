"""A real Subsonic server with real sound files: scanned, listened to, rated, given a playlist of 800, and killed half way.

The files are made here, byte by byte. With ``HOMEREEL_REAL_MUSIC=<directory> pytest -m real_music tests/end_to_end`` the same is
done with music that lies in a directory of this computer.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.errors import PasswordOnly, ProviderUnavailable
from library.home import find_home
from library.items import Item, MediaKind
from library.library import Library
from library.progress import Progress, run
from library.rating_scales import from_stars
from library.sync import ScanReport, scan
from library.write_states import UNFINISHED
from library.writing import WriteKind
from tests.end_to_end.supysonic_process import Supysonic
from tests.fakes.tiny_audio import flac, mp3, opus

SONGS, ALBUM, LONG = 48, 8, 800
SOUND_FILES = {".mp3", ".ogg", ".opus", ".flac"}


def write_music(where: Path, songs: int, artist: str) -> None:
    """Albums of 8 songs, an album in Opus, the next in FLAC, the next in MP3, and so on."""
    for number in range(songs):
        album, track = divmod(number, ALBUM)
        title, name = f"{artist} {number} – ä", f"Album {album}"
        tags = {
            "TITLE": title,
            "ARTIST": artist,
            "ALBUM": name,
            "TRACKNUMBER": str(track + 1),
            "DATE": str(1980 + album),
        }
        id3 = {"TIT2": title, "TPE1": artist, "TALB": name, "TRCK": str(track + 1), "TDRC": str(1980 + album)}
        suffix, content = [
            ("opus", opus({**tags, "GENRE": "Ambient"}, 2 + track)),
            ("flac", flac({**tags, "GENRE": "Folk"}, 2 + track)),
            ("mp3", mp3({**id3, "TCON": "Rock"}, 2 + track)),
        ][album % 3]
        path = where / artist / name / f"{track + 1:02d}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def music(tmp_path: Path) -> dict[str, Path]:
    folders = {"Music": tmp_path / "music", "Soundtracks": tmp_path / "soundtracks"}
    write_music(folders["Music"], SONGS, "The Dahls")
    write_music(folders["Soundtracks"], SONGS // 3, "Nordlys")
    return folders


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        yield opened


def rescan(library: Library, supysonic: Supysonic, kill_at: str = "") -> ScanReport:
    """One scan as the program does it; the server can be killed at one of its steps."""
    server = supysonic.server()

    def report(progress: Progress) -> None:
        if kill_at and progress.step == kill_at:
            supysonic.kill()

    try:
        return run(scan(library, server, supysonic.source()), report)
    finally:
        server.close()


def tracks(library: Library) -> dict[str, Item]:
    return {place.key: item for item in library.items.all() for place in item.places}


def sound_files(folders: dict[str, Path]) -> dict[str, Path]:
    """The files by what the server says of their place in their folder."""
    found = [(folder, path) for folder in folders.values() for path in folder.rglob("*") if path.suffix in SOUND_FILES]
    return {f"/{path.relative_to(folder)}": path for folder, path in found}


def read_it(library: Library, supysonic: Supysonic, folders: dict[str, Path]) -> list[str]:
    """Every file is a track with its tags, and comes back as it is when it is listened to; nothing is read twice."""
    files, there = sound_files(folders), tracks(library)
    assert {item.kind for item in there.values()} == {MediaKind.TRACK}
    assert {file for item in there.values() for place in item.places for file in place.files} == set(files)
    assert rescan(library, supysonic).sentence.endswith("nothing new")
    server = supysonic.server()
    for key in list(there)[:: len(there) // 5]:
        assert b"".join(server.stream(key)) == files[there[key].places[0].files[0]].read_bytes()
    server.close()
    return sorted(there)


def write_a_list(supysonic: Supysonic, keys: list[str]) -> None:
    """Create a playlist, turn it round, and delete it."""
    server = supysonic.server()
    written = run(server.write(WriteKind.PLAYLIST, "", None, {"title": "Evening", "items": keys}))
    assert server.state(WriteKind.PLAYLIST, written.target) == written.state
    assert written.state is not None
    assert written.state["items"] == keys
    run(server.write(WriteKind.PLAYLIST, written.target, written.state, {"items": keys[::-1]}))
    again = server.state(WriteKind.PLAYLIST, written.target)
    assert again == {**written.state, "items": keys[::-1]}
    assert [(one.title, one.size) for one in server.lists(WriteKind.PLAYLIST)] == [("Evening", len(keys))]
    assert run(server.write(WriteKind.PLAYLIST, written.target, again, None)).state is None
    assert server.lists(WriteKind.PLAYLIST) == ()
    server.close()


def rate_and_star(library: Library, supysonic: Supysonic, key: str) -> None:
    """Rate and star a song, have it come in with the next scan, and take both back."""
    server = supysonic.server()
    for kind, after in ((WriteKind.RATING, {"rating": 8.0}), (WriteKind.LIKED, {"liked": True})):
        before = server.state(kind, key)
        assert run(server.write(kind, key, before, after)).state == after
        assert run(server.write(kind, key, after, after)).state == after  # what is so already can be said again
    assert rescan(library, supysonic).changed == 1
    viewing = tracks(library)[key].places[0].viewing
    assert (viewing.rating, viewing.favourite) == (from_stars(4), True)
    run(server.write(WriteKind.RATING, key, {"rating": 8.0}, {"rating": None}))
    run(server.write(WriteKind.LIKED, key, {"liked": True}, {"liked": False}))
    assert server.state(WriteKind.RATING, key) == {"rating": None}
    assert server.state(WriteKind.LIKED, key) == {"liked": False}
    server.close()


def kill_while_scanning(library: Library, supysonic: Supysonic, folders: dict[str, Path]) -> None:
    """Kill the server when the last library is listed: what was read stays, and the next scan brings the rest."""
    last = list(folders)[-1]
    kept = len(sound_files({name: path for name, path in folders.items() if name != last}))
    with pytest.raises(ProviderUnavailable):
        rescan(library, supysonic, kill_at=f"Listing {last}")
    assert len(tracks(library)) == kept
    supysonic.start()
    report = rescan(library, supysonic)
    everything = len(sound_files(folders))
    assert (report.listed, report.added, report.removed, report.failed) == (everything, everything - kept, 0, 0)


def kill_while_writing(supysonic: Supysonic, keys: list[str]) -> None:
    """Kill the server half way through a playlist: nobody sees half a list under its name, and the next write finishes it."""
    wanted = {"title": "Night", "items": keys}
    server = supysonic.server()
    job = server.write(WriteKind.PLAYLIST, "", None, wanted)
    for _ in range(8):
        next(job)
    supysonic.kill()
    with pytest.raises(ProviderUnavailable):
        run(job)
    server.close()
    supysonic.start()
    server = supysonic.server()
    half = server.lists(WriteKind.PLAYLIST)
    assert [one.title for one in half] == [f"Night ({UNFINISHED})"]
    assert 0 < (half[0].size or 0) < len(keys)
    written = run(server.write(WriteKind.PLAYLIST, "", None, wanted))
    assert written.target == half[0].key
    assert [(one.title, one.size) for one in server.lists(WriteKind.PLAYLIST)] == [("Night", len(keys))]
    assert written.state is not None
    assert written.state["items"] == keys
    server.close()


def test_a_real_server_is_used_killed_and_used_again(tmp_path: Path, music: dict[str, Path], library: Library) -> None:
    with Supysonic(tmp_path / "server", music) as supysonic:
        server = supysonic.server("password")
        with pytest.raises(PasswordOnly):  # it knows no tokens, so that the person is asked first
            server.identify()
        server.close()
        kill_while_scanning(library, supysonic, music)
        keys = read_it(library, supysonic, music)
        rate_and_star(library, supysonic, keys[0])
        write_a_list(supysonic, random.Random(3).choices(keys, k=20))
        kill_while_writing(supysonic, random.Random(4).choices(keys, k=LONG))


@pytest.mark.real_music
def test_real_music_is_used_as_well(tmp_path: Path, library: Library) -> None:
    where = os.environ.get("HOMEREEL_REAL_MUSIC", "")
    assert where, "Say with HOMEREEL_REAL_MUSIC in which directory music lies."
    folders = {path.name: path for path in sorted(Path(where).iterdir()) if path.is_dir()}
    with Supysonic(tmp_path / "server", folders) as supysonic:
        kill_while_scanning(library, supysonic, folders)
        keys = read_it(library, supysonic, folders)
        rate_and_star(library, supysonic, keys[0])
        write_a_list(supysonic, random.Random(3).choices(keys, k=LONG))
        kill_while_writing(supysonic, random.Random(4).choices(keys, k=LONG))
