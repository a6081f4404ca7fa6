"""The assistant as a page over the tabs: the line of steps, the step itself, and the way on and back."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.assistant.step import Step
from gui.tabs.configuration.parts import WIDEST, row, words
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look
from gui.widgets.laid_page import LaidPage
from gui.widgets.scroll_area import ScrollArea

GREETING = "Welcome to Homereel"
LAST = "Show me something to watch"


class AssistantPage(LaidPage):
    """Shows one step after the other; each can be skipped, and gone back to, without loss.

    Signals: ``moved(int)`` with the step that is in front now; ``finished()`` after the last one. ``closed()``, of every page
    over the tabs, when it is left before that.
    """

    moved = pyqtSignal(int)
    finished = pyqtSignal()

    def __init__(self, theme: Theme, steps: Sequence[Step], parent: QWidget | None = None) -> None:
        super().__init__(theme, GREETING, parent)
        self.steps = tuple(steps)
        self.marks: list[Button] = []
        self.next = Button("Next", "primary", self)
        self.skip = Button("Skip this step", "quiet", self)
        self.leave = Button("Leave the assistant", "quiet", self)
        self.leave.setToolTip("You can start it again in Configuration")
        self.add_tool(self.leave)
        self._question, self._note = words("", "title"), words("", "dim")
        self._stack = QStackedWidget()
        self._scroll = ScrollArea()
        self.set_body(self._arranged())
        for step in self.steps:
            self._stack.addWidget(step)
            step.changed.connect(self._refresh)
            step.moved.connect(self._fit)
        self.next.clicked.connect(self._go_on)
        self.skip.clicked.connect(lambda: self._go_to_next())
        self.leave.clicked.connect(self.closed)
        self.show_step(0, tell=False)

    @property
    def place(self) -> int:
        """Which step is in front, counted from 0."""
        return self._stack.currentIndex()

    @property
    def step(self) -> Step:
        """The step in front."""
        return self.steps[self.place]

    def show_step(self, place: int, tell: bool = True) -> None:
        """Bring a step to the front."""
        self._stack.setCurrentIndex(max(0, min(place, len(self.steps) - 1)))
        self._question.setText(self.step.question)
        self._note.setText(self.step.note)
        self.step.came()
        self._fit()
        self._refresh()
        self._scroll.to_top()
        if tell:
            self.take_focus()
            self.moved.emit(self.place)

    def step_back(self) -> bool:
        """Within the step first, then to the step before; from the first one there is nowhere to go but away."""
        if self.step.step_back():
            return True
        if self.place == 0:
            return False
        self.step.keep()
        self.show_step(self.place - 1)
        return True

    def take_focus(self) -> None:
        """Begin where the step begins."""
        first = self.step.first_widget()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().take_focus()

    def _arranged(self) -> QWidget:
        line = QHBoxLayout()
        line.setSpacing(4)
        for place, step in enumerate(self.steps):
            mark = Button(f"{place + 1}  {step.short}", "step", self)
            mark.setAccessibleName(f"Step {place + 1} of {len(self.steps)}: {step.short}")
            mark.clicked.connect(lambda _=False, place=place: self._jump(place))
            self.marks.append(mark)
            line.addWidget(mark)
        line.addStretch(1)
        inner = QWidget()
        inner.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 4, 24, 16)
        column.setSpacing(4)
        column.addLayout(line)
        column.addSpacing(14)
        column.addWidget(self._question)
        column.addWidget(self._note)
        column.addSpacing(12)
        column.addWidget(self._stack)
        column.addSpacing(16)
        column.addLayout(row(self.next, self.skip, 1))
        column.addStretch(1)
        holder = QWidget()
        holder.setObjectName("scrolled")
        around = QHBoxLayout(holder)
        around.setContentsMargins(0, 0, 0, 0)
        around.addStretch(1)
        around.addWidget(inner, 100)
        around.addStretch(1)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(holder)
        return self._scroll

    def _go_on(self) -> None:
        if self.step.keep():
            self._go_to_next()

    def _go_to_next(self) -> None:
        if self.place + 1 < len(self.steps):
            self.show_step(self.place + 1)
        else:
            self.finished.emit()

    def _jump(self, place: int) -> None:
        if place != self.place and self.step.keep():
            self.show_step(place)

    def _refresh(self) -> None:
        last = self.place + 1 == len(self.steps)
        answered = self.step.answered
        self.next.setText(LAST if last else "Next")
        self.next.setAccessibleName(self.next.text())
        self.next.setEnabled(answered)
        self.skip.setVisible(not answered)
        self.back.setText("← Leave" if self.place == 0 else "← Back")
        self.leave.setVisible(self.place > 0)
        for place, mark in enumerate(self.marks):
            set_look(mark, "chosen", "true" if place == self.place else "false")

    def _fit(self) -> None:
        """Let the page be as tall as the step in front, not as the tallest."""
        for step in self.steps:
            shown = step is self.step
            policy = step.sizePolicy()
            vertical = policy.Policy.Preferred if shown else policy.Policy.Ignored
            policy.setVerticalPolicy(vertical)
            step.setSizePolicy(policy)
        self._stack.adjustSize()
