"""Between what is known and what the Configuration tab says of it: ratings, wishes, rules and what they hide, blocked titles."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QTimer

from gui.controller import Controller
from gui.preferences import Preferences
from gui.tabs.configuration.recommending import BlockedTitle
from gui.tabs.configuration.rules import library_choices
from gui.tabs.configuration.tab import ConfigurationTab
from library.feedback import Block

SOON = 200  # milliseconds after a click, so that the next title is painted first


class KnowledgeDesk(QObject):
    """Brings the sections up to date while somebody looks; else when the tab comes into sight."""

    def __init__(
        self, controller: Controller, preferences: Preferences, tab: ConfigurationTab, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._library = controller.library
        self._preferences = preferences
        self._tab = tab
        self._stale = True
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self._refresh)
        tab.installEventFilter(self)
        tab.blocked.unblocked.connect(controller.unblock)
        tab.blocked.reset.connect(controller.reset_blocked)
        tab.wishes.taken_back.connect(controller.take_back_wish)
        tab.wishes.all_taken_back.connect(controller.take_back_all_wishes)
        controller.wishes_changed.connect(self.refresh_soon)
        controller.published.connect(self.refresh_soon)
        controller.feedback_given.connect(lambda _: self.refresh_soon())
        controller.stopping.connect(self._soon.stop)
        preferences.changed.connect(lambda _: self.refresh_soon())

    def refresh_soon(self) -> None:
        """Something is known that was not before."""
        self._stale = True
        if self._tab.isVisible():
            self._soon.start()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The tab comes into sight: what it shows is true before it is painted."""
        if event is not None and event.type() is QEvent.Type.Show and self._stale:
            self._refresh()
        return False

    def _refresh(self) -> None:
        engine = self._controller.engine
        if engine is not None and self._controller.attempt(self._show):
            self._stale = False

    def _show(self) -> None:
        engine = self._controller.engine
        assert engine is not None
        snapshot = engine.snapshot
        self._tab.model.show_counts(engine.ratings, len(snapshot), snapshot.texts)
        self._tab.wishes.show_wishes(engine.wishes())
        genres = sorted({name for kind in self._controller.desks for name, _ in engine.genres(kind)})
        titles = self._library.items.library_titles()
        self._tab.rules.show_choices(genres, library_choices(titles, self._preferences.settings.sources))
        self._tab.rules.show_counts(engine.hidden_counts())
        self._tab.blocked.show_titles(self._named(engine.blocked()))

    def _named(self, blocks: tuple[Block, ...]) -> list[BlockedTitle]:
        items = {item.id: item for item in self._library.items.many([block.item_id for block in blocks])}
        return [
            BlockedTitle(item.id, item.title, item.year, block.at)
            for block in blocks
            if (item := items.get(block.item_id)) is not None
        ]
