"""The few numbers the taste model starts from: how much each kind of likeness counts before anybody has rated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from library.errors import TrainingError
from recommender.features import BLOCKS, QUALITIES

SHIPPED = "taste_weights.json"
_INSTALL_AGAIN = "Install the program again; what you rated is kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelWeights:
    """Weights of the kernels and of the prior mean, in values of ratings (:mod:`recommender.scale`) and their squares.

    :param blocks: variance of each view of ``features.BLOCKS``.
    :param leanings: variance of a person's own slope for each of ``features.QUALITIES``.
    :param slopes: what one standard deviation of each quality is worth to people in general.
    :param usual: the value people give on average.
    :param bias: variance of a person's own average around ``usual``.
    :param noise: variance of a rating given twice.
    """

    blocks: Mapping[str, float]
    leanings: tuple[float, ...]
    slopes: tuple[float, ...]
    usual: float
    bias: float
    noise: float

    def __post_init__(self) -> None:
        """Refuse numbers that would not make a Gaussian process."""
        if set(self.blocks) != set(BLOCKS) or not len(self.leanings) == len(self.slopes) == len(QUALITIES):
            raise TrainingError(
                "The weights of the taste model do not fit this version of the program.", _INSTALL_AGAIN
            )
        if min(*self.blocks.values(), *self.leanings, self.bias) < 0.0 or self.noise <= 0.0:
            raise TrainingError("The weights of the taste model are out of range.", _INSTALL_AGAIN)


def load_weights(path: Path | None = None) -> KernelWeights:
    """Read the weights from a file, or the shipped ones.

    :raises TrainingError: when they cannot be read or do not fit.
    """
    source = path if path is not None else shipped_weights()
    try:
        return weights_from(json.loads(source.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError("The weights of the taste model cannot be read.", _INSTALL_AGAIN) from error


def shipped_weights() -> Path:
    """Where the shipped weights lie."""
    return Path(__file__).resolve().parent.parent / "resources" / SHIPPED


def weights_from(stored: Mapping[str, Any]) -> KernelWeights:
    """The weights in a decoded JSON object; other keys, such as the note, are ignored."""
    return KernelWeights(
        blocks={name: float(stored["blocks"][name]) for name in BLOCKS},
        leanings=tuple(float(stored["leanings"][name]) for name in QUALITIES),
        slopes=tuple(float(stored["slopes"][name]) for name in QUALITIES),
        usual=float(stored["usual"]),
        bias=float(stored["bias"]),
        noise=float(stored["noise"]),
    )


def as_stored(weights: KernelWeights) -> dict[str, Any]:
    """The JSON object of some weights, the inverse of :func:`weights_from`."""
    return {
        "usual": weights.usual,
        "bias": weights.bias,
        "noise": weights.noise,
        "blocks": {name: weights.blocks[name] for name in BLOCKS},
        "leanings": dict(zip(QUALITIES, weights.leanings, strict=True)),
        "slopes": dict(zip(QUALITIES, weights.slopes, strict=True)),
    }
