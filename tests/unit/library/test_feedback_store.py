"""The log of feedback, and what of it counts today."""

from __future__ import annotations

import sqlite3
import time

import pytest

from library.feedback import Block, Play, Rating, Reset, Retraction, Skip
from library.feedback_store import FeedbackStore
from library.library import Library
from tests.unit.library.building import film


@pytest.fixture
def store(library: Library) -> FeedbackStore:
    library.items.upsert("s", "l", [film(str(number), f"Film {number}") for number in range(1, 6)])
    return library.feedback


def values(store: FeedbackStore, user: str = "local") -> dict[int, float]:
    return {rating.item_id: rating.value for rating in store.current(user).ratings}


def test_nothing_said_yet(store: FeedbackStore) -> None:
    current = store.current()
    assert (current.ratings, current.skips, current.blocked, current.played) == ((), {}, {}, {})
    assert store.last_answer() is None
    assert store.log() == []


def test_every_event_comes_back_as_it_was_given(store: FeedbackStore) -> None:
    events = [
        Rating(at=1.5, item_id=1, value=7.5, source="plex", user="local"),
        Skip(at=2, item_id=2),
        Block(at=3, item_id=3),
        Play(at=4, item_id=4),
        Retraction(at=5, retracts=2),
        Reset(at=6),
    ]
    ids = [store.append(event) for event in events]
    assert ids == sorted(set(ids))
    stored = store.log()
    assert [type(event) for event in stored] == [type(event) for event in events]
    assert [event.id for event in stored] == ids
    assert stored[0] == Rating(at=1.5, item_id=1, value=7.5, source="plex", id=ids[0])
    assert stored[4] == Retraction(at=5, retracts=2, id=ids[4])


def test_the_newest_rating_counts_by_time_and_then_by_order(store: FeedbackStore) -> None:
    store.append(Rating(at=10, item_id=1, value=8))
    store.append(Rating(at=5, item_id=1, value=3, source="plex"))
    store.append(Rating(at=7, item_id=2, value=4))
    store.append(Rating(at=7, item_id=2, value=6))
    assert values(store) == {1: 8, 2: 6}
    assert [rating.item_id for rating in store.current().ratings] == [2, 1]


def test_taking_a_rating_back_brings_the_one_before_back(store: FeedbackStore) -> None:
    store.append(Rating(at=1, item_id=1, value=8))
    second = store.append(Rating(at=2, item_id=1, value=3))
    taken = store.append(Retraction(at=3, retracts=second))
    assert values(store) == {1: 8}
    store.append(Retraction(at=4, retracts=taken))
    assert values(store) == {1: 3}


def test_skips_count_until_the_item_is_rated(store: FeedbackStore) -> None:
    for at in (1, 2, 3):
        store.append(Skip(at=at, item_id=1))
    store.append(Skip(at=4, item_id=2))
    assert store.current().skips == {1: 3, 2: 1}
    store.append(Rating(at=5, item_id=1, value=9))
    assert store.current().skips == {2: 1}
    store.append(Skip(at=6, item_id=1))
    assert store.current().skips == {1: 1, 2: 1}


def test_blocks_hold_until_they_are_taken_back_even_over_a_reset(store: FeedbackStore) -> None:
    store.append(Block(at=1, item_id=1))
    store.append(Block(at=2, item_id=1))
    store.append(Block(at=3, item_id=2))
    store.append(Reset(at=4))
    blocked = store.current().blocked
    assert blocked is not None
    assert {item_id: block.at for item_id, block in blocked.items()} == {1: 2, 2: 3}
    assert store.unblock(1)
    assert not store.unblock(1)
    assert set(store.current().blocked or {}) == {2}
    store.append(Block(at=5, item_id=3))
    assert store.reset_blocked() == 2
    assert store.current().blocked == {}
    assert store.reset_blocked() == 0


def test_a_reset_forgets_what_came_before_and_nothing_after(store: FeedbackStore) -> None:
    store.append(Rating(at=1, item_id=1, value=8))
    store.append(Skip(at=2, item_id=2))
    store.append(Play(at=3, item_id=3))
    store.append(Rating(at=3, item_id=4, value=6, source="plex"))
    reset = store.append(Reset(at=100))
    assert store.current().ratings == ()
    assert store.current().skips == {}
    assert store.current().played == {}
    store.append(Rating(at=90, item_id=5, value=6, source="plex"))
    assert values(store) == {}, "a server remembers what was rated before the reset"
    store.append(Rating(at=90, item_id=1, value=5))
    assert values(store) == {1: 5}, "a click after the reset counts even when the clock was put back"
    store.append(Rating(at=101, item_id=5, value=7, source="plex"))
    assert values(store) == {1: 5, 5: 7}
    store.append(Retraction(at=102, retracts=reset))
    assert values(store) == {1: 5, 4: 6, 5: 7}


def test_played_is_the_last_time(store: FeedbackStore) -> None:
    store.append(Play(at=9, item_id=1))
    store.append(Play(at=4, item_id=1))
    assert store.current().played == {1: 9}


def test_users_do_not_see_each_other(store: FeedbackStore) -> None:
    store.append(Rating(at=1, item_id=1, value=8))
    store.append(Rating(at=2, item_id=1, value=2, user="guest"))
    store.append(Reset(at=3, user="guest"))
    assert values(store) == {1: 8}
    assert values(store, "guest") == {}
    assert len(store.log("guest")) == 2
    store.append(Block(at=4, item_id=2, user="guest"))
    assert not store.unblock(2)
    assert store.unblock(2, "guest")


def test_the_last_answer_is_the_newest_of_the_persons_own_in_force(store: FeedbackStore) -> None:
    store.append(Rating(at=1, item_id=1, value=8))
    skip = store.append(Skip(at=2, item_id=2))
    store.append(Rating(at=3, item_id=3, value=5, source="plex"))
    store.append(Play(at=3, item_id=3))
    assert store.last_answer() == Skip(at=2, item_id=2, id=skip)
    store.append(Retraction(at=4, retracts=skip))
    assert store.last_answer() == Rating(at=1, item_id=1, value=8, id=1)
    reset = store.append(Reset(at=5))
    assert store.last_answer() is None
    store.append(Retraction(at=6, retracts=reset))
    assert store.last_answer() == Rating(at=1, item_id=1, value=8, id=1)


def test_the_log_of_one_item_and_the_newest_few(store: FeedbackStore) -> None:
    for at in range(6):
        store.append(Rating(at=at, item_id=1 + at % 2, value=5))
    assert [event.at for event in store.log(item_id=1)] == [0, 2, 4]
    assert [event.at for event in store.log(limit=2)] == [4, 5]
    assert [event.at for event in store.log(item_id=2, limit=1)] == [5]


def test_rows_cannot_be_changed_or_deleted(store: FeedbackStore, library: Library) -> None:
    store.append(Rating(at=1, item_id=1, value=8))
    for sql in ("UPDATE feedback SET value = 1", "DELETE FROM feedback"):
        with pytest.raises(sqlite3.IntegrityError, match="only appended"):
            library.database.run(sql)
    assert values(store) == {1: 8}


@pytest.mark.parametrize("value", [0.5, 10.5, float("nan")])
def test_a_rating_outside_of_the_scale_is_never_stored(store: FeedbackStore, value: float) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.append(Rating(at=1, item_id=1, value=value))
    with pytest.raises(sqlite3.IntegrityError):
        store.append(Rating(at=1, item_id=999, value=5))


def test_what_was_imported_is_remembered_even_after_a_reset(store: FeedbackStore) -> None:
    store.append(Rating(at=1, item_id=1, value=8, source="plex"))
    store.append(Rating(at=2, item_id=1, value=9, source="plex"))
    store.append(Rating(at=3, item_id=1, value=2))
    store.append(Reset(at=4))
    assert store.imported("plex", [1, 2]) == {1: [(8, 1), (9, 2)]}


def test_ten_thousand_events_are_summed_up_quickly(store: FeedbackStore, library: Library) -> None:
    with library.database.transaction():
        for at in range(10_000):
            store.append(Rating(at=at, item_id=1 + at % 5, value=1 + at % 10))
    best = 1.0
    for _ in range(5):
        begun = time.process_time()
        store.current()
        best = min(best, time.process_time() - begun)
    assert best < 0.1, f"{best * 1000:.0f} ms"


def test_what_is_not_to_be_learned_from_is_a_rating_all_the_same(store: FeedbackStore) -> None:
    store.append(Rating(at=1.0, item_id=1, value=3.0))
    store.append(Rating(at=2.0, item_id=2, value=9.0))
    current = store.current()
    assert store.set_learning(current.ratings[:1], learn=False) == 1
    assert store.set_learning(store.current().ratings[:1], learn=False) == 0
    after = store.current()
    assert [(rating.item_id, rating.value, rating.at) for rating in after.ratings] == [(1, 3.0, 1.0), (2, 9.0, 2.0)]
    assert [rating.item_id for rating in after.lessons] == [2]
    store.set_learning(after.ratings, learn=True)
    assert len(store.current().lessons) == 2
