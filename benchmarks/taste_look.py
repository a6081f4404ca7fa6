"""What the whole library looks like to ten people before and after 20 ratings, to be read by a person.

The lists are those of the program: all films that are not among the 20, in the order of the policy. Where the person has
rated a film that is suggested, which the model does not know, the rating is said beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.taste_people import Person, World, task
from recommender.policy import Policy
from recommender.scale import value_of
from recommender.similarity import likeness
from recommender.taste import TasteModel, TasteState
from recommender.weights import KernelWeights

PEOPLE, APART = 10, 21  # every 21st of the people to evaluate: two of each fold
KNOWN, SHOWN = 20, 10


@dataclass(frozen=True, slots=True)
class Look:
    """One person.

    :param known: the films that were rated, the best first, with the rating.
    :param before: the suggestions without any rating; ``after`` with them all. Each with the person's own rating, or
        ``None``.
    """

    person: int
    known: tuple[tuple[str, float], ...]
    before: tuple[tuple[str, float | None], ...]
    after: tuple[tuple[str, float | None], ...]


def look(world: World, weights: Mapping[int, KernelWeights], adventure: float) -> list[Look]:
    """Ten people, always the same ones; fewer where fewer are evaluated."""
    looks = []
    for person_id in world.tested[::APART][:PEOPLE]:
        person = world.people[person_id]
        split = task(person, KNOWN)
        if split is None:
            continue
        model = TasteModel(world.features, weights[person_id])
        rows, ratings = person.rows[split.known], person.ratings[split.known]
        best = np.argsort(-ratings, kind="stable")
        known = tuple((_title(world, int(rows[k])), float(ratings[k])) for k in best)
        before = _top(world, person, model.fit(), adventure)
        after = _top(world, person, model.fit(rows, value_of(ratings)), adventure)
        looks.append(Look(person_id, known, before, after))
    return looks


def print_looks(looks: Sequence[Look]) -> None:
    """The lists one under the other."""
    for number, one in enumerate(looks, start=1):
        print(f"\nperson {number} (user {one.person})")
        print("  rated:  " + " · ".join(f"{title} {rating:g}" for title, rating in one.known))
        print("  before: " + " · ".join(_said(title, rating) for title, rating in one.before))
        print("  after:  " + " · ".join(_said(title, rating) for title, rating in one.after))


def _said(title: str, rating: float | None) -> str:
    return title if rating is None else f"{title} [{rating:g}]"


def _top(world: World, person: Person, state: TasteState, adventure: float) -> tuple[tuple[str, float | None], ...]:
    policy = Policy(adventure, tuple(state.rows[-4:].tolist()))
    left = np.ones(len(world.films), np.bool_)
    left[state.rows] = False
    bounds = policy.bounds(state.mean, np.sqrt(state.variance))
    picked = policy.pick(bounds, left, lambda rows: likeness(world.features, rows), SHOWN)
    given = dict(zip(person.rows.tolist(), person.ratings.tolist(), strict=True))
    return tuple((_title(world, row), given.get(row)) for row, _ in picked)


def _title(world: World, row: int) -> str:
    film = world.films[row]
    return f"{film['title']} ({film['year']})"
