"""Everything about writing to servers in one window: the menus, the pages, what writes by itself, and the page that lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPoint

from gui.activity_desk import ActivityDesk
from gui.tabs.activity_page import ActivityPage
from gui.tabs.recommendations import RecommendationTab
from gui.waiting_writes import WaitingWrites
from gui.widgets.buttons import Button
from gui.widgets.kin_page import KinPage
from gui.widgets.server_menu import HEADING, ServerMenu
from gui.widgets.tonight import TonightPage
from gui.writing_desk import Subject, WritingDesk

if TYPE_CHECKING:
    from gui.background import Background
    from gui.session import Session

ACTIVITY = "Activity"


class ServerWriting(QObject):
    """Owns the desks of writing and connects them with the pages that lead to them.

    :param background: whose workers write, and whose tabs show it.
    """

    def __init__(self, session: Session, background: Background) -> None:
        super().__init__(background)
        assert session.library is not None
        assert session.preferences is not None
        assert session.controller is not None
        self._session = session
        self._background = background
        worker, messages = background.asking_worker, session.window.messages
        self.page = ActivityPage(session.theme)
        background.logs.add_page(ACTIVITY, self.page)
        self.activity = ActivityDesk(session.library, session.preferences, messages, worker, self.page, self)
        self.waiting = WaitingWrites(session.controller, session.preferences, worker, self)
        self.desk = WritingDesk(session, worker, self.activity, self)
        self._connect()
        for tab in (session.movies, session.shows):
            self._offer_on_card(tab)
        background.title_pages.kin.page_made.connect(self._offer_on_kin)
        background.title_pages.tonight.page_made.connect(self._offer_on_tonight)

    def start(self) -> None:
        """Settle and write what is left from the last time."""
        self.waiting.start()

    def allow(self) -> None:
        """Lead to the switch."""
        self._session.window.show_tab("Configuration")
        self._background.configuration.go_to(self._background.configuration.writing)

    def show_activity(self) -> None:
        """Show what was written."""
        self._session.window.show_tab("Logs")
        self._background.logs.go_to(ACTIVITY)

    def _connect(self) -> None:
        section, strip = self._background.configuration.writing, self._background.activity
        section.went_wrong.connect(lambda error: self._say(error.message, error.hint))
        section.activity_wanted.connect(self.show_activity)
        section.clearing_wanted.connect(self.desk.clear_watchlist)
        self.page.allow_wanted.connect(self.allow)
        self.desk.allow_wanted.connect(self.allow)
        self.desk.writing.connect(strip.follow)
        self.activity.undoing.connect(lambda ticket: strip.follow(ticket, cancellable=False))
        self.desk.written.connect(self.activity.refresh)
        self.desk.cut_short.connect(self.waiting.soon)
        self.waiting.changed.connect(self.activity.refresh)
        self.waiting.refused.connect(self._tell_of_refusal)
        self._background.actions.scanned.connect(lambda *_: self.waiting.soon())

    def _tell_of_refusal(self, sentence: str) -> None:
        messages = self._session.window.messages
        messages.show_message(sentence, "", "problem", "Look", self.show_activity)

    def _say(self, message: str, hint: str) -> None:
        self._session.window.messages.show_message(message, hint, "problem")

    # Where the menus are

    def _offer_on_card(self, tab: RecommendationTab) -> None:
        """A line of the menu beside the ratings."""

        def subject() -> Subject:
            card = tab.card
            listed = tuple(entry.item_id for entry in tab.shelf.entries())
            return Subject(card.item_id if card is not None else None, listed, "Up next")

        menu = self.desk.menu(subject)
        menu.setParent(tab.ratings.menu, menu.windowFlags())
        tab.ratings.menu.addSeparator()
        tab.ratings.menu.addMenu(menu)

    def _offer_on_kin(self, page: KinPage) -> None:
        """A button in the bar: about the title on top, and the list of what is like it."""

        def subject() -> Subject:
            card = page.card
            name = f"Like {card.title}" if card is not None else ""
            return Subject(
                card.item_id if card is not None else None, tuple(entry.item_id for entry in page.shown()), name
            )

        page.add_tool(_button(self.desk.menu(subject)))

    def _offer_on_tonight(self, page: TonightPage) -> None:
        """A button in the bar: about the title that is shown, and what was kept for later."""
        tonight = self._background.title_pages.tonight

        def subject() -> Subject:
            evening = tonight.evening
            if evening is None:
                return Subject()
            return Subject(evening.card, tuple(evening.later), "Tonight")

        page.add_tool(_button(self.desk.menu(subject)))


def _button(menu: ServerMenu) -> Button:
    """What opens a menu below itself."""
    button = Button(HEADING, "quiet")
    button.setToolTip("Rate it there, mark it as watched, or save a list")
    menu.setParent(button, menu.windowFlags())
    button.clicked.connect(lambda: menu.popup(_below(button, menu)))
    return button


def _below(button: Button, menu: ServerMenu) -> QPoint:
    """Below the button, with its right edge where the button's is."""
    menu.fill()
    corner = button.mapToGlobal(button.rect().bottomRight())
    return corner - QPoint(menu.sizeHint().width(), -2)
