"""Opens what a person hands over, files and archives, without trusting it: limits first, and nothing is unpacked to disk."""

from __future__ import annotations

import codecs
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from library.errors import SettingsError

MOST_ENTRIES = 5_000
MOST_BYTES = 1 << 30
"""Of one file, unpacked."""
MOST_ALL_BYTES = 2 << 30
"""Of one archive, unpacked."""
HIGHEST_RATIO, SMALL = 200, 1 << 20
"""So many bytes out of one packed are those of a trap; what is small may be packed as well as it likes."""
LONGEST_LINE = 1 << 20
HEAD = 1 << 16
_ZIP_START = (b"PK\x03\x04", b"PK\x05\x06")
_STRAY = re.compile("[\udc80-\udcff]+")
_REGULAR_ENDINGS = (".csv", ".json", ".jsonl", ".txt", ".tsv", ".listens")


class Unusable(Exception):
    """One file cannot be read; the reason is the end of the sentence "NAME …". The others go on."""


@dataclass(slots=True, kw_only=True)
class Member:
    """One file to be read, itself or within an archive.

    :param name: as a person knows it: with the folder, within an archive.
    :param size: in bytes, unpacked, as far as the archive tells the truth.
    """

    name: str
    path: Path
    entry: str = ""
    size: int = 0
    encoding: str = ""
    repaired: int = field(default=0)

    def open(self) -> BinaryIO:
        """Its bytes from the beginning, no more of them than the limits allow; raises :class:`Unusable`."""
        try:
            if not self.entry:
                return self.path.open("rb")
            with zipfile.ZipFile(self.path) as archive:
                return io.BufferedReader(_Limited(archive.open(self.entry), self.size))
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
            raise Unusable(f"cannot be read: {_reason(error)}") from error

    def head(self) -> bytes:
        """Its first bytes; raises :class:`Unusable`."""
        with self.open() as stream:
            try:
                return stream.read(HEAD)
            except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise Unusable(f"cannot be read: {_reason(error)}") from error

    def text(self, head: bytes) -> io.TextIOWrapper:
        """Its text; what is not UTF-8 where it should be comes as stray halves, which :meth:`repair` makes letters of."""
        self.encoding = _encoding_of(head)
        errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        return io.TextIOWrapper(self.open(), encoding=self.encoding, errors=errors)

    def repair(self, part: str) -> str:
        """Text with the bytes that are not UTF-8 read as Windows-1252; how many places there were is counted."""
        if part.isascii() or not _STRAY.search(part):
            return part
        self.repaired += 1
        return _STRAY.sub(_western, part)


class _Limited(io.RawIOBase):
    """A stream out of an archive that ends with :class:`Unusable` when more comes out than was announced."""

    def __init__(self, stream: object, announced: int) -> None:
        super().__init__()
        self._stream: BinaryIO = stream  # type: ignore[assignment]
        self._left = min(announced, MOST_BYTES)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read some more."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            found = self._stream.read(len(view))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unusable(f"is damaged: {_reason(error)}") from error
        self._left -= len(found)
        if self._left < 0:
            raise Unusable("is larger than the archive says")
        view[: len(found)] = found
        return len(found)

    def close(self) -> None:
        """Give the archive back."""
        if not self.closed:
            self._stream.close()
        super().close()


def members(path: Path) -> Iterator[Member | tuple[str, str]]:
    """The files that a person handed over in one: itself, or those in an archive.

    What cannot be used comes as its name and the reason, the end of the sentence "NAME …".

    :raises SettingsError: when the file itself cannot be used.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SettingsError(
                f"{path.name} is not a file.", "Choose the exported file itself, or the zip it came in."
            )
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise SettingsError(
            f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}.", "Look whether it is still there."
        ) from error
    if start in _ZIP_START:
        yield from _entries(path)
    elif found.st_size > MOST_BYTES:
        yield path.name, f"is larger than {MOST_BYTES >> 20:,} MB"
    elif not found.st_size:
        yield path.name, "is empty"
    else:
        yield Member(name=path.name, path=path, size=found.st_size)


def _entries(path: Path) -> Iterator[Member | tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SettingsError(
            f"{path.name} is a damaged archive.", "Download it again, or unpack it and choose the files in it."
        ) from error
    if len(entries) > MOST_ENTRIES:
        raise SettingsError(
            f"{path.name} holds {len(entries):,} files, which is more than any export does.",
            "Unpack it and choose the files that matter.",
        )
    total = sum(entry.file_size for entry in entries)
    if total > MOST_ALL_BYTES:
        raise SettingsError(
            f"{path.name} would be {total >> 20:,} MB unpacked, which is more than any export is.",
            "Unpack it and choose the files that matter.",
        )
    for entry in sorted(entries, key=lambda entry: entry.filename):
        name = _shown(entry.filename)
        problem = _problem(entry)
        if problem:
            yield name, problem
        else:
            yield Member(name=name, path=path, entry=entry.filename, size=entry.file_size)


def _problem(entry: zipfile.ZipInfo) -> str:
    """Why a file within an archive is not looked at; empty when it is."""
    if entry.flag_bits & 1:
        return "needs a password"
    if not entry.file_size:
        return "is empty"
    if entry.file_size > MOST_BYTES:
        return f"is larger than {MOST_BYTES >> 20:,} MB"
    if entry.file_size > SMALL and entry.file_size > HIGHEST_RATIO * max(1, entry.compress_size):
        return "is packed so tightly that it must be a trap"
    if not entry.filename.lower().endswith(_REGULAR_ENDINGS):
        return "is not a table or a list"
    return ""


def _shown(name: str) -> str:
    """A name out of an archive as it is shown: nothing in it is a path of this computer."""
    parts = [part for part in re.split(r"[\\/]+", name) if part not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "?" for c in "/".join(parts))[-200:] or "?"


def _encoding_of(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    some = head[:4096]
    if len(some) >= 4 and some[1::2].count(0) > len(some) // 4 and not some[0::2].count(0):
        return "utf-16-le"
    if len(some) >= 4 and some[0::2].count(0) > len(some) // 4 and not some[1::2].count(0):
        return "utf-16-be"
    return "utf-8"


def _western(stray: re.Match[str]) -> str:
    found = bytes(ord(half) - 0xDC00 for half in stray[0])
    try:
        return found.decode("cp1252")
    except UnicodeDecodeError:
        return found.decode("latin-1")


def _reason(error: Exception) -> str:
    words = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]
