from __future__ import annotations

import pytest

from graph.paths import HUB, Paths
from graph.relations import NodeKind, Relation
from tests.unit.graph.shelf import TITLES, arrays_of, film, graph_of, many, people


@pytest.fixture(scope="module")
def paths() -> Paths:
    return Paths(arrays_of())


def said(paths: Paths, one: int, other: int, count: int = 10) -> list[str]:
    return [path.sentence() for path in paths.explain(one, other, count)]


def test_what_two_titles_share_is_said_in_words_the_rarest_first(paths: Paths) -> None:
    found = said(paths, 3, 5)
    assert found[0] == "both directed by Denis Villeneuve"
    assert set(found) == {
        "both directed by Denis Villeneuve",
        "both mention Montana",
        "both are Drama",
        "both made in Canada",
        "both in English",
        "both from the 2010s",
    }
    assert said(paths, 8, 9)[0] == "both part of Star Collection"
    assert said(paths, 3, 9)[0] == "Amy Adams is in both"


def test_a_path_names_its_nodes_and_relations_and_is_no_stronger_than_one(paths: Paths) -> None:
    (first, *others) = paths.explain(3, 5, 10)
    assert [step.name for step in first.steps] == ["Arrival", "Denis Villeneuve", "Sicario"]
    assert [step.kind for step in first.steps] == [NodeKind.MEDIA, NodeKind.PERSON, NodeKind.MEDIA]
    assert first.steps[1].relations == first.steps[2].relations == (Relation.DIRECTED_BY,)
    assert [step.item_id for step in first.steps] == [3, None, 5]
    assert 1.0 >= first.strength > others[0].strength > others[-1].strength > 0.0


def test_where_nothing_is_shared_a_third_title_leads_on() -> None:
    titles = (
        film(1, "One", keywords=("sea",)),
        film(2, "Between", keywords=("sea", "stars")),
        film(3, "Other", keywords=("stars",)),
        film(4, "Far"),
    )
    paths = Paths(arrays_of(titles))
    (path,) = paths.explain(1, 3)
    assert [step.name for step in path.steps] == ["One", "sea", "Between", "stars", "Other"]
    assert path.sentence() == "by way of Between: sea and stars"
    assert path.strength < min(found.strength for found in paths.explain(1, 2))
    assert paths.explain(1, 4) == ()
    assert paths.explain(1, 99) == paths.explain(2, 2) == ()


def test_that_people_like_both_is_said_first_and_alone_where_nothing_is_shared() -> None:
    graph = graph_of((*TITLES, film(13, "Quite Other")))
    graph.set_recommended([(3, 5), (12, 13)])
    graph.set_similar([(3, 5, 0.9), (3, 13, 0.8)])
    paths = Paths(graph.arrays())
    first, *_ = paths.explain(3, 5, 10)
    assert first.sentence() == "TMDB's users like both"
    assert first.recommended
    assert [path.sentence() for path in paths.explain(12, 13)] == ["TMDB's users like both"]
    assert [path.sentence() for path in paths.explain(3, 13)] == ["much alike"]
    assert paths.recommended_with(3) == {5}
    assert paths.recommended_with(9) == paths.recommended_with(99) == frozenset()
    (way,) = paths.to_any(13, [12])
    assert way.steps[1].relations == (Relation.RECOMMENDED_WITH,)


def test_a_hub_leads_nowhere() -> None:
    titles = [film(k, f"T {k}", genres=("Drama",), keywords=(f"k {k}",)) for k in range(1, HUB + 3)]
    titles += [
        film(9001, "A", genres=("Drama",)),
        film(9002, "B", countries=("Chile",)),
        film(9003, "C", genres=("Drama",), countries=("Chile",)),
    ]
    paths = Paths(arrays_of(tuple(titles)))
    assert paths.explain(9001, 9002) == ()
    assert said(paths, 9001, 9003) == ["both are Drama"]


def test_similar_titles_have_a_path_of_one_step() -> None:
    graph = graph_of(many(8))
    graph.set_similar([(1, 2, 0.9)])
    assert "much alike" in said(Paths(graph.arrays()), 1, 2)


def test_the_ways_to_what_was_rated(paths: Paths) -> None:
    found = paths.to_any(3, [5, 9, 12, 777])
    assert [(path.steps[-1].item_id, path.sentence()) for path in found][:2] == [
        (5, "both directed by Denis Villeneuve"),
        (9, "Amy Adams is in both"),
    ]
    assert len([path for path in found if path.steps[-1].item_id == 5]) == 2
    assert paths.to_any(777, [3]) == ()


def test_names_around_a_title_are_those_that_lead_on_first(paths: Paths) -> None:
    names = [paths.graph.names[node] for node, _ in paths.names_around(3, 30)]
    assert names[0] == "Denis Villeneuve"
    assert names.index("Drama") < names.index("Jeremy Renner")
    assert paths.names_around(777, 5) == []
    drama = next(node for node, _ in paths.names_around(3, 30) if paths.graph.names[node] == "Drama")
    assert [int(paths.graph.items[title]) for title in paths.titles_with(drama, 2)] == [3, 5]


def test_a_person_in_different_parts_had_a_part_in_both() -> None:
    titles = (*TITLES, film(20, "Later", credits=people(writer="Amy Adams")))
    assert said(Paths(arrays_of(titles)), 3, 20) == ["Amy Adams had a part in both"]
