from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from library.errors import EncoderError, ProviderUnavailable
from library.home import find_home
from library.library import Library
from library.settings import SourceSettings, TextModelSettings
from tests.unit.cli.world import FILMS, World, smaller

ADDRESS = "http://192.168.1.20:32400"
TOKEN = "A-token-123456"


def sources() -> tuple[SourceSettings, ...]:
    with Library.open(find_home()) as library:
        return library.settings.load().sources


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    return ["--token-from-env", "MY_TOKEN"]


def test_a_plex_server_is_added_and_scanned_and_the_demo_leaves(world: World, token: list[str]) -> None:
    world.json("rate", "Thief", "9")
    answer = world.json("scan", "--plex", "192.168.1.20:32400/", *token)
    assert [source["name"] for source in answer["sources"]] == ["Living room"]
    assert answer["sources"][0]["listed"] == 9
    assert answer["library"] == {"movies": 8, "shows": 1, "tracks": 0}
    [source] = sources()
    assert (source.kind, source.url, source.libraries) == ("plex", ADDRESS, None)
    assert set(world.plex.tokens) == {TOKEN}
    info = world.json("info")
    assert info["feedback"]["rated"] == 1, "ratings of demo titles stay with the same films"
    assert [source["titles"] for source in info["sources"]] == [9]
    with Library.open(find_home()) as library:
        assert library.items.library_keys("demo") == []


def test_the_same_server_is_added_once_and_keeps_its_token(world: World, token: list[str]) -> None:
    world.json("scan", "--plex", ADDRESS, *token)
    world.json("scan", "--plex", ADDRESS, *token, "--name", "Upstairs")
    [source] = sources()
    assert source.name == "Upstairs"
    world.plex.tokens.clear()
    assert world.json("scan")["sources"][0]["changed"] == 0
    assert world.plex.tokens == [TOKEN]
    assert world.plex.closed >= 5


def test_only_the_libraries_that_were_chosen(world: World, token: list[str]) -> None:
    answer = world.json("scan", "--plex", ADDRESS, *token, "--library", "films")
    assert answer["library"]["shows"] == 0
    assert sources()[0].libraries == ("f",)
    answer = world.json("scan", "--plex", ADDRESS, *token, "--library", "Cartoons", status=1)
    assert answer == {"error": "There is no library “Cartoons” there.", "hint": "There are: “Films”, “Shows”."}


def test_the_token_may_come_from_standard_input(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"X-Plex-Token={TOKEN}\nmore\n"))
    world.json("scan", "--plex", ADDRESS, "--token-from-stdin")
    assert set(world.plex.tokens) == {TOKEN}


def test_a_server_that_does_not_answer_is_not_added(world: World, token: list[str]) -> None:
    world.plex.failure = ProviderUnavailable("Plex", "Nothing answers.", "Check the port.")
    assert world.json("scan", "--plex", ADDRESS, *token, status=1) == {
        "error": "Nothing answers.",
        "hint": "Check the port.",
    }
    assert sources() == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--plex", ADDRESS),
        ("--plex", ADDRESS, "--demo"),
        ("--folder", "/tmp", "--token-from-stdin"),
        ("--name", "Loft"),
        ("Loft", "--demo"),
        ("--token", TOKEN),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(world: World, arguments: tuple[str, ...]) -> None:
    status, out, _ = world.call("scan", *arguments)
    assert (status, out) == (2, "")


def test_a_folder_is_added_with_its_whole_path(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Films").mkdir()
    monkeypatch.chdir(tmp_path)
    answer = world.json("scan", "--folder", "Films")
    assert answer["library"]["movies"] == 3
    [source] = sources()
    assert (source.kind, source.name, source.paths) == ("folder", "Films", (str(tmp_path / "Films"),))
    world.json("scan", "--folder", "Films")
    assert len(sources()) == 1


def test_one_source_that_fails_does_not_keep_the_others_from_being_scanned(
    world: World, token: list[str], tmp_path: Path
) -> None:
    world.json("scan", "--plex", ADDRESS, *token)
    world.json("scan", "--folder", str(tmp_path))
    world.plex.failure = ProviderUnavailable("Living room", "Nothing answers.", "Is it running?")
    world.folder.films = FILMS[:4]
    answer = world.json("scan", status=1)
    assert [source.get("error") for source in answer["sources"]] == ["Nothing answers.", None]
    assert answer["sources"][1]["added"] == 1
    status, out, _ = world.call("scan", "Living room")
    assert status == 1
    assert "Living room: Nothing answers.\n  Is it running?\n" in out
    assert world.json("scan", "nowhere", status=1)["error"] == "No source is called “nowhere”."


def test_a_library_that_shrank_is_asked_about(world: World, token: list[str]) -> None:
    world.json("scan", "--plex", ADDRESS, *token)
    smaller(world.plex, 1)
    answer = world.json("scan", status=1)
    question = answer["sources"][0]["question"]
    assert (question["known"], question["found"]) == (8, 1)
    assert answer["library"]["movies"] == 8
    assert "--allow-shrink" in world.call("scan")[1]
    answer = world.json("scan", "--allow-shrink")
    assert answer["sources"][0]["removed"] == 7
    assert answer["library"]["movies"] == 1


def test_texts_are_read_unless_told_otherwise(world: World) -> None:
    world.json("scan", "--demo", "--no-texts")
    assert world.encoders_loaded == 0
    assert world.json("info")["texts"]["read"] == 0
    world.json("scan")
    assert world.encoders_loaded == 1
    assert world.json("info")["texts"]["read"] == 9
    world.json("scan")
    assert world.encoders_loaded == 1, "nothing new, nothing to read"
    with Library.open(find_home()) as library:
        settings = library.settings.load()
        library.settings.save(replace(settings, text_model=TextModelSettings("another/model")))
    assert world.json("info")["texts"] == {"model": "another/model", "read": 0}
    assert [source.id for source in sources()] == ["demo"]


def test_a_text_model_that_cannot_be_loaded_loses_nothing(world: World) -> None:
    world.encoder_failure = EncoderError("The text model is not on this computer.", "Choose another one.")
    answer = world.json("scan", "--demo", status=1)
    assert answer["error"] == "The text model is not on this computer."
    assert answer["library"]["movies"] == answer["sources"][0]["added"] - 1 == 8
    status, out, err = world.call("scan")
    assert (status, "In the library now: 8 films, 1 show." in out) == (1, True)
    assert err == "The text model is not on this computer.\nChoose another one.\n"
    assert world.json("recommend")["total"] == 8


def test_ctrl_c_keeps_what_was_read(world: World) -> None:
    world.demo.interrupt_after = 3
    status, out, err = world.call("scan", "--demo", "--no-texts")
    assert (status, out) == (130, "")
    assert err == "Stopped.\nWhat was done until then is kept.\n"
    assert world.demo.closed == 2
    world.demo.interrupt_after = None
    assert world.json("scan", "--no-texts")["library"]["movies"] == 8


def test_a_token_is_in_no_file_but_that_of_secrets(
    world: World, token: list[str], home_path: Path, expected_logs: Callable[[str], None]
) -> None:
    world.json("scan", "--plex", ADDRESS, *token)
    for path in home_path.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes(), path
