"""Remembers every scan and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from library.database import Database


class ScanStatus(StrEnum):
    """How a scan ended. One that is under way, or whose process was killed, reads "interrupted"."""

    SUCCESS = "success"
    FAILED = "failed"
    PARTIAL = "partial"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRecord:
    """One scan: when, what it changed, how it ended. ``finished_at`` is ``None`` while it runs or when it was killed."""

    source_id: str
    started_at: float
    id: int = 0
    status: ScanStatus = ScanStatus.INTERRUPTED
    finished_at: float | None = None
    added: int = 0
    changed: int = 0
    removed: int = 0
    failed: int = 0
    ratings: int = 0
    message: str = ""


_COLUMNS = "id, source_id, status, started_at, finished_at, added, changed, removed, failed, ratings, message"


class ScanHistory:
    """The list of scans, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, source_id: str, at: float) -> int:
        """Note that a scan begins; until it is noted how it ended, it counts as interrupted."""
        return self._database.run(
            "INSERT INTO scan (source_id, status, started_at) VALUES (?, ?, ?)",
            (source_id, str(ScanStatus.INTERRUPTED), at),
        )

    def note(self, record: ScanRecord) -> None:
        """Store how far the scan ``record.id`` has come, or how it ended."""
        self._database.run(
            "UPDATE scan SET status = ?, finished_at = ?, added = ?, changed = ?, removed = ?, failed = ?, ratings = ?,"
            " message = ? WHERE id = ?",
            (
                str(record.status), record.finished_at, record.added, record.changed, record.removed, record.failed,
                record.ratings, record.message, record.id,
            ),
        )  # fmt: skip

    def recent(self, source_id: str | None = None, limit: int = 20) -> list[ScanRecord]:
        """The newest scans, of one source or of all."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM scan WHERE ? IS NULL OR source_id = ? ORDER BY id DESC LIMIT ?",  # noqa: S608
            (source_id, source_id, limit),
        )
        names = [name.strip() for name in _COLUMNS.split(",")]
        return [ScanRecord(**{**dict(zip(names, row, strict=True)), "status": ScanStatus(row[2])}) for row in rows]

    def last(self, source_id: str) -> ScanRecord | None:
        """The newest scan of a source."""
        found = self.recent(source_id, 1)
        return found[0] if found else None
