"""One vector for all that is known of an item: the six encoders' rows, weighed, in fixed slices of 384 columns.

With u_b the row of block b in its slice, and w_b its weight,

    v = [sqrt(w_1) u_1, ..., sqrt(w_6) u_6] / |...|        cos(i, j) = sum_b w_b <u_b(i), u_b(j)> / (|i| |j|)

so that a cosine splits exactly into what each block adds to it (``shares``): that is how "more like this" says why. The blocks
are centred, and one that is missing is zero: it adds what an average title would add, and the vector is scaled by what is
there. Nothing here depends on the other items of a library.

Texts are wider than their slice and come into it by a fixed map: for the shipped text model, the principal axes of the texts of
the demo library. Another text model gets random axes from a fixed seed, which keep a product up to about 1 / sqrt(columns)
(Johnson and Lindenstrauss, 1984). The other encoders are as wide as their slices, the graph with the axes of its training.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoders.categorical import CategoricalEncoder
from encoders.encoder import Doubles, Encoder, Floats, principal_axes, scaled_to
from encoders.metadata import MetadataEncoder
from encoders.numerical import NumericalEncoder
from encoders.temporal import TemporalEncoder
from encoders.weights import SHIPPED_NAMES
from library.errors import EncoderError

WIDTH = 384
BLOCKS = ("text", "numerical", "categorical", "temporal", "metadata", "graph")
VERSION = 1  # of what ``fuse`` does with the rows

ROWS_AT_ONCE = 2048
SEED = 384
_INSTALL_AGAIN = "Install the program again; what you rated is kept."
_RESOURCES = Path(__file__).resolve().parent.parent / "resources"


@dataclass(frozen=True, eq=False)
class SliceMap:
    """How the rows of a wide block come into their slice: minus the centre, to length one, onto the axes.

    :param centre: float32 (d,); ``axes`` float32 (d, slice), orthonormal columns.
    """

    centre: Floats
    axes: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class FusionWeights:
    """How much each block counts, and how many of the 384 columns it has.

    :param blocks: weight of each of ``BLOCKS``; only their ratios matter.
    :param widths: columns of each of ``BLOCKS``, ``WIDTH`` together.
    :param maps: for blocks whose map into the slice was learned; the others are mapped at random where they have to be.
    """

    blocks: Mapping[str, float]
    widths: Mapping[str, int]
    maps: Mapping[str, SliceMap]

    def __post_init__(self) -> None:
        """Refuse numbers that do not make a vector."""
        if set(self.blocks) != set(BLOCKS) or set(self.widths) != set(BLOCKS) or sum(self.widths.values()) != WIDTH:
            raise EncoderError("The weights of the fusion do not fit this version of the program.", _INSTALL_AGAIN)
        if min(*self.blocks.values(), *self.widths.values()) < 0 or sum(self.blocks.values()) <= 0:
            raise EncoderError("The weights of the fusion are out of range.", _INSTALL_AGAIN)
        if any(len(known.axes.T) != self.widths[name] for name, known in self.maps.items()):
            raise EncoderError("The axes of the fusion do not fit its weights.", _INSTALL_AGAIN)

    def slices(self) -> dict[str, slice]:
        """The columns of each block."""
        ends = np.cumsum([self.widths[name] for name in BLOCKS]).tolist()
        return {name: slice(end - self.widths[name], end) for name, end in zip(BLOCKS, ends, strict=True)}


def plain_encoders(weights: FusionWeights) -> tuple[Encoder, ...]:
    """The four encoders that need nothing but the item, in the order of ``BLOCKS``."""
    return NumericalEncoder(), CategoricalEncoder(), TemporalEncoder(), MetadataEncoder(weights.widths["metadata"])


def fuse(blocks: Mapping[str, Floats], weights: FusionWeights) -> Floats:
    """Make the vectors of some items from their rows in the blocks.

    :param blocks: block -> float32 (n, its encoder's width); a zero row, or a block left out, is missing.
    :returns: float32 (n, 384), unit rows; zero for an item of which no block knows anything.
    """
    unknown = set(blocks) - set(BLOCKS)
    counts = {len(rows) for rows in blocks.values()}
    if unknown or len(counts) != 1:
        raise ValueError(f"blocks must be of {BLOCKS} and of one length: {sorted(unknown)}, {sorted(counts)}")
    fused = np.zeros((counts.pop(), WIDTH), np.float32)
    slices = weights.slices()
    for first in range(0, len(fused), ROWS_AT_ONCE):
        part = slice(first, first + ROWS_AT_ONCE)
        whole = np.zeros((len(fused[part]), WIDTH))
        for name, rows in blocks.items():
            whole[:, slices[name]] = weights.blocks[name] ** 0.5 * in_its_slice(name, rows[part], weights)
        fused[part] = _unit(whole)
    return fused


def shares(first: Floats, second: Floats, weights: FusionWeights) -> dict[str, Doubles]:
    """What each block adds to the cosine of vectors that ``fuse`` made; the sum over the blocks is the cosine.

    :param first: float32 (..., 384), as ``second``; shapes are broadcast, so that one may be compared with many.
    """
    return {
        name: np.einsum("...i,...i->...", first[..., part], second[..., part], dtype=np.float64)
        for name, part in weights.slices().items()
    }


def fusion_key(weights: FusionWeights) -> str:
    """Under which name the embedding store keeps fused vectors: another one for other weights, maps or encoders."""
    versions = {encoder.name: encoder.version for encoder in plain_encoders(weights)}
    numbers = [VERSION, SEED, versions, sorted(weights.blocks.items()), sorted(weights.widths.items())]
    total = hashlib.sha256(json.dumps(numbers).encode())
    for name, known in sorted(weights.maps.items()):
        total.update(name.encode() + known.centre.astype("<f4").tobytes() + known.axes.astype("<f4").tobytes())
    return f"fused@{total.hexdigest()[:12]}"


def fused_digest(key: str, digests: Mapping[str, str | None]) -> str:
    """What the fused vector of an item is made from.

    :param key: of the weights, see ``fusion_key``.
    :param digests: block -> digest of its input; ``None``, or left out, where the block is missing.
    """
    known = sorted((name, digest) for name, digest in digests.items() if digest is not None)
    return hashlib.sha256(json.dumps([key, known]).encode()).hexdigest()


def load_fusion_weights(text_model: str = SHIPPED_NAMES[0], folder: Path = _RESOURCES) -> FusionWeights:
    """Read the shipped weights.

    :param text_model: the one of the settings; the learned axes are of use for the shipped one only.
    :raises EncoderError: when they cannot be read or do not fit.
    """
    try:
        stored = json.loads((folder / "fusion.json").read_text(encoding="utf-8"))
        maps = {"text": _read_map(folder / "fusion_text.npy")} if text_model in SHIPPED_NAMES else {}
        return FusionWeights(
            blocks={name: float(stored["blocks"][name]) for name in BLOCKS},
            widths={name: int(stored["widths"][name]) for name in BLOCKS},
            maps=maps,
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError, IndexError) as error:
        raise EncoderError("The weights of the fusion cannot be read.", _INSTALL_AGAIN) from error


def learned_map(vectors: Floats, width: int) -> SliceMap:
    """The mean and the principal axes of some vectors, float32 (n, d)."""
    rows = vectors.astype(np.float64)
    centre = rows.mean(axis=0)
    return SliceMap(centre.astype(np.float32), principal_axes(_unit(rows - centre), width))


def _read_map(path: Path) -> SliceMap:
    stored: NDArray[Any] = np.load(path, allow_pickle=False).astype(np.float32)
    return SliceMap(stored[0], stored[1:].T)


@lru_cache(maxsize=8)
def _random_map(wide: int, width: int) -> SliceMap:
    """Random orthonormal axes, always the same ones; a slice that is wider than the block takes it as a whole."""
    tall = np.random.RandomState(SEED).standard_normal((max(wide, width), min(wide, width)))
    axes = np.linalg.qr(tall)[0]
    return SliceMap(np.zeros(wide, np.float32), (axes if wide > width else axes.T).astype(np.float32))


def in_its_slice(name: str, rows: Floats, weights: FusionWeights) -> Doubles:
    """Rows of a block as columns of its slice, float64; a row that is mapped keeps its length."""
    width = weights.widths[name]
    exact = rows.astype(np.float64)
    if rows.shape[1] == width and name not in weights.maps:
        return exact
    known = weights.maps.get(name)
    if known is None or len(known.centre) != rows.shape[1]:  # learned for a model of another width
        known = _random_map(rows.shape[1], width)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    turned: Doubles = np.where(lengths > 0.0, exact - known.centre, 0.0) @ known.axes.astype(np.float64)
    return scaled_to(lengths, turned)


def _unit(rows: Doubles) -> Doubles:
    return scaled_to(np.ones((len(rows), 1)), rows)
