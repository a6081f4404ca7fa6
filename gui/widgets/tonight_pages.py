"""What comes before, between and after the cards of "Tonight": how the evening begins, the one question, and its end."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from PyQt6.QtCore import QRectF, Qt, QTime, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QTimeEdit, QVBoxLayout, QWidget

from gui.models import Card, FilterChoice
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.card_view import plain_label
from gui.widgets.filter_bar import LENGTHS, SHOW_LENGTHS
from gui.widgets.poster import PosterPixmaps, PosterView
from gui.widgets.poster_art import fit_text
from library.items import MediaKind

_KINDS = ((MediaKind.MOVIE, "A film"), (MediaKind.SHOW, "A show"))
LARGE = 34
_ENJOY_POSTER, _ENJOY_WORDS = 400, 480


class Chooser(QWidget):
    """The beginning: a film or a show, and how long one has.

    Signals: ``begun(MediaKind, FilterChoice)``.
    """

    begun = pyqtSignal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kinds = {kind: _choice(words) for kind, words in _KINDS}
        self.lengths = [_choice("") for _ in LENGTHS]
        self.finish = _choice("Finish by")
        self.until = QTimeEdit()
        self.until.setDisplayFormat("HH:mm")
        self.until.setAccessibleName("Finish by this time")
        self.start = Button("Show me one", "primary")
        self._groups = [_exclusive(list(self.kinds.values())), _exclusive([*self.lengths, self.finish])]
        self.kinds[MediaKind.MOVIE].setChecked(True)
        self.lengths[0].setChecked(True)
        self._name_lengths()
        self.offer_time(datetime.now())
        self.kinds[MediaKind.MOVIE].toggled.connect(self._name_lengths)
        self.until.timeChanged.connect(lambda _: self.finish.setChecked(True))
        self.start.clicked.connect(self._begin)
        self._arrange()

    @property
    def kind(self) -> MediaKind:
        """Which of the two is chosen."""
        return next(kind for kind, button in self.kinds.items() if button.isChecked())

    def choice(self) -> FilterChoice:
        """How long one has, as the filter bar says it."""
        if self.finish.isChecked():
            until = self.until.time()
            return FilterChoice(finish_by=time(until.hour(), until.minute()))
        place = next(place for place, button in enumerate(self.lengths) if button.isChecked())
        return FilterChoice(max_minutes=self._offered()[place][1])

    def offer_time(self, now: datetime) -> None:
        """Propose the half hour after two hours from now, unless a time is set."""
        if not self.finish.isChecked():
            soon = now + timedelta(hours=2)
            soon += timedelta(minutes=(30 - soon.minute % 30) % 30)
            self.until.blockSignals(True)
            self.until.setTime(QTime(soon.hour, soon.minute))
            self.until.blockSignals(False)

    def _offered(self) -> tuple[tuple[str, float | None], ...]:
        return LENGTHS if self.kind is MediaKind.MOVIE else SHOW_LENGTHS

    def _name_lengths(self) -> None:
        for button, (words, _) in zip(self.lengths, self._offered(), strict=True):
            button.setText(words)
            button.setAccessibleName(words)

    def _begin(self) -> None:
        self.begun.emit(self.kind, self.choice())

    def _arrange(self) -> None:
        heading = plain_label()
        heading.setFont(self._theme.font(LARGE, 700))
        heading.setText("What shall it be tonight?")
        self._theme.changed.connect(lambda: heading.setFont(self._theme.font(LARGE, 700)))
        note = plain_label("dim")
        note.setText("One title at a time. The arrow keys answer: → this one, ← not tonight, ↓ later, ↑ seen it.")
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 72)
        column.setSpacing(8)
        column.addStretch(1)
        for widget in (heading, note):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addSpacing(24)
        column.addLayout(_row(*self.kinds.values()))
        column.addSpacing(8)
        column.addLayout(_row(*self.lengths, self.finish, self.until))
        column.addSpacing(24)
        column.addLayout(_row(self.start))
        column.addStretch(1)


class TonightQuestion(QWidget):
    """The one question after five no's.

    Signals: ``answered(str)``: "yes", "no" or "no matter".
    """

    answered = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.sentence = plain_label()
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        note = plain_label("dim")
        note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        note.setText("None of these five, then. The answer holds for this evening only.")
        self.buttons = {
            "no": Button("←  Rather not", "answer"),
            "no matter": Button("↓  It does not matter", "answer"),
            "yes": Button("→  Yes", "answer primary"),
        }
        for answer, button in self.buttons.items():
            button.setAccessibleName(button.text()[1:].strip())
            button.clicked.connect(lambda _on, answer=answer: self.answered.emit(answer))
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 72)
        column.addStretch(1)
        column.addWidget(note)
        column.addSpacing(12)
        column.addWidget(self.sentence)
        column.addSpacing(28)
        column.addLayout(_row(*self.buttons.values()))
        column.addStretch(1)
        theme.changed.connect(self._set)

    def ask(self, sentence: str) -> None:
        """Ask this."""
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._set()

    def _set(self) -> None:
        self.sentence.setFont(self._theme.font(LARGE, 700))
        widest = max(button.sizeHint().width() for button in self.buttons.values())
        for button in self.buttons.values():
            button.setFixedWidth(widest)


class Enjoy(QWidget):
    """The end: what it will be, and nothing else to decide.

    Signals: ``done()``; ``reconsidered()``: something else after all.
    """

    done = pyqtSignal()
    reconsidered = pyqtSignal()

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: Card | None = None
        self.poster = PosterView(pixmaps)
        self.heading = plain_label()
        self.sentence = plain_label("dim")
        self.finish = Button("Done", "primary")
        self.finish.clicked.connect(self.done)
        self.other = Button("Something else after all", "quiet")
        self.other.clicked.connect(self.reconsidered)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.finish)
        buttons.addWidget(self.other)
        buttons.addStretch(1)
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(8)
        words.addWidget(self.heading)
        words.addWidget(self.sentence)
        words.addSpacing(16)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 24, 48, 48)
        row.setSpacing(48)
        row.addStretch(1)
        row.addWidget(self.poster, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        theme.changed.connect(self._fit)

    def show_card(self, card: Card, sentence: str) -> None:
        """Wish a good evening with this title."""
        self._card = card
        self.poster.show_title(card)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"Enjoy {card.title}")
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the poster and the title in proportion."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = max(120, min(self._theme.px(_ENJOY_POSTER), self.height() - 96))
        self.poster.setFixedSize(round(height / 1.5), height)
        if self._card is not None:
            largest = self._theme.px(LARGE)
            width = min(self._theme.px(_ENJOY_WORDS), self.width() - self.poster.width() - 144)
            self._words.setFixedWidth(max(160, width))
            room = QRectF(0, 0, self._words.width(), largest * 3.8)
            font = self._theme.font(LARGE, 700)
            font, text = fit_text(f"Enjoy {self._card.title}", font, room, largest, self._theme.px(20))
            self.heading.setFont(font)
            self.heading.setText(text)


def _choice(words: str) -> Button:
    button = Button(words, "filter")
    button.setCheckable(True)
    return button


def _exclusive(buttons: list[Button]) -> QButtonGroup:
    group = QButtonGroup(buttons[0])
    for button in buttons:
        group.addButton(button)
    return group


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
