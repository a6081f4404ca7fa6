"""Which title of the library a line is about, and how surely."""

from __future__ import annotations

import pytest

from library.items import MediaKind
from library.library import Library
from library.past.formats import Subject, ids
from library.past.matching import Match, Pile, TitleIndex
from library.sources import ServerItem
from tests.unit.library.building import film, show

MOVIE, SHOW, TRACK = MediaKind.MOVIE, MediaKind.SHOW, MediaKind.TRACK


def song(key: str, title: str, artist: str, album: str) -> ServerItem:
    return film(key, title, None, kind=TRACK, artist=artist, album=album, track_number=int(key))


@pytest.fixture
def known(library: Library) -> dict[str, int]:
    films = [
        film("heat", "Heat", 1995, "tt0113277", runtime=170.0),
        film("heat72", "Heat", 1972, runtime=102.0),
        film("amelie", "Amélie", 2001, original_title="Le fabuleux destin d'Amélie Poulain"),
        film("rocky", "Rocky Part II", 1979),
        film("twin-a", "The Illusionist", 2006, runtime=110.0),
        film("mystery", "Mystery", None),
        film("fargo", "Fargo", 1996, "tt0116282"),
    ]
    shows = [
        show("fargo-show", "Fargo", 2014, "tt2802850"),
        show("bridge", "The Bridge", 2011),
        show("bridge-us", "The Bridge", 2013),
    ]
    songs = [
        song("1", "Airbag", "Radiohead", "OK Computer"),
        song("2", "Creep", "Radiohead", "Pablo Honey"),
        song("3", "Creep", "Radiohead", "The Best Of"),
        song("4", "Come Together - Remastered 2009", "The Beatles", "Abbey Road"),
    ]
    found: dict[str, int] = {}
    for source, items in (("f", films), ("s", shows), ("t", songs)):
        found.update(zip([item.key for item in items], library.items.upsert(source, "1", items), strict=True))
    return found


def find(library: Library, **told: object) -> Match:
    told.setdefault("kind", MOVIE)
    return TitleIndex.of(library.database).find(Subject(**told))  # type: ignore[arg-type]


def test_an_id_is_sure_whatever_the_name(library: Library, known: dict[str, int]) -> None:
    assert find(library, title="Calor", year=1996, ids=ids(imdb="tt0113277")) == Match(
        Pile.SURE, known["heat"], (known["heat"],)
    )
    unclear = find(library, kind=None, title="Fargo", ids=ids(imdb="tt0116282"))
    assert (unclear.pile, unclear.item_id) == (Pile.SURE, known["fargo"])


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"title": "heat", "year": 1995}, "heat"),
        ({"title": "Heat", "year": 1972}, "heat72"),
        ({"title": "Amelie", "year": 2001}, "amelie"),
        ({"title": "Le Fabuleux Destin d’Amelie Poulain", "year": 2001}, "amelie"),
        (
            {"title": "Die fabelhafte Welt", "original_title": "Le fabuleux destin d'Amélie Poulain", "year": 2001},
            "amelie",
        ),
        ({"title": "Illusionist, The", "year": 2006}, "twin-a"),
        ({"kind": SHOW, "title": "The Bridge", "year": 2013}, "bridge-us"),
        ({"kind": TRACK, "title": "airbag", "artist": "radiohead"}, "1"),
        ({"kind": TRACK, "title": "Creep", "artist": "Radiohead", "album": "Pablo Honey"}, "2"),
        ({"kind": TRACK, "title": "Come Together", "artist": "The Beatles"}, "4"),
        ({"kind": TRACK, "title": "Airbag (feat. Nobody)", "artist": "Radiohead"}, "1"),
    ],
)
def test_what_is_sure(told: dict[str, object], key: str, library: Library, known: dict[str, int]) -> None:
    found = find(library, **told)
    assert (found.pile, found.item_id) == (Pile.SURE, known[key])


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        ({"title": "Heat", "year": 1996}, ["heat"]),
        ({"title": "Heat"}, ["heat", "heat72"]),
        ({"title": "Rocky 2", "year": 1979}, ["rocky"]),
        ({"title": "Mystery", "year": 1980}, ["mystery"]),
        ({"title": "The Illusionist", "year": 2006, "runtime": 80.0}, ["twin-a"]),
        ({"title": "Fargo", "year": 2014}, ["fargo-show"]),
        ({"kind": None, "title": "Fargo"}, ["fargo", "fargo-show"]),
        ({"kind": SHOW, "title": "The Bridge", "year": 2012}, ["bridge", "bridge-us"]),
        ({"kind": TRACK, "title": "Creep", "artist": "Radiohead"}, ["2", "3"]),
    ],
)
def test_what_is_asked_about(told: dict[str, object], keys: list[str], library: Library, known: dict[str, int]) -> None:
    found = find(library, **told)
    assert (found.pile, found.item_id) == (Pile.UNSURE, None)
    assert sorted(found.candidates) == sorted(known[key] for key in keys)


@pytest.mark.parametrize(
    "told",
    [
        {"title": "Ronin", "year": 1998},
        {"title": "Heat", "year": 1986},
        {"kind": SHOW, "title": "Heat", "year": 1995},
        {"title": "The Bridge"},
        {"title": "Heat", "year": 1995, "ids": ids(imdb="tt9999999")},
        {"kind": TRACK, "title": "Airbag", "artist": "The Bends"},
        {"kind": TRACK, "title": "Airbag"},
        {"title": "Airbag", "year": 1997},
    ],
)
def test_what_is_not_owned(told: dict[str, object], library: Library, known: dict[str, int]) -> None:
    assert find(library, **told) == Match(Pile.NOT_OWNED)
