from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from library.errors import TrainingError
from library.library import Library
from recommender.columns import picture
from recommender.taste import TasteModel
from recommender.weights import KernelWeights, as_stored, load_weights, weights_from
from tests.unit.recommender.shelf import film, open_shelf

RATED = [(3, 9.0), (10, 2.0), (7, 8.5), (22, 6.0), (31, 10.0), (0, 4.0)]


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        votes = [
            film(600 + n, space=n % 2 == 0, key=f"v{n}", title=f"V {n}", vote_average=4.0 + n, vote_count=900)
            for n in range(5)
        ]
        library.items.upsert("demo", "films", votes)
        yield library


@pytest.fixture
def model(library: Library) -> TasteModel:
    features, _ = picture(library.items.all())
    generator = np.random.default_rng(3)
    vectors = generator.standard_normal((len(features), 16)).astype(np.float32)
    return TasteModel(features.with_text((features.ids[5:], vectors[5:])), load_weights())


def dense(model: TasteModel) -> np.ndarray:
    """The whole covariance matrix, from the textbook: every view multiplied out."""
    features, weights = model.features, model.weights
    size = len(features)
    matrix = np.full((size, size), weights.bias)
    for block, weight in weights.blocks.items():
        if block in features.spans:
            first, last = features.spans[block]
            phi = np.zeros((size, last - first))
            for row in range(size):
                columns, values = features.block(block, row)
                phi[row, columns] = values
        else:
            phi = features.dense[block].astype(np.float64)
        matrix += weight * phi @ phi.T
    quality = features.quality.astype(np.float64)
    return matrix + (quality * np.array(weights.leanings)) @ quality.T


def textbook(
    model: TasteModel, rated: list[tuple[int, float]], noise_scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Posterior mean and variance by the formulas of Rasmussen & Williams, 2.25 and 2.26."""
    weights = model.weights
    matrix = dense(model)
    rows = [row for row, _ in rated]
    prior = weights.usual + model.features.quality.astype(np.float64) @ np.array(weights.slopes)
    inner = np.linalg.inv(matrix[np.ix_(rows, rows)] + weights.noise * noise_scale * np.eye(len(rows)))
    cross = matrix[:, rows]
    mean = prior + cross @ inner @ (np.array([value for _, value in rated]) - prior[rows])
    return mean, np.diag(matrix) - np.einsum("ij,jk,ik->i", cross, inner, cross)


def fitted(model: TasteModel, rated: list[tuple[int, float]]):
    return model.fit([row for row, _ in rated], [value for _, value in rated])


def test_a_fit_is_the_textbooks(model: TasteModel) -> None:
    state = fitted(model, RATED)
    mean, variance = textbook(model, RATED)
    assert state.mean == pytest.approx(mean, abs=1e-4)
    assert state.variance == pytest.approx(variance, abs=1e-4)


def test_one_rating_at_a_time_equals_a_fit_from_scratch(model: TasteModel) -> None:
    state = model.fit()
    for row, value in RATED:
        state = state.update(row, value)
    whole = fitted(model, RATED)
    assert state.mean == pytest.approx(whole.mean, abs=1e-4)
    assert state.variance == pytest.approx(whole.variance, abs=1e-4)
    assert state.inverse == pytest.approx(whole.inverse, abs=1e-8)


def test_another_rating_of_the_same_item_replaces_the_first(model: TasteModel) -> None:
    state = fitted(model, RATED).update(7, 1.0)
    whole = fitted(model, [(row, 1.0 if row == 7 else value) for row, value in RATED])
    assert state.mean == pytest.approx(whole.mean, abs=1e-4)
    assert state.values[state.rows == 7].tolist() == [1.0]


def test_taking_a_rating_back_leaves_no_trace(model: TasteModel) -> None:
    state = fitted(model, RATED)
    for row, value in [(15, 3.0), (16, 9.0)]:
        state = state.update(row, value)
    state = state.without(15).without(16).without(39)
    whole = fitted(model, RATED)
    assert state.mean == pytest.approx(whole.mean, abs=1e-4)
    assert state.variance == pytest.approx(whole.variance, abs=1e-4)


def test_rounding_does_not_add_up_over_many_steps(model: TasteModel) -> None:
    generator = np.random.default_rng(5)
    state = model.fit()
    for _ in range(150):
        row = int(generator.integers(len(model.features)))
        if row in state.rows and generator.random() < 0.5:
            state = state.without(row)
        else:
            state = state.update(row, float(generator.integers(1, 11)))
    whole = model.fit(state.rows, state.values)
    assert state.mean == pytest.approx(whole.mean, abs=1e-3)


def test_weaker_evidence_moves_less(model: TasteModel) -> None:
    prior, firm, weak = model.fit(), model.fit().update(4, 1.0), model.fit().update(4, 1.0, noise_scale=8.0)
    assert prior.mean[4] > weak.mean[4] > firm.mean[4]
    assert weak.mean == pytest.approx(textbook(model, [(4, 1.0)], 8.0)[0], abs=1e-4)


def test_without_ratings_the_general_quality_decides_and_unknown_is_neutral(model: TasteModel) -> None:
    state = model.fit()
    assert np.all(np.diff(state.mean[-5:]) > 0)
    bare = replace(model.features, quality=np.zeros_like(model.features.quality))
    assert TasteModel(bare, model.weights).fit().mean == pytest.approx(model.weights.usual)
    assert state.usual == model.weights.usual


def test_the_terms_of_every_item_add_up_to_its_score(model: TasteModel) -> None:
    state = fitted(model, RATED)
    for row in range(len(model.features)):
        mean, variance = state.predict(row)
        assert math.fsum(term.points for term in state.terms(row)) == pytest.approx(mean, abs=1e-9)
        assert mean == pytest.approx(float(state.mean[row]), abs=1e-4)
        assert variance > 0


def test_a_state_cannot_be_written_to(model: TasteModel) -> None:
    state = fitted(model, RATED)
    with pytest.raises(ValueError, match="read-only"):
        state.mean[0] = 1.0


def test_the_shipped_weights_load_and_come_back_as_they_were() -> None:
    weights = load_weights()
    assert weights_from(json.loads(json.dumps(as_stored(weights)))) == weights
    assert 5.0 < weights.usual < 8.5


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"blocks": 3}'])
def test_a_broken_weights_file_gives_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(content)
    with pytest.raises(TrainingError, match="cannot be read"):
        load_weights(path)


def test_impossible_weights_are_refused() -> None:
    weights = load_weights()
    with pytest.raises(TrainingError):
        KernelWeights(
            blocks=weights.blocks,
            leanings=weights.leanings,
            slopes=weights.slopes,
            usual=weights.usual,
            bias=weights.bias,
            noise=0.0,
        )
