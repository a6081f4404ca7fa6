"""A past from the command line: what is read, what is printed, what it does to the suggestions, and the way back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import past_files
from tests.unit.cli.world import World

ROOT = Path(__file__).resolve().parents[2]
HEAD = "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Directors\n"
LINES = (
    "tt0113277,9,2020-01-01,Heat,,u,Movie,8.3,170,1995,Crime,Michael Mann\n"
    "tt0082971,8,2020-01-02,Thief,,u,Movie,7.4,123,1982,Crime,Michael Mann\n"
    "tt0122690,2,2020-01-03,Ronin,,u,Movie,7.2,122,1998,Action,John Frankenheimer\n"
    "tt0000001,2,2020-01-03,Pilot,,u,TV Episode,7.2,22,1998,Action,\n"
    "tt0000002,2\n"
)


@pytest.fixture
def world(capsys: pytest.CaptureFixture[str]) -> World:
    """Commands over a library of a few titles, which is read already."""
    world = World(capsys)
    world.json("recommend")
    return world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_text(HEAD + LINES)
    return path


def test_the_piles_are_printed_and_add_up(world: World, file: Path) -> None:
    dry = world.json("import", str(file), "--dry-run")
    assert dry["id"] is None
    assert (dry["dry_run"], dry["lines"], dry["ratings"], dry["left_out"]) == (True, 5, 3, 2)
    assert dry["piles"] == {"sure": 1, "unsure": 1, "not owned": 1, "wish": 0}
    assert world.json("imports") == {"imports": []}
    assert world.text("imports") == "Nothing was imported yet.\n"
    printed = world.text("import", str(file))
    assert "5 lines: 3 ratings, 0 plays, 0 on a watchlist, 2 left out." in printed
    assert "1  found in the library" in printed
    assert "This line is an episode, and Homereel rates whole shows." in printed
    assert "Configuration, Your past" in printed
    assert "homereel import --take-back 1" in printed
    (found,) = world.json("imports")["imports"]
    assert (found["from"], found["lines"], found["piles"]["unsure"]) == ("IMDb", 5, 1)
    assert "IMDb: ratings.csv" in world.text("imports")
    assert "There was nothing new in it." in world.text("import", str(file))


def test_an_import_changes_what_is_suggested_until_it_is_taken_back(world: World, file: Path) -> None:
    before, owned = world.json("recommend", "-n", "8"), world.json("info")["library"]
    world.json("import", str(file))
    after = world.json("recommend", "-n", "8")
    assert before["total"] - after["total"] == 1  # Heat is rated now; Ronin is not there and never comes up
    assert "Ronin" not in {pick["title"] for pick in after["picks"]}
    assert world.json("search", "Ronin")["results"] == []
    assert world.json("info")["library"] == owned
    assert len(json.loads(world.text("export", "--format", "json"))) == 2
    assert world.text("import", "--take-back", "1") == "Import 1 is taken back: ratings.csv.\n"
    assert json.loads(world.text("export", "--format", "json")) == []
    assert "taken back" in world.text("imports")
    assert world.json("recommend", "-n", "8")["total"] == before["total"]
    assert world.json("import", "--bring-back", "1")["taken_back_at"] is None
    assert len(json.loads(world.text("export", "--format", "json"))) == 2


def test_what_is_exported_can_be_imported_again(world: World, file: Path, tmp_path: Path) -> None:
    world.json("import", str(file))
    world.text("export", "--output", str(tmp_path / "mine.csv"))
    world.text("export", "--output", str(tmp_path / "mine.json"))
    world.json("import", "--take-back", "1")
    first = world.json("import", str(tmp_path / "mine.csv"))
    assert (first["from"], first["ratings"], first["left_out"]) == ("Homereel", 2, 0)
    assert first["piles"]["sure"] == 1
    again = world.json("import", str(tmp_path / "mine.json"))
    assert (again["id"], again["left_out"]) == (None, 2)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "Name the files to import"),
        (("a.csv", "--take-back", "1"), 2, "Name the files to import"),
        (("--take-back", "9"), 1, "There is no import 9."),
        (("nowhere.csv",), 1, "nowhere.csv cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], status: int, said: str, world: World) -> None:
    found, out, err = world.call("import", *arguments)
    assert (found, out) == (status, "")
    assert said in err


def test_a_whole_process_reads_an_archive(tmp_path: Path) -> None:
    archive = past_files.zipped(
        tmp_path / "export.zip", past_files.letterboxd_ratings(), past_files.letterboxd_watchlist()
    )
    command = (sys.executable, str(ROOT / "main.py"), "import", str(archive), "--json")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (document["lines"], document["ratings"], document["wishes"]) == (2000, 930, 940)
    assert document["left_out"] == sum(reason["lines"] for reason in document["reasons"]) == 130
