"""A server that can be written to, in memory; it goes wrong when told to, before a write or after it took effect."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from library.errors import ProviderError
from library.progress import Job, Progress
from library.writing import ServerList, State, WriteKind, Written


@dataclass
class WritableMemory:
    """Holds ratings, stars, what was watched, and lists.

    :param wrong: called with "before" and "after" around each write; what it raises is what the server answers.
    :param meddle: called with the target and the state that was written; returns what the server makes of it.
    """

    entries: dict[tuple[WriteKind, str], dict] = field(default_factory=dict)
    lists_of: dict[WriteKind, dict[str, dict]] = field(
        default_factory=lambda: {WriteKind.COLLECTION: {}, WriteKind.PLAYLIST: {}}
    )
    able: frozenset[WriteKind] = frozenset(WriteKind)
    wrong: Callable[[str], None] = lambda moment: None
    meddle: Callable[[str, State | None], State | None] = lambda target, state: state
    gone: ProviderError | None = None
    written: int = 0
    number: int = 100

    def can_write(self) -> frozenset[WriteKind]:
        self._answer()
        return self.able

    def state(self, kind: WriteKind, target: str, library_key: str = "") -> State | None:
        self._answer()
        if kind in self.lists_of:
            found = self.lists_of[kind].get(target)
            return copy.deepcopy(found) if found else None
        empty = {WriteKind.RATING: {"rating": None}, WriteKind.LIKED: {"liked": False}}
        usual = {WriteKind.WATCHED: {"watched": False, "offset": 0}, WriteKind.WATCHLIST: {"listed": False}}
        return dict(self.entries.get((kind, target), {**empty, **usual}[kind]))

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str = ""
    ) -> Job[Written]:
        self._answer()
        self.wrong("before")
        yield Progress("Writing")
        self.written += 1
        after = self.meddle(target, after)
        if kind not in self.lists_of:
            assert after is not None
            self.entries[kind, target] = {**self.state(kind, target), **after}
        elif after is None:
            del self.lists_of[kind][target]
        else:
            if not target:
                self.number += 1
                target = str(self.number)
            self.lists_of[kind][target] = {**self.lists_of[kind].get(target, {}), **copy.deepcopy(dict(after))}
        self.wrong("after")
        return Written(target, self.state(kind, target))

    def lists(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        self._answer()
        return tuple(
            ServerList(key, held["title"], len(held["items"]), bool(held.get("smart")))
            for key, held in self.lists_of[kind].items()
        )

    def put_list(self, kind: WriteKind, key: str, title: str, *items: str) -> None:
        self.lists_of[kind][key] = {"title": title, "items": list(items)}

    def dump(self) -> str:
        """Everything it holds that differs from what it has of itself; lists without the keys it gave them."""
        kept = {
            f"{kind} {target}": held
            for (kind, target), held in self.entries.items()
            if any(value not in (None, False, 0) for value in held.values())
        }
        lists = {str(kind): sorted(map(json.dumps, held.values())) for kind, held in self.lists_of.items()}
        return json.dumps([kept, lists], sort_keys=True)

    def close(self) -> None:
        """Nothing to give back."""

    def _answer(self) -> None:
        if self.gone is not None:
            raise self.gone
