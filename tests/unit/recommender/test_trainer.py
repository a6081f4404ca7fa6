from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from encoders.text import encoder_key, input_digest
from library.errors import EncoderError
from library.feedback import Rating
from library.library import Library
from library.progress import Progress, run
from recommender.scale import value_of
from recommender.snapshot import Snapshot, load_snapshot
from recommender.trainer import Published, TrainingPlan, _in_order, refresh
from recommender.weights import load_weights
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf

MODEL = "letters"


class LetterEncoder:
    """A real, very small encoder: how often each letter occurs."""

    name = encoder_key(MODEL)
    dimensions = 26

    def __init__(self) -> None:
        self.read: list[str] = []

    def digest(self, text: str) -> str:
        return input_digest(MODEL, text)

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[int], np.ndarray]]:
        for position, text in enumerate(texts):
            self.read.append(text)
            counts = np.array([text.lower().count(chr(97 + k)) for k in range(26)], np.float32)
            yield [position], (counts / np.linalg.norm(counts))[None]


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


@pytest.fixture
def encoder() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture
def plan(encoder: LetterEncoder, tmp_path: Path) -> TrainingPlan:
    return TrainingPlan(MODEL, lambda: encoder, load_weights(), tmp_path / "saved")


def test_the_first_cycle_reads_every_text_once(library: Library, plan: TrainingPlan, encoder: LetterEncoder) -> None:
    steps: list[Progress] = []
    snapshot = run(refresh(library, plan, None), steps.append)
    assert snapshot.texts == len(snapshot) == 41
    assert len(encoder.read) == 41
    assert (steps[-1].done, steps[-1].total) == (41, 41)
    saved = load_snapshot(plan.save_to, plan.weights)  # type: ignore[arg-type]
    assert saved is not None
    assert saved.texts == 41


def test_something_to_show_comes_before_the_first_text(library: Library, plan: TrainingPlan) -> None:
    def no_model() -> LetterEncoder:
        raise EncoderError("The text model is not on this computer.")

    job = refresh(library, replace(plan, load_encoder=no_model), None)
    published: Snapshot | None = None
    with pytest.raises(EncoderError):
        for step in job:
            if isinstance(step, Published):
                published = step.snapshot
    assert published is not None
    assert len(published) == 41
    assert load_snapshot(plan.save_to, plan.weights) is not None  # type: ignore[arg-type]


def test_running_again_does_nothing(library: Library, plan: TrainingPlan, encoder: LetterEncoder) -> None:
    first = run(refresh(library, plan, None))
    encoder.read.clear()
    assert run(refresh(library, plan, first)) is first
    assert run(refresh(library, plan, None)).texts == 41
    assert not encoder.read


def test_only_what_changed_is_read_again(library: Library, plan: TrainingPlan, encoder: LetterEncoder) -> None:
    first = run(refresh(library, plan, None))
    encoder.read.clear()
    library.items.upsert("demo", "films", [film(2, space=True, version="2", overview="Something else happens here.")])
    second = run(refresh(library, plan, first))
    assert len(encoder.read) == 1
    assert "Something else" in encoder.read[0]
    assert second.revision != first.revision


def test_cancelling_keeps_what_was_read(library: Library, plan: TrainingPlan, encoder: LetterEncoder) -> None:
    job = refresh(library, plan, None)
    for step in job:
        if step.step == "Reading texts" and step.done >= 10:
            break
    job.close()
    assert library.embeddings.count(encoder.name) == 10
    encoder.read.clear()
    assert run(refresh(library, plan, None)).texts == 41
    assert len(encoder.read) == 31


def test_what_is_on_screen_comes_first(library: Library, plan: TrainingPlan, encoder: LetterEncoder) -> None:
    wanted = ids_by_title(library)["Heart 39"]
    run(refresh(library, replace(plan, first=(wanted,)), None))
    assert encoder.read[0].startswith("Heart 39")


def test_a_long_list_of_what_comes_first_costs_no_time() -> None:
    begun = time.process_time()
    assert _in_order(range(20_000), range(19_999, 0, -2))[:3] == [19_999, 19_997, 19_995]
    assert time.process_time() - begun < 0.5


def test_new_feedback_changes_the_taste_and_nothing_is_read(
    library: Library, plan: TrainingPlan, encoder: LetterEncoder
) -> None:
    first = run(refresh(library, plan, None))
    encoder.read.clear()
    item_id = ids_by_title(library)["Star 2"]
    event_id = library.feedback.append(Rating(at=1.0, item_id=item_id, value=10.0))
    second = run(refresh(library, plan, first))
    assert second.event_id == event_id
    row = second.row_of(item_id)
    assert row is not None
    assert (second.taste.rows.tolist(), second.taste.values.tolist()) == ([row], [value_of(10.0)])
    assert not encoder.read
    assert second.features is first.features


def test_other_weights_and_another_model_start_afresh(
    library: Library, plan: TrainingPlan, encoder: LetterEncoder
) -> None:
    first = run(refresh(library, plan, None))
    lighter = replace(plan.weights, noise=plan.weights.noise * 2)
    assert run(refresh(library, replace(plan, weights=lighter), first)).weights == lighter
    encoder.read.clear()
    other = run(refresh(library, replace(plan, model="other letters"), first))
    assert other.text_model == encoder_key("other letters")
    assert len(encoder.read) == 41


def test_an_empty_library_gives_an_empty_snapshot(home_path: Path, plan: TrainingPlan) -> None:
    with open_shelf(home_path / "empty", films=0) as library:
        library.items.mark_removed("demo", "shows", ["show-0"], 1.0)
        snapshot = run(refresh(library, plan, None))
    assert not snapshot.columns.present.any()


def test_a_snapshot_that_cannot_be_saved_is_still_published(
    library: Library, plan: TrainingPlan, tmp_path: Path, expected_logs
) -> None:
    (tmp_path / "file").write_text("in the way")
    expected_logs("could not be saved")
    snapshot = run(refresh(library, replace(plan, save_to=tmp_path / "file" / "below"), None))
    assert snapshot.texts == 41
