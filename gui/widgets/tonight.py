"""The page "Tonight": one title fills the window, and an arrow key answers it.

It knows no store and no engine: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QImage, QKeySequence, QPixmap, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QWidget

from gui.models import Card, ShelfEntry
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.card_view import plain_label
from gui.widgets.laid_page import LaidPage
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.poster import PosterPixmaps
from gui.widgets.poster_stage import Flight
from gui.widgets.shelf import ShelfPoster
from gui.widgets.tonight_card import TonightCard
from gui.widgets.tonight_pages import Chooser, Enjoy, TonightQuestion

SLIDE = 170  # milliseconds in which an answered card leaves
MOST_LATER = 4
_LATER_WIDTH, _NARROW_LATER = 84, 60
_WAYS = {"left": QPoint(-1, 0), "right": QPoint(1, 0), "up": QPoint(0, -1), "down": QPoint(0, 1)}


class LaterStack(QFrame):
    """What was put off until later in the evening, to be clicked.

    Signals: ``chosen(int)``.
    """

    chosen = pyqtSignal(int)

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading = plain_label("section", wrap=False)
        self._heading.setText("Later")
        self._more = plain_label("note", wrap=False)
        self._narrow = False
        self.posters = [ShelfPoster(theme, pixmaps) for _ in range(MOST_LATER)]
        for poster in self.posters:
            poster.setParent(self)
            poster.clicked.connect(lambda _on, poster=poster: self.chosen.emit(poster.entry.item_id))
        for label in (self._heading, self._more):
            label.setParent(self)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName("Later")
        theme.changed.connect(self._place)
        self.show_entries([])

    def show_entries(self, entries: list[ShelfEntry]) -> None:
        """Show these, the one put off last first; with none there is no stack at all."""
        newest = list(reversed(entries))
        for poster, entry in zip(self.posters, newest, strict=False):
            poster.show_entry(entry)
        for place, poster in enumerate(self.posters):
            poster.setVisible(place < len(newest))
        more = len(newest) - len(self.posters)
        self._more.setText(f"and {more} more")
        self._more.setVisible(more > 0)
        self.setVisible(bool(newest))
        self._place()

    def fit(self, room: int) -> None:
        """Take less where the page has little room."""
        self._narrow = room < self._theme.px(900)
        self._place()

    def refresh(self) -> None:
        """Draw the posters again, since a real picture came."""
        for poster in self.posters:
            poster.update()

    def landing_place(self) -> QRect:
        """Where what is put off goes, in the coordinates of the stack."""
        return self.posters[0].geometry()

    def _place(self) -> None:
        px = self._theme.px
        width = px(_NARROW_LATER if self._narrow else _LATER_WIDTH)
        height, top = round((width - 8) * 1.5) + 8, px(26)
        self.setFixedWidth(width)
        self._heading.setGeometry(0, 0, width, px(22))
        for poster in self.posters:
            poster.setGeometry(0, top, width, height)
            top += 0 if poster.isHidden() else height + 4
        self._more.setGeometry(0, top, width, px(22))


class TonightPage(LaidPage):
    """One card, four answers, and a question now and then.

    Signals: ``begun(MediaKind, FilterChoice)`` · ``accepted(int)`` (yes) · ``refused(int)`` (no) · ``postponed(int)`` (later) ·
    ``rated(int, float)`` (seen) · ``passed(int)`` (seen, without a rating) · ``blocked(int)`` · ``replied(str)``: "yes", "no" or
    "no matter" to the question · ``later_chosen(int)`` · ``reconsidered()`` · ``finished()`` · ``start_over_requested()`` ·
    ``acted(str)``: a button of a quiet page · ``posters_wanted(list)``.
    """

    begun = pyqtSignal(object, object)
    accepted = pyqtSignal(int)
    refused = pyqtSignal(int)
    postponed = pyqtSignal(int)
    rated = pyqtSignal(int, float)
    passed = pyqtSignal(int)
    blocked = pyqtSignal(int)
    replied = pyqtSignal(str)
    later_chosen = pyqtSignal(int)
    reconsidered = pyqtSignal()
    finished = pyqtSignal()
    start_over_requested = pyqtSignal()
    acted = pyqtSignal(str)
    posters_wanted = pyqtSignal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Tonight", parent)
        self._pixmaps = PosterPixmaps()
        self._asked: set[int] = set()
        self._way = ""
        self.evening = plain_label("dim", wrap=False)
        self.start_over = Button("Start over", "quiet")
        self.start_over.setToolTip("Choose again between films and shows, and how long you have")
        self.chooser = Chooser(theme)
        self.card = TonightCard(theme, self._pixmaps)
        self.later = LaterStack(theme, self._pixmaps)
        self.question = TonightQuestion(theme)
        self.enjoy = Enjoy(theme, self._pixmaps)
        self.quiet = QuietPage(theme)
        self._bodies = QStackedWidget()
        self._flight = Flight(self)
        self._arrange()
        self._connect()
        self._answer_keys, self._rating_keys = self._bind_keys()
        self.show_chooser()

    # What the page is told

    def show_chooser(self) -> None:
        """Ask how the evening begins."""
        self._show_body(self.chooser)

    def show_evening(self, words: str) -> None:
        """Say in the bar what was chosen for this evening; empty takes it away."""
        self.evening.setText(words)
        self.evening.setVisible(bool(words))
        self.start_over.setVisible(bool(words))

    def show_card(self, card: Card, notice: str = "") -> None:
        """Show a title to answer; the one before leaves the way it was answered."""
        before = self.card.card
        if before is not None and before.item_id != card.item_id:
            self._send_off()
        self.card.show_card(card, notice)
        self._show_body(self._card_body)
        self._ask_for_posters([card.item_id])

    def show_later(self, entries: list[ShelfEntry]) -> None:
        """Show what was put off."""
        self.later.show_entries(entries)
        self._ask_for_posters([entry.item_id for entry in entries[-MOST_LATER:]])

    def show_question(self, sentence: str) -> None:
        """Ask something instead of showing the next title."""
        self._send_off()
        self.question.ask(sentence)
        self._show_body(self.question)

    def show_enjoy(self, card: Card, sentence: str) -> None:
        """End the evening's search with this title."""
        self._send_off()
        self.enjoy.show_card(card, sentence)
        self._show_body(self.enjoy)

    def show_quiet(self, text: PageText) -> None:
        """Say why there is no card."""
        self._send_off()
        self.quiet.show_text(text)
        self._show_body(self.quiet)

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""
        self._asked.discard(item_id)
        if not self._pixmaps.add(item_id, image):
            self._asked.add(item_id)
            return
        self.later.refresh()
        for poster in (self.card.poster, self.enjoy.poster):
            if poster.item_id == item_id:
                poster.update()

    def body(self) -> QWidget | None:
        """What is shown below the bar."""
        return self._bodies.currentWidget()

    # What the user does

    def step_back(self) -> bool:
        """Escape puts the ten buttons away first."""
        if self.body() is self._card_body and self.card.rating:
            self._set_rating(False)
            return True
        return False

    def take_focus(self) -> None:
        """Where Enter does what is meant; on a card and a question only the arrow keys answer."""
        target: QWidget = self
        if self.body() is self.chooser:
            target = self.chooser.start
        elif self.body() is self.enjoy:
            target = self.enjoy.finish
        elif self.body() is self.quiet and self.quiet.texts()[2]:
            target = self.quiet.buttons()[0]
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """A narrower stack in a narrower window."""
        super().resizeEvent(event)
        self.later.fit(self.width())

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Let nothing fly where nobody looks."""
        self._flight.land()
        super().hideEvent(event)

    def _press(self, way: str) -> None:
        """An arrow key: what it means depends on what is shown."""
        if self.body() is self.question:
            reply = {"left": "no", "right": "yes"}.get(way, "no matter")
            self._reply(reply)
        elif self.card.rating:
            if way == "right":
                self._pass()
            elif way in ("left", "down"):
                self._set_rating(False)
        else:
            self._answer(way)

    def _answer(self, way: str) -> None:
        card = self.card.card
        if card is None:
            return
        if way == "up":
            self._set_rating(True)
            return
        self._way = way
        {"left": self.refused, "right": self.accepted, "down": self.postponed}[way].emit(card.item_id)
        self._way = ""

    def _rate(self, value: float) -> None:
        self._leave_upwards(lambda item_id: self.rated.emit(item_id, value))

    def _pass(self) -> None:
        self._leave_upwards(self.passed.emit)

    def _block(self) -> None:
        self._leave_upwards(self.blocked.emit)

    def _leave_upwards(self, tell: object) -> None:
        if self.card.card is not None:
            self._way = "up"
            tell(self.card.card.item_id)  # type: ignore[operator]
            self._way = ""

    def _reply(self, reply: str) -> None:
        self.replied.emit(reply)

    def _set_rating(self, rating: bool) -> None:
        self.card.set_rating(rating)
        self._mind_keys()
        self.take_focus()

    # How it is put together

    def _arrange(self) -> None:
        self._card_body = QWidget()
        row = QHBoxLayout(self._card_body)
        row.setContentsMargins(24, 4, 24, 16)
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(self.later)
        for body in (self.chooser, self._card_body, self.question, self.enjoy, self.quiet):
            self._bodies.addWidget(body)
        self.set_body(self._bodies)
        self.add_tool(self.evening)
        self.add_tool(self.start_over)
        self.show_evening("")

    def _connect(self) -> None:
        self.chooser.begun.connect(self.begun)
        self.card.answered.connect(self._answer)
        self.card.ratings.rated.connect(self._rate)
        self.card.ratings.back.connect(lambda: self._set_rating(False))
        self.card.ratings.skipped.connect(self._pass)
        self.card.ratings.blocked.connect(self._block)
        self.later.chosen.connect(self.later_chosen)
        self.question.answered.connect(self._reply)
        self.enjoy.done.connect(self.finished)
        self.enjoy.reconsidered.connect(self.reconsidered)
        self.quiet.acted.connect(self.acted)
        self.start_over.clicked.connect(self.start_over_requested)

    def _bind_keys(self) -> tuple[list[QShortcut], list[QShortcut]]:
        arrows = [self._key(way.capitalize(), lambda way=way: self._press(way)) for way in _WAYS]
        digits = [
            self._key(str(value % 10), lambda value=value: self.card.ratings.give(value)) for value in range(1, 11)
        ]
        return arrows, digits

    def _key(self, key: str, action: object) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(action)  # type: ignore[arg-type]
        return shortcut

    def _show_body(self, body: QWidget) -> None:
        if body is not self.body():
            self._bodies.setCurrentWidget(body)
            if self.isVisible():
                self.take_focus()
        self._mind_keys()

    def _mind_keys(self) -> None:
        """Elsewhere the arrow keys go from button to button, and digits are typed."""
        on_card = self.body() is self._card_body
        for shortcut in self._answer_keys:
            shortcut.setEnabled(on_card or self.body() is self.question)
        for shortcut in self._rating_keys:
            shortcut.setEnabled(on_card and self.card.rating)

    def _send_off(self) -> None:
        """Let the card that was just answered leave the way it was answered; "later" goes onto its stack."""
        self._flight.land()
        way, duration = self._way, self._theme.duration(SLIDE)
        if not way or not duration or not self.isVisible() or self.body() is not self._card_body:
            return
        if way == "down":
            self._send_to_stack(duration)
            return
        start = QRect(self.card.mapTo(self, QPoint(0, 0)), self.card.size())
        step = _WAYS[way]
        end = start.translated(step.x() * self.width(), step.y() * self.height())
        self._flight.start(self.card.picture(), start, end, duration)

    def _send_to_stack(self, duration: int) -> None:
        picture = self.card.poster.picture()
        if picture is None or self.later.isHidden():
            return
        self.layout().activate()
        start = QRect(self.card.poster.mapTo(self, QPoint(0, 0)), self.card.poster.size())
        landing = self.later.landing_place()
        end = QRect(self.later.mapTo(self, landing.topLeft()), landing.size())
        self._flight.start(QPixmap(picture), start, end, duration)

    def _ask_for_posters(self, item_ids: list[int]) -> None:
        wanted = [item_id for item_id in item_ids if item_id not in self._asked and not self._pixmaps.has(item_id)]
        if wanted:
            self._asked.update(wanted)
            self.posters_wanted.emit(wanted)
