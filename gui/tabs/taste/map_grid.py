"""Which points of the map lie where: near the mouse, in a rectangle, inside a line drawn around them. Plain numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

POINTS_PER_CELL = 4.0
MOST_CELLS = 256  # along a side


class PointGrid:
    """Points sorted into the cells of a grid, so that a question about a place looks at a few cells only.

    :param places: float32 (k, 2); what is not finite is never found.
    """

    def __init__(self, places: Floats) -> None:
        self._places = places
        self._side = int(np.clip(np.sqrt(len(places) / POINTS_PER_CELL), 1, MOST_CELLS))
        finite = np.isfinite(places).all(axis=1)
        known = np.flatnonzero(finite)
        self._first = places[known].min(axis=0) if len(known) else np.zeros(2, np.float32)
        last = places[known].max(axis=0) if len(known) else np.ones(2, np.float32)
        self._cell = np.maximum((last - self._first) / self._side, 1e-9)
        columns, rows = self._cells(places[known]).T
        code = rows * self._side + columns
        order = np.argsort(code, kind="stable")
        self._order: Ints = known[order].astype(np.int64)
        self._starts = np.searchsorted(code[order], np.arange(self._side * self._side + 1))

    def within(self, left: float, top: float, right: float, bottom: float) -> Ints:
        """The points inside a rectangle, its edges included, in no particular order."""
        found = self._around(left, top, right, bottom)
        x, y = self._places[found].T
        return found[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)]

    def nearest(self, x: float, y: float, across: float, down: float) -> int | None:
        """The point nearest to a place, ``None`` when none is in reach.

        :param across: how far it reaches to either side, and ``down`` up and down: an ellipse; distances are measured in these.
        """
        found = self._around(x - across, y - down, x + across, y + down)
        if not len(found):
            return None
        away = (((self._places[found] - np.array([x, y])) / [across, down]) ** 2).sum(axis=1)
        best = int(away.argmin())
        return int(found[best]) if away[best] <= 1.0 else None

    def inside(self, outline: Floats) -> Ints:
        """The points inside a closed line, float32 (v, 2), ascending; where it crosses itself by the even-odd rule."""
        if len(outline) < 3:
            return np.zeros(0, np.int64)
        (left, top), (right, bottom) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
        found = self.within(left, top, right, bottom)
        x, y = self._places[found].T.astype(np.float64)
        odd = np.zeros(len(found), np.bool_)
        corners = outline.astype(np.float64)
        for (x1, y1), (x2, y2) in zip(corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True):
            if y1 != y2:
                odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        return np.sort(found[odd])

    def _cells(self, places: Floats) -> Ints:
        cells: Ints = np.clip(((places - self._first) / self._cell).astype(np.int64), 0, self._side - 1)
        return cells

    def _around(self, left: float, top: float, right: float, bottom: float) -> Ints:
        """The points of all cells that a rectangle touches."""
        corners = np.array([[left, top], [right, bottom]], np.float64)
        beyond = np.clip(corners, self._first - self._cell, self._first + self._cell * (self._side + 1))
        (first_column, first_row), (last_column, last_row) = self._cells(beyond.astype(np.float32)).tolist()
        rows = np.arange(first_row, last_row + 1) * self._side
        spans = zip(
            self._starts[rows + first_column].tolist(), self._starts[rows + last_column + 1].tolist(), strict=True
        )
        parts = [self._order[start:end] for start, end in spans if start < end]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)
