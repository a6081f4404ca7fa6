"""What the weights of the fusion are fitted to: how well a title's neighbours tell what a person will think of it.

Protocol 1 of the evaluation, with n of a person's ratings known and the others to be ranked. A title's score is

    s(i) = q(i) . b + sum_j c_ij d_j / (sum_j c_ij + 1)        over the 20 known titles j with the greatest cosines c_ij > 0

where q . b is the general opinion of a title (its votes, age and length, with slopes b that are the same for everybody) and
d_j is what is left of the rating of j without it, minus the mean of that. The objective is the share of the pairs of ranked
titles in the right order, averaged over people and then over n = 10, 20 and 50. With b = 0 this is the rule of the
nearest-neighbour baselines; there the best neighbours are simply the equally famous ones, because fame and quality predict
ratings. With b fitted, what counts is whether neighbours share what is particular about a taste.

The same weights serve titles that no graph network knows yet, and all titles before the networks are trained. What they can
do without the graph therefore counts as much as what they can do with it; else the graph, which knows names and texts as
well, would leave hardly anything to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.taste_baselines import NEIGHBOURS, SHRINKAGE
from benchmarks.taste_people import Person, Task, World, task

KNOWN = (10, 20, 50)
STEPS = (1.0, 0.5, 0.25)  # of the logarithm to base two of a weight
LEAST, MOST = -7.0, 3.0
GAIN = 1e-5
MOST_RATINGS = 200
SOMETIMES_MISSING = "graph"
OTHER_DRAW = 1_000_003  # added to the seed
PRACTICE_DRAWS, PRACTICE_PAIRS = 3, 3000

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Question:
    """One person with some ratings known, and the pairs of other titles whose order is asked.

    :param rows, ratings: int64 (n,), float64 (n,): what is known; ``ranked`` int64 (m,) what is to be ranked.
    :param better, worse: int64 (pairs,): positions in ``ranked``.
    """

    person: int
    rows: Ints
    ratings: Doubles
    ranked: Ints
    better: Ints
    worse: Ints


@dataclass(frozen=True, eq=False)
class Likeness:
    """One block's products for every question, float32 (m, n) each, and the squared lengths of all its rows, float64."""

    products: list[NDArray[np.float32]]
    lengths: Doubles


def questions_of(world: World, draws: int = 1, most_pairs: int | None = None) -> list[Question]:
    """Every question of the protocol, people in order.

    :param draws: how many times to draw what is known; the first is the protocol's.
    :param most_pairs: of each question, drawn at random; ``None`` for all.
    """
    asked = []
    for draw in range(draws):
        for person_id in world.tested:
            person = replace(world.people[person_id], id=person_id + draw * OTHER_DRAW)
            for known in KNOWN:
                split = task(person, known)
                if split is not None:
                    asked.append(_question(person_id, person, split, most_pairs))
    return asked


def practice_of(world: World) -> list[Question]:
    """The questions that weights are fitted on: more draws and fewer pairs of each, for a steadier sum at the same cost."""
    return questions_of(world, PRACTICE_DRAWS, PRACTICE_PAIRS)


def _question(person_id: int, person: Person, split: Task, most_pairs: int | None) -> Question:
    ratings = person.ratings[split.ranked]
    better, worse = np.nonzero(ratings[:, None] - ratings >= 1.0 - 1e-9)
    if most_pairs is not None and len(better) > most_pairs:
        kept = np.random.RandomState(person_id).permutation(len(better))[:most_pairs]
        better, worse = better[kept], worse[kept]
    known = split.known
    return Question(person_id, person.rows[known], person.ratings[known], person.rows[split.ranked], better, worse)


def likeness_of(rows: Any, questions: Sequence[Question]) -> Likeness:
    """Products of dense rows, or of a sparse matrix, for every question."""
    if isinstance(rows, np.ndarray):
        return Likeness([rows[q.ranked] @ rows[q.rows].T for q in questions], np.einsum("ij,ij->i", rows, rows))
    products = [np.asarray((rows[q.ranked] @ rows[q.rows].T).todense(), np.float32) for q in questions]
    return Likeness(products, np.asarray(rows.multiply(rows).sum(axis=1)).ravel())


def cosines(
    blocks: Mapping[str, Likeness], weights: Mapping[str, float], questions: Sequence[Question]
) -> list[NDArray[np.float32]]:
    """The cosines of the fused vectors, from the products of the blocks."""
    used = [name for name in blocks if weights.get(name, 0.0) > 0.0]
    lengths = sum(weights[name] * blocks[name].lengths for name in used)
    scale = (1.0 / np.sqrt(np.maximum(lengths, 1e-12))).astype(np.float32)
    return [
        sum(np.float32(weights[name]) * blocks[name].products[k] for name in used)  # type: ignore[misc]
        * (scale[question.ranked][:, None] * scale[question.rows])
        for k, question in enumerate(questions)
    ]


def general_opinion(world: World, people: Sequence[int]) -> Doubles:
    """What people in general think of each title, in rating units around zero, as these people tell.

    Least squares of what they gave, minus each one's mean, on the qualities of the taste model minus each one's mean.
    """
    quality = world.features.quality.astype(np.float64)
    gram, moments = np.zeros((quality.shape[1],) * 2), np.zeros(quality.shape[1])
    for person_id in people:
        person = world.people[person_id]
        own = quality[person.rows] - quality[person.rows].mean(axis=0)
        gram += own.T @ own / len(own)
        moments += own.T @ (person.ratings - person.ratings.mean()) / len(own)
    opinion: Doubles = quality @ np.linalg.solve(gram, moments)
    return opinion


def accuracy(near: Sequence[NDArray[Any]], questions: Sequence[Question], opinion: Doubles | None = None) -> Doubles:
    """Share of each question's pairs in the right order, a tie counting half, float64 (questions,).

    :param near: for each question how alike the ranked titles and the known ones are, (m, n).
    :param opinion: float64 (films,), from ``general_opinion``; without it ratings are predicted from neighbours alone.
    """
    found = np.empty(len(questions))
    for k, question in enumerate(questions):
        score = _scores(near[k], question, opinion)
        ahead = score[question.better] - score[question.worse]
        found[k] = (ahead > 0.0).mean() + (ahead == 0.0).mean() / 2.0
    return found


def averaged(found: Doubles, questions: Sequence[Question]) -> dict[int, float]:
    """The mean over people for each number of known ratings."""
    known = np.array([len(question.rows) for question in questions])
    return {count: float(found[known == count].mean()) for count in KNOWN}


def objective(found: Doubles, questions: Sequence[Question]) -> float:
    """The mean over people, then over the numbers of known ratings."""
    return float(np.mean(list(averaged(found, questions).values())))


def _scores(alike: NDArray[Any], question: Question, opinion: Doubles | None) -> Doubles:
    near = np.maximum(alike, 0.0)
    if near.shape[1] > NEIGHBOURS:
        cut = np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS][:, None]
        near = np.where(near >= cut, near, 0.0)
    left = question.ratings if opinion is None else question.ratings - opinion[question.rows]
    scores: Doubles = (near @ (left - left.mean())) / (near.sum(axis=1) + SHRINKAGE)
    return scores if opinion is None else scores + opinion[question.ranked]


def fit(
    blocks: Mapping[str, Likeness], questions: Sequence[Question], opinion: Doubles | None, start: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """The weights under which neighbours predict best, their sum 1, and how well they do.

    A search along one weight at a time in ever smaller steps: the objective is a count, without a slope to follow.
    """
    cases = [blocks, {name: block for name, block in blocks.items() if name != SOMETIMES_MISSING}]
    logs = {name: float(np.log2(max(start[name], 2.0**LEAST))) for name in blocks}

    def value(tried: Mapping[str, float]) -> float:
        weights = {name: 2.0**log for name, log in tried.items()}
        found = [accuracy(cosines(case, weights, questions), questions, opinion) for case in cases]
        return float(np.mean([objective(one, questions) for one in found]))

    best = value(logs)
    for step in STEPS:
        before = -np.inf
        while best > before + GAIN:
            before = best
            for name in blocks:
                logs, best = _along(name, step, logs, best, value)
    total = sum(2.0**log for log in logs.values())
    return {name: 2.0**log / total for name, log in logs.items()}, best


def _along(
    name: str, step: float, logs: dict[str, float], best: float, value: Callable[[Mapping[str, float]], float]
) -> tuple[dict[str, float], float]:
    """Go up or down with one weight as long as that helps."""
    for direction in (step, -step):
        while LEAST <= logs[name] + direction <= MOST:
            tried = {**logs, name: logs[name] + direction}
            reached = value(tried)
            if reached <= best + GAIN:
                break
            logs, best = tried, reached
    return logs, best


def agreement(world: World, rows: NDArray[np.float32], opinion: Doubles | None) -> float:
    """Correlation, over the pairs of titles that a person rated, of their cosine with the product of their deviations.

    :param rows: float32 (films, d), unit rows; deviations are from the person's mean, and from the general opinion if it is
        given.
    """
    alike, together = [], []
    for person_id in world.tested:
        person = world.people[person_id]
        kept = np.random.RandomState(person_id).permutation(len(person.rows))[:MOST_RATINGS]
        left = person.ratings[kept] - (0.0 if opinion is None else opinion[person.rows[kept]])
        left = (left - left.mean()) / max(float(left.std()), 1e-9)
        upper = np.triu_indices(len(kept), 1)
        mine = rows[person.rows[kept]]
        alike.append((mine @ mine.T)[upper])
        together.append(np.outer(left, left)[upper])
    return float(np.corrcoef(np.concatenate(alike), np.concatenate(together))[0, 1])
