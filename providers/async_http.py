"""The one door to the network for services that are asked many things at once: the rules of ``providers.http`` over aiohttp.

It keeps to time limits and to the service's own limit of requests, verifies certificates, follows redirects only on the same
host, repeats reads, counts what it does in the network ledger, and raises the program's own errors, never with a secret.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import requests
import urllib3.exceptions as low
from aiohttp.abc import ResolveResult

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from providers.catalogs.rate import Pace
from providers.deadline import DeadlinePassed
from providers.failures import CutReply, PassingFailure, place_of, translate
from providers.http import MAX_REDIRECTS, USER_AGENT, BadStatus, Patience
from providers.ledger import NetworkLedger
from providers.statuses import GATEWAY, ON_THE_INTERNET, STANDS_IN, seconds_to_wait

IN_FLIGHT = 10
BUSY_ATTEMPTS = 6
MOST_WAIT = 120.0
"""Seconds that a service may ask us to wait; when it asks for more, we come back another time."""
_CHUNK = 64 * 1024
_AGAIN = (500, *GATEWAY)
_MOVED = (301, 302, 303, 307, 308)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    provider: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises ``ProviderReplyError`` when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ProviderReplyError(
                self.provider,
                f"{self.provider} answered with something that cannot be read.",
                "It may be that a sign-in page of this network stands in for it; try again later.",
            )
        return found


Explain = Callable[[Reply], ProviderError | None]


class AsyncProviderSession:
    """Asks one service, up to ``IN_FLIGHT`` questions at once. Belongs to one event loop.

    Every request raises a ``ProviderError`` when it fails, also for a bad status, as in ``providers.http``.

    :param provider: the name of the service as the user knows it.
    :param purpose: why it is asked, as the ledger shows it.
    :param pace: the service's limit of requests.
    :param explain: may return the provider's own error for an answer, a better one than the general one for its status.
    """

    def __init__(
        self,
        provider: str,
        pace: Pace,
        ledger: NetworkLedger | None = None,
        patience: Patience | None = None,
        purpose: str = "",
        explain: Explain | None = None,
    ) -> None:
        self.provider = provider
        self.patience = patience or Patience()
        self._pace = pace
        self._ledger = ledger
        self._purpose = purpose
        self._explain = explain
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._client: aiohttp.ClientSession | None = None

    async def get(
        self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Read something, as often as it takes within the limits."""
        failed = busy = 0
        while True:
            try:
                async with self._slots:
                    return self._checked(url, await self._follow(url, params or {}, headers or {}))
            except ProviderBusy as error:
                busy += 1
                if busy >= BUSY_ATTEMPTS or (error.retry_after or 0.0) > MOST_WAIT:
                    raise
                self._pace.hold(self._rest(error.retry_after, busy))
            except ProviderError as error:
                failed += 1
                if failed >= self.patience.attempts or not _worth_repeating(error):
                    raise
                await asyncio.sleep(self._rest(None, failed))
            logger.info("%s: trying again", self.provider)

    async def picture(self, url: str) -> bytes | None:
        """The bytes of a picture; ``None`` when it is not there or is none."""
        try:
            reply = await self.get(url)
        except BadStatus as error:
            if error.status == 404:
                return None
            raise
        kind = next((value for name, value in reply.headers.items() if name.lower() == "content-type"), "")
        return reply.body if kind.startswith("image/") else None

    async def post(
        self,
        url: str,
        content: Mapping[str, Any],
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send something as JSON, once."""
        async with self._slots:
            return self._checked(url, await self._once("POST", url, params or {}, headers or {}, content))

    async def delete(
        self,
        url: str,
        content: Mapping[str, Any],
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Let something be taken away, named as JSON, once."""
        async with self._slots:
            return self._checked(url, await self._once("DELETE", url, params or {}, headers or {}, content))

    async def close(self) -> None:
        """Give the connections back; closing twice is fine."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _rest(self, asked: float | None, attempt: int) -> float:
        """How long to wait: what was asked for and a little more, else twice as long each time; never in step with others."""
        if asked is not None:
            return asked + random.uniform(0.0, self.patience.pause)
        return self.patience.pause * 2.0 ** (attempt - 1) * random.uniform(0.75, 1.25)

    async def _follow(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Send, and go where a redirect leads as long as it stays on the same host."""
        here = url
        for _ in range(MAX_REDIRECTS + 1):
            reply = await self._once("GET", here, params, headers)
            target = reply.headers.get("Location")
            if reply.status not in _MOVED or not target:
                return reply
            here, params = self._redirected(here, target), {}
        raise ProviderReplyError(self.provider, f"{place_of(url)} keeps sending us in a circle.", ON_THE_INTERNET)

    def _redirected(self, url: str, target: str) -> str:
        """Where a redirect leads; raises when that is another host."""
        try:
            here, moved = urlsplit(url), urljoin(url, target)
            there = urlsplit(moved)
            stays = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
        except ValueError:
            stays, moved = False, ""
        if stays:
            return moved
        raise ProviderReplyError(
            self.provider,
            f"{place_of(url)} sends us on to {place_of(moved)}; nothing was sent there, to keep the key safe.",
            STANDS_IN,
        )

    async def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        content: Mapping[str, Any] | None = None,
    ) -> Reply:
        """One exchange in its turn; what goes wrong comes out as a ``ProviderError``."""
        host = urlsplit(url).hostname or ""
        self._permit(host)
        body = None if content is None else json.dumps(content).encode()
        seen = _Seen()
        try:
            async with self._pace.turn(), asyncio.timeout(self.patience.overall):
                return await self._exchange(method, url, params, {**headers, **_content_type(body)}, body, seen)
        except ProviderError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # "from None": the text of the original may hold the address with everything in it
            raise _translated(self.provider, url, error) from None
        finally:
            if self._ledger is not None and host:
                self._ledger.record(host, seen.peer, seen.received, sent=seen.sent, purpose=self._purpose)

    def _permit(self, host: str, peer: str = "") -> None:
        """Raise when the person does not want this host to be talked to now."""
        if self._ledger is not None:
            self._ledger.permit(self.provider, host, peer)

    async def _exchange(
        self,
        method: str,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
        seen: _Seen,
    ) -> Reply:
        async with self._open().request(
            method, url, params=dict(params), headers=headers, data=body, allow_redirects=False
        ) as response:
            seen.note(response, len(body or b""))
            found = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                found += chunk
                seen.received = len(found)
                if seen.received > self.patience.most_bytes:
                    raise ProviderReplyError(
                        self.provider,
                        f"An answer was larger than {self.patience.most_bytes // (1024 * 1024)} MB and was not read to"
                        " its end.",
                        "Try again later.",
                    )
            return Reply(self.provider, response.status, response.headers, bytes(found))

    def _open(self) -> aiohttp.ClientSession:
        if self._client is None:
            timeout = aiohttp.ClientTimeout(
                total=None, sock_connect=self.patience.connect, sock_read=self.patience.read
            )
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=IN_FLIGHT, resolver=AskingResolver(self._permit)),
                timeout=timeout,
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._client

    def _checked(self, url: str, reply: Reply) -> Reply:
        """The answer when it is a success; else raises what its status means."""
        own = self._explain(reply) if self._explain else None
        if own is not None:
            raise own
        if not 200 <= reply.status < 300:
            raise _status_error(reply, place_of(url))
        return reply


class AskingResolver(aiohttp.ThreadedResolver):
    """Looks names up, and asks whether the addresses that came out may be talked to before one of them is called."""

    def __init__(self, permit: Callable[[str, str], None]) -> None:
        super().__init__()
        self._may = permit

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name; raises ``ProviderOffline`` when one of them is not to be reached."""
        found = await super().resolve(host, port, family)
        for address in found:
            self._may(host, address["host"])
        return found


class _Seen:
    """What one exchange came to, also when it failed half way."""

    def __init__(self) -> None:
        self.sent = self.received = 0
        self.peer = ""

    def note(self, response: aiohttp.ClientResponse, body: int) -> None:
        """Remember how much was sent, and whom to, while there is a connection: a short answer has let go of it by now."""
        asked = response.request_info
        head = sum(len(name) + len(value) + 4 for name, value in asked.headers.items())
        self.sent = len(f"{asked.method} {asked.url.raw_path_qs} HTTP/1.1\r\n\r\n") + head + body
        connection = response.connection
        peer = (
            None
            if connection is None or connection.transport is None
            else connection.transport.get_extra_info("peername")
        )
        self.peer = str(peer[0]) if peer else ""


def _content_type(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}


def _worth_repeating(error: ProviderError) -> bool:
    if isinstance(error, BadStatus):
        return error.status in _AGAIN
    return isinstance(error, (PassingFailure, CutReply))


def _translated(provider: str, url: str, error: Exception) -> ProviderError:
    """What aiohttp raises, as the program's own error, with hints for a service on the internet."""
    found = translate(provider, url, _known(error))
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ProviderUnavailable(provider, found.message, STANDS_IN)
    if isinstance(found, ProviderUnavailable):
        return type(found)(provider, found.message, ON_THE_INTERNET)
    return found


def _known(error: Exception) -> Exception:
    """The error in the terms that ``providers.failures`` knows."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return OSError(low.NameResolutionError("", None, OSError()))  # type: ignore[arg-type]
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return requests.ConnectTimeout()
    if isinstance(error, aiohttp.SocketTimeoutError):
        return requests.ReadTimeout()
    if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
        return DeadlinePassed("the time allowed for the request is over")
    if isinstance(error, aiohttp.InvalidURL):
        return requests.exceptions.InvalidURL()
    if isinstance(error, aiohttp.ClientPayloadError):
        return low.IncompleteRead(0, 1)
    if isinstance(error, (aiohttp.ServerDisconnectedError, aiohttp.ClientResponseError)):
        return requests.ConnectionError()
    return error


def _status_error(reply: Reply, place: str) -> ProviderError:
    """What a status means in general."""
    provider, status = reply.provider, reply.status
    if status in (401, 403):
        return ProviderDenied(provider, f"{place} refused the request ({status}).", "Check the key.")
    if status in (429, 503):
        wait = seconds_to_wait(reply.headers)
        return ProviderBusy(provider, f"{place} asks to come back later ({status}).", "Try again in a while.", wait)
    if status in GATEWAY:
        return PassingFailure(provider, f"{place} is in trouble just now ({status}).", "Try again in a while.")
    if status == 404:
        return BadStatus(provider, status, f"{place} has nothing at this address (404).")
    return BadStatus(provider, status, f"{place} answered with the error {status}.", "Try again in a while.")
