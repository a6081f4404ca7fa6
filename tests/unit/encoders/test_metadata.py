"""Titles are alike by the names they share, by the weight of each part, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from encoders.metadata import SHARES, MetadataEncoder
from library.items import Credit, CreditRole, Item, MediaKind
from tests.unit.encoders.titles import alien, bare

WIDE = MetadataEncoder(512)


def cosine(one: Item, other: Item) -> float:
    rows = WIDE.encode([one, other]).astype(np.float64)
    return float(rows[0] @ rows[1])


def made_by(title: str, *people: tuple[str, CreditRole, int], **known: object) -> Item:
    return bare(title=title, credits=tuple(Credit(name, role, place) for name, role, place in people), **known)


def cast(*names: str) -> list[tuple[str, CreditRole, int]]:
    return [(name, CreditRole.CAST, place) for place, name in enumerate(names)]


def test_rows_are_of_length_one_and_the_same_for_the_same_names() -> None:
    rows = WIDE.encode([alien(), bare(), alien(id=9, title="Another")])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert np.array_equal(rows[0], rows[2])


def test_sharing_everything_of_a_field_is_worth_its_share() -> None:
    for field, known in (
        ("person", {"credits": (Credit("Ridley Scott", CreditRole.DIRECTOR),)}),
        ("keyword", {"keywords": ("spaceship", "android")}),
        ("company", {"companies": ("Fox",)}),
        ("collection", {"collection": "Alien Collection"}),
    ):
        assert cosine(bare(title="A", **known), bare(title="B", **known)) == pytest.approx(SHARES[field], abs=0.14)


def test_strangers_are_neither_alike_nor_unlike() -> None:
    items = [
        bare(title=f"T{n}", keywords=(f"k{n}", f"l{n}"), credits=(Credit(f"p{n}", CreditRole.DIRECTOR),))
        for n in range(300)
    ]
    products = WIDE.encode(items) @ WIDE.encode(items).T
    np.fill_diagonal(products, 0.0)
    assert abs(products.mean()) < 0.002
    assert products.std() == pytest.approx(1.0 / 512**0.5, rel=0.1)


def test_titles_of_which_nothing_is_known_are_strangers_too() -> None:
    assert abs(cosine(bare(title="A"), bare(title="B"))) < 0.2
    assert abs(cosine(bare(title="A", year=1950), bare(title="A", year=2010))) < 0.2
    assert abs(cosine(bare(title="A"), bare(title="A", kind=MediaKind.SHOW))) < 0.2
    assert cosine(bare(title="A", id=5), bare(title=" a", id=6)) == pytest.approx(1.0, abs=1e-6)


def test_a_director_counts_more_than_a_writer_and_the_first_of_the_cast_more_than_the_last() -> None:
    director, writer = ("X", CreditRole.DIRECTOR, 0), ("Y", CreditRole.WRITER, 0)
    film = made_by("A", director, writer, *cast("C1", "C2", "C3", "C4", "C5", "C6"))

    def shared(*people: tuple[str, CreditRole, int]) -> float:
        others = [(f"other {n}", CreditRole.CAST, n + 1) for n in range(4)]
        return cosine(film, made_by("B", *people, *others))

    assert shared(director) > shared(writer) > 0.0
    assert shared(("C1", CreditRole.CAST, 0)) > shared(("C6", CreditRole.CAST, 5))


def test_who_directs_and_plays_is_one_person() -> None:
    directs = made_by("A", ("Clint", CreditRole.DIRECTOR, 0))
    both = made_by("B", ("Clint", CreditRole.DIRECTOR, 0), ("Clint", CreditRole.CAST, 0))
    assert cosine(directs, both) == pytest.approx(SHARES["person"], abs=0.14)


def test_a_name_in_another_field_is_another_name() -> None:
    assert abs(cosine(bare(title="A", keywords=("Alien",)), bare(title="B", collection="Alien"))) < 0.2


def test_a_narrower_sketch_is_part_of_a_wider_one() -> None:
    narrow, wide = MetadataEncoder(64).encode([alien()])[0], WIDE.encode([alien()])[0]
    first = wide[:64]
    assert narrow == pytest.approx(first / np.linalg.norm(first), abs=1e-6)


def test_letters_are_not_names() -> None:
    def with_keywords(title: str, names: Iterable[str]) -> Item:
        return bare(title=title, keywords=tuple(names))

    assert abs(cosine(with_keywords("A", "sea"), with_keywords("B", ["s", "e", "a"])) - SHARES["keyword"]) < 0.14
    assert abs(cosine(with_keywords("A", "sea"), with_keywords("B", ["sea"]))) < 0.14


def test_a_track_is_by_its_artist_and_belongs_to_its_album() -> None:
    one = bare(kind=MediaKind.TRACK, title="One", artist="Can", album="Tago Mago")
    two = bare(kind=MediaKind.TRACK, title="Two", artist="Can", album="Tago Mago")
    assert cosine(one, two) == pytest.approx(SHARES["person"] + SHARES["collection"], abs=0.14)
