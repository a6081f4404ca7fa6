"""A process that rates while its trainer writes, says so once the rating is acknowledged, and waits to be killed.

Run as ``python -m tests.end_to_end.rating_process HOME ITEM_ID VALUE``.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np

from library.home import find_home
from library.library import Library
from recommender.engine import Engine
from recommender.snapshot import load_snapshot
from recommender.weights import load_weights


def write_embeddings(home: Path, begun: threading.Event) -> None:
    """What the trainer does to the store, without a pause: vectors for every item, again and again."""
    with Library.open(find_home(home)) as library:
        ids = [item.id for item in library.items.all()]
        generator = np.random.default_rng(0)
        for round_number in range(1_000_000):
            vectors = generator.standard_normal((len(ids), 384)).astype(np.float32)
            library.embeddings.put(
                "trainer", {item_id: (str(round_number), vectors[k]) for k, item_id in enumerate(ids)}
            )
            begun.set()


def main(home: Path, item_id: int, value: float) -> None:
    """Rate one item beside a writing trainer."""
    begun = threading.Event()
    threading.Thread(target=write_embeddings, args=(home, begun), daemon=True).start()
    begun.wait()
    snapshot = load_snapshot(find_home(home).snapshot, load_weights())
    assert snapshot is not None
    with Library.open(find_home(home)) as library:
        Engine(library, snapshot).rate(item_id, value)
        print("acknowledged", flush=True)
        time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
