from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from library.home import find_home
from library.library import Library
from library.wishes import Subject, Wish

HORROR = Wish(Subject("genre", "Horror"), "less", 10.0)


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as library:
        yield library


def test_wishes_come_back_newest_first_until_they_are_taken_back(library: Library) -> None:
    first = library.wishes.put(HORROR)
    second = library.wishes.put(Wish(Subject("person", "Ridley Scott"), "more", 11.0))
    assert [wish.id for wish in library.wishes.all()] == [second, first]
    assert library.wishes.all()[1] == replace(HORROR, id=first)
    library.wishes.remove(first)
    library.wishes.remove(first)
    assert [wish.id for wish in library.wishes.all()] == [second]


def test_a_new_wish_about_the_same_replaces_the_old_one(library: Library) -> None:
    library.wishes.put(HORROR)
    library.wishes.put(replace(HORROR, direction="never", at=12.0))
    library.wishes.put(replace(HORROR, user="guest"))
    assert [(wish.direction, wish.at) for wish in library.wishes.all()] == [("never", 12.0)]
    assert len(library.wishes.all("guest")) == 1
