"""The thread that learns: waiting for quiet, one more run, pausing, failing visibly, ending in time."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.background_trainer import BackgroundTrainer, Phase, TrainingState
from library.library import Library
from library.progress import Progress, run
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


class Bench:
    """A trainer on a script, and how often the script was started."""

    def __init__(self, home_path: Path, body: str, **options: float) -> None:
        self.home = make_home(home_path)
        self.log = home_path / "starts.txt"
        self.script = home_path / "cycle.py"
        self.write(body)
        command = [sys.executable, str(self.script)]
        self.trainer = BackgroundTrainer(
            self.home,
            command,
            load_weights(),
            debounce=options.get("debounce", 0.05),
            first_retry=options.get("retry", 30),
        )
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


@pytest.fixture
def bench_of(home_path: Path, qapp) -> Iterator[object]:
    made: list[Bench] = []

    def make(body: str, **options: float) -> Bench:
        made.append(Bench(home_path, body, **options))
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
    assert bench.starts == ["7 3"]


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


def test_a_failing_cycle_says_why_and_is_tried_again_ever_later(bench_of, qtbot) -> None:
    bench = bench_of(FAILING, retry=0.2)
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
    bench.write(QUICK)
    bench.trainer.begin_now()
    qtbot.waitUntil(lambda: bench.phase is Phase.IDLE)
    assert bench.trainer.state.failure == ""


def test_a_process_that_dies_is_a_failure_and_what_it_said_is_kept(bench_of, qtbot, caplog) -> None:
    caplog.set_level("INFO")
    bench = bench_of(DYING)
    with qtbot.waitSignal(bench.trainer.failed) as answer:
        bench.trainer.begin_now()
    assert "ended too early" in answer.args[0]
    assert "no memory left" in caplog.text


def test_a_command_that_does_not_exist_is_a_failure(home_path: Path, qtbot) -> None:
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


def test_a_process_that_does_not_listen_is_ended(bench_of, qtbot) -> None:
    bench = bench_of(STUBBORN)
    with qtbot.waitSignal(bench.trainer.progressed):
        bench.trainer.begin_now()
    began = time.monotonic()
    assert bench.trainer.stop()
    assert time.monotonic() - began < 4.0


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
