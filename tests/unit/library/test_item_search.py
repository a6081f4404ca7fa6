"""Searching as one types."""

from __future__ import annotations

import pytest

from library.item_store import ItemStore
from library.items import Credit, CreditRole, MediaKind
from library.library import Library
from tests.unit.library.building import film, show


@pytest.fixture
def store(library: Library) -> ItemStore:
    library.items.upsert(
        "s",
        "l",
        [
            film("1", "Amélie", 2001, credits=(Credit("Audrey Tautou", CreditRole.CAST),), overview="Luck in Paris."),
            film("2", "Paris, Texas", 1984, genres=("Drama",), keywords=("desert", "road trip")),
            film("3", "WALL·E", 2008, overview="A robot cleans up."),
            film("4", "Schindler's List", 1993, original_title="Schindlers Liste"),
            film("5", "Trzy kolory", 1993, credits=(Credit("Krzysztof Kieślowski", CreditRole.DIRECTOR),)),
            film("6", "千と千尋の神隠し", 2001, original_title="Spirited Away"),
            film("7", "M", 1931),
            show("8", "Paris", 2005, overview="A show."),
        ],
    )
    return library.items


def titles(store: ItemStore, text: str, **more) -> list[str]:
    return [item.title for item in store.many(store.search(text, **more))]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("amel", "Amélie"),
        ("AMÉLIE", "Amélie"),
        ("tau", "Amélie"),
        ("audrey tautou", "Amélie"),
        ("tautou amel", "Amélie"),
        ("walle", "WALL·E"),
        ("wall-e", "WALL·E"),
        ("wall e", "WALL·E"),
        ("schindler's l", "Schindler's List"),
        ("schindlers list", "Schindler's List"),
        ("kieslow", "Trzy kolory"),
        ("Kieślow", "Trzy kolory"),
        ("千と", "千と千尋の神隠し"),
        ("spirited", "千と千尋の神隠し"),
        ("desert road", "Paris, Texas"),
        ("drama", "Paris, Texas"),
        ("robot", "WALL·E"),
        ("m", "M"),
    ],
)
def test_what_is_typed_finds_the_title(store: ItemStore, typed: str, found: str) -> None:
    assert found in titles(store, typed)


@pytest.mark.parametrize(
    "typed",
    ["", "   ", '"', '""', "'", "*", "(", "NEAR(a b)", "a AND", "OR", "NOT x", "title:", "-", "a\0b", "^", "{x}", "%", "?" * 500,
     "😀", "a" * 5000, "x " * 500, "rowid:1", "\ud800"],
)  # fmt: skip
def test_nothing_that_can_be_typed_goes_wrong(store: ItemStore, typed: str) -> None:
    assert isinstance(store.search(typed), list)


def test_every_word_must_be_there(store: ItemStore) -> None:
    assert titles(store, "paris texas") == ["Paris, Texas"]
    assert titles(store, "paris nowhere") == []


def test_hits_in_the_title_come_first(store: ItemStore) -> None:
    found = titles(store, "paris")
    assert set(found[:2]) == {"Paris", "Paris, Texas"}
    assert found[2:] == ["Amélie"]


def test_kind_and_limit(store: ItemStore) -> None:
    assert titles(store, "paris", kind=MediaKind.SHOW) == ["Paris"]
    assert titles(store, "paris", kind=MediaKind.MOVIE, limit=1) == ["Paris, Texas"]
    assert titles(store, "paris", limit=0) == []


def test_changed_texts_are_found_and_old_ones_not(store: ItemStore) -> None:
    store.upsert("s", "l", [film("7", "M", 1931, overview="A hunt through Berlin.")])
    assert titles(store, "berlin") == ["M"]
    store.upsert("s", "l", [film("7", "M", 1931, overview="A hunt.")])
    assert titles(store, "berlin") == []


def test_a_word_that_fits_thousands_is_answered_without_ranking(
    store: ItemStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = store.search("paris", kind=MediaKind.MOVIE)
    monkeypatch.setattr("library.item_search.MOST_RANKED", 1)
    assert sorted(store.search("paris", kind=MediaKind.MOVIE)) == sorted(ranked)
    assert titles(store, "paris")[-1] == "Amélie"
    store.mark_removed("s", "l", ["2"])
    assert titles(store, "paris", limit=1) == ["Paris"]
