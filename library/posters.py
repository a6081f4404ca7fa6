"""Keeps posters on disk, so that each is fetched once; the oldest unused ones give way when there is no more room."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path

DEFAULT_LIMIT_BYTES = 500_000_000
KEPT_SHARE = 0.9
_ENDING = ".poster"


class PosterCache:
    """Poster bytes by source, path on the server and size. File names are digests: they tell nothing and hold no token.

    A cache is a convenience: a disk that is full or read-only makes it forgetful, never an error. Used by one thread.
    """

    def __init__(self, directory: Path, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._directory = directory
        self._limit = limit_bytes
        self._size: int | None = None

    def get(self, source_id: str, path: str, width: int = 0, height: int = 0) -> bytes | None:
        """The bytes kept for this poster, or ``None``; asking counts as using."""
        file = self._file(source_id, path, width, height)
        try:
            found = file.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(file)
        return found

    def put(self, source_id: str, path: str, content: bytes, width: int = 0, height: int = 0) -> None:
        """Keep the bytes of a poster, and let the longest unused ones go if there are too many."""
        file = self._file(source_id, path, width, height)
        part = file.with_suffix(f".{os.getpid()}.part")
        known = self.size()
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            before = file.stat().st_size if file.exists() else 0
            part.write_bytes(content)
            os.replace(part, file)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            return
        self._size = known - before + len(content)
        if self._size > self._limit:
            self._make_room()

    def size(self) -> int:
        """How many bytes are kept."""
        if self._size is None:
            self._size = sum(size for _, size, _ in self._files())
        return self._size

    def _file(self, source_id: str, path: str, width: int, height: int) -> Path:
        name = hashlib.sha256(f"{source_id}\0{path}\0{width}x{height}".encode("utf-8", "surrogatepass")).hexdigest()
        return self._directory / name[:2] / f"{name}{_ENDING}"

    def _files(self) -> list[tuple[float, int, Path]]:
        """When last used, size and path of each file; what an interrupted write left behind is cleared away."""
        found = []
        for file in self._directory.glob("??/*"):
            with contextlib.suppress(OSError):
                stat = file.stat()
                if file.suffix == _ENDING:
                    found.append((stat.st_mtime, stat.st_size, file))
                elif stat.st_mtime < time.time() - 3600:
                    file.unlink()
        return found

    def _make_room(self) -> None:
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, file in files:
            if left <= self._limit * KEPT_SHARE:
                break
            with contextlib.suppress(OSError):
                file.unlink()
                left -= size
        self._size = left
