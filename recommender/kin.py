"""More like this: the titles most alike to one, with what they share and what the person would give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from graph.paths import Path
from graph.relations import NodeKind
from library.wishes import Subject
from recommender.scale import rating_of, spread_of
from recommender.snapshot import Snapshot
from recommender.taste import TasteState

PATHS_TOLD = 3
SIGNALS: dict[NodeKind, str] = {
    NodeKind.GENRE: "genre",
    NodeKind.KEYWORD: "keyword",
    NodeKind.PERSON: "person",
    NodeKind.COMPANY: "company",
    NodeKind.COUNTRY: "place",
    NodeKind.LANGUAGE: "place",
    NodeKind.COLLECTION: "collection",
    NodeKind.DECADE: "era",
    NodeKind.ENTITY: "keyword",
}
"""What a wish about a node of the graph would be about."""
BY_TEXT, BY_THE_REST = "Told in much the same words", "Alike in many small things"


@dataclass(frozen=True, slots=True)
class Kin:
    """One title that is like another.

    :param likeness: cosine of the two embeddings, at most 1.
    :param shares: how much of it each block of the embedding gives: "text", "metadata", "graph", ...; they add up to it.
    :param mean: the rating that the person would give; ``given`` is what they gave, ``None`` where they did not rate it.
    :param shared: what both have, the rarest first: people, keywords, genres, ...
    :param reason: the same as a sentence, as a person reads it.
    """

    item_id: int
    title: str
    year: int | None
    likeness: float
    shares: Mapping[str, float]
    mean: float
    deviation: float
    given: float | None
    shared: tuple[Subject, ...]
    reason: str


def kin_of(
    snapshot: Snapshot, taste: TasteState, given: Callable[[int], float | None], item_id: int, count: int
) -> tuple[Kin, ...]:
    """The titles most alike to one, best first; none while likeness is not worked out.

    :param given: item id -> the person's own rating, if any.
    """
    near = snapshot.near
    row = None if near is None else near.row_of(item_id)
    if near is None or row is None:
        return ()
    ids, cosines = near.neighbours.of(item_id)
    found: list[Kin] = []
    for other, cosine in zip(ids.tolist(), cosines.tolist(), strict=True):
        place, near_row = snapshot.row_of(other), near.row_of(other)
        if place is None or near_row is None or not snapshot.columns.present[place]:
            continue
        shares = near.shares(row, near_row)
        ways = () if snapshot.paths is None else snapshot.paths.explain(item_id, other, PATHS_TOLD)
        mean = float(taste.mean[place])
        found.append(
            Kin(
                other,
                snapshot.columns.titles[place],
                int(snapshot.columns.years[place]) or None,
                cosine,
                shares,
                rating_of(mean),
                spread_of(mean, float(np.sqrt(taste.variance[place]))),
                given(other),
                _shared(ways),
                _reason(ways, shares),
            )
        )
        if len(found) == count:
            break
    return tuple(found)


def _shared(ways: tuple[Path, ...]) -> tuple[Subject, ...]:
    """The names on paths of two steps: those that both titles have."""
    names = [way.steps[1] for way in ways if len(way.steps) == 3]
    return tuple(Subject(SIGNALS[name.kind], name.name) for name in names)


def _reason(ways: tuple[Path, ...], shares: Mapping[str, float]) -> str:
    """The strongest paths in one sentence; where nothing is shared, what the likeness is mostly made of."""
    told = [way.sentence() for way in ways if len(way.steps) == 3 or way.recommended]
    if not told:
        told = [way.sentence() for way in ways if len(way.steps) > 3]
    if told:
        sentence = "; ".join(told[:PATHS_TOLD])
        return sentence[:1].upper() + sentence[1:]
    return BY_TEXT if max(shares, key=lambda block: shares[block], default="") == "text" else BY_THE_REST
