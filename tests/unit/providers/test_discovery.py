"""Calling into the local network, over real datagrams on this computer."""

from __future__ import annotations

import pytest

from library.accounts import FoundServer
from library.errors import ProviderUnavailable
from library.progress import run
from providers.discovery import Callers, look_around, read_jellyfin, read_plex
from providers.ledger import NetworkLedger
from tests.fakes.discovery import PLEX_ANSWER, Answerer, callers, jellyfin_answer

BRIEF = 0.3


def test_both_kinds_answer_and_every_word_is_counted() -> None:
    ledger = NetworkLedger()
    with Answerer((PLEX_ANSWER.encode(),)) as plex, Answerer((jellyfin_answer(),)) as jellyfin:
        found = run(look_around(ledger, callers(plex, jellyfin), BRIEF))
    assert found == (
        FoundServer("Attic", "http://192.168.1.30:8096", "jellyfin", "jelly-1"),
        FoundServer("Cellar", "http://127.0.0.1:32400", "plex", "machine-1"),
    )
    assert plex.calls == [b"M-SEARCH * HTTP/1.0\r\n\r\n"] * 2
    assert jellyfin.calls == [b"Who is JellyfinServer?"] * 2
    rows = {row.host: row for row in ledger.connections_today()}
    assert rows["local network"].count == 4
    assert rows["127.0.0.1"].received == 2 * (len(PLEX_ANSWER) + len(jellyfin_answer()))


def test_a_call_that_is_lost_is_repeated() -> None:
    with Answerer((PLEX_ANSWER.encode(),), silent_times=1) as plex:
        found = run(look_around(NetworkLedger(), callers(plex), BRIEF))
    assert [server.name for server in found] == ["Cellar"]


def test_what_was_found_arrives_while_it_listens_and_it_can_be_stopped() -> None:
    with Answerer((PLEX_ANSWER.encode(),)) as plex:
        job = look_around(NetworkLedger(), callers(plex), seconds=30)
        seen = next(step for step in job if step.servers)
        job.close()
    assert [server.name for server in seen.servers] == ["Cellar"]


def test_garbage_is_left_out() -> None:
    garbage = (
        b"",
        b"\xff\xfe\x00",
        b"HTTP/1.0 200 OK\r\n",
        PLEX_ANSWER.replace("32400", "99999").encode(),
        PLEX_ANSWER.replace("media-server", "media-player").encode(),
        b"[" * 4000,
        b'{"Address": 5, "Id": "x"}',
        jellyfin_answer("javascript:alert(1)"),
        jellyfin_answer("http://bad host/"),
        jellyfin_answer("http://host:99999"),
    )
    with Answerer(garbage) as one:
        assert run(look_around(NetworkLedger(), callers(one, one), BRIEF)) == ()


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://192.168.1.30:8096/", "http://192.168.1.30:8096"),
        ("https://media.lan/jellyfin?token=x", "https://media.lan/jellyfin"),
        ("http://user:secret@192.168.1.30:8096", "http://192.168.1.30:8096"),
        ("http://[fe80::1]:8096", "http://[fe80::1]:8096"),
    ],
)
def test_of_an_address_only_the_address_is_kept(address: str, url: str) -> None:
    found = read_jellyfin(jellyfin_answer(address), "192.168.1.30")
    assert found is not None
    assert found.url == url


def test_names_cannot_do_anything_but_be_shown() -> None:
    found = read_plex(PLEX_ANSWER.replace("Cellar", "Ce\x1b[31mllar" + "x" * 500).encode(), "192.168.1.20")
    assert found is not None
    assert found.name.startswith("Ce[31mllar")
    assert len(found.name) == 80


def test_nothing_leaves_when_nothing_may() -> None:
    ledger = NetworkLedger(reach="none")
    with Answerer(()) as plex, pytest.raises(ProviderUnavailable, match="the local network was not asked"):
        run(look_around(ledger, callers(plex), BRIEF))
    assert plex.calls == []
    assert ledger.connections_today() == ()


def test_the_own_network_is_within_reach_of_home() -> None:
    with Answerer((PLEX_ANSWER.encode(),)) as plex:
        assert len(run(look_around(NetworkLedger(reach="home"), callers(plex), BRIEF))) == 1


def test_without_a_network_a_sentence_is_said() -> None:
    with pytest.raises(ProviderUnavailable, match="no network"):
        run(look_around(NetworkLedger(), Callers((), ()), BRIEF))
