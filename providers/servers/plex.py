"""A Plex server as a ``MediaServer``: lists by the page, full items by the batch, and nothing asked for twice."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from urllib.parse import quote
from xml.etree.ElementTree import Element

from library.items import MediaKind
from library.progress import Job
from library.sources import (
    Entry,
    HistoryEntry,
    ItemBatch,
    ListingPage,
    ServerIdentity,
    ServerLibrary,
    SoundNeighbour,
)
from library.writing import ServerList, State, WriteKind, Written
from providers.failures import CutReply
from providers.http import BadStatus, ProviderSession
from providers.servers.long_lists import Walk
from providers.servers.plex_alerts import PlexAlerts, Rhythm
from providers.servers.plex_client import PlexClient
from providers.servers.plex_files import PlexFiles
from providers.servers.plex_history import PlexHistory
from providers.servers.plex_items import server_item, unwatched_names
from providers.servers.plex_music import PlexMusic
from providers.servers.plex_reading import BATCH, DAMAGED, PlexReader
from providers.servers.plex_writing import PlexWriter

EPISODE_PAGE = 1000
_KINDS = {"movie": MediaKind.MOVIE, "show": MediaKind.SHOW, "artist": MediaKind.TRACK}
_TYPES = {MediaKind.MOVIE: "1", MediaKind.SHOW: "2", MediaKind.TRACK: "10"}
_PAGES = {MediaKind.MOVIE: 500, MediaKind.SHOW: 500, MediaKind.TRACK: 1000}
"""How many lines of a list are asked for at once; a track's line is short."""
_FEW_SHOWS = 4
logger = logging.getLogger(__name__)


class PlexServer:
    """One Plex server. Fits every protocol of ``library.sources`` for servers, and ``library.writing.WritableServer``.

    Used by one thread at a time. Nothing is written but by :meth:`write`.

    :param source_id: the source in the settings; ``name`` is what the user calls it.
    :param client_id: this installation's own random name, the same in every run.
    :param session: the way out; a new one with the usual limits when none is given.

    ``machine_id`` is known after the first answer, and may be set before to what an earlier :meth:`identify` said, so that
    :meth:`play_target` works before the server was asked. ``account`` is the server's number of the account that the token
    belongs to, where it is not the owner's; ``rhythm`` says how often :meth:`changes` asks.
    """

    def __init__(
        self,
        source_id: str,
        name: str,
        url: str,
        token: str,
        client_id: str = "",
        session: ProviderSession | None = None,
    ) -> None:
        self.source_id = source_id
        self.name = name
        self.machine_id = ""
        self.account = ""
        self.rhythm = Rhythm()
        self._client = PlexClient(name, url, token, client_id, session or ProviderSession(name))
        self._reader = PlexReader(self._client)
        self._music = PlexMusic(self._client, self._reader)
        self._writer = PlexWriter(self._client, self._reader)
        self._unwatched: dict[str, dict[str, list[str]]] = {}

    def __repr__(self) -> str:
        """Which server; never the token."""
        return f"PlexServer({self.source_id!r}, {self.name!r}, {self._client.place})"

    def identify(self) -> ServerIdentity:
        """Test the connection: first whether a Plex server is there, then whether it takes the token."""
        with self._client.at_most(attempts=1, read=10.0, overall=15.0):
            element = self._client.identity()
            server = self._client.connect()
        self.machine_id = str(server.machineIdentifier)
        return ServerIdentity(
            machine_id=self.machine_id,
            name=server.friendlyName or self.name,
            version=server.version or element.get("version", ""),
        )

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """Libraries of films, of shows and of music, in the server's order."""
        container = self._client.element("/library/sections")
        self._remember_machine()
        return tuple(
            ServerLibrary(key=key, title=section.get("title", "").strip() or f"Library {key}", kind=kind)
            for section in container.iterfind("Directory")
            if (key := section.get("key")) and (kind := _KINDS.get(section.get("type", "")))
        )

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        """Every entry once, page by page; read a second time when the list moved meanwhile."""
        self._unwatched.pop(library.key, None)
        path = f"/library/sections/{quote(library.key)}/all"
        params = {"type": _TYPES[library.kind], "sort": "addedAt:asc", "includeCollections": "0"}
        known: set[str] = set()
        for _ in range(2):
            walk = Walk()
            for entries, lines in self._reader.walk(path, params, _PAGES[library.kind], walk):
                if library.kind is MediaKind.TRACK:
                    self._music.note(lines)
                fresh = tuple(entry for entry in entries if entry.key not in known)
                known.update(entry.key for entry in fresh)
                yield ListingPage(fresh, None if walk.total is None else walk.total - walk.nameless)
            if walk.whole or walk.skipped:
                break
        if not walk.whole:
            yield ListingPage((), walk.total, (walk.shortfall(library),), complete=False)

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """Full items, 200 to a request; of a damaged answer the halves are read, down to the entry that does the damage."""
        if library.kind is MediaKind.TRACK:
            yield from self._music.items(entries)
            return
        for first in range(0, len(entries), BATCH):
            wanted = {entry.key: entry for entry in entries[first : first + BATCH]}
            for elements, failures in self._reader.full(list(wanted)):
                names: dict[str, list[str]] = {}
                if library.kind is MediaKind.SHOW:
                    names = yield from self._names_of_unwatched(library, elements, len(entries))
                items = [
                    server_item(element, library.kind, wanted[key], names.get(key, ()))
                    for element in elements
                    if (key := element.get("ratingKey", "")) in wanted
                ]
                yield ItemBatch(tuple(items), failures)

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        """A picture that covers the box, scaled down by the server; as it is stored when the server cannot scale it."""
        if not path.startswith("/") or path.startswith("//"):
            return None
        asked = {"url": path, "width": str(width), "height": str(height), "minSize": "1", "upscale": "0"}
        for where, params in (("/photo/:/transcode", asked), (path, None)):
            try:
                with self._client.at_most(attempts=1, read=10.0, overall=20.0, most_bytes=16 * 1024 * 1024):
                    picture = self._client.image(where, params)
            except (BadStatus, CutReply):
                continue
            if picture and picture.lstrip()[:1] != b"<":
                return picture
        return None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """The page of this title in Plex's web app, which plays it on this server."""
        if not self.machine_id:
            return None
        there = quote(f"/library/metadata/{key}", safe="")
        return f"https://app.plex.tv/desktop/#!/server/{quote(self.machine_id, safe='')}/details?key={there}"

    # What it tells beside that

    def history(self, since: float = 0.0) -> Iterator[tuple[HistoryEntry, ...]]:
        """What this account watched and heard after a moment, the newest first; of an episode, its show."""
        yield from PlexHistory(self._client, self._reader, self._writer.owns).since(since, self.account)

    def sounds_like(self, key: str, limit: int = 30) -> tuple[SoundNeighbour, ...]:
        """Tracks that Plex's own analysis finds like this one; empty where there is none."""
        return self._music.sounds_like(key, limit)

    def stream(self, key: str) -> Iterator[bytes]:
        """The file of an entry, 4 MB at a time where the server hands out pieces."""
        return PlexFiles(self._client).pieces(key)

    def changes(self) -> Iterator[tuple[str, ...] | None]:
        """Keys of what changed, as the server tells it, or finds it when asked every five minutes."""
        return PlexAlerts(self._client, self.rhythm).changes()

    # Writing

    def can_write(self) -> frozenset[WriteKind]:
        """Ratings, what was watched, playlists; and collections, when the server is this account's own."""
        return self._writer.kinds()

    def state(self, kind: WriteKind, target: str, library_key: str = "") -> State | None:
        """What the server has at a target now."""
        return self._writer.state(kind, target)

    def write(
        self, kind: WriteKind, target: str, before: State | None, after: State | None, library_key: str = ""
    ) -> Job[Written]:
        """Bring a target from one state to another, and read back what came of it."""
        return self._writer.write(kind, target, before, after, library_key)

    def lists(self, kind: WriteKind, library_key: str = "") -> tuple[ServerList, ...]:
        """The playlists of this account, or the collections of a library."""
        return self._writer.lists(kind, library_key)

    def close(self) -> None:
        """Hang up; may be called again."""
        self._client.close()

    def _remember_machine(self) -> None:
        self.machine_id = str(self._client.connect().machineIdentifier)

    def _names_of_unwatched(
        self, library: ServerLibrary, shows: list[Element], asked: int
    ) -> Generator[ItemBatch, None, dict[str, list[str]]]:
        """Names of unwatched episodes: of a few shows one by one, of many for the whole library at once.

        Yields an empty batch after each page, where the reading can be stopped.
        """
        known = self._unwatched.get(library.key)
        if known is not None:
            return known
        episodes: list[Element] = []
        if asked > _FEW_SHOWS:
            paths = [f"/library/sections/{quote(library.key)}/all"]
            params = {"type": "4", "unwatched": "1"}
        else:
            unfinished = (show for show in shows if show.get("leafCount") != show.get("viewedLeafCount"))
            paths = [f"/library/metadata/{quote(show.get('ratingKey', ''))}/allLeaves" for show in unfinished]
            params = {}
        for path in paths:
            for page in self._episodes(path, params):
                episodes += page
                yield ItemBatch(())
        names = unwatched_names(episodes)
        if asked > _FEW_SHOWS:
            self._unwatched[library.key] = names
        return names

    def _episodes(self, path: str, params: dict[str, str]) -> Iterator[list[Element]]:
        """Episodes page by page; a damaged page ends it, for names are a nicety and the counts are known anyway."""
        try:
            yield from self._reader.pages(path, params, EPISODE_PAGE)
        except DAMAGED as error:
            logger.info("%s: the names of some episodes are missing: %s", self.name, error.message)
