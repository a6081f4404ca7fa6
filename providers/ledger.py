"""Which computers this program talked to today, so that the window can say it and the user can check it."""

from __future__ import annotations

import datetime
import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """How far away the other side is."""

    COMPUTER = "this computer"
    NETWORK = "local network"
    INTERNET = "internet"


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
    for text in (peer, host.strip("[]")):
        try:
            address = ipaddress.ip_address(text.split("%")[0])
        except ValueError:
            continue
        mapped = getattr(address, "ipv4_mapped", None)
        address = mapped or address
        if address.is_loopback:
            return Reach.COMPUTER
        return Reach.NETWORK if address.is_private or address.is_link_local else Reach.INTERNET
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return Reach.COMPUTER
    if "." not in name or name.endswith((".local", ".lan", ".home.arpa", ".internal")):
        return Reach.NETWORK
    return Reach.INTERNET


class NetworkLedger:
    """Counts of today, shared by all sessions of the program; safe to use from several threads."""

    def __init__(self, today: Callable[[], datetime.date] = datetime.date.today) -> None:
        self._today = today
        self._lock = threading.Lock()
        self._day = today()
        self._rows: dict[tuple[str, Reach], tuple[int, int]] = {}

    def permit(self, provider: str, host: str) -> None:
        """Raise ``ProviderUnavailable`` when the person does not want this host to be talked to now."""

    def record(self, host: str, peer: str, received: int, *, sent: int = 0, purpose: str = "") -> None:
        """Note one request, what it was for, and how many bytes went and came back."""
        key = (host.lower(), reach_of(host, peer))
        with self._lock:
            self._turn()
            count, total = self._rows.get(key, (0, 0))
            self._rows[key] = (count + 1, total + received)

    def connections_today(self) -> tuple[Connections, ...]:
        """One row per host, those on the internet first, then by name."""
        with self._lock:
            self._turn()
            rows = [Connections(host, reach, *sums) for (host, reach), sums in self._rows.items()]
        return tuple(sorted(rows, key=lambda row: (row.reach is not Reach.INTERNET, row.host, row.reach)))

    def _turn(self) -> None:
        day = self._today()
        if day != self._day:
            self._day, self._rows = day, {}
