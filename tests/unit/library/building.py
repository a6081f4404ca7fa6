"""Short ways to say what these tests are about: items as a server tells them, and a server whose answers are written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from library.items import ExternalId, MediaKind
from library.sources import Entry, ItemBatch, ListingPage, ServerIdentity, ServerItem, ServerLibrary


def film(key: str, title: str = "Film", year: int | None = 2000, imdb: str | None = None, **more) -> ServerItem:
    ids = tuple(more.pop("external_ids", ())) + ((ExternalId("imdb", imdb),) if imdb else ())
    more.setdefault("kind", MediaKind.MOVIE)
    more.setdefault("version", "1")
    return ServerItem(key=key, title=title, year=year, external_ids=ids, **more)


def show(key: str, title: str = "Show", year: int | None = 2000, imdb: str | None = None, **more) -> ServerItem:
    return film(key, title, year, imdb, kind=MediaKind.SHOW, **more)


@dataclass
class WrittenServer:
    """A media server that answers from lists; anything can be made to go wrong."""

    content: dict[str, list[ServerItem]]
    page: int = 10
    batch: int = 5
    complete: bool = True
    said_total: int | None = None
    failures: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    problems: tuple[str, ...] = ()
    error: Exception | None = None
    error_after: int = 0
    asked: list[str] = field(default_factory=list)
    open_answers: int = 0

    def identify(self) -> ServerIdentity:
        return ServerIdentity("machine", "Written")

    def libraries(self) -> tuple[ServerLibrary, ...]:
        return tuple(
            ServerLibrary(key, f"Library {key}", items[0].kind if items else MediaKind.MOVIE)
            for key, items in self.content.items()
        )

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        items = self.content[library.key]
        pages = [items[start : start + self.page] for start in range(0, len(items), self.page)] or [[]]
        for number, page in enumerate(pages):
            last = number == len(pages) - 1
            yield ListingPage(
                tuple(Entry(item.key, item.version) for item in page),
                total=self.said_total,
                problems=self.problems if last else (),
                complete=self.complete or not last,
            )

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        by_key = {item.key: item for item in self.content[library.key]}
        self.open_answers += 1
        try:
            for start in range(0, len(entries), self.batch):
                if self.error is not None and start >= self.error_after:
                    raise self.error
                part = entries[start : start + self.batch]
                self.asked += [entry.key for entry in part]
                told = [by_key[e.key] for e in part if e.key not in self.failures and e.key not in self.silent]
                yield ItemBatch(
                    tuple(replace(item, version="the server's own") for item in told),
                    {entry.key: self.failures[entry.key] for entry in part if entry.key in self.failures},
                )
        finally:
            self.open_answers -= 1

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        return None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        return None

    def close(self) -> None:
        return None
