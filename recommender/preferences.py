"""What the taste model has learned to prefer: genres, decades and people, each with how sure that is.

The model is linear in its features, f(i) = ... + theta . phi(i), so that a person, a genre or a year has a weight of its own with
a posterior (Rasmussen & Williams, 2006, equation 2.11, in weight space). With w the prior variance of the weights of a view and
phi the feature of the rated titles,

    mean = w phi . alpha,    variance = w phi* . phi* - (w phi* . phi)  K^-1  (w phi . phi*)

where phi* is what a typical title with that name has of it. In rating points around what the person usually gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features import era_rows
from recommender.parts import PEOPLE
from recommender.scale import rating_of, secant
from recommender.snapshot import Snapshot
from recommender.taste import TasteState

Doubles = NDArray[np.float64]

MOST_PEOPLE = 24
FIRST_DECADE = 1920


@dataclass(frozen=True, slots=True)
class Preference:
    """One thing that the person likes more or less than other things.

    :param signal: "genre", "era" or "person", as in ``library.wishes.Subject``.
    :param points: how many rating points a title has more for it; ``deviation`` is how uncertain that is.
    :param rated: how many rated titles have it, and what those were given on ``average``; ``None`` where none is rated.
    :param titles: how many titles of the library have it.
    """

    signal: str
    name: str
    points: float
    deviation: float
    rated: int
    average: float | None
    titles: int


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything of a person's taste that has a name; genres and people by points, decades by time."""

    genres: tuple[Preference, ...]
    decades: tuple[Preference, ...]
    people: tuple[Preference, ...]


def preferences(snapshot: Snapshot, taste: TasteState) -> Preferences:
    """Work out the preferences of a taste."""
    view = _Weights(snapshot, taste)
    return Preferences(view.genres(), view.decades(), view.people())


class _Weights:
    """Posteriors of single weights of one taste.

    :param taste: float64 arrays of m ratings are taken from it.
    """

    def __init__(self, snapshot: Snapshot, taste: TasteState) -> None:
        self._snapshot, self._taste = snapshot, taste
        symbols = snapshot.features.symbols
        owner, columns, values = symbols.gather(taste.rows)
        order = np.argsort(columns, kind="stable")
        self._columns, self._owner = columns[order], owner[order]
        self._values = values[order].astype(np.float64)
        counts = np.bincount(symbols.indices, minlength=symbols.columns)
        sums = np.bincount(symbols.indices, weights=symbols.values, minlength=symbols.columns)
        self._typical: Doubles = sums / np.maximum(counts, 1)  # of a name, among the titles that have it
        self._ratings = np.array([round(rating_of(float(value)), 4) for value in taste.values])
        self._stretch = secant(taste.usual, taste.usual)

    def genres(self) -> tuple[Preference, ...]:
        """All genres of the library, the best liked first."""
        first, last = self._snapshot.features.spans["genre"]
        names = self._snapshot.features.vocabulary["genre"]
        found = [self._named("genre", names[column - first], {"genre": column}) for column in range(first, last)]
        return tuple(sorted(found, key=lambda one: (-one.points, one.name)))

    def people(self) -> tuple[Preference, ...]:
        """The people of rated titles that count most, for or against, the best liked first."""
        features = self._snapshot.features
        of_name: dict[str, dict[str, int]] = {}
        for block in PEOPLE:
            first, last = features.spans[block]
            mine = self._columns[(self._columns >= first) & (self._columns < last)]
            for column in np.unique(mine).tolist():
                of_name.setdefault(features.vocabulary[block][column - first], {})[block] = column
        worth = self._means()
        size = {name: abs(sum(worth[column] for column in columns.values())) for name, columns in of_name.items()}
        told = sorted(of_name, key=lambda name: (-size[name], name))[:MOST_PEOPLE]
        found = [self._named("person", name, of_name[name]) for name in told]
        return tuple(sorted(found, key=lambda one: (-one.points, one.name)))

    def _means(self) -> Doubles:
        """Posterior mean of every column of the symbols, as a value, float64 (columns,)."""
        covariance = self._taste.covariance
        sums = np.bincount(
            self._columns, weights=self._values * self._taste.alpha[self._owner], minlength=len(self._typical)
        )
        means: Doubles = sums * covariance.column_weights * self._typical
        return means

    def decades(self) -> tuple[Preference, ...]:
        """Every decade that a title of the library is from, in order of time."""
        years = self._snapshot.columns.years
        present = self._snapshot.columns.present & (years >= FIRST_DECADE)
        decades = np.unique(years[present] // 10 * 10)
        phi = self._snapshot.features.dense["era"][self._taste.rows].astype(np.float64)
        weight = self._taste.covariance.weights.blocks["era"]
        middles = era_rows(decades.astype(np.float64) + 4.5).astype(np.float64)
        rated_decades = years[self._taste.rows] // 10 * 10
        found = []
        for decade, middle in zip(decades.tolist(), middles, strict=True):
            likeness = weight * (phi @ middle)
            rated = np.flatnonzero(rated_decades == decade)
            titles = int((present & (years // 10 * 10 == decade)).sum())
            points, deviation = self._posterior(likeness, weight * float(middle @ middle))
            found.append(self._preference("era", f"{decade}s", points, deviation, rated, titles))
        return tuple(found)

    def _named(self, signal: str, name: str, columns: dict[str, int]) -> Preference:
        """A preference for a name, over all the views it occurs in."""
        weights = self._taste.covariance.weights.blocks
        likeness, titles = np.zeros(len(self._taste)), np.zeros(len(self._snapshot), np.bool_)
        prior, rated = 0.0, set[int]()
        for block, column in columns.items():
            typical = float(self._typical[column])
            part = slice(*np.searchsorted(self._columns, [column, column + 1]).tolist())
            likeness[self._owner[part]] += weights[block] * self._values[part] * typical
            prior += weights[block] * typical**2
            rated |= set(self._owner[part].tolist())
            titles |= self._snapshot.features.symbols.rows_with(column)
        points, deviation = self._posterior(likeness, prior)
        known = int((titles & self._snapshot.columns.present).sum())
        return self._preference(signal, name, points, deviation, sorted(rated), known)

    def _posterior(self, likeness: Doubles, prior: float) -> tuple[float, float]:
        """Mean and deviation of a weight times what is typical, as a value."""
        mean = float(likeness @ self._taste.alpha) if len(likeness) else 0.0
        explained = float(likeness @ self._taste.inverse @ likeness) if len(likeness) else 0.0
        return mean, math.sqrt(max(prior - explained, 0.0))

    def _preference(
        self,
        signal: str,
        name: str,
        value: float,
        deviation: float,
        rated: Sequence[int] | NDArray[np.int64],
        titles: int,
    ) -> Preference:
        given = self._ratings[np.asarray(rated, np.int64)]
        return Preference(
            signal,
            name,
            value * self._stretch,
            deviation * self._stretch,
            len(given),
            float(given.mean()) if len(given) else None,
            titles,
        )
