"""What the computer says about itself, and whether that leaves room for learning in the background. Knows no Qt.

Asking may block, so it is done on a thread of its own (``gui.governor``). Where a system does not tell something the answer
is ``None``, and what is not known never forbids anything.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from gui.desktop_bus import BusDesktop
from library.settings import TrainingSettings

NIGHT_ENDS = 6
IDLE_SECONDS = 300.0
"""How long nobody may have touched the computer before it counts as idle."""
QUIET_SHARE = 0.25
"""Below this much of the processor, everything else counts as quiet; what has begun goes on up to ``BUSY_SHARE``."""
BUSY_SHARE = 0.4
LOAD_SECONDS = 60.0
_OLDEST_SAMPLE = 2 * LOAD_SECONDS
_POWER_SUPPLIES = Path("/sys/class/power_supply")
_FULL_SCREEN_STATES = (2, 3, 4)  # QUNS_BUSY, QUNS_RUNNING_D3D_FULL_SCREEN, QUNS_PRESENTATION_MODE
_TICKS = 2**32


class Question(StrEnum):
    """What can be asked."""

    POWER = "power"
    SCREEN = "screen"
    INPUT = "input"
    LOAD = "load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the computer said; ``None`` for what it does not tell or was not asked.

    :param on_battery: whether it runs on its battery.
    :param screen_taken: whether something plays or is shown full-screen.
    :param untouched: seconds since the last key or click anywhere.
    :param load: the share of the processor that everything but this program took over the last minute, from 0 to 1; ``None``
        until it was watched for a minute.
    """

    on_battery: bool | None = None
    screen_taken: bool | None = None
    untouched: float | None = None
    load: float | None = None


UNKNOWN = Circumstances(load=0.0)
"""A computer that tells nothing, or does not answer."""

Look = Callable[[frozenset[Question]], Circumstances]
"""Asks the computer these questions; may block for a while, and raises nothing."""


def questions_for(settings: TrainingSettings) -> frozenset[Question]:
    """What has to be known before one can say whether learning may go on."""
    wanted = set()
    if not settings.on_battery:
        wanted.add(Question.POWER)
    if not settings.full_screen:
        wanted.add(Question.SCREEN)
    if settings.schedule == "idle":
        wanted |= {Question.INPUT, Question.LOAD}
    return frozenset(wanted)


def reason_to_wait(
    settings: TrainingSettings, seen: Circumstances, *, untouched_here: float, hour: int, going: bool = False
) -> str:
    """Why learning has to wait, as the end of a sentence that begins with "Waiting:"; empty when it may go on.

    :param untouched_here: seconds since the last key or click in our own window.
    :param hour: of the local day, as the clock on the wall shows it.
    :param going: whether it goes on already: what has begun is not broken off for a little more load.
    """
    if not night_has_come(settings, hour):
        return "it learns only at night, from midnight to six"
    if seen.on_battery and not settings.on_battery:
        return "the computer runs on battery"
    if seen.screen_taken and not settings.full_screen:
        return "something plays or is shown full-screen"
    if settings.schedule != "idle":
        return ""
    untouched = untouched_here if seen.untouched is None else min(untouched_here, seen.untouched)
    if untouched < IDLE_SECONDS:
        return "the computer is in use"
    if seen.load is None:
        return "the computer has to be quiet for a minute first"
    if seen.load >= (BUSY_SHARE if going else QUIET_SHARE):
        return "other programs keep the computer busy"
    return ""


def night_has_come(settings: TrainingSettings, hour: int) -> bool:
    """Whether the schedule allows this hour; true for every hour unless it is to be night."""
    return settings.schedule != "night" or 0 <= hour < NIGHT_ENDS


def threads_for(share: float, cores: int) -> int:
    """How many threads that share of the processor is: at least one."""
    return max(1, int(cores * share + 1e-9))


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class Desktop(Protocol):
    """What a desktop can tell about the person in front of it."""

    def screen_taken(self) -> bool | None:
        """Whether something plays or is shown full-screen."""
        ...

    def untouched(self) -> float | None:
        """Seconds since the last key or click anywhere."""
        ...


class SilentDesktop:
    """A desktop that tells nothing, or that nobody here knows how to ask."""

    def screen_taken(self) -> bool | None:
        """Not known."""
        return None

    def untouched(self) -> float | None:
        """Not known."""
        return None


class WindowsDesktop:
    """Asks Windows: SHQueryUserNotificationState for the screen, GetLastInputInfo for the last key or click.

    :param libraries: where ``shell32``, ``user32`` and ``kernel32`` are found.
    """

    def __init__(self, libraries: Any = None) -> None:
        self._libraries = libraries if libraries is not None else getattr(ctypes, "windll", None)

    def screen_taken(self) -> bool | None:
        """Whether a full-screen program or a presentation is in front."""
        state = ctypes.c_int()
        try:
            refused = self._libraries.shell32.SHQueryUserNotificationState(ctypes.byref(state))
        except (AttributeError, OSError):
            return None
        return None if refused else state.value in _FULL_SCREEN_STATES

    def untouched(self) -> float | None:
        """Seconds since the last key or click in this session; the clock behind it begins anew after 49.7 days."""
        last = _LastInput(ctypes.sizeof(_LastInput), 0)
        try:
            known = self._libraries.user32.GetLastInputInfo(ctypes.byref(last))
            now = self._libraries.kernel32.GetTickCount()
        except (AttributeError, OSError):
            return None
        return (now - last.ticks) % _TICKS / 1000 if known else None


class _LastInput(ctypes.Structure):
    """Windows' LASTINPUTINFO: its own size, and the time of the last input in milliseconds since the start."""

    _fields_ = (("size", ctypes.c_uint), ("ticks", ctypes.c_uint32))


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """What the processor has done so far, in seconds summed over its cores.

    :param busy: of ``total``, everything that was not idling; ``ours`` of it this program with the processes it started.
    """

    total: float
    busy: float
    ours: float


class LoadMeter:
    """How much of the processor everything but this program took over the last minute.

    :param read: the times so far.
    """

    def __init__(self, read: Callable[[], CpuTimes], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._samples: deque[tuple[float, CpuTimes]] = deque()

    def share(self) -> float | None:
        """From 0 to 1; ``None`` until a minute of readings, none further apart than that, lies behind."""
        now, times = self._clock(), self._read()
        if self._samples and now - self._samples[-1][0] > LOAD_SECONDS:
            self._samples.clear()
        self._samples.append((now, times))
        while len(self._samples) > 1 and now - self._samples[1][0] >= LOAD_SECONDS:
            self._samples.popleft()
        began, before = self._samples[0]
        if now - began < LOAD_SECONDS or times.total <= before.total:
            return None
        others = (times.busy - before.busy) - (times.ours - before.ours)
        return min(1.0, max(0.0, others / (times.total - before.total)))


class Computer:
    """Asks the computer this program runs on. Belongs to one thread at a time.

    :param desktop: whom to ask about the screen and the last input.
    """

    def __init__(
        self,
        desktop: Desktop,
        power: Callable[[], bool | None] | None = None,
        load: Callable[[], float | None] | None = None,
    ) -> None:
        self._desktop = desktop
        self._power = power or runs_on_battery
        self._load = load or LoadMeter(read_cpu_times).share

    def look(self, questions: frozenset[Question]) -> Circumstances:
        """Answer the questions."""
        return Circumstances(
            on_battery=self._power() if Question.POWER in questions else None,
            screen_taken=self._desktop.screen_taken() if Question.SCREEN in questions else None,
            untouched=self._desktop.untouched() if Question.INPUT in questions else None,
            load=self._load() if Question.LOAD in questions else None,
        )


def ask_this_computer() -> Look:
    """What asks the computer this program runs on. It is got ready with the first question, on the thread that asks."""
    computers: list[Computer] = []

    def look(questions: frozenset[Question]) -> Circumstances:
        if not computers:
            computers.append(Computer(_this_desktop()))
        return computers[0].look(questions)

    return look


def _this_desktop() -> Desktop:
    if sys.platform == "win32":
        return WindowsDesktop()
    return BusDesktop() if sys.platform.startswith("linux") else SilentDesktop()


def runs_on_battery() -> bool | None:
    """Whether the computer runs on its battery; ``None`` when it has none or does not tell."""
    if sys.platform.startswith("linux"):
        return linux_runs_on_battery(_POWER_SUPPLIES)
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, psutil.Error):
        return None
    return None if battery is None or battery.power_plugged is None else not battery.power_plugged


def linux_runs_on_battery(supplies: Path) -> bool | None:
    """As :func:`runs_on_battery`, from the kernel's list of power supplies.

    psutil would take the battery of a wireless mouse for the computer's own, and knows the plug under two names only.
    """
    batteries = []
    try:
        for supply in sorted(supplies.iterdir()):
            kind = _said(supply / "type")
            if kind in ("Mains", "USB") and _said(supply / "online") == "1":
                return False
            if kind == "Battery" and _said(supply / "scope") != "Device":
                batteries.append(_said(supply / "status"))
    except OSError:
        return None
    return "Discharging" in batteries if batteries else None


def _said(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()
    except OSError:
        return ""


def read_cpu_times() -> CpuTimes:
    """The times so far; nothing of the processor counts as busy where the system does not tell."""
    import psutil

    try:
        times = psutil.cpu_times()
        process = psutil.Process()
        ours = _spent(process) + sum(_spent(child) for child in process.children(recursive=True))
    except (OSError, psutil.Error):
        return CpuTimes(time.monotonic(), 0.0, 0.0)
    # a guest's time is counted in that of its user, too
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return CpuTimes(total, total - times.idle - getattr(times, "iowait", 0.0), ours)


def _spent(process: Any) -> float:
    """What a process has used, with those it started that have ended: where the system counts them."""
    import psutil

    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
