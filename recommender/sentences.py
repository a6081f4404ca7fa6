"""The sentences about a score: each part of it in words, made from nothing but the part itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.paths import RECOMMENDED
from library.wishes import Subject
from recommender.features import QUALITIES
from recommender.parts import GENERAL, Part, Shared
from recommender.scale import rating_of
from recommender.taste import USUAL, TasteState

NEIGHBOURING_YEARS = 10
SHARED_NAMES = 2

_GENERAL_WORDS = {
    "vote": ("rated highly by people in general", "rated low by people in general"),
    "fame": ("widely known", "little known"),
    "age": ("newer than most", "older than most"),
    "length": ("longer than most", "shorter than most"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What is needed to speak about rows.

    :param titles: title of each row; ``years`` its year, 0 where unknown; ``ids`` its item id.
    :param skipped: rows whose evidence is a skip and not a rating.
    :param liked_beside: ids of the items that a catalogue's users like beside the one that is spoken about.
    """

    titles: Sequence[str]
    years: NDArray[np.int16]
    ids: NDArray[np.int64]
    skipped: frozenset[int] = frozenset()
    liked_beside: frozenset[int] = frozenset()


class Speaker:
    """Puts the parts of one item's score into words.

    :param state: the taste that the score comes from; ``row`` the item it is about.

    ``usual`` is the rating that the person usually gives.
    """

    def __init__(self, state: TasteState, row: int, words: Words, shared: Shared) -> None:
        self._state = state
        self._shared = shared
        self._row = row
        self._words = words
        self.usual = rating_of(state.usual)
        self._ratings: dict[int, float] = {}
        self._sentences: Mapping[str, Callable[[Part], str]] = {
            USUAL: self._usual_words,
            "general": self._general_words,
            "item": self._item_words,
            "era": self._era_words,
        }

    def say(self, part: Part) -> str:
        """What the part is, as a person reads it."""
        return self._sentences.get(part.signal, self._named_words)(part)

    def rated_title(self, part: Part) -> tuple[int | None, float | None]:
        """The id of the one rated title behind a part, and what it was given; ``None`` for a skip, or where there is none."""
        if part.signal != "item":
            return None, None
        position = int(part.rated[0])
        return self._item_id(position), None if self._skipped(position) else self._rating(position)

    def subjects(self, part: Part) -> tuple[Subject, ...]:
        """What a wish can be about, for a part: what it says first, and for a rated title also what is shared with it."""
        if part.signal == USUAL:
            return ()
        if part.signal == "era":
            return (Subject("era", f"{int(self._words.years[self._row]) // 10 * 10}s"),)
        if part.signal != "item":
            return (Subject(part.signal, part.name),)
        position = int(part.rated[0])
        return (Subject("item", self._title(position), self._item_id(position)), *self._story(position))

    def _story(self, position: int) -> list[Subject]:
        """Keywords and series that a rated title shares with this one, the strongest first."""
        named = self._state.covariance.features.named
        return [Subject(*named(column)) for column in self._shared.story_columns(position)[:SHARED_NAMES]]

    def _is_liked_beside(self, position: int) -> bool:
        """Whether a catalogue's users like both, and the ties in the knowledge graph, of which that is one, count for it."""
        if self._item_id(position) not in self._words.liked_beside:
            return False
        covariance = self._state.covariance
        ties = covariance.features.dense["graph"]
        return covariance.weights.blocks["graph"] * float(ties[self._state.rows[position]] @ ties[self._row]) > 0

    def _item_id(self, position: int) -> int:
        return int(self._words.ids[self._state.rows[position]])

    def _rating(self, position: int) -> float:
        if position not in self._ratings:
            self._ratings[position] = round(rating_of(float(self._state.values[position])), 4)
        return self._ratings[position]

    def _average(self, positions: list[int]) -> float:
        return sum(self._rating(position) for position in positions) / len(positions)

    def _title(self, position: int) -> str:
        return self._words.titles[int(self._state.rows[position])]

    def _skipped(self, position: int) -> bool:
        return int(self._state.rows[position]) in self._words.skipped

    def _rated_only(self, positions: NDArray[np.int64]) -> list[int]:
        return [position for position in positions.tolist() if not self._skipped(position)]

    def _usual_words(self, part: Part) -> str:
        return "your usual rating" if len(self._state) else "what people usually give"

    def _general_words(self, part: Part) -> str:
        quality = self._state.covariance.features.quality[self._row]
        level = sum(float(quality[k]) for k, of in enumerate(QUALITIES) if GENERAL[of] == part.name)
        return _GENERAL_WORDS[part.name][0 if level > 0 else 1]

    def _item_words(self, part: Part) -> str:
        position = int(part.rated[0])
        title = self._title(position)
        alike = (part.points >= 0) == (float(self._state.alpha[position]) >= 0)
        if self._skipped(position):
            return f"{'like' if alike else 'unlike'} {title}, which you skipped"
        rating = self._rating(position)
        surprise = self._surprise(part.points if alike else -part.points, rating)
        if alike:
            shared = [RECOMMENDED] if self._is_liked_beside(position) else []
            shared += [subject.name for subject in self._story(position)]
            return f"like {title}, which you gave {rating:g}{surprise}" + (f" ({', '.join(shared)})" if shared else "")
        if part.points >= 0:
            return f"unlike {title}, which you gave {rating:g}{surprise}"
        return f"{title} got {rating:g} from you{surprise}, and this shares less with it than most"

    def _surprise(self, points: float, rating: float) -> str:
        """What to add where ratings speak the other way than they look.

        A rated title counts by how far its rating lies from what everything else led to expect: a 7 can count against.
        """
        if (points >= 0) == (rating >= self.usual):
            return ""
        return ", more than expected" if points >= 0 else ", less than expected"

    def _named_words(self, part: Part) -> str:
        """Who or what is shared, with what the titles that share it were given."""
        rated = self._rated_only(part.rated)
        if not rated:
            return f"{part.name}: you skipped {' and '.join(self._title(k) for k in part.rated[:2].tolist())}"
        average = self._average(rated)
        surprise = self._surprise(part.points, average)
        if len(rated) <= 2:
            return f"{part.name}: " + ", ".join(f"{self._title(k)} {self._rating(k):g}" for k in rated) + surprise
        return f"{part.name}: you gave {len(rated)} of them {average:.1f} on average{surprise}"

    def _era_words(self, part: Part) -> str:
        year = int(self._words.years[self._row])
        years = self._words.years[self._state.rows[part.rated]].astype(np.int64)
        near = part.rated[(years > 0) & (np.abs(years - year) <= NEIGHBOURING_YEARS)]
        rated = self._rated_only(near)
        text = f"from around {year}"
        average = self._average(rated) if rated else self.usual
        if not rated or self._surprise(part.points, average):
            return text  # years farther away decide here
        if len(rated) == 1:
            return f"{text}: {self._title(rated[0])} {average:g}"
        return f"{text}: you gave {len(rated)} of that time {average:.1f} on average"
