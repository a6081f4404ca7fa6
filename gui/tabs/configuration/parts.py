"""What the sections of the configuration are made of: headings, cards, fields that say what is wrong, questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from gui.widgets.buttons import Button, set_look

_LONG_PATH = re.compile(r"(?<!:/)(?<![:/])/\S{30,}")
WIDEST = 860
WIDEST_TEXT = 760


def words(text: str = "", look: str = "", *, wrap: bool = True) -> QLabel:
    """A line or a paragraph of plain text in one of the looks of the style sheet."""
    label = WrappingLabel(text) if wrap else QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if look:
        label.setProperty("look", look)
    return label


class WrappingLabel(QLabel):
    """A paragraph that takes the height its lines need at the width it has, and never decides how wide a window is.

    Qt asks labels for their height at a width they do not have yet when layouts lie within layouts, and cuts them off.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(breakable(text), parent)
        self.setWordWrap(True)
        self._height = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def hasHeightForWidth(self) -> bool:
        """It says how tall it is by itself."""
        return False

    def sizeHint(self) -> QSize:
        """As tall as its lines."""
        return QSize(1, self._height or super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As tall as its lines, however narrow."""
        return self.sizeHint()

    def setText(self, text: str | None) -> None:
        """Say something else."""
        super().setText(breakable(text or ""))
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Take the height for the new width; lines are no longer than can be read well."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        """The text may have become larger."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        self.setContentsMargins(0, 0, max(0, self.width() - WIDEST_TEXT), 0)
        height = self.heightForWidth(self.width())
        if height > 0 and height != self._height:
            self._height = height
            self.updateGeometry()


def breakable(text: str) -> str:
    """The text with places at which a long path may go on in the next line."""
    return _LONG_PATH.sub(lambda found: found[0].replace("/", "/\u200b"), text)


def say(label: QLabel, text: str, look: str | None = None) -> None:
    """Change what a label says, and how it looks; an empty one takes no room."""
    label.setText(text)
    if look is not None:
        set_look(label, "look", look)
    label.setVisible(bool(text))


def row(*parts: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Parts side by side; a number is room that stretches."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)
    return layout


class PanelCard(QFrame):
    """A card with a column inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)


class Section(QWidget):
    """One section: a heading, a sentence about it, and what belongs to it.

    :param title: also what the list on the left calls it.
    """

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(words(title, "heading"))
        if note:
            head.addWidget(words(note, "dim"))
        self.body.addLayout(head)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about what was typed: whether it can be used, and a sentence; empty for nothing to say.

    :param waiting: it cannot be told yet; somebody is looking.
    """

    usable: bool
    sentence: str = ""
    waiting: bool = False


Check = Callable[[str], Verdict]


class CheckedField(QWidget):
    """A field with its label above and, below, what is wrong with what is typed. It is checked while one types, and shows
    nothing wrong before anything was typed.

    Signals: ``edited()`` after each change, when :attr:`usable` and :attr:`value` are up to date.
    """

    edited = pyqtSignal()

    def __init__(self, label: str, check: Check, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check = check
        self._verdict = check("")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(label)
        self.message = words("", "note")
        self.message.hide()
        caption = words(label, "section", wrap=False)
        caption.setBuddy(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(caption)
        layout.addWidget(self.field)
        layout.addWidget(self.message)
        self.field.textChanged.connect(self._typed)

    @property
    def value(self) -> str:
        """What is typed, without spaces at the ends."""
        return self.field.text().strip()

    @property
    def usable(self) -> bool:
        """Whether it can be used."""
        return self._verdict.usable

    @property
    def waiting(self) -> bool:
        """Whether somebody is still looking if it can be used."""
        return self._verdict.waiting

    def settle(self, verdict: Verdict) -> None:
        """Say what came out of looking."""
        self._show(verdict, touched=True)
        self.edited.emit()

    def check_now(self) -> None:
        """Say what is wrong even though nothing was typed."""
        self._show(self._check(self.field.text()), touched=True)

    def show_problem(self, sentence: str) -> None:
        """Say what turned out to be wrong with it."""
        self._show(Verdict(self._verdict.usable, sentence), touched=True, wrong=True)

    def _typed(self, text: str) -> None:
        self._show(self._check(text), touched=bool(text.strip()))
        self.edited.emit()

    def _show(self, verdict: Verdict, touched: bool, wrong: bool = False) -> None:
        self._verdict = verdict
        wrong = wrong or (touched and not verdict.usable and not verdict.waiting)
        say(self.message, verdict.sentence if touched else "", "problem" if wrong else "note")
        set_look(self.field, "problem", "true" if wrong else "false")
        self.field.setAccessibleDescription(self.message.text())


class Question(QWidget):
    """A question in the place it is about, with its two answers.

    Signals: ``agreed()``, ``refused()``.
    """

    agreed = pyqtSignal()
    refused = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = words()
        self.yes = Button("Yes", "danger", self)
        self.no = Button("No", "", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._sentence)
        layout.addLayout(row(self.yes, self.no, 1))
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self._refuse)
        self.hide()

    def ask(self, sentence: str, yes: str, no: str = "Keep") -> None:
        """Show the question; the keyboard goes to the answer that changes nothing."""
        self._sentence.setText(sentence)
        for button, text in ((self.yes, yes), (self.no, no)):
            button.setText(text)
            button.setAccessibleName(f"{text}. {sentence}")
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def sentence(self) -> str:
        """The question that is asked; empty when none is."""
        return "" if self.isHidden() else self._sentence.text()

    def _agree(self) -> None:
        self.hide()
        self.agreed.emit()

    def _refuse(self) -> None:
        self.hide()
        self.refused.emit()
