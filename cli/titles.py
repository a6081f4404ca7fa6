"""From what a person types to the one title they mean, and the words and documents for a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from library.errors import AppError
from library.item_identity import match_title
from library.items import CreditRole, Item, MediaKind
from library.library import Library

MOST_LISTED = 20
MOST_COMPARED = 500
LOOK_FOR_IT = "Look for it with: homereel search WORD"
LARGEST_ID = 2**63 - 1
_ID = re.compile(r"(?:id:\s*)?([0-9]{1,19})", re.ASCII)
_WITH_YEAR = re.compile(r"(.+?)\s*[(\[]?((?:18|19|20)[0-9]{2})[)\]]?", re.ASCII)
SEPARATOR = " · "
KIND_WORDS = {MediaKind.MOVIE: "film", MediaKind.SHOW: "show", MediaKind.TRACK: "track"}


class TitleUnclear(AppError):
    """What was typed fits no title, or several; ``details`` and ``lines`` name the candidates."""

    def __init__(self, message: str, hint: str, candidates: Sequence[Item] = ()) -> None:
        super().__init__(message, hint)
        self.details: dict[str, Any] = {"candidates": [brief(item) for item in candidates]} if candidates else {}
        self.lines = [f"  {item.id:>6}  {named(item)}, {KIND_WORDS[item.kind]}" for item in candidates]


def find_title(library: Library, text: str, kind: MediaKind | None = None) -> Item:
    """The one item that is meant by an id ("17" or "id:17"), a title, or a title with its year.

    :raises TitleUnclear: when there is none, or more than one.
    """
    text = sendable(text).strip()
    number = _ID.fullmatch(text)
    by_id = _by_id(library, int(number[1])) if number else None
    if number and text.startswith("id:"):
        if by_id is None:
            raise TitleUnclear(f"There is no title with the id {number[1]}.", LOOK_FOR_IT)
        return by_id
    named_so = _called(library, text, kind)
    candidates = ([by_id] if by_id is not None else []) + [item for item in named_so if item != by_id]
    if not candidates:
        candidates = _beginning(library, text, kind)
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        called = "has the id or the title" if number else "is called"
        raise TitleUnclear(f"Nothing in the library {called} “{printed(text)}”.", LOOK_FOR_IT)
    raise TitleUnclear(
        f"“{printed(text)}” could be several titles.", "Say which one by its id, such as id:17.", candidates
    )


def _by_id(library: Library, number: int) -> Item | None:
    return library.items.get(number) if number <= LARGEST_ID else None


def _called(library: Library, text: str, kind: MediaKind | None) -> list[Item]:
    """The items with exactly this title; if there are none and the text ends in a year, those of that title and year."""
    found = _with_title(library, text, kind)
    parts = _WITH_YEAR.fullmatch(text)
    if not found and parts:
        found = [item for item in _with_title(library, parts[1], kind) if item.year == int(parts[2])]
    return found


def _with_title(library: Library, title: str, kind: MediaKind | None) -> list[Item]:
    wanted = match_title(title)
    items = library.items.many(library.items.search(title, kind, MOST_COMPARED))
    return [
        item for item in items if wanted in (match_title(item.title), match_title(item.original_title or item.title))
    ]


def _beginning(library: Library, text: str, kind: MediaKind | None) -> list[Item]:
    """Items whose title holds the words typed, each at least its beginning; what only the story says does not count."""
    wanted = match_title(text).split()
    items = library.items.many(library.items.search(text, kind, MOST_COMPARED))
    names = [(item, match_title(f"{item.title} {item.original_title or ''}").split()) for item in items]
    found = [item for item, words in names if all(any(word.startswith(w) for word in words) for w in wanted)]
    return found[:MOST_LISTED]


def sendable(text: str) -> str:
    """An argument as the store takes it: what is not UTF-8 becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def printed(text: str) -> str:
    """A quotation of what was typed, not longer than a line."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def named(item: Item) -> str:
    """The title with its year."""
    return f"{item.title} ({item.year})" if item.year else item.title


def brief(item: Item) -> dict[str, Any]:
    """The item as the JSON documents name it."""
    return {"id": item.id, "title": item.title, "year": item.year, "kind": str(item.kind)}


def document(item: Item) -> dict[str, Any]:
    """The item with the facts that help to choose."""
    return {
        **brief(item),
        "runtime": item.runtime,
        "genres": list(item.genres),
        "makers": list(_makers(item)),
        "seen": item.seen,
        **({"seasons": item.seasons, "episodes": item.episodes} if item.kind is MediaKind.SHOW else {}),
    }


def facts(item: Item) -> str:
    """One line of facts without the year: length, genres, who made it. What is unknown leaves no trace."""
    size = length(item.runtime)
    if item.kind is MediaKind.SHOW:
        size = several(item.seasons, "season") if item.seasons else ""
    return SEPARATOR.join(filter(None, (size, ", ".join(item.genres[:3]), ", ".join(_makers(item)[:2]))))


def _makers(item: Item) -> tuple[str, ...]:
    return item.people(CreditRole.CREATOR if item.kind is MediaKind.SHOW else CreditRole.DIRECTOR)


def length(minutes: float | None) -> str:
    """A length as people write it, such as "1h 57m"; empty when it is not known."""
    if not minutes or minutes < 1:
        return ""
    hours, rest = divmod(round(minutes), 60)
    return " ".join(part for part in (f"{hours}h" if hours else "", f"{rest}m" if rest else "") if part)


def several(number: int, noun: str) -> str:
    """So many of something: "1 season", "3 seasons"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
