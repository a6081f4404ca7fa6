"""How strongly two items' ratings are expected to go together, before any rating: the kernel of the taste model.

    k(i, j) = sum_b w_b <phi_b(i), phi_b(j)> + sum_d v_d q_d(i) q_d(j) + bias

Everything is an inner product of the rows of :class:`ItemFeatures`, so that a weighted sum of covariances with any number
of items is one vector of feature weights and one pass over the features.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.features import SYMBOLS, ItemFeatures
from recommender.weights import KernelWeights

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_ENTRIES_AT_ONCE = 1 << 17
_ITEMS_AT_ONCE = 2048
_HOT = 24


class Covariance:
    """The kernel over one set of features.

    :param features: the items; row i is item i everywhere below.
    :param weights: the weight of each view.

    ``column_weights`` float64 is the weight of each symbolic column; ``mean`` and ``variance`` float32 (n,) are the prior of
    each item.
    """

    def __init__(self, features: ItemFeatures, weights: KernelWeights) -> None:
        self.features = features
        self.weights = weights
        widths = [features.spans[name][1] - features.spans[name][0] for name in SYMBOLS]
        self.column_weights = np.repeat([weights.blocks[name] for name in SYMBOLS], widths)
        self._leanings = np.array(weights.leanings)
        self._chunks = _chunks(features.symbols.indptr)
        self.mean = self._prior_mean()
        self.variance = self._prior_variance()
        self.mean.setflags(write=False)
        self.variance.setflags(write=False)

    def _prior_mean(self) -> Floats:
        slopes = np.array(self.weights.slopes, np.float32)
        mean: Floats = (_weighted(self.features.quality, slopes) + np.float32(self.weights.usual)).astype(np.float32)
        return mean

    def _prior_variance(self) -> Floats:
        features, weights = self.features, self.weights
        symbols = features.symbols
        scaled = symbols.values.astype(np.float64) ** 2 * self.column_weights[symbols.indices]
        sums = np.concatenate([[0.0], np.cumsum(scaled)])
        variance = sums[symbols.indptr[1:]] - sums[symbols.indptr[:-1]] + weights.bias
        variance += (features.quality.astype(np.float64) ** 2) @ self._leanings
        for view, dense in features.dense.items():
            variance += weights.blocks[view] * np.einsum("ij,ij->i", dense, dense)
        rounded: Floats = variance.astype(np.float32)
        return rounded

    def of_all(self, rows: Ints, factors: Doubles) -> Floats:
        """``k(all, rows) @ factors``, float32 (n,): one pass over the features."""
        features, weights = self.features, self.weights
        owner, columns, values = features.symbols.gather(rows)
        theta = np.bincount(columns, weights=values * factors[owner], minlength=features.symbols.columns)
        result = self._symbols_times((theta * self.column_weights).astype(np.float32))
        for view, dense in features.dense.items():
            if dense.shape[1] and weights.blocks[view]:
                result += dense @ (weights.blocks[view] * (factors @ dense[rows])).astype(np.float32)
        slopes = (self._leanings * (factors @ features.quality[rows])).astype(np.float32)
        result += _weighted(features.quality, slopes)
        result += np.float32(weights.bias * factors.sum())
        return result

    def _symbols_times(self, theta: Floats) -> Floats:
        """Product of the sparse rows with one vector, chunk by chunk so that the scratch space stays in the cache."""
        symbols = self.features.symbols
        result = np.zeros(len(self.features), np.float32)
        scratch = np.empty(max((last - first for *_, first, last in self._chunks), default=0), np.float32)
        for rows, starts, first, last in self._chunks:
            part = scratch[: last - first]
            np.take(theta, symbols.indices[first:last], out=part, mode="clip")
            part *= symbols.values[first:last]
            result[rows] = np.add.reduceat(part, starts)
        return result

    def between(self, rows: Ints, row: int) -> Doubles:
        """``k(rows, row)``, float64 (m,)."""
        features, weights = self.features, self.weights
        owner, contributions, _ = self._matches(rows, row)
        total = weights.bias + np.bincount(owner, weights=contributions, minlength=len(rows)).astype(np.float64)
        for view, dense in features.dense.items():
            total += weights.blocks[view] * _dense_products(dense, rows, row)
        total += features.quality[rows].astype(np.float64) @ (self._leanings * features.quality[row])
        return total

    def parts(self, rows: Ints, row: int) -> dict[str, Doubles]:
        """``w_b <phi_b(rows), phi_b(row)>`` of every view b, each float64 (m,)."""
        features, weights = self.features, self.weights
        owner, contributions, columns = self._matches(rows, row)
        ends = [features.spans[name][1] for name in SYMBOLS]
        cell = np.searchsorted(ends, columns, side="right") * len(rows) + owner
        sums = np.bincount(cell, weights=contributions, minlength=len(SYMBOLS) * len(rows))
        table: Doubles = sums.astype(np.float64).reshape(len(SYMBOLS), len(rows))
        found = dict(zip(SYMBOLS, table, strict=True))
        for view, dense in features.dense.items():
            found[view] = weights.blocks[view] * _dense_products(dense, rows, row)
        return found

    def _matches(self, rows: Ints, row: int) -> tuple[Ints, Doubles, NDArray[np.int32]]:
        """Every entry of the symbolic rows: whose it is, what it adds to the covariance with ``row``, and its column."""
        symbols = self.features.symbols
        columns, values = symbols.row(row)
        theta = np.zeros(symbols.columns)
        theta[columns] = values * self.column_weights[columns]
        owner, others, other_values = symbols.gather(rows)
        return owner, theta[others] * other_values, others

    def gram(self, rows: Ints) -> Doubles:
        """``k(rows, rows)``, float64 (m, m)."""
        features, weights = self.features, self.weights
        matrix = np.full((len(rows), len(rows)), weights.bias)
        for view, dense in features.dense.items():
            part = dense[rows].astype(np.float64)
            matrix += weights.blocks[view] * (part @ part.T)
        quality = features.quality[rows].astype(np.float64)
        matrix += (quality * self._leanings) @ quality.T
        join = _Join(features, rows, self.column_weights)
        for first in range(0, len(rows), _ITEMS_AT_ONCE):
            matrix[first : first + _ITEMS_AT_ONCE] += join.products(rows[first : first + _ITEMS_AT_ONCE], np.float64)
        return matrix

    def cross(self, rows: Ints) -> Iterator[tuple[slice, Floats]]:
        """``k(items, rows)``, float32 (k, m), for one stretch of items after the other."""
        join = _Join(self.features, rows, self.column_weights)
        for first in range(0, len(self.features), _ITEMS_AT_ONCE):
            part = slice(first, min(first + _ITEMS_AT_ONCE, len(self.features)))
            yield part, self._joined(join, np.arange(part.start, part.stop), part, rows)

    def of_some(self, items: Ints, rows: Ints) -> Floats:
        """``k(items, rows)``, float32 (k, m), for a few items."""
        return self._joined(_Join(self.features, rows, self.column_weights), items, items, rows)

    def _joined(self, join: _Join, items: Ints, part: slice | Ints, rows: Ints) -> Floats:
        """The covariance of ``items`` with ``rows``; ``part`` says the same as ``items`` in the form that costs least."""
        features, weights = self.features, self.weights
        matrix: Floats = join.products(items, np.float32)
        for view, dense in features.dense.items():
            matrix += dense[part] @ (weights.blocks[view] * dense[rows].T).astype(np.float32)
        matrix += features.quality[part] @ (features.quality[rows] * self._leanings).T.astype(np.float32)
        matrix += np.float32(weights.bias)
        return matrix


class _Join:
    """Products of any symbolic rows with a fixed set of them: frequent columns as a dense product, rare ones as a join."""

    def __init__(self, features: ItemFeatures, rows: Ints, column_weights: Doubles) -> None:
        self._symbols = features.symbols
        owner, columns, values = self._symbols.gather(rows)
        weighted = values * column_weights[columns]
        self._size = len(rows)
        counts = np.bincount(columns, minlength=self._symbols.columns)
        hot = np.flatnonzero(counts > _HOT)
        self._hot = np.full(self._symbols.columns, -1, np.int64)
        self._hot[hot] = np.arange(len(hot))
        self._hot_rows = np.zeros((len(hot), len(rows)))
        frequent = self._hot[columns] >= 0
        self._hot_rows[self._hot[columns[frequent]], owner[frequent]] = weighted[frequent]
        rare = np.flatnonzero(~frequent)
        rare = rare[np.argsort(columns[rare], kind="stable")]
        self._owner, self._weighted = owner[rare], weighted[rare]
        counts[hot] = 0
        self._counts = counts
        self._starts = np.cumsum(counts) - counts

    def products(self, rows: Ints, dtype: type[np.float32] | type[np.float64]) -> NDArray[Any]:
        """Weighted inner products of ``rows`` with the fixed rows, (k, m)."""
        owner, columns, values = self._symbols.gather(rows)
        place = self._hot[columns]
        frequent = place >= 0
        dense = np.zeros((len(rows), len(self._hot_rows)), dtype)
        dense[owner[frequent], place[frequent]] = values[frequent]
        matrix: NDArray[Any] = dense @ self._hot_rows.astype(dtype)
        counts = self._counts[columns]
        met = np.flatnonzero(counts)
        counts, owner, columns, values = counts[met], owner[met], columns[met], values[met]
        before = np.cumsum(counts) - counts
        total = int(counts.sum())
        entry = np.arange(total) + np.repeat(self._starts[columns] - before, counts)
        cell = np.repeat(owner * self._size, counts) + self._owner[entry]
        weights = np.repeat(values.astype(np.float64), counts) * self._weighted[entry]
        flat = np.bincount(cell, weights=weights, minlength=len(rows) * self._size)
        matrix += flat.reshape(len(rows), self._size).astype(dtype)
        return matrix


def _dense_products(dense: Floats, rows: Ints, row: int) -> Doubles:
    products: Doubles = dense[rows].astype(np.float64) @ dense[row].astype(np.float64)
    return products


def _chunks(indptr: Ints) -> list[tuple[NDArray[np.int64] | slice, Ints, int, int]]:
    """Stretches of rows with about ``_ENTRIES_AT_ONCE`` entries: (rows that have any, their starts, first and last entry)."""
    chunks: list[tuple[NDArray[np.int64] | slice, Ints, int, int]] = []
    size = len(indptr) - 1
    begin = 0
    while begin < size:
        end = int(np.searchsorted(indptr, indptr[begin] + _ENTRIES_AT_ONCE, side="right")) - 1
        end = min(max(end, begin + 1), size)
        starts = indptr[begin:end] - indptr[begin]
        filled = np.flatnonzero(np.diff(indptr[begin : end + 1]))
        if len(filled):
            rows = slice(begin, end) if len(filled) == end - begin else filled + begin
            chunks.append((rows, starts[filled], int(indptr[begin]), int(indptr[end])))
        begin = end
    return chunks


def _weighted(quality: Floats, slopes: Floats) -> Floats:
    """``quality @ slopes``, float32 (n,). Not by BLAS, which now and then warns of invalid values here where there are none."""
    total: Floats = np.einsum("ij,j->i", quality, slopes)
    return total
