"""Reads long lists of a Jellyfin server: what comes short, moves, or is damaged in places is read all the same."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from library.errors import ProviderError
from library.sources import Entry
from providers.http import BadStatus
from providers.servers.jellyfin_client import DAMAGED, JellyfinClient, Params, comma
from providers.servers.jellyfin_items import Line, entry_of, key_of

PAGE, SHOW_PAGE, BATCH, EPISODE_PAGE = 1000, 200, 100, 1000
"""Shows come in smaller pages: the server counts the episodes of each one."""
_GIVE_UP = 20
logger = logging.getLogger(__name__)


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
        """Whether everything that is in the list was met."""
        return not (self.moved or self.skipped) and len(self.seen) + self.nameless >= (self.total or 0)


def is_missing(error: ProviderError) -> bool:
    """Whether the server has nothing at that place."""
    return isinstance(error, BadStatus) and error.status == 404


def walk_entries(client: JellyfinClient, params: Params, walk: Walk, page: int = PAGE) -> Iterator[list[Entry]]:
    """Entries of a list, page by page; a damaged page is read in halves, down to the entry that does the damage."""
    start, size, in_a_row, past_it = 0, page, 0, True
    while walk.total is None or start < walk.total:
        try:
            lines, total = _piece(client, {**params, "startIndex": start, "limit": size}, careful=size < page)
        except DAMAGED as error:
            if size > 1 and not is_missing(error):
                size, past_it = size // 2, False
                continue
            in_a_row += 1
            if in_a_row >= _GIVE_UP or is_missing(error) or walk.total is None:
                raise
            walk.skipped += 1
            start, past_it = start + 1, True
            continue
        in_a_row = 0
        if total is None and len(lines) < size:
            total = start + len(lines)
        walk.moved = walk.moved or (walk.total is not None and total is not None and walk.total != total)
        walk.total = total if total is not None else walk.total
        if not lines:
            return
        start += len(lines)
        size = min(page, size * 2) if past_it else size
        entries = [entry for line in lines if (entry := entry_of(line)) is not None]
        walk.nameless += len(lines) - len(entries)
        walk.seen.update(entry.key for entry in entries)
        yield entries


def full_lines(
    client: JellyfinClient, params: Params, keys: Sequence[str]
) -> Iterator[tuple[list[Line], dict[str, str]]]:
    """Full lines of these entries, and sentences about those that cannot be had."""
    waiting, in_a_row = [list(keys)], 0
    while waiting:
        part = waiting.pop()
        asked = {**params, "ids": comma(part), "enableTotalRecordCount": True}
        try:
            found, said = _piece(client, asked, careful=len(part) < len(keys))
        except DAMAGED as error:
            if is_missing(error):
                raise  # entries that are gone are left out of the answer; this is something else
            if len(part) > 1:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
                continue
            in_a_row += 1
            if in_a_row >= _GIVE_UP:
                raise
            yield [], {part[0]: _unreadable(part[0])}
            continue
        in_a_row = 0
        lines = [line for line in found if key_of(line)]
        came = {key_of(line) for line in lines}
        missing = [key for key in part if key not in came]
        if len(found) < (said or 0) and len(missing) < len(part):
            waiting.append(missing)  # the server, or a proxy, answers in shorter pieces
            missing = []
        yield lines, {key: _gone(key) for key in missing}


def episodes(client: JellyfinClient, params: Params) -> Iterator[list[Any]]:
    """Episodes page by page; a damaged page ends it, for names are a nicety and the counts are known anyway."""
    start, total = 0, None
    while total is None or start < total:
        try:
            lines, said = client.page("/Items", {**params, "startIndex": start, "limit": EPISODE_PAGE})
        except DAMAGED as error:
            logger.info("%s: the names of some episodes are missing: %s", client.provider, error.message)
            return
        if not lines:
            return
        start += len(lines)
        total = said if said is not None else start if len(lines) < EPISODE_PAGE else None
        yield lines


def _piece(client: JellyfinClient, params: Params, careful: bool) -> tuple[list[Any], int | None]:
    """One piece of a list; tried only once when a larger piece failed already."""
    if not careful:
        return client.page("/Items", params)
    with client.at_most(attempts=1):
        return client.page("/Items", params)


def _gone(key: str) -> str:
    return f"The entry {key} is no longer on the server."


def _unreadable(key: str) -> str:
    return f"The server sends the entry {key} damaged; refreshing its metadata in Jellyfin may help."
