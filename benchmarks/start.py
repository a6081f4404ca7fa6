"""From the start of the process to the window, and to the first recommendation: demo library, second start.

    python -m benchmarks.start [--starts 7]

An empty PyQt6 window is timed in the same run, for comparison. Each start is a fresh process; the median is what counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.results import percentile, verdict, write

ROOT = Path(__file__).resolve().parent.parent
WINDOW_SECONDS, RECOMMENDATION_SECONDS = 0.7, 1.0

EMPTY = """
import os, sys, time
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QWidget
app = QApplication([])
class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, self.told)
    def told(self):
        print(time.time() - float(os.environ["BEGAN"]), flush=True)
        os._exit(0)
window = Window()
window.resize(1280, 800)
window.show()
app.exec()
"""


def timed(command: list[str], home: str) -> list[float]:
    """Run a start and return the seconds that it printed."""
    environment = {**os.environ, "HOMEREEL_HOME": home, "BEGAN": str(time.time())}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    answer = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [float(word) for word in answer.stdout.splitlines()[-1].split()]


def measured_start() -> None:
    """The program's own start, inside its own process; prints the two times and ends."""
    began = float(os.environ["BEGAN"])
    from PyQt6.QtCore import QEvent, QObject, QTimer
    from PyQt6.QtWidgets import QApplication

    import main
    from library.home import find_home

    app = QApplication(["homereel"])
    from gui.session import Session

    home = find_home(None)
    session = Session(app, home, main.window_ports(home))
    painted: dict[str, float] = {}

    class Watch(QObject):
        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if event is not None and event.type() is QEvent.Type.Paint and watched is not None:
                name = "window" if watched is session.window else "card"
                if name == "window" or session.movies.card is not None:
                    painted.setdefault(name, time.time() - began)
                    QTimer.singleShot(0, done)
            return False

    def done() -> None:
        if len(painted) == 2:
            assert "torch" not in sys.modules, "torch was imported before the first recommendation"
            print(painted["window"], painted["card"], flush=True)
            os._exit(0)

    watch = Watch()
    session.window.installEventFilter(watch)
    session.movies.card_view.installEventFilter(watch)
    session.open()
    app.exec()


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--measured", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measured:
        measured_start()
        return
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOMEREEL_HOME": home}
        command = [sys.executable, "main.py", "scan", "--demo", "--no-texts", "--json"]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        start = [sys.executable, "-m", "benchmarks.start", "--measured"]
        timed(start, home)
        pairs = [timed(start, home) for _ in range(options.starts)]
        empty = [timed([sys.executable, "-c", EMPTY], home)[0] for _ in range(options.starts)]
    window, card = (percentile([pair[k] for pair in pairs], 0.5) for k in (0, 1))
    print(f"window shown          {verdict(window, WINDOW_SECONDS, 's')}")
    print(f"first recommendation  {verdict(card, RECOMMENDATION_SECONDS, 's')}")
    print(f"an empty window       {percentile(empty, 0.5):.3g} s")
    figures = {
        "window_seconds": window,
        "recommendation_seconds": card,
        "empty_seconds": percentile(empty, 0.5),
        "starts": pairs,
    }
    print(f"written to {write('start', figures, options.out)}")


if __name__ == "__main__":
    main()
