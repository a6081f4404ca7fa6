"""From a dial moved to the shelf painted in its new order, in the real window, while the dial is dragged.

    python -m benchmarks.dials [--films 100000] [--ratings 1000] [--drags 12] [--wishes 0]

The mouse moves as often as a screen shows frames, up and down the whole dial. What is measured for each new order that was
painted is the time since the oldest movement that it shows: the waiting of a movement that came too soon after another counts.
An order that turns out to be the same as before is not painted and not counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.results import percentile, verdict, write

if TYPE_CHECKING:
    from gui.session import Session

FILMS, RATINGS = 100_000, 1_000
PROMISE_MS = 50.0
MOVE_MS = 16
MOVES = 60  # of one drag
STEP = 4  # of the slider's 40, so that each movement changes the order


def prepare(home_path: Path, films: int, ratings: int, wishes: int) -> None:
    """Make the library, in a process that is not the one measured."""
    from benchmarks.synthetic import GENRES, fill
    from library.home import find_home
    from library.library import Library
    from library.wishes import Subject, Wish

    with Library.open(find_home(home_path)) as library:
        fill(library, films, films // 20, ratings)
        subjects = [Subject("genre", name) for name in GENRES[::2]]
        subjects += [Subject("person", f"Actor {number}") for number in range(1, 9)]
        for subject in subjects[:wishes]:
            library.wishes.put(Wish(subject, "less", time.time()))


def measure(home_path: Path, drags: int) -> dict[str, float]:
    """Drag each dial in turn, and time."""
    from benchmarks.window import open_session, resident_bytes, rest, wait_until
    from library.home import find_home

    painted: list[float] = []
    with open_session(find_home(home_path)) as session:
        wait_until(lambda: session.movies.card is not None, "a first recommendation")
        wait_until(lambda: session.background is not None, "the threads have started")
        session.movies.filters.dials.click()
        rest(3.0)
        for number in range(drags):
            painted += drag(session, number % len(session.movies.dials.dials))
            rest(0.6)
        memory = resident_bytes()
    return {
        "moves": drags * MOVES,
        "orders": len(painted),
        "median_ms": percentile(painted, 0.5),
        "p95_ms": percentile(painted, 0.95),
        "worst_ms": max(painted),
        "memory_gb": memory / 1e9,
    }


def drag(session: Session, place: int) -> list[float]:
    """Move a dial up and down for a second; milliseconds from a movement to each new order painted."""
    from PyQt6.QtCore import QEventLoop, Qt, QTimer
    from PyQt6.QtTest import QTest

    tab = session.movies
    slider, shelf = tab.dials.dials[place].slider, tab.shelf
    low, high = slider.minimum(), slider.maximum()
    places = [*range(low, high, STEP), *range(high, low, -STEP)]
    painted: list[float] = []
    waiting: list[float] = []
    shown = [entry.item_id for entry in shelf.entries()]
    moved = 0
    loop = QEventLoop()

    def move() -> None:
        nonlocal moved
        if moved == MOVES:
            hand.stop()
            QTimer.singleShot(200, loop.quit)
            return
        waiting.append(time.perf_counter())
        slider.setSliderPosition(places[moved % len(places)])
        moved += 1

    def was_painted() -> None:
        nonlocal shown
        now = [entry.item_id for entry in shelf.entries()]
        if now != shown and waiting:
            painted.append(1000 * (time.perf_counter() - waiting[0]))
            waiting.clear()
            shown = now

    def sort_again() -> None:
        sort()
        if [entry.item_id for entry in shelf.entries()] == shown:
            waiting.clear()

    assert session.controller is not None
    desk = session.controller.desks[tab.kind]
    sort, desk.sort_again = desk.sort_again, sort_again  # type: ignore[method-assign]
    watching = painted_watch(session, was_painted)
    hand = QTimer()
    hand.setTimerType(Qt.TimerType.PreciseTimer)
    hand.timeout.connect(move)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    hand.start(MOVE_MS)
    loop.exec()
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    watching()
    desk.sort_again = sort  # type: ignore[method-assign]
    return painted


def painted_watch(session: Session, then: Callable[[], None]) -> Callable[[], None]:
    """Call ``then`` when the posters of the shelf have been painted; the answer ends that."""
    from PyQt6.QtCore import QEvent, QObject, Qt, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if event is not None and event.type() is QEvent.Type.Paint:
                QTimer.singleShot(0, Qt.TimerType.PreciseTimer, then)
            return False

    posters, watch = session.movies.shelf.posters(), Watch()
    for poster in posters:
        poster.installEventFilter(watch)

    def end() -> None:
        for poster in posters:
            poster.removeEventFilter(watch)

    return end


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=FILMS)
    parser.add_argument("--ratings", type=int, default=RATINGS)
    parser.add_argument("--drags", type=int, default=12)
    parser.add_argument("--wishes", type=int, default=0)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stage", choices=("prepare", "measure"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.stage == "prepare":
        prepare(options.home, options.films, options.ratings, options.wishes)
        return
    if options.stage == "measure":
        print(json.dumps(measure(options.home, options.drags)))
        return
    figures = run(options)
    print(
        f"  p95     {verdict(figures['p95_ms'], PROMISE_MS, 'ms')}; median {figures['median_ms']:.1f},"
        f" worst {figures['worst_ms']:.1f}; {figures['orders']:.0f} orders for {figures['moves']:.0f} movements"
    )
    name = f"{options.films}_films_{options.ratings}_ratings_{options.wishes}_wishes"
    print(f"written to {write('dials', {name: figures}, options.out)}")


def run(options: argparse.Namespace) -> dict[str, float]:
    """Prepare and measure, each in a fresh process."""
    with tempfile.TemporaryDirectory() as home:
        common = ["--films", str(options.films), "--ratings", str(options.ratings), "--drags", str(options.drags)]
        common += ["--wishes", str(options.wishes), "--home", home]
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "benchmarks.dials", "--stage", "prepare", *common], check=True)
        print(f"{options.films:,} films prepared in {time.perf_counter() - began:.0f} s", flush=True)
        command = [sys.executable, "-m", "benchmarks.dials", "--stage", "measure", *common]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
        return figures


if __name__ == "__main__":
    main()
