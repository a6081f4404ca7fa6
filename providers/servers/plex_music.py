"""The music of a Plex server: tracks with what is kept at their albums, and which of them the server finds alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element

from library.errors import ProviderDenied
from library.sources import Entry, ItemBatch, SoundNeighbour
from providers.servers.plex_client import PlexClient
from providers.servers.plex_items import track_item
from providers.servers.plex_reading import BATCH, DAMAGED, PlexReader

FURTHEST = 0.5
"""Tracks that lie further apart than this, of 1, are not alike; Plex itself asks for half of it."""


class PlexMusic:
    """Reads tracks. A track knows its artist and album; genres, styles and the year lie with the album."""

    def __init__(self, client: PlexClient, reader: PlexReader) -> None:
        self._client = client
        self._reader = reader
        self._album_of: dict[str, str] = {}
        self._albums: dict[str, Element] = {}
        self._former: dict[str, Element] = {}

    def note(self, lines: Iterable[Element]) -> None:
        """Remember from a list which album each track is on, so that albums can be read many at a time."""
        for line in lines:
            key, album = line.get("ratingKey"), line.get("parentRatingKey")
            if key and album:
                self._album_of[key] = album

    def items(self, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """Full tracks, 200 to a request, and their albums, 200 to a request as well; nothing is kept afterwards."""
        expected = list(dict.fromkeys(album for e in entries if (album := self._album_of.get(e.key))))
        try:
            for first in range(0, len(entries), BATCH):
                wanted = {entry.key: entry for entry in entries[first : first + BATCH]}
                for elements, failures in self._reader.full(list(wanted)):
                    here = [e for e in elements if e.get("ratingKey") in wanted]
                    self._read_albums(here, expected)
                    yield ItemBatch(
                        tuple(track_item(e, wanted[e.get("ratingKey", "")], self._album(e)) for e in here), failures
                    )
        finally:
            self._albums, self._former = {}, {}

    def sounds_like(self, key: str, limit: int) -> tuple[SoundNeighbour, ...]:
        """Tracks like this one, the nearest first; empty when the server has not analysed it, or cannot."""
        asked = {"limit": str(limit + 1), "maxDistance": f"{FURTHEST:g}"}
        try:
            with self._client.at_most(attempts=1):
                container = self._client.element(f"/library/metadata/{key}/nearest", asked)
        except (*DAMAGED, ProviderDenied):
            return ()
        found = (
            SoundNeighbour(near, distance)
            for element in container
            if (near := element.get("ratingKey")) and near != key
            if (distance := _distance(element)) is not None
        )
        return tuple(sorted(found, key=lambda neighbour: neighbour.distance)[:limit])

    def _album(self, track: Element) -> Element | None:
        key = track.get("parentRatingKey", "")
        return self._albums.get(key, self._former.get(key))

    def _read_albums(self, tracks: Sequence[Element], expected: list[str]) -> None:
        """Have the albums of these tracks at hand, and, since the address has room, those that come next."""
        here = (track.get("parentRatingKey", "") for track in tracks)
        needed = [key for key in dict.fromkeys(here) if key and key not in self._albums and key not in self._former]
        if not needed:
            return
        ahead = [key for key in expected if key not in needed and key not in self._albums]
        keys = [*needed, *ahead[: max(0, BATCH - len(needed))]]
        expected[:] = ahead[len(keys) - len(needed) :]
        self._former, self._albums = self._albums, {}
        for first in range(0, len(keys), BATCH):
            for elements, _ in self._reader.full(keys[first : first + BATCH]):
                self._albums.update((element.get("ratingKey", ""), element) for element in elements)
        for key in keys:
            self._albums.setdefault(key, Element("Directory"))  # it cannot be had: not asked for again


def _distance(element: Element) -> float | None:
    try:
        return max(0.0, float(element.get("distance", "")))
    except ValueError:
        return None
