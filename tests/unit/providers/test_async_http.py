"""The door for services that are asked many things at once: against a local server that goes wrong in every way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from email.utils import formatdate
from typing import Any

import pytest
from aiohttp import web

from library.errors import (
    ProviderBusy,
    ProviderDenied,
    ProviderError,
    ProviderOffline,
    ProviderReplyError,
    ProviderUnavailable,
)
from providers.async_http import AsyncProviderSession, Reply
from providers.catalogs.rate import Pace
from providers.http import BadStatus, Patience
from providers.ledger import NetworkLedger, Reach
from tests.fakes.serving import FakeService

SECRET = "canary-of-the-catalogue-77"
QUICK = Patience(connect=1, read=0.4, overall=0.8, attempts=3, pause=0.01)


class Fake(FakeService):
    def right(self, request: web.Request, body: bytes) -> web.StreamResponse:
        return web.json_response({"path": request.path, "words": "Amélie " * 40})


@pytest.fixture
def fake() -> Iterator[Fake]:
    with Fake() as server:
        yield server


Ask = Callable[[AsyncProviderSession], Coroutine[Any, Any, Any]]


def asked(ask: Ask, ledger: NetworkLedger | None = None, patience: Patience = QUICK) -> Any:
    async def go() -> Any:
        session = AsyncProviderSession("TMDB", Pace(5000), ledger, patience, "Looking titles up")
        try:
            return await ask(session)
        finally:
            await session.close()

    return asyncio.run(go())


def got(url: str, **options: Any) -> Reply:
    return asked(lambda session: session.get(url, {"api_key": SECRET}, {"X-Key": SECRET}), **options)


def failure(url: str, **options: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        got(url, **options)
    error = caught.value
    assert error.message.endswith(".")
    assert SECRET not in str(error) + repr(error)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return error


def test_a_good_answer_is_whole_and_counted(fake: Fake) -> None:
    ledger = NetworkLedger()
    reply = got(fake.url + "/3/configuration", ledger=ledger)
    assert reply.json()["words"].startswith("Amélie")
    assert [(row.host, row.count) for row in ledger.connections_today()] == [("127.0.0.1", 1)]
    assert ledger.connections_today()[0].received == len(reply.body)
    assert fake.requests[0].headers["User-Agent"].startswith("Homereel/")


@pytest.mark.parametrize("kind", ["reset", "cut", "reset in body"])
def test_a_read_that_breaks_off_is_tried_again(fake: Fake, kind: str) -> None:
    fake.fail(kind, times=2)
    assert got(fake.url + "/").status == 200
    assert len(fake.requests) == 3


@pytest.mark.parametrize("status", [500, 502, 504, 520])
def test_a_passing_error_is_tried_again_and_said_when_it_stays(fake: Fake, status: int) -> None:
    fake.fail("status", status=status, times=2)
    assert got(fake.url + "/").status == 200
    fake.recover()
    fake.fail("status", status=status)
    assert str(status) in failure(fake.url + "/").message
    assert len(fake.requests) == 6


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ProviderDenied), (403, ProviderDenied), (404, BadStatus), (400, BadStatus)]
)
def test_a_refusal_is_not_tried_again(fake: Fake, status: int, kind: type[ProviderError]) -> None:
    fake.fail("status", status=status)
    assert type(failure(fake.url + "/")) is kind
    assert len(fake.requests) == 1


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": formatdate(0, usegmt=True)}])
@pytest.mark.parametrize("status", [429, 503])
def test_being_asked_to_wait_is_waited_out(fake: Fake, status: int, headers: dict[str, str]) -> None:
    fake.fail("status", status=status, headers=headers, times=4)
    assert got(fake.url + "/").status == 200
    assert len(fake.requests) == 5


def test_a_wait_that_is_too_long_is_left_to_the_person(fake: Fake) -> None:
    fake.fail("status", status=429, headers={"Retry-After": "3600"})
    error = failure(fake.url + "/")
    assert isinstance(error, ProviderBusy)
    assert error.retry_after == 3600
    assert len(fake.requests) == 1


def test_a_wait_holds_every_request_back(fake: Fake) -> None:
    """One is told to wait; none of the others is sent meanwhile."""
    held: list[float] = []

    class Watching(Pace):
        def hold(self, seconds: float) -> None:
            held.append(seconds)
            super().hold(0.0)

    async def go() -> None:
        session = AsyncProviderSession("TMDB", Watching(5000), None, QUICK)
        await session.get(fake.url + "/")
        await session.close()

    fake.fail("status", status=429, headers={"Retry-After": "7"}, times=1)
    asyncio.run(go())
    assert [7.0 <= seconds < 7.1 for seconds in held] == [True]


@pytest.mark.parametrize("kind", ["loop", "elsewhere"])
def test_redirects_stay_on_the_host_and_end(fake: Fake, kind: str) -> None:
    with Fake() as other:
        fake.fail(kind, target=other.url)
        assert isinstance(failure(fake.url + "/"), ProviderReplyError)
        assert other.requests == []


@pytest.mark.parametrize("kind", ["slow", "drip", "drip headers"])
def test_nobody_waits_forever(fake: Fake, kind: str) -> None:
    fake.fail(kind, seconds=0.02 if kind != "slow" else 0.6)
    assert isinstance(failure(fake.url + "/", patience=Patience(1, 0.4, 0.5, attempts=1)), ProviderUnavailable)


def test_ten_megabytes_of_noise_are_not_read_to_their_end(fake: Fake) -> None:
    fake.fail("garbage")
    small = Patience(attempts=1, most_bytes=1024 * 1024)
    assert "larger than 1 MB" in failure(fake.url + "/", patience=small).message


@pytest.mark.parametrize("kind", ["html", "text", "empty", "truncate"])
def test_what_is_no_json_is_said_to_be_none(fake: Fake, kind: str) -> None:
    fake.fail(kind)
    with pytest.raises(ProviderReplyError, match="cannot be read"):
        got(fake.url + "/").json()


def test_nobody_there_and_no_such_name() -> None:
    with Fake() as gone:
        url = gone.url
    assert "nothing answers" in failure(url + "/").message
    assert "cannot be found" in failure("http://no.such.name.invalid/").message
    assert "internet" in failure(url + "/").hint


def test_a_service_that_speaks_no_https(fake: Fake) -> None:
    assert "https" in failure(fake.url.replace("http:", "https:") + "/").message


def test_never_more_than_ten_in_flight(fake: Fake) -> None:
    fake.fail("slow", seconds=0.02)

    async def go(session: AsyncProviderSession) -> None:
        await asyncio.gather(*(session.get(f"{fake.url}/{n}") for n in range(40)))

    asked(go)
    assert 2 <= fake.most_in_flight <= 10


def test_a_write_is_sent_once(fake: Fake) -> None:
    fake.fail("status", status=500)
    with pytest.raises(BadStatus):
        asked(lambda session: session.post(fake.url + "/v4/login", {"apikey": SECRET}))
    assert [seen.method for seen in fake.requests] == ["POST"]


def test_whom_the_person_does_not_want_to_talk_to_is_not_talked_to(fake: Fake) -> None:
    ledger = NetworkLedger(reach="none")
    assert isinstance(failure("http://api.example.org/", ledger=ledger), ProviderOffline)
    assert ledger.fresh() == ()
    assert got(fake.url + "/", ledger=ledger).status == 200


def test_a_name_that_turns_out_to_be_far_is_not_called(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    import providers.ledger

    real = providers.ledger._reach_of_address
    far = {"127.0.0.1": Reach.INTERNET}
    monkeypatch.setattr(providers.ledger, "_reach_of_address", lambda text: far.get(text) or real(text))
    error = failure(fake.url.replace("127.0.0.1", "localhost") + "/", ledger=NetworkLedger(reach="home"))
    assert isinstance(error, ProviderOffline)
    assert fake.requests == []


def test_what_was_sent_is_counted(fake: Fake) -> None:
    ledger = NetworkLedger()
    asked(lambda session: session.post(fake.url + "/v4/login", {"apikey": SECRET}), ledger=ledger)
    (row,), (seen,) = ledger.fresh(), fake.requests
    head = len(f"POST {seen.raw} HTTP/1.1\r\n\r\n") + sum(len(k) + len(v) + 4 for k, v in seen.headers.items())
    assert row.sent == head + len(seen.body)


def test_no_secret_in_any_log(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for kind in ("reset", "status", "html", "loop"):
            fake.recover()
            fake.fail(kind, times=1)
            if kind == "loop":
                failure(fake.url + "/", patience=QUICK) if fake.fail("loop") else None
            else:
                got(fake.url + "/")
    assert SECRET not in caplog.text
