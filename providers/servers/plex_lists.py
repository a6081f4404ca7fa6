"""Writes playlists and collections of a Plex server so that a list is never empty or half there for longer than it takes.

New content is added and counted before anything old goes; what fails half way is put back as it was. A playlist that is
replaced is first made as a list of its own, which shows that the server takes all of it.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote
from xml.etree.ElementTree import Element

from library.errors import ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.progress import Job, Progress
from library.write_states import UNFINISHED
from library.writing import State, WriteKind, Written
from providers.servers.plex_list_reading import (
    IN_OWN_ORDER,
    WORDS,
    OneList,
    PlexListReader,
    attempt,
    ignored,
    is_locked,
    sort_of,
)
from providers.servers.plex_reading import BATCH

_AT_ONCE = 20
_TYPES = {"movie": "1", "show": "2", "season": "3", "episode": "4", "artist": "8", "album": "9", "track": "10"}
_IN_PLAYLISTS = {"movie": "video", "episode": "video", "clip": "video", "track": "audio"}


class PlexLists(PlexListReader):
    """Writes lists. Everything written is read back; nothing that may have been done is done again."""

    def write(
        self, kind: WriteKind, key: str, before: State | None, after: State | None, library_key: str
    ) -> Job[Written]:
        """Make, change or delete a list."""
        if after is None or (kind is WriteKind.COLLECTION and key and after.get("items") == []):
            yield Progress(f"Deleting the {WORDS[kind]}")
            return self._delete(kind, key)
        if not key:
            made = yield from self._create(kind, after, library_key)
            return Written(made, self.state(kind, made))
        known = self.known(kind, key)
        if known is None:
            raise self._problem(f"This {WORDS[kind]} is no longer on the server.", "Make a new one.")
        element, section = known
        if element.get("smart") == "1":
            raise self._problem(
                f"Plex makes the {WORDS[kind]} “{element.get('title', '')}” by a rule of its own, so it cannot be written.",
                "Change the rule in Plex.",
            )
        ordered = kind is WriteKind.PLAYLIST or sort_of(element) == IN_OWN_ORDER
        place = OneList(kind, key, library_key or section, ordered)
        if "items" in after:
            yield from self._change(place, element.get("title", ""), [str(entry) for entry in after["items"]])
        self._describe(place, element, after)
        state = self.state(kind, key)
        if state is None or any(state[name] != after[name] for name in ("title", "summary") if name in after):
            raise ignored(self._client.provider, f"the {WORDS[kind]}")
        return Written(key, state)

    def _delete(self, kind: WriteKind, key: str) -> Written:
        failure = attempt(lambda: self._client.send("DELETE", OneList(kind, key).path, {}))
        if self.known(kind, key) is None:
            return Written(key, None)
        raise failure or ignored(self._client.provider, f"the {WORDS[kind]}")

    def _create(self, kind: WriteKind, after: State, section: str) -> Job[str]:
        """Make a list, fill it, count it; when that fails, nothing of it is left."""
        keys, title = [str(key) for key in after.get("items", ())], str(after.get("title", "")).strip()
        if not keys or not title:
            raise self._problem(f"A {WORDS[kind]} on Plex needs a name and at least one title.")
        word, found_section = yield from self._look_over(kind, keys)
        section = section or found_section
        if kind is WriteKind.COLLECTION and not section:
            raise self._problem("The server does not say in which library these titles lie.", "Choose the library.")
        name = title if len(keys) <= BATCH else _unfinished(title)  # who looks meanwhile sees that it is not done
        place = self._make(OneList(kind, "", section), name, word, keys[:BATCH])
        try:
            if kind is WriteKind.COLLECTION:
                self._put_in_order(place, int(after.get("sort", IN_OWN_ORDER)))
                place = OneList(kind, place.key, section, int(after.get("sort", IN_OWN_ORDER)) == IN_OWN_ORDER)
            yield from self._fill(place, keys)
            self._finish(place, {**after, "title": title})
        except BaseException as error:
            gone = self._discard(place)
            if isinstance(error, ProviderError):
                raise self._after(error, "" if gone else f"A part of “{title}” is left on the server.") from None
            raise
        return place.key

    def _finish(self, place: OneList, after: State) -> None:
        """Give a list that is full its name and text, and see that it has them."""
        known = self.known(place.kind, place.key)
        if known is not None:
            self._describe(place, known[0], after)
            known = self.known(place.kind, place.key)
        if known is None or known[0].get("title") != after["title"]:
            raise ignored(self._client.provider, f"the {WORDS[place.kind]}")

    def _make(self, place: OneList, title: str, word: str, keys: list[str]) -> OneList:
        """Create a list with its first entries. An answer that went wrong may hide one that was made: it is looked for."""
        known = {found.key for found in self.all(place.kind, place.section)}
        params = {"type": word, "title": title, "smart": "0", "uri": self._uri(keys)}
        if place.kind is WriteKind.COLLECTION:
            params["sectionId"] = place.section
        path = "/playlists" if place.kind is WriteKind.PLAYLIST else "/library/collections"
        answer: list[Element | None] = []
        failure = attempt(lambda: answer.append(self._client.send("POST", path, params)))
        key = next((key for found in answer if found is not None for e in found if (key := e.get("ratingKey"))), "")
        if not key:
            try:
                there = self.all(place.kind, place.section)
            except ProviderError:
                raise failure or ignored(self._client.provider, f"the {WORDS[place.kind]}") from None
            key = next((found.key for found in there if found.key not in known and found.title == title), "")
        if not key:
            raise failure or ignored(self._client.provider, f"the {WORDS[place.kind]}")
        return OneList(place.kind, key, place.section)

    def _fill(self, place: OneList, keys: list[str]) -> Job[None]:
        """Add what is missing after the first entries, and see that all of it is there in order."""
        yield Progress("Writing the list", min(BATCH, len(keys)), len(keys))
        for first in range(BATCH, len(keys), BATCH):
            self._add(place, keys[first : first + BATCH])
            yield Progress("Writing the list", min(first + BATCH, len(keys)), len(keys))
        wanted = list(dict.fromkeys(keys)) if place.kind is WriteKind.COLLECTION else keys
        if not place.is_same(self.keys_of(place), wanted):
            raise ignored(self._client.provider, f"the {WORDS[place.kind]}")

    def _change(self, place: OneList, title: str, wanted: list[str]) -> Job[None]:
        """Bring a list to another content; when that fails, what it held before is put back."""
        if place.kind is WriteKind.COLLECTION:
            wanted = list(dict.fromkeys(wanted))
        before = self.keys_of(place)
        if place.is_same(before, wanted):
            return
        new, old = Counter(wanted) - Counter(before), Counter(before) - Counter(wanted)
        if new:
            word, _ = yield from self._look_over(place.kind, list(new))
            if old and place.kind is WriteKind.PLAYLIST:
                yield from self._rehearse(_unfinished(title), word, wanted)
        try:
            yield from self._bring(place, wanted)
        except BaseException as error:
            there = self._put_back(place, before)
            if isinstance(error, ProviderError):
                raise self._after(error, there) from None
            raise

    def _rehearse(self, title: str, word: str, wanted: list[str]) -> Job[None]:
        """Make the new content as a list of its own and take it away again: what the server refuses, it refuses here."""
        stage = self._make(OneList(WriteKind.PLAYLIST, ""), title, word, wanted[:BATCH])
        try:
            yield from self._fill(stage, wanted)
        finally:
            self._discard(stage)

    def _bring(self, place: OneList, wanted: list[str]) -> Job[None]:
        """Add what is new, count, take out what is old, then move what is not in its place. Never empty in between."""
        before = self.items_of(place)
        missing = list((Counter(wanted) - Counter(key for _, key in before)).elements())
        for first in range(0, len(missing), BATCH):
            self._add(place, missing[first : first + BATCH])
            yield Progress("Writing the list", first, len(missing))
        now = self.items_of(place)
        if len(now) != len(before) + len(missing):
            raise ignored(self._client.provider, f"the {WORDS[place.kind]}")
        yield from self._take_out(place, _surplus(now, wanted))
        if place.ordered:
            yield from self._arrange(place, wanted)
        if not place.is_same(self.keys_of(place), wanted):
            raise ignored(self._client.provider, f"the {WORDS[place.kind]}")

    def _take_out(self, place: OneList, numbers: list[str]) -> Job[None]:
        for done, number in enumerate(numbers):
            failure = attempt(lambda number=number: self._client.send("DELETE", f"{place.path}/items/{number}", {}))  # type: ignore[misc]
            if failure is not None and number in [own for own, _ in self.items_of(place)]:
                raise failure
            if done % _AT_ONCE == 0:
                yield Progress("Taking out what is old", done, len(numbers))

    def _arrange(self, place: OneList, wanted: list[str]) -> Job[None]:
        """Move each entry that is not where it should be behind the one before it."""
        now, done = self.items_of(place), 0
        for index, key in enumerate(wanted):
            if index >= len(now) or now[index][1] == key:
                continue
            found = next((n for n in range(index + 1, len(now)) if now[n][1] == key), None)
            if found is None:
                return  # the comparison afterwards says so
            moved = now.pop(found)
            params = {"after": now[index - 1][0]} if index else {}
            failure = attempt(lambda m=moved, p=params: self._client.send("PUT", f"{place.path}/items/{m[0]}/move", p))  # type: ignore[misc]
            now.insert(index, moved)
            if failure is not None and self.items_of(place) != now:
                raise failure
            done += 1
            if done % _AT_ONCE == 0:
                yield Progress("Putting the list in order", index, len(wanted))

    def _add(self, place: OneList, keys: list[str]) -> None:
        """Add one piece; when the answer goes wrong, look whether it was added all the same."""
        before = self.items_of(place)
        failure = attempt(lambda: self._client.send("PUT", f"{place.path}/items", {"uri": self._uri(keys)}))
        if failure is not None and len(self.items_of(place)) != len(before) + len(keys):
            raise failure

    def _put_back(self, place: OneList, before: list[str]) -> str:
        """Bring a list back to what it held, and say what it holds now."""
        with contextlib.suppress(ProviderError):
            for _ in self._bring(place, before):
                pass
            return f"The {WORDS[place.kind]} holds what it held before."
        return f"The {WORDS[place.kind]} may hold old and new titles together; nothing that it held first is lost for good."

    def _discard(self, place: OneList) -> bool:
        """Take away what was not finished, at the second try if need be; says whether it is gone."""
        for _ in range(2):
            with contextlib.suppress(ProviderError):
                return self._delete(place.kind, place.key).state is None
        return False

    def _describe(self, place: OneList, element: Element, after: State) -> None:
        """Name, text, and for a collection its order, where they are to be other than they are."""
        if "sort" in after and place.kind is WriteKind.COLLECTION and int(after["sort"]) != sort_of(element):
            self._put_in_order(place, int(after["sort"]))
        changed = {
            f"{name}.value": str(after[name])
            for name in ("title", "summary")
            if name in after and str(after[name]) != element.get(name, "")
        }
        if place.kind is WriteKind.PLAYLIST:
            if changed:
                self._settle(place, "PUT", place.path, changed)
            return
        locked = bool(after.get("locked", is_locked(element) or "title.value" in changed))
        if changed or ("locked" in after and locked != is_locked(element)):
            params = {"type": "18", "id": place.key, **changed, "title.locked": str(int(locked))}
            self._settle(place, "PUT", f"/library/sections/{quote(place.section)}/all", params)

    def _put_in_order(self, place: OneList, sort: int) -> None:
        self._settle(place, "PUT", f"{place.path}/prefs", {"collectionSort": str(sort)})

    def _settle(self, place: OneList, method: str, path: str, params: dict[str, str]) -> None:
        """Change something that may be sent twice without harm: once more when it fails."""
        if attempt(lambda: self._client.send(method, path, params)) is not None:
            self._client.send(method, path, params)

    # Checks and words

    def _look_over(self, kind: WriteKind, keys: Sequence[str]) -> Job[tuple[str, str]]:
        """See that all entries are there and of one sort; what Plex calls that sort, and the library they lie in."""
        sorts: dict[str, None] = {}
        sections: dict[str, None] = {}
        unique, missing = list(dict.fromkeys(keys)), 0
        for first in range(0, len(unique), BATCH):
            for elements, failures in self._reader.full(unique[first : first + BATCH]):
                sorts.update(dict.fromkeys(element.get("type", "") for element in elements))
                sections.update(dict.fromkeys(element.get("librarySectionID", "") for element in elements))
                missing += len(failures)
            yield Progress("Looking the titles over", first, len(unique))
        if missing:
            number = "One title is" if missing == 1 else f"{missing:,} titles are"
            raise self._problem(f"{number} no longer on the server; nothing was written.", "Scan the library first.")
        if kind is WriteKind.PLAYLIST and sorts.keys() & {"show", "season", "artist", "album"}:
            raise self._problem(
                "A playlist on Plex holds films, episodes and tracks, not whole shows; nothing was written.",
                "Put shows into a collection instead.",
            )
        names = {(_IN_PLAYLISTS if kind is WriteKind.PLAYLIST else _TYPES).get(sort, "") for sort in sorts}
        if len(names) != 1 or "" in names:
            raise self._problem(
                f"A {WORDS[kind]} on Plex cannot hold these different kinds together; nothing was written.",
                "Make one for each kind.",
            )
        return names.pop(), next(iter(sections), "") if len(sections) == 1 else ""

    def _uri(self, keys: Sequence[str]) -> str:
        machine = self._client.connect().machineIdentifier
        return f"server://{machine}/com.plexapp.plugins.library/library/metadata/{','.join(keys)}"

    def _problem(self, message: str, hint: str = "") -> ProviderReplyError:
        return ProviderReplyError(self._client.provider, message, hint)

    def _after(self, error: ProviderError, there: str) -> ProviderError:
        """The error with a sentence about what is on the server now."""
        if not there or isinstance(error, ProviderDenied):
            return error
        kind = ProviderUnavailable if isinstance(error, ProviderUnavailable) else ProviderReplyError
        return kind(self._client.provider, f"{error.message} {there}", error.hint)


def _unfinished(title: str) -> str:
    """What a list is called while it is being filled; by this name it is found again when the power goes meanwhile."""
    return f"{title} ({UNFINISHED})"


def _surplus(items: Sequence[tuple[str, str]], wanted: Sequence[str]) -> list[str]:
    """Numbers of the entries that are there more often than wanted; of several the first ones stay."""
    left = Counter(wanted)
    surplus = []
    for number, key in items:
        if left[key]:
            left[key] -= 1
        else:
            surplus.append(number)
    return surplus
