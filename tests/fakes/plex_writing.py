"""What can be changed on the fake Plex server: ratings, what was watched, playlists and collections."""

from __future__ import annotations

import re
from collections.abc import Callable

from aiohttp import web

from tests.fakes.plex_entries import OWNER, Title, Track, attributes
from tests.fakes.plex_world import PlexList, World

UNAUTHORIZED = "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>"
MOST_KEYS = 200
KINDS = {"movie": "1", "show": "2", "track": "10"}


def reply(text: str) -> web.Response:
    # as the real server: no charset named
    return web.Response(body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), content_type="text/xml")


def not_found() -> web.Response:
    return web.Response(status=404, text="<html><body><h1>404 Not Found</h1></body></html>", content_type="text/html")


def refused() -> web.Response:
    return web.Response(status=401, text=UNAUTHORIZED, content_type="text/html")


def bad() -> web.Response:
    return web.Response(status=400, text="<html><body><h1>400 Bad Request</h1></body></html>", content_type="text/html")


class Viewing:
    """Ratings and what was watched, of each account its own."""

    def __init__(self, world: World, account: str) -> None:
        self._world, self._account = world, account

    def answer(self, request: web.Request) -> web.Response | None:
        paths: dict[str, tuple[str, Callable]] = {
            "/:/rate": ("PUT", self._rate),
            "/:/scrobble": ("GET", self._scrobble),
            "/:/unscrobble": ("GET", self._unscrobble),
            "/:/progress": ("GET", self._progress),
        }
        method, answer = paths.get(request.path, ("", None))
        if answer is None or request.method != method:
            return None
        if request.query.get("identifier") != "com.plexapp.plugins.library" or not request.query.get("key"):
            return bad()
        if self._world.lookup(request.query["key"]) is None:
            return not_found()
        answer(request, request.query["key"])
        return web.Response()

    def _rate(self, request: web.Request, key: str) -> None:
        rating = float(request.query["rating"])
        self._world.see(self._account, key, rating=None if rating < 0 else rating)

    def _leaves(self, key: str) -> list[str]:
        entry = self._world.lookup(key)
        return [e.key for e in entry.episodes] if isinstance(entry, Title) and entry.kind == "show" else [key]

    def _scrobble(self, _request: web.Request, key: str) -> None:
        for leaf in self._leaves(key):
            count = self._world.view(self._account, leaf).count
            if leaf == key or not count:
                self._world.see(self._account, leaf, count=count + 1, offset=0, last=self._moment(leaf))

    def _unscrobble(self, _request: web.Request, key: str) -> None:
        for leaf in self._leaves(key):
            self._world.see(self._account, leaf, count=0, offset=0, last=None)

    def _progress(self, request: web.Request, key: str) -> None:
        self._world.see(self._account, key, offset=int(request.query["time"]), last=self._moment(key))

    def _moment(self, key: str) -> int | None:
        return None if isinstance(self._world.lookup(key), tuple) else self._world.clock


class Lists:
    """Playlists, which belong to whoever made them, and collections, which only the owner makes."""

    def __init__(self, world: World, account: str, page: Callable) -> None:
        self._world, self._account, self._page = world, account, page

    def answer(self, request: web.Request) -> web.Response | None:
        for method, pattern, answer in (
            ("GET", r"/library", self._library),
            ("GET", r"/playlists", self._playlists),
            ("POST", r"/playlists", self._make_playlist),
            ("GET", r"/library/sections/(\d+)/collections", self._collections),
            ("PUT", r"/library/sections/(\d+)/all", self._edit),
            ("POST", r"/library/collections", self._make_collection),
        ):
            found = re.fullmatch(pattern, request.path)
            if found and request.method == method:
                return answer(request, *found.groups())
        return self._of_one(request)

    def _of_one(self, request: web.Request) -> web.Response | None:
        found = re.fullmatch(r"/(playlists|library/collections)/(\d+)(/.*)?", request.path)
        if found is None:
            return None
        owned = found[1] == "playlists"
        known = next((p for p in (self._mine() if owned else self._world.collections) if p.key == found[2]), None)
        if known is None:
            return not_found()
        if not owned and request.method != "GET" and self._account != OWNER:
            return refused()
        if known.smart and request.method != "GET" and found[3]:
            return bad()
        for method, pattern, answer in (
            ("GET", "", self._tell),
            ("PUT", "", self._rename),
            ("DELETE", "", self._delete),
            ("GET", "/items|/children", self._items),
            ("PUT", "/items", self._add),
            ("DELETE", r"/items/(\d+)", self._take_out),
            ("PUT", r"/items/(\d+)/move", self._move),
            ("PUT", "/prefs", self._prefs),
        ):
            rest = re.fullmatch(pattern, found[3] or "")
            if rest and request.method == method:
                return answer(request, known, *rest.groups())
        return not_found()

    def _mine(self) -> list[PlexList]:
        return [found for found in self._world.playlists if found.owner == self._account]

    def _library(self, _request: web.Request) -> web.Response:
        return reply('<MediaContainer size="3" title1="Plex Library" />') if self._account == OWNER else refused()

    def _playlists(self, request: web.Request) -> web.Response:
        return self._page(request, self._mine(), _element)

    def _collections(self, request: web.Request, section: str) -> web.Response:
        return self._page(request, [c for c in self._world.collections if c.section == section], _element)

    def _keys(self, request: web.Request) -> list[str] | None:
        """The entries named in an address; a show stands for its episodes in a playlist."""
        start = f"server://{self._world.machine}/com.plexapp.plugins.library/library/metadata/"
        uri = request.query.get("uri", "")
        keys = uri.removeprefix(start).split(",")
        if not uri.startswith(start) or len(keys) > MOST_KEYS:
            return None
        return [key for key in keys if self._world.lookup(key) is not None]

    def _leaves(self, keys: list[str]) -> list[str]:
        found = []
        for key in keys:
            entry = self._world.lookup(key)
            is_show = isinstance(entry, Title) and entry.kind == "show"
            found += [e.key for e in entry.episodes] if isinstance(entry, Title) and is_show else [key]
        return found

    def _make_playlist(self, request: web.Request) -> web.Response:
        keys, query = self._keys(request), request.query
        if not keys or not query.get("title") or query.get("type") not in ("video", "audio"):
            return bad()
        is_music = isinstance(self._world.lookup(keys[0]), Track)
        if is_music != (query["type"] == "audio"):
            return bad()
        made = PlexList(self._world.number(), query["title"], query["type"], owner=self._account)
        made.items = [(self._world.number(), key) for key in self._leaves(keys)]
        self._world.playlists.append(made)
        return self._page(request, [made], _element)

    def _make_collection(self, request: web.Request) -> web.Response:
        keys, query = self._keys(request), request.query
        if self._account != OWNER:
            return refused()
        if not keys or not query.get("title") or query.get("sectionId") not in self._world.sections():
            return bad()
        kinds = {KINDS[entry.kind] for key in keys if isinstance(entry := self._world.lookup(key), (Title, Track))}
        if kinds != {query.get("type")}:
            return bad()
        made = PlexList(self._world.number(), query["title"], query["type"], section=query["sectionId"])
        made.items = [(key, key) for key in dict.fromkeys(keys)]
        self._world.collections.append(made)
        return self._page(request, [made], _element)

    def _edit(self, request: web.Request, section: str) -> web.Response:
        """Titles and texts of collections are edited as those of any entry."""
        if self._account != OWNER:
            return refused()
        key = request.query.get("id")
        found = next((c for c in self._world.collections if c.key == key and c.section == section), None)
        if found is None or request.query.get("type") != "18":
            return bad()
        found.title = request.query.get("title.value", found.title)
        found.summary = request.query.get("summary.value", found.summary)
        if "title.locked" in request.query:
            found.locked = request.query["title.locked"] == "1"
        return web.Response()

    def _tell(self, request: web.Request, known: PlexList) -> web.Response:
        return self._page(request, [known], _element, librarySectionID=known.section or None)

    def _rename(self, request: web.Request, known: PlexList) -> web.Response:
        known.title = request.query.get("title.value", known.title)
        known.summary = request.query.get("summary.value", known.summary)
        return web.Response()

    def _delete(self, _request: web.Request, known: PlexList) -> web.Response:
        for lists in (self._world.playlists, self._world.collections):
            lists[:] = [found for found in lists if found is not known]
        return web.Response(status=204)

    def _items(self, request: web.Request, known: PlexList) -> web.Response:
        def write(pair: tuple[str, str]) -> str:
            number = None if known.section else pair[0]
            return f"<Video{attributes({'ratingKey': pair[1], 'playlistItemID': number})} />"

        return self._page(request, known.items, write)

    def _add(self, request: web.Request, known: PlexList) -> web.Response:
        keys = self._keys(request)
        if not keys:
            return bad()
        if known.section:
            there = {key for _, key in known.items}
            known.items += [(key, key) for key in dict.fromkeys(keys) if key not in there]
        else:
            known.items += [(self._world.number(), key) for key in self._leaves(keys)]
        return self._page(request, [known], _element)

    def _take_out(self, request: web.Request, known: PlexList, number: str) -> web.Response:
        if number not in [own for own, _ in known.items]:
            return not_found()
        known.items = [pair for pair in known.items if pair[0] != number]
        if known.section and not known.items:
            return self._delete(request, known)  # a collection of nothing is none
        return web.Response()

    def _move(self, request: web.Request, known: PlexList, number: str) -> web.Response:
        moved = next((pair for pair in known.items if pair[0] == number), None)
        after = request.query.get("after")
        if moved is None or (after is not None and after not in [own for own, _ in known.items]):
            return not_found()
        rest = [pair for pair in known.items if pair is not moved]
        place = 0 if after is None else 1 + next(n for n, pair in enumerate(rest) if pair[0] == after)
        known.items = [*rest[:place], moved, *rest[place:]]
        return web.Response()

    def _prefs(self, request: web.Request, known: PlexList) -> web.Response:
        known.sort = int(request.query["collectionSort"])
        return web.Response()


def _element(found: PlexList) -> str:
    if not found.section:
        about = {
            "ratingKey": found.key,
            "key": f"/playlists/{found.key}/items",
            "type": "playlist",
            "title": found.title,
            "summary": found.summary,
            "smart": int(found.smart),
            "playlistType": found.kind,
            "leafCount": len(found.items),
        }
        return f"<Playlist{attributes(about)} />"
    about = {
        "ratingKey": found.key,
        "key": f"/library/collections/{found.key}/children",
        "type": "collection",
        "title": found.title,
        "summary": found.summary,
        "smart": 1 if found.smart else None,
        "childCount": len(found.items),
        "collectionSort": found.sort or None,
    }
    lock = '<Field locked="1" name="title" />' if found.locked else ""
    return f"<Directory{attributes(about)}>{lock}</Directory>"
