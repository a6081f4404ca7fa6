"""Pictures of titles whose own server has none, from the catalogue that knows them."""

from __future__ import annotations

from gui.catalog_jobs import open_stored
from gui.worker import Workplace
from library.enrich import switched_on
from library.errors import ProviderError, SettingsError
from library.items import Item
from library.posters import PosterCache
from library.sources import Catalog


class CatalogPosters:
    """Asks the catalogues that are switched on, one after the other, and keeps what comes. Belongs to one job.

    A catalogue that does not answer is not asked again by the same job.
    """

    def __init__(self, workplace: Workplace, cache: PosterCache) -> None:
        self._workplace, self._cache = workplace, cache
        self._settings = workplace.library.settings.load().catalogs
        self._opened: dict[str, Catalog | None] = {}

    def find(self, item: Item) -> bytes | None:
        """The picture of a title as it came; ``None`` where no catalogue has one."""
        for name in switched_on(self._settings):
            said = self._workplace.library.metadata.get(item.id, name)
            if said is None or not said.poster:
                continue
            found = self._cache.get(f"catalog:{name}", said.poster) or self._ask(name, said.poster)
            if found is not None:
                return found
        return None

    def close(self) -> None:
        """Give the connections back."""
        for catalog in self._opened.values():
            if catalog is not None:
                catalog.close()
        self._opened.clear()

    def _ask(self, name: str, address: str) -> bytes | None:
        try:
            if name not in self._opened:
                self._opened[name] = open_stored(self._workplace, self._workplace.open_catalog, name, self._settings)
            catalog = self._opened[name]
            found = None if catalog is None else catalog.picture(address)
        except (ProviderError, SettingsError):
            catalog, self._opened[name] = self._opened.get(name), None
            if catalog is not None:
                catalog.close()
            return None
        if found is not None:
            self._cache.put(f"catalog:{name}", address, found)
        return found
