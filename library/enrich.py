"""Looks titles up in a catalogue: asks what is missing or old, keeps each batch before it goes on, and says what failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from library.items import Item, MediaKind
from library.library import Library
from library.metadata_store import LookUpCounts
from library.progress import Job, Progress
from library.settings import CatalogSettings
from library.sources import Answered, Catalog, Question

NAMES = {"tmdb": "TMDB", "tvdb": "TVDB"}
"""What a person calls the catalogues."""
KINDS = (MediaKind.MOVIE, MediaKind.SHOW)
ASKED_BEFORE: dict[str, tuple[str, ...]] = {"tmdb": (), "tvdb": ("tmdb",)}
"""Catalogues whose answer makes asking another one needless."""
ATTRIBUTIONS = {
    "tmdb": "This product uses the TMDB API but is not endorsed or certified by TMDB.",
    "tvdb": "Metadata provided by TheTVDB. Please consider adding missing information or subscribing.",
}
"""What has to be said wherever a catalogue's words are shown."""
SECRETS: dict[str, tuple[str, str]] = {"tmdb": ("catalog:tmdb", ""), "tvdb": ("catalog:tvdb", "catalog:tvdb-pin")}
"""Under which names ``library.secrets`` keeps the key of a catalogue and its PIN; the latter is empty where there is none."""
DAY = 24 * 3600.0
AT_ONCE = 2000
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """What came of looking titles up.

    :param failed: titles that could not be asked about; they are asked about next time.
    :param problems: sentences about those, at most MOST_PROBLEMS; ``untold`` is how many more there were.
    """

    catalog: str
    asked: int = 0
    found: int = 0
    unknown: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()
    untold: int = 0

    @property
    def sentence(self) -> str:
        """The result in one line, as the person reads it."""
        name = NAMES.get(self.catalog, self.catalog)
        if not self.asked:
            return f"{name}: nothing to look up"
        parts = [f"{self.found:,} of {_titles(self.asked)} found"]
        parts += [f"{self.unknown:,} unknown there"] if self.unknown else []
        parts += [f"{self.failed:,} to be tried again"] if self.failed else []
        return f"{name}: {', '.join(parts)}"


def enrich(
    library: Library, catalog: Catalog, days: float, *, only: Sequence[int] = (), now: Callable[[], float] = time.time
) -> Job[EnrichReport]:
    """Look up what was never looked up, or longer ago than so many days.

    Each batch is stored before the yield that reports it, so that nothing is lost when the job is closed or cut off.

    :param only: look up these items, whatever is known of them; none for all that are due.
    :raises ProviderError: when the catalogue as a whole cannot be used; what was answered until then is stored.
    :raises StoreError: when the library cannot be written.
    """
    name = NAMES.get(catalog.name, catalog.name)
    step = f"Looking titles up at {name}"
    yield Progress(step)
    library.metadata.drop_old()
    item_ids = list(only) or due(library, catalog.name, days, now())
    asked = found = unknown = failed = 0
    problems: list[str] = []
    for start in range(0, len(item_ids), AT_ONCE):
        questions = _questions(library, catalog.name, item_ids[start : start + AT_ONCE])
        with closing(cast(Any, catalog.look_up(questions))) as batches:
            for batch in cast(Iterator[tuple[Answered, ...]], batches):
                good = [one for one in batch if not one.failure]
                library.metadata.put(catalog.name, [(one.question.item_id, one.metadata) for one in good])
                sentences = [one.failure for one in batch if one.failure]
                asked, failed = asked + len(batch), failed + len(sentences)
                found += sum(one.metadata is not None for one in good)
                unknown += sum(one.metadata is None for one in good)
                problems += sentences
                yield Progress(step, asked, len(item_ids), failure=sentences[0] if sentences else "")
    told = tuple(problems[:MOST_PROBLEMS])
    return EnrichReport(catalog.name, asked, found, unknown, failed, told, len(problems) - len(told))


def switched_on(settings: CatalogSettings) -> tuple[str, ...]:
    """The catalogues that may be asked, in the order in which they are."""
    return tuple(name for name in NAMES if getattr(settings, name))


def due(library: Library, catalog: str, days: float, now: float) -> list[int]:
    """Titles that a catalogue is to be asked about now."""
    return library.metadata.due(catalog, now - days * DAY, KINDS, ASKED_BEFORE.get(catalog, ()))


def how_far(library: Library, catalog: str, days: float, now: float) -> LookUpCounts:
    """How far looking up has come."""
    return library.metadata.counts(catalog, now - days * DAY, KINDS, ASKED_BEFORE.get(catalog, ()))


def question_of(item: Item, key: str | None = None) -> Question:
    """What a catalogue is asked about a title."""
    return Question(
        item.id, item.kind, item.title, item.year, item.runtime, item.original_title, item.external_ids, key
    )


def _questions(library: Library, catalog: str, item_ids: Sequence[int]) -> list[Question]:
    chosen = library.metadata.chosen_keys(catalog, item_ids)
    return [question_of(item, chosen.get(item.id)) for item in library.items.many(item_ids)]


def _titles(number: int) -> str:
    return f"{number:,} title" if number == 1 else f"{number:,} titles"
