"""The files of the backups: what they are called, how they are made, and which are kept."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from library.database import Database
from library.errors import StoreCorrupt
from library.home import Home

ENDING = ".sqlite3"


class Reason(StrEnum):
    """Why a backup was made; the first word of its file name."""

    DAILY = "daily"
    MANUAL = "manual"
    MIGRATION = "migration"
    RESET = "reset"
    RESTORE = "restore"


#: How many backups of each kind are kept. What a person made by hand is never deleted.
KEPT = {Reason.DAILY: 7, Reason.MIGRATION: 3, Reason.RESET: 5, Reason.RESTORE: 5}


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: ``made_at`` in seconds since the epoch, ``size`` in bytes."""

    path: Path
    reason: Reason
    made_at: float
    size: int


def listed(home: Home) -> list[Backup]:
    """All backups, the newest first."""
    found = []
    for path in home.backups.glob(f"*{ENDING}"):
        with contextlib.suppress(ValueError, OSError):
            stat = path.stat()
            found.append(Backup(path, Reason(path.name.split("_")[0]), stat.st_mtime, stat.st_size))
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def make(home: Home, database: Database, reason: Reason, now: float | None = None, note: str = "") -> Backup:
    """Copy the library as it is now into the directory of the backups, and delete the oldest of that kind.

    :raises StoreUnavailable: when it cannot be written; older backups stay.
    :raises StoreCorrupt: when the library turns out to be damaged while it is copied; no backup is kept then.
    """
    at = time.time() if now is None else now
    home.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    day = time.strftime("%Y-%m-%d" if reason is Reason.DAILY else "%Y-%m-%d_%H%M%S", time.localtime(at))
    target = _unused(home.backups / f"{reason}_{note}{day}{ENDING}", replace=reason is Reason.DAILY)
    database.backup(target)
    prune(home)
    return Backup(target, reason, target.stat().st_mtime, target.stat().st_size)


def _unused(path: Path, replace: bool) -> Path:
    number, candidate = 2, path
    while not replace and candidate.exists():
        candidate = path.with_name(f"{path.stem}_{number}{ENDING}")
        number += 1
    return candidate


def prune(home: Home) -> None:
    """Delete the oldest backups beyond the number that is kept of their kind."""
    backups = listed(home)
    for reason, kept in KEPT.items():
        for old in [backup for backup in backups if backup.reason is reason][kept:]:
            with contextlib.suppress(OSError):
                old.path.unlink()


def before_migration(home: Home, database: Database, version: int) -> None:
    """Keep a copy of a library of an older format before it is changed."""
    problems = database.check()
    if problems:
        raise StoreCorrupt(
            f"The library file {database.path.name} is damaged.", "The newest good backup can be restored."
        )
    make(home, database, Reason.MIGRATION, note=f"{version:04d}_")
