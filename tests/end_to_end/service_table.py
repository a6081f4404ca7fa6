"""The six services that the program talks to, one entry each: how its fake is started, how it is read, and what is secret."""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from library.enrich import enrich
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.sources import Catalog, MediaServer
from library.sync import scan
from music.tags import read_tags
from providers.catalogs.tmdb import TmdbCatalog
from providers.catalogs.tvdb import TvdbCatalog
from providers.http import Patience, ProviderSession
from providers.ledger import NetworkLedger
from providers.plex_account import PlexAccount, PlexSites
from providers.servers.folder import FolderServer
from providers.servers.jellyfin import JellyfinServer
from providers.servers.plex import PlexServer
from providers.servers.subsonic import SubsonicServer
from tests.fakes import jellyfin_world, plex_world, subsonic, subsonic_world, tmdb, tvdb
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.plex import FakePlex
from tests.fakes.plex_tv import HANNA, Device, FakePlexTv
from tests.fakes.serving import FakeService
from tests.fakes.subsonic import FakeSubsonic
from tests.fakes.tmdb import FakeTmdb
from tests.fakes.tvdb import FakeTvdb

QUICK = Patience(connect=1.0, read=0.3, overall=0.6, attempts=1, pause=0.01, longest_pause=0.05)
PLEX_TOKEN = "canary-Plex+token/9="
PIN = "CANARYPIN7"
FAST = 5000.0
FILMS = ("Heat (1995).mkv", "Twins (2001).mkv")
EPISODE = "Dark (2017)/Season 1/Dark.S01E01.mkv"


class Client(Protocol):
    """Something that reads a service into a library, as often as it is told."""

    def read(self, library: Library) -> object: ...

    def close(self) -> None: ...


@dataclass
class Scanning:
    """A media server, read as the program reads it."""

    server: MediaServer
    source: SourceSettings

    def read(self, library: Library) -> object:
        self.server.identify()
        return run(scan(library, self.server, self.source))

    def close(self) -> None:
        self.server.close()


@dataclass
class LookingUp:
    """A catalogue, asked about every title there is."""

    catalog: Catalog

    def read(self, library: Library) -> object:
        self.catalog.check()
        titles = [item.id for item in library.items.all()]
        return run(enrich(library, self.catalog, 1.0, only=titles))

    def close(self) -> None:
        self.catalog.close()


@dataclass
class Account:
    """An account at plex.tv with its servers and its home."""

    account: PlexAccount

    def read(self, library: Library) -> object:
        return self.account.servers(), self.account.home_users()

    def close(self) -> None:
        self.account.close()


Start = Callable[[ssl.SSLContext | None], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Service:
    """One service.

    :param place: host and port as the documents show them.
    :param start: a fake of it, with or without https.
    :param client: for a fake (or a copy of it under another address) a client, which counts in the ledger.
    :param secrets: what nobody may ever read, in the fake's world; also what came up only while it was read.
    """

    name: str
    place: str
    start: Start
    client: Callable[[FakeService, str, NetworkLedger | None], Client]
    secrets: Callable[[FakeService], set[str]]

    def __str__(self) -> str:
        return self.name


def session(name: str, ledger: NetworkLedger | None) -> ProviderSession:
    return ProviderSession(name, QUICK, ledger, purpose="Your media server")


def plex_client(fake: FakePlex, url: str, ledger: NetworkLedger | None) -> Client:
    source = SourceSettings(id="p", kind="plex", name="Cellar", url=url)
    return Scanning(PlexServer("p", "Cellar", url, fake.token, session=session("Cellar", ledger)), source)


def jellyfin_client(fake: FakeJellyfin, url: str, ledger: NetworkLedger | None) -> Client:
    user = fake.world.person("Anna")
    source = SourceSettings(id="j", kind="jellyfin", name="Attic", url=url, user=user.name, account=user.id)
    return Scanning(JellyfinServer(source, fake.token_of("Anna"), "homereel-1", session("Attic", ledger)), source)


def subsonic_client(fake: FakeSubsonic, url: str, ledger: NetworkLedger | None) -> Client:
    source = SourceSettings(id="s", kind="subsonic", name="Navidrome", url=url, user=subsonic.USER, sign_in="password")
    return Scanning(SubsonicServer(source, subsonic.PASSWORD, session("Navidrome", ledger)), source)


def tmdb_client(fake: FakeTmdb, url: str, ledger: NetworkLedger | None) -> Client:
    return LookingUp(TmdbCatalog(tmdb.READ_TOKEN, ledger=ledger, patience=QUICK, limit=FAST, url=url))


def tvdb_client(fake: FakeTvdb, url: str, ledger: NetworkLedger | None) -> Client:
    return LookingUp(TvdbCatalog(tvdb.KEY, PIN, ledger=ledger, patience=QUICK, limit=FAST, url=url))


def account_client(fake: FakePlexTv, url: str, ledger: NetworkLedger | None) -> Client:
    sites = PlexSites(url, url, f"{url}/discover", f"{url}/metadata")
    return Account(PlexAccount(session("Plex", ledger), "homereel-1", fake.person(HANNA).token, sites))


def subsonic_secrets(fake: FakeSubsonic) -> set[str]:
    """The password in every form that the protocol knows, those of the requests that were made among them."""
    word = subsonic.PASSWORD
    sent = {seen.query.get("t", "") for seen in fake.requests}
    sent |= {
        part.partition(b"=")[2].decode()
        for seen in fake.requests
        for part in seen.body.split(b"&")
        if part[:2] == b"t="
    }
    return {word, "enc:" + word.encode().hex(), hashlib.md5(word.encode()).hexdigest(), *sent} - {""}


def account_secrets(fake: FakePlexTv) -> set[str]:
    tokens = {token for device in fake.devices for token in device.tokens.values()}
    return {fake.person(HANNA).token, *tokens}


SERVICES = (
    Service(
        "Plex",
        "192.168.1.20:32400",
        lambda tls: FakePlex(plex_world.make_world(6, 2), token=PLEX_TOKEN, tls=tls),
        plex_client,
        lambda fake: {PLEX_TOKEN},
    ),
    Service(
        "Jellyfin",
        "192.168.1.20:8096",
        lambda tls: FakeJellyfin(jellyfin_world.make_world(6, 2, 3), tls=tls),
        jellyfin_client,
        lambda fake: {*fake.tokens, *(person.password for person in fake.world.people)},
    ),
    Service(
        "Subsonic",
        "192.168.1.20:4533",
        lambda tls: FakeSubsonic(world=subsonic_world.make_world(8), tls=tls),
        subsonic_client,
        subsonic_secrets,
    ),
    Service(
        "TMDB",
        "api.themoviedb.org",
        lambda tls: FakeTmdb(titles=[tmdb.Title(949, "Heat", 1995), tmdb.Title(1, "Dark", 2017, kind="tv")], tls=tls),
        tmdb_client,
        lambda fake: {tmdb.READ_TOKEN, tmdb.API_KEY},
    ),
    Service(
        "TVDB",
        "api4.thetvdb.com",
        lambda tls: FakeTvdb(records=[tvdb.Record(334824, "Dark", 2017)], pin=PIN, tls=tls),
        tvdb_client,
        lambda fake: {tvdb.KEY, PIN, *(f"jwt-canary-{number:04d}" for number in range(1, fake.logins + 1))},
    ),
    Service(
        "Plex account",
        "plex.tv",
        lambda tls: FakePlexTv(devices=[Device("Cellar", "m1", [("http://10.0.0.2:32400", True, False)])], tls=tls),
        account_client,
        account_secrets,
    ),
)


def forms_of(secrets: set[str]) -> set[str]:
    """The secrets as they might be written somewhere: as they are, percent-encoded, in base64, in hex."""
    forms: set[str] = set()
    for secret in secrets:
        raw = secret.encode()
        forms |= {secret, quote(secret), quote(secret, safe=""), raw.hex(), base64.b64encode(raw).decode().rstrip("=")}
    return forms


def fill(library: Library, folder: Path) -> None:
    """Bring a few titles in, which catalogues can be asked about."""
    for name in (*FILMS, EPISODE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    source = SourceSettings(id="f", kind="folder", name="Films", paths=(str(folder),))
    with closing(FolderServer("Films", (str(folder),), read_tags)) as server:
        run(scan(library, server, source))


def content(library: Library) -> list[tuple[Any, ...]]:
    """What is known of titles: which there are, where they are, what catalogues say."""
    rows: list[tuple[Any, ...]] = [
        (item.id, item.kind, item.title, item.year, item.overview, item.keywords, tuple(item.places))
        for item in sorted(library.items.all(), key=lambda item: item.id)
    ]
    rows += [tuple(row) for row in library.database.rows("SELECT item_id, catalog, key FROM metadata ORDER BY 1, 2")]
    return rows
