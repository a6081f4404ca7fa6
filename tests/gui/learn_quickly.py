"""The training process with models that make their vectors up: started by window tests as a process of its own."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from graph import entities
from library.errors import EncoderError
from recommender import taste_map
from recommender.training_process import Tools, main
from tests.made_up_networks import MadeUpNetworks


class MadeUpEncoder:
    dimensions = 384

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[int], np.ndarray]]:
        for first in range(0, len(texts), 16):
            part = texts[first : first + 16]
            seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in part]
            vectors = np.stack([np.random.default_rng(seed).normal(size=384) for seed in seeds]).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            if "slow" in self.name:
                time.sleep(0.1)
            yield list(range(first, first + len(part))), vectors


def load(name: str, threads: int) -> MadeUpEncoder:
    if "broken" in name:
        raise EncoderError("The text model cannot be read.", "Choose another one.")
    return MadeUpEncoder(name)


if __name__ == "__main__":
    # Loading openTSNE and nltk takes longer than all the rest: the principal components will do, without what texts mention.
    taste_map.FEWEST = 1_000_000
    entities.entities_of = lambda item: ()
    sys.exit(main(sys.argv[1:], Tools(load, lambda directory, threads: MadeUpNetworks(directory))))
