"""From a movement of the hand to the moved taste map painted, in the real page, without a screen.

    python -m benchmarks.map [--points 20000] [--frames 240]

Without ``--points`` 20,000 and 100,000 are measured, each in a process of its own. Nearly all points are in view from afar;
titles are written from near by. *Computing* is the processor time of the window's thread alone: what a frame would take on a
machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.results import percentile, verdict, write

if TYPE_CHECKING:
    from gui.tabs.taste.map_page import MapPage
    from gui.tabs.taste.values import MapPicture

SIZES = (20_000, 100_000)
PROMISED = 20_000
FRAME_MS = 16.6
ZOOMS = {"afar": 1.25, "between": 3.0, "near": 12.0}
LAPS = 2


def made_up_picture(count: int) -> MapPicture:
    """A map with clusters of very different size, as real ones have."""
    import numpy as np

    from gui.tabs.taste.values import MapPicture, Region
    from recommender.taste_points import TastePoints

    numbers = np.random.default_rng(3)
    middles = numbers.uniform(-0.85, 0.85, (60, 2))
    cluster = np.minimum(numbers.geometric(0.06, count), 60) - 1
    places = np.clip(middles[cluster] + numbers.normal(0, 0.07, (count, 2)), -1, 1).astype(np.float32)
    ratings = np.clip(numbers.normal(6.8, 1.2, 60)[cluster] + numbers.normal(0, 0.5, count), 1, 10).astype(np.float32)
    rated = np.zeros(count, np.bool_)
    rated[numbers.choice(count, 500, replace=False)] = True
    shows = numbers.random(count) < 0.1
    points = TastePoints(np.arange(1, count + 1), places, ratings, rated, shows)
    regions = [Region(f"Genre {n}", *middles[n].tolist(), 60.0 - n, fine=n >= 14) for n in range(60)]
    titles = tuple(f"The title of number {number}" for number in range(count))
    return MapPicture(points, titles, numbers.random(count).astype(np.float32), tuple(regions))


def measure(count: int, frames: int) -> dict[str, float]:
    """Show the map in the page and move it about."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PyQt6.QtCore import QPointF
    from PyQt6.QtWidgets import QApplication

    from benchmarks.window import rest
    from gui.tabs.taste.map_page import MapPage
    from gui.theme import Theme

    app = QApplication.instance() or QApplication(["homereel"])
    assert isinstance(app, QApplication)
    page = MapPage(Theme(app, "dark"))
    page.resize(1050, 700)
    picture = made_up_picture(count)
    began = time.perf_counter()
    page.show_picture(picture)
    figures = {"shown_ms": 1000 * (time.perf_counter() - began)}
    page.show()
    rest(0.5)
    every: list[float] = []
    computing: list[float] = []
    for name, zoom in ZOOMS.items():
        page.canvas.look(page.canvas.camera.zoomed(zoom / page.canvas.camera.zoom))
        rest(0.1)
        times, busy = pan(page, frames)
        every, computing = every + times, computing + busy
        figures |= {f"{name}_{key}": value for key, value in _summary(times).items()}
    canvas = page.canvas
    figures |= {f"pan_{key}": value for key, value in _summary(every).items()}
    figures |= {f"computing_{key}": value for key, value in _summary(computing).items()}
    hits = [canvas.pixel_of(int(point)) for point in canvas.in_view()[:: max(1, len(canvas.in_view()) // 200)]]
    figures["hover_ms"] = _median(lambda: [_move(page, at) for at in hits]) / max(len(hits), 1)
    canvas.fit()
    ring = [QPointF(520 + 200 * math.cos(k / 30), 260 + 160 * math.sin(k / 30)) for k in range(190)]
    figures["lasso_ms"] = _median(lambda: _draw_around(page, ring))
    page.close()
    return figures


def pan(page: MapPage, frames: int) -> tuple[list[float], list[float]]:
    """Drag the map round in a circle with the mouse; milliseconds from each movement until it is painted, and of computing."""
    from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
    from PyQt6.QtTest import QTest

    class Counter(QObject):
        painted = 0

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            self.painted += event is not None and event.type() is QEvent.Type.Paint
            return False

    view = page.canvas.viewport()
    assert view is not None
    counter = Counter(view)
    view.installEventFilter(counter)
    centre = QPoint(view.width() // 2, view.height() // 2)
    turn = [2 * math.pi * LAPS * k / frames for k in range(frames)]
    path = [centre + QPoint(round(160 * math.cos(angle)), round(120 * math.sin(angle))) for angle in turn]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=path[0])
    times, computing = [], []
    for at in path[1:]:
        began, busy = time.perf_counter(), time.thread_time()
        QTest.mouseMove(view, at)
        view.repaint()
        times.append(1000 * (time.perf_counter() - began))
        computing.append(1000 * (time.thread_time() - busy))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=path[-1])
    assert counter.painted >= frames - 1, "not every frame was painted"
    view.removeEventFilter(counter)
    return times, computing


def _move(page: MapPage, at: object) -> None:
    from PyQt6.QtCore import QPointF
    from PyQt6.QtTest import QTest

    assert isinstance(at, QPointF)
    QTest.mouseMove(page.canvas.viewport(), at.toPoint())


def _draw_around(page: MapPage, ring: list[object]) -> None:
    """From the line closed to the list beside the map."""
    import numpy as np

    canvas = page.canvas
    outline = np.array([canvas.camera.place(at.x(), at.y()) for at in ring], np.float32)  # type: ignore[attr-defined]
    canvas.lassoed.emit(canvas.inside(outline))


def _median(action: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - began))
    return percentile(times, 0.5)


def _summary(times: list[float]) -> dict[str, float]:
    return {"median_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "worst_ms": max(times)}


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--stage", choices=("measure",), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.stage == "measure":
        print(json.dumps(measure(options.points, options.frames)))
        return
    figures = {}
    for count in SIZES if options.points is None else (options.points,):
        common = ["--points", str(count), "--frames", str(options.frames), "--stage", "measure"]
        command = [sys.executable, "-m", "benchmarks.map", *common]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        one: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
        figures[f"{count}_points"] = one
        said = verdict(one["pan_p95_ms"], FRAME_MS, "ms") if count <= PROMISED else f"{one['pan_p95_ms']:.3g} ms"
        print(f"{count:,} points")
        print(
            f"  a frame while panning  p95 {said}; median {one['pan_median_ms']:.1f}, worst {one['pan_worst_ms']:.1f}"
        )
        print(f"    computing     p95 {one['computing_p95_ms']:.1f} ms; median {one['computing_median_ms']:.1f} ms")
        for name in ZOOMS:
            print(f"    from {name:8} median {one[f'{name}_median_ms']:.1f} ms, p95 {one[f'{name}_p95_ms']:.1f} ms")
        print(
            f"  shown in {one['shown_ms']:.0f} ms; found under the mouse in {one['hover_ms']:.2f} ms;"
            f" drawn around and listed in {one['lasso_ms']:.0f} ms"
        )
    print(f"written to {write('map', figures, options.out)}")


if __name__ == "__main__":
    main()
