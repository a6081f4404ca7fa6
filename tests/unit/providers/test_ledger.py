"""The network ledger: what counts as near and far, and that yesterday is over."""

from __future__ import annotations

import datetime

import pytest

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
