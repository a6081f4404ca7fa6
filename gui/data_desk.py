"""The work behind what is kept: backups, the way back from one, the export of ratings, and forgetting what was learned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from gui import jobs
from gui.worker import Ticket
from library.backups import Reason

if TYPE_CHECKING:
    from gui.background import Background
    from gui.session import Session


class DataDesk(QObject):
    """Between the sections "Data" and "Model" and the worker that does what takes time.

    Signals: ``learning_wanted()`` when there is to be learned anew; ``person_changed()`` when a backup brought back settings by
    which somebody else sits in front of it.

    :param background: whose worker, trainer and sections are used.
    """

    learning_wanted = pyqtSignal()
    person_changed = pyqtSignal()

    def __init__(self, session: Session, background: Background) -> None:
        super().__init__(background)
        assert session.library is not None
        assert session.preferences is not None
        assert session.controller is not None
        self._library = session.library
        self._preferences = session.preferences
        self._controller = session.controller
        self._background = background
        self._data, self._model = background.configuration.data, background.configuration.model
        self._model.reset.connect(self._reset_model)
        self._data.backup_wanted.connect(self._back_up)
        self._data.restore_wanted.connect(self._restore)
        self._data.export_wanted.connect(self._export)

    def _reset_model(self) -> None:
        ticket = self._background.worker.submit("Making a backup", jobs.back_up(Reason.RESET))
        ticket.succeeded.connect(lambda _: self._forget_learning())
        ticket.failed.connect(lambda error: self._model.show_result(f"Nothing was reset. {error}", "problem"))

    def _forget_learning(self) -> None:
        if self._controller.attempt(self._controller.forget_learning):
            self._model.show_result("The model is reset. A backup of what it was lies under Data.")
            self._data.refresh()
            self.learning_wanted.emit()
        else:
            self._model.show_result("Nothing was reset.", "problem")

    def _back_up(self) -> None:
        ticket = self._background.worker.submit("Making a backup", jobs.back_up())
        ticket.succeeded.connect(lambda backup: self._data.show_result(f"The backup is made: {backup.path.name}."))
        self._follow(ticket)

    def _restore(self, path: Path) -> None:
        """The trainer pauses for it: what it would publish belongs to the library as it was."""
        self._background.trainer.pause()
        ticket = self._background.worker.submit("Restoring the backup", jobs.restore(path))
        ticket.succeeded.connect(self._restored)
        ticket.ended.connect(self._learn_again)
        self._follow(ticket)

    def _learn_again(self) -> None:
        if not self._preferences.settings.training.paused:
            self._background.trainer.resume()
            self.learning_wanted.emit()

    def _restored(self, sentence: str) -> None:
        self._preferences.reload()
        self._controller.start_afresh()
        self._data.show_result(sentence)
        self._background.actions.changed.emit()
        self._background.knowledge.refresh_soon()
        if self._preferences.settings.people.active != self._library.person:
            self.person_changed.emit()

    def _export(self, path: Path, form: str) -> None:
        ticket = self._background.worker.submit("Writing the ratings", jobs.export_ratings(path, form))
        ticket.succeeded.connect(
            lambda count: self._data.show_result(
                f"{count:,} {'rating' if count == 1 else 'ratings'} written to {path.name}."
            )
        )
        self._follow(ticket)

    def _follow(self, ticket: Ticket) -> None:
        ticket.failed.connect(lambda error: self._data.show_result(str(error), "problem"))
        self._background.activity.follow(ticket, cancellable=False)
