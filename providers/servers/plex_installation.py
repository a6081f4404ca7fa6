"""What this installation has to remember about Plex between two starts: its own name, and which server each source is."""

from __future__ import annotations

from collections.abc import Sequence

from library.path_maps import first_local, path_maps
from library.settings import SourceSettings
from library.sources import ServerIdentity, ServerLibrary
from providers.http import ProviderSession
from providers.servers.installation import Installation
from providers.servers.plex import PlexServer


class PlexInstallation(Installation):
    """What is remembered about Plex."""


class InstalledPlexServer(PlexServer):
    """A Plex server that this installation knows again: Play works before the server was asked for anything."""

    def __init__(
        self, installation: PlexInstallation, source: SourceSettings, token: str, session: ProviderSession
    ) -> None:
        super().__init__(source.id, source.name, source.url, token, installation.client_id, session)
        self._installation = installation
        self._maps = path_maps(source.path_maps)
        self.account = source.account

    def identify(self) -> ServerIdentity:
        """As ``PlexServer.identify``; what the server is called is remembered."""
        identity = super().identify()
        self._installation.remember(self.source_id, self.machine_id)
        return identity

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """As ``PlexServer.libraries``; what the server is called is remembered."""
        found = super().libraries()
        self._installation.remember(self.source_id, self.machine_id)
        return found

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """The file where it lies on this computer; else as ``PlexServer.play_target``, with what was remembered."""
        local = first_local(self._maps, files)
        if local is not None:
            return local
        self.machine_id = self.machine_id or self._installation.machine_of(self.source_id)
        return super().play_target(key, files)
