"""Hears from a Jellyfin server when something changed: in the library, or in what the user watched, rated and liked."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from library.errors import ProviderDenied, ProviderError
from providers.servers.jellyfin_client import JellyfinClient
from providers.servers.jellyfin_items import key_of, user_of
from providers.servers.listening import Ear, Heard, Rhythm, listen

PATH = "/socket"
_ALIVE = json.dumps({"MessageType": "KeepAlive"})
_ITEMS = ("ItemsAdded", "ItemsUpdated", "ItemsRemoved")
_NEWEST = {"sortBy": "DateCreated", "includeItemTypes": "Movie,Series,Episode,Audio", "enableTotalRecordCount": True}
_WATCHED = {"sortBy": "DatePlayed", "includeItemTypes": "Movie,Episode,Audio", "enableTotalRecordCount": False}
logger = logging.getLogger(__name__)


class JellyfinAlerts:
    """Tells what changed on one server, for its user."""

    def __init__(self, client: JellyfinClient, rhythm: Rhythm) -> None:
        self._client = client
        self._rhythm = rhythm
        self._marks: tuple[str, ...] | None = None

    def changes(self) -> Iterator[Heard]:
        """Ids of the entries that changed; ``None`` four times a second while nothing does.

        :raises ProviderDenied: when the server does not take the sign-in.
        :raises ProviderOffline: when the person does not want the server to be reached now.
        """
        url, headers, ledger, fingerprint = self._client.way(PATH)
        ear = Ear(self._client.provider, url, headers, ledger, fingerprint, changed_keys, self._look, sign_of_life)
        yield from listen(ear, self._rhythm)

    def _look(self) -> Heard:
        """Ids of what is new at the top since the last look: two small questions that may fail."""
        try:
            with self._client.at_most(attempts=1, connect=2.0, read=4.0, overall=4.0):
                now = (*self._top(_NEWEST), *self._top(_WATCHED))
        except ProviderDenied:
            raise
        except ProviderError as error:
            logger.info("%s could not be asked what changed: %s", self._client.provider, error.message)
            return None
        before, self._marks = self._marks, now
        if before is None or before == now:
            return None
        return tuple(key for key in (now[0], now[2]) if key) or None

    def _top(self, question: dict[str, Any]) -> tuple[str, str]:
        """The first entry of a list, and what moves when it is watched, or the list becomes longer or shorter."""
        everything: dict[str, Any] = {"userId": self._client.account().id, "recursive": True, "limit": 1}
        lines, total = self._client.page(
            "/Items", {**everything, **question, "sortOrder": "Descending", "enableImages": False}
        )
        if not lines:
            return "", str(total)
        played = (user_of(lines[0]) or {}).get("LastPlayedDate") if isinstance(lines[0], dict) else None
        return key_of(lines[0]), f"{total}:{played}"


def changed_keys(text: str) -> list[str]:
    """Ids of the entries that a message says are new, changed or gone, or were watched or rated."""
    try:
        message = json.loads(text)
        kind, found = message["MessageType"], message["Data"]
        if kind == "LibraryChanged":
            return [key for name in _ITEMS for key in found.get(name) or () if isinstance(key, str)]
        if kind == "UserDataChanged":
            return [key for entry in found["UserDataList"] if isinstance(key := entry.get("ItemId"), str)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return []


def sign_of_life(text: str) -> str:
    """What keeps the conversation going: the server says how long it waits for it, and answers each sign with its own."""
    try:
        kind = json.loads(text)["MessageType"]
    except (ValueError, KeyError, TypeError):
        return ""
    return _ALIVE if kind == "ForceKeepAlive" else ""
