"""One walk over directories: every file that matters with its size and time, and what could not be read.

The walk is the only place that meets the file system's surprises: loops of links, folders that may not be read, names that are
no text, a drive that is pulled out half way. All of them end up as sentences; only a walk that finds none of its folders at
the start raises.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from urllib.parse import unquote_to_bytes

from library.errors import ProviderDenied, ProviderUnavailable
from providers.servers.names import EXTRA_FOLDERS, MAYBE_EXTRA_FOLDERS, is_specials, printable, read_season

VIDEO = frozenset(
    {"3gp", "avi", "divx", "f4v", "flv", "iso", "m2ts", "m2v", "m4v", "mk3d", "mkv", "mov", "mp4", "mpe", "mpeg", "mpg"}
    | {"mts", "ogm", "ogv", "rm", "rmvb", "ts", "vob", "webm", "wmv"}
)
AUDIO = frozenset(
    {"aac", "aif", "aiff", "ape", "dff", "dsf", "flac", "m4a", "mp3", "mpc", "oga", "ogg", "opus", "spx", "tta", "wav"}
    | {"wma", "wv"}
)
IMAGE = frozenset({"jpg", "jpeg", "png", "webp"})
DISC = frozenset({"ifo", "bdmv"})
_OF_USE = VIDEO | AUDIO | IMAGE | DISC | {"nfo"}

# Read anew when the way of reading changes, although no file did.
_READING = b"1"
_GONE = {
    errno.ENOENT,
    errno.EIO,
    errno.ENODEV,
    errno.ENXIO,
    errno.ESTALE,
    errno.ENOTCONN,
    errno.EHOSTDOWN,
    errno.ETIMEDOUT,
}


@dataclass(frozen=True, slots=True)
class File:
    """One file: ``stem`` and ``suffix`` (lower case, no dot) of its name, bytes, and nanoseconds since the epoch."""

    path: str
    stem: str
    suffix: str
    size: int
    modified: int


@dataclass(slots=True, eq=False)
class Folder:
    """One directory with the files of use in it; ``named`` finds them whatever the case of their names.

    :param has_seasons: whether there are folders for the seasons of a show in it.
    """

    path: str
    name: str
    parent: Folder | None
    files: list[File] = field(default_factory=list)
    named: dict[str, File] = field(default_factory=dict)
    has_seasons: bool = False

    def close(self) -> None:
        """All files are known: put them in order."""
        self.files.sort(key=lambda file: file.path)
        for file in self.files:
            self.named.setdefault(f"{file.stem}.{file.suffix}".lower(), file)

    def upwards(self) -> Iterator[Folder]:
        """This folder and all above it, up to the one in the settings."""
        folder: Folder | None = self
        while folder is not None:
            yield folder
            folder = folder.parent

    def having(self, suffixes: frozenset[str]) -> list[File]:
        """The files with one of these suffixes, in the order of their names."""
        return [file for file in self.files if file.suffix in suffixes]

    def first(self, stems: Iterable[str], suffixes: frozenset[str]) -> File | None:
        """The file with the first of these stems that is here."""
        for stem in stems:
            for suffix in sorted(suffixes):
                if file := self.named.get(f"{stem}.{suffix}".lower()):
                    return file
        return None


class Pace:
    """Tells a loop when to yield: more often than each quarter second, however slow the disk."""

    def __init__(self, seconds: float = 0.08) -> None:
        self._seconds = seconds
        self._next = time.monotonic() + seconds

    def due(self) -> bool:
        """Whether it is time; starts the next span when it is."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True

    def restart(self) -> None:
        """Start a span now, after somebody else had the word."""
        self._next = time.monotonic() + self._seconds


class Walk:
    """Reads the directories of one source, once.

    After ``steps()`` has run to its end, ``folders`` holds every folder, ``problems`` what to tell the user, and ``complete`` is
    False when something that may hold media could not be seen.
    """

    def __init__(self, source: str, roots: Sequence[str]) -> None:
        self._source = source
        self._roots = tuple(dict.fromkeys(os.path.abspath(os.path.expanduser(root)) for root in roots))
        self._identities: dict[str, tuple[int, int]] = {}
        self._met: set[tuple[int, int]] = set()
        self._lost: set[str] = set()
        self.folders: list[Folder] = []
        self.problems: list[str] = []
        self.complete = True

    def check(self) -> None:
        """See that there is something to walk.

        :raises ProviderUnavailable: when none of the folders is there; ``ProviderDenied`` when none may be read.
        """
        failures: list[OSError] = []
        for root in self._roots:
            try:
                facts = os.stat(root)
                if not stat.S_ISDIR(facts.st_mode):
                    raise NotADirectoryError(errno.ENOTDIR, "it is not a folder", root)
                os.scandir(root).close()
                self._identities[root] = (facts.st_dev, facts.st_ino)
            except OSError as error:
                failures.append(error)
                self.complete = False
                self.problems.append(f"The folder “{printable(root)}” was left out: {_reason(error)}.")
        if len(failures) == len(self._roots):
            raise self._unusable(failures)

    def steps(self) -> Iterator[None]:
        """Walk; yields whenever some time has passed."""
        if not self._identities:
            self.check()
        pace = Pace()
        links: list[tuple[str, Folder]] = []
        for root in self._identities:
            top = Folder(root, printable(os.path.basename(root) or root), None)
            yield from self._descend(root, [top], links, pace)
        while links:
            root, linked = links.pop()
            yield from self._descend(root, [linked], links, pace)
        self.look_again()

    def look_again(self) -> None:
        """See whether the folders are still the ones that were walked; a drive may have been pulled out since."""
        for root in self._identities:
            if root not in self._lost and not self.still_there(root):
                self._lose(root)

    def still_there(self, path: str) -> bool:
        """Whether the configured folder above ``path`` is there, on the same drive as at the start."""
        for root, identity in self._identities.items():
            if path == root or path.startswith(os.path.join(root, "")):
                try:
                    facts = os.stat(root)
                except OSError:
                    return False
                return (facts.st_dev, facts.st_ino) == identity
        return False

    def take_problems(self) -> tuple[str, ...]:
        """What to tell the user since the last time."""
        problems, self.problems = tuple(self.problems), []
        return problems

    def _descend(self, root: str, stack: list[Folder], links: list[tuple[str, Folder]], pace: Pace) -> Iterator[None]:
        while stack and root not in self._lost:
            folder = stack.pop()
            if not self._meet(root, folder):
                continue
            children: list[tuple[str, bool]] = []
            for _ in self._read(root, folder, children):
                if pace.due():
                    yield
                    pace.restart()
            folder.close()
            self.folders.append(folder)
            folder.has_seasons = any(read_season(name) and not is_specials(name) for name, _ in children)
            for name, linked in _wanted(folder, children):
                child = Folder(os.path.join(folder.path, name), printable(name), folder)
                if linked:
                    links.append((root, child))
                else:
                    stack.append(child)

    def _meet(self, root: str, folder: Folder) -> bool:
        """Whether the folder is new to this walk: a link may lead back to one that was read already."""
        try:
            facts = os.stat(folder.path)
        except OSError as error:
            self._report(root, folder.path, error)
            return False
        identity = (facts.st_dev, facts.st_ino)
        if identity in self._met:
            return False
        self._met.add(identity)
        return True

    def _read(self, root: str, folder: Folder, children: list[tuple[str, bool]]) -> Iterator[None]:
        """Fill in the files of a folder and the names of its folders (with whether they are links)."""
        try:
            with os.scandir(folder.path) as entries:
                for entry in entries:
                    yield
                    if entry.name.startswith("."):
                        continue
                    try:
                        if entry.is_dir():
                            children.append((entry.name, entry.is_symlink()))
                        elif file := _file(entry):
                            folder.files.append(file)
                    except OSError as error:
                        self._report(root, entry.path, error, linked=entry.is_symlink())
        except OSError as error:
            self._report(root, folder.path, error)

    def _report(self, root: str, path: str, error: OSError, linked: bool = False) -> None:
        """Say what could not be read, unless it was merely deleted while the walk went on."""
        if error.errno in _GONE and not self.still_there(root):
            self._lose(root)
        elif linked and error.errno in {errno.ENOENT, errno.ELOOP}:
            self.problems.append(f"“{printable(path)}” is a link that leads nowhere.")
        elif error.errno != errno.ENOENT:
            self.complete = False
            self.problems.append(f"“{printable(path)}” cannot be read: {_reason(error)}.")

    def _lose(self, root: str) -> None:
        self._lost.add(root)
        self.complete = False
        self.problems.append(
            f"The folder “{printable(root)}” disappeared while it was read. Is the drive still connected?"
        )

    def _unusable(self, failures: list[OSError]) -> ProviderUnavailable | ProviderDenied:
        if not self._roots:
            return ProviderUnavailable(self._source, "No folder is chosen.", "Choose one in the configuration.")
        path, reason = printable(self._roots[0]), _reason(failures[0])
        if isinstance(failures[0], PermissionError):
            hint = "Give yourself the right to read it, or choose another folder."
            return ProviderDenied(self._source, f"The folder “{path}” may not be read.", hint)
        hint = "Connect the drive it is on, or choose the folder again in the configuration."
        return ProviderUnavailable(self._source, f"The folder “{path}” cannot be opened: {reason}.", hint)


def fingerprint(files: Iterable[File | None]) -> str:
    """A text that changes whenever one of the files does: the version of an entry."""
    digest = blake2b(_READING, digest_size=10)
    for file in files:
        if file is not None:
            digest.update(f"{file.size}:{file.modified}:".encode() + os.fsencode(file.path) + b"\0")
    return digest.hexdigest()


def written(path: str) -> str:
    """A path as it can be stored and printed: itself, or a ``file:`` address when its name is not valid text."""
    return path if path.isprintable() or _is_text(path) else Path(path).as_uri()


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def unwritten(text: str) -> str:
    """The path that ``written`` was given."""
    return os.fsdecode(unquote_to_bytes(text.removeprefix("file://"))) if text.startswith("file://") else text


def _file(entry: os.DirEntry[str]) -> File | None:
    stem, _, suffix = entry.name.rpartition(".")
    if not stem or suffix.lower() not in _OF_USE:
        return None
    facts = entry.stat()
    if not stat.S_ISREG(facts.st_mode):
        return None
    if suffix.lower() == "ts" and facts.st_size < 1024 * 1024:
        return None  # a text of some program rather than a recording
    return File(entry.path, stem, suffix.lower(), facts.st_size, facts.st_mtime_ns)


def _wanted(folder: Folder, children: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The folders to go into, last name first (they are put on a stack)."""
    has_film_or_show = bool(folder.having(VIDEO)) or "tvshow.nfo" in folder.named or folder.has_seasons
    left_out = EXTRA_FOLDERS | MAYBE_EXTRA_FOLDERS if has_film_or_show else EXTRA_FOLDERS
    return sorted((child for child in children if child[0].lower() not in left_out), reverse=True)


def _reason(error: OSError) -> str:
    reasons = {
        errno.ENOENT: "it is not there",
        errno.EACCES: "you may not read it",
        errno.EPERM: "you may not read it",
        errno.ENOTDIR: "it is not a folder",
        errno.ELOOP: "its links lead in a circle",
        errno.ENAMETOOLONG: "its name is too long",
    }
    return reasons.get(error.errno or 0, error.strerror or "the drive answered with an error")
