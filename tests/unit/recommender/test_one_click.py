"""What a single rating does under the shipped weights: it reaches the titles it is about, and the ledger says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from library.home import find_home
from library.items import Credit, CreditRole, MediaKind
from library.library import Library
from recommender.engine import Engine
from recommender.explain import LedgerTerm
from tests.unit.recommender.shelf import film, ids_by_title, snapshot_of

GENRES = ("Horror", "Comedy", "Western", "Mystery")
DIRECTORS = ("Ada Loved", "Ben Other", "Cleo Third", "Dan Fourth", "Eve Fifth")
ALIKE = {"year": 2001, "runtime": 100.0, "keywords": ()}


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    """A film of each director in each genre, alike in all else, those of horror a little better liked in general."""
    with Library.open(find_home(home_path)) as library:
        films = [
            film(
                number,
                space=False,
                **ALIKE,
                title=f"{genre} by {director}",
                genres=(genre,),
                credits=(Credit(director, CreditRole.DIRECTOR),),
                vote_average=6.8 if genre == "Horror" else 6.6,
                vote_count=1000,
            )
            for number, (genre, director) in enumerate((genre, who) for genre in GENRES for who in DIRECTORS)
        ]
        library.items.upsert("demo", "films", films)
        yield library


@pytest.fixture
def engine(library: Library) -> Engine:
    return Engine(library, snapshot_of(library))


def shown(engine: Engine) -> list[str]:
    return [pick.title for pick in engine.recommend(MediaKind.MOVIE, count=len(GENRES) * len(DIRECTORS)).picks]


def place(titles: list[str], word: str) -> float:
    """The mean place of the titles with a word in them."""
    return float(np.mean([k for k, title in enumerate(titles) if word in title]))


def means(engine: Engine, ids: dict[str, int]) -> dict[str, float]:
    return {title: engine.predict(item_id).mean for title, item_id in ids.items()}  # type: ignore[union-attr]


def named_terms(engine: Engine, item_id: int, signal: str, name: str) -> list[LedgerTerm]:
    explanation = engine.explain(item_id)
    assert explanation is not None
    return [term for term in explanation.ledger.terms if term.signal == signal and term.text.startswith(f"{name}:")]


def test_a_strong_dislike_moves_its_genre_down_and_the_ledger_says_so(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    before, order = means(engine, ids), shown(engine)
    for director in DIRECTORS:
        assert next(title for title in order if director in title) == f"Horror by {director}"
    engine.rate(ids.pop("Horror by Ben Other"), 1)
    after, order = means(engine, ids), shown(engine)
    fall = {title: before[title] - after[title] for title in ids}
    others = [title for title in ids if "Ben Other" not in title]
    assert min(fall[t] for t in others if "Horror" in t) > max(fall[t] for t in others if "Horror" not in t) > 0.0
    for director in (director for director in DIRECTORS if director != "Ben Other"):
        assert [title for title in order if director in title][-1] == f"Horror by {director}"
    for title in (title for title in others if "Horror" in title):
        (term,) = named_terms(engine, ids[title], "genre", "Horror")
        assert term.points < -0.1
        assert term.text == "Horror: Horror by Ben Other 1"
    assert not any(named_terms(engine, ids[title], "genre", "Horror") for title in ids if "Horror" not in title)


def test_a_loved_film_moves_its_director_up_and_the_ledger_says_so(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    before, order = means(engine, ids), shown(engine)
    engine.rate(ids.pop("Western by Ada Loved"), 10)
    after = means(engine, ids)
    rise = {title: after[title] - before[title] for title in ids}
    others = [title for title in ids if "Western" not in title]
    assert min(rise[t] for t in others if "Ada" in t) > max(rise[t] for t in others if "Ada" not in t) > 0.0
    assert place(shown(engine), "Ada") < place(order, "Ada")
    for title in (title for title in others if "Ada" in title):
        (term,) = named_terms(engine, ids[title], "person", "Ada Loved")
        assert term.points > 0.1
        assert term.text == "Ada Loved: Western by Ada Loved 10"
    assert not any(named_terms(engine, ids[title], "person", "Ada Loved") for title in ids if "Ada" not in title)


def test_taking_the_rating_back_takes_all_of_it_back(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    before, order = means(engine, ids), shown(engine)
    engine.rate(ids["Horror by Ben Other"], 1)
    engine.back(MediaKind.MOVIE)
    assert means(engine, ids) == pytest.approx(before, abs=1e-4)
    assert shown(engine) == order
