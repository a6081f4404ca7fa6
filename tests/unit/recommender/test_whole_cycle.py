"""The stages of the training cycle after the texts, with networks that make their vectors up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from encoders.fusion import fusion_key, load_fusion_weights
from library.embedding_store import EmbeddingStore
from library.feedback import Rating
from library.library import Library
from library.progress import Progress, run
from recommender import trainer
from recommender.snapshot import Snapshot, load_snapshot
from recommender.trainer import Published, TrainingPlan, refresh
from recommender.weights import load_weights
from tests.made_up_networks import MadeUpNetworks
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf
from tests.unit.recommender.test_trainer import MODEL, LetterEncoder

FILMS = 40


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path, FILMS) as library:
        yield library


@pytest.fixture
def networks(tmp_path: Path) -> MadeUpNetworks:
    return MadeUpNetworks(tmp_path / "networks")


@pytest.fixture
def plan(networks: MadeUpNetworks, tmp_path: Path) -> TrainingPlan:
    encoder = LetterEncoder()
    return TrainingPlan(MODEL, lambda: encoder, load_weights(), tmp_path / "saved", load_networks=lambda: networks)


def rate(library: Library, count: int, first: int = 0) -> None:
    """Space is loved, love is not: by so many ratings."""
    for title, item_id in list(ids_by_title(library).items())[first : first + count]:
        value = 9.0 if title.startswith("Star") else 3.0
        library.feedback.append(Rating(at=float(item_id), item_id=item_id, value=value + item_id % 2))


def changed(library: Library, number: int, **facts: object) -> None:
    library.items.upsert("demo", "films", [film(number, space=number % 2 == 0, version="2", **facts)])


def steps_of(library: Library, plan: TrainingPlan, previous: Snapshot | None) -> tuple[Snapshot, list[Progress]]:
    steps: list[Progress] = []
    return run(refresh(library, plan, previous), steps.append), steps


def test_a_whole_cycle_knows_everything(library: Library, plan: TrainingPlan, networks: MadeUpNetworks) -> None:
    snapshot, steps = steps_of(library, plan, None)
    assert snapshot.whole
    assert snapshot.texts == FILMS + 1
    assert networks.trainings == ["gcn", "gat", "sage"]
    assert snapshot.features.dense["graph"].any(axis=1).all()
    near, graph = snapshot.near, snapshot.graph
    assert near is not None
    assert graph is not None
    assert near.neighbours.ids.tolist() == graph.items.tolist() == snapshot.features.ids.tolist()
    assert near.layout is not None
    assert near.layout.ids.tolist() == near.neighbours.ids.tolist()
    published = [step for step in steps if isinstance(step, Published)]
    assert [step.step for step in published][:2] == ["Reading the library", "Reading texts"]
    assert not any(step.snapshot.whole for step in published if step.snapshot is not None)


def test_what_is_alike_comes_first(library: Library, plan: TrainingPlan) -> None:
    snapshot, _ = steps_of(library, plan, None)
    assert snapshot.near is not None
    ids = ids_by_title(library)
    titles = {item_id: title for title, item_id in ids.items()}
    nearest = snapshot.near.neighbours.of(ids["Star 2"])[0][:10].tolist()
    assert all(titles.get(item_id, "Star 0").startswith("Star") for item_id in nearest)


def test_something_alike_can_be_told_before_the_networks_are_trained(library: Library, plan: TrainingPlan) -> None:
    known: list[bool] = []
    for step in (job := refresh(library, plan, None)):
        if isinstance(step, Published) and step.snapshot is not None:
            known.append(step.snapshot.near is not None)
        if step.step.startswith("Learning the graph"):
            break
    job.close()
    assert known[-1]


def test_a_saved_snapshot_comes_back_whole(library: Library, plan: TrainingPlan) -> None:
    snapshot, _ = steps_of(library, plan, None)
    assert plan.save_to is not None
    saved = load_snapshot(plan.save_to, plan.weights)
    assert saved is not None
    assert saved.whole
    assert saved.near is not None
    assert snapshot.near is not None
    assert saved.graph is not None
    assert snapshot.graph is not None
    assert np.array_equal(saved.near.neighbours.kept, snapshot.near.neighbours.kept)
    assert np.array_equal(saved.near.vectors, snapshot.near.vectors)
    assert list(saved.graph.names) == list(snapshot.graph.names)
    assert run(refresh(library, plan, saved)) is saved


def test_the_same_library_gives_the_same_snapshot(library: Library, plan: TrainingPlan, tmp_path: Path) -> None:
    first, _ = steps_of(library, plan, None)
    with open_shelf(tmp_path / "again", FILMS) as again:
        other = replace(plan, save_to=None, load_networks=lambda: MadeUpNetworks(tmp_path / "other"))
        second, _ = steps_of(again, other, None)
    for one, two in zip(first.features.arrays().items(), second.features.arrays().items(), strict=True):
        assert np.array_equal(one[1], two[1]), one[0]
    assert first.near is not None
    assert second.near is not None
    assert np.array_equal(first.near.vectors, second.near.vectors)
    assert np.array_equal(first.near.layout.places, second.near.layout.places)  # type: ignore[union-attr]


def test_a_new_title_is_embedded_without_training(
    library: Library, plan: TrainingPlan, networks: MadeUpNetworks
) -> None:
    first, _ = steps_of(library, plan, None)
    networks.trainings.clear()
    library.items.upsert("demo", "films", [film(FILMS, space=True)])
    second, _ = steps_of(library, plan, first)
    assert networks.trainings == []
    assert networks.embeddings == ["gcn", "gat", "sage"]
    new = ids_by_title(library)[f"Star {FILMS}"]
    row = second.row_of(new)
    assert row is not None
    assert second.features.dense["graph"][row].any()
    assert second.near is not None
    assert len(second.near.neighbours.of(new)[0]) == FILMS + 1


def test_a_library_of_other_titles_trains_the_networks_again(
    library: Library, plan: TrainingPlan, networks: MadeUpNetworks
) -> None:
    first, _ = steps_of(library, plan, None)
    networks.trainings.clear()
    names = [film(FILMS + k, space=True, keywords=(f"word {k}", "robot", f"word {k + 1}")) for k in range(30)]
    library.items.upsert("demo", "films", names)
    steps_of(library, plan, first)
    assert networks.trainings == ["gcn", "gat", "sage"]


def test_a_title_that_went_is_nobodys_neighbour(library: Library, plan: TrainingPlan) -> None:
    first, _ = steps_of(library, plan, None)
    gone = ids_by_title(library)["Star 2"]
    library.items.mark_removed("demo", "films", ["film-2"], 1.0)
    second, _ = steps_of(library, plan, first)
    assert second.near is not None
    assert gone not in second.near.neighbours.ids
    assert second.graph is not None
    assert second.graph.node_of(gone) is None
    assert second.near.layout is not None
    assert gone not in second.near.layout.ids


def test_what_was_broken_off_is_taken_up(library: Library, plan: TrainingPlan, networks: MadeUpNetworks) -> None:
    job = refresh(library, plan, None)
    for step in job:
        if step.step == "Learning the graph with gat":
            break
    job.close()
    assert plan.save_to is not None
    saved = load_snapshot(plan.save_to, plan.weights)
    assert saved is not None
    assert not saved.whole
    whole, _ = steps_of(library, plan, saved)
    assert whole.whole
    assert networks.trainings == ["gcn", "gat", "sage"]  # gcn not again


def test_a_rating_alone_does_nothing_to_the_items(library: Library, plan: TrainingPlan) -> None:
    first, _ = steps_of(library, plan, None)
    rate(library, 1)
    second, steps = steps_of(library, plan, first)
    assert second.whole
    assert second.features is first.features
    assert second.near is first.near
    assert {step.step for step in steps} == {"Learning from your ratings"}


def test_a_cycle_without_networks_keeps_what_there_is(library: Library, plan: TrainingPlan) -> None:
    first, _ = steps_of(library, plan, None)
    changed(library, 2, overview="Something else happens.")
    second, _ = steps_of(library, replace(plan, load_networks=None), first)
    assert not second.whole
    assert second.near is first.near
    assert np.array_equal(second.features.dense["graph"], first.features.dense["graph"])
    third, _ = steps_of(library, plan, second)
    assert third.whole


def test_it_is_tested_how_well_it_knows_the_person(library: Library, plan: TrainingPlan) -> None:
    first, _ = steps_of(library, plan, None)
    assert first.self_test is None
    rate(library, 24)
    second, _ = steps_of(library, plan, first)
    assert second.self_test is not None
    assert second.self_test.ratings == 24
    rate(library, 1, first=24)
    third, _ = steps_of(library, plan, second)
    assert third.self_test is second.self_test  # one more rating is no reason to test again
    rate(library, 9, first=25)
    fourth, _ = steps_of(library, plan, third)
    assert fourth.self_test is not None
    assert fourth.self_test.ratings == 34
    assert load_snapshot(plan.save_to, plan.weights).self_test == fourth.self_test  # type: ignore[arg-type, union-attr]


def test_weights_of_ones_own_are_kept_until_there_are_other_shipped_ones(
    library: Library, plan: TrainingPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "LEAST_RATINGS", 20)
    own = replace(plan.weights, noise=plan.weights.noise / 2)

    def adapt(features: object, rows: object, values: object, shipped: object) -> Iterator[Progress]:
        yield Progress("Adapting to your taste")
        return trainer_adapted(own)

    from recommender.learning import Adapted

    def trainer_adapted(weights: object) -> Adapted:
        return Adapted(weights, 0.5, 0.6)  # type: ignore[arg-type]

    monkeypatch.setattr(trainer, "adapt", adapt)
    rate(library, 24)
    first, _ = steps_of(library, plan, None)
    assert first.weights == own
    assert first.came_with == plan.weights
    saved = load_snapshot(plan.save_to, plan.weights)  # type: ignore[arg-type]
    assert saved is not None
    assert saved.weights == own
    changed(library, 2, overview="Something else happens.")
    second, steps = steps_of(library, plan, saved)
    assert second.weights == own
    assert "Adapting to your taste" not in {step.step for step in steps}
    lighter = replace(plan.weights, noise=plan.weights.noise * 2)
    assert load_snapshot(plan.save_to, lighter) is None  # type: ignore[arg-type]


def test_fused_vectors_of_other_weights_are_forgotten(library: Library, plan: TrainingPlan) -> None:
    ids = list(ids_by_title(library).values())
    library.embeddings.put("fused@old", {item_id: ("x", np.ones(3, np.float32)) for item_id in ids})
    steps_of(library, plan, None)
    fused = [name for name in library.embeddings.encoders() if name.startswith("fused@")]
    assert fused == [fusion_key(load_fusion_weights(MODEL))]


def test_what_another_text_model_made_is_kept_for_a_month(library: Library, plan: TrainingPlan) -> None:
    ids = list(ids_by_title(library).values())
    vectors = {item_id: ("x", np.ones(3, np.float32)) for item_id in ids}
    library.embeddings.put("last week's model", vectors)
    EmbeddingStore(library.database, lambda: time.time() - 31 * 24 * 3600).put("last month's model", vectors)
    steps_of(library, plan, None)
    assert "last week's model" in library.embeddings.encoders()
    assert "last month's model" not in library.embeddings.encoders()


def test_a_handful_of_titles_is_related_without_networks(
    home_path: Path, plan: TrainingPlan, networks: MadeUpNetworks
) -> None:
    with open_shelf(home_path / "few", 5) as library:
        snapshot, _ = steps_of(library, plan, None)
    assert networks.trainings == []
    assert snapshot.whole
    assert snapshot.near is not None
    assert snapshot.near.layout is not None
    assert np.isfinite(snapshot.near.layout.places).all()


def test_an_empty_library_has_a_whole_snapshot(home_path: Path, plan: TrainingPlan) -> None:
    with open_shelf(home_path / "empty", films=0) as library:
        library.items.mark_removed("demo", "shows", ["show-0"], 1.0)
        snapshot, _ = steps_of(library, plan, None)
        assert snapshot.whole
        assert run(refresh(library, plan, snapshot)) is snapshot
