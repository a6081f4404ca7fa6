"""What one tab has been through since the start: the card it shows, what it showed, and the way back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from recommender.policy import Refusals
from recommender.taste import TasteState

HISTORY = 50
RECENT_SHOWN = 4
_STATES_KEPT = 3


@dataclass(slots=True)
class Step:
    """One step that can be returned from: the card it was about, and the row of the feedback it left, 0 for none."""

    item_id: int
    event_id: int = 0
    before: TasteState | None = None
    after: TasteState | None = None

    def forget_states(self) -> None:
        """Let the taste be worked out anew when this step is returned from."""
        self.before = self.after = None


@dataclass(slots=True)
class TabSession:
    """The present card, what was shown lately, and the steps back."""

    current: int | None = None
    shown: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT_SHOWN))
    history: deque[Step] = field(default_factory=lambda: deque(maxlen=HISTORY))
    refusals: Refusals = field(default_factory=Refusals)

    def show(self, item_id: int) -> None:
        """Make this the card; the one before, if it was left without an answer, can be returned to."""
        if self.current == item_id:
            return
        if self.current is not None and not (self.history and self.history[-1].item_id == self.current):
            self.history.append(Step(self.current))
        self.current = item_id
        self.shown.append(item_id)

    def note(self, step: Step) -> None:
        """An answer was given to a card."""
        self.history.append(step)
        for old in list(self.history)[:-_STATES_KEPT]:
            old.forget_states()  # a state holds a matrix of all ratings: only the newest few are kept
        if self.current == step.item_id:
            self.current = None
