"""Asks one Jellyfin server, in the one way of signing requests that every version from 10.9 on takes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import requests

from library.errors import (
    ProviderBusy,
    ProviderDenied,
    ProviderError,
    ProviderReplyError,
    ProviderUnavailable,
)
from library.redaction import register_secret
from providers.failures import CutReply, place_of
from providers.http import USER_AGENT, BadStatus, ProviderSession
from providers.ledger import NetworkLedger
from providers.servers.addresses import check_url

Params = Mapping[str, str | int | float | bool]
OLDEST = (10, 9)
PORT = 8096
SIGN_IN_AGAIN = "Sign in again: edit this source in the Configuration tab."
_SAFE = re.compile(r"[^A-Za-z0-9._ -]+")
_IMAGE = "image/*"
_ABOUT = "/System/Info/Public"


class BrokenPage(ProviderReplyError):
    """The answer was meant to be JSON, but is damaged: a smaller one may be whole."""


class NotJellyfin(ProviderReplyError):
    """Something answered, and it was no Jellyfin server that can be used."""


DAMAGED = (BrokenPage, BadStatus, CutReply)
"""What may be wrong with one part of an answer only."""


@dataclass(frozen=True, slots=True)
class About:
    """What a server says about itself to anybody."""

    machine_id: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a token belongs to, and what the server lets this user do.

    :param id: the server's own, 32 hexadecimal digits.
    """

    id: str
    name: str
    collections: bool = False

    @classmethod
    def of(cls, user: Mapping[str, Any]) -> Account:
        """From a user as the server describes one."""
        policy = user.get("Policy")
        rights = policy if isinstance(policy, Mapping) else {}
        may = bool(rights.get("IsAdministrator") or rights.get("EnableCollectionManagement"))
        return cls(plain_id(str(user.get("Id") or "")), str(user.get("Name") or ""), may)


def plain_id(text: str) -> str:
    """An id as the server's lists write it: without dashes, in lower case."""
    return text.replace("-", "").strip().lower()


class JellyfinClient:
    """Asks one Jellyfin server for JSON and pictures; translates what goes wrong, once. Used by one thread at a time.

    :param provider: the name of the source as the user knows it.
    :param account: id of the user that the token must belong to; empty to take whoever it is.
    :param device_id: this installation's own stable name, told to the server.
    """

    def __init__(
        self, provider: str, url: str, token: str, account: str, device_id: str, session: ProviderSession
    ) -> None:
        self.provider = provider
        self.address = check_url(url, "jellyfin")
        self._token = token.strip()
        self._wanted = plain_id(account)
        self._device_id = _SAFE.sub("", device_id) or "homereel"
        self._session = session
        self._about: About | None = None
        self._account: Account | None = None
        self._moved = ""
        register_secret(self._token)
        session.explain = self._explain
        session.headers["Accept"] = "application/json"

    def __repr__(self) -> str:
        """Where it leads; never the token."""
        return f"JellyfinClient({self.place})"

    @property
    def url(self) -> str:
        """The address in order, without a slash at its end; by https where the server sends everybody there."""
        return self._moved or self.address.url

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

    # Who is there, and as whom we came

    def about(self) -> About:
        """What the server says about itself to anybody, asked once; the token is not sent.

        :raises NotJellyfin: when something else answers, or a version that is too old.
        """
        if self._about is None:
            if self.address.problem:
                raise ProviderUnavailable(self.provider, self.address.problem, self.address.hint)
            try:
                response = self._ask("GET", _ABOUT, anonymous=True)
                said = self._read(response)
            except (BadStatus, BrokenPage):
                raise self._not_jellyfin() from None
            self._about = self._checked(said if isinstance(said, dict) else {})
            there = str(response.url)
            if there.startswith("https://") and there.endswith(_ABOUT):
                self._moved = there.removesuffix(_ABOUT)  # what is sent is not sent on, so it has to go there at once
        return self._about

    def account(self) -> Account:
        """The user that the token belongs to, asked once: everything that is read is this user's.

        :raises ProviderDenied: when it is an API key, which has no user, or another user's token.
        """
        if self._account is None:
            self.about()
            self._account = self._signed_in(self._me())
        return self._account

    def _me(self) -> dict[str, Any]:
        if not self._token:
            raise ProviderDenied(self.provider, "Nobody is signed in to this server.", SIGN_IN_AGAIN)
        if not (self._token.isascii() and self._token.isalnum()):
            raise ProviderDenied(self.provider, "The sign-in that was kept holds letters that none has.", SIGN_IN_AGAIN)
        try:
            said = self._json("GET", "/Users/Me")
        except BadStatus as error:
            if error.status != 400:
                raise
            raise ProviderDenied(
                self.provider,
                "This is an API key. It belongs to no user, so the server says nothing of what was watched or rated.",
                "Sign in with the name and password of a user, or with Quick Connect.",
            ) from None
        return said if isinstance(said, dict) else {}

    def _signed_in(self, user: Mapping[str, Any]) -> Account:
        account = Account.of(user)
        if not account.id:
            raise self.broken()
        if self._wanted and account.id != self._wanted:
            raise ProviderDenied(
                self.provider,
                f"The sign-in that was kept is that of {account.name or 'another user'}, not of the one this source is for.",
                SIGN_IN_AGAIN,
            )
        return account

    def _checked(self, said: Mapping[str, Any]) -> About:
        """What the server says about itself, when it is a Jellyfin server that is new enough."""
        version, product = str(said.get("Version") or ""), str(said.get("ProductName") or "")
        about = About(str(said.get("Id") or ""), str(said.get("ServerName") or ""), version)
        numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
        if not about.machine_id or not numbers:
            raise self._not_jellyfin()
        if "jellyfin" not in product.lower() and numbers < (10,):
            raise NotJellyfin(
                self.provider,
                f"At {self.place} there is an Emby server ({version}), not a Jellyfin server.",
                "Homereel reads Plex, Jellyfin 10.9 and newer, and Subsonic servers such as Navidrome.",
            )
        if product and "jellyfin" not in product.lower():
            raise self._not_jellyfin()
        if numbers < OLDEST:
            raise NotJellyfin(
                self.provider,
                f"The Jellyfin server at {self.place} is version {version}; Homereel needs 10.9 or newer.",
                "Update the server, then try again.",
            )
        if said.get("StartupWizardCompleted") is False:
            raise ProviderUnavailable(
                self.provider,
                "The Jellyfin server is starting, or it was never set up.",
                "Open its page in a browser and look what it says there.",
            )
        return about

    # Asking

    def get(self, path: str, params: Params | None = None, *, anonymous: bool = False) -> Any:
        """The JSON that answers a path."""
        return self._json("GET", path, params, anonymous=anonymous)

    def page(self, path: str, params: Params) -> tuple[list[Any], int | None]:
        """The lines of a list, and how long the whole list is when the server says.

        :raises BrokenPage: when the answer is no list.
        """
        said = self.get(path, params)
        lines = said.get("Items") if isinstance(said, dict) else None
        if not isinstance(lines, list):
            raise self.broken()
        total = said.get("TotalRecordCount")
        known = isinstance(total, int) and not isinstance(total, bool) and total > 0
        return lines, total if known else None

    def post(self, path: str, params: Params | None = None, body: Any = None) -> Any:
        """Send something; what the server answers, ``None`` for nothing. Never sent twice."""
        return self._json("POST", path, params, body)

    def delete(self, path: str, params: Params | None = None) -> Any:
        """Take something away; what the server answers, ``None`` for nothing. Never sent twice."""
        return self._json("DELETE", path, params)

    def sign_in(self, path: str, body: Any = None) -> Any:
        """Send something before there is a token; the server wants to know who is calling nevertheless."""
        return self._json("POST", path, body=body, anonymous=True)

    def content(self, path: str, piece: str) -> requests.Response:
        """A piece of a file, such as "bytes=0-99", as it is sent."""
        self.account()
        headers = {"Accept": "*/*", "Authorization": self._authorization(self._token), "Range": piece}
        return self._session.get(self.url + path, headers=headers)

    def way(self, path: str) -> tuple[str, dict[str, str], NetworkLedger | None, str]:
        """What a conversation of another kind needs: address, headers with the token, the ledger, the trusted fingerprint."""
        self.account()
        headers = {"Authorization": self._authorization(self._token), "User-Agent": USER_AGENT}
        return self.url + path, headers, self._session.ledger, self._session.fingerprint

    def log_out(self, token: str) -> None:
        """Let a token hold no longer."""
        self.about()
        headers = {"Authorization": self._authorization(token)}
        self._session.request("POST", f"{self.url}/Sessions/Logout", headers=headers)

    def image(self, path: str, params: Params) -> bytes:
        """The bytes of a picture; pictures are for everybody, so nothing is sent that says who asks."""
        headers = {"Accept": _IMAGE, "Authorization": None}
        return self._session.get(self.url + path, params=_text(params), headers=headers).content

    def _json(
        self, method: str, path: str, params: Params | None = None, body: Any = None, *, anonymous: bool = False
    ) -> Any:
        """What the server answers; ``None`` for nothing, which is no answer to a question."""
        response = self._ask(method, path, params, body, anonymous=anonymous)
        return self._read(response) if response.content or method == "GET" else None

    def _ask(
        self, method: str, path: str, params: Params | None = None, body: Any = None, *, anonymous: bool = False
    ) -> requests.Response:
        """One exchange; the sign-in goes in the one header that is there to stay, never in the address."""
        headers = {"Authorization": self._authorization("" if anonymous else self._token)}
        return self._session.request(method, self.url + path, params=_text(params or {}), json=body, headers=headers)

    def _read(self, response: requests.Response) -> Any:
        """The JSON of an answer."""
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError):
            begins_well = response.content.lstrip()[:1] in (b"{", b"[", b"")
            raise (self.broken() if begins_well else self._not_jellyfin()) from None

    def _authorization(self, token: str) -> str:
        product, _, version = USER_AGENT.partition("/")
        parts = {"Client": product, "Device": product, "DeviceId": self._device_id, "Version": version}
        if token:
            parts["Token"] = token
        return "MediaBrowser " + ", ".join(f'{name}="{value}"' for name, value in parts.items())

    # What goes wrong

    def broken(self) -> BrokenPage:
        """The error for an answer that cannot be read."""
        return BrokenPage(self.provider, f"{self.place} sent a damaged answer.", "Try again in a moment.")

    def _not_jellyfin(self) -> NotJellyfin:
        hint = f"Check the port: Jellyfin uses {PORT} unless it was changed."
        if self.address.suggestion:
            hint = f"Did you mean {self.address.suggestion}?"
        return NotJellyfin(self.provider, f"Something answers at {self.place}, but it is not a Jellyfin server.", hint)

    def _explain(self, response: requests.Response) -> ProviderError | None:
        """Jellyfin's own meaning of an answer: statuses, and pages that are not Jellyfin's."""
        status, kind = response.status_code, response.headers.get("Content-Type", "").lower()
        if status == 401:
            return ProviderDenied(self.provider, "The server does not accept this sign-in any more.", SIGN_IN_AGAIN)
        if status == 403:
            return ProviderDenied(
                self.provider,
                "The server does not let this user do that.",
                "Ask whoever looks after the server to allow it.",
            )
        if status == 503:
            seconds = response.headers.get("Retry-After", "")
            return ProviderBusy(
                self.provider,
                "The Jellyfin server is still starting, or is being looked after.",
                "Try again in a minute.",
                float(seconds) if seconds.isdigit() else None,
            )
        asked_for_json = response.request.headers.get("Accept") == "application/json"
        if response.ok and asked_for_json and response.content and "html" in kind:
            return self._not_jellyfin()
        return None


def _text(params: Params) -> dict[str, str]:
    """Values as they stand in an address."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}


def comma(values: Sequence[str]) -> str:
    """Values as Jellyfin takes several of them."""
    return ",".join(values)
