"""Reads Plex's lists and full items: whole, once, and past what is damaged in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

from library.sources import Entry
from providers.failures import CutReply
from providers.http import BadStatus
from providers.servers.long_lists import Walk, full_lines, walk_list
from providers.servers.plex_client import BrokenPage, PlexClient
from providers.servers.plex_items import entry_of

BATCH = 200
"""Most keys in one address: longer ones are refused by servers and proxies."""
DAMAGED = (BrokenPage, BadStatus, CutReply)


class PlexReader:
    """Reads lists by the page and full items by the batch; of what is damaged the halves, down to what does the damage."""

    def __init__(self, client: PlexClient) -> None:
        self._client = client

    def walk(
        self, path: str, params: Mapping[str, str], page: int, walk: Walk
    ) -> Iterator[tuple[list[Entry], list[Element]]]:
        """Read a list once; see ``long_lists.walk_list``."""

        def ask(start: int, size: int, careful: bool) -> tuple[list[Element], int | None]:
            container = self._ask(path, params, (start, size), careful)
            return list(container), total_of(container, start, len(container), size)

        return walk_list(ask, entry_of, page, walk, DAMAGED)

    def pages(self, path: str, params: Mapping[str, str], size: int) -> Iterator[list[Element]]:
        """A list that need not be whole, page by page, as long as the server says; damage ends it with an error."""
        start, total = 0, None
        while total is None or start < total:
            container = self._client.element(path, params, (start, size))
            page = list(container)
            total = total_of(container, start, len(page), size)
            if not page:
                return
            start += len(page)
            yield page

    def full(self, keys: list[str]) -> Iterator[tuple[list[Element], dict[str, str]]]:
        """Elements of full items, at most BATCH of them, and sentences about those that cannot be had."""

        def ask(part: Sequence[str], careful: bool) -> tuple[list[Element], int | None]:
            container = self._ask(f"/library/metadata/{','.join(part)}", {}, (0, len(part)), careful)
            return list(container), total_of(container, 0, len(container), len(part))

        repair = "refreshing its metadata in Plex"
        return full_lines(ask, lambda element: element.get("ratingKey"), keys, DAMAGED, repair, gone_is_404=True)

    def _ask(self, path: str, params: Mapping[str, str], piece: tuple[int, int], careful: bool = False) -> Element:
        """One piece of a list; tried only once when a larger piece failed already."""
        if not careful:
            return self._client.element(path, params, piece)
        with self._client.at_most(attempts=1):
            return self._client.element(path, params, piece)


def total_of(container: Element, start: int, count: int, asked: int) -> int | None:
    """How long the whole list is; ``None`` when the server does not say and this piece may not be the last."""
    text = container.get("totalSize", "")
    if text.isdigit():
        return int(text)
    return None if count == asked else start + count
