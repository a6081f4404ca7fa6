"""What the window needs from outside its layer, as plain callables that ``main.py`` hands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from library.accounts import FoundServer, HomeUser, MediaAccount, ServerSignIn, Watchlist
from library.contact_store import NetworkNotes
from library.home import Home
from library.past.tmdb import PastAccount
from library.progress import Job
from library.settings import SourceKind, SourceSettings
from library.sources import Catalog, MediaServer

if TYPE_CHECKING:
    from gui.computer import Look


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
        """What to do about the problem, or a remark about an address that can be used."""
        ...

    @property
    def suggestion(self) -> str:
        """An address that is more likely meant; empty when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The window's view of the world beyond library and recommender. None of these is called before it is needed.

    :param open_server: a source of the settings and its token (``None`` where it has none) -> the server, not yet asked.
    :param check_url: what was typed as an address, and a kind of server -> what is wrong with it, if anything. Never asks the
        network.
    :param clean_token: what was pasted as a token -> the bare token.
    :param machine_of: the id of a source -> the machine id of the server it was when it was read last; empty when that is
        not known.
    :param connections_today: how many connections went to the internet today; those within the house do not count.
    :param check_text_model: name or path of a text model -> a sentence when it cannot be used, else "". Imports nothing
        heavy and never asks the network.
    :param look: what the governor wants to know -> what this computer says; may take a moment, never raises.
    :param trainer_command: the home -> the command of the process that learns; see ``gui.background_trainer``.
    :param open_account: the token of an account at Plex, empty when nobody has signed in yet -> the account, not yet asked.
    :param open_watchlist: a source and the token of the account behind it -> its watchlist, not yet asked.
    :param home_users: a source and the token of the account behind it -> the people of its home; asks the network.
    :param switch_home_user: the same with one of those people and their PIN, empty for none -> the token that this person has
        for the server of the source; asks the network.
    :param look_around: calls into the local network for media servers; only after the person has said yes.
    :param sign_in_to: a source of a server that knows its users itself (Jellyfin) -> the way in, nothing asked yet.
    :param network: what is noted about the computers that are talked to, and how far the program may reach.
    :param open_catalog: "tmdb" or "tvdb", its key, its PIN (empty for none), and the language of its answers -> the catalogue,
        not yet asked.
    :param check_catalog: the same without the language -> a sentence about what answered; asks the network, and raises
        ``ProviderError`` when the key cannot be used.
    :param open_past_account: the key of TMDB and the language of its titles -> the account there of whoever agrees to it, not
        yet asked.
    :param offer_assistant: whether a first start begins with the assistant.
    """

    open_server: Callable[[SourceSettings, str | None], MediaServer]
    check_url: Callable[[str, SourceKind], CheckedAddress]
    clean_token: Callable[[str], str]
    machine_of: Callable[[str], str]
    connections_today: Callable[[], int]
    check_text_model: Callable[[str], str]
    look: Look
    trainer_command: Callable[[Home], Sequence[str]]
    open_account: Callable[[str], MediaAccount]
    open_watchlist: Callable[[SourceSettings, str], Watchlist]
    home_users: Callable[[SourceSettings, str], tuple[HomeUser, ...]]
    switch_home_user: Callable[[SourceSettings, str, HomeUser, str], str]
    look_around: Callable[[], Job[tuple[FoundServer, ...]]]
    sign_in_to: Callable[[SourceSettings], ServerSignIn]
    network: NetworkNotes
    open_catalog: Callable[[str, str, str, str], Catalog]
    check_catalog: Callable[[str, str, str], str]
    open_past_account: Callable[[str, str], PastAccount]
    offer_assistant: bool = True
