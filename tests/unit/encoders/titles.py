"""Titles that the tests of the encoders share."""

from __future__ import annotations

from typing import Any

from library.items import Credit, CreditRole, Item, MediaKind

ALIEN: dict[str, Any] = {
    "kind": MediaKind.MOVIE,
    "title": "Alien",
    "year": 1979,
    "release_date": "1979-05-25",
    "runtime": 117.0,
    "overview": "A crew answers a call.",
    "genres": ("Horror", "Science Fiction"),
    "keywords": ("spaceship", "android"),
    "credits": (
        Credit("Ridley Scott", CreditRole.DIRECTOR),
        Credit("Dan O'Bannon", CreditRole.WRITER),
        Credit("Sigourney Weaver", CreditRole.CAST, 0),
        Credit("Tom Skerritt", CreditRole.CAST, 1),
    ),
    "companies": ("Brandywine",),
    "language": "en",
    "collection": "Alien Collection",
    "content_rating": "R",
    "vote_average": 8.2,
    "vote_count": 15000,
    "popularity": 12.0,
}
TWIN_PEAKS: dict[str, Any] = {
    "kind": MediaKind.SHOW,
    "title": "Twin Peaks",
    "year": 1990,
    "runtime": 47.0,
    "genres": ("Crime", "Drama", "Mystery"),
    "credits": (Credit("David Lynch", CreditRole.CREATOR), Credit("Kyle MacLachlan", CreditRole.CAST)),
    "language": "en",
    "status": "Ended",
    "seasons": 3,
    "content_rating": "TV-14",
}


def alien(**changed: Any) -> Item:
    """A film of which everything is known."""
    return Item(**{"id": 1, **ALIEN, **changed})


def twin_peaks(**changed: Any) -> Item:
    """A show."""
    return Item(**{"id": 2, **TWIN_PEAKS, **changed})


def bare(**known: Any) -> Item:
    """A film of which little is known."""
    return Item(**{"id": 3, "kind": MediaKind.MOVIE, "title": "Untitled", **known})
