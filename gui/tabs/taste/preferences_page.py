"""The page "Preferences": what the person likes of genres, decades and people, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QLabel, QMenu, QStackedLayout, QVBoxLayout, QWidget

from gui.models import counted
from gui.tabs.configuration.parts import PanelCard, words
from gui.tabs.taste.bars import PreferenceBars
from gui.tabs.taste.charts import DecadeCurve
from gui.tabs.taste.page_parts import PageHead, plain
from gui.theme import Theme
from gui.widgets.pages import PageText, QuietPage
from gui.widgets.scroll_area import ScrollArea
from recommender.preferences import Preference, Preferences

LEAST_RATINGS = 5
MOST_GENRES, MOST_OF_A_SIDE = 24, 9
WIDE = 800  # pixels of the design from which there are two columns
CURVE_HEIGHT = 220


def too_few(ratings: int) -> PageText:
    """The page for when hardly anything is rated."""
    missing = LEAST_RATINGS - ratings
    line = "Nothing is known of your taste yet" if not ratings else "Too little is known of your taste yet"
    more = "five titles" if not ratings else counted(missing, "more title")
    return PageText(
        "page-taste",
        line,
        f"Rate {more} that you have seen. Then you can see here what you like more than others do.",
        "Rate some films",
        "rate",
    )


class PreferencesPage(QWidget):
    """Genres as bars, decades as a curve, people in two columns. Whatever is clicked offers to show its titles.

    Signals: ``genre_chosen(str)``, ``decade_chosen(int)`` with its first year, ``person_chosen(str)``.
    """

    genre_chosen = pyqtSignal(str)
    decade_chosen = pyqtSignal(int)
    person_chosen = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.genres = PreferenceBars(theme, "Genres")
        self.decades = DecadeCurve(theme)
        self.liked = PreferenceBars(theme, "People you like")
        self.disliked = PreferenceBars(theme, "People you like less")
        self.quiet = QuietPage(theme)
        self.menu: QMenu | None = None
        self._no_liked, self._no_disliked = (words("Nobody yet.", "note") for _ in range(2))
        self._columns, self._people = (QBoxLayout(QBoxLayout.Direction.LeftToRight) for _ in range(2))
        self._arrange()
        self._connect()
        self.show_quiet(too_few(0))

    # What it is told

    def show_quiet(self, text: PageText) -> None:
        """Say why there is nothing to see."""
        self.quiet.show_text(text)
        self._pages.setCurrentWidget(self.quiet)

    def show_preferences(self, preferences: Preferences) -> None:
        """Show what was learned."""
        genres = [one for one in preferences.genres if one.titles]
        if len(genres) > MOST_GENRES:  # the rare ones are left out
            usual = sorted(genres, key=lambda one: -one.titles)[:MOST_GENRES]
            genres = [one for one in genres if one in usual]
        self.genres.show_preferences(genres)
        self.decades.show_decades(preferences.decades)
        self.liked.show_preferences([one for one in preferences.people if one.points > 0][:MOST_OF_A_SIDE])
        against = [one for one in preferences.people if one.points < 0]
        self.disliked.show_preferences(against[::-1][:MOST_OF_A_SIDE])
        for bars, nobody in ((self.liked, self._no_liked), (self.disliked, self._no_disliked)):
            bars.setVisible(bool(bars.rows()))
            nobody.setVisible(not bars.rows())
        self._pages.setCurrentIndex(0)

    # What the user does

    def _offer(self, one: Preference, at: QPoint, widget: QWidget, show: Callable[[], None]) -> None:
        """Offer to show the titles of what was clicked."""
        count = counted(one.titles, "title")
        from_it = {"genre": "of", "era": "from the", "person": "with"}[one.signal]
        self.menu = QMenu(widget)
        self.menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = self.menu.addAction(f"Show {count} {from_it} {one.name}".replace("&", "&&"))
        assert action is not None
        action.triggered.connect(show)
        self.menu.popup(widget.mapToGlobal(at))

    def _offer_genre(self, one: Preference, at: QPoint) -> None:
        self._offer(one, at, self.genres, lambda: self.genre_chosen.emit(one.name))

    def _offer_decade(self, one: Preference, at: QPoint) -> None:
        self._offer(one, at, self.decades, lambda: self.decade_chosen.emit(int(one.name.rstrip("s"))))

    def _offer_person(self, one: Preference, at: QPoint, widget: QWidget) -> None:
        self._offer(one, at, widget, lambda: self.person_chosen.emit(one.name))

    # How it is put together

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Two columns where there is room for them."""
        super().resizeEvent(event)
        wide = self.width() >= self._theme.px(WIDE)
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _arrange(self) -> None:
        page = QWidget()
        page.setObjectName("scrolled")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 16, 24, 24)
        column.setSpacing(12)
        column.addWidget(
            PageHead(
                "Preferences",
                "How many rating points a title gains or loses with you for what it has. The thin line says how unsure that"
                " is; pale bars may be chance.",
            )
        )
        self._columns.setSpacing(12)
        self._columns.addWidget(self._card("Genres", self.genres), 1)
        self._columns.addWidget(self._card("Decades", self.decades), 1)
        column.addLayout(self._columns)
        column.addWidget(self._people_card())
        column.addStretch(1)
        self.decades.setMinimumHeight(self._theme.px(CURVE_HEIGHT))
        scroll = ScrollArea()
        scroll.setWidget(page)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(scroll)
        self._pages.addWidget(self.quiet)

    def _card(self, title: str, content: QWidget) -> PanelCard:
        card = PanelCard()
        card.body.setContentsMargins(8, 12, 8, 10)
        card.body.addWidget(_caption(title))
        card.body.addWidget(content, 1)
        return card

    def _people_card(self) -> PanelCard:
        card = PanelCard()
        card.body.setContentsMargins(8, 12, 8, 10)
        self._people.setSpacing(24)
        sides = (
            ("People you like", self.liked, self._no_liked),
            ("People you like less", self.disliked, self._no_disliked),
        )
        for title, bars, nobody in sides:
            side = QVBoxLayout()
            side.setSpacing(8)
            nobody.setContentsMargins(8, 0, 0, 0)
            for widget in (_caption(title), bars, nobody):
                side.addWidget(widget)
            side.addStretch(1)
            self._people.addLayout(side, 1)
        card.body.addLayout(self._people)
        return card

    def _connect(self) -> None:
        self.genres.picked.connect(self._offer_genre)
        self.decades.picked.connect(self._offer_decade)
        for bars in (self.liked, self.disliked):
            bars.picked.connect(lambda one, at, bars=bars: self._offer_person(one, at, bars))
        self._theme.changed.connect(lambda: self.decades.setMinimumHeight(self._theme.px(CURVE_HEIGHT)))


def _caption(title: str) -> QLabel:
    caption = plain("section", title)
    caption.setContentsMargins(8, 0, 0, 0)
    return caption
