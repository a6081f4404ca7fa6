"""The window: tabs on top, one page, and below it the message bar and the progress strip that serve all tabs.

A page can be laid over the tabs; when it is left, what was below it is there again, with the keyboard where it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QIcon, QKeySequence, QMoveEvent, QResizeEvent, QShortcut, QShowEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.theme import RESOURCES, Theme
from gui.widgets.buttons import Button
from gui.widgets.laid_page import LaidPage
from gui.widgets.message_bar import MessageBar
from gui.widgets.progress_strip import ProgressStrip

_SYSTEM_CHANGES = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.DevicePixelRatioChange)
USUAL_SIZE, SMALLEST_SIZE = QSize(1280, 800), QSize(960, 640)
_FRAME = QSize(8, 36)  # what a title bar and borders take of the screen, generously
_SETTLED = 400  # milliseconds after the last move before the place is told


def opening_sizes(screen: QSize) -> tuple[QSize, QSize]:
    """The smallest size of the window and the one it opens with: never more than the screen has room for."""
    room = (screen - _FRAME).expandedTo(QSize(320, 240))
    return SMALLEST_SIZE.boundedTo(room), USUAL_SIZE.boundedTo(room)


class MainWindow(QMainWindow):
    """The one window of the program.

    Signals: ``geometry_changed(str)`` when it was moved or resized (to be given to ``restore_geometry`` next time),
    ``tab_changed(str)`` with the title of the tab that came into sight, also from under a page that lay over it,
    ``tonight_requested()``, ``person_chosen(str)`` with the id of whoever is to sit down, ``closing()`` when the user closes
    the window.
    """

    geometry_changed = pyqtSignal(str)
    tab_changed = pyqtSignal(str)
    tonight_requested = pyqtSignal()
    person_chosen = pyqtSignal(str)
    closing = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWindowTitle("Homereel")
        self.setWindowIcon(QIcon(str(RESOURCES / "icons" / "homereel.svg")))
        smallest, size = opening_sizes(self.screen().availableSize() if self.screen() is not None else USUAL_SIZE)
        self.setMinimumSize(smallest)
        self.resize(size)
        self.messages = MessageBar(theme)
        self.strip = ProgressStrip(theme)
        self._tabs = self._tab_bar()
        self._pages = QStackedWidget()
        self._pages.setObjectName("pages")
        self._layers = QStackedWidget()
        self._laid: list[LaidPage] = []
        self._tonight = Button("Tonight", "quiet")
        self._person = Button("", "quiet")
        self._people = QMenu(self._person)
        self._told = ""
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLED)
        self._settle.timeout.connect(self._tell_geometry)
        self._arrange()
        for number in range(1, 9):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.activated.connect(lambda place=number - 1: self._show_place(place))
        for keys, step in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda step=step: self._step(step))
        self._tonight_key = QShortcut(QKeySequence("Ctrl+T"), self)
        self._tonight_key.activated.connect(self.tonight_requested)
        self.offer_tonight(False)
        self.show_people((), "")
        theme.changed.connect(self._recolour)
        self._recolour()

    def add_tab(self, widget: QWidget, title: str) -> None:
        """Add a page with its title in the bar."""
        self._pages.addWidget(widget)
        self._tabs.addTab(title)

    def show_tab(self, title: str) -> None:
        """Show the page with this title, with nothing over it; nothing happens when there is none."""
        for place in range(self._tabs.count()):
            if self._tabs.tabText(place) == title:
                self._show_place(place)

    def current_tab(self) -> str:
        """The title of the page that is shown."""
        return self._tabs.tabText(self._tabs.currentIndex())

    def tab_titles(self) -> list[str]:
        """The titles in the bar, in order."""
        return [self._tabs.tabText(place) for place in range(self._tabs.count())]

    def offer_tonight(self, offered: bool) -> None:
        """Show the button "Tonight" when there is something that can answer it."""
        self._tonight.setVisible(offered)
        self._tonight_key.setEnabled(offered)

    def show_people(self, people: Sequence[tuple[str, str]], sitting: str) -> None:
        """Say who sits in front of it, and offer to let somebody else sit down; nothing is said while there is only one.

        :param people: id and name of each; ``sitting`` is the id of who sits there.
        """
        self._people.clear()
        names = dict(people)
        for person_id, name in people:
            action = self._people.addAction(name.replace("&", "&&"))
            assert action is not None
            action.setCheckable(True)
            action.setChecked(person_id == sitting)
            action.setEnabled(person_id != sitting)
            action.triggered.connect(lambda _checked, person_id=person_id: self.person_chosen.emit(person_id))
        self._person.setText(names.get(sitting, "").replace("&", "&&"))
        self._person.setAccessibleName(f"{names.get(sitting, '')} sits in front of it. Let somebody else sit down")
        self._person.setToolTip("Let somebody else sit down")
        self._person.setVisible(len(people) > 1)

    def lay_over(self, page: LaidPage) -> None:
        """Lay a page over the tabs, on top of those that lie there already; one of these comes to the top again."""
        if page in self._laid:
            self._laid.remove(page)
        elif self._layers.indexOf(page) < 0:
            self._layers.addWidget(page)
            page.closed.connect(lambda: self.take_off(page))
        self._laid.append(page)
        self._layers.setCurrentWidget(page)
        page.take_focus()

    def take_off(self, page: LaidPage) -> None:
        """Take a page away; what was below it is shown, and has the keyboard where it had it before."""
        if page in self._laid:
            self._laid.remove(page)
            self._show_top()

    def take_all_off(self) -> None:
        """Show the tabs, whatever lies over them."""
        if self._laid:
            self._laid.clear()
            self._show_top()

    def laid_pages(self) -> tuple[LaidPage, ...]:
        """The pages that lie over the tabs, the one on top last."""
        return tuple(self._laid)

    def restore_geometry(self, text: str) -> bool:
        """Go where the window was, as ``geometry_changed`` told; False when the text is of no use."""
        if not text or not text.isascii():
            return False
        return self.restoreGeometry(QByteArray.fromBase64(text.encode("ascii")))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Remember the new size soon."""
        super().resizeEvent(event)
        self._place_messages()
        self._settle.start()

    def moveEvent(self, event: QMoveEvent | None) -> None:
        """Remember the new place soon."""
        super().moveEvent(event)
        self._settle.start()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the system when its theme or its text size changes."""
        super().changeEvent(event)
        if event is not None and event.type() in _SYSTEM_CHANGES:
            self._theme.refresh()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Give the message bar its place."""
        super().showEvent(event)
        self._place_messages()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Tell the place a last time, and that the window closes."""
        self._settle.stop()
        self._tell_geometry()
        self.closing.emit()
        super().closeEvent(event)

    def _tab_bar(self) -> QTabBar:
        bar = QTabBar()
        bar.setObjectName("tabs")
        bar.setDrawBase(False)
        bar.setExpanding(False)
        bar.setUsesScrollButtons(False)
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.setCursor(Qt.CursorShape.PointingHandCursor)
        bar.setAccessibleName("Tabs")
        bar.currentChanged.connect(self._turned)
        return bar

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(24, 8, 24, 0)
        top.addWidget(self._tabs, 1)
        top.addWidget(self._person)
        top.addWidget(self._tonight)
        line = QFrame()
        line.setObjectName("tabLine")
        tabs = QWidget()
        inner = _column(tabs)
        inner.addLayout(top)
        inner.addWidget(line)
        inner.addWidget(self._pages, 1)
        self._layers.addWidget(tabs)
        page = QWidget()
        page.setObjectName("page")
        column = _column(page)
        column.addWidget(self._layers, 1)
        column.addWidget(self.strip)
        self.setCentralWidget(page)
        self.messages.setParent(page)
        self._tonight.setToolTip("One title at a time, for this evening (Ctrl+T)")
        self._tonight.setAccessibleName("Tonight: one title at a time, for this evening")
        self._tonight.clicked.connect(self.tonight_requested)
        self._person.clicked.connect(self._offer_people)

    def _offer_people(self) -> None:
        self._people.popup(self._person.mapToGlobal(self._person.rect().bottomLeft()))

    def _recolour(self) -> None:
        self._tonight.setIcon(self._theme.icon("tonight", "accent_text", 15))
        self._tonight.setIconSize(QSize(self._theme.px(15), self._theme.px(15)))

    def _show_top(self) -> None:
        """Show the page on top, or the tabs. Qt gives the keyboard to the widget of it that had it last."""
        if self._laid:
            self._layers.setCurrentWidget(self._laid[-1])
            return
        self._layers.setCurrentIndex(0)
        page = self._pages.currentWidget()
        if page is not None and not self._layers.currentWidget().isAncestorOf(self.focusWidget()):
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.tab_changed.emit(self.current_tab())

    def _turned(self, place: int) -> None:
        if place < 0:
            return
        self._pages.setCurrentIndex(place)
        page = self._pages.currentWidget()
        if page is not None and not self._tabs.hasFocus():
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.tab_changed.emit(self._tabs.tabText(place))

    def _show_place(self, place: int) -> None:
        if place < self._tabs.count():
            self._tabs.setCurrentIndex(place)
            self.take_all_off()

    def _place_messages(self) -> None:
        page = self.centralWidget()
        if page is not None:
            self.messages.float_over(page.rect().adjusted(0, 0, 0, -self.strip.height()))

    def _step(self, step: int) -> None:
        if self._tabs.count():
            self._show_place((self._tabs.currentIndex() + step) % self._tabs.count())

    def _tell_geometry(self) -> None:
        saved = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        if saved != self._told:
            self._told = saved
            self.geometry_changed.emit(saved)


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
