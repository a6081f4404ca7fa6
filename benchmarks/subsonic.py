"""How many requests, seconds and bytes a scan of a Subsonic server costs: the fake one of the tests, over real HTTP.

The server runs in a process of its own, so that what is measured is the program alone.

python -m benchmarks.subsonic [--songs 50000]
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.results import verdict, write
from library.home import find_home
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.sync import scan
from library.writing import WriteKind
from providers.http import ProviderSession
from providers.ledger import NetworkLedger
from providers.servers.subsonic import SubsonicServer
from tests.fakes.subsonic import PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import make_world

CHANGES = 10
MOST_REQUESTS, MOST_SECONDS, MOST_MEGABYTES = 400, 120.0, 600.0


def main() -> None:
    """Scan twice, with a few ratings in between, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=50_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(options.songs, theirs))
    process.start()
    url = ours.recv()
    source = SourceSettings("s", "subsonic", "Navidrome", url=url, user=USER, sign_in="password")
    figures: dict[str, object] = {"songs": options.songs}
    try:
        with tempfile.TemporaryDirectory() as directory, Library.open(find_home(Path(directory))) as library:
            for name, seconds in (("first", MOST_SECONDS), ("second", 30.0)):
                if name == "second":
                    rate(source)
                figures[name] = scanned(library, source, name, seconds)
    finally:
        ours.send("enough")
        process.join()
    print(f"written to {write('subsonic', figures, options.out)}")


def serve(songs: int, line: Connection) -> None:
    """The server, until it is told that it is enough."""
    with FakeSubsonic(world=make_world(songs)) as fake:
        line.send(fake.url)
        line.recv()


def rate(source: SourceSettings) -> None:
    """Change a few songs in the way that a person does."""
    with closing(SubsonicServer(source, PASSWORD, ProviderSession("Navidrome"))) as server:
        for number in range(CHANGES):
            key = f"so-{1000 + number}"
            before = server.state(WriteKind.RATING, key)
            after = {"rating": None if before and before["rating"] else 8.0}
            run(server.write(WriteKind.RATING, key, before, after))


def scanned(library: Library, source: SourceSettings, name: str, most_seconds: float) -> dict[str, object]:
    """Scan once, and say what it took."""
    ledger, began = NetworkLedger(), time.perf_counter()
    with closing(SubsonicServer(source, PASSWORD, ProviderSession("Navidrome", ledger=ledger))) as server:
        report = run(scan(library, server, source))
    seconds = time.perf_counter() - began
    requests = sum(row.count for row in ledger.connections_today())
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name} scan: {report.sentence}")
    for value, limit, unit in (
        (requests, MOST_REQUESTS, "requests"),
        (seconds, most_seconds, "seconds"),
        (megabytes, MOST_MEGABYTES, "MB"),
    ):
        print(f"  {verdict(value, limit, unit)}")
    return {
        "requests": requests,
        "seconds": round(seconds, 2),
        "megabytes": round(megabytes),
        "added": report.added,
        "changed": report.changed,
    }


if __name__ == "__main__":
    main()
