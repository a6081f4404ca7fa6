"""The pages that lie over the tabs: Tonight, More like this, and the graph of a title; and the ways between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from gui.graph_desk import GraphDesk
from gui.kin_desk import KinDesk
from gui.tonight_desk import TonightDesk
from gui.worker import LibraryWorker, Task, Workplace
from library.progress import Job
from recommender.snapshot import Snapshot
from recommender.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    from gui.session import Session


class TitlePages(QObject):
    """Owns the desks of the three pages.

    :param worker: the thread that looks around in the graph.
    """

    def __init__(self, session: Session, worker: LibraryWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        assert session.controller is not None
        controller, window, theme = session.controller, session.window, session.theme
        self._session = session
        self._controller = controller
        self.kin = KinDesk(controller, window, theme, self)
        self.graph = GraphDesk(controller, window, theme, worker, self._around, self)
        self.tonight = TonightDesk(controller, window, theme, self)
        for desk in (self.kin, self.graph, self.tonight):
            desk.title_wanted.connect(session.show_title)
        self.kin.connections_wanted.connect(self.graph.open)
        window.tonight_requested.connect(self.tonight.open)
        for tab in (session.movies, session.shows):
            tab.similar_requested.connect(self.kin.open)
        controller.engine_ready.connect(self._offer)
        if controller.engine is not None:
            self._offer()

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Hand a poster to the pages that lie over the tabs now."""
        for desk in (self.kin, self.graph, self.tonight):
            desk.show_poster(item_id, image)

    def _offer(self) -> None:
        self._session.window.offer_tonight(True)
        for tab in (self._session.movies, self._session.shows):
            tab.set_similar(True)

    def _around(self, item_id: int, other_id: int) -> Task:
        engine = self._controller.engine
        assert engine is not None  # the page is reached from titles only
        ratings = {rating.item_id: rating.value for rating in engine.rated()}
        return look_around(engine.snapshot, ratings, item_id, other_id)


def look_around(snapshot: Snapshot, ratings: dict[int, float], item_id: int, other_id: int) -> Task:
    """What lies around a title in the graph, and how it hangs together with another one and with what was rated."""

    def job(workplace: Workplace) -> Job[Surroundings | None]:
        return (yield from surroundings(snapshot, ratings, item_id, other_id))

    return job
