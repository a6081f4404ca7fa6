"""The shelf "Up next": small posters of what comes after the card, to be clicked or reached with the keyboard."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from gui.models import ShelfEntry
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.poster import SMALL_CORNER, PosterPixmaps
from library.feedback import on_the_scale

MOST = 10
_RING = 4  # room around a poster for the line that shows the focus


class ShelfPoster(Button):
    """One small poster of the shelf."""

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__("", "poster", parent)
        self._theme = theme
        self._pixmaps = pixmaps
        self.entry: ShelfEntry | None = None

    def show_entry(self, entry: ShelfEntry) -> None:
        """Become the poster of this title."""
        if entry == self.entry:
            return
        self.entry = entry
        words = (
            entry.label if entry.mean is None else f"{entry.label}: you would give it {on_the_scale(entry.mean):.1f}"
        )
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def picture_area(self) -> QRect:
        """Where the picture lies inside the button."""
        return self.rect().adjusted(_RING, _RING, -_RING, -_RING)

    def picture(self) -> QPixmap | None:
        """The finished picture at today's size."""
        size = self.picture_area().size()
        if self.entry is None or size.width() < 8:
            return None
        return self._pixmaps.pixmap(self.entry, size, self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the picture, and a line around it when it has the focus or the mouse."""
        picture = self.picture()
        if picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(_RING, _RING, picture)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(self._theme.colour("accent", 1.0 if self.hasFocus() else 0.55), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            corner = SMALL_CORNER + 2
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), corner, corner)
        painter.end()


class Shelf(QWidget):
    """A row of up to ten posters that fills the width it has.

    Signals: ``chosen(int)``: the item whose poster was pressed; ``similar_wanted(int)``: the item that the menu of its poster
    was opened at.
    """

    chosen = pyqtSignal(int)
    similar_wanted = pyqtSignal(int)

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading = QLabel("Up next", self)
        self._heading.setProperty("look", "section")
        self._posters = [ShelfPoster(theme, pixmaps, self) for _ in range(MOST)]
        for poster in self._posters:
            poster.clicked.connect(self._pressed)
            poster.hide()
        self._entries: list[ShelfEntry] = []
        self._picture_height = 150
        self._menu: QMenu | None = None
        self._similar = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Up next")
        theme.changed.connect(self._arrange)

    def show_entries(self, entries: list[ShelfEntry]) -> None:
        """Show these titles; posters that stay are not drawn again."""
        self._entries = list(entries[:MOST])
        for poster, entry in zip(self._posters, self._entries, strict=False):
            poster.show_entry(entry)
        for place, poster in enumerate(self._posters):
            poster.setVisible(place < len(self._entries))
        self._heading.setVisible(bool(self._entries))

    def entries(self) -> list[ShelfEntry]:
        """The titles shown, in order."""
        return list(self._entries)

    def posters(self) -> list[ShelfPoster]:
        """The posters shown, in order."""
        return self._posters[: len(self._entries)]

    def poster_of(self, item_id: int) -> ShelfPoster | None:
        """The poster of an item, when it is on the shelf."""
        return next((poster for poster in self.posters() if poster.entry and poster.entry.item_id == item_id), None)

    def focused(self) -> int | None:
        """The item whose poster has the keyboard."""
        return next((poster.entry.item_id for poster in self.posters() if poster.entry and poster.hasFocus()), None)

    def set_similar(self, offered: bool) -> None:
        """Offer "More like this" in the menu of each poster, or not."""
        self._similar = offered

    @property
    def menu(self) -> QMenu:
        """The menu of a poster, made when it is needed first."""
        if self._menu is None:
            self._menu = QMenu(self)
        return self._menu

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Open the menu of the poster that was meant: under the mouse, or with the keyboard."""
        if event is None or not self._similar:
            return
        with_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        meant = (poster for poster in self.posters() if poster.geometry().contains(event.pos()))
        poster = (
            next((poster for poster in self.posters() if poster.hasFocus()), None) if with_keys else next(meant, None)
        )
        if poster is None or poster.entry is None:
            return
        item_id = poster.entry.item_id
        self.menu.clear()
        self.menu.setAccessibleName(poster.entry.label)
        for text, signal in (("Show it", self.chosen), ("More like this", self.similar_wanted)):
            self.menu.addAction(text, lambda signal=signal: signal.emit(item_id))
        self.menu.popup(poster.mapToGlobal(poster.picture_area().bottomLeft()) if with_keys else event.globalPos())

    def refresh(self, item_id: int) -> None:
        """Draw one poster again, since its real picture came."""
        poster = self.poster_of(item_id)
        if poster is not None:
            poster.update()

    def set_room(self, width: int, tallest: int) -> None:
        """Fit ten posters into the width, none taller than ``tallest``."""
        gap = self._gap(width)
        fitted = int((width - (MOST - 1) * gap) / MOST * 1.5)
        self._picture_height = max(60, min(tallest, fitted))
        self.setFixedHeight(self._heading_height() + self._picture_height + 2 * _RING)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Put the posters in their row."""
        self._arrange()

    def _gap(self, width: int) -> int:
        return 14 if width >= 1100 else 10

    def _heading_height(self) -> int:
        return self._theme.px(22)

    def _arrange(self) -> None:
        self._heading.setGeometry(0, 0, self.width(), self._heading_height() - 4)
        picture = QSize(round(self._picture_height / 1.5), self._picture_height)
        top, gap = self._heading_height() - _RING, self._gap(self.width())
        for place, poster in enumerate(self._posters):
            left = place * (picture.width() + gap) - _RING
            poster.setGeometry(left, top, picture.width() + 2 * _RING, picture.height() + 2 * _RING)

    def _pressed(self) -> None:
        poster = self.sender()
        if isinstance(poster, ShelfPoster) and poster.entry is not None:
            self.chosen.emit(poster.entry.item_id)
