from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from library.home import find_home
from library.logs import log_file
from tests.unit.cli.world import World

COMMANDS = (
    "scan",
    "sign-in",
    "enrich",
    "recommend",
    "rate",
    "search",
    "explain",
    "similar",
    "learn",
    "playlist",
    "activity",
    "undo",
    "import",
    "imports",
    "export",
    "backup",
    "network",
    "info",
)


def test_the_help_names_every_command_and_fits_a_terminal(world: World) -> None:
    text = world.text("--help")
    assert [line.split()[0] for line in text.split("Commands:")[1].splitlines()[1 : len(COMMANDS) + 1]] == list(
        COMMANDS
    )
    assert "..." not in text.split("Commands:")[1]
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples_that_are_right(world: World, command: str) -> None:
    text = world.text(command, "--help")
    assert "--json" in text
    assert "<str>" not in text
    examples = [line.split() for line in text.split("Examples:\n")[1].splitlines()]
    assert examples
    for example in examples:
        assert example[0] == "homereel"
        assert command in example
        options = {word for word in example if word.startswith("--")} - {"--home"}
        assert all(option in text for option in options)


def test_version_and_json_stand_before_a_command_too(world: World) -> None:
    assert world.text("--version") == "Homereel 1.2.3\n"
    assert json.loads(world.text("--json", "--version")) == {"version": "1.2.3"}
    assert json.loads(world.text("--json", "info"))["version"] == "1.2.3"


def test_home_may_be_said(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert world.json("--home", str(other), "info")["home"] == str(other)
    assert find_home(other).database.exists()
    hint = world.json("info", "--home", str(other), status=2)["hint"]
    assert hint == "Write --home before the command: homereel --home DIRECTORY info"


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("info", "--nonsense"), ("--home",), ("recommend", "-n", "0"), ("explain",)]
)
def test_what_is_not_understood_is_status_2(world: World, arguments: tuple[str, ...]) -> None:
    status, out, err = world.call(*arguments)
    assert (status, out) == (2, "")
    assert "--help" in err
    answer = world.json(*arguments, status=2)
    assert answer["error"]
    assert "--help" in answer["hint"]


def test_a_bug_is_one_sentence_and_the_log_has_the_rest(world: World, expected_logs: Callable[[str], None]) -> None:
    expected_logs("failed unexpectedly")
    world.broken = RuntimeError("a hidden reason, X-Plex-Token=abcdef12345")
    status, out, err = world.call("recommend")
    assert (status, out) == (1, "")
    assert err == "Something went wrong that should not have.\nThe details are in the log.\n"
    written = log_file(find_home()).read_text(encoding="utf-8")
    assert "a hidden reason" in written
    assert "Traceback" in written
    assert "abcdef12345" not in written


def test_a_damaged_library_is_recovered_and_it_is_said(world: World, home_path: Path) -> None:
    world.json("rate", "Thief", "9")
    world.json("backup")
    database = home_path / "library.sqlite3"
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    database.write_bytes(b"not a database at all" * 500)
    status, out, err = world.call("info", "--json")
    assert status == 0
    assert json.loads(out)["feedback"]["rated"] == 1
    assert "restored" in err


def test_a_home_that_cannot_be_used_is_a_sentence(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    status, out, err = world.call("--home", str(file / "home"), "info")
    assert (status, out) == (1, "")
    assert "cannot be used" in err


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("recommend", "--kind", "show"), "'show' is not one of 'movies', 'shows'"),
        (("recommend", "-n", "0"), "it must be greater than or equal to 1"),
        (("search", " "), "Say what to look for."),
        (("rate", "", "5"), "Say which title is meant."),
    ],
)
def test_what_is_wrong_with_a_line_is_said_without_jargon(world: World, line: tuple[str, ...], sentence: str) -> None:
    status, out, err = world.call(*line)
    assert (status, out) == (2, "")
    assert sentence in err
    assert "Value error" not in err
    assert "Input should" not in err
