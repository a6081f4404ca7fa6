"""The page "Your ratings": how they were given, when, and which of them the program learns from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from gui.models import counted
from gui.tabs.configuration.parts import PanelCard, say, words
from gui.tabs.taste.calendar import RatingCalendar
from gui.tabs.taste.charts import RatingHistogram
from gui.tabs.taste.page_parts import PageHead, plain
from gui.tabs.taste.rating_scale import range_of
from gui.tabs.taste.sentences import days_words, short_day
from gui.tabs.taste.title_list import MadeLines, TitleLine, TitleList
from gui.tabs.taste.values import RatedTitle
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.scroll_area import ScrollArea

WIDE = 560  # pixels of the design from which the list is beside the histogram
NOT_LEARNED = "not learned from"
NOTHING_RATED = PageText(
    "page-taste",
    "You have not rated anything yet",
    "Rate a title that you have seen, and it appears here with the day on which you did.",
    "Rate some films",
    "rate",
)


class RatingsPage(QWidget):
    """The histogram, the calendar, and the list of what is meant.

    Signals: ``chosen(int)`` to open a title; ``learning_wanted(tuple, bool)`` with item ids and whether to learn from their
    ratings.
    """

    chosen = pyqtSignal(int)
    learning_wanted = pyqtSignal(tuple, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ratings: tuple[RatedTitle, ...] = ()
        self.calendar = RatingCalendar(theme)
        self.histogram = RatingHistogram(theme)
        self.titles = TitleList(theme)
        self.titles.setAccessibleName("Ratings")
        self.quiet = QuietPage(theme)
        self.quiet.show_text(NOTHING_RATED)
        self.forget = Button("Do not learn from these")
        self.learn = Button("Learn from these again")
        self.everything = Button("Show all", "quiet")
        self._before, self._after = Button("‹", "quiet"), Button("›", "quiet")
        self._year, self._heading, self._average = plain("heading"), plain("heading"), plain("note")
        self._effect = words("", "good")
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._arrange()
        self._connect()
        self.show_ratings(())

    # What it is told

    def show_ratings(self, ratings: Sequence[RatedTitle]) -> None:
        """Show these ratings, given oldest first; the days that are meant stay so."""
        first_time = not self._ratings
        self._ratings = tuple(ratings)
        self.calendar.show_days(rating.day for rating in ratings)
        self.histogram.show_ratings([rating.value for rating in ratings], [rating.learn for rating in ratings])
        average = self.histogram.average()
        self._average.setText("" if average is None else f"{average:.1f} on average")
        if first_time and ratings:
            self.calendar.show_year(ratings[-1].day.year)
        self._show_year()
        self._show_list()
        self._pages.setCurrentIndex(0 if ratings else 1)

    def show_effect(self, sentence: str) -> None:
        """Say what it changed that ratings count, or no longer do."""
        say(self._effect, sentence)

    def meant(self) -> tuple[RatedTitle, ...]:
        """The ratings that are listed, newest first."""
        days = self.calendar.range
        listed = [one for one in self._ratings if days is None or days[0] <= one.day <= days[1]]
        return tuple(reversed(listed))

    def texts(self) -> tuple[str, str]:
        """What stands above the list, and what was said about the last change."""
        return self._heading.text(), "" if self._effect.isHidden() else self._effect.text()

    # What the user does

    def _pick_days(self, _first: date, _last: date) -> None:
        self.show_effect("")
        self._show_list()

    def _change(self, learn: bool) -> None:
        changed = tuple(one.item_id for one in self.meant() if one.learn is not learn)
        if changed:
            self.learning_wanted.emit(changed, learn)

    def _toggle(self, item_id: int) -> None:
        rating = next((one for one in self._ratings if one.item_id == item_id), None)
        if rating is not None:
            self.learning_wanted.emit((item_id,), not rating.learn)

    def _turn(self, step: int) -> None:
        self.calendar.show_year(self.calendar.year + step)
        self._show_year()

    # How it is put together

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Put the list below the histogram where there is no room beside it."""
        super().resizeEvent(event)
        beside = self.width() >= self._theme.px(WIDE)
        self._below.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        for part in (self.histogram, self.titles):
            part.setMinimumHeight(self._theme.px(100 if beside else 170))

    def _show_year(self) -> None:
        year = self.calendar.year
        years = [one.day.year for one in self._ratings] or [year]
        self._year.setText(str(year))
        self._before.setEnabled(year > min(years))
        self._after.setEnabled(year < max(*years, date.today().year))

    def _show_list(self) -> None:
        meant, days = self.meant(), self.calendar.range
        count = counted(len(meant), "rating") or "No ratings"
        where = f"All your ratings: {len(self._ratings):,}" if days is None else f"{count}, {days_words(*days)}"
        self._heading.setText(where)
        scale = range_of(np.array([one.value for one in self._ratings], np.float32))
        self.titles.show_lines(MadeLines(len(meant), lambda number: _line(meant[number])), scale)
        learned = sum(one.learn for one in meant)
        for button, number in ((self.forget, learned), (self.learn, len(meant) - learned)):
            button.setVisible(days is not None and number > 0)
            button.setToolTip(counted(number, "rating"))
        self.everything.setVisible(days is not None)

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(
            PageHead(
                "Your ratings",
                "Choose a day, a month by its name, or draw over several days to see what you rated then.",
            )
        )
        column.addWidget(self._calendar_card())
        self._below.setSpacing(12)
        self._below.addWidget(self._histogram_card(), 4)
        self._below.addWidget(self._list_card(), 7)
        column.addLayout(self._below, 1)
        body.setObjectName("scrolled")
        scroll = ScrollArea()  # for large text in a small window
        scroll.setWidget(body)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(scroll)
        self._pages.addWidget(self.quiet)

    def _calendar_card(self) -> PanelCard:
        card = PanelCard()
        for button, name in ((self._before, "The year before"), (self._after, "The year after")):
            button.setAccessibleName(name)
            button.setToolTip(name)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(plain("section", "When you rated"))
        head.addStretch(1)
        for part in (self._before, self._year, self._after):
            head.addWidget(part)
        card.body.setSpacing(2)
        card.body.setContentsMargins(16, 6, 8, 12)
        card.body.addLayout(head)
        card.body.addWidget(self.calendar)
        return card

    def _histogram_card(self) -> PanelCard:
        card = PanelCard()
        head = QHBoxLayout()
        head.addWidget(plain("section", "How you rate"))
        head.addStretch(1)
        head.addWidget(self._average)
        card.body.addLayout(head)
        card.body.addWidget(self.histogram, 1)
        self.histogram.setMinimumWidth(150)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        return card

    def _list_card(self) -> PanelCard:
        card = PanelCard()
        card.body.setContentsMargins(12, 10, 6, 8)
        card.body.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 6, 0)
        head.addWidget(self._heading, 1)
        head.addWidget(self.everything)
        actions = QHBoxLayout()
        actions.setContentsMargins(4, 0, 6, 4)
        actions.setSpacing(8)
        for button in (self.forget, self.learn):
            actions.addWidget(button)
        actions.addStretch(1)
        effect = QHBoxLayout()
        effect.setContentsMargins(4, 0, 6, 4)
        effect.addWidget(self._effect)
        self._effect.hide()
        card.body.addLayout(head)
        card.body.addLayout(actions)
        card.body.addLayout(effect)
        card.body.addWidget(self.titles, 1)
        return card

    def _connect(self) -> None:
        self.calendar.selected.connect(self._pick_days)
        self.calendar.cleared.connect(self._show_list)
        self.titles.opened.connect(self.chosen)
        self.titles.acted.connect(self._toggle)
        self.forget.clicked.connect(lambda: self._change(False))
        self.learn.clicked.connect(lambda: self._change(True))
        self.everything.clicked.connect(self.calendar.clear)
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after.clicked.connect(lambda: self._turn(1))
        for button in (self._before, self._after):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _line(rating: RatedTitle) -> TitleLine:
    day = short_day(rating.day)
    notes = (day,) if rating.learn else (NOT_LEARNED, day)
    action = "Do not learn" if rating.learn else "Learn again"
    return TitleLine(rating.item_id, rating.label, rating.value, True, notes, action, not rating.learn)
