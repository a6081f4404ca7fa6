"""The files themselves, as a Jellyfin server hands them out."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from library.errors import ProviderDenied, ProviderReplyError
from providers.servers.file_pieces import file_pieces
from providers.servers.jellyfin_client import JellyfinClient


class JellyfinFiles:
    """Fetches files piece by piece; the token goes along in a header."""

    def __init__(self, client: JellyfinClient) -> None:
        self._client = client

    def pieces(self, key: str) -> Iterator[bytes]:
        """The bytes of the file of an entry. A user who may not download may still listen: that sends the same bytes.

        :raises ProviderReplyError: when there is none, or something else than a sound or a film comes.
        """
        path = f"/Items/{key}/Download"

        def fetch(piece: str) -> requests.Response:
            nonlocal path
            try:
                return self._client.content(path, piece)
            except ProviderDenied:
                if not piece.startswith("bytes=0-") or not path.endswith("/Download"):
                    raise
                path = f"/Audio/{key}/stream?static=true"
                return self._client.content(path, piece)

        return file_pieces(fetch, self._problem)

    def _problem(self, message: str) -> ProviderReplyError:
        return ProviderReplyError(self._client.provider, message, "Look whether it plays in Jellyfin.")
