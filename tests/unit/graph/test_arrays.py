from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph.arrays import Names, load_graph
from graph.relations import NodeKind
from tests.unit.graph.shelf import TITLES, arrays_of


def test_titles_come_first_and_edges_are_there_from_both_ends() -> None:
    arrays = arrays_of()
    assert arrays.items.tolist() == [item.id for item in TITLES]
    assert arrays.names[: len(TITLES)] == [item.title for item in TITLES]
    assert [arrays.kind(node) for node in range(len(TITLES))] == [NodeKind.MEDIA] * len(TITLES)
    rows = np.repeat(np.arange(len(arrays)), arrays.degrees)
    edges = set(zip(rows.tolist(), arrays.neighbours.tolist(), arrays.relations.tolist(), strict=True))
    assert edges == {(other, node, relation) for node, other, relation in edges}
    assert len(edges) == 2 * arrays.edges
    assert arrays.node_of(5) == 1
    assert arrays.node_of(4) is None
    assert arrays.node_of(99) is None


def test_a_saved_graph_comes_back_mapped(tmp_path: Path) -> None:
    arrays = arrays_of()
    arrays.save(tmp_path)
    loaded = load_graph(tmp_path)
    assert loaded is not None
    assert list(loaded.names) == list(arrays.names)
    for name, values in arrays.arrays().items():
        assert np.array_equal(loaded.arrays()[name], values), name
    with pytest.raises(ValueError, match="read-only"):
        loaded.neighbours[0] = 1


@pytest.mark.parametrize("damage", ["gone", "short", "nonsense", "edge", "facts", "newer"])
def test_a_damaged_graph_is_no_graph(tmp_path: Path, damage: str) -> None:
    arrays = arrays_of()
    arrays.save(tmp_path)
    if damage == "gone":
        (tmp_path / "kinds.npy").unlink()
    elif damage == "short":
        np.save(tmp_path / "relations.npy", arrays.relations[:-1])
    elif damage == "nonsense":
        (tmp_path / "indptr.npy").write_bytes(b"nonsense")
    elif damage == "edge":
        np.save(tmp_path / "neighbours.npy", arrays.neighbours + 1)
    elif damage == "facts":
        (tmp_path / "facts.json").write_text("{")
    else:
        (tmp_path / "facts.json").write_text('{"format": 999}')
    assert load_graph(tmp_path) is None


def test_there_may_be_none(tmp_path: Path) -> None:
    assert load_graph(tmp_path / "nowhere") is None


def test_names_are_read_one_by_one_from_either_end() -> None:
    words = ["", "Amélie", "千と千尋の神隠し", "odd \udcff byte", "last"]
    names = Names.of(words)
    assert list(names) == words
    assert [names[k] for k in range(len(words))] == words
    assert names[-1] == "last"
    assert names[1:3] == words[1:3]
    with pytest.raises(IndexError):
        names[5]
    assert list(Names.of([])) == []
