"""How long the stages of a cycle take, and how long the present one still will."""

from __future__ import annotations

import pytest

from gui.stages import StageClock, took
from library.progress import Progress


class Watch:
    def __init__(self) -> None:
        self.now = 100.0
        self.clock = StageClock(lambda: self.now)

    def after(self, seconds: float, step: str, done: int = 0, total: int | None = None) -> float | None:
        self.now += seconds
        return self.clock.note(Progress(step, done, total))


def test_each_stage_lasts_until_the_next_is_heard_of() -> None:
    watch = Watch()
    watch.after(1, "Reading the library")
    watch.after(2, "Reading texts", 0, 10)
    watch.after(30, "Reading texts", 10, 10)
    watch.after(4, "Reading the library")
    watch.now += 3
    assert watch.clock.finish() == {"Starting": 1, "Reading the library": 5, "Reading texts": 34}


def test_a_cycle_that_found_nothing_to_do_has_no_stages() -> None:
    watch = Watch()
    watch.now += 0.4
    assert watch.clock.finish() == {}


def test_the_time_left_follows_from_the_pace_of_the_last_seconds() -> None:
    watch = Watch()
    assert watch.after(0, "Reading texts", 0, 1000) is None
    assert watch.after(60, "Reading texts", 10, 1000) is None  # the model was loaded; that says nothing
    assert watch.after(1, "Reading texts", 20, 1000) is None
    assert watch.after(1, "Reading texts", 30, 1000) == pytest.approx(97)
    for done in range(50, 550, 20):
        left = watch.after(1, "Reading texts", done, 1000)
    assert left == pytest.approx((1000 - 530) / 20, rel=0.06)
    assert watch.after(1, "Reading texts", 1000, 1000) is None


def test_a_stage_that_is_not_counted_has_no_time_left() -> None:
    watch = Watch()
    for _ in range(4):
        assert watch.after(5, "Learning from your ratings") is None


def test_another_count_begins_anew() -> None:
    watch = Watch()
    for done in (0, 10, 20, 30, 40):
        watch.after(1, "Training", done, 100)
    assert watch.after(1, "Training", 1, 100) is None
    assert watch.after(1, "Training", 2, 200) is None


def test_the_log_says_where_a_stage_begins_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    watch = Watch()
    watch.after(1, "Reading texts", 0, 2000)
    watch.after(31, "Reading texts", 2000, 2000)
    watch.after(0, "Learning from your ratings")
    watch.now += 0.4
    watch.clock.finish()
    assert caplog.messages == [
        "Reading texts: begun, 2,000 to do",
        "Reading texts: 2,000 done in 31 s",
        "Learning from your ratings: begun",
        "Learning from your ratings: done in 0.4 s",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (31, "31 s"),
        (59.6, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3840, "1 h 4 min"),
    ],
)
def test_a_length_is_short_enough_for_a_table(seconds: float, said: str) -> None:
    assert took(seconds) == said
