"""Backups of the library: one a day, one before anything risky, and the way back from a damaged file."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from library.backup_files import Backup, Reason, listed, make
from library.database import Database, open_store, suspect_mark
from library.errors import StoreCorrupt, StoreError, StoreUnavailable
from library.feedback_store import FeedbackStore
from library.home import Home
from library.library import Library
from library.salvage import salvage_feedback

__all__ = ["Backup", "Reason", "back_up", "daily", "listed", "open_or_recover", "restore"]

log = logging.getLogger(__name__)


def back_up(library: Library, reason: Reason = Reason.MANUAL) -> Backup:
    """Make a backup now.

    :raises StoreUnavailable: when it cannot be written.
    """
    return make(library.home, library.database, reason)


def daily(library: Library, now: float | None = None) -> Backup | None:
    """Make today's backup unless there is one; for a background thread. A damaged library is never backed up.

    :raises StoreCorrupt: when the library turns out to be damaged; the next start then restores the newest backup.
    """
    at = time.time() if now is None else now
    today = time.strftime("%Y-%m-%d", time.localtime(at))
    if any(backup.path.stem == f"{Reason.DAILY}_{today}" for backup in listed(library.home)):
        return None
    if library.database.check():
        with contextlib.suppress(OSError):
            suspect_mark(library.home.database).touch()
        raise StoreCorrupt(
            "The library file is damaged.",
            "Close the program and start it again: the newest good backup is then restored.",
        )
    return make(library.home, library.database, Reason.DAILY, at)


def restore(library: Library, backup: Path) -> str:
    """Put a backup in the place of the library, in one step, while it is open; the library as it was is backed up first.

    :returns: a sentence that says what is there now.
    :raises StoreCorrupt: when the backup is not sound; nothing is changed then.
    """
    with _opened_copy(library.home, backup) as copy:
        titles, ratings = _counted(copy)
        back_up(library, Reason.RESTORE)
        before = library.items.revision()
        library.database.overwrite_with(copy)
        library.database.run("UPDATE counter SET value = max(value, ?) + 1 WHERE name = 'item_revision'", (before,))
    return (
        f"The backup of {_day(backup)} is restored, with {_plural(titles, 'title')} and {_plural(ratings, 'rating')}."
    )


def open_or_recover(home: Home) -> tuple[Library, str]:
    """Open the library; if the file is damaged, set it aside and restore the newest good backup.

    :returns: the library, and a sentence about what was recovered, empty when all was well.
    :raises StoreUnavailable: when the file cannot be used now; it is left alone.
    :raises StoreTooNew: likewise.
    """
    _finish_restoring(home)
    try:
        return Library.open(home), ""
    except StoreCorrupt:
        log.info("The library file is damaged; looking for a backup.")
    return _recover(home)


def _recover(home: Home) -> tuple[Library, str]:
    backup = _place_newest_good(home)
    try:
        aside = _set_aside(home)
        _finish_restoring(home)
    except OSError as error:
        raise StoreUnavailable(
            f"The library file is damaged and cannot be set aside: {error.strerror or error}.",
            f"Give yourself the right to write to {home.path}.",
        ) from error
    library = Library.open(home)
    try:
        saved = salvage_feedback(library.database, aside)
    except BaseException:
        library.close()
        raise
    more = (
        f" and {_plural(saved, 'newer rating or other answer', 'newer ratings or other answers')} from the damaged file"
    )
    if backup is None:
        sentence = (
            "The library file was damaged and there was no backup to go back to, so an empty library was started"
            f"{more if saved else ''}"
        )
    else:
        titles, ratings = _counted(library.database)
        sentence = (
            f"The library file was damaged, so the backup of {_day(backup.path)} was restored, with"
            f" {_plural(titles, 'title')} and {_plural(ratings, 'rating')}{more if saved else ''}"
        )
    return library, f"{sentence}; the damaged file is kept as {aside.name}."


def _place_newest_good(home: Home) -> Backup | None:
    """Lay a copy of the newest sound backup ready beside the library file, and say which it is."""
    part = _restoring(home).with_suffix(".part")
    for backup in listed(home):
        try:
            shutil.copyfile(backup.path, part)
            with contextlib.closing(open_store(part)) as checked:
                checked.run("PRAGMA journal_mode=DELETE")
            os.replace(part, _restoring(home))
        except (StoreError, OSError) as error:
            log.info("The backup %s cannot be used: %s", backup.path.name, error)
            _clear(part)
            continue
        return backup
    return None


def _clear(copy: Path) -> None:
    """Take away a copy with all that SQLite laid beside it: a left-over log must never meet the next copy."""
    for path in (copy, *(Path(f"{copy}{ending}") for ending in ("-wal", "-shm", "-journal")), suspect_mark(copy)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _restoring(home: Home) -> Path:
    return home.path / "library.restoring"


def _set_aside(home: Home) -> Path:
    """Rename the damaged file and what belongs to it; it is kept for whoever wants to look into it."""
    day = time.strftime("%Y-%m-%d")
    aside, number = home.path / f"library_corrupt_{day}.sqlite3", 2
    while aside.exists():
        aside, number = home.path / f"library_corrupt_{day}_{number}.sqlite3", number + 1
    for ending in ("-wal", "-shm", ""):  # the file itself last: until then the next start finds it damaged again
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{home.database}{ending}", f"{aside}{ending}")
    suspect_mark(home.database).unlink(missing_ok=True)
    return aside


def _finish_restoring(home: Home) -> None:
    if _restoring(home).exists() and not home.database.exists():
        os.replace(_restoring(home), home.database)


@contextlib.contextmanager
def _opened_copy(home: Home, backup: Path) -> Iterator[Database]:
    """A backup opened, checked and brought up to date; it is a copy that is opened, so the backup itself never changes."""
    copy = home.path / "library.checking"
    try:
        shutil.copyfile(backup, copy)
    except OSError as error:
        raise StoreUnavailable(
            f"The backup {backup.name} cannot be read: {error.strerror or error}.", "Choose another one."
        ) from error
    try:
        try:
            opened = open_store(copy)
        except StoreCorrupt as error:
            raise StoreCorrupt(f"The backup {backup.name} is damaged.", "Choose another one.") from error
        with contextlib.closing(opened) as database:
            if database.check():
                raise StoreCorrupt(f"The backup {backup.name} is damaged.", "Choose another one.")
            yield database
    finally:
        _clear(copy)


def _counted(database: Database) -> tuple[int, int]:
    """How many titles and how many rated ones a library has."""
    titles = database.row("SELECT count(*) FROM item WHERE removed_at IS NULL")
    return (titles[0] if titles else 0), len(FeedbackStore(database).current().ratings)


def _day(path: Path) -> str:
    made = time.localtime(path.stat().st_mtime)
    return f"{made.tm_mday} {time.strftime('%B %Y', made)}"


def _plural(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
