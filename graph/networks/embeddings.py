"""What the graph networks make of the titles, and what whoever trains them needs of them: numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from graph.networks.input import NetworkInput
from library.progress import Job

NetworkKind = Literal["gcn", "gat", "sage"]
NETWORK_KINDS: tuple[NetworkKind, ...] = ("gcn", "gat", "sage")


@dataclass(frozen=True, eq=False)
class NetworkEmbeddings:
    """What a network makes of the titles.

    :param items: int64 (m,), item ids, ascending; ``vectors`` float32 (m, out), unit rows.
    :param held_out: share of the held-out links that it told from false ones when it was trained.
    """

    items: NDArray[np.int64]
    vectors: NDArray[np.float32]
    held_out: float


@dataclass(frozen=True, eq=False)
class Trained:
    """What a finished network was trained on.

    :param graph: ``NetworkInput.digest`` of it; ``nodes`` how many it had.
    :param mark: changes with every training; ``at`` is when it ended, seconds since the epoch.
    :param centre: float32 (out,), mean of the titles' vectors then.
    """

    graph: str
    nodes: int
    mark: str
    at: float
    centre: NDArray[np.float32]


class Networks(Protocol):
    """The three networks with their checkpoints."""

    @property
    def directory(self) -> Path:
        """Where the checkpoints lie, and what belongs to them."""

    def trained(self, kind: NetworkKind) -> Trained | None:
        """What a network was trained on; ``None`` when it has never come to the end of a training."""

    def train(self, graph: NetworkInput, kind: NetworkKind) -> Job[NetworkEmbeddings]:
        """Train it, or go on where it was broken off."""

    def embed(self, graph: NetworkInput, kind: NetworkKind) -> Job[NetworkEmbeddings | None]:
        """Embed titles without training; ``None`` when there is no network to do it with."""
