"""How the fake Jellyfin server writes entries down, and what it does when a user writes: marks, playlists and collections."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.jellyfin_world import TICKS, Collection, Marks, Person, Playlist, Thing, World, name_of, written

NOW = 1_700_000_000
ALBUM_IMAGE = "fedcba9876543210fedcba9876543210"
Query = dict[str, str]


@dataclass
class Asked:
    """One request: who asks, for which user, with what."""

    caller: Person
    user: str
    query: Query
    said: dict[str, Any]
    token: str = ""
    wanted: str = ""
    """The part of a file that is asked for."""

    def listed(self, name: str) -> list[str]:
        return [part for part in self.query.get(name, "").split(",") if part]


def basics(thing: Thing) -> dict[str, Any]:
    """What is said of an entry whatever is asked for."""
    return {
        "Id": thing.id,
        "Name": thing.name,
        "Type": thing.type,
        "ProductionYear": thing.year,
        "RunTimeTicks": round(thing.minutes * TICKS) or None,
        "OfficialRating": thing.certificate,
        "CommunityRating": thing.vote,
        "PremiereDate": f"{thing.year}-03-01T00:00:00.0000000Z" if thing.year else None,
        "Status": thing.status,
        "SeriesId": thing.series,
        "ParentIndexNumber": thing.season,
        "IndexNumber": thing.number,
        "ImageTags": {"Primary": thing.image} if thing.image else {},
        "Album": thing.album,
        "AlbumId": name_of(thing.album) if thing.album else None,
        "AlbumPrimaryImageTag": ALBUM_IMAGE if thing.album else None,
        "AlbumArtist": thing.album_artist,
        "Artists": thing.artists,
    }


EXTRAS: dict[str, Callable[[Thing], Any]] = {
    "Etag": lambda thing: name_of(f"{thing.id} {thing.saved}"),
    "OriginalTitle": lambda thing: thing.original,
    "Overview": lambda thing: thing.overview,
    "Taglines": lambda thing: [thing.tagline] if thing.tagline else [],
    "Genres": lambda thing: thing.genres,
    "Tags": lambda thing: thing.tags,
    "People": lambda thing: thing.people,
    "Studios": lambda thing: [{"Name": name, "Id": name_of(name)} for name in thing.studios],
    "ProductionLocations": lambda thing: thing.countries,
    "ProviderIds": lambda thing: thing.provider_ids,
    "DateCreated": lambda thing: written(thing.added),
    "MediaSources": lambda thing: [{"Protocol": "File", "Path": path, "Type": "Default"} for path in thing.paths],
    "Path": lambda thing: thing.paths[0] if thing.paths else None,
}
"""What is only said when it is asked for."""


def user_line(person: Person) -> dict[str, Any]:
    policy = {"IsAdministrator": person.admin, "EnableCollectionManagement": person.collections}
    return {"Id": person.id, "Name": person.name, "Policy": policy}


def authorization(request: web.Request) -> dict[str, str]:
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    return dict(re.findall(r'(\w+)="([^"]*)"', rest)) if kind == "MediaBrowser" else {}


class Writes:
    """The part of the server that changes the world. ``world``, ``by_item`` and ``drops`` as in the server."""

    world: World
    by_item: bool
    drops: set[str]

    def _page(self, asked: Asked, things: list[Any], names: list[str] | None = None) -> Any:
        raise NotImplementedError("the server says how its pages look")

    def _marks_of(self, user: str, thing: Thing, episodes: list[Thing]) -> dict[str, Any]:
        raise NotImplementedError("the server says how marks look")

    # Marks

    def _update_marks(self, asked: Asked, key: str) -> Any:
        if key not in self.world.things:
            return web.Response(status=404)
        marks, said = self.world.of(asked.user, key), asked.said
        if said.get("Likes") is not None:
            marks.set_likes(said["Likes"])
        for theirs, name in (
            ("PlaybackPositionTicks", "ticks"),
            ("PlayCount", "count"),
            ("IsFavorite", "favourite"),
            ("Played", "played"),
            ("LastPlayedDate", "last"),
            ("Rating", "rating"),
        ):
            if said.get(theirs) is not None:  # what is null is left as it is
                setattr(marks, name, said[theirs])
        return self._marks_of(asked.user, self.world.things[key], [])

    def _like(self, asked: Asked, key: str) -> Any:
        return self._set(asked, key, lambda marks: marks.set_likes(asked.query["likes"] == "true"))

    def _unlike(self, asked: Asked, key: str) -> Any:
        return self._set(asked, key, lambda marks: marks.set_likes(None))

    def _favourite(self, asked: Asked, key: str, value: bool) -> Any:
        return self._set(asked, key, lambda marks: setattr(marks, "favourite", value))

    def _set(self, asked: Asked, key: str, change: Callable[[Marks], Any]) -> Any:
        if key not in self.world.things:
            return web.Response(status=404)
        change(self.world.of(asked.user, key))
        return self._marks_of(asked.user, self.world.things[key], [])

    def _played(self, asked: Asked, key: str, value: bool) -> Any:
        if key not in self.world.things:
            return web.Response(status=404)
        for each in [episode.id for episode in self.world.episodes(key)] or [key]:
            marks = self.world.of(asked.user, each)
            marks.played, marks.ticks = value, 0
            marks.count = max(marks.count, 1) if value else 0
            marks.last = (marks.last or written(NOW)) if value else None
        return self._marks_of(asked.user, self.world.things[key], self.world.episodes(key))

    # Lists

    def _sees(self, asked: Asked, playlist: Playlist) -> bool:
        shared = any(share.get("UserId") == asked.user for share in playlist.shares)
        return playlist.public or shared or playlist.owner == asked.user

    def _mine(self, asked: Asked, key: str) -> Playlist | web.Response:
        playlist = self.world.playlists.get(key)
        if playlist is None or not self._sees(asked, playlist):
            return web.Response(status=404)
        return playlist if playlist.owner == asked.user else web.Response(status=403)

    def _append(self, playlist: Playlist, keys: list[str]) -> None:
        """As the server does: what it does not know, and what is in the list already, is left out without a word."""
        for key in keys:
            if key in self.world.things and key not in playlist.items and key not in self.drops:
                playlist.entries.append((key, key if self.by_item else self.world.fresh_id()))

    def _new_playlist(self, asked: Asked) -> Any:
        said = asked.said
        playlist = Playlist(self.world.fresh_id(), said["Name"], asked.user)
        playlist.public, playlist.shares = said.get("IsPublic", True), said.get("Users", [])
        self._append(playlist, said.get("Ids", []))
        self.world.playlists[playlist.id] = playlist
        return {"Id": playlist.id}

    def _playlist(self, asked: Asked, key: str) -> Any:
        playlist = self._mine(asked, key)
        if isinstance(playlist, web.Response) or not self.by_item:
            return web.Response(status=404)
        return {"OpenAccess": playlist.public, "Shares": playlist.shares, "ItemIds": playlist.items}

    def _change_playlist(self, asked: Asked, key: str) -> Any:
        playlist, said = self._mine(asked, key), asked.said
        if isinstance(playlist, web.Response):
            return playlist
        if said.get("Ids") is not None:
            playlist.entries.clear()
            self._append(playlist, said["Ids"])
        playlist.title = said.get("Name") or playlist.title
        playlist.shares = playlist.shares if said.get("Users") is None else said["Users"]
        playlist.public = playlist.public if said.get("IsPublic") is None else said["IsPublic"]
        return web.Response(status=204)

    def _playlist_items(self, asked: Asked, key: str) -> Any:
        playlist = self.world.playlists.get(key)
        if playlist is None or not self._sees(asked, playlist):
            return web.Response(status=404)
        there = [entry for entry in playlist.entries if entry[0] in self.world.things]
        return self._page(asked, [self.world.things[item] for item, _ in there], [name for _, name in there])

    def _add_to_playlist(self, asked: Asked, key: str) -> Any:
        playlist = self._mine(asked, key)
        if isinstance(playlist, web.Response):
            return playlist
        self._append(playlist, asked.listed("ids"))
        return web.Response(status=204)

    def _take_from_playlist(self, asked: Asked, key: str) -> Any:
        playlist = self._mine(asked, key)
        if isinstance(playlist, web.Response):
            return playlist
        gone = asked.listed("entryids")
        playlist.entries = [entry for entry in playlist.entries if entry[1] not in gone]
        return web.Response(status=204)

    def _move(self, asked: Asked, key: str, name: str, place: str) -> Any:
        playlist = self._mine(asked, key)
        if isinstance(playlist, web.Response):
            return playlist
        entry = next(entry for entry in playlist.entries if entry[1] == name)
        playlist.entries.remove(entry)
        playlist.entries.insert(int(place), entry)
        return web.Response(status=204)

    def _new_collection(self, asked: Asked) -> Any:
        if not (asked.caller.admin or asked.caller.collections):
            return web.Response(status=403)
        found = Collection(self.world.fresh_id(), asked.query["name"])
        self.world.collections[found.id] = found
        self._collect(found, asked.listed("ids"))
        return {"Id": found.id}

    def _collect(self, collection: Collection, keys: list[str]) -> None:
        new = [key for key in keys if key in self.world.things and key not in self.drops]
        collection.items += [key for key in new if key not in collection.items]

    def _add_to_collection(self, asked: Asked, key: str) -> Any:
        return self._at_collection(asked, key, lambda found: self._collect(found, asked.listed("ids")))

    def _take_from_collection(self, asked: Asked, key: str) -> Any:
        gone = asked.listed("ids")

        def take(found: Collection) -> None:
            found.items = [item for item in found.items if item not in gone]

        return self._at_collection(asked, key, take)

    def _at_collection(self, asked: Asked, key: str, change: Callable[[Collection], None]) -> Any:
        if not (asked.caller.admin or asked.caller.collections):
            return web.Response(status=403)
        if key not in self.world.collections:
            return web.Response(status=404)
        change(self.world.collections[key])
        return web.Response(status=204)

    def _delete(self, asked: Asked, key: str) -> Any:
        playlist, collection = self.world.playlists.get(key), self.world.collections.get(key)
        if playlist is not None and (playlist.owner == asked.caller.id or asked.caller.admin):
            del self.world.playlists[key]
        elif collection is not None and (asked.caller.admin or asked.caller.collections):
            del self.world.collections[key]
        else:
            return web.Response(status=401 if playlist or collection else 404)
        return web.Response(status=204)
