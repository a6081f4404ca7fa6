from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.saved_graph import load_graph, save_graph
from tests.unit.graph.shelf import arrays_of


def saved_files(directory: Path) -> set[Path]:
    return set(directory.rglob("*.npy"))


def test_a_saved_graph_comes_back_mapped(tmp_path: Path) -> None:
    arrays = arrays_of()
    save_graph(arrays, tmp_path)
    loaded = load_graph(tmp_path)
    assert loaded is not None
    assert list(loaded.names) == list(arrays.names)
    for name, values in arrays.arrays().items():
        assert np.array_equal(loaded.arrays()[name], values), name
    with pytest.raises(ValueError, match="read-only"):
        loaded.neighbours[0] = 1


def test_the_same_graph_is_not_written_again(tmp_path: Path) -> None:
    arrays = arrays_of()
    save_graph(arrays, tmp_path)
    before = saved_files(tmp_path)
    save_graph(arrays, tmp_path)
    assert saved_files(tmp_path) == before


@pytest.mark.parametrize("damage", ["gone", "short", "nonsense", "edge", "facts", "newer"])
def test_a_damaged_graph_is_no_graph(tmp_path: Path, damage: str) -> None:
    arrays = arrays_of()
    save_graph(arrays, tmp_path)
    place = next(tmp_path.rglob("facts.json")).parent
    if damage == "gone":
        (place / "kinds.npy").unlink()
    elif damage == "short":
        np.save(place / "relations.npy", arrays.relations[:-1])
    elif damage == "nonsense":
        (place / "indptr.npy").write_bytes(b"nonsense")
    elif damage == "edge":
        np.save(place / "neighbours.npy", arrays.neighbours + len(arrays))
    elif damage == "facts":
        (place / "facts.json").write_text("{")
    else:
        (place / "facts.json").write_text('{"format": 999}')
    assert load_graph(tmp_path) is None


def test_there_may_be_none(tmp_path: Path) -> None:
    assert load_graph(tmp_path / "nowhere") is None
