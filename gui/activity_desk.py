"""The work behind the page "Activity": which entries of the journal it lists, and undoing them."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QObject, pyqtSignal

from gui import writing_jobs
from gui.phrases import ago
from gui.preferences import Preferences
from gui.tabs.activity_page import ActivityLine, ActivityPage
from gui.widgets.message_bar import MessageBar
from gui.worker import LibraryWorker, Ticket
from library.errors import AppError
from library.journal import JournalEntry, JournalState
from library.library import Library
from library.settings import SourceSettings
from library.write_jobs import WriteReport
from library.write_plans import HOW_TO_ALLOW, NOT_ALLOWED, source_named
from library.write_states import change_words, entry_words

PAGE = 50
GONE = "This server is not among your sources any more."


class ActivityDesk(QObject):
    """Between the journal and the page. Main thread; a worker undoes.

    Signals: ``undone()`` when something was put back, or tried; ``undoing(Ticket)`` when that begins.
    """

    undone = pyqtSignal()
    undoing = pyqtSignal(object)

    def __init__(
        self,
        library: Library,
        preferences: Preferences,
        messages: MessageBar,
        worker: LibraryWorker,
        page: ActivityPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or page)
        self._library = library
        self._preferences = preferences
        self._messages = messages
        self._worker = worker
        self._page = page
        self._shown = PAGE
        page.shown.connect(self.refresh)
        page.more_wanted.connect(self._show_more)
        page.filter_changed.connect(self._from_the_top)
        page.undo_wanted.connect(self.undo)
        page.batch_undo_wanted.connect(self._undo_batch)
        preferences.changed.connect(lambda _: self.refresh())

    def refresh(self) -> None:
        """Show what is in the journal, if somebody looks."""
        if not self._page.isVisible():
            return
        try:
            self._show()
        except AppError as error:
            self._say(error)

    def undo(self, ids: Sequence[int]) -> Ticket | None:
        """Put back what these entries wrote; what was changed since is said and left."""
        return self._undo([entry for number in ids if (entry := self._library.journal.get(number)) is not None])

    def _undo_batch(self, batch: int) -> None:
        self._undo([entry for entry in self._library.journal.of_batch(batch) if entry.undoable])

    def _undo(self, entries: Sequence[JournalEntry]) -> Ticket | None:
        if self._call_off(entries):
            entries = [entry for entry in entries if entry.state is not JournalState.WAITING]
        if not entries:
            self.refresh()
            return None
        if not self._preferences.settings.writing.allowed:
            self._messages.show_message(f"{NOT_ALLOWED} Undoing writes too.", HOW_TO_ALLOW, "problem")
            return None
        groups, unknown = self._by_source(entries)
        if unknown:
            self._messages.show_message(GONE, "Add it again, and its entries can be undone.", "problem")
        if not groups:
            return None
        ticket = self._worker.submit("Undoing", writing_jobs.take_back(groups))
        ticket.succeeded.connect(self._tell)
        ticket.failed.connect(self._say)
        ticket.ended.connect(self._ended)
        self.undoing.emit(ticket)
        return ticket

    def _call_off(self, entries: Sequence[JournalEntry]) -> bool:
        """What waits needs no server; says whether any of it was called off."""
        called = [entry for entry in entries if self._library.journal.call_off(entry.id)]
        if called:
            self._messages.show_message("It was taken back before it was written.")
        return bool(called)

    def _by_source(
        self, entries: Sequence[JournalEntry]
    ) -> tuple[list[tuple[SourceSettings, list[JournalEntry]]], bool]:
        groups: dict[str, list[JournalEntry]] = {}
        for entry in entries:
            groups.setdefault(entry.source_id, []).append(entry)
        known = [(source, group) for key, group in groups.items() if (source := self._source(key)) is not None]
        return known, len(known) < len(groups)

    def _tell(self, report: WriteReport) -> None:
        if report.done and not (report.skipped or report.failed or report.gone):
            what = "It is" if len(report.done) == 1 else f"{len(report.done):,} are"
            self._messages.show_message(f"{what} put back as it was." if len(report.done) == 1 else f"{what} put back.")
        else:
            self._messages.show_message(report.sentence, "", "problem" if report.failed or report.gone else "note")

    def _say(self, error: AppError) -> None:
        self._messages.show_message(error.message, error.hint, "problem")

    def _ended(self) -> None:
        self.refresh()
        self.undone.emit()

    # What is shown

    def _from_the_top(self) -> None:
        self._shown = PAGE
        self.refresh()

    def _show_more(self) -> None:
        self._shown += PAGE
        self.refresh()

    def _show(self) -> None:
        journal = self._library.journal
        found = journal.page(self._page.wanted_states(), user=self._library.person, limit=self._shown + 1)
        ids = {entry.item_id for entry in found if entry.item_id is not None}
        titles = {item.id: item.title for item in self._library.items.many(ids)}
        self._page.show_counts(journal.counts(self._library.person))
        self._page.show_lines(
            [self._line(entry, titles.get(entry.item_id or 0, "")) for entry in found[: self._shown]],
            more=len(found) > self._shown,
            allowed=self._preferences.settings.writing.allowed,
        )

    def _line(self, entry: JournalEntry, item_title: str) -> ActivityLine:
        source = self._source(entry.source_id)
        written = entry.state in (JournalState.DONE, JournalState.UNDONE) and not entry.message
        end = entry.after if written else entry.wanted
        change = change_words(entry.kind, entry.before, end)
        if entry.state is JournalState.WAITING:
            change = change_words(entry.kind, None, entry.wanted).rpartition("→ ")[2]
        return ActivityLine(
            entry_id=entry.id,
            what=entry_words(entry, item_title),
            change=change,
            when=ago(entry.at),
            where=source.name if source is not None else "a server that is not here any more",
            state=entry.state,
            reason=_reason(entry, source, self._preferences.settings.writing.allowed),
            undoable=entry.undoable and (source is not None or entry.state is JournalState.WAITING),
            batch=entry.batch,
        )

    def _source(self, source_id: str) -> SourceSettings | None:
        return source_named(self._preferences.settings.sources, source_id)


def _reason(entry: JournalEntry, source: SourceSettings | None, allowed: bool) -> str:
    if entry.state is JournalState.WAITING and not allowed:
        return "It waits until writing is allowed."
    if entry.state is JournalState.WAITING and not entry.message:
        return f"It is written as soon as {source.name} answers." if source is not None else ""
    if entry.state is JournalState.BEGUN:
        return "The answer was lost; the server is asked what is there as soon as it answers."
    if entry.state is JournalState.UNDONE and entry.undone_at is not None and not entry.message:
        return f"Put back {ago(entry.undone_at)}."
    return entry.message
