"""Everything that comes after the first paint: the threads, the tabs nobody has seen yet, and what connects them."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6 import sip
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from gui import jobs, taste_jobs
from gui.activity import Activity
from gui.assistant.desk import AssistantDesk
from gui.background_trainer import BackgroundTrainer
from gui.catalog_desk import CatalogDesk
from gui.data_desk import DataDesk
from gui.dials_desk import DialsDesk
from gui.governor import Governor
from gui.knowledge_desk import KnowledgeDesk
from gui.live_updates import LiveUpdates
from gui.models import FilterChoice
from gui.network_desk import NetworkDesk
from gui.pairs_desk import PairsDesk
from gui.past_account import PastAccountDesk
from gui.past_desk import PastDesk
from gui.people_desk import PeopleDesk
from gui.poster_queue import PosterQueue
from gui.scan_schedule import ScanSchedule
from gui.server_writing import ServerWriting
from gui.source_actions import SourceActions
from gui.tabs.configuration.tab import ConfigurationTab, Setting
from gui.tabs.log_page import LogPage
from gui.tabs.logs import LogsTab
from gui.tabs.network_page import NetworkPage
from gui.title_pages import TitlePages
from gui.training_state import Phase, TrainingState
from gui.worker import LibraryWorker
from library.errors import AppError
from library.items import Item, MediaKind
from library.settings import DEMO_SOURCE, Settings, SourceSettings
from library.sync import ScanReport

if TYPE_CHECKING:
    from gui.session import Session
    from gui.tabs.taste.tab import TasteTab
    from gui.taste_desk import TasteDesk

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
TRAINING = "training"


class Background(QObject):
    """The part of a session that works while one looks at the window.

    :param session: whose library is open and whose window is shown.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        assert session.library is not None
        assert session.preferences is not None
        assert session.controller is not None
        assert session.weights is not None
        self._session = session
        self._library = session.library
        self._preferences = session.preferences
        self._controller = session.controller
        self._messages = session.window.messages
        self.worker = LibraryWorker(session.home, session.ports, "library worker", self)
        self.poster_worker = LibraryWorker(session.home, session.ports, "poster worker", self)
        self.asking_worker = LibraryWorker(session.home, session.ports, "asking worker", self)
        self.waiting_worker = LibraryWorker(session.home, session.ports, "waiting worker", self)
        governor = Governor(session.preferences.settings.training, session.ports.look, parent=self)
        command = session.ports.trainer_command(session.home)
        self.trainer = BackgroundTrainer(session.home, command, session.weights, governor, parent=self)
        self.activity = Activity(session.window.strip, self._network_words, parent=self)
        self.actions = SourceActions(
            self._library, self._preferences, self.worker, self.asking_worker, self, self.waiting_worker
        )
        self.live = LiveUpdates(session.home, session.ports, session.preferences, self.actions, self)
        self.schedule = ScanSchedule(self.actions, session.preferences, parent=self)
        self.assistant = AssistantDesk(session, self.actions, self)
        self.posters = PosterQueue(self)
        self.dials = DialsDesk(self._controller, self._preferences, self)
        self.title_pages = TitlePages(session, self.asking_worker, self)
        self.taste: TasteTab | None = None
        self.taste_desk: TasteDesk | None = None
        setting = Setting(session.home, session.ports, self._preferences, self.actions, session.theme)
        self.configuration = ConfigurationTab(setting)
        self.people = PeopleDesk(
            self._controller,
            self._preferences,
            self.worker,
            session.window,
            self.configuration.people,
            self,
        )
        self.pairs = PairsDesk(self._controller, self._preferences, session.window, session.theme, self)
        self.past = PastDesk(session, self.configuration.past, self.worker, self.asking_worker, self.activity, self)
        self.past_account = PastAccountDesk(
            session, self.configuration.past, self.actions, self.asking_worker, self.past, self
        )
        self.catalogs = CatalogDesk(session, self.configuration.catalogs, self.activity, self.asking_worker, self)
        self.log = LogPage(session.tail, session.theme, session.home.logs)
        self.logs = LogsTab(session.theme)
        self.logs.add_page("Log", self.log)
        self.writing = ServerWriting(session, self)
        self.network_page = NetworkPage(session.theme)
        self.logs.add_page("Network", self.network_page)
        self.network = NetworkDesk(
            session.ports.network, self._library, self._preferences, self.asking_worker, self.network_page, self
        )
        self._text_model = self._preferences.settings.text_model.name
        self.data = DataDesk(session, self)
        self.knowledge = KnowledgeDesk(self._controller, self._preferences, self.configuration, self)

    # Beginning and end

    def start(self) -> None:
        """Start the threads, fill the tabs, and begin with what is to be done."""
        self._connect_work()
        self._connect_configuration()
        self._session.pages["Configuration"].fill(self.configuration)
        self._session.pages["Logs"].fill(self.logs)
        self.worker.start()
        self.poster_worker.start()
        self.asking_worker.start()
        self.network.start()
        self.writing.start()
        self.waiting_worker.start()
        self.catalogs.start()
        self.trainer.start()
        self.activity.start()
        self.schedule.start()
        self._controller.refresh_posters()
        if self._preferences.settings.training.paused:
            self.trainer.pause()
        charts = self.asking_worker.submit("Getting the Taste tab ready", taste_jobs.load_charts())
        charts.succeeded.connect(lambda _: self._make_taste())
        charts.failed.connect(self._say_problem)
        self._begin()
        self.live.start_later()
        self.assistant.offer()

    def stop(self) -> None:
        """End the threads: first tell all of them, then wait for each."""
        self.assistant.stop()
        self.schedule.stop()
        self.activity.stop()
        workers = (self.worker, self.poster_worker, self.asking_worker, self.waiting_worker, self.catalogs.worker)
        for thread in (*workers, self.trainer, self.live):
            thread.request_stop()
        for worker in workers:
            worker.stop(STOP_SECONDS)
        self.live.stop()
        self.trainer.stop()
        self.network.stop()
        if self.taste is not None:  # its charts must go before Python's garbage collector takes them apart in any order
            sip.delete(self.taste)
            self.taste = self.taste_desk = None

    def _begin(self) -> None:
        """With nothing configured and nothing there, the demo library; else what was learned is brought up to date."""
        if not self._preferences.settings.sources and not self._library.items.count():
            for tab in (self._session.movies, self._session.shows):
                tab.set_busy("Opening the demo library")
            self.actions.show_demo()
        else:
            if self._controller.engine is None:
                for tab in (self._session.movies, self._session.shows):
                    tab.set_busy("Reading your library")
            self._train_now()
        backup = self.worker.submit("Making a backup", jobs.back_up_daily())
        backup.failed.connect(self._say_problem)
        backup.succeeded.connect(lambda _: self.configuration.data.refresh())
        tokens = self.worker.submit("Looking for the keyring", jobs.where_tokens_lie())
        tokens.succeeded.connect(self.configuration.data.show_token_place)

    # Work

    def _connect_work(self) -> None:
        self.actions.scan_began.connect(lambda _, ticket: self.activity.follow(ticket))
        self.actions.scanned.connect(self._scanned)
        self.actions.removed.connect(self._removed)
        self.people.reopen_wanted.connect(self._session.reopen_wanted)
        self.people.reading.connect(lambda ticket: self.activity.follow(ticket))
        self.configuration.sources.pairs_wanted.connect(self.pairs.open)
        self.past.changed.connect(self._train_now)
        self.catalogs.changed.connect(self._catalogs_changed)
        self.catalogs.item_changed.connect(self._describe_anew)
        self.pairs.changed.connect(self._pairs_changed)
        self._show_pairs()
        self.actions.went_wrong.connect(self._say_problem)
        self.trainer.published.connect(self._controller.publish)
        self.trainer.state_changed.connect(self._training_changed)
        controller = self._controller
        controller.feedback_given.connect(self._learn)
        controller.posters_wanted.connect(self.posters.want)
        controller.play_wanted.connect(self._play)
        for tab in (self._session.movies, self._session.shows):
            tab.configuration_requested.connect(lambda: self._session.window.show_tab("Configuration"))
            tab.demo_requested.connect(self.actions.keep_demo)
            tab.match_requested.connect(self.catalogs.correct)
        self._preferences.changed.connect(self._settings_changed)

    def _scanned(self, source_id: str, report: ScanReport) -> None:
        source = self.actions.known_source(source_id)
        name = source.name if source is not None else source_id
        if report.question is not None:
            self._messages.show_message(
                report.question.sentence,
                "",
                "problem",
                "Decide",
                lambda: self._session.window.show_tab("Configuration"),
            )
        elif source_id != DEMO_SOURCE.id and not (self._is_routine(source_id, report) or self.assistant.in_front):
            self._messages.show_message(f"{name} is scanned. {report.sentence}.", "")
        self._show_pairs()
        self.people.source_was_scanned(source_id)
        self.catalogs.look_up()
        if report.added or report.changed or report.removed or report.ratings or self._controller.engine is None:
            self._train_now()

    def _is_routine(self, source_id: str, report: ScanReport) -> bool:
        """Whether nobody asked for a scan, and it found nothing that anybody needs to be told."""
        return self.actions.is_unasked(source_id) and not (report.added or report.removed)

    def _show_pairs(self) -> None:
        self._controller.attempt(lambda: self.configuration.sources.show_pairs(*self.pairs.counts()))

    def _pairs_changed(self) -> None:
        self._show_pairs()
        self._train_now()

    def _catalogs_changed(self) -> None:
        for tab in (self._session.movies, self._session.shows):
            tab.hope_for_posters()
        self._controller.refresh_posters()
        self._train_now()

    def _describe_anew(self, item_id: int) -> None:
        """A title is described by other words now; its tab shows them when it is seen."""
        for desk in self._controller.desks.values():
            if item_id in desk.on_screen():
                desk.refresh_when_seen()

    def _removed(self, name: str) -> None:
        self._train_now()

    def _train_now(self) -> None:
        self.trainer.put_first(self._controller.shown_first())
        self.trainer.begin_now(needed=self._controller.engine is None)

    def _learn(self, item_id: int) -> None:
        self.trainer.put_first(
            (item_id, *self._controller.shown_first()) if item_id else self._controller.shown_first()
        )
        self.trainer.request()

    def _training_changed(self, state: TrainingState) -> None:
        self.configuration.training.show_state(state)
        if state.phase is Phase.RUNNING and state.step is not None and state.step.total:
            self.activity.report(TRAINING, state.step, self._pause_training, rank=0)
        else:
            self.activity.finish(TRAINING)
        if state.phase is Phase.FAILED:
            self._messages.show_message(
                state.failure, "", "problem", "Look", lambda: self._go_to(self.configuration.training)
            )

    def _pause_training(self) -> None:
        if self._controller.attempt(lambda: self._set_paused(True)):
            self._messages.show_message(
                "Reading texts is paused; suggestions go on with what is known.",
                "",
                "note",
                "Go on",
                lambda: self._set_paused(False),
            )

    def _set_paused(self, paused: bool) -> None:
        self._preferences.change(training=replace(self._preferences.settings.training, paused=paused))

    def _network_words(self) -> str:
        """Whether anybody is talked to, and how often that was on the internet today."""
        if self._preferences.settings.network.reach == "none":
            return "Offline: no other computer is asked"
        count = self._session.ports.connections_today()
        return f"{count:,} {'connection' if count == 1 else 'connections'} to the internet today"

    def _settings_changed(self, settings: Settings) -> None:
        self.activity.show_note()
        self.trainer.configure(settings.training)
        paused = self.trainer.state.phase is Phase.PAUSED
        if settings.training.paused and not paused:
            self.trainer.pause()
        elif paused and not settings.training.paused:
            self.trainer.resume()
        if settings.text_model.name != self._text_model:
            self._text_model = settings.text_model.name
            self.trainer.start_over()

    def known_sources(self) -> tuple[SourceSettings, ...]:
        """The sources that posters and files can come from."""
        return self._preferences.settings.sources

    def show_poster(self, item_id: int, kind: MediaKind, image: QImage) -> None:
        """Hand a poster to whoever may show it."""
        tab = self._session.movies if kind is MediaKind.MOVIE else self._session.shows
        tab.show_poster(item_id, image)
        self.title_pages.show_poster(item_id, image)
        if self.taste is not None:
            self.taste.show_poster(item_id, image)

    def _play(self, item: Item) -> None:
        ticket = self.poster_worker.submit("Opening", jobs.find_play_target(item, self.known_sources()))
        ticket.succeeded.connect(lambda target: self._open(item, target))
        ticket.failed.connect(self._say_problem)

    def _open(self, item: Item, target: str | None) -> None:
        if target is None:
            self._messages.show_message(
                "There is nothing to open for this title.", "It is known, but no file or server has it now.", "problem"
            )
        elif self._session.play(target):
            self._controller.note_play(item.id)

    # Taste

    def taste_came_into_sight(self) -> None:
        """The tab is shown now."""
        if self.taste_desk is not None:
            self.taste_desk.came_into_sight()

    def _make_taste(self) -> None:
        """What draws it is loaded: fill the tab."""
        from gui.tabs.taste.tab import TasteTab
        from gui.taste_desk import TasteDesk

        session = self._session
        taste = TasteTab(session.theme)
        taste.genre_chosen.connect(lambda genre: self._suggest_from(FilterChoice(genre=genre)))
        taste.decade_chosen.connect(lambda decade: self._suggest_from(FilterChoice(decade=decade)))
        taste.person_chosen.connect(lambda person: self._suggest_from(FilterChoice(text=person)))
        taste.lasso_chosen.connect(self._suggest_among)
        taste.chosen.connect(session.show_title)
        taste.rating_wanted.connect(lambda: session.window.show_tab("Movies"))
        self.taste = taste
        self.taste_desk = TasteDesk(self._controller, taste, self.asking_worker, self)
        session.pages["Taste"].fill(taste)
        self.taste_desk.came_into_sight()

    def _suggest_from(self, choice: FilterChoice, kind: MediaKind = MediaKind.MOVIE) -> None:
        """Show what the filters leave, in the tab of a kind."""
        tab, title = (self._session.shows, "TV Shows") if kind is MediaKind.SHOW else (self._session.movies, "Movies")
        self._session.window.show_tab(title)
        tab.filters.choose(choice)

    def _suggest_among(self, item_ids: tuple[int, ...]) -> None:
        """Suggest from titles that were chosen by hand: in the tab of those that are more."""
        items = self._library.items.many(item_ids)
        shows = [item for item in items if item.kind is MediaKind.SHOW]
        kind = MediaKind.SHOW if 2 * len(shows) > len(items) else MediaKind.MOVIE
        chosen = frozenset(item.id for item in items if item.kind is kind)
        if chosen:
            self._suggest_from(FilterChoice(among=chosen), kind)

    # Configuration

    def _connect_configuration(self) -> None:
        page = self.configuration
        for section in (page.recommendations, page.training, page.text_model, page.network, page.appearance):
            section.went_wrong.connect(self._say_problem)
        page.training.wanted.connect(self._train_now)
        page.sources.assistant_wanted.connect(self.assistant.open)
        page.network.page_wanted.connect(self._show_network)
        self.network_page.noticed.connect(self._messages.show_message)
        self.network.went_wrong.connect(self._say_problem)
        self.data.learning_wanted.connect(self._train_now)
        self.data.person_changed.connect(self._session.reopen_wanted)
        self.log.noticed.connect(self._messages.show_message)

    def _show_network(self) -> None:
        self._session.window.show_tab("Logs")
        self.logs.go_to("Network")

    def _go_to(self, section: object) -> None:
        self._session.window.show_tab("Configuration")
        self.configuration.go_to(section)  # type: ignore[arg-type]

    def _say_problem(self, error: AppError) -> None:
        self._messages.show_message(error.message, error.hint, "problem")
