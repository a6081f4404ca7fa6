"""From which age a title is meant to be watched, read out of the many marks that rating boards give."""

from __future__ import annotations

import re

_AGES = {
    # United States: MPA, and the TV parental guidelines
    "g": 0,
    "pg": 8,
    "pg-13": 13,
    "r": 17,
    "nc-17": 18,
    "x": 18,
    "tv-y": 0,
    "tv-y7": 7,
    "tv-y7-fv": 7,
    "tv-g": 0,
    "tv-pg": 8,
    "tv-14": 14,
    "tv-ma": 17,
    # United Kingdom: BBFC; India, Australia and others use some of the same letters
    "u": 0,
    "uc": 0,
    "12a": 12,
    "r18": 18,
    "u/a": 12,
    "ua": 12,
    "a": 18,
    "m": 15,
    "ma15+": 15,
    "ma 15+": 15,
    "r18+": 18,
    # France, Brazil, Spain, Italy
    "tous publics": 0,
    "tp": 0,
    "l": 0,
    "livre": 0,
    "apta": 0,
    "a/i": 0,
    "t": 0,
    "btl": 0,
    "al": 0,
}
_NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_COUNTRY = re.compile(r"^[a-z]{2}/")
_BOARD = re.compile(r"^(?:rated|fsk|mpaa|mpa|bbfc|kijkwijzer|pegi)[\s:_-]*")


def least_age(mark: str | None) -> int | None:
    """The least age, in years, that a mark such as "PG-13", "TV-MA", "FSK 16" or "de/12" stands for; ``None`` if unknown."""
    if not mark:
        return None
    plain = _BOARD.sub("", _COUNTRY.sub("", mark.strip().casefold()))
    if plain in _AGES:
        return _AGES[plain]
    found = _NUMBER.search(plain)
    age = int(found[1]) if found else None
    return age if age is not None and age <= 21 else None
