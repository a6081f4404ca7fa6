"""The one card of "Tonight": a large poster, a few words, and the four answers."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPixmap, QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.models import SEPARATOR, Card, prediction_words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.card_view import TextArea, plain_label
from gui.widgets.poster import PosterPixmaps, PosterView
from gui.widgets.poster_art import fit_text
from gui.widgets.rating_bar import RatingBar
from gui.widgets.scroll_area import ScrollArea

TITLE_SIZE, LOW_TITLE_SIZE, SMALLEST_TITLE = 42, 32, 20
TALLEST_POSTER = 690
_GAP = 8
_TITLE_LINES = 2.6  # line heights of the largest size that a long title may take
_POSTER_SHARE, _NARROW_SHARE = 0.38, 0.29  # of the width of the card, at most
_PLACES = ("left", "down", "up", "right")
_ANSWERS = {
    "left": ("←  Not tonight", "←  No", "Not tonight", "Left arrow", "answer"),
    "down": ("↓  Later", "↓  Later", "Later: keep it beside for this evening", "Down arrow", "answer"),
    "up": ("↑  Seen it", "↑  Seen", "Seen it: rate it", "Up arrow", "answer"),
    "right": ("→  This one", "→  Yes", "Tonight it is", "Right arrow", "answer primary"),
}


class TonightCard(QFrame):
    """One title to say yes or no to.

    Signals: ``answered(str)``: "left" (no), "down" (later), "up" (seen) or "right" (yes), as the arrow keys say it.
    """

    answered = pyqtSignal(str)

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: Card | None = None
        self.setProperty("look", "card")
        self.poster = PosterView(pixmaps)
        self.notice = plain_label("notice")
        self.title = plain_label()
        self.facts = plain_label("dim")
        self.prediction = plain_label("prediction", wrap=False)
        self.spread = plain_label("dim", wrap=False)
        self.reason = plain_label("")
        self.text = TextArea(theme)
        self.ratings = RatingBar(theme)
        self.answers = {way: self._answer(way) for way in _PLACES}
        self._below = QStackedWidget()
        self._arrange()
        theme.changed.connect(self._fit)

    @property
    def card(self) -> Card | None:
        """The title that is shown."""
        return self._card

    @property
    def rating(self) -> bool:
        """Whether the ten buttons stand in the place of the four answers."""
        return self._below.currentIndex() == 1

    def show_card(self, card: Card, notice: str = "") -> None:
        """Show a title with its four answers, and a sentence above it."""
        if self._card is not None and self._card.item_id != card.item_id:
            self.ratings.card_changed()
            self.set_rating(False)
        self._card = card
        self.poster.show_title(card)
        self.show_notice(notice)
        self.facts.setText(card.facts)
        self.facts.setVisible(bool(card.facts))
        sentence, spread = prediction_words(card)
        self.prediction.setText(sentence)
        self.prediction.setVisible(bool(sentence))
        self.spread.setText(spread)
        reasons = card.explanation.reasons if card.explanation is not None else ()
        self.reason.setText(f"Above all: {reasons[0].text}" if reasons else "")
        self.reason.setVisible(bool(reasons))
        self.text.show_card(card)
        self.setAccessibleName(SEPARATOR.join(part for part in (card.title, card.facts, sentence) if part))
        self._scroll.to_top()
        self._fit()

    def show_notice(self, text: str) -> None:
        """Say something above the title; empty takes it away."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def set_rating(self, rating: bool) -> None:
        """Put the ten buttons in the place of the four answers, or the answers back."""
        self._below.setCurrentIndex(1 if rating else 0)
        self._fit()

    def picture(self) -> QPixmap:
        """The card as it looks now, to be moved away."""
        return self.grab()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the room between the poster and the words."""
        super().resizeEvent(event)
        self._fit()
        self._scroll.to_top()

    def _answer(self, way: str) -> Button:
        text, _, name, key, look = _ANSWERS[way]
        button = Button(text, look)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({key})")
        button.clicked.connect(lambda: self.answered.emit(way))
        return button

    def _arrange(self) -> None:
        answers = QWidget()
        row = QHBoxLayout(answers)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        for way in _PLACES:
            row.addWidget(self.answers[way], 1)
        self._below.addWidget(answers)
        self._below.addWidget(self.ratings)
        inner = QWidget()
        inner.setObjectName("scrolled")
        words = QVBoxLayout(inner)
        words.setContentsMargins(0, 0, 12, 0)
        words.setSpacing(0)
        for widget, space in (
            (self.notice, 0),
            (self.title, 6),
            (self.facts, 18),
            (self.prediction, 0),
            (self.spread, 6),
            (self.reason, 18),
        ):
            words.addWidget(widget)
            words.addSpacing(space)
        words.addWidget(self.text, 100)
        words.addStretch(1)
        self.text.set_whole(True)
        self._scroll = ScrollArea()  # for a long text, and for large letters in a small window
        self._scroll.setWidget(inner)
        self._scroll.setAccessibleName("About it, scroll with Page Down")
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._scroll, 1)
        right.addWidget(self._below)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.setSpacing(32)
        outer.addWidget(self.poster, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(right, 1)

    def _fit(self) -> None:
        """The poster as tall as the card, unless the words need the width; the title as large as there is room."""
        px = self._theme.px
        share = _POSTER_SHARE if self.width() > px(900) else _NARROW_SHARE
        height = max(90, min(self.height() - 48, px(TALLEST_POSTER), round(self.width() * share * 1.5)))
        self.poster.setFixedSize(round(height / 1.5), height)
        width = max(120, self.width() - self.poster.width() - 80)
        self._fit_answers(width)
        if self._card is None:
            return
        tall = self.height() > px(600)
        largest = px(TITLE_SIZE if tall else LOW_TITLE_SIZE)
        room = QRectF(0, 0, width - 12, largest * _TITLE_LINES)
        font, text = fit_text(self._card.title, self._theme.font(TITLE_SIZE, 700), room, largest, px(SMALLEST_TITLE))
        self.title.setFont(font)
        self.title.setText(text)
        self.title.setToolTip("" if text == self._card.title else self._card.title)

    def _fit_answers(self, width: int) -> None:
        """Say the answers in fewer words where there is little room."""
        for place in (0, 1):
            for way, button in self.answers.items():
                button.setText(_ANSWERS[way][place])
            if sum(button.sizeHint().width() + _GAP for button in self.answers.values()) <= width:
                break
        bar = self.ratings if self.rating else self.answers["left"]
        self._below.setFixedHeight(bar.minimumSizeHint().height() if self.rating else bar.sizeHint().height())
