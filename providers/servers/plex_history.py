"""What one account watched and heard on a Plex server, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from library.errors import ProviderDenied
from library.sources import HistoryEntry
from providers.servers.plex_client import PlexClient
from providers.servers.plex_items import last_part
from providers.servers.plex_reading import PlexReader

OWNER = "1"
"""What a Plex server itself calls the account of its owner, whatever its number at plex.tv."""
_PAGE = 1000


class PlexHistory:
    """Reads the history of the one account that the token belongs to: the owner's token would show everybody's.

    :param owns: says whether the token is the owner's.
    """

    def __init__(self, client: PlexClient, reader: PlexReader, owns: Callable[[], bool]) -> None:
        self._client = client
        self._reader = reader
        self._owns = owns

    def since(self, moment: float, account: str) -> Iterator[tuple[HistoryEntry, ...]]:
        """What was watched from a moment on, the newest first.

        :param account: the server's number of the account, for a token that is not the owner's.
        :raises ProviderDenied: when it is not known whose token it is.
        """
        number = OWNER if self._owns() else account
        if not number:
            raise ProviderDenied(
                self._client.provider,
                "It is not known which person of the server this token belongs to, so nobody's history was read.",
                "Sign in with Plex in Configuration, then it is known.",
            )
        params = {"sort": "viewedAt:desc", "accountID": number}
        if moment > 0:
            params["viewedAt>"] = str(int(moment))
        for page in self._reader.pages("/status/sessions/history/all", params, _PAGE):
            found = [entry for row in page if row.get("accountID", number) == number and (entry := _entry(row))]
            yield tuple(entry for entry in found if entry.at >= moment)
            if found and found[-1].at < moment:
                return  # a server that does not know the condition sends everything


def _entry(row: Element) -> HistoryEntry | None:
    """A line of the history; ``None`` for one whose title is gone, or that has no moment."""
    key = row.get("ratingKey") or last_part(row.get("key"))
    if row.get("type") == "episode":
        key = row.get("grandparentRatingKey") or last_part(row.get("grandparentKey"))
    text = row.get("viewedAt", "")
    return HistoryEntry(key, float(text)) if key and text.isdigit() else None
