"""What the tabs show and say: frozen values made from items and explanations, with the words already chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from library.enrich import NAMES
from library.items import CreditRole, Item, MediaKind
from library.metadata_store import LookUp
from library.settings import DEMO_SOURCE, DialPreset, DialSettings, RecommendationSettings, Settings

if TYPE_CHECKING:
    from library.wishes import Wish
    from recommender.explain import Explanation

SEPARATOR = " · "
RATING_WORDS = (
    "awful",
    "very bad",
    "bad",
    "weak",
    "so-so",
    "all right",
    "good",
    "very good",
    "excellent",
    "a favourite",
)
_STATUS = {"Continuing": "still running", "Ended": "ended", "Canceled": "cancelled"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One title to decide about, as the tab shows it.

    :param facts: one line: year, length, genres, who made it.
    :param explanation: the prediction with its reasons and its ledger; ``None`` while there is none yet.
    :param ratings: how many titles the user has rated so far; 0 makes the prediction a first guess.
    :param playable: whether there is something to open.
    :param wishes: the wishes in force, so that the reasons can say which of them were asked for already.
    :param wishable: whether the reasons take wishes now; a guest makes none.
    :param origin: which catalogue some of it comes from, or that one does not know it; empty where none was asked.
    """

    item_id: int
    kind: MediaKind
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    facts: str = ""
    tagline: str = ""
    overview: str = ""
    cast: tuple[str, ...] = ()
    explanation: Explanation | None = None
    ratings: int = 0
    playable: bool = True
    wishes: tuple[Wish, ...] = ()
    wishable: bool = True
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class ShelfEntry:
    """One small poster: of the shelf "Up next", or a line of the search results.

    :param mean: the rating the user would give, when it is known.
    """

    item_id: int
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    mean: float | None = None

    @property
    def label(self) -> str:
        """The title with its year."""
        return f"{self.title} ({self.year})" if self.year else self.title


@dataclass(frozen=True, kw_only=True)
class FilterChoice:
    """What the filter bar is set to.

    :param max_minutes: the longest length wanted; ``None`` for any.
    :param finish_by: the time of day at which it must be over; ``None`` when that does not matter.
    :param decade: the first year of it: 1990.
    :param text: what is typed into the search field.
    :param among: only these item ids: what was encircled on the taste map; ``None`` for all.
    """

    max_minutes: float | None = None
    finish_by: time | None = None
    genre: str | None = None
    decade: int | None = None
    unseen_only: bool = False
    text: str = ""
    among: frozenset[int] | None = None

    @property
    def active(self) -> bool:
        """Whether anything is filtered at all."""
        return self != FilterChoice()

    def minutes(self, now: datetime) -> float | None:
        """The longest length that still fits, in minutes, when it is ``now``; ``None`` for any length."""
        if self.finish_by is None:
            return self.max_minutes
        end = now.replace(hour=self.finish_by.hour, minute=self.finish_by.minute, second=0, microsecond=0)
        if end <= now:
            end += timedelta(days=1)
        return (end - now).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class DialChoice:
    """Where all the dials stand.

    :param adventure: as in :class:`RecommendationSettings`; the others as in :class:`DialSettings`.
    """

    adventure: float = RecommendationSettings().adventure
    obscure: float = 0.0
    dark: float = 0.0
    long: float = 0.0
    new: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> DialChoice:
        """What is configured."""
        dials = settings.dials
        return cls(settings.recommendation.adventure, dials.obscure, dials.dark, dials.long, dials.new)

    @classmethod
    def of_preset(cls, preset: DialPreset) -> DialChoice:
        """What was kept under a name."""
        return cls(preset.adventure, preset.obscure, preset.dark, preset.long, preset.new)

    @property
    def turned(self) -> int:
        """How many of them are off neutral."""
        neutral = DialChoice()
        return sum(getattr(self, field.name) != getattr(neutral, field.name) for field in fields(self))

    def named(self, name: str) -> DialPreset:
        """The same under a name."""
        return DialPreset(name, self.adventure, self.obscure, self.dark, self.long, self.new)

    def sections(self, settings: Settings) -> dict[str, Any]:
        """The sections of the settings that the dials belong to, with the dials as they stand."""
        return {
            "recommendation": replace(settings.recommendation, adventure=self.adventure),
            "dials": DialSettings(self.obscure, self.dark, self.long, self.new),
        }


@dataclass(frozen=True, slots=True)
class LastRating:
    """The rating that was given last, and whether the taste learns from it."""

    item_id: int
    title: str
    value: float
    learn: bool = True


def make_card(
    item: Item,
    explanation: Explanation | None = None,
    *,
    ratings: int = 0,
    playable: bool = True,
    wishes: Sequence[Wish] = (),
    wishable: bool = True,
    origin: str = "",
) -> Card:
    """The card of an item: what is unknown leaves no trace."""
    return Card(
        item_id=item.id,
        kind=item.kind,
        title=item.title,
        year=item.year,
        genres=item.genres,
        facts=facts_line(item),
        tagline=item.tagline or "",
        overview=item.overview or "",
        cast=item.people(CreditRole.CAST)[:6],
        explanation=explanation,
        ratings=ratings,
        playable=playable,
        wishes=tuple(wishes),
        wishable=wishable,
        origin=origin,
    )


def origin_words(look_ups: Sequence[LookUp]) -> str:
    """Which catalogue some of a title's words come from, or that it is not found; empty where none was asked."""
    found = [NAMES[one.catalog] for one in look_ups if one.found and one.catalog in NAMES]
    if found:
        return f"With words from {' and '.join(found)}. Is it another title?"
    asked = [NAMES[one.catalog] for one in look_ups if one.catalog in NAMES]
    return f"Not found at {' and '.join(asked)}. Look for it" if asked else ""


def playable(item: Item) -> bool:
    """Whether there is something to open: a file or a server that knows the title, not the demo library alone."""
    return any(place.files or place.source_id != DEMO_SOURCE.id for place in item.places)


def make_shelf_entry(item: Item, mean: float | None = None) -> ShelfEntry:
    """The small poster of an item."""
    return ShelfEntry(item_id=item.id, title=item.title, year=item.year, genres=item.genres, mean=mean)


def facts_line(item: Item) -> str:
    """One line of facts: for a film "2016 · 1h 56m · Drama · Denis Villeneuve", for a show its seasons and state."""
    parts = _show_facts(item) if item.kind is MediaKind.SHOW else _film_facts(item)
    return SEPARATOR.join(part for part in parts if part)


def _film_facts(item: Item) -> list[str]:
    directors = ", ".join(item.people(CreditRole.DIRECTOR)[:2])
    year = str(item.year) if item.year else ""
    return [year, length_words(item.runtime), ", ".join(item.genres[:3]), directors, _resume_words(item)]


def _show_facts(item: Item) -> list[str]:
    creators = ", ".join(item.people(CreditRole.CREATOR)[:2])
    return [
        _years_words(item),
        counted(item.seasons, "season"),
        counted(item.episodes, "episode"),
        _STATUS.get(item.status or "", ""),
        ", ".join(item.genres[:2]),
        creators,
        _next_words(item),
    ]


def _years_words(item: Item) -> str:
    if not item.year:
        return ""
    if item.end_year and item.end_year != item.year:
        return f"{item.year}–{item.end_year}"
    return f"since {item.year}" if item.status == "Continuing" else str(item.year)


def _resume_words(item: Item) -> str:
    offset = max((place.viewing.view_offset or 0.0 for place in item.places), default=0.0)
    return f"stopped at {length_words(offset)}" if offset >= 1 else ""


def _next_words(item: Item) -> str:
    if item.seen:
        return "all seen"
    waiting = [place.viewing.unwatched[0] for place in item.places if place.viewing.unwatched]
    started = any(place.viewing.watched_episodes for place in item.places)
    return f"next: {min(waiting)}" if waiting and started else ""


def length_words(minutes: float | None) -> str:
    """A length as people write it: "1h 57m", "2h", "45m"; empty when it is not known."""
    if not minutes or minutes < 1:
        return ""
    hours, rest = divmod(round(minutes), 60)
    return " ".join(part for part in (f"{hours}h" if hours else "", f"{rest}m" if rest else "") if part)


def counted(number: int | None, noun: str) -> str:
    """A number with its noun: "1 season", "4 seasons"; empty when it is not known."""
    if not number:
        return ""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def kind_words(kind: MediaKind) -> tuple[str, str]:
    """What one of this kind is called, and many of them."""
    return {
        MediaKind.MOVIE: ("film", "films"),
        MediaKind.SHOW: ("show", "shows"),
        MediaKind.TRACK: ("track", "tracks"),
    }[kind]


def rating_words(value: int) -> str:
    """A rating with the word for it: "8 · very good"."""
    return f"{value}{SEPARATOR}{RATING_WORDS[value - 1]}"


def points_words(points: float, digits: int = 1) -> str:
    """Points with their sign, with a real minus: "+0.9", "−0.2"; as many digits as it takes to see something."""
    if round(points, digits) == 0 and abs(points) >= 0.005:
        digits = 2
    return f"{'−' if points < 0 else '+'}{abs(round(points, digits)):.{digits}f}"


def prediction_words(card: Card) -> tuple[str, str]:
    """The sentence about the rating the user would give, and how sure that is."""
    if card.explanation is None:
        return "", ""
    prediction = card.explanation.prediction
    spread = f"± {prediction.deviation:.1f}"
    if card.ratings == 0:
        return f"A first guess: {prediction.rating:.1f}", f"{spread}{SEPARATOR}every rating makes it more your own"
    return f"You would give it {prediction.rating:.1f}", f"{spread}{SEPARATOR}usual for you: {prediction.usual:.1f}"


def count_words(remaining: int, total: int, kind: MediaKind) -> str:
    """How many titles the filters leave: "318 of 1,942 films"."""
    one, many = kind_words(kind)
    if remaining == total:
        return f"{total:,} {one if total == 1 else many}"
    return f"{remaining:,} of {total:,} {many}"
