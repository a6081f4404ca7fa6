from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from graph.arrays import GraphArrays
from graph.entities import entities_of
from graph.knowledge_graph import KnowledgeGraph, digest_of
from graph.networks.input import network_input
from graph.relations import NodeKind, Relation
from library.progress import run
from tests.unit.graph.shelf import TITLES, arrays_of, film, graph_of, many


def same(one: GraphArrays, other: GraphArrays) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.arrays().values(), other.arrays().values(), strict=True))


def test_titles_are_related_to_whole_names() -> None:
    graph = graph_of().graph
    related = {key: attributes["relations"] for key, attributes in graph["media_3"].items()}
    assert related == {
        "genre_drama": (Relation.HAS_GENRE,),
        "genre_science fiction": (Relation.HAS_GENRE,),
        "genre_fantasy": (Relation.HAS_GENRE,),
        "keyword_first contact": (Relation.HAS_KEYWORD,),
        "keyword_linguistics": (Relation.HAS_KEYWORD,),
        "person_denis villeneuve": (Relation.DIRECTED_BY,),
        "person_eric heisserer": (Relation.WRITTEN_BY,),
        "person_amy adams": (Relation.FEATURES,),
        "person_jeremy renner": (Relation.FEATURES,),
        "company_filmnation": (Relation.PRODUCED_BY,),
        "country_canada": (Relation.MADE_IN,),
        "language_english": (Relation.IN_LANGUAGE,),
        "decade_2010s": (Relation.FROM_DECADE,),
        "entity_louise banks": (Relation.MENTIONS_ENTITY,),
        "entity_montana": (Relation.MENTIONS_ENTITY,),
    }
    assert all(len(node.name) > 1 for _, node in graph.nodes(data="node") if node.kind is not NodeKind.MEDIA)


def test_one_person_is_one_node_whatever_they_did_and_however_they_are_spelled() -> None:
    graph = graph_of().graph
    assert graph["media_8"]["person_ida both"]["relations"] == (Relation.DIRECTED_BY, Relation.FEATURES)
    assert set(graph["person_denis villeneuve"]) == {"media_3", "media_5"}
    assert graph.nodes["person_denis villeneuve"]["node"].name == "Denis Villeneuve"


def test_a_film_and_a_show_of_one_title_are_two_nodes_and_an_unknown_field_is_none() -> None:
    graph = graph_of().graph
    assert not graph["media_12"]
    assert not any("none" in key for key in graph)


def test_the_graph_that_is_handed_out_cannot_be_changed() -> None:
    graph = graph_of().graph
    with pytest.raises(nx.NetworkXError):
        graph.add_node("more")
    for attributes in (graph.nodes["media_3"], graph["media_3"]["genre_drama"]):
        with pytest.raises(TypeError):
            attributes["new"] = 1
        with pytest.raises(TypeError):
            attributes.update(new=1)
        with pytest.raises(TypeError):
            del attributes[next(iter(attributes))]
    with pytest.raises(AttributeError):
        graph.nodes["media_3"]["node"].name = "other"


def test_updating_reads_only_what_changed() -> None:
    graph, read = graph_of(), []

    def reading(item):
        read.append(item.id)
        return entities_of(item)

    assert run(graph.update(TITLES, reading)) == 0
    assert read == []
    changed = replace(TITLES[1], overview="Kate Macer goes to Texas.")
    rated = replace(TITLES[0], vote_average=9.0, popularity=3.0)  # nothing that the graph reads
    assert run(graph.update((rated, changed, *TITLES[2:]), reading)) == 1
    assert read == [5]
    assert "entity_texas" in graph.graph["media_5"]
    assert "entity_fbi" not in graph.graph


def test_what_is_gone_takes_its_names_with_it() -> None:
    graph = graph_of()
    assert run(graph.update(TITLES[1:], entities_of)) == 1
    assert "media_3" not in graph.graph
    assert "person_amy adams" in graph.graph
    assert "person_jeremy renner" not in graph.graph
    assert len(graph) == 4


def test_updating_any_way_gives_the_graph_that_building_from_scratch_gives() -> None:
    generator = np.random.default_rng(6)
    pool = list(many(40))
    graph = KnowledgeGraph()
    for _ in range(25):
        for place in generator.integers(0, len(pool), 3).tolist():
            pool[place] = replace(
                pool[place],
                keywords=(f"word {generator.integers(9)}", "shared"),
                year=1950 + int(generator.integers(70)),
            )
        kept = tuple(item for item in pool if generator.random() < 0.8)
        run(graph.update(kept, entities_of))
        assert same(graph.arrays(), arrays_of(kept))


def test_a_graph_comes_back_from_its_arrays_and_goes_on() -> None:
    arrays = arrays_of()
    again = KnowledgeGraph.from_arrays(arrays)
    assert same(again.arrays(), arrays)
    assert run(again.update(TITLES, entities_of)) == 0
    assert nx.utils.graphs_equal(again.graph, graph_of().graph)


def test_similar_titles_are_related_as_often_as_is_sensible() -> None:
    graph = graph_of(many(40))
    triples = [(1, other, 0.9 - other / 100) for other in range(2, 41)]
    graph.set_similar([*triples, (5, 6, 0.4), (2, 2, 1.0), (3, 999, 0.9)])
    similar = [other for other, seen in graph.graph["media_1"].items() if Relation.SIMILAR_TO in seen["relations"]]
    assert len(similar) == 20
    assert graph.graph["media_1"]["media_2"]["weight"] == pytest.approx(0.88, abs=1e-3)
    assert not graph.graph.has_edge("media_5", "media_6")
    arrays = graph.arrays()
    assert same(KnowledgeGraph.from_arrays(arrays).arrays(), arrays)
    graph.set_similar([])
    assert same(graph.arrays(), arrays_of(many(40)))


def test_titles_that_people_like_beside_each_other_are_related() -> None:
    graph = graph_of(many(10))
    assert graph.set_recommended([(2, 1), (1, 2), (1, 3), (4, 4), (1, 999)])
    assert not graph.set_recommended([(1, 2), (3, 1)])
    assert graph.graph["media_1"]["media_2"]["relations"] == (Relation.RECOMMENDED_WITH,)
    graph.set_similar([(1, 2, 0.75), (1, 4, 0.9)])
    assert graph.graph["media_1"]["media_2"]["relations"] == (Relation.RECOMMENDED_WITH, Relation.SIMILAR_TO)
    arrays = graph.arrays()
    again = KnowledgeGraph.from_arrays(arrays)
    assert same(again.arrays(), arrays)
    assert not again.set_recommended([(1, 2), (3, 1)])
    assert again.set_recommended([(1, 2)])
    assert not again.graph.has_edge("media_1", "media_3")
    again.set_similar([])
    assert again.graph["media_1"]["media_2"]["relations"] == (Relation.RECOMMENDED_WITH,)
    assert again.set_recommended([])
    assert same(again.arrays(), arrays_of(many(10)))


def test_what_people_like_beside_a_title_comes_back_when_the_title_was_read_again() -> None:
    titles = list(many(10))
    graph = graph_of(tuple(titles))
    graph.set_recommended([(1, 2), (2, 3)])
    before = graph.arrays()
    run(graph.update([replace(titles[0]), replace(titles[1], keywords=("else",)), *titles[2:]], entities_of))
    assert not graph.graph.has_edge("media_1", "media_2")
    assert graph.set_recommended([(1, 2), (2, 3)])
    run(graph.update(titles, entities_of))
    graph.set_recommended([(1, 2), (2, 3)])
    assert same(graph.arrays(), before)


def test_building_can_be_watched_and_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.knowledge_graph.YIELD_SECONDS", 0.0)
    graph = KnowledgeGraph()
    job = graph.update(many(30), entities_of)
    assert [next(job).done for _ in range(5)] == [1, 2, 3, 4, 5]
    job.close()
    run(graph.update(many(30), entities_of))
    assert same(graph.arrays(), arrays_of(many(30)))


def test_the_digest_tells_what_the_graph_reads_and_nothing_else() -> None:
    item = film(1, "A", overview="B", genres=("C",))
    assert digest_of(item) == digest_of(replace(item, vote_average=3.0, runtime=90.0))
    others = [
        replace(item, title="X"),
        replace(item, overview="X"),
        replace(item, genres=("X",)),
        replace(item, year=1990),
    ]
    assert len({digest_of(item), *map(digest_of, others)}) == 5


def test_the_same_titles_make_the_same_graph_in_every_process() -> None:
    def total(arrays: GraphArrays) -> str:
        return hashlib.sha256(b"".join(values.tobytes() for values in arrays.arrays().values())).hexdigest()

    code = (
        "import hashlib; from tests.unit.graph.shelf import arrays_of;"
        "print(hashlib.sha256(b''.join(v.tobytes() for v in arrays_of().arrays().values())).hexdigest())"
    )
    answers = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    }
    assert answers == {total(arrays_of())}


def test_the_networks_see_what_people_like_beside_each_other_and_not_what_they_made_themselves() -> None:
    graph = graph_of(many(10))
    before = network_input(graph.arrays())
    graph.set_similar([(1, 2, 0.9)])
    assert network_input(graph.arrays()).digest() == before.digest()
    graph.set_recommended([(1, 2)])
    after = network_input(graph.arrays())
    assert len(after.neighbours) == len(before.neighbours) + 2
