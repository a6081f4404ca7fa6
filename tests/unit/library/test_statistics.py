"""Figures about the library."""

from __future__ import annotations

import numpy as np

from library.feedback import Block, Rating, Skip
from library.items import MediaKind
from library.library import Library
from library.scan_history import ScanStatus
from library.statistics import library_statistics
from tests.unit.library.building import film, show


def test_an_empty_library(library: Library) -> None:
    found = library_statistics(library)
    assert (found.total, found.items, found.rated, found.last_scans) == (0, {}, 0, {})
    assert found.database_bytes > 0


def test_everything_is_counted_once(library: Library) -> None:
    ids = library.items.upsert("s", "l", [film("1", "A"), film("2", "B"), show("3", "C"), film("4", "D")])
    library.items.upsert("t", "l", [film("x", "A")])
    library.items.mark_removed("s", "l", ["4"])
    library.feedback.append(Rating(at=1, item_id=ids[0], value=5))
    library.feedback.append(Rating(at=2, item_id=ids[0], value=6))
    library.feedback.append(Skip(at=3, item_id=ids[1]))
    library.feedback.append(Block(at=4, item_id=ids[2]))
    library.embeddings.put("m", {ids[0]: ("d", np.ones(2)), ids[3]: ("d", np.ones(2))})
    library.scans.begin("s", 5.0)
    found = library_statistics(library)
    assert found.items == {MediaKind.MOVIE: 2, MediaKind.SHOW: 1}
    assert (found.total, found.removed, found.rated, found.skipped, found.blocked, found.events) == (3, 1, 1, 1, 1, 4)
    assert (found.embedded, found.sources) == ({"m": 1}, {"s": 3, "t": 1})
    assert found.last_scans["s"].status is ScanStatus.INTERRUPTED
