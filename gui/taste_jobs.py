"""What the Taste tab has worked out on a thread beside the window: each function makes one job out of the values it is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.tabs.taste.values import MapPicture
from gui.taste_regions import regions_of
from gui.worker import Task, Workplace
from library.progress import Job, Progress
from recommender.preferences import Preferences, preferences
from recommender.snapshot import Snapshot
from recommender.taste import TasteState
from recommender.taste_points import TastePoints, ratings_of

NOTICED = 0.05  # rating points from which on a prediction has moved


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of the predictions when ratings no longer counted, or counted again.

    :param titles: how many titles that are not rated moved by ``NOTICED`` or more; ``of`` how many there are.
    :param title: the one that moved most, from ``before`` to ``after``; empty when none did.
    """

    titles: int
    of: int
    title: str = ""
    before: float = 0.0
    after: float = 0.0


def load_charts() -> Task:
    """Load what draws the charts and the map, so that the window does not wait for it when the tab is made."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress("Getting the Taste tab ready")
        import gui.tabs.taste.tab  # noqa: F401

    return job


def read_preferences(snapshot: Snapshot, taste: TasteState) -> Task:
    """Work out what the person likes of genres, decades and people."""

    def job(workplace: Workplace) -> Job[Preferences]:
        yield Progress("Reading your taste")
        return preferences(snapshot, taste)

    return job


def draw_map(points: TastePoints, snapshot: Snapshot) -> Task:
    """Put titles and names of regions on the map."""

    def job(workplace: Workplace) -> Job[MapPicture]:
        yield Progress("Drawing the map")
        rows = np.searchsorted(snapshot.features.ids, points.ids)
        titles = tuple(snapshot.columns.titles[row] for row in rows.tolist())
        fame = np.log1p(np.nan_to_num(snapshot.columns.votes[rows, 1])).astype(np.float32)
        regions = yield from regions_of(points.places, rows, snapshot.features)
        return MapPicture(points, titles, fame, regions)

    return job


def compare(snapshot: Snapshot, before: TasteState, after: TasteState) -> Task:
    """Say what moved between two states of a taste."""

    def job(workplace: Workplace) -> Job[Moved]:
        yield Progress("Looking what has changed")
        return moved_between(snapshot, before, after)

    return job


def moved_between(snapshot: Snapshot, before: TasteState, after: TasteState) -> Moved:
    """What moved between two states of a taste, among the titles of the library that are rated in neither."""
    open_rows = snapshot.columns.present.copy()
    for taste in (before, after):
        open_rows[taste.rows] = False
    rows = np.flatnonzero(open_rows)
    if not len(rows):
        return Moved(0, 0)
    was, now = (ratings_of(taste.mean[rows].astype(np.float64)) for taste in (before, after))
    away = np.abs(now - was)
    most = int(away.argmax())
    if away[most] < NOTICED:
        return Moved(0, len(rows))
    title = snapshot.columns.titles[int(rows[most])]
    return Moved(int((away >= NOTICED).sum()), len(rows), title, float(was[most]), float(now[most]))
