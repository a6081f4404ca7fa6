"""The training process as the window sees it: started at low priority, read line by line, and sure to end."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gui.stages import StageClock
from library.errors import AppError, TrainingError
from library.progress import Progress
from library.redaction import redact

log = logging.getLogger(__name__)

GRACE_SECONDS = 1.0
"""How long the process may take to end by itself before it is ended; what it has stored stays whole."""
LAST_SECONDS = 0.5
MOST_COMPLAINTS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a cycle ended.

    :param complete: whether it did all there was to do; ``published`` how many snapshots it brought.
    """

    complete: bool = False
    published: int = 0
    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    failure: AppError | None = None


class TrainingProcess:
    """One run of the process, from its start. Belongs to the thread that reads it; :meth:`break_off` is for any thread.

    :raises TrainingError: when it cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._end: threading.Timer | None = None
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        try:
            self._process = self._start(command)
        except OSError as error:
            self._complaints.close()
            raise TrainingError(f"Learning in the background cannot start: {error.strerror or error}.") from error

    def follow(self, heard: Callable[[Progress, float | None], object], published: Callable[[], object]) -> Outcome:
        """Do what it says until it ends, and write it into the log.

        :param heard: told each step, and the seconds that it still takes where that can be told.
        :param published: called whenever a new snapshot lies in its place.
        :raises TrainingError: with the sentence that it gave as the reason why the cycle failed.
        """
        assert self._process.stdout is not None
        stages, began = StageClock(), time.monotonic()
        complete, snapshots = False, 0
        for line in self._process.stdout:
            message = _parsed(line)
            if "progress" in message:
                step = Progress(**message["progress"])
                eta = stages.note(step)
                _note(step)
                heard(step, eta)
            elif "published" in message:
                snapshots += 1
                published()
            elif "failed" in message:
                raise TrainingError(redact(message["failed"]), redact(message.get("hint", "")))
            elif "done" in message:
                complete = True
                break
        return Outcome(complete=complete, published=snapshots, seconds=time.monotonic() - began, stages=stages.finish())

    def break_off(self) -> None:
        """Ask it to end at its next step by closing its input, and see to it that it does; returns at once."""
        with self._lock:
            if self._end is not None or self._process.returncode is not None:
                return
            self._close_input()
            self._end = threading.Timer(GRACE_SECONDS, self._process.kill)
            self._end.daemon = True
            self._end.start()

    def close(self) -> None:
        """Let it end, make it when it does not, and keep the last of what it complained about."""
        with self._lock:
            self._close_input()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if not self._ended_within(GRACE_SECONDS):
            self._process.kill()
            if not self._ended_within(LAST_SECONDS):
                log.warning("The training process %d does not end.", self._process.pid)
        with self._lock:
            if self._end is not None:
                self._end.cancel()
        self._note_complaints()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        quiet = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            creationflags=quiet,
            env={**os.environ, "TQDM_DISABLE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
        )

    def _close_input(self) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def _ended_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _note_complaints(self) -> None:
        with self._complaints as complaints:
            complaints.seek(0)
            text = redact(complaints.read().decode("utf-8", "replace")).strip()
        if text:
            log.info("The training process said: %s", text[-MOST_COMPLAINTS:])


def _note(step: Progress) -> None:
    if step.failure:
        log.warning("%s", redact(step.failure))
    elif step.message:
        log.info("%s", redact(step.message))


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
