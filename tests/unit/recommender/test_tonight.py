from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from library.items import MediaKind
from library.library import Library
from library.wishes import Subject
from recommender.engine import Engine
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf, snapshot_of

MOVIE = MediaKind.MOVIE


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


def test_what_splits_the_best_titles_is_asked_about(library: Library) -> None:
    question = Engine(library, snapshot_of(library)).question(MOVIE, [])
    assert question is not None
    assert question.subject.signal in {"genre", "keyword"}
    assert 0.06 <= question.share <= 0.6
    assert question.subject.name in question.sentence
    assert question.sentence.endswith("?")


def test_nothing_is_asked_twice_and_in_the_end_nothing_is_left_to_ask(library: Library) -> None:
    engine = Engine(library, snapshot_of(library))
    asked: frozenset[Subject] = frozenset()
    while (question := engine.question(MOVIE, [], asked)) is not None:
        assert question.subject not in asked
        asked |= {question.subject}
    assert len(asked) > 3


def test_what_the_refused_titles_share_is_asked_about_first(home_path: Path) -> None:
    with open_shelf(home_path, films=0) as library:
        genres = ("Horror", "Western", "Musical")
        films = [
            film(n, space=True, key=f"k{n}", title=f"T {n}", genres=(genres[n % 3],), keywords=(), credits=())
            for n in range(60)
        ]
        library.items.upsert("demo", "films", films)
        engine = Engine(library, snapshot_of(library))
        ids = ids_by_title(library)
        for k, genre in enumerate(genres):
            refused = [ids[f"T {n}"] for n in range(60) if n % 3 == k][:5]
            question = engine.question(MOVIE, refused)
            assert question is not None
            assert question.subject == Subject("genre", genre)


def test_what_is_known_well_is_not_worth_a_question(home_path: Path) -> None:
    with open_shelf(home_path, films=0) as library:
        genres = ("Horror", "Western", "Musical")
        films = [
            film(n, space=True, key=f"k{n}", title=f"T {n}", genres=(genres[n % 3],), keywords=(), credits=())
            for n in range(90)
        ]
        library.items.upsert("demo", "films", films)
        engine = Engine(library, snapshot_of(library))
        ids = ids_by_title(library)
        for n in range(0, 60, 3):
            engine.rate(ids[f"T {n}"], 8)
        question = engine.question(MOVIE, [])
        assert question is not None
        assert question.subject in {Subject("genre", "Western"), Subject("genre", "Musical")}


def test_an_empty_library_has_nothing_to_ask(home_path: Path) -> None:
    with open_shelf(home_path, films=0) as library:
        assert Engine(library, snapshot_of(library)).question(MOVIE, []) is None
