"""Arrays that outlast the program: saved as plain ``.npy`` files, whole or not at all, and mapped when they are loaded."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Arrays = dict[str, NDArray[Any]]
Facts = dict[str, Any]
Loaded = TypeVar("Loaded")

_POINTER, _FACTS, _PREFIX = "current", "facts.json", "saved-"
#: What reading raises when a file is not what was written; numpy lets errors of Python's own tokenizer through.
_DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, TokenError)


def save_arrays(directory: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write beside what is there, then switch over: a reader finds the old or the new ones, never half of either.

    :param directory: a folder for these arrays alone.
    :param facts: a JSON object to go with them.
    :raises OSError: when they cannot be written; the old ones stay.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=directory))
    try:
        for name, values in arrays.items():
            np.save(fresh / f"{name}.npy", values, allow_pickle=False)
        (fresh / _FACTS).write_text(json.dumps(dict(facts)), encoding="ascii")
        pointer = fresh / _POINTER
        pointer.write_text(fresh.name, encoding="utf-8")
        os.replace(pointer, directory / _POINTER)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    for old in directory.glob(f"{_PREFIX}*"):
        if old.name != fresh.name:
            shutil.rmtree(old, ignore_errors=True)


def load_arrays(directory: Path, build: Callable[[Arrays, Facts], Loaded]) -> Loaded | None:
    """What was made of the arrays that lie there, or ``None`` when there are none or they are not what was written.

    :param build: makes something of the arrays, mapped and not to be written to, and the facts; it raises ``ValueError`` or
        ``LookupError`` when they do not fit together.
    """
    failed, reason = None, ""
    while (current := _current(directory)) is not None and current != failed:
        try:
            return build(*_read(current))
        except _DAMAGE as error:
            failed, reason = current, str(error)  # others may have been saved just now, and these taken away: once more
    if failed is not None:
        log.info("What was saved in %s cannot be used and is made anew: %s", directory.name, reason)
    return None


def _current(directory: Path) -> Path | None:
    """Where the newest ones lie; ``None`` when there are none."""
    try:
        return directory / os.fsdecode((directory / _POINTER).read_bytes()).strip()
    except OSError:
        return None


def _read(current: Path) -> tuple[Arrays, Facts]:
    arrays = {path.stem: np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)) for path in current.glob("*.npy")}
    return arrays, json.loads((current / _FACTS).read_text(encoding="ascii"))
