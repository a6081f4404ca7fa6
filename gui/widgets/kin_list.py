"""The similar titles in columns: cards that move to their new place when the order changes, and the buttons of the active one."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEasingCurve, QElapsedTimer, QPoint, QRect, QSize, Qt, QVariantAnimation, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QIcon, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.models import RATING_WORDS, rating_words
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look
from gui.widgets.kin_card import EDGE, PICTURE, KinCard, KinEntry
from gui.widgets.poster import PosterPixmaps
from gui.widgets.rating_bar import REPEAT_GUARD
from gui.widgets.scroll_area import ScrollArea

MOVE = 170  # milliseconds in which cards go to their new places
COLUMN = 430  # the least width of a card
_BETWEEN = 12
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class KinTools(QWidget):
    """The buttons that lie on the active card: 1 to 10, and the two ways on.

    Signals: ``rated(int)``, ``similar_wanted()``, ``connections_wanted()``.
    """

    rated = pyqtSignal(int)
    similar_wanted = pyqtSignal()
    connections_wanted = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.ratings = [self._rating(value) for value in range(1, 11)]
        self.similar = Button("", "small", self)
        self.similar.setToolTip("More like this one (M)")
        self.similar.clicked.connect(self.similar_wanted)
        self.connections = Button("", "small", self)
        self.connections.setToolTip("How are they connected? (C)")
        self.connections.clicked.connect(self.connections_wanted)
        theme.changed.connect(self._arrange)

    def show_entry(self, entry: KinEntry, source: str) -> None:
        """Be about this title, which is like ``source``."""
        for place, button in enumerate(self.ratings):
            set_look(button, "chosen", entry.kin.given is not None and round(entry.kin.given) == place + 1)
            button.setAccessibleName(f"Rate {entry.title} {place + 1}, {RATING_WORDS[place]}")
        self.similar.setAccessibleName(f"More like {entry.title}")
        self.connections.setAccessibleName(f"How are {entry.title} and {source} connected?")

    def buttons(self) -> list[Button]:
        """All of them, as the tab key goes through them."""
        return [*self.ratings, self.similar, self.connections]

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Words where there is room for them, else drawings."""
        self._arrange()

    def _rating(self, value: int) -> Button:
        button = Button(str(value), "small rating", self)
        button.setToolTip(rating_words(value))
        button.clicked.connect(lambda: self.rated.emit(value))
        return button

    def _arrange(self) -> None:
        px, height = self._theme.px, self.height()
        for button in (self.similar, self.connections):
            button.setIcon(QIcon())
        self.similar.setText("More like it")
        self.connections.setText("Connections")
        words = [self.similar.sizeHint().width(), self.connections.sizeHint().width()]
        with_words = self.width() - sum(words) - px(12) - 4 >= 10 * px(25)
        if not with_words:
            words = [px(30), px(30)]
            for button, name in ((self.similar, "similar"), (self.connections, "connections")):
                button.setIcon(self._theme.icon(name, "text", 15))
                button.setIconSize(QSize(px(15), px(15)))
                button.setText("")
        step = min(px(32), (self.width() - sum(words) - px(12) - 4) // 10)
        for place, button in enumerate(self.ratings):
            button.setGeometry(place * step, 0, step - 3, height)
        left = self.width() - sum(words) - 4
        self.similar.setGeometry(left, 0, words[0], height)
        self.connections.setGeometry(left + words[0] + 4, 0, words[1], height)


class KinGrid(QWidget):
    """All the cards. Keys: the arrows move, Enter opens, digits rate, M asks for more like it, C for the connections.

    Signals: ``chosen(int)`` · ``rated(int, float)`` · ``similar_wanted(int)`` · ``connections_wanted(int)`` ·
    ``became_active(QRect)``: where the active card lies.
    """

    chosen = pyqtSignal(int)
    rated = pyqtSignal(int, float)
    similar_wanted = pyqtSignal(int)
    connections_wanted = pyqtSignal(int)
    became_active = pyqtSignal(QRect)

    def __init__(self, theme: Theme, pixmaps: PosterPixmaps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scrolled")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._theme = theme
        self._pixmaps = pixmaps
        self._source = ""
        self._cards: dict[int, KinCard] = {}
        self._order: list[int] = []
        self._active: int | None = None
        self._ways: dict[int, tuple[QPoint, QPoint]] = {}
        self._since = QElapsedTimer()
        self.tools = KinTools(theme, self)
        self.tools.hide()
        self.tools.rated.connect(self._rate_active)
        self.tools.similar_wanted.connect(lambda: self._tell(self.similar_wanted))
        self.tools.connections_wanted.connect(lambda: self._tell(self.connections_wanted))
        self._movement = QVariantAnimation(self)
        self._movement.setStartValue(0.0)
        self._movement.setEndValue(1.0)
        self._movement.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._movement.valueChanged.connect(self._move)
        theme.changed.connect(lambda: self._arrange(False))

    def show_entries(self, entries: Sequence[KinEntry], source: str) -> None:
        """Show these in this order; cards that were there already move to their new place."""
        self._source = source
        had_focus = self._focused() is not None
        before = self._order.index(self._active) if self._active in self._order else 0
        self._order = [entry.item_id for entry in entries]
        stays = self._active in self._order
        for entry in entries:
            card = self._cards.get(entry.item_id)
            if card is None:
                self._cards[entry.item_id] = self._new_card(entry)
            elif card.entry != entry:
                card.show_entry(entry)
        if not stays:  # the one that comes into its place is the active one
            self._active = self._order[min(before, len(self._order) - 1)] if self._order else None
        self._activate(self._active)
        if had_focus and not stays:
            self.take_focus()
        for item_id in self._cards.keys() - set(self._order):  # after the keyboard has left them
            card = self._cards.pop(item_id)
            card.hide()
            card.deleteLater()
        self._arrange(True)

    def cards(self) -> list[KinCard]:
        """The cards in order."""
        return [self._cards[item_id] for item_id in self._order]

    @property
    def active(self) -> KinCard | None:
        """The card with the buttons."""
        return self._cards.get(self._active) if self._active is not None else None

    def refresh(self, item_id: int) -> None:
        """Draw one card again, since its real poster came."""
        if item_id in self._cards:
            self._cards[item_id].update()

    def within(self, area: QRect) -> list[int]:
        """Ids of the titles whose cards can be seen in this part."""
        return [item_id for item_id in self._order if self._cards[item_id].geometry().intersects(area)]

    def take_focus(self) -> None:
        """Put the keyboard on the active card."""
        if self.active is not None:
            self.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def to_first(self) -> None:
        """Begin with the first one when they are shown next."""
        self._order = []
        self._activate(None)

    def columns(self) -> int:
        """How many cards stand beside each other."""
        return max(1, (self.width() + _BETWEEN) // (self._theme.px(COLUMN) + _BETWEEN))

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """A click beside the cards, or on one of the buttons, leaves the keyboard on the active card."""
        super().focusInEvent(event)
        self.take_focus()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fill the width."""
        if event is not None and event.oldSize().width() != event.size().width():
            self._arrange(False)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """The keys of the list, from the cards and from the buttons of the active one."""
        card = self._focused()
        if isinstance(card, KinCard):  # the mouse may lie on another one
            self._activate(card.entry.item_id)
        if event is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not self._key(event.key()):
            super().keyPressEvent(event)

    def _new_card(self, entry: KinEntry) -> KinCard:
        card = KinCard(self._theme, self._pixmaps, entry, self)
        item_id = entry.item_id
        card.touched.connect(lambda: self._activate(item_id))
        card.clicked.connect(lambda: self.chosen.emit(item_id))
        card.show()
        self.tools.raise_()
        return card

    def _key(self, key: int) -> bool:
        if self.active is None or self._active is None:
            return False
        if key in _STEPS:
            across, down = _STEPS[Qt.Key(key)]
            self._go(self._order.index(self._active) + across + down * self.columns())
        elif key == Qt.Key.Key_Home:
            self._go(0)
        elif key == Qt.Key.Key_End:
            self._go(len(self._order) - 1)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self._rate_active((key - Qt.Key.Key_0) or 10)
        elif key == Qt.Key.Key_M:
            self._tell(self.similar_wanted)
        elif key == Qt.Key.Key_C:
            self._tell(self.connections_wanted)
        else:
            return False
        return True

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._order):
            self._cards[self._order[place]].setFocus(Qt.FocusReason.TabFocusReason)
            self.became_active.emit(self._place_of(place))

    def _rate_active(self, value: int) -> None:
        """Rate, unless this is the second half of a double click."""
        if self._active is None or (self._since.isValid() and self._since.elapsed() < REPEAT_GUARD):
            return
        self._since.start()
        self.rated.emit(self._active, float(value))

    def _tell(self, signal: object) -> None:
        if self._active is not None:
            signal.emit(self._active)  # type: ignore[attr-defined]

    def _activate(self, item_id: int | None) -> None:
        before = self.active
        if before is not None and item_id != self._active:
            before.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._active = item_id
        card = self.active
        self.tools.setVisible(card is not None)
        if card is None:
            return
        card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tools.show_entry(card.entry, self._source)
        self._place_tools()
        last: QWidget = card
        for button in self.tools.buttons():
            QWidget.setTabOrder(last, button)
            last = button

    def _focused(self) -> QWidget | None:
        widget = self.window().focusWidget() if self.isVisible() else None
        return widget if widget is not None and self.isAncestorOf(widget) else None

    # Places

    def _card_size(self) -> QSize:
        columns = self.columns()
        width = (self.width() - (columns - 1) * _BETWEEN) // columns
        return QSize(width, self._theme.px(PICTURE.height()) + 2 * EDGE)

    def _place_of(self, place: int) -> QRect:
        size, columns = self._card_size(), self.columns()
        row, column = divmod(place, columns)
        return QRect(QPoint(column * (size.width() + _BETWEEN), row * (size.height() + _BETWEEN)), size)

    def _arrange(self, moving: bool) -> None:
        """Send every card to its place."""
        self._movement.stop()
        size = self._card_size()
        rows = -(-len(self._order) // self.columns())
        self.setFixedHeight(max(0, rows * (size.height() + _BETWEEN)))
        duration = self._theme.duration(MOVE) if moving and self.isVisible() else 0
        self._ways.clear()
        for place, item_id in enumerate(self._order):
            card, goal = self._cards[item_id], self._place_of(place)
            is_new = card.size() != goal.size()
            if duration and not is_new and card.pos() != goal.topLeft():
                self._ways[item_id] = (card.pos(), goal.topLeft())
            else:
                card.setGeometry(goal)
        self._place_tools()
        if self._ways:
            self._movement.setDuration(duration)
            self._movement.start()

    def _move(self, share: float) -> None:
        for item_id, (start, goal) in self._ways.items():
            if item_id in self._cards:
                self._cards[item_id].move(start + (goal - start) * share)
        self._place_tools()

    def _place_tools(self) -> None:
        card = self.active
        if card is not None:
            self.tools.setGeometry(card.tools_area().translated(card.pos()))
            self.tools.raise_()


class KinScroll(ScrollArea):
    """Scrolls the cards, and tells what came into sight.

    Signals: ``scrolled()``.
    """

    scrolled = pyqtSignal()

    def __init__(self, grid: KinGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self.setWidget(grid)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        grid.became_active.connect(self._follow)
        bar = self.verticalScrollBar()
        assert bar is not None
        bar.valueChanged.connect(lambda _: self.scrolled.emit())

    def in_sight(self) -> list[int]:
        """Ids of the titles that can be seen now, from the top."""
        viewport = self.viewport()
        assert viewport is not None
        return self._grid.within(QRect(self._grid.mapFrom(viewport, QPoint(0, 0)), viewport.size()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """More can be seen, or less."""
        super().resizeEvent(event)
        self.scrolled.emit()

    def _follow(self, area: QRect) -> None:
        bar = self.verticalScrollBar()
        viewport = self.viewport()
        if bar is None or viewport is None:
            return
        if area.top() < bar.value():
            bar.setValue(area.top())
        elif area.bottom() > bar.value() + viewport.height():
            bar.setValue(area.bottom() - viewport.height() + _BETWEEN)
