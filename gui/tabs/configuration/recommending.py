"""How bold the suggestions are and how long one rests; and the titles that are never suggested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QSlider, QVBoxLayout, QWidget

from gui.phrases import ago
from gui.preferences import Preferences
from gui.tabs.configuration.parts import PanelCard, Question, Section, row, say, words
from gui.widgets.buttons import Button
from library.errors import AppError
from library.settings import MAX_ADVENTURE, MAX_COOLDOWN_HOURS, RecommendationSettings, Settings

STEPS = 20
SETTLE_MILLISECONDS = 250
MOST_SHOWN = 200
ADVENTURE_WORDS = (
    (0.05, "Only what is sure to please"),
    (0.25, "Mostly safe choices"),
    (0.55, "A good mix of safe and new"),
    (1.05, "Often something you know little about"),
    (1.65, "Mostly surprises"),
    (9.0, "As much unknown as there is"),
)


def adventure_words(value: float) -> str:
    """What a number of the adventure setting means."""
    return next(sentence for limit, sentence in ADVENTURE_WORDS if value < limit)


class RecommendationsSection(Section):
    """The adventure slider and the cool-down.

    Signals: ``went_wrong(AppError)``.
    """

    went_wrong = pyqtSignal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("Recommendations", "How the next title is chosen.", parent)
        self._preferences = preferences
        self.adventure = QSlider(Qt.Orientation.Horizontal, self)
        self.adventure.setRange(0, round(MAX_ADVENTURE * STEPS))
        self.adventure.setPageStep(STEPS // 4)
        self.adventure.setAccessibleName("Adventure")
        self.adventure.setMinimumWidth(360)
        self.meaning = words("", "dim")
        self.number = words("", "", wrap=False)
        self.number.setMinimumWidth(36)
        self.cooldown = QDoubleSpinBox(self)
        self.cooldown.setRange(0.0, MAX_COOLDOWN_HOURS)
        self.cooldown.setDecimals(1)
        self.cooldown.setSuffix(" h")
        self.cooldown.setFixedWidth(110)
        self.cooldown.setAccessibleName("Hours before a skipped title is suggested again")
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._store)
        self._build()
        self.refresh(preferences.settings)
        preferences.changed.connect(self.refresh)
        self.adventure.valueChanged.connect(self._moved)
        self.cooldown.valueChanged.connect(self._moved)

    def _build(self) -> None:
        card = PanelCard()
        card.body.addWidget(words("Adventure", "heading"))
        card.body.addWidget(
            words("How much it counts that little is known about how you would like a title. 0.3 is usual.", "note")
        )
        card.body.addLayout(row(self.adventure, self.number, 1, spacing=12))
        card.body.addWidget(self.meaning)
        card.body.addSpacing(8)
        card.body.addWidget(words("Cool-down", "heading"))
        card.body.addWidget(words("How long a title you skipped rests before it is suggested again.", "note"))
        card.body.addLayout(row(self.cooldown, 1))
        self.body.addWidget(card)

    def refresh(self, settings: Settings) -> None:
        """Show what is configured."""
        for widget in (self.adventure, self.cooldown):
            widget.blockSignals(True)
        self.adventure.setValue(round(settings.recommendation.adventure * STEPS))
        self.cooldown.setValue(settings.recommendation.cooldown_hours)
        for widget in (self.adventure, self.cooldown):
            widget.blockSignals(False)
        self._show_meaning(settings.recommendation.adventure)

    def _show_meaning(self, value: float) -> None:
        self.number.setText(f"{value:.2f}".rstrip("0").rstrip("."))
        self.meaning.setText(f"{adventure_words(value)}.")
        self.adventure.setAccessibleDescription(f"{self.number.text()}: {self.meaning.text()}")

    def _moved(self) -> None:
        self._show_meaning(self.adventure.value() / STEPS)
        self._settle.start()

    def _store(self) -> None:
        chosen = RecommendationSettings(self.adventure.value() / STEPS, self.cooldown.value())
        try:
            self._preferences.change(recommendation=chosen)
        except AppError as error:
            self.went_wrong.emit(error)
            self.refresh(self._preferences.settings)


@dataclass(frozen=True, slots=True)
class BlockedTitle:
    """One title that is never suggested."""

    item_id: int
    title: str
    year: int | None
    at: float

    @property
    def label(self) -> str:
        """The title with its year."""
        return f"{self.title} ({self.year})" if self.year else self.title


class TakenList(PanelCard):
    """Lines that can be taken back one by one, and all of them after a question; what it says when there is none.

    Signals: ``taken(int)`` with the place of a line, ``all_taken()``.

    :param none: what is said when there is no line.
    :param button: what the button of a line says; ``all_button`` what the one for all of them says.
    """

    taken = pyqtSignal(int)
    all_taken = pyqtSignal()

    def __init__(self, none: str, button: str, all_button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = button
        self._none = words(none, "dim")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        self._rest = words("", "note")
        self.buttons: list[Button] = []
        self._count = 0
        self.all = Button(all_button, "", self)
        self.sure = Question(self)
        self.sure.agreed.connect(self.all_taken)
        self.body.addWidget(self._none)
        self.body.addLayout(self._lines)
        self.body.addWidget(self._rest)
        self.body.addLayout(row(self.all, 1))
        self.body.addWidget(self.sure)
        self.show_lines(())

    def show_lines(self, lines: Sequence[tuple[str, float]]) -> None:
        """Show these, each with when it was made."""
        had_keyboard = next((k for k, button in enumerate(self.buttons) if button.hasFocus()), None)
        while (entry := self._lines.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        for place, (text, at) in enumerate(lines[:MOST_SHOWN]):
            self._lines.addWidget(self._line(place, text, at))
        more = len(lines) - MOST_SHOWN
        say(self._rest, f"… and {more:,} more." if more > 0 else "")
        self._none.setVisible(not lines)
        self.all.setVisible(bool(lines))
        if len(lines) != self._count:  # what was asked is another question now
            self.sure.hide()
        self._count = len(lines)
        if had_keyboard is not None and self.buttons:
            self.buttons[min(had_keyboard, len(self.buttons) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _line(self, place: int, text: str, at: float) -> QWidget:
        button = Button(self._button, "link", self)
        button.setAccessibleName(f"{self._button} {text}")
        button.clicked.connect(lambda: self.taken.emit(place))
        self.buttons.append(button)
        line = QWidget(self)
        layout = row(spacing=12)
        layout.addWidget(words(text), 1)
        layout.addWidget(words(ago(at), "note", wrap=False))
        layout.addWidget(button)
        line.setLayout(layout)
        return line


class BlockedSection(Section):
    """The blocked titles, each with the way back, and one for all of them.

    Signals: ``unblocked(int)`` with an item id, ``reset()``.
    """

    unblocked = pyqtSignal(int)
    reset = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Blocked titles", "What you said is not for you. It is never suggested.", parent)
        self._titles: tuple[BlockedTitle, ...] = ()
        self._list = TakenList(
            "Nothing is blocked. “Not for me” under a title blocks it.", "Unblock", "Reset Blocked Items", self
        )
        self.reset_button, self.sure = self._list.all, self._list.sure
        self.reset_button.clicked.connect(self._ask)
        self._list.all_taken.connect(self.reset)
        self._list.taken.connect(lambda place: self.unblocked.emit(self._titles[place].item_id))
        self.body.addWidget(self._list)

    @property
    def buttons(self) -> list[Button]:
        """The button of each title, in order."""
        return self._list.buttons

    def show_titles(self, titles: Sequence[BlockedTitle]) -> None:
        """Show these, the newest first."""
        self._titles = tuple(titles)
        self._list.show_lines([(title.label, title.at) for title in self._titles])

    def _ask(self) -> None:
        count = len(self._titles)
        what = "The title" if count == 1 else f"All {count:,} titles"
        self.sure.ask(f"{what} may be suggested again. Your ratings stay as they are.", "Reset", "Keep blocked")
