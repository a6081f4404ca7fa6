"""The left side of a card: the large poster with its shadow, the buttons below it, and the flight from the shelf."""

from __future__ import annotations

from PyQt6.QtCore import QEasingCurve, QPoint, QRect, QRectF, QSize, Qt, QVariantAnimation, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.models import Card
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.poster import PosterPixmaps, PosterView, shadow_pixmap

EDGE = 24  # room around the poster, where its shadow falls
TOP, BOTTOM = 8, 14
_REACH = 18  # of the shadow, which falls a little downwards
FLIGHT = 160  # milliseconds from the shelf to the card


class PosterStage(QWidget):
    """The large poster and what can be done with the title besides rating it.

    Signals: ``played()``, ``similar_wanted()``.
    """

    played = pyqtSignal()
    similar_wanted = pyqtSignal()

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shadow: tuple[QSize, bool, QPixmap] | None = None
        self.poster = PosterView(pixmaps, self)
        self.play = Button("Play", "primary", self)
        self.play.setToolTip("Play it (P)")
        self.play.clicked.connect(self.played)
        self.similar = Button("More like this", "", self)
        self.similar.setToolTip("More like this (M)")
        self.similar.clicked.connect(self.similar_wanted)
        self.similar.hide()
        theme.changed.connect(self._recolour)
        self._recolour()

    def set_height(self, height: int) -> None:
        """Fit poster and buttons into this height; the width follows."""
        buttons = 0 if self.play.isHidden() and self.similar.isHidden() else self._button_height() + 14
        picture = max(90, height - TOP - BOTTOM - buttons)
        width = round(picture / 1.5)
        self.poster.setGeometry(EDGE, TOP, width, picture)
        self.setFixedSize(width + 2 * EDGE, height)
        self._place_buttons()

    def show_card(self, card: Card) -> None:
        """Offer what can be done with a title: no Play where there is nothing to play."""
        if self.play.isHidden() == card.playable:
            self.play.setVisible(card.playable)
            self.set_height(self.height())

    def show_poster(self, card: Card) -> None:
        """Show the poster of a title: at once, or when it has come flying."""
        self.poster.show_title(card)
        self.update()

    def set_similar(self, offered: bool) -> None:
        """Offer "More like this", or not."""
        self.similar.setVisible(offered)
        self.set_height(self.height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the buttons below the poster."""
        self._place_buttons()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the shadow under the poster."""
        if self.poster.item_id is None:
            return
        size, ratio = self.poster.size(), self.devicePixelRatioF()
        if self._shadow is None or self._shadow[:2] != (size, self._theme.dark):
            strength = 0.5 if self._theme.dark else 0.26
            self._shadow = (size, self._theme.dark, shadow_pixmap(size, _REACH, ratio, strength))
        painter = QPainter(self)
        painter.drawPixmap(self.poster.pos() - QPoint(_REACH, _REACH - 10), self._shadow[2])
        painter.end()

    def _button_height(self) -> int:
        return self._theme.px(38)

    def _place_buttons(self) -> None:
        top, height = self.poster.geometry().bottom() + 15, self._button_height()
        width = self.poster.width()
        if self.similar.isHidden() or self.play.isHidden():
            self.play.setGeometry(EDGE, top, width, height)
            self.similar.setGeometry(EDGE, top, width, height)
            return
        half = (width - 8) // 2
        self.play.setGeometry(EDGE, top, half, height)
        self.similar.setGeometry(EDGE + half + 8, top, width - half - 8, height)

    def _recolour(self) -> None:
        self.play.setIconSize(QSize(self._theme.px(14), self._theme.px(14)))
        self.play.setIcon(self._theme.icon("play", "on_accent", 14))
        self.update()


class Flight(QWidget):
    """A poster on its way from the shelf to the card, above everything else for a moment.

    Signals: ``landed()`` when it has arrived, or was cut short.
    """

    landed = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture: QPixmap | None = None
        self._from, self._to = QRect(), QRect()
        self._movement = QVariantAnimation(self)
        self._movement.setStartValue(0.0)
        self._movement.setEndValue(1.0)
        self._movement.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._movement.valueChanged.connect(self._move)
        self._movement.finished.connect(self.land)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def start(self, picture: QPixmap, start: QRect, end: QRect, milliseconds: int) -> None:
        """Fly a picture from one place of the parent to another."""
        self._picture, self._from, self._to = picture, start, end
        self._movement.setDuration(milliseconds)
        self.setGeometry(start)
        self.show()
        self.raise_()
        self._movement.start()

    def land(self) -> None:
        """Arrive, at once if need be."""
        if self._picture is not None:
            self._picture = None
            self._movement.stop()
            self.hide()
            self.landed.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the picture as large as it is by now."""
        if self._picture is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(QRectF(self.rect()), self._picture, QRectF(self._picture.rect()))
            painter.end()

    def _move(self, share: float) -> None:
        def between(start: int, end: int) -> int:
            return round(start + (end - start) * share)

        self.setGeometry(
            between(self._from.x(), self._to.x()),
            between(self._from.y(), self._to.y()),
            between(self._from.width(), self._to.width()),
            between(self._from.height(), self._to.height()),
        )
