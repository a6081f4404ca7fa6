"""What the graph networks learned of an item: the embeddings of GCN, GAT and GraphSAGE, turned into one narrow block.

The networks are trained in ``graph``. Their coordinates mean nothing by themselves and are others after each training, so the
axes that the three are projected on are learned anew each time, from the embeddings themselves (principal components: Pearson,
1901), and kept as long as the training: an item that joins later fits in and leaves the rows of the others as they are. The
embeddings of a library fill few directions: over ten thousand films, 64 axes kept 96 of the 100 nearest titles, where 64 random
ones kept 58.

Vectors of different trainings must never meet; the digest tells them apart.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoders.encoder import Floats, digest_of, principal_axes, scaled_to

NETWORKS = ("gcn", "gat", "sage")
DIMENSIONS = 128
WIDE = len(NETWORKS) * DIMENSIONS


@dataclass(frozen=True, eq=False)
class NetworkVectors:
    """What one network made of the items that it knows.

    :param ids: int64 (k,): item ids, in any order; ``vectors`` float32 (k, 128).
    :param centre: float32 (128,): mean of the vectors when the network was trained; kept with its checkpoint.
    """

    ids: NDArray[np.int64]
    vectors: Floats
    centre: Floats

    def rows_of(self, ids: NDArray[np.int64]) -> Floats:
        """The vectors of these items, float32 (n, 128); zero where the network does not know the item."""
        rows = np.zeros((len(ids), DIMENSIONS), np.float32)
        if len(self.ids):
            order = np.argsort(self.ids, kind="stable")
            place = order[np.minimum(np.searchsorted(self.ids, ids, sorter=order), len(order) - 1)]
            found = self.ids[place] == ids
            rows[found] = self.vectors[place[found]]
        return rows


class GraphEncoder:
    """The three networks as one block: a third of a row's squared length for each that knows the item.

    :param networks: network of ``NETWORKS`` -> its vectors; one that is left out is missing.
    :param axes: float32 (384, ``width``), of the same training, see ``kept_axes``; without them rows are 384 wide.
    """

    name = "graph"
    version = 1

    def __init__(self, networks: Mapping[str, NetworkVectors], axes: Floats | None = None) -> None:
        self.width = WIDE if axes is None else axes.shape[1]
        self._networks, self._axes = dict(networks), axes

    def digests(self, ids: Sequence[int]) -> list[str | None]:
        """What the row of each item is made from; ``None`` for an item that no network knows."""
        start = hashlib.sha256(digest_of(self.name, self.version, sorted(self._networks)).encode())
        for _, known in sorted(self._networks.items()):
            start.update(known.centre.astype("<f4").tobytes())
        start.update(b"" if self._axes is None else self._axes.astype("<f4").tobytes())
        found: list[str | None] = []
        for row in _side_by_side(self._networks, ids).astype("<f4", copy=False):
            total = start.copy()
            total.update(row.tobytes())
            found.append(total.hexdigest() if row.any() else None)
        return found

    def encode(self, ids: Sequence[int]) -> Floats:
        """Rows of the items with these ids, float32 (n, ``width``); zero where no network knows them."""
        rows = _centred(self._networks, ids)
        if self._axes is None:
            return rows
        exact = rows.astype(np.float64)
        lengths = np.linalg.norm(exact, axis=1, keepdims=True)
        turned: Floats = scaled_to(lengths, exact @ self._axes.astype(np.float64)).astype(np.float32)
        return turned


def learn_axes(networks: Mapping[str, NetworkVectors], width: int) -> Floats:
    """The principal axes of the networks' vectors, float32 (384, ``width``)."""
    ids = sorted({item_id for known in networks.values() for item_id in known.ids.tolist()})
    return principal_axes(_centred(networks, ids), width)


def kept_axes(path: Path, training: str, networks: Mapping[str, NetworkVectors], width: int) -> Floats:
    """The axes of a training: those in the file, or, when these belong to another training, new ones, which are kept there.

    :param training: what tells this training of the networks from any other.
    :param width: how many columns the fusion has for the graph.
    :raises OSError: when they cannot be written.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            axes: Floats = stored["axes"]
            if stored["training"].item() == training and axes.shape == (WIDE, width):
                return axes
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        pass  # not there yet, or damaged: they are learned again
    axes = learn_axes(networks, width)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as fresh:
        np.savez(fresh, training=np.array(training), axes=axes)
    os.replace(beside, path)
    return axes


def _side_by_side(networks: Mapping[str, NetworkVectors], ids: Sequence[int]) -> Floats:
    """The vectors of the items as they are, float32 (n, 384); zero where a network does not know the item."""
    wanted = np.asarray(ids, dtype=np.int64)
    missing = np.zeros((len(wanted), DIMENSIONS), np.float32)
    return np.concatenate([networks[k].rows_of(wanted) if k in networks else missing for k in NETWORKS], axis=1)


def _centred(networks: Mapping[str, NetworkVectors], ids: Sequence[int]) -> Floats:
    """The same minus the centre of each network, and each network's part of the same length."""
    rows = _side_by_side(networks, ids)
    for name, part in zip(NETWORKS, np.split(rows, len(NETWORKS), axis=1), strict=True):
        if name in networks:
            part[part.any(axis=1)] -= networks[name].centre
            lengths = np.linalg.norm(part, axis=1, keepdims=True)
            part *= np.divide(len(NETWORKS) ** -0.5, lengths, out=np.zeros_like(lengths), where=lengths > 1e-6)
    return rows
