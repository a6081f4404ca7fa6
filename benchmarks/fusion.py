"""How much the neighbours of a title tell about taste: the fused vectors, each block alone, and the plain text baselines.

    python -m benchmarks.fusion --data DIR [--look]

For everybody in users_dev.txt, with weights fitted on the other four folds: the share of pairs that the neighbours order
rightly (``benchmarks.fusion_weights`` says how), from the neighbours alone and beside the general opinion of a title, and
how the cosine of two titles goes with what one person thinks of both. ``--look`` also prints the neighbours of films that
everybody knows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.fusion_weights import (
    Likeness,
    Question,
    accuracy,
    agreement,
    averaged,
    cosines,
    fit,
    general_opinion,
    likeness_of,
    practice_of,
    questions_of,
)
from benchmarks.results import write
from benchmarks.taste_people import FOLDS, World, load_world
from encoders.encoder import Floats
from encoders.fusion import BLOCKS, WIDTH, FusionWeights, fuse, in_its_slice, load_fusion_weights, plain_encoders
from encoders.graph import GraphEncoder, learn_axes
from encoders.metadata import SHARES, names_of
from encoders.text import describe_item
from library.items import Item

KNOWN_TO_ALL = (
    "Alien",
    "Spirited Away",
    "The Godfather",
    "Toy Story",
    "Amélie",
    "Interstellar",
    "Pulp Fiction",
    "The Matrix",
    "Finding Nemo",
    "Casablanca",
    "Seven Samurai",
    "The Shining",
    "When Harry Met Sally...",
    "Die Hard",
    "Jurassic Park",
    "Titanic",
    "Monty Python and the Holy Grail",
    "Bowling for Columbine",
    "The Silence of the Lambs",
    "The Dark Knight",
)
NEAREST = 10
SAMPLED = 400

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Setting:
    """What is measured on.

    :param practice: the questions that weights are fitted on; ``asked`` those of the protocol.
    :param opinions: for each fold the general opinion of the people in the others.
    """

    world: World
    practice: list[Question]
    asked: list[Question]
    opinions: list[NDArray[np.float64]]

    def positions(self, questions: Sequence[Question], fold: int, inside: bool) -> list[int]:
        """Which questions are those of the people in a fold, or of all others."""
        return [k for k, asked in enumerate(questions) if (self.world.fold_of(asked.person) == fold) == inside]


def blocks_of(world: World, weights: FusionWeights) -> dict[str, Floats]:
    """The encoders' rows of all films."""
    blocks = {encoder.name: encoder.encode(world.items) for encoder in plain_encoders(weights)}
    blocks |= {"text": world.texts, "graph": graph_rows(world, weights.widths["graph"])}
    return {name: blocks[name] for name in BLOCKS}


def graph_rows(world: World, width: int | None) -> Floats:
    """The graph block in so many columns, ``None`` for all: float32 (films, width or 384)."""
    axes = None if width is None else learn_axes(world.networks, width)
    return GraphEncoder(world.networks, axes).encode([item.id for item in world.items])


def in_slices(blocks: Mapping[str, Floats], weights: FusionWeights) -> dict[str, Floats]:
    """The rows as they stand in the fused vectors, unweighed."""
    return {name: in_its_slice(name, rows, weights).astype(np.float32) for name, rows in blocks.items()}


def exact_rows(blocks: Mapping[str, Floats], weights: FusionWeights, world: World) -> Row:
    """The rows before anything is made narrower: centred texts of full width, names themselves, all of the graph."""
    exact: Row = {**blocks, "text": _unit(blocks["text"] - weights.maps["text"].centre)}
    exact["metadata"] = _names_themselves(world.items)
    exact["graph"] = graph_rows(world, None)
    return exact


def _names_themselves(items: Sequence[Item]) -> Any:
    columns: dict[tuple[str, str], int] = {}
    ends, indices, values = [0], [], []
    for item in items:
        for (field, share), named in zip(SHARES.items(), names_of(item), strict=True):
            scale = (share / sum(weight * weight for _, weight in named)) ** 0.5
            indices += [columns.setdefault((field, name), len(columns)) for name, _ in named]
            values += [scale * weight for _, weight in named]
        ends.append(len(indices))
    return csr_matrix((np.array(values, np.float32), indices, ends), shape=(len(items), len(columns)))


def some_of(blocks: Mapping[str, Likeness], kept: Sequence[int]) -> dict[str, Likeness]:
    """The products for some of the questions."""
    return {name: Likeness([block.products[k] for k in kept], block.lengths) for name, block in blocks.items()}


def fitted(setting: Setting, blocks: Mapping[str, Likeness], beyond_opinion: bool) -> list[dict[str, float]]:
    """For each fold the weights that are best for the people of the others.

    :param blocks: products for the practice questions.
    """
    found: list[dict[str, float]] = []
    even = dict.fromkeys(blocks, 1.0 / len(blocks))
    for fold in range(FOLDS):
        kept = setting.positions(setting.practice, fold, inside=False)
        questions = [setting.practice[k] for k in kept]
        opinion = setting.opinions[fold] if beyond_opinion else None
        weights, best = fit(some_of(blocks, kept), questions, opinion, even)
        found.append(weights)
        print(f"  fold {fold}: {best:.4f}  {_short(weights)}", flush=True)
    return found


def measured(setting: Setting, near: Callable[[int], Sequence[NDArray[Any]]], rows: Floats | None = None) -> Row:
    """One row of the table.

    :param near: likeness for every question, by the weights of a fold.
    :param rows: unit rows whose cosines are to be compared with what people think.
    """
    alone, beside = np.empty(len(setting.asked)), np.empty(len(setting.asked))
    for fold in range(FOLDS):
        kept = setting.positions(setting.asked, fold, inside=True)
        questions, alike = [setting.asked[k] for k in kept], near(fold)
        some = [alike[k] for k in kept]
        alone[kept] = accuracy(some, questions)
        beside[kept] = accuracy(some, questions, setting.opinions[fold])
    row: Row = {"alone": averaged(alone, setting.asked), "beside": averaged(beside, setting.asked)}
    if rows is not None:
        everybody = general_opinion(setting.world, setting.world.tested)
        row["agreement"] = [agreement(setting.world, rows, None), agreement(setting.world, rows, everybody)]
    return row


def print_row(name: str, row: Row) -> None:
    """One line: alone and beside the opinion, at each n and on average, and the two correlations."""
    parts = []
    for kind in ("alone", "beside"):
        values = list(row[kind].values())
        parts.append(" ".join(f"{value:.4f}" for value in (*values, float(np.mean(values)))))
    together = " ".join(f"{value:.3f}" for value in row.get("agreement", ()))
    print(f"{name:34} {parts[0]}   {parts[1]}   {together}", flush=True)


def table(setting: Setting, blocks: Mapping[str, Floats], weights: FusionWeights) -> tuple[dict[str, Row], Row]:
    """All rows, printed as they are found, and the weights of the folds."""
    rows: dict[str, Row] = {}
    world, asked = setting.world, setting.asked
    narrow_rows = in_slices(blocks, weights)
    practice = {name: likeness_of(some, setting.practice) for name, some in narrow_rows.items()}
    print("weights for neighbours beside the general opinion (the shipped kind)")
    beside = fitted(setting, practice, beyond_opinion=True)
    print("weights for neighbours alone")
    alone = fitted(setting, practice, beyond_opinion=False)

    def add(name: str, near: Callable[[int], Sequence[NDArray[Any]]], vectors: Floats | None = None) -> None:
        rows[name] = measured(setting, near, vectors)
        print_row(name, rows[name])

    print(f"\n{'n = 10, 20, 50, mean':34} {'neighbours alone':28}  {'beside the general opinion':28}  agreement")
    add("the general opinion alone", lambda fold: [np.zeros((len(q.ranked), len(q.rows))) for q in asked])
    texts = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english")
    tfidf = likeness_of(texts.fit_transform([describe_item(item) for item in world.items]), asked).products
    add("TF-IDF", lambda fold: tfidf)
    minilm = _unit(blocks["text"] - blocks["text"].mean(axis=0))
    plain = likeness_of(minilm, asked).products
    add("MiniLM", lambda fold: plain, minilm)
    narrow = {name: likeness_of(some, asked) for name, some in narrow_rows.items()}
    for name in narrow:
        one = cosines({name: narrow[name]}, {name: 1.0}, asked)
        add(f"{name} only", lambda fold, one=one: one, _unit(narrow_rows[name]))  # type: ignore[misc]
    for name in narrow:
        rest = {other: block for other, block in narrow.items() if other != name}
        add(f"all but {name}", lambda fold, rest=rest: cosines(rest, beside[fold], asked))  # type: ignore[misc]
    everything = exact_rows(blocks, weights, world)
    exact = {name: likeness_of(some, asked) for name, some in everything.items()}
    add("all, before they are narrowed", lambda fold: cosines(exact, beside[fold], asked))
    fused = fuse(blocks, weights)
    add("all, 384 columns", lambda fold: cosines(narrow, beside[fold], asked), fused)
    add("all, weights for neighbours alone", lambda fold: cosines(narrow, alone[fold], asked))
    return rows, {"beside": beside, "alone": alone}


def kept_neighbours(blocks: Mapping[str, Floats], weights: FusionWeights, world: World) -> float:
    """Of the hundred nearest titles before anything is narrowed, the share that is still among them in 384 columns."""
    rows = np.random.RandomState(0).permutation(len(world.items))[:SAMPLED]
    products, lengths = np.zeros((len(rows), len(world.items))), np.zeros(len(world.items))
    for name, some in exact_rows(blocks, weights, world).items():
        weight, part = weights.blocks[name], some[rows] @ some.T
        products += weight * (part if isinstance(part, np.ndarray) else part.toarray())
        squares = some * some if isinstance(some, np.ndarray) else some.multiply(some)
        lengths += weight * np.asarray(squares.sum(axis=1)).ravel()
    exact = products / np.sqrt(np.maximum(lengths, 1e-12))
    fused = fuse(blocks, weights)
    found = []
    for row, one, other in zip(rows, exact, fused[rows] @ fused.T, strict=True):
        one[row] = other[row] = -np.inf
        found.append(len(np.intersect1d(np.argpartition(-one, 100)[:100], np.argpartition(-other, 100)[:100])))
    return float(np.mean(found)) / 100.0


def look(world: World, vectors: Floats) -> None:
    """Print the nearest films of some that everybody knows."""
    for title in KNOWN_TO_ALL:
        named = [k for k, item in enumerate(world.items) if item.title == title]
        if not named:
            continue
        row = max(named, key=lambda k: world.items[k].vote_count or 0)
        alike = vectors @ vectors[row]
        alike[row] = -1.0
        nearest = np.argsort(-alike)[:NEAREST]
        print(f"{title}: " + ", ".join(f"{world.items[k].title} ({alike[k]:.2f})" for k in nearest))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-9)
    return unit


def _short(weights: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {weight:.3f}" for name, weight in weights.items())


def main() -> None:
    """Measure and say."""
    cache = Path(tempfile.gettempdir()) / "homereel-benchmarks"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with movies.jsonl.gz and so on")
    parser.add_argument("--cache", type=Path, default=cache)
    parser.add_argument("--look", action="store_true", help="also print the neighbours of well-known films")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    world = load_world(options.data, options.cache)
    weights = load_fusion_weights()
    others = [[person for person in world.tested if world.fold_of(person) != fold] for fold in range(FOLDS)]
    opinions = [general_opinion(world, people) for people in others]
    setting = Setting(world, practice_of(world), questions_of(world), opinions)
    blocks = blocks_of(world, weights)
    print(f"{len(world.tested)} people, {len(world.films):,} films, blocks: {', '.join(blocks)}", flush=True)
    rows, folds = table(setting, blocks, weights)
    if options.look:
        print()
        look(world, fuse(blocks, weights))
    figures = {"people": len(world.tested), "blocks": list(blocks), "shipped": dict(weights.blocks), "folds": folds}
    seconds = time.perf_counter() - began
    kept = kept_neighbours(blocks, weights, world)
    print(f"of the 100 nearest before anything is narrowed, {kept:.3f} are still there in {WIDTH} columns")
    figures = {**figures, "kept_neighbours": kept, "widths": dict(weights.widths), "pair": rows, "seconds": seconds}
    print(f"\n{seconds:.0f} s; written to {write('fusion', figures, options.out)}")


if __name__ == "__main__":
    main()
