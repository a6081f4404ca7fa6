"""What a wish, a dial or a rule has moved, in one sentence: which titles came up and which went down."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.slate import Pick, Slate

LEAST_PLACES = 2
MOST_NAMED = 2


def what_moved(before: Slate, after: Slate) -> str:
    """Compare two answers to the same question; empty when nothing to speak of is different."""
    places = {pick.item_id: place for place, pick in enumerate(before.picks)}
    after_places = {pick.item_id: place for place, pick in enumerate(after.picks)}
    gone = [pick for pick in before.picks if pick.item_id not in after_places]
    new = [pick for pick in after.picks if pick.item_id not in places]
    up = [p for p in after.picks if p.item_id in places and places[p.item_id] - after_places[p.item_id] >= LEAST_PLACES]
    down = [
        p
        for p in before.picks
        if p.item_id in after_places and after_places[p.item_id] - places[p.item_id] >= LEAST_PLACES
    ]
    parts = [
        f"{_named(picks)} {verb}" for picks, verb in ((new or up, "came up"), (gone or down, "went down")) if picks
    ]
    hidden = before.total - after.total
    if hidden > 0:
        parts.append(f"{hidden:,} {'title is' if hidden == 1 else 'titles are'} out")
    elif hidden < 0:
        parts.append(f"{-hidden:,} {'title is' if hidden == -1 else 'titles are'} back")
    return f"{'; '.join(parts)}." if parts else ""


def _named(picks: Sequence[Pick]) -> str:
    """The first titles by name, and how many more."""
    names = [f"“{pick.title}”" for pick in picks[:MOST_NAMED]]
    more = len(picks) - len(names)
    if more:
        names.append(f"{more} more")
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
