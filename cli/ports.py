"""What the commands need from outside their layer, as plain callables that ``main.py`` hands in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from library.accounts import MediaAccount, ServerSignIn, Watchlist
from library.contact_store import NetworkNotes
from library.home import Home
from library.past.tmdb import PastAccount
from library.settings import SourceKind, SourceSettings
from library.sources import Catalog, MediaServer


class CheckedAddress(Protocol):
    """What can be said about the address of a server before anything is sent."""

    @property
    def url(self) -> str:
        """The address in order."""
        ...

    @property
    def problem(self) -> str:
        """Why it cannot be used, as a sentence; empty when it can."""
        ...

    @property
    def hint(self) -> str:
        """What to do about the problem."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The commands' view of the world beyond library and recommender. None of these is called before it is needed.

    :param version: of the program.
    :param open_server: a home, a source of its settings and the source's token (``None`` where it has none) -> the server,
        not yet asked.
    :param load_encoder: name or path of a text model and a number of threads -> a ``TextEncoder``.
    :param load_networks: a home and a number of threads -> the graph ``Networks`` with their checkpoints.
    :param check_url: what was typed as an address, and a kind of server -> what is wrong with it, if anything. Never asks the
        network.
    :param clean_token: what was pasted as a token -> the bare token.
    :param open_account: a home and the token of an account at Plex, empty when nobody has signed in yet -> the account, not yet
        asked.
    :param open_watchlist: a home, a source and the token of the account behind it -> its watchlist, not yet asked.
    :param open_catalog: "tmdb" or "tvdb", its key, its PIN (empty for none), and the language of its answers -> the catalogue,
        not yet asked.
    :param open_past_account: the key of TMDB and the language of its titles -> the account there of whoever agrees to it, not
        yet asked.
    :param sign_in_to: a home and a source of a server that knows its users itself (Jellyfin) -> the way in, nothing asked yet.
    :param network: what is noted about the computers that are talked to, and how far the program may reach.
    """

    version: str
    open_server: Callable[[Home, SourceSettings, str | None], MediaServer]
    load_encoder: Callable[[str, int], Any]
    load_networks: Callable[[Home, int], Any]
    check_url: Callable[[str, SourceKind], CheckedAddress]
    clean_token: Callable[[str], str]
    open_account: Callable[[Home, str], MediaAccount]
    open_watchlist: Callable[[Home, SourceSettings, str], Watchlist]
    open_catalog: Callable[[str, str, str, str], Catalog]
    open_past_account: Callable[[str, str], PastAccount]
    sign_in_to: Callable[[Home, SourceSettings], ServerSignIn]
    network: NetworkNotes
