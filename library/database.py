"""The door to SQLite: connections, transactions, migrations and copies, and the only place where its errors are translated."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from library.errors import StoreCorrupt, StoreError, StoreTooNew, StoreUnavailable

log = logging.getLogger(__name__)

APPLICATION_ID = 0x486D5265
MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5.0
FIRST_WAIT_SECONDS = 0.002
#: Files up to this size are checked as a whole whenever they are opened; larger ones only when something looked wrong.
CHECKED_ALWAYS_BYTES = 4_000_000

Row = tuple[Any, ...]

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "journal_size_limit = 67108864",
    "cache_size = -16384",
)

_UNAVAILABLE = {
    sqlite3.SQLITE_FULL: (
        "The disk is full, so this could not be saved.",
        "Free some space and try again; nothing that was saved before is lost.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The library file is read-only, so this could not be saved.",
        "Give yourself the right to write to it and its directory, then try again.",
    ),
    sqlite3.SQLITE_BUSY: (
        "The library file is being used by another program, so this could not be done now.",
        "Wait a moment and try again.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The library file cannot be opened.",
        "Look whether its directory is there and whether you may write to it.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk reported an error while the library file was being used.",
        "Look whether the disk is still connected and not full, then try again.",
    ),
}
_UNAVAILABLE[sqlite3.SQLITE_LOCKED] = _UNAVAILABLE[sqlite3.SQLITE_BUSY]
_UNAVAILABLE[sqlite3.SQLITE_PROTOCOL] = _UNAVAILABLE[sqlite3.SQLITE_BUSY]
_UNAVAILABLE[sqlite3.SQLITE_PERM] = _UNAVAILABLE[sqlite3.SQLITE_READONLY]


def suspect_mark(path: Path) -> Path:
    """Name of the small file that asks for a full check at the next start."""
    return path.with_name(path.name + ".suspect")


def store_error(error: sqlite3.Error, path: Path) -> Exception:
    """Say in our words what SQLite's error means for the library file; an error that is a bug comes back as it is."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        with contextlib.suppress(OSError):
            suspect_mark(path).touch()
        return StoreCorrupt(
            f"The library file {path.name} is damaged.",
            "Close the program and start it again: the newest good backup is then restored.",
        )
    if primary in _UNAVAILABLE:
        return StoreUnavailable(*_UNAVAILABLE[primary])
    return error


def _is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """One connection to the library file, used by the thread that opened it and by no other.

    Every statement goes through here, so that an error of SQLite is translated once. Outside of :meth:`transaction` each
    statement stands for itself.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self._connection = connection
        self._busy_seconds = busy_seconds
        self.path = path

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query, read to the end, so that no reading transaction stays open."""
        try:
            return self._execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """The first row of a query, or ``None``."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def blocks(self, sql: str, values: Sequence[object] = (), size: int = 1000) -> Iterator[list[Row]]:
        """Rows of one query in blocks; meant for loops that do nothing slow, since reading stays open meanwhile."""
        try:
            cursor = self._execute(sql, values)
            while block := cursor.fetchmany(size):
                yield block
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement and return the id of the row it inserted, if it inserted one."""
        try:
            return self._execute(sql, values).lastrowid or 0
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error

    def change(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it changed."""
        try:
            return self._execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error

    def run_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of several rows."""
        try:
            self._connection.executemany(sql, values)
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error

    def _execute(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        """Run a statement; while another connection writes, try again every millisecond.

        SQLite's own waiting sleeps longer and longer, and so a rating waited 20 ms beside a scan where 5 ms were enough.
        """
        deadline = 0.0
        while True:
            try:
                return self._connection.execute(sql, values)
            except sqlite3.OperationalError as error:
                now = time.monotonic()
                deadline = deadline or now + self._busy_seconds
                if not _is_busy(error) or self._in_transaction() or now >= deadline:
                    raise
            time.sleep(0.001)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: the statements within are stored together, or, on any exception, not at all.

        Inside another transaction it joins that one. Compute first and open it then: others wait while it lasts.
        """
        if self._in_transaction():
            yield
            return
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._in_transaction():  # after some errors SQLite has rolled back by itself
                self._connection.execute("ROLLBACK")
            raise

    def _in_transaction(self) -> bool:
        return self._connection.in_transaction

    @property
    def version(self) -> int:
        """Number of the last migration that was applied to the file."""
        found = self.row("PRAGMA user_version")
        return int(found[0]) if found else 0

    def check(self) -> list[str]:
        """What is wrong with the file, as SQLite says it; empty when it is sound."""
        try:
            found = [str(row[0]) for row in self.rows("PRAGMA quick_check(10)")]
        except StoreCorrupt as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def backup(self, target: Path) -> None:
        """Copy the whole library, as it is now, into one new file; readers and writers go on meanwhile.

        :raises StoreUnavailable: when the copy cannot be written; there is then no new file at ``target``.
        :raises StoreCorrupt: when the library turns out to be damaged while it is copied; likewise.
        """
        part = target.with_name(target.name + ".part")
        try:
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
            copy = sqlite3.connect(part)
            try:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            finally:
                copy.close()
            os.replace(part, target)
        except (sqlite3.Error, OSError) as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise _backup_error(error, target, self.path) from error

    def overwrite_with(self, other: Database) -> None:
        """Replace everything in this file by what is in another one, in one transaction.

        :raises StoreUnavailable: when that cannot be done; the file is then as it was.
        """
        try:
            other._connection.backup(self._connection)
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error

    def close(self) -> None:
        """Give the connection back; closing twice is fine."""
        self._connection.close()


def _backup_error(error: Exception, target: Path, library: Path) -> Exception:
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return StoreUnavailable(
            f"The backup {target.name} could not be written: {reason}.",
            "Look whether there is space on the disk and whether you may write to the directory of the backups.",
        )
    translated = store_error(error, library) if isinstance(error, sqlite3.Error) else error
    if isinstance(translated, StoreError):
        return type(translated)(f"The backup {target.name} could not be written. {translated.message}", translated.hint)
    return translated


def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open the library file for the calling thread.

    :raises StoreUnavailable: when it cannot be opened or written.
    :raises StoreCorrupt: when it is not a usable SQLite file.
    """
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            path,
            timeout=FIRST_WAIT_SECONDS,
            isolation_level=None,
            cached_statements=256,
        )
        database = Database(connection, path, busy_seconds)
        for pragma in _PRAGMAS:
            database._execute(f"PRAGMA {pragma}", ())
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise _opening_error(error, path) from error
    return database


def _opening_error(error: sqlite3.Error, path: Path) -> Exception:
    translated = store_error(error, path)
    if isinstance(translated, StoreUnavailable) and path.exists() and not os.access(path.parent, os.W_OK):
        return StoreUnavailable(
            f"The library file cannot be used: nothing can be written to its directory {path.parent}.",
            "Give yourself the right to write there, or choose another directory with --home.",
        )
    return translated


def open_store(path: Path, before_migration: Callable[[Database, int], object] | None = None) -> Database:
    """Open the library file, look whether it is sound and bring it up to date.

    :param before_migration: called with the open file and its version before an older file is changed: the backup.
    :raises StoreUnavailable: when it cannot be opened or written.
    :raises StoreCorrupt: when it is damaged, or a SQLite file of something else.
    :raises StoreTooNew: when a newer version of the program wrote it.
    """
    database = connect(path)
    try:
        _refuse_damaged(database)
        migrate(database, before=before_migration)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_damaged(database: Database) -> None:
    """Ask SQLite and nobody else: opening the file otherwise and closing it again drops the locks of the whole process.

    Another program would then take the library for unused and remove the log that the newest rows are in. A file that is
    shorter than it says is refused by SQLite itself, on the first read.
    """
    mark = suspect_mark(database.path)
    problems: list[str] = []
    if mark.exists() or database.path.stat().st_size <= CHECKED_ALWAYS_BYTES:
        problems = database.check()
    application = database.row("PRAGMA application_id")
    if (
        not problems
        and application
        and application[0] != APPLICATION_ID
        and database.row("SELECT 1 FROM sqlite_master")
    ):
        problems = ["it belongs to another program"]
    if problems:
        log.info("The library file is damaged: %s", "; ".join(problems))
        raise StoreCorrupt(
            f"The library file {database.path.name} is damaged.", "The newest good backup can be restored."
        )
    with contextlib.suppress(OSError):
        mark.unlink(missing_ok=True)


def migrations(directory: Path | None = None) -> list[tuple[int, Path]]:
    """The numbered scripts, in order."""
    return sorted((int(path.name.split("_")[0]), path) for path in (directory or MIGRATIONS).glob("[0-9]*_*.sql"))


def migrate(
    database: Database,
    directory: Path | None = None,
    before: Callable[[Database, int], object] | None = None,
) -> None:
    """Apply the migrations that the file does not have yet, each in one transaction with its number.

    :raises StoreTooNew: when the file has migrations that this program does not know; the file is left alone.
    """
    scripts = migrations(directory)
    newest = scripts[-1][0] if scripts else 0
    version = database.version
    if version > newest:
        raise StoreTooNew(
            f"The library file was written by a newer version of Homereel (format {version}, this one knows {newest}).",
            "Update Homereel, or choose another directory with --home.",
        )
    if 0 < version < newest and before is not None:
        before(database, version)
    for number, path in scripts:
        if number <= version:
            continue
        statements = split_statements(path.read_text(encoding="utf-8"))
        with database.transaction():
            if database.version >= number:  # another process was quicker
                continue
            for statement in statements:
                database.run(statement)
            database.run(f"PRAGMA user_version = {number}")


def split_statements(script: str) -> list[str]:
    """Cut a script into its statements (``executescript`` would commit before running them)."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    if pending.strip():
        statements.append(pending.strip())
    return statements
