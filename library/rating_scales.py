"""How the rating scales of the servers map to ours, both ways. Ours goes from 1 to 10.

=========  ==========================  ==================================  ===========================================
server     its scale                   read as                             written as
=========  ==========================  ==================================  ===========================================
Plex       0 to 10 with fractions;     the same number, at least 1         the number to one decimal
           a star is 2
Jellyfin   0 to 10 with fractions;     the number; without one a           the number to one decimal
           favourites, and likes,      favourite is 9, a like 8, a
           which it works out from     dislike 3
           the number (6.5 and up)
Subsonic   1 to 5 whole stars;         2 for each; without stars a         half the number, rounded half up, at
           favourites                  favourite is 9                      least 1
=========  ==========================  ==================================  ===========================================

Writing is coarser than our scale, so what comes back from a server may be our own rating in its words: see :func:`is_echo`.
"""

from __future__ import annotations

import math

from library.feedback import MAX_RATING, MIN_RATING, on_the_scale
from library.items import Viewing

LIKED, DISLIKED, FAVOURITE = 8.0, 3.0, 9.0
STAR = 2.0


def rating_from(viewing: Viewing) -> float | None:
    """What a person thinks of an entry as far as the server says: 1 to 10, ``None`` when it says nothing.

    A rating counts before a favourite, a favourite before a like.
    """
    if viewing.rating:
        return on_the_scale(viewing.rating)
    if viewing.favourite:
        return FAVOURITE
    if viewing.liked is not None:
        return LIKED if viewing.liked else DISLIKED
    return None


def to_tenths(value: float) -> float:
    """Our rating as Plex and Jellyfin take it."""
    return round(min(max(value, MIN_RATING), MAX_RATING), 1)


def to_stars(value: float) -> int:
    """Our rating as Subsonic takes it: 1 to 5 whole stars."""
    return min(5, max(1, math.floor(value / STAR + 0.5)))


def from_stars(stars: int) -> float | None:
    """Subsonic's stars as a rating from 2 to 10; ``None`` for no stars."""
    return STAR * min(stars, 5) if stars > 0 else None


def is_echo(ours: float, theirs: float, server: str) -> bool:
    """Whether what a server says is our own rating as it was written there, and so nothing new.

    :param server: kind of the source: "plex", "jellyfin" or "subsonic".
    """
    if server == "subsonic":
        return from_stars(to_stars(ours)) == theirs
    return math.isclose(to_tenths(ours), theirs, abs_tol=0.05)
