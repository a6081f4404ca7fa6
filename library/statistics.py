"""Counts what is in the library, for the window and the command line."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from library.absent_items import NEVER_THERE
from library.items import MediaKind
from library.library import Library
from library.scan_history import ScanRecord


@dataclass(frozen=True, slots=True)
class LibraryStatistics:
    """Figures about one library.

    :param items: how many items of each kind there are now; kinds without any are left out.
    :param removed: items that are not there any more, whose ratings are kept.
    :param embedded: encoder -> how many of the items of now it has done.
    :param last_scans: source id -> its newest scan.
    :param database_bytes: size of the library file with what belongs to it.
    """

    items: dict[MediaKind, int]
    removed: int
    rated: int
    blocked: int
    skipped: int
    events: int
    embedded: dict[str, int]
    sources: dict[str, int]
    last_scans: dict[str, ScanRecord]
    database_bytes: int

    @property
    def total(self) -> int:
        """All items there are now."""
        return sum(self.items.values())


def library_statistics(library: Library) -> LibraryStatistics:
    """Count what is in the library now, and what whoever sits in front of it said."""
    user = library.person
    rows = library.database.rows
    feedback = library.feedback.current(user)
    kinds = rows("SELECT kind, count(*) FROM item WHERE removed_at IS NULL GROUP BY kind")
    removed = rows(f"SELECT count(*) FROM item WHERE removed_at IS NOT NULL AND NOT ({NEVER_THERE})")  # noqa: S608
    events = rows("SELECT count(*) FROM feedback WHERE user = ?", (user,))
    embedded = rows(
        "SELECT encoder, count(*) FROM embedding JOIN item ON item.id = item_id WHERE removed_at IS NULL GROUP BY encoder"
    )
    sources = rows("SELECT source_id, count(*) FROM place WHERE removed_at IS NULL GROUP BY source_id")
    scanned = [str(row[0]) for row in rows("SELECT DISTINCT source_id FROM scan")]
    last = {source_id: library.scans.last(source_id) for source_id in scanned}
    return LibraryStatistics(
        items={MediaKind(kind): int(count) for kind, count in kinds},
        removed=int(removed[0][0]),
        rated=len(feedback.ratings),
        blocked=len(feedback.blocked),
        skipped=len(feedback.skips),
        events=int(events[0][0]),
        embedded={str(encoder): int(count) for encoder, count in embedded},
        sources={str(source_id): int(count) for source_id, count in sources},
        last_scans={source_id: record for source_id, record in last.items() if record is not None},
        database_bytes=_size(library.home.database),
    )


def _size(path: Path) -> int:
    total = 0
    for ending in ("", "-wal"):
        with contextlib.suppress(OSError):
            total += Path(f"{path}{ending}").stat().st_size
    return total
