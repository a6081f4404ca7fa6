"""Where everything lies, the backups, the way to take one's ratings along; and how the window looks."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QButtonGroup, QComboBox, QFileDialog, QRadioButton, QWidget

from gui.phrases import ago, size
from gui.preferences import Preferences
from gui.tabs.configuration.parts import PanelCard, Question, Section, row, say, words
from gui.widgets.buttons import Button
from library.backups import Backup, Reason, listed
from library.errors import AppError
from library.home import Home
from library.settings import AppearanceSettings, Settings

_REASONS = {
    Reason.DAILY: "made by itself",
    Reason.MANUAL: "made by you",
    Reason.MIGRATION: "before an upgrade",
    Reason.RESET: "before a reset of the model",
    Reason.RESTORE: "before a restore",
}


class DataSection(Section):
    """Where the data lie; backups; export.

    Signals: ``backup_wanted()``, ``restore_wanted(Path)``, ``export_wanted(Path, str)`` with "csv" or "json".
    """

    backup_wanted = pyqtSignal()
    restore_wanted = pyqtSignal(object)
    export_wanted = pyqtSignal(object, str)

    def __init__(self, home: Home, parent: QWidget | None = None) -> None:
        super().__init__("Data", "Everything stays on this computer, in one folder.", parent)
        self._home = home
        self._backups: tuple[Backup, ...] = ()
        self.place = words(str(home.path), "")
        self.tokens = words("", "note")
        self.open_folder = Button("Open folder", "", self)
        self.back_up = Button("Back up now", "", self)
        self.backups = QComboBox(self)
        self.backups.setAccessibleName("Backups")
        self.backups.setMinimumWidth(200)
        self.backups.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.backups.setMinimumContentsLength(30)
        self.restore = Button("Restore", "", self)
        self.none = words("There is no backup yet. One is made every day.", "dim")
        self.sure = Question(self)
        self.csv = Button("Export ratings as CSV", "", self)
        self.json = Button("Export ratings as JSON", "", self)
        self.result = words("", "note")
        self._build()
        self.open_folder.clicked.connect(self._open_folder)
        self.back_up.clicked.connect(self._back_up)
        self.restore.clicked.connect(self._ask)
        self.sure.agreed.connect(self._restore)
        self.csv.clicked.connect(lambda: self._export("csv"))
        self.json.clicked.connect(lambda: self._export("json"))
        self.refresh()

    def _build(self) -> None:
        folder = PanelCard()
        folder.body.addWidget(self.place)
        folder.body.addWidget(self.tokens)
        folder.body.addLayout(row(self.open_folder, 1))
        self.body.addWidget(folder)
        backups = PanelCard()
        backups.body.addWidget(words("Backups", "heading"))
        backups.body.addWidget(
            words(
                "One is made every day and before anything risky. Seven days are kept, and all you made yourself.",
                "note",
            )
        )
        backups.body.addWidget(self.none)
        backups.body.addLayout(row(self.backups, self.restore, self.back_up, 1))
        backups.body.addWidget(self.sure)
        backups.body.addWidget(words("Your ratings", "heading"))
        backups.body.addLayout(row(self.csv, self.json, 1))
        backups.body.addWidget(self.result)
        self.body.addWidget(backups)
        say(self.tokens, "")
        say(self.result, "")

    def refresh(self) -> None:
        """Read again which backups there are."""
        found = tuple(listed(self._home))
        if found == self._backups and self.backups.count():
            return
        self._backups = found
        self.backups.clear()
        for backup in self._backups:
            when = ago(backup.made_at)
            self.backups.addItem(f"{when[:1].upper()}{when[1:]}, {_REASONS[backup.reason]} · {size(backup.size)}")
        for widget in (self.backups, self.restore):
            widget.setVisible(bool(self._backups))
        self.none.setVisible(not self._backups)

    def show_result(self, sentence: str, look: str = "good") -> None:
        """Say how it went."""
        for button in (self.back_up, self.restore, self.csv, self.json):
            button.setEnabled(True)
        say(self.result, sentence, look)
        self.refresh()

    def show_token_place(self, sentence: str) -> None:
        """Say where tokens are kept."""
        say(self.tokens, sentence)

    def showEvent(self, event: object) -> None:
        """Show the backups there are now."""
        self.refresh()

    def _back_up(self) -> None:
        self._begin("Making a backup …")
        self.backup_wanted.emit()

    def _ask(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.sure.ask(
                f"Go back to the backup of {ago(chosen.made_at)}? Ratings and settings made since then are not in it."
                " The library as it is now is backed up first, so that you can return to it.",
                "Restore it",
                "Stay here",
            )

    def _restore(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._begin("Restoring the backup …")
            self.restore_wanted.emit(chosen.path)

    def _chosen(self) -> Backup | None:
        place = self.backups.currentIndex()
        return self._backups[place] if 0 <= place < len(self._backups) else None

    def _export(self, form: str) -> None:
        start = str(Path.home() / f"homereel-ratings.{form}")
        picked, _ = QFileDialog.getSaveFileName(self, "Export ratings", start, f"{form.upper()} (*.{form})")
        if picked:
            self._begin("Writing the file …")
            self.export_wanted.emit(Path(picked), form)

    def _begin(self, sentence: str) -> None:
        for button in (self.back_up, self.restore, self.csv, self.json):
            button.setEnabled(False)
        say(self.result, sentence, "note")

    def _open_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._home.path))):
            say(self.result, f"The folder could not be opened from here. It is {self._home.path}.", "problem")


class AppearanceSection(Section):
    """System, dark or light; changes at once.

    Signals: ``went_wrong(AppError)``.
    """

    went_wrong = pyqtSignal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("Appearance", "Text follows the size your system uses.", parent)
        self._preferences = preferences
        card = PanelCard()
        self._group = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        for value, label in (("system", "Like the system"), ("dark", "Dark"), ("light", "Light")):
            button = QRadioButton(label, self)
            self.choices[value] = button
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, value=value: self._choose(value))
        card.body.addLayout(row(*self.choices.values(), 1, spacing=24))
        self.body.addWidget(card)
        preferences.changed.connect(self.refresh)
        self.refresh(preferences.settings)

    def refresh(self, settings: Settings) -> None:
        """Show what is configured."""
        self.choices[settings.appearance.theme].setChecked(True)

    def _choose(self, value: str) -> None:
        try:
            self._preferences.change(appearance=AppearanceSettings(theme=value))  # type: ignore[arg-type]
        except AppError as error:
            self.refresh(self._preferences.settings)
            self.went_wrong.emit(error)
