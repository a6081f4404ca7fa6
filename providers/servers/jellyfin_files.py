"""The files themselves, as a Jellyfin server hands them out."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from library.errors import ProviderDenied, ProviderReplyError
from providers.http import BadStatus
from providers.servers.jellyfin_client import JellyfinClient

PIECE = 4 * 1024 * 1024
_MEDIA = ("audio/", "video/", "application/octet-stream", "application/ogg")


class JellyfinFiles:
    """Fetches files piece by piece, each within the limits of a request; the token goes along in a header."""

    def __init__(self, client: JellyfinClient) -> None:
        self._client = client

    def pieces(self, key: str) -> Iterator[bytes]:
        """The bytes of the file of an entry. A user who may not download may still listen: that sends the same bytes.

        :raises ProviderReplyError: when there is none, or something else than a sound or a film comes.
        """
        path, start, total = f"/Items/{key}/Download", 0, None
        while total is None or start < total:
            try:
                piece = self._client.content(path, f"bytes={start}-{start + PIECE - 1}")
            except ProviderDenied:
                if start or not path.endswith("/Download"):
                    raise
                path = f"/Audio/{key}/stream?static=true"
                continue
            except BadStatus as error:
                if error.status == 416:  # past its end, or it is empty
                    return
                if error.status == 404:
                    raise self._problem("The server has no file for this title.") from None
                raise
            if not piece.headers.get("Content-Type", "").startswith(_MEDIA):
                raise self._problem("The server sent something else instead of the file.")
            if start and piece.status_code != 206:
                raise self._problem("The server began to send the file again from its beginning.")
            yield piece.content
            start += len(piece.content)
            total = _total(piece)
            if not piece.content or total is None:
                return

    def _problem(self, message: str) -> ProviderReplyError:
        return ProviderReplyError(self._client.provider, message, "Look whether it plays in Jellyfin.")


def _total(piece: requests.Response) -> int | None:
    """How long the whole file is; ``None`` when this was all of it."""
    text = piece.headers.get("Content-Range", "").rpartition("/")[2]
    return int(text) if piece.status_code == 206 and text.isdigit() else None
