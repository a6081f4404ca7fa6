"""The forms that add a source: everything is checked while one types, and tested before it is kept."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QLineEdit, QListWidget, QWidget

from gui.jobs import Answer
from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, PanelCard, Verdict, row, say, words
from gui.tabs.configuration.source_card import LibraryChooser, answer_words, printable
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.errors import AppError, ProviderDenied
from library.settings import SourceSettings

WHERE_TO_FIND_IT = (
    "To find the token, open any title in Plex Web, choose “Get Info” from its menu, then “View XML”. The address"
    " of the page that opens ends with X-Plex-Token= and the token. You may paste the whole address here."
)
SHORTEST_TOKEN = 8


class AddPlexForm(PanelCard):
    """Address and token of a Plex server, the connection test, and the libraries to use.

    Signals: ``closed()`` when it is done with or given up.
    """

    closed = pyqtSignal()

    def __init__(self, actions: SourceActions, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._ports = ports
        self._asking: Ticket | None = None
        self._answer: Answer | None = None
        self._tested: tuple[str, str] = ("", "")
        self.address = CheckedField("Address", self._check_address, "http://192.168.1.20:32400")
        self.token = CheckedField("Token", self._check_token, "Paste it here")
        self.token.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.suggestion = Button("", "link", self)
        self.suggestion.hide()
        self.suggestion.clicked.connect(self._take_suggestion)
        self.verdict = words("", "note")
        self.verdict.hide()
        self.test = Button("Test connection", "", self)
        self.add = Button("Add and scan", "primary", self)
        self.cancel = Button("Cancel", "quiet", self)
        self.chooser = LibraryChooser(self)
        self._build()
        for field in (self.address, self.token):
            field.edited.connect(self._edited)
            field.field.returnPressed.connect(self._test)
        self.test.clicked.connect(self._test)
        self.add.clicked.connect(self._add)
        self.cancel.clicked.connect(self.closed)
        self._edited()

    def _build(self) -> None:
        self.body.addWidget(words("Add a Plex server", "heading"))
        self.body.addWidget(self.address)
        self.body.addLayout(row(self.suggestion, 1))
        self.body.addWidget(self.token)
        self.body.addWidget(words(WHERE_TO_FIND_IT, "note"))
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.chooser)
        self.body.addLayout(row(self.test, self.add, self.cancel, 1))

    # Checking

    def _check_address(self, text: str) -> Verdict:
        checked = self._ports.check_url(text)
        if checked.problem:
            return Verdict(False, f"{checked.problem} {checked.hint}".strip())
        return Verdict(True, checked.hint)

    def _check_token(self, text: str) -> Verdict:
        token = self._ports.clean_token(text)
        if not token:
            return Verdict(False, "The token is missing.")
        if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
            return Verdict(False, "This does not look like a token: it is about 20 letters, digits and signs.")
        return Verdict(True)

    def _edited(self) -> None:
        usable = self.address.usable and self.token.usable
        suggestion = self._ports.check_url(self.address.value).suggestion if self.address.value else ""
        self.suggestion.setText(f"Use {suggestion}")
        self.suggestion.setAccessibleName(f"Use {suggestion}")
        self.suggestion.setVisible(bool(suggestion))
        self.test.setEnabled(usable)
        if self._tested != self._typed():
            self._answer = None
            self.chooser.hide()
            say(self.verdict, "")
        self.add.setEnabled(usable and self._answer is not None and self.chooser.any_checked())

    def _typed(self) -> tuple[str, str]:
        return self._ports.check_url(self.address.value).url, self._ports.clean_token(self.token.value)

    def _take_suggestion(self) -> None:
        self.address.field.setText(self._ports.check_url(self.address.value).suggestion)
        self.address.field.setFocus()

    # Testing and adding

    def _source(self, name: str) -> SourceSettings:
        return SourceSettings(id=self._actions.new_id("plex"), kind="plex", name=name, url=self._typed()[0])

    def _test(self) -> None:
        if not (self.address.usable and self.token.usable):
            self.address.check_now()
            self.token.check_now()
            return
        if self._asking is not None and not self._asking.over:
            return
        url, token = asked = self._typed()
        say(self.verdict, f"Asking {url} …", "note")
        self.test.setEnabled(False)
        self._asking = self._actions.ask(self._source("Plex"), token)
        self._asking.succeeded.connect(lambda answer: self._answered(asked, answer))
        self._asking.failed.connect(lambda error: self._refused(asked, error))
        self._asking.ended.connect(lambda: self.test.setEnabled(self.address.usable and self.token.usable))

    def _answered(self, asked: tuple[str, str], answer: Answer) -> None:
        if asked != self._typed():
            return  # something else was typed since
        self._answer, self._tested = answer, asked
        for field in (self.address, self.token):
            field.check_now()
        if answer.libraries:
            say(self.verdict, f"{answer_words(answer)} Choose what to use:", "good")
            self.chooser.offer(answer.libraries, None, with_buttons=False)
            for box in self.chooser.boxes():
                box.toggled.connect(self._edited)
        else:
            say(
                self.verdict,
                f"{answer.identity.name} answers, but it has no library of films, shows or music.",
                "problem",
            )
        self._edited()

    def _refused(self, asked: tuple[str, str], error: AppError) -> None:
        if asked != self._typed():
            return
        say(self.verdict, "")
        (self.token if isinstance(error, ProviderDenied) else self.address).show_problem(str(error))

    def _add(self) -> None:
        if self._answer is None:
            return
        url, token = self._tested
        source = SourceSettings(
            id=self._actions.new_id("plex"),
            kind="plex",
            name=self._answer.identity.name or "Plex",
            url=url,
            libraries=self.chooser.keys(),
        )
        try:
            self._actions.add(source, token)
        except AppError as error:
            say(self.verdict, str(error), "problem")
            return
        self.closed.emit()


class AddFolderForm(PanelCard):
    """One or more directories, picked or typed.

    Signals: ``closed()`` when it is done with or given up.
    """

    closed = pyqtSignal()

    def __init__(self, actions: SourceActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.path = CheckedField("Folder", check_directory, str(Path.home() / "Videos"))
        self.pick = Button("Pick a folder …", "", self)
        self.more = Button("Add to the list", "", self)
        self.chosen = QListWidget(self)
        self.chosen.setAccessibleName("Folders to use")
        self.chosen.setFixedHeight(96)
        self.take_out = Button("Take out of the list", "link", self)
        self.verdict = words("", "problem")
        self.verdict.hide()
        self.add = Button("Add and scan", "primary", self)
        self.cancel = Button("Cancel", "quiet", self)
        self._build()
        self.path.edited.connect(self._refresh)
        self.path.field.returnPressed.connect(self._put_on_list)
        self.chosen.itemSelectionChanged.connect(self._refresh)
        self.pick.clicked.connect(self._pick)
        self.more.clicked.connect(self._put_on_list)
        self.take_out.clicked.connect(self._take_out)
        self.add.clicked.connect(self._add)
        self.cancel.clicked.connect(self.closed)
        self._refresh()

    def paths(self) -> tuple[str, ...]:
        """The folders to use: the list, and what is typed if it can be used."""
        items = (self.chosen.item(place) for place in range(self.chosen.count()))
        listed = [item.text() for item in items if item is not None]
        if self.path.usable:
            listed.append(normal_path(self.path.value))
        return tuple(dict.fromkeys(listed))

    def _build(self) -> None:
        self.body.addWidget(words("Add folders", "heading"))
        self.body.addWidget(
            words(
                "Films, shows and music are recognised from their names, and from .nfo files and posters beside them.",
                "note",
            )
        )
        self.body.addWidget(self.path)
        self.body.addLayout(row(self.pick, self.more, 1))
        self.body.addWidget(self.chosen)
        self.body.addLayout(row(self.take_out, 1))
        self.body.addWidget(self.verdict)
        self.body.addLayout(row(self.add, self.cancel, 1))

    def _refresh(self) -> None:
        self.more.setEnabled(self.path.usable)
        self.chosen.setVisible(self.chosen.count() > 0)
        self.take_out.setVisible(bool(self.chosen.selectedItems()))
        self.add.setEnabled(bool(self.paths()) and (self.path.usable or not self.path.value))
        say(self.verdict, "")

    def _pick(self) -> None:
        start = self.path.value or str(Path.home())
        picked = QFileDialog.getExistingDirectory(self, "Pick a folder", start)
        if picked:
            self.path.field.setText(picked)

    def _put_on_list(self) -> None:
        if not self.path.usable:
            self.path.check_now()
            return
        path = normal_path(self.path.value)
        known = [self.chosen.item(place) for place in range(self.chosen.count())]
        if path not in [item.text() for item in known if item is not None]:
            self.chosen.addItem(path)
        self.path.field.clear()
        self._refresh()

    def _take_out(self) -> None:
        for item in self.chosen.selectedItems():
            self.chosen.takeItem(self.chosen.row(item))
        self._refresh()

    def _add(self) -> None:
        paths = self.paths()
        name = printable(Path(paths[0]).name or paths[0])
        if len(paths) > 1:
            name = f"{name} and {len(paths) - 1} more"
        source = SourceSettings(id=self._actions.new_id("folder"), kind="folder", name=name, paths=paths)
        try:
            self._actions.add(source)
        except AppError as error:
            say(self.verdict, str(error), "problem")
            return
        self.closed.emit()


def normal_path(text: str) -> str:
    """A typed path in full: without quotes, with the home directory in place of ``~``."""
    return os.path.abspath(os.path.expanduser(text.strip().strip("\"'")))


def check_directory(text: str) -> Verdict:
    """Whether a typed path is a directory that can be read."""
    if not text.strip().strip("\"'"):
        return Verdict(False, "Pick a folder or type its path.")
    path = normal_path(text)
    if not os.path.exists(path):
        return Verdict(False, "There is no such folder on this computer.")
    if not os.path.isdir(path):
        return Verdict(False, "This is a file, not a folder.")
    if not os.access(path, os.R_OK | os.X_OK):
        return Verdict(False, "This folder cannot be read. Give yourself the right to read it.")
    return Verdict(True)
