"""The connection test of a Jellyfin server and the ways in: every way they can fail is told apart, in a sentence."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from library.accounts import CodeShown, SignedIn
from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.items import MediaKind
from library.progress import run
from library.settings import SourceSettings
from library.sources import ServerLibrary
from providers.http import Patience, ProviderSession
from providers.servers.jellyfin import JellyfinServer
from providers.servers.jellyfin_sign_in import JellyfinSignIn
from tests.fakes.certificate import fingerprint_of, make_certificate, server_side
from tests.fakes.jellyfin import API_KEY, FakeJellyfin
from tests.fakes.jellyfin_world import FILMS, make_world

QUICK = Patience(connect=1, read=0.5, overall=1.5, pause=0.01)
PASSWORD = "s3cret-of-Anna"
NAME = "Jellyfin at home"


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(3)) as server:
        yield server


def source_of(jellyfin: FakeJellyfin, name: str = "Anna") -> SourceSettings:
    person = jellyfin.world.person(name)
    return SourceSettings("j", "jellyfin", NAME, jellyfin.url, user=person.name, account=person.id)


@pytest.fixture
def failure(jellyfin: FakeJellyfin) -> Callable[..., ProviderError]:
    def fail(token: str | None = None, **details: str) -> ProviderError:
        token = jellyfin.token_of("Anna") if token is None else token
        source = replace(source_of(jellyfin), **details)  # type: ignore[arg-type]
        server = JellyfinServer(source, token, "d", ProviderSession(NAME, QUICK))
        try:
            with pytest.raises(ProviderError) as caught:
                server.identify()
        finally:
            server.close()
        error = caught.value
        assert error.provider == NAME
        assert error.message.endswith(".")
        assert error.hint.endswith((".", "?"))
        assert not token or token not in repr(error) + str(error) + repr(server)
        return error

    return fail


def test_success_says_who_answered(jellyfin: FakeJellyfin) -> None:
    token = jellyfin.token_of("Anna")
    source = replace(source_of(jellyfin), url=f"  {jellyfin.url}/web/index.html#!/login.html ")
    server = JellyfinServer(source, f" {token}\n", "d", ProviderSession(NAME, QUICK))
    identity = server.identify()
    server.close()
    assert (identity.machine_id, identity.name, identity.version) == (
        jellyfin.world.machine,
        "Fake Jellyfin",
        "10.10.3",
    )
    assert [seen.path for seen in jellyfin.requests] == ["/System/Info/Public", "/Users/Me"]
    assert token not in str(jellyfin.requests[0].headers)


def test_the_address_is_missing_or_is_none(failure: Callable[..., ProviderError]) -> None:
    assert "missing" in failure(url="").message
    assert "not an address" in failure(url="http://nas:99999").message
    assert "Jellyfin’s own web site" in failure(url="https://demo.jellyfin.org").message


def test_the_name_cannot_be_found(failure: Callable[..., ProviderError]) -> None:
    assert "nas.example cannot be found" in failure(url="http://nas.example:8096").message


def test_nothing_listens(failure: Callable[..., ProviderError]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert isinstance(error, ProviderUnavailable)
    assert "nothing answers at port" in error.message


@pytest.mark.parametrize("kind", ["html", "json", "text", "empty", "truncate", "status"])
def test_something_else_answers(jellyfin: FakeJellyfin, failure: Callable[..., ProviderError], kind: str) -> None:
    jellyfin.fail(kind, path="/System/Info/Public", status=404)
    error = failure()
    assert isinstance(error, ProviderReplyError)
    assert "not a Jellyfin server" in error.message
    assert "8096" in error.hint
    assert not [seen for seen in jellyfin.requests if "Token" in seen.headers.get("Authorization", "")]


@pytest.mark.parametrize(
    ("version", "product", "part"),
    [
        ("4.8.11.0", "", "Emby server (4.8.11.0)"),
        ("4.9.0.30", "Emby Server", "Emby server"),
        ("10.8.13", "Jellyfin Server", "version 10.8.13; Homereel needs 10.9"),
        ("10.8.0", "", "version 10.8.0"),
        ("12.1", "Something Else", "not a Jellyfin server"),
        ("", "Jellyfin Server", "not a Jellyfin server"),
    ],
)
def test_other_servers_and_versions_are_told_apart(
    jellyfin: FakeJellyfin, failure: Callable[..., ProviderError], version: str, product: str, part: str
) -> None:
    jellyfin.world.version, jellyfin.world.product = version, product
    assert part in failure().message
    assert [seen.path for seen in jellyfin.requests] == ["/System/Info/Public"]


@pytest.mark.parametrize("version", ["10.9.0", "10.11.2", "12.0.0"])
def test_these_versions_are_fine(jellyfin: FakeJellyfin, version: str) -> None:
    jellyfin.world.version = version
    server = JellyfinServer(source_of(jellyfin), jellyfin.token_of("Anna"), "d", ProviderSession(NAME, QUICK))
    assert server.identify().version == version
    server.close()


@pytest.mark.parametrize(
    ("token", "part"),
    [("b" * 32, "does not accept this sign-in"), ("  ", "Nobody is signed in"), ("žluť", "letters that none has")],
)
def test_a_token_that_does_not_hold(failure: Callable[..., ProviderError], token: str, part: str) -> None:
    error = failure(token)
    assert isinstance(error, ProviderDenied)
    assert part in error.message
    assert "Sign in again" in error.hint


def test_an_api_key_is_refused_with_the_reason(failure: Callable[..., ProviderError]) -> None:
    error = failure(API_KEY)
    assert isinstance(error, ProviderDenied)
    assert "belongs to no user" in error.message
    assert "Quick Connect" in error.hint


def test_the_token_of_somebody_else_is_refused_and_nothing_is_read(
    jellyfin: FakeJellyfin, failure: Callable[..., ProviderError]
) -> None:
    token = jellyfin.token_of("Bert")
    assert "that of Bert" in failure(token).message
    server = JellyfinServer(source_of(jellyfin), token, "d", ProviderSession(NAME, QUICK))
    with pytest.raises(ProviderDenied):
        list(server.listing(ServerLibrary(FILMS, "Films", MediaKind.MOVIE)))
    server.close()
    assert not [seen for seen in jellyfin.requests if seen.path == "/Items"]


def test_an_account_that_is_not_known_yet_is_the_tokens(jellyfin: FakeJellyfin) -> None:
    source = replace(source_of(jellyfin), account="")
    server = JellyfinServer(source, jellyfin.token_of("Bert"), "d", ProviderSession(NAME, QUICK))
    list(server.listing(ServerLibrary(FILMS, "Films", MediaKind.MOVIE)))
    server.close()
    assert jellyfin.requests[-1].query["userId"] == jellyfin.world.person("Bert").id


def test_no_right(jellyfin: FakeJellyfin, failure: Callable[..., ProviderError]) -> None:
    jellyfin.fail("status", status=403, after=1)
    assert "does not let this user" in failure().message


@pytest.mark.parametrize("after", [0, 1])
def test_the_server_is_starting(jellyfin: FakeJellyfin, failure: Callable[..., ProviderError], after: int) -> None:
    jellyfin.fail("starting", after=after)
    error = failure()
    assert isinstance(error, ProviderBusy)
    assert "still starting" in error.message
    assert error.retry_after == 5


@pytest.mark.parametrize(
    ("kind", "part"), [("slow", "said nothing"), ("reset", "hung up"), ("drip", "so slowly"), ("loop", "in a circle")]
)
def test_the_way_is_bad(jellyfin: FakeJellyfin, failure: Callable[..., ProviderError], kind: str, part: str) -> None:
    jellyfin.fail(kind, seconds=0.9 if kind == "slow" else 0.1)
    assert part in failure().message


def test_another_host_is_not_told_the_token(jellyfin: FakeJellyfin, failure: Callable[..., ProviderError]) -> None:
    with FakeJellyfin(make_world(1)) as other:
        jellyfin.fail("elsewhere", target=other.url, after=1)
        assert "sends us on to" in failure().message
        assert other.requests == []


def test_a_password_goes_by_https_at_once_where_the_server_sends_everybody_there(
    jellyfin: FakeJellyfin, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    with FakeJellyfin(jellyfin.world, tls=server_side(certificate)) as secure:
        jellyfin.fail("elsewhere", target=secure.url)
        session = ProviderSession(NAME, QUICK, fingerprint=fingerprint_of(certificate))
        way = JellyfinSignIn(source_of(jellyfin), "homereel-1", session)
        who = way.with_password(PASSWORD)
        way.close()
        assert [seen.path for seen in jellyfin.requests] == ["/System/Info/Public"]
        assert secure.tokens[who.token] == who.id
        again = ProviderSession(NAME, QUICK, fingerprint=fingerprint_of(certificate))
        server = JellyfinServer(source_of(jellyfin), who.token, "d", again)
        assert server.identify().name == "Fake Jellyfin"
        assert (server.play_target("a1", ()) or "").startswith(secure.url)
        server.close()
        assert not [seen for seen in jellyfin.requests if who.token in str(seen.headers)]


# The ways in


@pytest.fixture
def way_in(jellyfin: FakeJellyfin) -> Iterator[JellyfinSignIn]:
    opened = JellyfinSignIn(source_of(jellyfin), "homereel-1", ProviderSession(NAME, QUICK), pause=lambda _: None)
    yield opened
    opened.close()


def test_name_and_password_give_a_token(
    jellyfin: FakeJellyfin, way_in: JellyfinSignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        who = way_in.with_password(PASSWORD)
    assert (who.id, who.name) == (jellyfin.world.person("Anna").id, "Anna")
    assert jellyfin.tokens[who.token] == who.id
    assert not [seen for seen in jellyfin.requests if PASSWORD in seen.raw or PASSWORD in str(seen.headers)]
    texts = repr(who) + repr(way_in) + caplog.text
    assert who.token not in texts
    assert PASSWORD not in texts


def test_each_sign_in_is_a_device_of_its_own(jellyfin: FakeJellyfin) -> None:
    for _ in range(2):
        way = JellyfinSignIn(source_of(jellyfin), "homereel-1", ProviderSession(NAME, QUICK))
        way.with_password(PASSWORD)
        way.close()
    told = [seen.headers["Authorization"] for seen in jellyfin.requests if "ByName" in seen.path]
    assert all('DeviceId="homereel-1-' in text for text in told)
    assert len(set(told)) == 2


def test_a_wrong_password_is_said(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    with pytest.raises(ProviderDenied, match="does not know Anna with this password") as caught:
        way_in.with_password("wrong-Pass-99")
    assert "wrong-Pass-99" not in str(caught.value)


def test_an_old_server_is_said_before_the_password_is_sent(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    jellyfin.world.version = "10.8.1"
    with pytest.raises(ProviderReplyError, match=r"10\.9"):
        way_in.with_password(PASSWORD)
    assert [seen.path for seen in jellyfin.requests] == ["/System/Info/Public"]


def test_an_answer_without_a_token_is_damaged(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    jellyfin.fail("json", path="AuthenticateByName")
    with pytest.raises(ProviderReplyError, match="damaged"):
        way_in.with_password(PASSWORD)


def test_a_token_is_given_back(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    who = way_in.with_password(PASSWORD)
    way_in.sign_out(who.token)
    assert who.token not in jellyfin.tokens


def test_quick_connect_shows_a_code_and_waits_for_it(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    shown: list[CodeShown] = []

    def look(step: object) -> None:
        if isinstance(step, CodeShown):
            shown.append(step)
            if len(shown) == 25:
                jellyfin.confirm(step.code, "Anna")

    who: SignedIn = run(way_in.with_code(), look)
    assert (who.name, who.id) == ("Anna", jellyfin.world.person("Anna").id)
    assert {step.code for step in shown} == {"481516"}
    assert 25 < len(shown) < 60
    assert who.token not in repr(who)


def test_quick_connect_that_is_switched_off_is_said(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    jellyfin.quick_connect = False
    with pytest.raises(ProviderDenied, match="switched off on this server") as caught:
        run(way_in.with_code())
    assert "name and password" in caught.value.hint


def test_a_code_that_nobody_types_in_ends_some_time(jellyfin: FakeJellyfin, way_in: JellyfinSignIn) -> None:
    with pytest.raises(ProviderDenied, match="not typed in in time"):
        run(way_in.with_code())
    assert len(jellyfin.requests) > 250


def test_a_code_that_the_server_forgot_is_said_and_a_hiccup_is_none(
    jellyfin: FakeJellyfin, way_in: JellyfinSignIn
) -> None:
    jellyfin.fail("status", path="/QuickConnect/Connect", status=500, times=6)
    steps = 0

    def look(_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == 40:
            jellyfin.codes.clear()

    with pytest.raises(ProviderDenied, match="forgot it"):
        run(way_in.with_code(), look)
    assert steps > 40
