"""Learns how the six encoders are fused and writes ``resources/fusion.json`` and ``resources/fusion_text.npy``.

    python -m scripts.fit_fusion --data DIR

Six weights and six widths come out of the evaluation set; no rating, title or person of it goes into the repository. The
axes that texts are projected on are those of the demo library's own texts. Of the widths that are equally good for the
ratings, those are taken that keep the neighbours best.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from benchmarks.fusion import blocks_of, in_slices, kept_neighbours
from benchmarks.fusion_weights import fit, general_opinion, likeness_of, practice_of
from benchmarks.taste_people import load_world
from encoders.categorical import CategoricalEncoder
from encoders.encoder import Floats
from encoders.fusion import BLOCKS, WIDTH, FusionWeights, SliceMap, learned_map
from encoders.numerical import NumericalEncoder
from encoders.temporal import TemporalEncoder
from encoders.text import describe_item, load_text_encoder
from library.items import Description, Item
from library.settings import TextModelSettings
from providers.servers.demo import DemoServer

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
EXACT = {encoder.name: encoder.width for encoder in (NumericalEncoder(), CategoricalEncoder(), TemporalEncoder())}
METADATA_WIDTHS = (96, 128, 160)
GRAPH_WIDTHS = (32, 48, 64)
AS_GOOD = 0.0004  # less than this is chance
NOTE = (
    "How much each block of the fused vectors counts and how many columns it has: chosen so that a title's neighbours"
    " predict best what people think of it beside the general opinion; made by scripts/fit_fusion.py."
)


def demo_texts() -> Floats:
    """Sentence embeddings of everything in the demo library, float32 (titles, 384)."""
    server = DemoServer(RESOURCES / "demo")
    texts = []
    for shelf in server.libraries():
        entries = [entry for page in server.listing(shelf) for entry in page.entries]
        for batch in server.items(shelf, entries):
            texts += [describe_item(_as_item(item)) for item in batch.items]
    encoder = load_text_encoder(TextModelSettings().name, 1)
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    for positions, some in encoder.encode(texts):
        vectors[positions] = some
    return vectors


def _as_item(described: Description) -> Item:
    return Item(id=0, **{field.name: getattr(described, field.name) for field in fields(Description)})


def layouts() -> Iterator[dict[str, int]]:
    """The widths that are tried: what the exact blocks leave is shared by texts, names and the graph."""
    for metadata in METADATA_WIDTHS:
        for graph in GRAPH_WIDTHS:
            widths = {**EXACT, "metadata": metadata, "graph": graph}
            yield {**widths, "text": WIDTH - sum(widths.values())}


def rounded(weights: FusionWeights) -> dict[str, object]:
    """As stored, to three digits: the optimum is flat, more would be noise."""
    return {
        "note": NOTE,
        "blocks": {name: round(weights.blocks[name], 3) for name in BLOCKS},
        "widths": {name: weights.widths[name] for name in BLOCKS},
    }


def main() -> None:
    """Learn and write."""
    cache = Path(tempfile.gettempdir()) / "homereel-benchmarks"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=cache)
    parser.add_argument("--out", type=Path, default=RESOURCES)
    options = parser.parse_args()
    world = load_world(options.data, options.cache)
    questions = practice_of(world)
    opinion = general_opinion(world, world.tested)
    texts = demo_texts()
    even = dict.fromkeys(BLOCKS, 1.0 / len(BLOCKS))
    found: list[tuple[float, float, FusionWeights]] = []
    for widths in layouts():
        tried = FusionWeights(blocks=even, widths=widths, maps={"text": learned_map(texts, widths["text"])})
        blocks = blocks_of(world, tried)
        rows = {name: likeness_of(some, questions) for name, some in in_slices(blocks, tried).items()}
        best, reached = fit(rows, questions, opinion, even)
        fitted = replace(tried, blocks=best)
        kept = kept_neighbours(blocks, fitted, world)
        found.append((reached, kept, fitted))
        print(f"{reached:.5f} kept {kept:.3f}  {_three(widths)}  {_three(best)}", flush=True)
    most = max(reached for reached, *_ in found)
    _, _, chosen = max((entry for entry in found if entry[0] >= most - AS_GOOD), key=lambda entry: entry[1])
    write(chosen, options.out)


def _three(numbers: Mapping[str, float]) -> str:
    return " ".join(f"{name} {number:.3g}" for name, number in numbers.items())


def write(weights: FusionWeights, folder: Path) -> None:
    """Write both files."""
    learned: SliceMap = weights.maps["text"]
    np.save(folder / "fusion_text.npy", np.vstack([learned.centre, learned.axes.T]), allow_pickle=False)
    (folder / "fusion.json").write_text(json.dumps(rounded(weights), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
