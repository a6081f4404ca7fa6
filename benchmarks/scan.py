"""How many requests and seconds a scan of a Plex server costs: the fake one of the tests, over real HTTP.

python -m benchmarks.scan [--movies 2000] [--shows 200]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.results import verdict, write
from library.home import find_home
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.sync import scan
from providers.servers.plex import PlexServer
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world

FIRST_REQUESTS, FIRST_SECONDS, SECOND_REQUESTS, IN_FLIGHT = 30, 8.0, 10, 4


def main() -> None:
    """Scan twice and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--movies", type=int, default=2000)
    parser.add_argument("--shows", type=int, default=200)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    figures: dict[str, object] = {"movies": options.movies, "shows": options.shows}
    with (
        tempfile.TemporaryDirectory() as directory,
        FakePlex(make_world(options.movies, options.shows)) as plex,
        Library.open(find_home(Path(directory))) as library,
    ):
        source = SourceSettings("plex", "plex", "Plex", url=plex.url)
        for name, most_requests in (("first", FIRST_REQUESTS), ("second", SECOND_REQUESTS)):
            plex.forget()
            began = time.perf_counter()
            with closing(PlexServer(source.id, source.name, plex.url, plex.token)) as server:
                report = run(scan(library, server, source))
            seconds = time.perf_counter() - began
            requests = len(plex.requests)
            print(f"{name} scan: {report.added} added, {report.changed} changed, {report.removed} removed")
            print(f"  requests   {verdict(requests, most_requests, 'requests')}")
            print(f"  time       {verdict(seconds, FIRST_SECONDS, 's')}")
            print(f"  in flight  {verdict(plex.most_in_flight, IN_FLIGHT, 'at once')}")
            figures[name] = {"requests": requests, "seconds": seconds, "most_in_flight": plex.most_in_flight}
    print(f"written to {write('scan', figures, options.out)}")


if __name__ == "__main__":
    main()
