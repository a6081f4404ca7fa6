"""Every question a front end may ask, answered at once from a snapshot; numpy only.

The engine belongs to the thread that shows things. It writes one row of feedback at a time, changes the taste in memory by the
exact rank-one step, and never waits: whatever takes longer is done by the trainer, which publishes a new snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from library.feedback import Block, Rating
from library.items import MediaKind
from library.library import Library
from library.settings import Settings
from library.wishes import Direction, Subject, Wish
from recommender import rules
from recommender.columns import KINDS
from recommender.explain import Explanation, LedgerTerm, Prediction, explain
from recommender.kin import Kin, kin_of
from recommender.memory import Memory
from recommender.policy import Policy, Refusals, shared_by_most
from recommender.preferences import Preferences, preferences
from recommender.ranking import Ranking, ranking
from recommender.scale import rating_of, spread_of, value_of
from recommender.sentences import Words
from recommender.similarity import likeness
from recommender.slate import Empty, Filters, Pick, Slate, decade_counts, genre_counts, passing
from recommender.snapshot import Snapshot
from recommender.tab_session import Step, TabSession
from recommender.taste import TasteState
from recommender.taste_points import TastePoints, taste_points
from recommender.tonight import Question, best_question

__all__ = ["Engine", "Explanation", "Filters", "Pick", "Prediction", "Slate"]


class Engine:
    """The façade for front ends. Used by one thread, the one that opened ``library``.

    :param library: the open store that feedback is written to.
    :param snapshot: the picture to answer from.
    :param settings: adventure, cool-down, dials and rules; the rest of them is not looked at.
    """

    def __init__(
        self,
        library: Library,
        snapshot: Snapshot,
        settings: Settings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._library = library
        self._settings = settings or Settings()
        self._clock = clock
        self._sessions = {kind: TabSession() for kind in KINDS}
        self._memory = Memory(library, snapshot, clock)
        self._snapshot = self._memory.snapshot
        self._wishes = library.wishes.all(library.person)
        self._ranking: tuple[date, Ranking] | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The picture that answers come from."""
        return self._snapshot

    @property
    def ratings(self) -> int:
        """How many ratings the taste learns from."""
        return len(self._memory.current.lessons)

    @property
    def taste(self) -> TasteState:
        """What is believed about the person now."""
        return self._memory.taste

    @property
    def lent(self) -> bool:
        """Whether guest mode is on: what is said now changes nothing about the taste."""
        return self._memory.lent

    def publish(self, snapshot: Snapshot) -> None:
        """Answer from this snapshot from now on; feedback given since it was built is applied to it."""
        self._ranking = None
        for session in self._sessions.values():
            for step in session.history:
                step.forget_states()
        self._memory.publish(snapshot)
        self._snapshot = self._memory.snapshot

    def refresh_feedback(self) -> None:
        """Read feedback and wishes in force from the store again."""
        self._memory.refresh()
        self._wishes = self._library.wishes.all(self._library.person)
        self._ranking = None

    def configure(self, settings: Settings) -> None:
        """Use other settings from the next question on."""
        self._settings = settings
        self._ranking = None

    # Questions

    def recommend(
        self,
        kind: MediaKind,
        filters: Filters | None = None,
        count: int = 11,
        *,
        keep: int | None = None,
        wishes: Sequence[Wish] = (),
    ) -> Slate:
        """The best titles to show now.

        :param keep: item id of a card that stays where it is, first, whatever its score.
        :param wishes: what holds for this question only, besides the wishes that are stored.
        """
        snapshot, session, filters = self._snapshot, self._sessions[kind], filters or Filters()
        taste, order = self._memory.taste, self._order(wishes)
        of_kind = (snapshot.columns.kinds == KINDS.index(kind)) & snapshot.columns.present
        open_rows = of_kind & ~self._memory.out & ~order.ruled_out
        if filters.among is None:  # who searches for a title means it, whatever the rules
            open_rows &= ~order.hidden
        allowed = open_rows & passing(filters, snapshot)
        total, remaining = int(open_rows.sum()), int(allowed.sum())
        awake = allowed & ~self._resting_rows()
        kept = None if keep is None else snapshot.row_of(keep)
        if kept is not None:
            awake[kept] = False
        avoided = tuple(snapshot.rows_of(session.refusals.detour).tolist())
        policy = Policy(self._settings.recommendation.adventure, self._recent_rows(session, kept), avoided)
        scores = policy.bounds(taste.mean, np.sqrt(taste.variance)) + order.points
        picked = policy.pick(scores, awake, lambda rows: likeness(snapshot.features, rows), count)
        if kept is not None:
            picked = [(kept, float(taste.mean[kept])), *picked[: count - 1]]
        picks = tuple(self._pick(row, score) for row, score in picked)
        if picks:
            return Slate(picks, remaining, total, self._notice(session))
        return Slate((), remaining, total, "", _why_empty(of_kind, total, remaining))

    def predict(self, item_id: int) -> Prediction | None:
        """What the person would give an item, ``None`` when it is not known yet."""
        row = self._snapshot.row_of(item_id)
        if row is None:
            return None
        taste = self._memory.taste
        mean, variance = taste.predict(row)
        return Prediction(rating_of(mean), spread_of(mean, float(np.sqrt(variance))), rating_of(taste.usual))

    def explain(self, item_id: int) -> Explanation | None:
        """Why an item is suggested, or not; ``None`` when it is not known yet."""
        row = self._snapshot.row_of(item_id)
        if row is None:
            return None
        columns, taste = self._snapshot.columns, self._memory.taste
        skipped = frozenset(self._snapshot.rows_of(self._memory.current.skips).tolist())
        paths = self._snapshot.paths
        liked_beside = frozenset() if paths is None else paths.recommended_with(item_id)
        words = Words(columns.titles, columns.years, self._snapshot.features.ids, skipped, liked_beside)
        curiosity = self._settings.recommendation.adventure * float(np.sqrt(taste.variance[row]))
        order = [LedgerTerm("curiosity", "little is known about how you would like it", curiosity)] if curiosity else []
        return explain(taste, row, words, [*order, *self._order().terms_of(row)])

    def preferences(self) -> Preferences:
        """What the taste has learned to like of genres, decades and people."""
        return preferences(self._snapshot, self._memory.taste)

    def similar(self, item_id: int, count: int = 60) -> tuple[Kin, ...]:
        """The titles most alike to one, best first; none while likeness is not worked out."""
        return kin_of(self._snapshot, self._memory.taste, self.rating_of, item_id, count)

    def taste_points(self) -> TastePoints | None:
        """The taste map; ``None`` while it is not worked out."""
        given = {rating.item_id: rating.value for rating in self._memory.current.ratings}
        return taste_points(self._snapshot, self._memory.taste, given)

    def question(
        self,
        kind: MediaKind,
        refused: Sequence[int],
        asked: frozenset[Subject] = frozenset(),
        wishes: Sequence[Wish] = (),
    ) -> Question | None:
        """What to ask a person who refused these items, ``None`` when nothing would tell the rest apart.

        :param asked: what was asked before; ``wishes`` hold for this evening only, as in :meth:`recommend`.
        """
        taste = self._memory.taste
        rows = np.flatnonzero(self._open(kind) & ~self._resting_rows())
        order = np.argsort(-(taste.mean + self._order(wishes).points)[rows], kind="stable")
        return best_question(self._snapshot, taste, rows[order], self._snapshot.rows_of(refused).tolist(), asked)

    def rating_of(self, item_id: int) -> float | None:
        """What the person gave an item, ``None`` when they did not rate it."""
        rating = self._memory.rating_of(item_id)
        return None if rating is None else rating.value

    def rated(self) -> tuple[Rating, ...]:
        """The ratings in force, oldest first, with whether the taste learns from each."""
        return self._memory.current.ratings

    def blocked(self) -> tuple[Block, ...]:
        """The blocks in force, newest first."""
        return tuple(sorted(self._memory.current.blocked.values(), key=lambda block: -block.at))

    def wishes(self) -> tuple[Wish, ...]:
        """The wishes in force, newest first."""
        return self._wishes

    def hidden_counts(self) -> tuple[rules.HiddenCount, ...]:
        """What each rule that is set hides."""
        return rules.counts(self._settings.rules, self._snapshot, self._today())

    def genres(self, kind: MediaKind) -> tuple[tuple[str, int], ...]:
        """The genres of what can be suggested, with how many titles have each, most frequent first."""
        return genre_counts(self._snapshot, self._open(kind))

    def decades(self, kind: MediaKind) -> tuple[tuple[int, int], ...]:
        """The decades of what can be suggested, with how many titles each has, newest first."""
        return decade_counts(self._snapshot, self._open(kind))

    # Feedback. All of it raises ``AppError`` when the store cannot be written; nothing has changed then.

    def show(self, item_id: int) -> None:
        """Make this the card of its tab; the one before, if it was left without an answer, can be returned to."""
        row = self._snapshot.row_of(item_id)
        if row is not None:
            self._session_of(row).show(item_id)

    def rate(self, item_id: int, value: float) -> int:
        """Store a rating from 1 to 10, learn from it, and return its row; one out of that range is refused."""
        step = self._memory.rate(item_id, value)
        session = self._note(step)
        if session is not None and step.before is not None:
            session.refusals = session.refusals.accepted(welcome=value_of(value) >= step.before.usual)
        return step.event_id

    def skip(self, item_id: int) -> int:
        """Not now: it rests, and counts as weak evidence against. Returns its row."""
        return self._refuse(self._memory.skip(item_id))

    def block(self, item_id: int) -> int:
        """Not for me: never shown again until it is unblocked. Returns its row."""
        return self._refuse(self._memory.block(item_id))

    def unblock(self, item_id: int) -> None:
        """Let a blocked item be suggested again."""
        self._memory.unblock(item_id)

    def reset_blocked(self) -> int:
        """Let every blocked item be suggested again; says how many there were."""
        return self._memory.reset_blocked()

    def reset(self) -> None:
        """Forget what was learned, as if nothing had been rated; blocks and wishes stay, and the log keeps its rows."""
        self._memory.reset()
        self._sessions = {kind: TabSession() for kind in KINDS}

    def play(self, item_id: int) -> None:
        """Note that an item was opened to be watched."""
        self._memory.play(item_id)
        row = self._snapshot.row_of(item_id)
        if row is not None:
            session = self._session_of(row)
            session.refusals = session.refusals.accepted(welcome=True)

    def back(self, kind: MediaKind) -> int | None:
        """Return to the card before; a rating, skip or block given to it is taken back. ``None`` when there is none."""
        session = self._sessions[kind]
        if not session.history:
            return None
        step = session.history[-1]
        self._memory.take_back(step)
        session.history.pop()
        session.refusals = Refusals()
        session.current = step.item_id
        return step.item_id

    def learn_from(self, item_ids: Iterable[int], learn: bool) -> int:
        """Let the taste learn from the ratings of these items, or not; says how many changed.

        Of more than a handful only the store learns at once, and the taste with the next snapshot.
        """
        return self._memory.learn_from(item_ids, learn)

    def lend(self, to_guest: bool) -> None:
        """Begin or end guest mode; each begins with a clean desk."""
        if to_guest is not self.lent:
            self._memory.lend(to_guest)
            self._sessions = {kind: TabSession() for kind in KINDS}

    def wish(self, subject: Subject, direction: Direction) -> Wish:
        """Ask for more of something, for less of it, or never to see it again."""
        wish = Wish(subject, direction, self._clock(), self._library.person)
        wish = replace(wish, id=self._library.wishes.put(wish))
        self.refresh_feedback()
        return wish

    def take_back_wish(self, wish: Wish) -> None:
        """Let a wish no longer hold."""
        self._library.wishes.remove(wish.id)
        self.refresh_feedback()

    # Parts

    def _order(self, wishes: Sequence[Wish] = ()) -> Ranking:
        """What wishes, dials and rules do today; worked out again only when one of them, the snapshot or the day is another."""
        today, settings = self._today(), self._settings
        if wishes:
            return ranking(self._snapshot, (*self._wishes, *wishes), settings.dials, settings.rules, today)
        if self._ranking is None or self._ranking[0] != today:
            self._ranking = (today, ranking(self._snapshot, self._wishes, settings.dials, settings.rules, today))
        return self._ranking[1]

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock()).date()

    def _note(self, step: Step) -> TabSession | None:
        row = self._snapshot.row_of(step.item_id)
        if row is None:
            return None
        session = self._session_of(row)
        session.note(step)
        return session

    def _refuse(self, step: Step) -> int:
        session = self._note(step)
        if session is not None:
            session.refusals = session.refusals.refused(step.item_id, self._clock())
        return step.event_id

    def _session_of(self, row: int) -> TabSession:
        return self._sessions[KINDS[int(self._snapshot.columns.kinds[row])]]

    def _open(self, kind: MediaKind) -> NDArray[np.bool_]:
        columns, order = self._snapshot.columns, self._order()
        of_kind = (columns.kinds == KINDS.index(kind)) & columns.present
        rows: NDArray[np.bool_] = of_kind & ~self._memory.out & ~order.ruled_out & ~order.hidden
        return rows

    def _resting_rows(self) -> NDArray[np.bool_]:
        since = self._clock() - 3600.0 * self._settings.recommendation.cooldown_hours
        rows = np.zeros(len(self._snapshot), np.bool_)
        rows[self._snapshot.rows_of(self._memory.resting_since(since))] = True
        return rows

    def _recent_rows(self, session: TabSession, kept: int | None) -> tuple[int, ...]:
        rows = [self._snapshot.row_of(item_id) for item_id in session.shown]
        recent = [row for row in rows if row is not None and row != kept]
        return tuple(dict.fromkeys([*recent, kept] if kept is not None else recent))

    def _pick(self, row: int, score: float) -> Pick:
        columns, taste = self._snapshot.columns, self._memory.taste
        mean = float(taste.mean[row])
        return Pick(
            int(self._snapshot.features.ids[row]),
            columns.titles[row],
            int(columns.years[row]) or None,
            rating_of(mean),
            spread_of(mean, float(np.sqrt(taste.variance[row]))),
            score,
        )

    def _notice(self, session: TabSession) -> str:
        if not session.refusals.just_turned:
            return ""
        features = self._snapshot.features
        detour = self._snapshot.rows_of(session.refusals.detour).tolist()
        common = shared_by_most([features.names("genre", row) for row in detour])
        away = f", away from {' and '.join(common[:2])}" if common else ""
        return f"You passed on five in a row, so the next ones go in another direction{away}."


def _why_empty(of_kind: NDArray[np.bool_], total: int, remaining: int) -> Empty:
    if not of_kind.any():
        return "library"
    if not total:
        return "everything rated"
    return "resting" if remaining else "filtered"
