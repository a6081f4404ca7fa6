"""The stage of the trainer that fuses what the six encoders know of each title into one vector, for those that have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from encoders.fusion import FusionWeights, fuse, fused_digest, fusion_key, plain_encoders
from encoders.graph import GraphEncoder, NetworkVectors
from library.items import Item
from library.library import Library
from library.progress import Job, Progress

AT_ONCE = 400
STEP = "Fusing what is known"

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FusionStage:
    """Keeps the fused vectors up to date in the store.

    :param text: the store's name of the text model; ``text_digests`` what each of its vectors is made from now, by item id.
    :param networks: what the graph networks make of the titles; ``axes`` those of their training (``encoders.graph``).
    """

    library: Library
    weights: FusionWeights
    text: str
    text_digests: Mapping[int, str]
    networks: Mapping[str, NetworkVectors]
    axes: Floats | None

    @property
    def key(self) -> str:
        """Under which name the store keeps the vectors."""
        return fusion_key(self.weights)

    def run(self, items: Iterable[Item], total: int) -> Job[int]:
        """Fuse what is missing or made from something else; the result is how many vectors are new.

        :param total: how many items there are, to say how far it is.
        """
        key, graph = self.key, GraphEncoder(self.networks, self.axes)
        known = self.library.embeddings.digests(key)
        ids, vectors = self.library.embeddings.all(self.text)
        texts = _Texts(ids, vectors)
        encoders = plain_encoders(self.weights)
        fresh = done = 0
        for some in _batches(items):
            numbers = [item.id for item in some]
            graphs = graph.digests(numbers)
            wanted: list[tuple[Item, str]] = []
            for item, of_graph in zip(some, graphs, strict=True):
                digests: dict[str, str | None] = {encoder.name: encoder.digest(item) for encoder in encoders}
                digests |= {"text": self.text_digests.get(item.id) if texts.knows(item.id) else None, "graph": of_graph}
                digest = fused_digest(key, digests)
                if known.get(item.id, ("",))[0] != digest:
                    wanted.append((item, digest))
            done += len(some)
            if wanted:
                changed = [item for item, _ in wanted]
                blocks = {encoder.name: encoder.encode(changed) for encoder in encoders}
                blocks["text"] = texts.rows_of([item.id for item in changed])
                blocks["graph"] = graph.encode([item.id for item in changed])
                rows = fuse({name: block for name, block in blocks.items() if block.shape[1]}, self.weights)
                made = {item.id: (digest, rows[k]) for k, (item, digest) in enumerate(wanted)}
                self.library.embeddings.put(key, made)
                fresh += len(wanted)
            yield Progress(STEP, done, total)
        return fresh

    def vectors(self, ids: Ints) -> tuple[Ints, Floats]:
        """The fused vectors of these items, int64 ascending; of those that have one."""
        known, vectors = self.library.embeddings.all(self.key)
        kept = np.isin(known, ids)
        return known[kept], vectors[kept]


class _Texts:
    """Sentence embeddings by item id.

    :param ids: int64 (k,), ascending; ``vectors`` float32 (k, d).
    """

    def __init__(self, ids: Ints, vectors: Floats) -> None:
        self._place = {item_id: row for row, item_id in enumerate(ids.tolist())}
        self._vectors = vectors

    def knows(self, item_id: int) -> bool:
        """Whether there is a vector for an item."""
        return item_id in self._place

    def rows_of(self, item_ids: Sequence[int]) -> Floats:
        """A row for each item, float32 (n, d); zero where there is none."""
        rows = np.zeros((len(item_ids), self._vectors.shape[1]), np.float32)
        for number, item_id in enumerate(item_ids):
            if item_id in self._place:
                rows[number] = self._vectors[self._place[item_id]]
        return rows


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    stream = iter(items)
    while some := list(islice(stream, AT_ONCE)):
        yield some
