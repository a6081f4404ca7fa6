"""What every fake service has: a port of this computer, a count of what it is asked, and ways of going wrong when told to."""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

LOGIN_PAGE = "<!DOCTYPE html><html><body><form>Please sign in</form></body></html>"
CLOSING_TURNS = 200
GARBAGE_BYTES = 10 * 1024 * 1024


@dataclass
class Fault:
    """One way of going wrong.

    :param kind: "slow" (waits ``seconds``), "drip" (a byte at a time), "drip headers", "status" (with ``headers``), "truncate"
        (half the body, complete as HTTP), "cut" (half the bytes promised), "reset" (before anything), "reset in body",
        "html", "json", "text", "empty", "garbage" (10 MB of noise), "loop", "elsewhere", "skewed clock" (a Date of 1999).
    :param path: part of the path that it happens on; ``after`` requests of that kind, ``times`` often (None: always).
    """

    kind: str
    path: str = ""
    times: int | None = None
    after: int = 0
    status: int = 500
    seconds: float = 0.5
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    met: int = 0

    def strikes(self, path: str) -> bool:
        """Whether it happens to this request; counts it."""
        if self.path not in path:
            return False
        self.met += 1
        return self.met > self.after and (self.times is None or self.met <= self.after + self.times)


@dataclass
class Seen:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: str
    body: bytes = b""


@dataclass(kw_only=True)
class FakeService:
    """A service; ``with FakeSomething(...) as fake:`` starts it on a free port of this computer.

    A subclass answers in :meth:`right`, which may be a coroutine function.
    """

    port: int = 0
    tls: ssl.SSLContext | None = None
    watch: Callable[[str], None] | None = None
    """Called with the path before each answer: a place to change the world while it is being read."""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    most_in_flight: int = 0
    content_type = "application/json"

    def right(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """The answer when nothing is wrong."""
        raise NotImplementedError("a fake says what it answers")

    def __enter__(self):
        self._in_flight = 0
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=type(self).__name__)
        self._thread.start()
        self._ready.wait(10)
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def fail(self, kind: str, **details: object) -> Fault:
        """Go wrong from now on; see :class:`Fault`."""
        fault = Fault(kind, **details)  # type: ignore[arg-type]
        self.faults.append(fault)
        return fault

    def recover(self) -> None:
        self.faults.clear()

    def forget(self) -> None:
        """Start counting afresh."""
        self.requests.clear()
        self.most_in_flight = 0

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self.tls)
            await site.start()
            self.port = runner.addresses[0][1]
            self._ready.set()
            await self._stop.wait()
        finally:
            server = runner.server
            await runner.cleanup()
            for _ in range(CLOSING_TURNS):  # on a busy computer the last connections are still open now
                await asyncio.sleep(0.1 if self.tls else 0.01)
                left = [] if server is None else server.connections
                if not left:
                    break
                for connection in left:
                    if connection.transport is not None:
                        connection.transport.abort()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        body = await request.read()
        seen = Seen(request.method, path, dict(request.query), dict(request.headers), request.raw_path, body)
        self.requests.append(seen)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            if self.watch:
                self.watch(path)
            for fault in [f for f in self.faults if f.strikes(path)]:
                answer = await self._go_wrong(fault, request, body)
                if answer is not None:
                    return answer
            return await self._right(request, body)
        finally:
            self._in_flight -= 1

    async def _right(self, request: web.Request, body: bytes) -> web.StreamResponse:
        answer = self.right(request, body)
        return await answer if asyncio.iscoroutine(answer) else answer

    async def _go_wrong(self, fault: Fault, request: web.Request, body: bytes) -> web.StreamResponse | None:
        plain: dict[str, Callable[[], web.Response]] = {
            "status": lambda: web.Response(
                status=fault.status, text="<html>no</html>", content_type="text/html", headers=fault.headers
            ),
            "html": lambda: web.Response(text=LOGIN_PAGE, content_type="text/html"),
            "json": lambda: web.json_response({"version": "10.10.0", "ok": True}),
            "text": lambda: web.Response(text="It works!", content_type="text/plain"),
            "empty": lambda: web.Response(text="", content_type=self.content_type),
            "garbage": lambda: web.Response(
                body=random.Random(1).randbytes(GARBAGE_BYTES), content_type=self.content_type
            ),
            "loop": lambda: web.Response(status=302, headers={"Location": request.path + "?again=1"}),
            "elsewhere": lambda: web.Response(status=302, headers={"Location": fault.target + request.path}),
            **self.own_faults(fault, request),
        }
        if fault.kind in plain:
            return plain[fault.kind]()
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        assert request.transport is not None
        if fault.kind == "reset":
            request.transport.abort()
            return web.Response()
        right = await self._right(request, body)
        if fault.kind == "skewed clock":
            right.headers["Date"] = "Thu, 01 Jan 1999 00:00:00 GMT"
            return right
        content = getattr(right, "body", b"") or b""
        assert isinstance(content, bytes), fault.kind
        if fault.kind == "truncate":
            return web.Response(body=content[: len(content) // 2], content_type=self.content_type)
        return await self._drip(fault, request, content)

    def own_faults(self, fault: Fault, request: web.Request) -> dict[str, Callable[[], web.Response]]:
        """Ways of going wrong that only this service has."""
        return {}

    async def _drip(self, fault: Fault, request: web.Request, body: bytes) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        head = (f"HTTP/1.1 200 OK\r\nContent-Type: {self.content_type}\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        if fault.kind in ("cut", "reset in body"):
            transport.write(head + body[: len(body) // 2])
            if fault.kind == "reset in body":
                await asyncio.sleep(0.02)
                transport.abort()
                return web.Response()
        else:
            sent = b"" if fault.kind == "drip headers" else head
            transport.write(sent)
            for byte in (head + body)[len(sent) :]:
                if transport.is_closing():
                    break
                transport.write(bytes([byte]))
                await asyncio.sleep(fault.seconds)
        transport.close()
        return web.Response()
