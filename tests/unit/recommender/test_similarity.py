from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from library.library import Library
from recommender.similarity import likeness
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf, snapshot_of


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


def test_a_title_is_most_like_itself_and_then_its_own_sort(library: Library) -> None:
    snapshot, ids = snapshot_of(library), ids_by_title(library)
    titles = ["Star 2", "Star 8", "Heart 1"]
    rows = np.array([snapshot.row_of(ids[title]) for title in titles], dtype=np.int64)
    same, sort, other = likeness(snapshot.features, rows)(int(rows[0]))
    assert same == pytest.approx(1.0, abs=1e-5)
    assert same >= sort > other >= 0.0


def test_being_alike_is_mutual(library: Library) -> None:
    features = snapshot_of(library).features
    rows = np.arange(10, dtype=np.int64)
    compare = likeness(features, rows)
    matrix = np.stack([compare(int(row)) for row in rows])
    assert matrix == pytest.approx(matrix.T, abs=1e-6)


def test_a_series_outweighs_a_shared_genre(library: Library) -> None:
    series = [
        film(300 + n, space=True, key=f"s{n}", title=f"Saga {n}", collection="Saga Collection", keywords=(f"k{n}",))
        for n in range(2)
    ]
    library.items.upsert("demo", "films", series)
    snapshot, ids = snapshot_of(library), ids_by_title(library)
    rows = np.array([snapshot.row_of(ids[title]) for title in ("Saga 1", "Star 2")], dtype=np.int64)
    row = snapshot.row_of(ids["Saga 0"])
    assert row is not None
    sequel, genre = likeness(snapshot.features, rows)(row)
    assert sequel > genre


def test_texts_count_where_both_have_one(library: Library) -> None:
    snapshot = snapshot_of(library)
    ids = snapshot.features.ids
    vectors = np.zeros((3, 2), np.float32)
    vectors[0] = vectors[1] = (1.0, 0.0)
    vectors[2] = (-1.0, 0.0)
    features = snapshot.features.with_text((ids[:3], vectors))
    rows = np.arange(4, dtype=np.int64)
    plain, told = likeness(snapshot.features, rows)(0), likeness(features, rows)(0)
    assert told[1] > plain[1]
    assert told[2] < plain[2]
    assert told[3] == pytest.approx(plain[3])


def test_nothing_known_is_like_nothing(library: Library) -> None:
    bare = film(
        400, space=True, key="bare", title="Bare", genres=(), keywords=(), credits=(), countries=(), language=None
    )
    library.items.upsert("demo", "films", [bare])
    snapshot = snapshot_of(library)
    row = snapshot.row_of(ids_by_title(library)["Bare"])
    assert row is not None
    assert not likeness(snapshot.features, np.arange(len(snapshot), dtype=np.int64))(row).any()
