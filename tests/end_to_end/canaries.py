"""Looking for canaries: a log that hears everything, and every file of a directory searched for every form of a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from library.home import Home
from library.logs import set_up_logging, take_down_logging
from tests.end_to_end.service_table import forms_of

LOUD = ("urllib3", "aiohttp", "asyncio", "plexapi", "requests")


@contextmanager
def levels_as_before() -> Iterator[None]:
    """Put the levels of the loggers back afterwards."""
    before = {name: logging.getLogger(name).level for name in (*LOUD, "")}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def set_up_loudly(home: Home) -> logging.Handler:
    """The program's own log file, with everything in it that any library says."""
    destination = set_up_logging(home, logging.DEBUG)
    for name in (*LOUD, ""):
        logging.getLogger(name).setLevel(logging.DEBUG)
    return destination


@contextmanager
def loudly_logged(home: Home) -> Iterator[None]:
    """The same for as long as the block lasts."""
    with levels_as_before():
        destination = set_up_loudly(home)
        try:
            yield
        finally:
            take_down_logging(destination)


def found_in(folder: Path, secrets: set[str]) -> list[str]:
    """Files that hold one of the secrets in any form, other than the file that is meant for them."""
    forms = [form.encode() for form in forms_of(secrets)]
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "secrets.json"]
    assert any(path.name == "homereel.log" for path in files), "nothing was logged, so that nothing was tested"
    return [str(path) for path in files if any(form in path.read_bytes() for form in forms)]
