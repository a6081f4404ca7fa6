"""Genres, language, kind, status and age: columns that stay where they are."""

from __future__ import annotations

import numpy as np
import pytest

from encoders.categorical import AGES, GENRES, LANGUAGES, OTHER_GENRES, OTHER_LANGUAGES, CategoricalEncoder
from library.items import Item
from tests.unit.encoders.titles import alien, bare, twin_peaks

GENRE_PART = slice(0, len(GENRES) + OTHER_GENRES)
LANGUAGE_PART = slice(GENRE_PART.stop, GENRE_PART.stop + len(LANGUAGES) + OTHER_LANGUAGES)
STATUS_PART, AGE_PART = slice(-8, -4), slice(-len(AGES), None)


def part(item: Item, columns: slice) -> np.ndarray:
    return CategoricalEncoder().encode([item])[0, columns].astype(np.float64)


def above(genres: tuple[str, ...]) -> list[str]:
    """The genre columns in which a title has more than usual."""
    found = part(bare(genres=genres), GENRE_PART)
    names = [*GENRES, *(f"other {k}" for k in range(OTHER_GENRES))]
    return [name for name, value in zip(names, found, strict=True) if value > 0.0]


def test_a_genre_has_its_own_column() -> None:
    assert above(("Drama",)) == ["drama"]
    assert above(("Western", "Comedy")) == ["comedy", "western"]
    assert above(("Sci-Fi & Fantasy",)) == ["science fiction", "fantasy"]


def test_a_genre_nobody_foresaw_always_goes_to_the_same_other_column() -> None:
    (column,) = above(("Heimatfilm",))
    assert column == "other 3"
    assert above(("heimatfilm ",)) == [column]
    assert len({above((f"Genre {n}",))[0] for n in range(60)}) == OTHER_GENRES


def test_what_all_share_says_little_and_what_few_share_says_much() -> None:
    def together(language: str) -> float:
        found = part(bare(language=language), LANGUAGE_PART)
        return float(found @ found)

    assert together("fa") > 5 * together("en") > 0.0
    drama, western = (part(bare(genres=(name,)), GENRE_PART) for name in ("Drama", "Western"))
    assert western @ western > drama @ drama
    assert drama @ western < 0.0


def test_a_film_is_not_a_show() -> None:
    assert part(bare(), slice(-11, -8)) @ part(twin_peaks(), slice(-11, -8)) < 0.0
    assert not part(bare(), STATUS_PART).any()
    assert part(twin_peaks(status="ended"), STATUS_PART) @ part(twin_peaks(), STATUS_PART) > 0.0
    assert part(twin_peaks(status="Continuing"), STATUS_PART) @ part(twin_peaks(), STATUS_PART) < 0.0


@pytest.mark.parametrize(
    ("some", "same"),
    [
        ("PG-13", "gb/13"),
        ("TV-14", "14"),
        ("R", "TV-MA"),
        ("de/16", "FSK 16"),
        ("G", "fr/U"),
        ("12A", "12"),
        ("NC-17", "17+"),
    ],
)
def test_ratings_of_all_countries_are_an_age(some: str, same: str) -> None:
    found = part(bare(content_rating=some), AGE_PART)
    assert found.any()
    assert np.array_equal(found, part(bare(content_rating=same), AGE_PART))


def test_for_children_is_far_from_for_adults() -> None:
    child, adult, older = (part(bare(content_rating=rating), AGE_PART) for rating in ("G", "R", "NC-17"))
    assert adult @ older > 0.0 > adult @ child


@pytest.mark.parametrize("unknown", ["Not Rated", "NR", "Unrated", "", None, "1979"])
def test_a_rating_that_says_no_age_is_unknown(unknown: str | None) -> None:
    assert not part(bare(content_rating=unknown), AGE_PART).any()


def test_a_field_of_which_nothing_is_known_is_empty() -> None:
    row = CategoricalEncoder().encode([bare()])[0]
    assert row[GENRE_PART.stop :].any(), "a film is a film"
    assert not row[GENRE_PART].any()
    assert not row[LANGUAGE_PART].any()
    assert part(alien(), LANGUAGE_PART).any()
