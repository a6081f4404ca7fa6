"""Measures what it costs to find the nearest neighbours of a whole library, beside the bare matrix products it takes.

    python -m benchmarks.similar [--items N] [--threads N] [--out FILE]

*Bare* are all n x n x 384 products in blocks as large as ours and with as many threads, and nothing done with them. It is
measured in two ways, with threads that have blocks of their own and with the threads of numpy's matrix library; the faster
one counts, the mean of once before and once after the search. *Half* are the products of the triangle that symmetry leaves,
which the search does not make use of. The update is after 100 of the items have changed, come or gone. The vectors are
drawn from a mixture: sorts of titles, and in them groups, whose members have cosines of about 0.3 to 0.9.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import psutil  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: E402

from benchmarks.results import verdict, write  # noqa: E402
from library.progress import Job, run  # noqa: E402
from recommender.nearest import BLOCK_ROWS, PANEL_COLUMNS  # noqa: E402
from recommender.neighbours import TOLD, Neighbours, find_neighbours  # noqa: E402

PROMISED_RATIO, PROMISED_UPDATE, LONGEST_GAP = 1.3, 2.0, 0.25
WIDTH, SORTS, GROUP_SIZE = 384, 24, 60
CHANGED, COME, GONE, LOOKED_AT = 80, 10, 10, 200

Result = TypeVar("Result")
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def invented_vectors(count: int, seed: int = 384) -> Floats:
    """Unit vectors that lie together in groups, and those in sorts, float32 (count, 384)."""
    chance = np.random.RandomState(seed)
    groups = max(1, count // GROUP_SIZE)
    centres = _mixed(_directions(chance, SORTS)[chance.randint(SORTS, size=groups)], 0.35, chance)
    member_of = chance.randint(groups, size=count)
    tightness = chance.uniform(0.3, 0.9, size=groups)[member_of]
    vectors = np.empty((count, WIDTH), np.float32)
    for first in range(0, count, 10_000):
        part = slice(first, first + 10_000)
        vectors[part] = _mixed(centres[member_of[part]], tightness[part, None], chance)
    return vectors


def _directions(chance: np.random.RandomState, count: int) -> NDArray[np.float64]:
    some: NDArray[np.float64] = chance.standard_normal((count, WIDTH))
    unit: NDArray[np.float64] = some / np.linalg.norm(some, axis=1, keepdims=True)
    return unit


def _mixed(
    centres: NDArray[np.float64], cosine: float | NDArray[np.float64], chance: np.random.RandomState
) -> NDArray[np.float64]:
    """Unit vectors around centres; two around the same one have about this cosine."""
    mixed = np.sqrt(cosine) * centres + np.sqrt(1.0 - np.asarray(cosine)) * _directions(chance, len(centres))
    unit: NDArray[np.float64] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return unit


def bare(vectors: Floats, threads: int, own_blocks: bool, half: bool = False) -> tuple[float, float]:
    """Seconds, by the clock and of the processor, that all products take and nothing else.

    :param own_blocks: whether each thread has blocks of its own, or all share each product.
    :param half: leave out what symmetry gives.
    """
    size = len(vectors)

    def products(first: int) -> None:
        block = vectors[first : first + BLOCK_ROWS]
        memory = np.empty(len(block) * PANEL_COLUMNS, np.float32)
        for start in range(first if half else 0, size, PANEL_COLUMNS):
            panel = vectors[start : start + PANEL_COLUMNS]
            np.matmul(block, panel.T, out=memory[: len(block) * len(panel)].reshape(len(block), len(panel)))

    began, used = time.perf_counter(), time.process_time()
    with (
        threadpool_limits(1 if own_blocks else threads, "blas"),
        ThreadPoolExecutor(threads if own_blocks else 1) as pool,
    ):
        list(pool.map(products, range(0, size, BLOCK_ROWS)))
    return time.perf_counter() - began, time.process_time() - used


def timed(job: Job[Result]) -> tuple[Result, dict[str, float]]:
    """Drive a job: seconds by the clock and of the processor, the longest gap between two steps, and memory in MB."""
    process = psutil.Process()
    before = peak = process.memory_info().rss
    longest, began, used = 0.0, time.perf_counter(), time.process_time()
    last = began

    def look(_: object) -> None:
        nonlocal peak, longest, last
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        peak = max(peak, process.memory_info().rss)

    result = run(job, look)
    look(None)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    memory = (peak - before) / 1e6
    return result, {"seconds": seconds, "processor": processor, "longest_gap": longest, "memory_mb": memory}


def changed(ids: Ints, vectors: Floats) -> tuple[Ints, Floats]:
    """The same library after some items have changed, come and gone: ids ascending, and their vectors."""
    chance = np.random.RandomState(1)
    some = chance.permutation(len(ids))[: CHANGED + GONE]
    vectors = vectors.copy()
    vectors[some[:CHANGED]] = invented_vectors(CHANGED, seed=2)
    stay = np.delete(np.arange(len(ids)), some[CHANGED:])
    new_ids = ids[chance.permutation(len(ids))[:COME]] + 1  # in between: all rows behind them move
    ids = np.concatenate([ids[stay], new_ids])
    order = np.argsort(ids)
    return ids[order], np.concatenate([vectors[stay], invented_vectors(COME, seed=3)])[order]


def wrong_rows(found: Neighbours, vectors: Floats, count: int) -> int:
    """How many of some rows are not what all products in double precision say."""
    rows = np.random.RandomState(0).permutation(len(vectors))[:count]
    wrong = 0
    for row in rows:
        products = np.empty(len(vectors), np.float32)
        for first in range(0, len(vectors), 10_000):
            part = slice(first, first + 10_000)
            products[part] = vectors[part].astype(np.float64) @ vectors[row].astype(np.float64)
        products[row] = -2.0
        best = np.lexsort((np.arange(len(products)), -products))[:TOLD]
        wrong += not np.array_equal(found.rows[row][: len(best)], best)
    return wrong


def measure(items: int, threads: int) -> dict[str, Any]:
    """All figures."""
    vectors, ids = invented_vectors(items), 2 * np.arange(items, dtype=np.int64)
    bare(vectors[: 4 * PANEL_COLUMNS], threads, own_blocks=True)
    shared = bare(vectors, threads, own_blocks=False)
    before = bare(vectors, threads, own_blocks=True)
    found, build = timed(find_neighbours(ids, vectors, threads=threads))
    after = bare(vectors, threads, own_blocks=True)
    half = bare(vectors, threads, own_blocks=True, half=True)
    new_ids, new_vectors = changed(ids, vectors)
    updated, update = timed(find_neighbours(new_ids, new_vectors, found, threads))
    own = ((before[0] + after[0]) / 2, (before[1] + after[1]) / 2)
    products = min(own, shared)
    return {
        "items": items,
        "threads": threads,
        "bare_seconds": products[0],
        "bare_seconds_with_blocks_of_their_own": own[0],
        "bare_seconds_with_shared_products": shared[0],
        "half_seconds": half[0],
        "build": build,
        "update": update,
        "ratio": build["seconds"] / products[0],
        "ratio_of_processor_time": build["processor"] / products[1],
        "ratio_to_half": build["seconds"] / half[0],
        "wrong_rows": wrong_rows(found, vectors, LOOKED_AT) + wrong_rows(updated, new_vectors, LOOKED_AT),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=max(1, os.cpu_count() or 1))
    parser.add_argument("--out", type=Path, help="where the figures go; benchmarks/results/similar.json without it")
    options = parser.parse_args()
    result = measure(options.items, options.threads)
    write("similar", result, options.out)
    build, update = result["build"], result["update"]
    print(
        f"{result['items']:,} items, {result['threads']} thread(s)\n"
        f"bare products {result['bare_seconds']:.1f} s "
        f"(blocks of their own {result['bare_seconds_with_blocks_of_their_own']:.1f} s, "
        f"shared products {result['bare_seconds_with_shared_products']:.1f} s)\n"
        f"all neighbours {build['seconds']:.1f} s, memory {build['memory_mb']:.0f} MB, "
        f"longest gap {verdict(build['longest_gap'], LONGEST_GAP, 's')}\n"
        f"ratio {verdict(result['ratio'], PROMISED_RATIO, 'times')}; "
        f"of processor time {result['ratio_of_processor_time']:.3g}; "
        f"to the {result['half_seconds']:.1f} s of half the products {result['ratio_to_half']:.3g}\n"
        f"update after {CHANGED} changed, {COME} come, {GONE} gone {verdict(update['seconds'], PROMISED_UPDATE, 's')}, "
        f"memory {update['memory_mb']:.0f} MB, longest gap {verdict(update['longest_gap'], LONGEST_GAP, 's')}\n"
        f"rows that differ from products in double precision: {result['wrong_rows']} of {2 * LOOKED_AT}"
    )
    kept = result["ratio"] <= PROMISED_RATIO and update["seconds"] <= PROMISED_UPDATE and not result["wrong_rows"]
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
