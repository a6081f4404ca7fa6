"""Keeps what the encoders made of the items, with the digest of what they were made from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from library.database import Database

WRITTEN_AT_ONCE = 256
_STORED_TYPE = np.dtype("<f4")


class EmbeddingStore:
    """Vectors of items, one per encoder."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def put(self, encoder: str, vectors: Mapping[int, tuple[str, npt.NDArray[Any]]]) -> None:
        """Store vectors: item id -> (digest of the input, float32 of shape (d,)). Short transactions; run again safely."""
        at = self._clock()
        rows = [
            (encoder, item_id, digest, at, np.ascontiguousarray(vector, dtype=_STORED_TYPE).tobytes())
            for item_id, (digest, vector) in vectors.items()
        ]
        for start in range(0, len(rows), WRITTEN_AT_ONCE):
            with self._database.transaction():
                self._database.run_many(
                    "INSERT INTO embedding (encoder, item_id, digest, at, vector) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (encoder, item_id) DO UPDATE"
                    " SET digest = excluded.digest, at = excluded.at, vector = excluded.vector",
                    rows[start : start + WRITTEN_AT_ONCE],
                )

    def all(self, encoder: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Everything this encoder made.

        :returns: ids, int64 of shape (n,), rising; vectors, float32 of shape (n, d), d = 0 when there are none.
        """
        newest = "SELECT length(vector) FROM embedding WHERE encoder = ? ORDER BY at DESC LIMIT 1"
        sized = self._database.row(newest, (encoder,))
        width = int(sized[0]) if sized else 0
        expected = self.count(encoder)
        ids = np.empty(expected, dtype=np.int64)
        vectors = np.empty((expected, width // _STORED_TYPE.itemsize), dtype=np.float32)
        filled = 0
        sql = "SELECT item_id, vector FROM embedding WHERE encoder = ? ORDER BY item_id"
        for block in self._database.blocks(sql, (encoder,), 2000):
            kept = [row for row in block if len(row[1]) == width][: expected - filled]
            end = filled + len(kept)
            ids[filled:end] = [row[0] for row in kept]
            flat = np.frombuffer(b"".join(row[1] for row in kept), dtype=_STORED_TYPE)
            vectors[filled:end] = flat.reshape(len(kept), vectors.shape[1])
            filled = end
        return ids[:filled], vectors[:filled]

    def digests(self, encoder: str) -> dict[int, tuple[str, float]]:
        """Item id -> (digest of the input, when it was encoded)."""
        sql = "SELECT item_id, digest, at FROM embedding INDEXED BY embedding_state WHERE encoder = ?"
        return {item_id: (digest, at) for item_id, digest, at in self._database.rows(sql, (encoder,))}

    def missing_or_stale(self, encoder: str, digests: Mapping[int, str], older_than: float | None = None) -> list[int]:
        """Which of these items need encoding, in the order given.

        :param digests: item id -> digest of what would be encoded now.
        :param older_than: seconds since the epoch; what was encoded before counts as stale.
        """
        known = self.digests(encoder)
        limit = float("-inf") if older_than is None else older_than
        return [
            item_id
            for item_id, digest in digests.items()
            if (found := known.get(item_id)) is None or found[0] != digest or found[1] < limit
        ]

    def oldest(self, encoder: str) -> float | None:
        """When the oldest vector of this encoder was made, seconds since the epoch; ``None`` when there is none."""
        sql = "SELECT min(at) FROM embedding INDEXED BY embedding_state WHERE encoder = ?"
        found = self._database.row(sql, (encoder,))
        return None if found is None or found[0] is None else float(found[0])

    def newest(self, encoder: str) -> float | None:
        """When the newest vector of this encoder was made, seconds since the epoch; ``None`` when there is none."""
        sql = "SELECT max(at) FROM embedding INDEXED BY embedding_state WHERE encoder = ?"
        found = self._database.row(sql, (encoder,))
        return None if found is None or found[0] is None else float(found[0])

    def encoders(self) -> list[str]:
        """The names of all encoders that made something, ascending."""
        return [row[0] for row in self._database.rows("SELECT DISTINCT encoder FROM embedding ORDER BY encoder")]

    def drop(self, encoder: str) -> None:
        """Forget all that an encoder made; a few at a time, so that nobody waits for it."""
        sql = (
            "DELETE FROM embedding WHERE encoder = ? AND item_id IN"
            " (SELECT item_id FROM embedding WHERE encoder = ? LIMIT ?)"
        )
        gone = WRITTEN_AT_ONCE
        while gone == WRITTEN_AT_ONCE:
            with self._database.transaction():
                gone = self._database.change(sql, (encoder, encoder, WRITTEN_AT_ONCE))

    def count(self, encoder: str) -> int:
        """How many items this encoder has done."""
        found = self._database.row("SELECT count(*) FROM embedding WHERE encoder = ?", (encoder,))
        return int(found[0]) if found else 0
