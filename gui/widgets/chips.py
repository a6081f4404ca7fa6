"""The reasons of a prediction as chips: what speaks for it in green, what speaks against it in red."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.models import Card, counted, points_words
from gui.theme import Theme
from gui.widgets.buttons import Button

MOST = 5
_GAP = 8
_SHARES = (1.0, 0.5, 0.4, 0.34, 0.26)  # of a line, the widest a chip may be, tried in this order


class Chip(Button):
    """One reason: its points in colour, then what it says. Pressing it opens the ledger."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "chip", parent)
        self._theme = theme
        self._points = ""
        self._words = ""
        self._for = True

    def show_reason(self, points: float | None, words: str) -> None:
        """Show a reason with its points, or words alone."""
        self._points = points_words(points) if points is not None else ""
        self._words = words
        self._for = (points or 0.0) >= 0
        sense = ("for: " if self._for else "against: ") if self._points else ""
        self.setAccessibleName(f"{sense}{self._points} {words}".strip())
        self.setToolTip(words if self._points else "Show how the rating comes about")
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        """What the chip says, with its points."""
        return f"{self._points} {self._words}".strip()

    def sizeHint(self) -> QSize:
        """As wide as the words, and round at both ends."""
        width = self._points_width() + QFontMetricsF(self._theme.font()).horizontalAdvance(self._words)
        return QSize(round(width) + 2 * self._theme.px(14) + 2, self._theme.px(33))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the pill, the points and the words, shortened where there is no room."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        hot = self.underMouse() or self.isDown()
        edge = "accent" if self.hasFocus() else "line"
        painter.setPen(QPen(theme.colour(edge), 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(theme.colour("hover" if hot else "panel"))
        pill = QPainterPath()
        pill.addRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.drawPath(pill)
        inner = area.adjusted(theme.px(13), 0, -theme.px(13), 0)
        if self._points:
            painter.setFont(theme.font(weight=600))
            painter.setPen(theme.colour("good" if self._for else "bad"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, self._points)
            inner.setLeft(inner.left() + self._points_width())
        font = theme.font()
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        words = QFontMetricsF(font).elidedText(self._words, Qt.TextElideMode.ElideRight, inner.width() + 1)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _points_width(self) -> float:
        if not self._points:
            return 0.0
        return QFontMetricsF(self._theme.font(weight=600)).horizontalAdvance(self._points) + self._theme.px(6)


class Chips(QWidget):
    """Up to three reasons for, one against, and the way to all the terms; as many lines as they need.

    Signals: ``opened()`` when one is pressed.
    """

    opened = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips = [Chip(theme, self) for _ in range(MOST)]
        for chip in self._chips:
            chip.clicked.connect(self.opened)
            chip.hide()
        self._lines = 4
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme.changed.connect(self._arrange)

    def show_card(self, card: Card) -> None:
        """Show the reasons of a card's prediction."""
        lines: list[tuple[float | None, str]] = []
        if card.explanation is not None:
            lines = [(reason.points, reason.text) for reason in card.explanation.reasons[:3]]
            against = card.explanation.against
            if against is not None:
                lines.append((against.points, against.text))
            terms = len(card.explanation.ledger.terms)
            if terms:
                lines.append((None, f"all {counted(terms, 'term')} ▾" if terms > 1 else "how it comes about ▾"))
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < len(lines))
            if place < len(lines):
                chip.show_reason(*lines[place])
        self._arrange()

    def texts(self) -> list[str]:
        """What the chips say, in order."""
        return [chip.words for chip in self._chips if not chip.isHidden()]

    def chips(self) -> list[Chip]:
        """The chips shown, in order."""
        return [chip for chip in self._chips if not chip.isHidden()]

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Break the lines for the width there is."""
        if event is None or event.oldSize().width() != event.size().width():
            self._arrange()

    def set_lines(self, lines: int) -> None:
        """Use no more lines than these; chips are shortened where that is not enough."""
        if lines != self._lines:
            self._lines = lines
            self._arrange()

    def _arrange(self) -> None:
        for share in _SHARES:
            areas = self._areas(share)
            if not areas or areas[-1].y() < self._lines * (areas[-1].height() + _GAP):
                break
        for chip, area in zip(self.chips(), areas, strict=True):
            chip.setGeometry(area)
        bottom = areas[-1].y() + areas[-1].height() if areas else 0
        if self.height() != bottom or self.minimumHeight() != bottom:
            self.setFixedHeight(bottom)

    def _areas(self, share: float) -> list[QRect]:
        """Where the chips go when none may be wider than this share of the line."""
        widest = max(80, round(self.width() * share) - _GAP)
        left, top, areas = 0, 0, []
        for chip in self.chips():
            size = chip.sizeHint()
            width = min(size.width(), widest)
            if left > 0 and left + width > self.width():
                left, top = 0, top + size.height() + _GAP
            areas.append(QRect(left, top, width, size.height()))
            left += width + _GAP
        return areas
