"""The thread that learns beside the window: it drives the training process and hands over each snapshot it publishes.

The learning itself runs in a process of its own (``recommender.training_process``): importing torch holds Python's lock for
longer than a frame, so that inside this process the window would stutter. What is exchanged are lines of JSON; a snapshot
travels as the files that the next start reads anyway, mapped into memory and not copied.

A cycle runs when somebody asks for one and, between that, by itself: soon again after one that found something to do, ever
later while there is nothing. Whether it may run just now is the governor's to say.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, QThread, QTimer, pyqtSignal

from gui.governor import Governor
from gui.phrases import until
from gui.process import Outcome, TrainingProcess
from gui.training_state import Phase, Rhythm, TrainingState
from library.errors import AppError, TrainingError
from library.home import Home
from library.progress import Progress
from library.redaction import redact
from library.settings import TrainingSettings
from recommender.snapshot import Snapshot, load_snapshot
from recommender.weights import KernelWeights

log = logging.getLogger(__name__)

STOP_SECONDS = 2.0
DOZE_SECONDS = 60.0
"""A longer wait is made of pieces, so that a computer that slept meanwhile does not wait its sleep once more."""

_STUCK: list[BackgroundTrainer] = []
"""Threads whose process does not end even when it is killed: Qt must not see them taken down while they run."""


class BackgroundTrainer(QThread):
    """Keeps what was learned up to date while the window is used.

    Signals: ``published(Snapshot)`` with each picture that is better than the one before; ``progressed(Progress)``;
    ``failed(str)`` with the reason; ``state_changed(TrainingState)``.

    Requests made within a short time become one, and one made while a cycle runs causes exactly one more. A cycle that
    failed is tried again, later each time. One that the governor forbids, or that it breaks off, waits until it is allowed.

    :param command: what starts the training process; ``--threads``, their number, and the ids of items to begin with are
        added to it.
    :param weights: the kernel weights that snapshots are read with.
    :param governor: says when and how much; it is stopped with the trainer. Without it anything goes, on half the cores.
    """

    published = pyqtSignal(object)
    progressed = pyqtSignal(object)
    failed = pyqtSignal(str)
    state_changed = pyqtSignal(object)
    _heard = pyqtSignal(object, object)
    _brought = pyqtSignal(object)
    _ended = pyqtSignal(object)

    def __init__(
        self,
        home: Home,
        command: Sequence[str],
        weights: KernelWeights,
        governor: Governor | None = None,
        rhythm: Rhythm | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("background trainer")
        self._home = home
        self._command = tuple(command)
        self._weights = weights
        self._rhythm = rhythm or Rhythm()
        self._governor = governor or Governor(TrainingSettings(), parent=self)
        self._governor.decided.connect(self._decided)
        self._reason = ""
        self._needed = False
        self._first: tuple[int, ...] = ()
        self._threads = self._governor.threads
        self._retry_seconds = self._rhythm.first_retry
        self._look_seconds = self._rhythm.first_look
        self._state = TrainingState()
        self._paused = False
        self._again = False
        self._open = False  # a cycle was begun and its end was not seen yet
        self._awake = threading.Condition()
        self._wanted = False
        self._stopping = False
        self._interrupted = False
        self._process: TrainingProcess | None = None
        self._quiet = self._single_shot(self._want)
        self._retry = self._single_shot(self._want)
        self._nap = self._single_shot(self._doze)
        self._heard.connect(self._on_step)
        self._brought.connect(self._on_snapshot)
        self._ended.connect(self._on_end)

    # main thread: what others ask for ---------------------------------------------------------------------------

    @property
    def state(self) -> TrainingState:
        """What it is doing now."""
        return self._state

    def request(self) -> None:
        """Something changed that is worth learning from: begin when it has been quiet for a moment."""
        self._look_seconds = self._rhythm.first_look
        if self._paused or self._open:
            self._again = True
            return
        self._retry.stop()
        self._nap.stop()
        self._quiet.start(_milliseconds(self._rhythm.debounce))
        self._show_waiting()

    def put_first(self, item_ids: Sequence[int]) -> None:
        """Say which titles' texts to read first in the next cycle: those on screen, those just rated."""
        self._first = tuple(item_ids)

    def begin_now(self, needed: bool = False) -> None:
        """Begin without waiting for quiet: the user asked for it, or there is much that is new.

        :param needed: there is nothing to show yet: begin whatever the governor says, until there is a first snapshot.
        """
        self._look_seconds = self._rhythm.first_look
        self._needed = self._needed or needed
        self._again = True
        if not (self._paused or self._open):
            self._want()

    def start_over(self) -> None:
        """Break off what runs and begin again: what it is working from is no longer true."""
        self._interrupt()
        self.begin_now()

    def configure(self, settings: TrainingSettings) -> None:
        """Hold to these settings from now on: when it may run, and on how many cores. Pausing is :meth:`pause`."""
        self._governor.configure(settings)
        if self._open and self._threads != self._governor.threads:
            self._interrupt()  # and it goes on where it was, with the new number

    def pause(self) -> None:
        """Stop learning until :meth:`resume`; what was stored so far is kept."""
        self._paused = True
        self._again = self._again or self._state.phase in (Phase.WAITING, Phase.HELD, Phase.FAILED)
        self._stop_timers()
        self._governor.rest()
        self._interrupt()
        self._show(Phase.PAUSED)

    def resume(self) -> None:
        """Go on learning."""
        if not self._paused:
            return
        self._paused = False
        if self._open:
            self._show_waiting()
        elif self._again:
            self._want()
        else:
            self._sleep()

    def request_stop(self) -> None:
        """Tell thread and process to end; returns at once, and the process has a second for it."""
        self._stop_timers()
        self._governor.rest()
        with self._awake:
            self._stopping = True
            self._awake.notify()
        self._interrupt()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End the thread and its process and wait for them; says whether they ended in time."""
        began = time.monotonic()
        self.request_stop()
        self._governor.stop()
        ended = self.wait(_milliseconds(max(0.0, seconds - (time.monotonic() - began))))
        if not ended:
            log.warning("The background training did not end within %g seconds.", seconds)
            self.setParent(None)
            _STUCK.append(self)
        return ended

    # main thread: what happens ----------------------------------------------------------------------------------

    def _want(self) -> None:
        """There may be something to do: begin as soon as that is allowed."""
        self._again = True
        self._reason = ""
        self._stop_timers()
        self._show_waiting()
        if self._needed:
            self._begin()
        self._governor.ask()

    def _decided(self, reason: str) -> None:
        """The governor has looked; the reason to wait is empty when there is none."""
        self._reason = reason
        if self._stopping or self._paused or self._needed:
            return
        if reason and (self._open or self._again):
            self._interrupt()
            if self._state.held != reason:
                log.info("Learning waits: %s.", reason)
                self._show(Phase.HELD, held=reason)
        elif not reason and self._open and self._state.phase is Phase.HELD:
            self._show(Phase.WAITING)
        elif not reason and self._again and not self._open:
            self._begin()

    def _begin(self) -> None:
        self._stop_timers()
        self._again = False
        self._open = True
        self._threads = self._governor.threads
        self._show(Phase.RUNNING)
        with self._awake:
            self._wanted = True
            self._interrupted = False
            self._awake.notify()

    def _interrupt(self) -> None:
        """Ask the present cycle, if there is one, to end at its next step."""
        with self._awake:
            self._interrupted = True
            if self._process is not None:
                self._process.break_off()

    def _on_step(self, step: Progress, eta: float | None) -> None:
        """Tell on the main thread what the thread heard; after the end nobody wants to know."""
        if self._stopping:
            return
        self.progressed.emit(step)
        if self._state.phase is Phase.RUNNING:
            self._show(Phase.RUNNING, step=step, eta=eta)

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self._stopping:
            return
        self._needed = False
        self.published.emit(snapshot)
        if self._reason:
            self._decided(self._reason)

    def _on_end(self, outcome: Outcome) -> None:
        self._open = False
        if self._stopping:
            return
        if outcome.complete:
            self._note_success(outcome)
        elif outcome.failure is None:
            self._again = True  # broken off
        if self._paused:
            self._show(Phase.PAUSED)
        elif outcome.failure is not None:
            self._fail(outcome.failure)
        elif self._again:
            self._want()
        else:
            self._sleep()

    def _note_success(self, outcome: Outcome) -> None:
        self._needed = False
        self._retry_seconds = self._rhythm.first_retry
        idle = min(2 * self._look_seconds, self._rhythm.last_look)
        self._look_seconds = self._rhythm.first_look if outcome.published else idle
        self._state = replace(
            self._state, seconds=outcome.seconds, finished_at=time.time(), stages=outcome.stages, failure=""
        )

    def _fail(self, failure: AppError) -> None:
        """Say it, write it down, and try again later, or at once when something else is to be learned anyway."""
        self._governor.rest()
        retry_at = time.time() + (0.0 if self._again else self._retry_seconds)
        log.warning("Learning in the background failed: %s It is tried again %s.", failure, until(retry_at))
        if self._again:
            self._want()
            return
        self._retry.start(_milliseconds(self._retry_seconds))
        self._retry_seconds = min(2 * self._retry_seconds, self._rhythm.last_retry)
        self._show(Phase.FAILED, failure=str(failure), retry_at=retry_at)
        self.failed.emit(str(failure))

    def _sleep(self) -> None:
        """Nothing to do: look again by itself after a while."""
        self._governor.rest()
        self._show(Phase.IDLE, next_at=time.time() + self._look_seconds)
        self._doze()

    def _doze(self) -> None:
        left = (self._state.next_at or 0.0) - time.time()
        if left > 0:
            self._nap.start(_milliseconds(min(left, DOZE_SECONDS)) + 1)
        else:
            self._want()

    def _stop_timers(self) -> None:
        for timer in (self._quiet, self._retry, self._nap):
            timer.stop()

    def _single_shot(self, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer

    def _show_waiting(self) -> None:
        """Say that it begins soon, unless it is known to be held."""
        if self._state.phase is not Phase.HELD:
            self._show(Phase.WAITING)

    def _show(self, phase: Phase, **now: Any) -> None:
        """Tell the new state; what belonged to the former phase only is gone unless it is given again."""
        passing = {"step": None, "eta": None, "held": "", "next_at": None, "retry_at": None}
        self._state = replace(self._state, phase=phase, **(passing | now))
        self.state_changed.emit(self._state)

    # the thread -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Wait for a wish, run one cycle, and so on until told to stop."""
        while self._wait_for_wish():
            try:
                outcome = self._cycle()
            except AppError as error:
                outcome = Outcome(failure=error)
            except Exception as error:
                log.exception("A training cycle failed unexpectedly.")
                reason = redact(str(error)) or type(error).__name__
                outcome = Outcome(failure=TrainingError(f"Learning stopped: {reason}.", "The details are in the log."))
            self._ended.emit(outcome)

    def _wait_for_wish(self) -> bool:
        with self._awake:
            while not self._wanted and not self._stopping:
                self._awake.wait()
            self._wanted = False
            return not self._stopping

    def _cycle(self) -> Outcome:
        """One run of the training process, from its start to its end."""
        with self._awake:
            if self._stopping or self._interrupted:
                return Outcome()
            threads = ("--threads", str(self._threads))
            process = self._process = TrainingProcess([*self._command, *threads, *map(str, self._first)])
        try:
            outcome = process.follow(self._heard.emit, self._publish)
        finally:
            process.close()
            with self._awake:
                self._process = None
        if not (outcome.complete or self._interrupted or self._stopping):
            raise TrainingError("Learning in the background ended too early.")
        return outcome

    def _publish(self) -> None:
        snapshot = load_snapshot(self._home.snapshot, self._weights)
        if snapshot is not None:
            _ = snapshot.texts  # counted here, and then known: it looks at every vector
            self._brought.emit(snapshot)


def _milliseconds(seconds: float) -> int:
    return int(1000 * seconds)
