"""Describes items in words, and turns words into vectors whose angle tells how alike they are.

Nothing heavy is imported here: torch comes in with ``load_text_encoder``, off the main thread.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoders.models import SentenceModel, load_model
from encoders.weights import check_model, encoder_key
from library.errors import EncoderError
from library.items import CreditRole, Item

__all__ = ["TextEncoder", "check_model", "describe_item", "encoder_key", "input_digest", "load_text_encoder"]

Batch = list[tuple[str, Any]]  # texts, and what the model made of each to read it

FORMAT_VERSION = 1  # of what describe_item writes; raised when it changes, so that texts are read again
MOST_KEYWORDS, MOST_WRITERS, MOST_CAST = 20, 3, 5

READ_AT_ONCE = 256  # texts
BATCH_SECONDS = 0.12  # aimed at; twice that is the longest gap between two batches that may be


def describe_item(item: Item) -> str:
    """What the text model reads of an item; what is unknown leaves no trace in it."""
    sentences = [item.title, item.tagline, item.overview]
    sentences.append(_listed("Genres: ", item.genres))
    sentences.append(_listed("Keywords: ", item.keywords[:MOST_KEYWORDS]))
    sentences.append(_listed("Directed by ", item.people(CreditRole.DIRECTOR)))
    sentences.append(_listed("Created by ", item.people(CreditRole.CREATOR)))
    sentences.append(_listed("Written by ", item.people(CreditRole.WRITER)[:MOST_WRITERS]))
    sentences.append(_listed("With ", item.people(CreditRole.CAST)[:MOST_CAST]))
    return " ".join(_sentence(text) for text in sentences if text and text.strip())


def _listed(label: str, names: Sequence[str]) -> str:
    known = [name.strip() for name in names if name and name.strip()]
    return label + ", ".join(known) if known else ""


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text[-1] in ".!?…" else f"{text}."


def input_digest(model: str, text: str) -> str:
    """What a vector was made from: changes with the model, the way items are described, and the text.

    Equal to ``digest`` of the loaded encoder, without loading it.
    """
    return _digest(encoder_key(model), text)


def _digest(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\n{FORMAT_VERSION}\n{text}".encode()).hexdigest()


class TextEncoder:
    """A loaded text model. It may use ``threads`` threads while ``encode`` runs, and keeps none afterwards.

    Where the model allows it, each thread reads a batch of its own: threads that share every single step, as torch's do,
    wait for each other, and for long when other programs want the processor too.

    :param name: the key of its vectors in the embedding store.
    """

    def __init__(self, name: str, model: SentenceModel, threads: int) -> None:
        self.name = name
        self.dimensions = model.dimensions
        self._model = model
        self._threads = max(1, threads)
        self._budget = model.batch_sizes[0]  # of a batch, as the last one's speed allows

    def digest(self, text: str) -> str:
        """What the vector of this text is made from; see ``input_digest``."""
        return _digest(self.name, text)

    def encode(self, texts: Sequence[str]) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Yield the vectors of all texts, batch by batch, at least every quarter second on an ordinary computer.

        Texts of like length are read together, long ones first; a text that occurs twice is read once. A vector does not
        depend on the other texts.

        :returns: batches of positions in ``texts`` and their unit vectors, float32 (positions, dimensions).
        :raises EncoderError: when the model fails.
        """
        places: dict[str, list[int]] = {}
        for position, text in enumerate(texts):
            places.setdefault(text, []).append(position)
        distinct = sorted(places, key=len, reverse=True)
        alone = self._threads == 1 or not self._model.side_by_side
        try:
            for batch, vectors in self._one_by_one(distinct) if alone else self._side_by_side(distinct):
                positions = [position for text, _ in batch for position in places[text]]
                yield positions, np.repeat(vectors, [len(places[text]) for text, _ in batch], axis=0)
        except (RuntimeError, MemoryError) as error:
            raise EncoderError(
                "The text model failed while it read the titles.", "Close other programs, or choose another text model."
            ) from error

    def _one_by_one(self, texts: Sequence[str]) -> Iterator[tuple[Batch, NDArray[np.float32]]]:
        import torch

        torch.set_num_threads(self._threads)  # of the thread that runs this: OpenMP keeps it per thread
        for batch in self._batches(texts):
            yield batch, self._embed(batch)

    def _side_by_side(self, texts: Sequence[str]) -> Iterator[tuple[Batch, NDArray[np.float32]]]:
        import torch

        before = torch.get_num_threads()
        pool = ThreadPoolExecutor(self._threads, "text model", initializer=torch.set_num_threads, initargs=(1,))
        waiting: deque[tuple[Batch, Future[NDArray[np.float32]]]] = deque()
        try:
            for batch in self._batches(texts):
                waiting.append((batch, pool.submit(self._embed, batch)))
                if len(waiting) > self._threads:
                    first, vectors = waiting.popleft()
                    yield first, vectors.result()
            for first, vectors in waiting:
                yield first, vectors.result()
        finally:
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(before)  # part of the setting is the whole program's

    def _batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Different texts, sorted by length, in batches that take about as long as a yield may wait."""
        for start in range(0, len(texts), READ_AT_ONCE):
            some = texts[start : start + READ_AT_ONCE]
            read = list(zip(some, self._model.read(some), strict=True))
            read.sort(key=lambda pair: len(pair[1]), reverse=True)
            while read:
                batch, read = _first_of(read, self._budget)
                yield batch

    def _embed(self, batch: Batch) -> NDArray[np.float32]:
        began = time.perf_counter()
        vectors = self._model.embed([read for _, read in batch])
        speed = sum(len(read) for _, read in batch) / max(time.perf_counter() - began, 1e-6)
        least, most = self._model.batch_sizes
        self._budget = round(min(max(speed * BATCH_SECONDS, least), most))
        return vectors


def _first_of(read: Batch, budget: int) -> tuple[Batch, Batch]:
    """Split off as many texts as fit the budget, at least one."""
    spent = 0
    for count, (_, tokens) in enumerate(read):
        spent += len(tokens)
        if spent > budget and count:
            return read[:count], read[count:]
    return read, []


def load_text_encoder(name_or_path: str, threads: int) -> TextEncoder:
    """Load the text model of the settings; takes seconds and imports torch, so never on the main thread.

    :param name_or_path: "all-MiniLM-L6-v2" (comes with the program), a folder, or a hub model already on this computer.
    :param threads: how many threads torch may use.
    :raises EncoderError: when it cannot be loaded.
    """
    return TextEncoder(encoder_key(name_or_path), load_model(name_or_path), threads)
