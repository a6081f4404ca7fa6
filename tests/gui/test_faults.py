"""A server that goes wrong, in the real window: it is said, the window goes on, nothing is lost, and afterwards all is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from gui.session import Session
from library.home import Home
from library.library import Library
from library.secrets import Secrets
from library.settings import Settings, SourceSettings, TrainingSettings
from library.sources import MediaServer
from providers.http import Patience, ProviderSession
from providers.servers.plex_installation import InstalledPlexServer, PlexInstallation
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, Heartbeat, plex_source, settled

HASTE = Patience(connect=1.0, read=0.5, overall=1.0, attempts=2, pause=0.02)
FIRST_FILMS, FILMS, SHOWS = 30, 60, 4
LONGEST_GAP = 0.5


@dataclass(frozen=True)
class Evening:
    """A window with one Plex server among its sources, and that server."""

    session: Session
    plex: FakePlex

    @property
    def source_id(self) -> str:
        return "plex-1"

    @property
    def card(self):
        return self.session.background.configuration.sources.cards[self.source_id]

    def titles(self) -> dict[int, str]:
        return {item.id: item.title for item in self.session.library.items.all()}

    def scan(self, qtbot) -> float:
        """Scan to the end, by whatever end; the longest time for which the window did not answer."""
        heartbeat = Heartbeat()
        self.card.scan.click()
        ticket = self.session.background.actions.running_scan(self.source_id)
        qtbot.waitUntil(lambda: ticket.over and self.card.scan.isEnabled(), timeout=PATIENCE)
        return heartbeat.stop()

    def said(self) -> str:
        return f"{self.card.result.text()} {self.card.verdict.text()}"


def configured(home: Home, source: SourceSettings, token: str, paused: bool) -> None:
    with Library.open(home) as library:
        library.settings.save(Settings(sources=(source,), training=TrainingSettings(paused=paused)))
    Secrets(home).put(f"source:{source.id}", token)


def hasty(home: Home) -> Callable[[SourceSettings, str | None], MediaServer]:
    """Opens servers as the program does, with less patience."""
    installation = PlexInstallation(home.path / "plex.json")

    def open_server(source: SourceSettings, token: str | None) -> MediaServer:
        return InstalledPlexServer(installation, source, token or "", ProviderSession(source.name, HASTE))

    return open_server


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(FIRST_FILMS, SHOWS)) as plex:
        yield plex


@pytest.fixture
def open_evening(start, home, plex: FakePlex, qtbot) -> Callable[..., Evening]:
    def open_window(paused: bool = True) -> Evening:
        configured(home, plex_source(plex.url), plex.token, paused)
        session = start(settle=False, open_server=hasty(home))
        qtbot.waitUntil(lambda: session.background is not None, timeout=PATIENCE)
        session.window.show_tab("Configuration")
        return Evening(session, plex)

    return open_window


def wrong_token(evening: Evening) -> Callable[[], None]:
    right = evening.plex.token
    evening.plex.token = "revoked-and-replaced-0123"

    def mend() -> None:
        evening.plex.token = right

    return mend


def wrong_port(evening: Evening) -> Callable[[], None]:
    preferences = evening.session.preferences
    right = preferences.source(evening.source_id)
    preferences.put_source(replace(right, url="http://127.0.0.1:1"))
    return lambda: preferences.put_source(right)


def fault(kind: str, **details: object) -> Callable[[Evening], Callable[[], None]]:
    def strike(evening: Evening) -> Callable[[], None]:
        evening.plex.fail(kind, **details)
        return evening.plex.recover

    return strike


FAULTS = {
    "wrong token": (wrong_token, "does not accept this token"),
    "wrong port": (wrong_port, "nothing answers at port 1"),
    "not a Plex server": (fault("html"), "not a Plex server"),
    "another program": (fault("json"), "not a Plex server"),
    "web page half way": (fault("html", after=3), "not a Plex server"),
    "truncated XML": (fault("truncate", after=2), "damaged"),
    "truncated XML half way": (fault("truncate", path="/library/metadata"), "damaged"),
    "empty answers half way": (fault("empty", path="/library/metadata"), "not a Plex server"),
    "errors": (fault("status", status=500), "error 500"),
    "errors half way": (fault("status", status=500, path="/library/metadata"), "error 500"),
    "redirect loop": (fault("loop"), "in a circle"),
    "maintenance": (fault("maintenance"), "still starting"),
    "maintenance half way": (fault("maintenance", after=3), "still starting"),
    "connection reset half way": (fault("reset", after=3), "127.0.0.1"),
    "cut off half way": (fault("cut", path="/library/metadata"), "broke off"),
    "dripping": (fault("drip", path="/library/sections", seconds=0.05), "127.0.0.1"),
    "silent": (fault("slow", path="/library/metadata", seconds=1.2), "127.0.0.1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_goes_wrong_is_said_and_nothing_is_lost(open_evening, qtbot, expected_logs, name: str) -> None:
    expected_logs("")
    strike, sentence = FAULTS[name]
    evening = open_evening()
    evening.scan(qtbot)
    known = evening.titles()
    assert len(known) == FIRST_FILMS + SHOWS

    evening.plex.world.films += make_world(FILMS).films[FIRST_FILMS:]
    mend = strike(evening)
    assert evening.scan(qtbot) < LONGEST_GAP
    assert sentence in evening.said(), evening.said()
    assert "Traceback" not in evening.said()
    assert evening.plex.token not in evening.said()
    assert known.items() <= evening.titles().items()
    assert evening.session.window.isVisible()

    mend()
    assert evening.scan(qtbot) < LONGEST_GAP
    assert evening.card.result.text().startswith("Scanned just now"), evening.said()
    assert evening.titles().items() >= known.items()
    assert len(evening.titles()) == FILMS + SHOWS


def test_a_scan_that_is_cut_off_goes_on_where_it_was(open_evening, plex: FakePlex, qtbot, expected_logs) -> None:
    expected_logs("")
    plex.world.films += make_world(450).films[FIRST_FILMS:]
    evening = open_evening(paused=False)
    plex.fail("reset", path="/library/metadata", after=1)
    assert evening.scan(qtbot) < LONGEST_GAP
    read = evening.titles()
    assert len(read) == 200
    assert "part" in evening.card.result.text()

    plex.recover()
    plex.forget()
    assert evening.scan(qtbot) < LONGEST_GAP
    assert len(evening.titles()) == 450 + SHOWS
    asked = {
        key
        for seen in plex.requests
        if seen.path.startswith("/library/metadata/") and "allLeaves" not in seen.path and "thumb" not in seen.path
        for key in seen.path.split("/")[3].split(",")
    }
    assert len(asked) == 250 + SHOWS, "what was read before is not asked for again"
    settled(evening.session, qtbot)
    evening.session.window.show_tab("Movies")
    qtbot.waitUntil(lambda: evening.session.movies.card is not None, timeout=PATIENCE)
