"""What a person chose: one frozen class per section, checked, and kept in the library file. Never holds a secret."""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from library.database import Database
from library.errors import SettingsError

log = logging.getLogger(__name__)

SourceKind = Literal["demo", "folder", "plex"]
Theme = Literal["system", "dark", "light"]
MAX_ADVENTURE = 2.0
MAX_COOLDOWN_HOURS = 168.0


def _require(good: bool, message: str, hint: str = "") -> None:
    if not good:
        raise SettingsError(message, hint)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One place that media come from. Its token, if it needs one, lies in ``library.secrets`` as "source:<id>".

    :param libraries: keys of the chosen libraries; ``None`` means all of them.
    """

    id: str
    kind: SourceKind
    name: str
    url: str = ""
    paths: tuple[str, ...] = ()
    libraries: tuple[str, ...] | None = None

    def check(self) -> None:
        """Raise :class:`SettingsError` with a sentence when this cannot work."""
        _require(bool(self.id.strip()), "The source has no id.")
        _require(self.kind in typing.get_args(SourceKind), f"There is no kind of source called “{self.kind}”.")
        _require(bool(self.name.strip()), "The source needs a name.", "Give it one that tells you where it is.")
        if self.kind == "plex":
            self._check_url()
        if self.kind == "folder":
            _require(bool(self.paths), "No folder is chosen.", "Choose the folder that your media lie in.")
            _require(all(path.strip() for path in self.paths), "One of the folders has no path.")

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.url.strip())
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
        _require(good, "This is not an address of a server.", "It looks like http://192.168.1.10:32400.")
        _require(
            parts.username is None and "token" not in parts.query.lower(),
            "The address must not hold a token or a password.",
            "Put the token into its own field.",
        )


DEMO_SOURCE = SourceSettings(id="demo", kind="demo", name="Demo library")
"""What stands in for want of any source; it is not among the settings unless it was asked for."""


@dataclass(frozen=True, slots=True)
class RecommendationSettings:
    """How bold the suggestions are, and how long one rests before it comes again."""

    adventure: float = 0.3
    cooldown_hours: float = 2.0

    def check(self) -> None:
        """Raise :class:`SettingsError` with a sentence when a number is out of its range."""
        good = math.isfinite(self.adventure) and 0 <= self.adventure <= MAX_ADVENTURE
        _require(good, f"Adventure is a number from 0 to {MAX_ADVENTURE:g}.")
        good = math.isfinite(self.cooldown_hours) and 0 <= self.cooldown_hours <= MAX_COOLDOWN_HOURS
        _require(good, f"The cool-down is from 0 to {MAX_COOLDOWN_HOURS:g} hours.")


@dataclass(frozen=True, slots=True)
class AppearanceSettings:
    """How the window looks."""

    theme: Theme = "system"

    def check(self) -> None:
        """Raise :class:`SettingsError` when there is no such theme."""
        _require(self.theme in typing.get_args(Theme), f"There is no theme called “{self.theme}”.")


@dataclass(frozen=True, slots=True)
class TextModelSettings:
    """Which model reads the texts: a name, or the path of a directory."""

    name: str = "all-MiniLM-L6-v2"

    def check(self) -> None:
        """Raise :class:`SettingsError` when no model is named."""
        _require(bool(self.name.strip()), "The text model needs a name or a path.")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Whether the program learns in the background."""

    paused: bool = False

    def check(self) -> None:
        """Nothing here can be wrong."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """Where the window was and which tab was open: opaque words of the window itself."""

    geometry: str = ""
    tab: str = ""

    def check(self) -> None:
        """Nothing here can be wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person chose, one section each."""

    sources: tuple[SourceSettings, ...] = ()
    recommendation: RecommendationSettings = field(default_factory=RecommendationSettings)
    appearance: AppearanceSettings = field(default_factory=AppearanceSettings)
    text_model: TextModelSettings = field(default_factory=TextModelSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    window: WindowSettings = field(default_factory=WindowSettings)

    def check(self) -> None:
        """Raise :class:`SettingsError` for the first section that cannot be used."""
        for source in self.sources:
            source.check()
        ids = [source.id for source in self.sources]
        _require(len(ids) == len(set(ids)), "Two sources have the same id.")
        for section in (self.recommendation, self.appearance, self.text_model, self.training, self.window):
            section.check()


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
        values: dict[str, Any] = {
            name: _read(kind, stored[name], name)
            for name, kind in _fields(Settings).items()
            if name != "sources" and name in stored
        }
        listed = stored.get("sources")
        sources = [_read_source(entry) for entry in listed] if isinstance(listed, list) else []
        by_id = {source.id: source for source in sources if source is not None}
        return Settings(sources=tuple(by_id.values()), **values)

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


def _read_source(stored: object) -> SourceSettings | None:
    try:
        if not isinstance(stored, dict):
            raise TypeError("not a source")
        hints = _fields(SourceSettings)
        values: dict[str, Any] = {key: _converted(value, hints[key]) for key, value in stored.items() if key in hints}
        source = SourceSettings(**values)
        source.check()
    except (SettingsError, TypeError, ValueError):
        log.info("A stored source cannot be used and is left out.")
        return None
    return source


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
