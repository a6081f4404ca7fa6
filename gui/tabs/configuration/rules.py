"""What is never suggested, whatever the taste says: rules, each with how many titles it hides now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import QCheckBox, QComboBox, QLabel, QMenu, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from gui.models import SEPARATOR
from gui.preferences import Preferences
from gui.tabs.configuration.parts import PanelCard, Section, row, say, words
from gui.tabs.configuration.recommending import SETTLE_MILLISECONDS
from gui.widgets.buttons import Button
from library.errors import AppError
from library.settings import RuleSettings, Settings, SourceSettings

if TYPE_CHECKING:
    from recommender.rules import HiddenCount

AGES = (0, 6, 8, 12, 13, 14, 16, 17, 18)
LONGEST = 1000  # minutes
OFF = "Off"
WIDEST_NAME = 360
_GAP = 8
_LONGEST_CAPTION = "Shorter than"


@dataclass(frozen=True, slots=True)
class LibraryChoice:
    """One library of a source that can be left out.

    :param key: as the rules name it: "<source id>/<key>".
    :param label: its title and the name of its source.
    """

    key: str
    label: str


def library_choices(
    titles: Mapping[tuple[str, str], str], sources: Sequence[SourceSettings]
) -> tuple[LibraryChoice, ...]:
    """The libraries there are, as ``ItemStore.library_titles`` tells them, with the names of their sources."""
    names = {source.id: source.name for source in sources}
    found = [
        LibraryChoice(f"{source_id}/{key}", f"{title}{SEPARATOR}{names.get(source_id, source_id)}")
        for (source_id, key), title in titles.items()
    ]
    return tuple(sorted(found, key=lambda choice: choice.label.casefold()))


def hidden_words(titles: int | None) -> str:
    """How many titles a rule hides; empty when that is not known, or when the rule is off."""
    if titles is None:
        return ""
    if not titles:
        return "hides nothing now"
    return f"hides {titles:,} {'title' if titles == 1 else 'titles'} now"


class FlowRow(QWidget):
    """Widgets side by side, in as many lines as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[QWidget]) -> None:
        """Hold these and no others; those that are gone are deleted."""
        for part in self._parts:
            if part not in parts:
                part.hide()
                part.deleteLater()
        self._parts = list(parts)
        for before, part in zip(self._parts, self._parts[1:], strict=False):
            QWidget.setTabOrder(before, part)
        for part in self._parts:
            part.show()
        self.arrange()

    def arrange(self) -> None:
        """Break the lines for the width there is."""
        left, top, height = 0, 0, 0
        for part in self._parts:
            size = part.sizeHint()
            width = min(size.width(), max(80, self.width()))
            if left and left + width > self.width():
                left, top = 0, top + height + _GAP
            part.setGeometry(left, top, width, size.height())
            left, height = left + width + _GAP, size.height()
        self.setFixedHeight(top + height)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Break the lines anew."""
        if event is None or event.oldSize().width() != event.size().width():
            self.arrange()


class RulesSection(Section):
    """All rules. Each holds as soon as it is made; one that cannot hold says why and is not stored.

    Whoever owns it tells what there is to choose from (:meth:`show_choices`) and, after each change of the settings or the
    library, what the rules hide (:meth:`show_counts`).
    """

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("Rules", "What is never suggested. A search finds it all the same.", parent)
        self._preferences = preferences
        self._stored = preferences.settings.rules
        self._genres: tuple[str, ...] = ()
        self._known_genres: tuple[str, ...] = ()
        self._known_libraries: tuple[LibraryChoice, ...] = ()
        self._counts: dict[str, int] = {}
        self._labels: dict[str, QLabel] = {}
        self.seasonal = QCheckBox("Suggest them only in their season", self)
        self.age = self._age_box()
        self.shorter = self._length_box("Hide films shorter than")
        self.longer = self._length_box("Hide films longer than")
        self.problem = words("", "problem")
        self.genre_row = FlowRow(self)
        self.add_genre = Button("Add a genre ▾", "filter", self.genre_row)
        self.menu = QMenu(self.add_genre)
        self.menu.setAccessibleName("Genres")
        self._chips: list[Button] = []
        self.boxes: dict[str, QCheckBox] = {}
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._store)
        self._build()
        self._show_rules(self._stored)
        self.seasonal.toggled.connect(self._store)
        self.age.currentIndexChanged.connect(self._store)
        for box in (self.shorter, self.longer):
            box.valueChanged.connect(self._settle.start)
        self.add_genre.clicked.connect(self._open_menu)
        preferences.changed.connect(self.refresh)

    def refresh(self, settings: Settings) -> None:
        """Show what is configured; what was typed and could not be stored stays until the rules themselves are others."""
        if settings.rules != self._stored:
            self._stored = settings.rules
            self._show_rules(settings.rules)

    def show_choices(self, genres: Sequence[str], libraries: Sequence[LibraryChoice]) -> None:
        """Offer these genres and libraries."""
        self._known_genres = tuple(sorted(set(genres), key=str.casefold))
        if tuple(libraries) != self._known_libraries:
            self._known_libraries = tuple(libraries)
            self._show_libraries(self._stored.libraries)

    def show_counts(self, counts: Sequence[HiddenCount]) -> None:
        """Say how many titles each rule hides now."""
        self._counts = {count.rule: count.titles for count in counts}
        self._say_counts()

    def counts(self) -> dict[str, str]:
        """What is said about each rule that is set, by the rule's name; genres say it on their chip."""
        return {rule: label.text() for rule, label in self._labels.items() if label.text()}

    def genre_chips(self) -> list[Button]:
        """The button of each genre that is left out; pressing one lets the genre be suggested again."""
        return list(self._chips)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Let the wheel scroll the page, not turn a rule that the mouse happens to pass."""
        wheel = event is not None and event.type() == QEvent.Type.Wheel
        if event is not None and wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # What the user does

    def _rules(self) -> RuleSettings:
        """The rules as they stand on the page."""
        hidden = {key for key, box in self.boxes.items() if box.isChecked()}
        return RuleSettings(
            seasonal=self.seasonal.isChecked(),
            most_age=self.age.currentData(),
            genres=self._genres,
            libraries=tuple(sorted(hidden)),
            shorter_than=float(self.shorter.value()) or None,
            longer_than=float(self.longer.value()) or None,
        )

    def _store(self) -> None:
        self._settle.stop()
        rules, before = self._rules(), self._stored
        try:
            self._stored = rules
            self._preferences.change(rules=rules)
        except AppError as error:
            self._stored = before
            say(self.problem, str(error))
            return
        say(self.problem, "")
        self._say_counts()

    def _change_genres(self, genres: tuple[str, ...]) -> None:
        self._genres = genres
        self._show_genres()
        self._store()

    def _drop_genre(self, genre: str) -> None:
        self._change_genres(tuple(other for other in self._genres if other != genre))
        self.add_genre.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_menu(self) -> None:
        self.fill_menu()
        self.menu.popup(self.add_genre.mapToGlobal(QPoint(0, self.add_genre.height() + 2)))

    def fill_menu(self) -> None:
        """Offer the genres that are not left out yet."""
        self.menu.clear()
        left = [genre for genre in self._known_genres if genre not in self._genres]
        for genre in left:
            action = QAction(genre.replace("&", "&&"), self.menu)
            action.triggered.connect(lambda _on, genre=genre: self._change_genres((*self._genres, genre)))
            self.menu.addAction(action)
        if not left:
            nothing = QAction("There is no other genre", self.menu)
            nothing.setEnabled(False)
            self.menu.addAction(nothing)

    # What is shown

    def _show_rules(self, rules: RuleSettings) -> None:
        parts = (self.seasonal, self.age, self.shorter, self.longer)
        for part in parts:
            part.blockSignals(True)
        self.seasonal.setChecked(rules.seasonal)
        if self.age.findData(rules.most_age) < 0:
            self.age.addItem(_age_words(rules.most_age), rules.most_age)
        self.age.setCurrentIndex(self.age.findData(rules.most_age))
        self.shorter.setValue(round(rules.shorter_than or 0))
        self.longer.setValue(round(rules.longer_than or 0))
        for part in parts:
            part.blockSignals(False)
        self._genres = rules.genres
        self._show_genres()
        self._show_libraries(rules.libraries)
        say(self.problem, "")

    def _show_genres(self) -> None:
        self._chips = []
        for genre in self._genres:
            chip = Button("", "filter", self.genre_row)
            chip.setProperty("chosen", "true")
            chip.setProperty("genre", genre)
            chip.setAccessibleName(f"Suggest {genre} again")
            chip.setToolTip(f"Suggest {genre} again")
            chip.clicked.connect(lambda _on, genre=genre: self._drop_genre(genre))
            self._chips.append(chip)
        self.genre_row.show_parts([*self._chips, self.add_genre])
        self._say_counts()

    def _show_libraries(self, hidden: Sequence[str]) -> None:
        known = {choice.key for choice in self._known_libraries}
        lost = [LibraryChoice(key, f"{key}{SEPARATOR}not there now") for key in hidden if key not in known]
        while (entry := self._library_lines.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.boxes = {}
        self._labels = {rule: label for rule, label in self._labels.items() if not rule.startswith("library ")}
        for choice in (*self._known_libraries, *lost):
            box = QCheckBox(self._shortened(choice.label).replace("&", "&&"), self)
            box.setToolTip(choice.label)
            box.setAccessibleName(f"Leave out {choice.label}")
            box.setChecked(choice.key in hidden)
            box.toggled.connect(self._store)
            self.boxes[choice.key] = box
            line = QWidget(self)
            line.setLayout(row(box, self._count_label(f"library {choice.key}"), 1, spacing=12))
            self._library_lines.addWidget(line)
        self._libraries.setVisible(bool(self.boxes))
        self._say_counts()

    def _say_counts(self) -> None:
        """Say nothing beside a rule that is off, or whose count has not been told yet."""
        rules = self._rules()
        on = {
            "seasonal": rules.seasonal,
            "age": rules.most_age is not None,
            "shorter": rules.shorter_than is not None,
            "longer": rules.longer_than is not None,
            **{f"library {key}": key in rules.libraries for key in self.boxes},
        }
        for rule, label in self._labels.items():
            label.setText(hidden_words(self._counts.get(rule)) if on.get(rule) else "")
        for chip in self._chips:
            genre = str(chip.property("genre"))
            count = self._counts.get(f"genre {genre}")
            name = self._shortened(genre)
            chip.setText(f"{name}{'' if count is None else f'{SEPARATOR}{count:,}'}  ✕".replace("&", "&&"))
            chip.setAccessibleDescription(hidden_words(count))
        self.genre_row.arrange()

    def _shortened(self, name: str) -> str:
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, WIDEST_NAME)

    # How it is put together

    def _build(self) -> None:
        card = PanelCard()
        note = "Titles about Christmas, Halloween and other feasts."
        self._add(card, "Seasons", note, self._line(self.seasonal, "seasonal"))
        note = "Titles that are meant for older people are left out. Those without a mark stay."
        self._add(card, "Age", note, self._line(self.age, "age", "Not above"))
        lengths = (
            self._line(self.shorter, "shorter", _LONGEST_CAPTION),
            self._line(self.longer, "longer", "Longer than"),
        )
        self._add(card, "Length of films", "", *lengths, self.problem)
        self._add(card, "Genres", "A title that has one of these, among others, is left out.", self.genre_row)
        self._libraries = QWidget(self)
        column = QVBoxLayout(self._libraries)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._library_lines = QVBoxLayout()
        self._library_lines.setSpacing(2)
        column.addWidget(words("Libraries", "heading"))
        column.addWidget(words("What lies only in a library that is ticked is left out.", "note"))
        column.addLayout(self._library_lines)
        card.body.addWidget(self._libraries)
        self.body.addWidget(card)

    def _add(self, card: PanelCard, heading: str, note: str, *parts: QWidget) -> None:
        card.body.addWidget(words(heading, "heading"))
        if note:
            card.body.addWidget(words(note, "note"))
        for part in parts:
            card.body.addWidget(part)
        card.body.addSpacing(8)

    def _line(self, part: QWidget, rule: str, before: str = "") -> QWidget:
        line = QWidget(self)
        layout = row(spacing=12)
        if before:
            caption = words(before, "", wrap=False)
            caption.setMinimumWidth(caption.fontMetrics().horizontalAdvance(_LONGEST_CAPTION) + 16)
            caption.setBuddy(part)
            layout.addWidget(caption)
        layout.addWidget(part)
        layout.addWidget(self._count_label(rule))
        layout.addStretch(1)
        line.setLayout(layout)
        return line

    def _count_label(self, rule: str) -> QLabel:
        label = words("", "note", wrap=False)
        self._labels[rule] = label
        return label

    def _age_box(self) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName("Hide what is meant for people above this age")
        for age in (None, *AGES):
            box.addItem(_age_words(age), age)
        self._guard(box)
        return box

    def _length_box(self, name: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(0, LONGEST)
        box.setSingleStep(5)
        box.setSuffix(" min")
        box.setSpecialValueText(OFF)
        box.setAccessibleName(name)
        self._guard(box)
        return box

    def _guard(self, box: QWidget) -> None:
        box.setMinimumWidth(130)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self)


def _age_words(age: int | None) -> str:
    return OFF if age is None else f"{age} years"
