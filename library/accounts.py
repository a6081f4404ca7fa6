"""What an account of somebody else's says about its owner: servers, the people of a home, and what was found in the network.

The types are here because the window, the command line and ``providers`` share them; tokens in them never show in a repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from library.progress import Job, Progress
from library.settings import SourceKind, SourceSettings
from library.writing import KeepsWatchlist, WritableServer


@dataclass(frozen=True, slots=True)
class CodeShown(Progress):
    """The step of a sign-in that waits for the person: a page to open in the browser.

    :param link: the page; ``code`` is what it asks for when it is opened without.
    :param seconds: how long it is waited for, from the first such step on.
    """

    code: str = field(default="", kw_only=True)
    link: str = field(default="", kw_only=True)
    seconds: float = field(default=0.0, kw_only=True)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in.

    :param token: the account's own; it opens the account, not a server.
    :param id: the account's id; ``name`` is what its owner is called there.
    """

    token: str = field(repr=False)
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One way to a server.

    :param url: with its port; ``host`` is the part of it that a person knows it by, such as 192.168.1.20.
    :param local: in the own network; ``relay`` by way of somebody else's computer, which is slow.
    """

    url: str
    host: str = ""
    local: bool = False
    relay: bool = False


@dataclass(frozen=True, slots=True)
class AccountServer:
    """A server that an account may use.

    :param token: the account's token for this server.
    :param addresses: the ways to it, the best first.
    :param owner: whose it is, when it is somebody else's.
    :param near: whether it is in the network that the question came from.
    :param account_id: what the server itself calls this account: its owner is number 1 there.
    """

    name: str
    machine_id: str
    token: str = field(repr=False)
    addresses: tuple[ServerAddress, ...] = ()
    owned: bool = True
    owner: str = ""
    near: bool = False
    account_id: str = ""

    @property
    def words(self) -> str:
        """The server as a line of a list: "Cellar, local, 192.168.1.20"."""
        best = next(iter(self.addresses), ServerAddress(""))
        way = "by relay" if best.relay else "local" if best.local and self.near else "over the internet"
        of_whom = f"shared by {self.owner}" if self.owner and not self.owned else ""
        return ", ".join(part for part in (self.name, of_whom, way, best.host) if part)


@dataclass(frozen=True, slots=True)
class HomeUser:
    """One person of the home that an account belongs to.

    :param id: the number of the person's account; ``uuid`` is its other name.
    :param guarded: whether a PIN is asked for.
    :param admin: whether the home is this person's.
    """

    id: str
    uuid: str
    name: str
    guarded: bool = False
    admin: bool = False


class MediaAccount(Protocol):
    """An account that servers hang on. Used by one thread at a time.

    Every method raises ``ProviderError`` as those of ``library.sources.MediaServer`` do.
    """

    def sign_in(self) -> Job[SignedIn]:
        """Wait until the person has signed in in the browser; a :class:`CodeShown` step says where."""
        ...

    def sign_out(self) -> None:
        """Let the account's token hold no longer."""
        ...

    def servers(self) -> tuple[AccountServer, ...]:
        """The media servers that this account may use."""
        ...

    def reach(self, server: AccountServer) -> Job[str]:
        """The best address at which a server answers from here."""
        ...

    def close(self) -> None:
        """Give back what is held; may be called again."""
        ...


class ServerSignIn(Protocol):
    """The way in to one server that knows its users itself. Used by one thread at a time.

    Every method raises ``ProviderError`` as those of ``library.sources.MediaServer`` do.
    """

    def with_password(self, password: str) -> SignedIn:
        """Sign in as the user that the source names; the token is the server's, and the password is kept nowhere."""
        ...

    def with_code(self) -> Job[SignedIn]:
        """Wait until the person has typed a code in where they are signed in already; a :class:`CodeShown` step has it."""
        ...

    def sign_out(self, token: str) -> None:
        """Let a token hold no longer."""
        ...

    def close(self) -> None:
        """Give back what is held; may be called again."""
        ...


class Watchlist(WritableServer, KeepsWatchlist, Protocol):
    """The watchlist of an account, and the one thing that is written there."""

    def close(self) -> None:
        """Give back what is held; may be called again."""
        ...


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A media server that answered a call into the local network. What it says of itself is not proven by anything."""

    name: str
    url: str
    kind: SourceKind
    machine_id: str = ""


@dataclass(frozen=True, slots=True)
class ServersFound(Progress):
    """A step of looking around that brings what answered so far."""

    servers: tuple[FoundServer, ...] = field(default=(), kw_only=True)


def account_secret_of(source: SourceSettings) -> str:
    """Under which name the token of the account behind a source lies in ``library.secrets``."""
    return f"plex-account:{source.id}"


def person_secret_of(source: SourceSettings, account_id: str) -> str:
    """Under which name the token lies that a person of a home has for a source."""
    return f"source:{source.id}:{account_id}"
