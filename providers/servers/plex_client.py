"""plexapi, tamed: imported when first needed, kept from its own settings, from the computer's name and from extra requests."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import requests

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.redaction import register_secret
from providers.failures import place_of
from providers.http import USER_AGENT, BadStatus, NetworkLedger, ProviderSession
from providers.servers.addresses import check_url
from providers.servers.plex_address import normalise_token

WHERE_TO_FIND_IT = (
    "In Plex's web app open any title, choose Get Info and then View XML: the token stands at the end of the address, "
    "after the word X-Plex-Token."
)
_XML, _IMAGE = "application/xml", "image/*"


class BrokenPage(ProviderReplyError):
    """The answer was meant to be Plex's XML, but is damaged: a smaller one may be whole."""


class NotPlex(ProviderReplyError):
    """Something answered, and it was not a Plex server."""


@functools.cache
def _plexapi() -> tuple[Any, Callable[[str], Element | None]]:
    """The server class of plexapi and its reader of XML, imported with its settings file and environment shut out."""
    for name in [name for name in os.environ if name.startswith("PLEXAPI_")]:
        del os.environ[name]
    os.environ["PLEXAPI_CONFIG_PATH"] = os.devnull
    os.environ["PLEXAPI_PLEXAPI_AUTORELOAD"] = "false"
    from plexapi.server import PlexServer as TheirServer
    from plexapi.utils import parseXMLString

    class OurServer(TheirServer):  # type: ignore[misc]
        """Sends the session's headers only: plexapi's own name the computer and its network card."""

        def _headers(self, **headers: str) -> dict[str, str]:
            return headers

    return OurServer, parseXMLString


class PlexClient:
    """Asks one Plex server for elements and bytes; translates what goes wrong, once.

    :param provider: the name of the source as the user knows it.
    :param client_id: this installation's own stable name, told to the server.
    """

    def __init__(self, provider: str, url: str, token: str, client_id: str, session: ProviderSession) -> None:
        self.provider = provider
        self.address = check_url(url)
        self._token = normalise_token(token)
        if self._token:
            register_secret(self._token)
        self._session = session
        session.explain = self._explain
        product, _, version = USER_AGENT.partition("/")
        session.headers.update(
            {
                "X-Plex-Product": product,
                "X-Plex-Version": version,
                "X-Plex-Device-Name": product,
                "X-Plex-Client-Identifier": client_id or product.lower(),
                "Accept": _XML,
            }
        )
        if self._token and self._token_can_be_sent():
            session.headers["X-Plex-Token"] = self._token
        self._server: Any = None

    def __repr__(self) -> str:
        """Where it leads; never the token."""
        return f"PlexClient({self.place})"

    @property
    def place(self) -> str:
        """Host and port, as they may be shown."""
        return place_of(self.address.url)

    def close(self) -> None:
        """Hang up."""
        self._server = None
        self._session.close()

    def connect(self) -> Any:
        """The server object of plexapi, made with one request when there is none yet."""
        if self._server is None:
            self._ready()
            if not self._token_can_be_sent():
                raise ProviderDenied(self.provider, "The token holds letters that no token has.", WHERE_TO_FIND_IT)
            server_class, _ = _plexapi()
            server = self._translated(server_class, self.address.url, None, self._session)
            if not server.machineIdentifier:
                raise self._not_plex()
            self._server = server
        return self._server

    def identity(self) -> Element:
        """What the server says about itself to anybody; the token is not sent."""
        self._ready()
        _, parse = _plexapi()
        try:
            response = self._session.get(f"{self.address.url}/identity", headers={"X-Plex-Token": None})
            element = self._container(self._translated(parse, response.text))
        except (BadStatus, BrokenPage) as error:
            if isinstance(error, BadStatus) and error.status >= 500:
                raise  # whoever answers is in trouble; who it is cannot be told
            raise self._not_plex() from None
        if not element.get("machineIdentifier"):
            raise self._not_plex()
        return element

    def element(
        self, path: str, params: Mapping[str, str] | None = None, piece: tuple[int, int] | None = None
    ) -> Element:
        """The ``MediaContainer`` that answers a path.

        :param piece: start and size of the part of a list that is asked for.
        """
        paging = {}
        if piece is not None:
            paging = {"X-Plex-Container-Start": str(piece[0]), "X-Plex-Container-Size": str(piece[1])}
        query = self.connect().query
        return self._container(self._translated(query, path, headers=paging, params=dict(params or {})))

    def image(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The bytes of a picture; the token goes along in a header, never in the address."""
        self._ready()
        return self._session.get(self.address.url + path, params=params, headers={"Accept": _IMAGE}).content

    def content(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """An answer that is not XML, as it came; the token goes along in a header."""
        self._ready()
        return self._session.get(self.address.url + path, headers={"Accept": "*/*", **headers})

    def send(self, method: str, path: str, params: Mapping[str, str]) -> Element | None:
        """Change something, tried once, whatever comes of it; the ``MediaContainer`` that answers, where one does.

        :raises ProviderDenied: when this account may not change that.
        """
        self._ready()
        _, parse = _plexapi()
        try:
            with self.at_most(attempts=1):
                response = self._session.request(
                    method, self.address.url + path, params=dict(params), headers={"Accept": "*/*"}
                )
        except ProviderDenied:
            raise ProviderDenied(
                self.provider,
                "The server does not let this account change that.",
                "Only the owner of a Plex server can change its collections.",
            ) from None
        if not _looks_like_plex(response.content[:2000].strip().lower()):
            return None
        try:
            return self._container(self._translated(parse, response.text))
        except BrokenPage:
            return None  # what was changed is read back anyway

    def way(self, path: str) -> tuple[str, dict[str, str], NetworkLedger | None, str]:
        """What a conversation of another kind needs: address, headers with the token, the ledger, the trusted fingerprint."""
        self._ready()
        headers = {name: str(value) for name, value in self._session.headers.items() if name.startswith(("X-", "User"))}
        return self.address.url + path, headers, self._session.ledger, self._session.fingerprint

    def at_most(self, **limits: Any) -> AbstractContextManager[None]:
        """Tighter limits for a while; see ``ProviderSession.at_most``."""
        return self._session.at_most(**limits)

    def _ready(self) -> None:
        if self.address.problem:
            raise ProviderUnavailable(self.provider, self.address.problem, self.address.hint)

    def _token_can_be_sent(self) -> bool:
        return self._token.isascii() and (self._token.isprintable() or not self._token)

    def _translated(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call plexapi; what it raises comes out as our own error, without the original's text."""
        try:
            return call(*args, **options)
        except (ParseError, TypeError, AttributeError, ValueError):
            raise self._broken() from None
        except Exception as error:
            if type(error).__module__.startswith("plexapi"):
                raise self._broken() from None
            raise

    def _container(self, element: Element | None) -> Element:
        if element is None or element.tag != "MediaContainer":
            raise self._broken()
        return element

    def _broken(self) -> BrokenPage:
        return BrokenPage(self.provider, f"{self.place} sent a damaged answer.", "Try again in a moment.")

    def _not_plex(self) -> NotPlex:
        hint = "Check the port: Plex uses 32400 unless it was changed."
        if self.address.suggestion:
            hint = f"Did you mean {self.address.suggestion}?"
        return NotPlex(self.provider, f"Something answers at {self.place}, but it is not a Plex server.", hint)

    def _explain(self, response: requests.Response) -> ProviderError | None:
        """Plex's own meaning of an answer: statuses, and pages that are not Plex's."""
        status, body = response.status_code, response.content[:2000].strip().lower()
        if status in (401, 403):
            return self._denied(status)
        if status == 503 and (b"maintenance" in body or b"starting" in body):
            return ProviderBusy(
                self.provider, "The Plex server is still starting, or is being looked after.", "Try again in a minute."
            )
        if status == 400 and b"plain http" in body:
            return ProviderUnavailable(
                self.provider,
                f"{self.place} wants a secure connection.",
                "Write https:// at the beginning of the address.",
            )
        if response.ok and response.request.headers.get("Accept") == _XML and not _looks_like_plex(body):
            return self._not_plex()
        return None

    def _denied(self, status: int) -> ProviderDenied:
        if status == 403:
            message = "The server does not let this account read that."
            return ProviderDenied(
                self.provider, message, "Ask the owner of the server to share its libraries with you."
            )
        if not self._token:
            return ProviderDenied(self.provider, "The server asks for a token, and none was entered.", WHERE_TO_FIND_IT)
        message = "The server does not accept this token."
        return ProviderDenied(self.provider, message, f"Tokens end when the password is changed. {WHERE_TO_FIND_IT}")


def _looks_like_plex(body: bytes) -> bool:
    """Whether a page begins as Plex's XML does; it may still be damaged further on."""
    return body.startswith((b"<mediacontainer", b"<?xml", b"<response")) and b"<html" not in body
