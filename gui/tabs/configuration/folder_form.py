"""The form of folders: picked or typed, and looked for while one types, without ever waiting for a drive."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QFileDialog, QListWidget, QWidget

from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, Verdict, row, say, words
from gui.tabs.configuration.source_card import printable
from gui.tabs.configuration.source_form import SourceForm
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.errors import AppError
from library.settings import SourceSettings

QUIET_MILLISECONDS = 250  # after the last letter, before anybody looks
PATIENT_MILLISECONDS = 5000
LOOKING = Verdict(False, "Looking …", waiting=True)
FOUND = Verdict(True, "This folder is there.")
NO_ANSWER = "There is no answer yet. Is the drive of this folder connected?"


class FolderForm(SourceForm):
    """One or more directories. Whether one is there is looked up by a worker thread: a drive in the network may be gone."""

    def __init__(
        self, actions: SourceActions, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(actions, "Add folders", source, parent)
        self._looking: Ticket | None = None
        self._put_when_found = False
        self._testing = False
        self._soon = self._single_shot(QUIET_MILLISECONDS, self._look)
        self._patience = self._single_shot(PATIENT_MILLISECONDS, self._say_no_answer)
        self.path = CheckedField("Folder", _first_look, str(Path.home() / "Videos"))
        self.pick = Button("Pick a folder …", "", self)
        self.more = Button("Add to the list", "", self)
        self._listed: list[str] = []
        self.chosen = QListWidget(self)
        self.chosen.setAccessibleName("Folders to use")
        self.chosen.setFixedHeight(96)
        self.take_out = Button("Take out of the list", "link", self)
        self._build()
        self._tab_through(self.path.field, self.pick, self.more, self.chosen, self.take_out)
        for path in source.paths if source is not None else ():
            self._list(path)
        self.path.edited.connect(self._refresh)
        self.path.field.textChanged.connect(self._typed)
        self.path.field.returnPressed.connect(self._put_on_list)
        self.name.edited.connect(self._refresh)
        self.chosen.itemSelectionChanged.connect(self._refresh)
        self.pick.clicked.connect(self._pick)
        self.more.clicked.connect(self._put_on_list)
        self.take_out.clicked.connect(self._take_out)
        self.save.clicked.connect(self._save)
        self._refresh()

    def first_field(self) -> CheckedField:
        """The path."""
        return self.path

    def leave(self) -> None:
        """Look for nothing any more."""
        super().leave()
        self._soon.stop()
        self._patience.stop()

    def paths(self) -> tuple[str, ...]:
        """The folders to use: the list, and what is typed if it can be used."""
        typed = [normal_path(self.path.value)] if self.path.usable else []
        return tuple(dict.fromkeys([*self._listed, *typed]))

    def _build(self) -> None:
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
        self.body.addLayout(row(self.save, self.cancel, 1))

    def _single_shot(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _refresh(self) -> None:
        self.more.setEnabled(self.path.usable)
        self.chosen.setVisible(bool(self._listed))
        self.take_out.setVisible(bool(self.chosen.selectedItems()))
        complete = bool(self.paths()) and (self.path.usable or not self.path.value)
        self.save.setEnabled(complete and self._name_is_fine() and not self._testing)
        say(self.verdict, "")

    # Looking

    def _typed(self) -> None:
        self._put_when_found = False
        self._patience.stop()
        self._soon.stop()
        if self._looking is not None:
            self._looking.cancel()  # nobody wants to know any more
            self._looking = None
        if self.path.waiting:
            self._soon.start()

    def _look(self) -> None:
        path = normal_path(self.path.value)
        self._patience.start()
        self._looking = self._actions.look_at_folder(path)
        self._looking.succeeded.connect(lambda problem: self._looked(path, str(problem)))
        self._looking.failed.connect(lambda error: self._looked(path, str(error)))

    def _looked(self, path: str, problem: str) -> None:
        if self._left or not self.path.waiting or path != normal_path(self.path.value):
            return  # something else was typed since
        self._patience.stop()
        self.path.settle(Verdict(False, problem) if problem else FOUND)
        if self._put_when_found:
            self._put_on_list()

    def _say_no_answer(self) -> None:
        self.path.settle(replace(LOOKING, sentence=NO_ANSWER))

    # The list

    def _pick(self) -> None:
        start = self.path.value or str(Path.home())
        picked = QFileDialog.getExistingDirectory(self, "Pick a folder", start)
        if picked:
            self.path.field.setText(picked)

    def _put_on_list(self) -> None:
        self._put_when_found = self.path.waiting
        if self.path.usable:
            self._list(normal_path(self.path.value))
            self.path.field.clear()
            self._refresh()
        elif not self._put_when_found:
            self.path.check_now()
            if self.path.waiting:  # it was not there before, and may be by now
                self._put_when_found = True
                self._look()

    def _list(self, path: str) -> None:
        if path not in self._listed:
            self._listed.append(path)
            self.chosen.addItem(printable(path))

    def _take_out(self) -> None:
        for place in sorted((index.row() for index in self.chosen.selectedIndexes()), reverse=True):
            self.chosen.takeItem(place)
            del self._listed[place]
        self._refresh()

    # Keeping

    def _described(self) -> SourceSettings:
        """The source as the form describes it."""
        paths = self.paths()
        if self._source is not None:
            return replace(self._source, name=self.name.value, paths=paths)
        name = printable(Path(paths[0]).name or paths[0])
        if len(paths) > 1:
            name = f"{name} and {len(paths) - 1} more"
        return SourceSettings(id=self._actions.new_id("folder"), kind="folder", name=name, paths=paths)

    def _save(self) -> None:
        """Keep it; other folders than before only when they can be read."""
        source = self._described()
        if self._source is None or self._source.paths == source.paths:
            self._keep(source)
            return
        self._testing = True
        self._refresh()
        say(self.verdict, LOOKING.sentence, "note")
        ticket = self._actions.ask(source)
        ticket.succeeded.connect(lambda _: self._tested(source))
        ticket.failed.connect(self._refused)

    def _tested(self, source: SourceSettings) -> None:
        if self._left:
            return
        self._testing = False
        self._refresh()
        if source == self._described():
            self._keep(source)

    def _refused(self, error: AppError) -> None:
        if self._left:
            return
        self._testing = False
        self._refresh()
        say(self.verdict, str(error), "problem")


def normal_path(text: str) -> str:
    """A typed path in full: without quotes, with the home directory in place of ``~``. Does not touch the disk."""
    return os.path.abspath(os.path.expanduser(text.strip().strip("\"'")))


def _first_look(text: str) -> Verdict:
    """What can be said without asking the disk."""
    if not text.strip().strip("\"'"):
        return Verdict(False, "Pick a folder or type its path.")
    return LOOKING
