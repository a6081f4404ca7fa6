"""Measures what it costs to lay out the taste map, from nothing and after a few changes, and what the layout is worth.

    python -m benchmarks.map_layout [--items N ...] [--out FILE]

The vectors are those of ``benchmarks.similar``; the time for the neighbours is not counted. *Near* is the mean distance on
the map to the five most alike, as a share of that between any two; *kept* is how many of the ten nearest on the map are
among the ten most alike. *Moved* is how far titles go on the map, of which the radius is 1, when 80 have changed, 10 come
and 10 gone.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.results import verdict, write  # noqa: E402
from benchmarks.similar import CHANGED, COME, GONE, changed, invented_vectors, timed  # noqa: E402
from library.progress import run  # noqa: E402
from recommender.neighbours import Neighbours, find_neighbours  # noqa: E402
from recommender.taste_map import MapLayout, find_layout  # noqa: E402

SIZES = (10_000, 20_000, 100_000)
PROMISED_SECONDS, PROMISED_GAP, GAP_AT = 480.0, 1.0, 10_000
ALIKE, NEAREST, LOOKED_AT = 5, 10, 1000


def worth(layout: MapLayout, neighbours: Neighbours) -> dict[str, float]:
    """How well what is alike lies near; see above."""
    chance = np.random.RandomState(0)
    rows = chance.permutation(len(neighbours))[:LOOKED_AT]
    others = chance.permutation(len(neighbours))[:LOOKED_AT]
    places = layout.places.astype(np.float64)
    near = np.linalg.norm(places[rows, None] - places[neighbours.rows[rows, :ALIKE]], axis=2).mean()
    kept = 0
    for row in rows.tolist():
        distances = np.linalg.norm(places - places[row], axis=1)
        distances[row] = np.inf
        kept += len(np.intersect1d(np.argpartition(distances, NEAREST)[:NEAREST], neighbours.rows[row, :NEAREST]))
    any_two = np.linalg.norm(places[rows] - places[others], axis=1).mean()
    return {"near": float(near / any_two), "kept": kept / (NEAREST * len(rows))}


def measure(items: int, threads: int) -> dict[str, Any]:
    """All figures for a library of one size."""
    vectors, ids = invented_vectors(items), 2 * np.arange(items, dtype=np.int64)
    neighbours = run(find_neighbours(ids, vectors, threads=threads))
    run(find_layout(ids[:200], vectors[:200], run(find_neighbours(ids[:200], vectors[:200])), "loads openTSNE"))
    layout, anew = timed(find_layout(ids, vectors, neighbours, "first"))
    new_ids, new_vectors = changed(ids, vectors)
    new_neighbours = run(find_neighbours(new_ids, new_vectors, neighbours, threads))
    later, carried_on = timed(find_layout(new_ids, new_vectors, new_neighbours, "second", layout))
    _, before, after = np.intersect1d(ids, new_ids, return_indices=True)
    moved = np.linalg.norm(layout.places[before] - later.places[after], axis=1)
    return {
        "items": items,
        "anew": {**anew, **worth(layout, neighbours)},
        "carried_on": {**carried_on, **worth(later, new_neighbours)},
        "moved_median": float(np.median(moved)),
        "moved_90th": float(np.quantile(moved, 0.9)),
    }


def line(name: str, figures: dict[str, float]) -> str:
    """One line of the report."""
    return (
        f"  {name} {figures['seconds']:.1f} s (processor {figures['processor']:.1f} s), "
        f"memory {figures['memory_mb']:.0f} MB, longest gap {figures['longest_gap']:.2f} s, "
        f"near {figures['near']:.3f}, kept {figures['kept']:.3f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--threads", type=int, default=max(1, os.cpu_count() or 1), help="for the neighbours only")
    parser.add_argument("--out", type=Path, help="where the figures go; benchmarks/results/map_layout.json without it")
    options = parser.parse_args()
    results = []
    kept = True
    for items in options.items:
        result = measure(items, options.threads)
        results.append(result)
        anew, carried_on = result["anew"], result["carried_on"]
        print(f"{items:,} items")
        print(line("from nothing:", anew))
        print(line(f"after {CHANGED} changed, {COME} come, {GONE} gone:", carried_on))
        print(f"  moved by {result['moved_median']:.3f} (median), {result['moved_90th']:.3f} (90 of 100)")
        print(f"  time {verdict(anew['seconds'], PROMISED_SECONDS, 's')}", flush=True)
        kept &= anew["seconds"] <= PROMISED_SECONDS
        if items <= GAP_AT:
            gap = max(anew["longest_gap"], carried_on["longest_gap"])
            print(f"  longest gap {verdict(gap, PROMISED_GAP, 's')}", flush=True)
            kept &= gap <= PROMISED_GAP
    write("map_layout", {"sizes": results}, options.out)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
