"""Jellyfin servers as this installation knows them: under its own name, and each known again."""

from __future__ import annotations

from library.settings import SourceSettings
from library.sources import ServerIdentity, ServerLibrary
from providers.http import ProviderSession
from providers.servers.installation import Installation
from providers.servers.jellyfin import JellyfinServer


class InstalledJellyfinServer(JellyfinServer):
    """A Jellyfin server of which it is remembered which one it was."""

    def __init__(
        self, installation: Installation, source: SourceSettings, token: str, session: ProviderSession
    ) -> None:
        super().__init__(source, token, installation.client_id, session)
        self._installation = installation
        self._source_id = source.id

    def identify(self) -> ServerIdentity:
        """As ``JellyfinServer.identify``; what the server is called is remembered."""
        identity = super().identify()
        self._installation.remember(self._source_id, identity.machine_id)
        return identity

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """As ``JellyfinServer.libraries``; what the server is called is remembered."""
        found = super().libraries()
        self._installation.remember(self._source_id, self._client.about().machine_id)
        return found
