from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.nn import GATConv, GCNConv, SAGEConv

from graph.networks.checkpoint import load_checkpoint
from graph.networks.edges import Edges, _sampled_products
from graph.networks.embeddings import NETWORK_KINDS, NetworkEmbeddings, NetworkKind
from graph.networks.gat import SparseGATConv
from graph.networks.gcn import GCN
from graph.networks.input import NetworkInput, network_input
from graph.networks.model import NetworkSettings
from graph.networks.sage import GraphSAGE
from graph.networks.sampling import FalseNames, graph_of, sample_piece, split_links
from graph.networks.training import StoredNetworks, embed, train, trained
from graph.relations import KINDS, NodeKind
from library.progress import Progress, run
from tests.unit.graph.shelf import arrays_of, many

SMALL = NetworkSettings(text=4, embedding=8, hidden=16, out=8, epochs=15, look_every=5, patience=9)
TITLES = 60


def texts(count: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    ids = np.arange(1, count + 1)
    return ids, generator.normal(size=(count, 6)).astype(np.float32)


def graph(count: int = TITLES) -> NetworkInput:
    return network_input(arrays_of(many(count)), texts(count))


def edges_of(known: NetworkInput) -> Edges:
    return Edges(known.indptr, known.neighbours)


def trained_vectors(path: Path, kind: NetworkKind = "gcn", settings: NetworkSettings = SMALL) -> np.ndarray:
    return run(train(graph(), kind, path, settings)).vectors


def test_what_the_networks_see_is_simple_and_leaves_out_what_leads_nowhere() -> None:
    arrays = arrays_of(many(40))
    known = network_input(arrays)
    assert known.items.tolist() == arrays.items.tolist()
    assert np.diff(known.indptr)[40:].min() >= 2
    pairs = set(zip(known.rows.tolist(), known.neighbours.tolist(), strict=True))
    assert len(pairs) == len(known.neighbours)
    assert pairs == {(b, a) for a, b in pairs}
    assert len(set(known.ids.tolist())) == len(known)
    assert (known.ids[:40] > 0).all()
    assert (known.ids[40:] < 0).all()


def test_a_name_has_the_same_number_in_every_library() -> None:
    small, large = network_input(arrays_of(many(30))), network_input(arrays_of(many(60)))
    assert set(small.ids.tolist()) <= set(large.ids.tolist())
    assert small.digest() != large.digest()
    assert network_input(arrays_of(many(30)), texts(30)).digest() == small.digest()
    assert network_input(arrays_of(many(30)), texts(30)).stamp() != small.stamp()


def test_gat_gives_the_numbers_of_torch_geometrics_own() -> None:
    known = graph()
    torch.manual_seed(3)
    ours = SparseGATConv(5, 3, 4, add_self_loops=False)
    theirs = GATConv(5, 3, 4, add_self_loops=False)
    theirs.load_state_dict(ours.state_dict())
    index = torch.from_numpy(np.stack([known.neighbours, known.rows]))
    first = torch.randn(len(known), 5, requires_grad=True)
    second = first.detach().clone().requires_grad_(True)
    here, there = ours(first, edges_of(known)), theirs(second, index)
    assert torch.allclose(here, there, atol=1e-5)
    weights = torch.randn_like(here)
    (here * weights).sum().backward()
    (there * weights).sum().backward()
    assert torch.allclose(first.grad, second.grad, atol=1e-4)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine.grad, other.grad, atol=1e-4)


def test_gcn_and_sage_give_the_numbers_of_torch_geometrics_own() -> None:
    known = graph()
    index = torch.from_numpy(np.stack([known.neighbours, known.rows]))
    features = torch.randn(len(known), 5)
    gcn, sage = GCN(5, 8, 4, 0.0).eval(), GraphSAGE(5, 8, 4, 0.0).eval()
    plain_gcn, plain_sage = [GCNConv(5, 8), GCNConv(8, 4)], [SAGEConv(5, 8), SAGEConv(8, 4)]
    for ours, plain in ((gcn, plain_gcn), (sage, plain_sage)):
        for name, layer in zip(("first", "second"), plain, strict=True):
            layer.load_state_dict(getattr(ours, name).state_dict())
        there = plain[1](torch.relu(plain[0](features, index)), index)
        assert torch.allclose(ours(features, edges_of(known)), there, atol=1e-5)


def test_products_of_edges_are_the_same_without_the_fast_library(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = edges_of(graph())
    left, right = torch.randn(edges.size, 4), torch.randn(edges.size, 4)
    fast = _sampled_products(edges, left, right)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: False)
    assert torch.allclose(fast, _sampled_products(edges, left, right), atol=1e-5)


def test_false_names_are_of_the_same_kind_and_as_famous() -> None:
    known = graph()
    links = split_links(known, 0.0, 1).learned
    false = FalseNames(known, links)
    names = np.repeat(links[:, 1], 40)
    drawn = false.draw(names, np.random.default_rng(2))
    assert (known.kinds[drawn] == known.kinds[names]).all()
    genres = np.flatnonzero(known.kinds == KINDS.index(NodeKind.PERSON))
    counts = np.bincount(drawn, minlength=len(known))[genres]
    degrees = np.diff(known.indptr)[genres]
    assert np.corrcoef(counts, degrees**0.75)[0, 1] > 0.95


def test_held_out_links_are_not_learned_from_and_leave_nobody_alone() -> None:
    known = graph()
    links = split_links(known, 0.1, 7)
    assert 0 < len(links.held) < 0.12 * (len(links.held) + len(links.learned))
    learned = set(map(tuple, links.learned.tolist()))
    assert not learned & set(map(tuple, links.held.tolist()))
    indptr, _ = graph_of(links.learned, len(known))
    assert (np.diff(indptr)[np.unique(known.rows)] > 0).all()


def test_a_sampled_piece_is_a_part_of_the_graph() -> None:
    known = graph()
    piece = sample_piece(known.indptr, known.neighbours, np.array([3, 5, 3]), np.random.default_rng(1))
    assert {3, 5} <= set(piece.nodes.tolist())
    rows = np.repeat(np.arange(len(piece.nodes)), np.diff(piece.indptr))
    pairs = set(zip(piece.nodes[rows].tolist(), piece.nodes[piece.neighbours].tolist(), strict=True))
    assert pairs <= set(zip(known.rows.tolist(), known.neighbours.tolist(), strict=True))
    assert pairs == {(b, a) for a, b in pairs}


@pytest.mark.parametrize("kind", NETWORK_KINDS)
def test_training_learns_what_belongs_together(tmp_path: Path, kind: NetworkKind) -> None:
    settings = replace(SMALL, epochs=40, rate=0.02)
    found = run(train(graph(), kind, tmp_path / "network.safetensors", settings))
    assert found.vectors.dtype == np.float32
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert found.held_out > 0.7
    sort = (found.items - 1) % 4
    likeness = found.vectors @ found.vectors.T
    same = sort[:, None] == sort[None, :]
    np.fill_diagonal(same, False)
    different = sort[:, None] != sort[None, :]
    assert likeness[same].mean() > likeness[different].mean() + 0.3


def test_a_loss_that_falls(tmp_path: Path) -> None:
    early = run(train(graph(), "gcn", tmp_path / "a.safetensors", replace(SMALL, epochs=5)))
    late = run(train(graph(), "gcn", tmp_path / "b.safetensors", replace(SMALL, epochs=40)))
    assert late.held_out > early.held_out


@pytest.mark.parametrize("settings", [SMALL, replace(SMALL, whole_edges=0, batch=64, epochs=4)])
def test_a_run_that_was_broken_off_goes_on_where_it_was(tmp_path: Path, settings: NetworkSettings) -> None:
    whole = run(train(graph(), "gat", tmp_path / "whole.safetensors", settings)).vectors
    path = tmp_path / "broken.safetensors"
    unfinished = tmp_path / "broken.unfinished.safetensors"
    job = train(graph(), "gat", path, settings)
    while not unfinished.exists():
        next(job)
    job.close()
    assert not path.exists()
    steps: list[Progress] = []
    again = run(train(graph(), "gat", path, settings), steps.append).vectors
    assert steps[0].done > 0
    assert not unfinished.exists()
    assert np.array_equal(again, whole)


def test_the_same_seed_gives_the_same_vectors_in_every_process(tmp_path: Path) -> None:
    here = trained_vectors(tmp_path / "here.safetensors", "gat")
    code = (
        "from pathlib import Path; from tests.unit.graph.test_networks import trained_vectors;"
        f"print(trained_vectors(Path({str(tmp_path / 'there.safetensors')!r}), 'gat').tobytes().hex())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert here.tobytes().hex() == there
    other = trained_vectors(tmp_path / "other.safetensors", "gat", replace(SMALL, seed=8))
    assert not np.array_equal(here, other)


def test_a_finished_network_is_not_trained_again(tmp_path: Path) -> None:
    path = tmp_path / "network.safetensors"
    assert trained(path, "gcn", SMALL) is None
    first = trained_vectors(path)
    steps: list[Progress] = []
    again = run(train(graph(), "gcn", path, SMALL), steps.append)
    assert len(steps) == 1
    assert np.array_equal(again.vectors, first)
    facts = trained(path, "gcn", SMALL)
    assert facts is not None
    assert (facts.graph, facts.nodes) == (graph().digest(), len(graph()))


def test_new_titles_are_embedded_at_once_from_what_they_are_related_to(tmp_path: Path) -> None:
    path, settings = tmp_path / "network.safetensors", replace(SMALL, epochs=40, rate=0.02)
    run(train(graph(TITLES - 8), "sage", path, settings))
    grown = run(embed(graph(TITLES), "sage", path, settings))
    assert grown is not None
    new, old = grown.vectors[-8:], grown.vectors[:-8]
    nearest = (new @ old.T).argmax(axis=1)
    assert ((grown.items[nearest] - 1) % 4 == (grown.items[-8:] - 1) % 4).mean() >= 0.75
    assert run(embed(graph(), "gcn", tmp_path / "none.safetensors", settings)) is None


def test_a_network_of_another_graph_is_the_beginning_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "network.safetensors"
    run(train(graph(TITLES - 8), "gcn", path, SMALL))
    steps: list[Progress] = []
    found = run(train(graph(TITLES), "gcn", path, SMALL), steps.append)
    assert len(found.items) == TITLES
    assert len(steps) > 2
    facts = trained(path, "gcn", SMALL)
    assert facts is not None
    assert facts.graph == graph().digest()


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_a_damaged_checkpoint_is_set_aside(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "network.safetensors"
    path.write_bytes(damage)
    assert load_checkpoint(path) is None
    assert len(trained_vectors(path)) == TITLES


def test_the_three_networks_lie_side_by_side(tmp_path: Path) -> None:
    networks = StoredNetworks(tmp_path / "networks", 1, replace(SMALL, epochs=2, look_every=1))
    for kind in NETWORK_KINDS:
        assert networks.trained(kind) is None
        found = run(networks.train(graph(), kind))
        assert isinstance(found, NetworkEmbeddings)
        assert networks.trained(kind) is not None
        embedded = run(networks.embed(graph(), kind))
        assert embedded is not None
        assert embedded.vectors == pytest.approx(found.vectors, abs=1e-6)
    assert len(list((tmp_path / "networks").iterdir())) == 3


def test_titles_without_texts_and_without_relations_have_a_place_all_the_same(tmp_path: Path) -> None:
    bare = network_input(arrays_of(many(4)))
    found = run(train(bare, "gat", tmp_path / "network.safetensors", replace(SMALL, epochs=2, look_every=1)))
    assert np.isfinite(found.vectors).all()
    assert len(found.vectors) == 4
