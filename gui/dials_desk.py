"""Between the dials of the tabs and the settings: one position for all tabs, live while it is turned, stored when it rests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QElapsedTimer, QObject, QTimer

from gui.controller import Controller
from gui.models import DialChoice
from gui.preferences import Preferences
from gui.widgets.dials import DialsPanel
from library.errors import AppError
from library.settings import DialPreset, Settings

FRAME = 32  # milliseconds at least from one new order to the next while a dial is dragged: two frames of a screen
REST = 300  # milliseconds after the last movement until the dials are stored


class DialsDesk(QObject):
    """Turns the order while a dial moves, shows the best title when it is let go, and keeps presets.

    :param controller: whose desks the dials are shown at.
    :param preferences: where dials and presets are stored.
    """

    def __init__(self, controller: Controller, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._preferences = preferences
        self._turned: DialChoice | None = None
        self._since = QElapsedTimer()
        self._frame = self._timer(self._sort)
        self._rest = self._timer(self.settle, REST)
        for desk in controller.desks.values():
            panel = desk.tab.dials
            panel.turned.connect(self._turn)
            panel.released.connect(self._release)
            panel.preset_saved.connect(lambda name, panel=panel: self._save_preset(name, panel))
            panel.preset_renamed.connect(lambda old, new, panel=panel: self._rename_preset(old, new, panel))
            panel.preset_deleted.connect(self._delete_preset)
        preferences.changed.connect(self._show)
        controller.stopping.connect(self._stop)
        self._show(preferences.settings)

    def settle(self) -> None:
        """Store where the dials stand, if that has not been done yet."""
        self._rest.stop()
        choice, self._turned = self._turned, None
        if choice is None:
            return
        settings = self._preferences.settings
        stored = self._controller.attempt(lambda: self._preferences.change(**choice.sections(settings)))
        self._controller.turn(None)
        if not stored:  # back to what is stored
            self._controller.configure(self._preferences.settings)
            self._show(self._preferences.settings)

    def _turn(self, choice: DialChoice) -> None:
        self._turned = choice
        self._controller.turn(choice)
        self._show_choice(choice)
        self._rest.start()
        passed = self._since.elapsed() if self._since.isValid() else FRAME
        if passed >= FRAME:
            self._sort()
        elif not self._frame.isActive():
            self._frame.start(FRAME - passed)

    def _sort(self) -> None:
        self._frame.stop()
        self._since.start()
        for desk in self._controller.desks.values():
            desk.sort_again()

    def _release(self) -> None:
        self._frame.stop()
        for desk in self._controller.desks.values():
            desk.show_best()

    def _stop(self) -> None:
        self._frame.stop()
        self.settle()

    def _show(self, settings: Settings) -> None:
        if self._turned is None:
            self._show_choice(DialChoice.of(settings))
        for desk in self._controller.desks.values():
            desk.tab.dials.show_presets(settings.presets)

    def _show_choice(self, choice: DialChoice) -> None:
        for desk in self._controller.desks.values():
            desk.tab.dials.show_choice(choice)
            desk.tab.filters.show_dials(choice.turned)

    # Presets

    def _save_preset(self, name: str, panel: DialsPanel) -> None:
        preset = panel.choice.named(name)
        self._change_presets(lambda known: (*known, preset), panel)

    def _rename_preset(self, old: str, new: str, panel: DialsPanel) -> None:
        self._change_presets(
            lambda known: tuple(replace(preset, name=new) if preset.name == old else preset for preset in known), panel
        )

    def _change_presets(
        self, change: Callable[[tuple[DialPreset, ...]], tuple[DialPreset, ...]], panel: DialsPanel
    ) -> None:
        try:
            self._preferences.change(presets=change(self._preferences.settings.presets))
        except AppError as error:
            panel.form.show_problem(str(error))
            return
        panel.form.leave()

    def _delete_preset(self, name: str) -> None:
        before = self._preferences.settings.presets
        after = tuple(preset for preset in before if preset.name != name)
        if self._controller.attempt(lambda: self._preferences.change(presets=after)):
            self._controller.messages.show_message(
                f"The preset “{name}” is deleted.", "", "note", "Undo", lambda: self._bring_back(before, name)
            )

    def _bring_back(self, before: tuple[DialPreset, ...], name: str) -> None:
        """Put a deleted preset back at its place, unless its name was given to another one meanwhile."""
        known = {preset.name for preset in self._preferences.settings.presets}
        kept = tuple(preset for preset in before if preset.name in known or preset.name == name)
        others = tuple(preset for preset in self._preferences.settings.presets if preset not in kept)
        self._controller.attempt(lambda: self._preferences.change(presets=(*kept, *others)))

    def _timer(self, action: Callable[[], None], interval: int = 0) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(action)
        return timer
