"""A Jellyfin server as a ``MediaServer``: lists by the page, full items by the batch, everything as its user sees it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from library.items import MediaKind
from library.path_maps import first_local, path_maps
from library.settings import SourceSettings
from library.sources import Entry, ItemBatch, ListingPage, ServerIdentity, ServerLibrary
from providers.failures import CutReply
from providers.http import BadStatus, ProviderSession
from providers.servers.jellyfin_alerts import JellyfinAlerts
from providers.servers.jellyfin_client import JellyfinClient, Params, comma
from providers.servers.jellyfin_files import JellyfinFiles
from providers.servers.jellyfin_items import (
    FULL_FIELDS,
    LIST_FIELDS,
    TYPES,
    Line,
    key_of,
    server_item,
    text_of,
    unwatched_names,
    user_of,
)
from providers.servers.jellyfin_lists import BATCH, PAGE, SHOW_PAGE, episodes, full_items, walk_entries
from providers.servers.jellyfin_writing import JellyfinWriting
from providers.servers.listening import Heard, Rhythm
from providers.servers.long_lists import Walk

__all__ = ["JellyfinServer"]

_KINDS = {"movies": MediaKind.MOVIE, "tvshows": MediaKind.SHOW, "music": MediaKind.TRACK}
_MIXED = ("", "mixed")
_PARTS = {MediaKind.MOVIE: ("movies", "films"), MediaKind.SHOW: ("shows", "shows")}
_FEW_SHOWS = 4


class JellyfinServer(JellyfinWriting):
    """Reads one Jellyfin server as one of its users. Fits ``library.sources.MediaServer``; used by one thread at a time.

    A library of films and shows together is offered as two, one of each.

    :param source: from the settings; ``account`` is the user that everything is read as.
    :param token: what signing in as that user gave; see ``providers.servers.jellyfin_sign_in``.
    :param device_id: this installation's own random name, the same in every run.
    :param session: the way out; a new one with the usual limits when none is given.

    ``rhythm`` is how often it is asked what changed, where it cannot tell by itself.
    """

    def __init__(
        self, source: SourceSettings, token: str, device_id: str = "", session: ProviderSession | None = None
    ) -> None:
        self.name = source.name
        way_out = session or ProviderSession(source.name)
        super().__init__(JellyfinClient(source.name, source.url, token, source.account, device_id, way_out))
        self._maps = path_maps(source.path_maps)
        self._unwatched: dict[str, dict[str, list[str]]] = {}
        self._silent = False
        self.rhythm = Rhythm()

    def __repr__(self) -> str:
        """Which server; never the token."""
        return f"JellyfinServer({self.name!r}, {self._client.place})"

    def identify(self) -> ServerIdentity:
        """Test the connection: first whether a Jellyfin server is there, then whether it takes the sign-in, and as whom."""
        with self._client.at_most(attempts=1, read=10.0, overall=15.0):
            about = self._client.about()
            self._client.account()
        return ServerIdentity(about.machine_id, about.name or self.name, about.version)

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """Libraries of films, shows and music that the user may see, in the user's own order."""
        user = self._client.account()
        views, _ = self._client.page("/UserViews", {"userId": user.id})
        found: list[ServerLibrary] = []
        for view in views:
            key = key_of(view)
            if key:
                found += _offered(key, view)
        return tuple(found)

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        """Every entry once, in pages of 1,000, of shows 200; read a second time when the list moved meanwhile."""
        self._unwatched.pop(library.key, None)
        params = self._list_params(library, LIST_FIELDS[library.kind])
        page = SHOW_PAGE if library.kind is MediaKind.SHOW else PAGE
        known: set[str] = set()
        for _ in range(2):
            walk = Walk()
            for entries in walk_entries(self._client, params, walk, page):
                fresh = tuple(entry for entry in entries if entry.key not in known)
                known.update(entry.key for entry in fresh)
                yield ListingPage(fresh, None if walk.total is None else walk.total - walk.nameless)
            if walk.whole or walk.skipped:
                break
        if not walk.whole:
            yield ListingPage((), walk.total, (walk.shortfall(library),), complete=False)

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """Full items, 100 to a request; of a damaged answer the halves are read, down to the entry that does the damage."""
        params: Params = {
            "userId": self._client.account().id,
            "fields": comma(FULL_FIELDS[library.kind]),
            "imageTypeLimit": 1,
            "enableImageTypes": "Primary",
        }
        for first in range(0, len(entries), BATCH):
            wanted = {entry.key: entry for entry in entries[first : first + BATCH]}
            for lines, failures in full_items(self._client, params, list(wanted)):
                names: dict[str, list[str]] = {}
                if library.kind is MediaKind.SHOW:
                    names = yield from self._names_of_unwatched(library, lines, len(entries))
                items = [
                    server_item(line, library.kind, wanted[key], names.get(key, ()))
                    for line in lines
                    if (key := key_of(line)) in wanted
                ]
                yield ItemBatch(tuple(items), failures, self._without_user(library, lines))

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        """A picture that covers the box, scaled down by the server."""
        parts = urlsplit(path)
        if not path.startswith("/Items/") or ".." in parts.path:
            return None
        tag = parse_qs(parts.query).get("tag", [""])[0]
        params: dict[str, str | int] = {"fillWidth": width, "fillHeight": height, "quality": 90, "tag": tag}
        try:
            with self._client.at_most(attempts=1, read=10.0, overall=20.0, most_bytes=16 * 1024 * 1024):
                picture = self._client.image(parts.path, params)
        except (BadStatus, CutReply):
            return None
        return picture if picture and picture.lstrip()[:1] not in (b"<", b"{") else None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """The file where it lies on this computer, else the server's own page for the title."""
        local = first_local(self._maps, files)
        if local is not None:
            return local
        if self._client.address.problem or not key.replace("-", "").isalnum():
            return None
        return f"{self._client.url}/web/#/details?id={key}"

    def stream(self, key: str) -> Iterator[bytes]:
        """The bytes of an entry's file, piece by piece; fits ``library.sources.Streams``."""
        return JellyfinFiles(self._client).pieces(key)

    def changes(self) -> Iterator[Heard]:
        """Ids of what was added, changed, watched or rated, as it happens; fits ``library.sources.TellsChanges``."""
        return JellyfinAlerts(self._client, self.rhythm).changes()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _list_params(self, library: ServerLibrary, fields: Sequence[str]) -> dict[str, str | bool]:
        """What asks for the entries of a library as cheaply as can be; new ones come last, so that pages stand still."""
        return {
            "userId": self._client.account().id,
            "parentId": library.key.partition("/")[0],
            "recursive": True,
            "includeItemTypes": TYPES[library.kind],
            "excludeLocationTypes": "Virtual",
            "collapseBoxSetItems": False,
            "sortBy": "DateCreated,SortName",
            "sortOrder": "Ascending",
            "fields": comma(fields),
            "enableImages": False,
            "enableUserData": True,
            "enableTotalRecordCount": True,
        }

    def _names_of_unwatched(
        self, library: ServerLibrary, shows: list[Line], asked: int
    ) -> Generator[ItemBatch, None, dict[str, list[str]]]:
        """Names of unwatched episodes: of a few shows one by one, of many for the whole library at once.

        Yields an empty batch after each page, where the reading can be stopped.
        """
        known = self._unwatched.get(library.key)
        if known is not None:
            return known
        parents = [library.key.partition("/")[0]]
        if asked <= _FEW_SHOWS:
            parents = [key_of(show) for show in shows if (user_of(show) or {}).get("UnplayedItemCount") != 0]
        found: list[Line] = []
        for parent in parents:
            params = self._list_params(library, ()) | {
                "parentId": parent,
                "includeItemTypes": "Episode",
                "isPlayed": False,
                "enableUserData": False,
            }
            for page in episodes(self._client, params):
                found += page
                yield ItemBatch(())
        names = unwatched_names(found)
        if asked > _FEW_SHOWS:
            self._unwatched[library.key] = names
        return names

    def _without_user(self, library: ServerLibrary, lines: list[Line]) -> tuple[str, ...]:
        """Say once when the server leaves out what the user did: nothing may look unwatched that only was not told."""
        if self._silent or not lines or any(user_of(line) is not None for line in lines):
            return ()
        self._silent = True
        user = self._client.account().name or "this user"
        return (f"The server says nothing of what {user} watched and rated in {library.title}.",)


def _offered(key: str, view: Line) -> list[ServerLibrary]:
    """The libraries that a view of the server stands for: none, one, or two for films and shows together."""
    title = text_of(view, "Name") or f"Library {key}"
    kind = str(view.get("CollectionType") or "").lower()
    if kind in _KINDS:
        return [ServerLibrary(key, title, _KINDS[kind])]
    if kind in _MIXED:
        return [ServerLibrary(f"{key}/{part}", f"{title} ({words})", of) for of, (part, words) in _PARTS.items()]
    return []
