"""Where the files of a server lie on this computer: what is "/media/films" there may be "/mnt/nas/films" here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from library.errors import SettingsError

SEPARATOR = "="
FIRST = 10
"""So many files are looked at to see whether a mapping is right."""


@dataclass(frozen=True, slots=True)
class PathMap:
    """One directory as the server sees it, and where it is here."""

    there: str
    here: str

    def apply(self, path: str) -> str | None:
        """Where a file of the server lies here; ``None`` for one that lies elsewhere there.

        Both sides may be of another kind of system: the server's backslashes become slashes here, and the other way round.
        """
        there, wanted = _slashes(self.there).rstrip("/") + "/", _slashes(path)
        begins = wanted[: len(there)]
        same_but_capitals = begins.casefold() == there.casefold()  # which do not count on Windows
        if begins != there and not (_is_windows(self.there) and same_but_capitals):
            return None
        rest = wanted[len(there) :]
        if any(part == ".." for part in rest.split("/")):
            return None
        joiner = "\\" if _is_windows(self.here) else "/"
        return self.here.rstrip("/\\") + joiner + rest.replace("/", joiner)

    def __str__(self) -> str:
        """As it is kept in the settings."""
        return f"{self.there}{SEPARATOR}{self.here}"


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the server, where it should lie here, and whether it does."""

    there: str
    here: str | None
    exists: bool


def path_maps(texts: Iterable[str]) -> tuple[PathMap, ...]:
    """The mappings of a source's settings, the longest first; what is none is left out."""
    found = []
    for text in texts:
        there, _, here = text.partition(SEPARATOR)
        if there.strip() and here.strip():
            found.append(PathMap(there.strip(), here.strip()))
    return tuple(sorted(found, key=lambda mapping: -len(mapping.there)))


def checked_map(there: str, here: str) -> PathMap:
    """A mapping of what was typed.

    :raises SettingsError: when one side is missing, or is no whole path.
    """
    there, here = there.strip(), here.strip()
    if not there or not here:
        raise SettingsError(
            "One of the two folders is missing.", "Enter the folder as the server sees it, and as it is here."
        )
    if SEPARATOR in there:
        raise SettingsError("The folder on the server must not have a “=” in its path.", "Map a folder above it.")
    for path in (there, here):
        if not (path.startswith(("/", "\\\\")) or path[1:3] in (":\\", ":/")):
            raise SettingsError(
                f"“{path}” is not a whole path.", "Begin it at the top, like /media/films or N:\\films."
            )
    return PathMap(there, here)


def local_path(maps: Sequence[PathMap], path: str) -> str | None:
    """Where a file of the server lies here by the first mapping that fits; ``None`` when none does."""
    return next((here for mapping in maps if (here := mapping.apply(path)) is not None), None)


def first_local(
    maps: Sequence[PathMap], files: Iterable[str], exists: Callable[[str], bool] = os.path.isfile
) -> str | None:
    """The first of some files of the server that is there on this computer, by the mappings."""
    if not maps:
        return None
    return next((here for path in files if (here := local_path(maps, path)) is not None and exists(here)), None)


def try_out(
    maps: Sequence[PathMap], files: Iterable[str], exists: Callable[[str], bool] = os.path.isfile
) -> tuple[Found, ...]:
    """Where the first few files should lie here, and whether they do; looks at the disk, which may take its time."""
    looked = []
    for path in list(files)[:FIRST]:
        here = local_path(maps, path)
        looked.append(Found(path, here, here is not None and exists(here)))
    return tuple(looked)


def _slashes(path: str) -> str:
    return path.replace("\\", "/") if _is_windows(path) else path


def _is_windows(path: str) -> bool:
    """Whether a path is one of Windows: with a letter for the drive, or of another computer."""
    return path[1:2] == ":" or path.startswith("\\\\")
