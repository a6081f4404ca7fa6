"""The log of what a person said about items: appended row by row, never changed; what counts today is computed from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from library.database import Database, Row
from library.feedback import (
    BROUGHT_ALONG,
    HOMEREEL,
    LOCAL_USER,
    AnyEvent,
    Block,
    CurrentFeedback,
    Interaction,
    Play,
    Rating,
    Reset,
    Retraction,
    Skip,
)

#: The columns of a row as it is read here; whose it is, is known already.
_COLUMNS = "id, at, source, kind, item_id, value, retracts, learn"
_BY_HAND = BROUGHT_ALONG | {HOMEREEL}
_KINDS: dict[type[object], str] = {
    Rating: "rating",
    Skip: "skip",
    Block: "block",
    Play: "play",
    Retraction: "retraction",
    Reset: "reset",
}


class FeedbackStore:
    """Appends feedback, one durable row each, and says what is in force."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def append(self, event: AnyEvent) -> int:
        """Store one event and return its id. When this returns, the event survives the end of the process."""
        item_id = None if isinstance(event, Retraction | Reset) else event.item_id
        value = event.value if isinstance(event, Rating) else None
        retracts = event.retracts if isinstance(event, Retraction) else None
        learn = event.learn if isinstance(event, Rating) else True
        return self._database.run(
            "INSERT INTO feedback (at, user, source, kind, item_id, value, retracts, learn) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (event.at, event.user, event.source, _KINDS[type(event)], item_id, value, retracts, int(learn)),
        )

    def current(self, user: str = LOCAL_USER) -> CurrentFeedback:
        """What counts today: not taken back, not before the last reset, the newest rating of each item."""
        return summarise(self._rows(user), user)

    def log(self, user: str = LOCAL_USER, *, item_id: int | None = None, limit: int | None = None) -> list[AnyEvent]:
        """All events of a user, oldest first.

        :param item_id: only those about this item.
        :param limit: only the newest so many.
        """
        condition, values = "user = ?", [user, -1 if limit is None else limit]
        if item_id is not None:
            condition, values = "user = ? AND item_id = ?", [user, item_id, values[1]]
        sql = f"SELECT {_COLUMNS} FROM feedback WHERE {condition} ORDER BY id DESC LIMIT ?"  # noqa: S608
        return [_event(row, user) for row in reversed(self._database.rows(sql, values))]

    def said_about(self, item_id: int, user: str = LOCAL_USER) -> list[Interaction]:
        """What a user said about one item and did not take back, oldest first; also what a later answer has overtaken."""
        found = [_event(row, user) for row in reversed(in_force(self._rows(user))) if row[4] == item_id]
        return [event for event in found if isinstance(event, Rating | Skip | Block | Play)]

    def last_answer(self, user: str = LOCAL_USER) -> Rating | Skip | Block | None:
        """The newest rating, skip or block in force that was given here; ``None`` when a reset came after all of them."""
        for row in in_force(self._rows(user)):
            event = _event(row, user)
            if isinstance(event, Reset):
                return None
            if isinstance(event, Rating | Skip | Block) and event.source == HOMEREEL:
                return event
        return None

    def imported(
        self, source: str, item_ids: Iterable[int], user: str = LOCAL_USER
    ) -> dict[int, list[tuple[float, float]]]:
        """What was read from ``source`` for these items so far: (value, at) in the order read, whether or not it counts."""
        wanted = list(dict.fromkeys(item_ids))
        found: dict[int, list[tuple[float, float]]] = {}
        sql = (
            "SELECT item_id, value, at FROM feedback"  # noqa: S608
            f" WHERE item_id IN ({', '.join('?' * len(wanted))}) AND user = ? AND source = ? AND kind = 'rating' ORDER BY id"
        )
        for item_id, value, at in self._database.rows(sql, [*wanted, user, source]):
            found.setdefault(item_id, []).append((value, at))
        return found

    def set_learning(self, ratings: Iterable[Rating], learn: bool) -> int:
        """Let the taste learn from these ratings in force, or not: each is appended again with its value and its time.

        :returns: how many of them were different before.
        """
        changed = [rating for rating in ratings if rating.learn is not learn]
        with self._database.transaction():
            for rating in changed:
                self.append(replace(rating, learn=learn))
        return len(changed)

    def unblock(self, item_id: int, user: str = LOCAL_USER) -> bool:
        """Take the block of an item back; says whether there was one."""
        blocks = [row[0] for row in self._blocks(user) if row[4] == item_id]
        self._retract(blocks, user)
        return bool(blocks)

    def reset_blocked(self, user: str = LOCAL_USER) -> int:
        """Take every block back and return how many items were blocked."""
        blocks = self._blocks(user)
        self._retract([row[0] for row in blocks], user)
        return len({row[4] for row in blocks})

    def _blocks(self, user: str) -> list[Row]:
        return [row for row in in_force(self._rows(user)) if row[3] == "block"]

    def _retract(self, event_ids: Sequence[int], user: str) -> None:
        at = self._clock()
        with self._database.transaction():
            for event_id in event_ids:
                self.append(Retraction(at=at, user=user, retracts=event_id))

    def _rows(self, user: str) -> list[Row]:
        """Newest first."""
        return self._database.rows(f"SELECT {_COLUMNS} FROM feedback WHERE user = ? ORDER BY id DESC", (user,))  # noqa: S608


def in_force(rows: Iterable[Row]) -> list[Row]:
    """The rows that were not taken back, newest first; ``rows`` newest first too.

    Taking back a retraction brings the event back: going from the newest to the oldest settles that in one pass.
    """
    taken_back: set[int] = set()
    kept = []
    for row in rows:
        if row[0] in taken_back:
            continue
        if row[6] is not None:
            taken_back.add(row[6])
        else:
            kept.append(row)
    return kept


def summarise(rows: Iterable[Row], user: str = LOCAL_USER) -> CurrentFeedback:
    """Compute what counts from the rows of the log, newest first."""
    ratings: dict[int, Row] = {}
    skips: dict[int, list[Row]] = {}
    blocked: dict[int, Row] = {}
    played: dict[int, float] = {}
    reset: Row | None = None
    for row in in_force(rows):
        kind, item_id = row[3], row[4]
        if kind == "block":
            blocked.setdefault(item_id, row)
        elif kind == "reset":
            reset = reset or row
        elif reset is not None:
            continue
        elif kind == "rating":
            known = ratings.get(item_id)
            if known is None or row[1] > known[1]:  # of two at the same moment the one with the higher id came first
                ratings[item_id] = row
        elif kind == "skip":
            skips.setdefault(item_id, []).append(row)
        else:
            played[item_id] = max(row[1], played.get(item_id, row[1]))
    if reset is not None:  # what a server remembers from before the reset does not count, whenever it was read
        moment = reset[1]
        ratings = {item_id: row for item_id, row in ratings.items() if row[2] in _BY_HAND or row[1] > moment}
    counts = {item_id: _unanswered(those, ratings.get(item_id)) for item_id, those in skips.items()}
    return CurrentFeedback(
        ratings=_in_order(ratings.values(), user),
        skips={item_id: count for item_id, count in counts.items() if count},
        blocked={
            item_id: Block(at=row[1], user=user, source=row[2], id=row[0], item_id=item_id)
            for item_id, row in blocked.items()
        },
        played=played,
    )


def _in_order(rows: Iterable[Row], user: str) -> tuple[Rating, ...]:
    """Ratings from their rows, oldest first."""
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))
    return tuple(
        [
            Rating(at=at, user=user, source=source, id=row_id, item_id=item_id, value=value, learn=bool(learn))
            for row_id, at, source, _, item_id, value, _, learn in ordered
        ]
    )


def _unanswered(skips: list[Row], rating: Row | None) -> int:
    """How many of the skips of an item came after its rating."""
    if rating is None:
        return len(skips)
    return sum((skip[1], skip[0]) > (rating[1], rating[0]) for skip in skips)


def _event(row: Row, user: str) -> AnyEvent:
    event_id, at, source, kind, item_id, value, retracts, learn = row
    if kind == "rating":
        return Rating(id=event_id, at=at, user=user, source=source, item_id=item_id, value=value, learn=bool(learn))
    if kind == "retraction":
        return Retraction(id=event_id, at=at, user=user, source=source, retracts=retracts)
    if kind == "reset":
        return Reset(id=event_id, at=at, user=user, source=source)
    if kind == "skip":
        return Skip(id=event_id, at=at, user=user, source=source, item_id=item_id)
    interaction = Block if kind == "block" else Play
    return interaction(id=event_id, at=at, user=user, source=source, item_id=item_id)
