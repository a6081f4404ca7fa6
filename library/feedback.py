"""What a person told the program: rated, skipped, blocked, played. Appended, never changed.

Taking something back is an event of its own (:class:`Retraction`), and so is starting afresh (:class:`Reset`):
the log stays whole, and what counts today is computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LOCAL_USER = "local"
GUEST = "guest"
"""Whose feedback is kept while the program is lent to somebody: nobody's taste learns from it."""
HOMEREEL = "homereel"
BROUGHT_ALONG = frozenset(
    (
        "letterboxd",
        "imdb",
        "trakt",
        "tvtime",
        "movielens",
        "lastfm",
        "listenbrainz",
        "spotify",
        "homereel-export",
        "tmdb",
    )
)
"""Sources of pasts that were brought along, by hand: unlike what a server repeats, it counts even after a reset."""
MIN_RATING, MAX_RATING = 1.0, 10.0


def on_the_scale(rating: float) -> float:
    """An expected rating as somebody could give it: a sum of reasons may lead beyond the ends of the scale."""
    return min(max(rating, MIN_RATING), MAX_RATING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the log.

    :param at: seconds since the epoch.
    :param user: whose feedback it is.
    :param source: who said it: "homereel" for a click, "plex" for a rating read from a server, ...
    :param id: the row in the store; 0 until it is stored.
    """

    at: float
    user: str = LOCAL_USER
    source: str = HOMEREEL
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(Event):
    """A rating from 1 to 10 (halves and other fractions come in from servers).

    :param learn: whether the taste may learn from it; the title counts as rated either way.
    """

    item_id: int
    value: float
    learn: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Event):
    """Not now. Weak evidence against."""

    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Event):
    """Not for me: never shown again until it is unblocked."""

    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(Event):
    """Opened to be watched."""

    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction(Event):
    """Takes the event with the row id ``retracts`` back."""

    retracts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Event):
    """Forget what came before this point (blocks excepted): as if nothing had been rated."""


Interaction = Rating | Skip | Block | Play
AnyEvent = Interaction | Retraction | Reset


@dataclass(frozen=True, slots=True)
class CurrentFeedback:
    """What counts today for one user, computed from the log.

    :param ratings: the latest rating of each rated item, oldest first.
    :param skips: items skipped and not rated since: how often, by item id.
    :param blocked: item id -> the :class:`Block` in force.
    :param played: item id -> when it was last opened from here.
    """

    ratings: tuple[Rating, ...] = ()
    skips: Mapping[int, int] = field(default_factory=dict)
    blocked: Mapping[int, Block] = field(default_factory=dict)
    played: Mapping[int, float] = field(default_factory=dict)

    @property
    def lessons(self) -> tuple[Rating, ...]:
        """The ratings that the taste may learn from, oldest first."""
        return tuple(rating for rating in self.ratings if rating.learn)
