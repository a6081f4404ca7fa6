"""The watchlist of a Plex account: what is on it, what could be put on it, and the two writes.

It lies with Plex itself, not on a server, and has moved house before: when it is not where it is looked for, that is said as
a sentence and nothing else suffers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import requests

from library.errors import ProviderReplyError, ProviderUnavailable
from library.items import MediaKind
from library.progress import Job, Progress
from library.redaction import register_secret
from library.writing import Listed, ServerList, State, WriteKind, Written
from providers.http import BadStatus, ProviderSession
from providers.plex_account import NAME, PlexSites, explain, parsed, plex_headers

PAGE = 100
MOST_PAGES = 100
CANDIDATES = 10
_KINDS = {"movie": MediaKind.MOVIE, "show": MediaKind.SHOW}
_SEARCHED = {MediaKind.MOVIE: "movies", MediaKind.SHOW: "tv"}
_TARGET = re.compile(r"plex://(?:movie|show)/([A-Za-z0-9]+)")


class PlexWatchlist:
    """Fits ``library.writing.WritableServer``, for watchlists only, and ``KeepsWatchlist``. Used by one thread at a time.

    :param session: the way out.
    :param token: the account's; that of a server does not open the list.
    """

    def __init__(self, session: ProviderSession, client_id: str, token: str, sites: PlexSites | None = None) -> None:
        self._session = session
        self._sites = sites or PlexSites()
        session.explain = explain
        session.is_site = True
        session.headers.update(plex_headers(client_id))
        if token:
            register_secret(token)
            session.headers["X-Plex-Token"] = token

    def __repr__(self) -> str:
        """What it is; never the token."""
        return "PlexWatchlist()"

    def close(self) -> None:
        """Hang up; may be called again."""
        self._session.close()

    # KeepsWatchlist

    def watchlist(self) -> tuple[Listed, ...]:
        """What is on it, what was put there last first."""
        listed: dict[str, Listed] = {}
        start, total = 0, 1
        for _ in range(MOST_PAGES):
            if start >= total:
                break
            rows, total = self._page(start)
            if not rows:
                break
            start += len(rows)
            listed.update({one.target: one for row in rows if (one := _listed(row)) is not None})
        return tuple(listed.values())

    def candidates(self, kind: MediaKind, title: str, year: int | None) -> tuple[Listed, ...]:
        """Titles that could be meant: those with this very title and year first, then as Plex puts them."""
        if kind not in _SEARCHED or not title.strip():
            return ()
        asked = {
            "query": title.strip(),
            "limit": str(CANDIDATES),
            "searchTypes": _SEARCHED[kind],
            "searchProviders": "discover",
            "includeMetadata": "1",
        }
        with _house():
            answer = self._session.get(f"{self._sites.discover}/library/search?{urlencode(asked)}")
        groups = _container(answer).get("SearchResults") or ()
        results = [row for group in groups if isinstance(group, dict) for row in group.get("SearchResult") or ()]
        rows = [row.get("Metadata") for row in results if isinstance(row, dict)]
        found = {one.target: one for row in rows if isinstance(row, dict) and (one := _listed(row)) is not None}
        meant = _plain(title)
        return tuple(
            sorted(
                (one for one in found.values() if one.kind is kind),
                key=lambda one: (_plain(one.title) != meant, year is not None and one.year != year),
            )
        )

    # WritableServer

    def can_write(self) -> frozenset[WriteKind]:
        """The watchlist and nothing else."""
        return frozenset({WriteKind.WATCHLIST})

    def state(self, kind: WriteKind, target: str, library_key: str = "") -> State | None:
        """Whether a title is on the list: ``{"listed": bool}``."""
        number = _number(kind, target)
        try:
            answer = self._session.get(f"{self._sites.metadata}/library/metadata/{quote(number)}/userState")
        except BadStatus as error:
            if error.status != 404:
                raise
            return {"listed": any(_number_in(one.target) == number for one in self.watchlist())}
        state = _container(answer).get("UserState")
        if isinstance(state, list):
            state = state[0] if state else {}
        return {"listed": bool(isinstance(state, dict) and state.get("watchlistedAt"))}

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str = ""
    ) -> Job[Written]:
        """Put a title on the list, or take it off, and read back whether it is so."""
        number, wanted = _number(kind, target), bool((after or {}).get("listed"))
        yield Progress("Changing the watchlist")
        action = "addToWatchlist" if wanted else "removeFromWatchlist"
        try:
            with _house():
                self._session.put(f"{self._sites.discover}/actions/{action}?{urlencode({'ratingKey': number})}")
        except BadStatus:
            pass  # Plex refuses what is so already; what is read back now decides
        yield Progress("Reading the watchlist back")
        state = self.state(kind, target)
        if state is None or state["listed"] is not wanted:
            done = "put on" if wanted else "taken off"
            raise ProviderReplyError(NAME, f"Plex has not {done} the watchlist what it was asked to.", "Try again.")
        return Written(target, state)

    def lists(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        """There is one watchlist, and it is not one of these."""
        return ()

    def _page(self, start: int) -> tuple[list[Mapping[str, Any]], int]:
        """A piece of the list, and how long the whole is."""
        paging = {"X-Plex-Container-Start": str(start), "X-Plex-Container-Size": str(PAGE)}
        asked = urlencode(
            {"includeCollections": "1", "includeExternalMedia": "1", "sort": "watchlistedAt:desc", **paging}
        )
        with _house():
            answer = self._session.get(f"{self._sites.discover}/library/sections/watchlist/all?{asked}", headers=paging)
        container = _container(answer)
        rows: list[Mapping[str, Any]] = [row for row in container.get("Metadata") or () if isinstance(row, dict)]
        total = container.get("totalSize")
        return rows, int(total) if isinstance(total, int) else start + len(rows) + (len(rows) == PAGE)


@contextmanager
def _house() -> Iterator[None]:
    """Say so when the list is not where it was."""
    try:
        yield
    except BadStatus as error:
        if error.status not in (404, 410):
            raise
        raise ProviderUnavailable(
            NAME,
            "Plex's watchlist is not where it used to be.",
            "Plex has moved it before; everything else works without it. Look for a newer Homereel.",
        ) from None


def _number(kind: WriteKind, target: str) -> str:
    """Plex's own number of a title, out of its ``plex://`` name."""
    if kind is not WriteKind.WATCHLIST:
        raise ProviderReplyError(NAME, "A Plex account keeps a watchlist, and nothing else that can be written.")
    number = _number_in(target)
    if not number:
        raise ProviderReplyError(
            NAME,
            "This title has no name of Plex's own, so it cannot be put on the watchlist.",
            "Choose the title first.",
        )
    return number


def _number_in(target: str) -> str:
    found = _TARGET.fullmatch(target)
    return found.group(1) if found else ""


def _container(response: requests.Response) -> Mapping[str, Any]:
    answer = parsed(response)
    container = answer.get("MediaContainer") if isinstance(answer, dict) else None
    if not isinstance(container, dict):
        raise ProviderReplyError(NAME, "Plex answered with something we do not understand.", "Try again in a moment.")
    return container


def _listed(row: Mapping[str, Any]) -> Listed | None:
    """A film or a show of Plex's own catalogue; ``None`` for anything else."""
    target, kind = str(row.get("guid") or ""), _KINDS.get(str(row.get("type") or ""))
    title, year = str(row.get("title") or "").strip(), row.get("year")
    if kind is None or not title or not _number_in(target):
        return None
    year = int(year) if isinstance(year, int) or (isinstance(year, str) and year.isdigit()) else None
    return Listed(target, title, kind, year)


def _plain(title: str) -> str:
    """A title without what is written differently in different places: case, accents, punctuation."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
