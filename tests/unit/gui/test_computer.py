"""When learning may go on: the rules, and the questions to the computer behind them."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gui.computer import (
    UNKNOWN,
    Circumstances,
    Computer,
    CpuTimes,
    LoadMeter,
    Question,
    SilentDesktop,
    WindowsDesktop,
    linux_runs_on_battery,
    questions_for,
    read_cpu_times,
    reason_to_wait,
    runs_on_battery,
    threads_for,
    usable_cores,
)
from library.settings import TrainingSettings

ALWAYS = TrainingSettings()
IDLE = TrainingSettings(schedule="idle")
NIGHT = TrainingSettings(schedule="night")
CARELESS = TrainingSettings(on_battery=True, full_screen=True)
LONG = 3600.0


def reason(
    settings: TrainingSettings, seen: Circumstances, here: float = LONG, hour: int = 12, going: bool = False
) -> str:
    return reason_to_wait(settings, seen, untouched_here=here, hour=hour, going=going)


# The rules


def test_what_is_not_known_forbids_nothing() -> None:
    assert reason(ALWAYS, UNKNOWN) == ""
    assert reason(IDLE, UNKNOWN) == ""


def test_a_battery_and_a_full_screen_hold_it_unless_one_said_otherwise() -> None:
    on_battery, playing = Circumstances(on_battery=True), Circumstances(screen_taken=True)
    assert reason(ALWAYS, on_battery) == "the computer runs on battery"
    assert reason(ALWAYS, playing) == "something plays or is shown full-screen"
    assert reason(CARELESS, on_battery) == reason(CARELESS, playing) == ""


@pytest.mark.parametrize(("hour", "allowed"), [(23, False), (0, True), (5, True), (6, False), (12, False)])
def test_the_night_is_from_midnight_to_six(hour: int, allowed: bool) -> None:
    assert (reason(NIGHT, UNKNOWN, hour=hour) == "") == allowed
    assert reason(ALWAYS, UNKNOWN, hour=hour) == ""


def test_idle_means_that_nobody_touched_anything_for_five_minutes() -> None:
    quiet = Circumstances(load=0.0)
    assert reason(IDLE, quiet, here=299) == "the computer is in use"
    assert reason(IDLE, quiet, here=301) == ""
    elsewhere = Circumstances(load=0.0, untouched=10.0)
    assert reason(IDLE, elsewhere, here=LONG) == "the computer is in use"
    assert reason(IDLE, Circumstances(load=0.0, untouched=LONG), here=10) == "the computer is in use"


def test_idle_means_that_nothing_else_works_hard() -> None:
    assert "for a minute" in reason(IDLE, Circumstances())
    assert reason(IDLE, Circumstances(load=0.24)) == ""
    assert reason(IDLE, Circumstances(load=0.3)) == "other programs keep the computer busy"
    assert reason(IDLE, Circumstances(load=0.3), going=True) == ""
    assert reason(IDLE, Circumstances(load=0.5), going=True) == "other programs keep the computer busy"


def test_only_what_matters_is_asked() -> None:
    assert questions_for(ALWAYS) == {Question.POWER, Question.SCREEN}
    assert questions_for(CARELESS) == frozenset()
    assert questions_for(IDLE) == frozenset(Question)


@pytest.mark.parametrize(
    ("share", "cores", "threads"), [(0.5, 1, 1), (0.5, 8, 4), (0.5, 3, 1), (1.0, 2, 2), (0.25, 2, 1)]
)
def test_the_share_is_rounded_down_but_one_thread_is_left(share: float, cores: int, threads: int) -> None:
    assert threads_for(share, cores) == threads


# The questions


def test_a_computer_answers_what_it_is_asked_and_nothing_else() -> None:
    computer = Computer(SilentDesktop(), power=lambda: True, load=lambda: 0.1)
    assert computer.look(frozenset()) == Circumstances()
    assert computer.look(frozenset({Question.POWER})) == Circumstances(on_battery=True)
    assert computer.look(frozenset(Question)) == Circumstances(on_battery=True, load=0.1)


def supply(root: Path, name: str, **files: str) -> None:
    (root / name).mkdir(parents=True)
    for file, text in files.items():
        (root / name / file).write_text(text + "\n")


def test_on_linux_the_battery_of_a_mouse_is_not_that_of_the_computer(tmp_path: Path) -> None:
    supply(tmp_path, "hidpp_battery_0", type="Battery", scope="Device", status="Discharging")
    assert linux_runs_on_battery(tmp_path) is None
    supply(tmp_path, "BAT1", type="Battery", status="Discharging")
    assert linux_runs_on_battery(tmp_path) is True
    supply(tmp_path, "ADP1", type="Mains", online="0")
    assert linux_runs_on_battery(tmp_path) is True
    (tmp_path / "ADP1" / "online").write_text("1\n")
    assert linux_runs_on_battery(tmp_path) is False


def test_on_linux_a_full_battery_and_none_at_all_are_told_apart(tmp_path: Path) -> None:
    assert linux_runs_on_battery(tmp_path / "nothing") is None
    assert linux_runs_on_battery(tmp_path) is None
    supply(tmp_path, "BAT0", type="Battery", status="Full")
    assert linux_runs_on_battery(tmp_path) is False


def test_this_computer_answers_one_way_or_the_other() -> None:
    assert runs_on_battery() in (True, False, None)
    assert usable_cores() >= 1


class Meter:
    """A load meter on a computer of four cores, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.busy = self.ours = 0.0
        self.meter = LoadMeter(lambda: CpuTimes(4 * self.now, self.busy, self.ours), lambda: self.now)

    def after(self, seconds: float, others: float, ours: float = 0.0) -> float | None:
        """Let others and ourselves keep so many cores busy for a while, and read."""
        self.now += seconds
        self.busy += seconds * (others + ours)
        self.ours += seconds * ours
        return self.meter.share()


def test_the_load_is_that_of_others_over_the_last_minute() -> None:
    meter = Meter()
    assert meter.after(0, 0) is None
    for _ in range(5):
        assert meter.after(10, others=1, ours=2) is None
    assert meter.after(10, others=1, ours=2) == pytest.approx(0.25)
    for _ in range(6):
        share = meter.after(10, others=0, ours=2)
    assert share == pytest.approx(0)


def test_a_reading_of_long_ago_does_not_count() -> None:
    meter = Meter()
    meter.after(0, 0)
    for _ in range(6):
        meter.after(10, others=4)
    assert meter.after(600, others=0) is None
    for _ in range(6):
        share = meter.after(10, others=2)
    assert share == pytest.approx(0.5)


def test_our_own_work_is_not_counted_as_that_of_others() -> None:
    before = read_cpu_times()
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    after = read_cpu_times()
    assert after.ours - before.ours >= 0.1
    assert after.total > before.total
    assert after.busy - before.busy >= 0.1


# Windows, as its documentation describes it


class Shell:
    def __init__(self, state: int, refused: int = 0) -> None:
        self.state, self.refused = state, refused

    def SHQueryUserNotificationState(self, place) -> int:
        place._obj.value = self.state
        return self.refused


class User:
    def __init__(self, ticks: int) -> None:
        self.ticks = ticks

    def GetLastInputInfo(self, place) -> int:
        assert place._obj.size == 8
        place._obj.ticks = self.ticks
        return 1


def windows(state: int = 5, last: int = 0, now: int = 0, refused: int = 0) -> WindowsDesktop:
    kernel = SimpleNamespace(GetTickCount=lambda: now)
    return WindowsDesktop(SimpleNamespace(shell32=Shell(state, refused), user32=User(last), kernel32=kernel))


@pytest.mark.parametrize(
    ("state", "taken"), [(1, False), (2, True), (3, True), (4, True), (5, False), (6, False), (7, False)]
)
def test_windows_says_whether_the_screen_is_taken(state: int, taken: bool) -> None:
    assert windows(state).screen_taken() is taken


def test_a_windows_that_refuses_tells_nothing() -> None:
    assert windows(2, refused=-2147467259).screen_taken() is None


def test_windows_counts_from_the_last_input_even_when_its_clock_begins_anew() -> None:
    assert windows(last=1000, now=61_000).untouched() == 60.0
    assert windows(last=2**32 - 1000, now=2000).untouched() == 3.0


def test_where_the_libraries_are_missing_windows_tells_nothing() -> None:
    desktop = WindowsDesktop(SimpleNamespace())
    assert desktop.screen_taken() is None
    assert desktop.untouched() is None
