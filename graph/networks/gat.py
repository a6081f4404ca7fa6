"""GAT: Velickovic et al., "Graph attention networks" (2018), two layers of four heads.

    e_ij = LeakyReLU(a_near . W h_j + a_self . W h_i),    alpha_i. = softmax over the neighbours j of e_ij
    h'_i = for each head: sum over j of alpha_ij W h_j,   the heads side by side, + b

with h_i (in,), W (in, heads x c), a_near and a_self (heads, c). A node chooses which of its neighbours say most about it.
"""

from __future__ import annotations

import torch
from torch import nn
from torch_geometric.nn import GATConv

from graph.networks.edges import Edges

HEADS = 4
SLOPE = 0.2
MOST_SCORE = 30.0  # beyond it the softmax of single precision says nothing new


class SparseGATConv(GATConv):
    """torch_geometric's layer with its parameters, computed by products of sparse matrices, one for each head.

    It gives the same numbers as :class:`GATConv` without loops; only no message is ever gathered for an edge.
    """

    def forward(self, features: torch.Tensor, edges: Edges) -> torch.Tensor:
        """Features float32 (n, in) to (n, heads x out)."""
        heads, width = self.heads, self.out_channels
        values = self.lin(features).view(-1, heads, width)
        near = (values * self.att_src).sum(-1)
        self_ = (values * self.att_dst).sum(-1)
        scores = nn.functional.leaky_relu(near[edges.columns] + self_[edges.rows], self.negative_slope)
        weights = _softmax_by_row(scores, edges)
        found = [edges.spread(weights[:, h].contiguous(), values[:, h].contiguous()) for h in range(heads)]
        return torch.cat(found, 1) + self.bias


def _softmax_by_row(scores: torch.Tensor, edges: Edges) -> torch.Tensor:
    """Softmax of each head over the edges of each node; float32 (e, heads) in and out."""
    raised = torch.exp(scores.clamp(-MOST_SCORE, MOST_SCORE))
    total = torch.zeros(edges.size, scores.shape[1]).index_add_(0, edges.rows, raised)
    return raised / total[edges.rows]


class GAT(nn.Module):
    """(n, width) -> (n, out): two layers with a rectifier and dropout between."""

    def __init__(self, width: int, hidden: int, out: int, dropout: float) -> None:
        super().__init__()
        self.first = SparseGATConv(width, hidden // HEADS, HEADS, add_self_loops=False, negative_slope=SLOPE)
        self.second = SparseGATConv(hidden, out // HEADS, HEADS, add_self_loops=False, negative_slope=SLOPE)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: torch.Tensor, edges: Edges) -> torch.Tensor:
        """Features float32 (n, width) to embeddings float32 (n, out)."""
        hidden = torch.relu(self.first(self.dropout(features), edges))
        found: torch.Tensor = self.second(self.dropout(hidden), edges)
        return found
