"""The picture of the library that every front end works from: complete, immutable, and quick to load.

A background thread builds one and hands it over in one assignment. It holds arrays only, shares no memory with whoever built
it, and is saved as plain ``.npy`` and JSON files, so that the next start shows something before anything heavy is loaded.

What knows items by their id, and not by the row of the features, is saved in folders of its own: what lies near what, and the
knowledge graph. They may be older or newer than the rest when the program was ended between two writes, and fit all the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.arrays import GraphArrays
from graph.paths import Paths
from library.errors import AppError
from library.feedback import LOCAL_USER
from recommender.columns import COLUMNS, ItemColumns
from recommender.covariance import Covariance
from recommender.features import LEARNED, ItemFeatures
from recommender.near import Near, load_near
from recommender.saved_graph import load_graph, save_graph
from recommender.self_test import SelfTest
from recommender.taste import TasteState, unlearned
from recommender.weights import KernelWeights, as_stored, weights_from

log = logging.getLogger(__name__)

FORMAT = 3
_POINTER, _FACTS, _WORDS = "current", "facts.json", "words.json"
_NEAR, _GRAPH = "near", "graph"
_TASTE = ("rows", "values", "noise", "inverse", "mean", "variance")
#: What reading raises when a file is not what was written; numpy lets errors of Python's own tokenizer through.
_DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, TokenError, AppError)


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """How well the program knows the person.

    :param self_test: the last test of it; ``None`` where there are too few ratings for one.
    :param tested: how many ratings there were when it was tested last.
    :param adapted: how many there were when weights of their own were tried last.
    """

    self_test: SelfTest | None = None
    tested: int = 0
    adapted: int = 0

    def as_stored(self) -> dict[str, Any]:
        """The JSON object of it; :meth:`from_stored` takes it back."""
        test = None if self.self_test is None else self.self_test.as_stored()
        return {"self_test": test, "tested": self.tested, "adapted": self.adapted}

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Acquaintance:
        """It again; raises ``LookupError``, ``TypeError`` or ``ValueError`` when it is not one."""
        test = None if stored["self_test"] is None else SelfTest.from_stored(stored["self_test"])
        return cls(test, int(stored["tested"]), int(stored["adapted"]))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything the engine answers from.

    :param features: what the taste model sees of each item, in ascending order of item id.
    :param columns: what filters and sentences need.
    :param taste: what was believed about this person when it was built.
    :param revision: ``ItemStore.revision()`` of the items in it.
    :param event_id: the newest feedback that ``taste`` knows.
    :param text_model: key of the text model whose embeddings it holds; empty for none.
    :param shipped: the weights the program came with, where those of ``taste`` are the person's own; ``None`` where they are not.
    :param near: what lies near what; ``graph`` the knowledge graph; ``None`` while they are not worked out.
    :param acquaintance: how well the program knows the person.
    :param whole: whether every stage of the training has been done for these items.
    :param person: whose taste and viewing it holds.
    """

    features: ItemFeatures
    columns: ItemColumns
    taste: TasteState
    revision: int
    event_id: int
    text_model: str = ""
    shipped: KernelWeights | None = None
    near: Near | None = None
    graph: GraphArrays | None = None
    acquaintance: Acquaintance = field(default_factory=Acquaintance)
    whole: bool = False
    person: str = LOCAL_USER

    def __len__(self) -> int:
        return len(self.features)

    @property
    def weights(self) -> KernelWeights:
        """The kernel weights of the taste model."""
        return self.taste.covariance.weights

    @property
    def came_with(self) -> KernelWeights:
        """The weights that the program came with when this was built."""
        return self.shipped or self.weights

    @property
    def self_test(self) -> SelfTest | None:
        """The last test of how well the program knows the person."""
        return self.acquaintance.self_test

    def for_person(self, person: str) -> Snapshot:
        """The same titles for somebody else: nothing of the taste, the weights or the test of the one it was made for.

        What this person has seen is not in it either, so that the next cycle reads the titles again.
        """
        if person == self.person:
            return self
        weights = self.came_with
        return replace(
            self,
            taste=unlearned(Covariance(self.features, weights)),
            revision=-1,
            event_id=0,
            shipped=None,
            acquaintance=Acquaintance(),
            person=person,
        )

    @cached_property
    def paths(self) -> Paths | None:
        """What finds the ways between titles in the graph, made once; ``None`` while there is no graph."""
        return None if self.graph is None else Paths(self.graph)

    @cached_property
    def texts(self) -> int:
        """How many items have a text embedding."""
        return int(self.features.text.any(axis=1).sum()) if self.features.text.size else 0

    def row_of(self, item_id: int) -> int | None:
        """The row of an item, ``None`` when it is not in this snapshot."""
        ids = self.features.ids
        row = int(np.searchsorted(ids, item_id))
        return row if row < len(ids) and int(ids[row]) == item_id else None

    def rows_of(self, item_ids: Iterable[int]) -> NDArray[np.int64]:
        """The rows of those of the items that are here, int64, ascending."""
        wanted = np.array(sorted(set(item_ids)), dtype=np.int64)
        rows = np.searchsorted(self.features.ids, wanted)
        known = rows < len(self)
        known[known] = self.features.ids[rows[known]] == wanted[known]
        return rows[known]

    def save(self, directory: Path) -> None:
        """Write beside what is there, then switch over: a reader finds the old or the new one, never half of either.

        What is the same as in the saved one is linked and not written again: after a rating only the taste is new.

        :raises OSError: when it cannot be written; the old one stays.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.graph is not None:
            save_graph(self.graph, directory / _GRAPH)
        if self.near is not None:
            self.near.save(directory / _NEAR)
        fresh = Path(tempfile.mkdtemp(prefix="snapshot-", dir=directory))
        try:
            self._write(fresh, _current(directory) if self._is_pictured_in(directory) else None)
            pointer = fresh / _POINTER
            pointer.write_text(fresh.name, encoding="utf-8")
            os.replace(pointer, directory / _POINTER)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        for old in directory.glob("snapshot-*"):
            if old.name != fresh.name:
                shutil.rmtree(old, ignore_errors=True)

    def _write(self, directory: Path, saved: Path | None) -> None:
        lasting = {f"{name}.npy": values for name, values in self.features.arrays().items()}
        lasting |= {f"column_{name}.npy": values for name, values in self.columns.arrays().items()}
        if saved is None or not _linked(saved, directory, [*lasting, _WORDS]):
            for name, values in lasting.items():
                np.save(directory / name, values, allow_pickle=False)
            words = {
                "titles": self.columns.titles,
                "libraries": self.columns.libraries,
                "vocabulary": dict(self.features.vocabulary),
            }
            # Half a surrogate pair stands for a byte of a file name that is not UTF-8: escaped, it comes back as it was.
            (directory / _WORDS).write_text(json.dumps(words), encoding="ascii")
        for name in _TASTE:
            np.save(directory / f"taste_{name}.npy", getattr(self.taste, name), allow_pickle=False)
        facts = {
            **self._picture,
            "weights": as_stored(self.weights),
            "shipped": as_stored(self.came_with),
            "event_id": self.event_id,
            "acquaintance": self.acquaintance.as_stored(),
            "whole": self.whole,
            "person": self.person,
        }
        (directory / _FACTS).write_text(json.dumps(facts), encoding="ascii")

    @cached_property
    def _picture(self) -> dict[str, Any]:
        """What settles the features and the columns: the same numbers mean the same arrays."""
        learned = hashlib.blake2b(digest_size=16)
        for view in LEARNED:
            learned.update(np.ascontiguousarray(self.features.dense[view]).tobytes())
        return {
            "format": FORMAT,
            "revision": self.revision,
            "text_model": self.text_model,
            "texts": self.texts,
            "learned": learned.hexdigest(),
        }

    def _is_pictured_in(self, directory: Path) -> bool:
        """Whether the saved snapshot can be read and holds the same features and columns."""
        try:
            current = _current(directory)
            saved = _read(current, self.came_with)
            facts = json.loads((current / _FACTS).read_text(encoding="ascii"))
        except _DAMAGE:
            return False
        same = all(facts.get(name) == value for name, value in self._picture.items())
        return saved is not None and len(saved) == len(self) and same


def _current(directory: Path) -> Path:
    """Where the saved snapshot lies; raises ``FileNotFoundError`` when there is none."""
    return directory / (directory / _POINTER).read_text(encoding="utf-8").strip()


def _linked(source: Path, target: Path, names: Iterable[str]) -> bool:
    """Whether every file could be linked; where a file system has no links, everything is written instead."""
    linked: list[Path] = []
    try:
        for name in names:
            os.link(source / name, target / name)
            linked.append(target / name)
    except OSError:
        for path in linked:
            path.unlink()
        return False
    return True


def load_snapshot(directory: Path, weights: KernelWeights) -> Snapshot | None:
    """The saved snapshot, or ``None`` when there is none that fits this version of the program.

    :param weights: those the program comes with; a snapshot that was built with others is of no use, the person's own included.
    """
    try:
        current = _current(directory)
        try:
            found = _read(current, weights)
        except FileNotFoundError:
            newer = _current(directory)  # another one was saved just now, and this one taken away
            found = _read(newer, weights) if newer != current else None
    except FileNotFoundError:
        return None
    except _DAMAGE as error:
        log.info("The saved snapshot cannot be used and is built anew: %s", error)
        return None
    if found is None:
        return None
    return replace(found, near=load_near(directory / _NEAR), graph=load_graph(directory / _GRAPH))


def _read(current: Path, weights: KernelWeights) -> Snapshot | None:
    facts = json.loads((current / _FACTS).read_text(encoding="ascii"))
    if facts["format"] != FORMAT or weights_from(facts["shipped"]) != weights:
        return None
    words = json.loads((current / _WORDS).read_text(encoding="ascii"))
    arrays = {path.stem: _load(path) for path in current.glob("*.npy")}
    return _from_stored(arrays, facts | words, weights)


def _load(path: Path) -> NDArray[Any]:
    values: NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    return values


def _from_stored(arrays: dict[str, NDArray[Any]], words: dict[str, Any], weights: KernelWeights) -> Snapshot:
    features = ItemFeatures.from_arrays(arrays, words["vocabulary"])
    stored: dict[str, Any] = {name: arrays[f"column_{name}"] for name in COLUMNS}
    columns = ItemColumns(titles=tuple(words["titles"]), libraries=tuple(words["libraries"]), **stored)
    lengths = {len(features.ids), len(columns.titles), len(features.symbols.indptr) - 1, len(arrays["taste_mean"])}
    lengths |= {len(values) for values in columns.arrays().values()} | {len(features.quality)}
    lengths |= {len(rows) for rows in features.dense.values()}
    if len(lengths) != 1:
        raise ValueError("its parts have different lengths")
    if not _fit_together(features, arrays["taste_rows"]):
        raise ValueError("its parts do not fit together")
    used = weights_from(words["weights"])
    taste = TasteState(Covariance(features, used), *(arrays[f"taste_{name}"] for name in _TASTE))
    return Snapshot(
        features,
        columns,
        taste,
        int(words["revision"]),
        int(words["event_id"]),
        str(words["text_model"]),
        shipped=None if used == weights else weights,
        acquaintance=Acquaintance.from_stored(words["acquaintance"]),
        whole=bool(words["whole"]),
        person=str(words.get("person", LOCAL_USER)),
    )


def _fit_together(features: ItemFeatures, rated: NDArray[np.int64]) -> bool:
    """Whether every place that is named exists: a damaged number would be found out in the middle of an answer else."""
    symbols, rows = features.symbols, np.arange(len(features))
    first, last = int(symbols.indptr[0]), int(symbols.indptr[-1])
    whole = (first, last) == (0, len(symbols.indices)) and last == len(symbols.values)
    rising = bool((np.diff(symbols.indptr) >= 0).all())
    columns = bool(((symbols.indices >= 0) & (symbols.indices < symbols.columns)).all())
    return whole and rising and columns and bool(np.isin(rated, rows).all())
