"""Between the program, which knows no event loop, and a catalogue, which is asked many things at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

from library.errors import ProviderBusy, ProviderDenied, ProviderError, ProviderUnavailable
from library.progress import Job, Progress
from library.sources import Answered, Metadata, Question
from providers.failures import PassingFailure

Result = TypeVar("Result")
Ask = Callable[[Question], Awaitable[Metadata | None]]

AT_ONCE = 10
WAIT = 0.2
MOST_TOGETHER = 50
GIVING_UP = 8
"""Failures in a row, with nothing good in between, after which the catalogue as a whole is taken to be out of order."""


class EventLoop:
    """An event loop on a thread of its own, so that requests go out evenly while the caller stores what came back.

    The thread begins with the first work and ends with :meth:`close`.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether there is anything to be closed."""
        return self._loop is not None

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do some work and wait for its end; what else was begun on the loop goes on meanwhile."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="catalogue", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def steps(self, work: Coroutine[Any, Any, Result], step: Progress) -> Job[Result]:
        """Do some work as a job that says ``step`` while it takes; cancelled on the way, the work ends as well."""
        task = self.run(_begun(work))
        try:
            yield step
            while not self.run(_over(task)):
                yield step
            return self.run(_result(task))
        finally:
            if self.running:
                self.run(_stopped(task))

    def close(self) -> None:
        """End the thread; closing twice is fine."""
        loop, self._loop = self._loop, None
        thread, self._thread = self._thread, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Round:
    """One round of questions: some are asked at once, and the answers come as they come.

    :param ask: answers one question; ``None`` when the catalogue knows nothing.
    """

    def __init__(self, loop: EventLoop, questions: Sequence[Question], ask: Ask) -> None:
        self._loop = loop
        self._questions = iter(questions)
        self._ask = ask
        self._left = len(questions)
        self._answers: asyncio.Queue[Answered | ProviderError] = asyncio.Queue()
        self._failures = 0
        self._succeeded = False
        self._last: ProviderError | None = None

    def answers(self) -> Iterator[tuple[Answered, ...]]:
        """The answers in batches; ``()`` while there are none. Raises ``ProviderError`` when the catalogue is out of order."""
        if not self._left:
            return
        askers = self._loop.run(self._begin())
        try:
            while self._left:
                yield self._taken(self._loop.run(self._some()))
                for asker in askers:
                    if asker.done() and (bug := asker.exception()) is not None:
                        raise bug
            if not self._succeeded and isinstance(self._last, ProviderUnavailable):
                raise self._last
        finally:
            self._loop.run(_ended(askers))

    async def _begin(self) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._work()) for _ in range(min(AT_ONCE, self._left))]

    async def _work(self) -> None:
        for question in self._questions:
            try:
                answer = Answered(question, await self._ask(question))
                self._succeeded, self._failures = True, 0
            except (ProviderDenied, ProviderBusy) as error:
                self._answers.put_nowait(error)
                return
            except ProviderError as error:
                self._failures, self._last = self._failures + 1, error
                if self._failures >= GIVING_UP or (not self._succeeded and _stands_for_all(error)):
                    self._answers.put_nowait(error)
                    return
                answer = Answered(question, failure=f"“{question.title}”: {error.message}")
            self._answers.put_nowait(answer)

    async def _some(self) -> list[Answered | ProviderError]:
        """What has come in, at least one unless it takes long."""
        try:
            async with asyncio.timeout(WAIT):
                found = [await self._answers.get()]
        except TimeoutError:
            return []
        await asyncio.sleep(0)
        while not self._answers.empty() and len(found) < MOST_TOGETHER:
            found.append(self._answers.get_nowait())
        return found

    def _taken(self, found: list[Answered | ProviderError]) -> tuple[Answered, ...]:
        """The answers among what came in; an error that stands for all waits for them."""
        answers = tuple(one for one in found if isinstance(one, Answered))
        self._left -= len(answers)
        error = next((one for one in found if isinstance(one, ProviderError)), None)
        if error is not None:
            if not answers:
                raise error
            self._answers.put_nowait(error)
        return answers


def _stands_for_all(error: ProviderError) -> bool:
    """Whether nothing can be asked at all: no way there, no such name, or the person is offline."""
    return isinstance(error, ProviderUnavailable) and not isinstance(error, PassingFailure)


async def _begun(work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
    return asyncio.create_task(work)


async def _over(task: asyncio.Task[Any]) -> bool:
    """Whether it has come to an end by now, or a moment later."""
    done, _ = await asyncio.wait((task,), timeout=WAIT)
    return bool(done)


async def _result(task: asyncio.Task[Result]) -> Result:
    return await task


async def _stopped(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, Exception):
            raise found
