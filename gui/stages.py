"""How long each stage of a training cycle takes: for the log, for the bar, and to look back at."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

from library.progress import Progress

log = logging.getLogger(__name__)

STARTING = "Starting"
ETA_AFTER = 2.0
ETA_WINDOW = 20.0


class StageClock:
    """Follows the steps of one cycle from its start, and writes into the log where each began and ended.

    A stage is all the time that one step was the last one heard of; what lies before the first is called "Starting".
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[str, float] = {}
        self._step = Progress(STARTING)
        self._began = clock()
        self._counts: deque[tuple[float, int]] = deque()

    def note(self, step: Progress) -> float | None:
        """Take in what was just heard; the seconds that this step still takes, once that can be told."""
        now = self._clock()
        if step.step != self._step.step:
            self._close(now)
            log.info("%s: begun%s", step.step, f", {step.total:,} to do" if step.total else "")
        if (step.step, step.total) != (self._step.step, self._step.total) or step.done < self._step.done:
            self._counts.clear()
        self._step = step
        return self._remaining(now)

    def finish(self) -> dict[str, float]:
        """End the last stage; the seconds each has taken, in the order in which they first came.

        Where nothing was done, starting is not worth telling: there is none then.
        """
        self._close(self._clock())
        return self._spent if self._spent.keys() != {STARTING} else {}

    def _close(self, now: float) -> None:
        name, seconds = self._step.step, now - self._began
        self._spent[name] = self._spent.get(name, 0.0) + seconds
        self._began = now
        if name != STARTING:
            count = f"{self._step.done:,} done" if self._step.done else "done"
            log.info("%s: %s in %s", name, count, took(seconds))

    def _remaining(self, now: float) -> float | None:
        """From the pace of the last seconds; the wait before the first is done says nothing about it."""
        step, counts = self._step, self._counts
        if len(counts) == 1 and step.done > counts[0][1] == 0:
            counts.clear()
        counts.append((now, step.done))
        while len(counts) > 2 and now - counts[1][0] >= ETA_WINDOW:
            counts.popleft()
        began, before = counts[0]
        if not step.total or step.done <= before or now - began < ETA_AFTER or step.done >= step.total:
            return None
        return (now - began) / (step.done - before) * (step.total - step.done)


def took(seconds: float) -> str:
    """How long something took, short enough for a table: "0.4 s", "31 s", "2 min 5 s", "1 h 4 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
