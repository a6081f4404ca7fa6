"""The requests of a Subsonic client: credentials, the envelope that every answer comes in, and what goes wrong, once."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from library.errors import ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.redaction import redact, register_secret
from library.settings import SourceSettings
from providers.failures import CutReply, place_of
from providers.http import BadStatus, ProviderSession
from providers.servers.addresses import check_url
from providers.servers.subsonic_refusals import Missing, NotSubsonic, Refusal, SignedInBy, password_only, refused

__all__ = ["About", "Missing", "NotSubsonic", "Params", "Refusal", "Reply", "SubsonicClient"]

VERSION = (1, 16, 1)
TOKENS_SINCE = (1, 13, 0)
CLIENT = "Homereel"
_LONGEST_WORDS = 160
_NO_FORMS = (301, 302, 303, 307, 308, 400, 404, 405, 411, 415, 501)
_LISTED_IN = "openSubsonicExtensions"
_XML_ERROR = re.compile(rb"<error[^>]*\bcode=[\"'](\d+)[\"']")
_XML_VERSION = re.compile(rb"<subsonic-response[^>]*\bversion=[\"']([\d.]+)[\"']")
_CHECK_ADDRESS = "Check the address and its port: Navidrome uses 4533 and Subsonic 4040 unless that was changed."
Value = str | int | Sequence[str] | Sequence[int]
Params = Mapping[str, Value]
Reply = Mapping[str, Any]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class About:
    """What a server says of itself to anybody.

    :param version: of the protocol; ``software`` is the server's name of itself, with its own version.
    :param open: whether it knows OpenSubsonic; ``extensions`` are those of it that it lists.
    """

    base: str
    version: tuple[int, ...]
    software: str = ""
    software_version: str = ""
    open: bool = False
    extensions: frozenset[str] = frozenset()

    @property
    def version_words(self) -> str:
        """The version of the protocol as it is written."""
        return ".".join(map(str, self.version))


class SubsonicClient:
    """Asks one server. Every request carries fresh credentials, in the body of a form wherever the server reads forms.

    :param secret: the password, or the API key when the source signs in with one.
    """

    def __init__(self, source: SourceSettings, secret: str, session: ProviderSession) -> None:
        self.provider = source.name
        self.user = source.user.strip() if source.sign_in != "api key" else ""
        self.address = check_url(source.url, "subsonic")
        self._sign_in = source.sign_in
        self._secret = secret
        self._session = session
        self._about: About | None = None
        self._posts: bool | None = None
        self._reply: Reply = {}
        self._came_from = ""
        self._bytes_wanted = False
        session.explain = self._explain
        for form in (secret, secret.encode().hex()):
            register_secret(form)

    def __repr__(self) -> str:
        """Where it leads; never the secret."""
        return f"SubsonicClient({self.place})"

    @property
    def place(self) -> str:
        """Host and port, as they may be shown."""
        return place_of(self.address.url)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def at_most(self, **limits: Any) -> AbstractContextManager[None]:
        """Tighter limits for a while; see ``ProviderSession.at_most``."""
        return self._session.at_most(**limits)

    def about(self) -> About:
        """What the server says of itself; asked once, and without credentials."""
        if self._about is None:
            if self.address.problem:
                raise ProviderUnavailable(self.provider, self.address.problem, self.address.hint)
            self._about = self._ask_about()
        return self._about

    def ask(self, method: str, params: Params | None = None) -> Reply:
        """What a method answers, the envelope taken off; asked again when the failure may pass."""
        with self._asking():
            return self._call(method, params or {})

    def change(self, method: str, params: Params) -> Reply:
        """Have the server change something; never repeated, for the first request may have had its effect."""
        self._signed_in()
        with self.at_most(attempts=1):
            return self._call(method, params)

    def content(self, method: str, params: Params, headers: Mapping[str, str] | None = None) -> requests.Response:
        """A picture or a sound file; raises when the server sends words in its place."""
        self._signed_in()
        self._bytes_wanted = True
        try:
            with self._asking():
                return self._send(method, params, headers)
        finally:
            self._bytes_wanted = False

    # Sending

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What is sent inside the block changes nothing, so that it may be repeated, as a form too."""
        self._session.posts_ask_only = True
        try:
            yield
        finally:
            self._session.posts_ask_only = False

    def _call(self, method: str, params: Params) -> Reply:
        self._signed_in()
        self._send(method, params)
        return self._reply

    def _signed_in(self) -> None:
        """Find out, once, whether the server reads forms; until then nothing else is asked."""
        if self._posts is not None:
            return
        about = self.about()
        self._check_sign_in(about)
        if "formPost" in about.extensions:
            self._posts = True
            return
        self._posts = True
        try:
            self._send("ping", {})
        except ProviderError as error:
            self._posts = None
            if not _reads_no_forms(error):
                raise
            self._posts = False
            logger.info("%s: reads no forms, so credentials go in the address.", self.provider)

    def _send(self, method: str, params: Params, headers: Mapping[str, str] | None = None) -> requests.Response:
        about = self.about()
        fields = [*_pairs(params), *self._credentials(), *self._usual(about)]
        url = f"{about.base}/rest/{method}.view"
        sent = dict(headers or {})
        if self._posts:
            return self._session.post(url, data=fields, headers=sent)
        return self._session.get(url, params=fields, headers=sent)

    def _usual(self, about: About | None = None) -> list[tuple[str, str]]:
        version = min(VERSION, about.version) if about is not None and about.version else VERSION
        return [("v", ".".join(map(str, version))), ("c", CLIENT), ("f", "json")]

    def _credentials(self) -> list[tuple[str, str]]:
        if self._sign_in == "api key":
            return [("apiKey", self._secret)]
        if self._sign_in == "legacy password":
            return [("u", self.user), ("p", "enc:" + self._secret.encode().hex())]
        salt = secrets.token_hex(8)
        token = hashlib.md5((self._secret + salt).encode(), usedforsecurity=False).hexdigest()
        return [("u", self.user), ("t", token), ("s", salt)]

    # Who is there

    def _ask_about(self) -> About:
        """Ask two questions that need no credentials; a refusal tells as much as an answer."""
        for method in ("getOpenSubsonicExtensions", "ping"):
            self._reply, self._came_from = {}, ""
            try:
                self._session.get(f"{self.address.url}/rest/{method}.view", params=self._usual())
            except (Refusal, ProviderDenied, NotSubsonic, BadStatus):
                if not self._reply and method == "ping":
                    raise
            if self._reply:
                return self._described(self._reply)
        raise self._not_subsonic()

    def _described(self, reply: Reply) -> About:
        listed = reply.get(_LISTED_IN)
        names = (
            {str(row.get("name", "")) for row in listed if isinstance(row, dict)} if isinstance(listed, list) else ()
        )
        return About(
            base=self._came_from.partition("/rest/")[0] or self.address.url,
            version=_numbers(reply.get("version")),
            software=_words(reply.get("type")),
            software_version=_words(reply.get("serverVersion")),
            open=bool(reply.get("openSubsonic")) or isinstance(listed, list),
            extensions=frozenset(names),
        )

    def _check_sign_in(self, about: About) -> None:
        """Refuse to sign in in a way that the server does not know, before any credentials are sent."""
        if not self._secret:
            raise ProviderDenied(self.provider, "No password is known for this server.", "Enter it once more.")
        if self._sign_in == "api key":
            if "apiKeyAuthentication" not in about.extensions:
                raise ProviderDenied(
                    self.provider, "This server knows no API keys.", "Sign in with your name and password instead."
                )
        elif self._sign_in != "legacy password" and not about.open and () < about.version < TOKENS_SINCE:
            raise password_only(self.provider, f"speaks version {about.version_words} of the protocol")

    # What an answer means

    def _explain(self, response: requests.Response) -> ProviderError | None:
        """Subsonic's own meaning of an answer: reasons come with any status, mostly with 200."""
        body, kind = response.content, response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self._came_from = str(response.url)
        start = body[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
        if self._bytes_wanted and response.ok and (response.status_code == 206 or not _is_text(kind, start)):
            return None
        if start.startswith(b"{"):
            return self._explain_json(response, body)
        if b"<subsonic-response" in start:
            return self._explain_xml(body)
        if response.status_code in (401, 403):
            message = f"Something in front of the server asks for a sign-in of its own ({response.status_code})."
            return ProviderDenied(self.provider, message, "Let the proxy pass requests to /rest through unasked.")
        if response.status_code == 404 or response.ok:
            if not start:
                return CutReply(self.provider, f"{self.place} sent an empty answer.")
            return self._words_for_bytes() if self._bytes_wanted else self._not_subsonic()
        return None

    def _explain_json(self, response: requests.Response, body: bytes) -> ProviderError | None:
        try:
            document = json.loads(body.decode("utf-8-sig", "replace"))
        except ValueError:
            return CutReply(self.provider, f"{self.place} sent a damaged answer.", "Try again in a moment.")
        reply = document.get("subsonic-response") if isinstance(document, dict) else None
        if not isinstance(reply, dict):
            return self._not_subsonic() if response.ok else None
        self._reply = reply
        if reply.get("status") == "ok":
            return self._words_for_bytes() if self._bytes_wanted else None
        error = reply.get("error")
        error = error if isinstance(error, dict) else {}
        return self._refused(_whole(error.get("code")), _words(error.get("message")))

    def _explain_xml(self, body: bytes) -> ProviderError:
        """A server that does not write JSON although it was asked to, or does not for errors."""
        version, code = _XML_VERSION.search(body), _XML_ERROR.search(body)
        self._reply = {"version": version.group(1).decode()} if version else {}
        if code is not None:
            return self._refused(int(code.group(1)), "")
        if self._bytes_wanted:
            return self._words_for_bytes()
        return ProviderReplyError(
            self.provider,
            f"The server at {self.place} answers in XML only: its software is too old for Homereel.",
            "Update the server; anything that speaks Subsonic 1.8 or newer will do.",
        )

    def _words_for_bytes(self) -> ProviderReplyError:
        return ProviderReplyError(self.provider, "The server sent a message where the file itself was asked for.")

    def _not_subsonic(self) -> NotSubsonic:
        hint = f"Did you mean {self.address.suggestion}?" if self.address.suggestion else _CHECK_ADDRESS
        return NotSubsonic(self.provider, f"Something answers at {self.place}, but it is not a Subsonic server.", hint)

    def _refused(self, code: int, words: str) -> ProviderError:
        """The sentence for a code of the protocol."""
        keys = self._about is not None and "apiKeyAuthentication" in self._about.extensions
        return refused(self.provider, code, words, SignedInBy(self._sign_in, keys))


def _reads_no_forms(error: ProviderError) -> bool:
    """Whether a request failed because it came as a form, as far as one can tell."""
    if isinstance(error, BadStatus):
        return error.status in _NO_FORMS
    return isinstance(error, NotSubsonic) or (isinstance(error, Refusal) and error.code == 10)


def _pairs(params: Params) -> list[tuple[str, str]]:
    """Parameters as they are sent; one that has several values is sent several times."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        values: Sequence[str | int] = [value] if isinstance(value, (str, int)) else value
        pairs += [(name, str(single)) for single in values]
    return pairs


def _is_text(kind: str, start: bytes) -> bool:
    """Whether an answer is words: a reason why a file does not come, or somebody's web page."""
    return kind.startswith("text/") or kind.endswith(("json", "xml")) or start.startswith((b"<", b'{"subsonic'))


def _numbers(text: Any) -> tuple[int, ...]:
    parts = str(text or "").split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


def _whole(value: Any) -> int:
    text = str(value)
    return int(text) if text.isdigit() else 0


def _words(value: Any) -> str:
    """Something that the server said, short, and without what must not be shown."""
    return redact(" ".join(str(value or "").split()))[:_LONGEST_WORDS].rstrip(".")
