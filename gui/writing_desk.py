"""The work behind "On the server": what is written about a title or a list, always shown before, with the way back after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from gui import writing_jobs
from gui.activity_desk import ActivityDesk
from gui.tabs.configuration.writing import EVERYBODY
from gui.widgets.list_choice import ListChoice, ListChosen
from gui.widgets.server_menu import ServerMenu, ServerOffer
from gui.widgets.watchlist_choice import WatchlistChoice
from gui.widgets.write_preview import WritePreview
from gui.worker import LibraryWorker, Task, Ticket
from library import write_plans
from library.errors import AppError
from library.items import Item, MediaKind
from library.settings import SourceSettings
from library.write_jobs import WriteReport
from library.write_plans import LISTED_KINDS, Preview, WritePlan, writable_sources
from library.write_states import several
from library.writing import Listed, ServerList, WriteKind

if TYPE_CHECKING:
    from gui.session import Session

NO_SERVER = "No server that can be written to has this title."
ALL_EPISODES = "Marking a show marks all of its episodes."


@dataclass(frozen=True, slots=True)
class Subject:
    """What a menu is about.

    :param item_id: the title; ``None`` when there is none.
    :param listed: ids of a list of titles, in order, and what it is called.
    """

    item_id: int | None = None
    listed: tuple[int, ...] = ()
    name: str = ""


class WritingDesk(QObject):
    """Makes plans of what the user asks for, shows them, and lets a worker carry them out.

    Signals: ``allow_wanted()`` to be led to the switch; ``writing(Ticket)`` when something is being written; ``written()`` when
    the journal has more; ``cut_short()`` when a write was cancelled, and what it came to is to be found out.
    """

    allow_wanted = pyqtSignal()
    writing = pyqtSignal(object)
    written = pyqtSignal()
    cut_short = pyqtSignal()

    def __init__(
        self, session: Session, worker: LibraryWorker, activity: ActivityDesk, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or session)
        assert session.library is not None
        assert session.preferences is not None
        assert session.controller is not None
        self._library = session.library
        self._preferences = session.preferences
        self._controller = session.controller
        self._window = session.window
        self._messages = session.window.messages
        self._worker = worker
        self._activity = activity
        self._asking: Ticket | None = None
        self._heading = ""
        self._chosen: Callable[[ListChosen], object] = lambda chosen: None
        self._list_library = ""
        self._listed_for: SourceSettings | None = None
        self.preview = WritePreview(session.theme)
        self.list_choice = ListChoice(session.theme)
        self.watchlist_choice = WatchlistChoice(session.theme)
        self.preview.agreed.connect(self._carry_out)
        self.preview.closed.connect(self._stop_asking)
        self.list_choice.lists_wanted.connect(self._read_lists)
        self.list_choice.chosen.connect(lambda chosen: self._chosen(chosen))
        self.watchlist_choice.chosen.connect(self._candidate_chosen)

    # The menus

    def menu(self, subject: Callable[[], Subject]) -> ServerMenu:
        """A menu about whatever ``subject`` says when it opens; whoever shows it keeps it."""
        menu = ServerMenu(lambda: self._offer(subject()))
        menu.acted.connect(lambda action: self.act(action, subject()))
        return menu

    def act(self, action: str, subject: Subject) -> None:
        """Do what a line of the menu says: show what would be written."""
        if action == "allow":
            self.allow_wanted.emit()
            return
        item = self._library.items.get(subject.item_id) if subject.item_id is not None else None
        try:
            if action == "list":
                self._save_list(subject)
            elif item is not None:
                self._act_on(action, item)
        except AppError as error:
            self._say(error)

    def _act_on(self, action: str, item: Item) -> None:
        settings, user, name = self._preferences.settings, self._user, f"“{item.title}”"
        if action.startswith("rate:"):
            value = float(action.removeprefix("rate:"))
            self._propose(write_plans.rate(settings, item, value, user), f"Rate {name} {value:g} on the server")
        elif action == "clear rating":
            self._propose(write_plans.rate(settings, item, None, user), f"Take the rating of {name} away")
        elif action == "watched":
            note = ALL_EPISODES if item.kind is MediaKind.SHOW else ""
            self._propose(write_plans.mark_watched(settings, item, user), f"Mark {name} as watched", note)
        elif action == "star":
            self._propose(write_plans.like(settings, item, user=user), f"Star {name}")
        elif action == "unstar":
            self._propose(write_plans.like(settings, item, False, user), f"Take the star of {name} away")
        elif action in ("watchlist", "unlist"):
            self._to_watchlist(item, action == "watchlist")
        elif action == "collection":
            self._to_collection(item)

    def _offer(self, subject: Subject) -> ServerOffer:
        if not self._preferences.settings.writing.allowed:
            return ServerOffer()
        item = self._library.items.get(subject.item_id) if subject.item_id is not None else None
        engine = self._controller.engine
        listed = subject.name if len(subject.listed) > 1 and self._for_playlist(subject) else ""
        if item is None or engine is None or engine.lent:
            return ServerOffer(allowed=True, listed=listed)
        can = {kind for kind in WriteKind if self._places(item, kind)}
        return ServerOffer(
            allowed=True,
            rating=WriteKind.RATING in can,
            given=engine.rating_of(item.id),
            watched=WriteKind.WATCHED in can and not item.seen,
            star=WriteKind.LIKED in can,
            starred=any(place.viewing.favourite for place in item.places),
            watchlist=item.kind is not MediaKind.TRACK and bool(self._watchlists()),
            named=bool(write_plans.plex_name(item)),
            collection=WriteKind.COLLECTION in can,
            listed=listed,
        )

    # Watchlist, collection, playlist

    def clear_watchlist(self) -> None:
        """Take everything off the watchlist: it is read, counted, shown, and asked about."""
        sources = self._watchlists()
        if not self._preferences.settings.writing.allowed:
            self.allow_wanted.emit()
            return
        if not sources:
            self._messages.show_message("There is no Plex server among your sources.", "", "problem")
            return
        self._lay_preview("Clear the watchlist")
        ticket = self._ask("Reading the watchlist", writing_jobs.read_watchlist(sources[0]))
        ticket.succeeded.connect(lambda listed: self._propose_clearing(sources[0], listed))

    def _propose_clearing(self, source: SourceSettings, listed: Sequence[Listed]) -> None:
        if not listed:
            self.preview.show_previews(())
            return
        plan = write_plans.watchlist(source, listed, listed=False, user=self._user)
        self._propose((plan,), f"Take all {several(len(listed), 'title')} off the watchlist", verb="Clear it")

    def _to_watchlist(self, item: Item, listed: bool) -> None:
        """Exactly the title when the server says which one it is; else the person chooses."""
        write_plans.require_allowed(self._preferences.settings)
        sources = self._watchlists()
        if not sources:
            self._messages.show_message("There is no Plex server among your sources.", "", "problem")
            return
        here = {place.source_id for place in item.places}
        source = next((source for source in sources if source.id in here), sources[0])
        name = write_plans.plex_name(item)
        if name:
            self._list(source, Listed(name, item.title, item.kind, item.year), listed)
            return
        page = self.watchlist_choice
        page.show_looking(item.title)
        self._window.lay_over(page)
        self._listed_for = source
        ticket = self._ask(f"Looking for {item.title}", writing_jobs.find_listed(source, item))
        ticket.succeeded.connect(lambda found: page.show_candidates(item.title, found))
        ticket.failed.connect(lambda error: page.show_problem(str(error)))

    def _candidate_chosen(self, listed: Listed) -> None:
        if self._listed_for is not None:
            self._list(self._listed_for, listed)

    def _list(self, source: SourceSettings, title: Listed, listed: bool = True) -> None:
        plan = write_plans.watchlist(source, (title,), listed, self._user)
        words = f"Put “{title.title}” on the watchlist" if listed else f"Take “{title.title}” off the watchlist"
        self._propose((plan,), words)

    def _to_collection(self, item: Item) -> None:
        settings = self._preferences.settings
        sources = self._places(item, WriteKind.COLLECTION)
        if not sources:
            self._messages.show_message(NO_SERVER)
            return

        def chosen(choice: ListChosen) -> None:
            plans = write_plans.collect(settings, item, choice.name, self._user)
            plans = tuple(plan for plan in plans if plan.source == choice.source)
            self._propose(plans, f"Add “{item.title}” to the collection “{choice.name}”", EVERYBODY)

        self._chosen = chosen
        self._list_library = next((place.library_key for place in item.places if place.source_id == sources[0].id), "")
        self._window.lay_over(self.list_choice)
        self.list_choice.ask(WriteKind.COLLECTION, sources, settings.writing.collection, f"“{item.title}”. {EVERYBODY}")
        self.list_choice.take_focus()

    def _save_list(self, subject: Subject) -> None:
        write_plans.require_allowed(self._preferences.settings)
        items = self._items(subject)
        sources = self._for_playlist(subject)
        if not sources:
            self._messages.show_message("None of your servers can hold a playlist of these titles.")
            return

        def chosen(choice: ListChosen) -> None:
            plan = write_plans.playlist(
                choice.source, choice.name, items, self._user, there=choice.there, clash=choice.clash
            )
            self._propose((plan,), plan.heading)

        self._chosen = lambda choice: self._try(lambda: chosen(choice))
        self._list_library = ""
        about = f"{several(len(items), 'title')} of “{subject.name}”. A playlist is only yours."
        self._window.lay_over(self.list_choice)
        self.list_choice.ask(WriteKind.PLAYLIST, sources, subject.name, about)
        self.list_choice.take_focus()

    def _read_lists(self, source: SourceSettings) -> None:
        kind = self.list_choice.kind
        ticket = self._worker.submit(
            f"Asking {source.name}", writing_jobs.lists_on(source, kind, self._list_library, self._user)
        )
        ticket.succeeded.connect(lambda found: self._show_lists(source, found))
        ticket.failed.connect(lambda error: self.list_choice.show_problem(source, str(error)))

    def _show_lists(self, source: SourceSettings, found: tuple[ServerList, ...]) -> None:
        self.list_choice.show_lists(source, found)

    # Show, write, tell

    def _propose(self, plans: Sequence[WritePlan], heading: str, note: str = "", verb: str = "Write") -> None:
        """Ask the servers what they have, and show what would be written."""
        if not plans:
            self._messages.show_message(NO_SERVER)
            return
        self._lay_preview(heading)
        ticket = self._ask("Asking your servers", writing_jobs.look_at(plans))
        ticket.succeeded.connect(lambda previews: self._show_previews(previews, note, verb))

    def _show_previews(self, previews: tuple[Preview, ...], note: str, verb: str) -> None:
        if self.preview in self._window.laid_pages():
            self.preview.show_previews(previews, note, verb)

    def _lay_preview(self, heading: str) -> None:
        self._heading = heading
        self.preview.show_looking(heading)
        self._window.lay_over(self.preview)

    def _carry_out(self, plans: tuple[WritePlan, ...]) -> None:
        heading = self._heading
        ticket = self._worker.submit(heading, writing_jobs.write(plans))
        ticket.succeeded.connect(lambda report: self._tell(heading, report))
        ticket.failed.connect(self._say)
        ticket.cancelled.connect(self.cut_short)
        ticket.ended.connect(self.written)
        self.writing.emit(ticket)

    def _tell(self, heading: str, report: WriteReport) -> None:
        whole = report.done and not (report.skipped or report.failed or report.untried)
        sentence = f"{heading}: done." if whole else f"{heading}: {report.sentence}"
        kind = "problem" if report.failed or report.gone else "note"
        done = tuple(report.done)
        self._messages.show_message(
            sentence, "", kind, "Undo" if done else "", (lambda: self._activity.undo(done)) if done else None
        )

    def _ask(self, label: str, task: Task) -> Ticket:
        self._stop_asking()
        ticket = self._worker.submit(label, task)
        ticket.failed.connect(self._could_not_ask)
        self._asking = ticket
        return ticket

    def _could_not_ask(self, error: AppError) -> None:
        if self.preview in self._window.laid_pages():
            self._window.take_off(self.preview)
            self._say(error)

    def _stop_asking(self) -> None:
        ticket, self._asking = self._asking, None
        if ticket is not None:
            ticket.cancel()

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except AppError as error:
            self._say(error)

    def _say(self, error: AppError) -> None:
        self._messages.show_message(error.message, error.hint, "problem")

    # What there is

    @property
    def _user(self) -> str:
        return self._library.person

    def _places(self, item: Item, kind: WriteKind) -> tuple[SourceSettings, ...]:
        """The sources that have an item and can hold such a thing."""
        here = {place.source_id for place in item.places}
        return tuple(
            source for source in writable_sources(self._preferences.settings, kind, self._user) if source.id in here
        )

    def _watchlists(self) -> tuple[SourceSettings, ...]:
        return writable_sources(self._preferences.settings, WriteKind.WATCHLIST, self._user)

    def _items(self, subject: Subject) -> list[Item]:
        items = {item.id: item for item in self._library.items.many(subject.listed)}
        return [items[number] for number in subject.listed if number in items]

    def _for_playlist(self, subject: Subject) -> tuple[SourceSettings, ...]:
        """The sources that can hold a playlist of some of these titles."""
        items = self._items(subject)
        return tuple(
            source
            for source in writable_sources(self._preferences.settings, WriteKind.PLAYLIST, self._user)
            if any(
                item.kind in LISTED_KINDS[source.kind] and any(place.source_id == source.id for place in item.places)
                for item in items
            )
        )
