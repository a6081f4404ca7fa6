"""Which names and ids mean the same title."""

from __future__ import annotations

import pytest

from library.item_identity import contradict, folded, identifying, match_title
from library.items import ExternalId


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amélie", "Amelie"),
        ("The Matrix", "Matrix, The"),
        ("WALL·E", "Wall-E"),
        ("Schindler's List", "Schindler’s list"),
        ("Fast & Furious", "Fast and Furious"),
        ("Den brysomme mannen ", "den  brysomme mannen"),
        ("Smørrebrød", "Smorrebrod"),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert match_title(one) == match_title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Alien", "Aliens"), ("がん", "かん"), ("!", "?"), ("The Thing", "Thing"), ("8½", "8"), ("Рай", "Рои")],
)
def test_names_that_are_not(one: str, other: str) -> None:
    assert match_title(one) != match_title(other)


def test_a_name_is_never_empty() -> None:
    assert match_title("...") == "..."


def test_folding_keeps_other_scripts() -> None:
    assert folded("千と千尋の神隠し") == "千と千尋の神隠し"
    assert folded("Krzysztof Kieślowski, Łódź") == "Krzysztof Kieslowski, Lodz"


def test_ids_that_name_a_title_come_most_trusted_first() -> None:
    ids = [
        ExternalId("plex", "plex://movie/1"),
        ExternalId("tmdb", "7"),
        ExternalId("imdb", "tt1"),
        ExternalId("own", "x"),
    ]
    assert [found.scheme for found in identifying([*ids, ExternalId("plex", "local://5"), ExternalId("tvdb", "")])] == [
        "imdb",
        "tmdb",
        "plex",
    ]


def test_ids_contradict_only_where_both_speak() -> None:
    known = {"imdb": {"tt1"}, "tmdb": {"7"}}
    assert contradict([ExternalId("imdb", "tt2")], known)
    assert not contradict([ExternalId("imdb", "tt2"), ExternalId("tmdb", "7")], known)
    assert not contradict([ExternalId("tvdb", "9")], known)
    assert not contradict([], known)
