from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from library.errors import AppError
from library.feedback import Rating, Skip
from library.items import MediaKind
from library.library import Library
from library.settings import RecommendationSettings, Settings
from recommender.engine import Engine, Filters
from recommender.evidence import gather_evidence
from recommender.scale import rating_of
from recommender.taste import TasteModel
from tests.unit.recommender.shelf import ids_by_title, open_shelf, snapshot_of

MOVIE, SHOW = MediaKind.MOVIE, MediaKind.SHOW


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(library: Library, clock: Clock) -> Engine:
    return Engine(library, snapshot_of(library), clock=clock)


def refitted(engine: Engine, library: Library) -> np.ndarray:
    evidence = gather_evidence(library.feedback.current(), engine.snapshot.features.ids, engine.snapshot.weights.usual)
    model = TasteModel(engine.snapshot.features, engine.snapshot.weights)
    values = model.fit(evidence.rows, evidence.values, evidence.noise_scale).mean
    return np.array([rating_of(float(value)) for value in values])


def means(engine: Engine) -> np.ndarray:
    return np.array([engine.predict(int(item_id)).mean for item_id in engine.snapshot.features.ids])  # type: ignore[union-attr]


def test_a_rating_is_stored_leaves_the_pool_and_changes_what_comes_next(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    before = engine.predict(ids["Heart 3"])
    engine.rate(ids["Heart 1"], 1)
    engine.rate(ids["Star 2"], 10)
    assert [event.value for event in library.feedback.log() if isinstance(event, Rating)] == [1, 10]
    slate = engine.recommend(MOVIE)
    assert {pick.title for pick in slate.picks[:5]} <= {title for title in ids if title.startswith("Star")}
    assert ids["Star 2"] not in {pick.item_id for pick in engine.recommend(MOVIE, count=40).picks}
    assert slate.total == slate.remaining == 38
    assert before is not None
    assert engine.predict(ids["Heart 3"]).mean < before.mean  # type: ignore[union-attr]


def test_one_strong_dislike_moves_the_whole_genre_down(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    before = {title: engine.predict(item_id).mean for title, item_id in ids.items()}  # type: ignore[union-attr]
    engine.rate(ids["Heart 1"], 1)
    after = {title: engine.predict(item_id).mean for title, item_id in ids.items()}  # type: ignore[union-attr]
    fall = {title: before[title] - after[title] for title in ids if title != "Heart 1"}
    hearts = [value for title, value in fall.items() if title.startswith("Heart")]
    stars = [value for title, value in fall.items() if title.startswith("Star")]
    assert min(hearts) > max(stars)


def test_ratings_one_by_one_equal_a_fit_from_scratch(engine: Engine, library: Library) -> None:
    ids = list(ids_by_title(library).values())
    for number, item_id in enumerate(ids[:12]):
        engine.rate(item_id, 1 + number % 10)
    engine.rate(ids[3], 9)
    assert means(engine) == pytest.approx(refitted(engine, library), abs=1e-3)


def test_a_rating_out_of_range_is_refused_and_nothing_is_stored(engine: Engine, library: Library) -> None:
    item_id = ids_by_title(library)["Star 2"]
    for value in (0, 11, float("nan")):
        with pytest.raises(AppError):
            engine.rate(item_id, value)
    assert not library.feedback.log()


def test_back_returns_to_the_card_and_takes_the_rating_back(engine: Engine, library: Library) -> None:
    first = engine.recommend(MOVIE).picks[0].item_id
    before = means(engine)
    engine.show(first)
    engine.rate(first, 2)
    second = engine.recommend(MOVIE).picks[0].item_id
    engine.show(second)
    assert second != first
    assert engine.back(MOVIE) == first
    assert not library.feedback.current().ratings
    assert means(engine) == pytest.approx(before, abs=1e-4)
    assert engine.recommend(MOVIE, keep=first).picks[0].item_id == first
    assert engine.back(MOVIE) is None


def test_back_after_another_snapshot_still_takes_the_rating_back(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    prior = means(engine)
    engine.show(ids["Star 2"])
    engine.rate(ids["Star 2"], 9)
    engine.publish(snapshot_of(library))
    assert engine.rating_of(ids["Star 2"]) == 9
    engine.back(MOVIE)
    assert means(engine) == pytest.approx(prior, abs=1e-3)


def test_a_skip_rests_for_the_cool_down_and_comes_again(engine: Engine, library: Library, clock: Clock) -> None:
    first = engine.recommend(MOVIE).picks[0].item_id
    engine.skip(first)
    assert first not in {pick.item_id for pick in engine.recommend(MOVIE, count=40).picks}
    assert engine.recommend(MOVIE).remaining == 40
    clock.now += 2 * 3600
    assert first in {pick.item_id for pick in engine.recommend(MOVIE, count=40).picks}


def test_a_skip_is_remembered_over_a_restart(engine: Engine, library: Library, clock: Clock) -> None:
    first = engine.recommend(MOVIE).picks[0].item_id
    engine.skip(first)
    again = Engine(library, snapshot_of(library), clock=clock)
    assert first not in {pick.item_id for pick in again.recommend(MOVIE, count=40).picks}


def test_a_skip_is_weaker_evidence_than_a_low_rating(library: Library) -> None:
    ids = ids_by_title(library)
    skipped, rated = Engine(library, snapshot_of(library)), snapshot_of(library)
    before = skipped.predict(ids["Heart 3"])
    skipped.skip(ids["Heart 1"])
    after_skip = skipped.predict(ids["Heart 3"])
    row, other = rated.row_of(ids["Heart 1"]), rated.row_of(ids["Heart 3"])
    assert row is not None
    assert other is not None
    after_rating = rated.taste.update(row, 1).predict(other)[0]
    assert before is not None
    assert after_skip is not None
    assert after_rating < after_skip.mean < before.mean


def test_five_refusals_in_a_row_change_the_direction_and_say_so(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 10)
    for _ in range(4):
        card = engine.recommend(MOVIE).picks[0]
        assert card.title.startswith("Star")
        engine.skip(card.item_id)
        assert not engine.recommend(MOVIE).notice
    engine.skip(engine.recommend(MOVIE).picks[0].item_id)
    slate = engine.recommend(MOVIE)
    assert "Science Fiction" in slate.notice
    assert slate.picks[0].title.startswith("Heart")


def test_slow_refusals_are_not_a_change_of_mind(engine: Engine, library: Library, clock: Clock) -> None:
    engine.rate(ids_by_title(library)["Star 2"], 10)
    for _ in range(6):
        engine.skip(engine.recommend(MOVIE).picks[0].item_id)
        clock.now += 100
    assert not engine.recommend(MOVIE).notice


def test_a_block_removes_without_teaching_and_can_be_undone(engine: Engine) -> None:
    before = means(engine)
    first = engine.recommend(MOVIE).picks[0].item_id
    engine.block(first)
    assert [block.item_id for block in engine.blocked()] == [first]
    assert first not in {pick.item_id for pick in engine.recommend(MOVIE, count=40).picks}
    assert means(engine) == pytest.approx(before)
    engine.unblock(first)
    assert engine.recommend(MOVIE).total == 40
    engine.block(first)
    assert engine.reset_blocked() == 1
    assert not engine.blocked()


def test_filters_say_how_many_remain(engine: Engine, library: Library) -> None:
    assert engine.recommend(MOVIE, Filters(max_minutes=89.5)).remaining == 10
    assert engine.recommend(MOVIE, Filters(genre="Romance")).remaining == 20
    assert engine.recommend(MOVIE, Filters(decade=2010)).remaining == 10
    found = frozenset(library.items.search("Heart 3", MOVIE))
    assert {pick.title for pick in engine.recommend(MOVIE, Filters(among=found)).picks} >= {"Heart 3"}
    nothing = engine.recommend(MOVIE, Filters(genre="Western"))
    assert (nothing.picks, nothing.remaining, nothing.empty) == ((), 0, "filtered")


def test_a_show_is_not_the_film_of_the_same_title(engine: Engine, library: Library) -> None:
    engine.rate(ids_by_title(library)["Star 0"], 9)
    assert [pick.title for pick in engine.recommend(SHOW).picks] == ["Star 0"]
    engine.rate(engine.recommend(SHOW).picks[0].item_id, 8)
    assert engine.recommend(SHOW).empty == "everything rated"


def test_reset_forgets_ratings_and_keeps_blocks(engine: Engine, library: Library) -> None:
    prior = means(engine)
    ids = ids_by_title(library)
    engine.rate(ids["Star 2"], 10)
    engine.block(ids["Star 4"])
    engine.reset()
    assert engine.ratings == 0
    assert means(engine) == pytest.approx(prior, abs=1e-4)
    assert [block.item_id for block in engine.blocked()] == [ids["Star 4"]]
    assert len(library.feedback.log()) == 3


def test_adventure_prefers_what_is_less_certain(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    for number in (0, 2, 4):
        engine.rate(ids[f"Star {number}"], 8)
    engine.configure(Settings(recommendation=RecommendationSettings(adventure=0.0)))
    safe = engine.recommend(MOVIE).picks[0]
    engine.configure(Settings(recommendation=RecommendationSettings(adventure=2.0)))
    bold = engine.recommend(MOVIE).picks[0]
    assert bold.deviation > safe.deviation


def test_an_item_unknown_to_the_snapshot_has_no_prediction(engine: Engine, library: Library) -> None:
    newest = max(ids_by_title(library).values())
    assert engine.explain(newest + 1000) is None
    assert engine.predict(newest + 1000) is None


def test_genres_and_decades_are_counted_over_what_can_be_suggested(engine: Engine, library: Library) -> None:
    assert engine.genres(MOVIE) == (("Romance", 20), ("Science Fiction", 20))
    engine.rate(ids_by_title(library)["Star 2"], 10)
    assert dict(engine.genres(MOVIE))["Science Fiction"] == 19
    assert [decade for decade, _ in engine.decades(MOVIE)] == [2010, 2000, 1990]


def test_feedback_given_elsewhere_counts_after_a_refresh(engine: Engine, library: Library) -> None:
    ids = ids_by_title(library)
    library.feedback.append(Rating(at=1.0, item_id=ids["Star 2"], value=10.0, source="plex"))
    library.feedback.append(Skip(at=2.0, item_id=ids["Star 4"]))
    engine.refresh_feedback()
    assert engine.rating_of(ids["Star 2"]) == 10
    assert means(engine) == pytest.approx(refitted(engine, library), abs=1e-3)


def test_somebody_else_meets_nothing_of_the_owners_taste(library: Library, clock: Clock) -> None:
    snapshot = snapshot_of(library)
    owner = Engine(library, snapshot, clock=clock)
    before = means(owner)
    for item_id in list(ids_by_title(library).values())[:12:2]:
        owner.rate(item_id, 10.0)
    evidence = gather_evidence(library.feedback.current(), snapshot.features.ids, snapshot.weights.usual)
    taste = TasteModel(snapshot.features, snapshot.weights).fit(evidence.rows, evidence.values, evidence.noise_scale)
    learned = replace(snapshot, taste=taste, event_id=6)
    assert not np.allclose(means(Engine(library, learned, clock=clock)), before)
    library.sit_down("plex:7")
    other = Engine(library, learned, clock=clock)
    np.testing.assert_allclose(means(other), before, atol=1e-9)
    other.rate(next(iter(ids_by_title(library).values())), 1.0)
    assert [rating.value for rating in library.feedback.current("plex:7").ratings] == [1.0]
    assert len(library.feedback.current().ratings) == 6
