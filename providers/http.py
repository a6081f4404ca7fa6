"""The one door to the network: every request of the program leaves through a :class:`ProviderSession`.

It keeps to time limits, verifies certificates, follows redirects only on the same host, repeats reads (never writes), counts
what it does in the network ledger, and raises the program's own errors, with a sentence for the user and never a secret.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool

from library.errors import ProviderBusy, ProviderError, ProviderReplyError, ProviderUntrusted
from providers.certificates import shown_certificate
from providers.deadline import Deadline, DeadlinePassed, limited_pools
from providers.failures import CutReply, PassingFailure, place_of, translate
from providers.ledger import Connections, NetworkLedger, Reach
from providers.statuses import GATEWAY, BadStatus, as_site, status_error

__all__ = ["USER_AGENT", "BadStatus", "Connections", "NetworkLedger", "Patience", "ProviderSession", "Reach"]

USER_AGENT = "Homereel/0.1"
MAX_REDIRECTS = 5
_READS = ("GET", "HEAD")
_AGAIN = (500, 503, *GATEWAY)
_CHUNK = 64 * 1024
_CHECK_PROXY = "Check the address, and the reverse proxy in front of the server if there is one."
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try. Seconds and bytes.

    :param connect: until the other side picks up; ``read`` until the next bytes come.
    :param overall: for a request with all its attempts and redirects.
    :param attempts: how often a read is tried; writes are tried once.
    :param pause: before the second attempt; doubled before each further one.
    :param longest_pause: a service that asks for a longer one than this is left alone instead.
    :param most_bytes: largest answer accepted.
    :param apart: least time between the beginnings of two requests: the rate that a service allows.
    """

    connect: float = 5.0
    read: float = 20.0
    overall: float = 60.0
    attempts: int = 3
    pause: float = 0.4
    longest_pause: float = 10.0
    most_bytes: int = 64 * 1024 * 1024
    apart: float = 0.0


Explain = Callable[[requests.Response], ProviderError | None]


class ProviderSession(requests.Session):
    """A requests session that keeps the rules of the door. Used by one thread at a time.

    Every request raises a ``ProviderError`` when it fails, also for a bad status (``BadStatus``, ``ProviderDenied``,
    ``ProviderBusy`` or ``ProviderUnavailable``); the body of what it returns is complete and in memory.

    ``posts_ask_only`` may be set while questions are sent as forms: a POST is then repeated and led on as reads are. ``is_site``
    may be set for a site of the internet: what is said then does not take it for the person's own server.

    :param provider: the name of the service as the user knows it.
    :param purpose: why the service is asked, as the ledger shows it: "Reading your library".
    :param fingerprint: SHA-256 of the one certificate that is trusted although nobody vouches for it; hex, lower case.
    :param explain: looks at every answer first and may return that provider's own error for it: a better sentence than the
        general one for a status, or a reason to refuse what came with a good one.
    """

    def __init__(
        self,
        provider: str,
        patience: Patience | None = None,
        ledger: NetworkLedger | None = None,
        explain: Explain | None = None,
        purpose: str = "",
        fingerprint: str = "",
    ) -> None:
        self.patience = patience or Patience()
        self._deadline = Deadline(self.patience.read)
        super().__init__()
        self.provider = provider
        self.ledger = ledger
        self.explain = explain
        self.purpose = purpose
        self.fingerprint = fingerprint
        self.posts_ask_only = False
        self.is_site = False
        self._begun = 0.0
        self.trust_env = False
        self.headers["User-Agent"] = USER_AGENT
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _LimitedAdapter(limited_pools(self._deadline, self._permit, fingerprint)))

    @contextmanager
    def at_most(self, **limits: Any) -> Iterator[None]:
        """Requests inside the block are held to these limits too, such as ``attempts=1`` for a test of the connection."""
        before = self.patience
        self.patience = replace(before, **{name: min(getattr(before, name), limit) for name, limit in limits.items()})
        try:
            yield
        finally:
            self.patience = before

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Make a request ready to be sent; an address that is none is said to be none."""
        try:
            return super().prepare_request(request)
        except (requests.RequestException, ValueError) as error:
            raise translate(self.provider, str(request.url), error) from None

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request and read the whole answer, within the limits; raises only ``ProviderError``."""
        if not options.get("verify", True):
            raise ValueError("certificates are always verified")
        options.update(stream=True, allow_redirects=False, timeout=(self.patience.connect, self.patience.read))
        self._deadline.read_seconds = self.patience.read
        self._deadline.start(self.patience.overall)
        attempts = max(1, self.patience.attempts) if self._only_asks(request) else 1
        for attempt in range(1, attempts + 1):
            try:
                return self._checked(self._follow(request, options))
            except ProviderError as error:
                if attempt == attempts or not _worth_repeating(error) or not self._pause(attempt, error):
                    raise (as_site(error) if self.is_site else error) from None
                logger.info("%s: trying again (%d of %d)", self.provider, attempt + 1, attempts)
        raise AssertionError("the loop above returns or raises")

    def _only_asks(self, request: requests.PreparedRequest) -> bool:
        """Whether a request changes nothing, so that it may be sent twice."""
        return request.method in _READS or self.posts_ask_only

    def _pause(self, attempt: int, error: ProviderError) -> bool:
        """Wait before the next attempt, as long as the service asks for; False when there is no time for that."""
        seconds = self.patience.pause * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            seconds = max(seconds, error.retry_after)
            if error.retry_after > self.patience.longest_pause:
                return False
        if time.monotonic() + seconds >= self._deadline.until:
            return False
        time.sleep(seconds)
        return True

    def _keep_apart(self) -> None:
        """Wait until the rate that the service allows lets the next request begin."""
        early = self._begun + self.patience.apart - time.monotonic()
        if early > 0:
            time.sleep(early)
        self._begun = time.monotonic()

    def _follow(self, request: requests.PreparedRequest, options: dict[str, Any]) -> requests.Response:
        """Send, and go where a redirect leads as long as it stays on the same host."""
        for _ in range(MAX_REDIRECTS + 1):
            response = self._once(request, options)
            target = response.headers.get("Location")
            if response.status_code not in (301, 302, 303, 307, 308) or not target or not self._only_asks(request):
                return response
            request = self._redirected(request, target)
        raise ProviderReplyError(
            self.provider,
            f"{place_of(request.url)} keeps sending us in a circle.",
            _CHECK_PROXY,
        )

    def _redirected(self, request: requests.PreparedRequest, target: str) -> requests.PreparedRequest:
        """The same request at the place a redirect names; raises when that is on another host, or a step down from https."""
        place, moved = place_of(request.url), request.copy()
        try:
            moved.prepare_url(urljoin(str(request.url), target), None)
            there = urlsplit(str(moved.url))
            stays = _stays_on_host(urlsplit(str(request.url)), there)
        except ValueError:  # also what requests says about an address that is none
            raise ProviderReplyError(
                self.provider, f"{place} sends us on to something that is no address.", _CHECK_PROXY
            ) from None
        if stays:
            return moved
        raise ProviderReplyError(
            self.provider,
            f"{place} sends us on to {there.scheme}://{place_of(moved.url)}; nothing was sent there, to keep the token safe.",
            "If that is your server, enter that address itself.",
        )

    def _once(self, request: requests.PreparedRequest, options: dict[str, Any]) -> requests.Response:
        """One exchange with the body read to its end; what goes wrong comes out as a ``ProviderError``."""
        host = _host_of(request)
        self._permit(host, self._deadline.peers.get(host, ""))
        self._keep_apart()
        received = 0
        response: requests.Response | None = None
        try:
            self._deadline.left()
            response = super().send(request, **options)
            body = bytearray()
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                received = len(body)
                if received > self.patience.most_bytes:
                    raise self._too_large()
            response._content = bytes(body)
            return response
        except ProviderError:
            raise
        except (requests.RequestException, OSError, ValueError, DeadlinePassed) as error:
            # "from None": the text of the original may hold the address with everything in it
            raise self._with_certificate(request, translate(self.provider, request.url, error)) from None
        finally:
            if response is not None:
                response.close()
            self._count(host, _size_of(request), received)

    def _permit(self, host: str, peer: str) -> None:
        """Raise when the person does not want this host to be talked to now."""
        if self.ledger is not None and host:
            self.ledger.permit(self.provider, host, peer)

    def _count(self, host: str, sent: int, received: int) -> None:
        if self.ledger is not None and host:
            self.ledger.record(host, self._deadline.peers.get(host, ""), received, sent=sent, purpose=self.purpose)

    def _with_certificate(self, request: requests.PreparedRequest, error: ProviderError) -> ProviderError:
        """The error; when it is about a certificate that nobody vouches for, with what the person needs to trust it."""
        if not isinstance(error, ProviderUntrusted) or error.fingerprint:
            return error
        host, port = _host_of(request), urlsplit(str(request.url)).port or 443
        found = shown_certificate(host, port, self.patience.connect, lambda peer: self._permit(host, peer))
        self._count(host, 0, 0)
        shown = found[0] if found else None
        return ProviderUntrusted(
            error.provider,
            error.message,
            error.hint,
            shown.fingerprint if shown else "",
            shown.sentence if shown else "",
        )

    def _too_large(self) -> ProviderReplyError:
        return ProviderReplyError(
            self.provider,
            f"An answer was larger than {self.patience.most_bytes // (1024 * 1024)} MB and was not read to its end.",
            "Check that the address leads to the server you mean.",
        )

    def _checked(self, response: requests.Response) -> requests.Response:
        """The response when it is a success; else raises what its status means."""
        if response.encoding == "ISO-8859-1" and "charset" not in response.headers.get("Content-Type", "").lower():
            response.encoding = "utf-8"  # text/xml that names no charset is UTF-8, not what requests guesses
        own = self.explain(response) if self.explain else None
        if own is not None:
            raise own
        if not 200 <= response.status_code < 300:
            raise status_error(self.provider, response)
        return response


class _LimitedAdapter(HTTPAdapter):
    """Sends over connections of the given pools."""

    def __init__(self, pools: dict[str, type[HTTPConnectionPool]]) -> None:
        self._pools = pools
        super().__init__(pool_connections=4, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Have the pool manager build pools of our own connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools


def _stays_on_host(here: SplitResult, there: SplitResult) -> bool:
    """Whether a redirect leads to the same server, at most from http to https; ``ValueError`` for a port that is none."""
    same_port = (here.scheme, here.port) == (there.scheme, there.port)
    to_secure = (here.scheme, there.scheme) == ("http", "https")
    return here.hostname == there.hostname and (same_port or to_secure)


def _worth_repeating(error: ProviderError) -> bool:
    """Whether the same read may well succeed a moment later."""
    if isinstance(error, BadStatus):
        return error.status in _AGAIN
    return isinstance(error, (PassingFailure, CutReply, ProviderBusy))


def _host_of(request: requests.PreparedRequest) -> str:
    """The host that a request is for, as it is counted."""
    try:
        return (urlsplit(str(request.url)).hostname or "").lower()
    except ValueError:
        return ""


def _size_of(request: requests.PreparedRequest) -> int:
    """Bytes of a request as it goes over the line: its first line, its headers, its body."""
    head = sum(len(name) + len(value) + 4 for name, value in request.headers.items())
    body = request.body
    size = len(body) if isinstance(body, (bytes, str)) else int(request.headers.get("Content-Length", 0))
    return len(f"{request.method} {request.path_url} HTTP/1.1\r\n\r\n") + head + size
