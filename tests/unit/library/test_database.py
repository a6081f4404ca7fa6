"""Connections, transactions, migrations, copies, and what SQLite's errors are called here."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from library.database import MIGRATIONS, connect, migrate, migrations, open_store, split_statements, suspect_mark
from library.errors import StoreCorrupt, StoreTooNew, StoreUnavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.sqlite3"


def steps(directory: Path, *scripts: str) -> Path:
    directory.mkdir(exist_ok=True)
    for number, script in enumerate(scripts, 1):
        (directory / f"{number:04d}_step.sql").write_text(script)
    return directory


def schema(path: Path) -> list[tuple]:
    with sqlite3.connect(path) as file:
        found = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    file.close()
    return found


def test_the_file_is_opened_as_it_should_be(path: Path) -> None:
    database = connect(path)
    said = {name: database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert said == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    database.close()


def test_a_transaction_is_all_or_nothing_whatever_the_exception(path: Path) -> None:
    database = connect(path)
    database.run("CREATE TABLE t (x INTEGER)")
    for error in (ValueError, KeyboardInterrupt, GeneratorExit):
        with pytest.raises(error), database.transaction():
            database.run("INSERT INTO t VALUES (1)")
            raise error
    assert database.rows("SELECT * FROM t") == []
    with database.transaction():
        database.run("INSERT INTO t VALUES (1)")
        with database.transaction():
            database.run("INSERT INTO t VALUES (2)")
    assert database.rows("SELECT x FROM t") == [(1,), (2,)]
    database.close()


def test_an_inner_failure_takes_the_outer_transaction_with_it(path: Path) -> None:
    database = connect(path)
    database.run("CREATE TABLE t (x INTEGER)")
    with pytest.raises(ValueError), database.transaction():
        database.run("INSERT INTO t VALUES (1)")
        with database.transaction():
            raise ValueError
    assert database.rows("SELECT * FROM t") == []
    database.close()


def test_a_transaction_writes_at_once_so_that_two_cannot_meet_half_way(path: Path) -> None:
    first, second = connect(path), connect(path, busy_seconds=0.05)
    first.run("CREATE TABLE t (x INTEGER)")
    with first.transaction(), pytest.raises(StoreUnavailable, match="used by another program"), second.transaction():
        pass
    first.close()
    second.close()


def test_a_writer_waits_for_another_and_then_goes_on_at_once(path: Path) -> None:
    first = connect(path)
    first.run("CREATE TABLE t (x INTEGER)")
    taken = threading.Event()
    freed: list[float] = []

    def write_for_a_while() -> None:
        other = connect(path)
        with other.transaction():
            other.run("INSERT INTO t VALUES (1)")
            taken.set()
            time.sleep(0.3)
        freed.append(time.monotonic())
        other.close()

    thread = threading.Thread(target=write_for_a_while)
    thread.start()
    assert taken.wait(5)
    first.run("INSERT INTO t VALUES (2)")
    done = time.monotonic()
    thread.join()
    assert done - freed[0] < 2.0
    assert first.rows("SELECT x FROM t") == [(1,), (2,)]
    first.close()


def test_a_connection_belongs_to_one_thread(path: Path) -> None:
    database = connect(path)
    caught: list[BaseException] = []

    def use() -> None:
        try:
            database.rows("SELECT 1")
        except sqlite3.ProgrammingError as error:
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(caught) == 1
    database.close()


def test_a_full_disk_is_said_and_loses_nothing(path: Path) -> None:
    database = connect(path)
    database.run("CREATE TABLE t (x BLOB)")
    database.run("INSERT INTO t VALUES (zeroblob(1000))")
    pages = database.rows("PRAGMA page_count")[0][0]
    database.run(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreUnavailable, match="disk is full") as told, database.transaction():
        database.run("INSERT INTO t VALUES (zeroblob(10))")
        database.run("INSERT INTO t VALUES (zeroblob(100000))")
    assert told.value.hint
    assert database.rows("SELECT length(x) FROM t") == [(1000,)]
    database.run("PRAGMA max_page_count = 100000")
    database.run("INSERT INTO t VALUES (zeroblob(100000))")
    assert database.check() == []
    database.close()


def test_a_read_only_file_is_said(path: Path) -> None:
    database = connect(path)
    database.run("CREATE TABLE t (x)")
    database.run("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="read-only") as told:
        database.run("INSERT INTO t VALUES (1)")
    assert told.value.hint
    database.close()


def test_a_directory_that_cannot_be_written_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.mkdir()
    monkeypatch.setattr("os.access", lambda *given: False)
    with pytest.raises(StoreUnavailable, match="nothing can be written to its directory") as told:
        connect(path)
    assert "--home" in told.value.hint


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        connect(tmp_path / "missing" / "test.sqlite3")


def test_a_file_of_nonsense_is_corrupt(path: Path) -> None:
    path.write_bytes(b"This is not a database. " * 500)
    with pytest.raises(StoreCorrupt):
        open_store(path)
    assert path.read_bytes().startswith(b"This is not")


def test_a_database_of_another_program_is_not_touched(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE somebody (name TEXT)")
    other.close()
    before = schema(path)
    with pytest.raises(StoreCorrupt):
        open_store(path)
    assert schema(path) == before


def test_damage_inside_the_file_is_found_when_it_is_opened(path: Path) -> None:
    database = open_store(path)
    database.run("INSERT INTO setting (section, value) VALUES ('a', 'b')")
    database.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt):
        open_store(path)


def test_a_large_file_cut_short_is_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.database.CHECKED_ALWAYS_BYTES", 1000)
    open_store(path).close()
    open_store(path).close()
    path.write_bytes(path.read_bytes()[:-8192])
    with pytest.raises(StoreCorrupt):
        open_store(path)


def test_damage_met_later_asks_for_a_full_check_at_the_next_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.database.CHECKED_ALWAYS_BYTES", 0)
    database = open_store(path)
    database.run("CREATE TABLE t (x BLOB)")
    for _ in range(50):
        database.run("INSERT INTO t VALUES (randomblob(2000))")
    database.close()
    content = bytearray(path.read_bytes())
    content[-20 * 4096 : -10 * 4096] = b"\xff" * (10 * 4096)
    path.write_bytes(content)
    database = open_store(path)
    with pytest.raises(StoreCorrupt):
        database.rows("SELECT length(x), x FROM t")
    database.close()
    assert suspect_mark(path).exists()
    with pytest.raises(StoreCorrupt):
        open_store(path)


def test_opening_twice_changes_nothing(path: Path) -> None:
    open_store(path).close()
    before = schema(path)
    database = open_store(path)
    assert database.version == migrations()[-1][0]
    database.close()
    assert schema(path) == before


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    database = open_store(path)
    database.run("PRAGMA user_version = 999")
    database.close()
    with pytest.raises(StoreTooNew, match="newer version"):
        open_store(path)
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (999,)
    file.close()


def test_migrations_go_on_from_where_the_file_is_and_keep_its_rows(tmp_path: Path) -> None:
    scripts = ("CREATE TABLE t (x INTEGER);", "ALTER TABLE t ADD COLUMN y INTEGER;\nUPDATE t SET y = x * 2;")
    old, fresh = connect(tmp_path / "old"), connect(tmp_path / "fresh")
    migrate(old, steps(tmp_path / "one", *scripts[:1]))
    old.run("INSERT INTO t VALUES (21)")
    seen = []
    migrate(old, steps(tmp_path / "two", *scripts), before=lambda database, version: seen.append(version))
    migrate(fresh, tmp_path / "two", before=lambda database, version: seen.append("fresh"))
    assert old.rows("SELECT x, y FROM t") == [(21, 42)]
    assert seen == [1]
    old.close()
    fresh.close()
    assert schema(tmp_path / "old") == schema(tmp_path / "fresh")


def test_a_migration_that_fails_leaves_the_old_version_whole(tmp_path: Path) -> None:
    database = connect(tmp_path / "old")
    migrate(database, steps(tmp_path / "steps", "CREATE TABLE t (x INTEGER);"))
    database.run("INSERT INTO t VALUES (1)")
    broken = "ALTER TABLE t ADD COLUMN y INTEGER;\nUPDATE t SET y = 1;\nINSERT INTO missing VALUES (1);"
    with pytest.raises(sqlite3.OperationalError):
        migrate(database, steps(tmp_path / "steps", "CREATE TABLE t (x INTEGER);", broken))
    assert database.version == 1
    assert database.rows("SELECT * FROM t") == [(1,)]
    database.close()


def test_two_processes_that_open_a_new_file_at_once_both_succeed(path: Path) -> None:
    errors: list[BaseException] = []

    def open_and_close() -> None:
        try:
            open_store(path).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_script_is_cut_where_statements_end() -> None:
    trigger = "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n SELECT 1;\n SELECT 2;\nEND;"
    script = f"-- a; comment\nCREATE TABLE t (x);\n{trigger}\nSELECT ';'"
    assert [statement.split()[0] for statement in split_statements(script)] == ["--", "CREATE", "SELECT"]
    assert len(split_statements((MIGRATIONS / "0001_initial.sql").read_text())) > 10


def test_a_copy_is_one_whole_file_while_others_write(tmp_path: Path, path: Path) -> None:
    database = open_store(path)
    other = connect(path)
    with other.transaction():
        other.run("INSERT INTO setting (section, value) VALUES ('a', '1')")
        database.backup(tmp_path / "copy.sqlite3")
    other.close()
    database.close()
    assert sorted(found.name for found in tmp_path.glob("copy*")) == ["copy.sqlite3"]
    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o777 == 0o600
    copy = open_store(tmp_path / "copy.sqlite3")
    assert copy.rows("SELECT * FROM setting") == []
    copy.close()


def test_a_copy_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, path: Path) -> None:
    database = open_store(path)
    with pytest.raises(StoreUnavailable, match="could not be written"):
        database.backup(tmp_path / "missing" / "copy.sqlite3")
    database.close()
