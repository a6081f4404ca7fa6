"""Hears from a Plex server when something changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

from library.errors import ProviderDenied, ProviderError
from providers.servers.listening import PURPOSE, Ear, Heard, Rhythm, listen
from providers.servers.plex_client import PlexClient

__all__ = ["PURPOSE", "PlexAlerts", "Rhythm", "changed_keys"]

PATH = "/:/websockets/notifications"
_DONE, _DELETED = 5, 9
logger = logging.getLogger(__name__)


class PlexAlerts:
    """Tells what changed on one server."""

    def __init__(self, client: PlexClient, rhythm: Rhythm) -> None:
        self._client = client
        self._rhythm = rhythm
        self._marks: dict[str, str] | None = None

    def changes(self) -> Iterator[Heard]:
        """Keys of the entries that changed, or of the libraries; ``None`` four times a second while nothing does.

        :raises ProviderDenied: when the server does not take the token.
        :raises ProviderOffline: when the person does not want the server to be reached now.
        """
        url, headers, ledger, fingerprint = self._client.way(PATH)
        ear = Ear(self._client.provider, url, headers, ledger, fingerprint, changed_keys, self._changed_libraries)
        yield from listen(ear, self._rhythm)

    def _changed_libraries(self) -> tuple[str, ...] | None:
        """Keys of the libraries that are another than when they were last looked at; a small question that may fail."""
        try:
            with self._client.at_most(attempts=1, connect=2.0, read=4.0, overall=4.0):
                container = self._client.element("/library/sections")
        except ProviderDenied:
            raise
        except ProviderError as error:
            logger.info("%s could not be asked what changed: %s", self._client.provider, error.message)
            return None
        names = ("contentChangedAt", "updatedAt", "scannedAt")
        now = {
            key: ":".join(section.get(name, "") for name in names)
            for section in container.iterfind("Directory")
            if (key := section.get("key"))
        }
        before, self._marks = self._marks, now
        if before is None:
            return None
        return tuple(key for key, mark in now.items() if before.get(key) != mark) or None


def changed_keys(text: str) -> list[str]:
    """Keys of the entries that a message says were read anew or deleted; none for any other message."""
    try:
        note = json.loads(text)["NotificationContainer"]
        entries = note["TimelineEntry"] if note["type"] == "timeline" else []
        return [
            str(entry["itemID"])
            for entry in entries
            if entry.get("state") in (_DONE, _DELETED) and int(entry["itemID"]) > 0
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
