"""Keeps what a person chose in the library file, and reads it again whatever version of the program wrote it."""

from __future__ import annotations

import dataclasses
import json
import logging
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, cast

from library.database import Database
from library.errors import SettingsError
from library.settings import LISTS, SECTIONS, Settings

log = logging.getLogger(__name__)


class SettingsStore:
    """Keeps the settings in the library file, one JSON text per section."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Settings:
        """Read all settings. Unknown keys are ignored; a value that cannot be used gives way to its default."""
        texts = {
            str(section): str(value) for section, value in self._database.rows("SELECT section, value FROM setting")
        }
        stored = {section: _parsed(section, text) for section, text in texts.items()}
        hints = _fields(Settings)
        values: dict[str, Any] = {name: _read(hints[name], stored[name], name) for name in SECTIONS if name in stored}
        for name, kind in LISTS.items():
            listed = stored.get(name)
            entries = [_read_entry(kind, entry) for entry in listed] if isinstance(listed, list) else []
            by_key = {getattr(entry, "id", entry.name): entry for entry in entries if entry is not None}
            values[name] = tuple(by_key.values())
        return Settings(**values)

    def save(self, settings: Settings) -> None:
        """Check the settings and store them.

        :raises SettingsError: when one cannot be used; nothing is stored then.
        """
        settings.check()
        texts = {
            name: json.dumps(value, ensure_ascii=False, sort_keys=True)
            for name, value in dataclasses.asdict(settings).items()
        }
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO setting (section, value) VALUES (?, ?)"
                " ON CONFLICT (section) DO UPDATE SET value = excluded.value WHERE value != excluded.value",
                list(texts.items()),
            )


def _fields(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _parsed(section: str, text: str) -> object:
    try:
        return cast(object, json.loads(text))
    except ValueError:
        log.info("The stored settings “%s” cannot be read; the defaults are used.", section)
        return None


def _read(kind: type[Any], stored: object, name: str) -> object:
    """Build a section from what was stored, value by value."""
    section: Any = kind()
    if not isinstance(stored, dict):
        return cast(object, section)
    for key, hint in _fields(kind).items():
        if key not in stored:
            continue
        try:
            changed = dataclasses.replace(section, **{key: _converted(stored[key], hint)})
            changed.check()
            section = changed
        except (SettingsError, TypeError, ValueError):
            log.info("The stored setting %s.%s cannot be used; its default is.", name, key)
    return section


def _read_entry(kind: type[Any], stored: object) -> Any:
    """One entry of a list as its kind wants it, ``None`` when it cannot be used."""
    try:
        if not isinstance(stored, dict):
            raise TypeError("not an entry")
        hints = _fields(kind)
        values: dict[str, Any] = {key: _converted(value, hints[key]) for key, value in stored.items() if key in hints}
        entry = kind(**values)
        entry.check()
    except (SettingsError, TypeError, ValueError):
        log.info("A stored entry of the settings cannot be used and is left out.")
        return None
    return entry


def _converted(value: object, hint: Any) -> object:
    """``value`` as the type of the field wants it; raises TypeError when it does not fit."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _converted(value, arguments[0])
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError("a list is wanted")
        return tuple(_converted(entry, arguments[0]) for entry in value)
    if origin is Literal:
        wanted: type = str
    elif hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    else:
        wanted = hint
    if not isinstance(value, wanted):
        raise TypeError("another type is wanted")
    return value
