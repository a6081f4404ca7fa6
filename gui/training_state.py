"""What there is to tell about the background training, and how long it waits for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from library.progress import Progress


class Phase(StrEnum):
    """What the background training is doing."""

    IDLE = "idle"
    WAITING = "waiting"
    HELD = "held"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """What there is to tell about the background training. Times are seconds since the epoch.

    :param step: what it does just now, while it runs; ``eta`` the seconds this step still takes, where that can be told.
    :param held: why it waits although there may be something to do, as the end of a sentence after "Waiting:".
    :param next_at: when it looks again by itself whether there is something to do.
    :param seconds: how long the last finished cycle took; ``finished_at`` is when it ended; ``stages`` the seconds that each
        of its stages took, in their order.
    :param failure: why the last cycle failed; empty when it did not. ``retry_at`` is when it is tried again.
    """

    phase: Phase = Phase.IDLE
    step: Progress | None = None
    eta: float | None = None
    held: str = ""
    next_at: float | None = None
    seconds: float | None = None
    finished_at: float | None = None
    stages: Mapping[str, float] = field(default_factory=dict)
    failure: str = ""
    retry_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How long the trainer waits for what, in seconds.

    :param debounce: quiet after a request before it begins.
    :param first_retry: until the first new try after a failure; each further failure doubles it up to ``last_retry``.
    :param first_look: after a cycle that found something to do; each that did not doubles it up to ``last_look``.
    """

    debounce: float = 2.0
    first_retry: float = 30.0
    last_retry: float = 3600.0
    first_look: float = 300.0
    last_look: float = 3600.0
