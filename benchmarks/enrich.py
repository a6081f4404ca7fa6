"""Measures looking titles up at a catalogue with a limit of requests: how near to the limit, and never above it.

    python -m benchmarks.enrich [--titles N] [--limit N] [--by ids|imdb|names] [--latency SECONDS] [--out FILE]

The fake TMDB runs in a process of its own, counts what comes within any second, and refuses what is above the limit. The
titles have an id of TMDB's ("ids", one request each), one of IMDb's ("imdb", two), or only name, year and length ("names", two).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.results import write  # noqa: E402
from library.enrich import enrich  # noqa: E402
from library.home import Home  # noqa: E402
from library.items import ExternalId, MediaKind  # noqa: E402
from library.library import Library  # noqa: E402
from library.progress import run  # noqa: E402
from library.sources import ServerItem  # noqa: E402
from providers.catalogs.tmdb import TmdbCatalog  # noqa: E402
from tests.fakes.tmdb import READ_TOKEN, Title, many  # noqa: E402

PROMISED_SHARE = 0.9


@contextmanager
def fake_tmdb(titles: int, limit: int, latency: float) -> Iterator[str]:
    """The address of a catalogue in a process of its own."""
    command = [sys.executable, "-m", "tests.fakes.tmdb", "--titles", str(titles), "--limit", str(limit)]
    command += ["--latency", str(latency)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        assert process.stdin is not None
        process.stdin.close()


def items_of(titles: list[Title], by: str) -> list[ServerItem]:
    """The titles as a media server tells them."""
    schemes = {"ids": ("tmdb", "imdb"), "imdb": ("imdb",), "names": ()}[by]
    return [
        ServerItem(
            kind=MediaKind.MOVIE,
            key=str(one.id),
            version="1",
            title=one.title,
            year=one.year,
            runtime=float(one.runtime),
            external_ids=tuple(ExternalId(scheme, str(one.id) if scheme == "tmdb" else one.imdb) for scheme in schemes),
        )
        for one in titles
    ]


def measure(titles: int, limit: int, by: str, latency: float) -> dict[str, Any]:
    """Enrich a library of so many titles; what came of it, and how the catalogue was asked."""
    with tempfile.TemporaryDirectory() as place, fake_tmdb(titles, limit, latency) as url:
        with Library.open(Home(Path(place))) as library:
            library.items.upsert("s", "1", items_of(many(titles), by))
            began = time.monotonic()
            with closing(TmdbCatalog(READ_TOKEN, limit=limit, url=url)) as catalog:
                report = run(enrich(library, catalog, 30))
            seconds = time.monotonic() - began
            edges = len(library.metadata.recommended())
        with urllib.request.urlopen(f"{url}/pace") as answer:
            pace = json.loads(answer.read())
    rate = (pace["requests"] - 1) / pace["seconds"]
    return {
        "titles": titles,
        "limit": limit,
        "by": by,
        "latency": latency,
        "found": report.found,
        "failed": report.failed,
        "recommended": edges,
        "seconds": round(seconds, 2),
        "requests": pace["requests"],
        "rate": round(rate, 2),
        "share_of_limit": round(rate / limit, 4),
        "busiest_second": pace["busiest"],
        "refused": pace["refused"],
        "in_flight": pace["in_flight"],
    }


def main() -> int:
    """Measure, print, and say whether the promise is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=2000)
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--by", choices=("ids", "imdb", "names"), default="ids")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds until an answer")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = measure(options.titles, options.limit, options.by, options.latency)
    kept = (
        found["share_of_limit"] >= PROMISED_SHARE
        and found["busiest_second"] <= options.limit
        and not found["refused"]
        and found["found"] == options.titles
        and found["in_flight"] <= 10
    )
    print(
        f"{found['titles']:,} titles by {found['by']}: {found['seconds']:.1f} s, {found['requests']:,} requests,"
        f" {found['rate']:.1f} a second ({found['share_of_limit']:.1%} of the limit), at most"
        f" {found['busiest_second']} in one second, {found['in_flight']} in flight, {found['refused']} refused"
        f"  {'kept' if kept else 'NOT KEPT'}"
    )
    print(json.dumps(found))
    write("enrich", found, options.out)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
