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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.features import QUALITIES
from recommender.taste import USUAL, TasteState

SHOWN_TERMS = 30
MOST_REASONS = 3
LEAST_POINTS = 0.05
NEIGHBOURING_YEARS = 10

_STORY = ("text", "keyword", "collection")
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


@dataclass(slots=True)
class _Group:
    """The parts that end up in one term, while they are being collected."""

    points: list[float] = field(default_factory=list)
    rated: dict[int, float] = field(default_factory=dict)
    names: dict[str, float] = field(default_factory=dict)

    def add(self, points: float, rated_row: int | None = None, name: str = "") -> None:
        self.points.append(points)
        if rated_row is not None:
            self.rated[rated_row] = self.rated.get(rated_row, 0.0) + points
        if name:
            self.names[name] = self.names.get(name, 0.0) + abs(points)


Key = tuple[str, str]


def explain(state: TasteState, row: int, words: Words, curiosity: float = 0.0) -> Explanation:
    """Take the score of one item apart and say it in words."""
    mean, variance = state.predict(row)
    prediction = Prediction(mean, math.sqrt(variance), state.usual)
    terms = _terms(state, row, words)
    ledger = _shortened(terms)
    for_it = [term for term in terms if term.points >= LEAST_POINTS and term.signal != USUAL]
    against = [term for term in terms if term.points <= -LEAST_POINTS and term.signal != USUAL]
    return Explanation(
        prediction,
        tuple(Reason(term.points, term.text) for term in for_it[:MOST_REASONS]),
        Reason(against[-1].points, against[-1].text) if against else None,
        ledger,
        curiosity,
    )


def _terms(state: TasteState, row: int, words: Words) -> list[LedgerTerm]:
    """Every term, most points first."""
    terms = []
    for (signal, name), group in _groups(state, row).items():
        rated = next(iter(group.rated)) if signal == "item" else None
        terms.append(
            LedgerTerm(
                signal,
                _SENTENCES[signal](state, row, name, group, words),
                math.fsum(group.points),
                None if rated is None else int(words.ids[rated]),
                None if rated is None or rated in words.skipped else state.rating_of(rated),
            )
        )
    return sorted(terms, key=lambda term: (-term.points, term.text))


def _groups(state: TasteState, row: int) -> dict[Key, _Group]:
    """Sort every part of the score into exactly one group."""
    groups: dict[Key, _Group] = {}

    def add(key: Key, points: float, rated_row: int | None = None, name: str = "") -> None:
        groups.setdefault(key, _Group()).add(points, rated_row, name)

    for term in state.terms(row):
        if term.rated_row is None:
            key = (USUAL, "") if term.signal == USUAL else ("general", _GENERAL[term.signal])
            add(key, term.points)
        elif term.signal in _STORY:
            shared = state.shared(term.signal, row, term.rated_row)
            add(("item", str(term.rated_row)), term.points, term.rated_row)
            for name, share in shared:
                groups["item", str(term.rated_row)].names[name] = abs(share * term.points)
        elif term.signal == "era":
            add(("era", ""), term.points, term.rated_row)
        else:
            signal = "person" if term.signal in _PEOPLE else term.signal
            for name, share in state.shared(term.signal, row, term.rated_row):
                add((signal, name), share * term.points, term.rated_row, name)
    return groups


def _shortened(terms: list[LedgerTerm]) -> Ledger:
    """The greatest terms by size, and one for all the small rest."""
    total = math.fsum(term.points for term in terms)
    by_size = sorted(terms, key=lambda term: (term.signal != USUAL, -abs(term.points)))
    kept, rest = by_size[:SHOWN_TERMS], by_size[SHOWN_TERMS:]
    if rest:
        points = math.fsum(term.points for term in rest)
        kept.append(LedgerTerm("rest", f"{len(rest)} smaller terms together", points))
    return Ledger(tuple(sorted(kept, key=lambda term: -term.points)), total)


def _usual_words(state: TasteState, row: int, name: str, group: _Group, words: Words) -> str:
    return "your usual rating" if len(state) else "what people usually give"


def _general_words(state: TasteState, row: int, name: str, group: _Group, words: Words) -> str:
    quality = state.covariance.features.quality[row]
    level = sum(float(quality[k]) for k, of in enumerate(QUALITIES) if _GENERAL[of] == name)
    return _GENERAL_WORDS[name][0 if level > 0 else 1]


def _item_words(state: TasteState, row: int, name: str, group: _Group, words: Words) -> str:
    rated = int(name)
    title = words.titles[rated]
    points = math.fsum(group.points)
    if rated in words.skipped:
        return f"{'like' if points < 0 else 'unlike'} {title}, which you skipped"
    rating = state.rating_of(rated) or 0.0
    liked = rating >= state.usual
    if (points >= 0) == liked:
        text = f"like {title}, which you gave {rating:g}"
    elif points >= 0:
        text = f"unlike {title}, which you gave {rating:g}"
    else:
        text = f"{title} got {rating:g} from you, and this shares less with it than most"
    shared = [shared_name for shared_name, _ in sorted(group.names.items(), key=lambda pair: -pair[1])[:2]]
    return f"{text} ({', '.join(shared)})" if shared and text.startswith("like") else text


def _named_words(state: TasteState, row: int, name: str, group: _Group, words: Words) -> str:
    """Who or what is shared, with what the titles that share it were given."""
    rated = sorted(group.rated, key=lambda rated_row: -abs(group.rated[rated_row]))
    given = {rated_row: state.rating_of(rated_row) for rated_row in rated if rated_row not in words.skipped}
    ratings = [rating for rating in given.values() if rating is not None]
    if not ratings:
        return f"{name}: you skipped {_listed([words.titles[rated_row] for rated_row in rated[:2]])}"
    if len(ratings) <= 2:
        return f"{name}: " + ", ".join(f"{words.titles[r]} {rating:g}" for r, rating in given.items())
    return f"{name}: you gave {len(ratings)} of them {np.mean(ratings):.1f} on average"


def _era_words(state: TasteState, row: int, name: str, group: _Group, words: Words) -> str:
    year = words.years[row]
    near = [
        rating
        for rated_row in group.rated
        if rated_row not in words.skipped
        and words.years[rated_row]
        and abs(words.years[rated_row] - year) <= NEIGHBOURING_YEARS
        and (rating := state.rating_of(rated_row)) is not None
    ]
    text = f"from around {year}"
    return f"{text}: you gave {len(near)} of that time {np.mean(near):.1f} on average" if len(near) > 1 else text


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)


_SENTENCES: Mapping[str, Callable[[TasteState, int, str, _Group, Words], str]] = {
    USUAL: _usual_words,
    "general": _general_words,
    "item": _item_words,
    "person": _named_words,
    "genre": _named_words,
    "company": _named_words,
    "place": _named_words,
    "era": _era_words,
}
