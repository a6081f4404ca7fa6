"""The reasons of a prediction as chips: what speaks for it in green, what speaks against it in red. They answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.models import Card, counted, points_words
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.wish_menu import WishMenu

if TYPE_CHECKING:
    from recommender.explain import LedgerTerm

MOST = 5
_GAP = 8
_MARK = "▾"
_SHARES = (1.0, 0.5, 0.4, 0.34, 0.26)  # of a line, the widest a chip may be, tried in this order


class Chip(Button):
    """One reason: its points in colour, then what it says, and a mark where pressing it opens a menu."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "chip", parent)
        self._theme = theme
        self._points = ""
        self._words = ""
        self._for = True
        self.term: LedgerTerm | None = None

    def show_term(self, term: LedgerTerm, answers: bool) -> None:
        """Show a reason with its points.

        :param answers: whether there is something to wish about it.
        """
        self.term = term if answers else None
        self._for = term.points >= 0
        self._show(points_words(term.points), term.text, "for" if self._for else "against", term.text)
        self.setAccessibleDescription("Opens a menu: more of this, less of this" if answers else "")

    def show_words(self, words: str) -> None:
        """Show words alone: the way to all the terms."""
        self.term = None
        self._show("", words, "", "Show how the rating comes about")
        self.setAccessibleDescription("")

    def _show(self, points: str, words: str, sense: str, tip: str) -> None:
        self._points, self._words = points, words
        self.setAccessibleName(f"{sense}: {points} {words}" if sense else words)
        self.setToolTip(tip)
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        """What the chip says, with its points."""
        return f"{self._points} {self._words}".strip()

    def sizeHint(self) -> QSize:
        """As wide as the words, and round at both ends."""
        width = QFontMetricsF(self._theme.font()).horizontalAdvance(self._words)
        width += self._points_width() + self._mark_width()
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
        if self.term is not None:
            painter.setPen(theme.colour("text" if hot else "dim"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _MARK)
            inner.setRight(inner.right() - self._mark_width())
        painter.setPen(theme.colour("text"))
        words = QFontMetricsF(font).elidedText(self._words, Qt.TextElideMode.ElideRight, inner.width() + 1)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _points_width(self) -> float:
        if not self._points:
            return 0.0
        return QFontMetricsF(self._theme.font(weight=600)).horizontalAdvance(self._points) + self._theme.px(6)

    def _mark_width(self) -> float:
        if self.term is None:
            return 0.0
        return QFontMetricsF(self._theme.font()).horizontalAdvance(_MARK) + self._theme.px(7)


class Chips(QWidget):
    """Up to three reasons for, one against, and the way to all the terms; as many lines as they need.

    In a single line there are only as many reasons as it has room for: the way to all of them stays.

    Signals: ``opened()`` when all the terms are wanted; ``wished(Subject, str)`` with the direction, from the menu of a chip.
    """

    opened = pyqtSignal()
    wished = pyqtSignal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips = [Chip(theme, self) for _ in range(MOST)]
        for chip in self._chips:
            chip.clicked.connect(lambda _on, chip=chip: self._press(chip))
            chip.hide()
        self.menu = WishMenu(theme, self)
        self.menu.wished.connect(self.wished)
        self.menu.all_wanted.connect(self.opened)
        self._card: Card | None = None
        self._count = 0
        self._lines = 4
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme.changed.connect(self._arrange)

    def show_card(self, card: Card) -> None:
        """Show the reasons of a card's prediction."""
        if self._card is not None and self._card.item_id != card.item_id:
            self.menu.close()
        self._card = card
        shown: list[LedgerTerm | str] = []
        if card.explanation is not None:
            shown += card.explanation.reasons[:3]
            if card.explanation.against is not None:
                shown.append(card.explanation.against)
            terms = len(card.explanation.ledger.terms)
            if terms:
                shown.append(f"all {counted(terms, 'term')} {_MARK}" if terms > 1 else f"how it comes about {_MARK}")
        for place, chip in enumerate(self._chips):
            if place < len(shown):
                reason = shown[place]
                if isinstance(reason, str):
                    chip.show_words(reason)
                else:
                    chip.show_term(reason, answers=card.wishable and bool(reason.subjects))
        self._count = len(shown)
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

    def _press(self, chip: Chip) -> None:
        if chip.term is None or self._card is None:
            self.opened.emit()
            return
        below = chip.mapToGlobal(QPoint(0, chip.height() + 2))
        self.menu.open_at(below, chip.term, self._card.wishes, with_all=True)

    def _arrange(self) -> None:
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < self._count)
        if self._lines == 1:
            self._drop_what_has_no_room()
        for share in _SHARES:
            areas = self._areas(share)
            if not areas or areas[-1].y() < self._lines * (areas[-1].height() + _GAP):
                break
        for chip, area in zip(self.chips(), areas, strict=True):
            chip.setGeometry(area)
        bottom = areas[-1].y() + areas[-1].height() if areas else 0
        if self.height() != bottom or self.minimumHeight() != bottom:
            self.setFixedHeight(bottom)

    def _drop_what_has_no_room(self) -> None:
        """Leave what goes into one line when no chip is wider than the third of the shares."""
        *reasons, last = self.chips() or [None]
        if last is None:
            return
        left, widest = last.sizeHint().width(), self._widest(_SHARES[2])
        for chip in reasons:
            left += min(chip.sizeHint().width(), widest) + _GAP
            chip.setVisible(left <= self.width())

    def _areas(self, share: float) -> list[QRect]:
        """Where the chips go when none may be wider than this share of the line."""
        left, top, areas = 0, 0, []
        for chip in self.chips():
            size = chip.sizeHint()
            width = min(size.width(), self._widest(share))
            if left > 0 and left + width > self.width():
                left, top = 0, top + size.height() + _GAP
            areas.append(QRect(left, top, width, size.height()))
            left += width + _GAP
        return areas

    def _widest(self, share: float) -> int:
        return max(80, round(self.width() * share) - _GAP)
