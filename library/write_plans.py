"""What is to be written, as values: which server, which entries, what they are to become. Making a plan writes nothing."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from library.errors import SettingsError
from library.feedback import LOCAL_USER
from library.items import Item, MediaKind, Place
from library.journal import Action, JournalEntry
from library.rating_scales import to_tenths
from library.settings import Settings, SourceSettings
from library.write_states import LISTS, several
from library.writing import Listed, State, WriteKind

POSSIBLE: dict[str, frozenset[WriteKind]] = {
    "plex": frozenset(WriteKind) - {WriteKind.LIKED},
    "jellyfin": frozenset(WriteKind) - {WriteKind.WATCHLIST},
    "subsonic": frozenset({WriteKind.RATING, WriteKind.LIKED, WriteKind.PLAYLIST}),
}
"""What each kind of source can hold at all; what the account may do there, only the server knows."""
LISTED_KINDS: dict[str, tuple[MediaKind, ...]] = {
    "plex": (MediaKind.MOVIE, MediaKind.TRACK),
    "jellyfin": (MediaKind.MOVIE, MediaKind.TRACK),
    "subsonic": (MediaKind.TRACK,),
}
"""What a playlist of each kind of source is made of. A show would become all of its episodes."""
NOT_ALLOWED = "Homereel only reads from your servers until you allow it to write."
HOW_TO_ALLOW = "Allow it in Configuration, under “Writing to your servers”."
_PLEX_NAME = "plex://"
_WATCHLIST, _BEHIND = "/watchlist", "The watchlist behind "

Clash = typing.Literal["append", "replace", "another"]
"""What is done when there is a playlist of the name already."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to write.

    :param title: of the title or the list, as people know it.
    :param wanted: what it is to become; of a list that is added to, ``{"title": ..., "add": [key, ...]}``.
    :param target: empty for a list that is to be made, or found by its title.
    """

    kind: WriteKind
    action: Action
    title: str
    wanted: State | None
    target: str = ""
    library_key: str = ""
    item_id: int | None = None

    @property
    def size(self) -> int:
        """How many entries it writes."""
        if self.kind not in LISTS or self.wanted is None:
            return 1
        return len(self.wanted.get("add") or self.wanted.get("items") or ())


@dataclass(frozen=True, slots=True)
class WritePlan:
    """What one action writes to one server.

    :param heading: what is done, as the user reads it: "Rate on Cellar".
    :param left_out: sentences about what was asked for and cannot be written there.
    :param confirmed: the person agreed to more entries than one action usually writes.
    :param automatic: it follows from a setting.
    """

    source: SourceSettings
    heading: str
    changes: tuple[Change, ...]
    user: str = LOCAL_USER
    left_out: tuple[str, ...] = ()
    confirmed: bool = False
    automatic: bool = False

    @property
    def size(self) -> int:
        """How many entries it writes in all."""
        return sum(change.size for change in self.changes)

    def entries(self, batch: int | None = None) -> tuple[JournalEntry, ...]:
        """The changes as they are recorded."""
        return tuple(
            JournalEntry(
                source_id=self.source.id, kind=change.kind, title=change.title, action=change.action, target=change.target,
                library_key=change.library_key, wanted=change.wanted, user=self.user, item_id=change.item_id, batch=batch,
                automatic=self.automatic,
            )
            for change in self.changes
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One change as it would be: from what to what, or why it is left alone.

    :param change: "no rating → 8"; empty when nobody asked the server for each single one.
    """

    title: str
    change: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would do, said before anything is written.

    :param where: the server and the library.
    :param over: it is more than one action usually writes: to be asked about a second time.
    :param problem: why the server could not be asked; nothing is written there then.
    """

    plan: WritePlan
    where: str
    lines: tuple[PreviewLine, ...] = ()
    over: bool = False
    problem: str = ""

    @property
    def count(self) -> int:
        """How many changes would be made."""
        return sum(not line.skipped for line in self.lines)


def confirmed(plan: WritePlan) -> WritePlan:
    """The plan, with the person's word that it is meant to write so much."""
    return replace(plan, confirmed=True)


def require_allowed(settings: Settings) -> None:
    """Raise :class:`SettingsError` unless the person allowed writing."""
    if not settings.writing.allowed:
        raise SettingsError(NOT_ALLOWED, HOW_TO_ALLOW)


def owns(settings: Settings, user: str, source: SourceSettings) -> bool:
    """Whether a person has an account of their own at a source: whoever set the program up, and whose profile is there."""
    if user == LOCAL_USER:
        return True
    return any(profile.id == user and profile.source_id == source.id for profile in settings.profiles)


def writable_sources(settings: Settings, kind: WriteKind, user: str = LOCAL_USER) -> tuple[SourceSettings, ...]:
    """The sources that can hold such a thing, and whose account is this person's own."""
    if kind is WriteKind.WATCHLIST and user != LOCAL_USER:
        return ()  # it lies with the account at Plex, and only that of whoever set the program up is known
    return tuple(
        source for source in settings.sources if kind in POSSIBLE.get(source.kind, ()) and owns(settings, user, source)
    )


def rate(settings: Settings, item: Item, value: float | None, user: str = LOCAL_USER) -> tuple[WritePlan, ...]:
    """Put a rating from 1 to 10 on each server that has the title; ``None`` takes it away there."""
    action = Action.CLEAR_RATING if value is None else Action.RATE
    there = None if value is None else to_tenths(value)
    words = "Take the rating away" if there is None else f"Rate {there:g}"
    return _at_places(settings, item, WriteKind.RATING, action, {"rating": there}, words, user)


def mark_watched(settings: Settings, item: Item, user: str = LOCAL_USER) -> tuple[WritePlan, ...]:
    """Mark a title as watched on each server that has it; of a show, all episodes."""
    return _at_places(
        settings, item, WriteKind.WATCHED, Action.MARK_WATCHED, {"watched": True}, "Mark as watched", user
    )


def like(settings: Settings, item: Item, liked: bool = True, user: str = LOCAL_USER) -> tuple[WritePlan, ...]:
    """Star a title on each server that knows stars, or take the star away."""
    words = "Star it" if liked else "Take the star away"
    return _at_places(settings, item, WriteKind.LIKED, Action.LIKE, {"liked": liked}, words, user)


def watchlist_of(source: SourceSettings) -> SourceSettings:
    """The watchlist of the account behind a source, as something to write to that is not the server itself."""
    return replace(source, id=f"{source.id}{_WATCHLIST}", name=f"{_BEHIND}{source.name}")


def server_behind(watchlist: SourceSettings) -> SourceSettings:
    """The source that :func:`watchlist_of` was made of."""
    return replace(watchlist, id=watchlist.id.removesuffix(_WATCHLIST), name=watchlist.name.removeprefix(_BEHIND))


def is_watchlist(source_id: str) -> bool:
    """Whether an id is that of a watchlist."""
    return source_id.endswith(_WATCHLIST)


def source_named(sources: Iterable[SourceSettings], source_id: str) -> SourceSettings | None:
    """The source, or the watchlist behind one, that an entry of the journal was written to; ``None`` when it is gone."""
    found = next((source for source in sources if source.id == source_id.removesuffix(_WATCHLIST)), None)
    return watchlist_of(found) if found is not None and is_watchlist(source_id) else found


def plex_name(item: Item) -> str:
    """The name by which a watchlist knows a title for certain; empty when it has none."""
    return next((_PLEX_NAME + named.value for named in item.external_ids if named.scheme == "plex"), "")


def watchlist(
    source: SourceSettings, titles: Iterable[Listed], listed: bool = True, user: str = LOCAL_USER
) -> WritePlan:
    """Put titles on the watchlist of the account behind a source, or take them off it."""
    action = Action.LIST_ADD if listed else Action.LIST_REMOVE
    changes = tuple(
        Change(WriteKind.WATCHLIST, action, title.title, {"listed": listed}, title.target) for title in titles
    )
    heading = "Put on the watchlist" if listed else "Take off the watchlist"
    return WritePlan(watchlist_of(source), heading, changes, user)


def collect(
    settings: Settings, item: Item, collection: str, user: str = LOCAL_USER, *, automatic: bool = False
) -> tuple[WritePlan, ...]:
    """Add a title to the collection of this name on each server that has it, making it where there is none."""
    plans = []
    for source, places in _places(settings, item, WriteKind.COLLECTION, user):
        libraries: dict[str, list[str]] = {}
        for place in places:
            libraries.setdefault(place.library_key, []).append(place.key)
        changes = tuple(
            Change(
                WriteKind.COLLECTION, Action.COLLECT, collection, {"title": collection, "add": keys}, "", library, item.id
            )
            for library, keys in libraries.items()
        )  # fmt: skip
        plans.append(WritePlan(source, f"Add to the collection “{collection}”", changes, user, automatic=automatic))
    return tuple(plans)


def playlist(
    source: SourceSettings, name: str, items: Sequence[Item], user: str = LOCAL_USER, *, there: str = "", clash: Clash = "another"
) -> WritePlan:  # fmt: skip
    """Make a playlist out of titles that lie on one source, add them to one, or put them in the place of what it holds.

    :param there: the key of the playlist that is added to or replaced.
    """
    keys, left_out = _keys_on(source, items)
    if not keys:
        raise SettingsError(
            f"None of these titles can be in a playlist on {source.name}.",
            "A playlist there holds what lies on that server; shows are left out, since they would become all their episodes.",
        )
    adding = bool(there) and clash == "append"
    action = Action.APPEND if adding else Action.REPLACE if there and clash == "replace" else Action.CREATE
    wanted: State = {"title": name, "add" if adding else "items": keys}
    change = Change(WriteKind.PLAYLIST, action, name, wanted, there if action is not Action.CREATE else "")
    words = {
        Action.CREATE: f"Make the playlist “{name}”",
        Action.APPEND: f"Add to the playlist “{name}”",
        Action.REPLACE: f"Replace what is in the playlist “{name}”",
    }
    return WritePlan(source, words[action], (change,), user, left_out)


def _keys_on(source: SourceSettings, items: Sequence[Item]) -> tuple[list[str], tuple[str, ...]]:
    """The keys of what lies on a source, each once, and sentences about the rest."""
    keys: dict[str, None] = {}
    twice, shows, elsewhere = 0, 0, 0
    for item in items:
        place = next((place for place in item.places if place.source_id == source.id), None)
        if place is None:
            elsewhere += 1
        elif item.kind not in LISTED_KINDS.get(source.kind, ()):
            shows += 1
        elif place.key in keys:
            twice += 1
        else:
            keys[place.key] = None
    sentences = (
        (elsewhere, f"{several(elsewhere, 'title')} not on {source.name}."),
        (shows, f"{several(shows, 'title')} of a kind that a playlist there does not hold."),
        (twice, f"{several(twice, 'title')} in the list twice."),
    )
    return list(keys), tuple(f"Left out: {words}" for count, words in sentences if count)


def _places(
    settings: Settings, item: Item, kind: WriteKind, user: str
) -> list[tuple[SourceSettings, tuple[Place, ...]]]:
    """The sources that have an item and can hold such a thing, each with the places of the item."""
    require_allowed(settings)
    found = []
    for source in writable_sources(settings, kind, user):
        places = tuple(place for place in item.places if place.source_id == source.id)
        if places:
            found.append((source, places))
    return found


def _at_places(
    settings: Settings, item: Item, kind: WriteKind, action: Action, wanted: State, words: str, user: str
) -> tuple[WritePlan, ...]:
    return tuple(
        WritePlan(
            source,
            words,
            tuple(Change(kind, action, item.title, wanted, place.key, place.library_key, item.id) for place in places),
            user,
        )
        for source, places in _places(settings, item, kind, user)
    )
