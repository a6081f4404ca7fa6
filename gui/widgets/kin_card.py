"""One title that is like another: its poster, how alike and in what, why, and what it would be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QEnterEvent, QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.poster import PosterPixmaps
from library.feedback import on_the_scale
from recommender.kin import Kin

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("story", ("text",)),
    ("people and keywords", ("metadata",)),
    ("connections", ("graph",)),
    ("time", ("temporal",)),
    ("kind", ("categorical", "numerical")),
)
"""What makes two titles alike, in words, and the blocks of the embedding that it is made of."""
PICTURE = QSize(76, 114)
EDGE, GAP = 12, 14
TOOLS = 30  # height of the line for the buttons
_TURN = 67  # degrees of the colour wheel between two parts


@dataclass(frozen=True, slots=True)
class KinEntry:
    """A similar title as it is shown: with what its drawn poster and the filter "Not seen" need besides."""

    kin: Kin
    genres: tuple[str, ...] = ()
    seen: bool = False

    @property
    def item_id(self) -> int:
        """Which title it is."""
        return self.kin.item_id

    @property
    def title(self) -> str:
        """Its title."""
        return self.kin.title

    @property
    def year(self) -> int | None:
        """Its year."""
        return self.kin.year

    @property
    def label(self) -> str:
        """The title with its year."""
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def worth(self) -> float:
        """What the user gave it, or would give it."""
        return self.kin.mean if self.kin.given is None else self.kin.given

    @property
    def rating_words(self) -> str:
        """The same as a sentence, with its uncertainty."""
        if self.kin.given is not None:
            return f"You gave it {self.kin.given:g}"
        return f"You would give it {on_the_scale(self.kin.mean):.1f} ± {self.kin.deviation:.1f}"


def parts_of(shares: Mapping[str, float]) -> tuple[float, ...]:
    """How much each of ``PARTS`` adds; what speaks against the likeness counts as nothing."""
    return tuple(max(0.0, sum(shares.get(block, 0.0) for block in blocks)) for _, blocks in PARTS)


def parts_words(kin: Kin) -> str:
    """What makes them alike, the greatest first: "Alike in: story 31 %, kind 12 %"."""
    parts = sorted(zip(parts_of(kin.shares), (words for words, _ in PARTS), strict=True), key=lambda part: -part[0])
    named = [f"{words} {share:.0%}".replace("%", " %") for share, words in parts if share >= 0.005]
    return f"Alike in: {', '.join(named)}" if named else ""


def part_colour(theme: Theme, place: int) -> QColor:
    """The colour of one of ``PARTS``: the accent turned around the colour wheel, and quieter."""
    accent = theme.colour("accent")
    hue = (accent.hslHueF() + place * _TURN / 360) % 1.0
    return QColor.fromHslF(hue, accent.hslSaturationF() * 0.55, 0.58 if theme.dark else 0.45)


def paint_likeness(painter: QPainter, theme: Theme, area: QRectF, kin: Kin) -> None:
    """A bar as long as they are alike, divided by what makes them so."""
    parts = parts_of(kin.shares)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("line", 0.6))
    painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
    filled = area.width() * min(1.0, max(0.0, kin.likeness))
    left, whole = area.left(), sum(parts)
    for place, part in enumerate(parts):
        width = filled * part / whole if whole else 0.0
        if width >= 1.5:
            painter.setBrush(part_colour(theme, place))
            painter.drawRoundedRect(QRectF(left, area.top(), width - 1, area.height()), 2, 2)
        left += width


def two_lines(text: str, font: QFont, width: float) -> tuple[str, str]:
    """The text on two lines of this width, shortened where it does not fit."""
    metrics = QFontMetricsF(font)
    first: list[str] = []
    words = text.split()
    while words and metrics.horizontalAdvance(" ".join([*first, words[0]])) <= width:
        first.append(words.pop(0))
    if not first and words:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width), ""
    return " ".join(first), metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, width)


class KinCard(Button):
    """The card of one similar title; pressing it opens the title. The buttons to rate it lie on it when it is the active one.

    Signals: ``touched()`` when the mouse or the keyboard comes to it.
    """

    touched = pyqtSignal()

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, entry: KinEntry, parent: QWidget | None = None) -> None:
        super().__init__("", "poster", parent)
        self._theme = theme
        self._pixmaps = pixmaps
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # the tab key stops at the active one only
        self.entry = entry
        self.show_entry(entry)

    def show_entry(self, entry: KinEntry) -> None:
        """Say what is known about the title now."""
        self.entry = entry
        parts = parts_words(entry.kin)
        spoken = (entry.label, entry.rating_words, entry.kin.reason, parts)
        self.setAccessibleName(". ".join(words for words in spoken if words))
        self.setAccessibleDescription(
            "Press 1 to 9, or 0 for 10, to rate it; M for more like it; C for how it is connected"
        )
        self.setToolTip(
            "\n".join(f"<p>{_plain(words)}</p>" for words in (entry.label, entry.kin.reason, parts) if words)
        )
        self.update()

    def tools_area(self) -> QRect:
        """Where the buttons lie when it is the active one."""
        px = self._theme.px
        left = EDGE + px(PICTURE.width()) + GAP
        height = px(TOOLS)
        return QRect(left, self.height() - EDGE - height, self.width() - left - EDGE, height)

    def enterEvent(self, event: QEnterEvent | None) -> None:
        """The mouse is here."""
        super().enterEvent(event)
        self.touched.emit()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """The keyboard is here."""
        super().focusInEvent(event)
        self.touched.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter opens it; the rest is for the list."""
        own = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event is not None and event.key() not in own:
            event.ignore()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the card."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.colour("accent" if self.hasFocus() else "line"), 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(area, 12, 12)
        size = QSize(theme.px(PICTURE.width()), theme.px(PICTURE.height()))
        painter.drawPixmap(EDGE, EDGE, self._pixmaps.pixmap(self.entry, size, self.devicePixelRatioF()))
        left = EDGE + size.width() + GAP
        self._paint_words(painter, QRectF(left, EDGE, self.width() - left - EDGE, size.height()))
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        theme, entry = self._theme, self.entry
        px = theme.px
        room = area.width()
        if entry.seen and entry.kin.given is None:
            room -= self._paint_right(painter, QRectF(area.left(), area.top(), room, px(20)), "seen", "dim") + 8
        painter.setFont(theme.font(15, 600))
        painter.setPen(theme.colour("text"))
        metrics = QFontMetricsF(painter.font())
        year = f" ({entry.year})" if entry.year else ""
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, room - metrics.horizontalAdvance(year))
        line = QRectF(area.left(), area.top(), room, px(20))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, f"{title}{year}")
        line = QRectF(area.left(), area.top() + px(23), area.width(), px(18))
        taken = self._paint_right(
            painter, line, entry.rating_words, "text" if entry.kin.given is None else "accent_text"
        )
        bar = min(px(190), area.width() - taken - px(16))
        if bar > px(30):
            paint_likeness(painter, theme, QRectF(line.left(), line.center().y() - px(4), bar, px(8)), entry.kin)
        painter.setFont(theme.font(13))
        painter.setPen(theme.colour("dim"))
        top = area.top() + px(44)
        for words in two_lines(entry.kin.reason, painter.font(), area.width()):
            painter.drawText(QRectF(area.left(), top, area.width(), px(18)), Qt.AlignmentFlag.AlignVCenter, words)
            top += px(17)

    def _paint_right(self, painter: QPainter, area: QRectF, words: str, colour: str) -> float:
        """Write something at the right end; how much of the width it took."""
        painter.setFont(self._theme.font(13, 600 if colour == "accent_text" else 400))
        painter.setPen(self._theme.colour(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        return QFontMetricsF(painter.font()).horizontalAdvance(words)


def _plain(words: str) -> str:
    """Text for a tooltip that breaks its lines, with nothing in it read as markup."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
