"""The card that floats beside the point under the mouse: its poster, its title, and what it was given or would be."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from gui.models import SEPARATOR, ShelfEntry
from gui.theme import Theme
from gui.widgets.poster import PosterPixmaps
from gui.widgets.poster_art import fit_text
from library.feedback import on_the_scale

_SIZE, _POSTER, _PAD, _AWAY = QSize(320, 132), QSize(72, 108), 12, 18


class MapCard(QWidget):
    """Shows one title, and lets the mouse through."""

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmaps = pixmaps
        self.entry: ShelfEntry | None = None
        self._given = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_title(self, entry: ShelfEntry, given: bool, at: QPointF) -> None:
        """Show a title beside a point of the parent.

        :param entry: its ``mean`` is what was given where ``given``, else what would be.
        """
        self.entry, self._given = entry, given
        self.setAccessibleName(f"{entry.label}: {self.sentence()}")
        self.setGeometry(self._area(at))
        self.show()
        self.raise_()
        self.update()

    def sentence(self) -> str:
        """What it was given or would be."""
        if self.entry is None or self.entry.mean is None:
            return ""
        value = on_the_scale(self.entry.mean)
        return f"You gave it {round(value, 1):g}" if self._given else f"You would give it {value:.1f}"

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the card."""
        if self.entry is None:
            return
        theme, px, painter = self._theme, self._theme.px, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("dim", 0.7), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12)
        pad, poster = px(_PAD), QSize(px(_POSTER.width()), px(_POSTER.height()))
        painter.drawPixmap(pad, pad, self._pixmaps.pixmap(self.entry, poster, self.devicePixelRatioF()))
        left = 2 * pad + poster.width()
        room = QRectF(left, pad - 2, self.width() - left - pad, px(54))
        font, words = fit_text(self.entry.title, theme.font(17, 700), room, px(17), px(13))
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        used = painter.boundingRect(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, words)
        painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, words)
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("dim"))
        line = QRectF(left, used.bottom() + px(4), room.width(), px(18))
        said = painter.fontMetrics().elidedText(self._facts(), Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, said)
        painter.setFont(theme.font(14, 600))
        painter.setPen(theme.colour("text"))
        bottom = QRectF(left, self.height() - pad - px(20), room.width(), px(20))
        painter.drawText(bottom, Qt.AlignmentFlag.AlignVCenter, self.sentence())
        painter.end()

    def _facts(self) -> str:
        if self.entry is None:
            return ""
        facts = [str(self.entry.year) if self.entry.year else "", ", ".join(self.entry.genres[:2])]
        return SEPARATOR.join(fact for fact in facts if fact)

    def _area(self, at: QPointF) -> QRect:
        """Beside the point, on the side where there is room."""
        px, parent = self._theme.px, self.parentWidget()
        assert parent is not None
        size, away = QSize(px(_SIZE.width()), px(_SIZE.height())), px(_AWAY)
        right = at.x() + away + size.width() <= parent.width()
        left = round(at.x()) + away if right else round(at.x()) - away - size.width()
        top = round(at.y()) - size.height() // 2
        corner = QPoint(max(4, left), min(max(4, top), max(4, parent.height() - size.height() - 4)))
        return QRect(corner, size)
