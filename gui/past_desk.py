"""The work behind "Your past": files go to a worker, piles come back, and what the person decides is written down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from gui import past_jobs
from gui.activity import Activity
from gui.models import SEPARATOR, counted, facts_line
from gui.past_jobs import Listed, LoadedPile, day, kind_word, named, named_subject
from gui.past_page import LEFT_OUT, SURE, UNSURE, Candidate, PastDetail, PastPage
from gui.phrases import ago
from gui.tabs.configuration.past import ImportLine, PastSection
from gui.worker import LibraryWorker, Task, Ticket
from library.errors import AppError
from library.items import Item, MediaKind
from library.past.formats import Act
from library.past.import_store import ImportRecord, ImportStore, PastLine, PastTitle
from library.past.importing import ImportReport
from library.past.matching import Pile
from library.past.taking import decide
from library.past.tmdb import AccountPast

if TYPE_CHECKING:
    from gui.session import Session

_QUESTIONS = {
    Pile.UNSURE: "Which one is it?",
    Pile.SURE: "It was taken for",
    Pile.WISH: "It was on a watchlist. Nothing is done with it.",
}
_DONE = {Act.PLAY: "Played", Act.WISH: "Wished for"}
_NOT_OWNED = "It is not in your library. What you gave it teaches your taste all the same."
_NOT_OWNED_PLAYED = "It is not in your library, and you gave it no rating. Import the file again once you have it."


class PastDesk(QObject):
    """Owns the page, and serves the section of the configuration. Main thread: what takes longer is done by the workers.

    Signals: ``changed()`` when ratings came or went, so that the taste is to be learned anew.

    :param worker: reads files; ``asking_worker`` loads piles.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        session: Session,
        section: PastSection,
        worker: LibraryWorker,
        asking_worker: LibraryWorker,
        activity: Activity,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        assert session.library is not None
        assert session.controller is not None
        self._library, self._controller = session.library, session.controller
        self._window, self._theme = session.window, session.theme
        self._section, self._worker, self._asking, self._activity = section, worker, asking_worker, activity
        self._store = ImportStore(session.library.database)
        self._page: PastPage | None = None
        self._import_id = 0
        self._running: Ticket | None = None
        section.files_chosen.connect(self.import_files)
        section.cancel_wanted.connect(self._cancel)
        section.review_wanted.connect(self.open)
        section.take_back_wanted.connect(
            lambda number: self._turn(past_jobs.take_import_back(number), "Taking it back")
        )
        section.bring_back_wanted.connect(
            lambda number: self._turn(past_jobs.bring_import_back(number), "Bringing it back")
        )
        section.shown.connect(self.refresh)

    @property
    def page(self) -> PastPage:
        """The page, made when it is needed first."""
        if self._page is None:
            page = PastPage(self._theme)
            page.pile_wanted.connect(self._load)
            page.title_wanted.connect(self._show_detail)
            page.decided.connect(self._decide)
            page.suggestions_wanted.connect(self._take_suggestions)
            page.retry_wanted.connect(lambda: page.choose_pile(page.pile()))
            page.closed.connect(self.refresh)
            self._page = page
        return self._page

    def refresh(self) -> None:
        """List what was brought along so far."""
        ticket = self._asking.submit("Looking at your past", past_jobs.list_imports())
        ticket.succeeded.connect(lambda found: self._section.show_imports([_line(one) for one in found]))
        ticket.failed.connect(lambda error: self._section.show_idle(str(error), "problem"))

    def open(self, import_id: int) -> None:
        """Show the piles of an import: what is unsure first."""
        self._import_id = import_id
        record = self._record()
        if record is None:
            self.refresh()
            return
        page = self.page
        page.set_heading(f"Your past{SEPARATOR}{record.format}: {record.name}")
        counts = self._count(record)
        self._window.lay_over(page)
        page.choose_pile(UNSURE if counts[UNSURE] else SURE)

    # Files and accounts

    def import_files(self, paths: Sequence[Path]) -> None:
        """Bring these files along; one after another, so that nothing is counted twice."""
        if self._running is None or self._running.over:
            self._bring(past_jobs.import_files(list(paths)))

    def import_account(self, past: AccountPast) -> None:
        """Bring along what an account said, after what is being read now."""
        if self._running is not None and not self._running.over:
            self._running.ended.connect(lambda: self.import_account(past))
            return
        self._bring(past_jobs.import_account(past))

    def _bring(self, task: Task) -> None:
        ticket = self._worker.submit("Bringing your past along", task)
        self._follow(ticket)
        ticket.succeeded.connect(self._imported)
        ticket.cancelled.connect(lambda: self._section.show_idle("Cancelled. Nothing was brought along."))

    def _imported(self, report: ImportReport) -> None:
        self._section.show_idle(report_sentence(report), "good" if report.id is not None else "note")
        self.refresh()
        if report.id is None:
            return
        self.changed.emit()
        import_id, waiting = report.id, report.piles[Pile.UNSURE]
        told = f"Your past from {report.format} is here."
        more = f"{waiting:,} {'title waits' if waiting == 1 else 'titles wait'} for your word." if waiting else ""
        action = "Decide" if waiting else "Look"
        self._window.messages.show_message(told, more, "note", action, lambda: self.open(import_id))

    def _turn(self, task: Task, label: str) -> None:
        """Take an import back, or bring it back."""
        if self._running is not None and not self._running.over:
            return
        ticket = self._worker.submit(label, task)
        self._follow(ticket)
        ticket.succeeded.connect(lambda _: self._section.show_idle())
        ticket.succeeded.connect(lambda _: self.changed.emit())
        ticket.cancelled.connect(lambda: self._section.show_idle())
        ticket.ended.connect(self.refresh)

    def _follow(self, ticket: Ticket) -> None:
        self._running = ticket
        ticket.progressed.connect(self._section.show_busy)
        ticket.failed.connect(lambda error: self._section.show_idle(str(error), "problem"))
        self._activity.follow(ticket)

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()

    # The page

    def _load(self, pile: str) -> None:
        page = self.page
        page.show_busy()
        page.show_suggestions(0)
        ticket = self._asking.submit("Reading your past", past_jobs.load_pile(self._import_id, pile))
        ticket.succeeded.connect(self._show_pile)
        ticket.failed.connect(lambda error: self._failing(pile, error))

    def _show_pile(self, found: LoadedPile) -> None:
        if (found.import_id, found.pile) != (self._import_id, self.page.pile()):
            return  # another one is looked at by now
        self.page.show_rows(found.rows)
        self.page.show_suggestions(found.suggestions)
        self.page.take_focus()

    def _failing(self, pile: str, error: AppError) -> None:
        if pile == self.page.pile():
            self.page.show_failing(error.message, error.hint)

    def _show_detail(self, title_id: int) -> None:
        if title_id < 0:
            row = self.page.list.row()
            said = row.note if row is not None else ""
            self.page.show_detail(PastDetail(title_id, "", row.title if row else "", said, ""))
            return
        self._controller.attempt(lambda: self._read_detail(title_id))

    def _read_detail(self, title_id: int) -> None:
        title = self._store.title(title_id)
        if title is None:
            self.page.show_detail(None)
            return
        items = self._library.items.many(title.candidates)
        self.page.show_detail(detail_of(title, self._store.lines([title_id]), items))

    def _decide(self, title_id: int, item_id: int | None) -> None:
        """Write a decision down: a handful of rows."""
        decided: list[PastTitle | None] = []
        if not self._controller.attempt(lambda: decided.append(decide(self._library, title_id, item_id))):
            return
        title = decided[0]
        if title is None:
            self.page.show_failing("This import was taken back.", "Bring it back to decide about its titles.")
            return
        self.changed.emit()
        if str(title.pile) == self.page.pile():
            self._show_detail(title_id)
        self.page.move(title_id, str(title.pile))

    def _take_suggestions(self) -> None:
        import_id, page = self._import_id, self.page
        page.show_suggestions(0)
        ticket = self._worker.submit("Taking the suggestions", past_jobs.take_suggestions(import_id))
        self._activity.follow(ticket)
        ticket.failed.connect(lambda error: self._failing(page.pile(), error))
        ticket.succeeded.connect(lambda _: self.changed.emit())
        ticket.ended.connect(self._show_again)

    def _show_again(self) -> None:
        record = self._record()
        if record is not None:
            self._count(record)
            self.page.choose_pile(self.page.pile())

    def _record(self) -> ImportRecord | None:
        found: list[ImportRecord | None] = []
        self._controller.attempt(lambda: found.append(self._store.get(self._import_id)))
        return found[0] if found else None

    def _count(self, record: ImportRecord) -> dict[str, int]:
        counts = {str(pile): count for pile, count in self._store.piles(record.id).items()}
        counts[LEFT_OUT] = record.total("left_out")
        self.page.show_counts(counts)
        return counts


def report_sentence(report: ImportReport) -> str:
    """What came of reading files, in a sentence or two."""
    lines = counted(report.total("lines"), "line") or "No lines"
    if not report.total("lines"):
        return f"There was nothing in {report.name}."
    if report.id is None:
        known = report.total("left_out")
        return f"There was nothing new in {report.name}: {lines}, {known:,} of them known before or not to be used."
    parts = [
        counted(report.total("ratings"), "rating"),
        counted(report.total("plays"), "play"),
        f"{report.total('wishes'):,} on a watchlist" if report.total("wishes") else "",
        f"{report.total('left_out'):,} left out" if report.total("left_out") else "",
    ]
    notes = " ".join(dict.fromkeys(count.note for count in report.files if count.note))
    return f"{lines} read from {report.name}: {', '.join(part for part in parts if part)}. {notes}".rstrip()


def detail_of(title: PastTitle, lines: Sequence[PastLine], items: Sequence[Item]) -> PastDetail:
    """A title of a past in words, with what it may be."""
    subject = title.subject
    facts = [
        kind_word(subject.kind),
        subject.artist or "",
        subject.album or "",
        subject.original_title or "",
        ", ".join(subject.directors[:2]),
        ", ".join(subject.genres[:3]),
    ]
    candidates = tuple(
        Candidate(item.id, named(item.title, item.year), _facts(item), item.id == title.item_id) for item in items
    )
    none = ""
    if title.pile is Pile.UNSURE:
        none = "None of these"
    elif title.pile is Pile.SURE:
        none = "It is another one"
    played_only = title.pile is Pile.NOT_OWNED and not any(line.act is Act.RATING for line in lines)
    question = _QUESTIONS.get(title.pile) or (_NOT_OWNED_PLAYED if played_only else _NOT_OWNED)
    return PastDetail(
        title_id=title.id,
        title=named_subject(subject),
        facts=SEPARATOR.join(part for part in facts if part),
        said=_said(lines),
        question=question,
        candidates=() if title.pile is Pile.WISH else candidates,
        none=none,
    )


def _facts(item: Item) -> str:
    words = facts_line(item).removeprefix(str(item.year or "")).removeprefix(SEPARATOR)
    if item.kind is MediaKind.TRACK:
        words = SEPARATOR.join(name for name in (item.artist, item.album) if name)
    return SEPARATOR.join(part for part in (kind_word(item.kind), words) if part)


def _said(lines: Sequence[PastLine]) -> str:
    """What the lines say, the newest three of them: "Rated 8 on 2 January 2020"."""
    told: list[str] = []
    for line in sorted(lines, key=lambda line: -(line.at or 0.0)):
        when = f" on {day(line.at)}" if line.at is not None else ""
        what = f"Rated {line.value:g}" if line.act is Act.RATING else _DONE[line.act]
        told.append(f"{what}{when}")
    told = list(dict.fromkeys(told))
    more = f" … and {len(told) - 3:,} more" if len(told) > 3 else ""
    return ". ".join(told[:3]) + more


def _line(found: Listed) -> ImportLine:
    record = found.record
    facts = [
        "Taken back" if record.taken_back_at is not None else "",
        ago(record.at),
        counted(record.total("ratings"), "rating"),
        counted(record.total("plays"), "play"),
        f"{record.total('wishes'):,} on a watchlist" if record.total("wishes") else "",
        f"{record.total('left_out'):,} left out" if record.total("left_out") else "",
    ]
    told = SEPARATOR.join(part for part in facts if part)
    return ImportLine(
        record.id,
        f"{record.format}: {record.name}",
        told[:1].upper() + told[1:],
        found.piles[Pile.UNSURE],
        record.taken_back_at is not None,
    )
