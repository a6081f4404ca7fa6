"""Dials: what the person wants more of tonight than the taste says, as points added to the order, never to the prediction.

    points of item i = STRENGTH . sum over dials of (position of the dial) . (how far the item lies that way, -2 to 2)

A dial that is not turned adds nothing, and nothing is added where it is not known how an item lies.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from library.settings import DialSettings
from recommender.features import QUALITIES
from recommender.snapshot import Snapshot

Floats = NDArray[np.float32]

STRENGTH = 0.8  # value per standard deviation when a dial is turned all the way
FARTHEST = 2.0
_POLES = {
    "obscure": ("popular", "obscure"),
    "dark": ("light", "dark"),
    "long": ("short", "long"),
    "new": ("old", "new"),
}


def dial_points(dials: DialSettings, snapshot: Snapshot) -> dict[str, Floats]:
    """What each dial that is turned adds to every item: float32 (n,), as values, by the pole it is turned to."""
    points: dict[str, Floats] = {}
    for field in fields(DialSettings):
        turned = float(getattr(dials, field.name))
        if turned:
            lies = np.clip(_lie(field.name, snapshot), -FARTHEST, FARTHEST)
            points[_POLES[field.name][turned > 0]] = np.float32(STRENGTH * turned) * lies
    return points


def _lie(dial: str, snapshot: Snapshot) -> Floats:
    """How far each item lies towards the pole that the dial is named for, float32 (n,), about -3 to 3."""
    if dial == "dark":
        return snapshot.columns.darkness
    quality = snapshot.features.quality
    if dial == "obscure":
        known = quality[:, QUALITIES.index("votes")]
        fame: Floats = np.where(known != 0.0, known, quality[:, QUALITIES.index("popularity")])
        return -fame
    name = {"long": "runtime", "new": "year"}[dial]
    if dial == "long":
        return _lengths(snapshot)
    lie: Floats = quality[:, QUALITIES.index(name)]
    return lie


def _lengths(snapshot: Snapshot) -> Floats:
    """How long each title is among those of its kind, standardised; 0 where that is not known."""
    columns = snapshot.columns
    lie = np.zeros(len(snapshot), np.float32)
    for kind in np.unique(columns.kinds):
        mine = (columns.kinds == kind) & np.isfinite(columns.runtimes)
        some = columns.runtimes[mine]
        if len(some) and (spread := float(some.std())) > 0.0:
            lie[mine] = (some - some.mean()) / spread
    return lie
