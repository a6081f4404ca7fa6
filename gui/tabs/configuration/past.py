"""Bringing a past along: files of other programs are dropped here or chosen; what was brought is listed, with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent
from PyQt6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from gui.tabs.configuration.page_link import PageLink
from gui.tabs.configuration.parts import PanelCard, Question, Section, row, say, words
from gui.widgets.buttons import Button, set_look
from library.accounts import CodeShown
from library.progress import Progress

PROGRAMS = "Letterboxd, IMDb, Trakt, TV Time, MovieLens, Last.fm, ListenBrainz and Spotify"
MOST_SHOWN = 30
OPENED = "TMDB is open in your browser. Agree there that your lists may be read; this page goes on by itself."
NOT_OPENED = "No browser could be opened from here. Open this address yourself, on any computer, and agree there."


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in words.

    :param name: "Letterboxd: letterboxd-export.zip".
    :param facts: "yesterday at 21:30 · 930 ratings · 70 lines left out".
    :param waiting: how many titles wait for a decision.
    :param taken_back: whether it was taken back.
    """

    id: int
    name: str
    facts: str
    waiting: int = 0
    taken_back: bool = False


class PastSection(Section):
    """Files go in here, and the imports so far are listed.

    Signals: ``files_chosen(list)`` of paths; ``account_wanted()`` to ask TMDB, ``waiting_stopped()`` to wait for it no longer;
    ``cancel_wanted()``; ``review_wanted(int)``, ``take_back_wanted(int)`` and ``bring_back_wanted(int)`` with the id of an
    import; ``shown()`` when it came into sight.
    """

    files_chosen = pyqtSignal(list)
    account_wanted = pyqtSignal()
    waiting_stopped = pyqtSignal()
    cancel_wanted = pyqtSignal()
    review_wanted = pyqtSignal(int)
    take_back_wanted = pyqtSignal(int)
    bring_back_wanted = pyqtSignal(int)
    shown = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Your past",
            "What you rated and watched elsewhere, brought along from exported files or an account.",
            parent,
        )
        self.setAcceptDrops(True)
        self.choose = Button("Choose files…", "", self)
        self.account = Button("From my TMDB account", "quiet", self)
        self.page = PageLink("Address of the page to agree on", self)
        self.stop = Button("Stop waiting", "quiet", self)
        self.told = words("", "note")
        self.cancel = Button("Cancel", "quiet", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.step, self.result = words("", "note"), words("", "note")
        self.none = words("Nothing was brought along yet.", "dim")
        self.sure = Question(self)
        self.reviews: dict[int, Button] = {}
        self.ways_back: dict[int, Button] = {}
        self._area = PanelCard()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self._asked: int | None = None
        self._busy = self._waiting = self._offered = False
        self._build()
        self.choose.clicked.connect(self._choose)
        self.account.clicked.connect(self.account_wanted)
        self.stop.clicked.connect(self.waiting_stopped)
        self.page.opened.connect(lambda opened: say(self.told, OPENED if opened else NOT_OPENED, "note"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.sure.agreed.connect(self._take_back)
        self.hide_page()
        self.show_idle()
        self.show_imports(())

    # What it is told

    def show_busy(self, step: Progress) -> None:
        """Say how far the reading is."""
        self._busy = True
        self._enable()
        lines = f" · {step.done:,}" if step.done else ""
        say(self.step, f"{step.step}{lines}")
        self.bar.setRange(0, step.total or 0)
        self.bar.setValue(step.done)
        for widget in (self.bar, self.cancel):
            widget.show()
        say(self.result, "")

    def show_idle(self, sentence: str = "", look: str = "note") -> None:
        """Take files again, and say how the last ones went."""
        self._busy = False
        self._enable()
        say(self.step, "")
        say(self.result, sentence, look)
        for widget in (self.bar, self.cancel):
            widget.hide()

    def offer_account(self, offered: bool) -> None:
        """Say whether TMDB can be asked: only with a key for it."""
        self._offered = offered
        self._enable()

    def show_page(self, step: CodeShown) -> None:
        """Open the page on which the person agrees, and show its address; it stays until :meth:`hide_page`."""
        self._waiting = True
        self._enable()
        self.page.take(step)
        self.page.set_visible(True)
        self.stop.show()
        self.page.open_page()

    def hide_page(self) -> None:
        """Nobody is waited for any more."""
        self._waiting = False
        self._enable()
        self.page.set_visible(False)
        self.stop.hide()
        say(self.told, "")

    def show_imports(self, lines: Sequence[ImportLine]) -> None:
        """List these, the newest first."""
        while (entry := self._lines.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.reviews, self.ways_back = {}, {}
        for line in lines[:MOST_SHOWN]:
            self._lines.addWidget(self._line(line))
        self.none.setVisible(not lines)
        if self._asked not in self.ways_back:
            self.sure.hide()

    # What the user does

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Files may be dropped."""
        if event is not None and self.choose.isEnabled() and _paths(event):
            event.acceptProposedAction()
            set_look(self._area, "over", "true")

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        """They were taken elsewhere."""
        set_look(self._area, "over", "false")

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Read what was dropped."""
        set_look(self._area, "over", "false")
        paths = _paths(event) if event is not None else []
        if event is not None and paths:
            event.acceptProposedAction()
            self.files_chosen.emit(paths)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Say that somebody looks."""
        super().showEvent(event)
        self.shown.emit()

    def _enable(self) -> None:
        """Take something new only when nothing is under way."""
        idle = not (self._busy or self._waiting)
        self.choose.setEnabled(idle)
        self.account.setVisible(self._offered and idle)

    def _choose(self) -> None:
        kinds = "Exports (*.zip *.csv *.json *.jsonl *.tsv *.txt);;All files (*)"
        picked, _ = QFileDialog.getOpenFileNames(self, "Bring your past along", str(Path.home()), kinds)
        if picked:
            self.files_chosen.emit([Path(name) for name in picked])

    def _ask(self, line: ImportLine) -> None:
        self._asked = line.id
        self.sure.ask(
            f"Take back what came from {line.name}? Its ratings and plays no longer count. It can be brought back.",
            "Take back",
        )

    def _take_back(self) -> None:
        if self._asked is not None:
            self.take_back_wanted.emit(self._asked)

    # Parts

    def _build(self) -> None:
        set_look(self._area, "look", "drop")
        self._area.body.setSpacing(6)
        self._area.body.addWidget(words("Drop exported files here", "heading"))
        self._area.body.addWidget(
            words(
                f"From {PROGRAMS}: csv, json, or the whole zip. Homereel's own exports too. They stay as they are.",
                "note",
            )
        )
        self._area.body.addLayout(row(self.choose, self.account, self.cancel, 1))
        self._area.body.addWidget(self.told)
        self._area.body.addWidget(self.page.link)
        self._area.body.addLayout(row(self.page.copy, self.page.open, self.stop, 1))
        self._area.body.addWidget(self.step)
        self._area.body.addWidget(self.bar)
        self._area.body.addWidget(self.result)
        self.body.addWidget(self._area)
        card = PanelCard()
        card.body.addWidget(self.none)
        card.body.addLayout(self._lines)
        card.body.addWidget(self.sure)
        self.body.addWidget(card)

    def _line(self, line: ImportLine) -> QWidget:
        review = Button(f"Decide {line.waiting:,}" if line.waiting else "Review", "", self)
        review.setAccessibleName(f"{review.text()}: {line.name}")
        review.clicked.connect(lambda: self.review_wanted.emit(line.id))
        back = Button("Bring back" if line.taken_back else "Take back", "quiet", self)
        back.setAccessibleName(f"{back.text()}: {line.name}")
        if line.taken_back:
            back.clicked.connect(lambda: self.bring_back_wanted.emit(line.id))
        else:
            back.clicked.connect(lambda: self._ask(line))
        review.setVisible(not line.taken_back)
        self.reviews[line.id], self.ways_back[line.id] = review, back
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(words(line.name, "dim" if line.taken_back else ""))
        texts.addWidget(words(line.facts, "note"))
        holder = QWidget(self)
        layout = row(spacing=8)
        layout.addLayout(texts, 1)
        layout.addWidget(review, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(back, 0, Qt.AlignmentFlag.AlignTop)
        holder.setLayout(layout)
        return holder


def _paths(event: QDropEvent) -> list[Path]:
    """The files of this computer that are dragged."""
    found = event.mimeData()
    urls = found.urls() if found is not None and found.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and Path(url.toLocalFile()).is_file()]
