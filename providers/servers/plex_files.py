"""The files themselves, as a Plex server hands them out."""

from __future__ import annotations

from collections.abc import Iterator

from library.errors import ProviderReplyError
from providers.servers.file_pieces import file_pieces
from providers.servers.plex_client import PlexClient


class PlexFiles:
    """Fetches files piece by piece; the token goes along in a header."""

    def __init__(self, client: PlexClient) -> None:
        self._client = client

    def pieces(self, key: str) -> Iterator[bytes]:
        """The bytes of the first file of an entry.

        :raises ProviderReplyError: when there is none, or something else than a sound or a film comes.
        """
        path = self._path(key)
        yield from file_pieces(lambda piece: self._client.content(path, {"Range": piece}), self._problem)

    def _path(self, key: str) -> str:
        container = self._client.element(f"/library/metadata/{key}")
        path = next((path for part in container.iter("Part") if (path := part.get("key"))), "")
        if not path.startswith("/") or path.startswith("//"):
            raise self._problem("The server has no file for this title.")
        return path

    def _problem(self, message: str) -> ProviderReplyError:
        return ProviderReplyError(self._client.provider, message, "Look whether it plays in Plex.")
