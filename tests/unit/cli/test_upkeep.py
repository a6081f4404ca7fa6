from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.unit.cli.world import World


def test_export_writes_csv_and_json(world: World, tmp_path: Path) -> None:
    world.json("rate", "Amélie", "9")
    world.json("rate", "Thief", "6.5")
    file = tmp_path / "ratings.csv"
    assert world.text("export", "--output", str(file)) == f"2 ratings written to {file}\n"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert {(row["title"], row["year"], row["rating"]) for row in rows} == {
        ("Amélie", "2001", "9"),
        ("Thief", "1981", "6.5"),
    }
    printed = json.loads(world.text("export", "--format", "json"))
    assert [row["rating"] for row in printed] == [6.5, 9.0]
    assert world.json("export") == printed
    answer = world.json("export", "-o", str(tmp_path / "r.json"))
    assert (answer["format"], answer["ratings"]) == ("json", 2)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == printed
    world.text("export", "--format", "json", "-o", str(tmp_path / "r.txt"))
    assert json.loads((tmp_path / "r.txt").read_text(encoding="utf-8")) == printed


def test_export_to_nowhere_is_a_sentence(world: World, tmp_path: Path) -> None:
    status, out, err = world.call("export", "-o", str(tmp_path / "no" / "such" / "r.csv"))
    assert (status, out) == (1, "")
    assert "could not be written" in err
    assert world.call("export", "--format", "csv", "--json")[0] == 2


def test_backup_list_and_restore(world: World) -> None:
    assert "There are no backups yet." in world.text("backup", "--list")
    world.json("rate", "Thief", "9")
    made = world.json("backup")
    assert Path(made["path"]).exists()
    world.json("rate", "Alien", "2")
    assert [found["name"] for found in world.json("backup", "--list")["backups"]] == [made["name"]]
    assert world.json("info")["feedback"]["rated"] == 2
    assert world.call("backup", "--restore", made["name"])[0] == 2, "nobody can be asked, and --yes is missing"
    answer = world.json("backup", "--restore", made["name"].removesuffix(".sqlite3"), "--yes")
    assert "1 rating" in answer["text"]
    assert world.json("info")["feedback"]["rated"] == 1
    assert len(world.json("backup", "--list")["backups"]) == 2, "what was there before is kept"
    assert "no backup called" in world.json("backup", "--restore", "nope", "--yes", status=1)["error"]


def test_info_says_where_everything_is(world: World, home_path: Path) -> None:
    empty = world.json("info")
    assert empty["home"] == str(home_path)
    assert empty["version"] == "1.2.3"
    assert empty["library"] == {"movies": 0, "shows": 0, "tracks": 0, "gone": 0}
    world.json("scan", "--demo")
    document = world.json("info")
    assert document["library"]["movies"] == 8
    assert document["sources"][0]["last_scan"]["status"] == "success"
    text = world.text("info")
    assert str(home_path) in text
    assert "8 films, 1 show, 0 tracks" in text
    assert "Demo library (demo)" in text
