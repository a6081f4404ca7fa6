"""Wishes, dials and rules: what the person says about the order, and that the taste and the prediction know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from library.feedback import GUEST
from library.items import MediaKind
from library.library import Library
from library.settings import DialSettings, RuleSettings, Settings
from library.wishes import Subject, Wish
from recommender.engine import Engine, Filters
from recommender.moves import what_moved
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf, snapshot_of

MOVIE = MediaKind.MOVIE
JULY = datetime(2026, 7, 1).timestamp()
DECEMBER = datetime(2026, 12, 20).timestamp()
SPACE, LOVE = Subject("genre", "Science Fiction"), Subject("genre", "Romance")


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        extra = [
            film(100, space=True, key="x1", title="Christmas on Mars", content_rating="PG", runtime=30.0),
            film(101, space=False, key="x2", title="Long Love", content_rating="R", runtime=300.0),
            film(102, space=False, key="x3", title="Unknown Love", vote_count=12),
            film(103, space=False, key="x4", title="Famous Love", vote_count=90_000),
        ]
        library.items.upsert("demo", "extra", extra)
        yield library


def engine_at(library: Library, moment: float = JULY) -> Engine:
    return Engine(library, snapshot_of(library), clock=lambda: moment)


def titles(engine: Engine, count: int = 8, filters: Filters | None = None) -> list[str]:
    return [pick.title for pick in engine.recommend(MOVIE, filters, count).picks]


def share_of_space(engine: Engine) -> float:
    """Among the first few: further down, variety brings up the other sort whatever the wish."""
    found = titles(engine, 3)
    return sum(title.startswith("Star") for title in found) / len(found)


def test_a_wish_moves_the_order_and_not_the_prediction(library: Library) -> None:
    engine = engine_at(library)
    ids = ids_by_title(library)
    before = engine.predict(ids["Star 2"])
    engine.wish(SPACE, "less")
    assert share_of_space(engine) < 0.2
    engine.wish(SPACE, "more")
    assert share_of_space(engine) > 0.8
    assert [wish.direction for wish in engine.wishes()] == ["more"]
    assert engine.predict(ids["Star 2"]) == before
    order = engine.explain(ids["Star 2"]).order  # type: ignore[union-attr]
    assert [(term.signal, term.text) for term in order if term.signal == "wish"] == [
        ("wish", "you asked for more Science Fiction")
    ]
    assert next(term.points for term in order if term.signal == "wish") > 0


def test_never_is_never_until_it_is_taken_back(library: Library) -> None:
    engine = engine_at(library)
    total = engine.recommend(MOVIE).total
    wish = engine.wish(Subject("person", "ada space"), "never")
    slate = engine.recommend(MOVIE, count=100)
    assert not any(pick.title.startswith("Star") for pick in slate.picks)
    assert slate.total < total
    assert share_of_space(engine_at(library)) == 0.0
    engine.take_back_wish(wish)
    assert engine.recommend(MOVIE).total == total


@pytest.mark.parametrize(
    "subject",
    [Subject("keyword", "alien"), Subject("era", "1990s"), Subject("general", "fame"), Subject("place", "Finland")],
)
def test_everything_that_has_a_chip_can_be_wished_for(library: Library, subject: Subject) -> None:
    engine = engine_at(library)
    engine.wish(subject, "more")
    terms = [term for item_id in ids_by_title(library).values() for term in engine.explain(item_id).order]  # type: ignore[union-attr]
    assert any(term.signal == "wish" and term.points > 0 for term in terms)


def test_less_like_a_title_pushes_its_own_sort_down(library: Library) -> None:
    engine = engine_at(library)
    ids = ids_by_title(library)
    engine.wish(Subject("item", "Star 2", ids["Star 2"]), "less")
    moved = {
        title: sum(term.points for term in engine.explain(item_id).order if term.signal == "wish")  # type: ignore[union-attr]
        for title, item_id in ids.items()
    }
    assert max(moved[f"Star {number}"] for number in range(0, 40, 2)) < min(
        moved[f"Heart {number}"] for number in range(1, 40, 2)
    )


def test_the_subjects_of_a_reason_can_be_wished_about(library: Library) -> None:
    engine = engine_at(library)
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 10)
    terms = engine.explain(ids["Star 8"]).ledger.terms  # type: ignore[union-attr]
    like = next(term for term in terms if term.signal == "item")
    assert like.subjects[0] == Subject("item", "Star 2", ids["Star 2"])
    assert {subject.signal for subject in like.subjects[1:]} <= {"keyword", "collection"}
    assert len(like.subjects) > 1
    people = next(term for term in terms if term.signal == "person")
    assert people.subjects == (Subject("person", "Ada Space"),)
    assert next(term for term in terms if term.signal == "usual").subjects == ()


def test_a_wish_for_this_evening_leaves_nothing_behind(library: Library) -> None:
    engine = engine_at(library)
    before = titles(engine)
    evening = engine.recommend(MOVIE, count=8, wishes=(Wish(LOVE, "never", JULY),))
    assert all(pick.title.startswith("Star") for pick in evening.picks)
    assert titles(engine) == before
    assert engine.wishes() == ()


@pytest.mark.parametrize(
    ("dials", "first"),
    [
        (DialSettings(long=1.0), "Long Love"),
        (DialSettings(obscure=-1.0), "Famous Love"),
        (DialSettings(obscure=1.0), "Unknown Love"),
    ],
)
def test_a_dial_turns_the_order_its_way(library: Library, dials: DialSettings, first: str) -> None:
    engine = engine_at(library)
    ids = ids_by_title(library)
    before, place = engine.predict(ids[first]), titles(engine, 50).index(first)
    engine.configure(Settings(dials=dials))
    assert titles(engine, 50).index(first) < max(place, 3)
    assert engine.predict(ids[first]) == before
    assert any(term.signal == "dial" and term.points > 0 for term in engine.explain(ids[first]).order)  # type: ignore[union-attr]
    engine.configure(Settings())
    assert not any(term.signal == "dial" for term in engine.explain(ids[first]).order)  # type: ignore[union-attr]


def test_old_and_new_are_opposite_ends(library: Library) -> None:
    engine = engine_at(library)
    years = {}
    for new in (-1.0, 1.0):
        engine.configure(Settings(dials=DialSettings(new=new)))
        years[new] = np.mean([pick.year for pick in engine.recommend(MOVIE, count=8).picks])
    assert years[-1.0] + 10 < years[1.0]


def test_christmas_waits_for_december(library: Library) -> None:
    july, december = engine_at(library, JULY), engine_at(library, DECEMBER)
    everything = len(ids_by_title(library))
    assert july.recommend(MOVIE).total == everything - 1
    assert december.recommend(MOVIE).total == everything
    assert {found.rule: found.titles for found in july.hidden_counts()} == {"seasonal": 1}
    assert {found.rule: found.titles for found in december.hidden_counts()} == {"seasonal": 0}


def test_every_rule_hides_and_says_how_many(library: Library) -> None:
    rules = RuleSettings(
        seasonal=False,
        most_age=13,
        genres=("Science Fiction",),
        libraries=("demo/extra",),
        shorter_than=40.0,
        longer_than=200.0,
    )
    engine = engine_at(library)
    engine.configure(Settings(rules=rules))
    assert {found.rule: found.titles for found in engine.hidden_counts()} == {
        "age": 1,
        "shorter": 1,
        "longer": 1,
        "genre Science Fiction": 22,
        "library demo/extra": 4,
    }
    assert all(title.startswith("Heart") for title in titles(engine, 50))
    assert "Science Fiction" not in dict(engine.genres(MOVIE))


def test_who_searches_for_a_title_finds_it_whatever_the_rules(library: Library) -> None:
    engine = engine_at(library)
    wanted = ids_by_title(library)["Christmas on Mars"]
    assert titles(engine, filters=Filters(among=frozenset([wanted]))) == ["Christmas on Mars"]


def test_what_moved_is_said_in_one_sentence(library: Library) -> None:
    engine = engine_at(library)
    before = engine.recommend(MOVIE)
    assert what_moved(before, before) == ""
    engine.wish(LOVE, "never")
    after = engine.recommend(MOVIE)
    sentence = what_moved(before, after)
    assert "titles are out." in sentence
    assert "went down" in sentence
    assert "came up" in sentence
    assert "titles are back." in what_moved(after, before)


def test_a_rating_that_is_not_to_be_learned_from_leaves_the_taste_alone(library: Library) -> None:
    engine = engine_at(library)
    ids = ids_by_title(library)
    before = engine.predict(ids["Star 8"])
    engine.rate(ids["Star 2"], 1)
    assert engine.learn_from([ids["Star 2"]], learn=False) == 1
    assert engine.predict(ids["Star 8"]).mean == pytest.approx(before.mean, abs=1e-4)  # type: ignore[union-attr]
    assert engine.ratings == 0
    assert engine.rating_of(ids["Star 2"]) == 1
    assert "Star 2" not in titles(engine, 100)
    engine.learn_from([ids["Star 2"]], learn=True)
    assert engine.predict(ids["Star 8"]).mean < before.mean - 0.2  # type: ignore[union-attr, operator]


def test_a_guest_changes_nothing_but_the_evening(library: Library) -> None:
    engine = engine_at(library)
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 9)
    before, order = engine.predict(ids["Star 8"]), titles(engine)
    engine.lend(to_guest=True)
    assert engine.lent
    engine.rate(ids["Star 4"], 1)
    engine.block(ids["Star 6"])
    engine.skip(ids["Star 8"])
    shown = titles(engine, 100)
    assert not {"Star 4", "Star 6", "Star 8"} & set(shown)
    assert engine.predict(ids["Star 8"]) == before
    assert engine.back(MOVIE) == ids["Star 8"]
    assert "Star 8" in titles(engine, 100)
    engine.lend(to_guest=False)
    assert titles(engine) == order
    assert [event.item_id for event in library.feedback.current().ratings] == [ids["Star 2"]]
    assert len(library.feedback.log(GUEST)) == 4
    assert engine.blocked() == ()
