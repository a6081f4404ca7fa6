"""How long work is written: a generator that yields what it just finished.

Each yield is the progress report *and* the point where the work can be cancelled. A thread, the command line and a test
drive a job the same way: ``next(job)`` to go on, ``job.close()`` to cancel. What a job has done before a yield is stored, so
that cancelling is always safe and running again goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a job.

    :param step: what is being done, as the user reads it: "Reading texts".
    :param done: how many of ``total`` are finished; ``total`` is ``None`` while it is not known.
    :param message: what happened just now, worth a line in the log; empty for nothing to tell.
    :param failure: the reason why one part failed, when it did; the job itself goes on.
    """

    step: str
    done: int = 0
    total: int | None = None
    message: str = ""
    failure: str = ""


Job = Generator[Progress, None, Result]


def run(job: Job[Result], report: Callable[[Progress], object] | None = None) -> Result:
    """Drive a job to its end on the current thread and return its result.

    :param report: called with each step; an exception raised by it ends the job (it is closed) and is raised on.
    """
    try:
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                result: Result = end.value
                return result
            if report is not None:
                report(step)
    finally:
        job.close()
