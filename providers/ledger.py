"""Which computers this program talks to, and how far it may reach: every way out asks here first and says here what went.

Requests go through ``providers.http``, but whoever opens a connection of another kind (aiohttp, a websocket, a broadcast)
calls the same two: :meth:`NetworkLedger.permit` before anything is sent, :meth:`NetworkLedger.record` afterwards.
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from library.contact_store import Contact, Reach
from library.errors import ProviderOffline
from library.settings import Reachable

__all__ = ["Connections", "NetworkLedger", "Reach", "reach_of"]

_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Addresses of private networks over the internet, such as Tailscale's: nobody else reaches them."""
_WHERE = "Let Homereel reach further in the Configuration tab, under Network, if you want that."


@dataclass(frozen=True, slots=True)
class Connections:
    """What went to and fro between this program and one host today.

    :param count: requests sent; ``received`` is the bytes that came back.
    """

    host: str
    reach: Reach
    count: int
    received: int


def reach_of(host: str, peer: str = "") -> Reach:
    """How far away a host is: by the address it was reached at, else by its name."""
    found = _reach_of_address(peer) or _reach_of_address(host)
    if found is not None:
        return found
    name = host.lower().rstrip(".")
    if _is_this_computer(name):
        return Reach.COMPUTER
    if "." not in name or name.endswith((".local", ".lan", ".home.arpa", ".internal")):
        return Reach.NETWORK
    return Reach.INTERNET


def _reach_of_address(text: str) -> Reach | None:
    """How far away an address is; ``None`` for what is a name."""
    try:
        address = ipaddress.ip_address(text.strip("[]").split("%")[0])
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return Reach.COMPUTER
    shared = address.version == 4 and address in _SHARED
    near = address.is_private or address.is_link_local or address.is_multicast or shared
    return Reach.NETWORK if near else Reach.INTERNET


def _is_this_computer(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")


class NetworkLedger:
    """What was said to whom since the program began, shared by all its sessions; safe to use from several threads.

    ``reach`` says how far the program may reach: "all", "home" for the own network and this computer, "none" for this
    computer alone. It may be set at any moment, from any thread, and holds from the next request on.
    """

    def __init__(
        self,
        today: Callable[[], datetime.date] = datetime.date.today,
        clock: Callable[[], float] = time.time,
        reach: Reachable = "all",
    ) -> None:
        self._today = today
        self._clock = clock
        self._lock = threading.Lock()
        self._day = today()
        self._rows: dict[tuple[str, Reach], tuple[int, int]] = {}
        self._fresh: dict[tuple[datetime.date, str, Reach, str], Contact] = {}
        self._recalled = False
        self.reach: Reachable = reach

    def permit(self, provider: str, host: str, peer: str = "") -> None:
        """Raise :class:`ProviderOffline` when the person does not want this host to be talked to now.

        Without ``peer``, a name that may be near or far is looked up, which may take a moment. A computer of the own network
        that is only known by name counts as far while nothing but this computer may be reached: looking it up would be a
        question to the network already.

        :param provider: the service as the person knows it.
        :param peer: the address that it was reached at, once that is known.
        """
        if self.reach == "all":
            return
        found = _reach_of_address(peer) or _reach_of_address(host)
        if found is None and _is_this_computer(host.lower().rstrip(".")):
            found = Reach.COMPUTER
        if found is Reach.COMPUTER:
            return
        if self.reach == "none":
            raise ProviderOffline(
                provider, f"Homereel is set to stay on this computer, so {host or provider} was not asked.", _WHERE
            )
        if (found or _reach_by_looking_up(host)) is Reach.INTERNET:
            raise ProviderOffline(
                provider,
                f"Homereel is set to stay within your own network, so {host or provider} was not asked: it is on the internet.",
                _WHERE,
            )

    def record(self, host: str, peer: str, received: int, *, sent: int = 0, purpose: str = "") -> None:
        """Note one request, what it was for, and how many bytes went and came back."""
        name, reach = host.lower(), reach_of(host, peer)
        with self._lock:
            day = self._turn()
            count, total = self._rows.get((name, reach), (0, 0))
            self._rows[name, reach] = (count + 1, total + received)
            self._remember(
                Contact(
                    day=day,
                    host=name,
                    reach=reach,
                    purpose=purpose,
                    requests=1,
                    sent=sent,
                    received=received,
                    last_at=self._clock(),
                )
            )

    def connections_today(self) -> tuple[Connections, ...]:
        """One row per host, those on the internet first, then by name."""
        with self._lock:
            self._turn()
            rows = [Connections(host, reach, *sums) for (host, reach), sums in self._rows.items()]
        return tuple(sorted(rows, key=lambda row: (row.reach is not Reach.INTERNET, row.host, row.reach)))

    # What is kept from start to start

    def fresh(self) -> tuple[Contact, ...]:
        """What was noted since it was last taken away to be kept, newest first."""
        with self._lock:
            return tuple(sorted(self._fresh.values(), key=lambda row: -row.last_at))

    def take(self) -> tuple[Contact, ...]:
        """The same, and it is for the caller to keep it from now on."""
        with self._lock:
            taken, self._fresh = tuple(self._fresh.values()), {}
        return taken

    def put_back(self, contacts: Iterable[Contact]) -> None:
        """What was taken could not be kept: remember it until the next time."""
        with self._lock:
            for row in contacts:
                self._remember(row)

    def recall(self, contacts: Iterable[Contact]) -> None:
        """Count in what was kept of today before the program began; a second time it would be counted twice, and is not."""
        with self._lock:
            day = self._turn()
            if self._recalled:
                return
            self._recalled = True
            for row in contacts:
                if row.day == day:
                    count, total = self._rows.get((row.host, row.reach), (0, 0))
                    self._rows[row.host, row.reach] = (count + row.requests, total + row.received)

    def _remember(self, row: Contact) -> None:
        key = (row.day, row.host, row.reach, row.purpose)
        known = self._fresh.get(key)
        self._fresh[key] = row if known is None else row.with_more(known)

    def _turn(self) -> datetime.date:
        """Begin a new day when it is one."""
        day = self._today()
        if day != self._day:
            self._day, self._rows = day, {}
        return day


def _reach_by_looking_up(name: str) -> Reach:
    """How far away the farthest address of a name is; what cannot be found counts as near."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Reach.NETWORK  # connecting will say that there is no such name, or is looked at once it has happened
    reaches = {reach_of(name, str(entry[4][0])) for entry in found}
    return Reach.INTERNET if Reach.INTERNET in reaches else Reach.NETWORK
