"""A Plex server on this computer, for the tests and for trying the program: ``python -m tests.fakes.plex --movies 2000``.

It answers in Plex's XML as far as Homereel asks, counts what it is asked, and goes wrong in many ways when told to.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import ssl
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.plex_world import World, attributes, episode_xml, make_world

TOKEN = "fake-Token-0123456789"
UNAUTHORIZED = "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>"
STARTING = (
    '<Response code="503" title="Maintenance" status="Plex Media Server is currently running startup maintenance." />'
)
LOGIN_PAGE = "<!DOCTYPE html><html><body><form>Please sign in</form></body></html>"
CLOSING_TURNS = 200


@dataclass
class Fault:
    """One way of going wrong.

    :param kind: "slow" (waits ``seconds``), "drip" (a byte at a time), "drip headers", "status", "maintenance", "truncate"
        (half the XML, complete as HTTP), "cut" (half the bytes promised), "reset", "html", "json", "empty", "loop", "elsewhere".
    :param path: part of the path that it happens on; ``after`` requests of that kind, ``times`` often (None: always).
    """

    kind: str
    path: str = ""
    times: int | None = None
    after: int = 0
    status: int = 500
    seconds: float = 0.5
    target: str = ""
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


@dataclass
class FakePlex:
    """The server; ``with FakePlex(make_world(20)) as plex:`` starts it on a free port of this computer."""

    world: World
    token: str = TOKEN
    port: int = 0
    tls: ssl.SSLContext | None = None
    page_limit: int | None = None
    """Most entries in one answer, whatever was asked for."""
    says_total: bool = True
    can_scale: bool = True
    watch: Callable[[str], None] | None = None
    """Called with the path before each answer: a place to change the world while it is being read."""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    most_in_flight: int = 0

    def __enter__(self) -> FakePlex:
        self._in_flight = 0
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="fake plex")
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
        app = web.Application()
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
        self.requests.append(Seen(request.method, path, dict(request.query), dict(request.headers), request.raw_path))
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            if self.watch:
                self.watch(path)
            for fault in [f for f in self.faults if f.strikes(path)]:
                answer = await self._go_wrong(fault, request)
                if answer is not None:
                    return answer
            return self._right(request)
        finally:
            self._in_flight -= 1

    async def _go_wrong(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        plain = {
            "status": lambda: web.Response(status=fault.status, text="<html>no</html>", content_type="text/html"),
            "maintenance": lambda: web.Response(status=503, text=STARTING, content_type="text/xml"),
            "html": lambda: web.Response(text=LOGIN_PAGE, content_type="text/html"),
            "json": lambda: web.json_response({"version": "10.10.0", "ok": True}),
            "empty": lambda: web.Response(text=""),
            "loop": lambda: web.Response(status=302, headers={"Location": request.path + "?again=1"}),
            "elsewhere": lambda: web.Response(status=302, headers={"Location": fault.target + request.path}),
            "nameless": lambda: _xml("<MediaContainer size='0' />"),
        }
        if fault.kind in plain:
            return plain[fault.kind]()
        body = (self._right(request).body or b"") if fault.kind != "reset" else b""
        assert isinstance(body, bytes)
        if fault.kind == "truncate":
            return web.Response(body=body[: len(body) // 2], content_type="text/xml")
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return await self._drip(fault, request, body)

    async def _drip(self, fault: Fault, request: web.Request, body: bytes) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        if fault.kind == "cut":
            transport.write(head + body[: len(body) // 2])
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

    def _right(self, request: web.Request) -> web.Response:
        """The answer when nothing is wrong."""
        path = request.path
        if path == "/identity":
            return _xml(f"<MediaContainer{attributes(self._self(claimed=1))} />")
        token = request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token", "")
        if token != self.token:
            return web.Response(status=401, text=UNAUTHORIZED, content_type="text/html")
        for pattern, answer in (
            (r"/", self._root),
            (r"/library/sections/?", self._sections),
            (r"/library/sections/(\d+)/all", self._section),
            (r"/library/metadata/(\d+)/allLeaves", self._leaves),
            (r"/library/metadata/([\d,]+)", self._metadata),
            (r"/library/metadata/(\d+)/thumb/\d+", self._thumb),
            (r"/photo/:/transcode", self._scaled),
        ):
            found = re.fullmatch(pattern, path)
            if found:
                return answer(request, *found.groups())
        return _not_found()

    def _self(self, **more: object) -> dict[str, object]:
        return {"size": 0, "machineIdentifier": self.world.machine, "version": self.world.version, **more}

    def _root(self, _request: web.Request) -> web.Response:
        about = self._self(friendlyName=self.world.name, myPlex=1, myPlexUsername="owner@example.org", platform="Linux")
        return _xml(f"<MediaContainer{attributes(about)}></MediaContainer>")

    def _sections(self, _request: web.Request) -> web.Response:
        rows = "".join(
            f"<Directory{attributes({'key': key, 'type': kind, 'title': title, 'language': 'en'})}>"
            f'<Location id="{key}" path="/media/{title.lower()}" /></Directory>'
            for key, (title, kind, _) in self.world.sections().items()
        )
        return _xml(f'<MediaContainer size="3" title1="Plex Library">{rows}</MediaContainer>')

    def _section(self, request: web.Request, key: str) -> web.Response:
        if key not in self.world.sections():
            return _not_found()
        titles = self.world.sections()[key][2]
        if request.query.get("type") == "4":
            only_new = request.query.get("unwatched") == "1"
            pairs = [
                (show, episode) for show in titles for episode in show.episodes if not (only_new and episode.watched)
            ]
            return self._page(request, pairs, lambda pair: episode_xml(*pair))
        return self._page(request, titles, lambda title: title.xml(full=False))

    def _leaves(self, request: web.Request, key: str) -> web.Response:
        show = self.world.find(key)
        return self._page(request, show.episodes, lambda e: episode_xml(show, e)) if show else _not_found()

    def _metadata(self, request: web.Request, keys: str) -> web.Response:
        titles = [title for key in keys.split(",") if (title := self.world.find(key))]
        if any(title.damage == "error" for title in titles):
            return web.Response(status=500, text="<html>Internal Server Error</html>", content_type="text/html")
        return self._page(request, titles, lambda title: title.xml(full=True)) if titles else _not_found()

    def _page(self, request: web.Request, rows: list, write: Callable) -> web.Response:
        """The piece that was asked for by header or query, as a container that tells the whole size."""
        name = "X-Plex-Container-"
        start, size = (request.headers.get(name + part) or request.query.get(name + part) for part in ("Start", "Size"))
        first = int(start or 0)
        count = min(int(size) if size is not None else len(rows), self.page_limit or len(rows))
        piece = rows[first : first + count]
        about = {"size": len(piece), "offset": first, "totalSize": len(rows) if self.says_total else None}
        return _xml(f"<MediaContainer{attributes(about)}>{''.join(write(row) for row in piece)}</MediaContainer>")

    def _thumb(self, _request: web.Request, key: str) -> web.Response:
        title = self.world.find(key)
        return _picture(key, 400, 600) if title and title.has_poster else _not_found()

    def _scaled(self, request: web.Request) -> web.Response:
        found = re.fullmatch(r"/library/metadata/(\d+)/thumb/\d+", request.query.get("url", ""))
        title = self.world.find(found.group(1)) if found else None
        if not self.can_scale or not title or not title.has_poster:
            return _not_found()
        width, height = int(request.query["width"]), int(request.query["height"])
        wide = max(width, height * 2 // 3) if request.query.get("minSize") == "1" else min(width, height * 2 // 3)
        return _picture(title.key, wide, wide * 3 // 2)


def _xml(text: str) -> web.Response:
    # as the real server: no charset named
    return web.Response(body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), content_type="text/xml")


def _not_found() -> web.Response:
    return web.Response(status=404, text="<html><body><h1>404 Not Found</h1></body></html>", content_type="text/html")


def _picture(key: str, width: int, height: int) -> web.Response:
    return web.Response(body=png(width, height, zlib.crc32(key.encode())), content_type="image/png")


def png(width: int, height: int, seed: int) -> bytes:
    """A real PNG of one colour with a lighter band, made here."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    colour = bytes((seed >> shift) % 128 + 40 for shift in (0, 8, 16))
    light = bytes(part + 60 for part in colour)
    rows = b"".join(b"\0" + (light if height // 3 < y < height // 2 else colour) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A Plex server that is not one, for trying Homereel.")
    parser.add_argument("--movies", type=int, default=200)
    parser.add_argument("--shows", type=int, default=20)
    parser.add_argument("--ratings", type=int, help="how many films at most were rated by the user")
    parser.add_argument("--port", type=int, default=0, help="a free one when not given")
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    world = make_world(options.movies, options.shows)
    rated = [film for film in world.films if film.user_rating is not None]
    for film in [] if options.ratings is None else rated[options.ratings :]:
        film.user_rating = None
    with FakePlex(world, token=options.token, port=options.port) as plex:
        print(f"url   {plex.url}\ntoken {plex.token}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
