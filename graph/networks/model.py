"""A graph network that predicts links: [features + a learned embedding of each node] -> network -> unit vectors.

A link between a title u and a name v is scored by t . <z_u, z_v> with z the unit outputs and t a learned temperature. Trained by
Bayesian personalised ranking (Rendle et al., 2009), a true name is to score higher than a false one of the same kind:

    loss = mean of -log sigmoid(score(u, true) - score(u, false))
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from graph.networks.edges import Edges
from graph.networks.gat import GAT
from graph.networks.gcn import GCN
from graph.networks.input import NetworkInput
from graph.networks.sage import GraphSAGE
from graph.relations import KINDS

NETWORKS: dict[str, type[GCN] | type[GAT] | type[GraphSAGE]] = {"gcn": GCN, "gat": GAT, "sage": GraphSAGE}

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """The shape of a network and how it is trained.

    :param text: how many principal axes of the texts are node features.
    :param embedding: width of the learned embedding of each node; ``hidden`` and ``out`` of the two layers.
    :param links: how many links an epoch learns from at most; ``batch`` how many at once where the graph is too big for one go.
    :param held_share: of the links, kept to know when to stop; looked at every ``look_every`` epochs, and ``patience`` looks
        without a better one end it.
    :param whole_edges: graphs with more directed edges than this are learned in sampled pieces.
    """

    text: int = 64
    embedding: int = 64
    hidden: int = 128
    out: int = 128
    dropout: float = 0.2
    rate: float = 0.01
    epochs: int = 60
    links: int = 120_000
    batch: int = 4096
    held_share: float = 0.05
    look_every: int = 5
    patience: int = 2
    whole_edges: int = 1_500_000
    seed: int = 7

    def as_stored(self) -> dict[str, Any]:
        """The JSON object of it."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class TextAxes:
    """The principal axes that texts are read on, the same in training and ever after.

    :param mean: float32 (d,); ``axes`` float32 (d, k), of unit spread together.
    """

    mean: Floats
    axes: Floats

    @classmethod
    def of(cls, text: Floats, width: int) -> TextAxes:
        """The axes along which the known rows of ``text`` float32 (m, d) differ most; none where nothing is known."""
        known = text[text.any(axis=1)]
        if len(known) < 2:
            return cls(np.zeros(text.shape[1], np.float32), np.zeros((text.shape[1], width), np.float32))
        mean = known.mean(axis=0, dtype=np.float64)
        centred = known.astype(np.float64) - mean
        _, vectors = np.linalg.eigh(centred.T @ centred)
        axes = vectors[:, ::-1][:, :width]
        axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
        spread = float((centred @ axes).std()) or 1.0
        wide = np.zeros((text.shape[1], width), np.float32)
        wide[:, : axes.shape[1]] = axes / spread
        return cls(mean.astype(np.float32), wide)


def node_features(graph: NetworkInput, edges: Edges, axes: TextAxes) -> torch.Tensor:
    """What is known of each node: text, kind, degree; float32 (n, width).

    A name's text is the mean of those of its titles.
    """
    titles = len(graph.items)
    width = axes.axes.shape[1]
    texts = torch.zeros(len(graph), width)
    if graph.text.shape[1] == len(axes.mean):
        told = graph.text.any(axis=1)
        texts[:titles][torch.from_numpy(told)] = torch.from_numpy((graph.text[told] - axes.mean) @ axes.axes)
    texts[titles:] = edges.mean(texts)[titles:]
    kinds = nn.functional.one_hot(torch.from_numpy(graph.kinds.astype(np.int64)), len(KINDS)).to(torch.float32)
    return torch.cat([texts, kinds, torch.log1p(edges.degrees)[:, None] / 5.0], 1)


class LinkModel(nn.Module):
    """One network with the learned embeddings of its nodes.

    :param nodes: how many; ``width`` of their features.
    """

    def __init__(self, kind: str, nodes: int, width: int, settings: NetworkSettings) -> None:
        super().__init__()
        self.learned = nn.Embedding(nodes, settings.embedding)
        nn.init.normal_(self.learned.weight, std=0.1)
        self.network = NETWORKS[kind](width + settings.embedding, settings.hidden, settings.out, settings.dropout)
        self.temperature = nn.Parameter(torch.tensor(np.log(10.0), dtype=torch.float32))

    def forward(self, features: torch.Tensor, edges: Edges, nodes: torch.Tensor | None = None) -> torch.Tensor:
        """Unit embeddings float32 (n, out); ``nodes`` int64 (n,) says which learned rows these nodes have, all by default."""
        learned = self.learned.weight if nodes is None else self.learned(nodes)
        found = self.network(torch.cat([features, learned], 1), edges)
        return nn.functional.normalize(found, dim=1)

    def scores(self, embeddings: torch.Tensor, titles: Ints, names: Ints) -> torch.Tensor:
        """The score of each pair of a title and a name, float32 (k,)."""
        products = (embeddings[torch.from_numpy(titles)] * embeddings[torch.from_numpy(names)]).sum(1)
        return products * torch.exp(self.temperature)

    def loss(self, embeddings: torch.Tensor, links: Ints, false: Ints) -> torch.Tensor:
        """Bayesian personalised ranking over some links, int64 (k, 2), and a false name for each, int64 (k,)."""
        true = self.scores(embeddings, links[:, 0], links[:, 1])
        return nn.functional.softplus(self.scores(embeddings, links[:, 0], false) - true).mean()
