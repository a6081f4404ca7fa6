"""The knowledge graph of the evaluation set, and what the three networks make of its films: by the program's own trainer.

The graph holds nothing but the films' metadata, no rating. Training takes minutes, so that the vectors are kept as
``gnn-gcn.npy``, ``gnn-gat.npy`` and ``gnn-sage.npy`` in a folder that is named after everything they were made from: the
graph, the texts, the networks' source with its settings. Whatever of it changes, they are made anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import graph.networks
from encoders.graph import NetworkVectors
from graph.entities import entities_of
from graph.knowledge_graph import KnowledgeGraph
from graph.networks.embeddings import NETWORK_KINDS
from graph.networks.input import NetworkInput, network_input
from library.items import Item
from library.progress import Progress, run


def networks_of(
    items: Sequence[Item], texts: NDArray[np.float32], cache: Path, threads: int = 1
) -> dict[str, NetworkVectors]:
    """What each network makes of the items.

    :param texts: float32 (n, d), the sentence embedding of each item.
    :param threads: for training, where it has to be done.
    :returns: network -> vectors float32 (n, 128) in the order of the items, with their centre.
    """
    ids = np.array([item.id for item in items], np.int64)
    known = KnowledgeGraph()
    run(known.update(items, entities_of))
    seen = network_input(known.arrays(), (ids, texts))
    if not np.array_equal(seen.items, ids):
        raise ValueError("the items have to be in the order of their ids")
    folder = cache / f"graph-{_key(seen)}"
    paths = {kind: folder / f"gnn-{kind}.npy" for kind in NETWORK_KINDS}
    if not all(path.exists() for path in paths.values()):
        folder.mkdir(parents=True, exist_ok=True)
        _train(seen, folder, threads)
    vectors = {kind: np.load(path, allow_pickle=False) for kind, path in paths.items()}
    return {kind: NetworkVectors(ids, some, some.mean(axis=0)) for kind, some in vectors.items()}


def _key(seen: NetworkInput) -> str:
    """Changes with everything that the vectors are made from."""
    total = hashlib.sha256(seen.stamp().encode())
    for source in sorted(Path(graph.networks.__path__[0]).glob("*.py")):
        total.update(source.read_bytes())
    return total.hexdigest()[:16]


def _train(seen: NetworkInput, folder: Path, threads: int) -> None:
    """Train the three networks one after the other and keep the vectors of each; a run that was broken off goes on."""
    from graph.networks.training import StoredNetworks

    print(f"training the networks on {len(seen):,} nodes and {len(seen.neighbours):,} edges, once ...", flush=True)
    networks = StoredNetworks(folder, threads)
    for kind in NETWORK_KINDS:
        found = run(networks.train(seen, kind), _say)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            np.save(file, found.vectors.astype(np.float32), allow_pickle=False)
        os.replace(file.name, folder / f"gnn-{kind}.npy")


def _say(progress: Progress) -> None:
    if progress.message:
        print(f"  {progress.message}", flush=True)
