"""The network ledger: what counts as near and far, who may be talked to, and that nothing which went is lost."""

from __future__ import annotations

import datetime
import threading
from dataclasses import replace

import pytest

from library.contact_store import Contact
from library.errors import ProviderOffline
from library.settings import Reachable
from providers.ledger import Connections, NetworkLedger, Reach, reach_of


@pytest.mark.parametrize(
    ("host", "peer", "reach"),
    [
        ("127.0.0.1", "", Reach.COMPUTER),
        ("localhost", "", Reach.COMPUTER),
        ("::1", "", Reach.COMPUTER),
        ("[::1]", "", Reach.COMPUTER),
        ("nas", "", Reach.NETWORK),
        ("nas.local", "", Reach.NETWORK),
        ("192.168.1.20", "", Reach.NETWORK),
        ("fe80::1%eth0", "", Reach.NETWORK),
        ("example.org", "", Reach.INTERNET),
        ("8.8.8.8", "", Reach.INTERNET),
        ("media.example.org", "10.0.0.3", Reach.NETWORK),
        ("media.example.org", "127.0.0.1", Reach.COMPUTER),
        ("media.example.org", "::ffff:192.168.1.9", Reach.NETWORK),
        ("nas", "8.8.8.8", Reach.INTERNET),
    ],
)
def test_how_far_away_a_host_is(host: str, peer: str, reach: Reach) -> None:
    assert reach_of(host, peer) is reach


def test_rows_are_summed_by_host_and_the_internet_comes_first() -> None:
    ledger = NetworkLedger()
    ledger.record("127.0.0.1", "", 5)
    ledger.record("Example.org", "", 10)
    ledger.record("example.org", "", 20)
    assert ledger.connections_today() == (
        Connections("example.org", Reach.INTERNET, 2, 30),
        Connections("127.0.0.1", Reach.COMPUTER, 1, 5),
    )


def test_a_new_day_begins_with_nothing() -> None:
    day = datetime.date(2024, 1, 1)
    ledger = NetworkLedger(lambda: day)
    ledger.record("nas", "", 5)
    day = datetime.date(2024, 1, 2)
    assert ledger.connections_today() == ()
    ledger.record("nas", "", 7)
    assert ledger.connections_today() == (Connections("nas", Reach.NETWORK, 1, 7),)


@pytest.mark.parametrize(
    ("reach", "host", "peer", "allowed"),
    [
        ("all", "example.org", "", True),
        ("home", "192.168.1.20", "", True),
        ("home", "100.101.102.103", "", True),
        ("home", "239.0.0.250", "", True),
        ("home", "fd12::1", "", True),
        ("home", "8.8.8.8", "", False),
        ("home", "[2a00::1]", "", False),
        ("home", "media.example.org", "10.0.0.3", True),
        ("home", "nas", "8.8.8.8", False),
        ("home", "localhost", "", True),
        ("none", "localhost", "", True),
        ("none", "127.0.0.1", "", True),
        ("none", "::1", "", True),
        ("none", "nas", "127.0.0.1", True),
        ("none", "nas", "", False),
        ("none", "192.168.1.20", "", False),
        ("none", "example.org", "", False),
    ],
)
def test_the_switch_decides_who_is_talked_to(reach: Reachable, host: str, peer: str, allowed: bool) -> None:
    ledger = NetworkLedger(reach=reach)
    if allowed:
        ledger.permit("TMDB", host, peer)
        return
    with pytest.raises(ProviderOffline) as caught:
        ledger.permit("TMDB", host, peer)
    assert caught.value.provider == "TMDB"
    assert caught.value.message.endswith(".")
    assert host in caught.value.message
    assert "Configuration" in caught.value.hint


@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [(["192.168.1.20"], True), (["192.168.1.20", "2a00::1"], False), (["8.8.8.8"], False), ([], True)],
)
def test_at_home_a_name_is_looked_up_before_it_is_called(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], allowed: bool
) -> None:
    def lookup(name: str, *_: object, **__: object) -> list[tuple]:
        if not addresses:
            raise OSError("no such name")
        return [(0, 0, 0, "", (address, 0)) for address in addresses]

    monkeypatch.setattr("providers.ledger.socket.getaddrinfo", lookup)
    ledger = NetworkLedger(reach="home")
    if allowed:
        ledger.permit("Plex", "media.example.org")
    else:
        with pytest.raises(ProviderOffline):
            ledger.permit("Plex", "media.example.org")


def test_the_switch_holds_at_once_and_away_from_home_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.ledger.socket.getaddrinfo", lambda *_: pytest.fail("a name was looked up"))
    ledger = NetworkLedger()
    ledger.permit("TMDB", "api.example.org")
    ledger.reach = "none"
    with pytest.raises(ProviderOffline):
        ledger.permit("TMDB", "api.example.org")


def test_what_went_is_summed_by_day_host_and_purpose_until_it_is_taken() -> None:
    day, now = datetime.date(2024, 1, 1), 10.0
    ledger = NetworkLedger(lambda: day, lambda: now)
    ledger.record("NAS", "192.168.1.2", 100, sent=10, purpose="Your media server")
    now = 20.0
    ledger.record("nas", "192.168.1.2", 200, sent=20, purpose="Your media server")
    ledger.record("nas", "192.168.1.2", 5, sent=1, purpose="Pictures")
    day = datetime.date(2024, 1, 2)
    ledger.record("nas", "192.168.1.2", 7, purpose="Pictures")
    rows = {(row.day.day, row.purpose): row for row in ledger.take()}
    assert set(rows) == {(1, "Your media server"), (1, "Pictures"), (2, "Pictures")}
    first = rows[1, "Your media server"]
    assert (first.host, first.reach, first.requests, first.sent, first.received, first.last_at) == (
        "nas", Reach.NETWORK, 2, 30, 300, 20.0,
    )  # fmt: skip
    assert ledger.take() == ledger.fresh() == ()


def test_what_could_not_be_kept_is_not_lost() -> None:
    ledger = NetworkLedger()
    ledger.record("nas", "", 5, purpose="Pictures")
    taken = ledger.take()
    ledger.record("nas", "", 6, purpose="Pictures")
    ledger.put_back(taken)
    (row,) = ledger.fresh()
    assert (row.requests, row.received) == (2, 11)


def test_today_goes_on_after_a_new_start() -> None:
    day = datetime.date(2024, 1, 2)
    ledger = NetworkLedger(lambda: day)
    ledger.record("example.org", "", 5)
    kept = Contact(day=day, host="example.org", reach=Reach.INTERNET, requests=3, received=10)
    for _ in range(2):  # a second window of the same program
        ledger.recall([kept, replace(kept, day=datetime.date(2024, 1, 1))])
    assert ledger.connections_today() == (Connections("example.org", Reach.INTERNET, 4, 15),)
    assert len(ledger.fresh()) == 1, "what is kept already must not be kept twice"


def test_threads_lose_nothing() -> None:
    ledger = NetworkLedger()

    def work() -> None:
        for _ in range(500):
            ledger.record("nas", "", 1, sent=2)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (row,) = ledger.fresh()
    assert (row.requests, row.received, row.sent) == (2000, 2000, 4000)
