"""Ratings as colours: even to the eye, from against over neutral to for, and readable without telling red from green.

The steps are even in OKLab (Ottosson, 2020, "A perceptual color space for image processing"). Along the scale the lightness goes
one way only, towards more contrast with the ground, so that the order of ratings can be seen by lightness alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from gui.theme import DARK, Colours

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

LEVELS = 33
LEAST_REACH = 0.5
LOW_SHARE, HIGH_SHARE = 3.0, 97.0
_CHROMA = 0.15
_LIGHTNESS = {"dark": (0.50, 0.88), "light": (0.72, 0.42)}  # of what is liked least, and most

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@dataclass(frozen=True, slots=True)
class RatingRange:
    """Which ratings the ends of the scale stand for; what lies beyond them has the colour of the end.

    :param middle: what the person usually gives: the neutral colour; ``reach`` rating points to either side is the end.
    """

    middle: float
    reach: float

    @property
    def low(self) -> float:
        """The rating at the end of what is liked least."""
        return self.middle - self.reach

    @property
    def high(self) -> float:
        """The rating at the end of what is liked most."""
        return self.middle + self.reach

    def levels(self, ratings: Floats) -> NDArray[np.intp]:
        """The step of the scale for each rating, from 0 to ``LEVELS - 1``."""
        share = (np.asarray(ratings, np.float64) - self.low) / (2.0 * self.reach)
        steps: NDArray[np.intp] = np.rint(np.clip(share, 0.0, 1.0) * (LEVELS - 1)).astype(np.intp)
        return steps


def range_of(ratings: Floats) -> RatingRange:
    """The range that tells most of these ratings apart: around their middle, a few at the ends left out."""
    if not len(ratings):
        return RatingRange(5.5, 4.5)
    low, middle, high = np.percentile(ratings, [LOW_SHARE, 50.0, HIGH_SHARE]).tolist()
    return RatingRange(middle, max(middle - low, high - middle, LEAST_REACH))


def scale_of(colours: Colours) -> Doubles:
    """The scale in a theme: float64 (LEVELS, 3), sRGB from 0 to 1, from what is liked least to what is liked most."""
    least, most = _LIGHTNESS["dark" if colours is DARK else "light"]
    place = np.linspace(-1.0, 1.0, LEVELS)
    hues = [_hue(colours.bad), _hue(colours.good)]
    hue = np.where(place < 0.0, hues[0], hues[1])
    lightness = least + (most - least) * (place + 1.0) / 2.0
    chroma = _CHROMA * np.abs(place)
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return _in_gamut(lab)


def colours_of(colours: Colours) -> list[QColor]:
    """The steps of the scale as colours to paint with."""
    return [QColor.fromRgbF(*map(float, step)) for step in scale_of(colours)]


def oklab(rgb: Doubles) -> Doubles:
    """OKLab coordinates of sRGB colours, both float64 (n, 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab: Doubles = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def _srgb(lab: Doubles) -> Doubles:
    """Turn OKLab colours into sRGB; outside 0 to 1 where a screen has no such colour."""
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    rgb: Doubles = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    )
    return rgb


def _hue(colour: str) -> float:
    shade = QColor(colour)
    _, a, b = oklab(np.array([[shade.redF(), shade.greenF(), shade.blueF()]]))[0]
    return float(np.arctan2(b, a))


def _in_gamut(lab: Doubles) -> Doubles:
    """The colours with as much of their chroma, the same share for all, as every one of them has room for."""
    for share in np.linspace(1.0, 0.5, 26):
        rgb = _srgb(lab * [1.0, share, share])
        if rgb.min() >= 0.0 and rgb.max() <= 1.0:
            break
    return np.clip(rgb, 0.0, 1.0)
