"""The thread that learns: waiting for quiet, looking by itself, making room for others, failing visibly, ending in time."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gui.background_trainer import BackgroundTrainer, Phase, Rhythm, TrainingState
from gui.computer import Circumstances, Question, threads_for, usable_cores
from gui.governor import Governor
from library.library import Library
from library.progress import Progress, run
from library.settings import TrainingSettings
from library.sync import scan
from recommender.snapshot import Snapshot
from recommender.weights import load_weights
from tests.gui.places import demo_source, make_home, quick_ports

CYCLE = """
import json, os, sys, threading, time
def say(**message): print(json.dumps(message), flush=True)
with open({log!r}, "a") as log: log.write(" ".join(sys.argv[1:]) + "\\n")
ended = threading.Event()
def watch():
    while os.read(0, 100): pass
    ended.set()
threading.Thread(target=watch, daemon=True).start()
{body}
"""
QUICK = 'say(progress={"step": "Reading texts", "done": 1, "total": 2, "message": "", "failure": ""}); say(done=True)'
LONG = """
for number in range(2000):
    if ended.is_set(): sys.exit(0)
    say(progress={"step": "Reading texts", "done": number, "total": 2000, "message": "", "failure": ""})
    time.sleep(0.01)
say(done=True)
"""
STUBBORN = (
    "say(progress={'step': 'Reading texts', 'done': 0, 'total': 2, 'message': '', 'failure': ''}); time.sleep(60)"
)
FAILING = 'say(failed="The text model is not here.", hint="Choose another one."); sys.exit(1)'
DYING = 'sys.stderr.write("no memory left\\n"); os._exit(9)'


PUBLISHING = "say(published=True); say(done=True)"
TALKING = """
say(progress={"step": "Reading texts", "done": 0, "total": 2000, "message": "", "failure": ""})
say(progress={"step": "Reading texts", "done": 2000, "total": 2000, "message": "", "failure": ""})
say(progress={"step": "Learning from your ratings", "done": 0, "total": None, "message": "Nine of them", "failure": ""})
say(done=True)
"""
PATIENT = 60.0
FAILED = "Learning in the background failed"


class Bench:
    """A trainer on a script, how often the script was started, and a computer that says what the test wants."""

    def __init__(self, home_path: Path, body: str, settings: TrainingSettings | None = None, **waits: float) -> None:
        self.home = make_home(home_path)
        self.log = home_path / "starts.txt"
        self.script = home_path / "cycle.py"
        self.write(body)
        self.seen = Circumstances()
        self.governor = Governor(settings or TrainingSettings(), lambda _: self.seen, every=0.05)
        self.trainer = BackgroundTrainer(
            self.home,
            [sys.executable, str(self.script)],
            load_weights(),
            self.governor,
            Rhythm(**({"debounce": 0.05, "first_look": PATIENT} | waits)),
        )
        self.governor.setParent(self.trainer)
        self.states: list[TrainingState] = []
        self.trainer.state_changed.connect(self.states.append)
        self.trainer.start()

    def write(self, body: str) -> None:
        self.script.write_text(CYCLE.format(log=str(self.log), body=body))

    @property
    def starts(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    @property
    def phase(self) -> Phase:
        return self.trainer.state.phase

    @property
    def wait(self) -> float:
        """How long it is until it looks again, as it was when that was said."""
        return (self.trainer.state.next_at or 0.0) - time.time()


@pytest.fixture
def bench_of(home_path: Path, qapp) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(body: str, settings: TrainingSettings | None = None, **waits: float) -> Bench:
        made.append(Bench(home_path, body, settings, **waits))
        return made[-1]

    yield make
    for bench in made:
        assert bench.trainer.stop()


def test_requests_close_together_become_one_run(bench_of, qtbot) -> None:
    bench = bench_of(QUICK, debounce=0.15)
    for _ in range(5):
        bench.trainer.request()
        qtbot.wait(10)
    assert bench.phase is Phase.WAITING
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    qtbot.wait(300)
    assert len(bench.starts) == 1
    assert bench.trainer.state.seconds is not None


def test_ratings_during_a_run_cause_exactly_one_more(bench_of, qtbot) -> None:
    bench = bench_of(QUICK.replace("say(done", "time.sleep(0.4); say(done"))
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: len(bench.starts) == 1)
    for _ in range(4):
        bench.trainer.request()
    qtbot.waitUntil(lambda: len(bench.starts) == 2 and bench.phase is Phase.IDLE)
    qtbot.wait(300)
    assert len(bench.starts) == 2


def test_what_is_to_come_first_is_told_to_the_process(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    bench.trainer.put_first([7, 3])
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert bench.starts == [f"--threads {threads_for(0.5, usable_cores())} 7 3"]


def test_pausing_ends_the_run_and_going_on_begins_it_again(bench_of, qtbot) -> None:
    bench = bench_of(LONG)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.trainer.pause()
    bench.trainer.request()
    assert bench.phase is Phase.PAUSED
    qtbot.wait(300)
    assert len(bench.starts) == 1
    assert bench.phase is Phase.PAUSED
    bench.write(QUICK)
    bench.trainer.resume()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert len(bench.starts) == 2


def test_pausing_and_going_on_at_once_loses_nothing(bench_of, qtbot) -> None:
    bench = bench_of(LONG)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.write(QUICK)
    bench.trainer.pause()
    bench.trainer.resume()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE and len(bench.starts) == 2)
    assert not any(state.phase is Phase.FAILED for state in bench.states)


def test_starting_over_breaks_off_and_begins_again(bench_of, qtbot) -> None:
    bench = bench_of(LONG)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.write(QUICK)
    bench.trainer.start_over()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE and len(bench.starts) == 2)


def test_a_failing_cycle_says_why_and_is_tried_again_ever_later(bench_of, qtbot, expected_logs, caplog) -> None:
    expected_logs(FAILED)
    bench = bench_of(FAILING, first_retry=0.2)
    with qtbot.waitSignal(bench.trainer.failed) as answer:
        bench.trainer.begin_now()
    assert answer.args == ["The text model is not here. Choose another one."]
    assert bench.phase is Phase.FAILED
    assert bench.trainer.state.retry_at is not None
    qtbot.waitUntil(lambda: len(bench.starts) == 3)
    failed = [state for state in bench.states if state.phase is Phase.FAILED]
    qtbot.waitUntil(lambda: bench.phase is Phase.FAILED)
    assert bench.trainer.state.retry_at - time.time() > 0.5
    assert failed
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 3
    assert "The text model is not here. Choose another one. It is tried again" in warnings[0]
    bench.write(QUICK)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert bench.trainer.state.failure == ""


def test_a_process_that_dies_is_a_failure_and_what_it_said_is_kept(bench_of, qtbot, expected_logs, caplog) -> None:
    expected_logs(FAILED)
    caplog.set_level("INFO")
    bench = bench_of(DYING)
    with qtbot.waitSignal(bench.trainer.failed) as answer:
        bench.trainer.begin_now()
    assert "ended too early" in answer.args[0]
    assert "no memory left" in caplog.text


def test_a_command_that_does_not_exist_is_a_failure(home_path: Path, qtbot, expected_logs) -> None:
    expected_logs(FAILED)
    trainer = BackgroundTrainer(make_home(home_path), [str(home_path / "nothing")], load_weights())
    trainer.start()
    with qtbot.waitSignal(trainer.failed) as answer:
        trainer.begin_now()
    assert "cannot start" in answer.args[0]
    assert trainer.stop()


def test_closing_ends_a_running_cycle_quickly(bench_of, qtbot) -> None:
    bench = bench_of(LONG)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    began = time.monotonic()
    assert bench.trainer.stop()
    assert time.monotonic() - began < 2.0


def test_a_process_that_does_not_listen_is_ended_within_two_seconds(bench_of, qtbot) -> None:
    bench = bench_of(STUBBORN)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    began = time.monotonic()
    assert bench.trainer.stop()
    assert time.monotonic() - began < 2.0


def test_the_process_is_ended_even_while_the_window_waits_for_something_else(bench_of, qtbot) -> None:
    bench = bench_of(STUBBORN)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.trainer.request_stop()
    time.sleep(1.4)  # the main thread waits for another thread; no timer of Qt comes due
    assert bench.trainer.isFinished()


def test_stopping_at_any_moment_of_a_cycle_is_quick(home_path: Path, qtbot) -> None:
    moments = random.Random(3)
    for _ in range(5):
        bench = Bench(home_path, LONG)
        bench.trainer.begin_now()
        qtbot.wait(moments.randrange(200))
        began = time.monotonic()
        assert bench.trainer.stop()
        assert time.monotonic() - began < 2.0


# Looking by itself


def test_it_looks_again_by_itself_later_and_later_while_there_is_nothing_to_do(bench_of, qtbot) -> None:
    bench = bench_of(QUICK, first_look=0.1, last_look=0.5)
    bench.trainer.begin_now()
    waits: list[float] = []
    bench.trainer.state_changed.connect(lambda state: waits.append(bench.wait) if state.next_at else None)
    qtbot.waitUntil(lambda: len(waits) == 4)
    assert waits == pytest.approx([0.2, 0.4, 0.5, 0.5], abs=0.05)
    assert len(bench.starts) == 4


def test_it_looks_again_soon_after_a_cycle_that_found_something_to_do(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert bench.wait == pytest.approx(2 * PATIENT, abs=2)
    bench.write(PUBLISHING)
    bench.trainer._want()
    qtbot.waitUntil(lambda: len(bench.starts) == 2 and bench.phase is Phase.IDLE)
    assert bench.wait == pytest.approx(PATIENT, abs=2)


def test_a_rating_wakes_it_and_makes_it_look_soon_again(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    for _ in range(3):
        bench.trainer._want()
        qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert bench.wait == pytest.approx(8 * PATIENT, abs=2)
    bench.trainer.request()
    qtbot.waitUntil(lambda: len(bench.starts) == 4 and bench.phase is Phase.IDLE)
    assert bench.wait == pytest.approx(2 * PATIENT, abs=2)


def test_going_on_after_a_pause_without_anything_to_do_looks_again_later(bench_of, qtbot) -> None:
    bench = bench_of(QUICK, first_look=0.2)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    bench.trainer.pause()
    qtbot.wait(500)
    assert len(bench.starts) == 1
    bench.trainer.resume()
    assert bench.phase is Phase.IDLE
    qtbot.waitUntil(lambda: len(bench.starts) == 2)


# Making room


def test_on_battery_it_waits_and_begins_by_itself_when_that_is_over(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    bench.seen = Circumstances(on_battery=True)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.HELD)
    assert bench.trainer.state.held == "the computer runs on battery"
    bench.trainer.request()
    qtbot.wait(200)
    assert bench.phase is Phase.HELD
    assert bench.starts == []
    bench.seen = Circumstances(on_battery=False)
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert len(bench.starts) == 1
    assert bench.trainer.state.held == ""


def test_a_cycle_is_broken_off_when_something_plays_and_goes_on_after_it(bench_of, qtbot) -> None:
    bench = bench_of(LONG)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.seen = Circumstances(screen_taken=True)
    qtbot.waitUntil(lambda: bench.phase is Phase.HELD)
    qtbot.waitUntil(lambda: not bench.trainer._open)
    assert bench.phase is Phase.HELD
    assert bench.trainer.state.step is None
    bench.write(QUICK)
    bench.seen = Circumstances()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert len(bench.starts) == 2
    assert not any(state.phase is Phase.FAILED for state in bench.states)


def test_what_is_forbidden_and_allowed_again_in_one_breath_goes_on(bench_of, qtbot) -> None:
    bench = bench_of(LONG)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.write(QUICK)
    bench.governor.decided.emit("the computer runs on battery")
    assert bench.phase is Phase.HELD
    bench.governor.decided.emit("")
    assert bench.phase is Phase.WAITING
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert len(bench.starts) == 2


def test_pausing_while_it_is_held_and_going_on_holds_it_again(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    bench.seen = Circumstances(on_battery=True)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.HELD)
    bench.trainer.pause()
    qtbot.wait(150)
    assert bench.phase is Phase.PAUSED
    bench.trainer.resume()
    qtbot.waitUntil(lambda: bench.phase is Phase.HELD)
    bench.trainer.configure(TrainingSettings(on_battery=True))
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert len(bench.starts) == 1


def test_while_there_is_nothing_to_show_the_first_cycle_runs_whatever_the_governor_says(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    bench.seen = Circumstances(on_battery=True)
    bench.trainer.begin_now(needed=True)
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert len(bench.starts) == 1
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.HELD)


def test_even_the_first_cycle_does_not_run_while_it_is_paused(bench_of, qtbot) -> None:
    bench = bench_of(QUICK)
    bench.trainer.pause()
    bench.trainer.begin_now(needed=True)
    qtbot.wait(150)
    assert bench.starts == []
    bench.trainer.resume()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)


def test_another_share_of_the_processor_holds_at_once(bench_of, qtbot) -> None:
    settings = TrainingSettings(share=0.01)
    bench = bench_of(LONG, settings)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    bench.write(QUICK)
    bench.trainer.configure(replace(settings, share=0.012))
    assert bench.phase is Phase.RUNNING
    bench.trainer.configure(replace(settings, share=1.0))
    cores = usable_cores()
    count = 1 if cores == 1 else 2
    qtbot.waitUntil(lambda: len(bench.starts) == count)
    assert bench.starts[-1] == f"--threads {cores}"


def test_while_it_sleeps_the_computer_is_left_alone(home_path: Path, qtbot) -> None:
    asked: list[frozenset[Question]] = []
    bench = Bench(home_path, QUICK)
    bench.governor._look = lambda questions: asked.append(questions) or Circumstances()
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    before = len(asked)
    qtbot.wait(200)
    assert len(asked) == before >= 1
    assert bench.trainer.stop()


# What it tells


def test_stages_are_timed_and_told_in_the_log(bench_of, qtbot, caplog) -> None:
    caplog.set_level("INFO")
    bench = bench_of(TALKING)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    state = bench.trainer.state
    assert list(state.stages) == ["Starting", "Reading texts", "Learning from your ratings"]
    assert sum(state.stages.values()) == pytest.approx(state.seconds, abs=0.1)
    told = [record.getMessage() for record in caplog.records]
    assert "Reading texts: begun, 2,000 to do" in told
    assert any(line.startswith("Reading texts: 2,000 done in 0.") for line in told)
    assert "Nine of them" in told


def test_the_real_process_publishes_snapshots_that_get_better(home_path: Path, qtbot) -> None:
    home = make_home(home_path)
    ports = quick_ports(home)
    with Library.open(home) as library:
        server = ports.open_server(demo_source(), None)
        run(scan(library, server, demo_source()))
        server.close()
    trainer = BackgroundTrainer(home, ports.trainer_command(home), load_weights())
    published: list[Snapshot] = []
    steps: list[Progress] = []
    trainer.published.connect(published.append)
    trainer.progressed.connect(steps.append)
    trainer.start()
    trainer.begin_now()
    qtbot.waitUntil(lambda: trainer.state.finished_at is not None, timeout=20_000)
    assert trainer.stop()
    assert len(published[0]) >= 380
    assert published[0].texts == 0
    assert published[-1].texts == len(published[-1])
    assert any(step.step == "Reading texts" and step.total == len(published[0]) for step in steps)
