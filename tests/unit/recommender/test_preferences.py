from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from library.library import Library
from recommender.engine import Engine
from recommender.preferences import Preference
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


@pytest.fixture
def engine(library: Library) -> Engine:
    return Engine(library, snapshot_of(library))


def named(found: tuple[Preference, ...], name: str) -> Preference:
    return next(one for one in found if one.name == name)


def test_before_any_rating_nothing_is_preferred_and_everything_is_uncertain(engine: Engine) -> None:
    found = engine.preferences()
    assert {one.name for one in found.genres} == {"Science Fiction", "Romance"}
    assert all(one.points == 0.0 and one.deviation > 0.1 for one in (*found.genres, *found.decades))
    assert found.people == ()
    assert [one.name for one in found.decades] == ["1990s", "2000s", "2010s"]


def test_what_was_rated_high_is_preferred_and_surer_than_before(engine: Engine, library: Library) -> None:
    before = engine.preferences()
    ids = ids_by_title(library)
    for number in (2, 4, 8):
        engine.rate(ids[f"Star {number}"], 10)
    for number in (1, 3):
        engine.rate(ids[f"Heart {number}"], 2)
    after = engine.preferences()
    space, love = named(after.genres, "Science Fiction"), named(after.genres, "Romance")
    assert after.genres[0] == space
    assert space.points > 0.1 > 0.0 > love.points
    assert space.deviation < named(before.genres, "Science Fiction").deviation
    assert (space.rated, space.average, space.titles) == (3, 10.0, 21)
    ada, leo = named(after.people, "Ada Space"), named(after.people, "Leo Love")
    assert ada.points > 0 > leo.points
    assert after.people[0] == ada
    assert (leo.rated, leo.average) == (2, 2.0)


def test_a_preference_is_what_the_ledger_says_of_an_average_title(engine: Engine, library: Library) -> None:
    """All titles have one genre, so what the genre is worth is the same number in both."""
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 9)
    terms = engine.explain(ids["Heart 7"]).ledger.terms, engine.explain(ids["Star 8"]).ledger.terms  # type: ignore[union-attr]
    of_star = next(term.points for term in terms[1] if term.signal == "genre")
    found = named(engine.preferences().genres, "Science Fiction")
    assert found.points == pytest.approx(of_star, rel=0.1)
    assert not any(term.signal == "genre" for term in terms[0])
    assert np.isfinite(found.deviation)
