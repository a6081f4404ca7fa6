"""Ten buttons to say how good it was, and beside them the ways to say something else."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import QLabel, QMenu, QWidget

from gui.models import RATING_WORDS, LastRating, rating_words
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look

PROMPT = "Seen it? Rate it and see the next."
REPEAT_GUARD = 250  # milliseconds in which a second rating is taken for a double click
GUEST_TIP = (
    "For when somebody else is choosing. What is rated, skipped or put aside then is kept as the guest's:"
    " it leaves your taste, your ratings and your blocked titles as they are."
)
_GAP = 6


class RatingBar(QWidget):
    """The buttons 1 to 10, with the word for the one under the mouse, and Back, Skip, Not for me.

    Signals: ``rated(float)``, ``back()``, ``skipped()``, ``blocked()``; from the menu ``learning_wanted(int, bool)`` with the
    item of the last rating and whether it is to be learned from, and ``guest_wanted(bool)``.

    The ten buttons get smaller where there is little room, and the words move above them, so that all stay visible.

    :param with_menu: whether there is the menu about what is learned.
    """

    rated = pyqtSignal(float)
    back = pyqtSignal()
    skipped = pyqtSignal()
    blocked = pyqtSignal()
    learning_wanted = pyqtSignal(int, bool)
    guest_wanted = pyqtSignal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, with_menu: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._since = QElapsedTimer()
        self._words = PROMPT
        self._word = QLabel(PROMPT, self)
        self._word.setObjectName("ratingWord")
        self._buttons = [self._rating_button(value) for value in range(1, 11)]
        self._back = self._action("← Back", "Back, and take the last rating back", "Left arrow", self.back)
        self._skip = self._action("Skip →", "Skip", "Right arrow", self.skipped)
        self._block = self._action("Not for me", "Not for me: never show it again", "", self.blocked)
        self._last: LastRating | None = None
        self.menu = QMenu(self)
        self.more = Button("⋯", "quiet", self)
        self.more.setVisible(with_menu)
        self._build_menu()
        self.show_learning(None, guest=False)
        theme.changed.connect(self._arrange)

    def give(self, value: int) -> None:
        """Rate, unless this is the second half of a double click that hit the next card."""
        if self._since.isValid() and self._since.elapsed() < REPEAT_GUARD:
            return
        self._since.start()
        self.rated.emit(float(value))

    def card_changed(self) -> None:
        """Guard the new card against the rest of the click that brought it."""
        if self._since.isValid() and self._since.elapsed() < REPEAT_GUARD:
            self._since.start()

    def show_learning(self, last: LastRating | None, guest: bool) -> None:
        """Offer what can be done about the last rating, and say whether a guest is here."""
        self._last = None if guest else last
        self._learn.setChecked(self._last is not None and not self._last.learn)
        self._learn.setEnabled(self._last is not None)
        title = f"“{self._last.title}”, which you gave {self._last.value:g}, stays rated." if self._last else ""
        self._learn.setToolTip(title)
        self._guest.setChecked(guest)

    def buttons(self) -> list[Button]:
        """The ten rating buttons, from 1 to 10."""
        return list(self._buttons)

    def actions_row(self) -> tuple[Button, Button, Button]:
        """Back, Skip and Not for me."""
        return self._back, self._skip, self._block

    def word(self) -> str:
        """What stands above the buttons now."""
        return self._words

    def sizeHint(self) -> QSize:
        """Room for the word and the buttons."""
        return QSize(600, self._word_height() + self._button_height())

    def minimumSizeHint(self) -> QSize:
        """The height is always needed; the buttons can be narrow."""
        return QSize(300, self._word_height() + self._button_height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Arrange the buttons for the width there is."""
        self._arrange()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Show the word of the button under the mouse or with the focus."""
        if event is not None and watched in self._buttons:
            kind = event.type()
            if kind in (QEvent.Type.Enter, QEvent.Type.FocusIn):
                self._say(rating_words(self._buttons.index(watched) + 1))  # type: ignore[arg-type]
            elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut):
                self._say("")
        return super().eventFilter(watched, event)

    def _rating_button(self, value: int) -> Button:
        button = Button(str(value), "rating", self)
        button.setAccessibleName(f"Rate {value}, {RATING_WORDS[value - 1]}")
        button.clicked.connect(lambda: self.give(value))
        button.installEventFilter(self)
        return button

    def _action(self, text: str, name: str, key: str, signal: object) -> Button:
        button = Button(text, "quiet", self)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({key})" if key else name)
        button.clicked.connect(lambda: signal.emit())  # type: ignore[attr-defined]
        return button

    def _build_menu(self) -> None:
        self.more.setAccessibleName("More: what is learned from you, and what is put on the server")
        self.more.setToolTip("What is learned from you, and what is put on the server")
        self.more.clicked.connect(self._open_menu)
        self.menu.setAccessibleName("What is learned from you")
        self.menu.setToolTipsVisible(True)
        self._learn = QAction("Don't learn from my last rating", self.menu)
        self._learn.setCheckable(True)
        self._learn.triggered.connect(self._change_learning)
        self._guest = QAction("Guest mode", self.menu)
        self._guest.setCheckable(True)
        self._guest.setToolTip(GUEST_TIP)
        self._guest.triggered.connect(self.guest_wanted)
        self.menu.addActions([self._learn, self._guest])

    def _open_menu(self) -> None:
        size = self.menu.sizeHint()
        corner = self.more.mapToGlobal(self.more.rect().topRight())
        self.menu.popup(corner - QPoint(size.width(), size.height() + 2))

    def _change_learning(self, checked: bool) -> None:
        if self._last is not None:
            self.learning_wanted.emit(self._last.item_id, not checked)

    def _say(self, words: str) -> None:
        self._words = words or PROMPT
        self._show_word()
        set_look(self._word, "chosen", bool(words))

    def _show_word(self) -> None:
        metrics, room = self._word.fontMetrics(), self._word.width()
        self._word.setText(metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room))

    def _word_height(self) -> int:
        return self._theme.px(34)

    def _button_height(self) -> int:
        return self._theme.px(44)

    def _arrange(self) -> None:
        px = self._theme.px
        buttons = [button for button in (*self.actions_row(), self.more) if not button.isHidden()]
        actions = [button.sizeHint().width() for button in buttons]
        beside = sum(actions) + px(20)
        wide = self.width() - beside >= 10 * px(44) + 9 * _GAP
        room = self.width() - (beside if wide else 0)
        width = min(px(52 if wide else 64), (room - 9 * _GAP) // 10)
        top, height = self._word_height(), self._button_height()
        for place, button in enumerate(self._buttons):
            button.setGeometry(place * (width + _GAP), top, width, height)
        left = 10 * (width + _GAP) + px(14) if wide else self.width() - sum(actions)
        line = px(34) if wide else px(30)
        above = top + (height - line) // 2 if wide else 0
        for button, size in zip(buttons, actions, strict=True):
            button.setGeometry(left, above, size, line)
            left += size
        words = self.width() if wide else self.width() - sum(actions) - px(8)
        self._word.setGeometry(QRect(0, 0, words, px(28)))
        self._show_word()
        self._word.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.updateGeometry()
