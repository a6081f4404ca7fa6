"""The page "How well does it know you?": the program's guesses about your own ratings beside those of simpler ways."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from gui.models import counted
from gui.tabs.configuration.parts import PanelCard, words
from gui.tabs.taste.page_parts import PageHead
from gui.theme import Theme
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.scroll_area import ScrollArea
from recommender.self_test import CHANCE, LEAST_RATINGS, TASTE, Score, SelfTest

ROW, _BAR, _WHISKER = 46, 16, 10
_NAMES = {TASTE: "Your taste, as Homereel knows it"}


def untested(ratings: int) -> PageText:
    """The page for when there is no test."""
    missing = LEAST_RATINGS - ratings
    if missing > 0:
        return PageText(
            "page-taste",
            f"{counted(missing, 'rating')} to go",
            f"With {LEAST_RATINGS} ratings Homereel can test itself on you, and say honestly whether it has learned anything.",
            "Rate some films",
            "rate",
        )
    return PageText(
        "page-taste",
        "Not tested yet",
        "The test is made in the background when there are new ratings, and needs some that differ from one another.",
    )


def measured(test: SelfTest) -> str:
    """How it was measured, in plain words."""
    return (
        f"Your {test.ratings:,} ratings were gone through in the order in which you gave them; each of the last {test.tested:,}"
        f" was guessed from earlier ones only, which gave {counted(test.pairs, 'pair')} of titles to put in order."
        " The thin lines say how far each share could be off by chance: in 9 of 10 cases no farther."
    )


class KnowingPage(QWidget):
    """The verdict, the four ways of guessing as bars, and how it was measured."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.scores = ScoreBars(theme)
        self.conclusion = words("", "title")
        self.plain = words("")
        self.method = words("", "dim")
        self.quiet = QuietPage(theme)
        self._arrange()
        self.show_test(None, 0)

    def show_test(self, test: SelfTest | None, ratings: int) -> None:
        """Show a test; or, where there is none, what is missing with so many ratings."""
        if test is None:
            self.quiet.show_text(untested(ratings))
            self._pages.setCurrentWidget(self.quiet)
            return
        plain, _, conclusion = test.verdict.rpartition(". ")
        self.conclusion.setText(conclusion)
        self.plain.setText(" ".join([f"{plain}.", *ahead_of_taste(test)]))
        self.method.setText(measured(test))
        self.scores.show_scores(test.scores)
        self._pages.setCurrentIndex(0)

    def _arrange(self) -> None:
        page = QWidget()
        page.setObjectName("scrolled")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 16, 24, 24)
        column.setSpacing(12)
        column.addWidget(
            PageHead(
                "How well does it know you?", "Tested on your own ratings, always from earlier ones to later ones."
            )
        )
        column.addSpacing(8)
        column.addWidget(self.conclusion)
        column.addWidget(self.plain)
        column.addSpacing(4)
        card = PanelCard()
        card.body.setContentsMargins(16, 16, 16, 12)
        card.body.addWidget(self.scores)
        column.addWidget(card)
        column.addWidget(self.method)
        column.addStretch(1)
        page.setMaximumWidth(940)
        scroll = ScrollArea()
        scroll.setWidget(page)
        scroll.setAccessibleName("How well it knows you")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(scroll)
        self._pages.addWidget(self.quiet)


class ScoreBars(QWidget):
    """One bar for each way of guessing, from none to all pairs in the right order, with its error bar; and a line at chance."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scores: tuple[Score, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How often each way of guessing is right")
        theme.changed.connect(self._resize)

    def show_scores(self, scores: tuple[Score, ...]) -> None:
        """Show these."""
        self._scores = scores
        self.setAccessibleDescription("; ".join(self.words()))
        self._resize()
        self.update()

    def words(self) -> list[str]:
        """Each bar as a sentence."""
        said = []
        for score in self._scores:
            between = f", between {score.low:.0%} and {score.high:.0%}" if score.high > score.low else ""
            said.append(f"{_name(score)}: {score.share:.0%}{between}")
        return said

    def sizeHint(self) -> QSize:
        """One row each, and the axis."""
        return QSize(420, self._theme.px(ROW) * max(1, len(self._scores)) + self._theme.px(24))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the bars and the axis."""
        theme, px, painter = self._theme, self._theme.px, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = QRectF(0, 0, self.width() - px(64), self.height() - px(24))
        self._paint_axis(painter, bars)
        for place, score in enumerate(self._scores):
            area = QRectF(0, place * px(ROW), bars.width(), px(ROW))
            painter.setFont(theme.font(14, 600 if place == 0 else 400))
            painter.setPen(theme.colour("text"))
            painter.drawText(area.adjusted(0, 0, 0, -px(22)), Qt.AlignmentFlag.AlignVCenter, _name(score))
            self._paint_bar(painter, area, score, chosen=place == 0)
        painter.end()

    def _paint_axis(self, painter: QPainter, bars: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        painter.setFont(theme.font(12))
        for percent in (0, 25, 50, 75, 100):
            x = round(bars.left() + bars.width() * percent / 100)
            painter.setPen(
                QPen(theme.colour("line"), 1, Qt.PenStyle.DashLine if percent == 50 else Qt.PenStyle.SolidLine)
            )
            for place in range(len(self._scores)):  # beside the bars only: the names stay free
                painter.drawLine(x, place * px(ROW) + px(22), x, place * px(ROW) + px(44))
            painter.setPen(theme.colour("dim"))
            words = "50%: chance" if percent == 50 else f"{percent}%"
            area = QRectF(x - px(60), bars.bottom() + 2, px(120), px(22))
            side = Qt.AlignmentFlag.AlignHCenter
            if percent == 0:
                area, side = QRectF(x, bars.bottom() + 2, px(120), px(22)), Qt.AlignmentFlag.AlignLeft
            painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_bar(self, painter: QPainter, area: QRectF, score: Score, chosen: bool) -> None:
        theme, px = self._theme, self._theme.px
        top, height = area.top() + px(24), px(_BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent") if chosen else theme.colour("dim", 0.55))
        painter.drawRoundedRect(QRectF(area.left(), top, max(area.width() * score.share, 2), height), 4, 4)
        middle, right = round(top + height / 2), area.left() + area.width() * max(score.share, score.high)
        if score.high > score.low:
            low, high = (round(area.left() + area.width() * share) for share in (score.low, score.high))
            painter.setPen(QPen(theme.colour("text"), 1.6))
            painter.drawLine(low, middle, high, middle)
            for x in (low, high):
                painter.drawLine(x, middle - px(_WHISKER) // 2, x, middle + px(_WHISKER) // 2)
        painter.setFont(theme.font(14, 600))
        painter.setPen(theme.colour("text"))
        beside = QRectF(right + px(10), top - px(4), px(60), height + px(8))
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, f"{score.share:.0%}")

    def _resize(self) -> None:
        self.setFixedHeight(self.sizeHint().height())


def ahead_of_taste(test: SelfTest) -> list[str]:
    """A sentence about each other rival that did better than the taste; the general average is told of anyway."""
    taste, _, *others = test.scores
    return [
        f"{_name(score)} did better: {score.share:.0%}{'.' if score.low > taste.high else ', which may be chance.'}"
        for score in others
        if score.share > taste.share
    ]


def _name(score: Score) -> str:
    if score.name == CHANCE:
        return "Chance"
    return _NAMES.get(score.name, score.name[:1].upper() + score.name[1:])
