"""The thread that learns beside the window: it drives the training process and hands over each snapshot it publishes.

The learning itself runs in a process of its own (``recommender.training_process``): importing torch holds Python's lock for
longer than a frame, so that inside this process the window would stutter. What is exchanged are lines of JSON; a snapshot
travels as the files that the next start reads anyway, mapped into memory and not copied.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import IO, Any

from PyQt6.QtCore import QObject, QThread, QTimer, pyqtSignal

from library.errors import AppError, TrainingError
from library.home import Home
from library.progress import Progress
from library.redaction import redact
from recommender.snapshot import Snapshot, load_snapshot
from recommender.weights import KernelWeights

log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 2.0
FIRST_RETRY_SECONDS = 30.0
LAST_RETRY_SECONDS = 3600.0
STOP_SECONDS = 5.0
GRACE_SECONDS = 2.0
"""How long the training process may take to end by itself before it is ended; what it has stored stays whole."""


class Phase(StrEnum):
    """What the background training is doing."""

    IDLE = "idle"
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """What there is to tell about the background training.

    :param step: what it does just now, while it runs.
    :param seconds: how long the last finished cycle took; ``finished_at`` is when it ended (seconds since the epoch).
    :param failure: why the last cycle failed; empty when it did not.
    :param retry_at: when it is tried again after a failure (seconds since the epoch).
    """

    phase: Phase = Phase.IDLE
    step: Progress | None = None
    seconds: float | None = None
    finished_at: float | None = None
    failure: str = ""
    retry_at: float | None = None


class BackgroundTrainer(QThread):
    """Keeps what was learned up to date while the window is used.

    Signals: ``published(Snapshot)`` with each picture that is better than the one before; ``progressed(Progress)``;
    ``failed(str)`` with the reason; ``state_changed(TrainingState)``.

    Requests made within a short time become one, and one made while a cycle runs causes exactly one more. A cycle that
    failed is tried again, later each time.

    :param command: what starts the training process; the ids of items to begin with are added to it.
    :param weights: the kernel weights that snapshots are read with.
    :param debounce: seconds of quiet to wait for after a request; ``first_retry`` after the first failure.
    """

    published = pyqtSignal(object)
    progressed = pyqtSignal(object)
    failed = pyqtSignal(str)
    state_changed = pyqtSignal(object)
    _arrived = pyqtSignal(object)
    _ended = pyqtSignal(object, bool, float)

    def __init__(
        self,
        home: Home,
        command: Sequence[str],
        weights: KernelWeights,
        *,
        debounce: float = DEBOUNCE_SECONDS,
        first_retry: float = FIRST_RETRY_SECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("background trainer")
        self._home = home
        self._command = tuple(command)
        self._weights = weights
        self._first: tuple[int, ...] = ()
        self._first_retry = first_retry
        self._retry_seconds = first_retry
        self._state = TrainingState()
        self._paused = False
        self._again = False
        self._open = False  # a cycle was begun and its end was not seen yet
        self._awake = threading.Condition()
        self._wanted = False
        self._stopping = False
        self._interrupted = False
        self._process: subprocess.Popen[bytes] | None = None
        self._quiet = self._single_shot(debounce, self._begin)
        self._retry = self._single_shot(first_retry, self._begin)
        self._grace = self._single_shot(GRACE_SECONDS, self._end_process)
        self._arrived.connect(self._on_arrival)
        self._ended.connect(self._on_end)

    # main thread ------------------------------------------------------------------------------------------------

    @property
    def state(self) -> TrainingState:
        """What it is doing now."""
        return self._state

    def request(self) -> None:
        """Something changed that is worth learning from: begin when it has been quiet for a moment."""
        if self._paused or self._open:
            self._again = True
        else:
            self._retry.stop()
            self._quiet.start()
            self._show(replace(self._state, phase=Phase.WAITING, retry_at=None))

    def put_first(self, item_ids: Sequence[int]) -> None:
        """Say which titles' texts to read first in the next cycle: those on screen, those just rated."""
        self._first = tuple(item_ids)

    def begin_now(self) -> None:
        """Begin without waiting: the user asked for it, or the first snapshot is needed."""
        self._quiet.stop()
        self._retry.stop()
        if self._paused or self._open:
            self._again = True
        else:
            self._begin()

    def start_over(self) -> None:
        """Break off what runs and begin again: what it is working from is no longer true."""
        self._interrupt()
        self.begin_now()

    def pause(self) -> None:
        """Stop learning until :meth:`resume`; what was stored so far is kept."""
        self._paused = True
        self._again = self._again or self._state.phase in (Phase.WAITING, Phase.FAILED)
        self._quiet.stop()
        self._retry.stop()
        self._interrupt()
        self._show(replace(self._state, phase=Phase.PAUSED, step=None, retry_at=None))

    def resume(self) -> None:
        """Go on learning."""
        if not self._paused:
            return
        self._paused = False
        self._show(replace(self._state, phase=Phase.WAITING if self._open else Phase.IDLE))
        if self._again:
            self.begin_now()

    def request_stop(self) -> None:
        """Tell thread and process to end; returns at once."""
        self._quiet.stop()
        self._retry.stop()
        with self._awake:
            self._stopping = True
            self._awake.notify()
        self._interrupt()
        self._grace.stop()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End the thread and its process and wait for them; says whether they ended in time."""
        self.request_stop()
        ended = self.wait(int(1000 * min(seconds, GRACE_SECONDS)))
        if not ended:
            self._end_process()
            ended = self.wait(int(1000 * max(seconds - GRACE_SECONDS, 0)))
        if not ended:
            log.warning("The background training did not end within %g seconds.", seconds)
        return ended

    def _interrupt(self) -> None:
        """Ask the present cycle, if there is one, to end at its next step."""
        with self._awake:
            self._interrupted = True
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
                self._grace.start()

    def _end_process(self) -> None:
        with self._awake:
            if self._process is not None:
                self._process.kill()

    def _single_shot(self, seconds: float, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(int(seconds * 1000))
        timer.timeout.connect(slot)
        return timer

    def _begin(self) -> None:
        self._again = False
        self._open = True
        self._show(replace(self._state, phase=Phase.RUNNING, step=None, retry_at=None))
        with self._awake:
            self._wanted = True
            self._interrupted = False
            self._awake.notify()

    def _on_arrival(self, value: Progress | Snapshot) -> None:
        """Tell on the main thread what the thread brought; after the end nobody wants to know."""
        if self._stopping:
            return
        if not isinstance(value, Progress):
            self.published.emit(value)
            return
        self.progressed.emit(value)
        if self._state.phase is Phase.RUNNING:
            self._show(replace(self._state, step=value))

    def _on_end(self, failure: AppError | None, complete: bool, seconds: float) -> None:
        self._grace.stop()
        self._open = False
        if self._stopping:
            return
        now = time.time()
        if complete:
            self._retry_seconds = self._first_retry
            self._state = replace(self._state, seconds=seconds, finished_at=now, failure="")
        broken_off = failure is None and not complete
        self._again = self._again or broken_off
        if self._paused:
            self._show(replace(self._state, step=None))
        elif failure is None or self._again:
            self._show(replace(self._state, phase=Phase.IDLE, step=None))
            if self._again:
                self._begin()
        else:
            self._fail(failure, now)

    def _fail(self, failure: AppError, now: float) -> None:
        self._retry.start(int(self._retry_seconds * 1000))
        retry_at = now + self._retry_seconds
        self._retry_seconds = min(2 * self._retry_seconds, LAST_RETRY_SECONDS)
        self._show(replace(self._state, phase=Phase.FAILED, step=None, failure=str(failure), retry_at=retry_at))
        self.failed.emit(str(failure))

    def _show(self, state: TrainingState) -> None:
        self._state = state
        self.state_changed.emit(state)

    # the thread -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Wait for a wish, run one cycle, and so on until told to stop."""
        while self._wait_for_wish():
            began = time.monotonic()
            failure: AppError | None = None
            complete = False
            try:
                complete = self._cycle()
            except AppError as error:
                failure = error
            except Exception as error:
                log.exception("A training cycle failed unexpectedly.")
                failure = TrainingError(f"Learning stopped: {redact(str(error))}.", "The details are in the log.")
            self._ended.emit(failure, complete, time.monotonic() - began)

    def _wait_for_wish(self) -> bool:
        with self._awake:
            while not self._wanted and not self._stopping:
                self._awake.wait()
            self._wanted = False
            return not self._stopping

    def _cycle(self) -> bool:
        """One run of the training process, from its start to its end; whether it did all there was to do."""
        with tempfile.TemporaryFile() as complaints:
            with self._awake:
                if self._stopping or self._interrupted:
                    return False
                process = self._process = _start([*self._command, *map(str, self._first)], complaints)
            try:
                assert process.stdout is not None
                complete = self._read(process.stdout)
            finally:
                with self._awake:
                    self._process = None
                _leave(process)
                _note(complaints)
        if not (complete or self._interrupted or self._stopping):
            raise TrainingError("Learning in the background ended too early.", "It is tried again in a while.")
        return complete

    def _read(self, lines: IO[bytes]) -> bool:
        """Follow what the process says; whether it said that it is done."""
        for line in lines:
            message = _parsed(line)
            if "progress" in message:
                self._report(Progress(**message["progress"]))
            elif "published" in message:
                self._publish()
            elif "failed" in message:
                raise TrainingError(redact(message["failed"]), redact(message.get("hint", "")))
            elif "done" in message:
                return True
        return False

    def _report(self, step: Progress) -> None:
        if step.failure:
            log.warning("%s", redact(step.failure))
        elif step.message:
            log.info("%s", redact(step.message))
        self._arrived.emit(step)

    def _publish(self) -> None:
        snapshot = load_snapshot(self._home.snapshot, self._weights)
        if snapshot is not None:
            _ = snapshot.texts  # counted here, and then known: it looks at every vector
            self._arrived.emit(snapshot)


def _start(command: Sequence[str], complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the training process at low priority; closing its standard input asks it to end."""
    quiet = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            creationflags=quiet,
            env={**os.environ, "TQDM_DISABLE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
        )
    except OSError as error:
        raise TrainingError(f"Learning in the background cannot start: {error.strerror or error}.") from error


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Let the process end, and make it when it does not."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _note(complaints: IO[bytes]) -> None:
    """Keep the last of what the process complained about."""
    complaints.seek(0)
    text = redact(complaints.read().decode("utf-8", "replace")).strip()
    if text:
        log.info("The training process said: %s", text[-4000:])


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
