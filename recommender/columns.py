"""What is needed of each item besides the features of the taste model: to filter, to hide, to turn dials, to speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from library.content_rating import least_age
from library.items import Item, MediaKind
from recommender.features import ItemFeatures, build_features
from recommender.mood import darkness, darkness_told
from recommender.seasons import season_of

KINDS = (MediaKind.MOVIE, MediaKind.SHOW)
UNKNOWN_AGE = 255
MOST_LIBRARIES = 64

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ItemColumns:
    """Facts of each item as columns; row i is row i of the features.

    :param kinds: uint8 (n,), index into ``KINDS``.
    :param years: int16 (n,), 0 where unknown.
    :param runtimes: float32 (n,), minutes; NaN where unknown.
    :param offsets: float32 (n,), minutes already watched of one that was stopped half way.
    :param seen: bool (n,), whether a server says that it was watched.
    :param present: bool (n,), whether it is in the library now; rated titles that vanished still teach.
    :param ages: uint8 (n,), from which age it is meant to be watched; ``UNKNOWN_AGE`` where that is not known.
    :param seasons: uint8 (n,), number of the season it belongs to (``recommender.seasons``), 0 for none.
    :param shelves: uint64 (n,), which of ``libraries`` it lies in: bit k for the k-th.
    :param votes: float32 (n, 3): the public's average vote, how many voted, and popularity, as the catalogue says; NaN where
        it does not.
    :param told: float32 (n,), what its genres and keywords say of how dark it is; NaN where they say nothing.
    :param darkness: float32 (n,), how dark it is (``recommender.mood``), of deviation 1; 0 where nothing is known.
    :param titles: title of each row.
    :param libraries: the servers' libraries, as "<source id>/<key>".
    """

    kinds: NDArray[np.uint8]
    years: NDArray[np.int16]
    runtimes: Floats
    offsets: Floats
    seen: NDArray[np.bool_]
    present: NDArray[np.bool_]
    ages: NDArray[np.uint8]
    seasons: NDArray[np.uint8]
    shelves: NDArray[np.uint64]
    votes: Floats
    told: Floats
    darkness: Floats
    titles: tuple[str, ...]
    libraries: tuple[str, ...]

    def with_text(self, text: Floats) -> ItemColumns:
        """The same with the mood read again from these embeddings, float32 (n, d)."""
        dark = darkness(self.told, text)
        dark.setflags(write=False)
        return replace(self, darkness=dark)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every column by name, without the words."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(found.name for found in fields(ItemColumns) if found.name not in ("titles", "libraries"))


class ColumnsBuilder:
    """Collects the columns while a stream of items passes by on its way to the features."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._titles: list[str] = []
        self._libraries: dict[str, int] = {}

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """Pass items on and remember what the columns need of them."""
        for item in items:
            age = least_age(item.content_rating)
            self._rows.append(
                (
                    KINDS.index(item.kind),
                    min(max(item.year or 0, 0), 9999),
                    item.runtime if item.runtime else np.nan,
                    max((place.viewing.view_offset or 0.0 for place in item.places), default=0.0),
                    item.seen,
                    item.removed_at is None,
                    UNKNOWN_AGE if age is None else age,
                    season_of(item),
                    self._shelves(item),
                    [
                        np.nan if said is None else said
                        for said in (item.vote_average, item.vote_count, item.popularity)
                    ],
                    darkness_told(item),
                )
            )
            self._titles.append(item.title)
            yield item

    def _shelves(self, item: Item) -> int:
        """The libraries of an item as bits; those beyond the first ``MOST_LIBRARIES`` of all are not told apart."""
        bits = 0
        for place in item.places:
            number = self._libraries.setdefault(f"{place.source_id}/{place.library_key}", len(self._libraries))
            bits |= 1 << number if number < MOST_LIBRARIES else 0
        return bits

    def finish(self) -> ItemColumns:
        """The columns of all items that passed by."""
        types = (
            np.uint8,
            np.int16,
            np.float32,
            np.float32,
            np.bool_,
            np.bool_,
            np.uint8,
            np.uint8,
            np.uint64,
            np.float32,
            np.float32,
        )
        lists = zip(*self._rows, strict=True) if self._rows else ((),) * len(types)
        arrays: dict[str, NDArray[Any]] = {
            name: np.array(values, kind) for name, values, kind in zip(COLUMNS, lists, types, strict=False)
        }
        arrays["votes"] = arrays["votes"].reshape(-1, 3)
        dark = darkness(arrays["told"], np.zeros((len(self._rows), 0), np.float32))
        columns = ItemColumns(
            **arrays, darkness=dark, titles=tuple(self._titles), libraries=tuple(self._libraries)[:MOST_LIBRARIES]
        )
        for values in columns.arrays().values():
            values.setflags(write=False)
        return columns


def picture(items: Iterable[Item]) -> tuple[ItemFeatures, ItemColumns]:
    """Features (without texts) and columns of films and shows, given in ascending order of id; other kinds are left out."""
    builder = ColumnsBuilder()
    features = build_features(builder.watch(item for item in items if item.kind in KINDS))
    return features, builder.finish()
