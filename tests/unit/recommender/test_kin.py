"""More like this, the points of the map, and what lies around a title: over a whole snapshot of a small shelf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from library.feedback import Rating
from library.items import MediaKind
from library.library import Library
from library.progress import run
from library.sources import Metadata
from recommender.engine import Engine
from recommender.snapshot import Snapshot
from recommender.surroundings import Surroundings, surroundings
from recommender.trainer import TrainingPlan, refresh
from recommender.weights import load_weights
from tests.made_up_networks import MadeUpNetworks
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of
from tests.unit.recommender.test_trainer import MODEL, LetterEncoder


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


@pytest.fixture
def snapshot(library: Library, tmp_path: Path) -> Snapshot:
    networks = MadeUpNetworks(tmp_path / "networks")
    plan = TrainingPlan(MODEL, LetterEncoder, load_weights(), load_networks=lambda: networks)
    return run(refresh(library, plan, None))


@pytest.fixture
def engine(library: Library, snapshot: Snapshot) -> Engine:
    return Engine(library, snapshot)


def test_the_most_alike_come_first_with_a_reason(library: Library, engine: Engine) -> None:
    ids = ids_by_title(library)
    kin = engine.similar(ids["Star 2"], 10)
    assert len(kin) == 10
    assert all(one.title.startswith("Star") for one in kin)
    assert [one.likeness for one in kin] == sorted((one.likeness for one in kin), reverse=True)
    assert all(sum(one.shares.values()) == pytest.approx(one.likeness, abs=1e-4) for one in kin)
    assert all("directed by Ada Space" in one.reason for one in kin)
    assert all(("person", "Ada Space") in {(part.signal, part.name) for part in one.shared} for one in kin)
    assert ids["Star 2"] not in {one.item_id for one in kin}


def test_that_people_like_both_is_the_first_reason(library: Library, tmp_path: Path) -> None:
    ids = ids_by_title(library)
    one, other = ids["Star 2"], ids["Star 4"]
    keys = {one: "1", other: "2"}
    said = [
        (item_id, Metadata(kind=MediaKind.MOVIE, key=key, title="Star", recommended=tuple(keys.values())))
        for item_id, key in keys.items()
    ]
    library.metadata.put("tmdb", said)
    networks = MadeUpNetworks(tmp_path / "networks")
    plan = TrainingPlan(MODEL, LetterEncoder, load_weights(), load_networks=lambda: networks)
    snapshot = run(refresh(library, plan, None))
    reasons = {kin.item_id: kin.reason for kin in Engine(library, snapshot).similar(one)}
    assert reasons.pop(other).startswith("TMDB's users like both; ")
    assert not [reason for reason in reasons.values() if "TMDB" in reason]
    found = run(surroundings(snapshot, {other: 9.0}, one, one))
    assert found is not None
    assert "TMDB's users like both; you gave Star 4 9" in [way.sentence for way in found.ways]
    assert "liked beside" in {word for tie in found.ties for word in tie.relation.split(", ")}
    library.metadata.forget("tmdb")
    again = run(refresh(library, plan, snapshot))
    assert not [kin for kin in Engine(library, again).similar(one) if "TMDB" in kin.reason]


def test_a_rating_changes_what_kin_would_be_given(library: Library, engine: Engine) -> None:
    ids = ids_by_title(library)
    before = {one.item_id: one.mean for one in engine.similar(ids["Star 2"])}
    engine.rate(ids["Star 4"], 1.0)
    after = {one.item_id: one for one in engine.similar(ids["Star 2"])}
    assert after[ids["Star 4"]].given == 1.0
    assert after[ids["Star 6"]].mean < before[ids["Star 6"]]
    assert after[ids["Star 6"]].given is None


def test_nothing_is_alike_before_it_was_worked_out(library: Library) -> None:
    engine = Engine(library, snapshot_of(library))
    assert engine.similar(next(iter(ids_by_title(library).values()))) == ()
    assert engine.taste_points() is None


def test_a_title_that_nobody_knows_has_no_kin(engine: Engine) -> None:
    assert engine.similar(123_456) == ()


def test_the_map_shows_what_was_given_and_what_would_be(library: Library, engine: Engine) -> None:
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 9.0)
    points = engine.taste_points()
    assert points is not None
    assert len(points.ids) == len(ids) + 1
    place = int(np.flatnonzero(points.ids == ids["Star 2"])[0])
    assert points.rated.tolist().count(True) == 1
    assert points.rated[place]
    assert points.ratings[place] == 9.0
    assert points.shows.sum() == 1
    prediction = engine.predict(ids["Star 4"])
    assert prediction is not None
    other = int(np.flatnonzero(points.ids == ids["Star 4"])[0])
    assert points.ratings[other] == pytest.approx(prediction.mean, abs=0.02)


def around(snapshot: Snapshot, ratings: dict[int, float], item_id: int, other_id: int | None = None) -> Surroundings:
    found = run(surroundings(snapshot, ratings, item_id, item_id if other_id is None else other_id))
    assert found is not None
    return found


def test_around_a_title_lie_its_names_and_other_titles(library: Library, snapshot: Snapshot) -> None:
    ids = ids_by_title(library)
    found = around(snapshot, {}, ids["Star 2"])
    assert found.spots[0].item_id == ids["Star 2"]
    names = {(spot.kind, spot.name) for spot in found.spots}
    assert {("person", "Ada Space"), ("genre", "Science Fiction")} <= names
    keys = {spot.key for spot in found.spots}
    assert len(keys) == len(found.spots)
    assert all({tie.first, tie.second} <= keys for tie in found.ties)
    directed = [tie for tie in found.ties if tie.second == "person_ada space" and tie.first == found.spots[0].key]
    assert [tie.relation for tie in directed] == ["directed by"]
    assert found.ways == ()


def test_ways_lead_to_what_was_rated(library: Library, snapshot: Snapshot) -> None:
    ids = ids_by_title(library)
    found = around(snapshot, {ids["Star 8"]: 9.0, ids["Star 2"]: 7.0}, ids["Star 2"])
    assert found.ways
    keys = {spot.key: spot for spot in found.spots}
    for way in found.ways:
        assert way.keys[0] == found.spots[0].key
        assert set(way.keys) <= keys.keys()
        assert keys[way.keys[-1]].rating == 9.0
        assert way.sentence.endswith("you gave Star 8 9")
    pairs = {frozenset((tie.first, tie.second)) for tie in found.ties}
    for way in found.ways:
        assert all(frozenset(pair) in pairs for pair in zip(way.keys, way.keys[1:], strict=False))


def test_another_title_that_is_asked_for_is_in_the_drawing(library: Library, snapshot: Snapshot) -> None:
    ids = ids_by_title(library)
    found = around(snapshot, {}, ids["Star 2"], ids["Star 38"])
    assert ids["Star 38"] in {spot.item_id for spot in found.spots}


def test_there_is_nothing_to_draw_without_a_graph(library: Library, snapshot: Snapshot) -> None:
    item_id = ids_by_title(library)["Star 2"]
    assert run(surroundings(replace(snapshot, graph=None), {}, item_id, item_id)) is None
    assert run(surroundings(snapshot, {}, 123_456, 123_456)) is None


def test_many_lessons_wait_for_the_next_snapshot(library: Library, engine: Engine) -> None:
    ids = list(ids_by_title(library).values())[:12]
    for item_id in ids:
        library.feedback.append(Rating(at=1.0, item_id=item_id, value=9.0))
    engine.refresh_feedback()
    known = engine.taste
    assert engine.learn_from(ids, False) == 12
    assert engine.taste is known
    assert engine.ratings == 0
    engine.wish(next(iter(engine.similar(ids[0]))).shared[0], "less")
    assert engine.taste is known  # whatever else is done meanwhile
    engine.publish(engine.snapshot)
    assert len(engine.taste.rows) == 0


def test_a_few_lessons_are_learned_at_once(library: Library, engine: Engine) -> None:
    ids = list(ids_by_title(library).values())[:3]
    for item_id in ids:
        engine.rate(item_id, 9.0)
    engine.learn_from(ids[:2], False)
    assert engine.taste.rows.tolist() == engine.snapshot.rows_of(ids[2:]).tolist()
