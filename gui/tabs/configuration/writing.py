"""What the program may write to servers: one switch for everything, and what it does by itself once that is on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QDoubleSpinBox, QSpinBox, QWidget

from gui.preferences import Preferences
from gui.tabs.configuration.parts import CheckedField, PanelCard, Section, Verdict, row, say, words
from gui.widgets.buttons import Button
from library.errors import AppError
from library.settings import Settings

SETTLE_MILLISECONDS = 400
TITLE = "Writing to your servers"
OFF = "Homereel only reads. Nothing on your servers is changed, whatever you do here."
ON = "Homereel may write what you ask for. Each write is shown before, listed under Logs, Activity, and can be undone there."
EVERYBODY = (
    "Collections are seen by everybody who uses the server. For a list of your own, save a playlist instead:"
    " that is only yours."
)


class WritingSection(Section):
    """The master switch, what follows from a rating, the collection, and how much one action may write.

    Signals: ``went_wrong(AppError)``; ``activity_wanted()`` to see what was written; ``clearing_wanted()`` to take everything off
    the watchlist.
    """

    went_wrong = pyqtSignal(object)
    activity_wanted = pyqtSignal()
    clearing_wanted = pyqtSignal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, "Off until you switch it on. Your servers stay yours.", parent)
        self._preferences = preferences
        self.allowed = QCheckBox("Allow Homereel to write to my servers", self)
        self.ratings = QCheckBox("Put each rating I give on the servers that have the title", self)
        self.watched = QCheckBox("Mark a film that I rate as watched there", self)
        self.auto_collect = QCheckBox("Add what I rate highly to a collection", self)
        self.collect_from = QDoubleSpinBox(self)
        self.collection = CheckedField("Name of the collection", _name_verdict)
        self.most = QSpinBox(self)
        self.activity = Button("See what was written", "", self)
        self.clear_watchlist = Button("Clear my Plex watchlist…", "", self)
        self._state = words("", "note")
        self._rest = QWidget(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._store_fields)
        self._build()
        self.refresh(preferences.settings)
        preferences.changed.connect(self.refresh)
        self._connect()

    def refresh(self, settings: Settings) -> None:
        """Show what is configured."""
        writing = settings.writing
        for box, value in (
            (self.allowed, writing.allowed),
            (self.ratings, writing.ratings),
            (self.watched, writing.watched),
            (self.auto_collect, writing.auto_collect),
        ):
            box.setChecked(value)
        if not self._settle.isActive():
            fields = (self.collect_from, self.most, self.collection.field)
            for field in fields:
                field.blockSignals(True)
            self.collect_from.setValue(writing.collect_from)
            self.most.setValue(writing.most)
            self.collection.field.setText(writing.collection)
            for field in fields:
                field.blockSignals(False)
        say(self._state, ON if writing.allowed else OFF)
        self._rest.setVisible(writing.allowed)
        self.clear_watchlist.setVisible(any(source.kind == "plex" for source in settings.sources))
        for widget in (self.collect_from, self.collection):
            widget.setEnabled(writing.auto_collect)

    def _build(self) -> None:
        card = PanelCard()
        card.body.addLayout(row(self.allowed, 1))
        card.body.addWidget(self._state)
        card.body.addLayout(row(self.activity, 1))
        self.body.addWidget(card)
        self.collect_from.setRange(1.0, 10.0)
        self.collect_from.setSingleStep(0.5)
        self.collect_from.setDecimals(1)
        self.collect_from.setFixedWidth(90)
        self.collect_from.setAccessibleName("Rating from which titles are collected")
        self.most.setRange(1, 5000)
        self.most.setFixedWidth(110)
        self.most.setAccessibleName("Most titles that one action writes without a second question")
        rest = PanelCard(self._rest)
        rest.body.addWidget(words("By itself", "heading"))
        rest.body.addLayout(row(self.ratings, 1))
        rest.body.addLayout(row(self.watched, 1))
        rest.body.addWidget(
            words(
                "Nobody asks each time then, and each write is listed and can be undone. While a server is off, its writes wait.",
                "note",
            )
        )
        rest.body.addSpacing(8)
        rest.body.addWidget(words("Collection", "heading"))
        rest.body.addLayout(row(self.auto_collect, 1))
        rest.body.addLayout(row(words("From a rating of", "dim", wrap=False), self.collect_from, 1))
        rest.body.addWidget(self.collection)
        rest.body.addWidget(words(EVERYBODY, "note"))
        rest.body.addSpacing(8)
        rest.body.addWidget(words("How much at once", "heading"))
        rest.body.addLayout(row(self.most, words("titles", "dim", wrap=False), 1))
        rest.body.addWidget(words("One action that would write more asks a second time.", "note"))
        rest.body.addLayout(row(self.clear_watchlist, 1))
        self._rest.setLayout(row(rest))
        self.body.addWidget(self._rest)

    def _connect(self) -> None:
        self.allowed.clicked.connect(lambda on: self._change(allowed=on))
        self.ratings.clicked.connect(lambda on: self._change(ratings=on))
        self.watched.clicked.connect(lambda on: self._change(watched=on))
        self.auto_collect.clicked.connect(lambda on: self._change(auto_collect=on))
        self.collect_from.valueChanged.connect(lambda _: self._settle.start())
        self.most.valueChanged.connect(lambda _: self._settle.start())
        self.collection.edited.connect(self._settle.start)
        self.activity.clicked.connect(self.activity_wanted)
        self.clear_watchlist.clicked.connect(self.clearing_wanted)

    def _store_fields(self) -> None:
        changes: dict[str, Any] = {"collect_from": self.collect_from.value(), "most": self.most.value()}
        if self.collection.usable:
            changes["collection"] = self.collection.value
        else:
            self.collection.check_now()
        self._change(**changes)

    def _change(self, **chosen: Any) -> None:
        try:
            self._preferences.change(writing=replace(self._preferences.settings.writing, **chosen))
        except AppError as error:
            self.went_wrong.emit(error)
            self.refresh(self._preferences.settings)


def _name_verdict(text: str) -> Verdict:
    return Verdict(True) if text.strip() else Verdict(False, "The collection needs a name.")
