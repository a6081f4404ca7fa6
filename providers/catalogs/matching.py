"""Which title of a catalogue is meant: by name and year, with the length where that is not enough, never by the name alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from library.item_identity import contradict, match_title
from library.items import Description, ExternalId, MediaKind
from library.sources import Question

MOST_LOOKED_INTO = 3
CLOSE_MINUTES, CLOSE_SHARE = 3.0, 0.04
"""Two lengths are the same film's when they differ by no more than this; frame rates alone make 4 %."""
FAR_SHARE = 0.35
"""Two lengths that differ by more than this are two films, whatever their names: no cut is that different."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title that a search of a catalogue found. ``titles`` are all the names it is known by, as far as the answer says."""

    key: str
    titles: tuple[str, ...]
    year: int | None


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What is left of a search.

    :param keys: the candidates that may be meant, at most ``MOST_LOOKED_INTO``.
    :param by_length: whether the length has to decide: name and year alone do not.
    """

    keys: tuple[str, ...]
    by_length: bool


def shortlist(question: Question, candidates: Sequence[Candidate]) -> Shortlist:
    """The candidates that bear the name, in the year if one does; else within a year of it, where the length has to agree.

    Where nothing bears the name but the search found just one title of that year, by a name that it does not tell us, the
    length decides too.
    """
    asked = {match_title(title) for title in (question.title, question.original_title) if title}
    named = [one for one in candidates if asked & {match_title(title) for title in one.titles if title}]
    if question.year is None:
        return Shortlist(_keys(named), by_length=True)
    same = [one for one in named if one.year == question.year]
    if same:
        return Shortlist(_keys(same), by_length=len(same) > 1)
    near = [one for one in named if one.year is not None and abs(one.year - question.year) == 1]
    if near:
        alone = question.kind is MediaKind.SHOW and len(near) == 1
        return Shortlist(_keys(near), by_length=not alone)
    of_the_year = [one for one in candidates if one.year == question.year]
    return Shortlist(_keys(of_the_year) if len(of_the_year) == 1 else (), by_length=True)


def _keys(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(one.key for one in candidates)[:MOST_LOOKED_INTO]


def is_as_long(question: Question, found: Description) -> bool:
    """Whether both lengths are known and are the same."""
    if not question.runtime or not found.runtime:
        return False
    most = max(CLOSE_MINUTES, CLOSE_SHARE * max(question.runtime, found.runtime))
    return abs(question.runtime - found.runtime) <= most


def is_impossible(question: Question, found: Description) -> bool:
    """Whether a title cannot be the one that is meant: another id of the same kind, or quite another length."""
    known: dict[str, set[str]] = {}
    for one in found.external_ids:
        known.setdefault(one.scheme, set()).add(one.value)
    of_imdb = set(ids_of(question, "imdb"))
    if (of_imdb and known.get("imdb") and not of_imdb & known["imdb"]) or contradict(question.external_ids, known):
        return True
    if question.kind is not MediaKind.MOVIE or not question.runtime or not found.runtime:
        return False
    return abs(question.runtime - found.runtime) > FAR_SHARE * max(question.runtime, found.runtime)


def ids_of(question: Question, scheme: str) -> tuple[str, ...]:
    """The values of one scheme among the ids of a question."""
    return tuple(one.value for one in question.external_ids if one.scheme == scheme and one.value)


def with_own_id(ids: Iterable[ExternalId], scheme: str, key: str) -> tuple[ExternalId, ...]:
    """The ids, and the catalogue's own key among them."""
    return tuple(dict.fromkeys((ExternalId(scheme, key), *ids)))
