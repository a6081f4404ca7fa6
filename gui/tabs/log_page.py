"""What the program is doing, line by line, for whoever wants to know or has to tell somebody."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QFont, QFontDatabase, QGuiApplication, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui.log_tail import LEVEL_WORDS, MOST_LINES, LogLine, LogTail
from gui.models import counted
from gui.theme import Theme
from gui.widgets.buttons import Button

LEVELS = (("Everything", logging.INFO), ("Warnings and problems", logging.WARNING), ("Problems only", logging.ERROR))
SEARCH_PAUSE = 150


class LogPage(QWidget):
    """A live tail of the log: filtered by level and by a word, paused, copied.

    Signals: ``noticed(str)`` with a sentence for the message bar.

    :param directory: where the log files lie.
    """

    noticed = pyqtSignal(str)

    def __init__(self, tail: LogTail, theme: Theme, directory: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tail = tail
        self._theme = theme
        self._directory = directory
        self._shown = 0
        self._build()
        self._rebuild_soon = QTimer(self)
        self._rebuild_soon.setSingleShot(True)
        self._rebuild_soon.setInterval(SEARCH_PAUSE)
        self._rebuild_soon.timeout.connect(self._rebuild)
        self.search.textChanged.connect(self._rebuild_soon.start)
        self.level.currentIndexChanged.connect(self._rebuild)
        self.pause.toggled.connect(self._pause_changed)
        tail.added.connect(self._append)
        theme.changed.connect(self._rebuild)
        self._rebuild()

    def _build(self) -> None:
        self.level = QComboBox(self)
        self.level.addItems([words for words, _ in LEVELS])
        self.level.setAccessibleName("Which lines to show")
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search the log")
        self.search.setAccessibleName("Search the log")
        self.search.setClearButtonEnabled(True)
        self.pause = Button("Pause", "filter", self)
        self.pause.setCheckable(True)
        self.pause.setToolTip("Hold the view still; lines go on being kept")
        self.copy = Button("Copy", "", self)
        self.copy.setToolTip("Copy what is selected, or else all lines shown")
        self.copy.clicked.connect(self._copy)
        self.open_folder = Button("Open folder", "", self)
        self.open_folder.setToolTip("Show the log files")
        self.open_folder.clicked.connect(self._open_folder)
        self.count = QLabel("", self)
        self.count.setProperty("look", "dim")
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.level)
        bar.addWidget(self.search, 1)
        for widget in (self.pause, self.copy, self.open_folder):
            bar.addWidget(widget)
        bar.addSpacing(8)
        bar.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 16)
        layout.setSpacing(12)
        layout.addLayout(bar)
        layout.addLayout(self._pages(), 1)

    def _pages(self) -> QStackedLayout:
        self.view = QPlainTextEdit(self)
        self.view.setReadOnly(True)
        self.view.setMaximumBlockCount(MOST_LINES)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.view.setAccessibleName("Log lines")
        self.view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.empty = QLabel("", self)
        self.empty.setProperty("look", "dim")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        return self._stack

    # What happens

    def _append(self, lines: Iterable[LogLine]) -> None:
        if not self.pause.isChecked():
            self._write([line for line in lines if self._wanted(line)])

    def _rebuild(self) -> None:
        self._rebuild_soon.stop()
        self.view.setFont(self._typeface())
        self.view.clear()
        self._shown = 0
        self._write([line for line in self._tail.lines if self._wanted(line)])

    def _pause_changed(self, paused: bool) -> None:
        self.pause.setText("Go on" if paused else "Pause")
        self.pause.setAccessibleName(self.pause.text())
        if not paused:
            self._rebuild()

    def _write(self, lines: list[LogLine]) -> None:
        """Add lines at the end; the view follows unless somebody has scrolled up to read."""
        bar = self.view.verticalScrollBar()
        follow = bar is None or bar.value() >= bar.maximum() - 2
        document = self.view.document()
        assert document is not None
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        for line in lines:
            if self._shown:
                cursor.insertBlock()
            self._shown += 1
            for words, colour in self._pieces(line):
                look = QTextCharFormat()
                look.setForeground(self._theme.colour(colour))
                cursor.insertText(words, look)
        cursor.endEditBlock()
        if follow and bar is not None:
            bar.setValue(bar.maximum())
        self._say_how_many()

    @staticmethod
    def _pieces(line: LogLine) -> tuple[tuple[str, str], ...]:
        serious = line.level >= logging.ERROR
        colour = "bad" if serious else "accent_text" if line.level >= logging.WARNING else "dim"
        word = LEVEL_WORDS.get(line.level, "Note")
        return (f"{line.clock}  ", "dim"), (f"{word:<8} ", colour), (f"{line.origin}  ", "dim"), (line.text, "text")

    def _wanted(self, line: LogLine) -> bool:
        wanted = self.search.text().strip().casefold()
        return line.level >= LEVELS[self.level.currentIndex()][1] and (not wanted or wanted in str(line).casefold())

    def _say_how_many(self) -> None:
        shown = min(self._shown, MOST_LINES)
        self.count.setText(counted(shown, "line") or "no lines")
        filtered = bool(self._tail.lines)
        self.empty.setText("No line fits the filter." if filtered else "Nothing has happened yet.")
        self._stack.setCurrentWidget(self.view if shown else self.empty)

    def _copy(self) -> None:
        cursor = self.view.textCursor()
        text = cursor.selection().toPlainText() if cursor.hasSelection() else self.view.toPlainText()
        clipboard = QGuiApplication.clipboard()
        if text and clipboard is not None:
            clipboard.setText(text)
            self.noticed.emit("The lines are copied. Tokens and passwords are left out of them.")

    def _open_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._directory))):
            self.noticed.emit(f"The log files lie in {self._directory}.")

    def _typeface(self) -> QFont:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self._theme.px(13))
        return font
