"""The edges of an undirected graph as torch needs them: sparse matrices in CSR form.

Message passing as a product of a sparse matrix with the features of all nodes is several times as fast as gathering a message for
every edge, and needs no memory for the messages. torch_geometric calls this memory-efficient aggregation.
"""

from __future__ import annotations

import warnings
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Ints = NDArray[np.int64]

warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta", UserWarning)


class Edges:
    """A symmetric graph of n nodes and e directed edges.

    ``rows`` and ``columns`` int64 (e,) are the ends of each edge, by row; ``starts`` int64 (n + 1,) where each row begins;
    ``degrees`` float32 (n,).

    :param indptr: int64 (n + 1,); ``neighbours`` int64 (e,): the graph, both directions of each edge, ascending in each row.
    """

    def __init__(self, indptr: Ints, neighbours: Ints) -> None:
        self.size = len(indptr) - 1
        self.starts = torch.from_numpy(np.array(indptr))
        self.columns = torch.from_numpy(np.array(neighbours))
        self.degrees = torch.diff(self.starts).to(torch.float32)
        self.rows = torch.repeat_interleave(torch.arange(self.size), torch.diff(self.starts))

    def matrix(self, values: torch.Tensor) -> torch.Tensor:
        """The adjacency matrix with these values, float32 (e,) in, sparse (n, n) out."""
        return torch.sparse_csr_tensor(
            self.starts, self.columns, values, size=(self.size, self.size), check_invariants=False
        )

    @cached_property
    def ones(self) -> torch.Tensor:
        """The adjacency matrix A, sparse (n, n)."""
        return self.matrix(torch.ones(len(self.columns)))

    @cached_property
    def opposite(self) -> torch.Tensor:
        """For each edge (i, j) the place of the edge (j, i), int64 (e,): the matrix of permuted values is the transposed one."""
        return torch.from_numpy(np.lexsort((self.rows.numpy(), self.columns.numpy())))

    @cached_property
    def normalised(self) -> torch.Tensor:
        """D^-1/2 (A + I) D^-1/2 with D the degrees counted with the loop: what GCN multiplies with, sparse (n, n)."""
        loops = torch.arange(self.size)
        rows, columns = torch.cat([self.rows, loops]), torch.cat([self.columns, loops])
        order = torch.from_numpy(np.lexsort((columns.numpy(), rows.numpy())))
        rows, columns = rows[order], columns[order]
        scale = (self.degrees + 1.0).rsqrt()
        starts = self.starts + torch.arange(self.size + 1)
        return torch.sparse_csr_tensor(
            starts, columns, scale[rows] * scale[columns], size=(self.size, self.size), check_invariants=False
        )

    def mean(self, features: torch.Tensor) -> torch.Tensor:
        """The mean over the neighbours of each node, float32 (n, d); 0 where there are none."""
        return (self.ones @ features) / self.degrees.clamp(min=1.0)[:, None]

    def spread(self, values: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """The adjacency matrix with ``values`` float32 (e,) times ``features`` float32 (n, d), with gradients for both."""
        found: torch.Tensor = _Spread.apply(self, values, features)
        return found


class _Spread(torch.autograd.Function):
    """Sparse times dense, with a gradient that never gathers a row for each edge."""

    @staticmethod
    def forward(context: Any, edges: Edges, values: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        context.edges = edges
        context.save_for_backward(values, features)
        return edges.matrix(values) @ features

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> tuple[None, torch.Tensor, torch.Tensor]:
        values, features = context.saved_tensors
        edges: Edges = context.edges
        gradient = gradient.contiguous()
        to_features = edges.matrix(values[edges.opposite]) @ gradient
        return None, _sampled_products(edges, gradient, features), to_features


def _sampled_products(edges: Edges, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """The inner product of ``left[i]`` with ``right[j]`` for each edge (i, j), float32 (e,)."""
    if torch.backends.mkl.is_available():
        sampled = torch.sparse.sampled_addmm(edges.ones, left, right.t().contiguous(), beta=0.0)
        return sampled.values()
    parts = [
        (left[rows] * right[columns]).sum(1)
        for rows, columns in zip(edges.rows.split(1 << 16), edges.columns.split(1 << 16), strict=True)
    ]
    return torch.cat(parts) if parts else left.new_zeros(0)
