"""The people and films of the evaluation set, turned into the product's own items and features."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.taste_graph import networks_of
from encoders.graph import NetworkVectors
from encoders.text import describe_item, load_text_encoder
from library.items import Credit, CreditRole, ExternalId, Item, MediaKind
from library.settings import TextModelSettings
from recommender.features import ItemFeatures, build_features
from recommender.knowledge import side_by_side

KNOWN = (5, 10, 20, 50)
MOST_RANKED, LEAST_RANKED = 400, 20
FOLDS = 5
STARS_TO_RATING = 2.0

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Person:
    """One person's ratings in time order: rows of the features, and values in rating units of 1 to 10."""

    id: int
    rows: Ints
    ratings: Doubles


@dataclass(frozen=True, eq=False)
class Task:
    """Protocol 1 for one person: what is known and what is to be ranked, as positions in ``Person.rows``."""

    known: Ints
    ranked: Ints


@dataclass(frozen=True, eq=False)
class World:
    """The evaluation set.

    :param films: the records as they are in the file, in the order of the features' rows.
    :param texts: float32 (films, d), the sentence embedding of each film.
    :param networks: what each graph network makes of the films.
    :param people: everybody, by id; ``tested`` are the ids to evaluate, ascending.
    """

    films: list[dict[str, Any]]
    items: list[Item]
    features: ItemFeatures
    texts: NDArray[np.float32]
    networks: Mapping[str, NetworkVectors]
    people: dict[int, Person]
    tested: list[int]

    def fold_of(self, person: int) -> int:
        """A person's fold: the position among the tested ones, mod 5."""
        return self.tested.index(person) % FOLDS


def load_world(
    data: Path, cache: Path, test_users: Path | None = None, test_ratings: Path | None = None, threads: int = 1
) -> World:
    """Read films, ratings and people, embed the films' texts and train the graph networks.

    What takes minutes is kept in ``cache``. The features are those of a finished cycle of the program, texts and graph
    included.
    """
    with gzip.open(data / "movies.jsonl.gz", "rt", encoding="utf-8") as file:
        films = [json.loads(line) for line in file]
    items = [film_item(number, film) for number, film in enumerate(films)]
    row_of = {int(film["movie_id"]): row for row, film in enumerate(films)}
    people = _people(_rated(data / "ratings.csv.gz"), row_of)
    if test_ratings is not None:
        people |= _people(_rated(test_ratings), row_of)
    users = test_users or data / "users_dev.txt"
    tested = sorted(int(line) for line in users.read_text().split() if int(line) in people)
    texts = _embed(items, cache, threads)
    networks = networks_of(items, texts, cache, threads)
    features = build_features(items, (np.arange(len(items), dtype=np.int64), texts))
    return World(films, items, features.with_graph(side_by_side(networks)), texts, networks, people, tested)


def task(person: Person, known: int) -> Task | None:
    """The split of protocol 1, or ``None`` where there is too little to rank."""
    order = np.random.RandomState(person.id * 7 + known).permutation(len(person.rows))
    first, rest = order[:known], order[known : known + MOST_RANKED]
    if len(rest) < LEAST_RANKED or np.ptp(person.ratings[rest]) == 0:
        return None
    return Task(first, rest)


def film_item(number: int, film: dict[str, Any]) -> Item:
    """A record of the evaluation set as an item of the library."""
    credits = [Credit(name, CreditRole.DIRECTOR, k) for k, name in enumerate(film["directors"])]
    credits += [Credit(name, CreditRole.WRITER, k) for k, name in enumerate(film["writers"])]
    credits += [Credit(name, CreditRole.CAST, k) for k, name in enumerate(film["cast"])]
    return Item(
        id=number,
        kind=MediaKind.MOVIE,
        title=film["title"],
        year=film["year"],
        release_date=film["release_date"],
        runtime=film["runtime"] or None,
        overview=film["overview"],
        tagline=film["tagline"],
        genres=tuple(film["genres"]),
        keywords=tuple(film["keywords"]),
        credits=tuple(credits),
        countries=tuple(film["countries"]),
        companies=tuple(film["companies"]),
        language=film["language"],
        collection=film["collection"],
        vote_average=film["vote_average"] or None,
        vote_count=film["vote_count"] or None,
        popularity=film["popularity"],
        external_ids=(ExternalId("imdb", film["imdb_id"]),) if film["imdb_id"] else (),
    )


def _rated(path: Path) -> Iterator[tuple[int, int, float, int]]:
    """(person, film, stars, when) of each line; plain or gzipped csv."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in csv.DictReader(file):
            yield int(line["user_id"]), int(line["movie_id"]), float(line["rating"]), int(float(line["timestamp"]))


def _people(ratings: Iterator[tuple[int, int, float, int]], row_of: dict[int, int]) -> dict[int, Person]:
    found: dict[int, list[tuple[int, int, float]]] = {}
    for person, film, stars, at in ratings:
        if film in row_of:
            found.setdefault(person, []).append((at, row_of[film], stars))
    people = {}
    for person, rated in found.items():
        rated.sort(key=lambda entry: entry[0])
        rows = np.array([row for _, row, _ in rated], dtype=np.int64)
        people[person] = Person(person, rows, np.array([STARS_TO_RATING * stars for *_, stars in rated]))
    return people


def _embed(items: list[Item], cache: Path, threads: int) -> NDArray[np.float32]:
    texts = [describe_item(item) for item in items]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    path = cache / f"texts-{digest}.npy"
    if path.exists():
        vectors: NDArray[np.float32] = np.load(path, allow_pickle=False)
        return vectors
    print(f"embedding {len(texts):,} texts, once ...", flush=True)
    encoder = load_text_encoder(TextModelSettings().name, threads)
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    for positions, some in encoder.encode(texts):
        vectors[positions] = some
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors, allow_pickle=False)
    return vectors
