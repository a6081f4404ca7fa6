"""What the four plain encoders promise alike: fixed rows, told apart by what they are made from, the same in every process."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from encoders.categorical import CategoricalEncoder
from encoders.encoder import Encoder, bump_centre, bump_rows, digest_of, plain_names
from encoders.metadata import MetadataEncoder
from encoders.numerical import NumericalEncoder
from encoders.temporal import TemporalEncoder
from library.items import Credit, CreditRole, Item
from tests.unit.encoders.titles import alien, bare, twin_peaks

ROOT = Path(__file__).resolve().parents[3]
PLAIN: dict[str, Encoder] = {
    encoder.name: encoder
    for encoder in (NumericalEncoder(), CategoricalEncoder(), TemporalEncoder(), MetadataEncoder(128))
}
READS: dict[str, dict[str, Any]] = {
    "numerical": {"vote_average": 8.1, "vote_count": 15001, "popularity": 13.0, "runtime": 118.0},
    "categorical": {"genres": ("Horror",), "language": "fr", "content_rating": "PG"},
    "temporal": {"year": 1980, "release_date": "1979-06-25"},
    "metadata": {
        "keywords": ("spaceship",),
        "credits": (Credit("Ridley Scott", CreditRole.CAST),),
        "companies": ("Fox",),
        "collection": None,
    },
}
NOTHING_READS = {"id": 77, "overview": "Another.", "tagline": "In space", "original_title": "A", "added_at": 5.0}


@pytest.fixture(params=list(PLAIN))
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return PLAIN[request.param]


def row(encoder: Encoder, item: Item) -> np.ndarray:
    rows = encoder.encode([item])
    assert rows.dtype == np.float32
    assert rows.shape == (1, encoder.width)
    assert np.isfinite(rows).all()
    return rows[0]


def test_rows_have_the_promised_width_and_no_items_give_none(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.width)
    assert row(encoder, alien()).any()
    assert row(encoder, twin_peaks()).any()


def test_a_row_does_not_depend_on_the_other_items(encoder: Encoder) -> None:
    others = [twin_peaks(), bare(), alien(year=2001, genres=("Western",), keywords=("horse",))]
    together = encoder.encode([*others, alien()] * 300)
    assert (together[3] == row(encoder, alien())).all()
    assert (together[-1] == together[3]).all()


@pytest.mark.parametrize("name", list(PLAIN))
def test_a_digest_changes_with_what_is_read_and_with_nothing_else(name: str) -> None:
    encoder = PLAIN[name]
    before, told = encoder.digest(alien()), row(encoder, alien())
    for other, changes in READS.items():
        for field, value in changes.items():
            changed = alien(**{field: value})
            differs = not np.array_equal(row(encoder, changed), told)
            assert differs == (other == name), (field, "row")
            assert (encoder.digest(changed) != before) == (other == name), (field, "digest")
    same = alien(**NOTHING_READS)
    assert encoder.digest(same) == before
    assert np.array_equal(row(encoder, same), told)


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf, 0, -1.0])
def test_an_unknown_number_is_never_a_low_one(nothing: float | None) -> None:
    for field in ("vote_average", "vote_count", "popularity", "runtime"):
        unknown, told = alien(**{field: nothing}), alien(**{field: None})
        for encoder in PLAIN.values():
            assert encoder.digest(unknown) == encoder.digest(told)
            assert np.array_equal(row(encoder, unknown), row(encoder, told))


@pytest.mark.parametrize("nothing", [(), ("",), (" ", ""), ("", None)])
def test_empty_names_are_no_names(nothing: tuple[str | None, ...], encoder: Encoder) -> None:
    fields = ("genres", "keywords", "companies")
    told = row(encoder, alien(**dict.fromkeys(fields, ())))
    assert np.array_equal(row(encoder, alien(**dict.fromkeys(fields, nothing))), told)
    assert np.array_equal(
        row(encoder, bare(language="", status=" ", content_rating="", collection="")), row(encoder, bare())
    )


def test_names_are_read_whole() -> None:
    assert digest_of("a", 1, ("ab", "c")) != digest_of("a", 1, ("a", "bc"))
    for field in ("genres", "keywords", "companies"):
        for encoder in PLAIN.values():
            letters = alien(**{field: tuple("drama")})
            whole = alien(**{field: ("Drama",)})
            if encoder.name == {"genres": "categorical"}.get(field, "metadata"):
                assert encoder.digest(letters) != encoder.digest(whole)
                assert not np.array_equal(row(encoder, letters), row(encoder, whole))


def test_case_outer_spaces_doubles_and_order_do_not_matter() -> None:
    assert plain_names([" Drama ", "drama", "Crime", None, ""]) == ("drama", "crime")
    names = {"genres": (" drama", "CRIME", "Drama"), "keywords": ("b", "A ", "a"), "companies": ("Y", "x")}
    again = {"genres": ("Crime", "Drama"), "keywords": ("a", "B"), "companies": ("X", "Y")}
    for encoder in PLAIN.values():
        assert encoder.digest(alien(**names)) == encoder.digest(alien(**again))
        assert np.array_equal(row(encoder, alien(**names)), row(encoder, alien(**again)))


def test_every_process_makes_the_same_rows_with_nothing_heavy() -> None:
    code = (
        "import hashlib, sys\n"
        "from tests.unit.encoders.test_encoders import PLAIN, sums\n"
        "print(*sums())\n"
        "print([name for name in ('torch', 'scipy', 'sklearn', 'transformers') if name in sys.modules])\n"
    )
    answers = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
        answers.append(told.stdout.decode().splitlines())
    assert answers[0] == answers[1] == [" ".join(sums()), "[]"]


def sums() -> list[str]:
    """A sum over the rows and the digests of each encoder."""
    import hashlib

    items = [alien(), twin_peaks(), bare(), bare(genres=("Noir Western",), language="wo", keywords=("ü",))]
    return [
        hashlib.sha256(encoder.encode(items).tobytes() + encoder.digest(items[-1]).encode()).hexdigest()
        for encoder in PLAIN.values()
    ]


def test_bumps_are_close_to_the_kernel_they_stand_for() -> None:
    centres = np.arange(-6.0, 6.1, 1.0)
    values = np.linspace(-3.0, 3.0, 25)
    rows = bump_rows(values, centres, 1.5)
    kernel = np.exp(-((values[:, None] - values) ** 2) / (2.0 * 1.5**2))
    assert rows @ rows.T == pytest.approx(kernel, abs=2e-3)


def test_bumps_of_usual_values_average_to_their_centre() -> None:
    centres = np.arange(-3.0, 3.1, 1.0)
    centre, variance = bump_centre(0.5, 1.2, centres, 1.5)
    rows = bump_rows(np.random.default_rng(0).normal(0.5, 1.2, 40_000), centres, 1.5)
    assert rows.mean(axis=0) == pytest.approx(centre, abs=0.01)
    assert ((rows - centre) ** 2).sum(axis=1).mean() == pytest.approx(variance, abs=0.01)
