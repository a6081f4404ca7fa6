"""Playlists and collections of a Jellyfin server: made, filled in pieces, changed and put back, and counted each time."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import Any

from library.errors import ProviderDenied, ProviderError, ProviderOffline, ProviderReplyError
from library.progress import Job, Progress
from library.write_states import UNFINISHED
from library.writing import ServerList, State, WriteKind, Written
from providers.http import BadStatus
from providers.servers.jellyfin_client import JellyfinClient, comma
from providers.servers.jellyfin_items import Line, key_of, text_of

CHUNK = 100
_PAGE = 1000
_TYPES = {WriteKind.PLAYLIST: "Playlist", WriteKind.COLLECTION: "BoxSet"}
_NOUNS = {WriteKind.PLAYLIST: "playlist", WriteKind.COLLECTION: "collection"}
Steps = Generator[Progress, None, None]


class JellyfinLists:
    """The playlists of one user, and the collections of the server, by way of one client."""

    def __init__(self, client: JellyfinClient) -> None:
        self._client = client

    def known(self, kind: WriteKind) -> tuple[ServerList, ...]:
        """The lists of a kind that the user sees; those of others are fixed."""
        return tuple(
            ServerList(
                key_of(line),
                text_of(line, "Name") or "",
                size if isinstance(size := line.get("ChildCount"), int) else None,
                line.get("CanDelete") is False,
            )
            for line in self._all(kind)
        )

    def state(self, kind: WriteKind, key: str) -> State | None:
        """Title and entries of a list; ``None`` when it is not there."""
        if not key:
            return None
        line = self._line(kind, key)
        if line is None:
            return None
        state: dict[str, Any] = {
            "title": text_of(line, "Name") or "",
            "items": [key_of(e) for e in self._entries(kind, key)],
        }
        return state | self._sharing(key) if kind is WriteKind.PLAYLIST else state

    def write(self, kind: WriteKind, key: str, before: State | None, after: State | None) -> Job[Written]:
        """Make, change or delete a list."""
        if after is None:
            return self._delete(kind, key)
        if before is None:
            return self._create(kind, after)
        return self._change(kind, key, before, {**before, **after})

    # Making and deleting

    def _create(self, kind: WriteKind, after: State) -> Job[Written]:
        wanted = _wanted(kind, after)
        title, key, done = str(after["title"]), "", False
        yield Progress(f"Making “{title}”", 0, len(wanted))
        try:
            key = self._make(kind, title, wanted[:CHUNK], after)
            yield Progress(f"Filling “{title}”", min(CHUNK, len(wanted)), len(wanted))
            yield from self._add(kind, key, wanted[:CHUNK], wanted[CHUNK:], title)
            written = self._verified(kind, key, title, wanted)
            done = True
            return written
        finally:
            if key and not done:  # also when it is cancelled: half a list is none
                with contextlib.suppress(ProviderError):
                    self._remove(kind, key)

    def _make(self, kind: WriteKind, title: str, first: Sequence[str], about: State) -> str:
        """Ask for a new list, once; when the answer is lost it is looked for, since asking again would make a second one."""
        there = {key_of(line) for line in self._called(kind, title)}
        try:
            if kind is WriteKind.PLAYLIST:
                body = {
                    "Name": title,
                    "Ids": list(first),
                    **self._user_in_body(),
                    "IsPublic": bool(about.get("public")),
                }
                said = self._client.post("/Playlists", None, {**body, "Users": list(about.get("shares") or ())})
            else:
                said = self._client.post("/Collections", {"name": title, "ids": comma(first)})
            key = key_of(said)
            if key:
                return key.replace("-", "").lower()
            failure: ProviderError = self._client.broken()
        except (ProviderDenied, ProviderOffline):
            raise
        except ProviderError as error:
            failure = error
        with contextlib.suppress(ProviderError):
            new = [key for line in self._called(kind, title) if (key := key_of(line)) not in there]
            if len(new) == 1:
                return new[0]
        raise failure

    def _delete(self, kind: WriteKind, key: str) -> Job[Written]:
        yield Progress(f"Deleting the {_NOUNS[kind]}")
        failure = self._try(kind, self._remove, kind, key)
        if self.state(kind, key) is not None:
            raise failure or self._other(kind)
        return Written(key, None)

    def _remove(self, kind: WriteKind, key: str) -> None:
        """Take a list away. The same request would delete a film with its files, so it is looked at first what it is."""
        if self._line(kind, key) is not None:
            self._client.delete(f"/Items/{key}")

    # Changing

    def _change(self, kind: WriteKind, key: str, before: State, after: State) -> Job[Written]:
        wanted, old, title = _wanted(kind, after), [str(entry) for entry in before["items"]], str(after["title"])
        done = False
        yield Progress(f"Changing “{title}”", 0, len(wanted))
        try:
            if kind is WriteKind.COLLECTION:
                self._same_title(before, after)
                yield from self._change_collection(key, old, wanted, title)
            else:
                yield from self._change_playlist(key, old, wanted, title)
                self._change_about(key, before, after)
            written = self._verified(kind, key, title, wanted)
            done = True
            return written
        finally:
            if not done:
                with contextlib.suppress(ProviderError):
                    self._put_back(kind, key, before, old)

    def _change_playlist(self, key: str, old: Sequence[str], wanted: Sequence[str], title: str) -> Steps:
        if list(wanted[: len(old)]) == list(old):
            yield from self._add(WriteKind.PLAYLIST, key, old, wanted[len(old) :], title)
        elif _only_taken_out(old, wanted):
            yield from self._take_out(key, set(old) - set(wanted), title)
        else:
            yield from self._replace(key, wanted, title)

    def _replace(self, key: str, wanted: Sequence[str], title: str) -> Steps:
        """Try the new content out in a list of its own, which shows that the server takes all of it; then change the list
        with a single request, so that it is never seen empty or half.
        """
        trial = f"{title} ({UNFINISHED})"
        for left in self._called(WriteKind.PLAYLIST, trial):  # of a time when the power went
            self._remove(WriteKind.PLAYLIST, key_of(left))
        made = yield from self._create(WriteKind.PLAYLIST, {"title": trial, "items": list(wanted)})
        try:
            yield Progress(f"Changing “{title}”", 0, len(wanted))
            failure = self._try(WriteKind.PLAYLIST, self._client.post, f"/Playlists/{key}", None, {"Ids": list(wanted)})
            if failure is not None and self._keys(WriteKind.PLAYLIST, key) != list(wanted):
                raise failure
            yield Progress(f"Changing “{title}”", len(wanted), len(wanted))
        finally:
            with contextlib.suppress(ProviderError):
                self._remove(WriteKind.PLAYLIST, made.target)

    def _change_collection(self, key: str, old: Sequence[str], wanted: Sequence[str], title: str) -> Steps:
        """First what is new, counted; then what goes: a collection has no order, and is never empty in between."""
        was, will = set(old), set(wanted)
        new = [entry for entry in wanted if entry not in was]
        yield from self._add(WriteKind.COLLECTION, key, old, new, title)
        gone = [entry for entry in old if entry not in will]
        if gone and not will <= set(self._keys(WriteKind.COLLECTION, key)):
            raise self._other(WriteKind.COLLECTION)
        for start in range(0, len(gone), CHUNK):
            part = gone[start : start + CHUNK]
            failure = self._try(
                WriteKind.COLLECTION, self._client.delete, f"/Collections/{key}/Items", {"ids": comma(part)}
            )
            if failure is not None and set(part) & set(self._keys(WriteKind.COLLECTION, key)):
                raise failure
            yield Progress(f"Changing “{title}”", start + len(part), len(gone))

    def _change_about(self, key: str, before: State, after: State) -> None:
        """Another title, or other people who see the playlist."""
        body: dict[str, Any] = {}
        for name, theirs in (("title", "Name"), ("public", "IsPublic"), ("shares", "Users")):
            if name in after and after[name] != before.get(name):
                body[theirs] = after[name]
        if body:
            failure = self._try(WriteKind.PLAYLIST, self._client.post, f"/Playlists/{key}", None, body)
            if failure is not None and not _has(self.state(WriteKind.PLAYLIST, key), after):
                raise failure

    def _add(self, kind: WriteKind, key: str, there: Sequence[str], new: Sequence[str], title: str) -> Steps:
        """Add entries at the end, a chunk to a request; after a lost answer it is looked whether the chunk came through."""
        path = f"/{'Playlists' if kind is WriteKind.PLAYLIST else 'Collections'}/{key}/Items"
        for start in range(0, len(new), CHUNK):
            part = new[start : start + CHUNK]
            params = {"ids": comma(part), **(self._user() if kind is WriteKind.PLAYLIST else {})}
            failure = self._try(kind, self._client.post, path, params)
            if failure is not None:
                expected = [*there, *new[: start + CHUNK]]
                if Counter(self._keys(kind, key)) != Counter(expected):
                    raise failure
            yield Progress(f"Filling “{title}”", len(there) + start + len(part), len(there) + len(new))

    def _take_out(self, key: str, gone: set[str], title: str) -> Steps:
        """Take entries out of a playlist, by the names that they have in it."""
        entries = [
            str(line.get("PlaylistItemId") or "")
            for line in self._entries(WriteKind.PLAYLIST, key)
            if key_of(line) in gone
        ]
        for start in range(0, len(entries), CHUNK):
            part = entries[start : start + CHUNK]
            failure = self._try(
                WriteKind.PLAYLIST, self._client.delete, f"/Playlists/{key}/Items", {"entryIds": comma(part)}
            )
            if failure is not None:
                left = {str(line.get("PlaylistItemId")) for line in self._entries(WriteKind.PLAYLIST, key)}
                if left & set(part):
                    raise failure
            yield Progress(f"Changing “{title}”", start + len(part), len(entries))

    def _put_back(self, kind: WriteKind, key: str, before: State, old: Sequence[str]) -> None:
        """Bring a list that could not be changed back to what it was."""
        now = self._keys(kind, key)
        if kind is WriteKind.PLAYLIST:
            if now != list(old):
                self._client.post(f"/Playlists/{key}", None, {"Ids": list(old)})
            self._change_about(key, self.state(kind, key) or {}, before)
            return
        is_there, was = set(now), set(old)
        back, away = [entry for entry in old if entry not in is_there], [entry for entry in now if entry not in was]
        for method, keys in ((self._client.post, back), (self._client.delete, away)):
            for start in range(0, len(keys), CHUNK):
                method(f"/Collections/{key}/Items", {"ids": comma(keys[start : start + CHUNK])})

    # Reading

    def _verified(self, kind: WriteKind, key: str, title: str, wanted: Sequence[str]) -> Written:
        """What is there now, when it is what was wanted."""
        now = self.state(kind, key)
        if now is None or now["title"] != title or not _same(kind, now["items"], wanted):
            raise self._other(kind)
        return Written(key, now)

    def _line(self, kind: WriteKind, key: str) -> Line | None:
        """The list itself; ``None`` when there is none of this kind under this key."""
        lines, _ = self._client.page("/Items", {**self._user(), "ids": key, "enableImages": False})
        return next((line for line in lines if key_of(line) == key and line.get("Type") == _TYPES[kind]), None)

    def _all(self, kind: WriteKind) -> list[Line]:
        params = {
            **self._user(),
            "recursive": True,
            "includeItemTypes": _TYPES[kind],
            "fields": "ChildCount,CanDelete",
            "enableImages": False,
            "sortBy": "SortName",
        }
        return self._pages("/Items", params)

    def _called(self, kind: WriteKind, title: str) -> list[Line]:
        return [line for line in self._all(kind) if line.get("Name") == title and line.get("CanDelete") is not False]

    def _entries(self, kind: WriteKind, key: str) -> list[Line]:
        if kind is WriteKind.PLAYLIST:
            return self._pages(f"/Playlists/{key}/Items", {**self._user(), "enableImages": False})
        return self._pages("/Items", {**self._user(), "parentId": key, "enableImages": False})

    def _keys(self, kind: WriteKind, key: str) -> list[str]:
        return [key_of(line) for line in self._entries(kind, key)]

    def _pages(self, path: str, params: dict[str, Any]) -> list[Line]:
        """The whole of a list that may be long."""
        found: list[Line] = []
        while True:
            lines, total = self._client.page(path, {**params, "startIndex": len(found), "limit": _PAGE})
            found += [line for line in lines if isinstance(line, dict)]
            if not lines or len(found) >= (total or 0):
                return found

    def _sharing(self, key: str) -> dict[str, Any]:
        """Who else sees a playlist; nothing where the server does not tell, which it does from 10.10 on."""
        try:
            said = self._client.get(f"/Playlists/{key}")
        except (BadStatus, ProviderDenied):
            return {}
        if not isinstance(said, dict) or "OpenAccess" not in said:
            return {}
        return {"public": said["OpenAccess"] is True, "shares": list(said.get("Shares") or ())}

    def _user(self) -> dict[str, Any]:
        return {"userId": self._client.account().id}

    def _user_in_body(self) -> dict[str, Any]:
        return {"UserId": self._client.account().id}

    # What goes wrong

    def _try(self, kind: WriteKind, ask: Callable[..., Any], *arguments: Any) -> ProviderError | None:
        """Do one write; an error after which it may have been done all the same is handed back instead of raised."""
        try:
            ask(*arguments)
        except ProviderOffline:
            raise
        except ProviderDenied:
            who = self._client.account().name or "this user"
            raise ProviderDenied(
                self._client.provider,
                f"The server does not let {who} change this {_NOUNS[kind]}.",
                "It belongs to somebody else, or needs a right that whoever looks after the server can give.",
            ) from None
        except ProviderError as error:
            return error
        return None

    def _same_title(self, before: State, after: State) -> None:
        if before["title"] != after["title"]:
            raise ProviderReplyError(
                self._client.provider,
                "A collection that is there cannot be given another name from here.",
                "Rename it in Jellyfin itself.",
            )

    def _other(self, kind: WriteKind) -> ProviderReplyError:
        return ProviderReplyError(
            self._client.provider,
            f"The server took the change, but the {_NOUNS[kind]} is not what it should be; it was put back.",
            "Some of the titles may be gone from the server. Scan it, then try again.",
        )


def _wanted(kind: WriteKind, after: State) -> list[str]:
    """The entries a list is to have; a collection has each once."""
    keys = [str(key) for key in after.get("items") or ()]
    return list(dict.fromkeys(keys)) if kind is WriteKind.COLLECTION else keys


def _same(kind: WriteKind, now: Sequence[str], wanted: Sequence[str]) -> bool:
    return list(now) == list(wanted) if kind is WriteKind.PLAYLIST else set(now) == set(wanted)


def _has(state: State | None, wanted: State) -> bool:
    return state is not None and all(
        state.get(name) == wanted[name] for name in ("title", "public", "shares") if name in wanted
    )


def _only_taken_out(old: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether nothing but the lack of some entries makes the difference, and each stands in the list once."""
    kept = set(wanted)
    return len(set(old)) == len(old) and [key for key in old if key in kept] == list(wanted) and bool(wanted)
