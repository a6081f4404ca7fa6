"""Trusting one certificate: what is shown of it, and that nothing is sent to a server that shows another one."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from library.contact_store import Reach
from library.errors import ProviderOffline, ProviderUnavailable, ProviderUntrusted
from providers.certificates import read_certificate
from providers.http import NetworkLedger, Patience, ProviderSession
from tests.fakes.certificate import fingerprint_of, make_certificate, server_side
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world

QUICK = Patience(connect=1, read=1, overall=3, attempts=2, pause=0.01)


Start = Callable[..., AbstractContextManager[tuple[FakePlex, str]]]


@pytest.fixture
def secure(tmp_path: Path) -> Start:
    """Starts a fake server that speaks https; gives it with the fingerprint of its certificate."""

    @contextmanager
    def start(port: int = 0, **certificate: object) -> Iterator[tuple[FakePlex, str]]:
        path = make_certificate(tmp_path, **certificate)  # type: ignore[arg-type]
        with FakePlex(make_world(1), tls=server_side(path), port=port) as plex:
            yield plex, fingerprint_of(path)

    return start


def ask(plex: FakePlex, fingerprint: str = "", **more: object) -> int:
    with ProviderSession("Plex", QUICK, fingerprint=fingerprint, **more) as session:  # type: ignore[arg-type]
        return session.get(plex.url + "/identity").status_code


@pytest.mark.parametrize(
    "certificate", [{"ca": False}, {"days": -3}, {"host": "other.example"}], ids=["plain", "over", "other name"]
)
def test_a_certificate_that_nobody_vouches_for_is_shown_and_can_be_trusted(secure: Start, certificate: dict) -> None:
    with secure(name="nas", **certificate) as (plex, fingerprint):
        with pytest.raises(ProviderUntrusted) as caught:
            ask(plex)
        assert "made by the server itself" in caught.value.message
        assert caught.value.fingerprint == fingerprint
        assert caught.value.certificate.startswith("It is made out to “nas” and valid from ")
        assert plex.requests == []
        assert ask(plex, fingerprint) == 200


def test_a_name_that_does_not_fit_can_be_trusted_too(secure: Start, tmp_path: Path) -> None:
    with secure(host="other.example") as (plex, fingerprint):
        with ProviderSession("Plex", QUICK) as session, pytest.raises(ProviderUntrusted) as caught:
            session.verify = str(next(tmp_path.glob("*.pem")))
            session.get(plex.url)
        assert "for another name" in caught.value.message
        assert caught.value.fingerprint == fingerprint


def test_a_certificate_that_is_over_is_to_be_renewed(secure: Start, tmp_path: Path) -> None:
    with secure(days=-1) as (plex, _), ProviderSession("Plex", QUICK) as session:
        session.verify = str(next(tmp_path.glob("*.pem")))
        with pytest.raises(ProviderUnavailable) as caught:
            session.get(plex.url)
        assert not isinstance(caught.value, ProviderUntrusted)
        assert "not valid today" in caught.value.message


def test_another_certificate_than_the_trusted_one_gets_nothing(secure: Start) -> None:
    with secure() as (plex, trusted):
        assert ask(plex, trusted) == 200
    with secure(port=plex.port) as (impostor, shown):
        with pytest.raises(ProviderUntrusted) as caught:
            ask(impostor, trusted)
        assert "another certificate than the one that you trusted" in caught.value.message
        assert caught.value.fingerprint == shown
        assert impostor.requests == []


def test_a_trusted_certificate_does_not_make_plain_http_of_it() -> None:
    with FakePlex(make_world(1)) as plain, pytest.raises(ProviderUnavailable, match="does not speak https"):
        ask_at(plain.url.replace("http://", "https://"), "ab" * 32)


def ask_at(url: str, fingerprint: str) -> None:
    with ProviderSession("Plex", QUICK, fingerprint=fingerprint) as session:
        session.get(url)


def test_looking_at_the_certificate_is_counted(secure: Start) -> None:
    ledger = NetworkLedger()
    with secure() as (plex, _), pytest.raises(ProviderUntrusted):
        ask(plex, ledger=ledger, purpose="Your media server")
    (row,) = ledger.fresh()
    assert (row.requests, row.received, row.reach) == (2, 0, Reach.COMPUTER)


def test_a_connection_that_turns_out_to_be_far_is_left_before_a_word_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import providers.ledger

    real = providers.ledger._reach_of_address
    far = {"127.0.0.1": Reach.INTERNET}
    monkeypatch.setattr(providers.ledger, "_reach_of_address", lambda text: far.get(text) or real(text))
    for scheme, fingerprint in (("http", ""), ("https", ""), ("https", "ab" * 32)):
        with Listener() as listener, pytest.raises(ProviderOffline) as caught:
            ledger = NetworkLedger(reach="home")
            with ProviderSession("Plex", QUICK, ledger, fingerprint=fingerprint) as session:
                session.get(f"{scheme}://localhost:{listener.port}/")
        assert "on the internet" in caught.value.message
        assert listener.heard == b""


class Listener:
    """A port of this computer that remembers what it is told."""

    def __enter__(self) -> Listener:
        self.heard = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(5)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def _listen(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            while part := connection.recv(4096):
                self.heard += part

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._socket.close()


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x82\xff\xff", b"\x30\x03\x02\x01\x05", b"\xff" * 300])
def test_what_is_no_certificate_still_has_a_fingerprint(der: bytes) -> None:
    found = read_certificate(der)
    assert len(found.fingerprint) == 64
    assert found.sentence == "It does not say whom it is made out to."


def test_every_cut_of_a_certificate_is_survived(tmp_path: Path) -> None:
    path = make_certificate(tmp_path, name="Kino\n\u202eim Keller")
    der = ssl.PEM_cert_to_DER_cert(path.read_text().split("-----BEGIN PRIVATE KEY")[0])
    assert read_certificate(der).name == "Kinoim Keller"
    for length in range(0, len(der), 7):
        read_certificate(der[:length])
        read_certificate(der[:length] + b"\x81\xff" + der[length + 2 :])
