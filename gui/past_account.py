"""Asks TMDB for a past: waits for the person to agree in the browser, and hands over what the account said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from gui import past_jobs
from gui.past_desk import PastDesk
from gui.source_actions import SourceActions
from gui.tabs.configuration.past import PastSection
from gui.worker import LibraryWorker, Ticket
from library.accounts import CodeShown
from library.errors import AppError
from library.past.tmdb import AccountPast
from library.progress import Progress

if TYPE_CHECKING:
    from gui.session import Session


class PastAccountDesk(QObject):
    """Between the button of the section and the desk that takes a past in. Main thread; others wait.

    :param actions: hands in what may wait long for somebody.
    :param asking_worker: looks whether there is a key.
    :param past: takes in what came of it.
    """

    def __init__(
        self,
        session: Session,
        section: PastSection,
        actions: SourceActions,
        asking_worker: LibraryWorker,
        past: PastDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        assert session.preferences is not None
        self._preferences, self._open = session.preferences, session.ports.open_past_account
        self._section, self._actions, self._asking, self._past = section, actions, asking_worker, past
        self._ticket: Ticket | None = None
        self._waiting_step = ""
        section.account_wanted.connect(self.ask)
        section.waiting_stopped.connect(self.give_up)
        section.cancel_wanted.connect(self.give_up)
        section.shown.connect(self._offer)
        self._preferences.changed.connect(self._offer)

    def ask(self) -> None:
        """Ask TMDB for a page, and wait until the person has agreed there."""
        self.give_up()
        language = self._preferences.settings.catalogs.language
        ticket = self._actions.wait_for("Asking TMDB", past_jobs.ask_account(self._open, language))
        self._ticket = ticket
        self._section.show_busy(Progress("Asking TMDB"))
        ticket.progressed.connect(lambda step: self._advanced(ticket, step))
        ticket.succeeded.connect(lambda past: self._told(ticket, past))
        ticket.failed.connect(lambda error: self._failed(ticket, error))

    def give_up(self) -> None:
        """Wait no longer, and read no further."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()
            self._section.hide_page()
            self._section.show_idle()

    def _advanced(self, ticket: Ticket, step: Progress) -> None:
        if ticket is not self._ticket:
            return
        if isinstance(step, CodeShown):
            self._waiting_step = step.step
            self._section.show_idle()
            self._section.show_page(step)
        elif step.step == self._waiting_step:
            self._section.page.tell_time()
        else:
            self._section.hide_page()
            self._section.show_busy(step)

    def _told(self, ticket: Ticket, past: AccountPast) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self._section.hide_page()
            self._past.import_account(past)

    def _failed(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self._section.hide_page()
            self._section.show_idle(str(error), "problem")

    def _offer(self) -> None:
        ticket = self._asking.submit("Looking for the key of TMDB", past_jobs.has_account_key())
        ticket.succeeded.connect(self._section.offer_account)
