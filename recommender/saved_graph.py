"""Keeps the knowledge graph beside the snapshot, so that the next cycle reads only what has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from graph.arrays import GraphArrays
from recommender.saved_arrays import Arrays, Facts, load_arrays, save_arrays

FORMAT = 1


def save_graph(graph: GraphArrays, directory: Path) -> None:
    """Save it, unless it is the very one that lies there; raises ``OSError``."""
    stamp = _stamp(graph)
    if load_arrays(directory, lambda _, facts: facts.get("stamp")) != stamp:
        save_arrays(directory, graph.arrays(), {"format": FORMAT, "stamp": stamp})


def load_graph(directory: Path) -> GraphArrays | None:
    """The saved graph, mapped into memory; ``None`` when there is none that can be used."""
    return load_arrays(directory, _from_saved)


def _from_saved(arrays: Arrays, facts: Facts) -> GraphArrays:
    if facts["format"] != FORMAT:
        raise ValueError("it is of another version of the program")
    return GraphArrays.from_arrays(arrays)


def _stamp(graph: GraphArrays) -> str:
    known = hashlib.blake2b(digest_size=16)
    for _, values in sorted(graph.arrays().items()):
        known.update(np.ascontiguousarray(values).tobytes())
    return known.hexdigest()
