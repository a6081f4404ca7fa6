"""What was said so far: the feedback in force, and the taste that follows from it, in step with the store at each click.

The row is written first; only then does anything in memory change. While the program is lent to a guest, what is said is
stored as the guest's and changes nothing but what is still to be shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from library.errors import AppError
from library.feedback import (
    GUEST,
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
from library.library import Library
from recommender.evidence import brought_up_to, skip_noise, skip_value
from recommender.scale import value_of
from recommender.snapshot import Snapshot
from recommender.tab_session import Step

AT_ONCE = 8
"""Of how many ratings the taste learns, or unlearns, at once; more would hold up whoever clicked."""


class Memory:
    """The feedback of one person and what it makes of the taste in a snapshot.

    ``taste`` is what is believed now, ``current`` the feedback in force, ``out`` bool (n,) the rows that are rated or blocked,
    and ``resting`` when each skipped item was skipped last.

    :param library: the open store that feedback is written to.
    """

    def __init__(self, library: Library, snapshot: Snapshot, clock: Callable[[], float] = time.time) -> None:
        self._library = library
        self._clock = clock
        self._snapshot = snapshot
        self._guests: set[int] | None = None
        self._waiting = False
        self.resting: dict[int, float] = {}
        self.taste = snapshot.taste
        self.current = CurrentFeedback()
        self.out: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.publish(snapshot)
        for event in library.feedback.log(library.person, limit=500):  # titles skipped before a restart go on resting
            if isinstance(event, Skip) and event.item_id in self.current.skips:
                self.resting[event.item_id] = event.at

    @property
    def snapshot(self) -> Snapshot:
        """The picture it stands on, with nothing of anybody else's taste in it."""
        return self._snapshot

    @property
    def lent(self) -> bool:
        """Whether a guest has it."""
        return self._guests is not None

    @property
    def user(self) -> str:
        """Whose feedback is written now."""
        return self._library.person if self._guests is None else GUEST

    def publish(self, snapshot: Snapshot) -> None:
        """Take over a snapshot; feedback given since it was built is applied to it.

        One that knows another person's taste gives what it knows of the titles, and nothing of that taste.
        """
        foreign, snapshot = snapshot.person != self._library.person, snapshot.for_person(self._library.person)
        self._snapshot = snapshot
        self.taste = snapshot.taste
        self._waiting = foreign and len(self._library.feedback.current(self._library.person).ratings) > AT_ONCE
        self.refresh()

    def refresh(self) -> None:
        """Read the feedback in force from the store, bring the taste up to it step by step, and note what is out.

        A taste that waits for very many changes stays as it is until the next snapshot: step by step they would take too long.
        """
        self.current = self._library.feedback.current(self._library.person)
        if not self._waiting:
            self.taste = brought_up_to(self.taste, self.current)
        self._note_what_is_out()

    def lend(self, to_guest: bool) -> None:
        """Begin or end guest mode; at its end what the guest put aside may be shown again."""
        self._guests = set() if to_guest else None
        self._note_what_is_out()

    def resting_since(self, moment: float) -> dict[int, float]:
        """The items skipped after a moment; those skipped before rest no longer and are forgotten."""
        self.resting = {item_id: at for item_id, at in self.resting.items() if at > moment}
        return self.resting

    def rating_of(self, item_id: int) -> Rating | None:
        """The rating of an item that is in force."""
        return next((rating for rating in self.current.ratings if rating.item_id == item_id), None)

    def rate(self, item_id: int, value: float) -> Step:
        """Store a rating from 1 to 10 and learn from it.

        :raises AppError: when the value is out of range or the store cannot be written; nothing has changed then.
        """
        if not MIN_RATING <= value <= MAX_RATING:
            raise AppError(f"A rating is a number from 1 to 10, not {value:g}.")
        rating = Rating(at=self._clock(), user=self.user, item_id=item_id, value=float(value))
        rating = replace(rating, id=self._library.feedback.append(rating))
        before, row = self.taste, self._snapshot.row_of(item_id)
        if self._guests is None:
            others = tuple(known for known in self.current.ratings if known.item_id != item_id)
            skips = {key: times for key, times in self.current.skips.items() if key != item_id}
            self.current = replace(self.current, ratings=(*others, rating), skips=skips)
            if row is not None:
                self.taste = before.update(row, value_of(rating.value))
        self._put_out(item_id)
        return Step(item_id, rating.id, before, self.taste)

    def skip(self, item_id: int) -> Step:
        """Not now: it rests, and counts as weak evidence against. Raises as :meth:`rate` does."""
        skip = Skip(at=self._clock(), user=self.user, item_id=item_id)
        skip = replace(skip, id=self._library.feedback.append(skip))
        self.resting[item_id] = skip.at
        before, row = self.taste, self._snapshot.row_of(item_id)
        if self._guests is None and self.rating_of(item_id) is None:
            times = self.current.skips.get(item_id, 0) + 1
            self.current = replace(self.current, skips={**self.current.skips, item_id: times})
            if row is not None:
                worth = skip_value(self.current, self._snapshot.weights.usual)
                self.taste = before.update(row, worth, skip_noise(times))
        return Step(item_id, skip.id, before, self.taste)

    def block(self, item_id: int) -> Step:
        """Not for me: never shown again until it is unblocked. Raises as :meth:`rate` does."""
        block = Block(at=self._clock(), user=self.user, item_id=item_id)
        block = replace(block, id=self._library.feedback.append(block))
        if self._guests is None:
            self.current = replace(self.current, blocked={**self.current.blocked, item_id: block})
        self._put_out(item_id)
        return Step(item_id, block.id, self.taste, self.taste)

    def play(self, item_id: int) -> None:
        """Note that an item was opened to be watched. Raises as :meth:`rate` does."""
        play = Play(at=self._clock(), user=self.user, item_id=item_id)
        self._library.feedback.append(play)
        if self._guests is None:
            self.current = replace(self.current, played={**self.current.played, item_id: play.at})

    def take_back(self, step: Step) -> None:
        """Take back the feedback that a step left, if it left any. Raises as :meth:`rate` does."""
        if not step.event_id:
            return
        retraction = Retraction(at=self._clock(), user=self.user, retracts=step.event_id)
        self._library.feedback.append(retraction)
        self.resting.pop(step.item_id, None)
        if self._guests is not None:
            self._guests.discard(step.item_id)
        if step.before is not None and step.after is self.taste:
            self.taste = step.before
        self.refresh()

    def learn_from(self, item_ids: Iterable[int], learn: bool) -> int:
        """Let the taste learn from the ratings of these items, or not; says how many changed. Raises as :meth:`rate` does."""
        wanted = set(item_ids)
        ratings = [rating for rating in self.current.ratings if rating.item_id in wanted]
        changed = self._library.feedback.set_learning(ratings, learn)
        self._waiting = self._waiting or changed > AT_ONCE
        self.refresh()
        return changed

    def unblock(self, item_id: int) -> None:
        """Let a blocked item be suggested again."""
        self._library.feedback.unblock(item_id, self._library.person)
        self.refresh()

    def reset_blocked(self) -> int:
        """Let every blocked item be suggested again; says how many there were."""
        count = self._library.feedback.reset_blocked(self._library.person)
        self.refresh()
        return count

    def reset(self) -> None:
        """Forget what was learned, as if nothing had been rated; blocks stay, and the log keeps its rows."""
        self._library.feedback.append(Reset(at=self._clock(), user=self._library.person))
        self.resting.clear()
        self.refresh()

    def _put_out(self, item_id: int) -> None:
        if self._guests is not None:
            self._guests.add(item_id)
        row = self._snapshot.row_of(item_id)
        if row is not None:
            self.out[row] = True

    def _note_what_is_out(self) -> None:
        out = np.zeros(len(self._snapshot), np.bool_)
        gone = [rating.item_id for rating in self.current.ratings]
        out[self._snapshot.rows_of([*gone, *self.current.blocked, *(self._guests or ())])] = True
        self.out = out
