"""The tab that suggests one title at a time: one class, an instance for films and one for shows.

It knows no store and no engine: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QRect, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QImage, QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.models import Card, LastRating, ShelfEntry
from gui.theme import Theme
from gui.widgets.card_view import CardView
from gui.widgets.dials import DialsPanel
from gui.widgets.filter_bar import FilterBar
from gui.widgets.guest_strip import GuestStrip
from gui.widgets.moved_line import MovedLine
from gui.widgets.pages import PageText, QuietPage, busy_page, empty_page, failing_page
from gui.widgets.poster import PosterPixmaps
from gui.widgets.poster_stage import BOTTOM, FLIGHT, TOP, Flight, PosterStage
from gui.widgets.rating_bar import RatingBar
from gui.widgets.shelf import Shelf
from library.items import MediaKind

_IDLE = 40  # milliseconds of quiet before the next large poster is drawn ahead


class RecommendationTab(QWidget):
    """One title to decide about, what comes next, and the filters and dials above.

    Signals: ``filters_changed(FilterChoice)`` · ``rated(int, float)`` · ``skipped(int)`` · ``blocked(int)`` ·
    ``back_requested()`` · ``play_requested(int)`` · ``chosen(int)`` (from the shelf or the search) ·
    ``similar_requested(int)`` · ``configuration_requested()`` · ``demo_requested()`` · ``retry_requested()`` ·
    ``match_requested(int)``: it may be another title of a catalogue ·
    ``wished(Subject, str)`` with the direction · ``wish_undone()`` · ``learning_wanted(int, bool)`` · ``guest_wanted(bool)`` ·
    ``posters_wanted(list)``: item ids whose real poster has not been given yet, the most visible first.

    The panel ``dials`` has signals of its own; whoever keeps the settings connects them.
    """

    filters_changed = pyqtSignal(object)
    rated = pyqtSignal(int, float)
    skipped = pyqtSignal(int)
    blocked = pyqtSignal(int)
    back_requested = pyqtSignal()
    play_requested = pyqtSignal(int)
    chosen = pyqtSignal(int)
    similar_requested = pyqtSignal(int)
    match_requested = pyqtSignal(int)
    configuration_requested = pyqtSignal()
    demo_requested = pyqtSignal()
    retry_requested = pyqtSignal()
    wished = pyqtSignal(object, str)
    wish_undone = pyqtSignal()
    learning_wanted = pyqtSignal(int, bool)
    guest_wanted = pyqtSignal(bool)
    posters_wanted = pyqtSignal(list)

    def __init__(self, kind: MediaKind, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._theme = theme
        self._card: Card | None = None
        self._asked: set[int] = set()
        self._pixmaps = PosterPixmaps()
        self.filters = FilterBar(kind, theme)
        self.dials = DialsPanel(theme)
        self.guest = GuestStrip(theme)
        self.stage = PosterStage(theme, self._pixmaps)
        self.card_view = CardView(theme)
        self.ratings = RatingBar(theme, with_menu=True)
        self.shelf = Shelf(theme, self._pixmaps)
        self.moved = MovedLine(self.shelf)
        self.page = QuietPage(theme)
        self._bodies = QStackedWidget()
        self._flight = Flight(self)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Films" if kind is MediaKind.MOVIE else "Shows")
        self._above = self._frame_above()
        self._arrange()
        self._connect()
        self._bind_keys()
        self.set_busy("Opening your library")

    # What the tab is told

    def show_card(self, card: Card) -> None:
        """Show a title to decide about."""
        self._flight.land()
        before, self._card = self._card, card
        changed = before is None or before.item_id != card.item_id
        if changed:
            self.ratings.card_changed()
        self.stage.show_card(card)
        if not (changed and self._fly_to_card(card)):
            self.stage.show_poster(card)
        self.card_view.show_card(card)
        self._show_body(0)
        self._ask_for_posters([card.item_id])

    def show_shelf(self, entries: list[ShelfEntry]) -> None:
        """Show what comes next, up to ten titles."""
        self.shelf.show_entries(entries)
        self._ask_for_posters([entry.item_id for entry in self.shelf.entries()])
        self._idle.start()

    def show_counts(self, remaining: int, total: int) -> None:
        """Say how many titles the filters leave."""
        self.filters.show_counts(remaining, total)

    def set_choices(self, genres: list[tuple[str, int]], decades: list[tuple[int, int]]) -> None:
        """Offer these genres and decades (by their first year), each with how many titles it has."""
        self.filters.set_choices(genres, decades)

    def show_results(self, entries: list[ShelfEntry]) -> None:
        """Show the titles that the search found, best first."""
        self.filters.search.show_results(entries)

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""
        self._asked.discard(item_id)
        if self._pixmaps.add(item_id, image):
            self.shelf.refresh(item_id)
            if self.stage.poster.item_id == item_id:
                self.stage.poster.update()
            self._idle.start()
        else:
            self._asked.add(item_id)

    def hope_for_posters(self) -> None:
        """Those that were not there may be there now: ask for them again when they are shown."""
        self._asked.clear()

    def show_notice(self, text: str) -> None:
        """Say a sentence above the title, such as that the direction has changed; empty takes it away."""
        self.card_view.show_notice(text)

    def show_empty(self, reason: str) -> None:
        """Say why there is nothing to suggest: "library", "everything rated" or "filtered"."""
        self._show_page(empty_page(reason, self.kind), with_filters=reason != "library")

    def set_busy(self, text: str) -> None:
        """Say what is being done before there is anything to show; a card that is shown stays."""
        if text and self._card is None:
            self._show_page(busy_page(text), with_filters=False)

    def show_failing(self, text: str, hint: str = "") -> None:
        """Say that it cannot go on, and what to do."""
        self._show_page(failing_page(text, hint), with_filters=False)

    def set_similar(self, offered: bool) -> None:
        """Offer "More like this" when there is something that can answer it."""
        self.stage.set_similar(offered)
        self.shelf.set_similar(offered)
        self._similar_key.setEnabled(offered)

    def show_moved(self, text: str) -> None:
        """Say above the shelf what a wish has moved there, and offer to undo it; empty takes that away."""
        if text:
            self.moved.say(text)
        else:
            self.moved.clear()

    def show_learning(self, last: LastRating | None, guest: bool) -> None:
        """Say what the rating given last was, and whether a guest is here."""
        self.ratings.show_learning(last, guest)
        if self.guest.isHidden() == guest:
            self.guest.setVisible(guest)
            self._show_above()

    @property
    def card(self) -> Card | None:
        """The title that is shown now."""
        return self._card

    # What the user does

    def _rate(self, value: float) -> None:
        if self._card is not None:
            self.rated.emit(self._card.item_id, value)

    def _give(self, value: int) -> None:
        if self._card is not None:
            self.ratings.give(value)

    def _skip(self) -> None:
        if self._card is not None:
            self.skipped.emit(self._card.item_id)

    def _block(self) -> None:
        if self._card is not None:
            self.blocked.emit(self._card.item_id)

    def _play(self) -> None:
        if self._card is not None and self._card.playable:
            self.play_requested.emit(self._card.item_id)

    def _similar(self) -> None:
        if self._card is not None:
            self.similar_requested.emit(self.shelf.focused() or self._card.item_id)

    def _act(self, action: str) -> None:
        if action == "clear filters":
            self.filters.clear()
        elif action == "back":
            self.back_requested.emit()
        elif action == "configuration":
            self.configuration_requested.emit()
        elif action == "demo":
            self.demo_requested.emit()
        elif action == "retry":
            self.retry_requested.emit()

    # How it is put together

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the height between the card and the shelf."""
        super().resizeEvent(event)
        self._share_room()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Share the room anew when what stands above the card has another height."""
        if watched is self._above and event is not None and event.type() == QEvent.Type.Resize:
            self._share_room()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Let nothing fly where nobody looks."""
        self._flight.land()
        self.filters.search.close_list()
        super().hideEvent(event)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, TOP, 24, BOTTOM)
        right.setSpacing(2)
        right.addWidget(self.card_view, 1)
        right.addWidget(self.ratings)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.stage)
        middle.addLayout(right, 1)
        shelf = QHBoxLayout()
        shelf.setContentsMargins(24, 0, 24, 10)
        shelf.addWidget(self.shelf)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addLayout(shelf)
        self._bodies.addWidget(body)
        self._bodies.addWidget(self.page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.filters)
        outer.addWidget(self._above)
        outer.addWidget(self._bodies, 1)

    def _frame_above(self) -> QWidget:
        """What opens between the filters and the card: the dials and the line about the guest."""
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(24, 0, 24, 8)
        column.setSpacing(8)
        for part in (self.dials, self.guest):
            column.addWidget(part)
            part.hide()
        above.hide()
        return above

    def _connect(self) -> None:
        self.filters.changed.connect(self.filters_changed)
        self.filters.chosen.connect(self.chosen)
        self._above.installEventFilter(self)
        self.filters.dials_opened.connect(self._open_dials)
        self.dials.closed.connect(lambda: self.filters.dials.setChecked(False))
        self.guest.ended.connect(lambda: self.guest_wanted.emit(False))
        self.card_view.wished.connect(self.wished)
        self.card_view.match_requested.connect(self.match_requested)
        self.moved.undone.connect(self.wish_undone)
        self.ratings.rated.connect(self._rate)
        self.ratings.learning_wanted.connect(self.learning_wanted)
        self.ratings.guest_wanted.connect(self.guest_wanted)
        self.ratings.back.connect(self.back_requested)
        self.ratings.skipped.connect(self._skip)
        self.ratings.blocked.connect(self._block)
        self.stage.played.connect(self._play)
        self.stage.similar_wanted.connect(self._similar)
        self.shelf.chosen.connect(self.chosen)
        self.shelf.similar_wanted.connect(self.similar_requested)
        self.page.acted.connect(self._act)
        self._flight.landed.connect(self._landed)
        self._idle.timeout.connect(self._draw_ahead)
        self._theme.changed.connect(self._share_room)

    def _bind_keys(self) -> None:
        for value in range(1, 11):
            self._key(str(value % 10), lambda value=value: self._give(value))
        self._key("P", self._play)
        self._similar_key = self._key("M", self._similar)
        self._similar_key.setEnabled(False)
        self._key("Ctrl+F", lambda: self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason))
        close = self._key("Esc", self.card_view.close_ledger)
        close.setEnabled(False)  # Escape belongs to the search field and others until there is a ledger to close
        self.card_view.ledger_opened.connect(close.setEnabled)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        self._key("Right", self._skip, within)
        self._key("Left", self.back_requested.emit, within)

    def _key(
        self, key: str, action: object, context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut
    ) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(context)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(action)  # type: ignore[arg-type]
        return shortcut

    def _open_dials(self, opened: bool) -> None:
        keyboard = self.focusWidget()
        was_inside = keyboard is not None and self.dials.isAncestorOf(keyboard)
        self.dials.setVisible(opened)
        self._show_above()
        if opened and keyboard is self.filters.dials:
            self.dials.first().setFocus(Qt.FocusReason.OtherFocusReason)
        elif was_inside:
            self.filters.dials.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_above(self) -> None:
        self._above.setVisible(self._is_anything_above())
        self._share_room()

    def _is_anything_above(self) -> bool:
        return not (self.dials.isHidden() and self.guest.isHidden())

    def _share_room(self) -> None:
        above = 0 if self._above.isHidden() else self._above.sizeHint().height()
        height = self.height() - above
        lines = height / self._theme.px(100)  # how tall the rest is, measured in its own text
        share = 0.23 if lines > 6.4 else 0.20 if lines > 5 else 0.15 if lines > 3 else 0.11
        self.shelf.set_room(self.width() - 48, round(self.height() * share))
        left = self._theme.px(76)  # after the heading of the shelf
        self.moved.setGeometry(left, 0, self.width() - 48 - left, self._theme.px(21))
        room = height - self.filters.sizeHint().height()
        self.stage.set_height(max(140, room - self.shelf.height() - 10))

    def _show_body(self, place: int) -> None:
        self.filters.setVisible(True)
        self._above.setVisible(self._is_anything_above())
        if self._bodies.currentIndex() != place:
            self._bodies.setCurrentIndex(place)

    def _show_page(self, text: PageText, with_filters: bool) -> None:
        self._flight.land()
        self._card = None
        self.page.show_text(text)
        self._bodies.setCurrentWidget(self.page)
        self.filters.setVisible(with_filters)
        self._above.setVisible(with_filters and self._is_anything_above())

    def _ask_for_posters(self, item_ids: list[int]) -> None:
        wanted = [item_id for item_id in item_ids if item_id not in self._asked and not self._pixmaps.has(item_id)]
        if wanted:
            self._asked.update(wanted)
            self.posters_wanted.emit(wanted)

    def _fly_to_card(self, card: Card) -> bool:
        """Let the small poster of the shelf become the large one, when it is there and movement is welcome."""
        small, duration = self.shelf.poster_of(card.item_id), self._theme.duration(FLIGHT)
        if small is None or not duration or not self.isVisible() or self._bodies.currentIndex() != 0:
            return False
        picture = self._pixmaps.pixmap(card, self.stage.poster.size(), self.devicePixelRatioF())
        start = QRect(small.mapTo(self, small.picture_area().topLeft()), small.picture_area().size())
        end = QRect(self.stage.poster.mapTo(self, self.stage.poster.rect().topLeft()), self.stage.poster.size())
        self._flight.start(picture, start, end, duration)
        return True

    def _landed(self) -> None:
        if self._card is not None:
            self.stage.show_poster(self._card)

    def _draw_ahead(self) -> None:
        entries = self.shelf.entries()
        if entries and self.isVisible() and self.stage.poster.width() > 1:
            self._pixmaps.pixmap(entries[0], self.stage.poster.size(), self.devicePixelRatioF())
