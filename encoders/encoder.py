"""What an encoder is: it turns items into rows of a fixed width, and can tell what a row was made from.

A row is made of fields (a genre field, a runtime field, ...), and all encoders keep to one convention, so that ``fusion`` can
put their rows side by side:

* A field is centred: averaged over the titles of an ordinary library its rows are about zero, so that two titles which are
  as alike as any two have the product 0. Centres are constants of the encoder and never taken from the library at hand.
* The squared length of a field is about its share of the encoder, and the shares add up to 1.
* A field of which nothing is known is zero, or like nobody else's: it makes a title neither like nor unlike others.

A row depends on its item alone, and is the same in every process: names are hashed with BLAKE2b, never with ``hash()``.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from library.items import Item

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Encoder(Protocol):
    """What makes rows of items without a model to load.

    ``name`` is what ``fusion`` calls its block; ``version`` is raised whenever the same facts give another row; ``width`` is
    how many columns a row has.
    """

    name: str
    version: int
    width: int

    def digest(self, item: Item) -> str:
        """What the row of this item is made from: changes with the facts that the encoder reads, and only with them."""

    def encode(self, items: Sequence[Item]) -> Floats:
        """Rows of the items, float32 (items, ``width``); zero where nothing is known."""


def digest_of(encoder: str, version: int, facts: Any) -> str:
    """A digest of what an encoder read of an item.

    :param facts: tuples, texts, numbers and ``None``; names stay whole, so that ("ab", "c") and ("a", "bc") differ.
    """
    read = json.dumps([encoder, version, facts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(read.encode("utf-8", "surrogatepass")).hexdigest()


def positive(value: float | None) -> float | None:
    """A measured quantity, or ``None`` for everything that means *unknown*: ``None``, NaN, infinite, zero or below."""
    return float(value) if value is not None and math.isfinite(value) and value > 0 else None


def plain_names(names: Iterable[str | None]) -> tuple[str, ...]:
    """Names without outer spaces and in one case, each once, in the order given; empty ones are left out."""
    return tuple(dict.fromkeys(plain for name in names if name and (plain := name.strip().casefold())))


def hashed_column(name: str, columns: int) -> int:
    """The column of a name nobody foresaw: always the same one of ``columns``."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()) % columns


def bump_rows(values: Doubles, centres: Doubles, width: float) -> Doubles:
    """A feature map of about ``exp(-(x - y)^2 / (2 * width^2))``: Gaussian bumps on an even grid no wider than ``width``.

    :param values: float64 (n,); those more than half a step beyond the grid are all the same.
    :returns: float64 (n, centres), unit rows; zero where the value is NaN.
    """
    known = np.isfinite(values)
    margin = (centres[1] - centres[0]) / 2.0
    inside = np.clip(np.where(known, values, centres[0]), centres[0] - margin, centres[-1] + margin)
    rows = np.exp(-(((inside[:, None] - centres) / width) ** 2))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[~known] = 0.0
    return rows


def bump_centre(mean: float, spread: float, centres: Doubles, width: float) -> tuple[Doubles, float]:
    """The mean of ``bump_rows`` over normally distributed values, and their mean squared distance from it."""
    steps = np.linspace(-4.0, 4.0, 321)
    share = np.exp(-(steps**2) / 2.0)
    share /= share.sum()
    centre: Doubles = share @ bump_rows(mean + spread * steps, centres, width)
    return centre, 1.0 - float(centre @ centre)


def centred(rows: Doubles, centre: Doubles, variance: float) -> Doubles:
    """A field's rows minus their usual mean, in units of their usual distance from it; zero rows stay zero."""
    known = rows.any(axis=1, keepdims=True)
    return np.where(known, (rows - centre) / math.sqrt(variance), 0.0)


def side_by_side(fields: Iterable[tuple[float, Doubles]]) -> Floats:
    """The rows of an encoder from its fields and their shares."""
    rows: Floats = np.concatenate([math.sqrt(share) * rows for share, rows in fields], axis=1).astype(np.float32)
    return rows


def scaled_to(lengths: Doubles, rows: Doubles) -> Doubles:
    """Rows with these lengths, float64 (n, 1); rows that are zero stay zero."""
    own = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Doubles = rows * np.divide(lengths, own, out=np.zeros_like(own), where=own > 1e-9)
    return scaled


def principal_axes(rows: NDArray[Any], width: int) -> Floats:
    """The directions in which centred rows (n, d) differ most, float32 (d, ``width``), the first one most."""
    exact = rows.astype(np.float64)
    axes = np.linalg.eigh(exact.T @ exact)[1][:, ::-1][:, :width]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    turned: Floats = (axes * np.sign(largest)).astype(np.float32)
    return turned
