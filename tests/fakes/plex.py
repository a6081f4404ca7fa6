"""A Plex server on this computer, for the tests and for trying the program: ``python -m tests.fakes.plex --movies 2000``.

It answers in Plex's XML as far as Homereel asks, counts what it is asked, and goes wrong in many ways when told to.
"""

from __future__ import annotations

import argparse
import re
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from tests.fakes.plex_world import World, attributes, episode_xml, make_world
from tests.fakes.serving import FakeService, Fault

TOKEN = "fake-Token-0123456789"
UNAUTHORIZED = "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>"
STARTING = (
    '<Response code="503" title="Maintenance" status="Plex Media Server is currently running startup maintenance." />'
)


@dataclass
class FakePlex(FakeService):
    """The server; ``with FakePlex(make_world(20)) as plex:`` starts it on a free port of this computer.

    Besides those of :class:`Fault` it goes wrong as "maintenance" and "nameless".
    """

    world: World
    token: str = TOKEN
    page_limit: int | None = None
    """Most entries in one answer, whatever was asked for."""
    says_total: bool = True
    can_scale: bool = True
    content_type = "text/xml"

    def own_faults(self, fault: Fault, request: web.Request) -> dict[str, Callable[[], web.Response]]:
        return {
            "maintenance": lambda: web.Response(status=503, text=STARTING, content_type="text/xml"),
            "nameless": lambda: _xml("<MediaContainer size='0' />"),
        }

    def right(self, request: web.Request, body: bytes = b"") -> web.Response:
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
