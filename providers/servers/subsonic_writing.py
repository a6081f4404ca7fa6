"""Writing to a Subsonic server: stars, ratings and playlists, each read back afterwards.

A playlist is never half written under its own name. A new one is made under a name that says so, counted, and then given its
name; one that is replaced gets the whole of the new content behind the old before the old is taken away. A write that was cut
off is found by that name and finished by the next one.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.progress import Job, Progress
from library.rating_scales import from_stars, to_stars
from library.write_states import UNFINISHED
from library.writing import ServerList, State, WriteKind, Written
from providers.servers.subsonic_client import Missing, Params, Refusal, Reply, SubsonicClient
from providers.servers.subsonic_items import song_key

CHUNK = 45
"""Most songs in one request: servers that read no forms get them in the address."""
_STEP = "Writing the playlist"
_UNREADABLE = (0, 10, 70)
logger = logging.getLogger(__name__)
Steps = Generator[Progress, None, None]


class SubsonicWriting:
    """What may be written to one server. Fits ``library.writing.WritableServer``."""

    kinds = frozenset({WriteKind.RATING, WriteKind.LIKED, WriteKind.PLAYLIST})

    def __init__(self, client: SubsonicClient) -> None:
        self._client = client

    def state(self, kind: WriteKind, target: str) -> State | None:
        """What the server has there now."""
        self._check(kind)
        if kind is WriteKind.PLAYLIST:
            return self._playlist(target)
        song = self._song(target)
        if song is None:
            return None
        if kind is WriteKind.LIKED:
            return {"liked": bool(song.get("starred"))}
        return {"rating": from_stars(_stars(song))}

    def write(self, kind: WriteKind, target: str, before: State | None, after: State | None) -> Job[Written]:
        """Bring a target from one state to another; see ``library.writing.WritableServer.write``."""
        self._check(kind)
        if kind is not WriteKind.PLAYLIST:
            yield Progress("Rating" if kind is WriteKind.RATING else "Starring", 0, 1)
            return self._mark(kind, target, after or {})
        if after is None:
            yield Progress("Deleting the playlist", 0, 1)
            return self._delete(target)
        if not target:
            return (yield from self._create(after))
        return (yield from self._replace(target, after))

    def lists(self, kind: WriteKind) -> tuple[ServerList, ...]:
        """The playlists that this account sees; there are no collections."""
        if kind is not WriteKind.PLAYLIST:
            return ()
        return tuple(
            ServerList(song_key(row), str(row.get("name", "")), _whole(row.get("songCount")), self._is_fixed(row))
            for row in self._playlists()
        )

    def _check(self, kind: WriteKind) -> None:
        if kind not in self.kinds:
            word = "no collections" if kind is WriteKind.COLLECTION else "nothing of that kind"
            raise ProviderDenied(self._client.provider, f"A Subsonic server keeps {word}.")

    # Ratings and stars

    def _song(self, key: str) -> Reply | None:
        try:
            song = self._client.ask("getSong", {"id": key}).get("song")
        except Refusal as error:
            if error.code not in _UNREADABLE:
                raise
            return None
        return song if isinstance(song, dict) else None

    def _mark(self, kind: WriteKind, target: str, after: State) -> Written:
        """Rate or star a song, and read back what came of it."""
        wanted: dict[str, Any]
        if kind is WriteKind.LIKED:
            wanted = {"liked": bool(after.get("liked"))}
            method, params = ("star" if wanted["liked"] else "unstar"), {"id": target}
        else:
            value = after.get("rating")
            stars = to_stars(float(value)) if value else 0
            wanted = {"rating": from_stars(stars)}
            method, params = "setRating", {"id": target, "rating": str(stars)}
        state = self._settled(method, params, lambda: self.state(kind, target), lambda state: state == wanted)
        return Written(target, state)

    def _settled(
        self, method: str, params: Params, read: Callable[[], State | None], done: Callable[[State | None], bool]
    ) -> State | None:
        """Send a change and read back; a failure after the effect is none, and a success without effect is one."""
        failure: ProviderError | None = None
        try:
            self._client.change(method, params)
        except ProviderDenied:
            raise
        except ProviderError as error:
            failure = error
        try:
            state = read()
        except ProviderError as error:
            raise failure or error from None
        if done(state):
            return state
        raise failure or ProviderReplyError(
            self._client.provider, "The server took the request, and then did something else."
        )

    # Playlists

    def _playlists(self) -> list[Reply]:
        found = self._client.ask("getPlaylists").get("playlists")
        rows = found.get("playlist") if isinstance(found, dict) else None
        return [row for row in rows if isinstance(row, dict) and song_key(row)] if isinstance(rows, list) else []

    def _is_fixed(self, row: Reply) -> bool:
        owner = str(row.get("owner") or "")
        others = bool(owner and self._client.user) and owner.casefold() != self._client.user.casefold()
        return others or bool(row.get("readonly"))

    def _playlist(self, key: str) -> dict[str, Any] | None:
        try:
            found = self._client.ask("getPlaylist", {"id": key}).get("playlist")
        except Missing:
            return None
        if not isinstance(found, dict):
            raise ProviderReplyError(self._client.provider, "The server says nothing about this playlist.")
        rows = found.get("entry")
        songs = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return {**_about(found), "items": [song_key(song) for song in songs]}

    def _items(self, key: str) -> list[str]:
        state = self._playlist(key)
        if state is None:
            raise Missing(self._client.provider, 70, "The playlist is no longer on the server.")
        items: list[str] = state["items"]
        return items

    def _delete(self, target: str) -> Written:
        self._settled("deletePlaylist", {"id": target}, lambda: self._playlist(target), lambda state: state is None)
        return Written(target, None)

    def _create(self, after: State) -> Job[Written]:
        """Make a list under a working name, count it, and give it its own."""
        title, items = str(after.get("title", "")).strip() or "Homereel", [str(key) for key in after.get("items", ())]
        key = yield from self._stage(title, items)
        try:
            state = self._described(key, {"items": items}, {**after, "title": title})
        except BaseException:
            self._drop(key)
            raise
        return Written(key, state)

    def _replace(self, target: str, after: State) -> Job[Written]:
        """Bring a list that is there to another content, and another name where that is asked for."""
        before = self._playlist(target)
        if before is None:
            raise Missing(self._client.provider, 70, "The playlist is no longer on the server.")
        old: list[str] = before["items"]
        new = [str(key) for key in after.get("items", old)]
        try:
            if new[: len(old)] != old:
                staging = yield from self._stage(str(before["title"]), new)
                try:
                    yield from self._swap(target, old, new)
                finally:
                    self._drop(staging)
            elif len(new) > len(old):
                yield from self._append(target, new, len(old))
            state = self._described(target, {**before, "items": new}, after)
        except BaseException:
            self._put_back(target, before)
            raise
        return Written(target, state)

    def _described(self, target: str, now: State, after: State) -> State:
        """Give a list its name, and what else is said of it; its entries were counted a moment ago."""
        names = (("title", "name"), ("summary", "comment"), ("public", "public"))
        params: dict[str, str] = {"playlistId": target}
        for word, name in names:
            if word in after and after[word] != now.get(word):
                params[name] = str(after[word]).lower() if word == "public" else str(after[word])
        if len(params) == 1:
            return now
        wanted = params.get("name", now.get("title"))
        row = self._settled(
            "updatePlaylist",
            params,
            lambda: next((row for row in self._playlists() if song_key(row) == target), None),
            lambda row: row is not None and row.get("name") == wanted,
        )
        return {**_about(row or {}), "items": now["items"]}

    def _stage(self, title: str, items: Sequence[str]) -> Job[str]:
        """A complete list under a working name; goes on from one that an earlier write left behind."""
        name = f"{title} ({UNFINISHED})"
        yield Progress(_STEP, 0, len(items))
        key, done = self._left_behind(name, items)
        if not key:
            key, done = self._begin(name, items[:CHUNK])
        try:
            yield from self._append(key, items, done)
        except BaseException as error:
            if not _is_cut_off(error):
                self._drop(key)
            raise
        return key

    def _left_behind(self, name: str, items: Sequence[str]) -> tuple[str, int]:
        """A list of this working name whose content can be gone on with; others of that name are ours too, and are deleted."""
        for row in self._playlists():
            if row.get("name") == name and not self._is_fixed(row):
                key = song_key(row)
                there = self._items(key)
                if list(items[: len(there)]) == there:
                    return key, len(there)
                self._drop(key)
        return "", 0

    def _begin(self, name: str, items: Sequence[str]) -> tuple[str, int]:
        """Create a list; by its name it is found when the server does not say what became of it."""
        failure: ProviderError | None = None
        try:
            reply = self._client.change("createPlaylist", {"name": name, "songId": list(items)})
            made = reply.get("playlist")
            if isinstance(made, dict) and song_key(made):
                return song_key(made), len(self._items(song_key(made)))
        except ProviderDenied:
            raise
        except ProviderError as error:
            failure = error
        try:
            key, count = self._left_behind(name, items)
        except ProviderError as error:
            raise failure or error from None
        if key:
            return key, count
        raise failure or ProviderReplyError(self._client.provider, "The server did not create the playlist.")

    def _append(self, key: str, items: Sequence[str], done: int) -> Steps:
        """Bring a list that holds the first ``done`` of these to hold them all, and count them."""
        for first in range(done, len(items), CHUNK):
            chunk = list(items[first : first + CHUNK])
            self._step({"playlistId": key, "songIdToAdd": chunk}, key, [*items[:first]], [*items[: first + len(chunk)]])
            yield Progress(_STEP, first + len(chunk), len(items))
        there = self._items(key)
        if there != list(items):
            raise self._miscounted(len(there), len(items))

    def _swap(self, key: str, old: Sequence[str], new: Sequence[str]) -> Steps:
        """Put the new content behind the old, and only then take the old away, from its end on."""
        both = [*old, *new]
        yield from self._append(key, both, len(old))
        for last in range(len(old), 0, -CHUNK):
            first = max(0, last - CHUNK)
            params: Params = {"playlistId": key, "songIndexToRemove": list(range(first, last))}
            self._step(params, key, [*old[:last], *new], [*old[:first], *new])
            yield Progress("Taking out what was there", len(old) - first, len(old))
        there = self._items(key)
        if there != list(new):
            raise self._miscounted(len(there), len(new))

    def _step(self, params: Params, key: str, before: list[str], after: list[str]) -> None:
        """One change of a list. A failure is looked into: it may have had its effect; if it had none, it is tried once more."""
        try:
            self._client.change("updatePlaylist", params)
        except ProviderDenied:
            raise
        except ProviderError as error:
            there = self._items(key)
            if there == after:
                return
            if there != before:
                raise
            logger.info("%s: one more try for a part of a playlist: %s", self._client.provider, error.message)
            self._client.change("updatePlaylist", params)

    def _miscounted(self, there: int, wanted: int) -> ProviderReplyError:
        return ProviderReplyError(
            self._client.provider,
            f"The server keeps {there:,} entries in the playlist where {wanted:,} were written.",
            "Some servers refuse a song twice, or songs that are gone; scan, and try again.",
        )

    def _put_back(self, target: str, before: dict[str, Any]) -> None:
        """Bring a list back to what it was, as far as the server lets us."""
        old: list[str] = before["items"]
        with self._trying():
            there = self._items(target)
            if there == old:
                pass
            elif there[: len(old)] == old:
                for last in range(len(there), len(old), -CHUNK):
                    first = max(len(old), last - CHUNK)
                    self._client.change(
                        "updatePlaylist", {"playlistId": target, "songIndexToRemove": list(range(first, last))}
                    )
            else:
                for _ in self._swap(target, there, old):
                    pass
            now = next((row for row in self._playlists() if song_key(row) == target), {})
            self._described(target, {**_about(now), "items": old}, before)

    def _drop(self, key: str) -> None:
        """Delete a list of ours that is not needed any more."""
        with self._trying():
            self._client.change("deletePlaylist", {"id": key})

    @contextlib.contextmanager
    def _trying(self) -> Iterator[None]:
        """Tidying up: what fails here is left for the next write, and is not what the person has to hear about."""
        try:
            with self._client.at_most(attempts=1, overall=10.0):
                yield
        except ProviderError as error:
            logger.info("%s: something was left to tidy up: %s", self._client.provider, error.message)


def _is_cut_off(error: BaseException) -> bool:
    """Whether the server is gone, so that nothing can be tidied up and the next write will go on from here."""
    return isinstance(error, ProviderError) and not isinstance(error, ProviderReplyError)


def _about(row: Reply) -> dict[str, Any]:
    """What is said of a playlist besides its entries."""
    return {
        "title": str(row.get("name", "")),
        "summary": str(row.get("comment") or ""),
        "public": bool(row.get("public")),
    }


def _stars(song: Reply) -> int:
    return _whole(song.get("userRating")) or 0


def _whole(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isdigit() else None
