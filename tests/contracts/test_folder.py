"""Folders of files keep the contract of media servers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from library.errors import AudioError
from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.sources import TrackTags
from providers.servers.folder import FolderServer
from tests.contracts.media_server import Subject, VanishingContract

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def put(path: Path, content: bytes | str = b"x") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def read_tags(path: str) -> TrackTags:
    """Tags known by construction: whatever the file begins with."""
    with open(path, "rb") as file:
        content = file.read()
    if not content.startswith(b"tags:"):
        raise AudioError("It is not a sound file.")
    title, artist, album = content[5:].decode().split("|")
    return TrackTags(
        title=title, artist=artist, album=album, track_number=2, year=1999, genres=("Folk",), duration=180.0
    )


class TestFolder(VanishingContract):
    @pytest.fixture
    def subject(self, tmp_path: Path) -> Subject:
        films, shows, music = tmp_path / "Films", tmp_path / "Shows", tmp_path / "Music"
        dune = put(films / "Dune (2021)" / "Dune (2021).mkv")
        poster = put(films / "Dune (2021)" / "poster.png", PNG)
        clock = put(films / "Clock (1998)" / "clock.mkv")
        nfo = "<movie><title>The Clock</title><year>1998</year><runtime>90</runtime><genre>Drama</genre>"
        nfo_path = Path(put(films / "Clock (1998)" / "movie.nfo", nfo + "<userrating>7</userrating></movie>"))
        episodes = [
            put(shows / "The Ferry" / f"Season {s}" / f"The.Ferry.S0{s}E0{e}.mkv") for s in (1, 2) for e in (1, 2)
        ]
        put(shows / "The Ferry" / "tvshow.nfo", "<tvshow><title>The Ferry</title><credits>Eve Elm</credits></tvshow>")
        track = put(music / "Anna" / "Shore" / "02.flac", "tags:Tide|Anna Almond|Shore")
        cover = put(music / "Anna" / "Shore" / "cover.jpg", b"\xff\xd8\xff" + bytes(40))

        def change() -> tuple[str, str]:
            nfo_path.write_text(nfo + "<userrating>8</userrating></movie>")
            os.utime(nfo_path, (1, 1))
            return "Films", "film:clock (1998)"

        def remove() -> tuple[str, str]:
            os.remove(dune)
            return "Films", "film:dune (2021)"

        expected = {
            "Films": {
                "film:dune (2021)": {
                    "title": "Dune",
                    "year": 2021,
                    "files": (dune,),
                    "poster": poster,
                    "runtime": None,
                },
                "film:clock (1998)": {
                    "title": "The Clock",
                    "runtime": 90.0,
                    "genres": ("Drama",),
                    "files": (clock,),
                    "viewing": Viewing(rating=7.0),
                },
            },
            "Shows": {
                "show:the ferry": {
                    "title": "The Ferry",
                    "seasons": 2,
                    "episodes": 4,
                    "files": tuple(episodes),
                    "credits": (Credit("Eve Elm", CreditRole.CREATOR),),
                }
            },
            "Music": {
                "track:Music/Anna/Shore/02.flac": {
                    "kind": MediaKind.TRACK,
                    "title": "Tide",
                    "artist": "Anna Almond",
                    "album": "Shore",
                    "track_number": 2,
                    "year": 1999,
                    "genres": ("Folk",),
                    "runtime": 3.0,
                    "poster": cover,
                    "files": (track,),
                    "credits": (Credit("Anna Almond", CreditRole.ARTIST),),
                }
            },
        }
        paths = [str(films), str(shows), str(music)]
        return Subject(lambda: FolderServer("My films", paths, read_tags), expected, change, remove)

    def test_ids_come_from_names_and_descriptions(self, tmp_path: Path) -> None:
        home = tmp_path / "ids"
        put(home / "Dune (2021) {tmdb-438631}" / "Dune.mkv")
        put(home / "Dune (2021) {tmdb-438631}" / "Dune.nfo", "https://www.imdb.com/title/tt1160419/")
        server = FolderServer("My films", [str(home)], read_tags)
        films = server.libraries()[0]
        entries = [entry for page in server.listing(films) for entry in page.entries]
        batches = list(server.items(films, entries))
        (item,) = [item for batch in batches for item in batch.items]
        assert (item.title, item.year) == ("Dune", 2021)
        assert item.external_ids == (ExternalId("tmdb", "438631"), ExternalId("imdb", "tt1160419"))
        assert [text for batch in batches for text in batch.problems] == [
            f"“{home}/Dune (2021) {{tmdb-438631}}/Dune.nfo” holds only an address, so the name of the file is used."
        ]
