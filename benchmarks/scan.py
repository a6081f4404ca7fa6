"""How many requests, seconds and bytes a scan of a Plex server costs: the fake one of the tests, over real HTTP.

The server runs in a process of its own, so that what is measured is the program alone.

python -m benchmarks.scan [--movies 2000] [--shows 200]
python -m benchmarks.scan --tracks        a large home: 4,000 films, 1,000 shows and 45,000 tracks
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.results import verdict, write
from library.home import find_home
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.watch_history import scan_with_history
from providers.servers.plex import PlexServer
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import EPOCH, Played, make_world

CHANGES = 10
IN_FLIGHT = 4
PLAYS = 5000


@dataclass(frozen=True, slots=True)
class Promise:
    """What a scan may cost at most."""

    requests: int
    seconds: float
    megabytes: float = 600.0


SMALL = {"first": Promise(35, 8.0), "second": Promise(15, 8.0)}
LARGE = {"first": Promise(400, 120.0), "second": Promise(110, 30.0)}


def main() -> None:
    """Scan twice, with a few changes in between, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--movies", type=int)
    parser.add_argument("--shows", type=int)
    parser.add_argument("--tracks", type=int, nargs="?", const=45_000, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    large = options.tracks > 0
    movies = (4000 if large else 2000) if options.movies is None else options.movies
    shows = (1000 if large else 200) if options.shows is None else options.shows
    figures: dict[str, object] = {"movies": movies, "shows": shows, "tracks": options.tracks}
    with (
        tempfile.TemporaryDirectory() as directory,
        served(movies, shows, options.tracks) as (url, token, line),
        Library.open(find_home(Path(directory))) as library,
    ):
        source = SourceSettings("plex", "plex", "Plex", url=url)
        for name, promise in (LARGE if large else SMALL).items():
            ask(line, "change" if name == "second" else "forget")
            figures[name] = scanned(library, source, token, line, name, promise)
    print(f"written to {write('scan_large' if large else 'scan', figures, options.out)}")


def scanned(
    library: Library, source: SourceSettings, token: str, line: Connection, name: str, promise: Promise
) -> dict[str, object]:
    """Scan once, and say what it took."""
    began = time.perf_counter()
    with closing(PlexServer(source.id, source.name, source.url, token)) as server:
        report = run(scan_with_history(library, server, source))
    seconds = time.perf_counter() - began
    requests, in_flight = ask(line, "figures")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    print(f"{name} scan: {report.sentence}; {len(library.watches.counts()):,} titles with a history")
    print(f"  requests   {verdict(requests, promise.requests, 'requests')}")
    print(f"  time       {verdict(seconds, promise.seconds, 's')}")
    print(f"  memory     {verdict(megabytes, promise.megabytes, 'MB')}")
    print(f"  in flight  {verdict(in_flight, IN_FLIGHT, 'at once')}")
    told = {"listed": report.listed, "added": report.added, "changed": report.changed, "failed": report.failed}
    cost = {"requests": requests, "seconds": seconds, "most_in_flight": in_flight, "peak_megabytes": megabytes}
    return {**told, **cost}


@contextmanager
def served(movies: int, shows: int, tracks: int) -> Iterator[tuple[str, str, Connection]]:
    """A fake server in a process of its own: its address, its token, and the line to it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, movies, shows, tracks))
    process.start()
    try:
        url, token = here.recv()
        yield url, token, here
    finally:
        here.send("end")
        process.join(30)


def ask(line: Connection, word: str) -> tuple[int, int]:
    """Say something to the process of the server, and hear what it counted."""
    line.send(word)
    requests, in_flight = line.recv()
    return requests, in_flight


def serve(line: Connection, movies: int, shows: int, tracks: int) -> None:
    """Be the server, until told to end."""
    world = make_world(movies, shows, tracks=tracks)
    entries = [entry.key for entry in (*world.films, *world.tracks)]
    world.history = [Played(entries[n * 7 % len(entries)], EPOCH + n * 1000) for n in range(PLAYS if tracks else 500)]
    with FakePlex(world) as plex:
        line.send((plex.url, plex.token))
        while (word := line.recv()) != "end":
            if word == "change":
                for key in entries[:: max(1, len(entries) // CHANGES)][:CHANGES]:
                    world.touch(key, updated_at=EPOCH + 5_000_000)
            if word in ("change", "forget"):
                plex.forget()
            line.send((len(plex.requests), plex.most_in_flight))


if __name__ == "__main__":
    main()
