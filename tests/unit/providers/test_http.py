"""The one door: limits of time and size, retries, redirects, sentences, and no secret anywhere. Against a local server."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from library.errors import (
    ProviderBusy,
    ProviderDenied,
    ProviderError,
    ProviderOffline,
    ProviderReplyError,
    ProviderUnavailable,
)
from providers.http import BadStatus, NetworkLedger, Patience, ProviderSession, Reach
from providers.statuses import seconds_to_wait
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world

SECRET = "very-Secret-token-1"
QUICK = Patience(connect=1, read=0.5, overall=2, attempts=3, pause=0.01)


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(30), token=SECRET) as server:
        yield server


@pytest.fixture
def session() -> Iterator[ProviderSession]:
    with ProviderSession("Plex at home", QUICK, NetworkLedger()) as made:
        made.headers["X-Plex-Token"] = SECRET
        yield made


def failure(session: ProviderSession, url: str, method: str = "GET") -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        session.request(method, url)
    assert caught.value.provider == "Plex at home"
    assert caught.value.message.endswith(".")
    seen: BaseException | None = caught.value
    while seen is not None:
        assert SECRET not in repr(seen) + str(seen)
        seen = None if seen.__suppress_context__ else (seen.__cause__ or seen.__context__)
    return caught.value


def test_a_good_answer_is_whole_and_utf8(session: ProviderSession, plex: FakePlex) -> None:
    plex.world.touch("1000", title="Amélie – ein Märchen")
    assert "Amélie – ein Märchen" in session.get(plex.url + "/library/metadata/1000").text


@pytest.mark.parametrize("kind", ["reset", "cut"])
def test_a_read_that_breaks_off_is_tried_again(session: ProviderSession, plex: FakePlex, kind: str) -> None:
    plex.fail(kind, times=2)
    assert session.get(plex.url + "/").status_code == 200
    assert len(plex.requests) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 522])
def test_a_read_that_meets_a_passing_error_is_tried_again(
    session: ProviderSession, plex: FakePlex, status: int
) -> None:
    plex.fail("status", status=status, times=2)
    assert session.get(plex.url + "/").status_code == 200
    assert len(plex.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 414])
def test_a_refusal_is_not_tried_again(session: ProviderSession, plex: FakePlex, status: int) -> None:
    plex.fail("status", status=status)
    failure(session, plex.url + "/")
    assert len(plex.requests) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("kind", ["reset", "cut", "status", "slow"])
def test_a_write_is_never_repeated(session: ProviderSession, plex: FakePlex, method: str, kind: str) -> None:
    plex.fail(kind, seconds=0.8)
    failure(session, plex.url + "/", method)
    assert len(plex.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ProviderDenied),
        (403, ProviderDenied),
        (429, ProviderBusy),
        (503, ProviderBusy),
        (404, BadStatus),
        (500, BadStatus),
        (502, ProviderUnavailable),
        (520, ProviderUnavailable),
        (599, BadStatus),
    ],
)
def test_statuses_become_the_programs_own_errors(
    session: ProviderSession, plex: FakePlex, status: int, kind: type[ProviderError]
) -> None:
    plex.fail("status", status=status)
    assert type(failure(session, plex.url + "/")).__mro__.count(kind)


def test_a_dripping_server_is_given_up_at_the_deadline(session: ProviderSession, plex: FakePlex) -> None:
    for kind in ("drip", "drip headers"):
        plex.recover()
        plex.fail(kind, seconds=0.1)
        begun = time.monotonic()
        error = failure(session, plex.url + "/")
        assert isinstance(error, ProviderUnavailable)
        assert "slowly" in error.message
        assert 1.5 < time.monotonic() - begun < 8


def test_a_silent_server_is_given_up_after_the_read_limit(session: ProviderSession, plex: FakePlex) -> None:
    plex.fail("slow", seconds=3.0)
    begun = time.monotonic()
    with session.at_most(attempts=1):
        error = failure(session, plex.url + "/")
    assert "said nothing" in error.message
    assert time.monotonic() - begun < 2.8
    assert session.patience is QUICK


def test_redirects_on_the_same_host_are_followed_at_most_five_times(session: ProviderSession, plex: FakePlex) -> None:
    plex.fail("loop", times=5)
    assert session.get(plex.url + "/").status_code == 200
    plex.forget()
    plex.fail("loop")
    error = failure(session, plex.url + "/")
    assert isinstance(error, ProviderReplyError)
    assert "circle" in error.message
    assert len(plex.requests) == 6


def test_nothing_is_sent_to_another_host(session: ProviderSession, plex: FakePlex) -> None:
    with FakePlex(make_world(1)) as other:
        for target in (other.url, other.url.replace("127.0.0.1", "localhost"), "http://elsewhere.example"):
            plex.recover()
            plex.fail("elsewhere", target=target)
            error = failure(session, plex.url + "/library/sections")
            assert target in error.message
        assert other.requests == []


@pytest.mark.parametrize("target", ["http://127.0.0.1:99999", "http://127.0.0.1:port", "http://[::1", "http://%zz"])
def test_a_redirect_to_no_address_is_an_answer_that_makes_no_sense(
    session: ProviderSession, plex: FakePlex, target: str
) -> None:
    plex.fail("elsewhere", target=target)
    failure(session, plex.url + "/library/sections")
    assert len(plex.requests) == 1


def test_a_name_and_a_password_in_a_redirect_are_not_repeated(session: ProviderSession, plex: FakePlex) -> None:
    plex.fail("elsewhere", target="http://ada:lovelace@elsewhere.example")
    error = failure(session, plex.url + "/library/sections")
    assert "http://elsewhere.example;" in error.message
    assert "lovelace" not in str(error)


@pytest.mark.parametrize("kind", ["loop", "elsewhere"])
def test_a_write_is_never_redirected(session: ProviderSession, plex: FakePlex, kind: str) -> None:
    plex.fail(kind, target=plex.url)
    failure(session, plex.url + "/", "POST")
    assert len(plex.requests) == 1


def test_certificates_cannot_be_ignored(session: ProviderSession, plex: FakePlex) -> None:
    with pytest.raises(ValueError, match="always verified"):
        session.get(plex.url, verify=False)
    session.verify = False
    with pytest.raises(ValueError, match="always verified"):
        session.get(plex.url)
    assert plex.requests == []


def test_the_environment_cannot_lead_requests_elsewhere(
    session: ProviderSession, plex: FakePlex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert session.get(plex.url + "/identity").status_code == 200


def test_an_answer_that_is_too_large_is_refused(session: ProviderSession, plex: FakePlex) -> None:
    with session.at_most(most_bytes=1000):
        error = failure(session, plex.url + "/library/sections/1/all")
    assert isinstance(error, ProviderReplyError)
    assert "larger" in error.message
    assert len(plex.requests) == 1


def test_a_port_where_nobody_listens(session: ProviderSession, plex: FakePlex) -> None:
    error = failure(session, f"http://127.0.0.1:{free_port()}/")
    assert "nothing answers at port" in error.message
    assert "32400" in error.hint


def free_port() -> int:
    with FakePlex(make_world(0)) as gone:
        return gone.port


def test_a_name_that_does_not_exist(session: ProviderSession) -> None:
    error = failure(session, "http://no-such-computer.example:32400/")
    assert error.message == "The address no-such-computer.example cannot be found."


def test_https_to_a_port_that_speaks_http(session: ProviderSession, plex: FakePlex) -> None:
    error = failure(session, plex.url.replace("http://", "https://"))
    assert "does not speak https" in error.message
    assert "http://" in error.hint


@pytest.mark.parametrize(
    "url", ["http://[::1", "http:///x", "ftp://127.0.0.1/", "nonsense", "http://a..b/", "http://127.0.0.1:99999/"]
)
def test_what_is_no_address_is_called_so(session: ProviderSession, url: str) -> None:
    assert failure(session, url).message == "This is not an address."


def test_the_secret_is_in_no_log(session: ProviderSession, plex: FakePlex, caplog: pytest.LogCaptureFixture) -> None:
    plex.fail("reset", times=2)
    with caplog.at_level(logging.DEBUG):
        session.get(plex.url + "/")
    assert "trying again" in caplog.text
    assert SECRET not in caplog.text


def test_other_sites_cannot_set_cookies(session: ProviderSession, plex: FakePlex) -> None:
    session.get(plex.url + "/")
    assert len(session.cookies) == 0


def test_the_ledger_counts_every_attempt_and_what_came_back(session: ProviderSession, plex: FakePlex) -> None:
    plex.fail("status", status=500, times=1)
    body = session.get(plex.url + "/").content
    assert session.ledger is not None
    (row,) = session.ledger.connections_today()
    assert (row.host, row.reach, row.count) == ("127.0.0.1", Reach.COMPUTER, 2)
    assert row.received == len(body) + len("<html>no</html>")


def test_the_ledger_knows_what_was_sent_and_why(plex: FakePlex) -> None:
    ledger = NetworkLedger()
    with ProviderSession("Plex", QUICK, ledger, purpose="Your media server") as session:
        session.headers["X-Plex-Token"] = SECRET
        session.post(plex.url + "/identity", params={"a": "b"}, data=b"x" * 1000)
    (row,) = ledger.fresh()
    (seen,) = plex.requests
    head = len(f"POST {seen.raw} HTTP/1.1\r\n\r\n") + sum(len(k) + len(v) + 4 for k, v in seen.headers.items())
    host = len(f"Host: 127.0.0.1:{plex.port}\r\n")
    assert (row.purpose, row.sent) == ("Your media server", head - host + 1000)
    assert SECRET not in repr(row)


def test_nothing_is_sent_that_the_person_does_not_want(session: ProviderSession, plex: FakePlex) -> None:
    assert session.ledger is not None
    session.ledger.reach = "none"
    assert session.get(plex.url + "/identity").status_code == 200
    error = failure(session, "http://api.example.org/")
    assert isinstance(error, ProviderOffline)
    assert [row.host for row in session.ledger.fresh()] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 7 "}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "9" * 400}, 3600.0),
        ({"Retry-After": "Fri, 01 Jan 1999 00:00:30 GMT", "Date": "Fri, 01 Jan 1999 00:00:00 GMT"}, 30.0),
        ({"Retry-After": "Fri, 01 Jan 2100 00:00:30 GMT", "Date": "Fri, 01 Jan 2100 00:00:00 GMT"}, 30.0),
        ({"Retry-After": "Fri, 01 Jan 1999 00:00:00 GMT", "Date": "Fri, 01 Jan 1999 00:00:30 GMT"}, 0.0),
        ({"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}, 3600.0),
        ({"Retry-After": "Fri, 01 Jan 1999 00:00:00 GMT"}, 0.0),
    ],
)
def test_how_long_a_service_asks_to_be_left_alone(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_pause_that_is_asked_for_is_kept(session: ProviderSession, plex: FakePlex, status: int) -> None:
    plex.fail("status", status=status, times=1, headers={"Retry-After": "0"})
    assert session.get(plex.url + "/").status_code == 200
    assert len(plex.requests) == 2


@pytest.mark.parametrize("asked", ["5", "60", "7200"])
def test_a_pause_that_does_not_fit_is_told(session: ProviderSession, plex: FakePlex, asked: str) -> None:
    plex.fail("status", status=429, headers={"Retry-After": asked})
    error = failure(session, plex.url + "/")
    assert isinstance(error, ProviderBusy)
    assert error.retry_after == min(float(asked), 3600)
    assert len(plex.requests) == 1
    assert ("60 minutes" in error.hint) == (asked == "7200")


def test_the_rate_that_a_service_allows_is_kept(plex: FakePlex, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("providers.http.time.sleep", slept.append)
    with ProviderSession("TMDB", replace(QUICK, apart=60.0)) as session:
        for _ in range(3):
            session.get(plex.url + "/identity")
    assert len(slept) == 2
    assert all(50 < seconds <= 60 for seconds in slept)
