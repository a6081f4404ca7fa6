"""More like this: the titles most alike to one, with what they share and what the person would give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from library.wishes import Subject


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
