"""What this installation has to remember about Plex between two starts: its own name, and which server each source is."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from library.settings import SourceSettings
from library.sources import ServerIdentity, ServerLibrary
from providers.http import ProviderSession
from providers.servers.plex import PlexServer


class PlexInstallation:
    """A small file with this installation's name and the machine ids of its servers. Nothing in it is a secret.

    A file that cannot be read or written costs little: Plex then takes the program for another one, and Play waits for
    the next scan.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def client_id(self) -> str:
        """This installation's own random name, the same in every run."""
        known = self._read().get("client_id", "")
        if not known:
            known = f"homereel-{secrets.token_hex(8)}"
            self._change("client_id", known)
        return known

    def machine_of(self, source_id: str) -> str:
        """Machine id of a source's server; empty while it is not known."""
        return self._read().get(f"machine:{source_id}", "")

    def remember(self, source_id: str, machine_id: str) -> None:
        """Note which server a source is."""
        if machine_id and self.machine_of(source_id) != machine_id:
            self._change(f"machine:{source_id}", machine_id)

    def _read(self) -> dict[str, str]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in stored.items()} if isinstance(stored, dict) else {}

    def _change(self, name: str, value: str) -> None:
        text = json.dumps({**self._read(), name: value}, indent=1)
        with contextlib.suppress(OSError):
            descriptor, part = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(part, self._path)


class InstalledPlexServer(PlexServer):
    """A Plex server that this installation knows again: Play works before the server was asked for anything."""

    def __init__(
        self, installation: PlexInstallation, source: SourceSettings, token: str, session: ProviderSession
    ) -> None:
        super().__init__(source.id, source.name, source.url, token, installation.client_id, session)
        self._installation = installation

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
        """As ``PlexServer.play_target``, with what was remembered."""
        self.machine_id = self.machine_id or self._installation.machine_of(self.source_id)
        return super().play_target(key, files)
