"""Between the engine and the Taste tab: what is known of the person goes in, what they make of it comes out.

Main thread, nothing that waits: what takes longer than a frame is worked out by a worker's job, from values that never change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from PyQt6.QtCore import QObject

from gui import taste_jobs
from gui.controller import Controller
from gui.models import ShelfEntry, counted
from gui.tabs.taste.preferences_page import LEAST_RATINGS, too_few
from gui.tabs.taste.tab import KNOWING, MAP, PAGES, PREFERENCES, RATINGS, TasteTab
from gui.tabs.taste.values import MapPicture, RatedTitle
from gui.widgets.pages import PageText, failing_page
from gui.worker import LibraryWorker, Task, Ticket
from library.errors import AppError
from library.feedback import Rating
from recommender.engine import Engine
from recommender.preferences import Preferences
from recommender.snapshot import Snapshot
from recommender.taste import TasteState
from recommender.taste_points import TastePoints

IN_A_MOMENT = "Your taste follows as soon as that is learned."


@dataclass(frozen=True, slots=True)
class _Awaited:
    """What very many ratings will change is told when they have been learned.

    :param before: the taste as it was, in a snapshot; ``said`` what was said at once.
    """

    snapshot: Snapshot
    before: TasteState
    said: str


class TasteDesk(QObject):
    """The work behind the Taste tab. A page is renewed when it is in sight, and not before.

    :param worker: works out what takes longer than a frame.
    """

    def __init__(
        self, controller: Controller, tab: TasteTab, worker: LibraryWorker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or controller)
        self._controller = controller
        self._library = controller.library
        self._tab = tab
        self._worker = worker
        self._stale = set(PAGES)
        self._picture: MapPicture | None = None
        self._revision = -1  # of the items whose titles are on the picture
        self._tickets: dict[str, Ticket] = {}
        self._awaited: _Awaited | None = None
        self._stopped = False
        tab.page_shown.connect(lambda _: self.came_into_sight())
        tab.retry_wanted.connect(self.refresh_when_seen)
        tab.learning_wanted.connect(self._learn)
        tab.details_wanted.connect(self._show_details)
        tab.posters_wanted.connect(self.want_posters)
        controller.published.connect(self._published)
        controller.feedback_given.connect(lambda _: self.refresh_when_seen())
        controller.stopping.connect(self.stop)

    def _published(self) -> None:
        """There is a newer snapshot: everything is renewed, and what very many ratings have changed can be told now."""
        self.refresh_when_seen()
        awaited, engine = self._awaited, self._controller.engine
        self._awaited = None
        if awaited is None or engine is None:
            return
        if np.array_equal(awaited.snapshot.features.ids, engine.snapshot.features.ids):
            self._tell_moved(engine, awaited.before, awaited.said)
        else:  # other titles have other rows
            self._tab.ratings.show_effect(awaited.said)

    def refresh_when_seen(self) -> None:
        """Show everything anew: the page in sight now, the others when they come into sight."""
        self._stale.update(PAGES)
        if self._tab.isVisible():
            self.came_into_sight()

    def came_into_sight(self) -> None:
        """The tab or another page of it is shown now."""
        page, engine = self._tab.page, self._controller.engine
        if self._stopped or page not in self._stale or not self._tab.isVisible():
            return
        if engine is None:
            self._wait(page)
            return
        self._stale.discard(page)
        show = {PREFERENCES: self._show_preferences, MAP: self._show_map, KNOWING: self._show_test}
        show.get(page, self._show_ratings)(engine)

    def stop(self) -> None:
        """Show nothing any more: the window closes."""
        self._stopped = True
        for ticket in self._tickets.values():
            ticket.cancel()

    # What is shown

    def _wait(self, page: str) -> None:
        """There is nothing to answer from yet."""
        busy = _busy("Opening your library")
        if page == PREFERENCES:
            self._tab.preferences.show_quiet(busy)
        elif page == MAP:
            self._tab.map.show_waiting(busy)

    def _show_preferences(self, engine: Engine) -> None:
        page = self._tab.preferences
        if engine.ratings < LEAST_RATINGS:
            page.show_quiet(too_few(engine.ratings))
            return
        if not page.genres.rows():
            page.show_quiet(_busy("Reading your taste"))
        ticket = self._ask(
            PREFERENCES, "Reading your taste", taste_jobs.read_preferences(engine.snapshot, engine.taste)
        )
        if ticket is not None:
            ticket.succeeded.connect(self._preferences_read)
            ticket.failed.connect(lambda error: page.show_quiet(_failing(error)))

    def _preferences_read(self, found: Preferences) -> None:
        if not self._stopped:
            self._tab.preferences.show_preferences(found)

    def _show_map(self, engine: Engine) -> None:
        points, page, picture = engine.taste_points(), self._tab.map, self._picture
        if points is None or not len(points.ids):
            page.show_waiting()
            return
        if picture is not None and self._revision == engine.snapshot.revision and _same_places(points, picture.points):
            self._draw(replace(picture, points=points))
            return
        if page.picture is None:
            page.show_waiting(_busy("Drawing the map"))
        ticket = self._ask(MAP, "Drawing the map", taste_jobs.draw_map(points, engine.snapshot))
        if ticket is not None:
            self._revision = engine.snapshot.revision
            ticket.succeeded.connect(self._draw)
            ticket.failed.connect(lambda error: page.show_waiting(_failing(error)))

    def _draw(self, picture: MapPicture) -> None:
        if not self._stopped:
            self._picture = picture
            self._tab.map.show_picture(picture)

    def _show_test(self, engine: Engine) -> None:
        self._tab.knowing.show_test(engine.snapshot.self_test, engine.ratings)

    def _show_ratings(self, engine: Engine) -> None:
        self._controller.attempt(lambda: self._tab.ratings.show_ratings(self._rated_titles(engine)))

    def _rated_titles(self, engine: Engine) -> list[RatedTitle]:
        """The ratings with their titles; those of titles that the snapshot does not know yet are looked up."""
        rated, snapshot = engine.rated(), engine.snapshot
        rows = snapshot.rows_of(rating.item_id for rating in rated)
        ids, years = snapshot.features.ids[rows].tolist(), snapshot.columns.years[rows].tolist()
        names: dict[int, tuple[str, int | None]] = {
            item_id: (snapshot.columns.titles[row], year or None)
            for item_id, row, year in zip(ids, rows.tolist(), years, strict=True)
        }
        missing = [rating.item_id for rating in rated if rating.item_id not in names]
        names |= {item.id: (item.title, item.year) for item in self._library.items.many(missing)}
        return [_rated_title(rating, *names[rating.item_id]) for rating in rated if rating.item_id in names]

    def _show_details(self, item_id: int) -> None:
        engine = self._controller.engine
        row = None if engine is None else engine.snapshot.row_of(item_id)
        if engine is not None and row is not None:
            columns, features = engine.snapshot.columns, engine.snapshot.features
            entry = ShelfEntry(
                item_id=item_id,
                title=columns.titles[row],
                year=int(columns.years[row]) or None,
                genres=features.names("genre", row),
            )
            self._tab.map.show_details(entry)

    def want_posters(self, item_ids: Iterable[int]) -> None:
        """Ask for the posters of these titles, where there are any."""
        if not self._stopped:
            self._controller.attempt(lambda: self._controller.want_posters(item_ids))

    # What the user did

    def _learn(self, item_ids: tuple[int, ...], learn: bool) -> None:
        engine = self._controller.engine
        if engine is None:
            return
        snapshot, before, changed = engine.snapshot, engine.taste, list[int]()
        if not self._controller.attempt(lambda: changed.append(engine.learn_from(item_ids, learn))):
            return
        said = learning_words(changed[0], learn, engine.ratings)
        waits = changed[0] > 0 and before is engine.taste  # they are too many to be learned at once
        self._tab.ratings.show_effect(f"{said} {IN_A_MOMENT}" if waits else said)
        if waits and self._awaited is None:
            self._awaited = _Awaited(snapshot, before, said)
        elif waits and self._awaited is not None:
            self._awaited = replace(self._awaited, said=said)
        self._controller.feedback_given.emit(item_ids[0] if len(item_ids) == 1 else 0)
        self._controller.refresh()
        if before is not engine.taste:
            self._tell_moved(engine, before, said)

    def _tell_moved(self, engine: Engine, before: TasteState, said: str) -> None:
        """Let a worker find out what has changed between two states of the taste in the engine's snapshot, and say it."""
        job = taste_jobs.compare(engine.snapshot, before, engine.taste)
        ticket = self._worker.submit("Looking what has changed", job)
        self._tickets[RATINGS] = ticket
        ticket.succeeded.connect(lambda moved: self._tab.ratings.show_effect(f"{said} {moved_words(moved)}"))
        ticket.failed.connect(
            lambda error: self._controller.messages.show_message(error.message, error.hint, "problem")
        )

    def _ask(self, page: str, label: str, job: Task) -> Ticket | None:
        """Hand in a job for a page; while the one before is under way, the page is renewed again when that has ended."""
        before = self._tickets.get(page)
        if before is not None and not before.over:
            self._stale.add(page)
            return None
        ticket = self._worker.submit(label, job)
        self._tickets[page] = ticket
        ticket.ended.connect(self.came_into_sight)
        return ticket


def learning_words(changed: int, learn: bool, counting: int) -> str:
    """What became of ratings, in words."""
    if not changed:
        return "Nothing has changed."
    does = "learns again from" if learn else "no longer learns from"
    others = f"{counted(counting, 'rating')} count" if counting != 1 else "1 rating counts"
    return f"Homereel {does} {counted(changed, 'rating')}. Now {others if counting else 'none counts'}."


def moved_words(moved: taste_jobs.Moved) -> str:
    """What that changed, in words."""
    if not moved.title:
        return "What you would give other titles stays as it is."
    titles = "one other title" if moved.titles == 1 else f"{moved.titles:,} other titles"
    return f"What you would give {titles} changed, most of all “{moved.title}”: from {moved.before:.1f} to {moved.after:.1f}."


def _same_places(one: TastePoints, other: TastePoints) -> bool:
    return np.array_equal(one.ids, other.ids) and np.array_equal(one.places, other.places)


def _rated_title(rating: Rating, title: str, year: int | None) -> RatedTitle:
    return RatedTitle(rating.item_id, title, year, rating.value, rating.at, rating.learn)


def _busy(text: str) -> PageText:
    return PageText("page-busy", text, "It appears here in a moment.")


def _failing(error: AppError) -> PageText:
    return failing_page(error.message, error.hint)
