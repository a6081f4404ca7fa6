"""A scan of a Plex server that goes wrong on the way: what was read is kept, nothing is lost, the next scan mends it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.home import find_home
from library.items import Item, MediaKind
from library.library import Library
from library.progress import Progress, run
from library.settings import SourceSettings
from library.sync import ScanReport, scan
from providers.http import Patience, ProviderSession
from providers.servers.plex import PlexServer
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import Episode, make_world

TOKEN = "the-Right-token-42"
QUICK = Patience(connect=1, read=1, overall=3, pause=0.01)
SOURCE = SourceSettings(id="p", kind="plex", name="Plex at home", url="http://127.0.0.1:32400")


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(450, 20), token=TOKEN) as server:
        yield server


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        yield opened


Scan = Callable[..., ScanReport]


@pytest.fixture
def rescan(plex: FakePlex, library: Library) -> Scan:
    def go(report: Callable[[Progress], object] | None = None) -> ScanReport:
        """One scan as the program does it: with a new server object."""
        plex.forget()
        server = PlexServer("p", SOURCE.name, plex.url, TOKEN, session=ProviderSession(SOURCE.name, QUICK))
        try:
            return run(scan(library, server, SOURCE), report)
        finally:
            server.close()

    return go


def present(library: Library) -> dict[str, Item]:
    """Items that are there, by the server's key."""
    return {place.key: item for item in library.items.all() for place in item.places}


def expected_keys(plex: FakePlex) -> set[str]:
    return {title.key for title in plex.world.films + plex.world.shows}


def paths(plex: FakePlex) -> list[str]:
    return [seen.path for seen in plex.requests]


def test_the_budget_of_requests(library: Library) -> None:
    with FakePlex(make_world(2000, 200), token=TOKEN) as plex:
        counts = []
        for _ in range(2):
            plex.forget()
            server = PlexServer("p", SOURCE.name, plex.url, TOKEN)
            server.identify()
            report = run(scan(library, server, SOURCE))
            server.close()
            counts.append((len(plex.requests), plex.most_in_flight, report.added, report.changed, report.failed))
    first, second = counts
    assert first[0] <= 30
    assert second[0] <= 10
    assert max(first[1], second[1]) <= 4
    assert first[2] + first[3] == 2200
    assert second[2:] == (0, 0, 0)


def test_what_changed_is_read_and_nothing_else(plex: FakePlex, library: Library, rescan: Scan) -> None:
    rescan()
    plex.world.touch("1005", user_rating=9.0)
    plex.world.touch("100001", episodes=[Episode("1", 1, 1, True), Episode("2", 1, 2)])
    plex.world.remove("1006")
    report = rescan()
    assert (report.added, report.changed, report.removed, report.failed) == (0, 2, 1, 0)
    found = present(library)
    assert found["1005"].places[0].viewing.rating == 9.0
    assert found["100001"].places[0].viewing.unwatched == ("S01E02",)
    read = [path for path in paths(plex) if path.startswith("/library/metadata")]
    assert read == ["/library/metadata/1005", "/library/metadata/100001", "/library/metadata/100001/allLeaves"]
    assert 9.0 in [rating.value for rating in library.feedback.current().ratings]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, ProviderReplyError),
        ({"kind": "status", "status": 502}, ProviderUnavailable),
        ({"kind": "status", "status": 520}, ProviderUnavailable),
        ({"kind": "status", "status": 401}, ProviderDenied),
        ({"kind": "status", "status": 403}, ProviderDenied),
        ({"kind": "status", "status": 429}, ProviderBusy),
        ({"kind": "maintenance"}, ProviderBusy),
        ({"kind": "truncate"}, ProviderReplyError),
        ({"kind": "cut"}, ProviderReplyError),
        ({"kind": "reset"}, ProviderUnavailable),
        ({"kind": "html"}, ProviderReplyError),
        ({"kind": "json"}, ProviderReplyError),
        ({"kind": "empty"}, ProviderReplyError),
        ({"kind": "loop"}, ProviderReplyError),
        ({"kind": "elsewhere", "target": "http://elsewhere.example"}, ProviderReplyError),
        ({"kind": "slow", "seconds": 1.4}, ProviderUnavailable),
        ({"kind": "drip", "seconds": 0.2}, ProviderUnavailable),
    ],
    ids=lambda value: "-".join(str(v) for v in value.values())[:20] if isinstance(value, dict) else value.__name__,
)
@pytest.mark.parametrize("after", [2, 4], ids=["while listing", "while reading"])
def test_a_server_that_breaks_down_half_way_is_mended_by_the_next_scan(
    plex: FakePlex,
    library: Library,
    rescan: Scan,
    caplog: pytest.LogCaptureFixture,
    fault: dict,
    error: type,
    after: int,
) -> None:
    plex.fail(after=after, **fault)
    begun = time.monotonic()
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        rescan()
    assert time.monotonic() - begun < 12
    assert isinstance(caught.value, error)
    assert caught.value.message.endswith(".")
    assert TOKEN not in str(caught.value) + caplog.text
    assert len(plex.requests) < 80
    kept = set(present(library))
    assert bool(kept) == (after == 4)

    plex.recover()
    report = rescan()
    assert report.added == len(expected_keys(plex)) - len(kept)
    assert (report.failed, report.removed) == (0, 0)
    assert set(present(library)) == expected_keys(plex)


def test_a_server_that_breaks_down_takes_nothing_out_of_the_library(
    plex: FakePlex, library: Library, rescan: Scan
) -> None:
    rescan()
    for kind in ("status", "maintenance", "truncate", "html", "reset"):
        plex.recover()
        plex.fail(kind, path="/all")
        with pytest.raises(ProviderError):
            rescan()
        assert set(present(library)) == expected_keys(plex)


@pytest.mark.parametrize("kind", ["truncate", "cut", "reset", "status", "maintenance"])
def test_one_bad_moment_is_not_noticed(plex: FakePlex, library: Library, rescan: Scan, kind: str) -> None:
    plex.fail(kind, path="/all", times=1)
    plex.fail(kind, path="/library/metadata", times=1)
    report = rescan()
    assert (report.failed, report.problems) == (0, ())
    assert set(present(library)) == expected_keys(plex)


@pytest.mark.parametrize("damage", ["broken inside", "error"])
def test_an_item_that_does_damage_is_skipped_named_and_read_later(
    plex: FakePlex, library: Library, rescan: Scan, damage: str
) -> None:
    plex.world.touch("1237", damage=damage)
    plex.world.touch("100003", damage=damage)
    report = rescan()
    assert report.failed == 2
    assert any("1237" in problem for problem in report.problems)
    assert set(present(library)) == expected_keys(plex) - {"1237", "100003"}
    plex.world.touch("1237", damage="")
    plex.world.touch("100003", damage="")
    report = rescan()
    assert (report.added, report.failed) == (2, 0)
    assert set(present(library)) == expected_keys(plex)


def test_a_line_that_breaks_the_list_hides_only_itself_and_nothing_is_taken_out(
    plex: FakePlex, library: Library, rescan: Scan
) -> None:
    rescan()
    plex.world.touch("1237", damage="broken")
    plex.world.remove("1000")
    report = rescan()
    assert any("could not be read" in problem for problem in report.problems)
    assert report.removed == 0
    assert set(present(library)) == expected_keys(plex) | {"1000"}
    plex.world.touch("1237", damage="")
    assert rescan().removed == 1
    assert set(present(library)) == expected_keys(plex)


def test_control_characters_do_no_harm(plex: FakePlex, library: Library, rescan: Scan) -> None:
    plex.world.touch("1237", damage="control")
    report = rescan()
    assert (report.failed, report.problems) == (0, ())
    overview = present(library)["1237"].overview
    assert overview
    assert overview.isprintable()


def test_a_scan_that_is_cancelled_goes_on_from_there(plex: FakePlex, library: Library, rescan: Scan) -> None:
    class Cancelled(Exception):
        pass

    def cancel(step: Progress) -> None:
        if step.step.startswith("Reading") and step.done >= 200:
            raise Cancelled

    with pytest.raises(Cancelled):
        rescan(cancel)
    kept = len(present(library))
    assert 200 <= kept < 450
    report = rescan()
    assert report.added == 470 - kept
    assert set(present(library)) == expected_keys(plex)


def test_both_kinds_arrive(library: Library, rescan: Scan) -> None:
    rescan()
    assert (library.items.count(MediaKind.MOVIE), library.items.count(MediaKind.SHOW)) == (450, 20)
