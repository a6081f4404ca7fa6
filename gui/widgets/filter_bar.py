"""The bar on top: how much time there is, which genre and decade, only what is unseen, the dials, and the search."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from PyQt6.QtCore import QTime, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QTimeEdit, QWidget, QWidgetAction

from gui.models import SEPARATOR, FilterChoice, count_words
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look
from gui.widgets.search_field import SearchField
from library.items import MediaKind

LENGTHS: tuple[tuple[str, float | None], ...] = (("Any length", None), ("Up to 90 min", 90.0), ("Up to 2 h", 120.0))
SHOW_LENGTHS: tuple[tuple[str, float | None], ...] = (("Any length", None), ("Up to 30 min", 30.0), ("Up to 1 h", 60.0))


class FilterBar(QWidget):
    """All filters in a row, and at its end how many titles they leave.

    Signals: ``changed(FilterChoice)``; ``chosen(int)`` when a title is picked from the search; ``dials_opened(bool)`` when the
    dials are to be shown or put away.
    """

    changed = pyqtSignal(object)
    chosen = pyqtSignal(int)
    dials_opened = pyqtSignal(bool)

    def __init__(self, kind: MediaKind, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._theme = theme
        self._choice = FilterChoice()
        self._counts: tuple[int, int] | None = None
        self._until = QTimeEdit()
        self._time, self._time_menu = self._menu_button("Any length", "Time")
        self._genre, self._genre_menu = self._menu_button("Any genre", "Genre")
        self._decade, self._decade_menu = self._menu_button("Any decade", "Decade")
        self._unseen = Button("Not seen", "filter", self)
        self._unseen.setCheckable(True)
        self._unseen.setAccessibleName("Only what you have not seen")
        self._unseen.toggled.connect(lambda on: self._set(replace(self._choice, unseen_only=on)))
        self.among = Button("", "filter", self)
        self.among.setToolTip("Take this off")
        set_look(self.among, "chosen", True)
        self.among.clicked.connect(lambda: self._set(replace(self._choice, among=None)))
        self.among.hide()
        self.dials = Button("Dials", "filter", self)
        self.dials.setCheckable(True)
        self.dials.setToolTip("Turn the order: adventure, fame, mood, length, age")
        self.dials.toggled.connect(self.dials_opened)
        self.search = SearchField(theme, self)
        self.search.searched.connect(lambda text: self._set(replace(self._choice, text=text)))
        self.search.chosen.connect(self.chosen)
        self._count = QLabel("", self)
        self._count.setProperty("look", "dim")
        self._build_time_menu()
        self.set_choices([], [])
        self._arrange()

    @property
    def choice(self) -> FilterChoice:
        """What the bar is set to."""
        return self._choice

    def choose(self, choice: FilterChoice) -> None:
        """Set the bar from elsewhere, and say so once."""
        self.search.set_text(choice.text)
        self._set(choice)

    def set_choices(self, genres: list[tuple[str, int]], decades: list[tuple[int, int]]) -> None:
        """Offer these genres and decades, each with how many titles it has."""
        self._fill(self._genre_menu, "Any genre", [(name, name, count) for name, count in genres], self._pick_genre)
        lines = [(f"{first}s", first, count) for first, count in decades]
        self._fill(self._decade_menu, "Any decade", lines, self._pick_decade)
        self._show_choice()

    def show_counts(self, remaining: int, total: int) -> None:
        """Say how many titles the filters leave."""
        self._counts = (remaining, total)
        self._show_counts()

    def show_dials(self, turned: int) -> None:
        """Say how many dials are off neutral."""
        words = f"Dials{SEPARATOR}{turned}" if turned else "Dials"
        if words != self.dials.text():
            self.dials.setText(words)
            self.dials.setAccessibleName(f"Dials, {turned} turned" if turned else "Dials")
            set_look(self.dials, "chosen", bool(turned))
            self._show_counts()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Say the count in fewer words where there is little room."""
        super().resizeEvent(event)
        self._show_counts()

    def _show_counts(self) -> None:
        if self._counts is None:
            return
        words = count_words(*self._counts, self._kind)
        filters = sum(button.sizeHint().width() + 8 for button in self._buttons() if not button.isHidden())
        room = self.width() - 2 * 24 - filters - self._theme.px(140)
        fits = room >= self._count.fontMetrics().horizontalAdvance(words)
        self._count.setText(words if fits else f"{self._counts[0]:,} left")
        self._count.setToolTip("" if fits else words)

    def _buttons(self) -> tuple[Button, ...]:
        return self._time, self._genre, self._decade, self._unseen, self.among, self.dials

    def count_text(self) -> str:
        """What stands at the end of the bar."""
        return self._count.text()

    def clear(self) -> None:
        """Take all filters off and say so once."""
        self.choose(FilterChoice())

    def _menu_button(self, text: str, name: str) -> tuple[Button, QMenu]:
        button = Button(f"{text} ▾", "filter", self)
        button.setAccessibleName(f"{name}: {text}")
        menu = QMenu(button)
        menu.setAccessibleName(name)
        button.clicked.connect(lambda: self._open(button, menu))
        return button, menu

    def _open(self, button: Button, menu: QMenu) -> None:
        if menu is self._time_menu:
            self._offer_time()
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        for widget in self._buttons():
            row.addWidget(widget)
        self.search.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(self._theme.px(340))
        row.addWidget(self.search, 3)
        row.addStretch(1)
        row.addWidget(self._count)

    def _build_time_menu(self) -> None:
        lengths = SHOW_LENGTHS if self._kind is MediaKind.SHOW else LENGTHS
        self._lengths = dict(lengths)
        group = QActionGroup(self)
        for words, minutes in lengths:
            action = self._line(self._time_menu, words, group)
            action.triggered.connect(
                lambda _on, minutes=minutes: self._set(replace(self._choice, max_minutes=minutes, finish_by=None))
            )
        self._time_menu.addSeparator()
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 4, 12, 6)
        line.setSpacing(8)
        label = QLabel("Finish by")
        label.setBuddy(self._until)
        self._until.setDisplayFormat("HH:mm")
        self._until.setAccessibleName("Finish by this time")
        use = Button("Set", "primary")
        use.setAccessibleName("Only what is over by then")
        use.clicked.connect(self._pick_time)
        for widget in (label, self._until, use):
            line.addWidget(widget)
        action = QWidgetAction(self)
        action.setDefaultWidget(row)
        self._time_menu.addAction(action)

    def _offer_time(self) -> None:
        """Propose the time that is set, or the half hour after a film of two hours."""
        if self._choice.finish_by is not None:
            self._until.setTime(QTime(self._choice.finish_by.hour, self._choice.finish_by.minute))
            return
        soon = datetime.now() + timedelta(hours=2)
        soon += timedelta(minutes=(30 - soon.minute % 30) % 30)
        self._until.setTime(QTime(soon.hour, soon.minute))

    def _pick_time(self) -> None:
        picked = self._until.time()
        self._time_menu.close()
        self.finish_by(time(picked.hour(), picked.minute()))

    def finish_by(self, end: time) -> None:
        """Leave only what is over by then."""
        self._set(replace(self._choice, max_minutes=None, finish_by=end))

    def _pick_genre(self, genre: object) -> None:
        self._set(replace(self._choice, genre=None if genre is None else str(genre)))

    def _pick_decade(self, decade: object) -> None:
        self._set(replace(self._choice, decade=decade if isinstance(decade, int) else None))

    def _fill(self, menu: QMenu, any_words: str, lines: list[tuple[str, object, int]], pick: object) -> None:
        menu.clear()
        group = QActionGroup(menu)
        for words, value, count in [(any_words, None, 0), *lines]:
            action = self._line(menu, f"{words}\t{count:,}" if count else words, group)
            action.setData(value)
            action.triggered.connect(lambda _on, value=value: pick(value))  # type: ignore[operator]

    def _line(self, menu: QMenu, words: str, group: QActionGroup) -> QAction:
        action = QAction(words.replace("&", "&&"), menu)
        action.setCheckable(True)
        group.addAction(action)
        menu.addAction(action)
        return action

    def _set(self, choice: FilterChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self._show_choice()
            self.changed.emit(choice)

    def _show_choice(self) -> None:
        choice = self._choice
        if choice.finish_by is not None:
            words = f"Finish by {choice.finish_by:%H:%M}"
        else:
            words = next(words for words, minutes in self._lengths.items() if minutes == choice.max_minutes)
        timed = choice.finish_by is not None or choice.max_minutes is not None
        self._label(self._time, "Time", words, timed)
        self._label(self._genre, "Genre", choice.genre or "Any genre", choice.genre is not None)
        decade = f"{choice.decade}s" if choice.decade is not None else "Any decade"
        self._label(self._decade, "Decade", decade, choice.decade is not None)
        count = 0 if choice.among is None else len(choice.among)
        self.among.setText(f"{count:,} from the map ✕")
        self.among.setAccessibleName(f"Only the {count:,} chosen on the map; press to take this off")
        self.among.setVisible(choice.among is not None)
        self._unseen.blockSignals(True)
        self._unseen.setChecked(choice.unseen_only)
        self._unseen.blockSignals(False)
        for menu, value in ((self._genre_menu, choice.genre), (self._decade_menu, choice.decade)):
            for action in menu.actions():
                action.setChecked(action.data() == value)
        for action in self._time_menu.actions():
            action.setChecked(action.text() == words)

    def _label(self, button: Button, name: str, words: str, chosen: bool) -> None:
        button.setText(f"{words} ▾".replace("&", "&&"))
        button.setAccessibleName(f"{name}: {words}")
        set_look(button, "chosen", chosen)
