"""Between the engine and the tabs: what the user did goes in, what to show comes out. Main thread, nothing that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from gui.desk import Desk
from gui.models import DialChoice, playable
from gui.tabs.recommendations import RecommendationTab
from gui.widgets.message_bar import MessageBar
from library.errors import AppError
from library.library import Library
from library.settings import Settings
from library.wishes import Wish
from recommender.engine import Engine
from recommender.snapshot import Snapshot

__all__ = ["Controller", "playable"]


class Controller(QObject):
    """Owns the engine, once there is a snapshot to make it from, and a desk for each tab.

    Signals: ``feedback_given(int)`` with the id of the item it was about; ``play_wanted(Item)``;
    ``posters_wanted(tuple of Item)``; ``engine_ready()`` when the first engine was made; ``published()`` after each
    snapshot that was taken over; ``wishes_changed()`` when a wish was made or taken back; ``stopping()`` before the window
    closes, as long as things can still be stored.

    :param library: connection A, of the main thread.
    """

    feedback_given = pyqtSignal(int)
    play_wanted = pyqtSignal(object)
    posters_wanted = pyqtSignal(object)
    engine_ready = pyqtSignal()
    published = pyqtSignal()
    wishes_changed = pyqtSignal()
    stopping = pyqtSignal()

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
        self._turned: DialChoice | None = None
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
        """Use other settings at once; dials that are being turned stay as they stand."""
        if self._turned is not None:
            settings = replace(settings, **self._turned.sections(settings))
        before, self._settings = self._settings, settings
        if (before.recommendation, before.dials, before.rules) == (
            settings.recommendation,
            settings.dials,
            settings.rules,
        ):
            return
        if self.engine is not None:
            self.engine.configure(settings)
            self.refresh()

    def turn(self, choice: DialChoice | None) -> None:
        """Use these dials for the order from the next question on, ahead of what is stored; ``None`` when that has caught up."""
        self._turned = choice
        if choice is not None:
            self._settings = replace(self._settings, **choice.sections(self._settings))
            if self.engine is not None:
                self.engine.configure(self._settings)

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

    def want_posters(self, item_ids: Iterable[int]) -> None:
        """Ask for the posters of these titles, where there are any."""
        found = self.library.items.many(item_ids)
        answered = self.library.metadata.answered([item.id for item in found])
        items = [item for item in found if item.id in answered or any(place.poster for place in item.places)]
        if items:
            self.posters_wanted.emit(tuple(items))

    def refresh_posters(self) -> None:
        """Ask for the posters of what is on screen: whoever fetches them listens now."""
        for desk in self.desks.values():
            self.want_posters(desk.on_screen())

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

    def learn_from(self, item_id: int, learn: bool) -> bool:
        """Let the taste learn from a rating, or not. Whether it worked."""
        if self.engine is None or not self.attempt(lambda: self._engine().learn_from([item_id], learn)):
            return False
        self.feedback_given.emit(item_id)
        self.refresh()
        return True

    def lend(self, to_guest: bool) -> None:
        """Begin or end guest mode, on all tabs."""
        if self.engine is not None:
            self.attempt(lambda: self._engine().lend(to_guest))
            self.refresh()

    def put_wish(self, wish: Wish | None, instead_of: Wish | None = None) -> bool:
        """Let a wish hold again, and another one no longer. Whether it worked."""
        engine = self.engine
        if engine is None:
            return False
        if wish is not None:  # one about the same subject gives way to it
            return self.attempt(lambda: engine.wish(wish.subject, wish.direction))
        return instead_of is None or self.attempt(lambda: engine.take_back_wish(instead_of))

    def take_back_wish(self, wish: Wish) -> None:
        """Let a wish no longer hold."""
        self._take_back([wish])

    def take_back_all_wishes(self) -> None:
        """Let no wish hold any longer."""
        if self.engine is not None:
            self._take_back(self.engine.wishes())

    def wishes_were_changed(self, by: Desk) -> None:
        """A desk has made a wish or taken one back, and shows it already."""
        for desk in self.desks.values():
            if desk is not by:
                desk.refresh_when_seen()
        self.wishes_changed.emit()

    def note_play(self, item_id: int) -> None:
        """A title was opened to be watched: only what really opened counts."""
        if self.engine is not None:
            self.attempt(lambda: self._engine().play(item_id))

    def stop(self) -> None:
        """Nothing is shown any more: the window closes."""
        self.stopping.emit()
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

    def _take_back(self, wishes: Iterable[Wish]) -> None:
        if self.engine is not None and self.attempt(lambda: self._remove(wishes)):
            self.refresh()
            self.wishes_changed.emit()

    def _remove(self, wishes: Iterable[Wish]) -> None:
        for wish in wishes:
            self._engine().take_back_wish(wish)

    def _engine(self) -> Engine:
        assert self.engine is not None
        return self.engine
