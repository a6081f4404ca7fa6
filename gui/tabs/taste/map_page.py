"""The page "Map": the library as a landscape of taste, with a list beside it of what was drawn around."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QImage, QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QButtonGroup, QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from gui.models import ShelfEntry, counted
from gui.tabs.taste.legend import RatingLegend
from gui.tabs.taste.map_canvas import NOTCH, MapCanvas, extent_of
from gui.tabs.taste.map_card import MapCard
from gui.tabs.taste.page_parts import PageHead, plain
from gui.tabs.taste.rating_scale import RatingRange, range_of
from gui.tabs.taste.title_list import MadeLines, TitleLine, TitleList
from gui.tabs.taste.values import MapPicture
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.poster import PosterPixmaps
from recommender.taste_points import TastePoints

Ints = NDArray[np.int64]

BOTH, FILMS, SHOWS = "Both", "Films", "Shows"
LINGER = 120  # milliseconds over a point before its poster is asked for
SIDE = 300
ZOOMS = (("zoom-in", "Nearer (+)"), ("zoom-out", "Farther away (−)"), ("zoom-fit", "All of the map (0)"))
_EDGE = 12
WAITING = PageText(
    "page-taste",
    "The map is still being drawn",
    "It is made in the background from what your titles are about. It appears here as soon as it is ready.",
)


class MapPage(QWidget):
    """The map with its tools.

    Signals: ``chosen(int)`` to open a title; ``lasso_chosen(tuple)`` of item ids to suggest from; ``details_wanted(int)`` when
    the mouse comes over a title, to be answered by :meth:`show_details`; ``posters_wanted(list)`` of item ids.
    """

    chosen = pyqtSignal(int)
    lasso_chosen = pyqtSignal(tuple)
    details_wanted = pyqtSignal(int)
    posters_wanted = pyqtSignal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmaps = PosterPixmaps()
        self._asked: set[int] = set()
        self._whole: MapPicture | None = None
        self._picture: MapPicture | None = None
        self._scale = RatingRange(5.5, 4.5)
        self._selected: frozenset[int] = frozenset()
        self._order = np.zeros(0, np.int64)
        self._hovered: int | None = None
        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.setInterval(LINGER)
        self._bar = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._build()
        self._arrange()
        self._connect()
        self.show_waiting()

    # What it is told

    def show_waiting(self, text: PageText = WAITING) -> None:
        """Say why there is no map."""
        self.quiet.show_text(text)
        self._pages.setCurrentWidget(self.quiet)

    def show_picture(self, picture: MapPicture) -> None:
        """Show the map; what was drawn around stays so."""
        self._whole = picture
        shows = picture.points.shows
        self._kinds.setVisible(bool(shows.any()) and not bool(shows.all()))
        self._scale = range_of(picture.points.ratings)
        self.legend.show_range(self._scale)
        self._pages.setCurrentIndex(0)
        self._show_kind()
        self._select(self._selected)

    def show_details(self, entry: ShelfEntry) -> None:
        """Show the card of the title under the mouse; one that it has left since is passed over."""
        place = self._hovered
        if self._picture is None or place is None or int(self._picture.points.ids[place]) != entry.item_id:
            return
        points = self._picture.points
        entry = replace(entry, mean=float(points.ratings[place]))
        self.card.show_title(entry, bool(points.rated[place]), self.canvas.pixel_of(place))

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""
        self._asked.discard(item_id)
        if self._pixmaps.add(item_id, image):
            self.card.update()
        else:
            self._asked.add(item_id)

    @property
    def picture(self) -> MapPicture | None:
        """What is shown now, of the kind that is chosen."""
        return self._picture

    # What the user does

    def _hover(self, place: int) -> None:
        self._hovered = None if place < 0 else place
        self._linger.stop()
        if self._hovered is None or self._picture is None:
            self.card.hide()
            return
        self.details_wanted.emit(int(self._picture.points.ids[place]))
        self._linger.start()

    def _want_poster(self) -> None:
        entry = self.card.entry
        if self.card.isHidden() or entry is None:
            return
        if entry.item_id not in self._asked and not self._pixmaps.has(entry.item_id):
            self._asked.add(entry.item_id)
            self.posters_wanted.emit([entry.item_id])

    def _click(self, place: int) -> None:
        if self._picture is not None:
            self.chosen.emit(int(self._picture.points.ids[place]))

    def _lassoed(self, places: Ints) -> None:
        self.lasso.setChecked(False)
        self._select_places(places)

    def _list_view(self) -> None:
        self.canvas.clear_lasso()
        self._select_places(self.canvas.in_view())

    def _select_places(self, places: Ints) -> None:
        if self._picture is not None:
            self._select(frozenset(self._picture.points.ids[places].tolist()))
            if not self._selected:
                self._clear()

    def _clear(self) -> None:
        self.canvas.clear_lasso()
        self.lasso.setChecked(False)
        self._select(frozenset())

    def _suggest(self) -> None:
        self.lasso_chosen.emit(tuple(self._order.tolist()))

    # How it is put together

    def _show_kind(self) -> None:
        """Show the points of the kind that is chosen."""
        assert self._whole is not None
        kind = self.kinds.checkedButton()
        words = kind.text() if kind is not None and not self._kinds.isHidden() else BOTH
        shows = self._whole.points.shows
        wanted = {BOTH: np.ones(len(shows), np.bool_), FILMS: ~shows, SHOWS: shows}[words]
        self._picture = self._whole if wanted.all() else _part(self._whole, np.flatnonzero(wanted))
        self._hovered = None
        self.card.hide()
        self.canvas.show_picture(self._picture, self._scale, extent_of(self._whole.points.places))

    def _switch_kind(self) -> None:
        if self._whole is not None:
            self._clear()
            self._show_kind()

    def _select(self, item_ids: Iterable[int]) -> None:
        """List these titles, the best first, and let only them be lit on the map."""
        assert self._picture is not None
        points = self._picture.points
        places = np.flatnonzero(np.isin(points.ids, np.array(sorted(item_ids), np.int64)))
        self._selected = frozenset(points.ids[places].tolist())
        order = places[np.argsort(-points.ratings[places], kind="stable")]
        self._order = points.ids[order]
        self.canvas.points.light(order if len(order) else None)
        self.side.setVisible(bool(len(order)))
        given = points.rated[order]
        self.titles.show_lines(_lines_of(self._picture, order), self._scale)
        self._count.setText(counted(len(order), "title"))
        self._about.setText(_about(points.ratings[order], given))

    def _build(self) -> None:
        theme = self._theme
        self.canvas = MapCanvas(theme)
        self.card = MapCard(theme, self._pixmaps, self.canvas)
        self.legend = RatingLegend(theme)
        self.titles = TitleList(theme)
        self.titles.setAccessibleName("Titles inside the line")
        self.quiet = QuietPage(theme)
        self.lasso = Button("Draw around titles", "filter")
        self.lasso.setCheckable(True)
        self.lasso.setToolTip("Drag a line around titles to list them; Shift and a drag does the same at any time")
        self.listed = Button("List what is in view", "filter")
        self.listed.setToolTip("List the titles that the map shows now")
        self.suggest = Button("Suggest from these", "primary")
        self.clear = Button("Clear", "quiet")
        self.kinds = QButtonGroup(self)
        self._kinds = QWidget()
        row = QHBoxLayout(self._kinds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for words in (BOTH, FILMS, SHOWS):
            button = Button(words, "filter")
            button.setCheckable(True)
            button.setChecked(words == BOTH)
            button.setToolTip({BOTH: "Films and shows", FILMS: "Films only", SHOWS: "Shows only"}[words])
            self.kinds.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self._count, self._about = plain("heading"), plain("note")
        self._about.setWordWrap(True)
        self.zooms = [Button("", "zoom") for _ in ZOOMS]
        for button, (_, words) in zip(self.zooms, ZOOMS, strict=True):
            button.setToolTip(words)
            button.setAccessibleName(words)

    def _arrange(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.lasso)
        tools.addWidget(self.listed)
        tools.addStretch(1)
        self._bar.setSpacing(8)
        self._bar.addWidget(self._kinds)
        self._bar.addLayout(tools, 1)
        self.side = self._side_panel()
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._map_card(), 1)
        middle.addWidget(self.side)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(
            PageHead("Map", "Each dot is a title. What is alike lies together; the colour is what you would give it.")
        )
        column.addLayout(self._bar)
        column.addLayout(middle, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(body)
        self._pages.addWidget(self.quiet)

    def _map_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("look", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        inside.setSpacing(0)
        inside.addWidget(self.canvas, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(_EDGE, 6, _EDGE - 4, 0)
        foot.setSpacing(4)
        foot.addWidget(self.legend)
        foot.addStretch(1)
        for button in self.zooms:
            foot.addWidget(button)
        line = QFrame()
        line.setObjectName("tabLine")
        inside.addWidget(line)
        inside.addLayout(foot)
        return card

    def _side_panel(self) -> QFrame:
        side = QFrame()
        side.setProperty("look", "card")
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self._count, 1)
        head.addWidget(self.clear)
        column.addLayout(head)
        column.addWidget(self._about)
        column.addWidget(self.titles, 1)
        column.addWidget(self.suggest)
        return side

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.hovered.connect(self._hover)
        canvas.clicked.connect(self._click)
        canvas.lassoed.connect(self._lassoed)
        canvas.escaped.connect(self._clear)
        self._linger.timeout.connect(self._want_poster)
        self.kinds.buttonClicked.connect(self._switch_kind)
        self.lasso.toggled.connect(canvas.set_lasso)
        self.listed.clicked.connect(self._list_view)
        self.clear.clicked.connect(self._clear)
        self.suggest.clicked.connect(self._suggest)
        self.titles.opened.connect(self.chosen)
        nearer, farther, whole = self.zooms
        nearer.clicked.connect(lambda: canvas.zoom(NOTCH**2))
        farther.clicked.connect(lambda: canvas.zoom(NOTCH**-2))
        whole.clicked.connect(canvas.fit)
        self._theme.changed.connect(self._redress)
        self._redress()

    def _redress(self) -> None:
        """Take the icons and the sizes of the theme."""
        for button, (icon, _) in zip(self.zooms, ZOOMS, strict=True):
            button.setIcon(self._theme.icon(icon, "dim"))
        self._share_room()

    def _share_room(self) -> None:
        narrow = self.width() < self._theme.px(760)
        buttons = (*self.kinds.buttons(), self.lasso, self.listed)
        across = self.width() >= sum(button.sizeHint().width() + 8 for button in buttons) + 24
        self._bar.setDirection(QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom)
        self.side.setFixedWidth(min(self._theme.px(SIDE - 50 if narrow else SIDE), max(200, self.width() // 2)))

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Nothing is under the mouse where nobody looks."""
        self._linger.stop()
        self.card.hide()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Give the list less room in a narrow window, and the tools another line."""
        super().resizeEvent(event)
        self._share_room()


def _lines_of(picture: MapPicture, places: NDArray[np.intp]) -> MadeLines:
    """The lines of some points of a map."""
    points = picture.points

    def make(number: int) -> TitleLine:
        place = int(places[number])
        rating, given = float(points.ratings[place]), bool(points.rated[place])
        return TitleLine(int(points.ids[place]), picture.titles[place], rating, given)

    return MadeLines(len(places), make)


def _part(picture: MapPicture, places: NDArray[np.intp]) -> MapPicture:
    """Some points of a map; the names of its regions stay."""
    points = picture.points
    arrays = (points.ids, points.places, points.ratings, points.rated, points.shows)
    titles = picture.titles
    return MapPicture(
        TastePoints(*(values[places] for values in arrays)),
        tuple(titles[place] for place in places.tolist()),
        picture.fame[places],
        picture.regions,
    )


def _about(ratings: NDArray[np.float32], given: NDArray[np.bool_]) -> str:
    """What a few titles were given on average, and what the others would be."""
    said = []
    if given.any():
        said.append(f"You rated {int(given.sum()):,} of them, {ratings[given].mean():.1f} on average.")
    if not given.all():
        others = "the others" if given.any() else "them"
        said.append(f"You would give {others} {ratings[~given].mean():.1f} on average.")
    return " ".join(said)
