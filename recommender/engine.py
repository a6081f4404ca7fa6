"""Every question a front end may ask, answered at once from a snapshot; numpy only.

The engine belongs to the thread that shows things. It writes one row of feedback at a time, changes the taste in memory by the
exact rank-one step, and never waits: whatever takes longer is done by the trainer, which publishes a new snapshot.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from library.errors import AppError
from library.feedback import (
    MAX_RATING,
    MIN_RATING,
    Block,
    CurrentFeedback,
    Play,
    Rating,
    Reset,
    Retraction,
    Skip,
)
from library.items import MediaKind
from library.library import Library
from library.settings import RecommendationSettings
from recommender.evidence import brought_up_to, skip_noise, skip_value
from recommender.explain import Explanation, Prediction, Words, explain
from recommender.policy import Policy, Refusals, shared_by_most
from recommender.similarity import likeness
from recommender.slate import Empty, Filters, Pick, Slate, passing
from recommender.snapshot import KINDS, Snapshot
from recommender.taste import TasteState

__all__ = ["Engine", "Explanation", "Filters", "Pick", "Prediction", "Slate"]

HISTORY = 50
RECENT_SHOWN = 4


@dataclass(slots=True)
class _Step:
    """One step that ``back`` can return from: the card it was about, and the feedback it left."""

    item_id: int
    event_id: int | None
    before: TasteState | None
    after: TasteState | None


@dataclass(slots=True)
class _Session:
    """What one tab has been through since the start."""

    current: int | None = None
    shown: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT_SHOWN))
    history: deque[_Step] = field(default_factory=lambda: deque(maxlen=HISTORY))
    refusals: Refusals = field(default_factory=Refusals)


class Engine:
    """The façade for front ends. Used by one thread, the one that opened ``library``.

    :param library: the open store that feedback is written to.
    :param snapshot: the picture to answer from.
    """

    def __init__(
        self,
        library: Library,
        snapshot: Snapshot,
        settings: RecommendationSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._library = library
        self._settings = settings or RecommendationSettings()
        self._clock = clock
        self._sessions = {kind: _Session() for kind in KINDS}
        self._resting: dict[int, float] = {}
        self._snapshot = snapshot
        self._taste = snapshot.taste
        self._current = CurrentFeedback()
        self._out = np.zeros(0, np.bool_)
        self.publish(snapshot)
        self._remember_skips()

    @property
    def snapshot(self) -> Snapshot:
        """The picture that answers come from."""
        return self._snapshot

    @property
    def ratings(self) -> int:
        """How many titles the person has rated."""
        return len(self._current.ratings)

    def publish(self, snapshot: Snapshot) -> None:
        """Answer from this snapshot from now on; feedback given since it was built is applied to it."""
        self._snapshot = snapshot
        for session in self._sessions.values():
            for step in session.history:
                step.before = step.after = None
        self._taste = snapshot.taste
        self.refresh_feedback()

    def refresh_feedback(self) -> None:
        """Read the feedback in force from the store, bring the taste up to it step by step, and note what is out."""
        self._current = self._library.feedback.current()
        self._taste = brought_up_to(self._taste, self._current)
        self._note_what_is_out()

    def configure(self, settings: RecommendationSettings) -> None:
        """Use other settings from the next question on."""
        self._settings = settings

    # Questions

    def recommend(
        self, kind: MediaKind, filters: Filters | None = None, count: int = 11, *, keep: int | None = None
    ) -> Slate:
        """The best titles to show now.

        :param keep: item id of a card that stays where it is, first, whatever its score.
        """
        snapshot, session = self._snapshot, self._sessions[kind]
        of_kind = (snapshot.columns.kinds == KINDS.index(kind)) & snapshot.columns.present
        open_rows = of_kind & ~self._out
        allowed = open_rows & passing(filters or Filters(), snapshot)
        total, remaining = int(open_rows.sum()), int(allowed.sum())
        awake = allowed & ~self._resting_rows()
        kept = None if keep is None else snapshot.row_of(keep)
        if kept is not None:
            awake[kept] = False
        deviation = np.sqrt(self._taste.variance)
        avoided = tuple(snapshot.rows_of(session.refusals.detour).tolist())
        policy = Policy(self._settings.adventure, self._recent_rows(session, kept), avoided)
        picked = policy.pick(
            policy.bounds(self._taste.mean, deviation), awake, lambda rows: likeness(snapshot.features, rows), count
        )
        if kept is not None:
            picked = [(kept, float(self._taste.mean[kept])), *picked[: count - 1]]
        picks = tuple(self._pick(row, score) for row, score in picked)
        if picks:
            return Slate(picks, remaining, total, self._notice(session))
        return Slate((), remaining, total, "", self._why_empty(of_kind, total, remaining))

    def predict(self, item_id: int) -> Prediction | None:
        """What the person would give an item, ``None`` when it is not known yet."""
        row = self._snapshot.row_of(item_id)
        if row is None:
            return None
        mean, variance = self._taste.predict(row)
        return Prediction(mean, float(np.sqrt(variance)), self._taste.usual)

    def explain(self, item_id: int) -> Explanation | None:
        """Why an item is suggested, or not; ``None`` when it is not known yet."""
        row = self._snapshot.row_of(item_id)
        if row is None:
            return None
        columns = self._snapshot.columns
        skipped = frozenset(self._snapshot.rows_of(self._current.skips).tolist())
        words = Words(columns.titles, columns.years, self._snapshot.features.ids, skipped)
        curiosity = self._settings.adventure * float(np.sqrt(self._taste.variance[row]))
        return explain(self._taste, row, words, curiosity)

    def rating_of(self, item_id: int) -> float | None:
        """What the person gave an item, ``None`` when they did not rate it."""
        return next((rating.value for rating in self._current.ratings if rating.item_id == item_id), None)

    def blocked(self) -> tuple[Block, ...]:
        """The blocks in force, newest first."""
        return tuple(sorted(self._current.blocked.values(), key=lambda block: -block.at))

    def genres(self, kind: MediaKind) -> tuple[tuple[str, int], ...]:
        """The genres of what can be suggested, with how many titles have each, most frequent first."""
        features = self._snapshot.features
        first, last = features.spans["genre"]
        _, columns, _ = features.symbols.gather(np.flatnonzero(self._open(kind)))
        columns = columns[(columns >= first) & (columns < last)] - first
        counts = np.bincount(columns, minlength=last - first)
        names = features.vocabulary["genre"]
        found = [(names[k], int(counts[k])) for k in np.flatnonzero(counts)]
        return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    def decades(self, kind: MediaKind) -> tuple[tuple[int, int], ...]:
        """The decades of what can be suggested, with how many titles each has, newest first."""
        years = self._snapshot.columns.years[self._open(kind)]
        decades, counts = np.unique(years[years > 0] // 10 * 10, return_counts=True)
        return tuple((int(decade), int(count)) for decade, count in zip(decades[::-1], counts[::-1], strict=True))

    # Feedback: the row is written first; only then does anything in memory change.

    def show(self, item_id: int) -> None:
        """Make this the card of its tab; the one before, if it was left without an answer, can be returned to."""
        row = self._snapshot.row_of(item_id)
        if row is None:
            return
        session = self._session_of(row)
        if session.current == item_id:
            return
        if session.current is not None and not (session.history and session.history[-1].item_id == session.current):
            session.history.append(_Step(session.current, None, None, None))
        session.current = item_id
        session.shown.append(item_id)

    def rate(self, item_id: int, value: float) -> Rating:
        """Store a rating from 1 to 10 and learn from it.

        :raises AppError: when the value is out of range or the store cannot be written; nothing has changed then.
        """
        if not MIN_RATING <= value <= MAX_RATING:
            raise AppError(f"A rating is a number from 1 to 10, not {value:g}.")
        rating = Rating(at=self._clock(), item_id=item_id, value=float(value))
        rating = replace(rating, id=self._library.feedback.append(rating))
        others = tuple(known for known in self._current.ratings if known.item_id != item_id)
        skips = {key: times for key, times in self._current.skips.items() if key != item_id}
        self._current = replace(self._current, ratings=(*others, rating), skips=skips)
        before = self._taste
        row = self._snapshot.row_of(item_id)
        if row is not None:
            welcome = value >= before.usual
            self._taste = before.update(row, float(value))
            self._out[row] = True
            session = self._session_of(row)
            session.refusals = session.refusals.accepted(welcome)
            self._step(session, item_id, rating.id, before)
        return rating

    def skip(self, item_id: int) -> Skip:
        """Not now: it rests, and counts as weak evidence against. Raises as :meth:`rate` does."""
        skip = Skip(at=self._clock(), item_id=item_id)
        skip = replace(skip, id=self._library.feedback.append(skip))
        times = self._current.skips.get(item_id, 0) + 1
        rated = self.rating_of(item_id) is not None
        if not rated:
            self._current = replace(self._current, skips={**self._current.skips, item_id: times})
        self._resting[item_id] = skip.at
        before, row = self._taste, self._snapshot.row_of(item_id)
        if row is not None:
            if not rated:
                value = skip_value(self._current, self._snapshot.weights.usual)
                self._taste = before.update(row, value, skip_noise(times))
            self._refuse(row, skip.at)
            self._step(self._session_of(row), item_id, skip.id, before)
        return skip

    def block(self, item_id: int) -> Block:
        """Not for me: never shown again until it is unblocked. Raises as :meth:`rate` does."""
        block = Block(at=self._clock(), item_id=item_id)
        block = replace(block, id=self._library.feedback.append(block))
        self._current = replace(self._current, blocked={**self._current.blocked, item_id: block})
        row = self._snapshot.row_of(item_id)
        if row is not None:
            self._out[row] = True
            self._refuse(row, block.at)
            self._step(self._session_of(row), item_id, block.id, self._taste)
        return block

    def unblock(self, item_id: int) -> None:
        """Let a blocked item be suggested again."""
        self._library.feedback.unblock(item_id)
        self.refresh_feedback()

    def reset_blocked(self) -> int:
        """Let every blocked item be suggested again; says how many there were."""
        count = self._library.feedback.reset_blocked()
        self.refresh_feedback()
        return count

    def reset(self) -> None:
        """Forget what was learned, as if nothing had been rated; blocks stay, and the log keeps its rows."""
        self._library.feedback.append(Reset(at=self._clock()))
        self._resting.clear()
        for kind in self._sessions:
            self._sessions[kind] = _Session()
        self.refresh_feedback()

    def play(self, item_id: int) -> Play:
        """Note that an item was opened to be watched. Raises as :meth:`rate` does."""
        play = Play(at=self._clock(), item_id=item_id)
        play = replace(play, id=self._library.feedback.append(play))
        self._current = replace(self._current, played={**self._current.played, item_id: play.at})
        row = self._snapshot.row_of(item_id)
        if row is not None:
            session = self._session_of(row)
            session.refusals = session.refusals.accepted(welcome=True)
        return play

    def back(self, kind: MediaKind) -> int | None:
        """Return to the card before; a rating, skip or block given to it is taken back. ``None`` when there is none."""
        session = self._sessions[kind]
        if not session.history:
            return None
        step = session.history[-1]
        if step.event_id is not None:
            self._library.feedback.append(Retraction(at=self._clock(), retracts=step.event_id))
        session.history.pop()
        session.refusals = Refusals()
        session.current = step.item_id
        self._resting.pop(step.item_id, None)
        if step.event_id is not None:
            if step.before is not None and step.after is self._taste:
                self._taste = step.before
            self.refresh_feedback()
        return step.item_id

    # Parts

    def _step(self, session: _Session, item_id: int, event_id: int, before: TasteState) -> None:
        session.history.append(_Step(item_id, event_id, before, self._taste))
        for step in list(session.history)[:-3]:
            step.before = step.after = None  # a state holds a matrix of all ratings: only the newest few are kept
        if session.current == item_id:
            session.current = None

    def _refuse(self, row: int, at: float) -> None:
        session = self._session_of(row)
        session.refusals = session.refusals.refused(int(self._snapshot.features.ids[row]), at)

    def _session_of(self, row: int) -> _Session:
        return self._sessions[KINDS[int(self._snapshot.columns.kinds[row])]]

    def _open(self, kind: MediaKind) -> NDArray[np.bool_]:
        columns = self._snapshot.columns
        rows: NDArray[np.bool_] = (columns.kinds == KINDS.index(kind)) & columns.present & ~self._out
        return rows

    def _resting_rows(self) -> NDArray[np.bool_]:
        since = self._clock() - 3600.0 * self._settings.cooldown_hours
        self._resting = {item_id: at for item_id, at in self._resting.items() if at > since}
        rows = np.zeros(len(self._snapshot), np.bool_)
        rows[self._snapshot.rows_of(self._resting)] = True
        return rows

    def _remember_skips(self) -> None:
        """Titles skipped before a restart go on resting."""
        in_force = self._current.skips
        for event in self._library.feedback.log(limit=500):
            if isinstance(event, Skip) and event.item_id in in_force:
                self._resting[event.item_id] = event.at

    def _recent_rows(self, session: _Session, kept: int | None) -> tuple[int, ...]:
        rows = [self._snapshot.row_of(item_id) for item_id in session.shown]
        recent = [row for row in rows if row is not None and row != kept]
        return tuple(dict.fromkeys([*recent, kept] if kept is not None else recent))

    def _note_what_is_out(self) -> None:
        out = np.zeros(len(self._snapshot), np.bool_)
        gone = [rating.item_id for rating in self._current.ratings]
        out[self._snapshot.rows_of([*gone, *self._current.blocked])] = True
        self._out = out

    def _pick(self, row: int, score: float) -> Pick:
        columns, taste = self._snapshot.columns, self._taste
        return Pick(
            int(self._snapshot.features.ids[row]),
            columns.titles[row],
            int(columns.years[row]) or None,
            float(taste.mean[row]),
            float(np.sqrt(taste.variance[row])),
            score,
        )

    def _notice(self, session: _Session) -> str:
        if not session.refusals.just_turned:
            return ""
        features = self._snapshot.features
        detour = self._snapshot.rows_of(session.refusals.detour).tolist()
        common = shared_by_most([features.names("genre", row) for row in detour])
        away = f", away from {' and '.join(common[:2])}" if common else ""
        return f"You passed on five in a row, so the next ones go in another direction{away}."

    def _why_empty(self, of_kind: NDArray[np.bool_], total: int, remaining: int) -> Empty:
        if not of_kind.any():
            return "library"
        if not total:
            return "everything rated"
        return "resting" if remaining else "filtered"
