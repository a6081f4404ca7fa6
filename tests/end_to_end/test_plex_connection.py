"""The connection test of a Plex server: every way it can fail is told apart, in a sentence, with what to do."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from providers.http import Patience, ProviderSession
from providers.servers.plex import PlexServer
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world

TOKEN = "the-Right-token-42"
QUICK = Patience(connect=1, read=0.5, overall=1.5, pause=0.01)


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(3), token=TOKEN) as server:
        yield server


@pytest.fixture
def connection_to(request: pytest.FixtureRequest) -> Callable[..., PlexServer]:
    def make(url: str, token: str = TOKEN, session: ProviderSession | None = None) -> PlexServer:
        server = PlexServer("p", "Plex at home", url, token, session=session or ProviderSession("Plex at home", QUICK))
        request.addfinalizer(server.close)
        return server

    return make


@pytest.fixture
def failure(connection_to: Callable[..., PlexServer]) -> Callable[..., ProviderError]:
    def fail(url: str, token: str = TOKEN, session: ProviderSession | None = None) -> ProviderError:
        server = connection_to(url, token, session)
        with pytest.raises(ProviderError) as caught:
            server.identify()
        error = caught.value
        assert error.provider == "Plex at home"
        assert error.message.endswith(".")
        assert error.hint.endswith((".", "?"))
        assert TOKEN not in repr(error) + str(error) + repr(server)
        return error

    return fail


def test_success_says_who_answered(plex: FakePlex, connection_to: Callable[..., PlexServer]) -> None:
    identity = connection_to(f"  {plex.url}/web/index.html ", f" {TOKEN}\n").identify()
    assert (identity.machine_id, identity.name, identity.version) == (
        plex.world.machine,
        "Fake Plex",
        plex.world.version,
    )
    assert [seen.path for seen in plex.requests] == ["/identity", "/"]


def test_the_address_is_missing_or_is_none(failure: Callable[..., ProviderError]) -> None:
    assert "missing" in failure("").message
    assert "not an address" in failure("http://nas:99999").message


def test_the_name_cannot_be_found(failure: Callable[..., ProviderError]) -> None:
    assert "nas.example cannot be found" in failure("http://nas.example:32400").message


def test_nothing_listens(failure: Callable[..., ProviderError]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert isinstance(error, ProviderUnavailable)
    assert "nothing answers at port" in error.message


@pytest.mark.parametrize("kind", ["html", "json", "empty", "nameless", "truncate", "status"])
def test_something_else_answers(plex: FakePlex, failure: Callable[..., ProviderError], kind: str) -> None:
    plex.fail(kind, path="/identity", status=404)
    error = failure(plex.url)
    assert isinstance(error, ProviderReplyError)
    assert "not a Plex server" in error.message
    assert "32400" in error.hint
    assert not [seen for seen in plex.requests if "X-Plex-Token" in seen.headers]


@pytest.mark.parametrize("kind", ["html", "json", "empty", "nameless"])
def test_something_that_only_pretends(plex: FakePlex, failure: Callable[..., ProviderError], kind: str) -> None:
    plex.fail(kind, after=1)
    assert "not a Plex server" in failure(plex.url).message


def test_a_wrong_token(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    error = failure(plex.url, "wrong")
    assert isinstance(error, ProviderDenied)
    assert "does not accept this token" in error.message
    assert "X-Plex-Token" in error.hint


def test_no_token(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    error = failure(plex.url, "   ")
    assert isinstance(error, ProviderDenied)
    assert "none was entered" in error.message


@pytest.mark.parametrize("token", ["žluť", "a\x00b"])
def test_a_token_that_cannot_be_one(plex: FakePlex, failure: Callable[..., ProviderError], token: str) -> None:
    assert "letters that no token has" in failure(plex.url, token).message


def test_no_right(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    plex.fail("status", status=403, after=1)
    error = failure(plex.url)
    assert isinstance(error, ProviderDenied)
    assert "does not let this account" in error.message


@pytest.mark.parametrize("after", [0, 1])
def test_the_server_is_starting(plex: FakePlex, failure: Callable[..., ProviderError], after: int) -> None:
    plex.fail("maintenance", after=after)
    error = failure(plex.url)
    assert isinstance(error, ProviderBusy)
    assert "still starting" in error.message


def test_the_server_says_nothing(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    plex.fail("slow", seconds=0.9)
    begun = time.monotonic()
    assert "said nothing" in failure(plex.url).message
    assert time.monotonic() - begun < 1.5


def test_the_server_drips(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    plex.fail("drip", seconds=0.1)
    begun = time.monotonic()
    assert "so slowly" in failure(plex.url).message
    assert time.monotonic() - begun < 3


def test_the_server_hangs_up(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    plex.fail("reset")
    assert "hung up" in failure(plex.url).message


def test_another_host_is_not_told_the_token(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    with FakePlex(make_world(1)) as other:
        plex.fail("elsewhere", target=other.url, after=1)
        assert "sends us on to" in failure(plex.url).message
        assert other.requests == []


def test_https_to_the_http_port(plex: FakePlex, failure: Callable[..., ProviderError]) -> None:
    error = failure(plex.url.replace("http", "https"))
    assert "does not speak https" in error.message
    assert "http://" in error.hint


def certificate(folder: Path, *, name: str = "127.0.0.1", days: int = 30) -> Path:
    """A certificate and its key in one file, signed by itself, as a Plex server or a proxy of somebody's own has it."""
    from cryptography import x509 as crypto
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = crypto.Name([crypto.NameAttribute(crypto.oid.NameOID.COMMON_NAME, "fake")])
    alternative = crypto.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else crypto.DNSName(name)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        crypto.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(crypto.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(crypto.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.mark.parametrize(
    ("options", "trusted", "part"),
    [
        ({}, False, "made by the server itself"),
        ({"name": "other.example"}, True, "for another name"),
        ({"name": "10.1.2.3"}, True, "for another name"),
        ({"days": -1}, True, "not valid today"),
    ],
)
def test_certificates(
    tmp_path: Path, failure: Callable[..., ProviderError], options: dict, trusted: bool, part: str
) -> None:
    path = certificate(tmp_path, **options)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    session = ProviderSession("Plex at home", QUICK)
    if trusted:
        session.verify = str(path)
    with FakePlex(make_world(1), token=TOKEN, tls=context) as plex:
        error = failure(plex.url, TOKEN, session)
        assert part in error.message
        assert plex.requests == []


def test_a_trusted_certificate_works(tmp_path: Path, connection_to: Callable[..., PlexServer]) -> None:
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    session = ProviderSession("Plex at home", QUICK)
    session.verify = str(path)
    with FakePlex(make_world(1), token=TOKEN, tls=context) as plex:
        server = connection_to(plex.url, TOKEN, session)
        assert server.identify().name == "Fake Plex"
        server.close()
