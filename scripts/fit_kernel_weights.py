"""Learns the shipped kernel weights from the evaluation set and writes ``resources/taste_weights.json``.

    python -m scripts.fit_kernel_weights --data DIR

A few dozen numbers come out; no rating, title or person of the set goes into the repository.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.taste_people import load_world
from benchmarks.taste_weights import evidence_of_person, learn
from recommender.weights import KernelWeights, as_stored, shipped_weights

NOTE = (
    "Weights of the taste model's kernels and of its prior, in values of ratings (recommender/scale.py). They"
    " maximise the marginal likelihood of the ratings of a few hundred people; made by scripts/fit_kernel_weights.py."
)


def rounded(weights: KernelWeights) -> dict[str, object]:
    """As stored, to four digits: more would be noise."""

    def short(value: object) -> object:
        if isinstance(value, dict):
            return {key: short(inner) for key, inner in value.items()}
        return float(f"{value:.4g}") if isinstance(value, float) else value

    stored = short(as_stored(weights))
    assert isinstance(stored, dict)
    return stored


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "homereel-benchmarks")
    parser.add_argument("--out", type=Path, default=shipped_weights())
    options = parser.parse_args()
    world = load_world(options.data, options.cache)
    people = [evidence_of_person(world.features, world.people[person]) for person in world.tested]
    stored = {"note": NOTE, **rounded(learn(people))}
    options.out.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(stored, indent=2))


if __name__ == "__main__":
    main()
