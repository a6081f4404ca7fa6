"""What may be written to a Jellyfin server as one of its users: ratings, favourites, what was watched, and lists.

Each write reads back what came of it: a server that did nothing answers like one that did, and one that answers with an error
may have done it all the same.

A like is no mark of its own on today's servers. It is worked out of the rating, from 6.5 up, and writing a like writes a
rating of 10 or 1 over the number; so the number alone is written, and the like follows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from library.errors import ProviderDenied, ProviderError, ProviderOffline, ProviderReplyError
from library.progress import Job, Progress
from library.writing import ServerList, State, WriteKind, Written
from providers.servers.jellyfin_client import JellyfinClient
from providers.servers.jellyfin_collecting import JellyfinLists
from providers.servers.jellyfin_items import Line, key_of, moment, user_of
from providers.servers.jellyfin_lists import EPISODE_PAGE

_LISTS = (WriteKind.COLLECTION, WriteKind.PLAYLIST)
_NEVER: dict[str, Any] = {"watched": False, "count": 0, "offset": 0, "last": None}


class JellyfinWriting:
    """Fits ``library.writing.WritableServer``.

    The states hold, besides what everybody's hold: of a rating ``likes``; of a title that was watched ``count``, ``offset`` in
    the server's ticks and ``last``, the moment as the server writes it; of a show, the same of every ``episodes`` that was
    ever touched; of a playlist ``public`` and ``shares``, where the server tells.
    """

    def __init__(self, client: JellyfinClient) -> None:
        self._client = client
        self._lists = JellyfinLists(client)

    def can_write(self) -> frozenset[WriteKind]:
        """Marks and playlists of one's own; collections, which everybody sees, with the right to look after them."""
        kinds = {WriteKind.RATING, WriteKind.LIKED, WriteKind.WATCHED, WriteKind.PLAYLIST}
        return frozenset(kinds | {WriteKind.COLLECTION} if self._client.account().collections else kinds)

    def state(self, kind: WriteKind, target: str, library_key: str = "") -> State | None:
        """What the server has at a target now; ``None`` when there is no such entry or list."""
        if kind in _LISTS:
            return self._lists.state(kind, target)
        line = self._line(target)
        if line is None or kind is WriteKind.WATCHLIST:
            return None
        user = user_of(line) or {}
        if kind is WriteKind.RATING:
            return {"rating": user.get("Rating"), "likes": user.get("Likes")}
        if kind is WriteKind.LIKED:
            return {"liked": user.get("IsFavorite") is True}
        if line.get("Type") == "Series":
            return self._show_state(target)
        return _watched(user)

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str = ""
    ) -> Job[Written]:
        """Bring a target from one state to another and read back what came of it."""
        if kind in _LISTS:
            return self._lists.write(kind, target, before, after)
        return self._mark(kind, target, after or {})

    def lists(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        """The user's playlists, or the collections of the server: those belong to no library."""
        return self._lists.known(kind) if kind in _LISTS else ()

    # Marks of the user at an entry

    def _mark(self, kind: WriteKind, target: str, after: State) -> Job[Written]:
        if kind is WriteKind.WATCHLIST:
            raise ProviderReplyError(self._client.provider, "Jellyfin keeps no watchlist.", "Use a playlist instead.")
        yield Progress("Writing")
        failure: ProviderError | None = None
        try:
            for step in self._steps(kind, target, after):
                step()
                yield Progress("Writing")
        except (ProviderDenied, ProviderOffline):
            raise
        except ProviderError as error:
            failure = error  # it may have been done nevertheless
        now = self._read_back(kind, target, failure)
        if now is not None and _agrees(after, now):
            return Written(target, now)
        raise failure or self._did_something_else(target, now)

    def _read_back(self, kind: WriteKind, target: str, failure: ProviderError | None) -> State | None:
        """What is there after a write; when the write failed, and looking fails too, the first failure is the one to tell."""
        try:
            return self.state(kind, target)
        except ProviderError as error:
            raise failure or error from None

    def _did_something_else(self, target: str, now: State | None) -> ProviderReplyError:
        if now is None:
            return ProviderReplyError(self._client.provider, f"The entry {target} is no longer on the server.")
        return ProviderReplyError(
            self._client.provider,
            "The server took the change and has something else there now.",
            "Look at the title in Jellyfin; its own log may say more.",
        )

    def _steps(self, kind: WriteKind, target: str, after: State) -> Iterator[Callable[[], Any]]:
        """The requests that bring an entry there, each made when it is called."""
        if kind is WriteKind.RATING:
            yield lambda: self._rate(target, after)
        elif kind is WriteKind.LIKED:
            ask = self._client.post if after.get("liked") else self._client.delete
            yield lambda: ask(f"/UserFavoriteItems/{target}", self._user())
        elif "episodes" in after:
            yield from self._restore_show(target, after["episodes"])
        elif "count" in after:
            yield lambda: self._restore(target, {**_NEVER, **after})
        else:
            ask = self._client.post if after.get("watched") else self._client.delete
            yield lambda: ask(f"/UserPlayedItems/{target}", self._user())

    def _rate(self, target: str, wanted: State) -> None:
        rating, likes = wanted.get("rating"), wanted.get("likes")
        if rating is not None:
            self._client.post(f"/UserItems/{target}/UserData", self._user(), {"Rating": rating})
        elif likes is not None:
            self._client.post(f"/UserItems/{target}/Rating", {**self._user(), "likes": bool(likes)})
        else:
            self._client.delete(f"/UserItems/{target}/Rating", self._user())

    def _restore(self, target: str, wanted: State) -> None:
        """Put back what was watched. A moment can only be cleared by calling the title unwatched, which clears the rest too."""
        if wanted["last"] is None:
            self._client.delete(f"/UserPlayedItems/{target}", self._user())
            if _agrees(_NEVER, wanted):
                return
        marks = {"Played": wanted["watched"], "PlayCount": wanted["count"], "PlaybackPositionTicks": wanted["offset"]}
        if wanted["last"] is not None:
            marks["LastPlayedDate"] = wanted["last"]
        self._client.post(f"/UserItems/{target}/UserData", self._user(), marks)

    def _restore_show(self, show: str, wanted: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
        """Put back those episodes that are not as they were."""
        state = self._show_state(show)
        now: Mapping[str, Any] = state["episodes"]
        for key in dict.fromkeys([*now, *wanted]):
            there, should = now.get(key, _NEVER), {**_NEVER, **wanted.get(key, {})}
            if not _agrees(should, there):
                yield lambda key=key, should=should: self._restore(key, should)  # type: ignore[misc]

    def _show_state(self, show: str) -> State:
        """What was watched of a show: episodes that were never touched are left out."""
        params = {
            **self._user(),
            "parentId": show,
            "recursive": True,
            "includeItemTypes": "Episode",
            "excludeLocationTypes": "Virtual",
            "sortBy": "ParentIndexNumber,IndexNumber",
            "enableImages": False,
        }
        found: dict[str, Any] = {}
        start, every = 0, True
        while True:
            lines, total = self._client.page("/Items", {**params, "startIndex": start, "limit": EPISODE_PAGE})
            for line in lines:
                marks = _watched(user_of(line) or {})
                every = every and marks["watched"]
                if marks != _NEVER:
                    found[key_of(line)] = marks
            start += len(lines)
            if not lines or start >= (total or 0):
                return {"watched": every and start > 0, "episodes": found}

    def _line(self, target: str) -> Line | None:
        """The entry with its marks; ``None`` when it is not there."""
        lines, _ = self._client.page("/Items", {**self._user(), "ids": target, "enableImages": False})
        return next((line for line in lines if key_of(line) == target), None)

    def _user(self) -> dict[str, str | bool]:
        return {"userId": self._client.account().id}


def _watched(user: Line) -> dict[str, Any]:
    return {
        "watched": user.get("Played") is True,
        "count": user.get("PlayCount") or 0,
        "offset": user.get("PlaybackPositionTicks") or 0,
        "last": user.get("LastPlayedDate"),
    }


def _agrees(wanted: State, now: State) -> bool:
    """Whether what is wanted is there; of a rating, the like follows from the number."""
    number = wanted.get("rating")
    for name, value in wanted.items():
        there = now.get(name)
        if name == "likes" and number is not None:
            continue
        if name == "rating" and number is None and wanted.get("likes") is not None:
            continue
        if name == "episodes":
            if not _same_episodes(value, there or {}):
                return False
        elif name == "last":
            if moment(value) != moment(there):
                return False
        elif isinstance(value, float) and isinstance(there, (int, float)):
            if not math.isclose(value, there, abs_tol=0.05):
                return False
        elif value != there:
            return False
    return True


def _same_episodes(wanted: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    keys = {*wanted, *now}
    return all(_agrees({**_NEVER, **wanted.get(key, {})}, now.get(key, _NEVER)) for key in keys)
