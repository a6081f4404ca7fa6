"""A scan of a Subsonic server that goes wrong on the way: nothing is lost, and the next scan mends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.home import find_home
from library.items import Item
from library.library import Library
from library.progress import Progress, run
from library.redaction import redact
from library.settings import SourceSettings
from library.sync import ScanReport, scan
from providers.http import Patience, ProviderSession
from providers.servers.subsonic import SubsonicServer
from tests.fakes.subsonic import PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import make_world

QUICK = Patience(connect=1, read=1, overall=3, attempts=2, pause=0.01)
SONGS = 600


@pytest.fixture
def fake() -> Iterator[FakeSubsonic]:
    world = make_world(SONGS)
    world.folders = {"1": "Music", "2": "Soundtracks"}
    for song in world.songs[SONGS // 2 :]:
        song.folder = "2"
    with FakeSubsonic(world=world) as server:
        yield server


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        yield opened


Scan = Callable[..., ScanReport]


@pytest.fixture
def rescan(fake: FakeSubsonic, library: Library) -> Scan:
    def go(report: Callable[[Progress], object] | None = None) -> ScanReport:
        """One scan as the program does it: with a new server object."""
        fake.forget()
        source = SourceSettings(id="s", kind="subsonic", name="Navidrome", url=fake.url, user=USER, sign_in="password")
        server = SubsonicServer(source, PASSWORD, ProviderSession(source.name, QUICK))
        try:
            return run(scan(library, server, source), report)
        finally:
            server.close()

    return go


def present(library: Library) -> dict[str, Item]:
    return {place.key: item for item in library.items.all() for place in item.places}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, ProviderReplyError),
        ({"kind": "status", "status": 429}, ProviderBusy),
        ({"kind": "code", "status": 40}, ProviderDenied),
        ({"kind": "truncate"}, ProviderReplyError),
        ({"kind": "reset"}, ProviderUnavailable),
        ({"kind": "reset in body"}, ProviderError),
        ({"kind": "html"}, ProviderReplyError),
        ({"kind": "slow", "seconds": 1.2}, ProviderUnavailable),
    ],
    ids=lambda value: "-".join(str(v) for v in value.values()) if isinstance(value, dict) else value.__name__,
)
def test_a_server_that_breaks_down_half_way_is_mended_by_the_next_scan(
    fake: FakeSubsonic, library: Library, rescan: Scan, caplog: pytest.LogCaptureFixture, fault: dict, error: type
) -> None:
    fake.fail(path="search3", after=2, **fault)  # two pages of the first library, then the second one
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as caught:
        rescan()
    assert str(caught.value).endswith(".")
    written = redact(caplog.text) + str(caught.value)
    assert PASSWORD not in written
    assert len(fake.requests) < 60
    assert len(present(library)) == SONGS // 2
    assert all(item.removed_at is None for item in present(library).values())

    fake.recover()
    report = rescan()
    assert (report.added, report.removed, report.failed) == (SONGS // 2, 0, 0)
    assert set(present(library)) == {song.key for song in fake.world.songs}


def test_the_budget_of_requests(fake: FakeSubsonic, library: Library, rescan: Scan) -> None:
    assert rescan().added == SONGS
    assert len(fake.requests) <= 12
    fake.world.of(USER, "so-1005").stars = 3
    fake.world.touch("so-1500", title="Another title")
    fake.world.remove("so-1006")
    report = rescan()
    assert (report.added, report.changed, report.removed, report.failed) == (0, 2, 1, 0)
    assert len(fake.requests) <= 12
    assert fake.most_in_flight == 1
    viewing = present(library)["so-1005"].places[0].viewing
    assert viewing.rating == 6.0


def test_songs_that_vanish_while_their_server_looks_for_them_are_not_taken_out(
    fake: FakeSubsonic, library: Library, rescan: Scan
) -> None:
    rescan()
    fake.world.scanning = True
    fake.world.remove("so-1006")
    report = rescan()
    assert (report.listed, report.removed) == (SONGS - 1, 0)
    assert "looking through its own files" in report.problems[0]
    fake.world.scanning = False
    assert rescan().removed == 1


def test_a_scan_that_is_given_up_goes_on_where_it_was(fake: FakeSubsonic, library: Library, rescan: Scan) -> None:
    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.step == "Reading Music" and progress.done >= 200:
            raise Enough

    with pytest.raises(Enough):
        rescan(stop)
    assert len(present(library)) == 200
    assert rescan().added == SONGS - 200
