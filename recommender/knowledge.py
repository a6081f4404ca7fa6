"""The stage of the trainer that relates titles: the knowledge graph, and what its networks make of it.

New titles get an embedding from the networks as they are, at once; a network is trained again when the graph has become another
one, or when it is old. Everything is stored as soon as it is made, so that a cycle that ends half way loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from encoders.graph import GraphEncoder, NetworkVectors, kept_axes
from graph.arrays import GraphArrays
from graph.networks.embeddings import NETWORK_KINDS, NetworkEmbeddings, NetworkKind, Networks, Trained
from graph.networks.input import NetworkInput, network_input
from library.errors import TrainingError
from library.items import Item
from library.library import Library
from library.progress import Job, Progress

STALE_AFTER = 30 * 24 * 3600.0
MOST_CHANGED = 0.05  # of the nodes; beyond it a network is trained again
LEAST_TITLES = 20
STORED_AT_ONCE = 2000
_AXES = "axes.npz"

Embeddings = tuple[NDArray[np.int64], NDArray[np.float32]]


def relate(
    items: Iterable[Item], before: GraphArrays | None, recommended: Iterable[tuple[int, int]] = ()
) -> Job[GraphArrays]:
    """The knowledge graph of these items; ``before`` itself when nothing in it has changed.

    :param recommended: pairs of item ids that a catalogue's users like beside each other.
    """
    from graph.entities import entities_of
    from graph.knowledge_graph import KnowledgeGraph

    yield Progress("Relating your titles")
    graph = KnowledgeGraph() if before is None else KnowledgeGraph.from_arrays(before)
    changed = yield from graph.update(items, entities_of)
    changed += graph.set_recommended(recommended)
    return graph.arrays() if changed or before is None else before


def with_similar(arrays: GraphArrays, triples: Iterable[tuple[int, int, float]]) -> GraphArrays:
    """The same graph with these titles related as similar: item id, item id, cosine."""
    from graph.knowledge_graph import KnowledgeGraph

    graph = KnowledgeGraph.from_arrays(arrays)
    graph.set_similar(triples)
    return graph.arrays()


@dataclass(frozen=True, eq=False)
class NetworkStage:
    """Keeps the embeddings of the three networks up to date in the store.

    :param library: where the vectors are kept, under "network:<kind>".
    :param networks: the networks with their checkpoints.
    :param seen: what they see of the graph.
    """

    library: Library
    networks: Networks
    seen: NetworkInput

    @classmethod
    def of(cls, library: Library, networks: Networks, graph: GraphArrays, text: Embeddings) -> NetworkStage:
        """The stage for a graph and the sentence embeddings of its titles."""
        return cls(library, networks, network_input(graph, text))

    def embed_at_once(self) -> Job[bool]:
        """Embed whatever is new or has changed with the networks as they are; whether there was anything."""
        stamp, something = self.seen.stamp(), False
        for kind in NETWORK_KINDS:
            known = self.networks.trained(kind)
            if known is None or self._is_stored(kind, _mark(known, stamp)):
                continue
            found = yield from self.networks.embed(self.seen, kind)
            if found is not None:
                yield from self._store(kind, found, _mark(known, stamp))
                something = True
        return something

    def train(self) -> Job[bool]:
        """Train the networks that are to be trained; whether there was one."""
        stamp, something = self.seen.stamp(), False
        for kind in NETWORK_KINDS:
            if not self._is_to_be_trained(self.networks.trained(kind)):
                continue
            found = yield from self.networks.train(self.seen, kind)
            known = self.networks.trained(kind)
            if known is not None:
                yield from self._store(kind, found, _mark(known, stamp))
                something = True
        return something

    def is_to_be_trained(self) -> bool:
        """Whether there is a network to be trained."""
        return any(self._is_to_be_trained(self.networks.trained(kind)) for kind in NETWORK_KINDS)

    def axes(self, vectors: Mapping[str, NetworkVectors], width: int) -> NDArray[np.float32] | None:
        """The axes on which the vectors come into a narrow block, as long as the training the same; raises ``TrainingError``.

        :returns: float32 (3 x 128, ``width``), or ``None`` while no network is trained.
        """
        if not vectors:
            return None
        known = [self.networks.trained(kind) for kind in NETWORK_KINDS]
        training = " ".join("-" if one is None else one.mark for one in known)
        try:
            return kept_axes(self.networks.directory / _AXES, training, vectors, width)
        except OSError as error:
            raise TrainingError(
                f"What was learned of the graph cannot be stored: {error.strerror or error}.", "Make room on the disk."
            ) from error

    def vectors(self) -> dict[str, NetworkVectors]:
        """What each network that was trained makes of the titles."""
        found: dict[str, NetworkVectors] = {}
        for kind in NETWORK_KINDS:
            known = self.networks.trained(kind)
            ids, vectors = self.library.embeddings.all(_name(kind))
            if known is not None and len(ids):
                found[kind] = NetworkVectors(ids, vectors, known.centre)
        return found

    def _is_to_be_trained(self, known: Trained | None) -> bool:
        if len(self.seen.items) < LEAST_TITLES:
            return False
        if known is None:
            return True
        if known.graph == self.seen.digest():
            return False
        changed = abs(len(self.seen) - known.nodes) / max(known.nodes, 1)
        return changed > MOST_CHANGED or time.time() - known.at > STALE_AFTER

    def _is_stored(self, kind: NetworkKind, mark: str) -> bool:
        digests = self.library.embeddings.digests(_name(kind))
        return all(digests.get(item_id, ("",))[0] == mark for item_id in self.seen.items.tolist())

    def _store(self, kind: NetworkKind, found: NetworkEmbeddings, mark: str) -> Iterator[Progress]:
        step = "Keeping what the graph tells"
        ids = found.items.tolist()
        for first in range(0, len(ids), STORED_AT_ONCE):
            some = range(first, min(first + STORED_AT_ONCE, len(ids)))
            self.library.embeddings.put(_name(kind), {ids[k]: (mark, found.vectors[k]) for k in some})
            yield Progress(step, some.stop, len(ids))


def side_by_side(networks: Mapping[str, NetworkVectors]) -> Embeddings | None:
    """The vectors of all networks as one view for the taste model; ``None`` while not all of them are there.

    :returns: item ids int64 (k,) and float32 (k, 3 x 128), each network's part centred and of the same length.
    """
    if set(networks) != set(NETWORK_KINDS):
        return None
    ids = networks[NETWORK_KINDS[0]].ids
    for known in networks.values():
        ids = np.intersect1d(ids, known.ids)
    return ids, GraphEncoder(networks).encode(ids.tolist())


def _name(kind: NetworkKind) -> str:
    return f"network:{kind}"


NETWORK_NAMES = tuple(_name(kind) for kind in NETWORK_KINDS)
"""Under which names the store keeps the networks' vectors."""


def _mark(known: Trained, stamp: str) -> str:
    return f"{known.mark}:{stamp}"
