"""One source as a card: what it is, how its last scan ended, and everything that can be done with it."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from gui.jobs import Answer
from gui.phrases import ago, remaining
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import PanelCard, Question, row, say, words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.progress_strip import ThinBar
from gui.worker import Ticket
from library.errors import AppError
from library.items import MediaKind
from library.progress import Progress
from library.scan_history import ScanRecord, ScanStatus
from library.settings import SERVER_KINDS, SourceSettings
from library.sources import ServerLibrary
from library.sync import ScanReport

CALM_MILLISECONDS = 600  # work that is shorter than this shows nothing
MOST_PROBLEMS = 5
_STATUS = {
    ScanStatus.SUCCESS: "Scanned",
    ScanStatus.PARTIAL: "Scanned in part",
    ScanStatus.FAILED: "The last scan failed",
    ScanStatus.INTERRUPTED: "The last scan was stopped",
}


class SourceCard(PanelCard):
    """Shows one source and asks :class:`SourceActions` for what its buttons say.

    Signals: ``edit_wanted()`` when the source is to be changed in its form.
    """

    edit_wanted = pyqtSignal()

    def __init__(
        self, source: SourceSettings, actions: SourceActions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._actions = actions
        self._theme = theme
        self._scan: Ticket | None = None
        self._began = 0.0
        self._asking: Ticket | None = None
        self._build()
        actions.scan_began.connect(self._scan_began)
        actions.scanned.connect(self._scanned)
        theme.changed.connect(self._recolour)
        running = actions.running_scan(source.id)
        if running is not None:
            self._follow(running)
        self.refresh()

    @property
    def source(self) -> SourceSettings:
        """The source that is shown."""
        return self._source

    def show_source(self, source: SourceSettings) -> None:
        """Show the source as it is configured now."""
        self._source = source
        self.refresh()

    def refresh(self) -> None:
        """Read again how the last scan ended."""
        self._name.setText(self._source.name)
        self.setAccessibleName(f"Source {self._source.name}")
        say(self._address, describe_source(self._source))
        stand_in = self._source.kind == "demo" and self._actions.demo_stands_in()
        self.keep.setVisible(stand_in)
        self.trust.setVisible(bool(self._source.fingerprint))
        self.trust.setToolTip(self._source.fingerprint)
        record = self._actions.last_scan(self._source.id)
        troubled = record is not None and record.status in (ScanStatus.FAILED, ScanStatus.PARTIAL)
        say(self.result, "" if self._scan is not None else result_words(record), "problem" if troubled else "note")

    # Parts

    def _build(self) -> None:
        self._icon = QLabel(self)
        self._icon.setFixedWidth(32)
        self._name = words("", "heading")
        self._address = words("", "dim")
        self.result = words("", "note")
        self.verdict = words("", "note")
        self.verdict.hide()
        self.scan = self._button("Scan now", self._scan_now)
        self.test = self._button("Test", self._test)
        self.libraries = self._button("Choose libraries", self._ask_for_libraries)
        self.edit = self._button("Edit", self.edit_wanted.emit)
        for button in (self.test, self.libraries, self.edit):
            button.setVisible(self._source.kind != "demo")
        self.keep = self._button("Keep beside my own", self._actions.keep_demo)
        self.remove = self._button("Remove", self._ask_to_remove, "quiet")
        self._progress = self._build_progress()
        self.removing = Question(self)
        self.removing.agreed.connect(lambda: self._actions.remove(self._source))
        self.shrinking = Question(self)
        self.shrinking.agreed.connect(lambda: self._actions.scan(self._source.id, allow_shrink=True))
        self.chooser = LibraryChooser(self)
        self.chooser.chosen.clicked.connect(self._use_libraries)
        self.forget = self._button("Forget it", self._forget_certificate, "link")
        self.trust = QWidget(self)
        told = words("Its certificate is trusted because you looked at it.", "note", wrap=False)
        self.trust.setLayout(row(told, self.forget, 1))
        head = QVBoxLayout()
        head.setSpacing(2)
        for part in (self._name, self._address, self.trust, self.result):
            head.addWidget(part)
        top = row(self._icon, spacing=12)
        top.addLayout(head, 1)
        self.body.addLayout(top)
        for part in (self._progress, self.verdict, self.shrinking, self.removing, self.chooser):
            self.body.addWidget(part)
        self.body.addLayout(row(self.scan, self.test, self.libraries, self.edit, self.keep, 1, self.remove))
        self._recolour()

    def _button(self, text: str, slot: object, look: str = "") -> Button:
        button = Button(text, look, self)
        button.setAccessibleName(f"{text}: {self._source.name}")
        button.clicked.connect(lambda: slot())  # type: ignore[operator]
        return button

    def _build_progress(self) -> QWidget:
        self._bar = ThinBar(self._theme, self)
        self.step = words("", "note", wrap=False)
        self.cancel = Button("Cancel", "link", self)
        self.cancel.setAccessibleName(f"Cancel the scan of {self._source.name}")
        self.cancel.clicked.connect(self._cancel_scan)
        holder = QWidget(self)
        holder.setLayout(row(self._bar, self.step, self.cancel, 1, spacing=12))
        holder.hide()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(CALM_MILLISECONDS)
        self._soon.timeout.connect(holder.show)
        return holder

    def _recolour(self) -> None:
        side = self._theme.px(24)
        icon = self._theme.icon(f"source-{self._source.kind}", "dim", 24)
        self._icon.setPixmap(icon.pixmap(side, side))

    # Scanning

    def _scan_now(self) -> None:
        say(self.verdict, "")
        self._actions.scan(self._source.id)

    def _cancel_scan(self) -> None:
        if self._scan is not None:
            self._scan.cancel()
            self.step.setText("Stopping; what was read is kept")
            self.cancel.hide()

    def _scan_began(self, source_id: str, ticket: Ticket) -> None:
        if source_id == self._source.id:
            self._follow(ticket)

    def _follow(self, ticket: Ticket) -> None:
        self._scan = ticket
        self._began = time.monotonic()
        self.step.setText("Waiting for its turn")
        self._bar.show_share(None)
        self.cancel.show()
        self.scan.setEnabled(False)
        say(self.verdict, "")
        self.shrinking.hide()
        self._soon.start()
        ticket.progressed.connect(partial(self._show_step, ticket))
        ticket.ended.connect(partial(self._scan_ended, ticket))

    def _show_step(self, ticket: Ticket, step: Progress) -> None:
        if ticket is not self._scan or ticket.called_off:
            return
        self._bar.show_share(step.done / step.total if step.total else None)
        self.step.setText(step_words(step, time.monotonic() - self._began))

    def _scan_ended(self, ticket: Ticket) -> None:
        if ticket is not self._scan:
            return  # another one follows it already
        self._scan = None
        self._soon.stop()
        self._progress.hide()
        self.scan.setEnabled(True)
        self.refresh()

    def _scanned(self, source_id: str, report: ScanReport) -> None:
        if source_id != self._source.id:
            return
        if report.problems:
            told = "\n".join(report.problems[:MOST_PROBLEMS])
            more = len(report.problems) - MOST_PROBLEMS + report.untold
            say(self.verdict, f"{told}\n… and {more:,} more; see the log." if more > 0 else told, "problem")
        if report.question is not None:
            self.shrinking.ask(report.question.sentence, "Take them out", "Keep everything")

    # Asking the server

    def _test(self) -> None:
        self._ask("Asking …", self._show_answer)

    def _ask_for_libraries(self) -> None:
        if self.chooser.isHidden():
            self._ask("Asking for the libraries …", self._show_libraries)
        else:
            self.chooser.hide()

    def _ask(self, sentence: str, then: object) -> None:
        if self._asking is not None and not self._asking.over:
            return
        say(self.verdict, sentence, "note")
        self._asking = self._actions.ask(self._source)
        self._asking.succeeded.connect(then)
        self._asking.failed.connect(self._show_refusal)

    def _show_refusal(self, error: AppError) -> None:
        say(self.verdict, str(error), "problem")

    def _show_answer(self, answer: Answer) -> None:
        if answer.another:
            say(self.verdict, another_server(answer), "problem")
        else:
            say(self.verdict, answer_words(answer), "good")

    def _show_libraries(self, answer: Answer) -> None:
        say(self.verdict, "")
        self.chooser.offer(answer.libraries, self._source.libraries)

    def _use_libraries(self) -> None:
        self.chooser.hide()
        self._actions.choose_libraries(self._source, self.chooser.keys())

    def _forget_certificate(self) -> None:
        """Judge the certificate as any other again."""
        try:
            self._actions.change(replace(self._source, fingerprint=""))
        except AppError as error:
            self._show_refusal(error)

    # Removing

    def _ask_to_remove(self) -> None:
        self.removing.ask(
            f"Remove {self._source.name}? Its titles leave the library, and nothing is deleted at the source itself."
            " Your ratings stay and count again when the titles come back.",
            "Remove",
            "Keep it",
        )


class LibraryChooser(QWidget):
    """The libraries of a source with a check box each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: list[tuple[QCheckBox, str]] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.chosen = Button("Use these", "primary", self)
        self.close_button = Button("Cancel", "quiet", self)
        self.close_button.clicked.connect(self.hide)
        self._buttons = QWidget(self)
        self._buttons.setLayout(row(self.chosen, self.close_button, 1))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._list)
        layout.addWidget(self._buttons)
        self.hide()

    def offer(
        self, libraries: tuple[ServerLibrary, ...], chosen: tuple[str, ...] | None, with_buttons: bool = True
    ) -> None:
        """List the libraries; ``chosen`` are checked, all of them when it is ``None``."""
        for box, _ in self._boxes:
            self._list.removeWidget(box)
            box.deleteLater()
        self._boxes = []
        for library in libraries:
            box = QCheckBox(library_words(library), self)
            box.setChecked(chosen is None or library.key in chosen)
            box.toggled.connect(self._toggled)
            self._list.addWidget(box)
            self._boxes.append((box, library.key))
        self._buttons.setVisible(with_buttons)
        self._toggled()
        self.show()

    def keys(self) -> tuple[str, ...] | None:
        """The keys of the checked libraries; ``None`` when that is all of them, those to come included."""
        checked = tuple(key for box, key in self._boxes if box.isChecked())
        return None if len(checked) == len(self._boxes) else checked

    def boxes(self) -> list[QCheckBox]:
        """The check boxes, in order."""
        return [box for box, _ in self._boxes]

    def any_checked(self) -> bool:
        """Whether at least one is chosen."""
        return any(box.isChecked() for box, _ in self._boxes)

    def _toggled(self) -> None:
        self.chosen.setEnabled(self.any_checked())
        self.chosen.setToolTip("" if self.any_checked() else "Choose at least one library")


def library_words(library: ServerLibrary) -> str:
    """A library as a line: "Films · 1,942 films"."""
    kinds = {MediaKind.MOVIE: "film", MediaKind.SHOW: "show", MediaKind.TRACK: "track"}
    noun = kinds[library.kind]
    if library.size is None and library.title.casefold() == f"{noun}s":
        return library.title
    if library.size is None:
        return f"{library.title} · {noun}s"
    return f"{library.title} · {library.size:,} {noun}{'' if library.size == 1 else 's'}"


def answer_words(answer: Answer) -> str:
    """What a successful test says."""
    identity = answer.identity
    version = f" (version {identity.version})" if identity.version else ""
    count = len(answer.libraries)
    noun = "library" if count == 1 else "libraries"
    return f"{identity.name}{version} answers, with {count} {noun} to use." if count else f"{identity.name} answers."


def another_server(answer: Answer) -> str:
    """What is said when a server answers that is not the one the titles of the source came from."""
    return (
        f"Another server answers there: {answer.identity.name}. Add it as a source of its own, so that no title is"
        " taken for another."
    )


def describe_source(source: SourceSettings) -> str:
    """Where a source is."""
    if source.kind == "demo":
        return "Films and shows that come with Homereel, to try it out."
    return source.url if source.kind in SERVER_KINDS else "\n".join(printable(path) for path in source.paths)


def printable(path: str) -> str:
    """A path that can be shown, whatever bytes are in it."""
    return path.encode("utf-8", "replace").decode("utf-8")


def result_words(record: ScanRecord | None) -> str:
    """How the last scan ended and when, as a sentence."""
    if record is None:
        return "Not scanned yet."
    when = ago(record.finished_at or record.started_at)
    message = record.message.rstrip(".")
    return f"{_STATUS[record.status]} {when}. {message}." if message else f"{_STATUS[record.status]} {when}."


def step_words(step: Progress, seconds: float) -> str:
    """A step of a scan: "Reading Films · 1,200 of 1,942 · about 14 s"."""
    parts = [step.step]
    if step.total:
        parts.append(f"{step.done:,} of {step.total:,}")
        if 0 < step.done < step.total and seconds > 2:
            parts.append(remaining(seconds / step.done * (step.total - step.done)))
    elif step.done:
        parts.append(f"{step.done:,}")
    return " · ".join(parts)
