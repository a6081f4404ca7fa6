"""Takes over the ratings that a person gave on a media server, each once, and none that only echoes what we wrote there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from library.feedback import HOMEREEL, Rating
from library.feedback_store import FeedbackStore
from library.items import Viewing
from library.rating_scales import is_echo, rating_from


class ServerRatings:
    """Ratings from one kind of server for one person.

    :param kind: of the source; it is the ``source`` of the events.
    :param user: whose ratings they are.
    """

    def __init__(self, feedback: FeedbackStore, kind: str, user: str, now: Callable[[], float]) -> None:
        self._feedback = feedback
        self._kind = kind
        self._user = user
        self._now = now

    def take(self, seen: Sequence[tuple[int, Viewing]]) -> int:
        """Append the ratings that the server has and did not tell us yet; how many there were.

        A rating without a time of its own counts from now. Only where one was given here and this one is told for the first
        time, it counts from before that: it may be years old, and must not outdo what was said here.

        :param seen: item ids with what the server says of each.
        """
        rated = [(item_id, viewing, value) for item_id, viewing in seen if (value := rating_from(viewing)) is not None]
        if not rated:
            return 0
        item_ids = [item_id for item_id, _, _ in rated]
        told = self._feedback.imported(self._kind, item_ids, self._user)
        own = self._feedback.imported(HOMEREEL, item_ids, self._user)
        appended = 0
        for item_id, viewing, value in rated:
            before = told.setdefault(item_id, [])
            if (before and before[-1][0] == value) or (value, viewing.rated_at) in before:
                continue
            if item_id in own and is_echo(own[item_id][-1][0], value, self._kind):
                continue
            at = viewing.rated_at
            if at is None:
                at = own[item_id][-1][1] - 1.0 if item_id in own and not before else self._now()
            self._feedback.append(Rating(at=at, user=self._user, item_id=item_id, value=value, source=self._kind))
            before.append((value, at))
            appended += 1
        return appended
