"""The words of the knowledge graph: kinds of nodes, relations between them, and the names an item is related to.

Whole names are nodes, never letters. Names that differ only in case or outer spaces are one node; the first spelling met is the
one that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from library.items import CreditRole, Item
from library.names import genre_names, language_name


class NodeKind(StrEnum):
    """What a node stands for."""

    MEDIA = "media"
    GENRE = "genre"
    KEYWORD = "keyword"
    PERSON = "person"
    COMPANY = "company"
    COUNTRY = "country"
    LANGUAGE = "language"
    COLLECTION = "collection"
    DECADE = "decade"
    ENTITY = "entity"


class Relation(StrEnum):
    """How a title is related to a name, or to another title."""

    HAS_GENRE = "has_genre"
    HAS_KEYWORD = "has_keyword"
    DIRECTED_BY = "directed_by"
    WRITTEN_BY = "written_by"
    FEATURES = "features"
    PRODUCED_BY = "produced_by"
    MADE_IN = "made_in"
    IN_LANGUAGE = "in_language"
    PART_OF = "part_of"
    FROM_DECADE = "from_decade"
    MENTIONS_ENTITY = "mentions_entity"
    SIMILAR_TO = "similar_to"
    RECOMMENDED_WITH = "recommended_with"


KINDS = tuple(NodeKind)
RELATIONS = tuple(Relation)
TARGET: dict[Relation, NodeKind] = {
    Relation.HAS_GENRE: NodeKind.GENRE,
    Relation.HAS_KEYWORD: NodeKind.KEYWORD,
    Relation.DIRECTED_BY: NodeKind.PERSON,
    Relation.WRITTEN_BY: NodeKind.PERSON,
    Relation.FEATURES: NodeKind.PERSON,
    Relation.PRODUCED_BY: NodeKind.COMPANY,
    Relation.MADE_IN: NodeKind.COUNTRY,
    Relation.IN_LANGUAGE: NodeKind.LANGUAGE,
    Relation.PART_OF: NodeKind.COLLECTION,
    Relation.FROM_DECADE: NodeKind.DECADE,
    Relation.MENTIONS_ENTITY: NodeKind.ENTITY,
    Relation.SIMILAR_TO: NodeKind.MEDIA,
    Relation.RECOMMENDED_WITH: NodeKind.MEDIA,
}

MOST_CAST, MOST_KEYWORDS, MOST_CREW, MOST_COMPANIES = 10, 40, 12, 8


@dataclass(frozen=True, slots=True)
class Node:
    """One node. ``key`` names it in the graph: "media_17", "genre_drama", "person_amy adams"."""

    kind: NodeKind
    name: str
    key: str


def folded(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(name.split()).casefold()


def name_node(kind: NodeKind, name: str) -> Node:
    """The node of a name."""
    return Node(kind, " ".join(name.split()), f"{kind}_{folded(name)}")


def media_node(item: Item) -> Node:
    """The node of a title."""
    return Node(NodeKind.MEDIA, item.title, media_key(item.id))


def media_key(item_id: int) -> str:
    """The key of the node of an item."""
    return f"{NodeKind.MEDIA}_{item_id}"


def item_of(key: str) -> int:
    """The id of the item whose node has this key."""
    return int(key.removeprefix(f"{NodeKind.MEDIA}_"))


def names_of(item: Item) -> Iterator[tuple[Relation, str]]:
    """What the graph relates an item to, entities excepted; every name once for each relation, unknown fields left out."""
    pairs: list[tuple[Relation, Iterable[str]]] = [
        (Relation.HAS_GENRE, genre_names(item.genres)),
        (Relation.HAS_KEYWORD, item.keywords[:MOST_KEYWORDS]),
        (Relation.DIRECTED_BY, item.people(CreditRole.DIRECTOR, CreditRole.CREATOR)[:MOST_CREW]),
        (Relation.WRITTEN_BY, item.people(CreditRole.WRITER)[:MOST_CREW]),
        (Relation.FEATURES, item.people(CreditRole.CAST, CreditRole.ARTIST)[:MOST_CAST]),
        (Relation.PRODUCED_BY, item.companies[:MOST_COMPANIES]),
        (Relation.MADE_IN, item.countries),
        (Relation.IN_LANGUAGE, (language_name(item.language),) if item.language else ()),
        (Relation.PART_OF, (item.collection,) if item.collection else ()),
        (Relation.FROM_DECADE, (f"{item.year // 10 * 10}s",) if item.year else ()),
    ]
    for relation, names in pairs:
        seen: set[str] = set()
        for name in names:
            key = folded(name)
            if key and key not in seen:
                seen.add(key)
                yield relation, name
