"""Keeps the requests to a service below its limit, evenly spread: never more in any second, however the work comes.

Two rules together. Evenly: no more than ``SHARE`` of the limit is sent within a second, each request a little after the one
before. And surely: a request reaches the service at some moment between being sent and being answered, however long it is on
its way. So one more is sent only when those that were answered within the last second, and those that are not answered yet,
are fewer than the limit: then no second over there can hold more than that, whatever the network and the two computers do.
No answer has come sooner than the quickest so far: so much of the second is over by the time that a request is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

WINDOW = 1.0
SHARE = 0.96
CATCHING_UP = 0.75
"""Of the even distance: after a moment in which nothing could be sent, requests follow each other only this much faster."""
TRUSTED, MOST_KNOWN = 0.9, 0.5
"""How much of the quickest answer is relied on, in which a second one may be quicker; and seconds that are no way but a wait."""
_LOOK_AGAIN = 0.02


class Pace:
    """Hands out turns, one after the other. Belongs to one event loop.

    :param limit: how many requests the service allows in a second.
    :param clock: seconds; ``sleep`` waits for some. Both are the real ones but in tests.
    """

    def __init__(
        self,
        limit: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limit = max(1, int(limit))
        self._most = max(1, int(limit * SHARE))
        self._gap = CATCHING_UP * WINDOW / self._most
        self._sent: deque[float] = deque(maxlen=self._most)
        self._answered: deque[float] = deque(maxlen=self._limit)
        self._on_the_way = 0
        self._quickest = float("inf")
        self._held_until = 0.0
        self._clock, self._sleep = clock, sleep
        self._queue = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one more request may be sent, first come, first served; when the block ends it is answered or failed."""
        async with self._queue:
            while (wait := self._wait()) > 0:
                await self._sleep(wait)
            began = self._clock()
            self._sent.append(began)
            self._on_the_way += 1
        try:
            yield
        finally:
            self._on_the_way -= 1
            self._answered.append(self._clock())
            self._quickest = min(self._quickest, self._answered[-1] - began)

    def hold(self, seconds: float) -> None:
        """Send nothing for so long: the service asked for it."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def _wait(self) -> float:
        now = self._clock()
        until = self._held_until
        if self._sent:
            until = max(until, self._sent[-1] + self._gap)
        if len(self._sent) == self._most:
            until = max(until, self._sent[0] + WINDOW)
        window = WINDOW if self._quickest > MOST_KNOWN else WINDOW - TRUSTED * self._quickest
        while self._answered and self._answered[0] <= now - window:
            self._answered.popleft()
        if self._on_the_way + len(self._answered) >= self._limit:
            until = max(until, self._answered[0] + window if self._answered else now + _LOOK_AGAIN)
        return until - now
