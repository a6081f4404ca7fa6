"""The protocols that outside services fit, and what they answer. They live here because ``library.sync`` needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from library.items import Description, ExternalId, MediaKind, Viewing


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

        The server's own page may be an http address where the server itself is reached by http.
        A file whose name is no valid text comes as a ``file:`` address, which can be written down and opened.
        Never asks the network, never holds a token.
        """
        ...

    def close(self) -> None:
        """Give back connections and file handles; afterwards the object is not used again."""
        ...


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One time that something was watched or heard to its end.

    :param key: the entry's key; of an episode, the key of its show.
    :param at: seconds since the epoch.
    """

    key: str
    at: float


@runtime_checkable
class KeepsHistory(Protocol):
    """A media server that knows what was watched when by the account it is signed in as."""

    def history(self, since: float = 0.0) -> Iterator[tuple[HistoryEntry, ...]]:
        """Everything watched after a moment, page by page; entries that are gone from the server are left out."""
        ...


@dataclass(frozen=True, slots=True)
class SoundNeighbour:
    """A track that a server finds like another; ``distance`` from 0 up, smaller is nearer."""

    key: str
    distance: float


@runtime_checkable
class KnowsSound(Protocol):
    """A media server that says which tracks sound alike."""

    def sounds_like(self, key: str, limit: int = 30) -> tuple[SoundNeighbour, ...]:
        """Tracks like this one, the nearest first; empty when the server has not analysed it."""
        ...


@runtime_checkable
class Streams(Protocol):
    """A media server that hands out the files themselves."""

    def stream(self, key: str) -> Iterator[bytes]:
        """The bytes of an entry's file, piece by piece. Raises ``ProviderReplyError`` when something else comes instead."""
        ...


@runtime_checkable
class TellsChanges(Protocol):
    """A media server that says by itself when something changed."""

    def changes(self) -> Iterator[tuple[str, ...] | None]:
        """Keys of what changed, as it happens; ``None`` every few seconds while nothing does, where it can be ended.

        What comes is a hint to scan, nothing more. Ends or raises ``ProviderError`` when the server stops telling.
        """
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a catalogue is asked about one title.

    :param key: the catalogue's own key, when it is known for certain (a match made by hand); else ``None``.
    """

    item_id: int
    kind: MediaKind
    title: str
    year: int | None = None
    runtime: float | None = None
    original_title: str | None = None
    external_ids: tuple[ExternalId, ...] = ()
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Metadata(Description):
    """What a catalogue said about a title.

    :param key: the catalogue's own key, such as "603".
    :param recommended: what its users like beside it, by the catalogue's keys, the best first; ``similar`` is alike by content.
    :param poster: an address on the catalogue's own picture host; ``backdrop`` likewise.
    :param videos: addresses of trailers.
    """

    key: str
    recommended: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    poster: str | None = None
    backdrop: str | None = None
    videos: tuple[str, ...] = ()
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A title of a catalogue that may be the one that is meant."""

    key: str
    title: str
    year: int | None
    kind: MediaKind
    overview: str = ""
    poster: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one question: metadata, or ``None`` when the catalogue knows nothing, or why it could not be asked.

    :param failure: a sentence; the question is asked again next time.
    """

    question: Question
    metadata: Metadata | None = None
    failure: str = ""


class Catalog(Protocol):
    """A catalogue of films or shows on the internet. Used by one thread at a time.

    Raises ``ProviderError`` when it as a whole cannot be used: no connection, a refused key.
    """

    @property
    def name(self) -> str:
        """Its name, which is also the scheme of its keys among external ids: "tmdb" or "tvdb"."""
        ...

    def check(self) -> str:
        """Test the key; a sentence about what answered."""
        ...

    def look_up(self, questions: Sequence[Question]) -> Iterator[tuple[Answered, ...]]:
        """Answer the questions, several at a time, in the order in which answers come; ``()`` now and then while waiting."""
        ...

    def search(self, kind: MediaKind, title: str, year: int | None = None) -> tuple[Match, ...]:
        """Titles that could be meant, for a person to choose from."""
        ...

    def picture(self, address: str) -> bytes | None:
        """The bytes of a picture whose address it told; ``None`` when it is not there, or the address is not its own."""
        ...

    def close(self) -> None:
        """Give back connections; closing twice is fine."""
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
