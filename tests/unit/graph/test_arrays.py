from __future__ import annotations

import numpy as np
import pytest

from graph.arrays import GraphArrays, Names
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


def test_arrays_come_back_and_those_that_do_not_fit_are_refused() -> None:
    arrays = arrays_of()
    back = GraphArrays.from_arrays(arrays.arrays())
    assert list(back.names) == list(arrays.names)
    with pytest.raises(ValueError, match="lengths"):
        GraphArrays.from_arrays({**arrays.arrays(), "relations": arrays.relations[:-1]})
    with pytest.raises(ValueError, match="nowhere"):
        GraphArrays.from_arrays({**arrays.arrays(), "neighbours": arrays.neighbours + len(arrays)})
    with pytest.raises(KeyError):
        GraphArrays.from_arrays({"items": arrays.items})


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
