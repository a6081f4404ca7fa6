"""Where everything of one person lies on disk: the library file, its backups, the snapshot, posters and logs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from library.errors import StoreUnavailable

HOME_VARIABLE = "HOMEREEL_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """One directory that holds all that the program keeps; nothing is written outside of it."""

    path: Path

    @property
    def database(self) -> Path:
        """The library file: items, feedback, embeddings, settings."""
        return self.path / "library.sqlite3"

    @property
    def backups(self) -> Path:
        """Directory of the backups of the library file."""
        return self.path / "backups"

    @property
    def snapshot(self) -> Path:
        """Directory of the saved snapshot, which can be built again at any time."""
        return self.path / "snapshot"

    @property
    def networks(self) -> Path:
        """Directory of the trained graph networks, which can be trained again at any time."""
        return self.path / "networks"

    @property
    def posters(self) -> Path:
        """Directory of the poster cache, which can be emptied at any time."""
        return self.path / "posters"

    @property
    def logs(self) -> Path:
        """Directory of the log files."""
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        """File of the tokens, used only where the system has no keyring."""
        return self.path / "secrets.json"


def find_home(override: Path | None = None) -> Home:
    """Decide where the program keeps its files, and make the directories, readable by their owner alone.

    :param override: what the command line said; else the variable HOMEREEL_HOME counts, else the platform's own place.
    :raises StoreUnavailable: when the directory cannot be made.
    """
    chosen = override or os.environ.get(HOME_VARIABLE) or _platform_directory()
    home = Home(Path(chosen).expanduser().absolute())
    try:
        home.path.parent.mkdir(parents=True, exist_ok=True)
        for directory in (home.path, home.backups, home.snapshot, home.networks, home.posters, home.logs):
            directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if home.path.is_file() else (error.strerror or str(error)).lower()
        raise StoreUnavailable(
            f"The directory {home.path} cannot be used: {reason}.",
            "Choose another one with --home, or give yourself the right to write there.",
        ) from error
    return home


def _platform_directory() -> str:
    import platformdirs

    return platformdirs.user_data_dir("homereel", appauthor=False)
