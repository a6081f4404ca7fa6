"""What sort of thing an item is: genres, kind, status, language, and for whom it is meant.

Genres and languages that are found everywhere have a column of their own; any other name goes to one of a few columns by a
hash that never changes. What most titles share says little: a field is centred by how usual each name is, so that two films
in English are hardly more alike for it, and two in Persian are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from encoders.encoder import (
    Doubles,
    Floats,
    bump_rows,
    centred,
    digest_of,
    hashed_column,
    plain_names,
    side_by_side,
)
from library.items import Item, MediaKind
from library.names import genre_names, language_name

SHARES = (0.80, 0.08, 0.05, 0.02, 0.05)  # of genres, language, kind, status and age

# How much of an ordinary title's genres each one is, in round figures (a row of k genres has 1 / sqrt(k) in each).
GENRES = {
    "drama": 0.35,
    "comedy": 0.22,
    "thriller": 0.12,
    "action": 0.10,
    "romance": 0.11,
    "crime": 0.09,
    "adventure": 0.08,
    "horror": 0.06,
    "science fiction": 0.06,
    "fantasy": 0.05,
    "mystery": 0.05,
    "family": 0.04,
    "animation": 0.04,
    "documentary": 0.03,
    "history": 0.03,
    "war": 0.03,
    "music": 0.02,
    "western": 0.01,
    "children": 0.01,
    "biography": 0.01,
    "musical": 0.01,
    "reality": 0.01,
}
OTHER_GENRES = 6

LANGUAGES = {
    "english": 0.75,
    "french": 0.05,
    "japanese": 0.04,
    "german": 0.02,
    "italian": 0.02,
    "spanish": 0.02,
    "korean": 0.01,
}
OTHER_LANGUAGES = 5

KINDS = {MediaKind.MOVIE.value: 0.5, MediaKind.SHOW.value: 0.5, MediaKind.TRACK.value: 0.0}
STATUSES = {"continuing": 0.3, "ended": 0.6, "canceled": 0.1}
OTHER_STATUSES = 1

AGES = np.array([0.0, 6.0, 12.0, 18.0])
AGE_WIDTH = 6.0
_AGE_OF = {
    **dict.fromkeys(("g", "tv-g", "tv-y", "u", "uc", "e", "al", "all", "atp", "t", "tp"), 0),
    **dict.fromkeys(("pg", "tv-pg", "gp"), 8),
    **dict.fromkeys(("m", "r", "tv-ma", "ma"), 17),
    "x": 18,
}
_USUAL_AGES = bump_rows(np.array([0.0, 8.0, 13.0, 15.0, 17.0]), AGES, AGE_WIDTH)


class CategoricalEncoder:
    """Genres, language, kind, status and age, float32 (n, 51): 28 + 12 + 3 + 4 + 4 columns."""

    name = "categorical"
    version = 1
    width = len(GENRES) + OTHER_GENRES + len(LANGUAGES) + OTHER_LANGUAGES + len(KINDS) + len(STATUSES) + 1 + len(AGES)

    def digest(self, item: Item) -> str:
        """What the row of an item is made from."""
        return digest_of(self.name, self.version, _facts(item))

    def encode(self, items: Sequence[Item]) -> Floats:
        """Rows of the items; see ``Encoder``."""
        facts = [_facts(item) for item in items]
        ages = np.array([age for *_, age in facts], dtype=np.float64)
        usual_age = _USUAL_AGES.mean(axis=0)
        fields = (
            _names((genres for genres, *_ in facts), GENRES, OTHER_GENRES),
            _names((languages for _, languages, *_ in facts), LANGUAGES, OTHER_LANGUAGES),
            _names((kinds for _, _, kinds, *_ in facts), KINDS, 0),
            _names((statuses for *_, statuses, _ in facts), STATUSES, OTHER_STATUSES),
            centred(bump_rows(ages, AGES, AGE_WIDTH), usual_age, 1.0 - float(usual_age @ usual_age)),
        )
        return side_by_side(zip(SHARES, fields, strict=True))


Facts = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...], int | None]


def _facts(item: Item) -> Facts:
    """Genres, language, kind and status as names, and the age in years."""
    return (
        tuple(sorted(plain_names(genre_names(genre for genre in item.genres if genre)))),
        plain_names([language_name(item.language)] if item.language else []),
        (item.kind.value,),
        plain_names([item.status]),
        _age(item.content_rating),
    )


def _age(content_rating: str | None) -> int | None:
    """From which age on: the number in "PG-13", "de/16" or "12A", or what the letters stand for; ``None`` where unknown."""
    if not content_rating:
        return None
    rating = content_rating.strip().casefold().rpartition("/")[2].strip()
    number = re.search(r"(?<!\d)\d{1,2}(?!\d)", rating)
    return min(int(number.group()), 18) if number else _AGE_OF.get(rating)


def _names(rows: Iterable[tuple[str, ...]], usual: Mapping[str, float], others: int) -> Doubles:
    """One field of names: unit rows over the known names and the hashed ones, centred by how usual each is."""
    columns = {name: column for column, name in enumerate(usual)}
    named = list(rows)
    field = np.zeros((len(named), len(usual) + others))
    for row, names in enumerate(named):
        for name in names:
            column = columns.get(name)
            if column is None and others:
                column = len(usual) + hashed_column(name, others)
            if column is not None:
                field[row, column] = 1.0
    lengths = np.linalg.norm(field, axis=1, keepdims=True)
    centre = np.array([*usual.values(), *([0.0] * others)])
    return centred(field / np.maximum(lengths, 1.0), centre, 1.0 - float(centre @ centre))
