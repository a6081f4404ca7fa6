"""Reads long lists of a Jellyfin server: what comes short, moves, or is damaged in places is read all the same."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from library.sources import Entry
from providers.servers.jellyfin_client import DAMAGED, JellyfinClient, Params, comma
from providers.servers.jellyfin_items import Line, entry_of, key_of
from providers.servers.long_lists import Walk, full_lines, walk_list

PAGE, SHOW_PAGE, BATCH, EPISODE_PAGE = 1000, 200, 100, 1000
"""Shows come in smaller pages: the server counts the episodes of each one."""
logger = logging.getLogger(__name__)


def walk_entries(client: JellyfinClient, params: Params, walk: Walk, page: int = PAGE) -> Iterator[list[Entry]]:
    """Entries of a list, page by page; see ``long_lists.walk_list``."""

    def ask(start: int, size: int, careful: bool) -> tuple[list[Any], int | None]:
        lines, total = _piece(client, {**params, "startIndex": start, "limit": size}, careful)
        return lines, start + len(lines) if total is None and len(lines) < size else total

    for entries, _ in walk_list(ask, entry_of, page, walk, DAMAGED):
        yield entries


def full_items(
    client: JellyfinClient, params: Params, keys: Sequence[str]
) -> Iterator[tuple[list[Line], dict[str, str]]]:
    """Full lines of these entries, and sentences about those that cannot be had."""

    def ask(part: Sequence[str], careful: bool) -> tuple[list[Any], int | None]:
        return _piece(client, {**params, "ids": comma(part), "enableTotalRecordCount": True}, careful)

    return full_lines(ask, key_of, keys, DAMAGED, "refreshing its metadata in Jellyfin")


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
