"""Which names and ids mean the same title."""

from __future__ import annotations

import pytest

from library.item_identity import (
    Named,
    Sameness,
    contradict,
    folded,
    forms_of,
    identifying,
    match_title,
    same_title,
)
from library.items import Credit, CreditRole, Description, ExternalId, MediaKind


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


def film(title: str, year: int | None = 2000, runtime: float | None = None, **more: object) -> Named:
    credits = tuple(Credit(name, CreditRole.DIRECTOR) for name in more.pop("directors", ()))  # type: ignore[attr-defined]
    kind = more.pop("kind", MediaKind.MOVIE)
    return Named.of(Description(kind=kind, title=title, year=year, runtime=runtime, credits=credits, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (film("The Godfather Part II"), film("The Godfather: Part 2")),
        (film("Rocky II"), film("Rocky 2")),
        (film("Kill Bill: Vol. 1"), film("Kill Bill, Volume One")),
        (film("Deathly Hallows Part Two"), film("Deathly Hallows: Part II")),
        (film("Wadjda", original_title="وجدة"), film("وجدة")),
        (film("Amelie", runtime=122), film("Amélie", runtime=121)),
        (film("Balance", runtime=8), film("Balance", runtime=6)),
        (film("Heat", 1995, directors=["Michael Mann"]), film("Heat", 1996, directors=["Michael Mann"])),
        (film("Thing", directors=["John Carpenter"]), film("The Thing", directors=["John Carpenter"])),
        (film("Heat", None, directors=["Michael Mann"]), film("Heat", 1995, directors=["Michael Mann"])),
        (film("Lost", kind=MediaKind.SHOW, runtime=42), film("Lost", kind=MediaKind.SHOW, runtime=85)),
    ],
)
def test_descriptions_of_one_title(one: Named, other: Named) -> None:
    assert same_title(one, other) is same_title(other, one) is Sameness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (film("Heat", 1995), film("Heat", 1996)),
        (film("Heat", None), film("Heat", 1995)),
        (film("Kingdom of Heaven", 2005, 144), film("Kingdom of Heaven", 2005, 194)),
        (film("The Hunt", 2012, 100, directors=["A"]), film("The Hunt", 2012, 101, directors=["B"])),
        (film("Thing", 1982, 109), film("The Thing", 1982, 108)),
    ],
)
def test_descriptions_that_may_be_of_one_title_are_not_taken_for_it(one: Named, other: Named) -> None:
    assert same_title(one, other) is same_title(other, one) is Sameness.UNSURE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (film("The Godfather"), film("The Godfather Part II")),
        (film("Deathly Hallows Part 1"), film("Deathly Hallows Part 2")),
        (film("Alien"), film("Aliens")),
        (film("Dune", 1984), film("Dune", 2021)),
        (film("Fargo", 1996), film("Fargo", 1996, kind=MediaKind.SHOW)),
        (film("The Hunt", 2012, directors=["A"]), film("The Hunt", 2012, directors=["B"])),
        (film("Thing", 1982), film("The Thing", 1982)),
        (film("Heat", 1995, 170), film("Heat", 1996, 90)),
    ],
)
def test_descriptions_of_two_titles(one: Named, other: Named) -> None:
    assert same_title(one, other) is same_title(other, one) is Sameness.OTHER


def track(number: int | None = 1, minutes: float | None = 3.0, album: str = "Blue") -> Named:
    return Named("track", ("intro",), None, minutes, "Ann", album, number)


def test_tracks_are_told_by_album_and_number_or_length() -> None:
    assert same_title(track(), track()) is Sameness.SAME
    assert same_title(track(None), track(2, 3.01)) is Sameness.SAME
    assert same_title(track(), track(1, 5.0)) is Sameness.UNSURE
    assert same_title(track(), track(2)) is Sameness.OTHER
    assert same_title(track(None), track(None, 3.5)) is Sameness.OTHER
    assert same_title(track(), track(album="Blue (Live)")) is Sameness.OTHER


def test_every_form_of_a_title_is_found_from_every_other() -> None:
    forms = ["rocky ii", "rocky 2", "rocky part 2", "rocky part ii", "the rocky 2"]
    for title in forms:
        assert set(forms) <= forms_of(title)
