"""Why a title is suggested: the score taken apart, and the sentences made from its parts.

The taste model's score is a sum over (view, rated item). The ledger collects these into terms that a person can read, each
part in exactly one term, so that the terms add up to the score:

    usual       what the person usually gives
    general     what the title's general qualities are worth to them: the public's vote, fame, age, length
    item        likeness in story (texts, keywords, series) to one rated title
    person      everybody who took part in both, over all titles they share
    genre, company, place, era     likewise by name

Reasons are terms of the ledger and nothing else: a sentence is never made from something that was not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from library.feedback import on_the_scale
from recommender.features import QUALITIES, SYMBOLS
from recommender.taste import USUAL, TasteState

SHOWN_TERMS = 30
MOST_REASONS = 3
LEAST_POINTS = 0.03
NEIGHBOURING_YEARS = 10

_STORY = ("keyword", "collection")
_PEOPLE = ("cast", "crew")
_GENERAL = {"vote average": "vote", "votes": "fame", "popularity": "fame", "year": "age", "runtime": "length"}
_GENERAL_WORDS = {
    "vote": ("rated highly by people in general", "rated low by people in general"),
    "fame": ("widely known", "little known"),
    "age": ("newer than most", "older than most"),
    "length": ("longer than most", "shorter than most"),
}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the person would give: expected rating, its standard deviation, and what they usually give (1 to 10)."""

    mean: float
    deviation: float
    usual: float

    @property
    def rating(self) -> float:
        """The expected rating as it is said: the nearest one that can be given."""
        return on_the_scale(self.mean)


@dataclass(frozen=True, slots=True)
class LedgerTerm:
    """One readable part of a score.

    :param signal: "usual", "general", "item", "person", "genre", "company", "place", "era" or "rest".
    :param text: what it is, as a person reads it.
    :param points: what it adds to the score, in rating units.
    :param item_id: the rated title behind it, where it is just one; ``rating`` is what that was given, ``None`` for a skip.
    """

    signal: str
    text: str
    points: float
    item_id: int | None = None
    rating: float | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A score taken apart: ``total`` is the sum of the terms' points, greatest first."""

    terms: tuple[LedgerTerm, ...]
    total: float


@dataclass(frozen=True, slots=True)
class Reason:
    """A term of the ledger, worth a chip."""

    points: float
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this title: the prediction, up to three reasons for it, the strongest against it, and the whole ledger.

    :param curiosity: what the policy added for uncertainty when it ranked the title; not part of the prediction.
    """

    prediction: Prediction
    reasons: tuple[Reason, ...]
    against: Reason | None
    ledger: Ledger
    curiosity: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """What is needed to speak about rows.

    :param titles: title of each row; ``years`` its year, 0 where unknown; ``ids`` its item id.
    :param skipped: rows whose evidence is a skip and not a rating.
    """

    titles: Sequence[str]
    years: NDArray[np.int16]
    ids: NDArray[np.int64]
    skipped: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Part:
    """What ends up in one term: everything of one signal about one name, or about one rated title.

    :param rated: positions in ``TasteState.rows`` of the rated titles behind it, the one with most points first.
    """

    signal: str
    name: str
    points: float
    rated: NDArray[np.int64]


_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Shared:
    """Every name that an item shares with a rated one, as parallel arrays.

    :param owner: int64 (k,): position of the rated item in ``TasteState.rows``.
    :param columns: int64 (k,): column among all symbolic blocks.
    :param points: float64 (k,), in rating units.
    :param in_story: bool (k,): whether the name tells what the title is about.
    """

    owner: NDArray[np.int64]
    columns: NDArray[np.int64]
    points: NDArray[np.float64]
    in_story: NDArray[np.bool_]

    def story_columns(self, position: int) -> list[int]:
        """What a rated item and this one are both about, the strongest first."""
        mine = np.flatnonzero(self.in_story & (self.owner == position))
        order = np.argsort(-np.abs(self.points[mine]), kind="stable")
        columns: list[int] = self.columns[mine[order]].tolist()
        return columns


def explain(state: TasteState, row: int, words: Words, curiosity: float = 0.0) -> Explanation:
    """Take the score of one item apart and say it in words."""
    shared = _shared_names(state, row)
    parts = sorted(_parts(state, row, shared), key=lambda part: (-part.points, part.signal, part.name))
    total = math.fsum(part.points for part in parts)
    speaker = _Speaker(state, row, words, shared)
    worth_a_chip = [part for part in parts if abs(part.points) >= LEAST_POINTS and part.signal != USUAL]
    reasons = [part for part in worth_a_chip if part.points > 0][:MOST_REASONS]
    against = worth_a_chip[-1] if worth_a_chip and worth_a_chip[-1].points < 0 else None
    return Explanation(
        Prediction(total, math.sqrt(float(state.variance[row])), state.usual),
        tuple(Reason(part.points, speaker.say(part)) for part in reasons),
        None if against is None else Reason(against.points, speaker.say(against)),
        _ledger(parts, total, speaker),
        curiosity,
    )


def _ledger(parts: Sequence[_Part], total: float, speaker: _Speaker) -> Ledger:
    """The greatest parts by size as terms, and one term for all the small rest."""
    by_size = sorted(parts, key=lambda part: (part.signal != USUAL, -abs(part.points)))
    kept, rest = by_size[:SHOWN_TERMS], by_size[SHOWN_TERMS:]
    terms = [speaker.term(part) for part in kept]
    if rest:
        points = math.fsum(part.points for part in rest)
        terms.append(LedgerTerm("rest", f"{len(rest)} smaller terms together", points))
    return Ledger(tuple(sorted(terms, key=lambda term: -term.points)), total)


def _parts(state: TasteState, row: int, shared: _Shared) -> Iterator[_Part]:
    """The score in parts, each number of it in exactly one."""
    features, weights, alpha = state.covariance.features, state.covariance.weights, state.alpha
    yield _Part(USUAL, "", weights.usual + weights.bias * math.fsum(alpha), _NOTHING)
    yield from _general_parts(state, row, alpha)
    in_story = shared.in_story
    stories = np.bincount(shared.owner[in_story], weights=shared.points[in_story], minlength=len(alpha))
    if features.text.shape[1]:
        stories = stories + alpha * weights.blocks["text"] * (features.text[state.rows] @ features.text[row])
    told = np.flatnonzero(stories)
    for position, rated in zip(told.tolist(), told[:, None], strict=True):
        yield _Part("item", str(position), float(stories[position]), rated)
    yield from _named_parts(state, shared)
    if features.era.shape[1] and features.era[row].any():
        near = alpha * weights.blocks["era"] * (features.era[state.rows] @ features.era[row])
        if near.any():
            yield _Part("era", "", math.fsum(near), np.flatnonzero(near))


def _general_parts(state: TasteState, row: int, alpha: NDArray[np.float64]) -> Iterator[_Part]:
    """What the general qualities of the title are worth to this person, fame in one part."""
    weights, quality = state.covariance.weights, state.covariance.features.quality
    slopes = np.array(weights.slopes) + np.array(weights.leanings) * (alpha @ quality[state.rows].astype(np.float64))
    points: dict[str, float] = {}
    for name, value in zip(QUALITIES, slopes * quality[row], strict=True):
        if value:
            points[_GENERAL[name]] = points.get(_GENERAL[name], 0.0) + float(value)
    for name, value in points.items():
        yield _Part("general", name, value, _NOTHING)


def _shared_names(state: TasteState, row: int) -> _Shared:
    features, weights = state.covariance.features, state.covariance.weights
    own_columns, own_values = features.symbols.row(row)
    owner, columns, values = features.symbols.gather(state.rows)
    if not len(own_columns):
        return _Shared(_NOTHING, _NOTHING, np.zeros(0), np.zeros(0, np.bool_))
    place = np.minimum(np.searchsorted(own_columns, columns), len(own_columns) - 1)
    match = np.flatnonzero(own_columns[place] == columns)
    owner, place, shared = owner[match], place[match], columns[match].astype(np.int64)
    ends = np.array([features.spans[block][1] for block in SYMBOLS])
    block = np.searchsorted(ends, shared, side="right")
    weight = np.array([weights.blocks[name] for name in SYMBOLS])[block]
    products = values[match].astype(np.float64) * own_values[place].astype(np.float64)
    in_story = np.array([name in _STORY for name in SYMBOLS])[block]
    return _Shared(owner, shared, state.alpha[owner] * weight * products, in_story)


def _named_parts(state: TasteState, shared: _Shared) -> Iterator[_Part]:
    """One part for each shared name; a person who acted and directed is one name."""
    features = state.covariance.features
    others = np.flatnonzero(~shared.in_story)
    owner, columns, points = shared.owner[others], shared.columns[others], shared.points[others]
    found: dict[tuple[str, str], list[int]] = {}
    for column in np.unique(columns).tolist():
        block, name = features.named(column)
        found.setdefault(("person" if block in _PEOPLE else block, name), []).append(column)
    for (signal, name), of in found.items():
        mine = np.isin(columns, of)
        by_rated = np.bincount(owner[mine], weights=points[mine], minlength=len(state))
        rated = np.unique(owner[mine])
        rated = rated[np.argsort(-np.abs(by_rated[rated]), kind="stable")]
        yield _Part(signal, name, math.fsum(points[mine]), rated)


class _Speaker:
    """Puts the parts of one item's score into words.

    :param state: the taste that the score comes from; ``row`` the item it is about.
    """

    def __init__(self, state: TasteState, row: int, words: Words, shared: _Shared) -> None:
        self._state = state
        self._shared = shared
        self._row = row
        self._words = words
        self._usual = state.usual
        self._sentences: Mapping[str, Callable[[_Part], str]] = {
            USUAL: self._usual_words,
            "general": self._general_words,
            "item": self._item_words,
            "era": self._era_words,
        }

    def say(self, part: _Part) -> str:
        """What the part is, as a person reads it."""
        return self._sentences.get(part.signal, self._named_words)(part)

    def term(self, part: _Part) -> LedgerTerm:
        """The part as a term of the ledger."""
        if part.signal != "item":
            return LedgerTerm(part.signal, self.say(part), part.points)
        position = int(part.rated[0])
        rating = None if self._skipped(position) else float(self._state.ratings[position])
        return LedgerTerm("item", self.say(part), part.points, int(self._words.ids[self._state.rows[position]]), rating)

    def _title(self, position: int) -> str:
        return self._words.titles[int(self._state.rows[position])]

    def _skipped(self, position: int) -> bool:
        return int(self._state.rows[position]) in self._words.skipped

    def _rated_only(self, positions: NDArray[np.int64]) -> list[int]:
        return [position for position in positions.tolist() if not self._skipped(position)]

    def _usual_words(self, part: _Part) -> str:
        return "your usual rating" if len(self._state) else "what people usually give"

    def _general_words(self, part: _Part) -> str:
        quality = self._state.covariance.features.quality[self._row]
        level = sum(float(quality[k]) for k, of in enumerate(QUALITIES) if _GENERAL[of] == part.name)
        return _GENERAL_WORDS[part.name][0 if level > 0 else 1]

    def _item_words(self, part: _Part) -> str:
        position = int(part.rated[0])
        title = self._title(position)
        alike = (part.points >= 0) == (float(self._state.alpha[position]) >= 0)
        if self._skipped(position):
            return f"{'like' if alike else 'unlike'} {title}, which you skipped"
        rating = float(self._state.ratings[position])
        surprise = self._surprise(part.points if alike else -part.points, rating)
        if alike:
            named = self._state.covariance.features.named
            shared = [named(column)[1] for column in self._shared.story_columns(position)[:2]]
            return f"like {title}, which you gave {rating:g}{surprise}" + (f" ({', '.join(shared)})" if shared else "")
        if part.points >= 0:
            return f"unlike {title}, which you gave {rating:g}{surprise}"
        return f"{title} got {rating:g} from you{surprise}, and this shares less with it than most"

    def _surprise(self, points: float, rating: float) -> str:
        """What to add where ratings speak the other way than they look.

        A rated title counts by how far its rating lies from what everything else led to expect: a 7 can count against.
        """
        if (points >= 0) == (rating >= self._usual):
            return ""
        return ", more than expected" if points >= 0 else ", less than expected"

    def _named_words(self, part: _Part) -> str:
        """Who or what is shared, with what the titles that share it were given."""
        rated = self._rated_only(part.rated)
        if not rated:
            return f"{part.name}: you skipped {' and '.join(self._title(k) for k in part.rated[:2].tolist())}"
        average = float(self._state.ratings[rated].mean())
        surprise = self._surprise(part.points, average)
        if len(rated) <= 2:
            return (
                f"{part.name}: " + ", ".join(f"{self._title(k)} {self._state.ratings[k]:g}" for k in rated) + surprise
            )
        return f"{part.name}: you gave {len(rated)} of them {average:.1f} on average{surprise}"

    def _era_words(self, part: _Part) -> str:
        year = int(self._words.years[self._row])
        years = self._words.years[self._state.rows[part.rated]].astype(np.int64)
        near = part.rated[(years > 0) & (np.abs(years - year) <= NEIGHBOURING_YEARS)]
        rated = self._rated_only(near)
        text = f"from around {year}"
        average = float(self._state.ratings[rated].mean()) if rated else self._usual
        if not rated or self._surprise(part.points, average):
            return text  # years farther away decide here
        if len(rated) == 1:
            return f"{text}: {self._title(rated[0])} {average:g}"
        return f"{text}: you gave {len(rated)} of that time {average:.1f} on average"
