"""What is on a server before and after a write: how two states compare, and how one is said."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from library.journal import Action, JournalEntry
from library.rating_scales import is_echo
from library.writing import State, WriteKind

LISTS = (WriteKind.COLLECTION, WriteKind.PLAYLIST)
UNFINISHED = "being written by Homereel"
"""What servers' own words for a list that is not whole yet end with: "Tonight (being written by Homereel)"."""
_LIST_WORDS = {WriteKind.COLLECTION: "collection", WriteKind.PLAYLIST: "playlist"}


def same(one: State | None, other: State | None) -> bool:
    """Whether two states are equal in every word of them."""
    return _plain(one) == _plain(other)


def is_so(kind: WriteKind, wanted: State | None, found: State | None, server: str) -> bool:
    """Whether what is there is what is wanted, as far as that server can hold it.

    :param server: kind of the source; its rating scale may be coarser than ours.
    """
    if wanted is None or found is None:
        return wanted is None and found is None
    told = _told(kind, wanted)
    return all(_fits(kind, name, wanted[name], found.get(name), server) for name in told)


def _told(kind: WriteKind, wanted: State) -> list[str]:
    """What of a wanted state decides: where a server works a like out of the number, the number; without one, the like."""
    if kind is not WriteKind.RATING or "likes" not in wanted:
        return list(wanted)
    follows = "likes" if wanted.get("rating") is not None else "rating" if wanted["likes"] is not None else ""
    return [name for name in wanted if name != follows]


def _fits(kind: WriteKind, name: str, wanted: Any, found: Any, server: str) -> bool:
    if kind is WriteKind.RATING and name == "rating" and wanted is not None and found is not None:
        return math.isclose(wanted, found, abs_tol=0.05) or is_echo(float(wanted), float(found), server)
    if name == "items":
        wanted, found = list(wanted or ()), list(found or ())
        return bool(wanted == found if kind is WriteKind.PLAYLIST else sorted(wanted) == sorted(found))
    return bool(_plain(wanted) == _plain(found))


def entries_of(state: State | None) -> list[str]:
    """The entries of a list, in order; none when it is not there."""
    return [] if state is None else [str(key) for key in state.get("items") or ()]


def is_part_of(found: State | None, wanted: State | None, before: State | None) -> bool:
    """Whether a list holds some of what was to be written, and nothing that is neither old nor wanted."""
    if found is None or wanted is None or not entries_of(found):
        return False
    return set(entries_of(found)) <= {*entries_of(wanted), *entries_of(before)}


def without(entry: JournalEntry, now: State | None) -> State | None:
    """What is left of a list when what an entry added is taken out of it; ``None`` for nothing at all."""
    if now is None:
        return None
    added = set(entries_of(entry.after)) - set(entries_of(entry.before))
    left = [key for key in entries_of(now) if key not in added]
    return {**now, "items": left} if left else None


def state_words(kind: WriteKind, state: State | None) -> str:
    """A state as a person says it: "8", "no rating", "watched", "12 titles"."""
    if kind in LISTS:
        return "not there" if state is None else several(len(_added(state) or entries_of(state)), "title")
    said = state or {}
    if kind is WriteKind.RATING:
        rating = said.get("rating")
        return "no rating" if rating is None else f"{round(float(rating), 1):g}"
    if kind is WriteKind.LIKED:
        return "starred" if said.get("liked") else "no star"
    if kind is WriteKind.WATCHED:
        return "watched" if said.get("watched") else "not watched"
    return "on the watchlist" if said.get("listed") else "not on the watchlist"


def change_words(kind: WriteKind, before: State | None, after: State | None) -> str:
    """From what to what: "no rating → 8"."""
    first, last = state_words(kind, before), state_words(kind, after)
    if after is not None and _added(after):
        return f"{last} more"
    if kind in LISTS and before is not None and after is not None and first == last:
        return f"{first}, other ones than before"
    return f"{first} → {last}"


def entry_words(entry: JournalEntry, item_title: str = "") -> str:
    """What an entry of the journal is about, in the words of an order: "Rate “Arrival”".

    :param item_title: of the one title that is added to a list, when it is known.
    """
    title, kind = f"“{entry.title}”", _LIST_WORDS.get(entry.kind, "")
    added = f"“{item_title}”" if item_title else "titles"
    plain = {
        Action.RATE: f"Rate {title}",
        Action.CLEAR_RATING: f"Take away the rating of {title}",
        Action.LIKE: f"Star {title}",
        Action.MARK_WATCHED: f"Mark {title} as watched",
        Action.LIST_ADD: f"Put {title} on the watchlist",
        Action.LIST_REMOVE: f"Take {title} off the watchlist",
        Action.COLLECT: f"Add {added} to the collection {title}",
        Action.CREATE: f"Make the {kind} {title}",
        Action.APPEND: f"Add {added} to the {kind} {title}",
        Action.REPLACE: f"Replace the {kind} {title}",
        Action.DELETE: f"Delete the {kind} {title}",
        Action.UNDO: f"Put {f'the {kind} ' if kind else ''}{title} back as it was",
    }
    return plain[entry.action]


def refusal(entry: JournalEntry, now: State | None) -> str:
    """Why an entry is not undone: what was there after it, and what is there now."""
    left, found = state_words(entry.kind, entry.after), state_words(entry.kind, now)
    what = f"the {_LIST_WORDS[entry.kind]} “{entry.title}”" if entry.kind in LISTS else f"“{entry.title}”"
    if left == found:
        return f"Somebody changed {what} since. It is left as it is."
    return f"Somebody changed {what} since: it was “{left}” after the write, and is “{found}” now. It is left as it is."


def several(number: int, noun: str) -> str:
    """So many of something: "1 title", "3 titles"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _added(state: State) -> Sequence[str]:
    found: Sequence[str] = state.get("add") or ()
    return found


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=list)
