"""Writes to a Plex server what one account may write there: its ratings, what it watched, its lists.

Nothing is sent twice blindly: a request that fails may have been carried out all the same, so what is there is looked at
first. And an answer of 200 proves nothing: everything is read back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TypeVar
from xml.etree.ElementTree import Element

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.progress import Job, Progress
from library.writing import ServerList, State, WriteKind, Written
from providers.servers.long_lists import is_missing
from providers.servers.plex_client import PlexClient
from providers.servers.plex_list_reading import LIST_KINDS, attempt, ignored
from providers.servers.plex_lists import PlexLists
from providers.servers.plex_reading import PlexReader

_OF_EVERYBODY = frozenset({WriteKind.RATING, WriteKind.WATCHED, WriteKind.PLAYLIST})
_LIBRARY = {"identifier": "com.plexapp.plugins.library"}
MOST_PLAYS = 1000
"""How often something is marked as watched at most, to put an old count back."""
_PAGE = 1000

Found = TypeVar("Found")
Seen = tuple[int, int]
"""How often an entry was watched, and where it was left, in milliseconds."""
Step = tuple[str, dict[str, str]]


class PlexWriter:
    """Ratings and what was watched; playlists and collections are handed on to ``PlexLists``."""

    def __init__(self, client: PlexClient, reader: PlexReader) -> None:
        self._client = client
        self._reader = reader
        self._lists = PlexLists(client, reader)

    def kinds(self) -> frozenset[WriteKind]:
        """What this account may write; collections belong to the owner of the server."""
        return _OF_EVERYBODY | {WriteKind.COLLECTION} if self.owns() else _OF_EVERYBODY

    def owns(self) -> bool:
        """Whether the token is that of the server's owner: others may not look at the whole of the library."""
        try:
            self._client.send("GET", "/library", {})
        except ProviderDenied:
            return False
        return True

    def lists(self, kind: WriteKind, library_key: str) -> tuple[ServerList, ...]:
        """The playlists of this account, or the collections of a library."""
        self._refuse_others(kind)
        return self._lists.all(kind, library_key) if kind in LIST_KINDS else ()

    def state(self, kind: WriteKind, target: str) -> State | None:
        """What is at a target now."""
        self._refuse_others(kind)
        if kind in LIST_KINDS:
            return self._lists.state(kind, target)
        entry = self._entry(target)
        if kind is WriteKind.RATING:
            return _rating_of(entry)
        return self._watched_state(entry, target)

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str
    ) -> Job[Written]:
        """Bring a target from one state to another, and read back what came of it."""
        self._refuse_others(kind)
        if kind in LIST_KINDS:
            return (yield from self._lists.write(kind, target, before, after, library_key))
        if after is None:
            raise ProviderReplyError(self._client.provider, "There is no title without any state; nothing was written.")
        if kind is WriteKind.RATING:
            yield Progress("Rating")
            return Written(target, self._rate(target, before, after.get("rating")))
        return (yield from self._watch(target, after))

    def _refuse_others(self, kind: WriteKind) -> None:
        if kind not in _OF_EVERYBODY | {WriteKind.COLLECTION}:
            raise ProviderDenied(self._client.provider, "A Plex server does not keep that.")

    def _entry(self, key: str) -> Element:
        try:
            container = self._client.element(f"/library/metadata/{key}")
        except ProviderError as error:
            if is_missing(error):
                raise self._gone() from None
            raise
        found = next((element for element in container if element.get("ratingKey") == key), None)
        if found is None:
            raise self._gone()
        return found

    def _gone(self) -> ProviderReplyError:
        return ProviderReplyError(
            self._client.provider, "This title is no longer on the server.", "Scan the library, and try again."
        )

    # Ratings

    def _rate(self, key: str, before: State | None, rating: float | None) -> State:
        def send(value: float | None) -> None:
            number = "-1" if value is None else f"{value:g}"
            self._client.send("PUT", "/:/rate", {"key": key, **_LIBRARY, "rating": number})

        failure = attempt(lambda: send(rating))
        state = self._read_back(lambda: _rating_of(self._entry(key)), failure)
        if _same_rating(state["rating"], rating):
            return state
        former = None if before is None else before.get("rating")
        if before is not None and not _same_rating(state["rating"], former):
            attempt(lambda: send(former))
        raise failure or ignored(self._client.provider, "the rating")

    # What was watched

    def _watched_state(self, entry: Element, key: str) -> State:
        if entry.get("type") != "show":
            count, offset = _seen(entry)
            return {"watched": count > 0, "count": count, "offset": offset}
        episodes = self._episodes(key)
        watched = bool(episodes) and all(count for count, _ in episodes.values())
        return {"watched": watched, "episodes": {episode: list(seen) for episode, seen in episodes.items()}}

    def _episodes(self, show: str) -> dict[str, Seen]:
        pages = self._reader.pages(f"/library/metadata/{show}/allLeaves", {}, _PAGE)
        return {key: _seen(element) for page in pages for element in page if (key := element.get("ratingKey"))}

    def _watch(self, key: str, after: State) -> Job[Written]:
        """Mark as watched or not, or put back how often and how far each part was watched."""
        yield Progress("Marking")
        entry = self._entry(key)
        if entry.get("type") != "show":
            wanted = _wanted(after, _seen(entry))
            yield from self._bring(key, wanted)
        elif "episodes" in after:
            yield from self._bring_episodes(key, {k: (int(c), int(o)) for k, (c, o) in after["episodes"].items()})
        else:
            self._step(_scrobbling(key, bool(after.get("watched"))))
        state = self._watched_state(self._entry(key), key)
        if not _is_as_wanted(state, after):
            raise ignored(self._client.provider, "what was watched")
        return Written(key, state)

    def _bring_episodes(self, show: str, wanted: dict[str, Seen]) -> Job[None]:
        """Put back what was watched of each episode; all at once where that takes fewer requests."""
        now = self._episodes(show)
        different = [key for key, seen in wanted.items() if key in now and now[key] != seen]
        begun = sum(seen != (0, 0) for seen in wanted.values())
        if different and 1 + begun < len(different):
            self._step(_scrobbling(show, watched=False))
            different = [key for key, seen in wanted.items() if key in now and seen != (0, 0)]
        for number, key in enumerate(different):
            yield Progress("Marking episodes", number, len(different))
            yield from self._bring(key, wanted[key])

    def _bring(self, key: str, wanted: Seen) -> Job[None]:
        """Take the steps from what was watched of an entry to what is wanted; a step that fails is looked into first."""
        for step in _steps(key, _seen(self._entry(key)), wanted):
            before = _seen(self._entry(key)) if step[0] == "/:/scrobble" and wanted[0] > 1 else None
            failure = attempt(lambda step=step: self._step(step))  # type: ignore[misc]
            if failure is not None:
                now = self._read_back(lambda: _seen(self._entry(key)), failure)
                if not _was_done(step, before, now, wanted):
                    raise failure
            yield Progress("Marking")

    def _step(self, step: Step) -> None:
        path, params = step
        self._client.send("GET", path, params)

    def _read_back(self, read: Callable[[], Found], failure: ProviderError | None) -> Found:
        """What is there now; when that cannot be read, the failure that came before it is the one to tell."""
        try:
            return read()
        except ProviderError:
            if failure is not None:
                raise failure from None
            raise


def _rating_of(entry: Element) -> dict[str, float | None]:
    text = entry.get("userRating", "")
    try:
        rating: float | None = float(text)
    except ValueError:
        rating = None
    return {"rating": rating}


def _same_rating(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, abs_tol=0.05)


def _seen(entry: Element) -> Seen:
    count, offset = (text if (text := entry.get(name, "")).isdigit() else "0" for name in ("viewCount", "viewOffset"))
    return int(count), int(offset)


def _wanted(after: State, now: Seen) -> Seen:
    """How often and how far an entry shall have been watched; what is not said stays as it is, as far as it can."""
    count, offset = now
    watched = bool(after.get("watched", count > 0))
    if "count" in after:
        count = int(after["count"])
    elif watched != (count > 0):
        count, offset = int(watched), 0
    return count, int(after.get("offset", offset))


def _is_as_wanted(state: State, after: State) -> bool:
    """Whether all that was asked for is so; episodes that are gone from the server are not missed."""
    if "episodes" in after:
        there = state.get("episodes", {})
        return all(list(there.get(key, seen)) == list(seen) for key, seen in after["episodes"].items())
    return all(state.get(name) == value for name, value in after.items())


def _scrobbling(key: str, watched: bool) -> Step:
    return ("/:/scrobble" if watched else "/:/unscrobble"), {"key": key, **_LIBRARY}


def _steps(key: str, now: Seen, wanted: Seen) -> Iterator[Step]:
    """The requests that lead from one to the other: a count only rises by one at a time, or falls to nothing."""
    count, offset = now
    if count > wanted[0] or (offset and not wanted[1] and count >= wanted[0]):
        yield _scrobbling(key, watched=False)
        count, offset = 0, 0
    for _ in range(min(wanted[0], MOST_PLAYS) - count):
        yield _scrobbling(key, watched=True)
        offset = 0
    if offset != wanted[1]:
        yield "/:/progress", {"key": key, **_LIBRARY, "time": str(wanted[1]), "state": "stopped"}


def _was_done(step: Step, before: Seen | None, now: Seen, wanted: Seen) -> bool:
    """Whether a step that failed was carried out all the same."""
    if step[0] == "/:/scrobble":
        return now[0] == (1 if before is None else before[0] + 1)
    return now[0] == 0 if step[0] == "/:/unscrobble" else now[1] == wanted[1]
