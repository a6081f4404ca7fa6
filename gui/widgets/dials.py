"""The dials: five sliders that change the order of the suggestions while they move, and positions of them kept under names.

The panel is no dialog: it lies below the filters, and the shelf is sorted live. It knows no settings: it shows values and says
what the user did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QMenu, QVBoxLayout, QWidget

from gui.models import DialChoice
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look
from gui.widgets.dial import DIALS, Dial
from gui.widgets.preset_form import PresetForm
from library.settings import DialPreset

_NAME_WIDTH = 100
_EDGE, _GAP = 16, 18
_BESIDE, _STACKED = 210, 76  # width of the two buttons beside each other, and one above the other


class DialsPanel(QFrame):
    """All dials in a row, or in two where there is little room; the presets and the way back to neutral.

    Signals: ``turned(DialChoice)`` whenever one moves; ``released()`` when it is let go, so that the best title may be shown;
    ``preset_saved(str)``, ``preset_renamed(str, str)`` from the old to the new name, ``preset_deleted(str)``; ``closed()``
    when it was left with Escape.
    """

    turned = pyqtSignal(object)
    released = pyqtSignal()
    preset_saved = pyqtSignal(str)
    preset_renamed = pyqtSignal(str, str)
    preset_deleted = pyqtSignal(str)
    closed = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.setAccessibleName("Dials")
        self._theme = theme
        self._choice = DialChoice()
        self._presets: tuple[DialPreset, ...] = ()
        self.dials = tuple(Dial(theme, words, self) for words in DIALS)
        self.presets = Button("Presets ▾", "filter", self)
        self.menu = QMenu(self.presets)
        self.menu.setAccessibleName("Presets of the dials")
        self.reset = Button("Reset", "quiet", self)
        self.reset.setToolTip("All dials back to neutral")
        self.form = PresetForm(theme, self)
        self._rows = QWidget(self)
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._shape = ""
        self._arrange()
        for dial in self.dials:
            dial.turned.connect(lambda value, dial=dial: self._turn(dial, value))
            dial.let_go.connect(self.released)
        self.presets.clicked.connect(self._open_menu)
        self.reset.clicked.connect(lambda: self._jump(DialChoice()))
        self.form.opened.connect(self._make_room)
        self.form.saved.connect(self.preset_saved)
        self.form.renamed.connect(self.preset_renamed)
        self._show()

    @property
    def choice(self) -> DialChoice:
        """Where the dials stand."""
        return self._choice

    def show_choice(self, choice: DialChoice) -> None:
        """Put the dials there without telling it."""
        if choice != self._choice:
            self._choice = choice
            for dial in self.dials:
                dial.show_value(getattr(choice, dial.words.field))
            self._show()

    def show_presets(self, presets: Sequence[DialPreset]) -> None:
        """Offer these."""
        self._presets = tuple(presets)
        self._show()

    def preset_in_use(self) -> DialPreset | None:
        """The preset whose position the dials are in."""
        return next((preset for preset in self._presets if DialChoice.of_preset(preset) == self._choice), None)

    def first(self) -> QWidget:
        """Where the keyboard goes when the panel opens."""
        return self.dials[0].slider

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Close on Escape."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Stand in one row where that fits."""
        super().resizeEvent(event)
        self._place()

    def _turn(self, dial: Dial, value: float) -> None:
        self._choice = replace(self._choice, **{dial.words.field: value})
        self._show()
        self.turned.emit(self._choice)

    def _jump(self, choice: DialChoice) -> None:
        """Take another position at once."""
        if choice != self._choice:
            self.show_choice(choice)
            self.turned.emit(choice)
            self.released.emit()

    def _show(self) -> None:
        in_use = self.preset_in_use()
        name = in_use.name if in_use is not None else "Presets"
        room = self._theme.px(_NAME_WIDTH if self._shape != "narrow" else _STACKED - 24)
        words = self.presets.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        self.presets.setText(f"{words} ▾".replace("&", "&&"))
        self.presets.setAccessibleName(f"Presets: {name}" if in_use is not None else "Presets")
        self.presets.setToolTip(name if in_use is not None else "Positions of the dials under names of your own")
        set_look(self.presets, "chosen", in_use is not None)
        self.reset.setEnabled(bool(self._choice.turned))
        self._place()

    # The presets

    def _open_menu(self) -> None:
        self.fill_menu()
        self.menu.popup(self.presets.mapToGlobal(self.presets.rect().bottomLeft()))

    def fill_menu(self) -> None:
        """Offer the presets there are, and what can be done with the one in use."""
        self.menu.clear()
        in_use = self.preset_in_use()
        for preset in self._presets:
            action = self._line(preset.name)
            action.setCheckable(True)
            action.setChecked(preset is in_use)
            action.triggered.connect(lambda _on, preset=preset: self._jump(DialChoice.of_preset(preset)))
        if self._presets:
            self.menu.addSeparator()
        if in_use is None:
            self._line("Save as a preset …").triggered.connect(lambda: self.form.ask_for_name())
            return
        self._line(f"Rename “{self._short(in_use.name)}” …").triggered.connect(
            lambda: self.form.ask_for_name(in_use.name)
        )
        self._line(f"Delete “{self._short(in_use.name)}”").triggered.connect(
            lambda: self.preset_deleted.emit(in_use.name)
        )

    def _line(self, text: str) -> QAction:
        action = QAction(self._short(text, 320).replace("&", "&&"), self.menu)
        self.menu.addAction(action)
        return action

    def _short(self, text: str, room: int = 200) -> str:
        return self.menu.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self._theme.px(room))

    # Where everything lies

    def _arrange(self) -> None:
        self._tail = QWidget(self)
        self._tail_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._tail)
        self._tail_row.setContentsMargins(0, 0, 0, 0)
        self._tail_row.setSpacing(4)
        self._tail_row.addWidget(self.presets)
        self._tail_row.addWidget(self.reset)
        self._tail_row.addStretch(1)
        self._grid.setVerticalSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, 8, _EDGE, 8)
        column.setSpacing(8)
        column.addWidget(self._rows)
        column.addWidget(self.form)
        self._place()

    def _make_room(self) -> None:
        """While a name is given, two rows of dials would leave too little of the card."""
        naming = not self.form.isHidden()
        self._rows.setVisible(not naming or self._shape != "two rows")
        if not naming:
            self.presets.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        """One row; with little room with the two buttons one above the other; with less in two rows."""
        px, room = self._theme.px, self.width() - 2 * _EDGE
        wide = 5 * (max(dial.needed_width(narrow=False) for dial in self.dials) + px(_GAP)) + px(_BESIDE)
        narrow = 5 * (max(dial.needed_width(narrow=True) for dial in self.dials) + px(_GAP)) + px(_STACKED)
        shape = "wide" if room >= wide else "narrow" if room >= narrow else "two rows"
        if shape == self._shape:
            return
        self._shape = shape
        columns = 3 if shape == "two rows" else 6
        stacked = shape == "narrow"
        self._tail_row.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        self._tail_row.setSpacing(0 if stacked else 4)
        set_look(self.presets, "look", "link" if stacked else "filter")
        set_look(self.reset, "look", "link" if stacked else "quiet")
        self._grid.setHorizontalSpacing(px(_GAP))
        for place, part in enumerate((*self.dials, self._tail)):
            self._grid.addWidget(part, place // columns, place % columns)
        for dial in self.dials:
            dial.set_narrow(stacked)
        for column in range(6):
            self._grid.setColumnStretch(column, 1 if column < min(columns, 5) else 0)
