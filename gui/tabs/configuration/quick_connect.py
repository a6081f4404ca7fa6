"""Signing in by a code, inside the form of a server: the code is shown large, and typed in where one is signed in already."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.tabs.configuration.parts import row, say, words
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.accounts import CodeShown
from library.errors import AppError
from library.progress import Progress

HOW = (
    "Type this code in where you are signed in to Jellyfin already, in the app or in the browser: open your user menu, then"
    " “Quick Connect”. This page goes on by itself."
)


class QuickConnect(QWidget):
    """From the wish for a code to somebody who is signed in.

    Signals: ``signed_in(SignedInAnswer)`` when the code was typed in; ``refused(AppError)`` when it came to nothing.

    :param ask: hands the work in: a ticket whose steps bring a ``CodeShown``.
    """

    signed_in = pyqtSignal(object)
    refused = pyqtSignal(object)

    def __init__(self, ask: Callable[[], Ticket], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._ticket: Ticket | None = None
        self._link = ""
        self.begin = Button("Use Quick Connect instead", "", self)
        self.code = words("", "prediction", wrap=False)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.told = words("", "note")
        self.open = Button("Open Jellyfin", "", self)
        self.cancel = Button("Stop waiting", "quiet", self)
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        )  # never squeezed by what is around it
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row(self.begin, 1))
        layout.addWidget(self.code)
        layout.addWidget(self.told)
        layout.addLayout(row(self.open, self.cancel, 1))
        self.begin.clicked.connect(self.start)
        self.open.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._link)))
        self.cancel.clicked.connect(self.give_up)
        self._show()

    @property
    def waiting(self) -> bool:
        """Whether a code is waited for."""
        return self._ticket is not None

    def start(self) -> None:
        """Ask the server for a code, and wait until it is typed in."""
        self.give_up()
        self._ticket = ticket = self._ask()
        say(self.told, "Asking the server for a code …", "note")
        ticket.progressed.connect(lambda step: self._advanced(ticket, step))
        ticket.succeeded.connect(lambda answer: self._succeeded(ticket, answer))
        ticket.failed.connect(lambda error: self._failed(ticket, error))
        self._show()

    def give_up(self) -> None:
        """Wait no longer."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel()
        self._clear()

    def _advanced(self, ticket: Ticket, step: Progress) -> None:
        if ticket is not self._ticket or not isinstance(step, CodeShown) or self.code.text():
            return
        half = len(step.code) // 2
        self.code.setText(f"{step.code[:half]} {step.code[half:]}")
        self.code.setAccessibleName(f"Code {' '.join(step.code)}")
        self._link = step.link
        say(self.told, HOW, "note")
        self._show()

    def _succeeded(self, ticket: Ticket, answer: object) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self._clear()
        self.signed_in.emit(answer)

    def _failed(self, ticket: Ticket, error: AppError) -> None:
        if ticket is self._ticket:
            self._ticket = None
            self._clear()
            say(self.told, str(error), "problem")
            self.refused.emit(error)

    def _clear(self) -> None:
        self.code.clear()
        say(self.told, "")
        self._show()

    def _show(self) -> None:
        has_code = bool(self.code.text())
        self.begin.setVisible(not self.waiting)
        self.code.setVisible(has_code)
        self.open.setVisible(has_code)
        self.cancel.setVisible(self.waiting)
