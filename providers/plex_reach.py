"""Finds out at which of its addresses a Plex server can be reached from here: several at once, each only for a moment."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing

from library.accounts import AccountServer, ServerAddress
from library.errors import ProviderError, ProviderOffline, ProviderUnavailable
from library.progress import Job, Progress
from providers.http import Patience, ProviderSession
from providers.ledger import NetworkLedger

QUICK = Patience(connect=2.5, read=2.5, overall=3.5, attempts=1, most_bytes=64 * 1024)
AT_ONCE = 4
TICK = 0.1
_MACHINE = re.compile(r'machineIdentifier"?\s*[=:]\s*"([^"]*)"')


def first_that_answers(server: AccountServer, like: ProviderSession) -> Job[str]:
    """The best address at which a server answers as itself: local ones are tried first, then those from outside, then relays.

    Each attempt has a session and a thread of its own, which end with the attempt. No token is sent: a computer that sits
    at the address but is another one learns nothing.

    :param like: the session whose name and ledger the attempts go under.
    :raises ProviderUnavailable: when nothing answers.
    """
    groups = itertools.groupby(server.addresses, key=lambda address: (address.relay, not address.local))
    refusals: list[ProviderError] = []
    for _, group in groups:
        found = yield from _best_of(server, tuple(group), like, refusals)
        if found:
            return found
    raise _nowhere(server, refusals)


def _nowhere(server: AccountServer, refusals: list[ProviderError]) -> ProviderError:
    """Why a server cannot be reached: its own reason where there is one, else that nothing answers."""
    count = len(server.addresses)
    if refusals and (count == 1 or all(isinstance(error, ProviderOffline) for error in refusals)):
        return refusals[0]
    message = f"{server.name} does not answer at any of its {count} addresses."
    if count < 2:
        message = (
            f"Another server than {server.name} answers there." if count else f"Plex has no address of {server.name}."
        )
    return ProviderUnavailable(
        server.name,
        message,
        "Check that the server is switched on, and whether it can be reached from this network. You can also enter its"
        " address yourself.",
    )


def _best_of(
    server: AccountServer, addresses: Sequence[ServerAddress], like: ProviderSession, refusals: list[ProviderError]
) -> Job[str]:
    """Try some addresses side by side; the earliest in the order that answers, empty when none does."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="looking for a server")
    try:
        waiting: dict[Future[bool], int] = {
            pool.submit(_is_there, address.url, server.machine_id, like): place
            for place, address in enumerate(addresses)
        }
        good: list[int] = []
        while waiting and not (good and min(good) < min(waiting.values())):
            yield Progress(f"Looking for {server.name}")
            done, _ = wait(waiting, TICK, FIRST_COMPLETED)
            for future in done:
                place = waiting.pop(future)
                try:
                    good += [place] if future.result() else []
                except ProviderError as error:
                    refusals.append(error)
        return addresses[min(good)].url if good else ""
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def machine_at(url: str, name: str, ledger: NetworkLedger | None) -> str:
    """Machine id of the Plex server at an address; empty when what answers names none. No token is sent."""
    with closing(ProviderSession(name, QUICK, ledger, purpose="Looking for your Plex server")) as session:
        answer = session.get(f"{url}/identity", headers={"Accept": "application/xml"})
    found = _MACHINE.search(answer.text)
    return found.group(1) if found else ""


def _is_there(url: str, machine_id: str, like: ProviderSession) -> bool:
    """Whether the server itself answers at an address."""
    return machine_at(url, like.provider, like.ledger) == machine_id
