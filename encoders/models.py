"""Loads a text model: BERT models into our own fast form, all others as sentence-transformers runs them.

Only safetensors files are read: the older .bin files are pickles, which can run code.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from encoders.bert import PackedBert
from encoders.weights import ANOTHER, REINSTALL, SHIPPED_NAMES, model_folder
from library.errors import EncoderError

log = logging.getLogger(__name__)

SHIPPED_LENGTH, SHIPPED_HEADS, SHIPPED_EPSILON = 256, 12, 1e-12
PROBES = ("A film", "Überfall – in zwei Akten; 15 clocks, one thief.", "The sea, the sea. " * 60)
PROBE_COSINE = 0.99999


class SentenceModel(Protocol):
    """What turns texts into vectors, in two steps so that the work of a batch is known before it is done.

    ``dimensions`` is the width of a vector; ``batch_sizes`` the smallest and largest sensible batch, in what ``len()`` of a
    read text counts (tokens or characters); ``side_by_side`` whether several threads may ``embed`` at the same time.
    """

    dimensions: int
    batch_sizes: tuple[int, int]
    side_by_side: bool

    def read(self, texts: Sequence[str]) -> list[Any]:
        """Make texts ready; ``len()`` of each result tells how much work it is."""

    def embed(self, read: Sequence[Any]) -> NDArray[np.float32]:
        """Turn texts that were read into unit vectors, float32 (texts, dimensions)."""


class PackedModel:
    """A BERT model in the fast form, with its tokenizer.

    :param tokenizer: of the ``tokenizers`` library; it is set to cut texts to ``max_length`` tokens.
    """

    batch_sizes = (256, 768)  # tokens; more would not fit the processor's cache and gains nothing
    side_by_side = True

    def __init__(self, bert: PackedBert, tokenizer: Any, max_length: int) -> None:
        self._bert, self._tokenizer = bert, tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length)
        self.dimensions = bert.dimensions

    def read(self, texts: Sequence[str]) -> list[Any]:
        """Token ids of each text, a few texts at a time: Python's lock is not held for long."""
        ids: list[Any] = []
        for start in range(0, len(texts), 32):
            ids += [text.ids for text in self._tokenizer.encode_batch_fast(list(texts[start : start + 32]))]
        return ids

    def embed(self, read: Sequence[Any]) -> NDArray[np.float32]:
        """Unit vectors of token ids."""
        return self._bert.embed(read)


class PlainModel:
    """Any other model, run by sentence-transformers itself."""

    batch_sizes = (512, 16384)  # characters
    side_by_side = False  # its tokenizer is set anew for each call

    def __init__(self, transformer: Any) -> None:
        self._transformer = transformer
        self.dimensions = int(transformer.get_embedding_dimension())

    def read(self, texts: Sequence[str]) -> list[Any]:
        """The texts as they are; sentence-transformers reads them itself."""
        return list(texts)

    def embed(self, read: Sequence[Any]) -> NDArray[np.float32]:
        """Unit vectors of texts."""
        vectors = self._transformer.encode(
            list(read), batch_size=len(read), show_progress_bar=False, normalize_embeddings=True, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32)


def load_model(model: str) -> SentenceModel:
    """Load a model by its name or folder.

    :raises EncoderError: when it is not on this computer, damaged, or of a kind that cannot be loaded.
    """
    folder = model_folder(model)
    try:
        return _load(model, folder)
    except ImportError as error:
        raise EncoderError("A package that text models need is not installed.", REINSTALL) from error
    except (OSError, ValueError, LookupError, RuntimeError, TypeError, AttributeError) as error:
        log.info("Loading the text model %s failed", model, exc_info=True)
        raise EncoderError(f"The text model “{model}” cannot be loaded.", ANOTHER) from error


def _load(model: str, folder: Path) -> SentenceModel:
    from safetensors import SafetensorError

    try:
        return _load_shipped(folder) if model in SHIPPED_NAMES else _load_other(folder)
    except SafetensorError as error:
        raise ValueError("the weights are damaged") from error


def _load_shipped(folder: Path) -> SentenceModel:
    """The shipped model straight from its files, which are known to the byte.

    Without sentence-transformers, whose import takes four times as long as that of torch.
    """
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    bert = PackedBert(load_file(folder / "model.safetensors"), SHIPPED_HEADS, SHIPPED_EPSILON)
    return PackedModel(bert, Tokenizer.from_file(str(folder / "tokenizer.json")), SHIPPED_LENGTH)


def _load_other(folder: Path) -> SentenceModel:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformer = SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
    )
    plain = PlainModel(transformer)
    if not _is_simple_bert(transformer):
        return plain
    packed = _packed(transformer)
    likeness = (packed.embed(packed.read(PROBES)) * plain.embed(PROBES)).sum(axis=1).min()
    return packed if likeness >= PROBE_COSINE else plain


def _is_simple_bert(transformer: Any) -> bool:
    """Whether a model is one that ``PackedBert`` knows: BERT with gelu, pooled by mean or first token, no prompt."""
    names = [type(module).__name__ for module in transformer]
    if names not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    config = transformer[0].auto_model.config
    return (
        type(transformer[0].auto_model).__name__ == "BertModel"
        and config.hidden_act == "gelu"
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
        and not getattr(config, "is_decoder", False)
        and transformer[1].pooling_mode in ("mean", "cls")
        and transformer.default_prompt_name is None
        and getattr(transformer.tokenizer, "is_fast", False)
    )


def _packed(transformer: Any) -> PackedModel:
    from tokenizers import Tokenizer

    bert, config = transformer[0].auto_model, transformer[0].auto_model.config
    tokenizer = Tokenizer.from_str(transformer.tokenizer.backend_tokenizer.to_str())
    length = min(transformer.max_seq_length or config.max_position_embeddings, config.max_position_embeddings)
    packed = PackedBert(
        bert.state_dict(), config.num_attention_heads, config.layer_norm_eps, pooling=transformer[1].pooling_mode
    )
    return PackedModel(packed, tokenizer, length)
