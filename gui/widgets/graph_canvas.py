"""The drawing of a title's surroundings: it finds its places, can be dragged, zoomed and walked through with the keys."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PyQt6.QtCore import QElapsedTimer, QPoint, QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PyQt6.QtWidgets import QApplication, QWidget

from gui.models import ShelfEntry
from gui.theme import Theme
from gui.widgets.force_layout import STEPS, ForceLayout, first_places
from gui.widgets.graph_meaning import NOTHING, Meaning, fewer, of_spot, of_tie, of_ways, with_links
from gui.widgets.graph_spots import LABEL, TITLE, SpotItem, TieItem
from gui.widgets.poster import PosterPixmaps
from gui.widgets.zoom_view import ZoomView
from recommender.surroundings import Surroundings

FRAME = 16  # milliseconds between two steps
SETTLED = 1400  # milliseconds after which everything rests
MOVEMENT = 160  # asked of the theme: 0 means that nothing moves
RING = 160  # radius of the ring of names at the beginning
NAMED = 8  # so many ties at most say what they mean at once
_SMALLEST = 0.6  # no smaller should all of it have to be drawn; else there is less of it
_CROWDED = 2.1  # the room that a node takes with what is around it, in areas of its box
_FEWEST = 20
_TURNS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class GraphCanvas(ZoomView):
    """The nodes and ties around one title.

    A click opens a title, a double click puts it in the middle; nodes can be dragged, the ground moves everything, the wheel
    zooms. Keys: the arrows go from node to node, Enter opens, Space puts it in the middle, + − and 0 zoom.

    Signals: ``opened(int)``, ``centred(int)`` with the id of a title; ``meant(Meaning)`` when something is pointed at.
    """

    opened = pyqtSignal(int)
    centred = pyqtSignal(int)
    meant = pyqtSignal(object)

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmaps = pixmaps
        self._whole: Surroundings | None = None
        self._surroundings: Surroundings | None = None
        self._entries: dict[int, ShelfEntry] = {}
        self._spots: dict[str, SpotItem] = {}
        self._ties: list[TieItem] = []
        self._layout: ForceLayout | None = None
        self._current = ""
        self._wanted = ""
        self._held = NOTHING
        self._dragged: SpotItem | None = None
        self._pressed_at = QPoint()
        self._moved = False
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME)
        self._clock.timeout.connect(self._tick)
        self._since = QElapsedTimer()
        self._steps_due = 0.0
        self._click = QTimer(self)
        self._click.setSingleShot(True)
        self._click.timeout.connect(self._open_clicked)
        self._clicked: SpotItem | None = None
        self.setObjectName("graph")
        self.setMouseTracking(True)
        self.setAccessibleName("Graph")
        theme.changed.connect(self._draw_anew)

    # What it is told

    def show_surroundings(
        self, surroundings: Surroundings, entries: Mapping[int, ShelfEntry], towards: int | None = None
    ) -> None:
        """Draw these, or as many of them as can be read; what was there already goes from where it is to its new place.

        :param towards: a title that is to stand out, with how it hangs together with the one in the middle.
        """
        self._whole = surroundings
        self._entries = dict(entries)
        self._held = NOTHING
        self._wanted = next(
            (spot.key for spot in surroundings.spots if towards is not None and spot.item_id == towards), ""
        )
        self.framed = True
        before = {key: item.pos() for key, item in self._spots.items()}
        self._current = surroundings.spots[0].key
        self._draw()
        self._find_places(before)
        self.setAccessibleDescription(f"{len(self._spots) - 1} names and titles around {surroundings.spots[0].name}")
        self._mean(NOTHING)
        self.hold_spot(self._wanted)

    def hold_way(self, place: int | None) -> None:
        """Let one of the ways stand out for as long as nothing else is pointed at; ``None`` for none."""
        around = self._surroundings
        self._held = NOTHING if place is None or around is None else of_ways(around, (place,))
        self._mean(self._held)

    def hold_spot(self, key: str) -> None:
        """Let a node stand out with how it hangs together with the middle."""
        if key in self._spots and self._surroundings is not None:
            self._held = with_links(self._surroundings, key)
            self._mean(self._held)

    def refresh(self) -> None:
        """Draw the posters again."""
        self._scene.update()

    def spot(self, key: str) -> SpotItem:
        """The node with this key."""
        return self._spots[key]

    def spots(self) -> list[SpotItem]:
        """All nodes, the middle one first."""
        return list(self._spots.values())

    def ties(self) -> list[TieItem]:
        """All ties."""
        return list(self._ties)

    @property
    def current(self) -> str:
        """The key of the node that the keyboard is on."""
        return self._current

    @property
    def resting(self) -> bool:
        """Whether everything has found its place."""
        return self._layout is None or self._layout.resting

    # What the user does

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of a node, or of the ground."""
        if event is None:
            return
        item = self._spot_at(event.pos())
        if item is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._dragged, self._pressed_at, self._moved = item, event.pos(), False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag what was taken hold of; else point at what is under the mouse."""
        if event is None:
            return
        if self._dragged is None:
            super().mouseMoveEvent(event)
            if not event.buttons():
                self._point_at(event.pos())
            return
        if not self._moved:
            far = (event.pos() - self._pressed_at).manhattanLength()
            self._moved = far >= QApplication.startDragDistance()
        if self._moved:
            self._drag_to(self.mapToScene(event.pos()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """A node that was not dragged was clicked."""
        if event is None:
            return
        item, self._dragged = self._dragged, None
        if item is None:
            super().mouseReleaseEvent(event)
        elif self._moved:
            self._find_rest()
        elif item.spot.item_id is not None:
            self._clicked = item
            self._click.start(QApplication.doubleClickInterval())  # it may become a double click

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Put a title in the middle."""
        item = self._spot_at(event.pos()) if event is not None else None
        if item is not None:
            self._click.stop()
            self._put_in_the_middle(item)

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._mean(self._held)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go from node to node."""
        if event is None or event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            super().keyPressEvent(event)
            return
        key = event.key()
        item = self._spots.get(self._current)
        if key in _TURNS:
            self._go(_TURNS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / 1.2 if key == Qt.Key.Key_Minus else 1.2)
        elif key == Qt.Key.Key_0:
            self.frame()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None and item.spot.item_id is not None:
            self.opened.emit(item.spot.item_id)
        elif key == Qt.Key.Key_Space and item is not None:
            self._put_in_the_middle(item)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._mean(self._held)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """The keyboard is elsewhere."""
        super().focusOutEvent(event)
        self._mean(self._held)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep all of it in sight."""
        super().resizeEvent(event)
        if self._whole is not None and len(fewer(self._whole, self._room(), self._wanted).spots) != len(self._spots):
            self._draw_anew()
        elif self.framed:
            self.frame()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nothing moves where nobody looks; it goes to its places at once."""
        super().hideEvent(event)
        self._click.stop()
        if self._layout is not None and not self._layout.resting:
            self._layout.settle()
            self._place_all()
        self._clock.stop()

    # Places

    def _draw(self) -> None:
        self._scene.clear()
        self._spots, self._ties = {}, []
        self._dragged = self._clicked = None
        if self._whole is None:
            return
        self._surroundings = fewer(self._whole, self._room(), self._wanted)
        for place, spot in enumerate(self._surroundings.spots):
            entry = self._entries.get(spot.item_id) if spot.item_id is not None else None
            if entry is None and spot.item_id is not None:
                entry = ShelfEntry(item_id=spot.item_id, title=spot.name)
            item = SpotItem(spot, place == 0, self._theme, self._pixmaps, entry)
            self._spots[spot.key] = item
            self._scene.addItem(item)
        for tie in self._surroundings.ties:
            if tie.first in self._spots and tie.second in self._spots:
                line = TieItem(tie, self._spots[tie.first], self._spots[tie.second], self._theme)
                self._ties.append(line)
                self._scene.addItem(line)

    def _room(self) -> int:
        """How many nodes can be drawn so that they can be read."""
        viewport, px = self.viewport(), self._theme.px
        if viewport is None or not self.isVisible():
            return 10_000
        box = px(LABEL) * px(TITLE.height() + 12)
        return max(_FEWEST, round(viewport.width() * viewport.height() / _SMALLEST**2 / box / _CROWDED))

    def _find_places(self, before: Mapping[str, QPointF]) -> None:
        keys = list(self._spots)
        place_of = {key: place for place, key in enumerate(keys)}
        ties = np.array([[place_of[tie.tie.first], place_of[tie.tie.second]] for tie in self._ties], np.int64)
        strengths = np.array([min(1.0, max(0.0, tie.tie.strength)) for tie in self._ties])
        sizes = np.array([item.size() for item in self._spots.values()]).reshape(-1, 2)
        viewport = self.viewport()
        wide = min(2.2, max(0.8, viewport.width() / max(1, viewport.height()))) if viewport is not None else 1.5
        start = first_places(len(keys), ties, self._theme.px(RING), wide)
        middle = before.get(keys[0], QPointF()) if keys else QPointF()
        for key, point in before.items():
            if key in place_of:
                start[place_of[key]] = point.x() - middle.x(), point.y() - middle.y()
        self._layout = ForceLayout(sizes, ties, strengths, start, wide)
        self._find_rest()

    def _find_rest(self) -> None:
        """Let everything go to its place: little by little, or at once where nothing may move."""
        if self._layout is None:
            return
        if self._theme.duration(MOVEMENT) and self.isVisible():
            self._start_clock()
        else:
            self._layout.settle()
        self._place_all()

    def _tick(self) -> None:
        if self._layout is None or self._layout.resting:
            self._clock.stop()
            return
        due = (
            self._steps_due + self._since.restart() * STEPS / SETTLED
        )  # a slow computer takes larger steps, not longer
        while due >= 1 and not self._layout.resting:
            self._layout.step()
            due -= 1
        self._steps_due = due
        self._place_all()

    def _start_clock(self) -> None:
        if not self._clock.isActive():
            self._since.start()
            self._steps_due = 0.0
            self._clock.start()

    def _place_all(self) -> None:
        if self._layout is None:
            return
        for item, (x, y) in zip(self._spots.values(), self._layout.places.tolist(), strict=True):
            item.setPos(x, y)
        for tie in self._ties:
            tie.follow()
        if self.framed and self._dragged is None:
            self.frame()

    def _drag_to(self, point: QPointF) -> None:
        if self._dragged is None or self._layout is None:
            return
        self.framed = False
        self._layout.hold(list(self._spots).index(self._dragged.spot.key), point.x(), point.y())
        if self._theme.duration(MOVEMENT):
            self._start_clock()
        self._dragged.setPos(point)
        for tie in self._ties:
            tie.follow()

    def _draw_anew(self) -> None:
        """Other colours or another size of the text."""
        if self._whole is not None:
            places = {key: item.pos() for key, item in self._spots.items()}
            self._draw()
            self._find_places(places)
            self._mean(self._held)

    # Pointing

    def _spot_at(self, point: QPoint) -> SpotItem | None:
        return next((item for item in self.items(point) if isinstance(item, SpotItem)), None)

    def _point_at(self, point: QPoint) -> None:
        item, around = self._spot_at(point), self._surroundings
        if item is not None and around is not None:
            self._mean(of_spot(around, item.spot.key))
            return
        tie = next((item for item in self.items(point) if isinstance(item, TieItem)), None)
        self._mean(of_tie(tie.tie) if tie is not None else self._held)

    def _mean(self, meaning: Meaning) -> None:
        """Let something stand out, and everything else step back."""
        anything = bool(meaning.keys)
        chosen = self._current if self.hasFocus() else ""
        for key, item in self._spots.items():
            lit = key in meaning.keys
            item.show_state(lit, anything and not lit and key != chosen, key == chosen)
        lit_ties = {tie for tie in self._ties if frozenset((tie.tie.first, tie.tie.second)) in meaning.ties}
        for tie in self._ties:
            lit = tie in lit_ties
            tie.show_state(lit, anything and not lit, lit and len(lit_ties) <= NAMED)
        self.meant.emit(meaning)

    # Going

    def _go(self, turn: QPointF) -> None:
        """To the nearest node that way: what lies aside counts as twice as far."""
        here = self._spots.get(self._current)
        if here is None:
            return
        best: tuple[float, str] | None = None
        for key, item in self._spots.items():
            way = item.pos() - here.pos()
            along = QPointF.dotProduct(way, turn)
            aside = abs(way.x() * turn.y() - way.y() * turn.x())
            if along > 1 and aside <= 2 * along:
                best = min(best or (float("inf"), ""), (along + 2 * aside, key))
        if best is not None and self._surroundings is not None:
            self._current = best[1]
            self.ensureVisible(self._spots[self._current], 20, 20)
            self._mean(of_spot(self._surroundings, self._current))

    def _open_clicked(self) -> None:
        if self._clicked is not None and self._clicked.spot.item_id is not None:
            self.opened.emit(self._clicked.spot.item_id)

    def _put_in_the_middle(self, item: SpotItem) -> None:
        if item.spot.item_id is not None and not item.centre:
            self.centred.emit(item.spot.item_id)
