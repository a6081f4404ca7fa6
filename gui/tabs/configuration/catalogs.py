"""The catalogues: which are asked, with which key, in which language, and how far looking titles up has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSpinBox, QWidget

from gui.catalog_jobs import CatalogState
from gui.ports import Ports
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.tabs.configuration.catalog_keys import CatalogKeys
from gui.tabs.configuration.parts import PanelCard, Section, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.progress_strip import ThinBar
from library.enrich import ATTRIBUTIONS, NAMES
from library.errors import AppError
from library.metadata_store import LookUpCounts
from library.names import language_name
from library.progress import Progress
from library.settings import CatalogSettings, Settings

LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "no", "fi", "pl", "cs", "hu", "tr", "ru", "uk", "ja", "ko", "zh",
)  # fmt: skip
_WITHOUT_KEY = "It has no key yet: paste one below."


class CatalogsSection(Section):
    """Switches, keys, and the button that begins.

    Signals: ``wanted()`` to look titles up now, ``stopped()`` to end that; ``shown()`` when it comes into sight;
    ``went_wrong(AppError)``.
    """

    wanted = pyqtSignal()
    stopped = pyqtSignal()
    shown = pyqtSignal()
    went_wrong = pyqtSignal(object)

    def __init__(
        self,
        preferences: Preferences,
        ports: Ports,
        actions: SourceActions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            "Catalogues",
            "What films and shows are about, who is in them and what people like beside them, as the large catalogues tell"
            " it. Your own server's words always come first.",
            parent,
        )
        self._preferences = preferences
        self.keys = CatalogKeys(ports, actions, preferences)
        self.switches = {name: QCheckBox(f"Ask {label}", self) for name, label in NAMES.items()}
        self.counts = {name: words("", "note") for name in NAMES}
        self.language = QComboBox(self)
        self.language.setAccessibleName("Language of the answers")
        for code in sorted(LANGUAGES, key=language_name):
            self.language.addItem(language_name(code), code)
        self.days = QSpinBox(self)
        self.days.setRange(1, 180)
        self.days.setSuffix(" days")
        self.days.setFixedWidth(120)
        self.days.setKeyboardTracking(False)
        self.days.setAccessibleName("Look a title up again after")
        self.begin = Button("Look titles up now", "", self)
        self.stop = Button("Stop", "", self)
        self.bar = ThinBar(theme, self)
        self.step = words("", "note")
        self.result = words("", "note")
        self._build()
        self._connect()
        self.show_idle()
        self.refresh(preferences.settings)

    def refresh(self, settings: Settings) -> None:
        """Show what is configured."""
        chosen = settings.catalogs
        for widget in (*self.switches.values(), self.language, self.days):
            widget.blockSignals(True)
        for name, switch in self.switches.items():
            switch.setChecked(bool(getattr(chosen, name)))
        place = self.language.findData(chosen.language)
        if place < 0:
            self.language.addItem(language_name(chosen.language), chosen.language)
            place = self.language.count() - 1
        self.language.setCurrentIndex(place)
        self.days.setValue(chosen.days)
        for widget in (*self.switches.values(), self.language, self.days):
            widget.blockSignals(False)
        self._offer()

    def show_states(self, states: Sequence[CatalogState]) -> None:
        """Say how far looking up has come, and let nobody switch on what has no key."""
        for state in states:
            switch, on = self.switches[state.name], bool(getattr(self._preferences.settings.catalogs, state.name))
            switch.setEnabled(on or state.has_key)
            text = _counted(state.counts) if on or state.counts.found else "" if state.has_key else _WITHOUT_KEY
            self.counts[state.name].setText(text)
            switch.setAccessibleDescription(text)

    def show_busy(self, step: Progress) -> None:
        """Say how far the look-up that is under way has come."""
        done = f": {step.done:,} of {step.total:,}" if step.total else ""
        say(self.step, f"{step.step}{done}", "note")
        self.bar.show_share(step.done / step.total if step.total else None)
        for widget in (self.bar, self.stop):
            widget.show()
        self.begin.hide()
        say(self.result, "")

    def show_idle(self, result: str = "", look: str = "note") -> None:
        """Say that nothing is being looked up, and what came of it last."""
        for widget in (self.bar, self.stop, self.step):
            widget.hide()
        self.begin.show()
        say(self.result, result, look)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Ask how it stands when somebody looks."""
        super().showEvent(event)
        self.shown.emit()

    def _build(self) -> None:
        card = PanelCard()
        card.body.addWidget(words("Looking titles up", "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for place, name in enumerate(NAMES):
            grid.addWidget(self.switches[name], place, 0)
            grid.addWidget(self.counts[name], place, 1)
        card.body.addLayout(grid)
        card.body.addWidget(words("Switching one off takes its words out of your library again.", "note"))
        card.body.addSpacing(4)
        labels = (words("Language of the answers", "", wrap=False), words("Look up again after", "", wrap=False))
        card.body.addLayout(row(labels[0], self.language, labels[1], self.days, 1, spacing=12))
        card.body.addSpacing(4)
        card.body.addLayout(row(self.begin, self.stop, 1))
        card.body.addWidget(self.bar)
        card.body.addWidget(self.step)
        card.body.addWidget(self.result)
        self.body.addWidget(card)
        self.body.addWidget(self.keys)
        for sentence in ATTRIBUTIONS.values():
            self.body.addWidget(words(sentence, "note"))

    def _connect(self) -> None:
        self._preferences.changed.connect(self.refresh)
        for switch in self.switches.values():
            switch.toggled.connect(self._store)
        self.language.activated.connect(self._store)
        self.days.valueChanged.connect(self._store)
        self.begin.clicked.connect(self.wanted)
        self.stop.clicked.connect(self.stopped)

    def _store(self) -> None:
        before = self._preferences.settings.catalogs
        chosen: CatalogSettings = replace(
            before,
            days=self.days.value(),
            language=self.language.currentData(),
            **{name: switch.isChecked() for name, switch in self.switches.items()},
        )
        try:
            self._preferences.change(catalogs=chosen)
        except AppError as error:
            self.went_wrong.emit(error)
            self.refresh(self._preferences.settings)

    def _offer(self) -> None:
        on = [label for name, label in NAMES.items() if self.switches[name].isChecked()]
        self.begin.setEnabled(bool(on))
        self.begin.setToolTip("" if on else "Switch a catalogue on first.")


def _counted(counts: LookUpCounts) -> str:
    parts = [f"{counts.found:,} found"]
    parts += [f"{counts.unknown:,} unknown there"] if counts.unknown else []
    parts += [f"{counts.due:,} to look up"] if counts.due else []
    return " · ".join(parts)
