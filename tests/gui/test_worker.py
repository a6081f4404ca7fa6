"""The worker thread: jobs in a row, cancelling one, stopping the thread, failures that leave it alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject

from gui.worker import LibraryWorker, Workplace
from library.errors import AppError, ProviderDenied
from library.progress import Job, Progress
from tests.gui.places import demo_source, make_home, quick_ports


@pytest.fixture
def worker(home_path: Path, qapp) -> Iterator[LibraryWorker]:
    home = make_home(home_path)
    worker = LibraryWorker(home, quick_ports(home), "worker under test")
    worker.start()
    yield worker
    assert worker.stop()


def counting(steps: int, seen: list[str]):
    def job(_: Workplace) -> Job[int]:
        try:
            for number in range(steps):
                yield Progress("Counting", number, steps, message=f"step {number}")
        finally:
            seen.append("closed")
        return steps

    return job


def endless(seen: list[str]):
    def job(_: Workplace) -> Job[None]:
        try:
            while True:
                yield Progress("Going on")
                time.sleep(0.002)
        finally:
            seen.append("closed")

    return job


def test_jobs_run_one_after_another_on_a_thread_of_their_own(worker, qtbot) -> None:
    threads: list[int] = []

    def job(_: Workplace) -> Job[str]:
        threads.append(threading.get_ident())
        yield Progress("Looking")
        return "found"

    first, second = worker.submit("one", job), worker.submit("two", job)
    with qtbot.waitSignals([first.succeeded, second.succeeded, worker.idle]) as answers:
        pass
    assert answers.all_signals_and_args[0].args == ("found",)
    assert threads[0] == threads[1] != threading.get_ident()
    assert first.over
    assert second.over


def test_steps_and_the_result_arrive_in_order_on_the_main_thread(worker, qtbot) -> None:
    seen: list[str] = []
    steps: list[int] = []
    where: list[int] = []
    ticket = worker.submit("count", counting(5, seen))
    ticket.progressed.connect(lambda step: (steps.append(step.done), where.append(threading.get_ident())))
    with qtbot.waitSignal(ticket.succeeded) as answer:
        pass
    assert answer.args == [5]
    assert steps == [0, 1, 2, 3, 4]
    assert set(where) == {threading.get_ident()}


def test_cancelling_ends_the_job_at_its_next_step_and_the_thread_goes_on(worker, qtbot) -> None:
    seen: list[str] = []
    ticket = worker.submit("endless", endless(seen))
    with qtbot.waitSignal(ticket.progressed):
        pass
    after = worker.submit("after", counting(1, []))
    with qtbot.waitSignals([ticket.cancelled, after.succeeded]):
        ticket.cancel()
    assert seen == ["closed"]


def test_a_job_cancelled_before_its_turn_never_begins(worker, qtbot) -> None:
    seen: list[str] = []
    began: list[str] = []

    def job(_: Workplace) -> Job[None]:
        began.append("began")
        yield Progress("Beginning")

    first = worker.submit("endless", endless(seen))
    second = worker.submit("waiting", job)
    second.cancel()
    with qtbot.waitSignal(second.cancelled):
        first.cancel()
    assert not began


def test_an_expected_failure_arrives_as_it_is(worker, qtbot, expected_logs) -> None:
    expected_logs("The token is wrong")

    def job(_: Workplace) -> Job[None]:
        yield Progress("Asking")
        raise ProviderDenied("Plex", "The token is wrong.", "Copy it again.")

    ticket = worker.submit("ask", job)
    with qtbot.waitSignal(ticket.failed) as answer:
        pass
    assert isinstance(answer.args[0], ProviderDenied)
    assert answer.args[0].hint == "Copy it again."


def test_a_bug_becomes_a_sentence_without_secrets_and_the_thread_lives_on(worker, qtbot, expected_logs) -> None:
    expected_logs("failed unexpectedly")

    def job(_: Workplace) -> Job[None]:
        yield Progress("Asking")
        raise RuntimeError("http://server/?X-Plex-Token=abcdefghijkl")

    ticket = worker.submit("ask", job)
    with qtbot.waitSignal(ticket.failed) as answer:
        pass
    error = answer.args[0]
    assert isinstance(error, AppError)
    assert "abcdefghijkl" not in str(error)
    after = worker.submit("after", counting(1, []))
    with qtbot.waitSignal(after.succeeded):
        pass


def test_stopping_ends_the_thread_in_the_middle_of_a_job_and_of_a_queue(home_path: Path, qtbot) -> None:
    home = make_home(home_path)
    worker = LibraryWorker(home, quick_ports(home), "worker under test")
    worker.start()
    seen: list[str] = []
    ticket = worker.submit("endless", endless(seen))
    worker.submit("never", counting(1, []))
    with qtbot.waitSignal(ticket.progressed):
        pass
    began = time.monotonic()
    assert worker.stop()
    assert time.monotonic() - began < 1.0
    assert seen == ["closed"]


def test_a_thread_that_waits_for_a_dead_drive_does_not_take_the_program_along(
    home_path: Path, qtbot, expected_logs
) -> None:
    expected_logs("did not end within")
    home = make_home(home_path)
    owner = QObject()
    worker = LibraryWorker(home, quick_ports(home), "worker under test", owner)
    worker.start()
    began, answer = threading.Event(), threading.Event()

    def job(_: Workplace) -> Job[None]:
        yield Progress("Looking")
        began.set()
        answer.wait(10)

    worker.submit("look", job)
    assert began.wait(10)
    assert not worker.stop(0.1)
    sip.delete(owner)
    assert worker.isRunning(), "Qt ends the program when the owner takes a running thread down"
    answer.set()
    assert worker.wait(5000)


def test_a_library_that_cannot_be_opened_fails_each_job_with_the_reason(home_path: Path, qtbot) -> None:
    home = make_home(home_path)
    home.database.mkdir()
    worker = LibraryWorker(home, quick_ports(home), "worker under test")
    worker.start()
    ticket = worker.submit("count", counting(1, []))
    with qtbot.waitSignal(ticket.failed) as answer:
        pass
    assert isinstance(answer.args[0], AppError)
    assert worker.stop()


def test_kept_servers_are_opened_once_and_closed_with_the_thread(home_path: Path, qtbot) -> None:
    home = make_home(home_path)
    opened, closed = [], []

    class Server:
        def close(self) -> None:
            closed.append(self)

    def open_server(source, token):
        opened.append(Server())
        return opened[-1]

    worker = LibraryWorker(home, quick_ports(home, open_server=open_server), "worker under test")
    worker.start()

    def job(workplace: Workplace) -> Job[bool]:
        yield Progress("Asking")
        return workplace.kept_server(demo_source()) is workplace.kept_server(demo_source())

    ticket = worker.submit("ask", job)
    with qtbot.waitSignal(ticket.succeeded) as answer:
        pass
    assert answer.args == [True]
    assert worker.stop()
    assert len(opened) == 1
    assert closed == opened
