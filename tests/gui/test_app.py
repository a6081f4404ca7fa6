from __future__ import annotations

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QMessageBox

from gui.app import tell


def test_what_goes_wrong_before_the_window_is_told_in_a_window_of_its_own(qapp: QApplication) -> None:
    seen: list[tuple[str, str]] = []

    def read_and_close() -> None:
        [box] = [widget for widget in qapp.topLevelWidgets() if isinstance(widget, QMessageBox)]
        seen.append((box.text(), box.informativeText()))
        box.accept()

    QTimer.singleShot(50, read_and_close)
    tell("The directory cannot be used.", "Choose another one.")
    assert seen == [("The directory cannot be used.", "Choose another one.")]
