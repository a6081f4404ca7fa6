"""Running text with air between its lines, drawn as plain text whatever it holds."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QSize
from PyQt6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout, QTextOption
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.theme import Theme

LINE_HEIGHT = 1.5  # of the size of the text


class Paragraph(QWidget):
    """Some lines of text that break where they must.

    :param colour: which of the theme's colours it is written in.
    """

    def __init__(self, theme: Theme, colour: str = "text", italic: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = colour
        self._italic = italic
        self._text = ""
        self._layout: QTextLayout | None = None
        self._key: tuple[str, int, str] = ("", 0, "")
        self._height = 0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str) -> None:
        """Say this; nothing at all takes no room."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()
        self.setVisible(bool(text))

    def hasHeightForWidth(self) -> bool:
        """The narrower, the taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How tall the text is at this width."""
        self._lay_out(width)
        return self._height

    def sizeHint(self) -> QSize:
        """As tall as today's width needs."""
        return QSize(self.width(), self.heightForWidth(max(1, self.width())))

    def minimumSizeHint(self) -> QSize:
        """One word wide is enough."""
        return QSize(80, self._theme.px(20))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the lines."""
        self._lay_out(self.width())
        if self._layout is not None:
            painter = QPainter(self)
            painter.setPen(self._theme.colour(self._colour))
            self._layout.draw(painter, QPointF(0, 0))
            painter.end()

    def _font(self) -> QFont:
        return self._theme.font(italic=self._italic)

    def _lay_out(self, width: int) -> None:
        font = self._font()
        key = (self._text, width, font.key())
        if key == self._key:
            return
        self._key = key
        layout = QTextLayout(self._text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        pitch = round(font.pixelSize() * LINE_HEIGHT)
        top = 0.0
        layout.beginLayout()
        while True:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top + (pitch - line.height()) / 2))
            top += pitch
        layout.endLayout()
        self._layout, self._height = layout, round(top)
