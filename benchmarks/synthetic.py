"""Libraries of any size for measuring: invented titles, with people, genres and keywords spread as in real ones.

Names follow a Zipf law, as they do in film catalogues: a few are everywhere and most are rare. Texts get random vectors,
which cost the same as real ones.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from encoders.text import TextEncoder, describe_item, encoder_key, input_digest
from library.feedback import Rating
from library.items import Credit, CreditRole, MediaKind
from library.library import Library
from library.progress import run
from library.settings import SourceSettings, TextModelSettings
from library.sources import ServerItem
from recommender.columns import KINDS
from recommender.snapshot import Snapshot
from recommender.trainer import TrainingPlan, refresh
from recommender.weights import load_weights

MODEL = TextModelSettings().name
DIMENSIONS = 384
AT_ONCE = 500
GENRES = [
    "Drama",
    "Comedy",
    "Thriller",
    "Action",
    "Romance",
    "Adventure",
    "Crime",
    "Horror",
    "Family",
    "Fantasy",
    "Mystery",
    "Animation",
    "History",
    "War",
    "Music",
    "Western",
]
WORDS = [
    "river",
    "night",
    "silver",
    "stone",
    "garden",
    "winter",
    "road",
    "letter",
    "shadow",
    "city",
    "summer",
    "glass",
    "ocean",
    "fire",
    "paper",
    "mountain",
    "morning",
    "clock",
    "iron",
    "mirror",
    "forest",
    "harbour",
    "station",
    "island",
    "window",
    "bridge",
    "autumn",
    "stranger",
    "signal",
    "island",
    "daughter",
    "captain",
]


def fill(library: Library, films: int, shows: int, ratings: int, seed: int = 1) -> Snapshot:
    """Put titles, text vectors and ratings into an empty library, and save the snapshot that the window starts from."""
    numbers = random.Random(seed)
    for kind, count in ((MediaKind.MOVIE, films), (MediaKind.SHOW, shows)):
        for first in range(0, count, AT_ONCE):
            batch = [_item(numbers, kind, number) for number in range(first, min(first + AT_ONCE, count))]
            library.items.upsert("synthetic", kind.value, batch)
    _embed(library, seed)
    ids = [item.id for item in library.items.all(MediaKind.MOVIE)]
    now = time.time()
    with library.database.transaction():
        for number, item_id in enumerate(numbers.sample(ids, ratings)):
            library.feedback.append(Rating(at=now - ratings + number, item_id=item_id, value=numbers.randint(1, 10)))
    source = SourceSettings("synthetic", "folder", "Synthetic", paths=(str(library.home.path),), libraries=())
    library.settings.save(replace(library.settings.load(), sources=(source,)))
    plan = TrainingPlan(MODEL, _no_encoder, load_weights(), library.home.snapshot)
    return run(refresh(library, plan, None))


def _no_encoder() -> TextEncoder:
    raise AssertionError("every text has its vector already")


def _embed(library: Library, seed: int) -> None:
    generator = np.random.default_rng(seed)
    digests = {item.id: input_digest(MODEL, describe_item(item)) for item in library.items.all() if item.kind in KINDS}
    ids = list(digests)
    for first in range(0, len(ids), 2000):
        some = ids[first : first + 2000]
        vectors = generator.standard_normal((len(some), DIMENSIONS)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        library.embeddings.put(
            encoder_key(MODEL), {item_id: (digests[item_id], vectors[k]) for k, item_id in enumerate(some)}
        )


def _item(numbers: random.Random, kind: MediaKind, number: int) -> ServerItem:
    show = kind is MediaKind.SHOW
    cast = [Credit(name, CreditRole.CAST, k) for k, name in enumerate(_names(numbers, "Actor", 10, 120_000))]
    crew = [Credit(name, CreditRole.DIRECTOR, k) for k, name in enumerate(_names(numbers, "Director", 1, 40_000))]
    crew += [Credit(name, CreditRole.WRITER, k) for k, name in enumerate(_names(numbers, "Writer", 2, 60_000))]
    title = " ".join(word.capitalize() for word in numbers.sample(WORDS, numbers.randint(1, 3)))
    return ServerItem(
        kind=kind,
        title=f"{title} {number}",
        year=min(2026, int(1920 + 106 * numbers.betavariate(4, 1.3))),
        runtime=None if show else round(numbers.gauss(105, 18)),
        overview=" ".join(numbers.choices(WORDS, k=45)).capitalize() + ".",
        genres=tuple(dict.fromkeys(GENRES[_zipf(numbers, len(GENRES))] for _ in range(3))),
        keywords=tuple(_names(numbers, "keyword", 9, 20_000)),
        credits=(*cast, *crew),
        companies=tuple(_names(numbers, "Studio", 2, 30_000)),
        countries=tuple(_names(numbers, "Country", 1, 90)),
        language=numbers.choice(("en", "en", "en", "fr", "de", "ja", "es", "ko")),
        vote_average=round(min(10.0, max(1.0, numbers.gauss(6.3, 1.0))), 1),
        vote_count=int(numbers.lognormvariate(5.5, 1.8)),
        seasons=numbers.randint(1, 8) if show else None,
        episodes=numbers.randint(6, 120) if show else None,
        key=str(number),
        version="1",
    )


def _names(numbers: random.Random, word: str, count: int, of: int) -> Iterator[str]:
    seen = {f"{word} {_zipf(numbers, of)}" for _ in range(count)}
    return iter(sorted(seen))


def _zipf(numbers: random.Random, of: int) -> int:
    """A number below ``of``; small ones often."""
    return min(of - 1, int(of ** numbers.random()) - 1)
