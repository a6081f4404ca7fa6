"""The strip at the bottom: of everything that is going on, the one thing to show, calmly.

Nothing is shown for work that is over within 0.6 seconds, and what is shown stays for at least half a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QTimer

from gui.phrases import remaining
from gui.widgets.progress_strip import ProgressStrip
from gui.worker import Ticket
from library.progress import Progress

CALM_SECONDS = 0.6
LEAST_SECONDS = 0.5
ETA_AFTER = 2.0
NOTE_MILLISECONDS = 5000


@dataclass(slots=True)
class _Work:
    """One thing that is going on.

    :param rank: of several works the one of the highest rank is shown.
    :param began: when; ``step_began`` when its present step did, at ``step_from`` of the total.
    """

    began: float
    rank: int
    on_cancel: Callable[[], object] | None
    step: Progress
    step_began: float
    step_from: int = 0

    def eta(self, now: float) -> str:
        """How long the present step still takes; empty while that cannot be told."""
        step, spent = self.step, now - self.step_began
        done = step.done - self.step_from
        if not step.total or done <= 0 or spent < ETA_AFTER or step.done >= step.total:
            return ""
        return remaining(spent / done * (step.total - step.done))


class Activity(QObject):
    """Decides what the strip shows: of what lasts, the work of the highest rank, and of those the newest.

    :param note: what stands at its end; asked for again now and then.
    """

    def __init__(
        self,
        strip: ProgressStrip,
        note: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._strip = strip
        self._words = note
        self._clock = clock
        self._works: dict[str, _Work] = {}
        self._shown_since: float | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._update)
        self._note = QTimer(self)
        self._note.setInterval(NOTE_MILLISECONDS)
        self._note.timeout.connect(self.show_note)

    def start(self) -> None:
        """Show the note about connections from now on."""
        self.show_note()
        self._note.start()

    def stop(self) -> None:
        """Show nothing any more: the window closes."""
        self._note.stop()
        self._soon.stop()
        self._works.clear()
        self._shown_since = None

    def follow(self, ticket: Ticket, cancellable: bool = True) -> None:
        """Show how far a job is until it ends."""
        name = f"ticket {id(ticket)}"
        on_cancel = ticket.cancel if cancellable else None
        ticket.progressed.connect(lambda step: self.report(name, step, on_cancel))
        ticket.ended.connect(lambda: self.finish(name))

    def report(self, name: str, step: Progress, on_cancel: Callable[[], object] | None = None, rank: int = 1) -> None:
        """Note how far a work is; it is shown when it lasts, and nothing of a higher rank does."""
        now = self._clock()
        work = self._works.setdefault(name, _Work(now, rank, on_cancel, step, now, step.done))
        if step.step != work.step.step or step.total != work.step.total or step.done < work.step.done:
            work.step_began, work.step_from = now, step.done
        work.step, work.on_cancel = step, on_cancel
        self._update()

    def finish(self, name: str) -> None:
        """A work is over."""
        if self._works.pop(name, None) is not None:
            self._update()

    def show_note(self) -> None:
        """Say what is to be said at the end of the strip now."""
        self._strip.set_note(self._words())

    def _update(self) -> None:
        now = self._clock()
        lasting = [work for work in self._works.values() if now - work.began >= CALM_SECONDS]
        if lasting:
            work = max(lasting, key=lambda work: (work.rank, work.began))
            if self._shown_since is None:
                self._shown_since = now
            self._strip.show_progress(work.step.step, work.step.done, work.step.total, work.eta(now), work.on_cancel)
        elif self._shown_since is not None and now - self._shown_since >= LEAST_SECONDS:
            self._shown_since = None
            self._strip.clear()
        if self._works and not lasting:
            wait = min(CALM_SECONDS - (now - work.began) for work in self._works.values())
            self._soon.start(max(1, int(1000 * wait) + 1))
        elif self._shown_since is not None and not lasting:
            self._soon.start(max(1, int(1000 * (LEAST_SECONDS - (now - self._shown_since))) + 1))
