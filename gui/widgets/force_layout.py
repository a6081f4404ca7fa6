"""Where the nodes of a small graph go, so that what belongs together lies together and nothing lies on anything else.

Springs along the ties and a push between all pairs, cooled down step by step (Fruchterman & Reingold, 1991), with k the distance
that every node would have to the next if they shared the area evenly:

    pull of a tie = strength . d^2 / k        push of a pair = k^2 / d

After each step boxes that overlap are moved apart along the shorter way. The same input gives the same places.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 90
"""So many steps until everything rests."""
ROOM = 0.5  # the area that each node would like, in areas of its box
APART = 10.0  # pixels between two boxes
PULL_IN = 0.4  # of the distance to the middle, a step
COOLING = 0.955
_GOLDEN = math.pi * (3 - math.sqrt(5))
_WARM = 0.10  # the heat while a node is dragged, of the heat at the beginning


class ForceLayout:
    """The places of the nodes, from a first guess to their rest.

    ``places`` is float64 (n, 2), the middles of the boxes in pixels. Node 0 stays in the middle.

    :param sizes: float64 (n, 2), width and height of each node's box.
    :param ties: int64 (m, 2), the nodes at both ends; ``strengths`` float64 (m,) from 0 to 1.
    :param start: float64 (n, 2), where they begin; see :func:`first_places`.
    :param wide: how much wider than tall the whole should be.
    """

    def __init__(
        self, sizes: Floats, ties: NDArray[np.int64], strengths: Floats, start: Floats, wide: float = 1.5
    ) -> None:
        count = len(sizes)
        self.places = start.copy()
        self._distance = math.sqrt(float(sizes.prod(axis=1).mean()) * ROOM) if count else 1.0
        self._least = (sizes[:, None] + sizes[None]) / 2 + APART  # float64 (n, n, 2), how far apart boxes have to be
        self._pulls = np.zeros((count, count))
        first, second = ties.reshape(-1, 2).T
        self._pulls[first, second] = self._pulls[second, first] = (0.4 + 0.6 * strengths) / self._distance
        self._stretch = np.array([math.sqrt(wide), 1.0 / math.sqrt(wide)])
        self._heat = self._distance
        self._steps = 0
        self._fixed = np.zeros(count, np.bool_)
        self._fixed[:1] = True

    @property
    def resting(self) -> bool:
        """Whether nothing moves any more."""
        return self._steps >= STEPS

    def hold(self, node: int, x: float, y: float) -> None:
        """Put a node somewhere and keep it there; the others make room gently."""
        self._fixed[node] = True
        self.places[node] = x, y
        self._steps = min(self._steps, STEPS - 30)
        self._heat = _WARM * self._distance

    def step(self) -> None:
        """Let everything move a little."""
        self._steps += 1
        if len(self.places) < 2:
            return
        moves = self._forces()
        lengths = np.maximum(np.linalg.norm(moves, axis=1, keepdims=True), 1e-9)
        moves *= np.minimum(lengths, self._heat) / lengths
        self.places += np.where(self._fixed[:, None], 0.0, moves)
        self._heat *= COOLING
        for _ in range(2 if self._steps < STEPS - 20 else 8):
            if not self._part():
                break

    def settle(self) -> None:
        """Go on until everything rests."""
        while not self.resting:
            self.step()

    def overlaps(self) -> int:
        """How many pairs of boxes overlap."""
        apart = np.abs(self.places[:, None] - self.places[None]) - self._least + APART
        return int(np.triu((apart < -0.5).all(axis=2), 1).sum())

    def _forces(self) -> Floats:
        """What each node is pushed and pulled by, float64 (n, 2), as if the whole were as wide as tall."""
        places = self.places / self._stretch
        x, y = (places[:, None] - places[None]).transpose(2, 0, 1)
        length = np.hypot(x, y)
        away = self._distance**2 / np.maximum(length, 1.0) ** 2 - self._pulls * length
        moves = np.stack([(x * away).sum(axis=1), (y * away).sum(axis=1)], axis=1) - places * PULL_IN
        return moves * self._stretch

    def _part(self) -> bool:
        """Move boxes that overlap apart, along the shorter way; what is fixed leaves all of it to the other. Whether any did."""
        apart = self.places[:, None] - self.places[None]
        over_x, over_y = (self._least - np.abs(apart)).transpose(2, 0, 1)
        hit = (over_x > 0) & (over_y > 0)
        np.fill_diagonal(hit, False)
        if not hit.any():
            return False
        share = np.where(self._fixed[None], 1.0, 0.5) * np.where(self._fixed[:, None], 0.0, 1.0)
        along_x = over_x <= over_y
        push_x = np.where(hit & along_x, _signs(apart[:, :, 0]) * over_x * share, 0.0).sum(axis=1)
        push_y = np.where(hit & ~along_x, _signs(apart[:, :, 1]) * over_y * share, 0.0).sum(axis=1)
        self.places += np.stack([push_x, push_y], axis=1) * 0.8
        return True


def _signs(apart: Floats) -> Floats:
    """Which way each node goes from each other, -1 or 1; of two in the same place the later one goes on."""
    return np.where(apart == 0, np.sign(np.arange(len(apart))[:, None] - np.arange(len(apart))[None]), np.sign(apart))


def first_places(count: int, ties: NDArray[np.int64], spread: float, wide: float = 1.5) -> Floats:
    """A first guess, float64 (n, 2): node 0 in the middle, what is tied to it around it, the rest beyond what it is tied to.

    :param spread: the radius of the inner ring in pixels.
    """
    angles = np.arange(count) * _GOLDEN
    reach = np.full(count, 2.0)
    pairs = ties.reshape(-1, 2)
    inner = sorted({int(end) for pair in pairs if 0 in pair for end in pair} - {0})
    for place, node in enumerate(inner):
        angles[node], reach[node] = 2 * math.pi * place / len(inner), 1.0
    ring = set(inner)
    for node in range(1, count):
        if node not in ring:
            near = [int(end) for pair in pairs if node in pair for end in pair if int(end) in ring]
            if near:
                sines, cosines = np.sin(angles[near]).sum(), np.cos(angles[near]).sum()
                angles[node] = math.atan2(sines, cosines) + 0.15 * math.sin(node * _GOLDEN)
    if count:
        reach[0] = 0.0
    stretch = math.sqrt(wide)
    return np.stack([np.cos(angles) * reach * spread * stretch, np.sin(angles) * reach * spread / stretch], axis=1)
