"""A Plex server on this computer, for the tests and for trying the program: ``python -m tests.fakes.plex --movies 2000``.

It answers in Plex's XML as far as Homereel asks, counts what it is asked, and goes wrong in many ways when told to.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.plex_entries import OWNER, Album, Title, Track, attributes, episode_xml
from tests.fakes.plex_world import World, make_world
from tests.fakes.plex_writing import Lists, Viewing, not_found, refused, reply
from tests.fakes.serving import FakeService, Fault

TOKEN = "fake-Token-0123456789"
STARTING = (
    '<Response code="503" title="Maintenance" status="Plex Media Server is currently running startup maintenance." />'
)


@dataclass
class FakePlex(FakeService):
    """The server; ``with FakePlex(make_world(20)) as plex:`` starts it on a free port of this computer.

    Besides those of :class:`Fault` it goes wrong as "maintenance", "nameless", "done" (does what is asked and then says 500)
    and "ignore" (says 200 and does nothing).

    :param guests: tokens of other people -> the number of their account; they may read, rate, watch and make playlists.
    :param sockets: whether it tells changes by itself.
    """

    world: World
    token: str = TOKEN
    page_limit: int | None = None
    """Most entries in one answer, whatever was asked for."""
    says_total: bool = True
    can_scale: bool = True
    guests: dict[str, str] = field(default_factory=dict)
    sockets: bool = True
    cuts_files: bool = True
    ignored_writes: bool = False
    """Says 200 to whatever would change something, and does nothing."""
    _listening: list[web.WebSocketResponse] = field(default_factory=list)
    content_type = "text/xml"

    def own_faults(self, fault: Fault, request: web.Request) -> dict[str, Callable[[], web.Response]]:
        return {
            "maintenance": lambda: web.Response(status=503, text=STARTING, content_type="text/xml"),
            "nameless": lambda: reply("<MediaContainer size='0' />"),
            "done": lambda: self._done_and_failed(request),
            "ignore": lambda: web.Response(status=200),
        }

    def _done_and_failed(self, request: web.Request) -> web.Response:
        self.right(request)
        return web.Response(status=500, text="<html>Internal Server Error</html>", content_type="text/html")

    def right(self, request: web.Request, body: bytes = b"") -> web.Response:
        """The answer when nothing is wrong."""
        path = request.path
        if path == "/identity":
            return reply(f"<MediaContainer{attributes(self._self(claimed=1))} />")
        token = request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token", "")
        account = OWNER if token == self.token else self.guests.get(token)
        if account is None:
            return refused()
        if path == "/:/websockets/notifications":
            return self._notify(request) if self.sockets else not_found()
        for pattern, answer in (
            (r"/", self._root),
            (r"/library/sections/?", self._sections),
            (r"/library/sections/(\d+)/all", self._section),
            (r"/library/metadata/(\d+)/allLeaves", self._leaves),
            (r"/library/metadata/(\d+)/nearest", self._nearest),
            (r"/library/metadata/([\d,]+)", self._metadata),
            (r"/library/metadata/(\d+)/thumb/\d+", self._thumb),
            (r"/library/parts/(\d+)/.+", self._part),
            (r"/photo/:/transcode", self._scaled),
            (r"/status/sessions/history/all", self._history),
        ):
            found = re.fullmatch(pattern, path)
            if found and request.method == "GET":
                return answer(request, *found.groups())
        if self.ignored_writes and request.method != "GET":
            return web.Response()
        for part in (Viewing(self.world, account), Lists(self.world, account, self._page)):
            answered = part.answer(request)
            if answered is not None:
                return answered
        return not_found()

    def account_of(self, request: web.Request) -> str:
        """Who asks."""
        token = request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token", "")
        return OWNER if token == self.token else self.guests[token]

    def element(self, key_or_entry: object, account: str, full: bool) -> str:
        """The element of an entry as this account sees it."""
        entry = self.world.lookup(key_or_entry) if isinstance(key_or_entry, str) else key_or_entry
        own = account == OWNER
        if isinstance(entry, tuple):
            show, episode = entry
            return episode_xml(show, episode, None if own else self.world.view(account, episode.key))
        if isinstance(entry, Album):
            return entry.xml(full)
        if isinstance(entry, Track):
            return entry.xml(full, None if own else self.world.view(account, entry.key))
        assert isinstance(entry, Title)
        if own:
            return entry.xml(full)
        watched = self.world.watched_by(account, entry) if entry.kind == "show" else None
        return entry.xml(full, self.world.view(account, entry.key), watched)

    def _self(self, **more: object) -> dict[str, object]:
        return {"size": 0, "machineIdentifier": self.world.machine, "version": self.world.version, **more}

    def _root(self, _request: web.Request) -> web.Response:
        about = self._self(friendlyName=self.world.name, myPlex=1, myPlexUsername="owner@example.org", platform="Linux")
        return reply(f"<MediaContainer{attributes(about)}></MediaContainer>")

    def _sections(self, _request: web.Request) -> web.Response:
        stirred = 1_600_000_000 + self.world.stirred
        rows = "".join(
            "<Directory"
            + attributes({"key": key, "type": kind, "title": title, "language": "en", "contentChangedAt": stirred})
            + f'><Location id="{key}" path="/media/{title.lower()}" /></Directory>'
            for key, (title, kind, _) in self.world.sections().items()
        )
        return reply(f'<MediaContainer size="3" title1="Plex Library">{rows}</MediaContainer>')

    def _section(self, request: web.Request, key: str) -> web.Response:
        if key not in self.world.sections():
            return not_found()
        titles, account = self.world.sections()[key][2], self.account_of(request)
        if request.query.get("type") == "4":
            only_new = request.query.get("unwatched") == "1"
            pairs = [
                (show, episode)
                for show in titles
                for episode in show.episodes
                if not (only_new and self.world.view(account, episode.key).count)
            ]
            return self._page(request, pairs, lambda pair: self.element(pair, account, False))
        if request.query.get("type") == "9":
            titles = self.world.albums
        return self._page(request, titles, lambda title: self.element(title, account, False))

    def _leaves(self, request: web.Request, key: str) -> web.Response:
        show = self.world.find(key)
        if not isinstance(show, Title):
            return not_found()
        account = self.account_of(request)
        return self._page(request, show.episodes, lambda e: self.element((show, e), account, False))

    def _metadata(self, request: web.Request, keys: str) -> web.Response:
        titles = [title for key in keys.split(",") if (title := self.world.lookup(key))]
        if any(getattr(title, "damage", "") == "error" for title in titles):
            return web.Response(status=500, text="<html>Internal Server Error</html>", content_type="text/html")
        if not titles:
            return not_found()
        account, section = self.account_of(request), self.world.section_of(keys.split(",")[0])
        return self._page(request, titles, lambda title: self.element(title, account, True), librarySectionID=section)

    def _nearest(self, request: web.Request, key: str) -> web.Response:
        track = self.world.find(key)
        if not isinstance(track, Track) or track.near is None:
            return not_found()
        most, limit = float(request.query["maxDistance"]), int(request.query["limit"])
        near = sorted((p for p in track.near if p[1] <= most), key=lambda pair: pair[1])[:limit]
        rows = "".join(f"<Track{attributes({'ratingKey': k, 'type': 'track', 'distance': d})} />" for k, d in near)
        return reply(f'<MediaContainer size="{len(near)}">{rows}</MediaContainer>')

    def _part(self, request: web.Request, key: str) -> web.Response:
        entry = self.world.find(key)
        if entry is None:
            return not_found()
        music = isinstance(entry, Track)
        content = entry.content if isinstance(entry, Track) else b"\x1a\x45\xdf\xa3" * 1000
        kind = "audio/flac" if music else "video/x-matroska"
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if asked is None or not self.cuts_files:
            return web.Response(body=content, content_type=kind)
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        if first >= len(content):
            return web.Response(status=416)
        where = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return web.Response(status=206, body=content[first : last + 1], content_type=kind, headers=where)

    def _history(self, request: web.Request) -> web.Response:
        """What was played: to the owner of everybody, unless an account is named; to others their own only."""
        account, wanted = self.account_of(request), request.query.get("accountID")
        since = float(request.query.get("viewedAt>", 0))
        rows = [
            played
            for played in sorted(self.world.history, key=lambda played: -played.at)
            if played.at >= since
            and (account == OWNER or played.account == account)
            and (wanted is None or wanted == played.account)
        ]
        return self._page(request, rows, self._played)

    def _played(self, played) -> str:
        entry = self.world.lookup(played.key)
        about: dict[str, object] = {"viewedAt": played.at, "accountID": played.account, "deviceID": 1}
        if entry is not None:
            about |= {"ratingKey": played.key, "key": f"/library/metadata/{played.key}"}
            about["type"] = "episode" if isinstance(entry, tuple) else getattr(entry, "kind", "album")
            if isinstance(entry, tuple):
                about["grandparentKey"] = f"/library/metadata/{entry[0].key}"
            if isinstance(entry, Track):
                about["grandparentKey"] = f"/library/metadata/{entry.album.artist_key}"
        return f"<Video{attributes(about)} />"

    async def _notify(self, request: web.Request) -> web.StreamResponse:
        """Tell changes until the other side hangs up."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._listening.append(socket)
        try:
            async for _ in socket:
                pass
        finally:
            self._listening.remove(socket)
        return socket

    @property
    def listeners(self) -> int:
        return len(self._listening)

    def tell(self, *entries: tuple[str, int], kind: str = "timeline") -> None:
        """Say to all listeners that entries (key and state: 5 is processed, 9 is gone) changed."""
        lines = [{"itemID": key, "state": state, "sectionID": "1", "type": 1} for key, state in entries]
        note = {"type": kind, "size": len(lines), "TimelineEntry": lines}
        self.say(json.dumps({"NotificationContainer": note}))

    def say(self, text: str) -> None:
        """Send any text to all listeners."""

        async def send() -> None:
            for socket in list(self._listening):
                await socket.send_str(text)

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(5)

    def hang_up(self) -> None:
        """End every open conversation."""

        async def close() -> None:
            for socket in list(self._listening):
                await socket.close()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)

    def _page(self, request: web.Request, rows: list, write: Callable, **more: object) -> web.Response:
        """The piece that was asked for by header or query, as a container that tells the whole size."""
        name = "X-Plex-Container-"
        start, size = (request.headers.get(name + part) or request.query.get(name + part) for part in ("Start", "Size"))
        first = int(start or 0)
        count = min(int(size) if size is not None else len(rows), self.page_limit or len(rows))
        piece = rows[first : first + count]
        about = {"size": len(piece), "offset": first, "totalSize": len(rows) if self.says_total else None, **more}
        return reply(f"<MediaContainer{attributes(about)}>{''.join(write(row) for row in piece)}</MediaContainer>")

    def _thumb(self, _request: web.Request, key: str) -> web.Response:
        title = self.world.find(key)
        return _picture(key, 400, 600) if title and title.has_poster else not_found()

    def _scaled(self, request: web.Request) -> web.Response:
        found = re.fullmatch(r"/library/metadata/(\d+)/thumb/\d+", request.query.get("url", ""))
        title = self.world.find(found.group(1)) if found else None
        if not self.can_scale or not title or not title.has_poster:
            return not_found()
        width, height = int(request.query["width"]), int(request.query["height"])
        wide = max(width, height * 2 // 3) if request.query.get("minSize") == "1" else min(width, height * 2 // 3)
        return _picture(title.key, wide, wide * 3 // 2)


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
    parser.add_argument("--tracks", type=int, default=0)
    parser.add_argument("--ratings", type=int, help="how many films at most were rated by the user")
    parser.add_argument("--port", type=int, default=0, help="a free one when not given")
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    world = make_world(options.movies, options.shows, tracks=options.tracks)
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
