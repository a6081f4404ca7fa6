"""How long it takes to end the learning in the background, at twenty moments spread over a whole cycle.

    python -m benchmarks.stop [--data SHARED/evaluation] [--items 2000]

The trainer is started on a library of which nothing is learned yet, ended after a random while, and started again, as often as
that; each time it goes on where it was. Printed are the longest end and the stages that were hit. The library must be whole each
time.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.results import percentile, verdict, write

STOPS, LONGEST_SECONDS, PROMISED = 20, 12.0, 2.0


def measure(home_path: Path, items: int, data: Path | None) -> dict[str, Any]:
    """End the trainer again and again."""
    from PyQt6.QtWidgets import QApplication

    import main as program
    from benchmarks.cycle import fill
    from benchmarks.synthetic_graph import titles
    from benchmarks.window import rest
    from gui.background_trainer import BackgroundTrainer
    from library.home import find_home
    from library.library import Library
    from recommender.snapshot import load_snapshot
    from recommender.weights import load_weights

    app = QApplication.instance() or QApplication([])
    assert app is not None
    home, weights, numbers = find_home(home_path), load_weights(), random.Random(STOPS)
    with Library.open(home) as library:
        fill(library, titles(items, data)[0])
    seconds: list[float] = []
    hit: dict[str, int] = {}
    for _ in range(STOPS):
        trainer = BackgroundTrainer(home, program.trainer_command(home), weights)
        trainer.start()
        trainer.begin_now(needed=True)
        rest(numbers.uniform(0.0, LONGEST_SECONDS))
        step = trainer.state.step
        name = "starting" if step is None else step.step
        hit[name] = hit.get(name, 0) + 1
        began = time.perf_counter()
        ended = trainer.stop()
        seconds.append(time.perf_counter() - began)
        if not ended:
            raise SystemExit("The trainer did not end.")
        with Library.open(home) as library:
            if library.items.count() != items:
                raise SystemExit("The library is not whole.")
    snapshot = load_snapshot(home.snapshot, weights)
    return {
        "items": items,
        "stops": STOPS,
        "worst_seconds": max(seconds),
        "median_seconds": percentile(seconds, 0.5),
        "stages": hit,
        "snapshot_of": 0 if snapshot is None else len(snapshot),
    }


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, help="folder with movies.jsonl.gz and tv.jsonl.gz; invented titles without it"
    )
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home), options.items, options.data)
    for name, times in figures["stages"].items():
        print(f"  {times:>2} times while: {name}")
    print(f"  worst  {verdict(figures['worst_seconds'], PROMISED, 's')}; median {figures['median_seconds']:.2f}")
    print(f"written to {write('stop', figures, options.out)}")


if __name__ == "__main__":
    main()
