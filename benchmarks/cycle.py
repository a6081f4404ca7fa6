"""From nothing to a published snapshot with all embeddings: the whole training cycle, in a process of its own as in the program.

    python -m benchmarks.cycle --data SHARED/evaluation [--items 10000] [--threads 1]

Real films and shows are put into an empty library, then the very process that the window starts learns from them. Printed is
when each better snapshot was published, how long each stage took, and the most memory that the process held.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

from benchmarks.results import verdict, write
from benchmarks.synthetic_graph import titles
from library.home import Home, find_home
from library.items import Description, Item
from library.library import Library
from library.sources import ServerItem

ALL_SECONDS, FIRST_SECONDS = 600.0, 30.0
AT_ONCE = 1000


def fill(library: Library, items: list[Item]) -> None:
    """Put items into an empty library as a server would have told of them."""
    told = [field.name for field in fields(Description)]
    for first in range(0, len(items), AT_ONCE):
        some = items[first : first + AT_ONCE]
        entries = [
            ServerItem(**{name: getattr(item, name) for name in told}, key=f"{item.kind}-{item.id}", version="1")
            for item in some
        ]
        library.items.upsert("benchmark", "titles", entries)


def measure(home: Home, threads: int) -> dict[str, Any]:
    """Run the training process once and note when it says what."""
    command = [sys.executable, "-m", "recommender.training_process", str(home.path), "--threads", str(threads)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1"}
    began, step, last = time.perf_counter(), "Starting", 0.0
    published: list[tuple[str, float]] = []
    spent: dict[str, float] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            message, now = json.loads(line), time.perf_counter() - began
            if "failed" in message:
                raise SystemExit(f"{message['failed']} {message['hint']}")
            if "published" in message:
                published.append((step, round(now, 1)))
            elif "progress" in message:
                spent[step] = spent.get(step, 0.0) + now - last
                step, last = message["progress"]["step"], now
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    stages = {name: round(length, 1) for name, length in spent.items()}
    return {"published": published, "stages": stages, "seconds": seconds, "first_seconds": published[0][1], "gb": peak}


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, help="folder with movies.jsonl.gz and tv.jsonl.gz; invented titles without it"
    )
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty folder for the library, to look at it afterwards")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = find_home(options.keep or Path(temporary))
        items, source = titles(options.items, options.data)
        with Library.open(home) as library:
            fill(library, items)
        figures = {"items": len(items), "source": source, "threads": options.threads, **measure(home, options.threads)}
    print(f"{len(items):,} titles ({source}), {options.threads} thread(s)")
    for step, seconds in figures["published"]:
        print(f"  {seconds:7.1f} s  published after {step}")
    print("of this:")
    for step, seconds in figures["stages"].items():
        print(f"  {seconds:7.1f} s  {step}")
    print(f"  first   {verdict(figures['first_seconds'], FIRST_SECONDS, 's')}")
    print(f"  all     {verdict(figures['seconds'], ALL_SECONDS, 's')}")
    print(f"  memory  {figures['gb']:.2f} GB")
    print(f"written to {write('cycle', figures, options.out)}")


if __name__ == "__main__":
    main()
