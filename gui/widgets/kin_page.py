"""The page "More like this": up to sixty titles that are like one, why, and what the user would give them.

It knows no store and no engine: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.models import Card
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.card_view import plain_label
from gui.widgets.kin_card import PARTS, KinEntry, part_colour
from gui.widgets.kin_list import KinGrid, KinScroll
from gui.widgets.laid_page import LaidPage
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.poster import PosterPixmaps, PosterView

CRUMBS_SHOWN = 3
_POSTER = QSize(44, 66)
_SETTLED = 80  # milliseconds after the last scrolling before posters are asked for
WORKING = PageText(
    "page-busy", "The similarities are being worked out", "This takes a few minutes once; the page fills by itself."
)
ALONE = PageText(
    "page-library", "There is nothing to compare it with yet", "With more titles in your library, there is."
)


class Legend(QWidget):
    """What the colours of the bars mean, in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(f"The bars show what makes them alike: {', '.join(words for words, _ in PARTS)}")
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """All the words on one line."""
        metrics, px = QFontMetricsF(self._theme.font(13)), self._theme.px
        words = sum(metrics.horizontalAdvance(words) + px(16) + px(14) for words, _ in PARTS)
        return QSize(round(metrics.horizontalAdvance("Alike in") + words) + 2, px(22))

    def minimumSizeHint(self) -> QSize:
        """It has no say in how narrow the page may become; see ``KinPage._fit``."""
        return QSize(1, self._theme.px(22))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw a dot and a word for each part."""
        theme, painter = self._theme, QPainter(self)
        px = theme.px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(13))
        metrics, left = QFontMetricsF(painter.font()), 0.0
        for place, words in enumerate(("Alike in", *(words for words, _ in PARTS))):
            if place:
                left += px(14)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(part_colour(theme, place - 1))
                painter.drawRoundedRect(QRectF(left, self.height() / 2 - px(5), px(10), px(10)), 3, 3)
                left += px(16)
            painter.setPen(theme.colour("dim"))
            area = QRectF(left, 0, self.width(), self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)
            left += metrics.horizontalAdvance(words)
        painter.end()


class KinPage(LaidPage):
    """The titles that are like one.

    Signals: ``chosen(int)`` · ``rated(int, float)`` · ``similar_requested(int)``: more like that one ·
    ``connections_requested(int)``: how it is connected with the title on top, or that title's own surroundings ·
    ``crumb_chosen(int)``: back to the title at this place of the trail · ``posters_wanted(list)``.
    """

    chosen = pyqtSignal(int)
    rated = pyqtSignal(int, float)
    similar_requested = pyqtSignal(int)
    connections_requested = pyqtSignal(int)
    crumb_chosen = pyqtSignal(int)
    posters_wanted = pyqtSignal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "More like this", parent)
        self._card: Card | None = None
        self._entries: tuple[KinEntry, ...] = ()
        self._trail: tuple[str, ...] = ()
        self._asked: set[int] = set()
        self._pixmaps = PosterPixmaps()
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(0)
        self.poster = PosterView(self._pixmaps)
        self.title = plain_label("title", wrap=False)
        self.facts = plain_label("dim", wrap=False)
        self.graph = Button("See it as a graph")
        self.by_likeness = _switch("Most alike")
        self.by_worth = _switch("What you would give")
        self.unseen = _switch("Not seen")
        self.unrated = _switch("Not rated")
        self.count = plain_label("dim", wrap=False)
        self.legend = Legend(theme)
        self.grid = KinGrid(theme, self._pixmaps)
        self.scroll = KinScroll(self.grid)
        self.quiet = QuietPage(theme)
        self._bodies = QStackedWidget()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLED)
        self._soon.timeout.connect(self._ask_for_posters)
        self._arrange()
        self._connect()
        theme.changed.connect(self._fit)

    # What the page is told

    def show_title(self, card: Card, trail: Sequence[str] = ()) -> None:
        """Be about this title; ``trail`` are the titles it was reached from, the first one first."""
        changed = self._card is None or self._card.item_id != card.item_id
        self._card, self._trail = card, tuple(trail)
        self.poster.show_title(card)
        self.setAccessibleName(f"More like {card.title}")
        self._show_crumbs()
        self._fit()
        self._want([card.item_id])
        if changed:
            self.grid.to_first()
            self.scroll.to_top()

    def show_kin(self, entries: Sequence[KinEntry]) -> None:
        """Show these, in the order of their likeness; those that are there already move to their new places."""
        self._entries = tuple(entries)
        self._show_chosen()

    def show_quiet(self, text: PageText) -> None:
        """Say why there are none."""
        self._entries = ()
        self.quiet.show_text(text)
        self._bodies.setCurrentWidget(self.quiet)
        self.count.setText("")

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""
        self._asked.discard(item_id)
        if self._pixmaps.add(item_id, image):
            self.grid.refresh(item_id)
            if self.poster.item_id == item_id:
                self.poster.update()
        else:
            self._asked.add(item_id)

    @property
    def card(self) -> Card | None:
        """The title that the others are like."""
        return self._card

    def shown(self) -> list[KinEntry]:
        """What the list shows, in order."""
        return [card.entry for card in self.grid.cards()] if self._bodies.currentWidget() is self.scroll else []

    def crumbs(self) -> list[Button]:
        """The titles of the trail that one can go back to, the first one first."""
        items = [self._crumbs.itemAt(place) for place in range(self._crumbs.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, Button)]

    # What the user does

    def step_back(self) -> bool:
        """Back to the title that this one was reached from."""
        if self._trail:
            self.crumb_chosen.emit(len(self._trail) - 1)
            return True
        return False

    def take_focus(self) -> None:
        """The first card, so that the arrow keys move at once."""
        if self._bodies.currentWidget() is self.scroll and self.grid.active is not None:
            self.grid.take_focus()
        else:
            super().take_focus()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Put the legend where there is room for it."""
        super().resizeEvent(event)
        self._fit()

    def _order(self) -> list[KinEntry]:
        entries = [
            entry
            for entry in self._entries
            if not (self.unseen.isChecked() and entry.seen) and not (self.unrated.isChecked() and entry.kin.given)
        ]
        if self.by_worth.isChecked():
            entries.sort(key=lambda entry: -entry.worth)
        return entries

    def _show_chosen(self) -> None:
        entries = self._order()
        had_focus = self.grid.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        if entries:
            self.grid.show_entries(entries, self._card.title if self._card is not None else "")
            self._bodies.setCurrentWidget(self.scroll)
            if had_focus or (self.isVisible() and self.hasFocus()):
                self.grid.take_focus()
        else:
            text = PageText(
                "page-filtered", "None of them fits", "Ask for a little less, and they come back.", "Show all", "all"
            )
            self.quiet.show_text(text)
            self._bodies.setCurrentWidget(self.quiet)
        whole = len(self._entries)
        self.count.setText(f"{len(entries)} of {whole}" if len(entries) != whole else f"{whole} titles")
        self._soon.start()

    def _choose_anew(self) -> None:
        """Another order, or other titles: from the top."""
        self.grid.to_first()
        self._show_chosen()
        self.scroll.to_top()

    def _show_all(self) -> None:
        self.unseen.setChecked(False)
        self.unrated.setChecked(False)
        self.take_focus()

    # How it is put together

    def _arrange(self) -> None:
        for label in (self.title, self.facts):  # they are shortened to the room there is
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setMinimumWidth(1)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self.title)
        names.addWidget(self.facts)
        names.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.poster)
        top.addLayout(names, 1)
        top.addWidget(self.graph)
        switches = QHBoxLayout()
        switches.setSpacing(8)
        for widget in (self.by_likeness, self.by_worth):
            switches.addWidget(widget)
        switches.addSpacing(16)
        for widget in (self.unseen, self.unrated, self.count):
            switches.addWidget(widget)
        switches.addStretch(1)
        self._bar = QGridLayout()
        self._bar.setHorizontalSpacing(16)
        self._bar.setVerticalSpacing(6)
        self._bar.addLayout(switches, 0, 0)
        self._bar.setColumnStretch(0, 1)
        self._bodies.addWidget(self.scroll)
        self._bodies.addWidget(self.quiet)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 0, 16, 0)
        column.setSpacing(12)
        for layout in (top, self._bar):
            layout.setContentsMargins(0, 0, 8, 0)
            column.addLayout(layout)
        column.addWidget(self._bodies, 1)
        self.set_body(body)
        crumbs = QWidget()
        crumbs.setLayout(self._crumbs)
        self._crumbs.setContentsMargins(0, 0, 0, 0)
        self.add_tool(crumbs)

    def _connect(self) -> None:
        sort = QButtonGroup(self)
        for button in (self.by_likeness, self.by_worth):
            sort.addButton(button)
        self.by_likeness.setChecked(True)
        for button in (self.by_worth, self.unseen, self.unrated):
            button.toggled.connect(self._choose_anew)
        self.graph.clicked.connect(self._want_graph)
        self.quiet.acted.connect(self._show_all)
        self.grid.chosen.connect(self.chosen)
        self.grid.rated.connect(self.rated)
        self.grid.similar_wanted.connect(self.similar_requested)
        self.grid.connections_wanted.connect(self.connections_requested)
        self.scroll.scrolled.connect(self._soon.start)

    def _want_graph(self) -> None:
        if self._card is not None:
            self.connections_requested.emit(self._card.item_id)

    def _show_crumbs(self) -> None:
        """The titles of the trail, each a way back, and at the end where one is."""
        while self._crumbs.count():
            item = self._crumbs.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not self._trail or self._card is None:
            return
        first = max(0, len(self._trail) - CRUMBS_SHOWN)
        for place, title in enumerate(self._trail[first:], first):
            button = Button(self._shortened(title).replace("&", "&&"), "link")
            button.setAccessibleName(f"Back to what is like {title}")
            button.setToolTip(f"Back to what is like {title}")
            button.clicked.connect(lambda _on, place=place: self.crumb_chosen.emit(place))
            self._crumbs.addWidget(button)
            arrow = plain_label("note", wrap=False)
            arrow.setText("›")
            self._crumbs.addWidget(arrow)
        here = plain_label("note", wrap=False)
        here.setText(self._shortened(self._card.title))
        here.setContentsMargins(6, 0, 0, 0)
        self._crumbs.addWidget(here)

    def _shortened(self, title: str) -> str:
        room = min(self._theme.px(150), self.width() // 9)
        return QFontMetricsF(self._theme.font(13)).elidedText(title, Qt.TextElideMode.ElideRight, room)

    def _fit(self) -> None:
        px = self._theme.px
        self.poster.setFixedSize(px(_POSTER.width()), px(_POSTER.height()))
        switches = sum(
            button.sizeHint().width() + 8 for button in (self.by_likeness, self.by_worth, self.unseen, self.unrated)
        )
        beside = self.width() - 48 - switches - px(110) >= self.legend.sizeHint().width()
        self._bar.removeWidget(self.legend)
        self._bar.addWidget(self.legend, 0 if beside else 1, 1 if beside else 0)
        if self._card is None:
            return
        room = self.width() - 48 - px(_POSTER.width()) - 40 - self.graph.sizeHint().width()
        year = f" ({self._card.year})" if self._card.year else ""
        for label, words in ((self.title, f"{self._card.title}{year}"), (self.facts, self._card.facts)):
            label.ensurePolished()
            label.setText(label.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(60, room)))
            label.setToolTip("" if label.text() == words else words)

    def _ask_for_posters(self) -> None:
        if self.isVisible() and self._bodies.currentWidget() is self.scroll:
            self._want(self.scroll.in_sight())

    def _want(self, item_ids: list[int]) -> None:
        wanted = [item_id for item_id in item_ids if item_id not in self._asked and not self._pixmaps.has(item_id)]
        if wanted:
            self._asked.update(wanted)
            self.posters_wanted.emit(wanted)


def _switch(words: str) -> Button:
    button = Button(words, "filter")
    button.setCheckable(True)
    return button
