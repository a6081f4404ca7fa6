"""GraphSAGE: Hamilton, Ying and Leskovec, "Inductive representation learning on large graphs" (2017), two layers, mean.

    h'_i = W_self h_i + W_near . mean over the neighbours j of h_j + b

with h_i (in,), W_self and W_near (in, out). What a node is and what it is surrounded by are told apart, and a node that was never
seen in training is embedded like any other.
"""

from __future__ import annotations

import torch
from torch import nn
from torch_geometric.nn import SAGEConv

from graph.networks.edges import Edges


class GraphSAGE(nn.Module):
    """(n, width) -> (n, out): two layers with a rectifier and dropout between."""

    def __init__(self, width: int, hidden: int, out: int, dropout: float) -> None:
        super().__init__()
        self.first = SAGEConv(width, hidden, aggr="mean")
        self.second = SAGEConv(hidden, out, aggr="mean")
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: torch.Tensor, edges: Edges) -> torch.Tensor:
        """Features float32 (n, width) to embeddings float32 (n, out)."""
        hidden = torch.relu(self.first(self.dropout(features), edges.ones))
        found: torch.Tensor = self.second(self.dropout(hidden), edges.ones)
        return found
