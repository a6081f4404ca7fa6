"""The work behind the section "People": who is there, who sits down, and what servers know of each."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.tabs.configuration.people import PeopleSection, everybody
from gui.worker import LibraryWorker, Task, Ticket, Workplace
from library.accounts import person_secret_of
from library.errors import SettingsError
from library.people import PersonReport, read_person
from library.progress import Job, Progress
from library.secrets import Secrets
from library.settings import PeopleSettings, Profile, Settings, SourceSettings
from library.sources import KeepsHistory
from library.watch_history import read_history


class PeopleDesk(QObject):
    """Between the section and the settings. Main thread; the worker reads what servers know.

    Signals: ``reopen_wanted()`` when somebody else sat down: everything that is shown is about somebody else then;
    ``reading(Ticket)`` when what somebody saw is being read from a server.
    """

    reopen_wanted = pyqtSignal()
    reading = pyqtSignal(object)

    def __init__(
        self,
        controller: Controller,
        preferences: Preferences,
        worker: LibraryWorker,
        window: MainWindow,
        section: PeopleSection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._preferences = preferences
        self._worker = worker
        self._window = window
        self._section = section
        self._known = {profile.id for profile in preferences.settings.profiles}
        section.chosen.connect(self.sit_down)
        section.added.connect(self._add)
        section.removed.connect(self._remove)
        section.read_wanted.connect(self.read)
        preferences.changed.connect(self._settings_changed)
        window.person_chosen.connect(self.sit_down)
        self._show(preferences.settings)

    def sit_down(self, person_id: str) -> None:
        """Let somebody else sit down in front of it, now and at the next start."""
        people = {person.id for person in everybody(self._preferences.settings)}
        known = person_id in people and person_id != self._preferences.settings.people.active
        if known and self._controller.attempt(lambda: self._preferences.change(people=PeopleSettings(person_id))):
            self.reopen_wanted.emit()

    def read(self, person: Profile) -> Ticket | None:
        """Read what a person rated and saw on their server, where they have one."""
        source = self._preferences.source(person.source_id)
        if source is None:
            return None
        ticket = self._worker.submit(f"Reading what {person.name} saw", read_for(person, source))
        self.reading.emit(ticket)
        ticket.succeeded.connect(self._was_read)
        ticket.failed.connect(lambda error: self._section.show_result(str(error), "problem"))
        return ticket

    def source_was_scanned(self, source_id: str) -> None:
        """Read what the people of a source rated and saw there, after its titles."""
        for person in self._preferences.settings.profiles:
            if person.source_id == source_id:
                self.read(person)

    def _was_read(self, report: PersonReport) -> None:
        self._section.show_result(f"{report.sentence}.")

    def _show(self, settings: Settings) -> None:
        self._section.show_settings(settings)
        people = [(person.id, person.name) for person in everybody(settings)]
        self._window.show_people(people, settings.people.active)

    def _add(self, name: str) -> None:
        person = Profile(f"person:{time.time_ns() // 1_000_000:x}", name)
        profiles = (*self._preferences.settings.profiles, person)
        self._controller.attempt(lambda: self._preferences.change(profiles=profiles))

    def _remove(self, person: Profile) -> None:
        profiles = tuple(known for known in self._preferences.settings.profiles if known.id != person.id)
        if self._controller.attempt(lambda: self._preferences.change(profiles=profiles)) and person.source_id:
            self._worker.submit("Forgetting a token", forget(person))

    def _settings_changed(self, settings: Settings) -> None:
        self._show(settings)
        fresh = [profile for profile in settings.profiles if profile.id not in self._known]
        self._known = {profile.id for profile in settings.profiles}
        for person in fresh:
            self.read(person)


def read_for(person: Profile, source: SourceSettings) -> Task:
    """Sign in to a server as somebody of the household, and read what they rated and saw."""

    def job(workplace: Workplace) -> Job[PersonReport]:
        account = person.id.partition(":")[2]
        token = Secrets(workplace.home).get(person_secret_of(source, account))
        if not token:
            raise SettingsError(
                f"{source.name} does not know {person.name} any more.",
                f"Add {person.name} again at {source.name} under Sources.",
            )
        with closing(workplace.open_server(replace(source, account=account), token)) as server:
            report = yield from read_person(workplace.library, server, source, person)
            if isinstance(server, KeepsHistory):
                yield from read_history(workplace.library, server, source, person.id)
            return report

    return job


def forget(person: Profile) -> Task:
    """Forget the token of somebody who was taken off the list."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress("Forgetting a token")
        source = SourceSettings(id=person.source_id, kind="plex", name=person.name)
        Secrets(workplace.home).delete(person_secret_of(source, person.id.partition(":")[2]))

    return job
