from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from library.items import Credit, CreditRole, Item, MediaKind
from recommender.features import ERA_WIDTH, QUALITIES, SYMBOLS, build_features, era_rows

ROOT = Path(__file__).resolve().parents[3]
ARRIVAL = Item(
    id=3,
    kind=MediaKind.MOVIE,
    title="Arrival",
    year=2016,
    runtime=116,
    genres=("Drama", "Science Fiction"),
    keywords=("alien", "language"),
    credits=(
        Credit("Denis Villeneuve", CreditRole.DIRECTOR),
        Credit("Eric Heisserer", CreditRole.WRITER),
        Credit("Amy Adams", CreditRole.CAST),
    ),
    countries=("United States of America",),
    language="en",
    vote_average=7.6,
    vote_count=16_000,
    popularity=40.0,
)
SICARIO = replace(ARRIVAL, id=5, title="Sicario", year=2015, genres=("Crime", "Drama"), keywords=("cartel",))
BARE = Item(id=8, kind=MediaKind.MOVIE, title="Bare")


def test_whole_names_are_kept_never_letters() -> None:
    features = build_features([ARRIVAL, SICARIO, BARE])
    assert set(features.names("genre", 0)) == {"Drama", "Science Fiction"}
    assert set(features.names("crew", 0)) == {"Denis Villeneuve", "Eric Heisserer"}
    assert all(len(name) > 1 for block in SYMBOLS for name in features.vocabulary[block])


def test_known_rows_have_length_one_and_unknown_ones_are_empty() -> None:
    features = build_features([ARRIVAL, SICARIO, BARE])
    for block in SYMBOLS:
        for row in range(3):
            _, values = features.block(block, row)
            assert len(values) == 0 or np.linalg.norm(values) == pytest.approx(1.0, abs=1e-5)
        assert len(features.block(block, 2)[1]) == 0
    assert np.linalg.norm(features.dense["era"], axis=1) == pytest.approx([1, 1, 0], abs=1e-5)
    assert not features.quality[2].any()


def test_what_is_missing_is_neutral_and_never_a_word() -> None:
    features = build_features([BARE, replace(BARE, id=9, vote_average=0.0, vote_count=0, popularity=0.0, runtime=0.0)])
    assert not features.quality.any()
    assert not any(features.vocabulary[block] for block in SYMBOLS)


def test_a_vote_average_counts_without_a_vote_count() -> None:
    known = build_features([replace(BARE, vote_average=9.0)]).quality[0]
    assert known[QUALITIES.index("vote average")] > 0.5
    assert known[QUALITIES.index("votes")] == 0


def test_few_votes_say_less_than_many() -> None:
    features = build_features(
        [replace(BARE, vote_average=9.0, vote_count=3), replace(BARE, id=9, vote_average=9.0, vote_count=9000)]
    )
    assert 0 <= features.quality[0, 0] < features.quality[1, 0]


def test_every_column_has_its_block_and_name() -> None:
    features = build_features([ARRIVAL, SICARIO, BARE])
    named = [features.named(column) for column in range(features.symbols.columns)]
    assert named == [(block, name) for block in SYMBOLS for name in features.vocabulary[block]]
    assert ("cast", "Amy Adams") in named


def test_two_spellings_of_a_genre_are_one() -> None:
    items = [replace(BARE, genres=("Sci-Fi",)), replace(BARE, id=9, genres=("science fiction ",))]
    assert build_features(items).vocabulary["genre"] == ("Science Fiction",)


def test_the_era_is_the_rbf_kernel_of_the_years() -> None:
    years = np.array([1925.0, 1960.0, 1968.0, 2024.0, np.nan])
    rows = era_rows(years).astype(np.float64)
    wanted = np.exp(-((years[:4, None] - years[:4]) ** 2) / (2 * ERA_WIDTH**2))
    assert rows[:4] @ rows[:4].T == pytest.approx(wanted, abs=2e-3)
    assert not rows[4].any()


def test_texts_are_centred_and_an_item_without_one_is_neutral() -> None:
    vectors = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], np.float32)
    features = build_features([ARRIVAL, SICARIO, BARE], (np.array([5, 3]), vectors))
    assert np.linalg.norm(features.text, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)
    assert features.text[0] @ features.text[1] == pytest.approx(-1.0, abs=1e-5)
    assert build_features([ARRIVAL]).with_text(
        (np.array([], dtype=np.int64), np.zeros((0, 3), np.float32))
    ).text.shape == (1, 0)


def test_arrays_and_vocabulary_make_the_features_again() -> None:
    features = build_features([ARRIVAL, SICARIO, BARE])
    again = type(features).from_arrays(features.arrays(), features.vocabulary)
    assert again.spans == features.spans
    assert again.names("cast", 1) == features.names("cast", 1)


def test_the_same_items_give_the_same_numbers_in_every_process() -> None:
    code = (
        "import hashlib; from tests.unit.recommender.test_features import *; f = build_features([ARRIVAL, SICARIO, BARE]);"
        "print(hashlib.sha256(b''.join(a.tobytes() for a in f.arrays().values())).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
