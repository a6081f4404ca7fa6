"""A Subsonic server on this computer, for the tests and for trying the program: ``python -m tests.fakes.subsonic --songs 2000``.

It is an OpenSubsonic server unless it is told to be an old one, and it answers everything with 200, as the real ones do.
"""

from __future__ import annotations

import argparse
import binascii
import hashlib
import re
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

from aiohttp import web

from tests.fakes.serving import FakeService, Fault
from tests.fakes.subsonic_world import EPOCH, Song, World, iso, make_world

USER, PASSWORD, KEY = "ada", "sesame-Password-42", "key-0123456789-abcdef"
ALL_EXTENSIONS = ("formPost", "apiKeyAuthentication", "sonicSimilarity", "songLyrics")


class Refused(Exception):
    def __init__(self, code: int, words: str = "no") -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass
class Question:
    """A request as its method sees it."""

    values: dict[str, list[str]]
    user: str = ""
    range: str = ""

    def one(self, name: str, usual: str | None = None) -> str:
        found = self.values.get(name)
        if found is None and usual is None:
            raise Refused(10, f"Required parameter {name} is missing")
        return found[0] if found else str(usual)

    def many(self, name: str) -> list[str]:
        return self.values.get(name, [])


@dataclass
class FakeSubsonic(FakeService):
    """The server; ``with FakeSubsonic(world=make_world(20)) as server:`` starts it on a free port of this computer.

    Besides those of :class:`Fault` it goes wrong with "code" (``status`` is the code), "after effect" (does it, then answers
    500) and "reset after effect".

    :param prefix: path that it lives under, as behind a proxy.
    :param accepts: ways to sign in: "token", "password", "key".
    :param reads_forms: whether parameters may come in the body.
    :param says_playlist: whether createPlaylist answers with what it created.
    :param page_limit: most rows of a page, whatever was asked for.
    :param no_twice: a song is taken into a list only once.
    """

    world: World = field(default_factory=lambda: make_world(20))
    prefix: str = ""
    version: str = "1.16.1"
    open: bool = True
    extensions: tuple[str, ...] = ALL_EXTENSIONS
    accepts: tuple[str, ...] = ("token", "password", "key")
    reads_forms: bool = True
    finds_all: bool = True
    says_playlist: bool = True
    writes_json: bool = True
    hands_out_pieces: bool = True
    no_twice: bool = False
    page_limit: int = 500
    users: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD, "bob": "bob-Password-17"})
    keys: dict[str, str] = field(default_factory=lambda: {KEY: USER})
    sound: bytes = field(default_factory=lambda: b"OggS" + bytes(range(256)) * 40)

    def dump(self) -> str:
        """What can be written to, in one way only."""
        return self.world.dump()

    def own_faults(self, fault: Fault, request: web.Request) -> dict[str, Callable[[], web.Response]]:
        def effect() -> None:
            self.right(request, request._read_bytes or b"")

        def broken() -> web.Response:
            effect()
            return web.Response(status=500, text="<html>oops</html>", content_type="text/html")

        def reset() -> web.Response:
            effect()
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        return {
            "code": lambda: self._failed(fault.status, "as it was told to"),
            "after effect": broken,
            "reset after effect": reset,
        }

    # Answering

    def right(self, request: web.Request, body: bytes) -> web.Response:
        """The answer when nothing is wrong."""
        found = re.fullmatch(re.escape(self.prefix) + r"/rest/(\w+?)(?:\.view)?", request.path)
        if not found:
            return web.Response(status=404, text="<html>nothing here</html>", content_type="text/html")
        pairs = parse_qsl(request.query_string, keep_blank_values=True)
        if self.reads_forms and request.method == "POST":
            pairs += parse_qsl(body.decode(), keep_blank_values=True)
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        question = Question(values, range=request.headers.get("Range", ""))
        try:
            if found[1] == "getOpenSubsonicExtensions" and self.open:
                rows = [{"name": name, "versions": [1]} for name in self.extensions]
                return self._answered({"openSubsonicExtensions": rows})
            question.user = self._who(question)
            answer: Callable[[Question], dict | web.Response] | None = getattr(self, f"rest_{found[1]}", None)
            if answer is None:
                raise Refused(0, "Unknown method")
            came = answer(question)
            return came if isinstance(came, web.Response) else self._answered(came)
        except Refused as refused:
            return self._failed(refused.code, refused.words)

    def _envelope(self, status: str) -> dict:
        about = {"status": status, "version": self.version}
        if self.open:
            about |= {"type": "navidrome", "serverVersion": "0.58.0", "openSubsonic": True}
        return about

    def _answered(self, content: dict) -> web.Response:
        if not self.writes_json:
            text = f'<subsonic-response status="ok" version="{self.version}"></subsonic-response>'
            return web.Response(text=text, content_type="text/xml")
        return web.json_response({"subsonic-response": {**self._envelope("ok"), **content}})

    def _failed(self, code: int, words: str) -> web.Response:
        if not self.writes_json:
            text = (
                f'<subsonic-response status="failed" version="{self.version}">'
                f'<error code="{code}" message={quoteattr(words)}/></subsonic-response>'
            )
            return web.Response(text=text, content_type="text/xml")
        error = {"error": {"code": code, "message": words}}
        return web.json_response({"subsonic-response": {**self._envelope("failed"), **error}})

    def _who(self, question: Question) -> str:
        key = question.one("apiKey", "")
        if key:
            if "key" not in self.accepts:
                raise Refused(42)
            if question.one("u", ""):
                raise Refused(43)
            if key not in self.keys:
                raise Refused(44)
            return self.keys[key]
        user = question.one("u")
        password = self.users.get(user, "")
        if question.one("p", ""):
            if "password" not in self.accepts:
                raise Refused(42)
            given = question.one("p")
            given = binascii.unhexlify(given[4:]).decode() if given.startswith("enc:") else given
            right = given == password
        else:
            if "token" not in self.accepts:
                raise Refused(10 if self.version < "1.13" else 41)
            salted = (password + question.one("s")).encode()
            right = hashlib.md5(salted, usedforsecurity=False).hexdigest() == question.one("t")
        if not password or not right:
            raise Refused(40, "Wrong username or password")
        return user

    # Reading

    def rest_ping(self, _question: Question) -> dict:
        return {}

    def rest_getMusicFolders(self, _question: Question) -> dict:
        rows = [{"id": int(key), "name": name} for key, name in self.world.folders.items()]
        return {"musicFolders": {"musicFolder": rows}}

    def rest_getScanStatus(self, _question: Question) -> dict:
        if not self.open:
            raise Refused(50)
        world = self.world
        status = {"scanning": world.scanning, "count": len(world.songs), "lastScan": iso(world.scanned_at)}
        return {"scanStatus": status}

    def rest_search3(self, question: Question) -> dict:
        words = question.one("query").strip('"')
        if not words and not self.finds_all:
            return {"searchResult3": {}}
        songs = [song for song in self._in_folder(question) if words.lower() in song.title.lower()]
        return {"searchResult3": {"song": self._page(question, songs, "songCount", "songOffset")}}

    def rest_getAlbumList2(self, question: Question) -> dict:
        keys = sorted({song.album_key for song in self._in_folder(question)})
        first, size = int(question.one("offset", "0")), int(question.one("size", "10"))
        rows = [{"id": key, "name": key[3:]} for key in keys[first : first + min(size, self.page_limit)]]
        return {"albumList2": {"album": rows} if rows else {}}

    def rest_getAlbum(self, question: Question) -> dict:
        key = question.one("id")
        songs = [song for song in self.world.songs if song.album_key == key]
        if not songs:
            raise Refused(70, "Album not found")
        rows = [self._child(song, question.user) for song in songs]
        return {"album": {"id": key, "name": songs[0].album, "songCount": len(rows), "song": rows}}

    def rest_getSong(self, question: Question) -> dict:
        return {"song": self._child(self._song(question.one("id")), question.user)}

    def rest_getCoverArt(self, question: Question) -> dict | web.Response:
        key, size = question.one("id"), int(question.one("size", "600"))
        if not any(song.cover == key for song in self.world.songs):
            raise Refused(70, "Artwork not found")
        return web.Response(body=_picture(key, size), content_type="image/png")

    def rest_getSimilarSongs2(self, question: Question) -> dict:
        artist = question.one("id")
        if not artist.startswith("ar-"):
            raise Refused(70, "Artist not found")
        songs = [song for song in self.world.songs if song.artist_key == artist]
        rows = [self._child(song, question.user) for song in songs[: int(question.one("count", "50"))]]
        return {"similarSongs2": {"song": rows}}

    def rest_getSonicSimilarTracks(self, question: Question) -> dict:
        if "sonicSimilarity" not in self.extensions:
            raise Refused(0, "Unknown method")
        song = self._song(question.one("id"))
        near = sorted(self.world.songs, key=lambda other: abs(other.seconds - song.seconds))
        rows = [
            {"entry": self._child(other, question.user), "similarity": 1.0 - abs(other.seconds - song.seconds) / 400}
            for other in near[: int(question.one("count", "10"))]
        ]
        return {"sonicMatch": rows}

    def rest_download(self, question: Question) -> web.Response:
        return self.rest_stream(question)

    def rest_stream(self, question: Question) -> web.Response:
        self._song(question.one("id"))
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", question.range)
        if found and self.hands_out_pieces:
            first, last = int(found[1]), min(int(found[2]), len(self.sound) - 1)
            where = {"Content-Range": f"bytes {first}-{last}/{len(self.sound)}"}
            piece = self.sound[first : last + 1]
            return web.Response(status=206, body=piece, headers=where, content_type="audio/ogg")
        return web.Response(body=self.sound, content_type="audio/ogg")

    # Writing

    def rest_setRating(self, question: Question) -> dict:
        stars = int(question.one("rating"))
        if not 0 <= stars <= 5:
            raise Refused(0, "rating must be from 0 to 5")
        self.world.of(question.user, self._song(question.one("id")).key).stars = stars
        return {}

    def rest_star(self, question: Question, moment: float = EPOCH + 5.0) -> dict:
        for key in question.many("id"):
            self.world.of(question.user, self._song(key).key).starred = moment
        return {}

    def rest_unstar(self, question: Question) -> dict:
        return self.rest_star(question, 0.0)

    def rest_getPlaylists(self, question: Question) -> dict:
        seen = [one for one in self.world.playlists.values() if one.owner == question.user or one.public]
        return {"playlists": {"playlist": [self._list(one.key, question) for one in seen]} if seen else {}}

    def rest_getPlaylist(self, question: Question) -> dict:
        return {"playlist": self._list(question.one("id"), question, entries=True)}

    def rest_createPlaylist(self, question: Question) -> dict:
        key, songs = question.one("playlistId", ""), [self._song(song).key for song in question.many("songId")]
        if key:
            made = self._own_list(key, question)
            made.songs = songs
        else:
            made = self.world.add_playlist(question.one("name"), question.user, songs)
        return {"playlist": self._list(made.key, question, entries=True)} if self.says_playlist else {}

    def rest_updatePlaylist(self, question: Question) -> dict:
        changed = self._own_list(question.one("playlistId"), question)
        changed.name = question.one("name", changed.name)
        changed.comment = question.one("comment", changed.comment)
        changed.public = question.one("public", str(changed.public)).lower() == "true"
        gone = {int(index) for index in question.many("songIndexToRemove")}
        changed.songs = [song for index, song in enumerate(changed.songs) if index not in gone]
        for key in question.many("songIdToAdd"):
            if not (self.no_twice and key in changed.songs):
                changed.songs.append(self._song(key).key)
        return {}

    def rest_deletePlaylist(self, question: Question) -> dict:
        del self.world.playlists[self._own_list(question.one("id"), question).key]
        return {}

    # Pieces

    def _song(self, key: str) -> Song:
        song = self.world.find(key)
        if song is None:
            raise Refused(70, "Song not found")
        return song

    def _own_list(self, key: str, question: Question):
        found = self.world.playlists.get(key)
        if found is None:
            raise Refused(70, "Playlist not found")
        if found.owner != question.user or found.readonly:
            raise Refused(50)
        return found

    def _in_folder(self, question: Question) -> list[Song]:
        folder = question.one("musicFolderId", "")
        return [song for song in self.world.songs if not folder or song.folder == folder]

    def _page(self, question: Question, songs: list[Song], count: str, offset: str) -> list[dict]:
        first, size = int(question.one(offset, "0")), min(int(question.one(count, "20")), self.page_limit)
        return [self._child(song, question.user) for song in songs[first : first + size]]

    def _list(self, key: str, question: Question, entries: bool = False) -> dict:
        found = self.world.playlists.get(key)
        if found is None or not (found.public or found.owner == question.user):
            raise Refused(70, "Playlist not found")
        about = {
            "id": found.key,
            "name": found.name,
            "comment": found.comment,
            "owner": found.owner,
            "public": found.public,
            "songCount": len(found.songs),
            **({"readonly": True} if found.readonly else {}),
        }
        there = [song for key in found.songs if (song := self.world.find(key))]
        return about | ({"entry": [self._child(song, question.user) for song in there]} if entries else {})

    def _child(self, song: Song, user: str) -> dict:
        did = self.world.of(user, song.key)
        child: dict[str, object] = {
            "id": song.key,
            "isDir": False,
            "isVideo": song.video,
            "title": song.title,
            "artist": song.artist,
            "album": song.album,
            "albumId": song.album_key,
            "artistId": song.artist_key if song.artist else "",
            "track": song.track,
            "year": song.year,
            "genre": song.genres[0] if song.genres else "",
            "coverArt": song.cover,
            "size": song.size,
            "duration": song.seconds,
            "path": song.path,
            "type": "music",
            "created": iso(song.created) if song.created else "",
            "userRating": did.stars,
            "starred": iso(did.starred) if did.starred else "",
            "playCount": did.plays,
        }
        if self.open:
            child |= {
                "genres": [{"name": name} for name in song.genres],
                "moods": list(song.moods),
                "musicBrainzId": song.musicbrainz,
                "played": iso(did.played) if did.played else "",
                "artists": [{"id": song.artist_key, "name": song.artist}] if song.artist else [],
                "contributors": [{"role": "composer", "artist": {"id": "x", "name": name}} for name in song.writers],
            }
        return {name: value for name, value in child.items() if value not in ("", [], 0) or name == "playCount"}


def _picture(key: str, size: int) -> bytes:
    """A square PNG of one colour that depends on the key."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    colour = zlib.crc32(key.encode()).to_bytes(4, "big")[:3]
    rows = (b"\0" + colour * size) * size
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=2000)
    parser.add_argument("--port", type=int, default=4533)
    options = parser.parse_args()
    with FakeSubsonic(port=options.port, world=make_world(options.songs)) as server:
        print(f"{server.url}  user {USER}  password {PASSWORD}  API key {KEY}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
