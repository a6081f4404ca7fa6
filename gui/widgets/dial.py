"""One dial: a slider between two words that knows where it is neutral."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from gui.models import DialChoice
from gui.theme import Theme
from gui.widgets.buttons import set_look
from library.settings import MAX_ADVENTURE

STEPS = 20  # of a slider for each 1.0
REST = 300  # milliseconds after the last key or turn of the wheel, when the dial counts as let go
_BETWEEN = 8


@dataclass(frozen=True, slots=True)
class DialWords:
    """One dial: the field of :class:`DialChoice` it turns, the words at its ends, and from where to where it goes."""

    field: str
    low: str
    high: str
    least: float = -1.0
    most: float = 1.0

    @property
    def neutral(self) -> float:
        """Where it leaves the order alone, or as it usually is."""
        return float(getattr(DialChoice(), self.field))


DIALS = (
    DialWords("adventure", "familiar", "adventurous", 0.0, MAX_ADVENTURE),
    DialWords("obscure", "popular", "obscure"),
    DialWords("dark", "light", "dark"),
    DialWords("long", "short", "long"),
    DialWords("new", "old", "new"),
)


def number_words(value: float, signed: bool) -> str:
    """The small number beside a slider: "0.3", "+0.45", "−1", "0"."""
    digits = f"{abs(value):.2f}".rstrip("0").rstrip(".")
    if not signed or not value:
        return digits
    return f"{'−' if value < 0 else '+'}{digits}"


class DialSlider(QSlider):
    """A slider that is filled from where it is neutral to where it stands. Double click or 0 takes it back there.

    Signals: ``let_go()`` when the mouse lets the handle go, or the keys have come to rest.
    """

    let_go = pyqtSignal()

    def __init__(self, theme: Theme, words: DialWords, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.neutral = round(words.neutral * STEPS)
        self.setRange(round(words.least * STEPS), round(words.most * STEPS))
        self.setValue(self.neutral)
        self.setPageStep(STEPS // 4)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the keys still rate
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{words.low.capitalize()} to {words.high}")
        self.setToolTip("Double click, or 0, for neutral")
        self._grabbed = self.value()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.let_go)
        self.valueChanged.connect(self._turned)
        theme.changed.connect(self.update)

    def event(self, event: QEvent | None) -> bool:
        """Keep the keys that turn a dial from those that rate and skip."""
        mine = (Qt.Key.Key_0, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in mine:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go back to neutral on 0; the arrows turn it, Escape is for the panel."""
        if event is not None and event.key() == Qt.Key.Key_0:
            self.setValue(self.neutral)
        elif event is not None and event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the handle, wherever the mouse is."""
        self._grabbed = self.value()
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            handle = self._handle()
            if not handle.contains(event.position().toPoint()):
                room = self.width() - handle.width()
                place = round(event.position().x() - handle.width() / 2)
                self.setSliderDown(True)  # so that it does not count as let go yet
                self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, room))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let the handle go."""
        super().mouseReleaseEvent(event)
        self.setSliderDown(False)
        if self.value() != self._grabbed:
            self._grabbed = self.value()
            self._rest.stop()
            self.let_go.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Go back to neutral."""
        self.setValue(self.neutral)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the groove, the mark of the neutral place, the way from there, and the handle."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        handle, middle = QRectF(self._handle()), self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        neutral, here = self._place(self.neutral), handle.center().x()
        painter.drawRoundedRect(QRectF(neutral - 1, middle - 6, 2, 12), 1, 1)
        painter.setBrush(theme.colour("accent"))
        painter.drawRect(QRectF(min(neutral, here), middle - 2, abs(here - neutral), 4))
        turned = self.value() != self.neutral
        painter.setBrush(theme.colour("accent_text" if turned or self.isSliderDown() else "dim"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawEllipse(QPointF(here, middle), 8.0, 8.0)
        painter.end()

    def _turned(self) -> None:
        if not self.isSliderDown():
            self._rest.start()

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option

    def _handle(self) -> QRect:
        style = self.style()
        assert style is not None
        return style.subControlRect(
            QStyle.ComplexControl.CC_Slider, self._option(), QStyle.SubControl.SC_SliderHandle, self
        )

    def _place(self, value: int) -> float:
        width = self._handle().width()
        room = self.width() - width
        return width / 2 + QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), value, room)


class Dial(QWidget):
    """One slider with its two words above it and its number beside it.

    Signals: ``turned(float)`` whenever it moves, ``let_go()``.
    """

    turned = pyqtSignal(float)
    let_go = pyqtSignal()

    def __init__(self, theme: Theme, words: DialWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = words
        self._theme = theme
        self._low, self._high = QLabel(words.low, self), QLabel(words.high, self)
        self._number = QLabel("", self)
        self._number.setProperty("look", "note")
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = DialSlider(theme, words, self)
        for label in (self._low, self._high):
            label.setProperty("look", "pole")
        self._ends = QWidget(self)
        ends = QHBoxLayout(self._ends)
        ends.setContentsMargins(0, 0, 0, 0)
        ends.setSpacing(_BETWEEN)
        ends.addWidget(self._low)
        ends.addStretch(1)
        ends.addWidget(self._high)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_BETWEEN)
        self._grid.setVerticalSpacing(0)
        self._grid.addWidget(self._ends, 0, 0)
        self._grid.addWidget(self.slider, 1, 0)
        self._grid.addWidget(self._number, 1, 1)
        self.slider.valueChanged.connect(self._moved)
        self.slider.let_go.connect(self.let_go)
        theme.changed.connect(self._show)
        self._show()

    @property
    def value(self) -> float:
        """Where it stands."""
        return self.slider.value() / STEPS

    def show_value(self, value: float) -> None:
        """Stand there without telling it."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * STEPS))
        self.slider.blockSignals(False)
        self._show()

    def number(self) -> str:
        """What is written beside the slider."""
        return self._number.text()

    def set_narrow(self, narrow: bool) -> None:
        """Let the words stand above the number too."""
        self._grid.addWidget(self._ends, 0, 0, 1, 2 if narrow else 1)

    def needed_width(self, narrow: bool) -> int:
        """How wide it must be for its words to stand beside each other."""
        words = self._low.sizeHint().width() + self._high.sizeHint().width() + _BETWEEN
        return words + (0 if narrow else self._number.width() + _BETWEEN)

    def _moved(self) -> None:
        self._show()
        self.turned.emit(self.value)

    def _show(self) -> None:
        value, neutral = self.value, self.words.neutral
        self._number.setFixedWidth(self._theme.px(38))
        self._number.setText(number_words(value, signed=self.words.least < 0))
        set_look(self._low, "chosen", "true" if value < neutral else "false")
        set_look(self._high, "chosen", "true" if value > neutral else "false")
        pole = self.words.low if value < neutral else self.words.high
        self.slider.setAccessibleDescription("neutral" if value == neutral else f"{pole}: {self._number.text()}")
