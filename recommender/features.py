"""What the taste model sees of an item: explicit features whose inner products are its kernels.

Seven symbolic views of every item and several dense ones. Two items are alike in a view as far as the inner product of their
rows goes; rows have length one, or are empty where nothing is known, so that a missing field is neutral.

    symbols   genre · keyword · cast · crew · company · place · collection     rare names weigh more (IDF)
    era       a feature map of the RBF kernel over the year
    curves    the same over each of four general qualities: a person's own liking for the famous, the long, ...
    text      centred sentence embeddings
    graph     centred embeddings of the graph networks
    quality   general quality, standardised: what the average viewer thinks of it

``docs/quality.md`` says what each view is worth.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from library.items import CreditRole, Item, MediaKind
from library.names import genre_names, language_name

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Embeddings = tuple[Ints, Floats]
"""Item ids, int64 (k,), and a vector of each, float32 (k, d), in any order; not every item needs one."""

SYMBOLS = ("genre", "keyword", "cast", "crew", "company", "place", "collection")
QUALITIES = ("vote average", "votes", "popularity", "year", "runtime")
CURVES: dict[str, str] = {
    "vote curve": "vote average",
    "votes curve": "votes",
    "popularity curve": "popularity",
    "runtime curve": "runtime",
}
LEARNED = ("text", "graph")
DENSE = ("era", *CURVES, *LEARNED)
BLOCKS = (*SYMBOLS, *DENSE)

ERA_WIDTH = 10.0
ERA_CENTRES = np.arange(1875.0, 2062.0, 7.0)
CURVE_WIDTH = 1.0
CURVE_CENTRES = np.arange(-4.0, 4.1, 0.8)

# Mean and spread of the five qualities over about ten thousand films: fixed, so that a film is judged alike in any library.
QUALITY_CENTRES = np.array([6.5, 6.2, 1.35, 1995.0, 105.0])
QUALITY_SPREADS = np.array([0.6, 1.64, 0.55, 18.5, 29.0])
VOTE_PRIOR = QUALITY_CENTRES[0]  # a title with hardly any votes is as neutral as one with none
VOTE_PRIOR_COUNT = 50.0
UNKNOWN_VOTE_COUNT = 500.0
TEXT_WIDTH = 128

MOST_CAST, MOST_KEYWORDS, MOST_CREW, MOST_COMPANIES = 10, 40, 12, 8


@dataclass(frozen=True, slots=True)
class SparseRows:
    """The rows of one or all symbolic blocks, as CSR.

    :param indptr: int64 (n + 1,): where each row begins in ``indices`` and ``values``.
    :param indices: int32 (nnz,): columns, ascending within a row.
    :param values: float32 (nnz,).
    :param columns: how many columns there are.
    """

    indptr: Ints
    indices: NDArray[np.int32]
    values: Floats
    columns: int

    def row(self, row: int) -> tuple[NDArray[np.int32], Floats]:
        """Columns and values of one row."""
        part = slice(int(self.indptr[row]), int(self.indptr[row + 1]))
        return self.indices[part], self.values[part]

    def gather(self, rows: Ints) -> tuple[Ints, NDArray[np.int32], Floats]:
        """The entries of several rows: position within ``rows``, column and value of each entry."""
        starts = self.indptr[rows]
        counts = self.indptr[rows + 1] - starts
        owner = np.repeat(np.arange(len(rows), dtype=np.int64), counts)
        before = np.cumsum(counts) - counts
        entry = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(starts - before, counts)
        return owner, self.indices[entry], self.values[entry]

    def rows_with(self, column: int) -> NDArray[np.bool_]:
        """Which rows have an entry in a column, bool (n,)."""
        has = np.zeros(len(self.indptr) - 1, np.bool_)
        entries = np.flatnonzero(self.indices == column)
        has[np.searchsorted(self.indptr, entries, side="right") - 1] = True
        return has


@dataclass(frozen=True, slots=True)
class ItemFeatures:
    """The features of every item of a library; row i belongs to item ``ids[i]``. Immutable.

    :param ids: int64 (n,): item ids.
    :param symbols: all symbolic blocks side by side; the columns of a block are ``spans[block]``.
    :param spans: block -> (first column, one past the last).
    :param vocabulary: block -> the name of each of its columns, as people write it.
    :param quality: float32 (n, 5), standardised, see ``QUALITIES``; 0 where unknown.
    :param dense: view of ``DENSE`` -> float32 (n, d), rows of about length one; zero where nothing is known, and of no
        width where nothing is known of any item.
    """

    ids: Ints
    symbols: SparseRows
    spans: Mapping[str, tuple[int, int]]
    vocabulary: Mapping[str, tuple[str, ...]]
    quality: Floats
    dense: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def text(self) -> Floats:
        """The view of the texts: float32 (n, d), zero where there is no embedding yet."""
        return self.dense["text"]

    def block(self, name: str, row: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Columns (within the block) and values of one row of a symbolic block."""
        first, last = self.spans[name]
        columns, values = self.symbols.row(row)
        part = slice(int(np.searchsorted(columns, first)), int(np.searchsorted(columns, last)))
        return columns[part].astype(np.int64) - first, values[part].astype(np.float64)

    def names(self, block: str, row: int) -> tuple[str, ...]:
        """What an item has in a symbolic block: its genres, its cast, ..."""
        vocabulary = self.vocabulary[block]
        return tuple(vocabulary[column] for column in self.block(block, row)[0])

    def named(self, column: int) -> tuple[str, str]:
        """Block and name of a column of ``symbols``."""
        block = next(name for name in SYMBOLS if column < self.spans[name][1])
        return block, self.vocabulary[block][column - self.spans[block][0]]

    def subset(self, rows: Ints) -> ItemFeatures:
        """The features of some rows, int64 (k,), weighed as in the whole library."""
        _, columns, values = self.symbols.gather(rows)
        counts = self.symbols.indptr[rows + 1] - self.symbols.indptr[rows]
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return replace(
            self,
            ids=self.ids[rows],
            symbols=SparseRows(indptr, columns, values, self.symbols.columns),
            quality=self.quality[rows],
            dense={view: dense[rows] for view, dense in self.dense.items()},
        )

    def with_text(self, text: Embeddings | None) -> ItemFeatures:
        """The same items with these sentence embeddings."""
        return self._with("text", text)

    def with_graph(self, graph: Embeddings | None) -> ItemFeatures:
        """The same items with these embeddings of the graph networks."""
        return self._with("graph", graph)

    def with_view_of(self, view: str, other: ItemFeatures) -> ItemFeatures:
        """The same items with what another library's features have of them in a dense view; zero rows for what is new."""
        place = np.minimum(np.searchsorted(other.ids, self.ids), max(len(other) - 1, 0))
        known = other.ids[place] == self.ids if len(other) else np.zeros(len(self), np.bool_)
        rows = np.zeros((len(self), other.dense[view].shape[1]), np.float32)
        rows[known] = other.dense[view][place[known]]
        rows.setflags(write=False)
        return replace(self, dense={**self.dense, view: rows})

    def _with(self, view: str, embeddings: Embeddings | None) -> ItemFeatures:
        rows = _embedded_rows(self.ids, embeddings)
        rows.setflags(write=False)
        return replace(self, dense={**self.dense, view: rows})

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by name, to be stored; :meth:`from_arrays` takes them back together with the vocabulary."""
        return {
            "ids": self.ids,
            "indptr": self.symbols.indptr,
            "indices": self.symbols.indices,
            "values": self.symbols.values,
            "quality": self.quality,
            **{_stored_name(view): rows for view, rows in self.dense.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], vocabulary: Mapping[str, Iterable[str]]) -> ItemFeatures:
        """The features again from what :meth:`arrays` and ``vocabulary`` gave; raises ``KeyError`` when one is missing."""
        words = {block: tuple(vocabulary[block]) for block in SYMBOLS}
        spans = _spans([len(words[block]) for block in SYMBOLS])
        columns = spans[SYMBOLS[-1]][1]
        symbols = SparseRows(arrays["indptr"], arrays["indices"], arrays["values"], columns)
        dense = {view: arrays[_stored_name(view)] for view in DENSE}
        return cls(arrays["ids"], symbols, spans, words, arrays["quality"], dense)


def build_features(items: Iterable[Item], text: Embeddings | None = None) -> ItemFeatures:
    """Turn items into the features of the taste model.

    :param items: every item of the library; each is looked at once, so a stream will do.
    :param text: sentence embeddings of some or all items.
    """
    ids, years = array("q"), array("d")
    qualities = array("d")
    blocks = {name: _Block() for name in SYMBOLS}
    for item in items:
        ids.append(item.id)
        years.append(float(item.year) if item.year else math.nan)
        qualities.extend(_quality(item))
        for name, words in symbols_of(item):
            blocks[name].add_row(words, fading=name == "cast")
    numbers = np.array(ids, dtype=np.int64)
    finished = [blocks[name].finish() for name in SYMBOLS]
    spans = _spans([len(words) for _, words in finished])
    quality = _standardised(np.array(qualities).reshape(-1, len(QUALITIES)))
    features = ItemFeatures(
        ids=numbers,
        symbols=_side_by_side([rows for rows, _ in finished], spans),
        spans=spans,
        vocabulary={name: words for name, (_, words) in zip(SYMBOLS, finished, strict=True)},
        quality=quality,
        dense={
            "era": era_rows(np.array(years)),
            **{view: curve_rows(quality[:, QUALITIES.index(of)]) for view, of in CURVES.items()},
            "text": _embedded_rows(numbers, text),
            "graph": _embedded_rows(numbers, None),
        },
    )
    for values in features.arrays().values():
        values.setflags(write=False)
    return features


def symbols_of(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names an item has in each symbolic block, whole, without doubles; nothing where nothing is known."""
    crew = item.people(CreditRole.DIRECTOR, CreditRole.CREATOR) + item.people(CreditRole.WRITER)
    if item.kind is MediaKind.TRACK:
        crew = (*item.people(CreditRole.ARTIST), *((item.artist,) if item.artist else ()))
    yield "genre", genre_names(item.genres)
    yield "keyword", item.keywords[:MOST_KEYWORDS]
    yield "cast", item.people(CreditRole.CAST)[:MOST_CAST]
    yield "crew", crew[:MOST_CREW]
    yield "company", item.companies[:MOST_COMPANIES]
    yield "place", item.countries + ((language_name(item.language),) if item.language else ())
    yield "collection", (item.collection,) if item.collection else ()


def era_rows(years: NDArray[np.float64]) -> Floats:
    """A feature map of ``exp(-(x - y)^2 / (2 * ERA_WIDTH^2))``: bumps on a grid; a year that is NaN gives a zero row.

    The inner product of two Gaussians of width w / sqrt(2) is a Gaussian of width w, so a grid finer than w is exact to
    about 1e-4.
    """
    return _bumps(np.clip(years, ERA_CENTRES[0] + 10.0, ERA_CENTRES[-1] - 10.0), ERA_CENTRES, ERA_WIDTH)


def curve_rows(quality: Floats) -> Floats:
    """The same for one standardised quality, float32 (n,), with ``CURVE_WIDTH``; one that is 0, so unknown, gives a zero row."""
    known = np.where(quality == 0.0, np.nan, quality.astype(np.float64))
    return _bumps(known, CURVE_CENTRES, CURVE_WIDTH)


def _bumps(values: NDArray[np.float64], centres: NDArray[np.float64], width: float) -> Floats:
    with np.errstate(invalid="ignore"):
        rows = np.exp(-(((values[:, None] - centres) / width) ** 2))
    rows[~(rows > 1e-9)] = 0.0  # NaN, and the far tails, which would be denormal and slow as float32
    return _unit_rows(rows)


class _Block:
    """One symbolic block while it is being filled."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []
        self._columns = array("q")
        self._shares = array("d")
        self._counts = array("q")

    def add_row(self, words: Iterable[str], fading: bool = False) -> None:
        """Add the names of the next item; names that differ only in case or outer spaces are one.

        :param fading: the k-th name, from 1, counts only 1 / sqrt(k) as much as the first: who is billed last hardly matters.
        """
        row: dict[int, float] = {}
        for word in words:
            key = word.strip().casefold()
            if not key:
                continue
            number = self._numbers.setdefault(key, len(self._words))
            if number == len(self._words):
                self._words.append(word.strip())
            row.setdefault(number, 1.0 / math.sqrt(len(row) + 1) if fading else 1.0)
        self._columns.extend(row)
        self._shares.extend(row.values())
        self._counts.append(len(row))

    def finish(self) -> tuple[SparseRows, tuple[str, ...]]:
        """IDF-weighted unit rows, the most frequent column first, and the name of each column.

        A name's weight is the square root of log(1 + items / items that have it), so that an inner product holds the usual
        inverse document frequency once (Spärck Jones, 1972).
        """
        columns = np.array(self._columns, dtype=np.int64)
        counts = np.array(self._counts, dtype=np.int64)
        frequency = np.bincount(columns, minlength=len(self._words))
        order = np.argsort(-frequency, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        rows = np.repeat(np.arange(len(counts)), counts)
        weights = np.sqrt(np.log1p(len(counts) / np.maximum(frequency, 1.0)))[columns] * np.array(self._shares)
        lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(counts)))
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        values = (weights / lengths[rows]).astype(np.float32)
        words = tuple(self._words[k] for k in order)
        return SparseRows(indptr, rank[columns].astype(np.int32), values, len(words)), words


def _spans(widths: list[int]) -> dict[str, tuple[int, int]]:
    ends = np.cumsum(widths).tolist()
    return {name: (end - width, end) for name, width, end in zip(SYMBOLS, widths, ends, strict=True)}


def _side_by_side(blocks: list[SparseRows], spans: Mapping[str, tuple[int, int]]) -> SparseRows:
    """One CSR with the columns of all blocks, ascending within each row."""
    firsts = [spans[name][0] for name in SYMBOLS]
    columns = np.concatenate([block.indices + first for block, first in zip(blocks, firsts, strict=True)])
    counts = [np.diff(block.indptr) for block in blocks]
    rows = np.concatenate([np.repeat(np.arange(len(count)), count) for count in counts])
    order = np.lexsort((columns, rows))
    indptr = np.concatenate([[0], np.cumsum(np.sum(counts, axis=0))]).astype(np.int64)
    values = np.concatenate([block.values for block in blocks])[order]
    return SparseRows(indptr, columns[order].astype(np.int32), values, spans[SYMBOLS[-1]][1])


def _quality(item: Item) -> tuple[float, ...]:
    """The five qualities of one item as they are; NaN where unknown."""
    votes = float(item.vote_count) if item.vote_count else math.nan
    average = math.nan
    if item.vote_average:
        count = votes if item.vote_count else UNKNOWN_VOTE_COUNT
        average = (count * item.vote_average + VOTE_PRIOR_COUNT * VOTE_PRIOR) / (count + VOTE_PRIOR_COUNT)
    popularity = math.log1p(item.popularity) if item.popularity and item.popularity > 0 else math.nan
    film = item.kind is MediaKind.MOVIE
    return (
        average,
        math.log1p(votes),
        popularity,
        float(item.year) if item.year else math.nan,
        float(item.runtime) if film and item.runtime else math.nan,
    )


def _standardised(qualities: NDArray[np.float64]) -> Floats:
    scaled = (qualities - QUALITY_CENTRES) / QUALITY_SPREADS
    known: Floats = np.clip(np.nan_to_num(scaled, nan=0.0), -4.0, 4.0).astype(np.float32)
    return known


def _embedded_rows(ids: Ints, embeddings: Embeddings | None) -> Floats:
    """Embeddings in the order of ``ids``, minus their mean, as unit rows on their principal axes; zero where there is none.

    No more than ``TEXT_WIDTH`` axes are kept: the others cost time at each click, and the folds do not miss them.
    """
    if embeddings is None or not len(embeddings[0]):
        return np.zeros((len(ids), 0), np.float32)
    known, vectors = embeddings
    rows = np.zeros((len(ids), vectors.shape[1]), np.float32)
    order = np.argsort(known, kind="stable")
    place = np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)
    source = order[place]
    found = known[source] == ids
    if found.any():
        rows[found] = vectors[source[found]]
        rows[found] -= rows[found].mean(axis=0, dtype=np.float64).astype(np.float32)
    unit = _unit_rows(rows)
    if unit.shape[1] <= TEXT_WIDTH or found.sum() <= TEXT_WIDTH:
        return unit
    _, axes = np.linalg.eigh((unit.T @ unit).astype(np.float64))
    narrow: Floats = unit @ np.ascontiguousarray(axes[:, ::-1][:, :TEXT_WIDTH]).astype(np.float32)
    return narrow


def _stored_name(view: str) -> str:
    return f"view_{view.replace(' ', '_')}"


def _unit_rows(rows: NDArray[Any]) -> Floats:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    known = lengths > 1e-6
    scale = np.where(known, 1.0 / np.where(known, lengths, 1.0), 0.0)
    unit: Floats = (rows * scale[:, None].astype(rows.dtype)).astype(np.float32, copy=False)
    return unit
