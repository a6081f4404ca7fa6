"""When the program may learn in the background, and how much of the computer it may take for that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QSlider, QWidget

from gui.computer import threads_for, usable_cores
from gui.preferences import Preferences
from gui.tabs.configuration.parts import PanelCard, row, words
from library.errors import AppError
from library.settings import Settings

STOPS = 4
"""The share is chosen in quarters."""
SETTLE_MILLISECONDS = 250
SCHEDULES = (
    ("always", "Whenever there is something to learn"),
    ("idle", "Only while the computer is idle"),
    ("night", "Only at night, from midnight to six"),
)


class ScheduleCard(PanelCard):
    """The schedule, the share of the processor, and what learning makes way for. Each choice holds at once.

    Signals: ``went_wrong(AppError)``.
    """

    went_wrong = pyqtSignal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._cores = usable_cores()
        self._group = QButtonGroup(self)
        self.schedules: dict[str, QRadioButton] = {}
        for value, label in SCHEDULES:
            button = QRadioButton(label, self)
            self.schedules[value] = button
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, value=value: self._change(schedule=value))
        self.share = QSlider(Qt.Orientation.Horizontal, self)
        self.share.setRange(0, STOPS)  # from 0, so that half is in the middle; one quarter is the least
        self.share.setPageStep(1)
        self.share.setMinimumWidth(240)
        self.share.setAccessibleName("Share of the processor")
        self.meaning = words("", "dim", wrap=False)
        self.on_battery = QCheckBox("Go on while on battery", self)
        self.full_screen = QCheckBox("Go on while something plays full-screen", self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(lambda: self._change(share=self.share.value() / STOPS))
        self._build()
        self.refresh(preferences.settings)
        preferences.changed.connect(self.refresh)
        self.share.valueChanged.connect(self._moved)
        self.on_battery.clicked.connect(lambda checked: self._change(on_battery=checked))
        self.full_screen.clicked.connect(lambda checked: self._change(full_screen=checked))

    def _build(self) -> None:
        self.body.addWidget(words("When", "heading"))
        for button in self.schedules.values():
            self.body.addLayout(row(button, 1))
        self.body.addWidget(
            words("Idle is when nobody touched it for five minutes and other programs have little to do.", "note")
        )
        self.body.addSpacing(8)
        self.body.addWidget(words("How much of the processor", "heading"))
        self.body.addLayout(row(self.share, self.meaning, 1, spacing=12))
        self.body.addSpacing(8)
        self.body.addWidget(words("Making way", "heading"))
        for box in (self.on_battery, self.full_screen):
            self.body.addLayout(row(box, 1))
        self.body.addWidget(words("Either can be noticed only where the system tells.", "note"))

    def refresh(self, settings: Settings) -> None:
        """Show what is configured."""
        training = settings.training
        self.schedules[training.schedule].setChecked(True)
        self.on_battery.setChecked(training.on_battery)
        self.full_screen.setChecked(training.full_screen)
        if not self._settle.isActive():
            self.share.blockSignals(True)
            self.share.setValue(min(STOPS, max(1, round(training.share * STOPS))))
            self.share.blockSignals(False)
            self._show_meaning(training.share)

    def _moved(self, stop: int) -> None:
        if stop == 0:
            self.share.setValue(1)
            return
        self._show_meaning(stop / STOPS)
        self._settle.start()

    def _show_meaning(self, share: float) -> None:
        noun = "core" if self._cores == 1 else "cores"
        self.meaning.setText(f"{share:.0%}: {threads_for(share, self._cores)} of {self._cores} {noun}")
        self.share.setAccessibleDescription(self.meaning.text())

    def _change(self, **chosen: Any) -> None:
        try:
            self._preferences.change(training=replace(self._preferences.settings.training, **chosen))
        except AppError as error:
            self.refresh(self._preferences.settings)
            self.went_wrong.emit(error)
