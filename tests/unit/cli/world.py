"""A small world for the commands: a media server in memory, an encoder of a few numbers, and a way to call a command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from cli.commands import run
from cli.ports import Ports
from library.accounts import MediaAccount, ServerSignIn, Watchlist
from library.errors import EncoderError, ProviderError
from library.home import Home
from library.items import Credit, CreditRole, MediaKind
from library.past.tmdb import PastAccount
from library.settings import SourceSettings
from library.sources import (
    Catalog,
    Entry,
    ItemBatch,
    ListingPage,
    MediaServer,
    ServerIdentity,
    ServerItem,
    ServerLibrary,
)
from providers.ledger import NetworkLedger
from providers.servers.addresses import check_url
from providers.servers.plex_address import normalise_token
from tests.made_up_networks import MadeUpNetworks


def film(key: str, title: str, year: int | None = 1990, **more: Any) -> ServerItem:
    more.setdefault("runtime", 100.0)
    more.setdefault("genres", ("Drama",))
    return ServerItem(
        key=key,
        version=more.pop("version", "1"),
        kind=more.pop("kind", MediaKind.MOVIE),
        title=title,
        year=year,
        **more,
    )


def director(name: str) -> tuple[Credit, ...]:
    return (Credit(name, CreditRole.DIRECTOR),)


FILMS = (
    film("1", "Heat", 1995, runtime=170.0, genres=("Crime", "Drama"), credits=director("Michael Mann")),
    film("2", "Heat", 1972, runtime=102.0, genres=("Comedy",), credits=director("Paul Morrissey")),
    film("3", "Thief", 1981, runtime=123.0, genres=("Crime", "Drama"), credits=director("Michael Mann")),
    film(
        "4",
        "Amélie",
        2001,
        runtime=122.0,
        genres=("Comedy", "Romance"),
        original_title="Le Fabuleux Destin d'Amélie Poulain",
    ),
    film("5", "1917", 2019, runtime=119.0, genres=("War", "Drama")),
    film("6", "Alien", 1979, runtime=117.0, genres=("Horror", "Science Fiction")),
    film("7", "[bold]Odd\x1b[31m\u202e Title", 1999, runtime=95.0, genres=("Horror",)),
    film(
        "8",
        "Arrival",
        2016,
        runtime=116.0,
        genres=("Science Fiction",),
        overview="A linguist meets visitors who write in circles.",
    ),
)
SHOWS = (film("s1", "Fargo", 2014, kind=MediaKind.SHOW, seasons=5, episodes=51, runtime=53.0, genres=("Crime",)),)


@dataclass
class MemoryServer:
    """Answers from tuples. ``failure`` is raised when it is asked for its list."""

    films: tuple[ServerItem, ...] = FILMS
    shows: tuple[ServerItem, ...] = SHOWS
    failure: ProviderError | None = None
    interrupt_after: int | None = None
    closed: int = 0
    tokens: list[str | None] = field(default_factory=list)

    def identify(self) -> ServerIdentity:
        if self.failure:
            raise self.failure
        return ServerIdentity("machine", "Living room")

    def libraries(self) -> tuple[ServerLibrary, ...]:
        if self.failure:
            raise self.failure
        return (ServerLibrary("f", "Films", MediaKind.MOVIE), ServerLibrary("s", "Shows", MediaKind.SHOW))

    def _all(self, library: ServerLibrary) -> tuple[ServerItem, ...]:
        return self.films if library.key == "f" else self.shows

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        yield ListingPage(tuple(Entry(item.key, item.version) for item in self._all(library)))

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        known = {item.key: item for item in self._all(library)}
        for count, entry in enumerate(entries):
            if self.interrupt_after is not None and count >= self.interrupt_after:
                raise KeyboardInterrupt
            yield ItemBatch((known[entry.key],))

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        return None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        return None

    def close(self) -> None:
        self.closed += 1


class SmallEncoder:
    """Vectors of eight numbers made from a digest of the text."""

    name = "small"
    dimensions = 8

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[int], np.ndarray]]:
        for position, text in enumerate(texts):
            numbers = np.frombuffer(hashlib.sha256(text.encode()).digest()[:8], np.uint8).astype(np.float32) + 1
            yield [position], (numbers / np.linalg.norm(numbers))[None]


def nobody_gets_in(source: SourceSettings) -> ServerSignIn:
    raise AssertionError(f"nobody signs in to {source.name} in this test")


def nobody_has_an_account(token: str) -> MediaAccount:
    raise AssertionError("nobody asks plex.tv in this test")


def nobody_has_a_past(key: str, language: str) -> PastAccount:
    raise AssertionError("this test asks no account for a past")


def nobody_has_a_watchlist(token: str) -> Watchlist:
    raise AssertionError("this test signs in to no account")


@dataclass
class World:
    """One home, its servers by kind of source, and the commands over them."""

    capsys: pytest.CaptureFixture[str]
    demo: MemoryServer = field(default_factory=MemoryServer)
    folder: MemoryServer = field(default_factory=lambda: MemoryServer(films=FILMS[:3], shows=()))
    plex: MemoryServer = field(default_factory=MemoryServer)
    encoder_failure: EncoderError | None = None
    encoders_loaded: int = 0
    way_in: Callable[[SourceSettings], ServerSignIn] = nobody_gets_in
    broken: Exception | None = None
    account: Callable[[str], MediaAccount] = nobody_has_an_account
    watchlist: Callable[[str], Watchlist] = nobody_has_a_watchlist
    past_account: Callable[[str, str], PastAccount] = nobody_has_a_past
    network: NetworkLedger = field(default_factory=NetworkLedger)
    catalogs: dict[str, Callable[[str, str, str], Catalog]] = field(default_factory=dict)

    def ports(self) -> Ports:
        return Ports(
            version="1.2.3",
            open_server=self._open,
            load_encoder=self._encoder,
            load_networks=lambda home, threads: MadeUpNetworks(home.networks),
            check_url=check_url,
            clean_token=normalise_token,
            open_account=lambda home, token: self.account(token),
            open_watchlist=lambda home, source, token: self.watchlist(token),
            network=self.network,
            sign_in_to=lambda home, source: self.way_in(source),
            open_catalog=self._open_catalog,
            open_past_account=lambda key, language: self.past_account(key, language),
        )

    def _open_catalog(self, name: str, key: str, pin: str, language: str) -> Catalog:
        return self.catalogs[name](key, pin, language)

    def _open(self, home: Home, source: SourceSettings, token: str | None) -> MediaServer:
        if self.broken:
            raise self.broken
        server: MemoryServer = getattr(self, source.kind)
        server.tokens.append(token)
        return server

    def _encoder(self, name: str, threads: int) -> SmallEncoder:
        self.encoders_loaded += 1
        if self.encoder_failure:
            raise self.encoder_failure
        return SmallEncoder()

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """Status, stdout and stderr of one command."""
        self.capsys.readouterr()
        status = run(arguments, self.ports())
        out, err = self.capsys.readouterr()
        return status, out, err

    def text(self, *arguments: str) -> str:
        """Stdout of a command that succeeds."""
        status, out, err = self.call(*arguments)
        assert status == 0, err
        return out

    def json(self, *arguments: str, status: int = 0) -> Any:
        """The JSON document of a command; there is nothing else on stdout."""
        found, out, err = self.call(*arguments, "--json")
        assert found == status, out + err
        return json.loads(out)

    def id_of(self, title: str, year: int | None = None) -> int:
        found = self.json("search", title)["results"]
        return next(item["id"] for item in found if item["title"] == title and year in (None, item["year"]))


def smaller(server: MemoryServer, films: int) -> None:
    """Let most films vanish from a server."""
    server.films = server.films[:films]
