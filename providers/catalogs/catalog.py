"""What all catalogues have in common: many questions at once, pictures, and a title found by its name when no id leads to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from library.items import MediaKind
from library.sources import Answered, Match, Metadata, Question
from providers.async_http import AsyncProviderSession
from providers.catalogs.asking import EventLoop, Round
from providers.catalogs.matching import Candidate, is_as_long, is_impossible, shortlist

MOST_MATCHES = 20
KINDS = (MediaKind.MOVIE, MediaKind.SHOW)
PURPOSE = "Looking titles up"

Said = Mapping[str, Any]


class AskedCatalog(ABC):
    """Fits ``library.sources.Catalog``, but for its name, its check and what it asks.

    :param session: the way out.
    :param pictures: how addresses of pictures begin in its answers, and where they are fetched; the same but in tests.
    """

    def __init__(self, session: AsyncProviderSession, pictures: tuple[str, str]) -> None:
        self._session = session
        self._told_pictures, self._pictures = pictures
        self._loop = EventLoop()

    def look_up(self, questions: Sequence[Question]) -> Iterator[tuple[Answered, ...]]:
        """Answer the questions, several at a time."""
        return Round(self._loop, [one for one in questions if one.kind in KINDS], self._answer).answers()

    def search(self, kind: MediaKind, title: str, year: int | None = None) -> tuple[Match, ...]:
        """Titles that could be meant; those of the year first, then the others."""
        lines = self._loop.run(self._search(kind, title, None))
        found = [self._match(kind, line) for line in lines]
        return tuple(sorted(found, key=lambda one: year is not None and one.year != year)[:MOST_MATCHES])

    def picture(self, address: str) -> bytes | None:
        """The bytes of a picture; the key stays here."""
        if not address.startswith(self._told_pictures):
            return None
        return self._loop.run(self._session.picture(self._pictures + address.removeprefix(self._told_pictures)))

    def close(self) -> None:
        """Give back connections; closing twice is fine."""
        if self._loop.running:
            self._loop.run(self._session.close())
            self._loop.close()

    @abstractmethod
    async def _answer(self, question: Question) -> Metadata | None:
        """All about the title that a question is about; ``None`` when the catalogue knows nothing of it."""

    @abstractmethod
    async def _search(self, kind: MediaKind, title: str, year: int | None) -> list[Said]:
        """Lines of a search, in the catalogue's own words."""

    @abstractmethod
    async def _details(self, kind: MediaKind, key: str) -> Metadata | None:
        """All about one title; ``None`` when it is not there any more."""

    @abstractmethod
    def _candidate(self, kind: MediaKind, line: Said) -> Candidate:
        """What a line of a search says of a title, for comparing."""

    @abstractmethod
    def _match(self, kind: MediaKind, line: Said) -> Match:
        """What a line of a search says of a title, for a person to choose."""

    async def _by_name(self, question: Question) -> Metadata | None:
        """The title of that name and year, if there is no doubt about it."""
        lines = await self._search(question.kind, question.title, question.year)
        if not lines and question.year is not None:
            lines = await self._search(question.kind, question.title, None)
        listed = shortlist(question, [self._candidate(question.kind, line) for line in lines])
        if listed.by_length and not question.runtime:
            return None
        found = [await self._details(question.kind, key) for key in listed.keys]
        likely = [one for one in found if one is not None and not is_impossible(question, one)]
        if listed.by_length:
            likely = [one for one in likely if is_as_long(question, one)]
        if len(likely) != 1:
            return None
        return likely[0] if is_as_long(question, likely[0]) else replace(likely[0], external_ids=())
