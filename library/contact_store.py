"""Which computers were talked to: the network ledger as it is kept from start to start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from library.database import Database
from library.errors import StoreError
from library.settings import Reachable

KEPT_DAYS = 92
"""Rows that are older are dropped."""


class Reach(StrEnum):
    """How far away the other side is."""

    COMPUTER = "this computer"
    NETWORK = "local network"
    INTERNET = "internet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What went to and fro between this program and one host on one day for one purpose.

    :param purpose: why, as the person reads it: "Your media server".
    :param sent: bytes of the requests; ``received`` those of the answers.
    :param last_at: when the newest request was made.
    """

    day: date
    host: str
    reach: Reach
    purpose: str = ""
    requests: int = 0
    sent: int = 0
    received: int = 0
    last_at: float = 0.0

    def with_more(self, other: Contact) -> Contact:
        """This one with what went to and fro according to another one of the same host."""
        return replace(
            self,
            requests=self.requests + other.requests,
            sent=self.sent + other.sent,
            received=self.received + other.received,
            last_at=max(self.last_at, other.last_at),
        )


class NetworkNotes(Protocol):
    """What the program notes about the computers it talks to, and how far it may reach; used from any thread."""

    reach: Reachable

    def fresh(self) -> tuple[Contact, ...]:
        """What was noted since it was last taken away to be kept."""
        ...

    def take(self) -> tuple[Contact, ...]:
        """The same, and it is for the caller to keep it from now on."""
        ...

    def put_back(self, contacts: Iterable[Contact]) -> None:
        """What was taken could not be kept: remember it until the next time."""
        ...

    def recall(self, contacts: Iterable[Contact]) -> None:
        """Count in what was kept of today before the program began."""
        ...


class ContactStore:
    """The kept rows of the ledger. Several processes may add to one row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, notes: NetworkNotes) -> None:
        """Keep what was noted since the last time.

        :raises StoreUnavailable: when that cannot be done now; nothing is lost then, it is for the next time.
        """
        taken = notes.take()
        try:
            self.add(taken)
        except StoreError:
            notes.put_back(taken)
            raise

    def add(self, contacts: Iterable[Contact]) -> None:
        """Add what happened since to what is kept, and drop what is months old."""
        rows = list(contacts)
        if not rows:
            return
        newest = max(row.day for row in rows)
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO contact (day, host, reach, purpose, requests, sent, received, last_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, host, reach, purpose) DO UPDATE SET"
                " requests = requests + excluded.requests, sent = sent + excluded.sent,"
                " received = received + excluded.received, last_at = max(last_at, excluded.last_at)",
                [
                    (
                        row.day.isoformat(), row.host, str(row.reach), row.purpose,
                        row.requests, row.sent, row.received, row.last_at,
                    )
                    for row in rows
                ],
            )  # fmt: skip
            self._database.run("DELETE FROM contact WHERE day < ?", ((newest - timedelta(days=KEPT_DAYS)).isoformat(),))

    def since(self, day: date) -> tuple[Contact, ...]:
        """The rows of this day and of those after it, newest first."""
        found = self._database.rows(
            "SELECT day, host, reach, purpose, requests, sent, received, last_at FROM contact"
            " WHERE day >= ? ORDER BY last_at DESC, host, purpose",
            (day.isoformat(),),
        )
        return tuple(
            Contact(
                day=date.fromisoformat(str(found_day)),
                host=str(host),
                reach=Reach(reach),
                purpose=str(purpose),
                requests=int(requests),
                sent=int(sent),
                received=int(received),
                last_at=float(last_at),
            )
            for found_day, host, reach, purpose, requests, sent, received, last_at in found
        )
