"""The strip at the bottom: what the program is doing now, how far it is, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.models import SEPARATOR
from gui.theme import Theme
from gui.widgets.buttons import Button


class ThinBar(QWidget):
    """A thin bar, filled as far as the work is done; filled in the middle while nobody knows how much there is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = 0.0
        self.setAccessibleName("How far it is")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float | None) -> None:
        """Fill the bar: from 0 to 1, or ``None`` for unknown."""
        value = None if share is None else min(1.0, max(0.0, share))
        if value != self._share:
            self._share = value
            self.setAccessibleDescription("" if value is None else f"{value:.0%}")
            self.update()

    def sizeHint(self) -> QSize:
        """Thin and not long."""
        return QSize(self._theme.px(180), 4)

    def minimumSizeHint(self) -> QSize:
        """It gives way to the words beside it."""
        return QSize(48, 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the groove and what is filled of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect())
        painter.setBrush(self._theme.colour("line"))
        painter.drawRoundedRect(area, 2, 2)
        painter.setBrush(self._theme.colour("accent"))
        if self._share is None:
            area.adjust(area.width() * 0.3, 0, -area.width() * 0.3, 0)
        else:
            area.setWidth(area.width() * self._share)
        painter.drawRoundedRect(area, 2, 2)
        painter.end()


class ProgressStrip(QFrame):
    """One line for all tabs: the step, the bar, the count, Cancel; and a quiet note at the right end."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._on_cancel: Callable[[], object] | None = None
        self._step = QLabel("", self)
        self._bar = ThinBar(theme, self)
        self._count = QLabel("", self)
        self._cancel = Button("Cancel", "link", self)
        self._cancel.clicked.connect(self._cancelled)
        self._note = QLabel("", self)
        for label in (self._step, self._count, self._note):
            label.setProperty("look", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(16)
        for widget in (self._step, self._bar, self._count, self._cancel):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._note)
        self._theme = theme
        theme.changed.connect(self._resize)
        self._resize()
        self.clear()

    def show_progress(
        self,
        step: str,
        done: int,
        total: int | None = None,
        eta_text: str = "",
        on_cancel: Callable[[], object] | None = None,
    ) -> None:
        """Show how far a step is: "Reading texts", 1,204 of 1,942, "about 14 s"."""
        self._step.setText(step)
        count = f"{done:,} of {total:,}" if total else (f"{done:,}" if done else "")
        self._count.setText(SEPARATOR.join(part for part in (count, eta_text) if part))
        self._bar.show_share(done / total if total else None)
        self._on_cancel = on_cancel
        self._cancel.setAccessibleName(f"Cancel: {step}")
        for widget in (self._step, self._bar, self._count):
            widget.show()
        self._cancel.setVisible(on_cancel is not None)

    def clear(self) -> None:
        """Nothing is going on."""
        self._on_cancel = None
        for widget in (self._step, self._bar, self._count, self._cancel):
            widget.hide()

    def set_note(self, text: str) -> None:
        """Put a quiet note at the right end."""
        self._note.setText(text)

    def texts(self) -> tuple[str, str, str]:
        """The step and the count that are shown, and the note."""
        shown = not self._step.isHidden()
        return (self._step.text() if shown else "", self._count.text() if shown else "", self._note.text())

    def _cancelled(self) -> None:
        if self._on_cancel is not None:
            self._cancel.hide()
            self._on_cancel()

    def _resize(self) -> None:
        self.setFixedHeight(self._theme.px(32))
