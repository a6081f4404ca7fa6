"""The governor: what it asks and when, and that neither a silent nor a hanging computer holds anything up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from gui.computer import IDLE_SECONDS, Circumstances, Question, ask_this_computer
from gui.governor import Governor
from library.settings import TrainingSettings

NOON = time.mktime((2024, 5, 10, 12, 0, 0, 0, 0, -1))
MIDNIGHT = time.mktime((2024, 5, 11, 0, 0, 1, 0, 0, -1))
ON_BATTERY = "the computer runs on battery"


class Watch:
    """A governor, the computer it asks, and what it decided."""

    def __init__(self, settings: TrainingSettings, every: float = 0.05, patience: float = 5.0) -> None:
        self.asked: list[frozenset[Question]] = []
        self.threads: list[str] = []
        self.seen = Circumstances()
        self.now = NOON
        self.hanging: threading.Event | None = None
        self.governor = Governor(settings, self.look, every=every, patience=patience, wall_clock=lambda: self.now)
        self.decided: list[str] = []
        self.governor.decided.connect(self.decided.append)

    def look(self, questions: frozenset[Question]) -> Circumstances:
        self.asked.append(questions)
        self.threads.append(threading.current_thread().name)
        if self.hanging is not None:
            self.hanging.wait(10)
        return self.seen


@pytest.fixture
def watch_of(qapp) -> Iterator[Callable[..., Watch]]:
    made: list[Watch] = []

    def make(settings: TrainingSettings | None = None, **options: float) -> Watch:
        made.append(Watch(settings or TrainingSettings(), **options))
        return made[-1]

    yield make
    for watch in made:
        if watch.hanging is not None:
            watch.hanging.set()
        assert watch.governor.stop()
        watch.governor.deleteLater()


def test_it_asks_on_a_thread_of_its_own_and_again_until_it_rests(watch_of, qtbot) -> None:
    watch = watch_of()
    watch.governor.ask()
    assert watch.decided == []
    qtbot.waitUntil(lambda: len(watch.decided) >= 3)
    assert set(watch.decided) == {""}
    assert set(watch.threads) == {"governor"}
    watch.seen = Circumstances(on_battery=True)
    qtbot.waitUntil(lambda: watch.decided[-1] == ON_BATTERY)
    watch.governor.rest()
    qtbot.wait(50)
    asked, decided = len(watch.asked), len(watch.decided)
    qtbot.wait(200)
    assert (len(watch.asked), len(watch.decided)) == (asked, decided)


def test_an_answer_is_good_for_a_while(watch_of, qtbot) -> None:
    watch = watch_of(every=60)
    watch.governor.ask()
    qtbot.waitUntil(lambda: watch.decided == [""])
    watch.governor.rest()
    watch.governor.ask()
    assert watch.decided == ["", ""]
    assert len(watch.asked) == 1


def test_other_settings_hold_at_once_and_ask_what_was_not_asked(watch_of, qtbot) -> None:
    watch = watch_of(TrainingSettings(on_battery=True), every=60)
    watch.seen = Circumstances(on_battery=True)
    watch.governor.ask()
    qtbot.waitUntil(lambda: watch.decided == [""])
    watch.governor.configure(TrainingSettings())
    qtbot.waitUntil(lambda: watch.decided == ["", ON_BATTERY])
    assert watch.asked == [{Question.SCREEN}, {Question.SCREEN, Question.POWER}]
    watch.governor.configure(TrainingSettings(on_battery=True))
    assert watch.decided[-1] == ""


def test_where_everything_goes_nobody_is_asked(watch_of) -> None:
    watch = watch_of(TrainingSettings(on_battery=True, full_screen=True))
    watch.governor.ask()
    assert watch.decided == [""]
    assert watch.asked == []


def test_by_day_it_waits_for_the_night_without_asking_anything(watch_of, qtbot) -> None:
    watch = watch_of(TrainingSettings(schedule="night"))
    watch.governor.ask()
    assert watch.decided == ["it learns only at night, from midnight to six"]
    assert watch.asked == []
    watch.now = MIDNIGHT
    qtbot.waitUntil(lambda: watch.decided[-1] == "")
    assert watch.asked


def test_a_click_in_our_window_counts_as_use(watch_of, qtbot) -> None:
    watch = watch_of(TrainingSettings(schedule="idle"))
    watch.seen = Circumstances(untouched=IDLE_SECONDS + 1, load=0.0)
    button = QPushButton("Here")
    qtbot.addWidget(button)
    button.show()
    watch.governor._touched_at -= 2 * IDLE_SECONDS
    watch.governor.ask()
    qtbot.waitUntil(lambda: watch.decided[-1:] == [""])
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: watch.decided[-1] == "the computer is in use")


def test_choosing_to_wait_for_an_idle_computer_is_a_use_of_it(watch_of, qtbot) -> None:
    watch = watch_of()
    watch.seen = Circumstances(untouched=IDLE_SECONDS + 1, load=0.0)
    watch.governor._touched_at -= 2 * IDLE_SECONDS
    watch.governor.ask()
    watch.governor.configure(TrainingSettings(schedule="idle"))
    qtbot.waitUntil(lambda: watch.decided[-1:] == ["the computer is in use"])


def test_a_computer_that_hangs_forbids_nothing_and_is_asked_no_second_time(watch_of, qtbot) -> None:
    watch = watch_of(patience=0.1)
    watch.hanging = threading.Event()
    watch.seen = Circumstances(on_battery=True)
    watch.governor.ask()
    assert watch.decided == []
    qtbot.waitUntil(lambda: len(watch.decided) >= 2)
    assert set(watch.decided) == {""}
    assert len(watch.asked) == 1
    watch.hanging.set()
    qtbot.waitUntil(lambda: watch.decided[-1] == ON_BATTERY)


def test_ending_does_not_wait_for_a_computer_that_hangs(watch_of, qtbot) -> None:
    watch = watch_of()
    watch.hanging = threading.Event()
    watch.governor.ask()
    qtbot.waitUntil(lambda: len(watch.asked) == 1)
    began = time.monotonic()
    assert not watch.governor.stop()
    assert time.monotonic() - began < 1.0


def test_an_answer_after_the_end_decides_nothing(watch_of, qtbot) -> None:
    watch = watch_of()
    watch.hanging = threading.Event()
    watch.governor.ask()
    qtbot.waitUntil(lambda: len(watch.asked) == 1)
    watch.governor.rest()
    watch.hanging.set()
    qtbot.wait(100)
    assert watch.decided == []


def test_the_real_computer_answers_without_complaint() -> None:
    seen = ask_this_computer()(frozenset(Question))
    assert seen.on_battery in (True, False, None)
    assert seen.load is None  # not watched for a minute yet
