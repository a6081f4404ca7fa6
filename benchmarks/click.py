"""From a rating clicked to the next title painted, in the real window.

    python -m benchmarks.click [--films 2000] [--ratings 0] [--clicks 60]
    python -m benchmarks.click --films 100000 --ratings 1000

Without ``--films`` both promised sizes are measured, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.results import percentile, verdict, write

PROMISES = ((2_000, 100, 50.0), (100_000, 1_000, 100.0))
MEMORY_LIMIT_GB = 1.5
GUARD_SECONDS = 0.35
"""A click this soon after the last one is taken for a slip by the window."""


def prepare(home_path: Path, films: int, ratings: int) -> None:
    """Make the library, in a process that is not the one measured."""
    from benchmarks.synthetic import fill
    from library.home import find_home
    from library.library import Library

    with Library.open(find_home(home_path)) as library:
        fill(library, films, films // 20, ratings)


def measure(home_path: Path, clicks: int) -> dict[str, float]:
    """Click and time."""
    from benchmarks.window import click_and_wait_for_paint, open_session, resident_bytes, rest, wait_until
    from library.home import find_home

    numbers = random.Random(5)
    with open_session(find_home(home_path)) as session:
        wait_until(lambda: session.movies.card is not None, "a first recommendation")
        wait_until(lambda: session.background is not None, "the threads have started")
        rest(3.0)
        times = []
        for _ in range(clicks):
            times.append(1000 * click_and_wait_for_paint(session, numbers.randint(1, 10)))
            rest(GUARD_SECONDS)
        memory = resident_bytes()
    return {
        "clicks": clicks,
        "median_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "worst_ms": max(times),
        "memory_gb": memory / 1e9,
    }


def run_one(films: int, ratings: int, clicks: int) -> dict[str, float]:
    """Prepare and measure one size, each in a fresh process."""
    with tempfile.TemporaryDirectory() as home:
        common = ["--films", str(films), "--ratings", str(ratings), "--clicks", str(clicks), "--home", home]
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "benchmarks.click", "--stage", "prepare", *common], check=True)
        print(f"{films:,} films and {ratings:,} ratings prepared in {time.perf_counter() - began:.0f} s", flush=True)
        command = [sys.executable, "-m", "benchmarks.click", "--stage", "measure", *common]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
        return figures


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int)
    parser.add_argument("--ratings", type=int, default=100)
    parser.add_argument("--clicks", type=int, default=60)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stage", choices=("prepare", "measure"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.stage == "prepare":
        prepare(options.home, options.films, options.ratings)
        return
    if options.stage == "measure":
        print(json.dumps(measure(options.home, options.clicks)))
        return
    sizes = PROMISES
    if options.films is not None:
        sizes = ((options.films, options.ratings, 50.0 if options.films <= 10_000 else 100.0),)
    figures = {}
    for films, ratings, limit in sizes:
        one = run_one(films, ratings, options.clicks)
        print(
            f"  p95     {verdict(one['p95_ms'], limit, 'ms')}; median {one['median_ms']:.1f}, worst {one['worst_ms']:.1f}"
        )
        print(f"  memory  {verdict(one['memory_gb'], MEMORY_LIMIT_GB, 'GB')}")
        figures[f"{films}_films_{ratings}_ratings"] = one
    print(f"written to {write('click', figures, options.out)}")


if __name__ == "__main__":
    main()
