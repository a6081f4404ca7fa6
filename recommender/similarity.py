"""How alike titles are, for variety in a list of picks: the same blocks that taste is learned from, weighed by hand for the eye.

A person finds two titles alike when they belong to one series, tell a similar story, or come from the same people; shared
countries and companies hardly matter to that. The weights below are about this impression and not about taste, which is
why they are not the kernel weights of the taste model.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recommender.features import SYMBOLS, ItemFeatures

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]

LOOKS_ALIKE: dict[str, float] = {
    "genre": 0.25,
    "keyword": 0.25,
    "cast": 0.10,
    "crew": 0.15,
    "company": 0.0,
    "place": 0.05,
    "collection": 0.45,
}
TEXT_LOOKS_ALIKE = 0.35


def likeness(features: ItemFeatures, rows: Rows) -> Callable[[int], Floats]:
    """Prepare to compare ``rows`` with one title after another.

    The answer maps a row to float32 (len(rows),) between 0 and 1: the weighted mean of the blocks' cosines over the blocks
    that both titles have; a block that either lacks counts neither way.
    """
    owner, columns, values = features.symbols.gather(rows)
    block_of = np.zeros(features.symbols.columns, dtype=np.int64)
    for number, name in enumerate(SYMBOLS):
        first, last = features.spans[name]
        block_of[first:last] = number
    cell = owner * len(SYMBOLS) + block_of[columns]
    cells = len(rows) * len(SYMBOLS)
    has = (np.bincount(cell, minlength=cells) > 0).reshape(len(rows), len(SYMBOLS))
    weights = np.array([LOOKS_ALIKE[name] for name in SYMBOLS])
    text = features.text[rows] if features.text.size else np.zeros((len(rows), 0), np.float32)
    has_text = text.any(axis=1) if text.shape[1] else np.zeros(len(rows), np.bool_)
    target = np.zeros(features.symbols.columns, dtype=np.float32)

    def compare(row: int) -> Floats:
        row_columns, row_values = features.symbols.row(row)
        target[row_columns] = row_values
        cosines = np.bincount(cell, weights=values * target[columns], minlength=cells).reshape(has.shape)
        target[row_columns] = 0.0
        row_has = np.zeros(len(SYMBOLS), np.bool_)
        row_has[block_of[row_columns]] = True
        counted = weights * (has & row_has)
        total, of = (cosines * counted).sum(axis=1), counted.sum(axis=1)
        if text.shape[1] and features.text[row].any():
            total += TEXT_LOOKS_ALIKE * has_text * np.clip(text @ features.text[row], 0.0, 1.0)
            of += TEXT_LOOKS_ALIKE * has_text
        alike: Floats = np.divide(total, of, out=np.zeros(len(rows)), where=of > 0).astype(np.float32)
        return alike

    return compare
