"""The work behind the catalogues: looks titles up after a scan and when it is asked for, and corrects a wrong match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from gui import catalog_jobs
from gui.activity import Activity
from gui.catalog_jobs import CatalogState
from gui.match_page import MatchPage
from gui.tabs.configuration.catalogs import CatalogsSection
from gui.worker import LibraryWorker, Ticket
from library.enrich import NAMES, EnrichReport, switched_on
from library.items import Item
from library.progress import Progress
from library.settings import CatalogSettings, Settings
from library.sources import Match

if TYPE_CHECKING:
    from gui.session import Session

LABEL = "Looking titles up"
LEARNED_AT_ONCE = 2000
"""Of a look-up that takes long, so many titles are learned before the others come in."""


class CatalogDesk(QObject):
    """Owns the thread that asks catalogues, and serves the section of the configuration and the page of matches.

    Signals: ``changed()`` when titles are described by other words than before, so that everything is to be learned anew;
    ``item_changed(int)`` when that is so for one title.

    :param asking: the thread for what a person waits for, which must not wait for two thousand titles.
    """

    changed = pyqtSignal()
    item_changed = pyqtSignal(int)

    def __init__(
        self,
        session: Session,
        section: CatalogsSection,
        activity: Activity,
        asking: LibraryWorker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        assert session.library is not None
        assert session.preferences is not None
        self._library, self._preferences, self._window = session.library, session.preferences, session.window
        self._theme, self._ports = session.theme, session.ports
        self._section, self._activity, self._asking = section, activity, asking
        self.worker = LibraryWorker(session.home, session.ports, "catalogue worker", self)
        self._settings = self._preferences.settings.catalogs
        self._running: Ticket | None = None
        self._again = False
        self._learned = 0
        self._page: MatchPage | None = None
        self._item: Item | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._read_states)
        section.wanted.connect(self.look_up)
        section.stopped.connect(self._stop_looking_up)
        section.shown.connect(lambda: self._soon.start(0))
        self._preferences.changed.connect(self._settings_changed)

    def start(self) -> None:
        """Start the thread, and look up what is due."""
        self.worker.start()
        self.look_up()

    def stop(self, seconds: float) -> None:
        """End the thread and wait for it."""
        self._soon.stop()
        self.worker.stop(seconds)

    @property
    def page(self) -> MatchPage:
        """The page, made when it is needed first."""
        if self._page is None:
            page = MatchPage(self._theme)
            page.search_wanted.connect(self._search)
            page.chosen.connect(self._choose)
            self._page = page
        return self._page

    # Looking up

    def look_up(self) -> None:
        """Look up what is missing or old; when that is under way, once more after it."""
        if self._running is not None:
            self._again = True
            return
        if not switched_on(self._settings):
            return
        ticket = self.worker.submit(LABEL, catalog_jobs.look_up(self._ports.open_catalog, self._settings))
        self._running, self._learned = ticket, 0
        ticket.progressed.connect(self._progressed)
        ticket.succeeded.connect(self._looked_up)
        ticket.failed.connect(lambda error: self._broken_off(ticket, str(error), "problem"))
        ticket.cancelled.connect(
            lambda: self._broken_off(ticket, "Stopped. What was found until then is kept.", "note")
        )
        ticket.ended.connect(lambda: self._ended(ticket))
        self._activity.follow(ticket)

    def _progressed(self, step: Progress) -> None:
        self._section.show_busy(step)
        if step.done < self._learned:  # the next catalogue
            self._learned = 0
        if step.done - self._learned >= LEARNED_AT_ONCE:
            self._learned = step.done
            self.changed.emit()

    def _looked_up(self, reports: tuple[EnrichReport, ...]) -> None:
        told = [f"{report.sentence}." for report in reports if report.asked]
        problems = [problem for report in reports for problem in report.problems[:3]]
        failed = sum(report.failed for report in reports)
        more = f" {' '.join(problems)}" if problems else ""
        self._section.show_idle(" ".join(told) + more or "Everything is looked up.", "problem" if failed else "note")
        if any(report.found or report.unknown for report in reports):
            self.changed.emit()

    def _broken_off(self, ticket: Ticket, sentence: str, look: str) -> None:
        if self._running is ticket:
            self._section.show_idle(sentence, look)
        self.changed.emit()

    def _ended(self, ticket: Ticket) -> None:
        if self._running is ticket:
            self._running = None
        self._soon.start(0)
        if self._again and not ticket.called_off:
            self._again = False
            self.look_up()
        self._again = False

    def _stop_looking_up(self) -> None:
        self._again = False
        if self._running is not None:
            self._running.cancel()

    def _settings_changed(self, settings: Settings) -> None:
        """What was switched off goes; what was switched on, or speaks another language now, is looked up."""
        before, self._settings = self._settings, settings.catalogs
        if before == self._settings:
            return
        gone = _gone(before, self._settings)
        if gone:
            ticket = self.worker.submit("Taking words out", catalog_jobs.forget(gone))
            ticket.failed.connect(lambda error: self._section.show_idle(str(error), "problem"))
            ticket.ended.connect(self.changed)
        running, self._running, self._again = self._running, None, False
        if running is not None:
            running.cancel()
            self._section.show_idle()
        self._soon.start(0)
        self.look_up()

    def _read_states(self) -> None:
        if self._section.isVisible():
            ticket = self._asking.submit("Counting", catalog_jobs.read_states(self._settings))
            ticket.succeeded.connect(self._show_states)

    def _show_states(self, states: tuple[CatalogState, ...]) -> None:
        self._section.show_states(states)

    # Correcting

    def can_correct(self) -> bool:
        """Whether there is a catalogue to choose from."""
        return bool(switched_on(self._settings))

    def correct(self, item_id: int) -> None:
        """Open the page on which a person says which title of a catalogue this one is."""
        item = self._library.items.get(item_id)
        if item is None or not self.can_correct():
            return
        self._item = item
        names = switched_on(self._settings)
        known = {one.catalog: one for one in self._library.metadata.look_ups(item_id)}
        said = [self._library.metadata.get(item_id, name) for name in names if name in known]
        taken = next((one for one in said if one is not None), None)
        self.page.show_title(item, [(name, NAMES[name]) for name in names], taken)
        self._window.lay_over(self.page)

    def _search(self, name: str, title: str, year: int | None) -> None:
        item, page = self._item, self.page
        if item is None:
            return
        page.show_busy(f"Asking {NAMES[name]} …")
        task = catalog_jobs.find_matches(self._ports.open_catalog, self._settings, name, item, title, year)
        ticket = self._asking.submit(f"Asking {NAMES[name]}", task)
        ticket.succeeded.connect(lambda matches: self._show_matches(item, matches))
        ticket.failed.connect(lambda error: page.show_problem(str(error)))

    def _show_matches(self, item: Item, matches: tuple[Match, ...]) -> None:
        if self._item is item:
            self.page.show_matches(matches)

    def _choose(self, name: str, key: str) -> None:
        """Keep it at once, and let the page go when it is looked up; an empty key means none of them."""
        item, page = self._item, self.page
        if item is None:
            return
        page.show_busy(f"Asking {NAMES[name]} …")
        task = catalog_jobs.choose_match(self._ports.open_catalog, self._settings, name, item.id, key or None)
        ticket = self._asking.submit(f"Asking {NAMES[name]}", task)
        ticket.succeeded.connect(lambda report: self._chosen(item, name, report))
        ticket.failed.connect(lambda error: page.show_problem(str(error)))

    def _chosen(self, item: Item, name: str, report: EnrichReport) -> None:
        if report.failed:
            self.page.show_problem(" ".join(report.problems))
        elif self._item is item:
            self.page.closed.emit()
            what = f"as {NAMES[name]} knows it now" if report.found else f"without {NAMES[name]} now"
            self._window.messages.show_message(f"“{item.title}” is described {what}.", "")
        self.item_changed.emit(item.id)
        self.changed.emit()


def _gone(before: CatalogSettings, now: CatalogSettings) -> list[str]:
    """The catalogues whose words go: those switched off, and all of them when another language is wanted."""
    if before.language != now.language:
        return list(switched_on(before))
    return [name for name in switched_on(before) if name not in switched_on(now)]
