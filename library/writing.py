"""What may be written to a media server, and how: every write is a state before and a state after, so that it can be undone.

Nothing here writes by itself. ``library.journal`` keeps the record of what was written; the servers that can be written to
fit :class:`WritableServer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from library.items import MediaKind
from library.progress import Job

State = Mapping[str, Any]
"""What a server has at one target, as JSON can hold it. What stands in it depends on the :class:`WriteKind`.

* RATING: ``{"rating": 0 to 10 or None}``; a server may add what it keeps beside it, such as ``"likes"``.
* LIKED: ``{"liked": bool}``, a star or a favourite.
* WATCHED: ``{"watched": bool}``; a server adds what it needs to put everything back, such as ``"count"`` and ``"offset"``.
* WATCHLIST: ``{"listed": bool}``.
* COLLECTION, PLAYLIST: ``{"title": str, "items": [key, ...]}`` in order; a server may add ``"summary"`` and the like.

A collection or playlist that is not there has the state ``None``.
"""


class WriteKind(StrEnum):
    """The kinds of thing that are written."""

    RATING = "rating"
    LIKED = "liked"
    WATCHED = "watched"
    WATCHLIST = "watchlist"
    COLLECTION = "collection"
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to.

    :param target: the server's own name of what was written; new when something was created.
    :param state: what the server has there now, read back after the write.
    """

    target: str
    state: State | None


@dataclass(frozen=True, slots=True)
class ServerList:
    """A playlist or a collection that is on a server.

    :param size: how many entries; ``None`` when the server does not say. ``fixed`` when the server makes it by rule, or it
        belongs to somebody else, so that it cannot be written.
    """

    key: str
    title: str
    size: int | None = None
    fixed: bool = False


@runtime_checkable
class WritableServer(Protocol):
    """A media server that can be written to. Used by one thread at a time.

    Every method raises ``ProviderError`` as those of ``library.sources.MediaServer`` do; ``ProviderDenied`` when this account
    may not do it.
    """

    def can_write(self) -> frozenset[WriteKind]:
        """What this account may write here; may ask the server."""
        ...

    def state(self, kind: WriteKind, target: str, library_key: str = "") -> State | None:
        """What the server has at a target now.

        :param target: the key of an entry (RATING, LIKED, WATCHED), a ``plex://`` name (WATCHLIST), or the key of a list.
        """
        ...

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str = ""
    ) -> Job[Written]:
        """Bring a target from one state to another and read back what came of it.

        ``before`` is what :meth:`state` said a moment ago; keys missing from ``after`` stay as they are. An empty target with
        ``before=None`` creates a list; ``after=None`` deletes it. A list that is replaced is never empty in between: the new
        content is made and counted first. Long lists go in chunks, a yield after each.

        :raises ProviderReplyError: when the server took the request and did something else; what is there then is as it was
            before, as far as the server allows.
        """
        ...

    def lists(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        """The playlists, or the collections of a library, that are there."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One title of a watchlist, or one that could be put on it.

    :param target: the target of WATCHLIST.
    """

    target: str
    title: str
    kind: MediaKind
    year: int | None = None


@runtime_checkable
class KeepsWatchlist(Protocol):
    """An account with a list of what its owner wants to watch."""

    def watchlist(self) -> tuple[Listed, ...]:
        """What is on it."""
        ...

    def candidates(self, kind: MediaKind, title: str, year: int | None) -> tuple[Listed, ...]:
        """Titles that could be meant, the best first; none of them may be taken for the right one without asking."""
        ...
