"""The Taste tab: a list of pages on the left, and on the right the one that is chosen.

It knows no store and no engine: it shows frozen values and says what the user did.
"""

from __future__ import annotations

from functools import cached_property

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QImage
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.tabs.taste.knowing import KnowingPage
from gui.tabs.taste.map_page import MapPage
from gui.tabs.taste.preferences_page import PreferencesPage
from gui.tabs.taste.ratings_page import RatingsPage
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look

PREFERENCES, MAP, KNOWING, RATINGS = "Preferences", "Map", "How well does it know you?", "Your ratings"
PAGES = (PREFERENCES, MAP, KNOWING, RATINGS)


class TasteTab(QWidget):
    """What the program knows of a person. Its pages are attributes; values are shown through them. Each is made when it is
    needed first, for that takes as long as a frame or two.

    Signals: ``page_shown(str)`` with the title of a page that came into sight; ``genre_chosen(str)``, ``decade_chosen(int)``
    with its first year, ``person_chosen(str)``: titles of these are to be shown; ``chosen(int)`` to open a title;
    ``lasso_chosen(tuple)`` of item ids to suggest from; ``learning_wanted(tuple, bool)`` with item ids and whether to learn
    from their ratings; ``rating_wanted()`` when somebody wants to rate; ``retry_wanted()`` after something failed;
    ``details_wanted(int)`` of a title under the mouse; ``posters_wanted(list)`` of item ids whose real poster has not been
    given yet.
    """

    page_shown = pyqtSignal(str)
    genre_chosen = pyqtSignal(str)
    decade_chosen = pyqtSignal(int)
    person_chosen = pyqtSignal(str)
    chosen = pyqtSignal(int)
    lasso_chosen = pyqtSignal(tuple)
    learning_wanted = pyqtSignal(tuple, bool)
    rating_wanted = pyqtSignal()
    retry_wanted = pyqtSignal()
    details_wanted = pyqtSignal(int)
    posters_wanted = pyqtSignal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.links: dict[str, Button] = {}
        self._theme = theme
        self._made: dict[str, QWidget] = {}
        self._side = QWidget()
        self._stack = QStackedWidget()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Taste")
        self._arrange()
        self._size_side()
        theme.changed.connect(self._size_side)
        self.go_to(PREFERENCES)

    @cached_property
    def preferences(self) -> PreferencesPage:
        """Genres, decades and people."""
        page = PreferencesPage(self._theme)
        page.genre_chosen.connect(self.genre_chosen)
        page.decade_chosen.connect(self.decade_chosen)
        page.person_chosen.connect(self.person_chosen)
        page.quiet.acted.connect(self._act)
        return page

    @cached_property
    def map(self) -> MapPage:
        """The library as a landscape."""
        page = MapPage(self._theme)
        page.chosen.connect(self.chosen)
        page.lasso_chosen.connect(self.lasso_chosen)
        page.details_wanted.connect(self.details_wanted)
        page.posters_wanted.connect(self.posters_wanted)
        page.quiet.acted.connect(self._act)
        return page

    @cached_property
    def knowing(self) -> KnowingPage:
        """The test of the program on the person."""
        page = KnowingPage(self._theme)
        page.quiet.acted.connect(self._act)
        return page

    @cached_property
    def ratings(self) -> RatingsPage:
        """What was rated, and when."""
        page = RatingsPage(self._theme)
        page.chosen.connect(self.chosen)
        page.learning_wanted.connect(self.learning_wanted)
        page.quiet.acted.connect(self._act)
        return page

    def go_to(self, title: str) -> None:
        """Show a page."""
        if self._stack.isAncestorOf(QApplication.focusWidget()):
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # else it would go wherever the next control happens to be
        if title not in self._made:
            pages = {PREFERENCES: "preferences", MAP: "map", KNOWING: "knowing", RATINGS: "ratings"}
            self._made[title] = getattr(self, pages[title])
            self._stack.addWidget(self._made[title])
        self._stack.setCurrentWidget(self._made[title])
        for name, link in self.links.items():
            set_look(link, "chosen", "true" if name == title else "false")
        self.page_shown.emit(title)

    @property
    def page(self) -> str:
        """The title of the page that is shown."""
        shown = self._stack.currentWidget()
        return next(title for title, page in self._made.items() if page is shown)

    def show_poster(self, item_id: int, image: QImage) -> None:
        """Use the real poster of a title from now on."""
        if MAP in self._made:
            self.map.show_poster(item_id, image)

    def _arrange(self) -> None:
        side = QVBoxLayout(self._side)
        side.setContentsMargins(24, 16, 0, 16)
        side.setSpacing(2)
        for title in PAGES:
            link = Button(title, "side", self)
            link.setAccessibleName(f"Go to {title}")
            link.clicked.connect(lambda _checked, title=title: self.go_to(title))
            self.links[title] = link
            side.addWidget(link)
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(32)
        layout.addWidget(self._side)
        layout.addWidget(self._stack, 1)

    def _size_side(self) -> None:
        """As wide as the longest title when it is the chosen one, so that nothing moves when another is chosen."""
        metrics = QFontMetrics(self._theme.font(weight=600))
        longest = max(metrics.horizontalAdvance(title) for title in PAGES)
        self._side.setFixedWidth(24 + max(self._theme.px(150), longest + 4) + 2 * 13)

    def _act(self, action: str) -> None:
        if action == "rate":
            self.rating_wanted.emit()
        elif action == "retry":
            self.retry_wanted.emit()
