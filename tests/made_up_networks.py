"""Graph networks that make their vectors up, for tests that are about what becomes of them: quick, and without torch."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from graph.networks.embeddings import NetworkEmbeddings, NetworkKind, Trained
from graph.networks.input import NetworkInput
from library.progress import Job, Progress

EPOCHS = 3
OUT = 128


class MadeUpNetworks:
    """Titles that share names get vectors that are alike: each is the sum of its names' own signs.

    ``trainings`` and ``embeddings`` say which kinds were trained and embedded, in order.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.trainings: list[NetworkKind] = []
        self.embeddings: list[NetworkKind] = []

    def trained(self, kind: NetworkKind) -> Trained | None:
        try:
            facts = json.loads(self._path(kind).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        at = self._path(kind).stat().st_mtime
        return Trained(facts["graph"], facts["nodes"], facts["mark"], at, np.array(facts["centre"], np.float32))

    def train(self, graph: NetworkInput, kind: NetworkKind) -> Job[NetworkEmbeddings]:
        for epoch in range(EPOCHS):
            yield Progress(f"Learning the graph with {kind}", epoch, EPOCHS)
        self.trainings.append(kind)
        mark = f"{kind}-{graph.digest()[:8]}"
        vectors = self._vectors(graph, mark)
        facts = {"graph": graph.digest(), "nodes": len(graph), "mark": mark, "centre": vectors.mean(axis=0).tolist()}
        self.directory.mkdir(parents=True, exist_ok=True)
        part = self._path(kind).with_suffix(".part")
        part.write_text(json.dumps(facts), encoding="ascii")
        os.replace(part, self._path(kind))
        return NetworkEmbeddings(graph.items, vectors, 0.8)

    def embed(self, graph: NetworkInput, kind: NetworkKind) -> Job[NetworkEmbeddings | None]:
        yield Progress(f"Embedding with {kind}")
        known = self.trained(kind)
        if known is None:
            return None
        self.embeddings.append(kind)
        return NetworkEmbeddings(graph.items, self._vectors(graph, known.mark), 0.8)

    def _vectors(self, graph: NetworkInput, mark: str) -> np.ndarray:
        seed = int.from_bytes(mark.encode()[-4:], "big")
        titles = len(graph.items)
        signs = ((graph.ids[:, None] * np.arange(seed, seed + 2 * OUT, 2, dtype=np.int64)) >> 40 & 1) * 2.0 - 1.0
        rows = np.random.default_rng(seed).standard_normal((titles, OUT)) * 0.1
        for title in range(titles):
            rows[title] += signs[graph.neighbours[graph.indptr[title] : graph.indptr[title + 1]]].sum(axis=0)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _path(self, kind: NetworkKind) -> Path:
        return self.directory / f"{kind}.json"
