from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graph.knowledge_graph import KnowledgeGraph
from library.items import MediaKind
from library.library import Library
from library.progress import run
from recommender.columns import picture
from recommender.engine import Engine
from recommender.explain import SHOWN_TERMS, Explanation, Prediction
from recommender.snapshot import Snapshot
from recommender.taste import TasteModel
from recommender.weights import load_weights
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf, snapshot_of


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        extra = [
            film(100, space=True, key="x1", title="Votes", vote_average=8.8, vote_count=50_000, popularity=80.0),
            film(101, space=True, key="x2", title="Bare", genres=(), keywords=(), credits=(), year=None, runtime=None),
        ]
        library.items.upsert("demo", "films", extra)
        yield library


@pytest.fixture
def engine(library: Library) -> Engine:
    return Engine(library, snapshot_of(library))


def explained(engine: Engine, item_id: int) -> Explanation:
    explanation = engine.explain(item_id)
    assert explanation is not None
    return explanation


def rate_many(engine: Engine, library: Library) -> dict[str, int]:
    ids = ids_by_title(library)
    for number, title in enumerate(sorted(ids)):
        if number % 3 == 0 and title not in {"Votes", "Bare"}:
            engine.rate(ids[title], 9 if title.startswith("Star") else 3)
    return ids


def test_the_terms_of_every_title_add_up_to_its_score(engine: Engine, library: Library) -> None:
    ids = rate_many(engine, library)
    engine.skip(ids["Star 6"])
    for item_id in ids.values():
        explanation = explained(engine, item_id)
        total = math.fsum(term.points for term in explanation.ledger.terms)
        assert total == pytest.approx(explanation.prediction.mean, abs=1e-6)
        assert explanation.ledger.total == pytest.approx(explanation.prediction.mean, abs=1e-6)


def test_the_score_explained_is_the_score_that_ranks(engine: Engine, library: Library) -> None:
    rate_many(engine, library)
    for pick in engine.recommend(MediaKind.MOVIE).picks:
        assert explained(engine, pick.item_id).prediction.mean == pytest.approx(pick.mean, abs=1e-4)


def test_every_reason_is_a_term_of_the_ledger(engine: Engine, library: Library) -> None:
    ids = rate_many(engine, library)
    for item_id in ids.values():
        explanation = explained(engine, item_id)
        terms = {(term.text, term.points) for term in explanation.ledger.terms}
        reasons = [*explanation.reasons, *([explanation.against] if explanation.against else [])]
        assert {(reason.text, reason.points) for reason in reasons} <= terms
        assert all(reason.points > 0 for reason in explanation.reasons)
        assert explanation.against is None or explanation.against.points < 0
        assert len(explanation.reasons) <= 3


def test_people_and_titles_are_named_with_what_they_were_given(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 10)
    engine.rate(ids["Heart 1"], 2)
    texts = {term.text for term in explained(engine, ids["Star 8"]).ledger.terms}
    assert "Ada Space: Star 2 10" in texts
    assert any(text.startswith("like Star 2, which you gave 10 (") for text in texts)
    assert not any("Leo Love" in text for text in texts)
    against = explained(engine, ids["Heart 7"]).against
    assert against is not None
    assert "2" in against.text


def test_a_skip_is_called_a_skip(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    engine.skip(ids["Star 2"])
    terms = explained(engine, ids["Star 8"]).ledger.terms
    skipped = [term for term in terms if term.item_id == ids["Star 2"]]
    assert [term.text for term in skipped] == ["like Star 2, which you skipped"]
    assert skipped[0].rating is None
    assert not any("which you gave" in term.text for term in terms)


def test_the_general_vote_counts_where_it_is_known_and_only_there(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    known = {term.text for term in explained(engine, ids["Votes"]).ledger.terms}
    unknown = {term.text for term in explained(engine, ids["Star 8"]).ledger.terms}
    assert "rated highly by people in general" in known
    assert not any("people in general" in text for text in unknown)


def test_a_title_of_which_nothing_is_known_gets_the_usual_rating_and_no_reason(
    engine: Engine, library: Library
) -> None:
    ids = rate_many(engine, library)
    explanation = explained(engine, ids["Bare"])
    assert explanation.reasons == ()
    # The country and the language are known and shared by all; nothing else speaks.
    assert explanation.prediction.mean == pytest.approx(explanation.prediction.usual, abs=0.15)
    assert not any("None" in term.text for term in explanation.ledger.terms)


def test_a_long_ledger_is_shortened_and_still_adds_up(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    many = [
        film(200 + n, space=n % 2 == 0, key=f"m{n}", title=f"More {n}", genres=(f"Genre {n % 20}", "Romance"))
        for n in range(60)
    ]
    library.items.upsert("demo", "films", many)
    engine.publish(snapshot_of(library))
    for title, item_id in ids_by_title(library).items():
        if title != "Star 8":
            engine.rate(item_id, 5 + len(title) % 4)
    ledger = explained(engine, ids["Star 8"]).ledger
    assert len(ledger.terms) <= SHOWN_TERMS + 1
    assert ledger.terms[-1].points <= ledger.terms[0].points
    assert math.fsum(term.points for term in ledger.terms) == pytest.approx(ledger.total, abs=1e-6)


def test_a_good_rating_that_counts_against_is_said_to_be_less_than_expected(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    for number in range(2, 30, 2):
        engine.rate(ids[f"Star {number}"], 8 if number == 8 else 10)
        engine.rate(ids[f"Heart {number + 1}"], 2)
    explanation = explained(engine, ids["Star 38"])
    assert explanation.prediction.usual < 8
    (term,) = [term for term in explanation.ledger.terms if term.item_id == ids["Star 8"]]
    assert term.points < 0
    assert term.text.startswith("like Star 8, which you gave 8, less than expected")


def test_an_average_never_contradicts_the_sign_of_its_points(engine: Engine, library: Library) -> None:
    ids = rate_many(engine, library)
    engine.rate(ids["Star 0"], 4)
    said = 0
    for item_id in ids.values():
        explanation = explained(engine, item_id)
        for term in explanation.ledger.terms:
            if "on average" not in term.text:
                continue
            average = float(term.text.split(" on average")[0].split()[-1])
            if abs(average - explanation.prediction.usual) > 0.1 and term.points:
                consistent = (term.points > 0) == (average > explanation.prediction.usual)
                assert consistent == ("than expected" not in term.text), term
                said += 1
    assert said


@pytest.mark.parametrize(("mean", "said"), [(12.9, 10.0), (-0.3, 1.0), (7.25, 7.25)])
def test_what_is_said_is_a_rating_that_can_be_given(mean: float, said: float) -> None:
    assert Prediction(mean, 1.0, 6.0).rating == said


def test_one_rated_title_of_the_time_is_named(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 10)
    texts = {term.text for term in explained(engine, ids["Star 8"]).ledger.terms if term.signal == "era"}
    assert texts == {"from around 1998: Star 2 10"}


def test_that_people_like_both_is_named_where_the_ties_in_the_graph_count(library: Library) -> None:
    ids = ids_by_title(library)
    one, other, third = ids["Star 2"], ids["Star 4"], ids["Star 8"]
    graph = KnowledgeGraph()
    run(graph.update(library.items.all(), lambda item: ()))
    graph.set_recommended([(one, other)])
    features, columns = picture(library.items.all(include_removed=True))
    ties = np.zeros((len(features.ids), 384), np.float32)
    ties[:, 7] = np.where(np.isin(features.ids, (one, other, third)), 1.0, -1.0)
    features = features.with_graph((features.ids, ties))
    taste = TasteModel(features, load_weights()).fit()
    revision = library.items.revision()
    said = []
    for arrays in (graph.arrays(), None):
        engine = Engine(library, Snapshot(features, columns, taste, revision, 0, graph=arrays))
        engine.rate(one, 10)
        for item_id in (other, third):
            terms = explained(engine, item_id).ledger.terms
            said.append(next(term.text for term in terms if term.item_id == one))
    assert said[0].startswith("like Star 2, which you gave 10 (TMDB's users like both")
    assert not [text for text in said[1:] if "TMDB" in text]
