"""Writing from the command line: nothing until it is allowed, then ratings and playlists, listed, with the way back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from library.errors import ProviderUnavailable
from library.home import find_home
from library.library import Library
from library.settings import SourceSettings
from library.writing import WriteKind
from tests.unit.cli.world import MemoryServer, World
from tests.unit.library.writable_server import WritableMemory


@dataclass
class WritableServer(WritableMemory, MemoryServer):
    """A media server in memory that can be written to."""

    tokens: list[str | None] = field(default_factory=list)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def server(world: World) -> WritableServer:
    world.plex = WritableServer()
    with Library.open(find_home()) as library:
        source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url="http://127.0.0.1:1")
        settings = library.settings.load()
        library.settings.save(type(settings)(sources=(source,)))
    world.json("scan", "--no-texts")
    return world.plex


def test_nothing_is_written_until_it_is_allowed(world: World, server: WritableServer) -> None:
    for line in (
        ("rate", "Alien", "9", "--on-server"),
        ("playlist", "create", "x", "--on", "Cellar", "Alien"),
        ("undo", "1"),
    ):
        answer = world.json(*line, status=1)
        assert answer["error"] == "Homereel only reads from your servers until you allow it to write."
        assert answer["hint"] == "Allow it with: homereel activity --allow-writing"
    assert server.written == 0
    assert world.json("activity") == {"allowed": False, "activity": []}
    assert world.json("activity", "--allow-writing")["allowed"]
    assert not world.json("activity", "--forbid-writing")["allowed"]


def test_a_rating_goes_there_is_listed_and_undone(world: World, server: WritableServer) -> None:
    world.text("activity", "--allow-writing")
    said = world.text("rate", "Alien", "9", "--on-server")
    assert said.endswith("On the server: 1 written.\n")
    assert server.state(WriteKind.RATING, "6") == {"rating": 9.0}
    (entry,) = world.json("activity")["activity"]
    assert (entry["what"], entry["change"], entry["source"]) == ("Rate “Alien”", "no rating → 9", "Cellar")
    assert "Rate “Alien”" in world.text("activity")
    assert world.text("undo", str(entry["id"])) == "It is put back as it was.\n"
    assert server.state(WriteKind.RATING, "6") == {"rating": None}
    assert [one["state"] for one in world.json("activity")["activity"]] == ["done", "undone"]


def test_an_undo_that_is_refused_says_why(world: World, server: WritableServer) -> None:
    world.text("activity", "--allow-writing")
    world.text("rate", "Alien", "9", "--on-server")
    server.entries[WriteKind.RATING, "6"] = {"rating": 3.0}
    status, out, _ = world.call("undo", "1")
    assert status == 1
    assert out.startswith("Somebody changed “Alien” since")
    assert world.json("undo", "99", status=1)["error"] == "Nothing was written under the number 99."


def test_a_playlist_is_made_once_and_then_added_to_or_replaced(world: World, server: WritableServer) -> None:
    world.text("activity", "--allow-writing")
    line = ("playlist", "create", "Friday", "--on", "cellar")
    assert world.text(*line, "Alien", "Thief") == "Make the playlist “Friday” on Cellar: done.\n"
    assert server.lists_of[WriteKind.PLAYLIST] == {"101": {"title": "Friday", "items": ["6", "3"]}}
    assert world.json(*line, "Arrival", status=1)["error"] == "There is a playlist “Friday” already."
    world.text(*line, "Arrival", "Alien", "--append")
    assert server.lists_of[WriteKind.PLAYLIST]["101"]["items"] == ["6", "3", "8"]
    world.text(*line, "1917", "--replace")
    assert server.lists_of[WriteKind.PLAYLIST]["101"]["items"] == ["5"]
    ids = [entry["id"] for entry in world.json("activity")["activity"]]
    for entry_id in ids:
        world.text("undo", str(entry_id), "--all")
    assert server.lists_of[WriteKind.PLAYLIST] == {}


def test_shows_are_left_out_and_unknown_sources_named(world: World, server: WritableServer) -> None:
    world.text("activity", "--allow-writing")
    status, out, err = world.call("playlist", "create", "Mix", "--on", "Cellar", "Fargo", "Alien")
    assert (status, out) == (0, "Make the playlist “Mix” on Cellar: done.\n")
    assert "Left out: 1 title of a kind" in err
    assert "Cellar" in world.json("playlist", "create", "Mix", "--on", "Attic", "Alien", status=1)["hint"]
    assert world.json("playlist", "create", "M", "--on", "Cellar", "Alien", "--append", "--replace", status=2)["error"]


def test_a_server_that_is_off_is_said(world: World, server: WritableServer) -> None:
    world.text("activity", "--allow-writing")
    server.gone = ProviderUnavailable("Cellar", "Cellar does not answer.")
    answer = world.json("rate", "Alien", "9", "--on-server")
    assert answer["rating"] == 9.0
    assert answer["on_server"]["problem"] == "Cellar does not answer."
    assert world.json("rate", "Alien", "--skip", "--on-server", status=2)["error"]
