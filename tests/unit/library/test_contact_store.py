"""The kept rows of the network ledger: what two processes note adds up, and what is months old goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from library.contact_store import KEPT_DAYS, Contact, Reach
from library.home import find_home
from library.library import Library

TODAY = date(2024, 5, 3)
NAS = Contact(
    day=TODAY, host="nas", reach=Reach.NETWORK, purpose="Pictures", requests=2, sent=10, received=100, last_at=50.0
)


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        yield opened


def test_rows_come_back_newest_first(library: Library) -> None:
    far = replace(NAS, host="api.example.org", reach=Reach.INTERNET, last_at=60.0)
    library.contacts.add([NAS, far])
    assert library.contacts.since(TODAY) == (far, NAS)
    assert library.contacts.since(TODAY + timedelta(days=1)) == ()


def test_what_two_processes_note_adds_up(library: Library) -> None:
    library.contacts.add([NAS])
    with Library.open(library.home) as other:
        other.contacts.add([replace(NAS, requests=1, sent=1, received=1, last_at=40.0)])
    (row,) = library.contacts.since(TODAY)
    assert (row.requests, row.sent, row.received, row.last_at) == (3, 11, 101, 50.0)


def test_purposes_days_and_distances_are_rows_of_their_own(library: Library) -> None:
    rows = [
        NAS,
        replace(NAS, purpose="Your media server"),
        replace(NAS, day=TODAY - timedelta(days=1)),
        replace(NAS, reach=Reach.COMPUTER),
    ]
    library.contacts.add(rows)
    assert len(library.contacts.since(TODAY - timedelta(days=1))) == 4
    assert len(library.contacts.since(TODAY)) == 3


def test_what_is_months_old_goes(library: Library) -> None:
    old = replace(NAS, day=TODAY - timedelta(days=KEPT_DAYS))
    older = replace(NAS, day=TODAY - timedelta(days=KEPT_DAYS + 1))
    library.contacts.add([old, older])
    library.contacts.add([NAS])
    assert {row.day for row in library.contacts.since(date.min)} == {TODAY, old.day}


def test_nothing_to_keep_writes_nothing(library: Library) -> None:
    library.contacts.add([])
    assert library.contacts.since(date.min) == ()
