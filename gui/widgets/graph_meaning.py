"""What stands out when something in the graph of a title is pointed at: a node, a tie, or a way of the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from gui.widgets.graph_spots import spoken
from recommender.surroundings import Surroundings, Tie

Pair = frozenset[str]
"""Both ends of a tie."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is pointed at, and what stands out with it.

    :param keys: the nodes; ``ties`` the ties between them.
    :param ways: places in ``Surroundings.ways``.
    :param about: what is pointed at, in words; empty for a way of the list.
    """

    keys: frozenset[str] = frozenset()
    ties: frozenset[Pair] = frozenset()
    ways: tuple[int, ...] = ()
    about: str = ""


NOTHING = Meaning()


def fewer(around: Surroundings, count: int, wanted: str = "") -> Surroundings:
    """At most so many nodes: those of the ways and those towards a wanted one, then the first that hang together with these."""
    if len(around.spots) <= count:
        return around
    kept = {around.spots[0].key, *(key for way in around.ways for key in way.keys)}
    near = _neighbours(around)
    if wanted in near:
        kept |= _links(around, wanted)[0]
    for spot in around.spots:
        if len(kept) >= count:
            break
        if not kept.isdisjoint(near[spot.key]):
            kept.add(spot.key)
    ties = tuple(tie for tie in around.ties if tie.first in kept and tie.second in kept)
    return replace(around, spots=tuple(spot for spot in around.spots if spot.key in kept), ties=ties)


def of_ways(around: Surroundings, places: Iterable[int], about: str = "") -> Meaning:
    """Some of the ways to what was rated."""
    places = tuple(places)
    chosen = [around.ways[place] for place in places]
    keys = frozenset(key for way in chosen for key in way.keys)
    return Meaning(keys, frozenset(frozenset(pair) for way in chosen for pair in pairwise(way.keys)), places, about)


def of_spot(around: Surroundings, key: str) -> Meaning:
    """A node with the ways that lead over it, all of them for the title itself; with its neighbours where there is none."""
    spots = {spot.key: spot for spot in around.spots}
    about = spoken(spots[key])
    ways = [place for place, way in enumerate(around.ways) if key in way.keys or key == around.spots[0].key]
    if ways:
        return of_ways(around, ways, about)
    ties = frozenset(frozenset((tie.first, tie.second)) for tie in around.ties if key in (tie.first, tie.second))
    return Meaning(frozenset({key}).union(*ties), ties, (), about)


def of_tie(tie: Tie) -> Meaning:
    """A tie with its two ends."""
    ends = frozenset((tie.first, tie.second))
    return Meaning(ends, frozenset({ends}), (), tie.relation)


def with_links(around: Surroundings, key: str) -> Meaning:
    """A node with all shortest ways by which it hangs together with the title in the middle, and no others."""
    spots = {spot.key: spot for spot in around.spots}
    keys, ties = _links(around, key)
    ways = tuple(place for place, way in enumerate(around.ways) if way.keys[-1] == key)
    meaning = of_ways(around, ways, spoken(spots[key]))
    return replace(meaning, keys=meaning.keys | keys, ties=meaning.ties | ties)


def _links(around: Surroundings, goal: str) -> tuple[frozenset[str], frozenset[Pair]]:
    """The nodes and ties of all shortest ways from the middle to a node."""
    near = _neighbours(around)
    far = {around.spots[0].key: 0}
    wave = list(far)
    while wave and goal not in far:
        wave = list(dict.fromkeys(other for key in wave for other in near[key] if other not in far))
        far.update(dict.fromkeys(wave, max(far.values()) + 1))
    keys, ties, back = {goal}, set(), [goal] if goal in far else []
    while back:
        key = back.pop()
        for other in near[key]:
            if far.get(other) == far[key] - 1:
                ties.add(frozenset((key, other)))
                if other not in keys:
                    keys.add(other)
                    back.append(other)
    return frozenset(keys), frozenset(ties)


def _neighbours(around: Surroundings) -> dict[str, list[str]]:
    """What each node is tied to."""
    near: dict[str, list[str]] = {spot.key: [] for spot in around.spots}
    for tie in around.ties:
        if tie.first in near and tie.second in near:
            near[tie.first].append(tie.second)
            near[tie.second].append(tie.first)
    return near
