"""Reads playlists and collections of a Plex server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree.ElementTree import Element

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.writing import ServerList, State, WriteKind
from providers.servers.long_lists import is_missing
from providers.servers.plex_client import PlexClient
from providers.servers.plex_reading import PlexReader

LIST_KINDS = frozenset({WriteKind.COLLECTION, WriteKind.PLAYLIST})
IN_OWN_ORDER = 2
"""What Plex calls the order of a collection that its maker gave it."""
_PAGE = 500
WORDS = {WriteKind.COLLECTION: "collection", WriteKind.PLAYLIST: "playlist"}


@dataclass(frozen=True, slots=True)
class OneList:
    """Where one list lies. ``ordered`` is False for a collection that the server keeps in an order of its own."""

    kind: WriteKind
    key: str
    section: str = ""
    ordered: bool = True

    @property
    def path(self) -> str:
        """Its address."""
        return f"/playlists/{self.key}" if self.kind is WriteKind.PLAYLIST else f"/library/collections/{self.key}"

    def is_same(self, one: Sequence[str], other: Sequence[str]) -> bool:
        """Whether two contents are one, in order where there is one."""
        return list(one) == list(other) if self.ordered else sorted(one) == sorted(other)


class PlexListReader:
    """What lists there are, and what is in them."""

    def __init__(self, client: PlexClient, reader: PlexReader) -> None:
        self._client = client
        self._reader = reader

    def all(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        """The playlists of this account, or the collections of a library, or of all libraries."""
        if kind is WriteKind.PLAYLIST:
            paths = ["/playlists"]
        else:
            keys = [library_key] if library_key else self._sections()
            paths = [f"/library/sections/{quote(key)}/collections" for key in keys]
        return tuple(
            ServerList(key, element.get("title", ""), _size(element), element.get("smart") == "1")
            for path in paths
            for page in self._reader.pages(path, {}, _PAGE)
            for element in page
            if (key := element.get("ratingKey")) and element.get("playlistType") != "photo"
        )

    def state(self, kind: WriteKind, key: str) -> State | None:
        """What a list is and holds; ``None`` when it is not there."""
        known = self.known(kind, key)
        if known is None:
            return None
        element, _ = known
        state: dict[str, object] = {
            "title": element.get("title", ""),
            "summary": element.get("summary", ""),
            "items": [entry for _, entry in self.items_of(OneList(kind, key))],
        }
        if kind is WriteKind.COLLECTION:
            state["sort"], state["locked"] = sort_of(element), is_locked(element)
        return state

    def _sections(self) -> list[str]:
        container = self._client.element("/library/sections")
        return [key for section in container.iterfind("Directory") if (key := section.get("key"))]

    def known(self, kind: WriteKind, key: str) -> tuple[Element, str] | None:
        """The element of a list, and the key of the library it belongs to, where the server says."""
        try:
            container = self._client.element(OneList(kind, key).path)
        except ProviderError as error:
            if is_missing(error):
                return None
            raise
        found = next((element for element in container if element.get("ratingKey") == key), None)
        if found is None:
            return None
        return found, found.get("librarySectionID", "") or container.get("librarySectionID", "")

    def items_of(self, place: OneList) -> list[tuple[str, str]]:
        """What is in a list, in order: the number that it goes by in there, and the key of the entry."""
        path = f"{place.path}/{'items' if place.kind is WriteKind.PLAYLIST else 'children'}"
        number = "playlistItemID" if place.kind is WriteKind.PLAYLIST else "ratingKey"
        return [
            (element.get(number, ""), key)
            for page in self._reader.pages(path, {}, _PAGE)
            for element in page
            if (key := element.get("ratingKey"))
        ]

    def keys_of(self, place: OneList) -> list[str]:
        """The entries of a list, in order."""
        return [key for _, key in self.items_of(place)]


def attempt(change: Callable[[], object]) -> ProviderError | None:
    """Send a change; what fails comes back to be looked into, except a refusal, after which nothing was done."""
    try:
        change()
    except ProviderDenied:
        raise
    except ProviderError as error:
        return error
    return None


def ignored(provider: str, what: str) -> ProviderReplyError:
    """The server said yes and did something else, or nothing."""
    return ProviderReplyError(
        provider,
        f"The server took the request, but {what} is not as it should be there now.",
        "Look at it in Plex, and try again.",
    )


def _size(element: Element) -> int | None:
    text = element.get("leafCount") or element.get("childCount") or ""
    return int(text) if text.isdigit() else None


def sort_of(element: Element) -> int:
    """In which order Plex keeps a collection."""
    text = element.get("collectionSort", "")
    return int(text) if text.isdigit() else 0


def is_locked(element: Element) -> bool:
    """Whether the name of a collection is kept from being changed by Plex itself."""
    return any(f.get("name") == "title" and f.get("locked") == "1" for f in element.iterfind("Field"))
