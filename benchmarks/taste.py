"""How good the recommendations are: our model beside the baselines, one person at a time, on real ratings.

    python -m benchmarks.taste --data DIR [--quick] [--people]
    python -m benchmarks.taste --data DIR --test-users FILE --test-ratings FILE --weights shipped

Protocol 1: n ratings are known, the others are ordered; pair is the share of pairs in the right order, nDCG@10 as usual.
Protocol 2: the recommender picks from what the person rated, one at a time, and is told each rating; lift@k is how many
stars the first k picks are above the person's mean. Kernel weights are learned on the other folds, or are the shipped ones.
With those of the folds, what each view is worth is measured as well; ``--people`` shows the top ten of ten people before
and after 20 ratings.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import taste_baselines as baselines
from benchmarks.results import write
from benchmarks.taste_ablation import ablation, heading
from benchmarks.taste_look import look, print_looks
from benchmarks.taste_people import FOLDS, KNOWN, STARS_TO_RATING, Person, World, load_world, task
from benchmarks.taste_weights import evidence_of_person, learn
from recommender.evaluation import lift, ndcg, pairwise_accuracy
from recommender.policy import Policy
from recommender.scale import value_of
from recommender.similarity import likeness
from recommender.taste import TasteModel
from recommender.weights import KernelWeights, load_weights

OURS = "Homereel"
OUR_POLICY = f"{OURS}: UCB 0.3, near-duplicates damped"
LIFTS = (10, 20, 40)
POOL = 400
TARGETS = {10: (0.669, 0.702), 20: (0.680, 0.717), 50: (0.690, 0.736)}
TOLERANCE = 0.002
GOAL = {10: (0.676, 0.712), 20: (0.690, 0.730), 50: (0.705, 0.750)}
LEAST_LIFT = {10: 0.55, 40: 0.38}
ADVENTURE = 0.3

Choose = Callable[[TasteModel, Any, NDArray[np.bool_], int, np.random.RandomState], int]


def weights_by_person(world: World, shipped: bool) -> dict[int, KernelWeights]:
    """The kernel weights to use for each person: the shipped ones, or those learned without their fold."""
    if shipped:
        weights = load_weights()
        return dict.fromkeys(world.tested, weights)
    evidence = {person: evidence_of_person(world.features, world.people[person]) for person in world.tested}
    found: dict[int, KernelWeights] = {}
    start: KernelWeights | None = None
    for fold in range(FOLDS):
        start = learn([evidence[person] for person in world.tested if world.fold_of(person) != fold], start)
        found |= {person: start for person in world.tested if world.fold_of(person) == fold}
        print(f"  weights for fold {fold} learned", flush=True)
    return found


def protocol_1(world: World, weights: dict[int, KernelWeights]) -> dict[str, dict[int, tuple[float, float]]]:
    """Pair and nDCG@10 for each method and number of known ratings."""
    people = [world.people[person] for person in world.tested]
    methods: dict[str, Callable[[Person], baselines.Baseline]] = {}
    for name, made in (
        ("random", baselines.chance(world)),
        ("Plex Recommend's score", baselines.plex_recommend(world)),
        ("TF-IDF nearest neighbours", baselines.tfidf_neighbours(world)),
        ("MiniLM nearest neighbours", baselines.text_neighbours(world)),
        ("IMDb weighted rating", baselines.imdb_weighted(world)),
    ):
        methods[name] = lambda person, made=made: made
    folds = {fold: baselines.collaborative(world, fold) for fold in range(FOLDS)}
    methods["collaborative ALS, fold-in"] = lambda person: folds[world.fold_of(person.id)]
    results: dict[str, dict[int, list[tuple[float, float]]]] = {
        name: {known: [] for known in KNOWN} for name in (*methods, OURS)
    }
    for person in people:
        for known in KNOWN:
            split = task(person, known)
            if split is None:
                continue
            truth = person.ratings[split.ranked]
            scores = {
                name: method(person)(person, split.known)[person.rows[split.ranked]] for name, method in methods.items()
            }
            model = TasteModel(world.features.subset(person.rows), weights[person.id])
            scores[OURS] = model.fit(split.known, value_of(person.ratings[split.known])).mean[split.ranked]
            for name, score in scores.items():
                results[name][known].append((pairwise_accuracy(score, truth), ndcg(score, truth)))
    return {
        name: {known: _mean(values) for known, values in by_known.items() if values}
        for name, by_known in results.items()
    }


def _mean(values: list[tuple[float, float]]) -> tuple[float, float]:
    pair, gain = np.mean(values, axis=0)
    return float(pair), float(gain)


def protocol_2(world: World, weights: dict[int, KernelWeights]) -> dict[str, dict[int, float]]:
    """Lift@k in stars for each policy over the same model."""
    results: dict[str, list[list[float]]] = {name: [] for name in POLICIES}
    for person_id in world.tested:
        person = world.people[person_id]
        order = np.random.RandomState(person.id).permutation(len(person.rows))[:POOL]
        ratings = person.ratings[order] / STARS_TO_RATING
        model = TasteModel(world.features.subset(person.rows[order]), weights[person_id])
        for name, choose in POLICIES.items():
            picked = _picks(model, person.ratings[order], choose, person.id, learning=name != "the prior alone")
            results[name].append([lift(ratings[picked], ratings, k) for k in LIFTS])
    return {name: dict(zip(LIFTS, np.mean(values, axis=0).tolist(), strict=True)) for name, values in results.items()}


def _picks(model: TasteModel, ratings: NDArray[np.float64], choose: Choose, seed: int, learning: bool) -> list[int]:
    state = model.fit()
    left = np.ones(len(ratings), np.bool_)
    generator = np.random.RandomState(seed)
    picked: list[int] = []
    for _ in range(min(max(LIFTS), len(ratings))):
        row = choose(model, state, left, len(picked), generator)
        picked.append(row)
        left[row] = False
        if learning:
            state = state.update(row, value_of(float(ratings[row])))
    return picked


def _best(scores: NDArray[np.float32], left: NDArray[np.bool_]) -> int:
    return int(np.argmax(np.where(left, scores, -np.inf)))


def _random(model: TasteModel, state: Any, left: NDArray[np.bool_], done: int, generator: np.random.RandomState) -> int:
    return int(generator.choice(np.flatnonzero(left)))


def _greedy(model: TasteModel, state: Any, left: NDArray[np.bool_], done: int, generator: np.random.RandomState) -> int:
    return _best(state.mean, left)


def _epsilon(
    model: TasteModel, state: Any, left: NDArray[np.bool_], done: int, generator: np.random.RandomState
) -> int:
    epsilon = 0.25 if done <= 20 else 0.13 if done <= 50 else 0.05
    explore = generator.random_sample() < epsilon
    return (_random if explore else _greedy)(model, state, left, done, generator)


def _bound(model: TasteModel, state: Any, left: NDArray[np.bool_], done: int, generator: np.random.RandomState) -> int:
    return _best(state.mean + ADVENTURE * np.sqrt(state.variance), left)


def _ours(model: TasteModel, state: Any, left: NDArray[np.bool_], done: int, generator: np.random.RandomState) -> int:
    recent = tuple(state.rows[-4:].tolist())
    policy = Policy(ADVENTURE, recent)
    bounds = policy.bounds(state.mean, np.sqrt(state.variance))
    return policy.pick(bounds, left, lambda rows: likeness(model.features, rows), 1)[0][0]


POLICIES: dict[str, Choose] = {
    "random": _random,
    "the prior alone": _greedy,
    "epsilon-greedy, .25 / .13 / .05": _epsilon,
    "greedy": _greedy,
    "UCB, mean + 0.3 deviations": _bound,
    OUR_POLICY: _ours,
}


def print_protocol_1(results: dict[str, dict[int, tuple[float, float]]], promised: bool) -> None:
    """The table, with what is promised for our row: for the people of ``users_dev.txt``, and for no others."""
    print(f"\n{'pair / nDCG@10':30}" + "".join(f"{f'n = {known}':>18}" for known in KNOWN))
    for name, by_known in results.items():
        cells = (f"{by_known[k][0]:.3f} / {by_known[k][1]:.3f}" if k in by_known else "-" for k in KNOWN)
        print(f"{name:30}" + "".join(f"{cell:>18}" for cell in cells))
    for known, (pair, gain) in TARGETS.items():
        if promised and known in results[OURS]:
            ours = results[OURS][known]
            kept = ours[0] >= pair - TOLERANCE and ours[1] >= gain - TOLERANCE
            print(f"n = {known}: promised {pair:.3f} / {gain:.3f} within {TOLERANCE}: {'kept' if kept else 'NOT KEPT'}")
            beyond = [have >= wanted for have, wanted in zip(ours, GOAL[known], strict=True)]
            print(f"        the goal beyond, {GOAL[known][0]:.3f} / {GOAL[known][1]:.3f}: {_reached(beyond)}")


def _reached(beyond: list[bool]) -> str:
    pair, gain = ("reached" if part else "not reached" for part in beyond)
    return f"pair {pair}, nDCG {gain}"


def print_protocol_2(results: dict[str, dict[int, float]], promised: bool) -> None:
    """The table of lifts, with what is promised for our policy."""
    print(f"\n{'lift in stars':44}" + "".join(f"{f'@{k}':>8}" for k in LIFTS))
    for name, by_k in results.items():
        print(f"{name:44}" + "".join(f"{by_k[k]:8.3f}" for k in LIFTS))
    for k, least in LEAST_LIFT.items():
        if promised:
            kept = round(results[OUR_POLICY][k], 2) >= least
            print(f"lift@{k}: promised {least:.2f}: {'kept' if kept else 'NOT KEPT'}")


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with movies.jsonl.gz, ratings.csv.gz, users_dev.txt"
    )
    parser.add_argument("--test-users", type=Path, help="evaluate these people instead: one id a line")
    parser.add_argument("--test-ratings", type=Path, help="their ratings: user_id,movie_id,rating,timestamp")
    parser.add_argument("--weights", choices=("folds", "shipped"), help="default: folds; shipped with --test-users")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "homereel-benchmarks")
    parser.add_argument("--quick", action="store_true", help="one person in five, with the shipped weights")
    parser.add_argument("--people", action="store_true", help="the top ten of ten people before and after 20 ratings")
    parser.add_argument("--threads", type=int, default=1, help="for embedding the texts and training the networks")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    world = load_world(options.data, options.cache, options.test_users, options.test_ratings, options.threads)
    part = options.quick or options.test_users is not None
    kind = options.weights or ("shipped" if part else "folds")
    if options.quick:
        world = replace(world, tested=world.tested[::FOLDS])
    print(f"{len(world.tested)} people, {len(world.films):,} films, weights: {kind}", flush=True)
    weights = weights_by_person(world, kind == "shipped")
    first = protocol_1(world, weights)
    print_protocol_1(first, promised=not part)
    second = protocol_2(world, weights)
    print_protocol_2(second, promised=not part)
    figures: dict[str, Any] = {"people": len(world.tested), "weights": kind, "protocol_1": first, "protocol_2": second}
    if kind == "folds":
        print(heading(), flush=True)
        figures["ablation"] = ablation(world, weights)
    if options.people:
        looks = look(world, weights, ADVENTURE)
        print_looks(looks)
        figures["ten_people"] = [asdict(one) for one in looks]
    seconds = time.perf_counter() - began
    print(f"\n{seconds:.0f} s; written to {write('taste', {**figures, 'seconds': seconds}, options.out)}")


if __name__ == "__main__":
    main()
