"""What our model is compared with: each baseline orders one person's unrated films from what it may know.

All take a ``Person`` with the positions that are known and return a score for every film of the set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.taste_people import Person, World
from encoders.text import describe_item

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Baseline = Callable[[Person, Ints], Doubles]

NEIGHBOURS = 20
SHRINKAGE = 1.0
IMDB_MINIMUM_VOTES = 200.0
FACTORS, REGULARISATION, SWEEPS = 16, 20.0, 12


def chance(world: World) -> Baseline:
    """Random order."""

    def score(person: Person, known: Ints) -> Doubles:
        return np.random.RandomState(person.id * 31 + len(known)).random_sample(len(world.films))

    return score


def imdb_weighted(world: World) -> Baseline:
    """IMDb's weighted rating: the vote average drawn towards the mean of all films by the weight of 200 votes."""
    scores = _weighted_rating(world)
    return lambda person, known: scores


def plex_recommend(world: World) -> Baseline:
    """The score of Plex Recommend: .35 popularity, .35 vote average, .20 votes, .10 the person's genre preference."""
    popularity = np.array([film["popularity"] or 0.0 for film in world.films]) / 100.0
    votes = np.array([film["vote_average"] or 0.0 for film in world.films]) / 10.0
    counts = np.minimum(np.array([film["vote_count"] or 0 for film in world.films]) / 1000.0, 1.0)
    base = 0.35 * popularity + 0.35 * votes + 0.20 * counts
    genres = sorted({genre for film in world.films for genre in film["genres"]})
    has = np.array([[genre in film["genres"] for genre in genres] for film in world.films], dtype=np.float64)
    has /= np.maximum(has.sum(axis=1, keepdims=True), 1.0)

    def score(person: Person, known: Ints) -> Doubles:
        rated = has[person.rows[known]] > 0
        sums = (rated * person.ratings[known, None]).sum(axis=0)
        preference = sums / np.maximum(rated.sum(axis=0), 1) / 10.0
        return base + 0.10 * (has @ preference)

    return score


def text_neighbours(world: World) -> Baseline:
    """Nearest neighbours by the sentence embeddings of the same texts."""
    vectors = world.features.text.astype(np.float64)
    return _neighbours(lambda rows: vectors @ vectors[rows].T, len(world.films))


def tfidf_neighbours(world: World) -> Baseline:
    """Nearest neighbours by TF-IDF of the same texts."""
    texts = [describe_item(item) for item in world.items]
    matrix = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english").fit_transform(texts)
    return _neighbours(lambda rows: np.asarray((matrix @ matrix[rows].T).todense()), len(world.films))


def collaborative(world: World, fold: int) -> Baseline:
    """Alternating least squares on everybody outside the fold; the person's factors are folded in from what is known.

    Koren, Bell and Volinsky, "Matrix factorization techniques for recommender systems" (2009), with biases.
    """
    others = [p for p in world.people.values() if p.id not in world.tested or world.fold_of(p.id) != fold]
    bias, mean, factors = _factorise(others, len(world.films))

    def score(person: Person, known: Ints) -> Doubles:
        rows = person.rows[known]
        left = person.ratings[known] - mean - bias[rows]
        own = left.sum() / (len(known) + 5.0)
        mine = factors[rows]
        gram = mine.T @ mine + REGULARISATION * np.eye(FACTORS)
        return bias + factors @ np.linalg.solve(gram, mine.T @ (left - own))

    return score


def _weighted_rating(world: World) -> Doubles:
    votes = np.array([film["vote_average"] or np.nan for film in world.films])
    counts = np.array([film["vote_count"] or 0 for film in world.films], dtype=np.float64)
    mean = float(np.nanmean(votes))
    return (counts * np.nan_to_num(votes, nan=mean) + IMDB_MINIMUM_VOTES * mean) / (counts + IMDB_MINIMUM_VOTES)


def _neighbours(similarity: Callable[[Ints], Doubles], films: int) -> Baseline:
    """The mean of the known ratings, weighed by likeness, of the nearest known titles; drawn towards the person's mean."""

    def score(person: Person, known: Ints) -> Doubles:
        rows, ratings = person.rows[known], person.ratings[known]
        near = np.maximum(similarity(rows), 0.0)
        if len(known) > NEIGHBOURS:
            cut = np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS][:, None]
            near = np.where(near >= cut, near, 0.0)
        return (near @ (ratings - ratings.mean())) / (near.sum(axis=1) + SHRINKAGE)

    return score


def _factorise(people: Sequence[Person], films: int) -> tuple[Doubles, float, Doubles]:
    ratings = np.concatenate([person.ratings for person in people])
    rows = np.concatenate([person.rows for person in people])
    owner = np.repeat(np.arange(len(people)), [len(person.rows) for person in people])
    mean = float(ratings.mean())
    counts = np.bincount(rows, minlength=films)
    own = np.zeros(len(people))
    bias = np.zeros(films)
    for _ in range(5):
        bias = np.bincount(rows, weights=ratings - mean - own[owner], minlength=films) / (counts + 5.0)
        own = np.bincount(owner, weights=ratings - mean - bias[rows]) / (np.bincount(owner) + 5.0)
    left = ratings - mean - bias[rows] - own[owner]
    generator = np.random.RandomState(0)
    theirs = 0.1 * generator.standard_normal((len(people), FACTORS))
    factors = np.zeros((films, FACTORS))
    for _ in range(SWEEPS):
        factors = _solved(rows, owner, left, theirs, films)
        theirs = _solved(owner, rows, left, factors, len(people))
    return bias, mean, factors


def _solved(side: Ints, other: Ints, left: Doubles, fixed: Doubles, size: int) -> Doubles:
    """Ridge regression of each row of one side on the fixed factors of the other."""
    order = np.argsort(side, kind="stable")
    side, other, left = side[order], other[order], left[order]
    ends = np.searchsorted(side, np.arange(size + 1))
    result = np.zeros((size, FACTORS))
    for row in np.unique(side):
        part = slice(ends[row], ends[row + 1])
        known = fixed[other[part]]
        result[row] = np.linalg.solve(known.T @ known + REGULARISATION * np.eye(FACTORS), known.T @ left[part])
    return result
