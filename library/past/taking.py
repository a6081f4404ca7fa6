"""What becomes of a past that was read: ratings for the log, plays for what was watched when; and all of it taken back again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

from library.absent_items import add_absent
from library.errors import SettingsError
from library.feedback import HOMEREEL, Rating, Retraction
from library.items import Credit, CreditRole, Description, MediaKind
from library.library import Library
from library.past.formats import Act, Subject
from library.past.import_store import ImportRecord, ImportStore, PastLine, PastTitle
from library.past.matching import Pile
from library.progress import Job, Progress

_Given = Callable[[], dict[int, float]]
TAKEN_AT_ONCE = 100
LEAST_APART = 1.0
"""Seconds that a rating without a date is put before one that was given here."""


def take(
    library: Library, import_id: int, user: str, clock: Callable[[], float] = time.time, step: str = "Taking it over"
) -> Job[None]:
    """Let what is sure count, and the ratings of what is not owned; cancelled half way, what was done stays done."""
    store = ImportStore(library.database)
    titles = [title for title in store.titles(import_id) if title.pile in (Pile.SURE, Pile.NOT_OWNED)]
    given_here = _given_here(library, user)
    for start in range(0, len(titles), TAKEN_AT_ONCE):
        part = titles[start : start + TAKEN_AT_ONCE]
        yield Progress(step, start, len(titles))
        lines = _by_title(store.lines([title.id for title in part]))
        with library.database.transaction():
            for title in part:
                _take_title(library, title, lines.get(title.id, []), user, given_here, clock())


def decide(
    library: Library,
    title_id: int,
    item_id: int | None,
    clock: Callable[[], float] = time.time,
) -> PastTitle | None:
    """Say which item a title of a past is, ``None`` for none of them; what it did as another one is taken back.

    :returns: the title as it is then; ``None`` when there is none, or its import was taken back.
    """
    store = ImportStore(library.database)
    title = store.title(title_id)
    record = None if title is None else store.get(title.import_id)
    if title is None or record is None or record.taken_back_at is not None:
        return None
    lines = store.lines([title_id])
    now, user = clock(), record.user
    with library.database.transaction():
        _undo_title(library, title, lines, user, now)
        pile = Pile.NOT_OWNED if item_id is None else Pile.SURE
        store.decide(title_id, pile, item_id, by_person=True)
        chosen = replace(title, pile=pile, item_id=item_id, decided=True)
        clean = [replace(line, feedback_id=None) for line in lines]
        _take_title(library, chosen, clean, user, _given_here(library, user), now)
    return store.title(title_id)


def same_year_suggestions(library: Library, import_id: int) -> dict[int, int]:
    """Title id -> item id of the unsure titles of which exactly one candidate is of the same year."""
    titles = ImportStore(library.database).titles(import_id, Pile.UNSURE)
    items = {
        item.id: item for item in library.items.many({item_id for title in titles for item_id in title.candidates})
    }
    found = {}
    for title in titles:
        alike = [
            item_id
            for item_id in title.candidates
            if title.subject.year is not None and item_id in items and items[item_id].year == title.subject.year
        ]
        if len(alike) == 1:
            found[title.id] = alike[0]
    return found


def decide_many(library: Library, choices: Sequence[tuple[int, int | None]]) -> Job[int]:
    """Decide several titles; says how many were."""
    done = 0
    for title_id, item_id in choices:
        yield Progress("Taking the suggestions", done, len(choices))
        done += decide(library, title_id, item_id) is not None
    return done


def take_back(library: Library, import_id: int, clock: Callable[[], float] = time.time) -> Job[ImportRecord]:
    """Take a whole import back, in one transaction: its ratings out of what counts, its plays out of what was watched.

    :raises SettingsError: when there is no such import.
    """
    store = ImportStore(library.database)
    record = _known(store, import_id)
    if record.taken_back_at is None:
        yield Progress("Taking it back")
        lines = store.lines_with_events(import_id)
        with library.database.transaction():
            retract(library, lines, record.user, clock())
            store.forget_plays(import_id)
            store.set_taken_back(import_id, clock())
    return _known(store, import_id)


def bring_back(library: Library, import_id: int, clock: Callable[[], float] = time.time) -> Job[ImportRecord]:
    """Let an import that was taken back count again, with the dates of its lines.

    :raises SettingsError: when there is no such import.
    """
    store = ImportStore(library.database)
    record = _known(store, import_id)
    if record.taken_back_at is not None:
        store.set_taken_back(import_id, None)
        try:
            yield from take(library, import_id, record.user, clock, "Bringing it back")
        except BaseException:
            with library.database.transaction():
                retract(library, store.lines_with_events(import_id), record.user, clock())
                store.forget_plays(import_id)
                store.set_taken_back(import_id, record.taken_back_at)
            raise
    return _known(store, import_id)


def retract(library: Library, lines: Iterable[PastLine], user: str, at: float) -> None:
    """Take the events of these lines back. Within the caller's transaction."""
    lines = list(lines)
    for event_id in dict.fromkeys(line.feedback_id for line in lines):
        if event_id is not None:
            library.feedback.append(Retraction(at=at, user=user, retracts=event_id))
    ImportStore(library.database).note_events([(None, line.id) for line in lines])


def description_of(subject: Subject) -> Description:
    """What a line tells of a title, as a title of the library."""
    role = CreditRole.CREATOR if subject.kind is MediaKind.SHOW else CreditRole.DIRECTOR
    return Description(
        kind=subject.kind or MediaKind.MOVIE,
        title=subject.title,
        original_title=subject.original_title,
        year=subject.year,
        runtime=subject.runtime,
        genres=subject.genres,
        credits=tuple(Credit(name, role, place) for place, name in enumerate(subject.directors)),
        artist=subject.artist,
        album=subject.album,
        external_ids=subject.ids,
    )


def _known(store: ImportStore, import_id: int) -> ImportRecord:
    record = store.get(import_id)
    if record is None:
        raise SettingsError(f"There is no import {import_id}.", "See which there are with: homereel imports")
    return record


def _take_title(
    library: Library, title: PastTitle, lines: Sequence[PastLine], user: str, given_here: _Given, now: float
) -> None:
    """Let the lines about one title count. Within the caller's transaction."""
    store = ImportStore(library.database)
    ratings = [line for line in lines if line.act is Act.RATING and line.feedback_id is None]
    item_id = title.item_id
    if item_id is None and ratings and title.subject.kind is not None:
        item_id = add_absent(library.database, description_of(title.subject), now)
        store.decide(title.id, title.pile, item_id, title.decided)
    if item_id is None:
        return
    events, appended = [], {}
    for line in ratings:
        assert line.value is not None
        at = line.at
        if at is None:
            given = given_here().get(item_id)
            at = now if given is None else given - LEAST_APART
        if (line.value, at) not in appended:
            rating = Rating(at=at, user=user, item_id=item_id, value=line.value, source=line.source)
            appended[line.value, at] = library.feedback.append(rating)
        events.append((appended[line.value, at], line.id))
    store.note_events(events)
    plays = [(item_id, line.played_at) for line in lines if line.played_at is not None]
    store.add_plays(title.import_id, user, plays)


def _given_here(library: Library, user: str) -> _Given:
    """When each item was rated in Homereel itself, asked once, and only when somebody wants to know."""

    @cache
    def ask() -> dict[int, float]:
        return {one.item_id: one.at for one in library.feedback.current(user).ratings if one.source == HOMEREEL}

    return ask


def _undo_title(library: Library, title: PastTitle, lines: Sequence[PastLine], user: str, now: float) -> None:
    retract(library, [line for line in lines if line.feedback_id is not None], user, now)
    if title.item_id is not None:
        ImportStore(library.database).forget_plays(title.import_id, title.item_id)


def _by_title(lines: Iterable[PastLine]) -> dict[int, list[PastLine]]:
    found: dict[int, list[PastLine]] = {}
    for line in lines:
        found.setdefault(line.title_id, []).append(line)
    return found
