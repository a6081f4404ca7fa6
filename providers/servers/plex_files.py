"""The files themselves, as a Plex server hands them out."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from library.errors import ProviderReplyError
from providers.http import BadStatus
from providers.servers.plex_client import PlexClient

PIECE = 4 * 1024 * 1024
_MEDIA = ("audio/", "video/", "application/octet-stream", "application/ogg")


class PlexFiles:
    """Fetches files piece by piece, each within the limits of a request; the token goes along in a header."""

    def __init__(self, client: PlexClient) -> None:
        self._client = client

    def pieces(self, key: str) -> Iterator[bytes]:
        """The bytes of the first file of an entry.

        :raises ProviderReplyError: when there is none, or something else than a sound or a film comes.
        """
        path, start, total = self._path(key), 0, None
        while total is None or start < total:
            try:
                piece = self._client.content(path, {"Range": f"bytes={start}-{start + PIECE - 1}"})
            except BadStatus as error:
                if error.status == 416 and start:
                    return
                raise
            kind = piece.headers.get("Content-Type", "")
            if not kind.startswith(_MEDIA):
                raise self._problem("The server sent something else instead of the file.")
            if start and piece.status_code != 206:
                raise self._problem("The server began to send the file again from its beginning.")
            yield piece.content
            start += len(piece.content)
            total = _total(piece)
            if not piece.content or total is None:
                return

    def _path(self, key: str) -> str:
        container = self._client.element(f"/library/metadata/{key}")
        path = next((path for part in container.iter("Part") if (path := part.get("key"))), "")
        if not path.startswith("/") or path.startswith("//"):
            raise self._problem("The server has no file for this title.")
        return path

    def _problem(self, message: str) -> ProviderReplyError:
        return ProviderReplyError(self._client.provider, message, "Look whether it plays in Plex.")


def _total(piece: requests.Response) -> int | None:
    """How long the whole file is; ``None`` when this was all of it."""
    text = piece.headers.get("Content-Range", "").rpartition("/")[2]
    return int(text) if piece.status_code == 206 and text.isdigit() else None
