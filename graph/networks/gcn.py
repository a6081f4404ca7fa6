"""GCN: Kipf and Welling, "Semi-supervised classification with graph convolutional networks" (2017), two layers.

    H' = A^ H W + b,    A^ = D^-1/2 (A + I) D^-1/2

with H (n, in) the features of the nodes, W (in, out), and D the degrees with the loop. A node becomes the mean of itself and its
neighbours, in which those with few edges count more.
"""

from __future__ import annotations

import torch
from torch import nn
from torch_geometric.nn import GCNConv

from graph.networks.edges import Edges


class GCN(nn.Module):
    """(n, width) -> (n, out): two graph convolutions with a rectifier and dropout between."""

    def __init__(self, width: int, hidden: int, out: int, dropout: float) -> None:
        super().__init__()
        self.first = GCNConv(width, hidden, normalize=False, add_self_loops=False)
        self.second = GCNConv(hidden, out, normalize=False, add_self_loops=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: torch.Tensor, edges: Edges) -> torch.Tensor:
        """Features float32 (n, width) to embeddings float32 (n, out)."""
        hidden = torch.relu(self.first(self.dropout(features), edges.normalised))
        found: torch.Tensor = self.second(self.dropout(hidden), edges.normalised)
        return found
