"""What lies near what: the fused vectors, the neighbours found with them, and the layout of the taste map.

Rows here are items that are in the library now, by ascending id; they are not the rows of a snapshot's features. Each part is
saved in a folder of its own, and only when it is another than the one that lies there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.neighbours import Neighbours, load_neighbours
from recommender.saved_arrays import Arrays, Facts, load_arrays, save_arrays
from recommender.taste_map import MapLayout, load_layout

FORMAT = 1
_NEIGHBOURS, _VECTORS, _MAP = "neighbours", "vectors", "map"

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Near:
    """Everything about likeness between items.

    :param neighbours: who is most alike to whom.
    :param vectors: float32 (n, d), the fused vector of each item in ``neighbours.ids``.
    :param key: what the vectors were made with (``encoders.fusion.fusion_key``).
    :param widths: how many columns of a vector each block has, in their order; a cosine splits along them.
    :param layout: where the items lie on the map; ``None`` while that is not worked out.
    """

    neighbours: Neighbours
    vectors: Floats
    key: str
    widths: Mapping[str, int]
    layout: MapLayout | None = None

    def row_of(self, item_id: int) -> int | None:
        """The row of an item, ``None`` when it is not here."""
        ids = self.neighbours.ids
        row = int(np.searchsorted(ids, item_id))
        return row if row < len(ids) and int(ids[row]) == item_id else None

    def shares(self, row: int, other: int) -> dict[str, float]:
        """What each block adds to the cosine of two rows; the sum is the cosine."""
        products = self.vectors[row].astype(np.float64) * self.vectors[other]
        ends = np.cumsum(list(self.widths.values())).tolist()
        return {
            block: float(products[end - width : end].sum())
            for end, (block, width) in zip(ends, self.widths.items(), strict=True)
        }

    def strongest(self, count: int) -> Iterator[tuple[int, int, float]]:
        """The first neighbours of every item: item id, item id, cosine."""
        ids = self.neighbours.ids
        for row, item_id in enumerate(ids.tolist()):
            others = self.neighbours.rows[row, :count]
            others = others[others >= 0]
            cosines = self.neighbours.likeness[row, : len(others)].tolist()
            for other, cosine in zip(ids[others].tolist(), cosines, strict=True):
                yield item_id, other, cosine

    def stamp(self) -> str:
        """Changes with the items, their vectors and what these were made with."""
        known = hashlib.blake2b(self.key.encode(), digest_size=16)
        known.update(np.ascontiguousarray(self.neighbours.ids).tobytes())
        known.update(np.ascontiguousarray(self.neighbours.prints).tobytes())
        return known.hexdigest()

    def save(self, directory: Path) -> None:
        """Save what is another than what lies there; raises ``OSError``."""
        stamp = self.stamp()
        if load_arrays(directory / _VECTORS, lambda _, facts: facts.get("stamp")) != stamp:
            self.neighbours.save(directory / _NEIGHBOURS)
            facts = {"format": FORMAT, "key": self.key, "stamp": stamp, "widths": dict(self.widths)}
            save_arrays(directory / _VECTORS, {"vectors": self.vectors}, facts)
        if self.layout is not None and not _lies_there(self.layout, directory / _MAP):
            self.layout.save(directory / _MAP)


def load_near(directory: Path) -> Near | None:
    """What was saved, ``None`` when there is nothing that can be used."""
    neighbours = load_neighbours(directory / _NEIGHBOURS)
    saved = load_arrays(directory / _VECTORS, _vectors)
    if neighbours is None or saved is None:
        return None
    vectors, facts = saved
    widths = {str(block): int(width) for block, width in facts["widths"].items()}
    near = Near(neighbours, vectors, str(facts["key"]), widths, load_layout(directory / _MAP))
    # Else the program was ended between the two.
    return near if facts["stamp"] == near.stamp() and len(vectors) == len(neighbours) else None


def _vectors(arrays: Arrays, facts: Facts) -> tuple[Floats, Mapping[str, Any]]:
    vectors = arrays["vectors"]
    widths = facts["widths"]
    if facts["format"] != FORMAT or vectors.ndim != 2 or vectors.shape[1] != sum(widths.values()):
        raise ValueError("it is of another version of the program")
    return vectors, facts


def _lies_there(layout: MapLayout, directory: Path) -> bool:
    saved = load_layout(directory)
    return saved is not None and np.array_equal(saved.ids, layout.ids) and np.array_equal(saved.places, layout.places)
