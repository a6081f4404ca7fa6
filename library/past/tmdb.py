"""An account at TMDB: what its owner rated, gave a heart and put on the watchlist there, read as one more past.

Nothing of it comes as a file: ``providers`` asks TMDB, and hands over lists of titles. TMDB numbers its titles, so one that is
called otherwise the next time is still the same. It does not say when something was rated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Protocol

from library.feedback import MIN_RATING
from library.items import MediaKind
from library.library import Library
from library.past.formats import Clues, Layout, LeftOut, Reading, Row, Subject, ids, number, rated, text, wished
from library.past.importing import Gathered, ImportReport, take_in
from library.past.records import Record
from library.progress import Job

LOWEST, HIGHEST = 0.5, 10.0
HEART = LeftOut("is a heart without a rating, and hearts are not ratings on TMDB")


class ListKind(StrEnum):
    """What a list of an account means."""

    RATED = "rated"
    FAVOURITE = "favourite"
    WATCHLIST = "watchlist"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTitle:
    """A title of such a list.

    :param key: TMDB's own number of it.
    :param rating: from 0.5 to 10; ``None`` in lists that are not about ratings.
    """

    kind: MediaKind
    key: str
    title: str
    original_title: str | None = None
    year: int | None = None
    rating: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountList:
    """One list.

    :param name: what a person calls it: "Rated films".
    :param note: what is odd about it, as a sentence.
    """

    what: ListKind
    name: str
    titles: tuple[ListedTitle, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AccountPast:
    """Everything that an account says.

    :param owner: what its owner is called there; may be empty.
    :param note: what is to be known besides, as a sentence.
    """

    owner: str
    lists: tuple[AccountList, ...]
    note: str = ""


class PastAccount(Protocol):
    """An account that its owner lets us read once. Used by one thread at a time."""

    def past(self) -> Job[AccountPast]:
        """Wait until the owner has agreed, read everything, and leave nothing behind; a ``CodeShown`` step says where to agree.

        :raises ProviderError: as the methods of ``library.sources.MediaServer`` do; ``ProviderDenied`` when nobody agrees.
        """
        ...

    def close(self) -> None:
        """Give back what is held; may be called again."""
        ...


def bring_account_along(
    library: Library,
    past: AccountPast,
    user: str | None = None,
    dry_run: bool = False,
    clock: Callable[[], float] = time.time,
) -> Job[ImportReport]:
    """Take in what an account said; the same rules as for files: three piles, once only, and taken back as a whole.

    :param user: whose past it is; else that of whoever sits in front of the library.
    :param dry_run: say what would become of it, and store nothing.
    """
    origin = f"{past.owner}'s account" if past.owner else "the account"
    lists = [_Told(origin, one, past.note if place == 0 else "") for place, one in enumerate(past.lists)]
    return take_in(library, Gathered(lists), user or library.person, dry_run, clock)


@dataclass(frozen=True, slots=True)
class _Told:
    """A list of an account as something with lines. Fits ``library.past.records.Readable``."""

    origin: str
    list: AccountList
    more: str

    @property
    def layout(self) -> Layout:
        return _LAYOUTS[self.list.what]

    @property
    def name(self) -> str:
        return self.list.name

    @property
    def note(self) -> str:
        return " ".join(part for part in (self.list.note, self.more) if part)

    def records(self) -> Iterator[Record]:
        for place, title in enumerate(self.list.titles, 1):
            named = f"{title.title} ({title.year})" if title.year else title.title
            yield Record(place, asdict(title), "", named)


def _subject(row: Row) -> Subject:
    title, original = text(row, "title"), text(row, "original_title")
    return Subject(
        kind=row["kind"],
        title=title or original,
        year=row["year"],
        original_title=original if original and original != title else None,
        ids=ids(tmdb=row["key"]),
    )


def _rating(row: Row, clues: Clues) -> Reading:
    value = number(row["rating"])
    taken = max(value, MIN_RATING) if value is not None and LOWEST <= value <= HIGHEST else None
    return rated(_subject(row), taken, text(row, "rating"), None)


def _layout(name: str, read: Callable[[Row, Clues], Reading]) -> Layout:
    """How the lines of one kind of list are read; no file is one."""
    return Layout(source="tmdb", name=f"TMDB {name}", recognises=lambda columns: False, read=read, by_id=True)


_LAYOUTS = {
    ListKind.RATED: _layout("ratings", _rating),
    ListKind.FAVOURITE: _layout("favourites", lambda row, clues: HEART),
    ListKind.WATCHLIST: _layout("watchlist", lambda row, clues: wished(_subject(row), None)),
}
