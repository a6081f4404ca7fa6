"""Trains a graph network by link prediction, goes on where a stopped run was, and embeds what is new without training.

embeddings = yield from train(graph, "gat", directory / "gat.safetensors", threads=1)
embeddings = yield from embed(grown_graph, "gat", directory / "gat.safetensors", threads=1)
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from graph.networks.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from graph.networks.edges import Edges
from graph.networks.embeddings import NetworkEmbeddings, NetworkKind, Trained
from graph.networks.input import NetworkInput
from graph.networks.model import LinkModel, NetworkSettings, TextAxes, node_features
from graph.networks.sampling import FalseNames, graph_of, sample_piece, split_links
from library.errors import TrainingError
from library.progress import Job, Progress

log = logging.getLogger(__name__)

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Place = Callable[[Ints], Ints]
"""From nodes of the whole graph to rows of the embeddings at hand."""
NAMES = {"gcn": "GCN", "gat": "GAT", "sage": "GraphSAGE"}


def train(
    graph: NetworkInput, kind: NetworkKind, path: Path, settings: NetworkSettings | None = None, threads: int = 1
) -> Job[NetworkEmbeddings]:
    """Train one network, or go on with it.

    A finished checkpoint of the same graph is embedded from at once; an unfinished one goes on; one of another graph gives what
    it learned of the nodes that are still there. The same graph, texts, settings and seed give the same vectors.

    :param path: where the checkpoint lies.
    :raises TrainingError: when the checkpoint cannot be written; what was written before stays.
    """
    settings = settings or NetworkSettings()
    torch.set_num_threads(threads)
    run = _Run(graph, kind, path, settings)
    if not run.finished:
        yield from run.epochs()
    yield Progress(f"Embedding with {NAMES[kind]}")
    return run.embeddings()


def embed(
    graph: NetworkInput, kind: NetworkKind, path: Path, settings: NetworkSettings | None = None, threads: int = 1
) -> Job[NetworkEmbeddings | None]:
    """Embed all titles of a graph with what a checkpoint knows, without training; ``None`` when there is none to use.

    A node that the network has not met has the mean of its neighbours' learned embeddings.
    """
    torch.set_num_threads(threads)
    known = _usable(path, kind, settings or NetworkSettings())
    if known is None:
        return None
    yield Progress(f"Embedding with {NAMES[kind]}")
    edges = Edges(graph.indptr, graph.neighbours)
    model, features, _ = _restored(known, graph, edges, kind, settings or NetworkSettings())
    yield Progress(f"Embedding with {NAMES[kind]}")
    vectors = _embedded(model, features, edges, graph)
    return NetworkEmbeddings(graph.items, vectors, float(known.facts["best"]))


def trained(path: Path, kind: NetworkKind, settings: NetworkSettings | None = None) -> Trained | None:
    """What a finished checkpoint was trained on; ``None`` when there is none that can be used."""
    known = _usable(path, kind, settings or NetworkSettings(), ("ids", "centre"))
    if known is None:
        return None
    return Trained(
        graph=str(known.facts["graph"]),
        nodes=len(known.tensors["ids"]),
        mark=str(known.facts["mark"]),
        at=path.stat().st_mtime,
        centre=known.tensors["centre"].numpy(),
    )


class StoredNetworks:
    """The three networks with their checkpoints in one directory; see ``embeddings.Networks``."""

    def __init__(self, directory: Path, threads: int, settings: NetworkSettings | None = None) -> None:
        self._directory, self._threads, self._settings = directory, threads, settings

    @property
    def directory(self) -> Path:
        """Where the checkpoints lie, and what belongs to them."""
        return self._directory

    def trained(self, kind: NetworkKind) -> Trained | None:
        """What a network was trained on."""
        return trained(self._path(kind), kind, self._settings)

    def train(self, graph: NetworkInput, kind: NetworkKind) -> Job[NetworkEmbeddings]:
        """Train it, or go on."""
        return train(graph, kind, self._path(kind), self._settings, self._threads)

    def embed(self, graph: NetworkInput, kind: NetworkKind) -> Job[NetworkEmbeddings | None]:
        """Embed titles without training."""
        return embed(graph, kind, self._path(kind), self._settings, self._threads)

    def _path(self, kind: NetworkKind) -> Path:
        return self._directory / f"{kind}.safetensors"


class _Run:
    """One training from where it stands to its end."""

    def __init__(self, graph: NetworkInput, kind: NetworkKind, path: Path, settings: NetworkSettings) -> None:
        self._graph, self._kind, self._path, self._settings = graph, kind, path, settings
        self._links = split_links(graph, settings.held_share, settings.seed)
        self._false = FalseNames(graph, self._links.learned)
        self._indptr, self._neighbours = graph_of(self._links.learned, len(graph))
        self._whole = len(self._neighbours) <= settings.whole_edges
        self._edges = Edges(self._indptr, self._neighbours)
        begun = _usable(_unfinished(path), kind, settings)
        done = _usable(path, kind, settings)
        self.finished = done is not None and done.facts["graph"] == graph.digest()
        self._going_on = not self.finished and begun is not None and begun.facts["graph"] == graph.digest()
        known = begun if self._going_on else done
        torch.manual_seed(settings.seed)
        if known is None:
            self._axes = TextAxes.of(graph.text, settings.text)
            self._features = node_features(graph, self._edges, self._axes)
            self._model = LinkModel(kind, len(graph), self._features.shape[1], settings)
        else:
            self._model, self._features, self._axes = _restored(known, graph, self._edges, kind, settings)
        self._optimiser = torch.optim.Adam(self._model.parameters(), lr=settings.rate)
        self._epoch, self._score, self._worse = 0, -1.0, 0
        self._best = _copied(self._model)
        if known is not None and (self.finished or self._going_on):
            self._score = float(known.facts["best"])
        if known is not None and self._going_on:
            self._go_on(known)

    def _go_on(self, known: Checkpoint) -> None:
        """Take up an unfinished run exactly where its checkpoint was written."""
        self._epoch, self._worse = int(known.facts["epoch"]), int(known.facts["worse"])
        self._model.load_state_dict(known.part("now"))
        state = self._optimiser.state_dict()
        for number, parameter in enumerate(self._model.parameters()):
            adam = known.part(f"adam.{number}")
            if adam:
                assert adam["exp_avg"].shape == parameter.shape
                state["state"][number] = adam
        self._optimiser.load_state_dict(state)

    def epochs(self) -> Iterator[Progress]:
        """Learn until the held-out links are told no better, or the epochs are used up."""
        settings, step = self._settings, f"Learning the graph with {NAMES[self._kind]}"
        patient = True
        while self._epoch < settings.epochs and patient:
            torch.manual_seed(settings.seed * 1000 + self._epoch)
            generator = np.random.default_rng((settings.seed, self._epoch))
            for _ in self._steps(generator):
                yield Progress(step, self._epoch, settings.epochs)
            self._epoch += 1
            if self._epoch % settings.look_every == 0 or not self._whole or self._epoch == settings.epochs:
                patient = self._look()
                self._save(finished=not patient or self._epoch == settings.epochs)
                yield Progress(step, self._epoch, settings.epochs)
        self.finished = True
        yield Progress(
            step,
            settings.epochs,
            settings.epochs,
            f"{NAMES[self._kind]} tells {self._score:.1%} of the links it has not seen from false ones.",
        )

    def _steps(self, generator: np.random.Generator) -> Iterator[None]:
        """The steps of one epoch: one over the whole graph, or many over pieces of it."""
        learned = self._links.learned
        count = min(self._settings.links, len(learned))
        chosen = learned[generator.choice(len(learned), count, replace=False)]
        false = self._false.draw(chosen[:, 1], generator)
        self._model.train()
        if self._whole:
            self._descend(self._model.loss(self._model(self._features, self._edges), chosen, false))
            yield
            return
        for first in range(0, count, self._settings.batch):
            part = slice(first, first + self._settings.batch)
            seeds = np.concatenate([chosen[part].ravel(), false[part]])
            embeddings, place = self._piece(seeds, generator)
            self._descend(self._model.loss(embeddings, place(chosen[part]), place(false[part])))
            yield

    def _piece(self, seeds: Ints, generator: np.random.Generator) -> tuple[torch.Tensor, Place]:
        """Embeddings of a sampled piece of the graph, and the function that finds a node in it."""
        piece = sample_piece(self._indptr, self._neighbours, seeds, generator)
        nodes = torch.from_numpy(piece.nodes)
        edges = Edges(piece.indptr, piece.neighbours)
        embeddings = self._model(self._features[nodes], edges, nodes)

        def place(wanted: Ints) -> Ints:
            found: Ints = np.searchsorted(piece.nodes, wanted).astype(np.int64)
            return found

        return embeddings, place

    def _descend(self, loss: torch.Tensor) -> None:
        if not torch.isfinite(loss):
            raise TrainingError(
                f"Training {NAMES[self._kind]} went astray.", "It is tried again; suggestions go on without it."
            )
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()

    def _look(self) -> bool:
        """Look at the held-out links; whether it is worth going on."""
        self._model.eval()
        with torch.no_grad():
            score = self._held_score()
        if score > self._score:
            self._score, self._best, self._worse = score, _copied(self._model), 0
        else:
            self._worse += 1
        return self._worse < self._settings.patience

    def _held_score(self) -> float:
        """The share of the held-out links that score higher than their false ones, a tie counting half."""
        held, false = self._links.held, self._links.false
        if not len(held):
            return 0.0
        place: Place = _as_they_are
        if self._whole:
            embeddings = self._model(self._features, self._edges)
        else:
            held, false = held[: self._settings.batch], false[: self._settings.batch]
            seeds = np.concatenate([held.ravel(), false])
            embeddings, place = self._piece(seeds, np.random.default_rng(self._settings.seed))
        true = self._model.scores(embeddings, place(held[:, 0]), place(held[:, 1]))
        wrong = self._model.scores(embeddings, place(held[:, 0]), place(false))
        return float(((true > wrong).float() + 0.5 * (true == wrong).float()).mean())

    def _save(self, finished: bool) -> None:
        """Write what it takes to go on from here, or when it has come to its end, only what it takes to embed."""
        tensors = {f"best.{name}": value for name, value in self._best.items()}
        tensors |= {
            "ids": torch.from_numpy(self._graph.ids),
            "mean": torch.from_numpy(self._axes.mean),
            "axes": torch.from_numpy(self._axes.axes),
        }
        if finished:
            tensors["centre"] = torch.from_numpy(self._vectors().mean(axis=0))
        else:
            tensors |= {f"now.{name}": value for name, value in self._model.state_dict().items()}
            for number, state in self._optimiser.state_dict()["state"].items():
                tensors |= {f"adam.{number}.{name}": value for name, value in state.items()}
        facts = {
            "kind": self._kind,
            "settings": self._settings.as_stored(),
            "graph": self._graph.digest(),
            "epoch": self._epoch,
            "best": self._score,
            "worse": self._worse,
            "mark": hashlib.blake2b(self._best["learned.weight"].numpy().tobytes(), digest_size=8).hexdigest(),
        }
        try:
            save_checkpoint(self._path if finished else _unfinished(self._path), Checkpoint(facts, tensors))
            if finished:
                _unfinished(self._path).unlink(missing_ok=True)
        except OSError as error:
            raise TrainingError(
                f"What was learned of the graph cannot be stored: {error.strerror or error}.", "Make room on the disk."
            ) from error

    def embeddings(self) -> NetworkEmbeddings:
        """What the best weights make of the titles, with all links in place."""
        return NetworkEmbeddings(self._graph.items, self._vectors(), self._score)

    def _vectors(self) -> Floats:
        self._model.load_state_dict(self._best)
        edges = Edges(self._graph.indptr, self._graph.neighbours)
        return _embedded(self._model, node_features(self._graph, edges, self._axes), edges, self._graph)


def _unfinished(path: Path) -> Path:
    """Where a run that is not at its end is kept: the finished network stays of use until there is a better one."""
    return path.with_suffix(f".unfinished{path.suffix}")


def _usable(path: Path, kind: str, settings: NetworkSettings, only: Collection[str] | None = None) -> Checkpoint | None:
    """The checkpoint in a file, or some tensors of it, if it is of this kind of network and these settings."""
    known = load_checkpoint(path, only)
    if known is None or known.facts.get("kind") != kind or known.facts.get("settings") != settings.as_stored():
        return None
    return known


def _restored(
    known: Checkpoint, graph: NetworkInput, edges: Edges, kind: str, settings: NetworkSettings
) -> tuple[LinkModel, torch.Tensor, TextAxes]:
    """The best model of a checkpoint over the nodes of another graph, their features, and the axes it reads texts on."""
    best = known.part("best")
    axes = TextAxes(known.tensors["mean"].numpy(), known.tensors["axes"].numpy())
    best["learned.weight"] = _carried_over(known.tensors["ids"].numpy(), best["learned.weight"], graph.ids, edges)
    features = node_features(graph, edges, axes)
    model = LinkModel(kind, len(graph), features.shape[1], settings)
    model.load_state_dict(best)
    return model, features, axes


def _carried_over(old_ids: Ints, learned: torch.Tensor, ids: Ints, edges: Edges) -> torch.Tensor:
    """The learned embeddings of the nodes that are known; of the others the mean of their known neighbours'."""
    order = np.argsort(old_ids, kind="stable")
    place = np.minimum(np.searchsorted(old_ids, ids, sorter=order), len(old_ids) - 1)
    known = torch.from_numpy(old_ids[order[place]] == ids)
    rows = torch.zeros(len(ids), learned.shape[1])
    rows[known] = learned[torch.from_numpy(order[place])[known]]
    counts = edges.ones @ known.to(torch.float32)[:, None]
    means = (edges.ones @ rows) / counts.clamp(min=1.0)
    return torch.where(known[:, None], rows, means)


def _as_they_are(nodes: Ints) -> Ints:
    return nodes


def _copied(model: LinkModel) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _embedded(model: LinkModel, features: torch.Tensor, edges: Edges, graph: NetworkInput) -> Floats:
    model.eval()
    with torch.no_grad():
        vectors: Floats = model(features, edges)[: len(graph.items)].numpy().copy()
    return vectors
