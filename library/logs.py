"""Sets up the log file: rotating, readable by its owner alone, and free of secrets from the start."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

from library.errors import StoreUnavailable
from library.home import Home
from library.redaction import RedactingFilter

FILE_NAME = "homereel.log"
LARGEST_BYTES = 10_000_000
KEPT_FILES = 5
FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"
#: Libraries that tell more than anybody wants to read at INFO.
TALKATIVE: Mapping[str, int] = {
    "urllib3": logging.WARNING,
    "plexapi": logging.WARNING,
    "asyncio": logging.WARNING,
    "aiohttp": logging.WARNING,
    "rebulk": logging.WARNING,
    "keyring": logging.WARNING,
    "sentence_transformers": logging.WARNING,
    "transformers": logging.WARNING,
}


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read."""

    def _open(self):  # type: ignore[no-untyped-def]
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            errors=self.errors,
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )


def log_file(home: Home) -> Path:
    """The file that is written now."""
    return home.logs / FILE_NAME


def set_up_logging(home: Home, level: int = logging.INFO) -> logging.Handler:
    """Write the log into the home directory from now on, without secrets.

    :returns: what writes the file; give it to :func:`take_down_logging` at the end.
    :raises StoreUnavailable: when the file cannot be opened.
    """
    try:
        home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _PrivateFile(
            log_file(home), maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        raise StoreUnavailable(
            f"The log file {log_file(home)} cannot be written: {error.strerror or error}.",
            "Look whether there is space on the disk and whether you may write there.",
        ) from error
    add_destination(file, level)
    for name, quiet in TALKATIVE.items():
        logging.getLogger(name).setLevel(quiet)
    logging.captureWarnings(True)
    return file


def add_destination(destination: logging.Handler, level: int = logging.INFO) -> None:
    """Let the log go to one more place, without secrets, such as the window's own list."""
    destination.setFormatter(logging.Formatter(FORMAT))
    destination.addFilter(RedactingFilter())
    destination.setLevel(level)
    root = logging.getLogger()
    root.addHandler(destination)
    if root.level == logging.NOTSET or root.level > level:
        root.setLevel(level)


def take_down_logging(destination: logging.Handler) -> None:
    """Stop writing to a destination and close it."""
    logging.getLogger().removeHandler(destination)
    destination.close()
