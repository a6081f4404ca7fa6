"""What is learned in the background, with which text model, and how to start afresh."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QGridLayout, QWidget

from gui.phrases import ago, lasting, remaining, until
from gui.ports import Ports
from gui.preferences import Preferences
from gui.stages import took
from gui.tabs.configuration.parts import CheckedField, PanelCard, Question, Section, Verdict, row, say, words
from gui.tabs.configuration.schedule import ScheduleCard
from gui.theme import Theme
from gui.training_state import Phase, TrainingState
from gui.widgets.buttons import Button
from gui.widgets.progress_strip import ThinBar
from library.errors import AppError
from library.settings import Settings, TextModelSettings

BUILT_IN = TextModelSettings().name
AT_ONCE = "New titles and texts wait; your ratings count at once all the same."
RESET_SENTENCE = (
    "This forgets what was learned from your ratings and skips: the next suggestions are made as if you had rated nothing."
    " It keeps your library, your sources, the blocked titles and all settings, and the ratings stay in the log and in"
    " the backup that is made first."
)


class TrainingSection(Section):
    """What the background training does now, what it did last, and when and how much it may.

    Signals: ``went_wrong(AppError)``; ``wanted()`` when it is to begin at once.
    """

    went_wrong = pyqtSignal(object)
    wanted = pyqtSignal()

    def __init__(self, preferences: Preferences, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            "Background training",
            "Homereel reads the texts of your titles and learns from your ratings by itself.",
            parent,
        )
        self._preferences = preferences
        self._state = TrainingState()
        self.state = words("", "heading")
        self.detail = words("", "dim")
        self.failure = words("", "problem")
        self.bar = ThinBar(theme, self)
        self.left = words("", "note", wrap=False)
        self.pause = Button("Pause", "", self)
        self.again = Button("Learn now", "", self)
        self.stages = StageTable(self)
        self.schedule = ScheduleCard(preferences)
        card = PanelCard()
        card.body.addWidget(self.state)
        card.body.addWidget(self.detail)
        card.body.addLayout(row(self.bar, self.left, 1, spacing=12))
        card.body.addWidget(self.failure)
        card.body.addLayout(row(self.pause, self.again, 1))
        card.body.addWidget(self.stages)
        self.body.addWidget(card)
        self.body.addWidget(self.schedule)
        self._tick = QTimer(self)
        self._tick.setInterval(10_000)
        self._tick.timeout.connect(lambda: self.show_state(self._state))
        self.pause.clicked.connect(self._toggle)
        self.again.clicked.connect(self.wanted)
        self.schedule.went_wrong.connect(self.went_wrong)
        self.show_state(self._state)

    def show_state(self, state: TrainingState) -> None:
        """Show what it does now, in words."""
        self._state = state
        heading, detail = training_words(state)
        self.state.setText(heading)
        say(self.detail, detail)
        say(self.failure, state.failure if state.phase is Phase.FAILED else "")
        step = state.step if state.phase is Phase.RUNNING else None
        counted = step is not None and bool(step.total)
        self.bar.setVisible(counted)
        if step is not None and step.total:
            self.bar.show_share(step.done / step.total)
        say(self.left, f"{remaining(state.eta)} left" if counted and state.eta is not None else "")
        paused = state.phase is Phase.PAUSED
        self.pause.setText("Go on" if paused else "Pause")
        self.pause.setAccessibleName("Go on learning" if paused else "Pause learning")
        failed = state.phase is Phase.FAILED
        self.again.setText("Try again now" if failed else "Learn now")
        self.again.setAccessibleName(self.again.text())
        self.again.setVisible(failed or state.phase is Phase.IDLE)
        self.stages.show_stages(state.stages)

    def showEvent(self, event: object) -> None:
        """Keep "5 minutes ago" true while somebody looks."""
        self._tick.start()
        self.show_state(self._state)

    def hideEvent(self, event: object) -> None:
        """Nobody looks."""
        self._tick.stop()

    def _toggle(self) -> None:
        try:
            training = self._preferences.settings.training
            self._preferences.change(training=replace(training, paused=self._state.phase is not Phase.PAUSED))
        except AppError as error:
            self.went_wrong.emit(error)


class StageTable(QWidget):
    """What the last cycle spent its time on, stage by stage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[tuple[str, float], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 0)
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._grid.addWidget(words("What the last cycle did", "section", wrap=False), 0, 0, 1, 2)
        self.hide()

    def show_stages(self, stages: Mapping[str, float]) -> None:
        """Show these, in their order; none at all takes no room."""
        if tuple(stages.items()) == self._stages:
            return
        self._stages = tuple(stages.items())
        while self._grid.count() > 1:
            entry = self._grid.takeAt(1)
            widget = entry.widget() if entry is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line, (name, seconds) in enumerate(self._stages, start=1):
            self._grid.addWidget(words(name, "dim", wrap=False), line, 0)
            self._grid.addWidget(words(took(seconds), "dim", wrap=False), line, 1, Qt.AlignmentFlag.AlignRight)
        self.setVisible(bool(self._stages))

    def lines(self) -> tuple[str, ...]:
        """What is shown."""
        return tuple(f"{name}: {took(seconds)}" for name, seconds in self._stages)


def training_words(state: TrainingState, now: float | None = None) -> tuple[str, str]:
    """The state as a heading and what there is to say about it."""
    now = time.time() if now is None else now
    last = ""
    if state.finished_at is not None and state.seconds is not None:
        last = f"The last cycle ended {ago(state.finished_at, now)} and took {lasting(state.seconds)}."
    if state.phase is Phase.RUNNING:
        meanwhile = last or "Suggestions go on meanwhile and get better with every step."
        step = state.step
        if step is None:
            return "Starting", meanwhile
        count = f": {step.done:,} of {step.total:,}" if step.total else ""
        return f"{step.step}{count}", meanwhile
    if state.phase is Phase.FAILED:
        when = f"It is tried again {until(state.retry_at, now)}." if state.retry_at is not None else ""
        return "It did not work", f"{when} Suggestions go on with what was learned before.".strip()
    if state.phase is Phase.PAUSED:
        return "Paused", f"{AT_ONCE} {last}".strip()
    if state.phase is Phase.HELD:
        return f"Waiting: {state.held}", f"It goes on by itself as soon as it may. {AT_ONCE} {last}".strip()
    if state.phase is Phase.WAITING:
        return "Beginning in a moment", last
    return "Up to date", f"{last} {_next_look(state, now)}".strip()


def _next_look(state: TrainingState, now: float) -> str:
    if state.next_at is None:
        return ""
    seconds = state.next_at - now
    when = until(state.next_at, now) if seconds < 60 else f"in about {lasting(seconds)}"
    return f"The next look is {when}."


class TextModelSection(Section):
    """Which model reads the texts.

    Signals: ``went_wrong(AppError)``.
    """

    went_wrong = pyqtSignal(object)

    def __init__(self, preferences: Preferences, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(
            "Text model",
            f"What reads overviews, keywords and names. {BUILT_IN} comes with Homereel and needs no connection.",
            parent,
        )
        self._preferences = preferences
        self._ports = ports
        self.name = CheckedField("Name or folder of the model", self._check, BUILT_IN)
        self.use = Button("Use this model", "", self)
        self.pick = Button("Pick a folder …", "", self)
        self.built_in = Button("Use the built-in one", "", self)
        self.result = words("", "note")
        card = PanelCard()
        card.body.addWidget(self.name)
        card.body.addLayout(row(self.use, self.pick, self.built_in, 1))
        card.body.addWidget(self.result)
        self.body.addWidget(card)
        self.name.edited.connect(self._refresh_buttons)
        self.name.field.returnPressed.connect(self._use)
        self.use.clicked.connect(self._use)
        self.pick.clicked.connect(self._pick)
        self.built_in.clicked.connect(lambda: self.name.field.setText(BUILT_IN) or self._use())
        preferences.changed.connect(self.refresh)
        say(self.result, "")
        self.refresh(preferences.settings)

    def refresh(self, settings: Settings) -> None:
        """Show what is configured, unless somebody is typing."""
        if not self.name.field.hasFocus():
            self.name.field.setText(settings.text_model.name)
        self._refresh_buttons()

    def _check(self, text: str) -> Verdict:
        if not text.strip():
            return Verdict(False, "The model needs a name or a folder.")
        problem = self._ports.check_text_model(text.strip())
        return Verdict(not problem, problem)

    def _refresh_buttons(self) -> None:
        current = self._preferences.settings.text_model.name
        self.use.setEnabled(self.name.usable and self.name.value != current)
        self.built_in.setVisible(current != BUILT_IN or self.name.value != BUILT_IN)

    def _pick(self) -> None:
        picked = QFileDialog.getExistingDirectory(self, "Pick the folder of a text model")
        if picked:
            self.name.field.setText(picked)

    def _use(self) -> None:
        if not self.name.usable:
            self.name.check_now()
            return
        before = self._preferences.settings.text_model.name
        try:
            self._preferences.change(text_model=TextModelSettings(self.name.value))
        except AppError as error:
            self.went_wrong.emit(error)
            return
        if self.name.value != before:
            say(self.result, "All texts are being read again with this model, in the background.", "good")
        self._refresh_buttons()


class ModelSection(Section):
    """Reset Model: says first what it forgets and what it keeps.

    Signals: ``reset()`` when the user agreed.
    """

    reset = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Model", "What Homereel has learned about your taste.", parent)
        self.counts = words("", "dim")
        self.button = Button("Reset Model", "danger", self)
        self.sure = Question(self)
        self.result = words("", "note")
        card = PanelCard()
        card.body.addWidget(self.counts)
        card.body.addLayout(row(self.button, 1))
        card.body.addWidget(self.sure)
        card.body.addWidget(self.result)
        self.body.addWidget(card)
        self.button.clicked.connect(
            lambda: self.sure.ask(RESET_SENTENCE, "Make a backup and reset", "Keep what was learned")
        )
        self.sure.agreed.connect(self._agreed)
        say(self.result, "")
        self.show_counts(0, 0, 0)

    def show_counts(self, ratings: int, titles: int, texts: int) -> None:
        """Say what the model knows."""
        say(
            self.counts,
            f"It knows {titles:,} {'title' if titles == 1 else 'titles'}, has read {texts:,} of their texts, and learns from"
            f" {ratings:,} {'rating' if ratings == 1 else 'ratings'}.",
        )

    def show_result(self, sentence: str, look: str = "good") -> None:
        """Say how the reset went."""
        self.button.setEnabled(True)
        say(self.result, sentence, look)

    def _agreed(self) -> None:
        self.button.setEnabled(False)
        say(self.result, "Making a backup …", "note")
        self.reset.emit()
