"""A score taken apart into what a person can be told: each number of it in exactly one part.

The taste model's score is a sum over (view, rated item). Here it is collected by what it is about:

    usual       what the person usually gives
    general     what the title's general qualities are worth to them: the public's vote, fame, age, length
    item        likeness in story (texts, keywords, series, ties in the knowledge graph) to one rated title
    person      everybody who took part in both, over all titles they share
    genre, company, place, era     likewise by name

Points are values (:mod:`recommender.scale`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features import CURVES, LEARNED, QUALITIES, SYMBOLS
from recommender.taste import USUAL, TasteState

STORY = ("keyword", "collection")
PEOPLE = ("cast", "crew")
GENERAL = {"vote average": "vote", "votes": "fame", "popularity": "fame", "year": "age", "runtime": "length"}


@dataclass(frozen=True, slots=True)
class Part:
    """What ends up in one term: everything of one signal about one name, or about one rated title.

    :param rated: positions in ``TasteState.rows`` of the rated titles behind it, the one with most points first.
    """

    signal: str
    name: str
    points: float
    rated: NDArray[np.int64]


NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Shared:
    """Every name that an item shares with a rated one, as parallel arrays.

    :param owner: int64 (k,): position of the rated item in ``TasteState.rows``.
    :param columns: int64 (k,): column among all symbolic blocks.
    :param points: float64 (k,), in rating units.
    :param in_story: bool (k,): whether the name tells what the title is about.
    """

    owner: NDArray[np.int64]
    columns: NDArray[np.int64]
    points: NDArray[np.float64]
    in_story: NDArray[np.bool_]

    def story_columns(self, position: int) -> list[int]:
        """What a rated item and this one are both about, the strongest first."""
        mine = np.flatnonzero(self.in_story & (self.owner == position))
        order = np.argsort(-np.abs(self.points[mine]), kind="stable")
        columns: list[int] = self.columns[mine[order]].tolist()
        return columns


def parts_of(state: TasteState, row: int, shared: Shared) -> Iterator[Part]:
    """The score in parts, each number of it in exactly one."""
    features, weights, alpha = state.covariance.features, state.covariance.weights, state.alpha
    yield Part(USUAL, "", weights.usual + weights.bias * math.fsum(alpha), NOTHING)
    yield from _generalparts_of(state, row, alpha)
    in_story = shared.in_story
    stories = np.bincount(shared.owner[in_story], weights=shared.points[in_story], minlength=len(alpha))
    for view in LEARNED:
        stories = stories + alpha * weights.blocks[view] * (
            features.dense[view][state.rows] @ features.dense[view][row]
        )
    told = np.flatnonzero(stories)
    for position, rated in zip(told.tolist(), told[:, None], strict=True):
        yield Part("item", str(position), float(stories[position]), rated)
    yield from _namedparts_of(state, shared)
    era = features.dense["era"]
    near = alpha * weights.blocks["era"] * (era[state.rows] @ era[row])
    if near.any():
        yield Part("era", "", math.fsum(near), np.flatnonzero(near))


def _generalparts_of(state: TasteState, row: int, alpha: NDArray[np.float64]) -> Iterator[Part]:
    """What the general qualities of the title are worth to this person, fame in one part."""
    weights, features = state.covariance.weights, state.covariance.features
    quality = features.quality
    slopes = np.array(weights.slopes) + np.array(weights.leanings) * (alpha @ quality[state.rows].astype(np.float64))
    worth = dict(zip(QUALITIES, (slopes * quality[row]).tolist(), strict=True))
    for view, name in CURVES.items():
        curve = features.dense[view]
        worth[name] += weights.blocks[view] * float(alpha @ (curve[state.rows] @ curve[row]))
    points: dict[str, float] = {}
    for name, value in worth.items():
        if value:
            points[GENERAL[name]] = points.get(GENERAL[name], 0.0) + value
    for name, value in points.items():
        yield Part("general", name, value, NOTHING)


def shared_names(state: TasteState, row: int) -> Shared:
    """Every name that an item shares with one of the rated ones, and what each is worth."""
    features, weights = state.covariance.features, state.covariance.weights
    own_columns, own_values = features.symbols.row(row)
    owner, columns, values = features.symbols.gather(state.rows)
    if not len(own_columns):
        return Shared(NOTHING, NOTHING, np.zeros(0), np.zeros(0, np.bool_))
    place = np.minimum(np.searchsorted(own_columns, columns), len(own_columns) - 1)
    match = np.flatnonzero(own_columns[place] == columns)
    owner, place, shared = owner[match], place[match], columns[match].astype(np.int64)
    ends = np.array([features.spans[block][1] for block in SYMBOLS])
    block = np.searchsorted(ends, shared, side="right")
    weight = np.array([weights.blocks[name] for name in SYMBOLS])[block]
    products = values[match].astype(np.float64) * own_values[place].astype(np.float64)
    in_story = np.array([name in STORY for name in SYMBOLS])[block]
    return Shared(owner, shared, state.alpha[owner] * weight * products, in_story)


def _namedparts_of(state: TasteState, shared: Shared) -> Iterator[Part]:
    """One part for each shared name; a person who acted and directed is one name."""
    features = state.covariance.features
    others = np.flatnonzero(~shared.in_story)
    owner, columns, points = shared.owner[others], shared.columns[others], shared.points[others]
    found: dict[tuple[str, str], list[int]] = {}
    for column in np.unique(columns).tolist():
        block, name = features.named(column)
        found.setdefault(("person" if block in PEOPLE else block, name), []).append(column)
    for (signal, name), of in found.items():
        mine = np.isin(columns, of)
        by_rated = np.bincount(owner[mine], weights=points[mine], minlength=len(state))
        rated = np.unique(owner[mine])
        rated = rated[np.argsort(-np.abs(by_rated[rated]), kind="stable")]
        yield Part(signal, name, math.fsum(points[mine]), rated)
