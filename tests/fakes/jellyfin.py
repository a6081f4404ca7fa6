"""A Jellyfin server on this computer, for the tests and for trying the program: ``python -m tests.fakes.jellyfin``.

It answers as far as Homereel asks, keeps what each user writes apart, counts what it is asked, and goes wrong when told to.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.jellyfin_answers import ALBUM_IMAGE, EXTRAS, Asked, Query, Writes, authorization, basics, user_line
from tests.fakes.jellyfin_world import Collection, Marks, Person, Playlist, Thing, World, make_world, name_of
from tests.fakes.plex import png
from tests.fakes.serving import FakeService, Fault

API_KEY = "a91key0000000000000000000000beef"
__all__ = ["ALBUM_IMAGE", "API_KEY", "FakeJellyfin"]


@dataclass
class FakeJellyfin(Writes, FakeService):
    """The server; ``with FakeJellyfin(make_world(20)) as jellyfin:`` starts it on a free port of this computer.

    Besides those of :class:`Fault` it goes wrong as "starting", and "done, then 500" or "done, then gone", when a write is
    done and its answer is lost.

    :param by_item: entries of playlists are called like their items, as from 10.10 on.
    """

    world: World
    page_limit: int | None = None
    says_total: bool = True
    says_user: bool = True
    quick_connect: bool = True
    by_item: bool = True
    drops: set[str] = field(default_factory=set)
    """Items that the server quietly leaves out of every list."""
    tokens: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)
    """Files by the key of their entry."""
    hands_out_pieces: bool = True
    sockets: bool = True
    """Whether it tells changes by itself."""
    listeners: list[web.WebSocketResponse] = field(default_factory=list)
    alive: int = 0
    """How often somebody who listens said that they still do."""

    def token_of(self, name: str) -> str:
        """A token of somebody, as after signing in."""
        person = self.world.person(name)
        token = name_of(f"token {len(self.tokens)} {name}")
        self.tokens[token] = person.id
        return token

    def confirm(self, code: str, name: str) -> None:
        """Somebody types a code in where they are signed in."""
        found = next(one for one in self.codes.values() if one["Code"] == code)
        found["Authenticated"], found["user"] = True, self.world.person(name).id

    def tell(self, *keys: str) -> None:
        """Say to whoever listens that these entries changed."""
        said = {
            "MessageType": "LibraryChanged",
            "Data": {"ItemsUpdated": list(keys), "ItemsAdded": [], "ItemsRemoved": []},
        }
        self.say(said)

    def say(self, message: object) -> None:
        """Send a message to whoever listens."""

        async def send() -> None:
            for listener in list(self.listeners):
                await listener.send_str(message if isinstance(message, str) else json.dumps(message))

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(5)

    def hang_up(self) -> None:
        """End every open conversation."""

        async def close() -> None:
            for listener in list(self.listeners):
                await listener.close()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)

    def own_faults(self, fault: Fault, request: web.Request) -> dict[str, Callable[[], web.Response]]:
        return {
            "starting": lambda: web.Response(
                status=503, text="<html>", content_type="text/html", headers={"Retry-After": "5"}
            )
        }

    async def _go_wrong(self, fault: Fault, request: web.Request, body: bytes) -> web.StreamResponse | None:
        if fault.kind.startswith("done, then"):
            self.right(request, body)
            if fault.kind.endswith("gone"):
                assert request.transport is not None
                request.transport.abort()
            return web.Response(status=500, text="Error processing request.")
        return await super()._go_wrong(fault, request, body)

    def right(self, request: web.Request, body: bytes = b"") -> Any:
        """The answer when nothing is wrong."""
        query = {name.lower(): value for name, value in request.query.items()}
        said = json.loads(body) if body else {}
        path, method = request.path, request.method
        opened = self._open_to_all(method, path, said, query, request)
        if opened is not None:
            return opened
        caller = self._caller(request)
        if caller is None:
            return web.Response(status=401)
        if path == "/socket" and self.sockets:
            return self._listen(request)
        user = query.get("userid", "").replace("-", "") or said.get("UserId") or caller.id
        if user != caller.id and not caller.admin:
            return web.Response(status=403)
        for verb, pattern, answer in self._routes():
            found = re.fullmatch(pattern, path, re.IGNORECASE) if verb == method else None
            if found:
                token = authorization(request).get("Token", "")
                asked = Asked(caller, user, query, said, token, request.headers.get("Range", ""))
                result = answer(asked, *found.groups())
                return result if isinstance(result, web.Response) else _json(result)
        return web.Response(status=404)

    def _routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        one = r"([0-9a-f-]{32,36})"
        return (
            ("GET", "/Users/Me", self._me),
            ("GET", "/UserViews", self._views),
            ("GET", "/Items", self._items),
            ("DELETE", f"/Items/{one}", self._delete),
            ("POST", f"/UserItems/{one}/UserData", self._update_marks),
            ("POST", f"/UserItems/{one}/Rating", self._like),
            ("DELETE", f"/UserItems/{one}/Rating", self._unlike),
            ("POST", f"/UserFavoriteItems/{one}", lambda asked, key: self._favourite(asked, key, True)),
            ("DELETE", f"/UserFavoriteItems/{one}", lambda asked, key: self._favourite(asked, key, False)),
            ("POST", f"/UserPlayedItems/{one}", lambda asked, key: self._played(asked, key, True)),
            ("DELETE", f"/UserPlayedItems/{one}", lambda asked, key: self._played(asked, key, False)),
            ("POST", "/Playlists", self._new_playlist),
            ("GET", f"/Playlists/{one}", self._playlist),
            ("POST", f"/Playlists/{one}", self._change_playlist),
            ("GET", f"/Playlists/{one}/Items", self._playlist_items),
            ("POST", f"/Playlists/{one}/Items", self._add_to_playlist),
            ("DELETE", f"/Playlists/{one}/Items", self._take_from_playlist),
            ("POST", f"/Playlists/{one}/Items/([0-9a-f]+)/Move/(\\d+)", self._move),
            ("POST", "/Collections", self._new_collection),
            ("POST", f"/Collections/{one}/Items", self._add_to_collection),
            ("DELETE", f"/Collections/{one}/Items", self._take_from_collection),
            ("POST", "/Sessions/Logout", self._log_out),
            ("GET", f"/Items/{one}/Download", self._download),
            ("GET", f"/(?:Audio|Videos)/{one}/stream", self._stream),
        )

    # Signing in

    def _open_to_all(
        self, method: str, path: str, said: dict[str, Any], query: Query, request: web.Request
    ) -> web.Response | None:
        """What is answered without a token; ``None`` for everything else."""
        world = self.world
        if path == "/System/Info/Public":
            about = {
                "ServerName": world.name,
                "Version": world.version,
                "Id": world.machine,
                "StartupWizardCompleted": True,
            }
            return _json({**about, **({"ProductName": world.product} if world.product else {})})
        picture = re.fullmatch(r"/Items/([0-9a-f]{32})/Images/Primary", path)
        if picture:
            return self._picture(picture[1], query)
        if path not in (
            "/Users/AuthenticateByName",
            "/Users/AuthenticateWithQuickConnect",
            "/QuickConnect/Initiate",
            "/QuickConnect/Connect",
        ):
            return None
        parts = authorization(request)
        if not {"Client", "Device", "DeviceId", "Version"} <= set(parts):
            return web.Response(status=500, text="Error processing request.")
        if path == "/Users/AuthenticateByName":
            name, password = said.get("Username", ""), said.get("Pw")
            people = [p for p in world.people if p.name.lower() == name.lower() and p.password == password]
            return self._let_in(people[0].id) if people else web.Response(status=401)
        if not self.quick_connect:
            return web.Response(status=401, text="Quick connect is disabled")
        if path == "/QuickConnect/Initiate":
            number = len(self.codes)
            made = {"Secret": name_of(f"quick {number}"), "Code": f"{481_516 + number}", "Authenticated": False}
            self.codes[str(made["Secret"])] = made
            return _json(made)
        found = self.codes.get(query.get("secret") or said.get("Secret", ""))
        if found is None:
            return web.Response(status=404, text="Unknown secret")
        if path == "/QuickConnect/Connect":
            return _json({name: value for name, value in found.items() if name != "user"})
        return self._let_in(found["user"]) if found["Authenticated"] else web.Response(status=404)

    def _let_in(self, user: str) -> web.Response:
        person = next(person for person in self.world.people if person.id == user)
        return _json(
            {"AccessToken": self.token_of(person.name), "ServerId": self.world.machine, "User": user_line(person)}
        )

    def _caller(self, request: web.Request) -> Person | None:
        """Who asks, by the one header that is there to stay."""
        token = authorization(request).get("Token", "")
        if token == API_KEY:
            return Person("", "key", "", admin=True)
        user = self.tokens.get(token)
        return next((person for person in self.world.people if person.id == user), None)

    def _me(self, asked: Asked) -> Any:
        return user_line(asked.caller) if asked.caller.id else web.Response(status=400)

    def _log_out(self, asked: Asked) -> Any:
        del self.tokens[asked.token]
        return web.Response(status=204)

    # Files

    def _download(self, asked: Asked, key: str) -> Any:
        return self._stream(asked, key) if asked.caller.admin else web.Response(status=403)

    def _stream(self, asked: Asked, key: str) -> Any:
        """The file, or the piece of it that was asked for."""
        content = self.content.get(key)
        if content is None:
            return web.Response(status=404)
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.wanted) if self.hands_out_pieces else None
        if not found:
            return web.Response(body=content, content_type="audio/flac")
        first, last = int(found[1]), min(int(found[2]), len(content) - 1)
        if first > last:
            return web.Response(status=416)
        headers = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return web.Response(status=206, body=content[first : last + 1], content_type="audio/flac", headers=headers)

    # Reading

    def _views(self, asked: Asked) -> Any:
        rows = [
            {"Id": key, "Name": title, "Type": "CollectionFolder", **({"CollectionType": kind} if kind else {})}
            for key, title, kind in self.world.views
        ]
        return {"Items": rows, "TotalRecordCount": len(rows), "StartIndex": 0}

    def _items(self, asked: Asked) -> Any:
        query, world = asked.query, self.world
        if "ids" in query:
            keys = query["ids"].split(",")
            things = [found for key in keys if (found := self._thing(asked, key)) is not None]
            if any(isinstance(thing, Thing) and thing.damage == "error" for thing in things):
                return web.Response(status=500, text="Error processing request.")
            return self._page(asked, things)
        types, parent = query.get("includeitemtypes", ""), query.get("parentid", "")
        if types == "Playlist":
            return self._page(asked, [p for p in world.playlists.values() if self._sees(asked, p)])
        if types == "BoxSet":
            return self._page(asked, list(world.collections.values()))
        if parent in world.collections:
            items = world.collections[parent].items
            return self._page(asked, [world.things[key] for key in items if key in world.things])
        if query.get("sortorder") == "Descending":
            return self._page(asked, self._newest_first(asked, types.split(",")))
        things = world.episodes(parent) if parent in world.things else world.inside(parent, *types.split(","))
        if query.get("isplayed") == "false":
            things = [thing for thing in things if not world.marks.get((asked.user, thing.id), Marks()).played]
        return self._page(asked, things)

    def _newest_first(self, asked: Asked, types: list[str]) -> list[Thing]:
        """Everything of these types, what came or was played last in front."""
        found = [thing for thing in self.world.things.values() if thing.type in types]
        if asked.query["sortby"] == "DateCreated":
            return sorted(found, key=lambda thing: -thing.added)
        played = self.world.marks
        return sorted(found, key=lambda thing: played.get((asked.user, thing.id), Marks()).last or "", reverse=True)

    def _thing(self, asked: Asked, key: str) -> Thing | Playlist | Collection | None:
        playlist = self.world.playlists.get(key)
        if playlist is not None:
            return playlist if self._sees(asked, playlist) else None
        return self.world.things.get(key) or self.world.collections.get(key)

    def _page(self, asked: Asked, things: list[Any], names: list[str] | None = None) -> Any:
        query = asked.query
        first = int(query.get("startindex", 0))
        size = min(int(query.get("limit", len(things))), self.page_limit or len(things))
        piece = things[first : first + size]
        if any(getattr(thing, "damage", "") == "error in lists" for thing in piece):
            return web.Response(status=500, text="Error processing request.")
        fields = set(query.get("fields", "").split(","))
        rows = [self._line(asked, thing, fields) for thing in piece]
        for row, name in zip(rows, (names or [])[first : first + size], strict=False):
            row["PlaylistItemId"] = name
        counts = self.says_total and query.get("enabletotalrecordcount", "true") == "true"
        return {"Items": rows, "TotalRecordCount": len(things) if counts else 0, "StartIndex": first}

    def _line(self, asked: Asked, thing: Thing | Playlist | Collection, fields: set[str]) -> dict[str, Any]:
        if isinstance(thing, Playlist):
            mine = asked.user == thing.owner or asked.caller.admin
            return {
                "Id": thing.id,
                "Name": thing.title,
                "Type": "Playlist",
                "ChildCount": len(thing.items),
                "CanDelete": mine,
            }
        if isinstance(thing, Collection):
            return {
                "Id": thing.id,
                "Name": thing.title,
                "Type": "BoxSet",
                "ChildCount": len(thing.items),
                "CanDelete": True,
            }
        episodes = self.world.episodes(thing.id) if thing.type == "Series" else []
        line = {**basics(thing), **{name: EXTRAS[name](thing) for name in fields if name in EXTRAS}}
        if thing.type == "Series":
            line |= {"RecursiveItemCount": len(episodes)} if "RecursiveItemCount" in fields else {}
            line |= {"ChildCount": len({e.season for e in episodes})} if "ChildCount" in fields else {}
        if thing.damage == "nameless":
            del line["Id"]
        if self.says_user and asked.user and asked.query.get("enableuserdata", "true") == "true":
            line["UserData"] = self._marks_of(asked.user, thing, episodes)
        return {name: value for name, value in line.items() if value not in (None, "", [], {})}

    def _marks_of(self, user: str, thing: Thing, episodes: list[Thing]) -> dict[str, Any]:
        marks = self.world.marks.get((user, thing.id), Marks())
        left = sum(not self.world.marks.get((user, episode.id), Marks()).played for episode in episodes)
        said = {
            "PlaybackPositionTicks": marks.ticks,
            "PlayCount": marks.count,
            "IsFavorite": marks.favourite,
            "Played": left == 0 if thing.type == "Series" else marks.played,
            "Key": thing.id,
            "ItemId": thing.id,
        }
        optional = {"Rating": marks.rating, "Likes": marks.likes, "LastPlayedDate": marks.last}
        said |= {name: value for name, value in optional.items() if value is not None}
        return said | ({"UnplayedItemCount": left} if thing.type == "Series" else {})

    def _picture(self, key: str, query: Query) -> web.Response:
        thing = self.world.things.get(key)
        known = (thing is not None and thing.image) or query.get("tag") == ALBUM_IMAGE
        if not known:
            return web.Response(status=404)
        width, height = int(query.get("fillwidth", 400)), int(query.get("fillheight", 600))
        return web.Response(body=png(width, height, zlib.crc32(key.encode())), content_type="image/png")

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.listeners.append(socket)
        await socket.send_str(json.dumps({"MessageType": "ForceKeepAlive", "Data": 60}))
        try:
            async for message in socket:
                self.alive += "KeepAlive" in str(message.data)
        finally:
            self.listeners.remove(socket)
        return socket


def _json(found: Any) -> web.Response:
    return web.json_response(found)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A Jellyfin server that is not one, for trying Homereel.")
    parser.add_argument("--films", type=int, default=200)
    parser.add_argument("--shows", type=int, default=20)
    parser.add_argument("--tracks", type=int, default=200)
    parser.add_argument("--port", type=int, default=0, help="a free one when not given")
    options = parser.parse_args()
    world = make_world(options.films, options.shows, options.tracks)
    with FakeJellyfin(world, port=options.port) as jellyfin:
        anna = world.person("Anna")
        print(f"url      {jellyfin.url}\nuser     {anna.name}\npassword {anna.password}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
