"""The settings of the open window: read once, changed section by section, stored at once, told to whoever shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from library.library import Library
from library.settings import Settings, SourceSettings


class Preferences(QObject):
    """What the user chose, on the main thread.

    Signals: ``changed(Settings)`` after a change was stored.
    """

    changed = pyqtSignal(object)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = library.settings
        self._settings = self._store.load()

    @property
    def settings(self) -> Settings:
        """What holds now."""
        return self._settings

    def change(self, **sections: Any) -> None:
        """Replace some sections, store them and tell it.

        :raises SettingsError: when a value cannot be used; ``StoreError`` when it cannot be stored. Nothing changes then.
        """
        settings = replace(self._settings, **sections)
        if settings == self._settings:
            return
        self._store.save(settings)
        self._settings = settings
        self.changed.emit(settings)

    def reload(self) -> None:
        """Read the settings again: the library was restored from a backup."""
        settings = self._store.load()
        if settings != self._settings:
            self._settings = settings
            self.changed.emit(settings)

    def source(self, source_id: str) -> SourceSettings | None:
        """The source of that id, if it is configured."""
        return next((source for source in self._settings.sources if source.id == source_id), None)

    def put_source(self, source: SourceSettings) -> None:
        """Add a source, or replace the one of the same id in its place."""
        known = self._settings.sources
        if any(other.id == source.id for other in known):
            known = tuple(source if other.id == source.id else other for other in known)
        else:
            known = (*known, source)
        self.change(sources=known)

    def drop_source(self, source_id: str) -> None:
        """Forget a source."""
        self.change(sources=tuple(source for source in self._settings.sources if source.id != source_id))
