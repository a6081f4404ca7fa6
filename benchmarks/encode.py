"""Measures how fast texts become vectors, beside sentence-transformers' plain ``encode``, and that the vectors agree.

    python -m benchmarks.encode [--data DIR] [--texts N] [--threads N] [--rounds N] [--out FILE]

Both read the same texts with the same number of threads, turn and turn about, in one process. The ratio is the median over
the rounds of (our texts per second / theirs); beside it stands the same of processor time, which other programs on the
machine disturb less. ``--data`` is a folder with ``movies.jsonl.gz``, one film per line; without it
the demo library is read, with variations so that no text occurs twice.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.results import write  # noqa: E402
from encoders.text import describe_item, load_text_encoder  # noqa: E402
from encoders.weights import SHIPPED, model_folder  # noqa: E402
from library.items import Credit, CreditRole, Item, MediaKind  # noqa: E402

PROMISED_RATIO, PROMISED_COSINE, LONGEST_GAP = 1.3, 0.999, 0.25
ROLES = {"directors": CreditRole.DIRECTOR, "writers": CreditRole.WRITER, "cast": CreditRole.CAST}


def item_of(number: int, row: dict[str, Any], kind: MediaKind) -> Item:
    """An item from one line of a data file."""
    people = [
        Credit(name, role, position) for key, role in ROLES.items() for position, name in enumerate(row.get(key) or [])
    ]
    return Item(
        id=number,
        kind=kind,
        title=row["title"],
        overview=row.get("overview"),
        tagline=row.get("tagline"),
        genres=tuple(row.get("genres") or ()),
        keywords=tuple(row.get("keywords") or ()),
        credits=tuple(people),
    )


def demo_rows(count: int) -> Iterator[tuple[dict[str, Any], MediaKind]]:
    """The demo library over and over, each time round with overviews made of other sentences."""
    rows = [
        (json.loads(line), MediaKind.SHOW if path.stem == "shows" else MediaKind.MOVIE)
        for path in sorted((ROOT / "resources" / "demo").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]
    chance = random.Random(0)
    for number in range(count):
        row, kind = rows[number % len(rows)]
        others = [chance.choice(rows)[0].get("overview") or "" for _ in range(number // len(rows))]
        yield {**row, "overview": " ".join([row.get("overview") or "", *others[:3]])}, kind


def read_texts(data: Path | None, count: int) -> list[str]:
    """The texts to encode; of a data folder a sample that reaches over the whole file."""
    if data is None:
        return [describe_item(item_of(n, row, kind)) for n, (row, kind) in enumerate(demo_rows(count))]
    with gzip.open(data / "movies.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = rows[:: max(1, len(rows) // count)][:count]
    return [describe_item(item_of(n, row, MediaKind.MOVIE)) for n, row in enumerate(rows)]


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds a piece of work takes by the clock and of the processor, and its result."""
    began, used = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - began, time.process_time() - used, result


def collect(encoder: Any, texts: Sequence[str]) -> tuple[Any, float]:
    """All vectors in order, and the longest wait for a batch in seconds."""
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    longest, last = 0.0, time.perf_counter()
    for positions, batch in encoder.encode(texts):
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
        vectors[positions] = batch
    return vectors, longest


def measure(texts: Sequence[str], threads: int, rounds: int) -> dict[str, Any]:
    """Alternate the two for some rounds; who goes first changes with each."""
    import torch
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(model_folder(SHIPPED)), device="cpu")
    ours = load_text_encoder(SHIPPED, threads)

    def encode_plainly() -> Any:
        torch.set_num_threads(threads)
        return plain.encode(list(texts), batch_size=32, show_progress_bar=False)

    contenders: dict[str, Callable[[], Any]] = {"plain": encode_plainly, "ours": lambda: collect(ours, texts)}
    plain.encode(list(texts[:64]), batch_size=32, show_progress_bar=False)
    collect(ours, texts[:64])
    seconds: dict[str, list[float]] = {"plain": [], "ours": []}
    processor: dict[str, list[float]] = {"plain": [], "ours": []}
    gaps, cosines = [], np.ones(len(texts))
    for number in range(rounds):
        made = {}
        for name in sorted(contenders, reverse=bool(number % 2)):
            took, used, made[name] = timed(contenders[name])
            seconds[name].append(took)
            processor[name].append(used)
        vectors, gap = made["ours"]
        gaps.append(gap)
        cosines = np.minimum(cosines, (vectors.astype(np.float64) * made["plain"]).sum(axis=1))
        print(
            f"round {number + 1}: {ratios(seconds)[-1]:.3f}, of processor time {ratios(processor)[-1]:.3f}", flush=True
        )
    figures = report(texts, threads, seconds, gaps, cosines)
    return {**figures, "ratio_of_processor_time": round(statistics.median(ratios(processor)), 3)}


def ratios(seconds: dict[str, list[float]]) -> list[float]:
    """Round by round, how many times as long the plain way took."""
    return [theirs / mine for theirs, mine in zip(seconds["plain"], seconds["ours"], strict=True)]


def report(
    texts: Sequence[str], threads: int, seconds: dict[str, list[float]], gaps: list[float], cosines: Any
) -> dict[str, Any]:
    """The figures, for the reader and for the file."""
    by_round = ratios(seconds)
    return {
        "texts": len(texts),
        "threads": threads,
        "rounds": len(by_round),
        "ratio": round(statistics.median(by_round), 3),
        "ratio_lowest": round(min(by_round), 3),
        "ratio_highest": round(max(by_round), 3),
        "texts_per_second": round(len(texts) / statistics.median(seconds["ours"]), 2),
        "texts_per_second_plain": round(len(texts) / statistics.median(seconds["plain"]), 2),
        "cosine_lowest": round(float(cosines.min()), 7),
        "cosine_mean": round(float(cosines.mean()), 7),
        "longest_gap_seconds": round(max(gaps), 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, help="folder with movies.jsonl.gz; the demo library without it")
    parser.add_argument("--texts", type=int, default=400)
    parser.add_argument("--threads", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="where the figures go; benchmarks/results/encode.json without it")
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false" if options.threads == 1 else "true"
    result = measure(read_texts(options.data, options.texts), options.threads, options.rounds)
    write("encode", result, options.out)
    print(
        f"{result['texts_per_second']} texts/s, sentence-transformers {result['texts_per_second_plain']} texts/s, "
        f"{result['threads']} thread(s), {result['texts']} texts\n"
        f"ratio {result['ratio']} ({result['ratio_lowest']} to {result['ratio_highest']}), promised {PROMISED_RATIO}; "
        f"of processor time {result['ratio_of_processor_time']}\n"
        f"cosine at least {result['cosine_lowest']}, mean {result['cosine_mean']}, promised {PROMISED_COSINE}\n"
        f"longest gap between batches {result['longest_gap_seconds']} s, promised {LONGEST_GAP} s"
    )
    return 0 if result["ratio"] >= PROMISED_RATIO and result["cosine_lowest"] >= PROMISED_COSINE else 1


if __name__ == "__main__":
    raise SystemExit(main())
