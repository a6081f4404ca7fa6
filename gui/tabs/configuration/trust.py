"""A certificate that nobody vouches for: what there is to compare, and the decision to trust exactly this one."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.tabs.configuration.parts import row, words
from gui.widgets.buttons import Button
from library.errors import ProviderUntrusted

HOW = (
    "Compare it with the fingerprint (SHA-256) that the server itself or its reverse proxy shows. When both are the same,"
    " nobody stands in between, and Homereel will take this one certificate and no other."
)


def fingerprint_words(fingerprint: str) -> str:
    """A fingerprint as it is shown elsewhere too: pairs of signs, in two lines of equal length."""
    pairs = [fingerprint[at : at + 2].upper() for at in range(0, len(fingerprint), 2)]
    middle = len(pairs) // 2
    return f"{':'.join(pairs[:middle])}:\n{':'.join(pairs[middle:])}"


class TrustQuestion(QWidget):
    """Shows the certificate that a server presented, and asks whether it is to be trusted.

    Signals: ``trusted(str)`` with the fingerprint.
    """

    trusted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fingerprint = ""
        self.about = words("")
        self.shown = words("", "section", wrap=False)
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.yes = Button("Trust this certificate", "", self)
        self.no = Button("Do not trust it", "quiet", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        for part in (self.about, self.shown, words(HOW, "note")):
            column.addWidget(part)
        column.addLayout(row(self.yes, self.no, 1))
        self.yes.clicked.connect(self._trust)
        self.no.clicked.connect(self.hide)
        self.hide()

    def ask_about(self, error: ProviderUntrusted) -> None:
        """Ask about the certificate that a server showed."""
        self._fingerprint = error.fingerprint
        self.about.setText(f"The server shows this certificate. {error.certificate}")
        self.shown.setText(fingerprint_words(error.fingerprint))
        self.shown.setAccessibleName(f"Fingerprint {error.fingerprint}")
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _trust(self) -> None:
        self.hide()
        self.trusted.emit(self._fingerprint)
