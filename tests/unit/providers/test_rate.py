"""The pace of requests: on a clock of its own, so that every second can be looked at."""

from __future__ import annotations

import asyncio
import itertools
import random

import pytest

from providers.catalogs.rate import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + 1e-9

    async def moved_by_others(self, seconds: float) -> None:
        then = self.now + seconds
        while self.now < then:
            await asyncio.sleep(0)


def sent(pace: Pace, clock: Clock, count: int, stalls: dict[int, float] | None = None) -> list[float]:
    async def go() -> list[float]:
        found = []
        for number in range(count):
            clock.now += (stalls or {}).get(number, 0.0)
            async with pace.turn():
                found.append(clock.now)
        return found

    return asyncio.run(go())


def busiest(moments: list[float]) -> int:
    return max(sum(one <= other < one + 1.0 for other in moments) for one in moments)


@pytest.mark.parametrize("limit", [1, 5, 20, 40])
def test_no_second_holds_more_than_the_limit_and_little_of_it_is_wasted(limit: float) -> None:
    clock = Clock()
    moments = sent(Pace(limit, clock, clock.sleep), clock, int(limit * 20))
    assert busiest(moments) <= limit
    assert (len(moments) - 1) / (moments[-1] - moments[0]) > 0.9 * limit or limit < 10


def test_after_a_stall_it_catches_up_without_a_burst() -> None:
    clock = Clock()
    moments = sent(Pace(40, clock, clock.sleep), clock, 400, stalls=dict.fromkeys(range(0, 400, 40), 0.1))
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) > 0.015
    assert busiest(moments) <= 40
    assert 399 / (moments[-1] - moments[0]) > 34


def test_nothing_is_sent_while_the_service_asked_for_quiet() -> None:
    clock = Clock()
    pace = Pace(40, clock, clock.sleep)
    sent(pace, clock, 3)
    pace.hold(5.0)
    pace.hold(1.0)
    began = clock.now
    assert sent(pace, clock, 1)[0] >= began + 5.0


def test_however_long_requests_are_on_their_way_no_second_over_there_holds_more_than_the_limit() -> None:
    """Each arrives at some moment before its answer: the worst are those where many arrive at once."""
    clock, chance = Clock(), random.Random(4)

    pace = Pace(40, clock, clock.moved_by_others)
    waiting: list[tuple[float, asyncio.Event]] = []
    arrived: list[float] = []

    async def ask() -> None:
        async with pace.turn():
            answer = asyncio.Event()
            waiting.append((clock.now, answer))
            await answer.wait()

    async def go() -> None:
        asked = [asyncio.create_task(ask()) for _ in range(600)]
        while not all(task.done() for task in asked):
            for _ in range(5):
                await asyncio.sleep(0)
            clock.now += 0.001
            if len(waiting) >= 10 or (waiting and chance.random() < 0.004):  # all that are on the way arrive at once
                arrived.extend(clock.now for _ in waiting)
                for _, answer in waiting:
                    answer.set()
                waiting.clear()

    asyncio.run(go())
    assert len(arrived) == 600
    assert busiest(sorted(arrived)) <= 40


def test_a_service_that_is_far_away_is_asked_as_often_as_a_near_one() -> None:
    clock = Clock()
    pace, moments = Pace(40, clock, clock.moved_by_others), []

    async def ask(answer_after: float) -> None:
        async with pace.turn():
            moments.append(clock.now)
            await clock.moved_by_others(answer_after)

    async def go() -> None:
        asked = [asyncio.create_task(ask(0.2)) for _ in range(200)]
        while not all(task.done() for task in asked):
            for _ in range(3):
                await asyncio.sleep(0)
            clock.now += 0.001

    asyncio.run(go())
    assert 199 / (moments[-1] - moments[0]) > 36
    assert busiest(moments) <= 40
