"""A rating that was acknowledged is never lost: not by a kill, a full disk, or a library that cannot be written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.errors import StoreUnavailable
from library.home import find_home
from library.library import Library
from recommender.engine import Engine
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 50


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path, films=60) as library:
        yield library


def test_a_rating_survives_kill_9_beside_a_writing_trainer_every_time(library: Library, home_path: Path) -> None:
    snapshot_of(library).save(find_home(home_path).snapshot)
    ids = sorted(ids_by_title(library).values())[:ROUNDS]
    for number, item_id in enumerate(ids):
        value = 1 + number % 10
        command = [sys.executable, "-m", "tests.end_to_end.rating_process", str(home_path), str(item_id), str(value)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            process.kill()
        assert said == "acknowledged\n"
        with Library.open(find_home(home_path)) as after:
            assert {rating.item_id: rating.value for rating in after.feedback.current().ratings}[item_id] == value
    with Library.open(find_home(home_path)) as after:
        assert len(after.feedback.current().ratings) == ROUNDS


def fill_up(library: Library) -> None:
    """Allow the file no page more than it has: what SQLite sees on a full disk."""
    pages = library.database.row("PRAGMA page_count")
    assert pages is not None
    library.database.row(f"PRAGMA max_page_count = {pages[0]}")


def test_a_full_disk_gives_a_sentence_and_loses_nothing(library: Library) -> None:
    ids = list(ids_by_title(library).values())
    engine = Engine(library, snapshot_of(library))
    engine.rate(ids[0], 8)
    fill_up(library)
    with pytest.raises(StoreUnavailable) as told:
        for number in range(100_000):
            engine.rate(ids[1 + number % 50], 1 + number % 10)
    assert "disk is full" in str(told.value)
    assert told.value.hint
    library.database.row("PRAGMA max_page_count = 1073741823")
    stored = {rating.item_id: rating.value for rating in library.feedback.current().ratings}
    assert {item_id: engine.rating_of(item_id) for item_id in stored} == stored
    assert engine.ratings == len(stored)
    engine.rate(ids[2], 9)
    assert engine.rating_of(ids[2]) == 9


def test_a_library_that_cannot_be_written_gives_a_sentence(home_path: Path) -> None:
    """SQLite itself refuses to write here: root may write into any file, so file modes alone would prove nothing."""
    with open_shelf(home_path) as library:
        ids = list(ids_by_title(library).values())
        engine = Engine(library, snapshot_of(library))
        engine.rate(ids[0], 7)
        library.database.row("PRAGMA query_only = ON")
        with pytest.raises(StoreUnavailable) as told:
            engine.rate(ids[1], 9)
        assert told.value.hint
        assert engine.rating_of(ids[1]) is None
        library.database.row("PRAGMA query_only = OFF")
        engine.rate(ids[1], 9)
    with Library.open(find_home(home_path)) as after:
        assert len(after.feedback.current().ratings) == 2
