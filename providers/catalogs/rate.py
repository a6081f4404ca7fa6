"""Keeps the requests to a service below its limit, evenly spread: never more in any second, however the work comes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

WINDOW = 1.0
SHARE = 0.94
"""Of the limit: what was sent evenly may still arrive a little closer together."""
CATCHING_UP = 0.75
"""Of the even distance: after a moment in which nothing could be sent, requests follow each other only this much faster."""


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
        self._most = max(1, int(limit * SHARE))
        self._gap = CATCHING_UP * WINDOW / self._most
        self._sent: deque[float] = deque(maxlen=self._most)
        self._held_until = 0.0
        self._clock, self._sleep = clock, sleep
        self._queue = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until one more request may be sent; first come, first served."""
        async with self._queue:
            while (wait := self._wait()) > 0:
                await self._sleep(wait)
            self._sent.append(self._clock())

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
        return until - now
