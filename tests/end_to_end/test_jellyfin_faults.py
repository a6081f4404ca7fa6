"""A scan of a Jellyfin server that goes wrong on the way: what was read is kept, nothing is lost, the next scan mends it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.home import find_home
from library.items import Item, MediaKind
from library.library import Library
from library.logs import set_up_logging, take_down_logging
from library.progress import Progress, run
from library.settings import SourceSettings
from library.sync import ScanReport, scan
from library.writing import WriteKind
from providers.http import Patience, ProviderSession
from providers.servers.jellyfin import JellyfinServer
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import Marks, film_id, make_world, show_id

QUICK = Patience(connect=1, read=1, overall=2, attempts=2, pause=0.01)
SOURCE = SourceSettings(id="j", kind="jellyfin", name="Jellyfin at home", url="http://127.0.0.1:8096")
FILMS, SHOWS, TRACKS = 150, 6, 20


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(FILMS, SHOWS, TRACKS)) as server:
        yield server


@pytest.fixture
def token(jellyfin: FakeJellyfin) -> str:
    return jellyfin.token_of("Anna")


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        yield opened


Scan = Callable[..., ScanReport]


@pytest.fixture
def opened(jellyfin: FakeJellyfin, token: str) -> Callable[[], JellyfinServer]:
    def go() -> JellyfinServer:
        user = jellyfin.world.person("Anna")
        source = SourceSettings(SOURCE.id, SOURCE.kind, SOURCE.name, jellyfin.url, user=user.name, account=user.id)
        return JellyfinServer(source, token, "homereel-1", ProviderSession(SOURCE.name, QUICK))

    return go


@pytest.fixture
def rescan(jellyfin: FakeJellyfin, library: Library, opened: Callable[[], JellyfinServer]) -> Scan:
    def go(report: Callable[[Progress], object] | None = None) -> ScanReport:
        """One scan as the program does it: with a new server object."""
        jellyfin.forget()
        server = opened()
        try:
            return run(scan(library, server, SOURCE), report)
        finally:
            server.close()

    return go


def present(library: Library) -> dict[str, Item]:
    """Items that are there, by the server's key."""
    return {place.key: item for item in library.items.all() for place in item.places}


def expected_keys(jellyfin: FakeJellyfin) -> set[str]:
    return {thing.id for thing in jellyfin.world.things.values() if thing.type != "Episode"}


def test_what_changed_is_read_and_nothing_else(jellyfin: FakeJellyfin, library: Library, rescan: Scan) -> None:
    first = rescan()
    assert (first.added, first.failed, first.problems) == (FILMS + SHOWS + TRACKS, 0, ())
    counts = [library.items.count(kind) for kind in (MediaKind.MOVIE, MediaKind.SHOW, MediaKind.TRACK)]
    assert counts == [FILMS, SHOWS, TRACKS]
    assert jellyfin.most_in_flight == 1
    anna = jellyfin.world.person("Anna").id
    jellyfin.world.of(anna, film_id(5)).rating = 9.0
    jellyfin.world.marks[anna, jellyfin.world.episodes(show_id(0))[0].id] = Marks(True, 1)
    jellyfin.world.remove(film_id(6))
    report = rescan()
    assert (report.added, report.changed, report.removed, report.failed) == (0, 2, 1, 0)
    found = present(library)
    assert found[film_id(5)].places[0].viewing.rating == 9.0
    assert found[show_id(0)].places[0].viewing.watched_episodes == 1
    assert len(jellyfin.requests) <= 9
    assert 9.0 in [rating.value for rating in library.feedback.current().ratings]
    assert rescan().changed == 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, ProviderReplyError),
        ({"kind": "status", "status": 404}, ProviderReplyError),
        ({"kind": "status", "status": 502}, ProviderUnavailable),
        ({"kind": "status", "status": 401}, ProviderDenied),
        ({"kind": "status", "status": 403}, ProviderDenied),
        ({"kind": "status", "status": 429}, ProviderBusy),
        ({"kind": "starting"}, ProviderBusy),
        ({"kind": "truncate"}, ProviderReplyError),
        ({"kind": "cut"}, ProviderReplyError),
        ({"kind": "reset"}, ProviderUnavailable),
        ({"kind": "reset in body"}, (ProviderUnavailable, ProviderReplyError)),
        ({"kind": "html"}, ProviderReplyError),
        ({"kind": "json"}, ProviderReplyError),
        ({"kind": "empty"}, ProviderReplyError),
        ({"kind": "garbage"}, ProviderReplyError),
        ({"kind": "loop"}, ProviderReplyError),
        ({"kind": "elsewhere", "target": "http://elsewhere.example"}, ProviderReplyError),
        ({"kind": "slow", "seconds": 1.2}, ProviderUnavailable),
        ({"kind": "drip", "seconds": 0.2}, ProviderUnavailable),
    ],
    ids=lambda value: "-".join(str(v) for v in value.values())[:20] if isinstance(value, dict) else "",
)
def test_a_server_that_breaks_down_half_way_is_mended_by_the_next_scan(
    jellyfin: FakeJellyfin,
    library: Library,
    rescan: Scan,
    token: str,
    caplog: pytest.LogCaptureFixture,
    fault: dict,
    error: type | tuple[type, ...],
) -> None:
    jellyfin.fail(after=4, **fault)  # two to connect, one for the views, one list; then it happens while reading
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        rescan()
    assert isinstance(caught.value, error)
    assert caught.value.message.endswith(".")
    assert token not in str(caught.value) + caplog.text
    assert len(jellyfin.requests) < 80
    kept = set(present(library))
    jellyfin.recover()
    report = rescan()
    assert report.added == len(expected_keys(jellyfin)) - len(kept)
    assert (report.failed, report.removed) == (0, 0)
    assert set(present(library)) == expected_keys(jellyfin)


def test_a_server_that_breaks_down_takes_nothing_out_of_the_library(
    jellyfin: FakeJellyfin, library: Library, rescan: Scan
) -> None:
    rescan()
    for kind in ("status", "starting", "truncate", "html", "reset", "json"):
        jellyfin.recover()
        jellyfin.fail(kind, path="/Items")
        with pytest.raises(ProviderError):
            rescan()
        assert set(present(library)) == expected_keys(jellyfin)


@pytest.mark.parametrize("kind", ["truncate", "cut", "reset", "status", "skewed clock"])
def test_one_bad_moment_is_not_noticed(jellyfin: FakeJellyfin, library: Library, rescan: Scan, kind: str) -> None:
    jellyfin.fail(kind, path="/UserViews", times=1 if kind in ("cut", "reset", "status") else 0)
    jellyfin.fail(kind, path="/Items", times=1)
    report = rescan()
    assert (report.failed, report.problems) == (0, ())
    assert set(present(library)) == expected_keys(jellyfin)


def test_a_scan_that_is_cancelled_goes_on_from_there(jellyfin: FakeJellyfin, library: Library, rescan: Scan) -> None:
    class Cancelled(Exception):
        pass

    def cancel(step: Progress) -> None:
        if step.step.startswith("Reading") and step.done >= 100:
            raise Cancelled

    with pytest.raises(Cancelled):
        rescan(cancel)
    kept = len(present(library))
    assert 100 <= kept < FILMS
    assert rescan().added == FILMS + SHOWS + TRACKS - kept


def test_no_secret_is_in_anything_that_is_written(
    jellyfin: FakeJellyfin,
    library: Library,
    rescan: Scan,
    opened: Callable[[], JellyfinServer],
    token: str,
    home_path: Path,
    expected_logs: Callable[[str], None],
) -> None:
    home = find_home(home_path)
    expected_logs("A scan failed")
    destination = set_up_logging(home)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        rescan()
        for kind in ("status", "truncate", "reset", "html", "elsewhere"):
            jellyfin.recover()
            jellyfin.fail(kind, status=401, target="http://elsewhere.example", after=2)
            with pytest.raises(ProviderError) as caught:
                rescan()
            logging.getLogger("test").error("A scan failed.", exc_info=caught.value)
            jellyfin.recover()
            server = opened()
            jellyfin.fail(kind, path="/UserItems", status=500, target="http://elsewhere.example")
            with contextlib.suppress(ProviderError):
                run(server.write(WriteKind.RATING, film_id(1), None, {"rating": 3.3}))
            server.close()
    finally:
        logging.getLogger().setLevel(logging.WARNING)
        take_down_logging(destination)
    written = {path: path.read_bytes() for path in home_path.rglob("*") if path.is_file()}
    assert any(path.suffix == ".log" for path in written)
    assert not [path for path, content in written.items() if token.encode() in content]
