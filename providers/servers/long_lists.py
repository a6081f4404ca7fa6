"""Long lists of servers, read whole and once: what comes short, moves meanwhile, or is damaged in places is read all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from library.errors import ProviderError
from library.sources import Entry, ServerLibrary
from providers.http import BadStatus

Line = TypeVar("Line")
Damaged = tuple[type[ProviderError], ...]
"""What a client raises when an answer as a whole cannot be read, while a smaller one may be."""

GIVE_UP = 20
"""Damaged lines in a row after which the server as a whole is taken to be out of order."""


@dataclass(slots=True)
class Walk:
    """One walk through a list: what was met, and whether the list stood still meanwhile."""

    total: int | None = None
    seen: set[str] = field(default_factory=set)
    nameless: int = 0
    skipped: int = 0
    moved: bool = False

    @property
    def whole(self) -> bool:
        """Whether every line of the list was met, each at its place."""
        return not (self.moved or self.skipped) and len(self.seen) + self.nameless >= (self.total or 0)

    def shortfall(self, library: ServerLibrary) -> str:
        """Why not everything was met, as a sentence."""
        if self.skipped:
            lines = "One entry" if self.skipped == 1 else f"{self.skipped} entries"
            return f"{lines} of {library.title} could not be read, because the server sends them damaged."
        return f"{library.title} changed while it was being read; the rest comes with the next scan."


def is_missing(error: ProviderError) -> bool:
    """Whether the server says that there is no such thing."""
    return isinstance(error, BadStatus) and error.status == 404


def walk_list(
    ask: Callable[[int, int, bool], tuple[list[Line], int | None]],
    entry_of: Callable[[Line], Entry | None],
    page: int,
    walk: Walk,
    damaged: Damaged,
) -> Iterator[tuple[list[Entry], list[Line]]]:
    """Read a list once; what cannot be read in large bites is read in small ones, and a line that breaks is skipped.

    :param ask: first line, number of lines, and whether a larger piece failed already -> lines, and how long the whole list
        is as far as the server says.
    :param entry_of: ``None`` for a line without a name.
    """
    start, size, in_a_row, past_it = 0, page, 0, True
    while walk.total is None or start < walk.total:
        try:
            lines, total = ask(start, size, size < page)
        except damaged as error:
            if size > 1 and not is_missing(error):
                size, past_it = size // 2, False
                continue
            in_a_row += 1
            if in_a_row >= GIVE_UP or is_missing(error):
                raise
            walk.skipped += 1
            start, past_it = start + 1, True
            continue
        in_a_row = 0
        walk.moved = walk.moved or (walk.total is not None and total is not None and walk.total != total)
        walk.total = walk.total if total is None else total
        if not lines:
            return
        start += len(lines)
        size = min(page, size * 2) if past_it else size
        entries = [entry for line in lines if (entry := entry_of(line)) is not None]
        walk.nameless += len(lines) - len(entries)
        walk.seen.update(entry.key for entry in entries)
        yield entries, lines


def full_lines(
    ask: Callable[[Sequence[str], bool], tuple[list[Line], int | None]],
    key_of: Callable[[Line], str | None],
    keys: Sequence[str],
    damaged: Damaged,
    repair: str,
    *,
    gone_is_404: bool = False,
) -> Iterator[tuple[list[Line], dict[str, str]]]:
    """Full lines of some entries, and sentences about those that cannot be had; of what is damaged the halves are read.

    :param ask: keys, and whether a larger piece failed already -> lines, and how many there are as far as the server says.
    :param repair: what may help with an entry that comes damaged: "refreshing its metadata in Plex".
    :param gone_is_404: the server says so of entries that are gone; else it leaves them out, and a 404 is something else.
    """
    waiting, in_a_row = [list(keys)], 0
    while waiting:
        part = waiting.pop()
        try:
            found, said = ask(part, len(part) < len(keys))
        except damaged as error:
            if is_missing(error) and not gone_is_404:
                raise
            if len(part) > 1:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
                continue
            in_a_row += 0 if is_missing(error) else 1
            if in_a_row >= GIVE_UP:
                raise
            yield [], {part[0]: _gone(part[0]) if is_missing(error) else _unreadable(part[0], repair)}
            continue
        in_a_row = 0
        lines = [line for line in found if key_of(line)]
        came = {key_of(line) for line in lines}
        missing = [key for key in part if key not in came]
        if len(found) < (said or 0) and len(missing) < len(part):
            waiting.append(missing)  # the server, or a proxy, answers in shorter pieces
            missing = []
        yield lines, {key: _gone(key) for key in missing}


def _gone(key: str) -> str:
    return f"The entry {key} is no longer on the server."


def _unreadable(key: str, repair: str) -> str:
    return f"The server sends the entry {key} damaged; {repair} may help."
