"""What a worker does with catalogues for the window: each function makes one job out of the values it is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from gui.worker import Task, Workplace
from library.enrich import NAMES, SECRETS, EnrichReport, enrich, how_far, switched_on
from library.errors import SettingsError
from library.items import Item
from library.metadata_store import LookUpCounts
from library.progress import Job, Progress
from library.secrets import Secrets
from library.settings import CatalogSettings
from library.sources import Catalog, Match

OpenCatalog = Callable[[str, str, str, str], Catalog]


@dataclass(frozen=True, slots=True)
class CatalogState:
    """How it stands with one catalogue: whether there is a key for it, and how far looking up has come."""

    name: str
    has_key: bool
    counts: LookUpCounts


def read_states(settings: CatalogSettings) -> Task:
    """How it stands with all catalogues; a system's keyring may take its time."""

    def job(workplace: Workplace) -> Job[tuple[CatalogState, ...]]:
        found = []
        for name in NAMES:
            yield Progress("Looking how far looking up is")
            has_key = bool(Secrets(workplace.home).get(SECRETS[name][0]))
            counts = how_far(workplace.library, name, settings.days, time.time())
            found.append(CatalogState(name, has_key, counts))
        return tuple(found)

    return job


def look_up(open_catalog: OpenCatalog, settings: CatalogSettings) -> Task:
    """Look up what is missing in the catalogues that are switched on, one after the other."""

    def job(workplace: Workplace) -> Job[tuple[EnrichReport, ...]]:
        reports = []
        for name in switched_on(settings):
            with closing(open_stored(workplace, open_catalog, name, settings)) as catalog:
                reports.append((yield from enrich(workplace.library, catalog, settings.days)))
        return tuple(reports)

    return job


def forget(names: Sequence[str]) -> Task:
    """Take out everything that these catalogues said."""

    def job(workplace: Workplace) -> Job[None]:
        for name in names:
            yield Progress(f"Taking out what {NAMES[name]} said")
            workplace.library.metadata.forget(name)

    return job


def find_matches(
    open_catalog: OpenCatalog, settings: CatalogSettings, name: str, item: Item, title: str, year: int | None
) -> Task:
    """Titles of a catalogue that a title of the library could be."""

    def job(workplace: Workplace) -> Job[tuple[Match, ...]]:
        yield Progress(f"Asking {NAMES[name]}")
        with closing(open_stored(workplace, open_catalog, name, settings)) as catalog:
            return catalog.search(item.kind, title, year)

    return job


def choose_match(
    open_catalog: OpenCatalog, settings: CatalogSettings, name: str, item_id: int, key: str | None
) -> Task:
    """Keep which title of a catalogue a title is (``None``: none of them), and look that one up."""

    def job(workplace: Workplace) -> Job[EnrichReport]:
        yield Progress(f"Asking {NAMES[name]}")
        if key is None:
            workplace.library.metadata.choose(item_id, name, None)
            return EnrichReport(name)
        with closing(open_stored(workplace, open_catalog, name, settings)) as catalog:
            workplace.library.metadata.choose(item_id, name, key)
            return (yield from enrich(workplace.library, catalog, settings.days, only=[item_id]))

    return job


def open_stored(workplace: Workplace, open_catalog: OpenCatalog, name: str, settings: CatalogSettings) -> Catalog:
    """A catalogue with the key that is stored for it."""
    secrets, (key_name, pin_name) = Secrets(workplace.home), SECRETS[name]
    key = secrets.get(key_name)
    if not key:
        raise SettingsError(f"The key of {NAMES[name]} is missing.", "Enter it under Configuration, Catalogues.")
    return open_catalog(name, key, (secrets.get(pin_name) if pin_name else None) or "", settings.language)
