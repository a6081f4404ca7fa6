"""What a Subsonic server's answers mean, and that no way of signing in leaves a trace of the password."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from library.errors import (
    AppError,
    PasswordOnly,
    ProviderBusy,
    ProviderDenied,
    ProviderError,
    ProviderReplyError,
    ProviderUnavailable,
)
from library.redaction import redact
from library.settings import SignIn, SourceSettings
from providers.http import NetworkLedger, Patience, ProviderSession
from providers.servers.subsonic import SubsonicServer
from tests.fakes.subsonic import KEY, PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import make_world

QUICK = Patience(connect=1, read=1, overall=3, pause=0.01)


@pytest.fixture
def fake() -> Iterator[FakeSubsonic]:
    with FakeSubsonic(world=make_world(5)) as server:
        yield server


def opened(url: str, sign_in: SignIn = "password", secret: str | None = PASSWORD, user: str = USER) -> SubsonicServer:
    source = SourceSettings(id="s", kind="subsonic", name="Navidrome", url=url, user=user, sign_in=sign_in)
    return SubsonicServer(source, secret, ProviderSession("Navidrome", QUICK, NetworkLedger()))


def refusal(server: SubsonicServer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        server.identify()
    server.close()
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (0, ProviderReplyError, "as it was told to"),
        (10, ProviderReplyError, "misses something"),
        (20, ProviderReplyError, "Homereel is too old"),
        (30, ProviderReplyError, "server is too old"),
        (40, ProviderDenied, "does not know this name and password"),
        (41, ProviderDenied, "API key"),
        (42, ProviderDenied, "API key"),
        (43, ProviderDenied, "API key"),
        (44, ProviderDenied, "does not accept this API key"),
        (50, ProviderDenied, "does not let this account"),
        (60, ProviderReplyError, "trial period"),
        (70, ProviderReplyError, "no longer on the server"),
        (99, ProviderReplyError, "could not do what was asked"),
    ],
)
def test_every_code_is_a_sentence(fake: FakeSubsonic, code: int, kind: type, words: str) -> None:
    fake.fail("code", status=code, path="ping")
    error = refusal(opened(fake.url))
    assert isinstance(error, kind)
    assert words in str(error)
    assert str(error).endswith(".")


def test_what_a_server_says_itself_is_shown_short_and_without_secrets(fake: FakeSubsonic) -> None:
    fake._failed_words = f"no\n <b>t={'ab' * 16}&p=enc:616263</b> " + "x" * 400  # type: ignore[attr-defined]
    fake.rest_ping = lambda question: fake._failed(0, fake._failed_words)  # type: ignore[method-assign,attr-defined]
    message = refusal(opened(fake.url)).message
    assert "ab" * 16 not in message
    assert "616263" not in message
    assert len(message) < 260


def test_a_wrong_password_is_refused_and_a_wrong_key_too(fake: FakeSubsonic) -> None:
    assert "name and password" in refusal(opened(fake.url, secret="wrong")).message
    assert "API key" in refusal(opened(fake.url, "api key", "wrong-key")).message
    assert "No password is known" in refusal(opened(fake.url, secret=None)).message


def test_a_key_is_not_sent_to_a_server_that_knows_none() -> None:
    with FakeSubsonic(extensions=("formPost",)) as fake:
        assert "knows no API keys" in refusal(opened(fake.url, "api key", KEY)).message
        assert not [seen for seen in fake.requests if KEY.encode() in seen.body or KEY in seen.raw]


def test_a_server_that_takes_only_keys_says_so() -> None:
    with FakeSubsonic(accepts=("key",)) as fake:
        fake.fail("code", status=42, path="ping", after=0)
        error = refusal(opened(fake.url))
        assert "only with an API key" in error.message
        assert not isinstance(error, PasswordOnly)


@pytest.mark.parametrize(
    "server",
    [
        {"open": False, "version": "1.12.0", "accepts": ("password",), "extensions": ()},
        {"accepts": ("password",), "extensions": ("formPost",)},  # speaks OpenSubsonic, but checks passwords elsewhere
        {"open": False, "version": "1.16.1", "accepts": ("password",), "extensions": ()},
    ],
    ids=["older than tokens", "code 41 of an open one", "code 41 of another"],
)
def test_the_password_itself_is_sent_only_when_the_person_agreed(server: dict) -> None:
    with FakeSubsonic(**server) as fake:
        error = refusal(opened(fake.url))
        assert isinstance(error, PasswordOnly)
        assert "the password itself" in error.message
        sent = b"".join(seen.body + seen.raw.encode() for seen in fake.requests)
        assert PASSWORD.encode() not in sent
        assert PASSWORD.encode().hex().encode() not in sent
        agreed = opened(fake.url, "legacy password")
        assert agreed.identify().name
        agreed.close()


def test_a_server_that_offers_tokens_never_sees_the_password(fake: FakeSubsonic) -> None:
    server = opened(fake.url)
    server.identify()
    server.close()
    form = parse_qs(fake.requests[-1].body.decode())
    assert form["u"] == [USER]
    assert form["t"] == [hashlib.md5((PASSWORD + form["s"][0]).encode()).hexdigest()]
    assert "p" not in form


def test_an_older_protocol_is_spoken_to_in_its_own_version() -> None:
    with FakeSubsonic(open=False, version="1.13.0", extensions=()) as fake:
        server = opened(fake.url)
        assert server.identify().version == "1.13.0"
        server.close()
        assert parse_qs(fake.requests[-1].body.decode())["v"] == ["1.13.0"]


@pytest.mark.parametrize("sign_in", ["password", "legacy password", "api key"])
def test_where_only_addresses_work_nothing_that_is_written_holds_a_secret(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeSubsonic(
        world=make_world(5),
        extensions=("apiKeyAuthentication",),
        reads_forms=False,
        accepts=("token", "password", "key"),
    ) as fake:
        with caplog.at_level(logging.DEBUG):
            server = opened(fake.url, sign_in, KEY if sign_in == "api key" else PASSWORD)
            server.identify()
            fake.fail("reset")
            error = refusal(server)
        asked = [seen.raw for seen in fake.requests if seen.method == "GET" and "ping" in seen.path]
        written = redact(caplog.text)
        assert "/rest/ping.view" in written
        for raw in asked:
            for value in re.findall(r"[?&](?:p|t|apiKey)=([^&]+)", raw):
                assert value not in written
        for text in (PASSWORD, PASSWORD.encode().hex(), KEY):
            assert text not in written + str(error) + repr(error) + repr(server)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"kind": "html"}, ProviderReplyError, "is not a Subsonic server"),
        ({"kind": "text"}, ProviderReplyError, "is not a Subsonic server"),
        ({"kind": "json"}, ProviderReplyError, "is not a Subsonic server"),
        ({"kind": "garbage"}, ProviderReplyError, "is not a Subsonic server"),
        ({"kind": "status", "status": 404}, ProviderReplyError, "is not a Subsonic server"),
        ({"kind": "empty"}, ProviderReplyError, "empty answer"),
        ({"kind": "truncate"}, ProviderReplyError, "damaged answer"),
        ({"kind": "cut"}, ProviderReplyError, "broke off"),
        ({"kind": "loop"}, ProviderReplyError, "in a circle"),
        ({"kind": "elsewhere", "target": "http://elsewhere.example"}, ProviderReplyError, "sends us on"),
        ({"kind": "status", "status": 401}, ProviderDenied, "sign-in of its own"),
        ({"kind": "status", "status": 403}, ProviderDenied, "sign-in of its own"),
        ({"kind": "status", "status": 429}, ProviderBusy, "come back later"),
        ({"kind": "status", "status": 500}, ProviderReplyError, "error 500"),
        ({"kind": "status", "status": 503}, ProviderBusy, "come back later"),
        ({"kind": "status", "status": 502}, ProviderUnavailable, "proxy"),
        ({"kind": "reset"}, ProviderUnavailable, "hung up"),
        ({"kind": "reset in body"}, ProviderError, "."),
        ({"kind": "slow", "seconds": 1.3}, ProviderUnavailable, "said nothing"),
    ],
    ids=lambda value: "-".join(str(v) for v in value.values())[:24] if isinstance(value, dict) else None,
)
def test_what_is_no_subsonic_answer_is_told_apart(fake: FakeSubsonic, fault: dict, kind: type, words: str) -> None:
    fake.fail(**fault)
    error = refusal(opened(fake.url))
    assert isinstance(error, kind)
    assert words in str(error)
    assert error.message.endswith(".")


def test_a_server_without_json_is_too_old_and_its_refusals_are_understood_all_the_same() -> None:
    with FakeSubsonic(writes_json=False, open=False, version="1.13.0", extensions=()) as fake:
        assert "XML only" in refusal(opened(fake.url)).message
        assert "name and password" in refusal(opened(fake.url, secret="wrong")).message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9", "nothing answers at port 9"),
        ("http://nowhere.invalid:4533", "cannot be found"),
        ("::", "not"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_to(url: str, words: str) -> None:
    assert words in str(refusal(opened(url)))


def test_a_read_is_asked_again_and_a_change_is_not(fake: FakeSubsonic) -> None:
    server = opened(fake.url)
    server.identify()
    fake.fail("reset", path="getMusicFolders", times=2)
    assert [library.title for library in server.libraries()] == ["Music"]
    fake.forget()
    fake.fail("status", path="updatePlaylist", status=500)
    with pytest.raises(AppError):
        server._client.change("updatePlaylist", {"playlistId": "pl-1"})
    server.close()
    assert len(fake.requests) == 1


def test_a_server_behind_a_path_is_reached_there() -> None:
    with FakeSubsonic(world=make_world(5), prefix="/music") as fake:
        server = opened(fake.url + "/music/app/#/login")
        assert server.identify().name == "Navidrome"
        server.close()


def test_a_proxy_that_sends_on_to_https_or_elsewhere_on_the_host_is_followed_once() -> None:
    with FakeSubsonic(world=make_world(5), prefix="/music") as fake:
        usual = fake.right

        def moved(request: web.Request, body: bytes) -> web.Response:
            if request.path.startswith("/old/"):
                return web.Response(status=301, headers={"Location": request.path_qs.replace("/old/", "/music/", 1)})
            return usual(request, body)

        fake.right = moved  # type: ignore[method-assign]
        server = opened(fake.url + "/old")
        server.identify()
        server.libraries()
        server.close()
        assert [seen.method for seen in fake.requests if seen.path.startswith("/old/")] == ["GET"]
