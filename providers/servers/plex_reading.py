"""Reads Plex's lists and full items: whole, once, and past what is damaged in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from library.errors import ProviderError
from library.sources import Entry
from providers.failures import CutReply
from providers.http import BadStatus
from providers.servers.plex_client import BrokenPage, PlexClient
from providers.servers.plex_items import entry_of

BATCH = 200
"""Most keys in one address: longer ones are refused by servers and proxies."""
DAMAGED = (BrokenPage, BadStatus, CutReply)
_GIVE_UP = 20


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


class PlexReader:
    """Reads lists by the page and full items by the batch; of what is damaged the halves, down to what does the damage."""

    def __init__(self, client: PlexClient) -> None:
        self._client = client

    def walk(
        self, path: str, params: Mapping[str, str], page: int, walk: Walk
    ) -> Iterator[tuple[list[Entry], list[Element]]]:
        """Read a list once; what cannot be read in large bites is read in small ones, and a line that breaks is skipped."""
        start, size, in_a_row, past_it = 0, page, 0, True
        while walk.total is None or start < walk.total:
            try:
                container = self._ask(path, params, (start, size), careful=size < page)
            except DAMAGED as error:
                if size > 1 and not is_missing(error):
                    size, past_it = size // 2, False
                    continue
                in_a_row += 1
                if in_a_row >= _GIVE_UP or is_missing(error):
                    raise
                walk.skipped += 1
                start, past_it = start + 1, True
                continue
            in_a_row, lines = 0, list(container)
            total = total_of(container, start, len(lines), size)
            walk.moved = walk.moved or walk.total not in (None, total)
            walk.total = total
            if not lines:
                return
            start += len(lines)
            size = min(page, size * 2) if past_it else size
            entries = [entry for line in lines if (entry := entry_of(line)) is not None]
            walk.nameless += len(lines) - len(entries)
            walk.seen.update(entry.key for entry in entries)
            yield entries, lines

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
        waiting, in_a_row = [keys], 0
        while waiting:
            part = waiting.pop()
            path = f"/library/metadata/{','.join(part)}"
            try:
                container = self._ask(path, {}, (0, len(part)), careful=len(part) < len(keys))
            except DAMAGED as error:
                if len(part) > 1:
                    middle = len(part) // 2
                    waiting += [part[middle:], part[:middle]]
                    continue
                in_a_row += 0 if is_missing(error) else 1
                if in_a_row >= _GIVE_UP:
                    raise
                yield [], {part[0]: _gone(part[0]) if is_missing(error) else _unreadable(part[0])}
                continue
            in_a_row, elements = 0, list(container)
            came = {element.get("ratingKey") for element in elements}
            missing = [key for key in part if key not in came]
            said = total_of(container, 0, len(elements), len(part)) or 0
            if len(elements) < said and len(missing) < len(part):
                waiting.append(missing)  # the server, or a proxy, answers in shorter pieces
                missing = []
            yield elements, {key: _gone(key) for key in missing}

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


def is_missing(error: ProviderError) -> bool:
    """Whether the server says that there is no such thing."""
    return isinstance(error, BadStatus) and error.status == 404


def _gone(key: str) -> str:
    return f"The entry {key} is no longer on the server."


def _unreadable(key: str) -> str:
    return f"The server sends the entry {key} damaged; refreshing its metadata in Plex may help."
