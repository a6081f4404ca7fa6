"""Vectors of items, and which of them need making again."""

from __future__ import annotations

import numpy as np
import pytest

from library.embedding_store import EmbeddingStore
from library.library import Library
from tests.unit.library.building import film


@pytest.fixture
def store(library: Library) -> EmbeddingStore:
    library.items.upsert("s", "l", [film(str(number), f"Film {number}") for number in range(600)])
    return library.embeddings


def test_vectors_come_back_exactly_by_rising_id(store: EmbeddingStore) -> None:
    vectors = np.random.default_rng(1).normal(size=(600, 8)).astype(np.float32)
    order = np.random.default_rng(2).permutation(600)
    store.put("m", {int(i) + 1: ("d", vectors[i]) for i in order})
    ids, found = store.all("m")
    assert ids.dtype == np.int64
    assert found.dtype == np.float32
    assert ids.tolist() == list(range(1, 601))
    assert np.array_equal(found, vectors)


def test_nothing_made_yet(store: EmbeddingStore) -> None:
    ids, vectors = store.all("m")
    assert ids.shape == (0,)
    assert vectors.shape == (0, 0)
    assert (store.digests("m"), store.count("m")) == ({}, 0)


def test_encoders_do_not_mix(store: EmbeddingStore) -> None:
    store.put("one", {1: ("a", np.ones(3))})
    store.put("two", {1: ("b", np.zeros(2)), 2: ("c", np.zeros(2))})
    assert store.all("one")[1].tolist() == [[1, 1, 1]]
    assert (store.count("one"), store.count("two")) == (1, 2)


def test_a_vector_made_again_replaces_the_old(store: EmbeddingStore) -> None:
    store.put("m", {1: ("a", np.ones(3))})
    store.put("m", {1: ("b", np.zeros(3))})
    assert store.all("m")[1].tolist() == [[0, 0, 0]]
    assert store.digests("m")[1][0] == "b"


def test_vectors_of_another_width_are_left_out(store: EmbeddingStore, library: Library) -> None:
    now = [1.0]
    made = EmbeddingStore(library.database, clock=lambda: now[0])
    made.put("m", {1: ("a", np.ones(3)), 2: ("a", np.ones(3))})
    now[0] = 2.0
    made.put("m", {2: ("a", np.ones(4)), 3: ("a", np.ones(4))})
    ids, vectors = made.all("m")
    assert ids.tolist() == [2, 3]
    assert vectors.shape == (2, 4)


def test_missing_changed_and_old_ones_are_named_in_the_order_asked(library: Library, store: EmbeddingStore) -> None:
    now = [100.0]
    made = EmbeddingStore(library.database, clock=lambda: now[0])
    made.put("m", {1: ("a", np.ones(3))})
    now[0] = 200.0
    made.put("m", {2: ("a", np.ones(3)), 3: ("a", np.ones(3))})
    asked = {4: "a", 3: "b", 2: "a", 1: "a"}
    assert made.missing_or_stale("m", asked) == [4, 3]
    assert made.missing_or_stale("m", asked, older_than=150.0) == [4, 3, 1]
    assert made.missing_or_stale("other", asked) == [4, 3, 2, 1]
    assert made.digests("m")[1] == ("a", 100.0)


def test_encoders_are_told_with_when_they_worked_and_can_be_forgotten(library: Library, store: EmbeddingStore) -> None:
    EmbeddingStore(library.database, lambda: 100.0).put("one", {1: ("a", np.ones(3))})
    EmbeddingStore(library.database, lambda: 200.0).put("one", {2: ("a", np.ones(3))})
    store.put("two", {number: ("b", np.zeros(2)) for number in range(1, 601)})
    assert store.encoders() == ["one", "two"]
    assert (store.oldest("one"), store.newest("one")) == (100.0, 200.0)
    assert (store.oldest("none"), store.newest("none")) == (None, None)
    store.drop("two")
    assert store.encoders() == ["one"]
    assert store.count("one") == 2
    store.drop("none")
