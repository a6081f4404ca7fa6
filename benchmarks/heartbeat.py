"""How long the window's event loop is ever held up during a scan and a whole training cycle, and how long a click takes then.

    python -m benchmarks.heartbeat [--films 10000] [--scanning]

A timer that should beat every 5 ms is watched; its lateness is the delay that a click would have met. Every few seconds a title
is rated, and the time until the next one is painted is taken. The library comes from the fake Plex server, in a process of its
own. With ``--scanning`` one scan follows the other all the time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.results import percentile, verdict, write

BEAT_MS = 5
P99_MS, WORST_MS, CLICK_MS = 30.0, 150.0, 60.0
PAUSE = 3.0  # seconds between two clicks
RATINGS = 1000  # that the user of the server has given already, at most


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=10_000)
    parser.add_argument("--scanning", action="store_true", help="scan again and again, not only once")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    command = [sys.executable, "-m", "tests.fakes.plex", "--movies", str(options.films), "--token", "heartbeat-token"]
    command += ["--ratings", str(RATINGS)]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as plex:
        try:
            assert plex.stdout is not None
            url = next(word for line in plex.stdout for word in line.split() if word.startswith("http://"))
            with tempfile.TemporaryDirectory() as home:
                figures = measure(Path(home), url.rstrip("."), options.scanning)
        finally:
            plex.kill()
    print(
        f"{figures['texts']:.0f} texts in {figures['seconds']:.0f} s, {figures['scans']:.0f} scans, {figures['beats']:.0f} beats"
    )
    print(f"  p99    {verdict(figures['p99_ms'], P99_MS, 'ms')}; median {figures['median_ms']:.2f}")
    print(f"  worst  {verdict(figures['worst_ms'], WORST_MS, 'ms')}")
    print(f"  click  {verdict(figures['click_p95_ms'], CLICK_MS, 'ms')} (p95 of {figures['clicks']:.0f})")
    print(f"written to {write('heartbeat', figures, options.out)}")


def measure(home_path: Path, url: str, scanning: bool) -> dict[str, float]:
    """Scan, learn and rate while the heart beats, until all is learned."""
    from PyQt6.QtCore import Qt, QTimer

    from benchmarks.window import click_and_wait_for_paint, open_session, rest, wait_until
    from library.home import find_home
    from library.library import Library
    from library.secrets import Secrets
    from library.settings import SourceSettings

    home = find_home(home_path)
    source = SourceSettings("plex", "plex", "Plex", url=url)
    with Library.open(home) as library:
        library.settings.save(replace(library.settings.load(), sources=(source,)))
    Secrets(home).put("source:plex", "heartbeat-token")
    late: list[float] = []
    with open_session(home) as session:
        wait_until(lambda: session.background is not None, "the threads have started")
        background = session.background
        assert background is not None
        assert session.library is not None
        library = session.library
        scans = 0

        def scan_again() -> None:
            nonlocal scans
            scans += 1
            background.actions.scan("plex")

        last = time.perf_counter()

        def beat() -> None:
            nonlocal last
            now = time.perf_counter()
            late.append(max(0.0, 1000 * (now - last) - BEAT_MS))
            last = now

        heart = QTimer()
        heart.setTimerType(Qt.TimerType.PreciseTimer)
        heart.timeout.connect(beat)
        if scanning:
            background.actions.scanned.connect(lambda *_: QTimer.singleShot(200, scan_again))
        began = last = time.perf_counter()
        heart.start(BEAT_MS)
        scan_again()

        def all_learned() -> bool:
            engine = session.controller.engine if session.controller is not None else None
            return engine is not None and engine.snapshot.whole and library.items.count() > 0

        clicks: list[float] = []
        wait_until(lambda: session.movies.card is not None, "there is a title to rate")
        while not all_learned():
            rest(PAUSE)
            if session.movies.card is not None:
                clicks.append(1000 * click_and_wait_for_paint(session, 1 + len(clicks) * 7 % 10))
        heart.stop()
        texts = library.items.count()
        seconds = time.perf_counter() - began
    return {
        "texts": texts,
        "scans": scans,
        "seconds": seconds,
        "beats": len(late),
        "median_ms": percentile(late, 0.5),
        "p99_ms": percentile(late, 0.99),
        "worst_ms": max(late),
        "clicks": len(clicks),
        "click_p95_ms": percentile(clicks, 0.95),
    }


if __name__ == "__main__":
    main()
