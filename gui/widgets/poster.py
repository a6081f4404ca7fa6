"""The pictures of titles: real posters where they came, drawn ones elsewhere, scaled once and kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QApplication, QWidget

from gui.widgets.poster_art import draw_poster

KEPT_IMAGES = 40
KEPT_PIXELS = 12_000_000
LARGEST = QSize(480, 720)
CORNER, SMALL_CORNER = 12.0, 8.0


class Titled(Protocol):
    """What a poster is drawn from: a card or an entry of the shelf."""

    @property
    def item_id(self) -> int:
        """Whose poster it is."""

    @property
    def title(self) -> str:
        """Set large on a drawn poster."""

    @property
    def year(self) -> int | None:
        """Set below the title."""

    @property
    def genres(self) -> tuple[str, ...]:
        """What the colours are picked from."""


class PosterPixmaps:
    """Finished pictures by item and size, the least used forgotten first."""

    def __init__(self) -> None:
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._pixmaps: OrderedDict[tuple[int, str, int, int], QPixmap] = OrderedDict()
        self._pixels = 0

    def add(self, item_id: int, image: QImage) -> bool:
        """Keep the real poster of an item; False when the picture is empty."""
        if image.isNull():
            return False
        if image.width() > LARGEST.width() * 2 or image.height() > LARGEST.height() * 2:
            image = image.scaled(
                LARGEST * 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
            )
        if image.width() > LARGEST.width() or image.height() > LARGEST.height():
            image = image.scaled(
                LARGEST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        self._images[item_id] = image
        self._images.move_to_end(item_id)
        while len(self._images) > KEPT_IMAGES:
            self._images.popitem(last=False)
        for key in [key for key in self._pixmaps if key[0] == item_id]:
            self._forget(key)
        return True

    def has(self, item_id: int) -> bool:
        """Whether the real poster of an item is at hand."""
        return item_id in self._images

    def pixmap(self, titled: Titled, size: QSize, ratio: float) -> QPixmap:
        """The picture of a title at a size in window pixels, sharp for the screen's ratio, with round corners."""
        device = QSize(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))
        key = (titled.item_id, titled.title, device.width(), device.height())
        found = self._pixmaps.get(key)
        if found is None:
            corner = (CORNER if size.width() >= 160 else SMALL_CORNER) * ratio
            found = _rounded(self._square(titled, device), corner)
            found.setDevicePixelRatio(ratio)
            self._keep(key, found)
        self._pixmaps.move_to_end(key)
        return found

    def _square(self, titled: Titled, device: QSize) -> QPixmap:
        image = self._images.get(titled.item_id)
        if image is None:
            return draw_poster(titled.title, titled.year, titled.genres, device, QApplication.font().family())
        self._images.move_to_end(titled.item_id)
        grown = image.scaled(
            device, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        left, top = (grown.width() - device.width()) // 2, (grown.height() - device.height()) // 2
        return QPixmap.fromImage(grown.copy(left, top, device.width(), device.height()))

    def _keep(self, key: tuple[int, str, int, int], pixmap: QPixmap) -> None:
        self._pixmaps[key] = pixmap
        self._pixels += pixmap.width() * pixmap.height()
        while self._pixels > KEPT_PIXELS and len(self._pixmaps) > 1:
            self._forget(next(iter(self._pixmaps)))

    def _forget(self, key: tuple[int, str, int, int]) -> None:
        gone = self._pixmaps.pop(key)
        self._pixels -= gone.width() * gone.height()


class PosterView(QWidget):
    """The large poster of the title on the card."""

    def __init__(self, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmaps = pixmaps
        self._titled: Titled | None = None
        self.setAccessibleName("Poster")

    @property
    def item_id(self) -> int | None:
        """Whose poster is shown."""
        return self._titled.item_id if self._titled else None

    def show_title(self, titled: Titled | None) -> None:
        """Show the poster of a title, or nothing."""
        self._titled = titled
        self.setAccessibleDescription(titled.title if titled else "")
        self.update()

    def picture(self) -> QPixmap | None:
        """The finished picture at today's size."""
        if self._titled is None or self.width() < 2:
            return None
        return self._pixmaps.pixmap(self._titled, self.size(), self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the finished picture."""
        picture = self.picture()
        if picture is not None:
            painter = QPainter(self)
            painter.drawPixmap(0, 0, picture)
            painter.end()


def shadow_pixmap(size: QSize, reach: int, ratio: float, strength: float) -> QPixmap:
    """A soft shadow for a rounded picture of ``size``, ``reach`` pixels wide on every side."""
    full = QSize(size.width() + 2 * reach, size.height() + 2 * reach)
    pixmap = QPixmap(full * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for ring in range(reach):
        shade = QColor(0, 0, 0)
        shade.setAlphaF(strength * 2 * (ring + 1) / reach / reach)
        painter.setBrush(shade)
        area = QRectF(ring, ring, full.width() - 2 * ring, full.height() - 2 * ring)
        corner = CORNER + reach - ring
        painter.drawRoundedRect(area, corner, corner)
    painter.end()
    return pixmap


def _rounded(square: QPixmap, corner: float) -> QPixmap:
    pixmap = QPixmap(square.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(square))
    area = QRectF(QPointF(0, 0), QPointF(square.width(), square.height()))
    painter.drawRoundedRect(area, corner, corner)
    rim = QColor(Qt.GlobalColor.white)
    rim.setAlphaF(0.09)
    painter.setPen(QPen(rim, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
    painter.end()
    return pixmap
