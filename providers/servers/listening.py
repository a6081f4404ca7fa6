"""Hears from a server what it tells by itself over a websocket, or asks it now and then where it tells nothing.

Everything here is turned one small step at a time by the generator that is read, so that whoever reads it can end it at
once: there is no thread of its own.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from library.errors import ProviderDenied
from providers.ledger import NetworkLedger

PURPOSE = "Hearing what changed"
Heard = tuple[str, ...] | None
_TICK = 0.25
_CLOSING_SECONDS = 0.3
_GOODBYE_STEPS = 30
_MOST_BYTES = 1024 * 1024
_REFUSED = (401, 403)
_CANNOT = (200, 400, 404, 405, 426, 501)
"""What servers and proxies say that know no such conversation."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, in seconds.

    :param ask: between two questions, where the server cannot tell by itself.
    :param again: until the first new try after the connection broke; doubled with each further one, up to ``longest``.
    :param connect: longest wait for the connection; ``sign`` how often a sign of life is asked for.
    """

    ask: float = 300.0
    again: float = 2.0
    longest: float = 120.0
    connect: float = 10.0
    sign: float = 30.0


@dataclass(frozen=True, slots=True)
class Ear:
    """What is needed to listen to one server.

    :param headers: with the token.
    :param fingerprint: of the one certificate that is trusted although nobody vouches for it.
    :param keys: the keys in a message that is of interest; none for any other.
    :param look: keys of what changed since it was last called, for what was missed while nobody listened; may ask the server.
    :param reply: what is sent back for a message; empty for nothing.
    """

    provider: str
    url: str
    headers: dict[str, str] = field(repr=False)
    ledger: NetworkLedger | None
    fingerprint: str
    keys: Callable[[str], list[str]]
    look: Callable[[], Heard]
    reply: Callable[[str], str] = lambda _: ""


def listen(ear: Ear, rhythm: Rhythm) -> Iterator[Heard]:
    """Keys of what changed; ``None`` four times a second while nothing does. Goes on until it is ended.

    :raises ProviderDenied: when the server does not take the token.
    :raises ProviderOffline: when the person does not want the server to be reached now.
    """
    loop = asyncio.new_event_loop()
    try:
        yield from _hear(ear, rhythm, loop)
    finally:
        _end(loop)
    while True:
        yield ear.look()
        yield from _pause(rhythm.ask)


def _hear(ear: Ear, rhythm: Rhythm, loop: asyncio.AbstractEventLoop) -> Iterator[Heard]:
    """Hear what the server tells; comes to its end when it turns out that this server tells nothing."""
    wait = rhythm.again
    while True:
        yield ear.look()
        talk = _Talk(ear, rhythm)
        work = loop.create_task(talk.run())
        while not work.done():
            loop.run_until_complete(asyncio.wait({work}, timeout=_TICK))
            talk.permit()
            yield talk.take() or None
        status = work.result()
        if status in _REFUSED:
            raise ProviderDenied(ear.provider, "The server does not let this account hear what changes.")
        if status in _CANNOT:
            logger.info("%s does not tell what changes, so it is asked now and then.", ear.provider)
            return
        wait = rhythm.again if talk.peer else wait
        yield from _pause(wait * random.uniform(0.75, 1.25))
        wait = min(wait * 2, rhythm.longest)


class _Talk:
    """One conversation, from its connection to its end.

    ``peer`` is the address that was reached, empty before that.
    """

    def __init__(self, ear: Ear, rhythm: Rhythm) -> None:
        self._ear = ear
        self._host = urlsplit(ear.url).hostname or ""
        self._rhythm = rhythm
        self._heard: dict[str, None] = {}
        self._received = 0
        self._plugs: list[socket.socket] = []
        self.peer = ""

    def permit(self, host: str = "", peer: str = "") -> None:
        """Raise ``ProviderOffline`` when the person does not want this any more."""
        if self._ear.ledger is not None:
            self._ear.ledger.permit(self._ear.provider, host or self._host, peer or self.peer)

    def take(self) -> tuple[str, ...]:
        """What was heard since the last time."""
        heard, self._heard = tuple(self._heard), {}
        return heard

    async def run(self) -> int:
        """Talk until the other side ends it; the status that it began with, 0 when it came to nothing."""
        import aiohttp

        from providers.async_http import AskingResolver
        from providers.certificates import context_trusting

        self.permit()
        pinned = self._ear.fingerprint and self._ear.url.startswith("https://")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._rhythm.connect)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=AskingResolver(self.permit), socket_factory=self._plug),
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_staying_here()],
        )
        try:
            async with session:
                async with asyncio.timeout(self._rhythm.connect):
                    conversation = await session.ws_connect(
                        self._ear.url,
                        headers=self._ear.headers,
                        ssl=context_trusting(self._ear.fingerprint) if pinned else True,
                        heartbeat=self._rhythm.sign,
                        max_msg_size=_MOST_BYTES,
                        timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSING_SECONDS),
                    )
                async with conversation:
                    await self._hear(conversation)
            return 101
        except aiohttp.WSServerHandshakeError as error:
            return error.status
        except (aiohttp.ClientError, OSError, ValueError) as error:
            logger.info(
                "%s: the connection for changes came to nothing (%s).", self._ear.provider, type(error).__name__
            )
            return 0
        finally:
            self._count(self._received)
            await self._goodbye()

    def _plug(self, address: Any) -> socket.socket:
        """A new connection, remembered so that its end can be seen."""
        family, kind, protocol, _, _ = address
        self._plugs.append(socket.socket(family=family, type=kind, proto=protocol))
        return self._plugs[-1]

    async def _goodbye(self) -> None:
        """Wait a moment until the connection is closed: a secure one waits for the other side's goodbye."""
        for _ in range(_GOODBYE_STEPS):
            if all(plug.fileno() < 0 for plug in self._plugs):
                return
            await asyncio.sleep(_CLOSING_SECONDS / _GOODBYE_STEPS)

    async def _hear(self, conversation: Any) -> None:
        peer = conversation.get_extra_info("peername")
        self.peer = str(peer[0]) if peer else self._host
        self.permit()
        self._count(0)
        async for message in conversation:
            text = message.data if isinstance(message.data, str) else ""
            self._received += len(text)
            self._heard.update(dict.fromkeys(self._ear.keys(text)))
            reply = self._ear.reply(text)
            if reply:
                await conversation.send_str(reply)

    def _count(self, received: int) -> None:
        """The ledger counts the beginning, and the end with all that was heard."""
        if self._ear.ledger is not None and self._host:
            self._ear.ledger.record(self._host, self.peer, received, purpose=PURPOSE)


def _staying_here() -> Any:
    """Ends a request that is sent on: the token in its headers would go along."""
    import aiohttp

    async def refuse(*_: object) -> None:
        raise aiohttp.ClientConnectionError("sent on to another address")

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


def _pause(seconds: float) -> Iterator[None]:
    """Wait in steps at which the waiting can be ended."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(_TICK, left))
        yield None


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Hang up and put the loop away; a host name that is still being looked up is not waited for."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=3 * _CLOSING_SECONDS))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
