"""Where the files of a server lie on this computer, inside the form of a server: two folders, and a look whether it is so."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from gui.file_jobs import FilesTried
from gui.tabs.configuration.parts import CheckedField, Verdict, row, say, words
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.errors import AppError, SettingsError
from library.path_maps import FIRST, Found, PathMap, checked_map, path_maps

WHAT_FOR = (
    "If this computer reaches the server's files too, on a drive of the network for instance, Play opens the file itself."
    " Say where the server has them, and where they are here."
)
_SHOWN_LETTERS = 76


class FilesHere(QWidget):
    """An optional pair of folders; folded away until somebody wants it, or it is there already.

    Signals: ``edited()`` when something was typed.

    :param ask: hands in the question for the first files, with the mapping that is typed: a ticket for a ``FilesTried``.
    :param texts: the mappings so far, as they are kept; the first can be changed here, others stay as they are.
    """

    edited = pyqtSignal()

    def __init__(
        self, ask: Callable[[tuple[PathMap, ...]], Ticket], texts: tuple[str, ...] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._ticket: Ticket | None = None
        known = path_maps(texts)
        self._others = known[1:]
        self.unfold = Button("Say where the files lie on this computer", "link", self)
        self.inside = QWidget(self)
        self.there = CheckedField("Folder on the server", lambda _: Verdict(True), "/media/films")
        self.here = CheckedField("The same folder on this computer", lambda _: Verdict(True), "/mnt/nas/films")
        self.pick = Button("Pick a folder …", "", self)
        self.check = Button(f"Look for the first {FIRST} files", "", self)
        self.result = words("", "note")
        self._build()
        if known:
            self.there.field.setText(known[0].there)
            self.here.field.setText(known[0].here)
        self._unfolded(bool(known))
        for field in (self.there, self.here):
            field.edited.connect(self._typed)
        self.unfold.clicked.connect(lambda: self._unfolded(True))
        self.pick.clicked.connect(self._pick)
        self.check.clicked.connect(self._look)
        say(self.result, "")

    def _build(self) -> None:
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        )  # never squeezed by what is around it
        self.inside.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        inner = QVBoxLayout(self.inside)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        for part in (words("Where the files lie here", "section"), words(WHAT_FOR, "note"), self.there, self.here):
            inner.addWidget(part)
        inner.addLayout(row(self.pick, self.check, 1))
        inner.addWidget(self.result)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.unfold, 1))
        layout.addWidget(self.inside)

    @property
    def usable(self) -> bool:
        """Whether both folders are there, or neither."""
        return not self._problem()

    def texts(self) -> tuple[str, ...]:
        """The mappings as they are to be kept."""
        return tuple(str(mapping) for mapping in (*self._mapping(), *self._others))

    def leave(self) -> None:
        """Take no notice any more of what is found."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()

    def _mapping(self) -> tuple[PathMap, ...]:
        if not self.usable or not self.there.value:
            return ()
        return (checked_map(self.there.value, self.here.value),)

    def _problem(self) -> str:
        if not (self.there.value or self.here.value):
            return ""
        try:
            checked_map(self.there.value, self.here.value)
        except SettingsError as error:
            return str(error)
        return ""

    def _unfolded(self, wanted: bool) -> None:
        self.unfold.setVisible(not wanted)
        self.inside.setVisible(wanted)

    def _typed(self) -> None:
        self.leave()
        self.check.setEnabled(True)
        both = bool(self.there.value and self.here.value)
        say(self.result, self._problem() if both else "", "problem")
        self.edited.emit()

    def _pick(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "The same folder on this computer", self.here.value)
        if chosen:
            self.here.field.setText(chosen)

    # Looking

    def _look(self) -> None:
        """Ask for the first files, and say which of them are here."""
        self.leave()
        self._ticket = ticket = self._ask(self._mapping())
        self.check.setEnabled(False)
        say(self.result, "Looking …", "note")
        ticket.succeeded.connect(lambda tried: self._looked(ticket, tried))
        ticket.failed.connect(lambda error: self._failed(ticket, error))

    def _looked(self, ticket: Ticket, tried: FilesTried) -> None:
        if ticket is not self._ticket:
            return
        self._ticket = None
        if not self.there.value and tried.folder:
            self.there.field.setText(tried.folder)
            say(self.result, f"The server has its files in {tried.folder}. Where is that on this computer?", "note")
        elif not tried.found:
            say(self.result, "The server named no file.", "note")
        else:
            look = "good" if tried.there == len(tried.found) else "note" if tried.there else "problem"
            say(self.result, tried_words(tried), look)
        self.check.setEnabled(True)

    def _failed(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self.check.setEnabled(True)
            say(self.result, str(error), "problem")


def tried_words(tried: FilesTried) -> str:
    """How many of the first files are here, and which."""
    total = len(tried.found)
    head = (
        "All of the first files are here:" if tried.there == total else f"{tried.there} of the first {total} are here:"
    )
    return "\n".join((head, *(_line(found) for found in tried.found)))


def _line(found: Found) -> str:
    path = found.here or f"{found.there} lies elsewhere"
    shown = path if len(path) <= _SHOWN_LETTERS else f"… {path[-_SHOWN_LETTERS:]}"
    return f"{'✓' if found.exists else '✗'} {shown}"
