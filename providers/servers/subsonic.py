"""A Subsonic server as a ``MediaServer``: Navidrome, Gonic, Funkwhale, Nextcloud Music and the many others of its kind."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from library.errors import ProviderDenied, ProviderReplyError
from library.items import MediaKind
from library.path_maps import first_local, path_maps
from library.progress import Job
from library.settings import SourceSettings
from library.sources import Entry, ItemBatch, ListingPage, ServerIdentity, ServerLibrary, SoundNeighbour
from library.writing import ServerList, State, WriteKind, Written
from providers.failures import CutReply
from providers.http import BadStatus, ProviderSession
from providers.servers import file_pieces
from providers.servers.file_pieces import whole_length
from providers.servers.subsonic_client import Missing, NotSubsonic, Params, Refusal, Reply, SubsonicClient
from providers.servers.subsonic_items import KeptSongs, Song, entry_of, server_item, song_key
from providers.servers.subsonic_writing import SubsonicWriting

PAGE = 500
ALIKE = 0.5
"""Distance to the songs of similar artists: the server says that they are alike, not how much."""
_ONE_BY_ONE = 30
_GIVE_UP = 20
_DAMAGED = (BadStatus, CutReply, Refusal)
_WHOLE_LIBRARY = ServerLibrary("", "Music", MediaKind.TRACK)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Walk:
    """One walk through a library: what could not be read on the way."""

    skipped: int = 0


class SubsonicServer:
    """Reads and writes one Subsonic server. Fits ``library.sources.MediaServer``; used by one thread at a time.

    :param secret: the password, or the API key when the source signs in with one.
    :param session: the way out.
    """

    def __init__(self, source: SourceSettings, secret: str | None, session: ProviderSession) -> None:
        self.source_id = source.id
        self.name = source.name
        self._maps = path_maps(source.path_maps)
        self._client = SubsonicClient(source, secret or "", session)
        self._writing = SubsonicWriting(self._client)
        self._kept: dict[str, KeptSongs] = {}
        self._listed: dict[str, set[str]] = {}

    def __repr__(self) -> str:
        """Which server; never the secret."""
        return f"SubsonicServer({self.source_id!r}, {self.name!r}, {self._client.place})"

    def identify(self) -> ServerIdentity:
        """Test the connection: first whether a Subsonic server is there, then whether it lets this account in.

        These servers have no id of their own, so the address has to do.
        """
        with self._client.at_most(attempts=1, read=10.0, overall=15.0):
            about = self._client.about()
            self._client.ask("ping")
        software = about.software or "subsonic"
        return ServerIdentity(
            machine_id=f"{software}@{self._client.address.url.partition('://')[2]}",
            name=software[:1].upper() + software[1:],
            version=about.software_version or about.version_words,
        )

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """The music folders, in the server's order."""
        rows = _rows(self._client.ask("getMusicFolders"), "musicFolders", "musicFolder")
        found = tuple(
            ServerLibrary(key, str(row.get("name") or "").strip() or "Music", MediaKind.TRACK)
            for row in rows
            if (key := song_key(row))
        )
        return found or (_WHOLE_LIBRARY,)

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        """Every song once, in pages of 500; read a second time when the server changed its library meanwhile."""
        kept = self._kept[library.key] = KeptSongs()
        self._listed[library.key] = known = set[str]()
        elsewhere = [keys for key, keys in self._listed.items() if key != library.key]
        walk, problem = _Walk(), ""
        for _ in range(2):
            before = self._library_state()
            for songs in self._walk(library, walk):
                fresh: dict[str, tuple[Entry, Song]] = {}
                for song in songs:
                    entry = entry_of(song)
                    if entry is None or entry.key in known or any(entry.key in keys for keys in elsewhere):
                        continue  # an album may lie in two folders: its songs are in the first of them
                    fresh[entry.key] = (entry, song)
                known.update(fresh)
                kept.keep([song for _, song in fresh.values()])
                yield ListingPage(tuple(entry for entry, _ in fresh.values()))
            problem = _unsettled(library, walk, before, self._library_state())
            if not problem or walk.skipped or "scanning" in before:
                break
        if problem:
            yield ListingPage((), problems=(problem,), complete=False)

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """The songs; they came with the list, so that hardly any of them is asked for again."""
        wanted = {entry.key: entry for entry in entries}
        if library.key not in self._kept and len(wanted) > _ONE_BY_ONE:
            for _ in self.listing(library):
                yield ItemBatch(())
        for songs in self._kept.get(library.key, KeptSongs()).find(wanted.keys() | set()):
            found = [(song, wanted.pop(song_key(song), None)) for song in songs]
            yield ItemBatch(tuple(server_item(song, entry) for song, entry in found if entry is not None))
        for entry in wanted.values():
            yield self._single(entry)

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        """The cover, scaled by the server to cover the box."""
        try:
            with self._client.at_most(attempts=1, read=10.0, overall=20.0, most_bytes=16 * 1024 * 1024):
                picture = self._client.content("getCoverArt", {"id": path, "size": max(width, height)}).content
        except ProviderReplyError:
            return None
        return picture or None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """The file where it lies on this computer; these servers have no page for a song that could be opened."""
        return first_local(self._maps, files)

    def close(self) -> None:
        """Hang up; may be called again."""
        self._kept.clear()
        self._client.close()

    # Sound

    def sounds_like(self, key: str, limit: int = 30) -> tuple[SoundNeighbour, ...]:
        """Songs like this one, by their sound where the server analyses it, else those of similar artists."""
        by_sound = "sonicSimilarity" in self._client.about().extensions
        try:
            found = self._near_by_sound(key, limit) if by_sound else self._near_by_artist(key, limit)
        except (BadStatus, Refusal, NotSubsonic):
            return ()  # it knows no such question, or nothing about this song
        nearest: dict[str, SoundNeighbour] = {}
        for neighbour in sorted(found, key=lambda near: near.distance):
            if neighbour.key and neighbour.key != key:
                nearest.setdefault(neighbour.key, neighbour)
        return tuple(nearest.values())[:limit]

    def stream(self, key: str) -> Iterator[bytes]:
        """The file, 4 MB at a time where the server hands out pieces. ``download`` does not count as having been heard."""
        method, params, start = "download", {"id": key}, 0
        while True:
            try:
                piece = self._client.content(method, params, _piece_from(start))
            except ProviderDenied:
                if method == "stream" or start:
                    raise
                method, params = "stream", {"id": key, "format": "raw"}  # this account may listen, but not download
                continue
            except BadStatus as error:
                if error.status == 416 and start:
                    return
                raise
            if start and piece.status_code != 206:
                raise ProviderReplyError(self.name, "The server began to send the file again from its beginning.")
            yield piece.content
            start += len(piece.content)
            total = whole_length(piece)
            if not piece.content or total is None or start >= total:
                return

    # Writing

    def can_write(self) -> frozenset[WriteKind]:
        """Ratings, stars and playlists. Having heard something cannot be taken back here, so it is not offered."""
        return self._writing.kinds

    def state(self, kind: WriteKind, target: str, library_key: str = "") -> State | None:
        """What the server has at a target now."""
        return self._writing.state(kind, target)

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str = ""
    ) -> Job[Written]:
        """Bring a target from one state to another; see ``library.writing.WritableServer``."""
        return self._writing.write(kind, target, before, after)

    def lists(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        """The playlists that are there."""
        return self._writing.lists(kind)

    # Reading

    def _single(self, entry: Entry) -> ItemBatch:
        """A song that was not in the last listing."""
        try:
            song = self._client.ask("getSong", {"id": entry.key}).get("song")
        except Refusal:
            song = None
        if not isinstance(song, dict) or entry_of(song) is None:
            return ItemBatch((), {entry.key: f"The song {entry.key} is no longer on the server."})
        return ItemBatch((server_item(song, entry),))

    def _library_state(self) -> tuple[str, ...]:
        """How the server's own library stands; empty when it does not say, which older ones do to their owners only."""
        try:
            found = self._client.ask("getScanStatus").get("scanStatus")
        except (BadStatus, ProviderDenied, Refusal, NotSubsonic):
            return ()
        status = found if isinstance(found, dict) else {}
        if status.get("scanning") is True:
            return ("scanning",)
        return str(status.get("count", "")), str(status.get("lastScan", ""))

    def _walk(self, library: ServerLibrary, walk: _Walk) -> Iterator[list[Song]]:
        """The songs of a library: by the empty search, which finds all or nothing, else album by album."""
        folder: Params = {"musicFolderId": library.key} if library.key else {}
        empty = True
        for songs in self._search(folder, walk):
            empty = False
            yield songs
        if empty and not walk.skipped:
            yield from self._by_album(folder, walk)

    def _search(self, folder: Params, walk: _Walk) -> Iterator[list[Song]]:
        """Pages of the empty search; what cannot be read in large bites is read in small ones, and what breaks is skipped."""
        start, size = 0, PAGE
        while True:
            params = {"query": "", "artistCount": 0, "albumCount": 0, "songCount": size, "songOffset": start, **folder}
            try:
                songs = _rows(self._careful("search3", params, size), "searchResult3", "song")
            except _DAMAGED as error:
                if isinstance(error, Missing):
                    raise  # the folder is gone
                if isinstance(error, Refusal) and (error.code == 10 or (start == 0 and not self._client.about().open)):
                    return  # it wants words to search for
                if size > 1:
                    size = max(1, size // 8)
                    continue
                walk.skipped += 1
                if walk.skipped >= _GIVE_UP:
                    raise
                start += 1
                continue
            if not songs:
                return
            start, size = start + len(songs), min(PAGE, size * 2)
            yield songs

    def _careful(self, method: str, params: Params, size: int) -> Reply:
        """One page; tried only once when a larger one failed already."""
        if size == PAGE:
            return self._client.ask(method, params)
        with self._client.at_most(attempts=1):
            return self._client.ask(method, params)

    def _by_album(self, folder: Params, walk: _Walk) -> Iterator[list[Song]]:
        """The songs of each album, those of other folders among them; an album that cannot be read is skipped."""
        start, in_a_row, seen = 0, 0, set[str]()
        while True:
            params: Params = {"type": "alphabeticalByName", "size": PAGE, "offset": start, **folder}
            albums = _rows(self._client.ask("getAlbumList2", params), "albumList2", "album")
            fresh = [key for album in albums if (key := song_key(album)) and key not in seen]
            if not fresh:
                return
            for key in fresh:
                seen.add(key)
                try:
                    yield _rows(self._client.ask("getAlbum", {"id": key}), "album", "song")
                    in_a_row = 0
                except Missing:
                    continue  # gone since the list was read
                except _DAMAGED:
                    walk.skipped, in_a_row = walk.skipped + 1, in_a_row + 1
                    if in_a_row >= _GIVE_UP:
                        raise
            start += len(albums)

    def _near_by_sound(self, key: str, limit: int) -> list[SoundNeighbour]:
        reply = self._client.ask("getSonicSimilarTracks", {"id": key, "count": limit})
        inner = reply.get("sonicSimilarTracks")
        rows = _list(inner.get("sonicMatch") if isinstance(inner, dict) else reply.get("sonicMatch"))
        found = []
        for row in rows:
            song, likeness = row.get("entry", row), row.get("similarity")
            if isinstance(song, dict) and isinstance(likeness, (int, float)) and 0 <= likeness <= 1:
                found.append(SoundNeighbour(song_key(song), 1.0 - float(likeness)))
        return found

    def _near_by_artist(self, key: str, limit: int) -> list[SoundNeighbour]:
        song = self._client.ask("getSong", {"id": key}).get("song")
        artist = song.get("artistId") if isinstance(song, dict) else None
        if not artist:
            return []
        reply = self._client.ask("getSimilarSongs2", {"id": str(artist), "count": limit + 1})
        return [SoundNeighbour(song_key(row), ALIKE) for row in _rows(reply, "similarSongs2", "song")]


def _rows(reply: Reply, outer: str, inner: str) -> list[Song]:
    """A list inside an answer; an empty one is left out by most servers."""
    found = reply.get(outer)
    return _list(found.get(inner)) if isinstance(found, dict) else []


def _list(value: object) -> list[Song]:
    rows = [value] if isinstance(value, dict) else value
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _unsettled(library: ServerLibrary, walk: _Walk, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Why a walk cannot have seen everything, as a sentence; empty when it can."""
    if walk.skipped:
        parts = "One part" if walk.skipped == 1 else f"{walk.skipped} parts"
        return f"{parts} of {library.title} could not be read, because the server fails when it is asked for them."
    if "scanning" in after:
        return f"The server is looking through its own files; what is missing from {library.title} is believed later."
    if before != after:
        return f"{library.title} changed while it was being read; the rest comes with the next scan."
    return ""


def _piece_from(start: int) -> dict[str, str]:
    return {"Range": f"bytes={start}-{start + file_pieces.PIECE - 1}", "Accept-Encoding": "identity"}
