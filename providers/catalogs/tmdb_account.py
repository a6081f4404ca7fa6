"""A person's account at TMDB, read once: they agree in the browser, their lists are read, and the way in is closed behind us.

TMDB's own page asks for the password, which we never see. The session that comes of it opens the account for writing too, so it
is kept in memory only, and ended as soon as the lists are read, whatever happens meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from library.accounts import CodeShown
from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderReplyError
from library.items import MediaKind
from library.past.tmdb import AccountList, AccountPast, ListedTitle, ListKind
from library.progress import Job, Progress
from library.redaction import register_secret
from providers.async_http import AsyncProviderSession, Reply
from providers.catalogs.asking import EventLoop
from providers.catalogs.rate import Pace
from providers.catalogs.tmdb import NAME, REQUESTS_A_SECOND, URL, credentials
from providers.catalogs.tmdb_details import year_of
from providers.failures import CutReply, PassingFailure
from providers.http import BadStatus, Patience
from providers.ledger import NetworkLedger

SITE = "https://www.themoviedb.org"
PURPOSE = "Bringing your past along"
BRIEF = Patience(connect=5.0, read=10.0, overall=20.0, attempts=3)
LONGEST_WAIT = 15 * 60.0
PAUSE, TICK = 1.0, 0.1
GOODBYE = 4.0
"""Seconds for ending the session; a window that is being closed waits no longer."""
LAST_PAGE, PER_PAGE = 500, 20
MOST_SILENCES = 5
WAITING, READING = "Waiting for you to agree at TMDB", "Reading your lists at TMDB"
NOT_ENDED = (
    "TMDB did not answer when the sign-in was ended. It is kept nowhere here; you can end it in the settings of your"
    " account there."
)
_NOT_APPROVED_YET, _TOKEN_IS_OVER, _KEY_IS_WRONG = 17, 33, (7, 10)
_LISTS = (
    (ListKind.RATED, MediaKind.MOVIE, "Rated films"),
    (ListKind.RATED, MediaKind.SHOW, "Rated shows"),
    (ListKind.FAVOURITE, MediaKind.MOVIE, "Favourite films"),
    (ListKind.FAVOURITE, MediaKind.SHOW, "Favourite shows"),
    (ListKind.WATCHLIST, MediaKind.MOVIE, "Films on the watchlist"),
    (ListKind.WATCHLIST, MediaKind.SHOW, "Shows on the watchlist"),
)
_KINDS = {MediaKind.MOVIE: "movies", MediaKind.SHOW: "tv"}
_WORDS = {ListKind.RATED: "rated", ListKind.FAVOURITE: "favorite", ListKind.WATCHLIST: "watchlist"}
log = logging.getLogger(__name__)

Said = Mapping[str, Any]


class _NotYet(ProviderDenied):
    """Nobody has agreed so far."""


class TmdbAccount:
    """Fits ``library.past.tmdb.PastAccount``.

    :param key: as of ``TmdbCatalog``: it says which program asks, not for whom.
    :param language: ISO 639-1 code of the titles.
    :param limit: how many requests a second TMDB allows.
    :param site: where the page is on which a person agrees.
    """

    def __init__(
        self,
        key: str,
        language: str = "en",
        *,
        ledger: NetworkLedger | None = None,
        patience: Patience = BRIEF,
        limit: float = REQUESTS_A_SECOND,
        url: str = URL,
        site: str = SITE,
    ) -> None:
        register_secret(key)
        self._url, self._site = f"{url.rstrip('/')}/3", site
        self._language = language
        self._headers, self._key = credentials(key)
        self._session = AsyncProviderSession(NAME, Pace(limit), ledger, patience, PURPOSE, explain)
        self._loop = EventLoop()

    def __repr__(self) -> str:
        """What it is; never its key."""
        return "TmdbAccount()"

    def close(self) -> None:
        """Give back connections; closing twice is fine."""
        if self._loop.running:
            self._loop.run(self._session.close())
            self._loop.close()

    def past(self, pause: float = PAUSE, wait: float = LONGEST_WAIT) -> Job[AccountPast]:
        """Wait until the person has agreed, and read their lists.

        :param pause: seconds between two looks whether they have; ``wait`` those after which it is given up.
        :raises ProviderDenied: when they refused, or did nothing.
        """
        asked = yield from self._get(Progress("Asking TMDB for a page to agree on"), "authentication/token/new", {})
        token = _text(asked, "request_token")
        until = time.monotonic() + wait
        yield CodeShown(WAITING, link=f"{self._site}/authenticate/{quote(token, safe='')}", seconds=wait)
        session_id = yield from self._wait_for_session(token, until, pause)
        register_secret(session_id)
        register_secret(token)
        ended = False
        try:
            owner, lists = yield from self._read(session_id)
        finally:
            ended = self._end(session_id)
        return AccountPast(owner, lists, "" if ended else NOT_ENDED)

    # Agreeing

    def _wait_for_session(self, token: str, until: float, pause: float) -> Job[str]:
        """Look once in a while whether the person has agreed; a few looks may fail in between."""
        look, silences = time.monotonic(), 0
        while True:
            now = time.monotonic()
            if now >= until:
                raise ProviderDenied(NAME, "Nobody agreed at TMDB in time.", "Begin again to be asked once more.")
            if now >= look:
                try:
                    return (yield from self._session_for(token))
                except _NotYet:
                    silences = 0
                except (PassingFailure, CutReply, ProviderBusy) as error:
                    silences += 1
                    if silences > MOST_SILENCES:
                        raise
                    pause = max(pause, getattr(error, "retry_after", None) or 0.0)
                look = time.monotonic() + pause
            yield Progress(WAITING)
            time.sleep(min(TICK, pause))

    def _session_for(self, token: str) -> Job[str]:
        """The session that an agreement is good for; raises :class:`_NotYet` while there is none."""
        work = self._session.post(
            f"{self._url}/authentication/session/new", {"request_token": token}, self._key, self._headers
        )
        try:
            reply = yield from self._loop.steps(work, Progress(WAITING))
        except BadStatus as error:
            if error.status in (400, 404, 410, 422):
                raise _refused() from None
            raise
        return _text(reply.json(), "session_id")

    def _end(self, session_id: str) -> bool:
        """Let the session hold no longer; says whether TMDB did that."""

        async def ended() -> None:
            async with asyncio.timeout(GOODBYE):
                content = {"session_id": session_id}
                await self._session.delete(f"{self._url}/authentication/session", content, self._key, self._headers)

        try:
            self._loop.run(ended())
        except (ProviderError, TimeoutError) as error:
            log.info("The session at TMDB could not be ended: %s", error)
            return False
        return True

    # Reading

    def _read(self, session_id: str) -> Job[tuple[str, tuple[AccountList, ...]]]:
        """Whose account it is, and all its lists."""
        opened = {"session_id": session_id}
        account = yield from self._get(Progress(READING), "account", opened)
        number = account.get("id")
        if not isinstance(number, int):
            raise _odd()
        lists = []
        for what, kind, name in _LISTS:
            path = f"account/{number}/{_WORDS[what]}/{_KINDS[kind]}"
            lists.append((yield from self._list(AccountList(what=what, name=name, titles=()), kind, path, opened)))
        return str(account.get("username") or account.get("name") or ""), tuple(lists)

    def _list(self, empty: AccountList, kind: MediaKind, path: str, opened: Mapping[str, str]) -> Job[AccountList]:
        """One list, page by page; the oldest first, so that what is added meanwhile moves nothing."""
        titles: list[ListedTitle] = []
        page, pages, total = 0, 1, None
        while page < min(pages, LAST_PAGE):
            page += 1
            wanted = {**opened, "page": str(page), "language": self._language, "sort_by": "created_at.asc"}
            said = yield from self._get(Progress(READING, len(titles), total), path, wanted)
            lines, pages, total = (
                said.get("results"),
                _count(said, "total_pages"),
                _count(said, "total_results") or None,
            )
            if not isinstance(lines, list):
                raise _odd()
            titles += [_title(kind, line) for line in lines if isinstance(line, dict)]
        note = f"TMDB hands out no more than {LAST_PAGE * PER_PAGE:,} titles of a list." if pages > LAST_PAGE else ""
        return AccountList(what=empty.what, name=empty.name, titles=tuple(titles), note=note)

    def _get(self, step: Progress, path: str, wanted: Mapping[str, str]) -> Job[Said]:
        """An answer of TMDB's; cancelled on the way, nothing is waited for."""
        work = self._session.get(f"{self._url}/{path}", {**wanted, **self._key}, self._headers)
        reply = yield from self._loop.steps(work, step)
        return reply.json()


def explain(reply: Reply) -> ProviderError | None:
    """What TMDB means by a refusal: it is the number in it that says so."""
    if reply.status != 401:
        return None
    code = _code(reply.body)
    if code == _NOT_APPROVED_YET:
        return _NotYet(NAME, "Nobody has agreed at TMDB so far.", "Agree on TMDB's page in the browser.")
    if code == _TOKEN_IS_OVER:
        return _refused()
    if code in _KEY_IS_WRONG:
        hint = "Look at it again under Settings, API on themoviedb.org."
        return ProviderDenied(NAME, "TMDB does not take the key that is stored here.", hint)
    return ProviderDenied(NAME, "TMDB does not let us read this account.", "Begin again, and agree on its page.")


def _title(kind: MediaKind, line: Said) -> ListedTitle:
    film = kind is MediaKind.MOVIE
    rating, number = line.get("rating"), line.get("id")
    return ListedTitle(
        kind=kind,
        key=str(number) if isinstance(number, int) else "",
        title=str(line.get("title" if film else "name") or ""),
        original_title=str(line.get("original_title" if film else "original_name") or "") or None,
        year=year_of(str(line.get("release_date" if film else "first_air_date") or "")),
        rating=float(rating) if isinstance(rating, (int, float)) else None,
    )


def _text(said: Said, name: str) -> str:
    """A text that has to be there."""
    found = said.get(name)
    if not isinstance(found, str) or not found:
        raise _odd()
    return found


def _count(said: Said, name: str) -> int:
    found = said.get(name)
    return found if isinstance(found, int) else 0


def _code(body: bytes) -> int | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said.get("status_code") if isinstance(said, dict) else None


def _odd() -> ProviderReplyError:
    return ProviderReplyError(NAME, "TMDB answered with something we do not understand.", "Try again in a moment.")


def _refused() -> ProviderDenied:
    message = "TMDB says that the request was refused or has run out."
    return ProviderDenied(NAME, message, "Begin again to be asked once more.")
