"""The words about one title: its facts, what it is about, the rating the user would give it, and why."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.models import SEPARATOR, Card, prediction_words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.chips import Chips
from gui.widgets.ledger_chart import LedgerPanel
from gui.widgets.paragraph import Paragraph
from gui.widgets.poster_art import fit_text
from gui.widgets.scroll_area import ScrollArea
from library.enrich import ATTRIBUTIONS

LINE_LENGTH = 760
TITLE_SIZE, LOW_TITLE_SIZE, SMALLEST_TITLE = 34, 28, 20
_ONE_LINE = 245  # below this height the chips have one line
_LEAST = 200  # below this height not only the text scrolls, but also the prediction and the chips
_NO_FACTS = 110  # below this height there are no facts
_TITLE_LINES = 2.6  # line heights of the largest size that a long title may take


def plain_label(look: str = "", wrap: bool = True) -> QLabel:
    """A label for text that came from elsewhere: never read as markup."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if look:
        label.setProperty("look", look)
    return label


class TextArea(ScrollArea):
    """Tagline, overview and cast, and where the words come from: as tall as they need, and scrolling where there is less room.

    Signals: ``origin_clicked()``.
    """

    origin_clicked = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tagline = Paragraph(theme, "dim", italic=True)
        self.overview = Paragraph(theme)
        self.cast = Paragraph(theme, "dim")
        self.origin = Button("", "link flush")
        self.origin.setToolTip("\n".join(ATTRIBUTIONS.values()))
        self.origin.hide()
        self.origin.clicked.connect(self.origin_clicked)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 2, 8, 2)
        self._column.setSpacing(6)
        for label in (self.tagline, self.overview, self.cast):
            self._column.addWidget(label)
        self._column.addWidget(self.origin, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self._inner = inner
        self._needed = 0
        self._whole = False
        self.setWidget(inner)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("About it")

    def show_card(self, card: Card) -> None:
        """Show the texts of a card; what is unknown takes no room."""
        for label, text in (
            (self.tagline, card.tagline),
            (self.overview, card.overview),
            (self.cast, SEPARATOR.join(card.cast)),
        ):
            label.set_text(text)
        self.origin.setText(card.origin)
        self.origin.setAccessibleName(card.origin)
        self.origin.setVisible(bool(card.origin))
        self.setMaximumWidth(self._theme.px(LINE_LENGTH) + 20)
        self.to_top()
        self._measure()

    def sizeHint(self) -> QSize:
        """All of the text."""
        return QSize(self._theme.px(LINE_LENGTH), self._needed)

    def minimumSizeHint(self) -> QSize:
        """Two lines, when there is anything at all."""
        return QSize(200, self._needed if self._whole else min(self._needed, self._theme.px(46)))

    def set_whole(self, whole: bool) -> None:
        """Be as tall as the text in any case, since everything around it scrolls."""
        if whole != self._whole:
            self._whole = whole
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Measure again when the lines break elsewhere."""
        super().resizeEvent(event)
        if event is not None and event.oldSize().width() != event.size().width():
            self._measure()
        fits = self.height() >= self._needed
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if fits else Qt.FocusPolicy.StrongFocus)

    def _measure(self) -> None:
        width = max(200, min(self.width(), self.maximumWidth()))
        labels: list[QWidget] = [label for label in (self.tagline, self.overview, self.cast) if not label.isHidden()]
        heights = [label.heightForWidth(width - 8) for label in labels]
        if not self.origin.isHidden():
            heights.append(self.origin.sizeHint().height())
            labels.append(self.origin)
        needed = sum(heights) + self._column.spacing() * max(0, len(heights) - 1) + 4 if heights else 0
        if needed != self._needed or self.maximumHeight() != needed:
            self._needed = needed
            self.setMaximumHeight(needed)
            self.updateGeometry()


class CardView(QWidget):
    """Everything to the right of the poster except the rating buttons.

    Signals: ``ledger_opened(bool)`` when all the terms are shown or put away; ``wished(Subject, str)`` with the direction;
    ``match_requested(int)`` when the title may be another one of a catalogue.
    """

    match_requested = pyqtSignal(int)
    ledger_opened = pyqtSignal(bool)
    wished = pyqtSignal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: Card | None = None
        self.notice = plain_label("notice")
        self.title = plain_label()
        self.facts = plain_label("dim")
        self.text = TextArea(theme)
        self.prediction = plain_label("prediction", wrap=False)
        self.spread = plain_label("dim", wrap=False)
        self.chips = Chips(theme)
        self.ledger = LedgerPanel(theme)
        self.chips.opened.connect(self.open_ledger)
        self.chips.wished.connect(self.wished)
        self.text.origin_clicked.connect(self._doubt_match)
        self.ledger.chart.wished.connect(self.wished)
        self.ledger.closed.connect(self.close_ledger)
        self.notice.hide()
        self._pages = QStackedWidget()
        self._pages.setMinimumHeight(20)  # both pages scroll; else the one that is hidden would claim its room too
        self._arrange()
        theme.changed.connect(self._fit_title)

    @property
    def ledger_open(self) -> bool:
        """Whether all the terms are shown now."""
        return self._pages.currentIndex() == 1

    def show_card(self, card: Card) -> None:
        """Show a title; an open ledger stays open and shows the new one."""
        changed = self._card is None or self._card.item_id != card.item_id
        self._card = card
        self._fit_title()
        self.facts.setText(card.facts)
        self._offer_facts()
        self.text.show_card(card)
        sentence, spread = prediction_words(card)
        self.prediction.setText(sentence)
        self.spread.setText(spread)
        self.chips.show_card(card)
        if changed:
            self._scroll.to_top()
        if self.ledger_open:
            if card.explanation is None:
                self.close_ledger()
            else:
                self._fill_ledger(card)
                if changed:
                    self.ledger.to_top()

    def show_notice(self, text: str) -> None:
        """Say something about the choice above the title; empty takes it away."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def open_ledger(self) -> None:
        """Show all the terms in place of the text."""
        if self._card is None or self._card.explanation is None:
            return
        self._fill_ledger(self._card)
        self.ledger.to_top()
        self._pages.setCurrentIndex(1)
        self.ledger.take_focus()
        self.ledger_opened.emit(True)

    def close_ledger(self) -> None:
        """Put the terms away again."""
        if self.ledger_open:
            self._pages.setCurrentIndex(0)
            chips = self.chips.chips()
            if chips:
                chips[-1].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ledger_opened.emit(False)

    def _doubt_match(self) -> None:
        if self._card is not None:
            self.match_requested.emit(self._card.item_id)

    def hasHeightForWidth(self) -> bool:
        """It takes the height it is given; else Qt would squeeze the rating buttons below it as much as its text."""
        return False

    def _fill_ledger(self, card: Card) -> None:
        if card.explanation is not None:
            self.ledger.show_ledger(card.explanation.ledger, card.explanation.order, card.wishes, card.wishable)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Set the title for the width there is."""
        super().resizeEvent(event)
        if event is not None and event.oldSize() != event.size():
            self.chips.set_lines(1 if self.height() < self._theme.px(_ONE_LINE) else 2 if self._is_low() else 4)
            self._fit_title()
            self.text.set_whole(self.height() < self._theme.px(_LEAST))
            self._offer_facts()

    def _arrange(self) -> None:
        words = QWidget()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.prediction, 0, Qt.AlignmentFlag.AlignBaseline)
        row.addWidget(self.spread, 0, Qt.AlignmentFlag.AlignBaseline)
        row.addStretch(1)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.text, 100)
        column.addSpacing(14)
        column.addLayout(row)
        column.addSpacing(10)
        column.addWidget(self.chips)
        column.addStretch(1)
        words.setObjectName("scrolled")
        self._scroll = ScrollArea()  # for large text in a small window
        self._scroll.setWidget(words)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages.addWidget(self._scroll)
        framed = QWidget()
        frame = QVBoxLayout(framed)
        frame.setContentsMargins(0, 8, 0, 4)
        frame.addWidget(self.ledger)
        self._pages.addWidget(framed)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.notice)
        outer.addWidget(self.title)
        outer.addSpacing(5)
        outer.addWidget(self.facts)
        outer.addSpacing(4)
        outer.addWidget(self._pages, 1)

    def _offer_facts(self) -> None:
        """Show the facts, unless the dials take their room in a small window with large text."""
        has_room = self.width() < 50 or self.height() >= self._theme.px(_NO_FACTS)
        self.facts.setVisible(has_room and bool(self.facts.text()))

    def _is_low(self) -> bool:
        return self.height() < self._theme.px(330)

    def _fit_title(self) -> None:
        if self._card is None or self.width() < 50:
            return
        px = self._theme.px
        lines = 1.4 if self._is_low() else _TITLE_LINES
        room = QRectF(0, 0, self.width(), px(TITLE_SIZE) * lines)
        smallest = px(SMALLEST_TITLE)
        largest = px(LOW_TITLE_SIZE if self._is_low() else TITLE_SIZE)
        font, text = fit_text(self._card.title, self._theme.font(TITLE_SIZE, 700), room, largest, smallest)
        self.title.setFont(font)
        self.title.setText(text)
        self.title.setToolTip("" if text == self._card.title else self._card.title)
