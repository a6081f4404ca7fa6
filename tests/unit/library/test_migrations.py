"""Each numbered script, from the version before it, with real rows."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from library.database import MIGRATIONS, connect, migrate, migrations
from library.feedback import Rating
from library.feedback_store import FeedbackStore
from library.item_store import ItemStore
from library.salvage import salvage_feedback


def scripts_up_to(number: int, directory: Path) -> Path:
    directory.mkdir()
    for found, path in migrations():
        if found <= number:
            shutil.copy(path, directory / path.name)
    return directory


def schema(path: Path) -> list[tuple]:
    with sqlite3.connect(path) as file:
        found = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    file.close()
    return found


def first_version(path: Path, directory: Path) -> None:
    """A library of the first format with one rating."""
    old = connect(path)
    migrate(old, scripts_up_to(1, directory))
    old.run("INSERT INTO item (id, kind, title, match_title, added_at) VALUES (7, 'movie', 'Alien', 'alien', 1.0)")
    old.run(
        "INSERT INTO feedback (at, user, source, kind, item_id, value) VALUES (5.0, 'local', 'homereel', 'rating', 7, 9)"
    )
    old.close()


def test_0002_keeps_ratings_and_learns_from_them(tmp_path: Path) -> None:
    first_version(tmp_path / "old.sqlite3", tmp_path / "first")
    old, fresh = connect(tmp_path / "old.sqlite3"), connect(tmp_path / "fresh.sqlite3")
    migrate(old)
    migrate(fresh)
    (rating,) = FeedbackStore(old).current().ratings
    assert (rating.item_id, rating.value, rating.learn) == (7, 9.0, True)
    with pytest.raises(sqlite3.IntegrityError, match="only appended"):
        old.run("UPDATE feedback SET learn = 0")
    old.close()
    fresh.close()
    columns = {}
    for name in ("old", "fresh"):
        with sqlite3.connect(tmp_path / f"{name}.sqlite3") as file:
            columns[name] = file.execute("PRAGMA table_info(feedback)").fetchall()
        file.close()
    assert columns["old"] == columns["fresh"]
    assert schema(tmp_path / "old.sqlite3") == schema(tmp_path / "fresh.sqlite3")


def test_feedback_of_a_damaged_file_of_the_first_format_is_saved(tmp_path: Path) -> None:
    first_version(tmp_path / "damaged.sqlite3", tmp_path / "first")
    database = connect(tmp_path / "new.sqlite3")
    migrate(database)
    assert salvage_feedback(database, tmp_path / "damaged.sqlite3") == 1
    assert FeedbackStore(database).current().ratings[0].learn
    database.close()


def test_feedback_of_a_damaged_file_of_today_keeps_what_is_not_to_be_learned(tmp_path: Path) -> None:
    damaged = connect(tmp_path / "damaged.sqlite3")
    migrate(damaged)
    damaged.run("INSERT INTO item (id, kind, title, match_title, added_at) VALUES (7, 'movie', 'Alien', 'alien', 1.0)")
    FeedbackStore(damaged).append(Rating(at=1.0, item_id=7, value=3.0, learn=False))
    damaged.close()
    database = connect(tmp_path / "new.sqlite3")
    migrate(database)
    assert salvage_feedback(database, tmp_path / "damaged.sqlite3") == 1
    assert not FeedbackStore(database).current().ratings[0].learn
    database.close()


def test_every_script_has_a_number_of_its_own() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(list(MIGRATIONS.glob("*.sql"))) == len(numbers)


def test_0003_keeps_titles_and_ratings_of_the_second_format(tmp_path: Path) -> None:
    old, fresh = connect(tmp_path / "old.sqlite3"), connect(tmp_path / "fresh.sqlite3")
    migrate(old, scripts_up_to(2, tmp_path / "second"))
    old.run("INSERT INTO item (id, kind, title, match_title, added_at) VALUES (7, 'movie', 'Alien', 'alien', 1.0)")
    FeedbackStore(old).append(Rating(at=1.0, item_id=7, value=3.0, learn=False))
    migrate(old)
    migrate(fresh)
    (item,) = ItemStore(old).many([7])
    assert (item.title, item.moods, item.styles) == ("Alien", (), ())
    assert [(rating.item_id, rating.value) for rating in FeedbackStore(old).current().ratings] == [(7, 3.0)]
    old.close()
    fresh.close()
    assert schema(tmp_path / "old.sqlite3") == schema(tmp_path / "fresh.sqlite3")
