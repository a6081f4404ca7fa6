"""Between the engine and the tabs: what the user did goes in, what to show comes out. Main thread, nothing that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from gui.models import Card, FilterChoice, ShelfEntry, make_card, make_shelf_entry
from gui.tabs.recommendations import RecommendationTab
from gui.widgets.message_bar import MessageBar
from library.errors import AppError
from library.items import Item, MediaKind
from library.library import Library
from library.settings import DEMO_SOURCE, Settings
from recommender.engine import Engine, Filters
from recommender.snapshot import Snapshot

SHELF_LENGTH = 10
MOST_RESULTS = 8


class Controller(QObject):
    """Owns the engine, once there is a snapshot to make it from, and a desk for each tab.

    Signals: ``feedback_given(int)`` with the id of the item it was about; ``play_wanted(Item)``;
    ``posters_wanted(tuple of Item)``; ``engine_ready()`` when the first engine was made; ``published()`` after each
    snapshot that was taken over.

    :param library: connection A, of the main thread.
    """

    feedback_given = pyqtSignal(int)
    play_wanted = pyqtSignal(object)
    posters_wanted = pyqtSignal(object)
    engine_ready = pyqtSignal()
    published = pyqtSignal()

    def __init__(
        self,
        library: Library,
        settings: Settings,
        messages: MessageBar,
        tabs: Iterable[RecommendationTab],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.library = library
        self.messages = messages
        self.engine: Engine | None = None
        self._settings = settings
        self.desks = {tab.kind: Desk(self, tab) for tab in tabs}

    def publish(self, snapshot: Snapshot) -> None:
        """Answer from this snapshot from now on. The cards that are shown stay; what is said about them is renewed."""
        if self.attempt(lambda: self._take_over(snapshot)):
            self.refresh()
            self.published.emit()

    def _take_over(self, snapshot: Snapshot) -> None:
        if self.engine is None:
            self.engine = Engine(self.library, snapshot, self._settings)
            self.engine_ready.emit()
        else:
            self.engine.publish(snapshot)

    def configure(self, settings: Settings) -> None:
        """Use other settings at once."""
        before, self._settings = self._settings, settings
        if (before.recommendation, before.dials, before.rules) == (settings.recommendation, settings.dials, settings.rules):
            return
        if self.engine is not None:
            self.engine.configure(settings)
            self.refresh()

    def refresh(self) -> None:
        """Show everything anew, with the same cards where they still fit."""
        for desk in self.desks.values():
            desk.refresh_when_seen()

    def start_afresh(self) -> None:
        """Read the feedback again and choose new cards: the library is another one now."""
        if self.engine is not None:
            self.attempt(self.engine.refresh_feedback)
        for desk in self.desks.values():
            desk.start_afresh()

    def refresh_posters(self) -> None:
        """Ask for the posters of what is on screen: whoever fetches them listens now."""
        for desk in self.desks.values():
            desk.want_posters(desk.on_screen())

    def forget_learning(self) -> None:
        """Reset Model: as if nothing had been rated. Raises ``AppError`` when it cannot be stored; nothing changes then."""
        if self.engine is not None:
            self.engine.reset()
            self.start_afresh()

    def unblock(self, item_id: int) -> None:
        """Let a title be suggested again."""
        if self.engine is not None and self.attempt(lambda: self._engine().unblock(item_id)):
            self.feedback_given.emit(item_id)
            self.refresh()

    def reset_blocked(self) -> None:
        """Let all blocked titles be suggested again."""
        if self.engine is not None and self.attempt(lambda: self._engine().reset_blocked()):
            self.feedback_given.emit(0)
            self.refresh()

    def note_play(self, item_id: int) -> None:
        """A title was opened to be watched: only what really opened counts."""
        if self.engine is not None:
            self.attempt(lambda: self._engine().play(item_id))

    def stop(self) -> None:
        """Nothing is shown any more: the window closes."""
        self.engine = None
        for desk in self.desks.values():
            desk.stop()

    def shown_first(self) -> tuple[int, ...]:
        """Ids of the titles on screen: their texts are to be read first."""
        return tuple(dict.fromkeys(item_id for desk in self.desks.values() for item_id in desk.on_screen()))

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something with the store; when that fails, say it and leave everything as it is. Whether it worked."""
        try:
            action()
        except AppError as error:
            self.messages.show_message(error.message, error.hint, "problem")
            return False
        return True

    def _engine(self) -> Engine:
        assert self.engine is not None
        return self.engine


class Desk(QObject):
    """One tab's work: which card lies there, which filters hold."""

    def __init__(self, controller: Controller, tab: RecommendationTab) -> None:
        super().__init__(controller)
        self._controller = controller
        self._library = controller.library
        self._tab = tab
        self._choice = FilterChoice()
        self._found: frozenset[int] | None = None
        self._card: int | None = None
        self._shelf: tuple[int, ...] = ()
        self._stale = True
        self._choices_soon = QTimer(self)
        self._choices_soon.setSingleShot(True)
        self._choices_soon.timeout.connect(self._offer_choices)
        self._connect()

    @property
    def kind(self) -> MediaKind:
        """Films or shows."""
        return self._tab.kind

    def on_screen(self) -> tuple[int, ...]:
        """Ids of the card and of what is on the shelf."""
        return (*(() if self._card is None else (self._card,)), *self._shelf)

    def stop(self) -> None:
        """Show nothing any more."""
        self._choices_soon.stop()

    def start_afresh(self) -> None:
        """Forget the card, and choose one anew."""
        self._card = None
        self.refresh_when_seen()

    def refresh_when_seen(self) -> None:
        """Show everything anew: now if the tab is in sight, else when it comes into sight."""
        self._stale = True
        if self._tab.isVisible():
            self.refresh()

    def came_into_sight(self) -> None:
        """The tab is shown now."""
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Choose anew around the card that is shown, and renew what is said about it."""
        if self._controller.engine is None:
            return
        self._stale = False
        self._present(self._card if self._still_there(self._card) else None)
        self._choices_soon.start(0)

    def _connect(self) -> None:
        tab = self._tab
        tab.rated.connect(self._rate)
        tab.skipped.connect(self._skip)
        tab.blocked.connect(self._block)
        tab.back_requested.connect(self._back)
        tab.play_requested.connect(self._play)
        tab.chosen.connect(self._choose)
        tab.filters_changed.connect(self._filter)
        tab.posters_wanted.connect(self.want_posters)

    # What the user did: the row is written first, and only then is anything else shown.

    def _rate(self, item_id: int, value: float) -> None:
        self._answer(item_id, lambda engine: engine.rate(item_id, value))

    def _skip(self, item_id: int) -> None:
        self._answer(item_id, lambda engine: engine.skip(item_id))

    def _block(self, item_id: int) -> None:
        if self._answer(item_id, lambda engine: engine.block(item_id)):
            item = self._library.items.get(item_id)
            title = item.title if item is not None else "This title"
            self._controller.messages.show_message(
                f"“{title}” will not be suggested again.", "", "note", "Undo", lambda: self._undo_block(item_id)
            )

    def _answer(self, item_id: int, answer: Callable[[Engine], object]) -> bool:
        engine = self._controller.engine
        if engine is None or not self._controller.attempt(lambda: answer(engine)):
            return False
        self._present(None)
        self._controller.feedback_given.emit(item_id)
        return True

    def _undo_block(self, item_id: int) -> None:
        engine = self._controller.engine
        if engine is not None and self._controller.attempt(lambda: engine.unblock(item_id)):
            self._present(item_id)
            self._controller.feedback_given.emit(item_id)

    def _back(self) -> None:
        engine = self._controller.engine
        if engine is None:
            return
        found: list[int | None] = []
        if not self._controller.attempt(lambda: found.append(engine.back(self.kind))):
            return
        if found[0] is None:
            self._tab.show_notice("This is where you began; there is nothing to go back to.")
            return
        self._present(found[0], shown=True)
        self._controller.feedback_given.emit(found[0])

    def _play(self, item_id: int) -> None:
        item = self._library.items.get(item_id)
        if item is not None:
            self._controller.play_wanted.emit(item)

    def _choose(self, item_id: int) -> None:
        self._present(item_id)

    def _filter(self, choice: FilterChoice) -> None:
        text_changed = choice.text != self._choice.text
        self._choice = choice
        if not text_changed or self._controller.attempt(lambda: self._search(choice.text)):
            self._present(None)

    def _search(self, text: str) -> None:
        if not text.strip():
            self._found = None
            self._tab.show_results([])
            return
        ids = self._library.items.search(text, self.kind)
        self._found = frozenset(ids)
        self._tab.show_results(self._entries(ids[:MOST_RESULTS]))

    # What is shown

    def _filters(self) -> Filters:
        choice = self._choice
        return Filters(
            max_minutes=choice.minutes(datetime.now()),
            genre=choice.genre,
            decade=choice.decade,
            unseen_only=choice.unseen_only,
            among=self._found,
        )

    def _present(self, keep: int | None, shown: bool = False) -> None:
        """Show a card, what comes next, and how many are left.

        :param keep: the item to show; ``None`` for the best one.
        :param shown: the engine knows already that this is the card.
        """
        engine = self._controller.engine
        if engine is not None:
            self._controller.attempt(lambda: self._show(engine, keep, shown))

    def _show(self, engine: Engine, keep: int | None, shown: bool) -> None:
        slate = engine.recommend(self.kind, self._filters(), SHELF_LENGTH + 1, keep=keep)
        items = {item.id: item for item in self._library.items.many([pick.item_id for pick in slate.picks])}
        picks = [pick for pick in slate.picks if pick.item_id in items]  # the library may be newer than the snapshot
        self._tab.show_counts(slate.remaining, slate.total)
        if not picks:
            self._card, self._shelf = None, ()
            self._tab.show_empty(slate.empty or "library")
            return
        first, *others = picks
        self._card, self._shelf = first.item_id, tuple(pick.item_id for pick in others)
        if not shown:
            engine.show(first.item_id)
        self._tab.show_card(self._make_card(items[first.item_id], engine))
        self._tab.show_notice(slate.notice)
        self._tab.show_shelf([make_shelf_entry(items[pick.item_id], pick.mean) for pick in others])

    def _make_card(self, item: Item, engine: Engine) -> Card:
        return make_card(item, engine.explain(item.id), ratings=engine.ratings, playable=playable(item))

    def _entries(self, item_ids: Iterable[int]) -> list[ShelfEntry]:
        wanted = list(item_ids)
        items = {item.id: item for item in self._library.items.many(wanted)}
        return [make_shelf_entry(items[item_id]) for item_id in wanted if item_id in items]

    def _still_there(self, item_id: int | None) -> bool:
        engine = self._controller.engine
        if item_id is None or engine is None or engine.snapshot.row_of(item_id) is None:
            return False
        item = self._library.items.get(item_id)
        return item is not None and item.removed_at is None

    def _offer_choices(self) -> None:
        engine = self._controller.engine
        if engine is not None:
            self._tab.set_choices(list(engine.genres(self.kind)), list(engine.decades(self.kind)))

    def want_posters(self, item_ids: Iterable[int]) -> None:
        """Ask for the posters of these titles, where there are any."""
        items = [item for item in self._library.items.many(item_ids) if any(place.poster for place in item.places)]
        if items:
            self._controller.posters_wanted.emit(tuple(items))


def playable(item: Item) -> bool:
    """Whether there is something to open: a file or a server that knows the title, not the demo library alone."""
    return any(place.files or place.source_id != DEMO_SOURCE.id for place in item.places)
