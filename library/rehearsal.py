"""Looks which titles of a server are known already, before anything of it is taken over: what a move to it would keep."""

from __future__ import annotations

from dataclasses import dataclass

from library.item_matching import Matching
from library.item_rows import stored_name
from library.library import Library
from library.progress import Job, Progress
from library.settings import SourceSettings
from library.sources import Entry, MediaServer, ServerItem

LOOKED_UP_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a scan would meet. Nothing was changed.

    :param listed: titles on the server; ``known`` of them are in the library already, or were; ``unsure`` may be.
    :param rated: how many titles the person rated; ``rated_there`` of them are on the server.
    """

    listed: int = 0
    known: int = 0
    unsure: int = 0
    rated: int = 0
    rated_there: int = 0

    @property
    def sentence(self) -> str:
        """The result as the person reads it."""
        parts = [
            f"{self.listed:,} titles there: {self.known:,} are known already, {self.listed - self.known:,} are new."
        ]
        if self.unsure:
            parts.append(f"Of {self.unsure:,} it is not sure; you will be asked.")
        if self.rated:
            parts.append(f"{self.rated_there:,} of the {self.rated:,} titles that you rated are there.")
        return " ".join(parts)


def rehearse(library: Library, server: MediaServer, source: SourceSettings) -> Job[Rehearsal]:
    """Read a server as a scan would, compare, and store nothing.

    :raises ProviderError: when the service as a whole fails.
    """
    rated = {rating.item_id for rating in library.feedback.current(library.person).ratings}
    listed, unsure = 0, 0
    known: set[int] = set()
    for found in server.libraries():
        if source.libraries is not None and found.key not in source.libraries:
            continue
        step, done = f"Comparing {found.title}", 0
        entries: list[Entry] = []
        for page in server.listing(found):
            entries += page.entries
            yield Progress(step, 0, page.total)
        for batch in server.items(found, entries):
            for start in range(0, len(batch.items), LOOKED_UP_AT_ONCE):
                part = batch.items[start : start + LOOKED_UP_AT_ONCE]
                matched, doubtful = _compared(library, (source.id, found.key), part)
                known |= matched
                unsure += doubtful
            done += len(batch.items) + len(batch.failures)
            listed += len(batch.items)
            yield Progress(step, done, len(entries))
    return Rehearsal(listed, len(known), unsure, len(rated), len(known & rated))


def _compared(library: Library, place: tuple[str, str], items: tuple[ServerItem, ...]) -> tuple[set[int], int]:
    """The items of the library that some entries are, and of how many entries that is not sure."""
    matching = Matching(library.database, place)
    matching.look_up([stored_name(item.key) for item in items], items)
    found = [matching.identify(stored_name(item.key), item) for item in items]
    known = {identity.item_id for identity in found if identity.item_id is not None}
    return known, sum(identity.item_id is None and bool(identity.unsure) for identity in found)
