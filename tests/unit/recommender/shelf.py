"""A small library whose tastes are known by construction: what the tests of this folder share."""

from __future__ import annotations

from pathlib import Path

from library.home import find_home
from library.items import Credit, CreditRole, MediaKind
from library.library import Library
from library.sources import ServerItem
from recommender.columns import picture
from recommender.snapshot import Snapshot
from recommender.taste import TasteModel
from recommender.weights import load_weights

SPACE = ("space", "alien", "future", "robot")
LOVE = ("love", "wedding", "family", "summer")


def film(number: int, *, space: bool, **facts: object) -> ServerItem:
    """One film: space adventures by one director, or love stories by another."""
    known: dict[str, object] = {
        "kind": MediaKind.MOVIE,
        "title": f"{'Star' if space else 'Heart'} {number}",
        "year": 1990 + number % 30,
        "runtime": 80.0 + number,
        "genres": ("Science Fiction",) if space else ("Romance",),
        "keywords": (SPACE if space else LOVE)[number % 3 : number % 3 + 2],
        "credits": (Credit("Ada Space" if space else "Leo Love", CreditRole.DIRECTOR),),
        "countries": ("Finland",),
        "language": "fi",
        "key": f"film-{number}",
        "version": "1",
    }
    return ServerItem(**{**known, **facts})  # type: ignore[arg-type]


def open_shelf(home_path: Path, films: int = 40) -> Library:
    """A store with so many films, every other one of each sort, and one show of the same title as a film."""
    library = Library.open(find_home(home_path))
    library.items.upsert("demo", "films", [film(number, space=number % 2 == 0) for number in range(films)])
    show = film(0, space=True, kind=MediaKind.SHOW, key="show-0", seasons=2, episodes=12)
    library.items.upsert("demo", "shows", [show])
    return library


def snapshot_of(library: Library) -> Snapshot:
    """A snapshot of the store without texts, with the taste at its prior."""
    features, columns = picture(library.items.all(include_removed=True))
    return Snapshot(features, columns, TasteModel(features, load_weights()).fit(), library.items.revision(), 0)


def ids_by_title(library: Library, kind: MediaKind = MediaKind.MOVIE) -> dict[str, int]:
    """Item id of each title."""
    return {item.title: item.id for item in library.items.all(kind)}
