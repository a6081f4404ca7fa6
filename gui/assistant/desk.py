"""Decides when the first-run assistant is shown, and what comes after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from gui.account_actions import AccountActions
from gui.assistant.media_step import MediaStep
from gui.assistant.page import AssistantPage
from gui.assistant.people_step import PeopleStep
from gui.assistant.reach_step import ReachStep
from gui.ports import Ports
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.tabs.configuration.catalog_keys import CatalogKeys
from gui.theme import Theme
from library.items import MediaKind
from library.settings import AssistantSettings

if TYPE_CHECKING:
    from gui.session import Session

MOVIES, SHOWS = "Movies", "TV Shows"


class AssistantDesk(QObject):
    """Shows the assistant on a first start, or when it is asked for, over the tabs; behind it everything goes on."""

    def __init__(self, session: Session, actions: SourceActions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        assert session.preferences is not None
        self._session = session
        self._actions = actions
        self._preferences: Preferences = session.preferences
        self.page: AssistantPage | None = None

    def offer(self) -> None:
        """Show it when this is a first start: nothing is configured, and it was not left before."""
        settings = self._preferences.settings
        begun = settings.assistant.step > 0
        if self._session.ports.offer_assistant and not settings.assistant.done and (begun or not settings.sources):
            self.open(settings.assistant.step)

    def open(self, place: int = 0) -> None:
        """Show it, at this step."""
        if self.page is None:
            self.page = page = self._made()
            page.moved.connect(self._remember)
            page.closed.connect(self._left)
            page.finished.connect(self._finished)
        self.page.show_step(place, tell=False)
        self._session.window.lay_over(self.page)

    @property
    def in_front(self) -> bool:
        """Whether it is what the person sees: it tells about scans itself."""
        return self.page is not None and self.page in self._session.window.laid_pages()

    def stop(self) -> None:
        """Wait for nothing any more: the window closes."""
        if self.page is not None:
            self._media().stop()

    def _made(self) -> AssistantPage:
        session = self._session
        steps = make_steps(session.ports, self._actions, self._preferences, session.theme)
        steps[0].demo_wanted.connect(self._finished)
        return AssistantPage(session.theme, steps)

    def _media(self) -> MediaStep:
        assert self.page is not None
        step = self.page.steps[0]
        assert isinstance(step, MediaStep)
        return step

    def _remember(self, place: int) -> None:
        self._store(AssistantSettings(done=self._preferences.settings.assistant.done, step=place))

    def _store(self, assistant: AssistantSettings) -> None:
        assert self._session.controller is not None
        self._session.controller.attempt(lambda: self._preferences.change(assistant=assistant))

    def _left(self) -> None:
        """It was left before its end: what was answered until then holds."""
        self._close()
        self._session.window.messages.show_message(
            "The assistant is closed.", "You can start it again in Configuration, under Sources."
        )

    def _finished(self) -> None:
        """Show the first recommendation."""
        self._close()
        self._session.window.show_tab(self._tab_with_most())
        self._say_what_is_coming()

    def _close(self) -> None:
        page = self.page
        if page is None:
            return
        page.step.keep()
        self._media().stop()
        self.page = None
        self._session.window.take_off(page)
        page.deleteLater()
        self._store(replace(self._preferences.settings.assistant, done=True, step=0))

    def _tab_with_most(self) -> str:
        library = self._session.library
        assert library is not None
        movies, shows = library.items.count(MediaKind.MOVIE), library.items.count(MediaKind.SHOW)
        return SHOWS if shows and not movies else MOVIES

    def _say_what_is_coming(self) -> None:
        """Say so while sources are still being read: what is shown until then may be the demo library."""
        reading = [one.name for one in self._actions.configured() if self._actions.running_scan(one.id) is not None]
        if reading:
            self._session.window.messages.show_message(
                f"{' and '.join(reading)} {'is' if len(reading) == 1 else 'are'} being read.",
                "Suggestions from there come as soon as that is done.",
            )


def make_steps(
    ports: Ports, actions: SourceActions, preferences: Preferences, theme: Theme
) -> tuple[MediaStep, PeopleStep, ReachStep]:
    """The three steps, in order."""
    people = PeopleStep(actions, AccountActions(ports, actions), preferences)
    return MediaStep(actions, ports, theme), people, ReachStep(preferences, CatalogKeys(ports, actions, preferences))
