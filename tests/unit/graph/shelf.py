"""A few titles whose relations are known by construction: what the tests of this folder share."""

from __future__ import annotations

from graph.arrays import GraphArrays
from graph.entities import entities_of
from graph.knowledge_graph import KnowledgeGraph
from library.items import Credit, CreditRole, Item, MediaKind
from library.progress import run


def film(number: int, title: str, **facts: object) -> Item:
    return Item(id=number, kind=MediaKind.MOVIE, title=title, **facts)  # type: ignore[arg-type]


def people(**roles: str) -> tuple[Credit, ...]:
    return tuple(
        Credit(name, CreditRole(role), place)
        for role, names in roles.items()
        for place, name in enumerate(names.split(", "))
    )


TITLES = (
    film(
        3,
        "Arrival",
        year=2016,
        genres=("Drama", "Sci-Fi & Fantasy"),
        keywords=("first contact", "linguistics"),
        credits=people(director="Denis Villeneuve", writer="Eric Heisserer", cast="Amy Adams, Jeremy Renner"),
        countries=("Canada",),
        companies=("FilmNation",),
        language="en",
        overview="Louise Banks is a linguist. In Montana she meets visitors; Louise learns their language.",
    ),
    film(
        5,
        "Sicario",
        year=2015,
        genres=("Drama", "Thriller"),
        keywords=("border",),
        credits=people(director="denis villeneuve ", cast="Emily Blunt"),
        countries=("Canada",),
        language="en",
        overview="Kate Macer works for the FBI near Montana.",
    ),
    film(
        8,
        "The Star",
        year=1998,
        genres=("Drama",),
        credits=people(director="Ida Both", cast="Ida Both"),
        collection="Star Collection",
    ),
    film(
        9, "The Star II", year=2003, genres=("Drama",), credits=people(cast="Amy Adams"), collection="Star Collection"
    ),
    film(12, "Nothing Known"),
)


def graph_of(items: tuple[Item, ...] = TITLES) -> KnowledgeGraph:
    graph = KnowledgeGraph()
    run(graph.update(items, entities_of))
    return graph


def arrays_of(items: tuple[Item, ...] = TITLES) -> GraphArrays:
    return graph_of(items).arrays()


def many(count: int) -> tuple[Item, ...]:
    """Titles of four sorts that share names within their sort, and a country between all."""
    found = []
    for number in range(count):
        sort = number % 4
        found.append(
            film(
                number + 1,
                f"Title {number}",
                year=1960 + number % 50,
                genres=(f"Genre {sort}",),
                keywords=tuple(f"word {sort} {k}" for k in (number % 5, number % 7)),
                credits=people(
                    director=f"Director {sort} {number % 6}", cast=f"Star {sort} {number % 4}, Star {sort} {number % 9}"
                ),
                countries=("Somewhere",),
            )
        )
    return tuple(found)
