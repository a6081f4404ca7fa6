"""Numbers that are close make titles alike; numbers nobody knows make no difference."""

from __future__ import annotations

import numpy as np

from encoders.numerical import CENTRES, FIELDS, SHARES, SPREADS, NumericalEncoder
from library.items import MediaKind
from tests.unit.encoders.titles import alien, bare, twin_peaks

COLUMNS = {name: slice(4 * k, 4 * k + 4) for k, name in enumerate(FIELDS)}


def row(**known: object) -> np.ndarray:
    return NumericalEncoder().encode([bare(**known)])[0].astype(np.float64)


def test_each_number_has_columns_of_its_own() -> None:
    for field, name in (("vote_count", "votes"), ("popularity", "popularity"), ("runtime", "film length")):
        found = row(**{field: 100})
        assert found[COLUMNS[name]].any()
        found[COLUMNS[name]] = 0.0
        assert not found.any()
    assert not row().any()


def test_close_numbers_are_alike_and_far_ones_are_not() -> None:
    for field, name, near, far in (("vote_average", "vote average", 7.4, 4.0), ("runtime", "film length", 125.0, 75.0)):
        title = row(**{field: 7.6 if field == "vote_average" else 128.0}, vote_count=9000)[COLUMNS[name]]
        close = title @ row(**{field: near}, vote_count=9000)[COLUMNS[name]]
        distant = title @ row(**{field: far}, vote_count=9000)[COLUMNS[name]]
        assert close > 0.0 > distant


def test_few_votes_say_little() -> None:
    part = COLUMNS["vote average"]
    usual = row(vote_average=6.5, vote_count=5000)[part]
    few, many = row(vote_average=9.5, vote_count=1)[part], row(vote_average=9.5, vote_count=5000)[part]
    assert np.linalg.norm(few - usual) < 0.4 * np.linalg.norm(many - usual)


def test_a_shows_episode_is_not_a_short_film() -> None:
    show = NumericalEncoder().encode([twin_peaks(runtime=100.0)])[0]
    film = NumericalEncoder().encode([alien(runtime=100.0)])[0]
    assert show[COLUMNS["episode length"]].any()
    assert not show[COLUMNS["film length"]].any()
    assert not film[COLUMNS["episode length"]].any()
    assert not NumericalEncoder().encode([twin_peaks(kind=MediaKind.TRACK)])[0].any()


def test_ordinary_films_are_neither_alike_nor_unlike() -> None:
    drawn = np.random.default_rng(0).standard_normal((3000, len(FIELDS))) * SPREADS + CENTRES
    films = [
        bare(vote_average=a, vote_count=round(np.expm1(v)), popularity=np.expm1(p), runtime=length)
        for a, v, p, length in drawn[:, :4]
    ]
    rows = NumericalEncoder().encode(films).astype(np.float64)
    mean = rows.mean(axis=0)
    assert mean @ mean < 0.02
    assert abs((rows**2).sum(axis=1).mean() - sum(SHARES[:4])) < 0.2
