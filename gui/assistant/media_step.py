"""The first step: where the media are. It shows the forms of the Configuration tab, one at a time."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from gui.account_actions import AccountActions
from gui.assistant.around import LookAround
from gui.assistant.choices import ChoiceButton, ChoiceGrid
from gui.assistant.source_lines import SourceLines
from gui.assistant.step import Step
from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.server_form import ServerForm
from gui.tabs.configuration.source_form import SourceForm
from gui.tabs.configuration.sources import form_of
from gui.theme import Theme
from library.accounts import FoundServer
from library.settings import SourceKind

KINDS: tuple[tuple[SourceKind, str, str], ...] = (
    ("folder", "A folder", "On this computer, or on a drive in your network."),
    ("plex", "Plex", "Sign in in your browser, or enter address and token."),
    ("jellyfin", "Jellyfin", "With your user name, or a code on your other device."),
    ("subsonic", "Navidrome or Subsonic", "Music servers that speak the Subsonic language."),
)


class MediaStep(Step):
    """Choices, then the form of the choice; what was added is listed, and more can be added.

    Signals: ``demo_wanted()`` when nothing but the demo library is wanted.
    """

    demo_wanted = pyqtSignal()

    def __init__(self, actions: SourceActions, ports: Ports, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            "Your media",
            "Where are your films, shows and music?",
            "They are only read. Nothing is uploaded anywhere, and you can add more at any time.",
            parent,
        )
        self._actions = actions
        self._ports = ports
        self.form: SourceForm | None = None
        self.lines = SourceLines(actions, theme)
        self.choices = ChoiceGrid()
        self.kinds: dict[str, ChoiceButton] = {}
        for kind, name, sentence in KINDS:
            button = self.choices.add(ChoiceButton(theme, f"source-{kind}", name, sentence))
            button.clicked.connect(lambda _=False, kind=kind: self.open_form(kind))
            self.kinds[kind] = button
        self.look = self.choices.add(
            ChoiceButton(theme, "network", "Look around in my network", "Finds Plex and Jellyfin servers. Asks first.")
        )
        self.demo = self.choices.add(
            ChoiceButton(theme, "source-demo", "Just show me the demo", "A small library to try everything with.")
        )
        self.around = LookAround(AccountActions(ports, actions), theme)
        self.around.hide()
        for part in (self.lines, self.choices, self.around):
            self.body.addWidget(part)
        self.look.clicked.connect(self._open_around)
        self.demo.clicked.connect(self.demo_wanted)
        self.around.closed.connect(self._show_choices)
        self.around.chosen.connect(self._take)
        actions.changed.connect(self._sources_changed)
        self._sources_changed()

    @property
    def answered(self) -> bool:
        """Whether there is a source."""
        return bool(self._actions.configured())

    def first_widget(self) -> QWidget | None:
        """The first choice, or the first field of the form."""
        return self.kinds["folder"] if self.form is None else self.form.first_field().field

    def step_back(self) -> bool:
        """From a form, or from looking around, to the choices."""
        if self.form is not None:
            self.close_form()
            return True
        if not self.around.isHidden():
            self.around.stop()
            self._show_choices()
            return True
        return False

    def open_form(self, kind: SourceKind, address: str = "") -> None:
        """Show the form of a kind of source."""
        self.close_form()
        self.form = form = form_of(kind, self._actions, self._ports)
        form.closed.connect(self.close_form)
        self.choices.hide()
        self.around.hide()
        self.body.addWidget(form)
        form.show()
        if address and isinstance(form, ServerForm):
            form.address.field.setText(address)
        form.first_field().field.setFocus()
        self.moved.emit()

    def close_form(self) -> None:
        """Take the form away; the choices are there again."""
        form, self.form = self.form, None
        if form is not None:
            form.leave()
            self.body.removeWidget(form)
            form.hide()
            form.deleteLater()
        self._show_choices()

    def stop(self) -> None:
        """Wait for nothing any more: the assistant is left."""
        self.around.stop()
        if self.form is not None:
            self.form.leave()

    def _sources_changed(self) -> None:
        """With a source of one's own there is no need for the demo library."""
        self.demo.setVisible(not self.answered)
        self.changed.emit()

    def _open_around(self) -> None:
        self.choices.hide()
        self.around.show()
        self.around.look.setFocus()
        self.moved.emit()

    def _show_choices(self) -> None:
        self.around.hide()
        self.choices.show()
        self.moved.emit()

    def _take(self, server: FoundServer) -> None:
        self.open_form(server.kind, server.url)
