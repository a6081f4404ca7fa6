"""Numbers of an item: how it is voted, how known it is, how long it is.

Each number is standardised by a fixed mean and spread, and laid on four bumps, so that titles are alike in it when they are
close and unlike when they are far apart, at both ends of the scale. An unknown number leaves its columns empty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from encoders.encoder import Doubles, Floats, bump_centre, bump_rows, centred, digest_of, positive, side_by_side
from library.items import Item, MediaKind

FIELDS = ("vote average", "votes", "popularity", "film length", "episode length", "seasons")
SHARES = (0.35, 0.25, 0.15, 0.25, 0.15, 0.10)  # of a film the first four, of a show all but the film's length

# Mean and spread over about ten thousand films and five thousand shows; the logarithm of votes, popularity and seasons.
CENTRES = np.array([6.5, 6.2, 1.35, 105.0, 37.0, 1.1])
SPREADS = np.array([0.6, 1.64, 0.55, 29.0, 17.0, 0.58])
VOTE_PRIOR_COUNT = 15.0  # votes that the mean counts as: the average of few votes says little
UNKNOWN_VOTE_COUNT = 500.0

BUMPS = np.array([-2.25, -0.75, 0.75, 2.25])  # in spreads
BUMP_WIDTH = 1.5
USUAL, VARIANCE = bump_centre(0.0, 1.0, BUMPS, BUMP_WIDTH)


class NumericalEncoder:
    """Votes, popularity and length, float32 (n, 24): four columns for each of ``FIELDS``."""

    name = "numerical"
    version = 1
    width = len(FIELDS) * len(BUMPS)

    def digest(self, item: Item) -> str:
        """What the row of an item is made from."""
        return digest_of(self.name, self.version, _numbers(item))

    def encode(self, items: Sequence[Item]) -> Floats:
        """Rows of the items; see ``Encoder``."""
        numbers = np.array([_numbers(item) for item in items], dtype=np.float64).reshape(-1, len(FIELDS))
        standard = (_on_their_scales(numbers) - CENTRES) / SPREADS
        rows = (centred(bump_rows(values, BUMPS, BUMP_WIDTH), USUAL, VARIANCE) for values in standard.T)
        return side_by_side(zip(SHARES, rows, strict=True))


def _numbers(item: Item) -> tuple[float | None, ...]:
    """The numbers of an item as they are, in the order of ``FIELDS``; ``None`` where unknown or of the other kind."""
    film, show = item.kind is MediaKind.MOVIE, item.kind is MediaKind.SHOW
    length = positive(item.runtime)
    return (
        positive(item.vote_average),
        positive(item.vote_count),
        positive(item.popularity),
        length if film else None,
        length if show else None,
        positive(item.seasons) if show else None,
    )


def _on_their_scales(numbers: Doubles) -> Doubles:
    """Few votes draw the average to the mean, as in IMDb's weighted rating; counts become logarithms."""
    average, votes, popularity, film, episode, seasons = numbers.T
    weight = np.where(np.isnan(votes), UNKNOWN_VOTE_COUNT, votes)
    drawn = (weight * average + VOTE_PRIOR_COUNT * CENTRES[0]) / (weight + VOTE_PRIOR_COUNT)
    return np.stack([drawn, np.log1p(votes), np.log1p(popularity), film, episode, np.log1p(seasons)], axis=1)
