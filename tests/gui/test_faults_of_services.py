"""Servers and catalogues that go wrong in many ways, one after the other, in one real window that goes on all the while."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gui.session import Session
from library.home import Home
from library.library import Library
from library.secrets import Secrets, secret_of
from library.settings import CatalogSettings, Settings, SourceSettings, TrainingSettings
from providers.catalogs.tmdb import TmdbCatalog
from providers.catalogs.tvdb import TvdbCatalog
from tests.end_to_end.service_table import PIN, QUICK, SERVICES, Scanning, fill
from tests.fakes import tmdb, tvdb
from tests.fakes.serving import FakeService
from tests.gui.places import PATIENCE, Heartbeat

LONGEST_GAP = 0.5
FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("status", {"status": 401}),
    ("status", {"status": 403}),
    ("status", {"status": 429, "headers": {"Retry-After": "600"}}),
    ("status", {"status": 500}),
    ("status", {"status": 503}),
    ("truncate", {}),
    ("html", {}),
    ("garbage", {}),
    ("drip", {"seconds": 0.05}),
    ("loop", {}),
    ("reset in body", {}),
)
BY_NAME = {service.name: service for service in SERVICES}


def window_on(start, home: Home, settings: Settings, qtbot, **ports: object) -> Session:
    with Library.open(home) as library:
        library.settings.save(replace(settings, training=TrainingSettings(paused=True)))
    session = start(settle=False, **ports)
    qtbot.waitUntil(lambda: session.background is not None, timeout=PATIENCE)
    session.window.show_tab("Configuration")
    return session


def titles(session: Session) -> dict[int, tuple[object, ...]]:
    return {item.id: (item.title, item.overview, item.keywords, item.places) for item in session.library.items.all()}


@pytest.mark.parametrize("name", ["Jellyfin", "Subsonic"])
def test_a_server_that_goes_wrong_is_said_and_the_window_goes_on(
    start, home: Home, qtbot, expected_logs, name: str
) -> None:
    expected_logs("")
    service = BY_NAME[name]
    with service.start(None) as fake:
        reading = service.client(fake, fake.url, None)
        assert isinstance(reading, Scanning)
        source = reading.source
        Secrets(home).put(secret_of(source), "stored and not looked at here")
        session = window_on(
            start, home, Settings(sources=(source,)), qtbot, open_server=lambda *_: opened(service.name, fake)
        )
        card = session.background.configuration.sources.cards[source.id]

        def scan() -> float:
            heartbeat = Heartbeat()
            card.scan.click()
            ticket = session.background.actions.running_scan(source.id)
            qtbot.waitUntil(lambda: ticket.over and card.scan.isEnabled(), timeout=PATIENCE)
            return heartbeat.stop()

        scan()
        known = titles(session)
        assert known
        for kind, details in FAULTS:
            fake.fail(kind, **details)
            assert scan() < LONGEST_GAP, kind
            said = card.result.text()
            assert said.startswith(("The last scan failed", "Scanned in part")), (kind, said)
            assert said.endswith("."), said
            assert not [secret for secret in service.secrets(fake) if secret in said + card.verdict.text()]
            assert titles(session) == known, kind
            assert session.window.isVisible()
            fake.recover()
        scan()
        assert card.result.text().startswith("Scanned just now"), card.result.text()
        assert titles(session) == known


def opened(name: str, fake: FakeService):
    """A server object, as for each scan."""
    reading = BY_NAME[name].client(fake, fake.url, None)
    assert isinstance(reading, Scanning)
    return reading.server


@pytest.mark.parametrize("name", ["TMDB", "TVDB"])
def test_a_catalogue_that_goes_wrong_is_said_and_the_window_goes_on(
    start, home: Home, tmp_path, qtbot, expected_logs, name: str
) -> None:
    expected_logs("")
    service = BY_NAME[name]
    with Library.open(home) as library:
        fill(library, tmp_path / "films")
    folder = SourceSettings(id="f", kind="folder", name="Films", paths=(str(tmp_path / "films"),))
    catalogs = CatalogSettings(tmdb=name == "TMDB", tvdb=name == "TVDB")
    Secrets(home).put(f"catalog:{name.lower()}", tmdb.READ_TOKEN if name == "TMDB" else tvdb.KEY)
    Secrets(home).put("catalog:tvdb-pin", PIN)
    with service.start(None) as fake:

        def open_catalog(which: str, key: str, pin: str, language: str):
            if which == "tmdb":
                return TmdbCatalog(key, language, patience=QUICK, limit=5000, url=fake.url)
            return TvdbCatalog(key, pin, language, patience=QUICK, limit=5000, url=fake.url)

        fake.fail("status", status=500)
        session = window_on(
            start, home, Settings(sources=(folder,), catalogs=catalogs), qtbot, open_catalog=open_catalog
        )
        desk, section = session.background.catalogs, session.background.configuration.catalogs

        def look_up() -> float:
            qtbot.waitUntil(lambda: not desk.worker.busy, timeout=PATIENCE)
            heartbeat = Heartbeat()
            desk.look_up()
            qtbot.waitUntil(lambda: not desk.worker.busy, timeout=PATIENCE)
            return heartbeat.stop()

        look_up()
        known = titles(session)
        for kind, details in FAULTS:
            fake.recover()
            fake.fail(kind, **details)
            assert look_up() < LONGEST_GAP, kind
            said = section.result.text()
            assert said.endswith("."), (kind, said)
            assert "looked up" not in said, (kind, said)
            assert not [secret for secret in service.secrets(fake) if secret in said]
            assert titles(session) == known, kind
            assert session.window.isVisible()
        fake.recover()
        look_up()
        assert titles(session) != known
