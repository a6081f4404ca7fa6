"""The other persons of a household: what each of them rated and saw on a server, kept under their own name."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from library.item_rows import stored_viewing
from library.library import Library
from library.progress import Job, Progress
from library.server_ratings import ServerRatings
from library.settings import Profile, SourceSettings
from library.sources import Entry, MediaServer, ServerItem, ServerLibrary

STORED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class PersonReport:
    """What was read of one person.

    :param titles: titles of the library that this person can see on the server; ``read`` of them were new or different.
    :param ratings: ratings that came in; ``unknown`` entries belong to no title of the library yet.
    """

    person: Profile
    titles: int = 0
    read: int = 0
    ratings: int = 0
    unknown: int = 0
    problems: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The result in one line."""
        rated = f"{self.ratings:,} {'rating' if self.ratings == 1 else 'ratings'} came in"
        return f"{self.person.name}: {self.titles:,} titles, {rated}"


def read_person(
    library: Library,
    server: MediaServer,
    source: SourceSettings,
    person: Profile,
    now: Callable[[], float] = time.time,
) -> Job[PersonReport]:
    """Read what a person of the household rated and saw on a server that is signed in to as this person.

    The titles themselves are those of the scan of ``source``; nothing about them changes. Each batch is stored before the
    yield that reports it, and what has not changed since is not read again.

    :raises ProviderError: when the service as a whole fails; what was read until then is stored.
    """
    return _Reading(library, source, person, now).run(server)


class _Reading:
    """One run for one person: what it has read and counted so far."""

    def __init__(self, library: Library, source: SourceSettings, person: Profile, now: Callable[[], float]) -> None:
        self._library = library
        self._source = source
        self._person = person
        self._ratings = ServerRatings(library.feedback, source.kind, person.id, now)
        self._counts = {"titles": 0, "read": 0, "ratings": 0, "unknown": 0}
        self._problems: list[str] = []

    def run(self, server: MediaServer) -> Job[PersonReport]:
        chosen = self._source.libraries
        for found in server.libraries():
            if chosen is None or found.key in chosen:
                yield from self._read(server, found)
        return PersonReport(self._person, problems=tuple(self._problems), **self._counts)

    def _read(self, server: MediaServer, found: ServerLibrary) -> Job[None]:
        places = self._places(found.key)
        known = self._known(found.key)
        step, wanted = f"Reading what {self._person.name} saw in {found.title}", list[Entry]()
        yield Progress(step)
        for page in server.listing(found):
            for entry in page.entries:
                if entry.key not in places:
                    self._counts["unknown"] += 1
                else:
                    self._counts["titles"] += 1
                    if known.get(entry.key) != entry.version:
                        wanted.append(entry)
            self._problems += page.problems
            yield Progress(step, self._counts["titles"], page.total)
        done, versions = 0, {entry.key: entry.version for entry in wanted}
        for batch in server.items(found, wanted):
            for start in range(0, len(batch.items), STORED_AT_ONCE):
                self._store(batch.items[start : start + STORED_AT_ONCE], places, versions)
            done += len(batch.items) + len(batch.failures)
            self._problems += [*batch.failures.values(), *batch.problems]
            yield Progress(step, done, len(wanted))

    def _store(
        self, items: tuple[ServerItem, ...], places: dict[str, tuple[int, int]], versions: dict[str, str]
    ) -> None:
        """Store some items with the version that the list told, so that a change in between is read next time."""
        person = self._person.id
        rows = [(person, places[item.key][0], versions[item.key], stored_viewing(item.viewing)) for item in items]
        seen = [(places[item.key][1], item.viewing) for item in items]
        with self._library.database.transaction():
            self._library.items.put_viewings(rows)
            self._counts["ratings"] += self._ratings.take(seen)
        self._counts["read"] += len(items)

    def _places(self, library_key: str) -> dict[str, tuple[int, int]]:
        return self._library.items.places_of(self._source.id, library_key)

    def _known(self, library_key: str) -> dict[str, str]:
        return self._library.items.viewing_versions(self._person.id, self._source.id, library_key)
