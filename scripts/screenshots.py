"""Pictures of every tab and page, in both themes and several sizes, on the demo library with some ratings: to look at, and for
the README.

    python -m scripts.screenshots DIRECTORY [--home FOLDER] [--scale 1.5]

The demo library is learned first, with the models of the program, which takes a minute; ``--home`` keeps it for the next time.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

import main as program
from gui.models import FilterChoice
from gui.session import CONFIGURATION, LOGS, MOVIES, SHOWS, TASTE, Session
from gui.tabs.taste.tab import KNOWING, MAP, PREFERENCES, RATINGS
from library.feedback import Block, Rating
from library.home import find_home
from library.items import MediaKind
from library.library import Library
from library.logs import set_up_logging, take_down_logging
from library.settings import AppearanceSettings
from library.wishes import Subject, Wish

STEPS = ("map-again", "tonight-over", "back", "pairs-left")
"""What only leads on; there is nothing to see."""
SETTLING = 3000
"""Milliseconds until everything around a title rests."""
SIZES = ((1280, 800), (960, 640))
DAY = 24 * 3600.0
RATED = {
    "Arrival": 9, "Blade Runner": 9, "Alien": 8, "Spirited Away": 9, "The Godfather": 8, "Amélie": 6, "Paddington 2": 7,
    "Interstellar": 8, "In the Mood for Love": 9, "Titanic": 4, "The Wire": 10, "Dark": 8, "Friends": 5,
}  # fmt: skip
LOVED, LEFT = ("Science Fiction", "Mystery"), ("Romance", "Horror")
OTHERS = 48
EVENINGS = (1, 5, 5, 6, 7, 9, 12, 13, 13, 20, 24, 27, 31, 34, 41, 41, 46, 62, 69, 75, 90, 111, 128, 139, 160, 201, 230)
"""So many days ago somebody rated; some evenings more than others."""


def rate_some(home_path: Path) -> None:
    """Give the demo library a person: some titles by name, more by what they are, over the last year."""
    with Library.open(find_home(home_path)) as library:
        now, given, chance = time.time(), 0, random.Random(5)
        for kind in (MediaKind.MOVIE, MediaKind.SHOW):
            for item in library.items.all(kind):
                value = RATED.get(item.title)
                if value is None and kind is MediaKind.MOVIE and item.id % 6 == 0 and given < OTHERS:
                    value = (
                        6 + 2 * bool({*LOVED} & {*item.genres}) - 3 * bool({*LEFT} & {*item.genres}) + item.id % 12 // 6
                    )
                    given += 1
                if value is not None:
                    at = now - DAY * chance.choice(EVENINGS) - 60.0 * chance.randrange(90)
                    library.feedback.append(Rating(at=at, item_id=item.id, value=float(value)))
                elif item.title == "Derrick":
                    library.feedback.append(Block(at=now, item_id=item.id))
        library.wishes.put(Wish(Subject("genre", "Horror"), "less", now))
        library.wishes.put(Wish(Subject("person", "Denis Villeneuve"), "more", now))


def bring_a_past(home_path: Path) -> None:
    """Import what a Letterboxd account could hold: titles that are there, some a year off, some that are not owned."""
    with Library.open(find_home(home_path)) as library:
        films = [item for item in library.items.all(MediaKind.MOVIE) if item.id % 9 == 0]
    lines = ["Date,Name,Year,Letterboxd URI,Rating"]
    for number, film in enumerate(films):
        year = (film.year or 2000) + (number % 3 == 0)
        lines.append(f'2024-0{1 + number % 9}-11,"{film.title}",{year},https://boxd.it/{number:04x},{2 + number % 4}.5')
    lines += [
        f"2023-05-0{number},Nobody Has This {number},1999,https://boxd.it/ffe{number},4" for number in range(1, 6)
    ]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "ratings.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        program.main(["--home", str(home_path), "import", str(path), "--json"])


def wait(milliseconds: int) -> None:
    """Let the window do what it does."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def pages(session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """What there is to see: a name, and how to get there."""
    window, background, movies = session.window, session.background, session.movies
    assert background is not None
    assert background.taste is not None
    assert movies.card is not None
    taste, over, card = background.taste, background.title_pages, movies.card.item_id
    yield "movies", lambda: window.show_tab(MOVIES)
    yield "shows", lambda: window.show_tab(SHOWS)
    for name, page in (("preferences", PREFERENCES), ("map", MAP), ("knowing", KNOWING), ("ratings", RATINGS)):
        yield f"taste-{name}", lambda page=page: (window.show_tab(TASTE), taste.go_to(page))
    yield "taste-list", lambda: (window.show_tab(TASTE), taste.go_to(MAP), taste.map.listed.click())
    yield "map-again", taste.map.clear.click
    for name in ("sources", "catalogs", "people", "writing", "past", "wishes", "rules", "training", "network"):
        section = getattr(background.configuration, name)
        yield (
            f"configuration-{name}",
            lambda section=section: (window.show_tab(CONFIGURATION), background.configuration.go_to(section)),
        )
    yield "logs", lambda: window.show_tab(LOGS)
    yield "network", lambda: background.logs.go_to("Network")
    yield "activity", lambda: background.logs.go_to("Activity")
    yield "past", lambda: (window.show_tab(CONFIGURATION), background.past.open(1))
    yield "pairs", lambda: (background.past.page.go_back(), background.pairs.open())
    yield "pairs-left", lambda: background.pairs.page.go_back()
    yield "similar", lambda: (window.show_tab(MOVIES), over.kin.open(card))
    yield "connections", lambda: over.graph.open(card)
    yield "tonight", lambda: (window.show_tab(MOVIES), window.tonight_requested.emit())
    yield "tonight-card", lambda: over.tonight.page.begun.emit(MediaKind.MOVIE, FilterChoice())
    yield "tonight-over", over.tonight.page.finished.emit
    yield "assistant-media", lambda: background.assistant.open()
    yield "assistant-plex", lambda: background.assistant.page.steps[0].open_form("plex")
    yield "assistant-you", lambda: background.assistant.open(1)
    yield "assistant-network", lambda: background.assistant.open(2)
    yield "dials", lambda: (window.show_tab(MOVIES), movies.filters.dials.setChecked(True))
    yield "guest", lambda: (movies.filters.dials.setChecked(False), movies.guest_wanted.emit(True))
    yield "ledger", lambda: (movies.guest_wanted.emit(False), movies.card_view.open_ledger())
    yield "nothing", lambda: (movies.card_view.close_ledger(), movies.filters.choose(FilterChoice(text="zzzz")))
    yield "back", lambda: movies.filters.choose(FilterChoice())


def learn(home_path: Path) -> None:
    """Scan and learn the demo library."""
    program.main(["--home", str(home_path), "scan", "--demo", "--json"])
    rate_some(home_path)
    bring_a_past(home_path)
    command = [*program.trainer_command(find_home(home_path)), "--threads", "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        process.wait()


def take(home_path: Path, directory: Path, chosen: list[str]) -> None:
    """Open the window and take the pictures."""
    app = QApplication([sys.argv[0]])
    home = find_home(home_path)
    destination = set_up_logging(home)
    session = Session(app, home, program.window_ports(home))
    session.open()
    wait(4_000)
    assert session.preferences is not None
    for theme in ("dark", "light"):
        session.preferences.change(appearance=AppearanceSettings(theme))
        for width, height in SIZES:
            session.window.resize(width, height)
            for name, show in pages(session):
                show()
                if name not in STEPS and (not chosen or name in chosen):
                    wait(SETTLING if name == "connections" else 900)
                    session.window.grab().save(str(directory / f"{name}-{theme}-{width}.png"))
    session.window.close()
    session.close()
    take_down_logging(destination)


def main() -> None:
    """Learn, if that is still to be done, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--home", type=Path, help="where the library is kept, or lies from the last time")
    parser.add_argument("--scale", help="how much larger than usual everything is: 1.5")
    parser.add_argument("--only", nargs="*", default=[], help="names of pages")
    options = parser.parse_args()
    if options.scale:
        os.environ["QT_SCALE_FACTOR"] = options.scale
    options.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        home_path = options.home or Path(temporary) / "homereel"
        if not (home_path / "library.sqlite3").exists():
            learn(home_path)
        take(home_path, options.directory, options.only)


if __name__ == "__main__":
    main()
