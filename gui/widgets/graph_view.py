"""The page with the graph of a title: the drawing, and beside it as a list what the drawing shows.

It knows no store and no engine: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QFontMetrics, QImage, QResizeEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.models import ShelfEntry
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.card_view import plain_label
from gui.widgets.graph_canvas import GraphCanvas, Meaning
from gui.widgets.graph_spots import spoken
from gui.widgets.laid_page import LaidPage
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.poster import PosterPixmaps
from recommender.surroundings import Spot, Surroundings, Tie

SIDE, SIDE_SHARE = 300, 0.34  # the width of the list, and how much of the page it may take
DRAWING = PageText("page-busy", "Looking around", "The names and titles around it appear in a moment.")
NOT_YET = PageText(
    "page-busy",
    "The graph is being drawn up",
    "This takes a few minutes once; come back when the strip below is quiet.",
)
NO_WAYS = "Nothing you rated is within reach of it. Rate a few titles, and the ways to them appear here."
_HINT = "A click opens a title, a double click puts it in the middle."
_LINE_EDGE, _BAR = 14, 12  # pixels beside the words of a line, and for the bar that scrolls
_ROLE = Qt.ItemDataRole.UserRole


class GraphPage(LaidPage):
    """What lies around a title, and the ways from it to what the user rated.

    Signals: ``chosen(int)``: open this title · ``centred(int)``: put it in the middle · ``previous_wanted()``: back to the
    title that was in the middle before · ``retry_wanted()`` · ``posters_wanted(list)``.
    """

    chosen = pyqtSignal(int)
    centred = pyqtSignal(int)
    previous_wanted = pyqtSignal()
    retry_wanted = pyqtSignal()
    posters_wanted = pyqtSignal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Connections", parent)
        self._surroundings: Surroundings | None = None
        self._previous = False
        self._asked: set[int] = set()
        self._pixmaps = PosterPixmaps()
        self.canvas = GraphCanvas(theme, self._pixmaps)
        self.about = plain_label("section")
        self.ways_switch = _switch("To your ratings")
        self.all_switch = _switch("Everything")
        self.list = QListWidget()
        self.note = plain_label("dim")
        self.quiet = QuietPage(theme)
        self._bodies = QStackedWidget()
        self._arrange()
        self._connect()
        theme.changed.connect(self._fit)

    # What the page is told

    def show_surroundings(
        self,
        surroundings: Surroundings,
        entries: Mapping[int, ShelfEntry],
        previous: bool = False,
        towards: int | None = None,
    ) -> None:
        """Draw this.

        :param entries: what the posters of the titles are drawn from, where there is no real one.
        :param previous: whether there is a title to go back to.
        :param towards: a title that is to stand out, with how it hangs together with the one in the middle.
        """
        self._surroundings, self._previous = surroundings, previous
        title = surroundings.spots[0].name if surroundings.spots else ""
        self.set_heading(f"Around {title}")
        self._bodies.setCurrentIndex(0)
        (self.ways_switch if surroundings.ways else self.all_switch).setChecked(True)
        self._fill()
        self.canvas.show_surroundings(surroundings, entries, towards)
        if self.isVisible():
            self.take_focus()
        self._want([spot.item_id for spot in surroundings.spots if spot.item_id is not None])

    def show_quiet(self, text: PageText, heading: str = "Connections", previous: bool = False) -> None:
        """Say why there is nothing to see."""
        self._previous = previous
        self.set_heading(heading)
        self.quiet.show_text(text)
        self._bodies.setCurrentWidget(self.quiet)

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""
        self._asked.discard(item_id)
        if self._pixmaps.add(item_id, image):
            self.canvas.refresh()
        else:
            self._asked.add(item_id)

    def lines(self) -> list[str]:
        """What the list says."""
        return [item.text() for item in self._items()]

    # What the user does

    def step_back(self) -> bool:
        """Back to the title that was in the middle before."""
        if self._previous:
            self.previous_wanted.emit()
            return True
        return False

    def take_focus(self) -> None:
        """The drawing, so that the arrow keys go through it."""
        target: QWidget = self.canvas if self._bodies.currentIndex() == 0 else self
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the width between drawing and list."""
        super().resizeEvent(event)
        self._fit()

    def _fill(self) -> None:
        """List the ways, or everything that is drawn."""
        around = self._surroundings
        if around is None:
            return
        self.list.blockSignals(True)
        self.list.clear()
        if self.ways_switch.isChecked():
            for place, way in enumerate(around.ways):
                self._add(way.sentence, (place, ""))
        else:
            for key, words in _everything(around):
                self._add(words, (-1, key))
        self.list.blockSignals(False)
        self.list.setVisible(bool(self.list.count()))
        self.note.setText(_HINT if around.ways else f"{NO_WAYS}\n\n{_HINT}")
        self._measure_lines()
        self.list.scrollToTop()
        self._say_about("")

    def _add(self, words: str, role: tuple[int, str]) -> None:
        item = QListWidgetItem(words)
        item.setData(_ROLE, role)
        self.list.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [item for row in range(self.list.count()) if (item := self.list.item(row)) is not None]

    def _picked(self, row: int) -> None:
        item = self.list.item(row)
        if item is None or self._surroundings is None:
            return
        place, key = item.data(_ROLE)
        if key:
            self.canvas.hold_spot(key)
        else:
            self.canvas.hold_way(place)

    def _activated(self, item: QListWidgetItem) -> None:
        """Enter on a line opens the title it leads to."""
        around = self._surroundings
        if around is None:
            return
        place, key = item.data(_ROLE)
        spots = {spot.key: spot for spot in around.spots}
        item_id = spots[key].item_id if key else around.ways[place].item_id
        if item_id is not None:
            self.chosen.emit(item_id)

    def _show_meaning(self, meaning: Meaning) -> None:
        """In the list too, what is meant stands out."""
        text, dim = (QBrush(self._theme.colour(name)) for name in ("text", "dim"))
        first: QListWidgetItem | None = None
        for item in self._items():
            place, key = item.data(_ROLE)
            meant = key in meaning.keys if key else place in meaning.ways
            item.setForeground(text if meant or not meaning.keys else dim)
            font = item.font()
            font.setBold(bool(meaning.about) and meant)
            item.setFont(font)
            first = first or (item if meant else None)
        if first is not None and meaning.about:
            self.list.scrollToItem(first)
        self._say_about(meaning.about)

    def _say_about(self, about: str) -> None:
        usual = "From it to what you rated" if self.ways_switch.isChecked() else "What lies around it"
        self.about.setText(about or usual)

    def _redo(self, action: str) -> None:
        if action == "retry":
            self.retry_wanted.emit()

    # How it is put together

    def _arrange(self) -> None:
        self.list.setWordWrap(True)
        self.list.setObjectName("ways")
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setAccessibleName("What the graph shows, as a list")
        switches = QHBoxLayout()
        switches.setSpacing(8)
        switches.addWidget(self.ways_switch)
        switches.addWidget(self.all_switch)
        switches.addStretch(1)
        for label in (self.about, self.note):
            label.setContentsMargins(_LINE_EDGE - 4, 0, 0, 0)
        self._side = QWidget()
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(8)
        column.addLayout(switches)
        column.addWidget(self.about)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        column.addStretch(0)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 24, 0)
        row.setSpacing(16)
        row.addWidget(self.canvas, 1)
        row.addWidget(self._side)
        self._bodies.addWidget(body)
        self._bodies.addWidget(self.quiet)
        self.set_body(self._bodies)

    def _connect(self) -> None:
        group = QButtonGroup(self)
        group.addButton(self.ways_switch)
        group.addButton(self.all_switch)
        self.ways_switch.setChecked(True)
        self.ways_switch.toggled.connect(self._fill)
        self.list.currentRowChanged.connect(self._picked)
        self.list.itemActivated.connect(self._activated)
        self.canvas.opened.connect(self.chosen)
        self.canvas.centred.connect(self.centred)
        self.canvas.meant.connect(self._show_meaning)
        self.quiet.acted.connect(self._redo)

    def _fit(self) -> None:
        self._side.setFixedWidth(min(self._theme.px(SIDE), round(self.width() * SIDE_SHARE)))
        self._measure_lines()

    def _measure_lines(self) -> None:
        """As tall as the words need when they stand out, so that nothing moves when they do."""
        width = self._side.width() - 2 * _LINE_EDGE - _BAR
        metrics = QFontMetrics(self._theme.font(weight=700))
        for item in self._items():
            words = metrics.boundingRect(QRect(0, 0, width, 10_000), int(Qt.TextFlag.TextWordWrap), item.text())
            item.setSizeHint(QSize(self._side.width() - _BAR, words.height() + 12))

    def _want(self, item_ids: list[int]) -> None:
        wanted = [item_id for item_id in item_ids if item_id not in self._asked and not self._pixmaps.has(item_id)]
        if wanted:
            self._asked.update(wanted)
            self.posters_wanted.emit(wanted)


def _everything(around: Surroundings) -> list[tuple[str, str]]:
    """Each node with what ties it to the drawing: first what the title has itself, then the other titles."""
    spots = {spot.key: spot for spot in around.spots}
    centre = around.spots[0].key if around.spots else ""
    lines: dict[str, str] = {}
    for tie in sorted(around.ties, key=lambda tie: -tie.strength):
        for key, other in ((tie.first, tie.second), (tie.second, tie.first)):
            if key in spots and other == centre:
                lines.setdefault(key, f"{tie.relation[:1].upper()}{tie.relation[1:]} {_named(spots[key])}")
    for tie in sorted(around.ties, key=lambda tie: -tie.strength):
        for key, other in ((tie.first, tie.second), (tie.second, tie.first)):
            if key in spots and other in spots and key != centre:
                lines.setdefault(key, _related(spots[key], spots[other], tie))
    return [(spot.key, lines.get(spot.key, spoken(spot))) for spot in around.spots if spot.key != centre]


def _related(spot: Spot, other: Spot, tie: Tie) -> str:
    if spot.kind == "media":
        return f"{_named(spot)}: {tie.relation} {other.name}"
    return f"{other.name}: {tie.relation} {spot.name}"


def _named(spot: Spot) -> str:
    return spoken(spot) if spot.kind == "media" else spot.name


def _switch(words: str) -> Button:
    button = Button(words, "filter")
    button.setCheckable(True)
    return button
