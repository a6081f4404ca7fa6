"""Titles for measuring the graph: real ones as far as they go, then invented ones whose names are spread like the real ones'.

An invented title has about as many names of each kind as a real one. A share of its names is new, as in real libraries, and
one that is not new is drawn in proportion to how often it was drawn before (preferential attachment), which keeps the
distribution of degrees.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.synthetic import WORDS
from library.items import Credit, CreditRole, Item, MediaKind

NEW_NAME = {"keyword": 0.05, "cast": 0.35, "crew": 0.45, "company": 0.25, "entity": 0.6}
COUNTS = {"keyword": (0, 25), "cast": (5, 10), "crew": (2, 5), "company": (1, 5)}
GENRES = 19


def titles(count: int, data: Path | None) -> tuple[list[Item], str]:
    """So many titles, and where they come from."""
    if data is not None:
        real = list(_real(data))
        if len(real) >= count:
            return real[:count], "real films and shows"
    return list(_invented(count)), "invented, degrees as in real ones"


def _real(data: Path) -> Iterator[Item]:
    from benchmarks.taste_people import film_item

    number = 0
    with gzip.open(data / "movies.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield film_item(number, json.loads(line))
            number += 1
    with gzip.open(data / "tv.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield _show(number, json.loads(line))
            number += 1


def _show(number: int, show: dict[str, object]) -> Item:
    credits = [Credit(name, CreditRole.CREATOR, k) for k, name in enumerate(show["creators"])]  # type: ignore[arg-type,var-annotated]
    credits += [Credit(name, CreditRole.CAST, k) for k, name in enumerate(show["cast"])]  # type: ignore[arg-type,var-annotated]
    return Item(
        id=number,
        kind=MediaKind.SHOW,
        title=str(show["title"]),
        year=show["year"],  # type: ignore[arg-type]
        overview=show["overview"],  # type: ignore[arg-type]
        genres=tuple(show["genres"]),  # type: ignore[arg-type]
        keywords=tuple(show["keywords"]),  # type: ignore[arg-type]
        credits=tuple(credits),
        countries=tuple(show["countries"]),  # type: ignore[arg-type]
        companies=tuple(show["companies"]),  # type: ignore[arg-type]
        language=show["language"],  # type: ignore[arg-type]
    )


def _invented(count: int, seed: int = 3) -> Iterator[Item]:
    numbers = random.Random(seed)
    drawn: dict[str, list[str]] = {kind: [f"{kind} 0"] for kind in NEW_NAME}

    def names(kind: str, how_many: int) -> tuple[str, ...]:
        found = []
        for _ in range(how_many):
            fresh = numbers.random() < NEW_NAME[kind]
            name = f"{kind.capitalize()} {len(drawn[kind])}" if fresh else numbers.choice(drawn[kind])
            drawn[kind].append(name)
            found.append(name)
        return tuple(dict.fromkeys(found))

    for number in range(count):
        many = {kind: numbers.randint(*span) for kind, span in COUNTS.items()}
        entities = " and ".join(name.replace(" ", "x") for name in names("entity", numbers.randint(0, 5)))
        crew = names("crew", many["crew"])
        yield Item(
            id=number,
            kind=MediaKind.MOVIE,
            title=f"{numbers.choice(WORDS).capitalize()} {number}",
            year=min(2026, int(1920 + 106 * numbers.betavariate(4, 1.3))),
            overview=f"They meet {entities} near the {' '.join(numbers.choices(WORDS, k=30))}.",
            genres=tuple(dict.fromkeys(f"Genre {min(int(numbers.expovariate(0.25)), GENRES - 1)}" for _ in range(3))),
            keywords=names("keyword", many["keyword"]),
            credits=(
                *(Credit(name, CreditRole.DIRECTOR, k) for k, name in enumerate(crew[:1])),
                *(Credit(name, CreditRole.WRITER, k) for k, name in enumerate(crew[1:])),
                *(Credit(name, CreditRole.CAST, k) for k, name in enumerate(names("cast", many["cast"]))),
            ),
            companies=names("company", many["company"]),
            countries=(f"Country {min(int(numbers.expovariate(0.5)), 60)}",),
            language=numbers.choice(("en", "en", "en", "fr", "de", "ja", "es", "ko")),
        )
