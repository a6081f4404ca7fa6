"""Folders of video and music files as a media server: names, Kodi's ``.nfo`` files, posters and tags, read where they lie."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from library.items import MediaKind
from library.sources import Entry, ItemBatch, ListingPage, ServerIdentity, ServerLibrary, TagReader
from providers.servers import names
from providers.servers.describe import Batch, Describer
from providers.servers.shelves import Film, Shelves, Show, Track
from providers.servers.walk import IMAGE, Pace, Walk, unwritten

PAGE = 500
BATCH = 100
MAX_POSTER = 20 * 1024 * 1024

FILMS = ServerLibrary("films", "Films", MediaKind.MOVIE)
SHOWS = ServerLibrary("shows", "Shows", MediaKind.SHOW)
MUSIC = ServerLibrary("music", "Music", MediaKind.TRACK)

_IMAGE_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8", b"BM")


class FolderServer:
    """Any directories with videos and music in them; read-only.

    The directories are walked once for all three libraries; asking for the libraries, or for a list a second time, walks anew.

    :param name: what the user calls the source, for messages.
    :param read_tags: reads the tags of a music file.
    """

    def __init__(self, name: str, paths: Sequence[str], read_tags: TagReader) -> None:
        self._name = name
        self._paths = tuple(paths)
        self._read_tags = read_tags
        self._walk: Walk | None = None
        self._shelves = Shelves()
        self._listed: set[str] = set()

    def identify(self) -> ServerIdentity:
        """See that a folder is there; raises ``ProviderUnavailable`` or ``ProviderDenied`` when none is."""
        self._forget()
        Walk(self._name, self._paths).check()
        places = "\0".join(sorted(self._paths)).encode("utf-8", "surrogateescape")
        return ServerIdentity(machine_id=blake2b(places, digest_size=10).hexdigest(), name=self._name)

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """The three kinds; which of them are empty is known only after a walk. A scan begins with this question."""
        self._forget()
        return (FILMS, SHOWS, MUSIC)

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        """Every entry of a library. Pages without entries come while the directories are walked."""
        if library.key in self._listed:
            self._forget()
        for problems in self._look():
            yield ListingPage((), problems=problems)
        self._listed.add(library.key)
        walk, shelf = self._walk, self._shelf(library)
        assert walk is not None
        page: list[Entry] = []
        pace = Pace()
        for key, found in shelf.items():
            page.append(Entry(key, found.version))
            if len(page) >= PAGE or pace.due():
                yield ListingPage(tuple(page), total=len(shelf))
                page.clear()
                pace.restart()
        walk.look_again()
        yield ListingPage(tuple(page), total=len(shelf), problems=walk.take_problems(), complete=walk.complete)

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """What names, ``.nfo`` files and tags say about these entries.

        Raises ``ProviderUnavailable`` when the drive is gone: half of what is known must not replace the whole.
        """
        for problems in self._look():
            yield ItemBatch((), problems=problems)
        assert self._walk is not None
        describer = Describer(self._name, self._read_tags, self._walk)
        shelf, batch = self._shelf(library), Batch()
        if any(describer.must_guess(shelf[entry.key]) for entry in entries if entry.key in shelf):
            for _ in names.get_ready():
                yield ItemBatch(())
        pace = Pace()
        for entry in entries:
            found = shelf.get(entry.key)
            if found is None:
                batch.failures[entry.key] = "It is not in the folder any more."
                continue
            for _ in describer.describe(found, batch):
                if batch.size >= BATCH or pace.due():
                    yield batch.take()
                    pace.restart()
        yield batch.take()

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        """The picture as it lies there, whatever its size; nothing but pictures within the configured folders."""
        real = os.path.abspath(unwritten(path))
        roots = (os.path.abspath(os.path.expanduser(root)) for root in self._paths)
        if not any(real.startswith(os.path.join(root, "")) for root in roots):
            return None
        if real.rpartition(".")[2].lower() not in IMAGE:
            return None
        try:
            with open(real, "rb") as file:
                if os.fstat(file.fileno()).st_size > MAX_POSTER:
                    return None
                content = file.read(MAX_POSTER)
        except OSError:
            return None
        return content if content.startswith(_IMAGE_BEGINNINGS) else None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """The first of the files that is there."""
        return next((file for file in files if os.path.exists(unwritten(file))), None)

    def close(self) -> None:
        """Forget the walk."""
        self._forget()

    def _forget(self) -> None:
        self._walk, self._shelves = None, Shelves()
        self._listed.clear()

    def _look(self) -> Iterator[tuple[str, ...]]:
        """Walk and sort, unless that is done; yields the problems met so far, often."""
        if self._walk is not None:
            return
        walk, shelves = Walk(self._name, self._paths), Shelves()
        walk.check()
        for _ in walk.steps():
            yield walk.take_problems()
        for _ in shelves.fill(walk.folders):
            yield walk.take_problems()
        self._walk, self._shelves = walk, shelves

    def _shelf(self, library: ServerLibrary) -> dict[str, Film] | dict[str, Show] | dict[str, Track]:
        if library.key == FILMS.key:
            return self._shelves.films
        if library.key == SHOWS.key:
            return self._shelves.shows
        return self._shelves.tracks if library.key == MUSIC.key else {}
