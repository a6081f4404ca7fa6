"""What each view of the taste model is worth: each alone, and everything but each, with weights learned for just that.

Alone means beside the general qualities of a title: its votes, fame, age and length, the same for everybody. The weights of
every variant are learned on the other folds like those of the whole model, from at most ``MOST_RATINGS`` of a person's
ratings, starting from the weights of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.taste_people import FOLDS, World, task
from benchmarks.taste_weights import evidence_of_person, learn
from recommender.evaluation import ndcg, pairwise_accuracy
from recommender.features import BLOCKS, CURVES, LEARNED, QUALITIES, SYMBOLS, ItemFeatures
from recommender.scale import value_of
from recommender.taste import TasteModel
from recommender.weights import KernelWeights

KNOWN = (10, 20, 50)
MOST_RATINGS, STEPS = 100, 20
LEAST_START = 0.1
OWN = "own qualities"
PARTS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in SYMBOLS},
    "era": ("era",),
    OWN: tuple(
        CURVES
    ),  # a person's own liking of the famous, the long, the new, ...: the curves, and the leanings with them
    **{name: (name,) for name in LEARNED},
}
"""``OWN`` is a person's own liking of the famous, the long, the new: the curves, and the leanings with them."""

Scores = dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A part of the model: which of ``PARTS`` it has, and whether it knows what people in general think of a title."""

    name: str
    parts: tuple[str, ...]
    general: bool = True

    def of(self, weights: KernelWeights) -> KernelWeights:
        """Weights without what this variant lacks, to start learning from: the rest and the noise share what is gone."""
        kept = {block for part in self.parts for block in PARTS[part]}
        before = sum(weights.blocks.values())
        grown = (before / max(sum(weights.blocks[name] for name in kept), 1e-9)) ** 0.5
        blocks = {name: max(weights.blocks[name] * grown, LEAST_START) if name in kept else 0.0 for name in BLOCKS}
        nothing = (0.0,) * len(QUALITIES)
        return replace(
            weights,
            blocks=blocks,
            leanings=weights.leanings if OWN in self.parts else nothing,
            slopes=weights.slopes if self.general else nothing,
            noise=weights.noise + max(before - sum(blocks.values()), 0.0),
        )


def variants() -> list[Variant]:
    """Everything that is measured, in the order of the table."""
    everything = tuple(PARTS)
    alone = [Variant(f"{name} alone", (name,)) for name in PARTS]
    left_out = [Variant(f"all but {name}", tuple(part for part in everything if part != name)) for name in PARTS]
    return [
        Variant("general qualities alone", ()),
        *alone,
        Variant("names, era and own qualities", tuple(part for part in everything if part not in LEARNED)),
        Variant("text and graph", LEARNED),
        *left_out,
        Variant("all but text and graph and era", tuple(p for p in everything if p not in (*LEARNED, "era"))),
        Variant("all but general qualities", everything, general=False),
        Variant("all", everything),
    ]


def ablation(world: World, whole: Mapping[int, KernelWeights]) -> dict[str, Scores]:
    """Pair and nDCG@10 of each variant at each of ``KNOWN``.

    :param whole: the weights of the whole model for each person, learned without their fold.
    """
    asked = list(_questions(world))
    evidence = {
        person: evidence_of_person(world.features, world.people[person], MOST_RATINGS) for person in world.tested
    }
    found: dict[str, Scores] = {}
    for variant in variants():
        weights: dict[int, KernelWeights] = {}
        for fold in range(FOLDS):
            inside = [person for person in world.tested if world.fold_of(person) == fold]
            others = [evidence[person] for person in world.tested if person not in inside]
            weights |= dict.fromkeys(inside, learn(others, variant.of(whole[inside[0]]), STEPS))
        found[variant.name] = _measured(asked, weights)
        print(line(variant.name, found[variant.name]), flush=True)
    return found


def heading() -> str:
    """What stands above the rows."""
    return f"\n{'pair / nDCG@10 of each part':32}" + "".join(f"{f'n = {known}':>21}" for known in KNOWN)


def line(name: str, scores: Scores) -> str:
    """One row of the table."""
    return f"{name:32}" + "".join(f"{scores[k][0]:12.4f} / {scores[k][1]:.4f}" for k in KNOWN)


@dataclass(frozen=True, eq=False)
class _Question:
    person: int
    features: ItemFeatures
    known: NDArray[np.int64]
    values: NDArray[np.float64]
    ranked: NDArray[np.int64]
    truth: NDArray[np.float64]


def _questions(world: World) -> Sequence[_Question]:
    """Every split of protocol 1, each with the features of just its films."""
    asked = []
    for person_id in world.tested:
        person = world.people[person_id]
        for known in KNOWN:
            split = task(person, known)
            if split is None:
                continue
            features = world.features.subset(person.rows[np.concatenate([split.known, split.ranked])])
            places = np.arange(len(features))
            values = value_of(person.ratings[split.known])
            asked.append(
                _Question(person_id, features, places[:known], values, places[known:], person.ratings[split.ranked])
            )
    return asked


def _measured(asked: Sequence[_Question], weights: Mapping[int, KernelWeights]) -> Scores:
    found: dict[int, list[tuple[float, float]]] = {known: [] for known in KNOWN}
    for question in asked:
        model = TasteModel(question.features, weights[question.person])
        mean = model.fit(question.known, question.values).mean[question.ranked]
        found[len(question.known)].append((pairwise_accuracy(mean, question.truth), ndcg(mean, question.truth)))
    return {
        known: (float(pair), float(gain)) for known, values in found.items() for pair, gain in [np.mean(values, axis=0)]
    }
