"""Two titles that may be one: shown to the person, put together when they say so, and taken apart again on second thoughts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from library.database import Database
from library.feedback import Block, Play, Rating, Retraction
from library.feedback_store import FeedbackStore
from library.item_upsert import mark_if_gone, raise_revision

Verdict = Literal["", "same", "other"]


@dataclass(frozen=True, slots=True)
class TitlePair:
    """Two items that may be the same title; ``verdict`` is what the person said, empty for nothing yet."""

    one: int
    other: int
    verdict: Verdict = ""


def note_unsure(database: Database, pairs: Iterable[tuple[int, int]]) -> None:
    """Remember pairs to ask about; one that is known already stays what it is. Within the caller's transaction."""
    for one, other in pairs:
        database.run(
            "INSERT INTO title_pair (one, other) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (min(one, other), max(one, other)),
        )


def carry_over(database: Database, left: int, stays: int, at: float) -> list[tuple[int, int]]:
    """Let what persons said about a title that turned out to be another one count for that one.

    The log is only appended to: each rating and block that counts is written again, with its own time, so that the newest
    rating of the two goes on counting; and all that was said about the title that is no more is taken back, or it would teach
    twice. Retracting the events brings everything back as it was. An import that a rating came from knows it by its new row,
    and so takes that one back. Within the caller's transaction.

    :returns: the id of each event that was appended, and of the one that it stands for; 0 where it stands for none.
    """
    feedback = FeedbackStore(database)
    added: list[tuple[int, int]] = []
    for (user,) in database.rows("SELECT DISTINCT user FROM feedback WHERE item_id = ?", (left,)):
        current = feedback.current(user)
        told: list[Rating | Block] = [rating for rating in current.ratings if rating.item_id == left]
        there = {(rating.at, rating.value) for rating in current.ratings if rating.item_id == stays}
        if left in current.blocked and stays not in current.blocked:
            told.append(current.blocked[left])
        new = [event for event in told if not (isinstance(event, Rating) and (event.at, event.value) in there)]
        added += [(feedback.append(replace(event, item_id=stays, id=0)), event.id) for event in new]
        former = [event for event in feedback.said_about(left, user) if not isinstance(event, Play)]
        added += [(feedback.append(Retraction(at=at, user=user, retracts=event.id)), 0) for event in former]
    database.run_many(
        "UPDATE import_line SET feedback_id = ? WHERE feedback_id = ?", [pair for pair in added if pair[1]]
    )
    database.run("UPDATE import_title SET item_id = ? WHERE item_id = ?", (stays, left))
    database.run("UPDATE OR IGNORE watch SET item_id = ? WHERE item_id = ?", (stays, left))
    return added


class PairStore:
    """The pairs that wait for an answer, and those that got one."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def waiting(self) -> tuple[TitlePair, ...]:
        """Pairs nobody has said anything about yet, of titles that are both there."""
        return self._pairs("verdict = ''", "AND one.removed_at IS NULL AND other.removed_at IS NULL")

    def decided(self) -> tuple[TitlePair, ...]:
        """Pairs that the person put together."""
        return self._pairs("verdict = 'same'", "")

    def keep_apart(self, pair: TitlePair) -> None:
        """They are two titles: nothing changes, and nobody is asked again."""
        self._settle(pair, "other")

    def put_together(self, pair: TitlePair) -> int:
        """They are one: the places of the one met later go to the other, with its ids and what was said about it.

        :returns: the id of the item that stays.
        """
        stays, left = pair.one, pair.other
        places = [row[0] for row in self._database.rows("SELECT id FROM place WHERE item_id = ?", (left,))]
        names = self._database.rows("SELECT kind, scheme, value FROM external_id WHERE item_id = ?", (left,))
        at, past = self._clock(), "SELECT id FROM import_title WHERE item_id = ?"
        titles = [row[0] for row in self._database.rows(past, (left,))]
        with self._database.transaction():
            self._move(places, [list(name) for name in names], stays)
            events = carry_over(self._database, left, stays, at)
            mark_if_gone(self._database, left, at)
            self._database.run("UPDATE item SET removed_at = NULL WHERE id = ?", (stays,))
            moved = {"places": places, "names": [list(name) for name in names], "events": events, "past": titles}
            self._settle(pair, "same", json.dumps(moved))
            raise_revision(self._database)
        return stays

    def take_apart(self, pair: TitlePair) -> None:
        """They are two after all: everything goes back to where it was."""
        row = self._database.row("SELECT moved FROM title_pair WHERE one = ? AND other = ?", (pair.one, pair.other))
        nothing: dict[str, Any] = {"places": [], "names": [], "events": [], "past": []}
        moved: dict[str, Any] = json.loads(row[0]) if row and row[0] else nothing
        feedback, at = FeedbackStore(self._database), self._clock()
        events = [event_id for event_id, _ in moved["events"]]
        sql = f"SELECT id, user FROM feedback WHERE id IN ({', '.join('?' * len(events))})"  # noqa: S608
        users: dict[int, str] = dict(self._database.rows(sql, events))
        with self._database.transaction():
            self._move(moved["places"], moved["names"], pair.other)
            for event_id, user in users.items():
                feedback.append(Retraction(at=at, user=user, retracts=event_id))
            self._database.run_many(
                "UPDATE import_line SET feedback_id = ? WHERE feedback_id = ?",
                [(former, event_id) for event_id, former in moved["events"] if former],
            )
            self._database.run_many(
                "UPDATE import_title SET item_id = ? WHERE id = ?", [(pair.other, title) for title in moved["past"]]
            )
            if moved["places"]:
                self._database.run("UPDATE item SET removed_at = NULL WHERE id = ?", (pair.other,))
            mark_if_gone(self._database, pair.one, at)
            self._settle(pair, "other")
            raise_revision(self._database)

    def _move(self, places: list[int], names: list[list[str]], item_id: int) -> None:
        self._database.run_many("UPDATE place SET item_id = ? WHERE id = ?", [(item_id, place) for place in places])
        self._database.run_many(
            "UPDATE external_id SET item_id = ? WHERE kind = ? AND scheme = ? AND value = ?",
            [(item_id, *name) for name in names],
        )

    def _settle(self, pair: TitlePair, verdict: Verdict, moved: str = "") -> None:
        self._database.run(
            "UPDATE title_pair SET verdict = ?, moved = ? WHERE one = ? AND other = ?",
            (verdict, moved, pair.one, pair.other),
        )

    def _pairs(self, condition: str, more: str) -> tuple[TitlePair, ...]:
        sql = (
            "SELECT title_pair.one, title_pair.other, verdict FROM title_pair"  # noqa: S608
            " JOIN item AS one ON one.id = title_pair.one JOIN item AS other ON other.id = title_pair.other"
            f" WHERE {condition} {more} ORDER BY title_pair.one, title_pair.other"
        )
        return tuple(TitlePair(*row) for row in self._database.rows(sql))
