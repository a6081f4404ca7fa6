"""Pictures of every tab, in both themes and two sizes, on the demo library with some ratings: to look at, and for the README.

python -m scripts.screenshots DIRECTORY
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

import main as program
from gui.session import CONFIGURATION, LOGS, MOVIES, SHOWS, Session
from library.feedback import Block, Rating
from library.home import find_home
from library.items import MediaKind
from library.library import Library
from library.settings import AppearanceSettings

SIZES = ((1280, 800), (960, 640))
TABS = {MOVIES: "movies", SHOWS: "shows", CONFIGURATION: "configuration", LOGS: "logs"}
RATINGS = {
    "Arrival": 9,
    "Blade Runner": 9,
    "Alien": 8,
    "Spirited Away": 9,
    "The Godfather": 8,
    "Amélie": 6,
    "Paddington 2": 7,
    "Interstellar": 8,
    "In the Mood for Love": 9,
    "Titanic": 4,
    "The Wire": 10,
    "Dark": 8,
    "Friends": 5,
}


def rate_some(home_path: Path) -> None:
    """Give the demo library a person."""
    with Library.open(find_home(home_path)) as library:
        for kind in (MediaKind.MOVIE, MediaKind.SHOW):
            for item in library.items.all(kind):
                if item.title in RATINGS:
                    library.feedback.append(Rating(at=time.time(), item_id=item.id, value=RATINGS[item.title]))
                elif item.title == "Derrick":
                    library.feedback.append(Block(at=time.time(), item_id=item.id))


def wait(milliseconds: int) -> None:
    """Let the window do what it does."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Open the window and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        home_path = Path(directory) / "homereel"
        program.main(["--home", str(home_path), "scan", "--demo", "--json"])
        rate_some(home_path)
        app = QApplication([sys.argv[0]])
        home = find_home(home_path)
        session = Session(app, home, program.window_ports(home))
        session.open()
        wait(12_000)
        assert session.preferences is not None
        for theme in ("dark", "light"):
            session.preferences.change(appearance=AppearanceSettings(theme))
            for width, height in SIZES:
                session.window.resize(width, height)
                for tab, name in TABS.items():
                    session.window.show_tab(tab)
                    wait(500)
                    session.window.grab().save(str(options.directory / f"{name}-{theme}-{width}.png"))
        session.window.resize(*SIZES[0])
        session.window.show_tab(MOVIES)
        wait(300)
        session.movies.card_view.open_ledger()
        wait(400)
        session.window.grab().save(str(options.directory / f"ledger-light-{SIZES[0][0]}.png"))
        session.window.close()
        session.close()


if __name__ == "__main__":
    main()
