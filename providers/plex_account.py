"""An account at plex.tv: signing in by a code in the browser, the servers of the account, the people of its home.

The account's token opens all of that, and is sent to Plex only; each server gets the token that the account has for it, and
only after it has shown that it is the server it is taken for.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests

from library.accounts import AccountServer, CodeShown, HomeUser, ServerAddress, SignedIn
from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError
from library.progress import Job, Progress
from library.redaction import register_secret
from providers.failures import CutReply, PassingFailure
from providers.http import USER_AGENT, BadStatus, Patience, ProviderSession
from providers.plex_home import home_users_in
from providers.plex_reach import first_that_answers

NAME = "Plex"
BRIEF = Patience(connect=5.0, read=10.0, overall=20.0, attempts=2)
TICK = 0.1
LONGEST_WAIT = 15 * 60.0
_MOST_SILENCES = 5
OWNER = "1"
"""What a Plex server calls its owner's account, whatever plex.tv calls it."""


@dataclass(frozen=True, slots=True)
class PlexSites:
    """Where the parts of Plex that are not a person's own server are."""

    account: str = "https://plex.tv"
    app: str = "https://app.plex.tv"
    discover: str = "https://discover.provider.plex.tv"
    metadata: str = "https://metadata.provider.plex.tv"


class PlexAccount:
    """Asks plex.tv about one account. Fits ``library.accounts.MediaAccount``; used by one thread at a time.

    :param session: the way out.
    :param client_id: this installation's own name, the same in every run: Plex lists it among the person's devices.
    :param token: the account's; empty before somebody signed in.
    """

    def __init__(
        self, session: ProviderSession, client_id: str, token: str = "", sites: PlexSites | None = None
    ) -> None:
        self.sites = sites or PlexSites()
        self._session = session
        self._client_id = client_id
        session.explain = explain
        session.is_site = True
        session.headers.update(plex_headers(client_id))
        self._use(token)

    def __repr__(self) -> str:
        """Which account; never its token."""
        return f"PlexAccount({'signed in' if self._signed_in else 'nobody'})"

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    # Signing in and out

    def sign_in(self, pause: float = 1.0) -> Job[SignedIn]:
        """Wait until the person has signed in on Plex's own page; the first step shows which.

        :param pause: seconds between two looks.
        :raises ProviderDenied: when the code ran out before that.
        """
        yield Progress("Asking Plex for a code")
        pin = self._reply(self._session.post(f"{self.sites.account}/api/v2/pins?strong=true"))
        number, code = str(pin.get("id") or ""), str(pin.get("code") or "")
        if not number or not code:
            raise _odd()
        wait = _seconds(pin.get("expiresIn"))
        yield CodeShown("Waiting for you to sign in", code=code, link=self._page(code), seconds=wait)
        token = yield from self._wait_for_token(number, time.monotonic() + wait, pause)
        self._use(token)
        return self.who()

    def who(self) -> SignedIn:
        """Whose account this is."""
        user = self._ask("/api/v2/user")
        if not user.get("id"):
            raise _odd()
        name = next((str(user[key]) for key in ("friendlyName", "title", "username") if user.get(key)), "")
        return SignedIn(self._token, str(user["id"]), name)

    def sign_out(self) -> None:
        """Let the account's token, and those that come from it, hold no longer."""
        with contextlib.suppress(ProviderDenied, BadStatus):  # it holds no longer already
            self._session.delete(f"{self.sites.account}/api/v2/users/signout")
        self._use("")

    def _wait_for_token(self, number: str, until: float, pause: float) -> Job[str]:
        """Look once in a while whether the code was used; a few looks may fail in between."""
        look, silences = time.monotonic(), 0
        while True:
            now = time.monotonic()
            if now >= until:
                raise _ran_out()
            if now >= look:
                try:
                    token, silences = self._token_of(number), 0
                except (PassingFailure, CutReply, ProviderBusy) as error:
                    token, silences = "", silences + 1
                    if silences > _MOST_SILENCES:
                        raise
                    pause = max(pause, getattr(error, "retry_after", None) or 0.0)
                if token:
                    return token
                look = time.monotonic() + pause
            yield Progress("Waiting for you to sign in")
            time.sleep(min(TICK, pause))

    def _token_of(self, number: str) -> str:
        """The token that a code was exchanged for; empty while it was not."""
        try:
            pin = self._reply(self._session.get(f"{self.sites.account}/api/v2/pins/{quote(number)}"))
        except BadStatus as error:
            if error.status in (404, 410):
                raise _ran_out() from None
            raise
        return str(pin.get("authToken") or "")

    def _page(self, code: str) -> str:
        """The page on which the person signs in."""
        product = USER_AGENT.partition("/")[0]
        named = {"clientID": self._client_id, "code": code, "context[device][product]": product}
        return f"{self.sites.app}/auth#?{urlencode(named)}"

    # What the account has

    def servers(self) -> tuple[AccountServer, ...]:
        """The media servers that this account may use: the own ones first, then by name."""
        asked = "includeHttps=1&includeRelay=1&includeIPv6=1"
        rows = parsed(self._session.get(f"{self.sites.account}/api/v2/resources?{asked}"))
        if not isinstance(rows, list):
            raise _odd()
        who = self.who().id
        found = [server for row in rows if isinstance(row, dict) and (server := _server(row, who)) is not None]
        for server in found:
            register_secret(server.token)
        return tuple(sorted(found, key=lambda server: (not server.owned, server.name.casefold())))

    def reach(self, server: AccountServer) -> Job[str]:
        """The first address at which a server really answers as itself; the token is not sent to any of them.

        :raises ProviderUnavailable: when none does.
        """
        return first_that_answers(server, self._session)

    def home_users(self) -> tuple[HomeUser, ...]:
        """The people of the home that the account belongs to; none when it belongs to none."""
        for path in ("/api/v2/home/users", "/api/home/users"):
            try:
                response = self._session.get(f"{self.sites.account}{path}")
            except BadStatus as error:
                if error.status in (404, 410):
                    continue
                raise
            return home_users_in(response.text)
        return ()

    def switch(self, user: HomeUser, pin: str = "") -> PlexAccount:
        """The account of another person of the home, on the same way out.

        :raises ProviderDenied: when the PIN is not theirs.
        """
        asked = f"?{urlencode({'pin': pin})}" if pin else ""
        try:
            there = f"{self.sites.account}/api/v2/home/users/{quote(user.uuid)}/switch{asked}"
            answer = self._reply(self._session.post(there))
        except (ProviderDenied, BadStatus) as error:
            if isinstance(error, BadStatus) and error.status not in (400, 401, 403, 422):
                raise
            if user.guarded:
                raise ProviderDenied(NAME, f"This is not the PIN of {user.name}.", "Type it again.") from None
            raise ProviderDenied(NAME, f"Plex does not let this account act for {user.name}.") from None
        token = str(answer.get("authToken") or answer.get("authenticationToken") or "")
        if not token:
            raise _odd()
        return PlexAccount(self._session, self._client_id, token, self.sites)

    # Asking

    @property
    def _signed_in(self) -> bool:
        return bool(self._token)

    def _use(self, token: str) -> None:
        self._token = token
        if token:
            register_secret(token)
            self._session.headers["X-Plex-Token"] = token
        else:
            self._session.headers.pop("X-Plex-Token", None)

    def _ask(self, path: str) -> Mapping[str, Any]:
        return self._reply(self._session.get(self.sites.account + path))

    def _reply(self, response: requests.Response) -> Mapping[str, Any]:
        answer = parsed(response)
        if not isinstance(answer, dict):
            raise _odd()
        return answer


def plex_headers(client_id: str) -> dict[str, str]:
    """How this installation introduces itself to Plex; without the name of the computer."""
    product, _, version = USER_AGENT.partition("/")
    return {
        "X-Plex-Product": product,
        "X-Plex-Version": version,
        "X-Plex-Device-Name": product,
        "X-Plex-Client-Identifier": client_id or product.lower(),
        "Accept": "application/json",
    }


def explain(response: requests.Response) -> ProviderError | None:
    """What Plex means by a status, where that is more than the status says."""
    if response.status_code == 401:
        return ProviderDenied(NAME, "Plex does not know this sign-in any more.", "Sign in with Plex again.")
    if response.status_code == 403:
        return ProviderDenied(NAME, "Plex does not let this account do that.")
    return None


def parsed(response: requests.Response) -> Any:
    """An answer as JSON; raises ``ProviderReplyError`` when it is none."""
    try:
        return response.json()
    except ValueError:
        raise _odd() from None


def _server(row: Mapping[str, Any], who: str) -> AccountServer | None:
    """A row of the account's devices as a server; ``None`` for what is none, or cannot be used."""
    provides = str(row.get("provides") or "").split(",")
    token, machine = str(row.get("accessToken") or ""), str(row.get("clientIdentifier") or "")
    if "server" not in provides or not token or not machine:
        return None
    owned = bool(row.get("owned"))
    listed = [one for one in row.get("connections") or () if isinstance(one, dict)]
    return AccountServer(
        name=str(row.get("name") or "Plex"),
        machine_id=machine,
        token=token,
        addresses=_addresses(listed, plain_is_fine=not row.get("httpsRequired")),
        owned=owned,
        owner=str(row.get("sourceTitle") or ""),
        near=bool(row.get("publicAddressMatches")),
        account_id=OWNER if owned else who,
    )


def _addresses(rows: Iterable[Mapping[str, Any]], plain_is_fine: bool) -> tuple[ServerAddress, ...]:
    """The ways to a server in the order in which they are tried: local, from outside, by relay; the secure ones first.

    Plain http only at home: there a router may refuse to find the secure name, which leads to an address of the house.
    """
    ways: list[tuple[tuple[bool, bool, bool], ServerAddress]] = []
    for row in rows:
        url, host = str(row.get("uri") or "").rstrip("/"), str(row.get("address") or "")
        local, relay = bool(row.get("local")), bool(row.get("relay"))
        urls = [url]
        if local and plain_is_fine and host and url.startswith("https://"):
            urls.append(f"http://{f'[{host}]' if ':' in host else host}:{row.get('port') or 32400}")
        for each in urls:
            secure = each.startswith("https://")
            if _is_address(each) and (secure or local):
                ways.append(((relay, not local, not secure), ServerAddress(each, host, local, relay)))
    ways.sort(key=lambda way: way[0])
    return tuple({way.url: way for _, way in ways}.values())


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _seconds(text: object) -> float:
    seconds = float(text) if isinstance(text, (int, float)) else LONGEST_WAIT
    return min(seconds, LONGEST_WAIT) if seconds > 0 else LONGEST_WAIT


def _odd() -> ProviderReplyError:
    return ProviderReplyError(NAME, "Plex answered with something we do not understand.", "Try again in a moment.")


def _ran_out() -> ProviderDenied:
    return ProviderDenied(NAME, "The code has run out before anybody signed in.", "Begin again to get a new one.")
