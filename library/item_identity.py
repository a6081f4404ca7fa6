"""Decides which title an entry of a server is: the same place, the same external ids, or the same name, year and length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from library.items import Description, ExternalId, MediaKind

#: Schemes that name one title worldwide, the most trusted first.
IDENTIFYING_SCHEMES = ("imdb", "tmdb", "tvdb", "musicbrainz", "plex")
RUNTIME_TOLERANCE = 0.10

_TRAILING_ARTICLE = re.compile(r"^(.*\S)\s*,\s*(the|a|an)$")
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_FOLDED.update(
    str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th", "ẞ": "SS", "Æ": "AE", "Œ": "OE", "İ": "I"})
)


def folded(text: str) -> str:
    """The text without accents, letter for letter, so that "Amelie" finds "Amélie" and "Kieslowski" finds "Kieślowski"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return unicodedata.normalize("NFC", "".join(c for c in plain if not "\u0300" <= c <= "\u036f"))


def match_title(title: str) -> str:
    """The title as it is compared: no case, no accents, no punctuation, the article in front."""
    text = folded(title).casefold().strip()
    if found := _TRAILING_ARTICLE.match(text):
        text = f"{found[2]} {found[1]}"
    text = text.replace("&", " and ").replace("'", "").replace("’", "")
    words = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in text).split()
    return " ".join(words) or title.strip().casefold()


def identifying(ids: Iterable[ExternalId]) -> tuple[ExternalId, ...]:
    """Those ids that name a title worldwide, the most trusted scheme first; ids that a server made up are left out."""
    good = [
        found
        for found in ids
        if found.scheme in IDENTIFYING_SCHEMES and found.value and not found.value.startswith(("local:", "none:"))
    ]
    return tuple(sorted(good, key=lambda found: IDENTIFYING_SCHEMES.index(found.scheme)))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an item that an entry could be."""

    id: int
    kind: str
    match_title: str
    year: int | None
    runtime: float | None
    artist: str | None = None
    album: str | None = None
    track_number: int | None = None

    def is_named_like(self, other: Description, title: str) -> bool:
        """Whether name, year and kind are the same, and the length about the same where both are known.

        A track needs its artist and album besides; without a year (or, for a track, an album) a name alone says nothing.
        """
        if self.kind != other.kind or self.match_title != title or not _close(self.runtime, other.runtime):
            return False
        if self.kind == MediaKind.TRACK:
            return (
                _same_name(self.artist, other.artist)
                and _same_name(self.album, other.album)
                and self.track_number == other.track_number
            )
        return self.year is not None and self.year == other.year


def _same_name(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and match_title(one or "") == match_title(other or "")


def _close(one: float | None, other: float | None) -> bool:
    if not one or not other:
        return True
    return abs(one - other) <= RUNTIME_TOLERANCE * max(one, other)


def contradict(ids: Iterable[ExternalId], known: Mapping[str, Collection[str]]) -> bool:
    """Whether the ids name another title than the known ones (scheme -> values): a scheme in common, no value in common."""
    by_scheme: dict[str, set[str]] = {}
    for found in identifying(ids):
        by_scheme.setdefault(found.scheme, set()).add(found.value)
    shared = [scheme for scheme in by_scheme if known.get(scheme)]
    return bool(shared) and not any(by_scheme[scheme] & set(known[scheme]) for scheme in shared)
