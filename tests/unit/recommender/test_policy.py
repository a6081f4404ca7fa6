from __future__ import annotations

import numpy as np
import pytest

from recommender.policy import DETOUR_LENGTH, Policy, Refusals, shared_by_most


def nothing_alike(rows: np.ndarray):
    return lambda row: np.where(rows == row, 1.0, 0.0).astype(np.float32)


def pairs_alike(rows: np.ndarray):
    """Rows 2k and 2k + 1 are twins."""
    return lambda row: (rows // 2 == row // 2).astype(np.float32)


MEAN = np.array([8.0, 7.9, 7.0, 6.9, 6.0], np.float32)
SURE = np.full(5, 0.1, np.float32)
ALL = np.ones(5, np.bool_)


def order(
    policy: Policy, bounds: np.ndarray, allowed: np.ndarray = ALL, alike=nothing_alike, count: int = 5
) -> list[int]:
    return [row for row, _ in policy.pick(bounds, allowed, alike, count)]


def test_without_exploration_the_order_is_that_of_the_means() -> None:
    policy = Policy(adventure=0.0)
    assert order(policy, policy.bounds(MEAN, SURE)) == [0, 1, 2, 3, 4]


def test_uncertainty_is_worth_its_share() -> None:
    policy = Policy(adventure=1.0)
    unsure = np.array([0, 0, 0, 2, 0], np.float32)
    assert policy.bounds(MEAN, unsure)[3] == pytest.approx(8.9)
    assert order(policy, policy.bounds(MEAN, unsure))[0] == 3


def test_only_allowed_rows_are_picked_and_none_twice() -> None:
    allowed = np.array([False, True, True, False, True])
    assert order(Policy(), MEAN, allowed, count=9) == [1, 2, 4]
    assert order(Policy(), MEAN, np.zeros(5, np.bool_)) == []
    assert order(Policy(), MEAN, count=0) == []


def test_a_twin_of_a_pick_waits() -> None:
    close = np.array([8.0, 7.9, 7.8, 7.7, 6.0], np.float32)
    assert order(Policy(), close, alike=pairs_alike)[:4] == [0, 2, 1, 3]


def test_a_twin_of_what_was_just_shown_waits() -> None:
    close = np.array([8.0, 7.9, 7.8, 7.7, 6.0], np.float32)
    assert order(Policy(recent=(1,)), close, alike=pairs_alike)[0] == 2


def test_a_detour_leads_away_even_from_much_better_titles() -> None:
    assert order(Policy(avoided=(0, 1)), MEAN, alike=pairs_alike)[0] == 2


def test_a_detour_looks_beyond_the_best_few_hundred() -> None:
    means = np.concatenate([np.full(900, 8.0), np.full(100, 6.5)]).astype(np.float32)

    def first_nine_hundred_alike(rows: np.ndarray):
        return lambda row: ((rows < 900) == (row < 900)).astype(np.float32)

    policy = Policy(avoided=(0, 1, 2, 3, 4))
    assert policy.pick(means, np.ones(1000, np.bool_), first_nine_hundred_alike, 1)[0][0] >= 900


def test_ties_are_broken_the_same_way_every_time() -> None:
    same = np.full(5, 7.0, np.float32)
    assert order(Policy(), same) == [0, 1, 2, 3, 4]


def test_the_fifth_quick_refusal_in_a_row_turns() -> None:
    refusals = Refusals()
    for number in range(4):
        refusals = refusals.refused(number, float(number))
        assert not refusals.just_turned
    refusals = refusals.refused(4, 4.0)
    assert refusals.just_turned
    assert refusals.detour == (0, 1, 2, 3, 4)


def test_an_answer_in_between_starts_the_count_again() -> None:
    refusals = Refusals()
    for number in range(4):
        refusals = refusals.refused(number, float(number))
    refusals = refusals.accepted(welcome=False).refused(9, 5.0)
    assert not refusals.just_turned


def test_a_detour_ends_with_a_welcome_title_or_after_some_cards() -> None:
    turned = Refusals(detour=(1, 2), cards_left=DETOUR_LENGTH)
    assert turned.accepted(welcome=True) == Refusals()
    for _ in range(DETOUR_LENGTH - 1):
        turned = turned.accepted(welcome=False)
        assert turned.detour == (1, 2)
    assert turned.accepted(welcome=False) == Refusals()


def test_what_most_have_in_common_is_named_most_frequent_first() -> None:
    titles = [("Drama", "War"), ("Drama", "War"), ("Drama",), ("War", "Comedy"), ("Drama",)]
    assert shared_by_most(titles) == ("Drama", "War")
    assert shared_by_most([("Drama",), ("War",)]) == ()
