"""The protocols that outside services fit, and what they answer. They live here because ``library.sync`` needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from library.items import Description, MediaKind, Viewing


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Who answered: the server's own name, version and stable machine id."""

    machine_id: str
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class ServerLibrary:
    """One library of a media server: ``kind`` is what its entries are, ``size`` how many, when the server says."""

    key: str
    title: str
    kind: MediaKind
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a server's list: its own key, and a version that changes whenever anything about it changed."""

    key: str
    version: str


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A page of a list. ``total`` is how many entries the whole list has, when the server says.

    ``problems`` are sentences about entries that could not be listed (an unreadable folder, a broken page).
    ``complete`` is False on the last page of a listing that could not see everything: nothing may be marked removed then.
    """

    entries: tuple[Entry, ...]
    total: int | None = None
    problems: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class ServerItem(Description):
    """What a media server said about one entry. ``key`` and ``version`` as in :class:`Entry`; the rest as in ``Place``."""

    key: str
    version: str
    poster: str | None = None
    files: tuple[str, ...] = ()
    added_at: float | None = None
    viewing: Viewing = field(default_factory=Viewing)


@dataclass(frozen=True, slots=True)
class ItemBatch:
    """Full items for some of the keys asked for, and why others are missing (key -> sentence).

    ``problems`` are sentences about items that are here all the same, with less than could have been known of them.
    """

    items: tuple[ServerItem, ...]
    failures: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class MediaServer(Protocol):
    """Where a person's media lies. Used by one thread at a time; read-only.

    Every method raises ``ProviderUnavailable``, ``ProviderDenied``, ``ProviderBusy`` or ``ProviderReplyError`` when the
    service as a whole fails; what fails for one entry is data (``problems``, ``failures``).
    """

    def identify(self) -> ServerIdentity:
        """Connect and say who answered: the connection test."""
        ...

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """The libraries that can be chosen."""
        ...

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        """Every entry of a library, page by page, cheaply."""
        ...

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """Full items for these entries, batch by batch."""
        ...

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        """Bytes of the image at ``Place.poster``, about as large as asked; ``None`` when there is none."""
        ...

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """A local file path or an https address that opens this entry for watching; ``None`` when there is no such thing.

        A file whose name is no valid text comes as a ``file:`` address, which can be written down and opened.
        Never asks the network, never holds a token.
        """
        ...

    def close(self) -> None:
        """Give back connections and file handles; afterwards the object is not used again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackTags:
    """What the tags of a music file say. ``duration`` in seconds; ``None`` and empty mean unknown."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    album_artist: str | None = None
    track_number: int | None = None
    year: int | None = None
    genres: tuple[str, ...] = ()
    duration: float | None = None
    musicbrainz_id: str | None = None


class TagReader(Protocol):
    """Reads the tags of a music file; raises ``AudioError`` when the file is not one."""

    def __call__(self, path: str) -> TrackTags:
        """Tags of the file at ``path``."""
        ...
