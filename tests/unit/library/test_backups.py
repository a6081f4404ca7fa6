"""Backups, and the way back from a damaged file."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path

import pytest

from library import backups, database
from library.backups import Reason, back_up, daily, listed, open_or_recover, restore
from library.errors import StoreCorrupt, StoreError, StoreTooNew
from library.feedback import Rating, Retraction
from library.home import Home
from library.items import ExternalId
from library.library import Library
from tests.unit.library.building import film

DAY = 86_400.0
NOON = time.mktime((2025, 5, 3, 12, 0, 0, 0, 0, -1))


def fill(library: Library, count: int = 3) -> list[int]:
    ids = library.items.upsert("s", "l", [film(str(n), f"Film {n}", 1990 + n, f"tt{n}") for n in range(count)])
    library.feedback.append(Rating(at=1, item_id=ids[0], value=8))
    return ids


def damage(path: Path) -> None:
    path.write_bytes(b"\x00" * 100 + path.read_bytes()[100:])


def names(home: Home) -> list[str]:
    return sorted(path.name for path in home.backups.iterdir())


def test_one_a_day_and_seven_are_kept(library: Library, home: Home) -> None:
    for day in range(10):
        made = daily(library, NOON + day * DAY)
        assert made is not None
        os.utime(made.path, (NOON + day * DAY, NOON + day * DAY))
        assert daily(library, NOON + day * DAY + 3600) is None
    assert names(home) == [f"daily_2025-05-{day:02d}.sqlite3" for day in range(6, 13)]
    assert [backup.reason for backup in listed(home)] == [Reason.DAILY] * 7


def test_what_was_made_by_hand_is_kept_for_ever(library: Library, home: Home) -> None:
    for _ in range(12):
        back_up(library)
    assert len(listed(home)) == 12
    for _ in range(12):
        back_up(library, Reason.RESET)
    assert len(listed(home)) == 17


def test_other_files_beside_the_backups_are_left_alone(library: Library, home: Home) -> None:
    (home.backups / "mine.sqlite3").write_text("mine")
    (home.backups / "notes.txt").write_text("mine")
    back_up(library)
    assert [backup.reason for backup in listed(home)] == [Reason.MANUAL]
    assert {"mine.sqlite3", "notes.txt"} < set(names(home))


def test_a_damaged_library_is_never_backed_up(library: Library, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.database, "check", lambda: ["page 3 is wrong"])
    with pytest.raises(StoreCorrupt):
        daily(library)
    assert names(home) == []
    assert home.database.with_name("library.sqlite3.suspect").exists()


def test_all_is_well(home: Home) -> None:
    library, sentence = open_or_recover(home)
    assert sentence == ""
    fill(library)
    library.close()
    library, sentence = open_or_recover(home)
    assert (sentence, library.items.count()) == ("", 3)
    library.close()


def test_a_damaged_file_gives_way_to_the_newest_good_backup(home: Home) -> None:
    with Library.open(home) as library:
        fill(library)
        made = daily(library, NOON)
        assert made is not None
        os.utime(made.path, (NOON, NOON))
        newer = back_up(library)
    newer.path.write_bytes(b"broken")
    damage(home.database)
    library, sentence = open_or_recover(home)
    assert (library.items.count(), len(library.feedback.current().ratings)) == (3, 1)
    library.close()
    today = time.strftime("%Y-%m-%d")
    assert sentence == (
        "The library file was damaged, so the backup of 3 May 2025 was restored, with 3 titles and 1 rating;"
        f" the damaged file is kept as library_corrupt_{today}.sqlite3."
    )
    assert (home.path / f"library_corrupt_{today}.sqlite3").exists()
    library, sentence = open_or_recover(home)
    assert sentence == ""
    library.close()
    left = {path.name for path in home.path.iterdir() if path.is_file()}
    assert left == {"library.sqlite3", f"library_corrupt_{today}.sqlite3"}


def test_two_damaged_files_on_one_day_are_both_kept(home: Home) -> None:
    for _ in range(2):
        open_or_recover(home)[0].close()
        damage(home.database)
        open_or_recover(home)[0].close()
    assert len(list(home.path.glob("library_corrupt_*.sqlite3"))) == 2


def test_without_a_backup_an_empty_library_is_started(home: Home) -> None:
    home.database.write_bytes(b"nonsense" * 1000)
    library, sentence = open_or_recover(home)
    assert library.items.count() == 0
    library.close()
    assert "there was no backup to go back to, so an empty library was started" in sentence


def test_what_was_said_since_the_backup_is_saved_from_what_can_still_be_read(home: Home) -> None:
    with Library.open(home) as library:
        ids = fill(library)
        back_up(library)
        late = library.feedback.append(Rating(at=2, item_id=ids[1], value=4))
        library.feedback.append(Rating(at=3, item_id=ids[2], value=7))
        library.feedback.append(Retraction(at=4, retracts=late))
        (new,) = library.items.upsert("s", "l", [film("new", "Brand new", 2020, "tt99")])
        library.feedback.append(Rating(at=5, item_id=new, value=10))
        root = library.database.rows("SELECT rootpage FROM sqlite_master WHERE name = 'setting'")[0][0]
    content = bytearray(home.database.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    home.database.write_bytes(content)
    library, sentence = open_or_recover(home)
    assert {rating.item_id: rating.value for rating in library.feedback.current().ratings} == {
        ids[0]: 8,
        ids[2]: 7,
        new: 10,
    }
    assert "and 4 newer ratings or other answers from the damaged file" in sentence
    assert "with 3 titles and 3 ratings" in sentence
    assert library.items.upsert("other", "x", [film("9", "Brand new", 2020)]) == [new]
    assert library.items.search("brand") == [new]
    library.close()


def test_an_item_of_the_damaged_file_never_takes_the_id_of_another(home: Home) -> None:
    with Library.open(home) as library:
        fill(library)
        kept = back_up(library)
        (other,) = library.items.upsert("s", "l", [film("x", "One", 2001)])
        library.feedback.append(Rating(at=5, item_id=other, value=10))
    with sqlite3.connect(kept.path) as file:
        file.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'item'", (other - 1,))
        file.execute(
            "INSERT INTO item (id, kind, title, match_title, added_at) VALUES (?, 'movie', 'Two', 'two', 0)", (other,)
        )
    file.close()
    content = bytearray(home.database.read_bytes())
    content[18:20] = b"\x09\x09"
    content[96:100] = b"\x00" * 4
    content[100] = 77
    home.database.write_bytes(content)
    library, _ = open_or_recover(home)
    assert all(rating.item_id != other for rating in library.feedback.current().ratings)
    library.close()


def test_killed_between_setting_aside_and_restoring_the_next_start_goes_on(home: Home, monkeypatch) -> None:
    with Library.open(home) as library:
        fill(library)
        back_up(library)
    damage(home.database)

    class Killed(BaseException):
        pass

    def killed(home: Home) -> Path:
        set_aside(home)
        raise Killed

    set_aside = backups._set_aside
    monkeypatch.setattr(backups, "_set_aside", killed)
    with pytest.raises(Killed):
        open_or_recover(home)
    monkeypatch.undo()
    assert not home.database.exists()
    library, _ = open_or_recover(home)
    assert library.items.count() == 3
    library.close()


def test_a_newer_file_is_not_set_aside(home: Home) -> None:
    with Library.open(home) as library:
        back_up(library)
        library.database.run("PRAGMA user_version = 999")
    with pytest.raises(StoreTooNew):
        open_or_recover(home)
    assert list(home.path.glob("library_corrupt*")) == []


def test_a_file_that_cannot_be_used_now_is_not_set_aside(home: Home) -> None:
    home.database.mkdir()
    with pytest.raises(StoreError):
        open_or_recover(home)
    assert home.database.is_dir()
    assert list(home.path.glob("library_corrupt*")) == []


def test_restoring_a_backup_while_another_connection_is_open(library: Library, home: Home) -> None:
    ids = fill(library)
    kept = back_up(library)
    library.feedback.append(Rating(at=9, item_id=ids[1], value=2))
    library.items.upsert("s", "l", [film("later", "Later")])
    revision = library.items.revision()
    with Library.open(home) as other:
        sentence = restore(library, kept.path)
        assert (other.items.count(), len(other.feedback.current().ratings)) == (3, 1)
    assert library.items.count() == 3
    assert library.items.revision() > revision
    assert "3 titles and 1 rating" in sentence
    assert library.database.check() == []
    before = next(backup for backup in listed(home) if backup.reason is Reason.RESTORE)
    restore(library, before.path)
    assert library.items.count() == 4
    assert library.feedback.append(Rating(at=10, item_id=ids[0], value=3))


def test_a_file_of_another_program_is_not_restored(library: Library, home: Home) -> None:
    fill(library)
    other = home.backups / "manual_other.sqlite3"
    with contextlib.closing(sqlite3.connect(other)) as file:
        file.execute("CREATE TABLE note (text)")
    with pytest.raises(StoreCorrupt, match=r"backup manual_other\.sqlite3 is damaged"):
        restore(library, other)
    assert library.items.count() == 3


def test_a_damaged_backup_leaves_nothing_behind_when_it_is_tried(home: Home) -> None:
    with Library.open(home) as library:
        back_up(library).path.write_bytes(b"nonsense" * 1000)
    damage(home.database)
    library, sentence = open_or_recover(home)
    library.close()
    assert "an empty library was started" in sentence
    assert {path.name for path in home.path.iterdir() if path.is_file() and "corrupt" not in path.name} == {
        "library.sqlite3"
    }


@pytest.mark.parametrize(
    "change",
    [
        "feedback SET value = 77 WHERE item_id = 4",
        "feedback SET kind = 'nonsense' WHERE item_id = 4",
        "item SET genres = '[\"half' WHERE id = 4",
        'item SET credits = \'[["A", "nobody", 0]]\' WHERE id = 4',
        "item SET kind = 'nonsense' WHERE id = 4",
        "item SET title = x'ff00' WHERE id = 4",
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_and_the_others_are_saved(home: Home, change: str) -> None:
    with Library.open(home) as library:
        ids = fill(library)
        back_up(library)
        (new,) = library.items.upsert("s", "l", [film("new", "Brand new", 2020, "tt99")])
        library.feedback.append(Rating(at=5, item_id=new, value=10))
        library.feedback.append(Rating(at=6, item_id=ids[1], value=9))
    assert new == 4
    with contextlib.closing(sqlite3.connect(home.database, isolation_level=None)) as file:
        file.execute("PRAGMA ignore_check_constraints = 1")
        file.execute("DROP TRIGGER feedback_is_never_changed")
        file.execute(f"UPDATE {change}")
        root = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'setting'").fetchone()[0]
    content = bytearray(home.database.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    home.database.write_bytes(content)
    library, _ = open_or_recover(home)
    assert {rating.item_id: rating.value for rating in library.feedback.current().ratings} == {ids[0]: 8, ids[1]: 9}
    library.close()


def test_a_damaged_backup_is_not_restored(library: Library, home: Home) -> None:
    fill(library)
    kept = back_up(library)
    kept.path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreCorrupt):
        restore(library, kept.path)
    with pytest.raises(StoreError):
        restore(library, home.backups / "missing.sqlite3")
    assert library.items.count() == 3
    assert {path.name for path in home.path.glob("library.*") if "check" in path.name} == set()


def test_an_older_library_is_backed_up_before_it_is_changed(home: Home, monkeypatch, tmp_path: Path) -> None:
    with Library.open(home) as library:
        fill(library)
        before = library.database.version
    steps = tmp_path / "steps"
    steps.mkdir()
    for path in database.MIGRATIONS.glob("*.sql"):
        (steps / path.name).write_text(path.read_text())
    (steps / "0999_more.sql").write_text("CREATE TABLE more (x);")
    monkeypatch.setattr(database, "MIGRATIONS", steps)
    with Library.open(home) as library:
        assert library.database.version == 999
        assert library.items.count() == 3
    (kept,) = listed(home)
    assert kept.reason is Reason.MIGRATION
    with sqlite3.connect(kept.path) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (before,)
        assert file.execute("SELECT count(*) FROM item").fetchone() == (3,)
    file.close()


def test_external_ids_come_with_a_backup(library: Library) -> None:
    ids = fill(library)
    kept = back_up(library)
    restore(library, kept.path)
    item = library.items.get(ids[1])
    assert item is not None
    assert item.external_ids == (ExternalId("imdb", "tt1"),)
