"""What was watched when: stored once, counted for each person, read again where it was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from library.errors import ProviderUnavailable
from library.home import find_home
from library.items import MediaKind
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.sources import HistoryEntry, ServerItem
from library.watch_history import OVERLAP_SECONDS, read_history
from library.watch_store import Watched

SOURCE = SourceSettings("p", "plex", "Cellar", url="http://127.0.0.1:32400")
DAY = 86400.0


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as library:
        yield library


@pytest.fixture
def ids(library: Library) -> list[int]:
    films = [ServerItem(key=str(n), version="1", kind=MediaKind.MOVIE, title=f"Film {n}", year=2000) for n in range(3)]
    return library.items.upsert("p", "1", films)


class Told:
    """A server that tells a history, and notes since when it was asked."""

    def __init__(self, *pages: tuple[HistoryEntry, ...], then: Exception | None = None) -> None:
        self.pages, self.then = pages, then
        self.asked: list[float] = []

    def history(self, since: float = 0.0) -> Iterator[tuple[HistoryEntry, ...]]:
        self.asked.append(since)
        yield from self.pages
        if self.then:
            raise self.then


def test_each_time_counts_once_and_for_one_person(library: Library, ids: list[int]) -> None:
    entries = [HistoryEntry("0", 100.0), HistoryEntry("0", 300.0), HistoryEntry("1", 200.0), HistoryEntry("none", 9.0)]
    assert library.watches.add("p", entries) == 3
    assert library.watches.add("p", entries) == 0
    assert library.watches.add("p", entries[:1], "plex:77") == 1
    assert library.watches.add("q", entries) == 0
    assert library.watches.counts() == {ids[0]: Watched(2, 300.0), ids[1]: Watched(1, 200.0)}
    assert library.watches.counts("plex:77") == {ids[0]: Watched(1, 100.0)}
    assert (library.watches.of(ids[0]), library.watches.of(ids[2])) == (Watched(2, 300.0), None)
    assert library.watches.times(ids[0]) == (300.0, 100.0)
    assert (library.watches.newest("p"), library.watches.newest("p", "nobody")) == (300.0, 0.0)


def test_an_entry_that_moved_to_another_library_is_the_one_that_is_there(library: Library, ids: list[int]) -> None:
    library.items.mark_removed("p", "1", ["2"])
    other = ServerItem(key="2", version="1", kind=MediaKind.MOVIE, title="Another film", year=1990)
    moved = library.items.upsert("p", "2", [other])
    library.watches.add("p", [HistoryEntry("2", 5.0)])
    assert list(library.watches.counts()) == moved


def test_the_next_reading_goes_on_from_the_last_with_some_overlap(library: Library, ids: list[int]) -> None:
    newest = 100 * DAY
    server = Told((HistoryEntry("0", newest), HistoryEntry("1", 2.0)))
    assert run(read_history(library, server, SOURCE)) == 2
    assert run(read_history(library, server, SOURCE)) == 0
    assert run(read_history(library, server, SOURCE, "plex:77")) == 2
    assert run(read_history(library, server, SOURCE, whole=True)) == 0
    assert server.asked == [0.0, newest - OVERLAP_SECONDS, 0.0, 0.0]


def test_a_reading_that_breaks_off_begins_at_the_same_place_again(library: Library, ids: list[int]) -> None:
    newest = (HistoryEntry("0", 100 * DAY),)
    server = Told(newest, then=ProviderUnavailable("Cellar", "It is gone."))
    with pytest.raises(ProviderUnavailable):
        run(read_history(library, server, SOURCE))
    assert library.watches.newest("p") == 0.0
    job = read_history(library, Told(newest), SOURCE)
    next(job)
    next(job)
    job.close()
    assert library.watches.newest("p") == 0.0
